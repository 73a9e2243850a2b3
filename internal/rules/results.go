package rules

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
)

func (j *judge) result(b *record.Result) {
	f := &Finished{At: at(j, b), Hash: j.in.Hash}
	items := j.resultSource(b, f)
	if !j.sound() {
		return
	}
	p := j.packOf(f.Lot)
	j.outcome(p, &b.Outcome, items)
	if f.Lot != nil {
		j.whole(p, &b.Outcome, items)
		j.jointResult(f)
	}
	j.resultDates(b, f.Lot)
	j.signOff(b, f)
	if p.needsFollowUp(b.Outcome.Codes) && b.FollowUp == nil {
		j.add(Warning, "rules.no-follow-up", p.Result.Clause, "follow_up", strings.Join(b.Outcome.Codes, " "), "")
	}
	if !j.sound() {
		return
	}
	j.s.Results = append(j.s.Results, f)
	j.s.results[j.index] = f
	if f.Object != nil {
		f.Object.Result = f
	}
	j.punctual(p, f)
}

// punctual says what was late, and what would have been without the days on
// which the office was closed by its own entry.
func (j *judge) punctual(p *Pack, f *Finished) {
	if f.Lot == nil {
		return
	}
	legal, _, sure := j.s.ResultDue(f.Lot, f.Ended())
	nation := j.s.NationalDue(f.Lot, f.Ended())
	switch {
	case j.s.Late(f) > 0:
		j.add(Overdue, "rules.late-result", p.Publish.Clause, f.Lot.Body.Draw, f.Published(), legal)
	case sure && nation != "" && f.Published() > nation:
		j.add(Note, "rules.closure-used", p.Publish.Clause, f.Lot.Body.Draw, f.Published(), nation)
	}
}

// packOf is the pack that judges what follows a draw: the one of its notice.
func (j *judge) packOf(l *Lot) *Pack {
	if l == nil {
		return j.s.Pack
	}
	return l.Pack
}

// resultSource finds the drawn object of a random result; a result of another
// origin names no draw, and gives its ground instead.
func (j *judge) resultSource(b *record.Result, f *Finished) []string {
	if b.Origin != Random {
		j.other(b)
		return j.s.allItems()
	}
	lot := j.drawnLot(b.Notice)
	if lot == nil {
		return nil
	}
	p, o := lot.Pack, lot.byHandle[b.Object]
	switch {
	case o == nil:
		j.breach("rules.not-drawn", p.Result.Clause, b.Object, "", "")
	case o.Dispatch == 0:
		j.breach("rules.not-dispatched", p.Draw.Dispatch, b.Object, "", "")
	case o.Result != nil:
		j.breach("rules.result-twice", p.Correction.Clause, b.Object, num(o.Result.Index), "")
	case b.Unit != lot.unitOf(o):
		j.breach("rules.no-unit", p.Draw.Dispatch, b.Object, b.Unit, lot.unitOf(o)) // 谁检查谁反馈
	}
	f.Lot, f.Object = lot, o
	return lot.Body.Items
}

// unitOf is the executing unit that an object was dispatched to.
func (l *Lot) unitOf(o *Object) string {
	for _, d := range l.Sent {
		if d.Index == o.Dispatch {
			return d.Body.Unit
		}
	}
	return ""
}

// allItems are the numbers of the checklist in force: what an inspection of
// another origin may report on.
func (s *State) allItems() []string {
	var all []string
	if c := s.Checklist(); c != nil {
		for _, it := range c.Body.Items {
			all = append(all, it.No)
		}
	}
	return all
}

// outcome holds codes to the pack and to the items inspected; the unit's line
// must be the one that follows from the items (requirements A22).
func (j *judge) outcome(p *Pack, o *record.Outcome, items []string) {
	seen := map[string]bool{}
	for _, it := range o.Items {
		if !slices.Contains(items, it.Item) || seen[it.Item] {
			j.breach("rules.item-unknown", p.Result.Clause, it.Item, "", "")
		}
		seen[it.Item] = true
		for _, c := range it.Codes {
			code, ok := p.CodeOf(c)
			if !ok {
				j.breach("rules.unknown-code", p.Result.Clause, it.Item, c, "")
			} else if code.Alone && len(it.Codes) > 1 {
				j.breach("rules.code-alone", p.Result.Clause, it.Item, strings.Join(it.Codes, " "), c)
			}
		}
	}
	if want := p.UnitLine(o.Items); j.sound() && !slices.Equal(want, o.Codes) {
		j.breach("rules.unit-line", p.Result.Clause, "codes", strings.Join(o.Codes, " "), strings.Join(want, " "))
	}
	refused := p.Result.RefuseC != "" && slices.Contains(o.Codes, p.Result.RefuseC)
	if refused && len(p.Result.Refusal) > 0 && len(o.Refusal) == 0 {
		j.breach("rules.refusal-ground", p.Result.RefuseB, "refusal", "", strings.Join(p.Result.Refusal, "、"))
	}
	for _, g := range o.Refusal {
		if !refused || !slices.Contains(p.Result.Refusal, g) {
			j.breach("rules.refusal-ground", p.Result.RefuseB, "refusal", g, strings.Join(p.Result.Refusal, "、"))
		}
	}
}

// whole: a drawn object is inspected for every item of its notice (Y-13.1
// 确保完成对所有抽查事项的检查); an item left out would improve the unit's line.
func (j *judge) whole(p *Pack, o *record.Outcome, items []string) {
	for _, no := range items {
		if j.sound() && !slices.ContainsFunc(o.Items, func(it record.ItemCodes) bool { return it.Item == no }) {
			j.breach("rules.item-missing", p.Result.Clause, no, "", "")
		}
	}
}

// UnitLine derives the unit's codes from its items': a code that stands alone
// (未发现问题) holds for the unit only if every item has it; otherwise the
// union of the others, in the pack's order.
func (p *Pack) UnitLine(items []record.ItemCodes) []string {
	has := map[string]bool{}
	for _, it := range items {
		for _, c := range it.Codes {
			has[c] = true
		}
	}
	var open, alone []string
	for _, c := range p.Result.Codes {
		switch {
		case !has[c.Code]:
		case c.Alone:
			alone = append(alone, c.Code)
		default:
			open = append(open, c.Code)
		}
	}
	if len(open) > 0 {
		return open
	}
	if len(alone) > 1 && alone[0] == p.Result.Codes[0].Code {
		// Several that stand alone, on different items: 未发现问题, the first of
		// the pack's list, says the least and gives way.
		return alone[1:]
	}
	return alone
}

func (p *Pack) needsFollowUp(codes []string) bool {
	return slices.ContainsFunc(codes, func(c string) bool {
		code, _ := p.CodeOf(c)
		return code.Open
	})
}

func (j *judge) resultDates(b *record.Result, lot *Lot) {
	clause, start := j.packOf(lot).Result.Clause, ""
	if lot != nil {
		start = lot.day()
	}
	order := []struct{ name, date string }{
		{"抽取", start}, {"检查开始", b.Started}, {"检查结束", b.Ended}, {"签字", b.SignedOn}, {"平台录入", b.Entered}, {"平台公示", b.Published}, {"写入", j.today()},
	}
	prev := order[0]
	for _, d := range order[1:] {
		if d.date == "" {
			continue
		}
		// Signing and entering may fall on either side of each other.
		if d.date < prev.date && !(d.name == "平台录入" && prev.name == "签字" && d.date >= b.Ended) {
			j.breach("rules.date-order", clause, d.name, d.date, prev.name+" "+prev.date)
		}
		if d.date > prev.date { // the latest so far: nothing after it may be earlier
			prev = d
		}
	}
	if lot != nil && b.Ended > lot.Body.To {
		j.add(Warning, "rules.after-task", clause, "ended", b.Ended, lot.Body.To)
	}
}

// signOff: where the pack demands it, every member of the team has signed,
// on paper; the entry holds names (sealed), date and the scan's digest (G-8.4b).
func (j *judge) signOff(b *record.Result, f *Finished) {
	p, o := j.packOf(f.Lot), f.Object
	if o == nil {
		return
	}
	if len(o.Team) < p.Team.Min {
		// Nobody, or too few, were drawn or appointed: yet it was inspected.
		j.add(Warning, "rules.team-small", p.Team.Clause, b.Object, num(len(o.Team)), num(p.Team.Min))
	} else if lacks := f.Lot.uncovered(o); len(lacks) > 0 && p.Team.Coverage {
		j.add(Warning, "rules.team-uncovered", p.Team.Cover, b.Object, Wanted(p, lacks, 1), "")
	}
	if !p.Result.SignOff {
		return
	}
	if len(b.Signed) != len(o.Team) || b.SignedOn == "" {
		j.breach("rules.sign-off", p.Result.SignBy, b.Object, num(len(b.Signed)), num(len(o.Team)))
	}
}

func (j *judge) correction(b *record.Correction) {
	f := j.s.results[b.Result]
	if f == nil {
		j.breach("rules.no-such-entry", j.s.Pack.Correction.Clause, "result", num(b.Result), "result")
		return
	}
	p, old, since := j.packOf(f.Lot), f.Hash, f.Time[:10]
	if n := len(f.Corrections); n > 0 {
		old, since = f.Corrections[n-1].Hash, f.Corrections[n-1].Body.Date
	}
	if b.Old != old {
		j.breach("rules.correction-old", p.Correction.Clause, "old", b.Old, old)
	}
	if b.Date < since || b.Date > j.today() {
		j.breach("rules.date-order", p.Correction.Clause, "date", b.Date, since+" … "+j.today())
	}
	if f.Lot == nil {
		j.outcome(p, &b.Outcome, j.s.allItems())
	} else {
		j.outcome(p, &b.Outcome, f.Lot.Body.Items)
		j.whole(p, &b.Outcome, f.Lot.Body.Items)
		if b.Ended != "" && (b.Ended < f.Lot.day() || b.Ended > j.today()) {
			j.breach("rules.date-order", p.Correction.Clause, "ended", b.Ended, f.Lot.day()+" … "+j.today())
		}
	}
	if j.sound() {
		f.Corrections = append(f.Corrections, Corrected{At: at(j, b), Hash: j.in.Hash})
		j.add(Note, "rules.corrected", p.Correction.Clause, num(b.Result), b.Ground, "")
	}
}

func (j *judge) followUp(b *record.FollowUp) {
	f := j.s.results[b.Result]
	if f == nil {
		j.breach("rules.no-such-entry", j.s.Pack.Result.Clause, "result", num(b.Result), "result")
		return
	}
	if b.Date < f.Ended() || b.Date > j.today() {
		j.breach("rules.date-order", j.s.Pack.Result.Clause, "date", b.Date, f.Ended()+" … "+j.today())
	}
	if j.sound() {
		f.FollowUps = append(f.FollowUps, at(j, b))
	}
}

// OpenAtOnce lists the sealed fields whose openings must stand beside the
// entry as soon as it is public: firm and code of a result. The others (names
// of people, remarks) may stay closed.
func OpenAtOnce(e *record.Entry) []string {
	if _, ok := e.Body.(*record.Result); ok {
		return []string{"code", "name"}
	}
	return nil
}
