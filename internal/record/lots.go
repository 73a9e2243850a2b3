package record

import "strings"

// Notice (抽取预告) commits to everything before the randomness exists
// (draw1 §1). Its entry's hash is C.
type Notice struct {
	Draw       string    `json:"draw" form:"token"` // 2023-001: year and serial
	Serial     int64     `json:"serial"`
	Name       string    `json:"name" form:"name"`
	Plan       int64     `json:"plan"`              // index of the plan's entry
	Line       string    `json:"line" form:"token"` // the plan line that it executes
	Scheme     string    `json:"scheme,omitempty"`  // 抽查工作方案: title, date, digest
	Earlier    string    `json:"earlier,omitempty" form:"token"`
	Items      []string  `json:"items" form:"token"`
	Checklist  int64     `json:"checklist"` // index
	Mode       string    `json:"mode" form:"name"`
	Filter     string    `json:"filter,omitempty" form:"expr"`
	Scope      string    `json:"scope" form:"name"`
	Casts      string    `json:"casts" form:"token"` // sunlot, platform
	Roster     RosterRef `json:"roster"`
	Inspectors RosterRef `json:"inspectors"`
	Groups     []Group   `json:"groups"`
	Pool       File      `json:"pool"`
	Out        File      `json:"out"`
	Grounds    []Ground  `json:"grounds,omitempty"`
	Slots      []Slot    `json:"slots,omitempty"` // absent: teams later, by a teams-notice
	GroupTeams int64     `json:"group_teams,omitempty"`
	Leader     string    `json:"leader" form:"token"` // slot0, named, none
	People     File      `json:"people"`
	PeopleOut  *File     `json:"people_out,omitempty"` // those of the register who are not in the hat
	PeopleWhy  []Ground  `json:"people_grounds,omitempty"`
	Recusals   File      `json:"recusals"`
	Declared   int64     `json:"declared"` // recusals declared beforehand
	MostForOne int64     `json:"most_for_one"`
	Key        string    `json:"keycommit" form:"hex64"`
	KeyI       string    `json:"keycommit_i" form:"hex64"`
	Names      string    `json:"names" form:"token"`   // on-result, on-dispatch
	Replace    string    `json:"replace" form:"token"` // appoint, none
	Units      []Unit    `json:"units"`                // executing units (任务执行单位)
	From       string    `json:"from" form:"date"`     // task period
	To         string    `json:"to" form:"date"`
	Due        Due       `json:"due"`
	Told       []string  `json:"told,omitempty" form:"token"` // cells whose firms the notice itself tells

	Before     string      `json:"before,omitempty" form:"time"` // where the platform casts: when its task says it will
	Randomness *Randomness `json:"randomness,omitempty"`         // where sunlot casts
	Experts    *Experts    `json:"experts,omitempty"`

	Batch   int64    `json:"batch,omitempty"`               // 第几批, where the plan line is drawn in batches
	Waivers []int64  `json:"waivers,omitempty"`             // indexes of the waivers that it uses
	Freed   []Ground `json:"freed,omitempty"`               // how many stand in the hat although they reached the cap, by clause
	Auditor string   `json:"auditor,omitempty" form:"name"` // body to which KI is handed where certificate numbers are not public
}

// RosterRef is the version of a register that a draw uses.
type RosterRef struct {
	Entry  int64  `json:"entry"`
	Count  int64  `json:"count"`
	SHA256 string `json:"sha256" form:"hex64"`
}

// Group is a part of the pool with its own quota (draw1 §5).
type Group struct {
	Name    string `json:"name" form:"token"`
	Rule    string `json:"rule" form:"token"` // total, census
	Words   string `json:"words" form:"name"` // 全体检查对象, 危险化学品企业 …
	Ratio   string `json:"ratio,omitempty" form:"ratio"`
	Base    int64  `json:"base"`            // lines and those left out by cap
	Total   int64  `json:"total,omitempty"` // T; absent for census
	Minimum int64  `json:"minimum,omitempty"`
	Cells   []Cell `json:"cells,omitempty"` // none where nobody of the group can be drawn
}

// Cell (分区) with its population n_c and its quota a_c (名额).
type Cell struct {
	Cell  string `json:"cell" form:"token"`
	Name  string `json:"name" form:"name"`
	Count int64  `json:"count"`
	Quota int64  `json:"quota"`
}

// Ground says why units stand in the left-out file, with the clause.
type Ground struct {
	Code   string `json:"code" form:"token"`
	Clause string `json:"clause" form:"token"`
	Words  string `json:"words" form:"name"`
	Count  int64  `json:"count"`
}

// Slot of a team and the qualification that it needs ("" = none).
type Slot struct {
	Needs string `json:"needs,omitempty" form:"token"`
}

// Unit executes a part of the drawn: those of its towns; the one unit without
// towns takes the rest.
type Unit struct {
	Name  string   `json:"name" form:"name"`
	Towns []string `json:"towns,omitempty" form:"token"`
}

// Due holds the dates of every later step; provisional ones lie beyond the
// known calendar of working days.
type Due struct {
	Dispatch    string `json:"dispatch" form:"date"`
	Results     string `json:"results" form:"date"`
	K           string `json:"k" form:"date"`
	Provisional bool   `json:"provisional,omitempty"`
}

// Draw (抽取) is the cast: given values first, computed ones after. Everybody
// recomputes the computed ones and compares bytes.
type Draw struct {
	Notice     int64  `json:"notice"`
	Commitment string `json:"commitment" form:"hex64"`          // C
	Signature  string `json:"signature,omitempty" form:"hex96"` // of the round
	Rho        string `json:"rho" form:"hex64"`
	Seed       string `json:"seed" form:"hex64"`
	Cells      []Cut  `json:"cells"`
	Drawn      File   `json:"drawn"`
	Cap        int64  `json:"load"` // L of draw1 §7
	Teams      File   `json:"teams"`
	GroupTeams *File  `json:"group_teams,omitempty"` // members of team01 … where teams are group teams
	Recusals   File   `json:"recusals"`              // rsalt and list of every drawn object
	// Declarations gives the declaration (回避申报) behind each opened recusal.
	Declarations *File `json:"declarations,omitempty"`
	Unstaffed    File  `json:"unstaffed"`
	Count        int64 `json:"count"`
	Experts      *File `json:"experts,omitempty"`
	ExpertCap    int64 `json:"expert_load,omitempty"`

	Line          string   `json:"line,omitempty"` // of the lottery or the ceremony (draw1 §2)
	Signed        []string `json:"signed,omitempty" form:"name"`
	Scans         []Bytes  `json:"scans,omitempty"`
	Contributions []int64  `json:"contributions,omitempty"`
}

// Cut is a cell's outcome; Cutoff (中签线) is empty where nothing is drawn.
type Cut struct {
	Cell   string `json:"cell" form:"token"`
	Count  int64  `json:"count"`
	Quota  int64  `json:"quota"`
	Cutoff string `json:"cutoff,omitempty" form:"hex64"`
}

// Dispatch (派发) hands drawn objects to an executing unit; the page made from
// it is the 抽查任务公告. Leaders has the lines `object|member` where the pack
// says that a leader is named (选定); elsewhere it is the empty file's name.
type Dispatch struct {
	Notice    int64  `json:"notice"`
	Number    string `json:"number" form:"name"` // 任务编号
	Unit      string `json:"unit" form:"name"`
	Date      string `json:"date" form:"date"`
	Confirmed Sealed `json:"confirmed,omitempty"` // who confirmed the list (确认锁定)
	Platform  string `json:"platform_no,omitempty" form:"name"`
	Scheme    string `json:"scheme,omitempty"`                     // 具体抽查工作方案 of the executing unit: title, date, text (Y-17)
	SchemeSum string `json:"scheme_sha256,omitempty" form:"hex64"` // digest of the document
	Count     int64  `json:"count"`
	Objects   File   `json:"objects"`
	Leaders   File   `json:"leaders"`
	From      string `json:"from" form:"date"`
	To        string `json:"to" form:"date"`
}

// TeamChange (更换、回避、直接委派) changes one member of one object's team.
type TeamChange struct {
	Notice  int64  `json:"notice"`
	Kind    string `json:"kind" form:"token"` // replacement, recusal, direct
	Object  string `json:"object" form:"hex32"`
	Leave   string `json:"leave,omitempty" form:"hex32"`
	Come    string `json:"come" form:"hex32"`
	Ground  string `json:"ground" form:"name"`
	Note    Sealed `json:"note,omitempty"`
	Date    string `json:"date" form:"date"`
	Consent string `json:"consent" form:"name"` // the executing unit that agreed
	Agreed  string `json:"agreed" form:"date"`
	By      Sealed `json:"agreed_by"`
	Applied string `json:"applied,omitempty" form:"date"` // recusal: the inspector's application
	Leads   bool   `json:"leads,omitempty"`               // the one who comes leads the team
}

// Opened logs that openings of a draw were published; the values themselves
// stand in the notice's opening file.
type Opened struct {
	Notice  int64    `json:"notice"`
	Handles []string `json:"handles,omitempty" form:"hex32"` // sorted
	K       bool     `json:"k,omitempty"`
	KI      bool     `json:"ki,omitempty"`
}

// Abort (终止) closes a draw, with its ground.
type Abort struct {
	Notice int64  `json:"notice"`
	Ground string `json:"ground"`
	Date   string `json:"date" form:"date"`
}

// When is the time of the lots: that of the round, or where the platform casts
// (draw1 §9) the one that its task states; form time. A notice that names
// neither, which rules refuse, has that of its task's first day.
func (n *Notice) When() string {
	switch {
	case n.Randomness != nil:
		return n.Randomness.Time
	case n.Before != "":
		return n.Before
	}
	return n.From + "T00:00:00+08:00"
}

// Round is the number of the named round, 0 where the platform casts.
func (n *Notice) Round() int64 {
	if n.Randomness == nil {
		return 0
	}
	return n.Randomness.Round
}

// Chain is the hash of the named round's chain, "" where the platform casts.
func (n *Notice) Chain() string {
	if n.Randomness == nil {
		return ""
	}
	return n.Randomness.Chain
}

// TownOf is the town of a cell that is one: where a notice has several groups,
// their names stand before it.
func (n *Notice) TownOf(cell string) string {
	for _, g := range n.Groups {
		if town, ok := strings.CutPrefix(cell, g.Name+"."); ok {
			return town
		}
	}
	return cell
}

// UnitOf is the executing unit of a town: the one that names it, otherwise the
// one without towns, otherwise the first.
func (n *Notice) UnitOf(town string) string {
	rest := n.Units[0].Name
	for _, u := range n.Units {
		if len(u.Towns) == 0 {
			rest = u.Name
		}
		for _, t := range u.Towns {
			if t == town {
				return u.Name
			}
		}
	}
	return rest
}
