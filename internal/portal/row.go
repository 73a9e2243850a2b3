package portal

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/site"
)

// Place is what the list of offices says of one, nothing of it verified: what
// it is called there, and where its site stands.
type Place struct {
	ID    string // gaoqing: by which commands and addresses name it
	Name  string // 高青县应急管理局; a verified charter's own name comes before it
	Group string // 淄博市; "" for none
	Href  string // of its site: absolute with a slash at its end, or relative to the portal's top ("gaoqing/")
}

// The states of a row (words.md).
const (
	Sound   = "核验相符"
	Unsound = "不相符"
	Unknown = "无法核验"
)

// Row is what a portal tells of one office. It is a small value, apart from the
// bundle that it was made of, and has facts only if it was made of one.
type Row struct {
	place Place
	at    int64
	facts *Facts
	why   *reason // of what failed, or of what waits
}

// Facts are taken from a verified bundle by Of. A Facts that somebody else made
// is of no use: no function takes one.
type Facts struct {
	Office      string `json:"office"`
	Region      string `json:"region"`
	Site        string `json:"site"` // name of its site
	Origin      string `json:"origin"`
	Demo        bool   `json:"demo"`
	Size        uint64 `json:"size"`
	Root        string `json:"root"`           // lower hex
	Seen        string `json:"seen,omitempty"` // by then the checkpoint's witnesses had signed
	Last        string `json:"last"`           // the latest record's own time
	Signed      int    `json:"cosigned"`       // witnesses of the charter in force whose line stands on the checkpoint
	Needed      int    `json:"needed"`         // at the least
	Of          int    `json:"witnesses"`
	Failed      int    `json:"failed"` // findings 不相符
	Today       string `json:"today"`  // by which overdue was judged
	Overdue     int    `json:"overdue"`
	Key         string `json:"key"`         // of the log
	Fingerprint string `json:"fingerprint"` // of the charter in force, lower hex
	Draws       []Draw `json:"draws"`       // the latest
	DrawCount   int    `json:"draw_count"`
	Late        []Late `json:"late"` // the first of what is overdue
	LateCount   int    `json:"late_count"`
	when        string // Seen or Last, for people
}

// Draw is one draw of an office.
type Draw struct {
	Day   string `json:"day"`
	Text  string `json:"text"` // 2023-001 and its name
	State string `json:"state"`
	Path  string `json:"path"` // on the office's site
	class string
}

// Late is one kind of thing that is overdue.
type Late struct {
	Due   string `json:"due"`
	Text  string `json:"text"`
	State string `json:"state"`
	Open  int    `json:"open"`
	Path  string `json:"path"`
}

// When is the checkpoint's time, by its witnesses or else by the office's word,
// for people.
func (f *Facts) When() string { return f.when }

// Bounds of what a row keeps of an office: its own site has all.
const (
	keptDraws = 20
	keptLate  = 10
)

// Of makes the row of a verified ledger. at is when it was verified, unix seconds.
func Of(p Place, b *verify.Bundle, at int64) Row {
	g := site.Look(b)
	f := &Facts{Office: g.Office, Region: g.Region, Site: g.Name, Origin: b.Checkpoint.Origin, Demo: g.Demo, Size: b.Checkpoint.Size, Root: rootOf(b.Checkpoint.Root),
		Today: b.Today, Key: b.LogKey(), DrawCount: len(g.Draws), LateCount: len(g.Late), Draws: []Draw{}, Late: []Late{}}
	if n := len(b.Entries); n > 0 && b.Entries[n-1].Record != nil {
		f.Last = b.Entries[n-1].Record.Env.At
	}
	f.when = minute(f.Last) + " 填报"
	if b.HeadSeen > 0 {
		f.Seen = record.Time(b.HeadSeen)
		f.when = minute(f.Seen) + " 见证"
	}
	if pol := b.InForce(); pol != nil {
		f.Needed, f.Of, f.Signed = pol.Least(), pol.Count(), cosigned(pol, b.Signed)
	}
	if n := len(b.State.Charters); n > 0 {
		f.Fingerprint = b.Entries[b.State.Charters[n-1].Index].Hash
	}
	for _, found := range b.Findings {
		if found.Severity == rules.Breach {
			f.Failed++
		}
	}
	for _, l := range g.Late {
		f.Overdue += l.Count
		if len(f.Late) < keptLate {
			f.Late = append(f.Late, Late{l.Day, l.Text, l.State, l.Count, l.Path})
		}
	}
	for _, d := range g.Draws[:min(len(g.Draws), keptDraws)] {
		f.Draws = append(f.Draws, Draw{d.Day, d.Text, d.State, d.Path, d.Class})
	}
	return Row{place: p, at: at, facts: f}
}

// cosigned counts the witnesses of a policy whose line stands on a checkpoint
// that was verified.
func cosigned(p *ledger.Policy, checkpoint []byte) int {
	n, err := ledger.ParseNote(checkpoint)
	if err != nil {
		return 0
	}
	count := 0
	for _, w := range p.Witnesses {
		if _, ok := n.CosignedAt(w.Key); ok && w.Key.Type == ledger.Cosigning {
			count++
		}
	}
	return count
}

// Failed makes the row of an office of which nothing is verified, or whose site
// could not be made of what is. at is when that was seen, unix seconds.
func Failed(p Place, err error, at int64) Row { return Row{place: p, at: at, why: because(err)} }

// Waiting is the row with the reason why newer records of the office are not
// among its facts.
func (r Row) Waiting(err error) Row {
	r.why = because(err)
	return r
}

// Facts returns a copy of the row's facts; false where nothing was verified.
func (r Row) Facts() (Facts, bool) {
	if r.facts == nil {
		return Facts{}, false
	}
	return *r.facts, true
}

// Place is the office that the row is of.
func (r Row) Place() Place { return r.place }

// State is Sound, Unsound or Unknown.
func (r Row) State() string {
	switch {
	case r.facts != nil && r.facts.Failed == 0:
		return Sound
	case r.facts != nil || r.why.unsound:
		return Unsound
	}
	return Unknown
}

// Name is the office's name as its charter has it, or as the list does.
func (r Row) Name() string {
	switch {
	case r.facts != nil:
		return r.facts.Office
	case r.place.Name != "":
		return r.place.Name
	}
	return r.place.ID
}

// found is what the search finds an office by beside its name.
func (r *Row) found() string {
	if r.facts == nil || r.facts.Region == "" {
		return r.place.ID
	}
	return r.place.ID + " " + r.facts.Region
}

// Unlinked is the row of an office that has no site yet: no page links to one.
func (r Row) Unlinked() Row {
	r.place.Href = ""
	return r
}

// unsound tells a ledger that was looked at and does not hold from one that
// could not be, or whose pages could not be made.
func unsound(f *fault.Error) bool {
	room, _, _ := strings.Cut(f.Code, ".")
	return f.Kind == fault.Unsound && (slices.Contains([]string{"verify", "ledger", "rules", "record", "draw", "beacon"}, room) ||
		slices.Contains([]string{"publish.unsound", "publish.damaged", "publish.other-ledger", "publish.target-checkpoint", "publish.target-fork",
			"office.pin-other", "office.pin-fork", "province.same-ledger"}, f.Code))
}

// jsonRow is a row in portal.json.
type jsonRow struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Group    string `json:"group,omitempty"`
	Href     string `json:"href"`
	State    string `json:"state"` // sound, unsound, unknown
	Verified string `json:"verified"`
	Code     string `json:"code,omitempty"`
	Reason   string `json:"reason,omitempty"`
	Facts    *Facts `json:"facts,omitempty"`
}

// states are the states for machines.
var states = map[string]string{Sound: "sound", Unsound: "unsound", Unknown: "unknown"}

func (r Row) json() jsonRow {
	j := jsonRow{ID: r.place.ID, Name: r.Name(), Group: r.place.Group, Href: r.place.Href, State: states[r.State()], Verified: record.Time(r.at), Facts: r.facts}
	if r.why != nil {
		j.Code, j.Reason = r.why.code, r.why.text
	}
	return j
}

// minute is a time as people write it: 2023-09-15 19:00.
func minute(at string) string {
	if len(at) < 16 || at[10] != 'T' {
		return at
	}
	return at[:10] + " " + at[11:16]
}

func num[T ~int | ~int64 | ~uint64](n T) string { return strconv.FormatInt(int64(n), 10) }
