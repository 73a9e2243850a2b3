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

// Results drafts the results of a sheet: one batch, one checkpoint, with the
// openings of the handles whose firms become public by it.
func (o *Office) Results(rows []intake.ResultRow) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	draws := map[string]*Drawing{}
	opened := map[*Drawing][]string{}
	var bodies []any
	var problems []intake.Problem
	for i := range rows {
		r := &rows[i]
		if r.Origin != "" && r.Origin != "random" {
			body, found := o.otherResult(s, r)
			problems = append(problems, found...)
			bodies = append(bodies, body)
			continue
		}
		d, ok := draws[r.Draw]
		if !ok {
			if d, err = o.Drawing(r.Draw); err != nil {
				if fault.Code(err) != "office.no-such-draw" {
					return nil, nil, err
				}
				problems = append(problems, problem(r.Line, "抽取编号", "office.no-such-draw", r.Draw, ""))
				continue
			}
			draws[r.Draw] = d
		}
		obj, found := o.drawnObject(d, r)
		problems = append(problems, found...)
		if len(found) > 0 {
			continue
		}
		body, found := o.resultBody(s, d, obj, r)
		problems = append(problems, found...)
		bodies = append(bodies, body)
		opened[d] = append(opened[d], obj.Handle)
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	draft := &Draft{Openings: map[int64]*record.Opening{}}
	for _, d := range draws {
		if len(opened[d]) > 0 {
			bodies = append(bodies, o.openHandles(d, opened[d], draft))
		}
	}
	sortOpened(bodies)
	draft, err = o.draft(draft, bodies...)
	return draft, nil, place(err, rows, bodies)
}

// sortOpened puts the opened entries, which come from a map, in order of their
// draws, so that one sheet gives one sequence of entries.
func sortOpened(bodies []any) {
	slices.SortStableFunc(bodies, func(a, b any) int {
		x, isX := a.(*record.Opened)
		y, isY := b.(*record.Opened)
		switch {
		case isX && isY:
			return int(x.Notice - y.Notice)
		case isX:
			return 1
		case isY:
			return -1
		}
		return 0
	})
}

// place adds to a refusal by the rules the row of the sheet that it concerns:
// the rules name the object, the officer knows the row.
func place(err error, rows []intake.ResultRow, bodies []any) error {
	f, ok := err.(*fault.Error)
	if !ok || len(rows) == 0 {
		return err
	}
	for i, body := range bodies {
		if r, ok := body.(*record.Result); ok && i < len(rows) && f.Place != "" && r.Object == f.Place {
			return &fault.Error{Code: f.Code, Place: rows[i].Line.String() + " " + rows[i].Name, Got: f.Got, Want: f.Want}
		}
	}
	if len(rows) == 1 {
		return &fault.Error{Code: f.Code, Place: strings.TrimSpace(rows[0].Line.String() + " " + f.Place), Got: f.Got, Want: f.Want}
	}
	return err
}

func (o *Office) drawnObject(d *Drawing, r *intake.ResultRow) (*rules.Object, []intake.Problem) {
	obj := d.find(or(r.Handle, r.Code))
	if obj == nil {
		return nil, []intake.Problem{problem(r.Line, "签号", "rules.not-drawn", or(r.Handle, r.Code)+" "+r.Name, "")}
	}
	f := d.Firms[obj.Handle]
	switch {
	case f == nil:
		return nil, []intake.Problem{problem(r.Line, "签号", "rules.not-drawn", obj.Handle, "")}
	case r.Code != "" && r.Code != f.ID:
		return nil, []intake.Problem{problem(r.Line, "统一社会信用代码", "office.other-firm", r.Code, f.ID)}
	case r.Name != "" && intake.NameKey(r.Name) != intake.NameKey(f.Name):
		return nil, []intake.Problem{problem(r.Line, "企业名称", "office.other-firm", r.Name, f.Name)}
	case obj.Dispatch == 0:
		return nil, []intake.Problem{problem(r.Line, "签号", "rules.not-dispatched", f.Name, "")}
	case obj.Result != nil:
		return nil, []intake.Problem{problem(r.Line, "签号", "rules.result-twice", f.Name, num(obj.Result.Index))}
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
	if s.Pack.Result.SignOff {
		team := d.Team(obj)
		for _, name := range team {
			if !slices.ContainsFunc(r.Signed, func(s string) bool { return intake.NameKey(s) == intake.NameKey(name) }) {
				problems = append(problems, problem(r.Line, "全体签字人", "office.not-signed", strings.Join(r.Signed, "、"), name))
			}
		}
		if len(r.Signed) > len(team) && len(problems) == 0 {
			problems = append(problems, problem(r.Line, "全体签字人", "office.stranger-signed", strings.Join(r.Signed, "、"), strings.Join(team, "、")))
		}
	}
	if b.Ended != "" && b.Ended < d.Lot.Body.Randomness.Time[:10] {
		problems = append(problems, problem(r.Line, "检查结束", "office.before-draw", b.Ended, d.Lot.Body.Randomness.Time[:10]))
	}
	return b, problems
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
				problems = append(problems, problem(at, "检查结果", "rules.unknown-code", code, it))
			}
		}
		out.Items = append(out.Items, record.ItemCodes{Item: it, Codes: c})
	}
	for it := range each {
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
	b := &record.Result{Outcome: out, Started: r.Started, Ended: r.Ended, Entered: r.Entered, Published: r.Published,
		EnteredBy: record.Sealed(r.EnteredBy), Reviewed: record.Sealed(r.ReviewedBy), SignedOn: r.SignedOn, Scan: r.Scan,
		Late: r.Late, Remark: record.Sealed(r.Remark)}
	for _, name := range r.Signed {
		b.Signed = append(b.Signed, record.Sealed(name))
	}
	if r.FollowUp != "" {
		b.FollowUp = &record.FollowUpDue{Kind: r.FollowUp, To: r.FollowUpTo, Due: r.FollowUpDue, Number: r.FollowUpNo}
	}
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
	b.Origin, b.Ground, b.Unit = r.Origin, r.Ground, or(r.Unit, o.Config.Name)
	b.Code, b.Name = record.Sealed(r.Code), record.Sealed(r.Name)
	return b, append(problems, found...)
}

// openHandles adds the openings of handles to the notice's opening file and
// makes the entry that logs them.
func (o *Office) openHandles(d *Drawing, handles []string, draft *Draft) *record.Opened {
	op := o.openingOf(d.Lot)
	slices.Sort(handles)
	for _, h := range handles {
		id := d.Firms[h].ID
		op.Handles = append(op.Handles, record.OpenHandle{Kind: "O", ID: id, Salt: draw.Salt(d.Keys.K, "O", id)})
	}
	draft.Openings[d.Lot.Index] = op
	return &record.Opened{Notice: d.Lot.Index, Handles: handles}
}

// Corrections drafts the corrections of a sheet (G-9.1e): both versions stay.
func (o *Office) Corrections(rows []intake.CorrectionRow) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	var bodies []any
	var problems []intake.Problem
	for i := range rows {
		r := &rows[i]
		f := o.resultOf(s, r)
		if f == nil {
			problems = append(problems, problem(r.Line, "抽取编号", "office.no-such-result", r.Draw+" "+or(r.Handle, r.Code), ""))
			continue
		}
		var items []string
		for _, it := range f.Outcome().Items {
			items = append(items, it.Item)
		}
		out, found := outcome(s.Pack, items, r.Codes, r.ItemCodes, r.Line)
		problems = append(problems, found...)
		out.Refusal, out.Methods, out.Form = r.Refusal, f.Outcome().Methods, f.Outcome().Form
		old := f.Hash
		if n := len(f.Corrections); n > 0 {
			old = f.Corrections[n-1].Hash
		}
		bodies = append(bodies, &record.Correction{Result: f.Index, Old: old, Ground: r.Ground, Outcome: out, Ended: r.Ended,
			Approved: record.Sealed(r.ApprovedBy), Date: or(r.Date, o.Today()), Remark: record.Sealed(r.Remark)})
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	d, err := o.draft(&Draft{}, bodies...)
	return d, nil, err
}

// resultOf finds the result that a row means: by entry, or by draw and 签号 or
// code.
func (o *Office) resultOf(s *rules.State, r *intake.CorrectionRow) *rules.Finished {
	if r.Entry > 0 {
		return s.ResultAt(int64(r.Entry))
	}
	d, err := o.Drawing(r.Draw)
	if err != nil {
		return nil
	}
	if obj := d.find(or(r.Handle, r.Code)); obj != nil {
		return obj.Result
	}
	return nil
}

func problem(at intake.Place, header, code, got, want string) intake.Problem {
	return intake.Problem{File: at.File, Sheet: at.Sheet, Row: at.Row, Column: at.Column, Header: header, Code: code, Got: got, Want: want}
}

// resultForm is the list of an executing unit: what it must inspect, and the
// form in which the results come back.
func (o *Office) resultForm(d *Drawing, objects []*rules.Object) ([]byte, error) {
	rows := make([]intake.ResultRow, len(objects))
	for i, obj := range objects {
		f := d.Firms[obj.Handle]
		rows[i] = intake.ResultRow{Draw: d.Lot.Body.Draw, Handle: obj.Handle, Code: f.ID, Name: f.Name, Town: o.townName(f.Town),
			Address: f.Address, Team: d.Team(obj)}
		if p := d.People[obj.Leader]; p != nil {
			rows[i].Leader = p.Name
		} else if len(rows[i].Team) > 0 && d.Lot.Body.Leader != "none" {
			rows[i].Leader = rows[i].Team[0]
		}
	}
	return intake.ResultForm(rows, o.intakeCodes(), o.itemNames(d.Lot.Body.Items))
}

func (o *Office) townName(code string) string {
	if n, ok := rules.Find(o.bundle.State.Pack.Towns, code); ok {
		return n.Name
	}
	return code
}

func (o *Office) intakeCodes() []intake.Code {
	var list []intake.Code
	for _, c := range o.bundle.State.Pack.Result.Codes {
		list = append(list, intake.Code{Code: c.Code, Text: c.Name, Alone: c.Alone})
	}
	return list
}

// itemNames are the items as the form heads them: number and name.
func (o *Office) itemNames(items []string) []string {
	names := make([]string, len(items))
	for i, no := range items {
		names[i] = no
		for _, it := range o.bundle.State.Checklist().Body.Items {
			if it.No == no {
				names[i] = no + " " + it.Name
			}
		}
	}
	return names
}

// Following (后续处置) is a step after a result, up to its end.
type Following struct {
	Result               int64 // index of the result's entry
	Kind, Number, Remark string
	Date                 string // "" today
	Closed               bool
}

// FollowUp drafts a follow-up (Y-23, G-9.2a).
func (o *Office) FollowUp(in Following) (*Draft, error) {
	if _, err := o.State(); err != nil {
		return nil, err
	}
	return o.draft(&Draft{}, &record.FollowUp{Result: in.Result, Kind: in.Kind, Number: in.Number, Date: or(in.Date, o.Today()),
		Closed: in.Closed, Remark: record.Sealed(in.Remark)})
}
