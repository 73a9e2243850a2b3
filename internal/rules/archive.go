package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/sunlot/sunlot/internal/record"
)

// Archive holds the retention of documents, in years from archiving. MinYears 0:
// the text has no number and the office names the rule that gives one.
type Archive struct {
	MinYears  int      `json:"min_years" toml:"min_years"`
	Documents []string `json:"documents,omitempty" toml:"documents"`
	Clause    string   `json:"clause" toml:"clause"`
	Kinds     string   `json:"documents_clause,omitempty" toml:"documents_clause"`
}

// Archived is an archive entry with what became of it.
type Archived struct {
	At[record.Archive]
	Of    *Finished // nil where it is a draw's
	Lot   *Lot      // nil where it is a result's of no draw
	Purge *At[record.Purge]
	Pack  *Pack // that judges it
}

// Classes of keeping (保管期限).
const (
	ForYears = "定期"
	ForEver  = "永久"
)

// OtherDocument is the kind of a document that no list names.
const OtherDocument = "其他"

// maxYears bounds a term that is not for ever.
const maxYears = 100

// RetainUntil is the last day on which documents must be kept: the day of
// archiving (yyyy-mm-dd) so many years later, or the last day of that month
// where it has no such day. The day of archiving itself is not counted.
func RetainUntil(date string, years int64) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil || years < 0 || years > maxYears {
		return ""
	}
	y, m, d := t.Date()
	last := time.Date(y+int(years), m+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return time.Date(y+int(years), m, min(d, last), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// ArchiveAt finds an archive entry by its index, nil if there is none.
func (s *State) ArchiveAt(index int64) *Archived {
	i, ok := slices.BinarySearchFunc(s.Archives, index, func(a *Archived, n int64) int { return int(a.Index - n) })
	if !ok {
		return nil
	}
	return s.Archives[i]
}

func (j *judge) archive(b *record.Archive) {
	a := &Archived{At: at(j, b)}
	since := j.archived(a)
	if !j.sound() {
		return
	}
	p := j.packOf(a.Lot)
	a.Pack = p
	if b.Date < since || b.Date > j.today() {
		j.breach("rules.date-order", p.Archive.Clause, "归档", b.Date, since+" … "+j.today())
	}
	for i, d := range b.Documents {
		place := "documents." + num(i)
		if len(p.Archive.Documents) > 0 && d.Kind != OtherDocument && !slices.Contains(p.Archive.Documents, d.Kind) {
			j.breach("rules.archive-kind", p.Archive.kinds(), place, d.Kind, strings.Join(p.Archive.Documents, "、"))
		}
		if d.Date > b.Date {
			j.breach("rules.date-order", p.Archive.Clause, place, d.Date, b.Date)
		}
		if first, twice := j.s.scans[scan{a.about(), d.SHA256}]; twice {
			j.breach("rules.archived-twice", p.Archive.Clause, place, d.SHA256, num(first))
		}
		if slices.ContainsFunc(b.Documents[:i], func(e record.Document) bool { return d.SHA256 != "" && e.SHA256 == d.SHA256 }) {
			j.breach("rules.archived-twice", p.Archive.Clause, place, d.SHA256, num(j.index))
		}
	}
	j.retention(p, b)
	if !j.sound() {
		return
	}
	j.s.Archives = append(j.s.Archives, a)
	mine := a.beside()
	*mine = append(*mine, a)
	j.s.keep(a)
}

// scan is a document that is kept about an entry, by the digest of its scan.
type scan struct {
	about  int64
	sha256 string
}

// about is the index of the result or notice whose papers they are.
func (a *Archived) about() int64 { return max(a.Body.Result, a.Body.Notice) }

// keep notes the scans of an archive that stands.
func (s *State) keep(a *Archived) {
	for _, d := range a.Body.Documents {
		if d.SHA256 != "" {
			s.scans[scan{a.about(), d.SHA256}] = a.Index
		}
	}
}

// beside is the list of what is archived about the same result or draw.
func (a *Archived) beside() *[]*Archived {
	if a.Of != nil {
		return &a.Of.Archives
	}
	return &a.Lot.Archives
}

// archived finds what an archive entry is about and returns the first day on
// which that can have been archived.
func (j *judge) archived(a *Archived) (since string) {
	b, clause := a.Body, j.s.Pack.Archive.Clause
	switch {
	case (b.Result == 0) == (b.Notice == 0):
		j.breach("rules.no-such-entry", clause, "result, notice", num(b.Result)+" "+num(b.Notice), "one of them")
	case b.Result != 0:
		if a.Of = j.s.ResultAt(b.Result); a.Of == nil {
			j.breach("rules.no-such-entry", clause, "result", num(b.Result), "result")
			return ""
		}
		a.Lot, since = a.Of.Lot, a.Of.Ended()
	default:
		if a.Lot = j.s.lots[b.Notice]; a.Lot == nil || a.Lot.Failed {
			j.breach("rules.no-such-entry", clause, "notice", num(b.Notice), "notice")
			return ""
		}
		since = a.Lot.Time[:10]
	}
	return since
}

// retention holds the term to the pack (Y-20.2: 有规定的，从其规定;没有规定的，
// 保存期限不少于五年): never shorter than its number; where the years are others,
// or it has no number, the office names the rule that gives them.
func (j *judge) retention(p *Pack, b *record.Archive) {
	clause, least := p.Archive.Clause, int64(p.Archive.MinYears)
	switch b.Class {
	case ForEver:
		if b.Years != 0 || b.RetainUntil != "" {
			j.breach("rules.archive-years", clause, b.Class, num(b.Years), "")
		}
		return
	case ForYears:
	default:
		j.breach("rules.archive-class", clause, "class", b.Class, ForYears+"、"+ForEver)
		return
	}
	switch {
	case b.Years < max(least, 1) || b.Years > maxYears:
		j.breach("rules.archive-years", clause, b.Class, num(b.Years), num(max(least, 1)))
	case b.Years != least && b.Ground == "":
		j.breach("rules.archive-ground", clause, "ground", num(b.Years), num(least))
	case b.RetainUntil != RetainUntil(b.Date, b.Years):
		j.breach("rules.retain-until", clause, "retain_until", b.RetainUntil, RetainUntil(b.Date, b.Years))
	}
}

func (a *Archive) kinds() string { return or(a.Kinds, a.Clause) }

// purge (销毁): not before the term has run out, and not while anything about
// the result is still open.
func (j *judge) purge(b *record.Purge) {
	a := j.s.ArchiveAt(b.Archive)
	if a == nil {
		j.breach("rules.no-such-entry", j.s.Pack.Archive.Clause, "archive", num(b.Archive), "archive")
		return
	}
	clause := a.Pack.Archive.Clause
	switch {
	case a.Purge != nil:
		j.breach("rules.purged-twice", clause, num(b.Archive), num(a.Purge.Index), "")
	case b.Date > j.today():
		j.breach("rules.date-order", clause, "date", b.Date, j.today())
	case a.Body.Class == ForEver || b.Date <= a.Body.RetainUntil:
		j.breach("rules.purge-early", clause, num(b.Archive), b.Date, or(a.Body.RetainUntil, ForEver))
	}
	if open := a.open(); open != nil {
		j.breach("rules.purge-open", clause, num(b.Archive), num(open.Index), "")
	}
	if !j.sound() {
		return
	}
	if b.Date <= RetainUntil(a.Time[:10], a.Body.Years) {
		// By its own word it was archived long before that was recorded; by the
		// day of the entry the term still runs.
		j.add(Warning, "rules.purge-backdated", clause, num(b.Archive), a.Time[:10], a.Body.Date)
	}
	done := at(j, b)
	a.Purge = &done
	for _, d := range a.Body.Documents {
		delete(j.s.scans, scan{a.about(), d.SHA256})
	}
}

// Expired reports whether the documents may be destroyed on a day: their term
// is over, nothing about the result is open, and they still stand.
func (a *Archived) Expired(today string) bool {
	return a.Purge == nil && a.Body.Class == ForYears && today > a.Body.RetainUntil && a.open() == nil
}

// open is a result of what was archived about which an objection or a
// follow-up is not closed, nil if there is none.
func (a *Archived) open() *Finished {
	var all []*Finished
	if a.Of != nil {
		all = append(all, a.Of)
	} else {
		for _, o := range a.Lot.Objects {
			if o.Result != nil {
				all = append(all, o.Result)
			}
		}
	}
	i := slices.IndexFunc(all, func(f *Finished) bool { return f.pending(a.Pack) })
	if i < 0 {
		return nil
	}
	return all[i]
}

// pending reports whether an objection waits for its review, or a follow-up
// that is needed is not closed.
func (f *Finished) pending(p *Pack) bool {
	if slices.ContainsFunc(f.Objections, func(o *Objected) bool { return o.Review == nil }) {
		return true
	}
	w := f.Follow(p)
	return w.Needed && w.Closed == ""
}
