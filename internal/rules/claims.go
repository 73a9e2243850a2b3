package rules

import (
	"slices"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
)

// hindsight: a day within its time that is entered when the time is over rests
// on the claim alone, and nobody could watch it: a warning. Where the entry is in
// time, or the claim itself is late, there is nothing to add.
func (j *judge) hindsight(clause, date, due string) {
	if due != "" && date <= due && j.today() > due && j.s.late(date, j.today(), j.today()) > 1 {
		j.add(Warning, "rules.noted-late", clause, num(j.index), j.today(), date)
	}
}

// hindsightOf is hindsight of a result, of drawn and listed objects alone: the
// others have no day on which they are due.
func (j *judge) hindsightOf(p *Pack, f *Finished) {
	if legal, _, sure := j.s.Due(f); sure && !f.due().Unjudged {
		j.hindsight(p.Publish.Clause, f.Published(), legal)
	}
}

// early: a visit of a drawn object begins when its unit has the list and its
// people are drawn, and with the people who went. What says otherwise is written
// with a warning: it may have happened, and then it must stand in the ledger.
func (j *judge) early(b *record.Result, f *Finished) {
	o, began := f.Object, or(b.Started, b.Ended)
	if o == nil {
		return
	}
	p, since := f.Lot.Pack, ""
	for _, d := range f.Lot.Sent {
		if d.Index == o.Dispatch {
			since = d.Body.Date
		}
	}
	if t := f.Lot.later(o); t != nil {
		since = max(since, t.Body.Randomness.Time[:10])
	}
	if began < since {
		j.add(Warning, "rules.visit-early", p.Draw.Dispatch, o.Handle, began, since)
	}
	for _, r := range f.Lot.Requests {
		if r.Done != nil && slices.Contains(o.Lots, r.Done.Index) && r.Done.Time[:10] > b.Ended {
			j.add(Warning, "rules.changed-after-visit", p.Team.Change, o.Handle, r.Done.Time[:10], b.Ended)
		}
	}
	for _, c := range o.Changes {
		if c.Body.Agreed > b.Ended {
			// The one who signs is not the one who was there.
			j.add(Warning, "rules.changed-after-visit", p.Team.Change, o.Handle, c.Body.Agreed, b.Ended)
		} else if day := c.Time[:10]; day > b.Ended && j.s.late(c.Body.Agreed, day, day) > 1 {
			j.add(Warning, "rules.noted-late", p.Team.Change, num(c.Index), day, c.Body.Agreed)
		}
	}
}

// farDue: a follow-up that is due after the end of the next year is a way never
// to be late (Y-23).
func (j *judge) farDue(clause, place, due, since string) {
	if most := num(yearOf(since)+1) + "-12-31"; due > most {
		j.add(Warning, "rules.follow-far", clause, place, due, most)
	}
}

// fewWith: a speciality that no item of the draw needs and that few people hold
// names the people it asks for. Twice as many as the slots leave the lot a choice.
func (j *judge) fewWith(b *hatRef, h *Hat, needed []string) {
	p, slots := j.s.Pack, map[string]int{}
	for _, q := range b.needs() {
		if slots[q]++; q == "" || slots[q] > 1 || slices.Contains(needed, q) {
			continue
		}
		want, held := 2*count(b.needs(), q), 0
		for _, quals := range h.People {
			if slices.Contains(quals, q) {
				held++
			}
		}
		if n, _ := Find(p.Specialities, q); held < want && 2*held >= want { // fewer still cannot fill it
			j.add(Warning, "rules.slot-chooses", p.Team.Clause, or(n.Name, q), num(held), num(want))
		}
	}
}

func count(list []string, s string) (n int) {
	for _, x := range list {
		if x == s {
			n++
		}
	}
	return n
}

// choice is how many people a lot must be able to choose from, for a team.
func (p *Pack) choice(team int) int { return max(p.Team.Factor, 2) * team }

// chosen: recusals that leave fewer people than a lot can choose from, where the
// hat had enough: at how many of the objects (G-7.3e).
func (j *judge) chosen(lot *Lot, h *Hat, team int, recusals []draw.RecusalLine) {
	want, few, least := lot.Pack.choice(team), 0, len(h.People)
	if len(h.People) < want {
		return // the hat is small of itself
	}
	for _, r := range recusals {
		if n := h.open(lot.byHandle[r.Object]); n < want {
			few++
			least = min(least, n)
		}
	}
	if few > 0 {
		j.add(Warning, "rules.recusals-choose", lot.Pack.Team.Recusal, lot.Body.Draw, num(few), num(least)+"/"+num(want))
	}
}

// itemsLess: a notice that takes fewer items than its plan line inspects less
// than was planned; the plan is where that is said.
func (j *judge) itemsLess(b *record.Notice, line *record.PlanLine) {
	for _, it := range line.Items {
		if !slices.Contains(b.Items, it) {
			j.add(Warning, "rules.items-less", j.s.Pack.Plan.Clause, b.Line, num(len(b.Items)), num(len(line.Items)))
			return
		}
	}
}

// classGone: a class that the plan counted and of which the hat holds nobody.
func (j *judge) classGone(b *record.Notice, line *record.PlanLine) {
	for _, c := range line.Classes {
		has := slices.ContainsFunc(b.Groups, func(g record.Group) bool { return g.Name == c.Name })
		if c.Base > 0 && !has && b.Batch <= 1 {
			j.add(Warning, "rules.class-gone", j.s.Pack.Plan.Clause, b.Line, c.Name, num(c.Base))
		}
	}
}

// meaning: an item that the plan in force names is another one under the same
// number: name, object or content changed after the plan was made.
func (j *judge) meaning(b, was *record.Checklist) {
	plan := j.s.Plan(b.Year)
	if was == nil || plan == nil {
		return
	}
	changes := ChangesOf(was, b)
	for _, c := range changes.Changed {
		heading := slices.IndexFunc(c.Headings, func(h string) bool { return h == "抽查事项" || h == "检查对象" || h == "抽查内容" })
		planned := slices.ContainsFunc(plan.Body.Lines, func(l record.PlanLine) bool { return slices.Contains(l.Items, c.New.No) })
		if heading >= 0 && planned {
			j.add(Warning, "rules.item-changed", j.s.Pack.Items.ChangeBy, c.New.No, c.New.Name, c.Headings[heading])
		}
	}
}
