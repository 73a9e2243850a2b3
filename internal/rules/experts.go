package rules

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// experts judges the second hat of a notice: experts are drawn from their own
// register, everybody of it in the hat or left out with a ground (G-7.3b, draw1
// §7). Where the platform casts there is no seed to draw them with.
func (j *judge) experts(b *record.Notice, lot *Lot) {
	e, p := b.Experts, j.s.Pack
	if e == nil {
		return
	}
	if p.Team.Experts == "" || lot.ByPlatform() {
		j.breach("rules.no-experts", p.Team.Experts, b.Line, "", "")
		return
	}
	if r := j.s.Roster("experts"); r == nil || r.Index != e.Roster.Entry || r.Body.Count != e.Roster.Count || r.Body.File.SHA256 != e.Roster.SHA256 {
		j.breach("rules.not-latest", p.Team.Experts, "experts", num(e.Roster.Entry), "")
	}
	data, ok := j.file(e.Pool, "experts.pool")
	if !ok {
		return
	}
	pool, err := draw.ParseInspectors(data)
	if err != nil {
		j.breach("rules.bad-file", p.Team.Experts, "experts.pool", err.Error(), "")
		return
	}
	ref := &hatRef{name: b.Line + " 专家", inspectors: e.Roster, people: e.Pool, out: e.Out, why: e.Why, slots: e.Slots}
	j.peopleOut(ref, pool)
	lot.Experts = map[string][]string{}
	for _, x := range pool {
		lot.Experts[x.Handle] = x.Qualifications
		if i := slices.IndexFunc(x.Qualifications, func(q string) bool { return !p.speciality(q) }); i >= 0 {
			j.breach("rules.bad-file", p.Team.Experts, "experts.pool", x.Qualifications[i], "")
		}
	}
	for _, q := range ref.needs() {
		if q != "" && !p.speciality(q) {
			j.breach("rules.notice-differs", p.Team.Experts, "experts.slots", q, "规则包所列的专长")
		}
	}
	if len(e.Slots) > 9 {
		j.breach("rules.notice-differs", p.Team.Experts, "experts.slots", num(len(e.Slots)), "9")
	} else if j.sound() && !draw.Fillable(ref.needs(), 1, pool) {
		j.breach("rules.few-experts", p.Team.Experts, b.Line, num(len(pool)), Wanted(p, ref.needs(), 1))
	}
}

// noticeExperts fills the second hat of a notice: kind E under KI.
func (s *State) noticeExperts(b *record.Notice, t Task, people []Person, ki []byte, put func([]byte) record.File) error {
	r := s.Roster("experts")
	if len(t.Experts) == 0 || r == nil {
		return nil
	}
	g := s.Pack.gather("E", people, b.From, b.To, ki)
	e := &record.Experts{Roster: record.RosterRef{Entry: r.Index, Count: r.Body.Count, SHA256: r.Body.File.SHA256},
		Pool: put(draw.FormatInspectors(g.inspectors)), Why: g.why}
	if len(g.out) > 0 {
		f := put(draw.FormatLeftOut(g.out))
		e.Out = &f
	}
	for _, q := range t.Experts {
		e.Slots = append(e.Slots, record.Slot{Needs: q})
	}
	if needs := (&hatRef{slots: e.Slots}).needs(); len(e.Slots) <= 9 && !draw.Fillable(needs, 1, g.inspectors) {
		return fault.New("rules.few-experts", b.Line, num(len(g.inspectors)), Wanted(s.Pack, needs, 1))
	}
	b.Experts = e
	return nil
}

// castExperts is the second run (draw1 §7): the same seed over all drawn
// objects, with the experts' own hat, slots and loads.
func (l *Lot) castExperts(body *record.Draw, out *draw.Outcome, blobs map[string][]byte) error {
	e := l.Body.Experts
	if e == nil {
		return nil
	}
	var drawn []draw.Drawn
	for _, c := range out.Cells {
		drawn = append(drawn, c.Objects...)
	}
	slices.SortFunc(drawn, func(a, b draw.Drawn) int {
		if c := strings.Compare(a.Ticket, b.Ticket); c != 0 {
			return c
		}
		return strings.Compare(a.Handle, b.Handle)
	})
	order := make([]string, len(drawn))
	for i, d := range drawn {
		order[i] = d.Handle
	}
	hat := Hat{People: l.Experts}
	given, err := draw.Staff(out.Seed, order, draw.Case{Slots: (&hatRef{slots: e.Slots}).needs(), Inspectors: hat.inspectors()})
	if err != nil {
		return err
	}
	data := draw.FormatTeams(given.Teams)
	f := LinesOf(data)
	blobs[f.SHA256] = data
	body.Experts, body.ExpertCap = &f, int64(given.Cap)
	return nil
}

func (l *Lot) takeExperts(data []byte) {
	lines, _ := draw.ParseTeams(data)
	for _, t := range lines {
		l.byHandle[t.Object].Experts = t.Members
	}
}

// expert judges the appointment of an expert: to a drawn object that has no
// result, in the place of a drawn expert or beside the team.
func (j *judge) expert(b *record.Expert) {
	lot := j.drawnLot(b.Notice)
	if lot == nil {
		return
	}
	p, o := lot.Pack, lot.byHandle[b.Object]
	switch {
	case p.Team.Experts == "":
		j.breach("rules.no-experts", "", lot.Body.Draw, "", "")
	case o == nil:
		j.breach("rules.not-drawn", p.Team.Experts, b.Object, "", "")
	case o.Result != nil:
		j.breach("rules.change-after-result", p.Team.Experts, b.Object, num(o.Result.Index), "")
	case b.Leave != "" && !slices.Contains(o.Experts, b.Leave):
		j.breach("rules.not-in-team", p.Team.Experts, b.Object, b.Leave, "")
	case b.Date < lot.day() || b.Date > j.today():
		j.breach("rules.date-order", p.Team.Experts, "date", b.Date, lot.day()+" … "+j.today())
	case b.Roster != 0 && !slices.ContainsFunc(j.s.Rosters, func(r At[record.Roster]) bool { return r.Index == b.Roster && r.Body.Kind == "experts" }):
		j.breach("rules.no-such-entry", p.Team.Experts, "roster", num(b.Roster), "roster")
	}
	for _, q := range b.Specialities {
		if !p.speciality(q) {
			j.breach("rules.item-speciality", p.Team.Experts, b.Object, q, "规则包所列的专长，各一次")
		}
	}
	if !j.sound() {
		return
	}
	if b.Leave != "" {
		lot.Swapped++ // a hand took the place of the lot
		j.add(Note, "rules.expert-replaced", p.Team.Experts, o.Handle, num(lot.Swapped), lot.Body.Draw)
		o.Experts = slices.DeleteFunc(slices.Clone(o.Experts), func(h string) bool { return h == b.Leave })
	}
	o.Named = append(o.Named, at(j, b))
}
