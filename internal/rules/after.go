package rules

import (
	"slices"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
)

// lotOf finds the draw of an entry that comes after it, or says what is wrong.
func (j *judge) lotOf(notice int64) *Lot {
	lot := j.s.lots[notice]
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
	if lot != nil && lot.Draw == nil {
		j.breach("rules.not-drawn-yet", j.s.Pack.Draw.Before, lot.Body.Draw, "", "")
		return nil
	}
	return lot
}

// day is the date of the round: nothing that follows from the draw is earlier.
func (l *Lot) day() string { return l.Body.Randomness.Time[:10] }

func (j *judge) dispatch(b *record.Dispatch) {
	p := j.s.Pack
	lot := j.drawnLot(b.Notice)
	if lot == nil {
		return
	}
	if b.Date < lot.day() || b.Date > j.today() {
		j.breach("rules.date-order", p.Draw.Dispatch, "date", b.Date, lot.day()+" … "+j.today())
	}
	if !slices.ContainsFunc(lot.Body.Units, func(u record.Unit) bool { return u.Name == b.Unit }) {
		j.breach("rules.no-unit", p.Draw.Dispatch, "unit", b.Unit, "")
	}
	if b.From > b.To || b.From < lot.day() || b.To > lot.Body.To {
		j.breach("rules.task-dates", p.Draw.Dispatch, "from, to", b.From+" "+b.To, lot.Body.From+" "+lot.Body.To)
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
	lead := map[string]string{}
	for _, t := range named {
		lead[t.Object] = t.Members[0]
	}
	for _, h := range handles {
		o := lot.byHandle[h]
		switch {
		case o == nil:
			j.breach("rules.not-drawn", p.Draw.Dispatch, h, "", "")
		case o.Dispatch != 0:
			j.breach("rules.dispatched-twice", p.Draw.Dispatch, h, num(o.Dispatch), "")
		case p.Team.Leader == "named" && len(o.Team) > 0 && !slices.Contains(o.Team, lead[h]):
			j.breach("rules.no-leader", p.Team.Clause, h, lead[h], "")
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
	if n := lateDays(lot.Body.Due.Dispatch, b.Date, b.Date); n > 0 && !lot.Body.Due.Provisional {
		j.add(Overdue, "rules.late-dispatch", p.Draw.Dispatch, lot.Body.Draw, b.Date, lot.Body.Due.Dispatch)
	}
}

// today is the entry's claimed date.
func (j *judge) today() string { return j.in.Entry.Env.At[:10] }

// teamChange: 更换（另行指派）, recusal after the draw, direct assignment
// (G-7.3c–e, draw1 §8).
func (j *judge) teamChange(b *record.TeamChange) {
	p := j.s.Pack
	lot := j.drawnLot(b.Notice)
	if lot == nil {
		return
	}
	if p.Team.Replace != "appoint" {
		j.breach("rules.no-replacement", p.Team.Clause, lot.Body.Draw, "", "")
		return
	}
	o := lot.byHandle[b.Object]
	if o == nil {
		j.breach("rules.not-drawn", p.Team.Change, b.Object, "", "")
		return
	}
	_, qualified := lot.People[b.Come]
	slot := slices.Index(o.Team, b.Leave)
	switch {
	case o.Result != nil:
		j.breach("rules.change-after-result", p.Team.Change, b.Object, num(o.Result.Index), "")
	case !slices.Contains([]string{"replacement", "recusal", "direct"}, b.Kind):
		j.breach("rules.change-kind", p.Team.Change, b.Kind, "", "replacement, recusal, direct")
	case b.Kind == "direct" && !o.Unstaffed:
		j.breach("rules.change-kind", p.Team.Change, b.Object, b.Kind, "unstaffed")
	case b.Kind != "direct" && slot < 0:
		j.breach("rules.not-in-team", p.Team.Change, b.Object, b.Leave, "")
	case slices.Contains(o.Team, b.Come):
		j.breach("rules.already-in-team", p.Team.Change, b.Object, b.Come, "")
	case !qualified:
		j.breach("rules.not-qualified", p.Team.Change, b.Object, b.Come, "")
	case b.Kind == "replacement" && len(p.Team.Grounds) > 0 && !slices.Contains(p.Team.Grounds, b.Ground):
		j.breach("rules.change-ground", p.Team.Change, b.Object, b.Ground, "")
	case b.Agreed > b.Date || b.Agreed < lot.day() || b.Date > j.today():
		j.breach("rules.date-order", p.Team.Change, "agreed, date", b.Agreed+" "+b.Date, lot.day()+" … "+j.today())
	case b.Kind != "direct" && !b.Leads && o.Leader == b.Leave && p.Team.Leader != "none":
		j.breach("rules.no-leader", p.Team.Clause, b.Object, b.Leave, "")
	}
	if !j.sound() {
		return
	}
	if slot < 0 {
		o.Team = append(o.Team, b.Come)
	} else {
		o.Team = slices.Clone(o.Team)
		o.Team[slot] = b.Come
	}
	if b.Leads {
		o.Leader = b.Come
	}
	o.Changes = append(o.Changes, at(j, b))
}

func (j *judge) opened(b *record.Opened) {
	lot := j.s.lots[b.Notice]
	if lot == nil || lot.Failed {
		j.breach("rules.no-such-entry", "", "notice", num(b.Notice), "notice")
		return
	}
	if len(b.Handles) == 0 && !b.K && !b.KI || !slices.IsSorted(b.Handles) {
		j.breach("rules.opened-nothing", "", lot.Body.Draw, "", "")
		return
	}
	if (b.K || b.KI) && lot.Draw == nil && lot.Abort == nil {
		j.breach("rules.opened-early", "", lot.Body.Draw, "", lot.Body.Randomness.Time)
		return
	}
	for _, h := range b.Handles {
		if lot.byHandle[h] == nil {
			j.breach("rules.not-drawn", "", h, "", "")
			return
		}
	}
	for _, h := range b.Handles {
		lot.byHandle[h].Opened = true
	}
	lot.KOpened = lot.KOpened || b.K
	lot.Opened = append(lot.Opened, at(j, b))
	if day := j.today(); b.K && day > lot.Body.Due.K && !lot.Body.Due.Provisional {
		j.add(Overdue, "rules.late-k", "", lot.Body.Draw, day, lot.Body.Due.K)
	}
}

func (j *judge) abort(b *record.Abort) {
	lot := j.lotOf(b.Notice)
	if lot == nil {
		return
	}
	a := at(j, b)
	lot.Abort = &a
	sev := Note
	if lot.Draw != nil || record.Unix(j.in.Entry.Env.At) > record.Unix(lot.Body.Randomness.Time)-minLead {
		// The numbers were known or about to be: nothing is erased, the drawn
		// stay listed as 已抽中、未执行 (draw1 §8).
		sev = Warning
	}
	j.add(sev, "rules.draw-aborted", "", lot.Body.Draw, b.Ground, "")
}
