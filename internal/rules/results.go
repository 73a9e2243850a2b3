package rules

import (
	"slices"
	"strings"
	"unique"

	"github.com/sunlot/sunlot/internal/record"
)

func (j *judge) result(b *record.Result) {
	f := &Finished{At: at(j, b), Hash: j.in.Hash}
	items := j.resultSource(b, f)
	if !j.sound() {
		return
	}
	p := j.packFor(f)
	if j.withheld(p, b) {
		j.inspected(p, &b.Outcome, items, f.due() != nil)
	}
	if f.Lot != nil {
		j.jointResult(f)
	}
	j.place(p, b, f)
	j.resultDates(b, f.Lot)
	j.signOff(b, f)
	j.parts(p, b, f)
	j.followed(p, b)
	if !j.sound() {
		return
	}
	j.complete(p, b)
	j.s.Results = append(j.s.Results, f)
	if f.Object != nil {
		f.Object.Result = f
	}
	if f.Joined != nil {
		f.Joined.finished(f)
	}
	j.early(b, f)
	j.punctual(p, f)
}

// packOf is the pack that judges what follows a draw: the one of its notice.
func (j *judge) packOf(l *Lot) *Pack {
	if l == nil {
		return j.s.Pack
	}
	j.lot = l
	return l.Pack
}

// resultSource finds the drawn object of a random result; a result of another
// origin names no draw, and gives its ground instead.
func (j *judge) resultSource(b *record.Result, f *Finished) []string {
	if b.Origin == JoinedOrigin {
		return j.joinedSource(b, f)
	}
	if b.Joined != 0 {
		j.breach("rules.origin", "", "joined", num(b.Joined), j.s.Pack.OriginWords())
	}
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

// inspected holds what was found: something, in the pack's words, of every item
// that a drawn object was to be inspected for.
func (j *judge) inspected(p *Pack, o *record.Outcome, items []string, drawn bool) {
	j.outcome(p, o, items)
	if drawn {
		j.whole(p, o, items)
	} else if len(o.Items) == 0 {
		j.breach("rules.item-missing", p.Result.Clause, "items", "", "")
	}
	for _, m := range o.Methods {
		j.word(p.Result.Methods, "rules.method", p.Result.MethodC, "methods", m)
	}
	if o.Form != "" {
		j.word(p.Result.Forms, "rules.form", p.Result.FormC, "organised", o.Form)
	}
}

// word holds a word to the list of the pack; a pack without a list leaves it
// free.
func (j *judge) word(list []string, code, clause, place, got string) {
	if len(list) > 0 && !slices.Contains(list, got) {
		j.breach(code, clause, place, got, strings.Join(list, "、"))
	}
}

// complete (G-9.1d 及时、准确、完整) names what the pack wants of a result and
// the entry leaves empty.
func (j *judge) complete(p *Pack, b *record.Result) {
	var lacks []string
	for _, heading := range p.Result.Complete {
		if !stated(b, heading) {
			lacks = append(lacks, heading)
		}
	}
	if len(lacks) > 0 {
		// Most results lack what the others lack: the words are kept once.
		j.add(Note, "rules.incomplete", p.Result.CompleteC, j.named(b), unique.Make(strings.Join(lacks, "、")).Value(), "")
	}
}

// stated reports whether a result says what stands under a heading of the pack.
func stated(b *record.Result, heading string) bool {
	switch heading {
	case "检查开始日期":
		return b.Started != ""
	case "检查方式":
		return len(b.Outcome.Methods) > 0 || b.Withheld != nil
	case "组织形式":
		return b.Outcome.Form != "" || b.Withheld != nil
	case "平台录入日期":
		return b.Entered != ""
	case "平台公示日期":
		return b.Published != ""
	case "录入人":
		return b.EnteredBy != ""
	case "审核人":
		return b.Reviewed != ""
	case "审核日期":
		return b.ReviewOn != ""
	case "签字日期":
		return b.SignedOn != ""
	case "廉政承诺":
		return b.Pledge
	}
	return false
}

// named is how a finding names the result that it is about: the object's handle,
// or the entry where no lot gave the object.
func (j *judge) named(b *record.Result) string {
	return or(b.Object, "第 "+num(j.index)+" 条记录")
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
	j.voided(p, o)
	refused := p.Result.RefuseC != "" && slices.Contains(o.Codes, p.Result.RefuseC)
	if refused && len(p.Result.Refusal) > 0 && len(o.Refusal) == 0 {
		j.breach("rules.refusal-ground", p.Result.RefuseB, "refusal", "", strings.Join(p.Result.Refusal, "、"))
	}
	if refused && len(p.Result.Refusal) == 0 && len(o.Refusal) == 0 && o.Facts == "" {
		// The text lists no grounds to choose from: a word of what happened is
		// the least that such a finding needs.
		j.add(Warning, "rules.refusal-facts", p.Result.RefuseB, "facts", p.Result.RefuseC, "")
	}
	for _, g := range o.Refusal {
		if !refused || len(p.Result.Refusal) > 0 && !slices.Contains(p.Result.Refusal, g) {
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

// signOff: where the pack demands it, every member of the team has signed,
// on paper; the entry holds names (sealed), date and the scan's digest (G-8.4b).
func (j *judge) signOff(b *record.Result, f *Finished) {
	p, o := j.packOf(f.Lot), f.Object
	if o == nil {
		if len(b.Team) > 0 {
			j.breach("rules.team-differs", p.Team.Change, "team", strings.Join(b.Team, " "), "") // no lot gave a team
		}
		return
	}
	j.teamDiffers(b, o)
	if n := len(o.Members()); n < p.Team.Min {
		// Nobody, or too few, were drawn or appointed: yet it was inspected.
		j.add(Warning, "rules.team-small", p.Team.Clause, b.Object, num(n), num(p.Team.Min))
	} else if lacks := f.Lot.uncovered(o); len(lacks) > 0 && p.Team.Coverage {
		j.add(Warning, "rules.team-uncovered", p.Team.Cover, b.Object, Wanted(p, lacks, 1), "")
	}
	if !p.Result.SignOff {
		return
	}
	if who := o.Members(); len(b.Signed) != len(who) || b.SignedOn == "" {
		j.breach("rules.sign-off", p.Result.SignBy, b.Object, num(len(b.Signed)), num(len(who)))
	}
}

func (j *judge) correction(b *record.Correction) {
	f := j.s.ResultAt(b.Result)
	if f == nil {
		j.breach("rules.no-such-entry", j.s.Pack.Correction.Clause, "result", num(b.Result), "result")
		return
	}
	p, old, since := j.packFor(f), f.Hash, f.Time[:10]
	if n := len(f.Corrections); n > 0 {
		old, since = f.Corrections[n-1].Hash, f.Corrections[n-1].Body.Date
	}
	if b.Old != old {
		j.breach("rules.correction-old", p.Correction.Clause, "old", b.Old, old)
	}
	if b.Date < since || b.Date > j.today() {
		j.breach("rules.date-order", p.Correction.Clause, "date", b.Date, since+" … "+j.today())
	}
	items := j.s.allItems()
	if l := f.due(); l != nil {
		items = l.Body.Items
	}
	if w := f.Body.Withheld; w == nil || w.Outcome == "" || len(b.Outcome.Items) > 0 {
		j.inspected(p, &b.Outcome, items, f.due() != nil) // what stays closed has no outcome to correct in ink
	}
	j.corrected(f, b)
	if j.sound() {
		f.Corrections = append(f.Corrections, Corrected{At: at(j, b), Hash: j.in.Hash})
		j.add(Note, "rules.corrected", p.Correction.Clause, num(b.Result), b.Ground, "")
	}
}

// OpenAtOnce lists the sealed fields whose openings must stand beside the
// entry as soon as it is public: firm and code of a result that is not
// withheld. The others (names of people, remarks) may stay closed.
func OpenAtOnce(e *record.Entry) []string {
	if b, ok := e.Body.(*record.Result); ok && b.Withheld == nil {
		return []string{"code", "name"}
	}
	return nil
}
