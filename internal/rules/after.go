package rules

import (
	"slices"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
)

// lotOf finds the draw of an entry that comes after it, or says what is wrong.
func (j *judge) lotOf(notice int64) *Lot {
	lot := j.s.lots[notice]
	j.lot = lot
	switch {
	case lot == nil:
		j.breach("rules.no-such-entry", "", "notice", num(notice), "notice")
		return nil
	case lot.Failed:
		j.breach("rules.notice-failed", "", lot.Body.Draw, "", "")
		return nil
	case lot.Abort != nil:
		j.breach("rules.aborted", "", lot.Body.Draw, num(lot.Abort.Index), "")
		return nil
	}
	return lot
}

// drawnLot is lotOf for what needs the draw to have been cast.
func (j *judge) drawnLot(notice int64) *Lot {
	lot := j.lotOf(notice)
	if lot != nil && !lot.Drawn() {
		j.breach("rules.not-drawn-yet", j.s.Pack.Draw.Before, lot.Body.Draw, "", "")
		return nil
	}
	return lot
}

// day is the date of the lots: nothing that follows from the draw is earlier.
func (l *Lot) day() string { return l.When()[:10] }

func (j *judge) dispatch(b *record.Dispatch) {
	lot := j.drawnLot(b.Notice)
	if lot == nil {
		return
	}
	p := lot.Pack
	if b.Date < lot.day() || b.Date > j.today() {
		j.breach("rules.date-order", p.Draw.Dispatch, "date", b.Date, lot.day()+" … "+j.today())
	}
	if !slices.ContainsFunc(lot.Body.Units, func(u record.Unit) bool { return u.Name == b.Unit }) {
		j.breach("rules.no-unit", p.Draw.Dispatch, "unit", b.Unit, "")
	}
	if b.From > b.To || b.From < lot.day() || b.To > lot.Ends() {
		j.breach("rules.task-dates", p.Draw.Dispatch, "from, to", b.From+" "+b.To, lot.Body.From+" "+lot.Ends())
	}
	data, ok1 := j.file(b.Objects, "objects")
	leaders, ok2 := j.file(b.Leaders, "leaders")
	if !ok1 || !ok2 {
		return
	}
	handles, err := draw.ParseUnstaffed(data) // the same form: a handle a line
	if err != nil || int64(len(handles)) != b.Count || b.Count == 0 {
		j.breach("rules.bad-file", "", "objects", num(len(handles)), num(b.Count))
		return
	}
	named, err := draw.ParseTeams(leaders)
	if err != nil {
		j.breach("rules.bad-file", "", "leaders", err.Error(), "")
		return
	}
	lead := j.leaders(lot, handles, named)
	for _, h := range handles {
		o := lot.byHandle[h]
		switch {
		case o == nil:
			j.breach("rules.not-drawn", p.Draw.Dispatch, h, "", "")
		case o.Dispatch != 0:
			j.breach("rules.dispatched-twice", p.Draw.Dispatch, h, num(o.Dispatch), "")
		case p.Draw.Balance == "town" && lot.Body.Mode == "不定向" && lot.Body.UnitOf(lot.Body.TownOf(o.Cell)) != b.Unit && o.Cell != "":
			j.breach("rules.no-unit", p.Draw.Dispatch, h, b.Unit, lot.Body.UnitOf(lot.Body.TownOf(o.Cell))) // the cell is the town
		}
	}
	if !j.sound() {
		return
	}
	for _, h := range handles {
		o := lot.byHandle[h]
		o.Dispatch = j.index
		if l := lead[h]; l != "" {
			o.Leader = l
		}
	}
	lot.Sent = append(lot.Sent, Sent{at(j, b)})
	j.platformNumber(lot, b)
	if p.Draw.Scheme != "" && b.Scheme == "" && b.SchemeSum == "" {
		j.add(Note, "rules.no-scheme", p.Draw.Scheme, lot.Body.Draw, b.Unit, "")
	}
	if n := j.s.late(lot.Due.Dispatch, b.Date, b.Date); n > 0 && !lot.Due.Provisional {
		j.add(Overdue, "rules.late-dispatch", p.Draw.Dispatch, lot.Body.Draw, b.Date, lot.Due.Dispatch)
	} else if !lot.Due.Provisional {
		j.hindsight(p.Draw.Dispatch, b.Date, lot.Due.Dispatch)
	}
}

// leaders reads who leads which of the objects that are handed over: one of
// each team where the pack says 选定, and nobody elsewhere.
func (j *judge) leaders(lot *Lot, handles []string, named []draw.Team) map[string]string {
	p, lead := lot.Pack, map[string]string{}
	for _, t := range named {
		lead[t.Object] = t.Members[0]
		if p.Team.Leader != "named" || len(t.Members) != 1 || !slices.Contains(handles, t.Object) {
			j.breach("rules.no-leader", p.Team.Clause, t.Object, t.Members[0], "")
		}
	}
	for _, h := range handles {
		o := lot.byHandle[h]
		if o == nil || p.Team.Leader != "named" {
			continue
		}
		if staffed := len(o.Team) > 0; staffed != (lead[h] != "") || staffed && !slices.Contains(o.Team, lead[h]) {
			j.breach("rules.no-leader", p.Team.Clause, h, lead[h], "")
		}
	}
	return lead
}

// today is the entry's claimed date.
func (j *judge) today() string { return j.in.Entry.Env.At[:10] }

func (j *judge) opened(b *record.Opened) {
	lot := j.s.lots[b.Notice]
	if lot == nil || lot.Failed && !lot.Gone {
		j.breach("rules.no-such-entry", "", "notice", num(b.Notice), "notice")
		return
	}
	twice := len(slices.Compact(slices.Clone(b.Handles))) != len(b.Handles) || b.K && lot.KOpened || b.KI && lot.KIOpened()
	if len(b.Handles) == 0 && !b.K && !b.KI || !slices.IsSorted(b.Handles) || twice {
		j.breach("rules.opened-nothing", "", lot.Body.Draw, "", "")
		return
	}
	if (b.K || b.KI) && !lot.Drawn() && !lot.void() && !lot.Gone && j.today() < lot.Due.K {
		j.breach("rules.opened-early", "", lot.Body.Draw, "", lot.Body.When())
		return
	}
	for _, h := range b.Handles {
		if lot.byHandle[h] == nil && !lot.Gone {
			j.breach("rules.not-drawn", "", h, "", "")
			return
		}
	}
	if b.KI {
		if j.openKI(lot); !j.sound() {
			return
		}
	}
	if b.K && lot.KLost() != nil || b.KI && lot.KILost() != nil {
		j.add(Note, "rules.key-found", "", lot.Body.Draw, "", "")
	}
	tipped := ""
	for _, h := range b.Handles {
		o := lot.byHandle[h]
		if o == nil {
			continue // nobody can say who was drawn
		}
		if o.Opened = true; o.Result == nil && lot.Abort == nil && tipped == "" {
			tipped = h
		}
	}
	if tipped != "" {
		j.add(Warning, "rules.date-order", "", lot.Body.Draw+" "+tipped, j.today(), lot.Body.Names)
	}
	if j.today() < lot.Due.K && !lot.Closed() && (b.K || b.KI) {
		// Whoever holds a list of firms now knows who is about to be inspected.
		j.add(Warning, "rules.date-order", "", lot.Body.Draw+" K", j.today(), lot.Due.K)
	}
	lot.KOpened = lot.KOpened || b.K
	lot.Opened = append(lot.Opened, at(j, b))
	if b.K {
		lot.KDay = j.today()
		// What it claims does not make it earlier than a round that stands in the
		// log, nor than its witnesses.
		for _, known := range []int64{j.in.Seen, j.s.Proven} {
			if known > 0 {
				lot.KDay = max(lot.KDay, record.Day(known))
			}
		}
		if lot.KLate() {
			j.add(Overdue, "rules.late-k", "", lot.Body.Draw, lot.KDay, lot.Due.K)
		}
	}
}
