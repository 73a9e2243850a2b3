package rules

import (
	"slices"

	"github.com/sunlot/sunlot/internal/record"
)

// HatOf is the hat from which the object's team was drawn: the notice's, or
// that of a later teams notice.
func (l *Lot) HatOf(o *Object) *Hat {
	if t := l.later(o); t != nil {
		return &t.Hat
	}
	return &l.Hat
}

// slotsOf are the places of the object's team.
func (l *Lot) slotsOf(o *Object) []record.Slot {
	if t := l.later(o); t != nil {
		return t.Body.Slots
	}
	return l.Body.Slots
}

func (l *Lot) later(o *Object) *Later {
	i := slices.IndexFunc(l.Later, func(t *Later) bool { return o.Staffed != 0 && t.Index == o.Staffed })
	if i < 0 {
		return nil
	}
	return l.Later[i]
}

// teamChange: 更换（另行指派）, recusal after the draw, direct assignment
// (G-7.3c–e, draw1 §8).
func (j *judge) teamChange(b *record.TeamChange) {
	lot := j.drawnLot(b.Notice)
	if lot == nil {
		return
	}
	p := lot.Pack
	if lot.Body.Replace == "none" {
		j.breach("rules.no-replacement", p.Team.Clause, lot.Body.Draw, "", "")
		return
	}
	o := lot.byHandle[b.Object]
	if o == nil {
		j.breach("rules.not-drawn", p.Team.Change, b.Object, "", "")
		return
	}
	slot := slices.Index(o.Team, b.Leave)
	j.changeKind(lot, o, b, slot)
	j.changePeople(lot, o, b, slot)
	j.agreed(lot, b.Agreed, b.Date, b.Applied, b.Object)
	if !j.sound() {
		return
	}
	if b.Kind == "direct" {
		if h, team := lot.HatOf(o), len(lot.slotsOf(o)); slot >= 0 && len(h.People) >= p.Team.Factor*team {
			// The hat was large enough: recusals alone opened this door.
			j.add(Warning, "rules.direct-by-recusals", p.Team.Direct, o.Handle, num(len(o.Recused)), num(len(h.People)))
		}
		o.Direct = append(o.Direct, b.Come)
		j.add(Note, "rules.direct", p.Team.Direct, lot.Body.Draw+" "+o.Handle, b.Ground, "")
	}
	if slot < 0 {
		o.Team = append(o.Team, b.Come)
	} else {
		o.Team = slices.Clone(o.Team)
		o.Team[slot] = b.Come
		o.Vacant = slices.DeleteFunc(slices.Clone(o.Vacant), func(m string) bool { return m == b.Leave })
	}
	if b.Leads {
		o.Leader = b.Come
	}
	o.Changes = append(o.Changes, at(j, b))
}

// changeKind: which change is allowed when, and on which ground.
func (j *judge) changeKind(lot *Lot, o *Object, b *record.TeamChange, slot int) {
	p := lot.Pack
	vacant := o.Unstaffed && b.Leave == "" && len(o.Team) < len(lot.slotsOf(o))
	unfilled := slices.Contains(o.Vacant, b.Leave)
	small := lot.HatOf(o).small(p, o, len(lot.slotsOf(o))) && lot.Body.Replace != replaceLot
	switch {
	case lot.Asking(o) != nil:
		// Between the request and its lot everybody else is fixed: whoever could
		// still move people could move the lot.
		j.breach("rules.request-open", p.Team.Change, b.Object, num(lot.Asking(o).Index), "")
	case lot.Body.Replace == replaceLot && b.Kind != "direct":
		j.breach("rules.only-by-lot", p.Team.Change, b.Object, b.Kind, "")
	case o.Result != nil:
		j.breach("rules.change-after-result", p.Team.Change, b.Object, num(o.Result.Index), "")
	case !slices.Contains([]string{"replacement", "recusal", "direct"}, b.Kind):
		j.breach("rules.change-kind", p.Team.Change, b.Kind, "", "replacement, recusal, direct")
	case b.Kind == "direct" && p.Team.Direct == "" && !unfilled:
		j.breach("rules.change-kind", p.Team.Change, b.Object, b.Kind, "replacement, recusal")
	case b.Kind == "direct" && !vacant && !unfilled && !(small && slot >= 0):
		// 检查人员有限，不能满足随机抽查基本条件的 (A20): nowhere else may a hand
		// take the place of the lot.
		j.breach("rules.direct-trigger", p.Team.Direct, b.Object, num(lot.HatOf(o).open(o)), num(p.Team.Factor*len(lot.slotsOf(o))))
	case b.Kind != "direct" && slot < 0:
		j.breach("rules.not-in-team", p.Team.Change, b.Object, b.Leave, "")
	default:
		j.changeGround(p, b.Kind, b.Ground, b.Note, b.Applied, b.Object)
	}
}

// changeGround: one of the pack's grounds, with a note where it says little; of
// a recusal the inspector's own application.
func (j *judge) changeGround(p *Pack, kind, ground string, note record.Sealed, applied, place string) {
	switch {
	case kind == "replacement" && len(p.Team.Grounds) > 0 && !slices.Contains(p.Team.Grounds, ground):
		j.breach("rules.change-ground", p.Team.Change, place, ground, "")
	case kind == "replacement" && ground == p.Team.Other && note == "":
		j.breach("rules.change-note", p.Team.Change, place, ground, "")
	case (kind == "recusal") != (applied != ""):
		j.breach("rules.recusal-applied", p.Team.Recusal, place, applied, "")
	}
}

// open counts the qualified people of the hat who are not recused at the object.
func (h *Hat) open(o *Object) int {
	n := 0
	for person := range h.People {
		if !slices.Contains(o.Recused, person) {
			n++
		}
	}
	return n
}

// small is the trigger of a direct assignment: the pool is under so many times
// the team (A20).
func (h *Hat) small(p *Pack, o *Object, team int) bool { return h.open(o) < p.Team.Factor*team }

// changePeople: who comes was in the hat, did not stand back, and the team loses
// no speciality by it; somebody leads.
func (j *judge) changePeople(lot *Lot, o *Object, b *record.TeamChange, slot int) {
	p, h := lot.Pack, lot.HatOf(o)
	_, qualified := h.People[b.Come]
	switch {
	case !j.sound():
	case slices.Contains(o.Team, b.Come):
		j.breach("rules.already-in-team", p.Team.Change, b.Object, b.Come, "")
	case !qualified, slices.Contains(o.Recused, b.Come), slices.Contains(o.Left, b.Come):
		j.breach("rules.not-qualified", p.Team.Change, b.Object, b.Come, "")
	case slot >= 0 && !lot.succeeds(o, slot, b.Come):
		j.breach("rules.not-qualified", p.Team.Change, b.Object, b.Come, "")
	case slot >= 0 && !b.Leads && o.Leader == b.Leave && p.Team.Leader != "none":
		j.breach("rules.no-leader", p.Team.Clause, b.Object, b.Leave, "")
	}
	if j.sound() && b.Kind == "recusal" {
		o.Left = append(o.Left, b.Leave) // who stood back does not come again
	}
}

// agreed holds the dates of a change to their order: applied for, agreed to,
// carried out, after the draw.
func (j *judge) agreed(lot *Lot, agreed, date, applied, place string) {
	p := lot.Pack
	switch {
	case !j.sound():
	case agreed > date || agreed < lot.day() || date > j.today():
		j.breach("rules.date-order", p.Team.Change, "agreed, date", agreed+" "+date, lot.day()+" … "+j.today())
	case applied > agreed:
		j.breach("rules.date-order", p.Team.Recusal, "applied", applied, agreed)
	case applied != "" && applied < lot.Time[:10]:
		// Known before the notice and kept back until the team was known.
		j.add(Warning, "rules.recusal-late", p.Team.Recusal, place, applied, lot.Time[:10])
	}
}

// succeeds reports whether the one who comes holds what the slot needs, where
// the one who leaves did, and whether the team still holds every speciality
// that its slots need and that it held (Y-13.1).
func (l *Lot) succeeds(o *Object, slot int, come string) bool {
	h, slots := l.HatOf(o), l.slotsOf(o)
	after := slices.Clone(o.Team)
	after[slot] = come
	for i, s := range slots {
		if s.Needs == "" {
			continue
		}
		if i == slot && slices.Contains(h.People[o.Team[slot]], s.Needs) && !slices.Contains(h.People[come], s.Needs) {
			return false
		}
		if h.held(o.Team, s.Needs) && !h.held(after, s.Needs) {
			return false
		}
	}
	return true
}

// held reports whether one of the team holds the speciality.
func (h *Hat) held(team []string, speciality string) bool {
	return slices.ContainsFunc(team, func(m string) bool { return slices.Contains(h.People[m], speciality) })
}

// uncovered lists the specialities that the slots need and nobody of the team
// holds: after direct assignments there may be such.
func (l *Lot) uncovered(o *Object) []string {
	var list []string
	for _, s := range l.slotsOf(o) {
		if s.Needs != "" && !l.HatOf(o).held(o.Team, s.Needs) && !slices.Contains(list, s.Needs) {
			list = append(list, s.Needs)
		}
	}
	return list
}
