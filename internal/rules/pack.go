package rules

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// PackSchema is the version of the rule pack's form that this program reads.
const PackSchema = 2

// MaxPack bounds a pack's canonical JSON, in bytes.
const MaxPack = 1 << 20

// Pack (规则包) is one regulation as data: its clauses in their own words and
// the parameters that the engine acts on, each naming its clause. Authors
// write TOML; the ledger holds the canonical JSON of the same struct.
type Pack struct {
	Schema        int        `json:"schema" toml:"schema"`
	ID            string     `json:"id" toml:"id"`
	Prefix        string     `json:"prefix" toml:"prefix"` // of clause ids: G, Y
	Title         string     `json:"title" toml:"title"`
	DocNo         string     `json:"doc_no,omitempty" toml:"doc_no"`
	Issuer        string     `json:"issuer" toml:"issuer"`
	Region        string     `json:"region" toml:"region"`
	RegionName    string     `json:"region_name" toml:"region_name"`
	EffectiveFrom string     `json:"effective_from,omitempty" toml:"effective_from"`
	EffectiveTo   string     `json:"effective_to,omitempty" toml:"effective_to"`
	SupersededBy  string     `json:"superseded_by,omitempty" toml:"superseded_by"`
	Note          string     `json:"note,omitempty" toml:"note"`
	NoteAfter     string     `json:"note_after,omitempty" toml:"note_after"` // tasks of later days carry a note: the text names no end
	NoteBy        string     `json:"note_clause,omitempty" toml:"note_clause"`
	Basis         []PackDoc  `json:"basis,omitempty" toml:"basis"`
	Clauses       []Clause   `json:"clauses" toml:"clause"`
	Readings      []Reading  `json:"readings,omitempty" toml:"reading"`
	Towns         []Named    `json:"towns" toml:"town"`
	Sectors       []Named    `json:"sectors" toml:"sector"`
	Tags          []Named    `json:"tags" toml:"tag"`
	Specialities  []Named    `json:"specialities" toml:"speciality"`
	Roster        RosterRule `json:"roster" toml:"roster"`
	People        PeopleRule `json:"people" toml:"people"`
	Items         ItemRule   `json:"items" toml:"items"`
	Plan          PlanRule   `json:"plan" toml:"plan"`
	Ratios        []Ratio    `json:"ratios" toml:"ratio"`
	Year          YearRule   `json:"yearly,omitzero" toml:"yearly"`
	Cap           Cap        `json:"cap" toml:"cap"`
	Draw          DrawRule   `json:"draw" toml:"draw"`
	Team          TeamRule   `json:"team" toml:"team"`
	Publish       Deadline   `json:"publish" toml:"publish"`
	Result        ResultRule `json:"result" toml:"result"`
	Correction    Correct    `json:"correction" toml:"correction"`
	Objection     Redress    `json:"objection,omitzero" toml:"objection"`
	Archive       Archive    `json:"archive" toml:"archive"`
	Origins       []Origin   `json:"origins,omitempty" toml:"origin"`
	Follow        FollowRule `json:"follow,omitzero" toml:"follow"`
	Withhold      Withhold   `json:"withhold,omitzero" toml:"withhold"`
	Joint         JointRule  `json:"joint,omitzero" toml:"joint"`
	Visibility    []Visible  `json:"visibility" toml:"visibility"`

	Calendar CalendarRule  `json:"calendar" toml:"calendar"`
	Platform *PlatformRule `json:"platform,omitempty" toml:"platform"`

	Waiver WaiverRule `json:"waiver,omitzero" toml:"waiver"`
	Extend ExtendRule `json:"extend,omitzero" toml:"extend"`
}

// PackDoc is a document that the regulation cites.
type PackDoc struct {
	Title string `json:"title" toml:"title"`
	DocNo string `json:"doc_no,omitempty" toml:"doc_no"`
}

// Clause is one provision: ID as in findings (G-7.2a), Cite as people say it
// (第七部分 7.2), Words the operative words, Gist what the program does with
// them, Kind of field, rule, deadline, publication, record, out (not
// computed, Gist gives the reason).
type Clause struct {
	ID    string   `json:"id" toml:"id"`
	Cite  string   `json:"cite" toml:"cite"`
	Words string   `json:"words" toml:"words"`
	Gist  string   `json:"gist" toml:"gist"`
	Kinds []string `json:"kinds" toml:"kinds"`
}

// Reading (对条文的理解) is the sense taken where the text leaves several open.
type Reading struct {
	ID     string   `json:"id" toml:"id"` // A1 …
	Clause string   `json:"clause" toml:"clause"`
	Text   string   `json:"text" toml:"text"`
	Others []string `json:"others,omitempty" toml:"others"`
}

// Named is a code of the ledger and what people call it, with the spellings
// under which sheets bring it.
type Named struct {
	Code   string   `json:"code" toml:"code"`
	Name   string   `json:"name" toml:"name"`
	Also   []string `json:"also,omitempty" toml:"also"`
	Clause string   `json:"clause,omitempty" toml:"clause"`
	Key    bool     `json:"key,omitempty" toml:"key"` // sectors: 重点行业领域
}

// RosterRule says what a register of objects must hold and who is in scope.
type RosterRule struct {
	Required []string `json:"required" toml:"required"` // headings of the form
	Statuses []string `json:"statuses" toml:"statuses"` // words that mean 存续
	Status   string   `json:"status_clause" toml:"status_clause"`
	Special  string   `json:"special_clause,omitempty" toml:"special_clause"` // tag `special` leaves out
	Update   string   `json:"update_clause,omitempty" toml:"update_clause"`
}

// PeopleRule says what the register of inspectors must hold.
type PeopleRule struct {
	Required []string `json:"required" toml:"required"`
	Clause   string   `json:"clause" toml:"clause"`
	Valid    string   `json:"valid_clause" toml:"valid_clause"` // certificate valid over the task
}

// ItemRule says what an item of the checklist must hold.
type ItemRule struct {
	Required   []string `json:"required" toml:"required"`
	Categories []string `json:"categories,omitempty" toml:"categories"`
	Ranks      []string `json:"ranks" toml:"ranks"` // kinds of basis of which one is needed
	Clause     string   `json:"clause" toml:"clause"`
	Rank       string   `json:"rank_clause" toml:"rank_clause"`
	Share      string   `json:"share_min,omitempty" toml:"share_min"` // of all enforcement items
	ShareBy    string   `json:"share_clause,omitempty" toml:"share_clause"`
	Reasons    []string `json:"reasons,omitempty" toml:"reasons"`             // of a version after the first; empty: any
	ChangeBy   string   `json:"change_clause,omitempty" toml:"change_clause"` // 动态调整, and its announcement
	ReportBy   string   `json:"report_clause,omitempty" toml:"report_clause"` // 统一汇总上报
}

// PlanRule says with whom the plan is filed.
type PlanRule struct {
	FileWith string `json:"file_with,omitempty" toml:"file_with"`
	Filing   string `json:"filing_clause,omitempty" toml:"filing_clause"`
	AdHoc    bool   `json:"ad_hoc" toml:"ad_hoc"` // 临时任务 outside the plan
	Clause   string `json:"clause" toml:"clause"`

	AdHocBy     string   `json:"ad_hoc_clause,omitempty" toml:"ad_hoc_clause"`
	ClassBy     string   `json:"class_clause,omitempty" toml:"class_clause"` // quantities of their own for classes; "": none
	ClassLower  bool     `json:"class_lower,omitempty" toml:"class_lower"`   // a class may be drawn less than the rest
	ClassFields []string `json:"class_fields,omitempty" toml:"class_fields"` // fields that a class's condition may use
}

// Ratio is a floor (min), an exact share (eq) or no bound (none) for a class
// of objects over a calendar year. Public: that a unit is of the class may be
// read in its result; a class that rests on what is not public never is.
type Ratio struct {
	Code    string   `json:"code" toml:"code"` // in entries: Roster.Classes, Result.Classes
	Name    string   `json:"name" toml:"name"`
	Sectors []string `json:"sectors,omitempty" toml:"sectors"`
	Tags    []string `json:"tags,omitempty" toml:"tags"`
	Op      string   `json:"op" toml:"op"`
	Value   string   `json:"value,omitempty" toml:"value"`
	Public  bool     `json:"public,omitempty" toml:"public"`
	Clause  string   `json:"clause" toml:"clause"`
}

// Cap (频次上限) bounds how often one object may be selected in a window.
type Cap struct {
	Max    int      `json:"max" toml:"max"`
	Window string   `json:"window" toml:"window"` // calendar-year, rolling-12-months
	Clause string   `json:"clause" toml:"clause"`
	Exempt []Exempt `json:"exempt,omitempty" toml:"exempt"`

	Options    []CapOption `json:"options,omitempty" toml:"option"` // the exemptions in several readings …
	Take       string      `json:"take,omitempty" toml:"take"`      // … and the name of the one that holds
	RecordsMin int         `json:"records_min,omitempty" toml:"records_min"`
	RecordsTag string      `json:"records_tag,omitempty" toml:"records_tag"` // what so many recorded complaints make of a unit (多次)
}

// CapOption is one reading of who is exempt from the cap.
type CapOption struct {
	Name   string   `json:"name" toml:"name"`
	Exempt []Exempt `json:"exempt" toml:"exempt"`
}

// Exempt frees from the cap an object that satisfies every given member.
type Exempt struct {
	Sectors []string `json:"sectors,omitempty" toml:"sectors"` // any of
	Tags    []string `json:"tags,omitempty" toml:"tags"`       // any of
	Deploy  bool     `json:"deploy,omitempty" toml:"deploy"`   // 专项整治、特殊事件、上级指令, by waiver
	Mode    string   `json:"mode,omitempty" toml:"mode"`
	Clause  string   `json:"clause" toml:"clause"`
}

// DrawRule says how lots are cast.
type DrawRule struct {
	Balance    string `json:"balance" toml:"balance"` // town, none: cells of an undirected draw
	Undirected string `json:"undirected_clause" toml:"undirected_clause"`
	Directed   string `json:"directed_clause" toml:"directed_clause"`
	Dispatch   string `json:"dispatch_clause" toml:"dispatch_clause"`
	Before     string `json:"before_clause" toml:"before_clause"`           // task set before the draw
	Scheme     string `json:"scheme_clause,omitempty" toml:"scheme_clause"` // the executing unit's own 方案
}

// Deadline counts working days from a start that is not itself counted.
type Deadline struct {
	Days    int    `json:"days" toml:"days"`
	Start   string `json:"start" toml:"start"`                 // inspection_end, task_end
	TaskEnd bool   `json:"task_end,omitempty" toml:"task_end"` // and not later than the task's end
	Clause  string `json:"clause" toml:"clause"`
	EndBy   string `json:"end_clause,omitempty" toml:"end_clause"` // clause of TaskEnd
	Strict  string `json:"strict_start,omitempty" toml:"strict_start"`
	First   bool   `json:"strict_first_day,omitempty" toml:"strict_first_day"` // the stricter count takes the first day too
}

// ResultRule lists the codes of results and what each demands.
type ResultRule struct {
	Codes   []Code   `json:"codes" toml:"code"`
	Refusal []string `json:"refusal,omitempty" toml:"refusal"` // 不予配合 grounds
	RefuseC string   `json:"refusal_code,omitempty" toml:"refusal_code"`
	RefuseB string   `json:"refusal_clause,omitempty" toml:"refusal_clause"`
	SignOff bool     `json:"sign_off" toml:"sign_off"`
	SignBy  string   `json:"sign_clause,omitempty" toml:"sign_clause"`
	Methods []string `json:"methods,omitempty" toml:"methods"`
	Forms   []string `json:"forms,omitempty" toml:"forms"`
	Follow  []string `json:"follow_ups,omitempty" toml:"follow_ups"`
	Clause  string   `json:"clause" toml:"clause"`
	MethodC string   `json:"methods_clause,omitempty" toml:"methods_clause"`
	FormC   string   `json:"forms_clause,omitempty" toml:"forms_clause"`
	ProofC  string   `json:"evidence_clause,omitempty" toml:"evidence_clause"` // what others found may be relied on
	Told    string   `json:"feedback_clause,omitempty" toml:"feedback_clause"` // 逐户反馈
	Entry   string   `json:"entry_clause,omitempty" toml:"entry_clause"`       // who enters, who reviews
	Proofs  []string `json:"evidence_kinds,omitempty" toml:"evidence_kinds"`
	Each    bool     `json:"feedback_each,omitempty" toml:"feedback_each"` // every enterprise is told (逐户)
	Joint   string   `json:"joint_clause,omitempty" toml:"joint_clause"`   // one visit, a result for each department
	// Complete are headings of the form that a result should not leave empty.
	Complete  []string `json:"complete,omitempty" toml:"complete"`
	CompleteC string   `json:"complete_clause,omitempty" toml:"complete_clause"`
}

// Code of a result. Alone: cannot stand with others. Open: needs a follow-up.
// Borrowed: not in this regulation's text.
type Code struct {
	Code     string `json:"code" toml:"code"`
	Name     string `json:"name" toml:"name"`
	Alone    bool   `json:"alone,omitempty" toml:"alone"`
	Open     bool   `json:"open,omitempty" toml:"open"`
	Borrowed bool   `json:"borrowed,omitempty" toml:"borrowed"`
	Void     bool   `json:"void,omitempty" toml:"void"` // the object was not there to be inspected (对象灭失)
}

// Correct says who signs a correction.
type Correct struct {
	Approver string `json:"approver" toml:"approver"`
	Clause   string `json:"clause,omitempty" toml:"clause"`
}

// Visible says who may see a field: public, on-result, never.
type Visible struct {
	Field string `json:"field" toml:"field"`
	Rule  string `json:"rule" toml:"rule"`
	Why   string `json:"why" toml:"why"`
}

// FormatPack writes a pack's canonical JSON, the file that the charter names.
func FormatPack(p *Pack) ([]byte, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	return record.Canonical(p)
}

// ParsePack reads what FormatPack wrote, strictly.
func ParsePack(data []byte) (*Pack, error) {
	if len(data) > MaxPack {
		return nil, fault.New("rules.pack-too-long", "", strconv.Itoa(len(data)), strconv.Itoa(MaxPack))
	}
	p := new(Pack)
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(p); err != nil {
		return nil, fault.Wrap("rules.bad-pack", "", err)
	}
	again, err := FormatPack(p)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, data) {
		return nil, fault.New("rules.bad-pack", p.ID, "其他字节", "规范的 JSON")
	}
	return p, nil
}

// sections are the checks of what the sections say about one another; Faults
// has held every single member to its form before.
func (p *Pack) sections() []error {
	return []error{
		p.checkTasks(),
		p.checkAfter(),
		p.Year.check(),
		p.Joint.check(),
	}
}

// Check refuses a pack that the engine could not act on: every clause that a
// parameter names must stand in the list of clauses.
func (p *Pack) Check() error {
	if list := p.Faults(); len(list) > 0 {
		return fault.Wrap("rules.bad-pack", list[0].Place, list[0])
	}
	return nil
}

// Clause returns the clause with the id, or the zero Clause.
func (p *Pack) Clause(id string) Clause {
	i := slices.IndexFunc(p.Clauses, func(c Clause) bool { return c.ID == id })
	if i < 0 {
		return Clause{}
	}
	return p.Clauses[i]
}

// Find returns the entry of a list under its code, name or another spelling.
func Find(list []Named, s string) (Named, bool) {
	i := slices.IndexFunc(list, func(n Named) bool {
		return n.Code == s || n.Name == s || slices.Contains(n.Also, s)
	})
	if i < 0 {
		return Named{}, false
	}
	return list[i], true
}

// CodeOf returns the result code of the pack, false if it has none such.
func (p *Pack) CodeOf(code string) (Code, bool) {
	i := slices.IndexFunc(p.Result.Codes, func(c Code) bool { return c.Code == code })
	if i < 0 {
		return Code{}, false
	}
	return p.Result.Codes[i], true
}
