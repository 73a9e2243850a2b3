package office

import (
	"maps"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// batch is a sheet of results on its way to a draft.
type batch struct {
	o     *Office
	s     *rules.State
	draws map[string]*Drawing
	seen  map[*rules.Object]intake.Place
	draft *Draft
	sheet judged
	told  []*intake.ResultRow // beside the first bodies of the sheet
	firms map[string]*rules.Firm
	codes map[string]string // handle → code, of joined results

	joinedSeen map[string]intake.Place // by handle
}

// Results drafts the results of a sheet: one batch, one checkpoint, with the
// openings of the handles whose firms become public by it. A list is handed in
// several times as it fills, so a row that says what is published already is
// passed over. Everything that is wrong is returned at once; a draft without
// entries has nothing new.
func (o *Office) Results(rows []intake.ResultRow) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	b := &batch{o: o, s: s, draws: map[string]*Drawing{}, seen: map[*rules.Object]intake.Place{}, draft: &Draft{Openings: map[int64]*record.Opening{}}, codes: map[string]string{}, joinedSeen: map[string]intake.Place{}}
	for i := range rows {
		r := &rows[i]
		if t := s.JoinedTask(r.Draw); t != nil {
			if err := b.joined(t, r); err != nil {
				return nil, nil, err
			}
		} else if r.Origin != "" && r.Origin != "random" {
			b.other(r)
		} else if err := b.drawn(r); err != nil {
			return nil, nil, err
		}
	}
	if len(b.sheet.problems) == 0 {
		b.feedbacks()
		if err := b.openings(); err != nil {
			return nil, nil, err
		}
	}
	d, problems, err := b.sheet.judge(o, b.draft)
	if d != nil && len(b.codes) > 0 {
		err = o.openJoined(d, s, b.codes)
	}
	return d, problems, err
}

// drawn adds the row of an object that a lot gave.
func (b *batch) drawn(r *intake.ResultRow) error {
	d, ok := b.draws[r.Draw]
	if !ok {
		var err error
		if d, err = b.o.Drawing(r.Draw); err != nil {
			if fault.Code(err) != "office.no-such-draw" {
				return err
			}
			b.sheet.refuse(problem(r.Line, "", "office.no-such-draw", r.Draw, ""))
			return nil
		}
		b.draws[r.Draw] = d
	}
	obj, found := d.reported(r)
	if len(found) > 0 {
		b.sheet.refuse(found...)
		return nil
	}
	firm := d.Firms[obj.Handle]
	if first, twice := b.seen[obj]; twice {
		b.sheet.refuse(twiceIn(r.Line, first, firm.Name))
		return nil
	}
	b.seen[obj] = r.Line
	body, found := b.o.resultBody(b.s, d, obj, r)
	if r.EnteredBy != "" && !hasName(d.Team(obj), r.EnteredBy) {
		b.draft.Findings = append(b.draft.Findings, rules.Finding{Code: "office.entered-by-other", Severity: rules.Warning,
			Clause: d.Lot.Pack.Result.Entry, Entry: -1, Place: firm.Name, Got: r.EnteredBy})
	}
	if f := obj.Result; f != nil {
		b.again(f, body, r)
		return nil
	}
	if b.draft.teams == nil {
		b.draft.teams = map[any][]record.OpenHandle{}
	}
	b.draft.teams[body] = d.team(obj)
	b.add(r, body, About{Firm: firm.Name, Is: body.Outcome.Codes}, found)
	return nil
}

// other adds the row of an inspection that no draw led to.
func (b *batch) other(r *intake.ResultRow) {
	body, found := b.o.otherResult(b.s, r)
	if found = append(found, b.register(body, r)...); len(found) > 0 {
		b.sheet.refuse(found...)
		return
	}
	for _, f := range b.s.Results {
		if f.Lot == nil && f.Body.Origin == body.Origin && f.Body.Ground == r.Ground && b.o.codeOf(f) == r.Code && len(b.o.differences(b.s.Pack, f, body)) == 0 {
			b.draft.Passed = append(b.draft.Passed, r.Name)
			return
		}
	}
	b.add(r, body, About{Firm: r.Name, Is: body.Outcome.Codes}, found)
}

func (b *batch) add(r *intake.ResultRow, body *record.Result, about About, found []intake.Problem) {
	b.sheet.refuse(found...)
	b.sheet.add(r.Line, body, found)
	b.draft.About = append(b.draft.About, about)
	b.told = append(b.told, r)
}

// again is a row about a published result: passed over where it says the same,
// refused where it does not.
func (b *batch) again(f *rules.Finished, body *record.Result, r *intake.ResultRow) {
	name := or(b.o.firmOf(f), r.Name)
	if list := b.o.differences(f.Lot.Pack, f, body); len(list) > 0 {
		b.sheet.refuse(problem(r.Line, "检查结果", "office.result-differs", strings.Join(list, "；"), num(f.Index)))
		return
	}
	b.draft.Passed = append(b.draft.Passed, name)
	if r.FollowUp != "" && f.Body.FollowUp == nil && len(f.FollowUps) == 0 {
		// What was filled in since does not get lost unsaid.
		b.draft.Findings = append(b.draft.Findings, rules.Finding{Code: "office.follow-up-apart", Severity: rules.Note, Entry: -1, Place: name, Got: r.FollowUp, Want: num(f.Index)})
	}
}

// differences says in words where a row's codes and dates are not those that
// are published, or were before a correction.
func (o *Office) differences(p *rules.Pack, f *rules.Finished, b *record.Result) []string {
	var list []string
	differ := func(what, row, published string) {
		list = append(list, what+"：表里 "+or(row, "空着")+"，已公示 "+or(published, "空着"))
	}
	if !sameItems(b.Outcome.Items, f.Outcome().Items) && !sameItems(b.Outcome.Items, f.Body.Outcome.Items) {
		row, published := o.codeWords(p, b.Outcome.Codes), o.codeWords(p, f.Outcome().Codes)
		if row == published {
			row, published = itemWords(b.Outcome.Items), itemWords(f.Outcome().Items)
		}
		differ("检查结果", row, published)
	}
	if b.Ended != f.Body.Ended && b.Ended != f.Ended() {
		differ("检查结束日期", b.Ended, f.Ended())
	}
	for _, d := range []struct{ what, row, published string }{{"检查开始日期", b.Started, f.Body.Started}, {"签字日期", b.SignedOn, f.Body.SignedOn},
		{"平台录入日期", b.Entered, f.Body.Entered}, {"平台公示日期", b.Published, f.Body.Published}} {
		if d.row != d.published {
			differ(d.what, d.row, d.published)
		}
	}
	return list
}

func sameItems(a, b []record.ItemCodes) bool {
	return slices.EqualFunc(a, b, func(x, y record.ItemCodes) bool {
		return x.Item == y.Item && slices.Equal(slices.Sorted(slices.Values(x.Codes)), slices.Sorted(slices.Values(y.Codes)))
	})
}

func itemWords(items []record.ItemCodes) string {
	var list []string
	for _, it := range items {
		list = append(list, it.Item+" "+strings.Join(it.Codes, "、"))
	}
	return strings.Join(list, "，")
}

// codeWords are codes as people write them: e 发现问题已责令改正.
func (o *Office) codeWords(p *rules.Pack, codes []string) string {
	var list []string
	for _, c := range codes {
		known, _ := p.CodeOf(c)
		list = append(list, strings.TrimSpace(c+" "+known.Name))
	}
	return strings.Join(list, "、")
}

// openings adds the entries that open the handles of the sheet's firms.
func (b *batch) openings() error {
	opened := map[*Drawing][]string{}
	for _, body := range b.sheet.bodies {
		if r, ok := body.(*record.Result); ok && r.Object != "" && r.Withheld == nil && r.Joined == 0 {
			for _, d := range b.draws {
				if d.Lot.Index == r.Notice {
					opened[d] = append(opened[d], r.Object)
				}
			}
		}
	}
	// In order of their draws, so that one sheet gives one sequence of entries.
	for _, d := range slices.SortedFunc(maps.Keys(opened), func(x, y *Drawing) int { return int(x.Lot.Index - y.Lot.Index) }) {
		body, err := b.o.openHandles(d, opened[d], b.draft)
		if err != nil {
			return err
		}
		b.sheet.bodies = append(b.sheet.bodies, body)
		b.draft.About = append(b.draft.About, About{})
	}
	return nil
}

// reported is the drawn object that a row is about.
func (d *Drawing) reported(r *intake.ResultRow) (*rules.Object, []intake.Problem) {
	obj := d.find(or(r.Handle, r.Code))
	if obj == nil {
		return nil, []intake.Problem{problem(r.Line, or(r.Handle, r.Code), "rules.not-drawn", r.Name, "")}
	}
	f := d.Firms[obj.Handle]
	switch {
	case f == nil:
		return nil, []intake.Problem{problem(r.Line, obj.Handle, "rules.not-drawn", r.Name, "")}
	case r.Code != "" && r.Code != f.ID:
		return nil, []intake.Problem{problem(r.Line, "统一社会信用代码", "office.other-firm", r.Code, f.ID)}
	case r.Name != "" && intake.NameKey(r.Name) != intake.NameKey(f.Name):
		return nil, []intake.Problem{problem(r.Line, "企业名称", "office.other-firm", r.Name, f.Name)}
	case obj.Dispatch == 0:
		return nil, []intake.Problem{problem(r.Line, obj.Handle, "rules.not-dispatched", f.Name, "")}
	}
	return obj, nil
}

func (o *Office) resultBody(s *rules.State, d *Drawing, obj *rules.Object, r *intake.ResultRow) (*record.Result, []intake.Problem) {
	f := d.Firms[obj.Handle]
	unit := d.Lot.Body.UnitOf(f.Town)
	out, problems := outcome(s.Pack, d.Lot.Body.Items, r.Codes, r.ItemCodes, r.Line)
	b := o.written(r, out)
	b.Origin, b.Notice, b.Object, b.Unit = "random", d.Lot.Index, obj.Handle, unit
	b.Code, b.Name = record.Sealed(f.ID), record.Sealed(f.Name)
	placed(d.Lot.Pack, b, &f.Firm)
	problems = append(problems, divided(b, d.Team(obj), r)...)
	problems = append(problems, withhold(d.Lot.Pack, b, r)...)
	team := d.Team(obj)
	if s.Pack.Result.SignOff {
		problems = append(problems, signatures(r, team)...)
	}
	problems = append(problems, inspectedBy(b, obj, team, r)...)
	if r.Leader != "" && !hasName(team, r.Leader) {
		problems = append(problems, problem(r.Line, "组长", "office.leader-not-in-team", r.Leader, strings.Join(team, "、")))
	}
	if b.Ended != "" && b.Ended < d.Lot.When()[:10] {
		problems = append(problems, problem(r.Line, "检查结束", "office.before-draw", b.Ended, d.Lot.When()[:10]))
	}
	return b, problems
}

// signatures: each member of the team has signed, and nobody else (G-8.4b).
func signatures(r *intake.ResultRow, team []string) []intake.Problem {
	var problems []intake.Problem
	for _, name := range team {
		if !hasName(r.Signed, name) {
			problems = append(problems, problem(r.Line, "全体签字人", "office.not-signed", strings.Join(r.Signed, "、"), name))
		}
	}
	if len(r.Signed) > len(team) && len(problems) == 0 {
		problems = append(problems, problem(r.Line, "全体签字人", "office.stranger-signed", strings.Join(r.Signed, "、"), strings.Join(team, "、")))
	}
	return problems
}

// inspectedBy: the inspectors whom the row names are the team, and nobody else:
// whoever goes in a member's place is entered before the visit (draw1 §8). The
// result then names the team by its handles.
func inspectedBy(b *record.Result, obj *rules.Object, team []string, r *intake.ResultRow) []intake.Problem {
	if len(r.Team) == 0 {
		return nil
	}
	same := len(r.Team) == len(team)
	for _, name := range team {
		same = same && hasName(r.Team, name)
	}
	if !same {
		return []intake.Problem{problem(r.Line, "检查人员", "office.others-inspected", strings.Join(r.Team, "、"), strings.Join(team, "、"))}
	}
	b.Team = obj.Members()
	return nil
}

// gone is what a row says of an object that was not there.
func gone(g *intake.Gone) *record.Void {
	if g == nil {
		return nil
	}
	return &record.Void{Ground: g.Ground, Evidence: g.Evidence, Date: g.Date, SHA256: g.Scan}
}

// hasName reports whether a name is among those of a list, however written.
func hasName(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return intake.NameKey(s) == intake.NameKey(name) })
}

// outcome reads the codes of a row: one set for all items, or one for each.
func outcome(p *rules.Pack, items, codes []string, each map[string][]string, at intake.Place) (record.Outcome, []intake.Problem) {
	var out record.Outcome
	var problems []intake.Problem
	for _, it := range items {
		c := codes
		if own, ok := each[it]; ok {
			c = own
		}
		if len(c) == 0 {
			problems = append(problems, problem(at, "检查结果", "office.no-code", "", it))
		}
		for _, code := range c {
			if _, ok := p.CodeOf(code); !ok {
				problems = append(problems, problem(at, it, "rules.unknown-code", code, ""))
			}
		}
		out.Items = append(out.Items, record.ItemCodes{Item: it, Codes: c})
	}
	for _, it := range slices.Sorted(maps.Keys(each)) {
		if !slices.Contains(items, it) {
			problems = append(problems, problem(at, "检查结果", "rules.item-unknown", it, strings.Join(items, "、")))
		}
	}
	out.Codes = p.UnitLine(out.Items)
	return out, problems
}

// written is what a row says of an inspection, whatever led to it.
func (o *Office) written(r *intake.ResultRow, out record.Outcome) *record.Result {
	out.Refusal, out.Methods, out.Form, out.Facts = r.Refusal, r.Methods, r.Form, record.Sealed(r.Facts)
	out.Void = gone(r.Gone)
	b := &record.Result{Outcome: out, Started: r.Started, Ended: r.Ended, Entered: r.Entered, Published: r.Published,
		EnteredBy: record.Sealed(r.EnteredBy), Reviewed: record.Sealed(r.ReviewedBy), SignedOn: r.SignedOn, Scan: r.Scan,
		Late: r.Late, Remark: record.Sealed(r.Remark)}
	for _, name := range r.Signed {
		b.Signed = append(b.Signed, record.Sealed(name))
	}
	if r.FollowUp != "" {
		b.FollowUp = &record.FollowUpDue{Kind: r.FollowUp, To: r.FollowUpTo, Owner: r.FollowOwner, Due: r.FollowUpDue, Number: r.FollowUpNo}
	}
	described(b, r)
	return b
}

// otherResult is an inspection that no draw led to (举报、交办 …). Which items it
// covered no notice says: the row does, by its columns of single items or under
// 抽查事项.
func (o *Office) otherResult(s *rules.State, r *intake.ResultRow) (*record.Result, []intake.Problem) {
	var problems []intake.Problem
	items := slices.Collect(maps.Keys(r.ItemCodes))
	for _, name := range strings.FieldsFunc(r.Item, func(c rune) bool { return strings.ContainsRune("、，,;；\n", c) }) {
		if no := itemNo(s.Checklist(), strings.TrimSpace(name)); no != "" {
			items = append(items, no)
		} else {
			problems = append(problems, problem(r.Line, "抽查事项", "rules.item-unknown", name, ""))
		}
	}
	slices.Sort(items)
	items = slices.Compact(items)
	if len(items) == 0 && len(problems) == 0 {
		problems = append(problems, problem(r.Line, "抽查事项", "office.no-item", r.Name, ""))
	}
	out, found := outcome(s.Pack, items, r.Codes, r.ItemCodes, r.Line)
	b := o.written(r, out)
	origin, ok := s.Pack.FindOrigin(r.Origin)
	if !ok {
		found = append(found, problem(r.Line, "检查来源", "rules.origin", r.Origin, s.Pack.OriginWords()))
	}
	b.Origin, b.Ground, b.Unit = or(origin.Code, r.Origin), r.Ground, or(r.Unit, o.Config.Name)
	b.Issuer, b.Document = r.Issuer, r.Document
	b.Code, b.Name = record.Sealed(r.Code), record.Sealed(r.Name)
	return b, append(append(problems, found...), withhold(s.Pack, b, r)...)
}

// openHandles adds the openings of handles to the notice's opening file and
// makes the entry that logs them.
func (o *Office) openHandles(d *Drawing, handles []string, draft *Draft) (*record.Opened, error) {
	op, err := o.openingOf(d.Lot)
	if err != nil {
		return nil, err
	}
	slices.Sort(handles)
	for _, h := range handles {
		id := d.Firms[h].ID
		op.Handles = append(op.Handles, record.OpenHandle{Kind: "O", ID: id, Salt: draw.Salt(d.Keys.K, "O", id)})
	}
	draft.Openings[d.Lot.Index] = op
	return &record.Opened{Notice: d.Lot.Index, Handles: handles}, nil
}
