package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
)

// Selected reports whether a drawn object counts to the cap: an aborted draw is
// no selection of those whom nobody inspected, and one whose order does not hold
// neither: who knows the number could bring a firm to its cap with it. Nor is a
// draw of one who was found void: a word of the office would free him from this
// inspection and from all others of the year.
func (l *Lot) Selected(o *Object) bool {
	if o.Result == nil {
		return !l.void()
	}
	return o.Result.Void() == nil
}

// Selections is how many selections the ledger knows in the cap's window before
// the draw of a notice: drawn objects, those before the charter, those of joint
// checks that others led. Nobody can have reached the cap by any other.
func (s *State) Selections(p *Pack, b *record.Notice) int64 {
	day, n := b.When()[:10], int64(0)
	from := p.capFrom(day)
	for _, l := range s.Lots {
		if l.Failed || !l.Drawn() || l.Body.Draw == b.Draw || l.day() < from || l.day() > day {
			continue
		}
		for _, o := range l.Objects {
			if l.Selected(o) {
				n++
			}
		}
	}
	for _, h := range s.Histories {
		if h.Body.To >= from && h.Body.From <= day {
			n += h.Body.Count
		}
	}
	for _, t := range s.Joined {
		if t.Body.Drawn >= from && t.Body.Drawn <= day {
			n += t.Body.Count
		}
	}
	return n
}

// selections: those who are said to have reached the cap, kept out or freed from
// it, are no more than the known selections could make.
func (j *judge) selections(b *record.Notice) {
	p, said := j.s.Pack, int64(0)
	for _, g := range b.Grounds {
		if g.Code == groundCap {
			said += g.Count
		}
	}
	for _, g := range b.Freed {
		said += g.Count
	}
	if said == 0 {
		return
	}
	if known := j.s.Selections(p, b); said*int64(p.Cap.Max) > known {
		j.breach("rules.cap-unknown", p.Cap.Clause, b.Line, num(said), num(known))
	}
}

// mayBeFree reports whether an exemption that the notice names can hold for a
// unit found beyond the cap. What its result says in ink of its sector must be
// one of the exemption's; a tag is closed and rests on the office's word.
func (k *pick) mayBeFree() bool {
	if k.obj.Result == nil {
		return true
	}
	list, sector := k.lot.Pack.Exempts(), k.obj.Result.Body.Sector
	return slices.ContainsFunc(k.lot.Body.Freed, func(g record.Ground) bool {
		i, err := strconv.Atoi(strings.TrimPrefix(g.Code, "exempt."))
		return err == nil && i >= 0 && i < len(list) && (len(list[i].Sectors) == 0 || slices.Contains(list[i].Sectors, sector))
	})
}

// KnownTo lists the days of the selections in the cap's window that stood in the
// ledger when a draw was announced, by the opened code, and counts those whose
// code is not opened. It needs the codes, as Across does.
func (s *State) KnownTo(l *Lot) (days map[string][]string, hidden int64) {
	day := l.Body.When()[:10]
	from := l.Pack.capFrom(day)
	days = map[string][]string{}
	add := func(id, on string) {
		switch {
		case on < from || on > day:
		case id == "":
			hidden++
		default:
			days[id] = append(days[id], on)
		}
	}
	for _, e := range s.Lots {
		for _, o := range e.drawnBefore(l, true) {
			add(o.ID, e.day())
		}
	}
	for _, h := range s.Histories {
		if h.Index < l.Index && h.Body.To >= from && h.Body.From <= day {
			hidden += h.Body.Count
		}
	}
	for _, t := range s.Joined {
		if t.Index > l.Index {
			continue
		}
		for _, h := range t.Handles {
			id := ""
			if f := t.Results[h]; f != nil {
				id, _ = draw.ObjectID(f.Code)
			}
			add(id, t.Body.Drawn)
		}
	}
	return days, hidden
}

// BatchesBefore lists the codes drawn in the earlier batches of a draw's plan
// line when it was announced, and counts those that are not opened.
func (s *State) BatchesBefore(l *Lot) (ids []string, hidden int64) {
	for _, e := range s.lotsOf(l.Body.Line, yearOf(l.Body.Draw)) {
		for _, o := range e.drawnBefore(l, false) {
			if o.ID == "" {
				hidden++
			} else {
				ids = append(ids, o.ID)
			}
		}
	}
	return ids, hidden
}

// drawnBefore lists the objects that a draw had drawn when another was announced.
// Where it had been given up by then those who were inspected all the same remain,
// if inspected is set; then those who were found void by then do not.
func (l *Lot) drawnBefore(later *Lot, inspected bool) []*Object {
	cast, _ := l.Record()
	if l.Failed || !l.Drawn() || cast > later.Index {
		return nil
	}
	stands := !l.Late && (l.Abort == nil || l.Abort.Index > later.Index)
	if stands && !inspected {
		return l.Objects
	}
	var list []*Object
	for _, o := range l.Objects {
		if f := o.Result; stands && f == nil || inspected && f != nil && f.voidBefore(later.Index) == nil {
			list = append(list, o)
		}
	}
	return list
}
