package record

// Partner (联合单位) of a joint check: another section of the same office
// (section, 本局其他科室) or another department (department, 其他部门; Y-4.5).
type Partner struct {
	Name   string `json:"name" form:"name"`
	Kind   string `json:"kind" form:"token"`            // section, department
	Matter string `json:"matter,omitempty" form:"name"` // what is checked together
}

// Partners (联合名单) lists with whom the office checks jointly, one version.
type Partners struct {
	Version int64     `json:"version"`
	Date    string    `json:"date" form:"date"`
	Reason  string    `json:"reason" form:"name"`
	List    []Partner `json:"list"`
}

// Agreement (联合抽查约定) is one partner's confirmation of a joint check that
// the office leads: register, items and days (Y-25.1).
type Agreement struct {
	Plan      int64    `json:"plan"` // index of the plan's entry
	Line      string   `json:"line" form:"token"`
	Partner   string   `json:"partner" form:"name"`
	Roster    int64    `json:"roster"`    // index of the agreed register of objects
	Checklist int64    `json:"checklist"` // index of the list that the items are of
	Items     []string `json:"items" form:"token"`
	Theirs    []string `json:"theirs,omitempty" form:"name"` // what the partner inspects on the same visit
	From      string   `json:"from" form:"date"`
	To        string   `json:"to" form:"date"`
	Confirmed Sealed   `json:"confirmed_by"` // who confirmed it for the partner
	Date      string   `json:"date" form:"date"`
	Document  string   `json:"document,omitempty" form:"name"` // letter or minutes
}

// PartnerDispatch (向协同部门派发) hands the whole drawn list of a joint draw to
// one partner (Y-25.2).
type PartnerDispatch struct {
	Notice   int64  `json:"notice"`
	Partner  string `json:"partner" form:"name"`
	Date     string `json:"date" form:"date"`
	Count    int64  `json:"count"`
	Objects  File   `json:"objects"`
	Received Sealed `json:"received_by,omitempty"`
	Number   string `json:"number,omitempty" form:"name"` // letter with which it went
}

// PartnerTeam (协同人员) says who inspects for a department that this office did
// not draw for: a partner's people in a draw of ours (Notice), or ours in a
// joint check led elsewhere (Joined). Way: own-selected (自行选派), drawn.
type PartnerTeam struct {
	Notice  int64    `json:"notice,omitempty"`
	Joined  int64    `json:"joined,omitempty"`
	Partner string   `json:"partner" form:"name"`
	Way     string   `json:"way" form:"token"`
	Names   []Sealed `json:"names"`
	Ground  string   `json:"ground,omitempty" form:"name"` // why they were not drawn
	Date    string   `json:"date" form:"date"`
}

// Joined (参与联合抽查) imports the list of a joint check that another department
// leads and has drawn (Y-26). Objects has a handle a line, as a dispatch has;
// each is opened beside the result that bears it.
type Joined struct {
	Task      string    `json:"task" form:"token"` // 2023-J01: year of the draw and serial
	Name      string    `json:"name" form:"name"`
	Plan      int64     `json:"plan,omitempty"` // index of the plan whose line it carries out
	Line      string    `json:"line,omitempty" form:"token"`
	Lead      string    `json:"lead" form:"name"`
	Number    string    `json:"number" form:"name"` // the lead's own task number
	Ledger    *LeadDraw `json:"ledger,omitempty"`
	Checklist int64     `json:"checklist"`
	Items     []string  `json:"items" form:"token"` // what this office inspects
	From      string    `json:"from" form:"date"`   // agreed days
	To        string    `json:"to" form:"date"`
	Unit      string    `json:"unit" form:"name"`
	Drawn     string    `json:"drawn" form:"date"` // day of the lead's draw: counts to the cap
	Received  string    `json:"received" form:"date"`
	Count     int64     `json:"count"`
	Objects   File      `json:"objects"`
	Sheet     string    `json:"sheet_sha256" form:"hex64"` // digest of the lead's list as it came
	Confirmed Sealed    `json:"confirmed_by,omitempty"`    // with whom register, items and days were settled
	Document  string    `json:"document,omitempty" form:"name"`
}

// LeadDraw is where the lead's own public ledger of this kind holds the draw.
type LeadDraw struct {
	Origin string `json:"origin" form:"name"`
	Draw   string `json:"draw" form:"token"`
	Size   int64  `json:"size"` // of the checkpoint that was seen
	Root   string `json:"root" form:"hex64"`
}

// Joining lists the partners of a joint line: by kind where the plan gives it,
// otherwise every named department.
func (l *PlanLine) Joining() []Partner {
	if len(l.With) > 0 {
		return l.With
	}
	list := make([]Partner, len(l.Partners))
	for i, name := range l.Partners {
		list[i] = Partner{Name: name, Kind: "department"}
	}
	return list
}
