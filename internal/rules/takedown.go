package rules

import (
	"slices"

	"github.com/sunlot/sunlot/internal/record"
)

// Classes of a takedown.
const (
	Expired = "公示期满"
	ByLaw   = "依法撤下"
)

// takedown (requirements §7, ledger against takedown): what was found stays in
// ink for ever; the name and code of the enterprise leave when their publicity
// ends by law, and never silently.
func (j *judge) takedown(b *record.Takedown) {
	f := j.s.ResultAt(b.Entry)
	if f == nil {
		j.breach("rules.no-such-entry", "", "entry", num(b.Entry), "result")
		return
	}
	sealed := record.SealedPaths(f.Body)
	for i, field := range b.Fields {
		switch {
		case sealed[field] == "" || i > 0 && b.Fields[i-1] >= field:
			j.breach("rules.takedown-fields", "", num(b.Entry), field, "")
		case f.Taken(field) != nil:
			j.breach("rules.taken-twice", "", num(b.Entry), field, num(f.Taken(field).Index))
		}
	}
	if b.Date < f.Time[:10] || b.Date > j.today() {
		j.breach("rules.date-order", "", "date", b.Date, f.Time[:10]+" … "+j.today())
	}
	j.takedownClass(f, b)
	if !j.sound() {
		return
	}
	f.Takedowns = append(f.Takedowns, at(j, b))
	if f.Taken("code") != nil {
		// What room verify learnt from the opening goes with it.
		if f.Code = ""; f.Object != nil {
			f.Object.ID = ""
		}
	}
	if b.Class == ByLaw {
		j.add(Warning, "rules.taken-by-law", "", num(b.Entry), b.Ground, b.Date)
	} else {
		j.add(Note, "rules.taken-down", "", num(b.Entry), b.Ground, b.Date)
	}
}

// takedownClass: what has run its term since it was public and stood in the
// ledger may go the day after, and not while an
// objection or a follow-up is open; by a decision it may go at any time, which
// is a warning: somebody may have wished it forgotten.
func (j *judge) takedownClass(f *Finished, b *record.Takedown) {
	switch b.Class {
	case Expired:
		until := RetainUntil(max(f.Published(), f.Time[:10]), b.Years)
		switch {
		case b.Years < 1 || until == "":
			j.breach("rules.takedown-class", "", b.Class, num(b.Years), "1")
		case b.Date <= until:
			j.breach("rules.takedown-early", "", num(b.Entry), b.Date, until)
		case f.pending(j.packOf(f.Lot)):
			j.breach("rules.takedown-open", "", num(b.Entry), num(f.Index), "")
		}
	case ByLaw:
		if b.Years != 0 {
			j.breach("rules.takedown-class", "", b.Class, num(b.Years), "")
		}
	default:
		j.breach("rules.takedown-class", "", "class", b.Class, Expired+"、"+ByLaw)
	}
}

// Taken is the takedown of a sealed path of a result, nil if it was not taken
// down.
func (f *Finished) Taken(path string) *At[record.Takedown] {
	for i := range f.Takedowns {
		if slices.Contains(f.Takedowns[i].Body.Fields, path) {
			return &f.Takedowns[i]
		}
	}
	return nil
}
