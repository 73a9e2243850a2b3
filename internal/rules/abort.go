package rules

import (
	"slices"

	"github.com/sunlot/sunlot/internal/record"
)

// abort judges a 终止 (draw1 §8). In time for its round it means that nothing was
// drawn. Later it erases nothing: what was drawn is listed as 已抽中、未执行, and an
// abort that comes before the draw is known would hide it and has no effect.
func (j *judge) abort(b *record.Abort) {
	lot := j.lotOf(b.Notice)
	if lot == nil {
		return
	}
	if b.Date < lot.Time[:10] || b.Date > j.today() {
		j.breach("rules.date-order", "", "date", b.Date, lot.Time[:10]+" … "+j.today())
		return
	}
	if lot.Drawn() && lot.Closed() {
		// Every drawn unit was inspected: there is nothing to give up, only
		// selections to be counted no more.
		j.breach("rules.abort-closed", lot.Pack.Cap.Clause, lot.Body.Draw, num(len(lot.Objects)), "")
		return
	}
	if j.unfinished(lot); !j.sound() {
		return
	}
	when := record.Unix(lot.Body.When())
	proven := j.inTime(when)
	sev := Warning
	switch {
	case lot.Drawn():
	case proven:
		sev = Note
	case !lot.Castable():
		// Whether the platform drew by then, or who was at the throw, nobody can see
		// but there; without a contribution there is no value at all. What was drawn
		// may still be entered.
		if j.said(when) {
			sev = Note
		}
	case !j.said(when) || j.s.Policy(j.in.Entry) != "":
		// The numbers were known or about to be, or nobody saw it before they
		// were: an outcome that is not liked would be gone.
		j.breach("rules.abort-hides", lot.Pack.Draw.Before, lot.Body.Draw, j.in.Entry.Env.At, lot.Body.When())
		return
	default:
		// By the office's word alone it is in time, and without witnesses that
		// counts as later (draw1 §1): what would have been drawn is still due.
		j.add(Note, "rules.abort-unproven", lot.Pack.Draw.Before, lot.Body.Draw, j.in.Entry.Env.At, lot.Body.When())
		sev = Note
	}
	for _, t := range lot.Later {
		t.Undrawn = t.Cast == nil && j.inTime(record.Unix(t.Body.Randomness.Time))
	}
	a := at(j, b)
	lot.Abort, lot.Undrawn = &a, proven && !lot.Drawn()
	if lot.Undrawn {
		lot.Pool, lot.Recuse = nil, nil // nobody is drawn from it any more
	}
	j.add(sev, "rules.draw-aborted", "", lot.Body.Draw, b.Ground, "")
}

// said: by the entry's own word and by what stands before it in the log it is
// early enough before a time. The own time is a claim; what stands before it is
// not.
func (j *judge) said(when int64) bool {
	return max(record.Unix(j.in.Entry.Env.At), record.Unix(j.s.Clock), j.s.Proven) <= when-Lead
}

// Castable reports whether anybody can bring the value that decides the draw:
// that of the platform and of a ceremony only those who were there can, and a
// missing contribution leaves none; without KI no recusal can be opened. The
// loss is an entry of its own, and what was drawn stays due.
func (l *Lot) Castable() bool {
	if l.ByPlatform() || l.Body.Randomness == nil || l.Body.Randomness.Kind == byCeremony || l.KILost() != nil && len(l.Body.Slots) > 0 {
		return false
	}
	return !slices.ContainsFunc(l.Extras, func(x Extra) bool { return !x.InTime })
}

// Hidden reports whether the draw was aborted without proof that nothing was
// drawn yet, and what would have been drawn is not in the ledger.
func (l *Lot) Hidden() bool { return l.Abort != nil && !l.Undrawn && !l.Drawn() && !l.Failed }
