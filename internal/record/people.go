package record

// Recusal (回避申报) is what one inspector declares before any draw: the units
// that he must not inspect. His next declaration names this one and replaces
// it; one without units withdraws it. List has a salted line for each unit.
type Recusal struct {
	Person  Sealed `json:"person"` // certificate number
	Date    string `json:"date" form:"date"`
	Units   int64  `json:"units"`
	List    File   `json:"list"`
	Earlier int64  `json:"earlier,omitempty"` // index of the declaration that this one replaces
	Decided string `json:"decided" form:"date"`
	By      Sealed `json:"decided_by"`
	Scan    string `json:"scan,omitempty" form:"hex64"` // digest of the signed sheet
}

// TeamsNotice (组队预告) commits to the people of whom teams are drawn later
// than the objects (draw1 §7), for the drawn objects that have been dispatched
// and not yet staffed.
type TeamsNotice struct {
	Notice     int64      `json:"notice"`
	ID         string     `json:"teams" form:"token"` // 2023-001-T1: the draw and the serial
	Serial     int64      `json:"serial"`
	Count      int64      `json:"count"`
	Objects    File       `json:"objects"`
	Inspectors RosterRef  `json:"inspectors"`
	Slots      []Slot     `json:"slots"`
	GroupTeams int64      `json:"group_teams,omitempty"`
	People     File       `json:"people"`
	PeopleOut  *File      `json:"people_out,omitempty"`
	PeopleWhy  []Ground   `json:"people_grounds,omitempty"`
	Recusals   File       `json:"recusals"`
	Declared   int64      `json:"declared"`
	MostForOne int64      `json:"most_for_one"`
	KeyI       string     `json:"keycommit_i" form:"hex64"`
	Randomness Randomness `json:"randomness"`
	From       string     `json:"from" form:"date"` // of the visits
	To         string     `json:"to" form:"date"`
}

// Teams (组队) is the cast of a teams notice.
type Teams struct {
	Notice       int64  `json:"notice"` // index of the teams notice
	Commitment   string `json:"commitment" form:"hex64"`
	Signature    string `json:"signature,omitempty" form:"hex96"`
	Rho          string `json:"rho" form:"hex64"`
	Seed         string `json:"seed" form:"hex64"`
	Cap          int64  `json:"load"`
	Teams        File   `json:"teams"`
	GroupTeams   *File  `json:"group_teams,omitempty"`
	Recusals     File   `json:"recusals"`
	Declarations *File  `json:"declarations,omitempty"`
	Unstaffed    File   `json:"unstaffed"`
	Leaders      File   `json:"leaders"` // as in a dispatch: named when the teams are known

	Line          string   `json:"line,omitempty"` // of the lottery or the ceremony (draw1 §2)
	Signed        []string `json:"signed,omitempty" form:"name"`
	Scans         []Bytes  `json:"scans,omitempty"`
	Contributions []int64  `json:"contributions,omitempty"`
}

// Experts (专家) of a notice: a second run of the lot with a hat, slots and
// loads of its own (draw1 §7, Gaoqing 7.3). They do not count toward the team.
type Experts struct {
	Roster RosterRef `json:"roster"`
	Pool   File      `json:"pool"`
	Out    *File     `json:"out,omitempty"`
	Why    []Ground  `json:"grounds,omitempty"`
	Slots  []Slot    `json:"slots"`
}

// Expert (专家委派) appoints an expert to a drawn object without a lot, or in the
// place of the one whom the lot gave.
type Expert struct {
	Notice       int64    `json:"notice"`
	Object       string   `json:"object" form:"hex32"`
	Leave        string   `json:"leave,omitempty" form:"hex32"`
	Roster       int64    `json:"roster,omitempty"` // version of the experts' register in which the person stands
	Person       Sealed   `json:"person"`
	Specialities []string `json:"specialities,omitempty" form:"token"`
	Ground       string   `json:"ground" form:"name"`
	Date         string   `json:"date" form:"date"`
	Approved     Sealed   `json:"approved_by"`
}
