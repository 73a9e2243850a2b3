// Package rules is the regulations: it decides, for officials before they
// sign and for citizens afterwards, with the same functions.
//
// A State is what the entries so far have made of the office: charter, rule
// pack, checklists, registers, plans, draws, results. Apply moves it on by one
// entry and returns findings; Announce, Cast and the like compute what an
// office may say next. The package reads no clock, file or key: entries,
// blobs and dates are values, so the same ledger gives everybody the same
// state and the same findings.
//
//	s := rules.New()
//	for i, e := range entries {
//		findings = append(findings, s.Apply(rules.Input{Entry: e, Hash: h, Signers: keys, Blobs: b})...)
//	}
package rules

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
)

// Severity of a finding, in the words of reports: 相符, 提示, 注意, 逾期,
// 不相符, 无法核验.
type Severity string

const (
	OK      Severity = "ok"
	Note    Severity = "note"
	Warning Severity = "warning"
	Overdue Severity = "overdue"
	Breach  Severity = "breach"
	Unknown Severity = "unknown"
	// Believed is what rests on the office's word (依单位填报未核验).
	Believed Severity = "believed"
)

// Finding is one thing that was noticed. Code is stable (package words has the
// sentence), Clause is of the pack or empty, Entry is the index it concerns.
type Finding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Clause   string   `json:"clause,omitempty"`
	Entry    int64    `json:"entry"`
	Place    string   `json:"place,omitempty"`
	Got      string   `json:"got,omitempty"`
	Want     string   `json:"want,omitempty"`
}

// At is a body with the index and claimed time of its entry.
type At[T any] struct {
	Index int64
	Time  string // env.at
	Body  *T
}

// State is everything that the entries so far say. Fields are for reading;
// only Apply writes them.
type State struct {
	Origin     string
	Size       int64 // index of the next entry
	Charters   []At[record.Charter]
	Pack       *Pack     // in force at the latest entry
	Packs      []Adopted // every one that a charter has brought
	Checklists []At[record.Checklist]
	Rosters    []At[record.Roster]
	Plans      []At[record.Plan]
	Filings    []At[record.Filing]
	Histories  []At[record.History]
	Calendars  []At[record.Calendar]
	Software   []At[record.Software] // 网页核验程序
	Recusals   []*Declaration
	Tasks      []At[record.Task]
	Waivers    []At[record.Waiver]
	Lots       []*Lot
	Results    []*Finished // in order of their entries
	Objections []*Objected // in order of their entries, as are Archives
	Archives   []*Archived
	Proven     int64                  // unix seconds: entries from here on were written after it, a round known by then says so
	Clock      string                 // the latest time that a signed entry claims
	national   *Calendar              // with the years that the office added; nil: as the program carries it
	working    *Calendar              // the same without the days on which the office was closed
	lots       map[int64]*Lot         // by index of the notice
	scans      map[scan]int64         // of the archives that stand: by entry and digest the index of the archive
	Partners   []At[record.Partners]  // 联合名单
	Agreements []At[record.Agreement] // 联合抽查约定
	Joined     []*JoinedTask          // 参与联合抽查
	Years      []YearPack             // by which pack each year is counted
}

// Lot is one draw from its notice to its last result.
type Lot struct {
	At[record.Notice]
	C        string              // hash of the notice's entry
	Failed   bool                // the notice has no effect
	Gone     bool                // it failed because a file of it is not to be had: its K is due all the same
	Unjudged bool                // its pack had not taken effect: nothing is late or lacking by it
	Pack     *Pack               // in force at the notice: a later charter does not loosen what it promised
	Due      record.Due          // the notice's, and once the calendar reaches so far a provisional one's own
	Pool     []draw.Object       // until the draw; nil after
	Hat                          // the people of the notice
	Stood                        // when the notice stood in the ledger
	Experts  map[string][]string // handle → qualifications, of those who are drawn beside the teams
	Later    []*Later            // teams that are drawn after the objects
	Draw     *At[record.Draw]
	Objects  []*Object // drawn, in ascending (cell, ticket)
	byHandle map[string]*Object
	Sent     []Sent
	Opened   []At[record.Opened]
	KOpened  bool
	KDay     string            // of the entry that says that K is public: its own, or that of its witnesses where that is later
	Lost     []At[record.Lost] // keys that nobody holds any more
	// Certificates: the charter of the notice's day makes certificate numbers
	// public, so KI is due with K.
	Certificates bool
	Abort        *At[record.Abort]
	Undrawn      bool         // aborted in time for its round: nothing was drawn (draw1 §8)
	Requests     []*Requested // replacements by lot
	Archives     []*Archived  // of the draw's own papers

	Platform *At[record.PlatformDraw] // what the platform drew, or the drawn as entered there
	Equal    bool                     // sunlot cast, and the list entered on the platform is the drawn one
	Since    int64                    // unix seconds: by the office's own word the notice was not written before it
	Led      *Led                     // of a joint draw; nil: the office's own
	Paper    []At[record.Paper]       // 纸面见证: printed notices that others signed, in order of their entries

	Extras     []Extra // beside the contributors of the notice
	Extensions []At[record.Extension]
	Swapped    int // drawn experts whose place another took
}

// Sent is one dispatch (派发) of a draw.
type Sent struct {
	At[record.Dispatch]
}

// Object is one drawn object.
type Object struct {
	Handle, Cell, Ticket string
	Drawn                []string // the team that the lot gave
	Team                 []string // the team after changes; slot 0 first
	Leader               string   // handle; "" where none is named
	Recused              []string // inspectors recused beforehand, as the draw opened them
	Group                string   // teamNN where the team is a group team
	Staffed              int64    // index of the teams notice that gave the team, 0 for the notice's own
	Experts              []string // drawn beside the team, and not replaced
	Named                []At[record.Expert]
	Unstaffed            bool
	Direct               []string // members who were assigned directly (直接委派)
	Left                 []string // members who stood back after the draw
	Dispatch             int64    // index of its dispatch, 0 before
	Changes              []At[record.TeamChange]
	Lots                 []int64  // indexes of the replacements by lot that changed the team
	Vacant               []string // members who left a place that a lot could not fill
	Result               *Finished
	Opened               bool   // its handle is opened
	ID                   string // code behind the handle; filled by room verify from the checked opening, "" before
}

// Finished is a result with what came after it.
type Finished struct {
	At[record.Result]
	Hash        string // of the result's entry
	Code        string // 统一社会信用代码; room verify fills it once the opening has been checked (a drawn one's against its handle), Apply never does: "" where nothing is opened
	Lot         *Lot   // nil for other origins
	Object      *Object
	Joined      *JoinedTask // of a joint check that another department led; nil otherwise
	Corrections []Corrected
	FollowUps   []At[record.FollowUp]
	Feedbacks   []At[record.Feedback] // of the result, not of a review
	Objections  []*Objected
	Archives    []*Archived
	Takedowns   []At[record.Takedown]
}

// Corrected is a correction and its entry's hash.
type Corrected struct {
	At[record.Correction]
	Hash string
}

// Outcome is the result's outcome in force: the last correction's, or its own.
func (f *Finished) Outcome() *record.Outcome {
	if n := len(f.Corrections); n > 0 {
		return &f.Corrections[n-1].Body.Outcome
	}
	return &f.Body.Outcome
}

// New is the state of an empty ledger.
func New() *State {
	return &State{scans: map[scan]int64{}, lots: map[int64]*Lot{}}
}

// Charter is the charter in force, nil before entry 0.
func (s *State) Charter() *record.Charter {
	if len(s.Charters) == 0 {
		return nil
	}
	return s.Charters[len(s.Charters)-1].Body
}

// Checklist is the latest version, nil if there is none.
func (s *State) Checklist() *At[record.Checklist] { return last(s.Checklists) }

// Roster is the latest version of a kind (objects, inspectors), nil if none.
func (s *State) Roster(kind string) *At[record.Roster] {
	for i := len(s.Rosters) - 1; i >= 0; i-- {
		if s.Rosters[i].Body.Kind == kind {
			return &s.Rosters[i]
		}
	}
	return nil
}

// Plan is the latest version of a year's plan, nil if there is none.
func (s *State) Plan(year int64) *At[record.Plan] {
	for i := len(s.Plans) - 1; i >= 0; i-- {
		if s.Plans[i].Body.Year == year {
			return &s.Plans[i]
		}
	}
	return nil
}

// Lot finds a draw by its id (2023-001), nil if there is none. A notice without
// effect may bear any id: it is found only where no other has it.
func (s *State) Lot(id string) *Lot {
	var failed *Lot
	for _, l := range s.Lots {
		switch {
		case l.Body.Draw != id:
		case !l.Failed:
			return l
		case failed == nil:
			failed = l
		}
	}
	return failed
}

// repeated is the id of the draw that a further notice on the plan line repeats
// and must name (draw1 §8): the last one, if it was aborted; "" otherwise. One
// whose order does not hold may be repeated so, and need not: that the proof is
// gone may have come later.
func (s *State) repeated(line string, year int64) (id string, must bool) {
	for _, l := range s.Lots {
		if l.Failed || l.Body.Line != line || yearOf(l.Body.Draw) != year {
			continue
		}
		if id, must = "", false; l.void() {
			id, must = l.Body.Draw, l.Abort != nil
		}
	}
	return id, must
}

// LotAt finds a draw by the index of its notice, nil if there is none.
func (s *State) LotAt(index int64) *Lot { return s.lots[index] }

// ResultAt finds a result by its index, nil if there is none.
func (s *State) ResultAt(index int64) *Finished {
	i, ok := slices.BinarySearchFunc(s.Results, index, func(f *Finished, index int64) int { return cmp.Compare(f.Index, index) })
	if !ok {
		return nil
	}
	return s.Results[i]
}

// Object finds a drawn object by its handle, nil if it was not drawn.
func (l *Lot) Object(handle string) *Object { return l.byHandle[handle] }

// Closed reports whether a further notice on the same plan line may follow:
// aborted, or every drawn object has its result (draw1 §1).
func (l *Lot) Closed() bool {
	if l.Failed || l.Abort != nil {
		return true
	}
	if !l.Drawn() {
		return false
	}
	for _, o := range l.Objects {
		if o.Result == nil {
			return false
		}
	}
	return true
}

// NextSerial is the serial of the next draw of a year.
func (s *State) NextSerial(year int64) int64 {
	n := int64(1)
	for _, l := range s.Lots {
		// A failed notice keeps the serial that was its turn, and no other.
		if yearOf(l.Body.Draw) == year && l.Body.Serial == n {
			n++
		}
	}
	return n
}

func yearOf(id string) int64 {
	if len(id) < 4 {
		return 0
	}
	y, _ := strconv.ParseInt(id[:4], 10, 64)
	return y
}

func last[T any](list []At[T]) *At[T] {
	if len(list) == 0 {
		return nil
	}
	return &list[len(list)-1]
}
