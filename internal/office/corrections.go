package office

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Corrections drafts the corrections of a sheet (G-9.1e): both versions stay.
func (o *Office) Corrections(rows []intake.CorrectionRow) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	draft, sheet := &Draft{}, judged{}
	seen := map[int64]intake.Place{}
	for i := range rows {
		r := &rows[i]
		f, found := o.resultOf(s, &intake.Ref{Draw: r.Draw, Handle: r.Handle, Code: r.Code, Name: r.Name, Entry: r.Entry, Line: r.Line})
		if f == nil {
			sheet.refuse(found...)
			continue
		}
		if first, twice := seen[f.Index]; twice {
			sheet.refuse(twiceIn(r.Line, first, o.firmOf(f)))
			continue
		}
		seen[f.Index] = r.Line
		body, found := o.correctionBody(s, f, r)
		sheet.refuse(found...)
		draft.About = append(draft.About, About{Firm: o.firmOf(f), Was: f.Outcome().Codes, Is: body.Outcome.Codes})
		sheet.add(r.Line, body, found)
	}
	return sheet.judge(o, draft)
}

func (o *Office) correctionBody(s *rules.State, f *rules.Finished, r *intake.CorrectionRow) (*record.Correction, []intake.Problem) {
	p, now := s.Pack, f.Outcome()
	if f.Lot != nil {
		p = f.Lot.Pack
	}
	var items []string
	for _, it := range now.Items {
		items = append(items, it.Item)
	}
	out, problems := outcome(p, items, r.Codes, r.ItemCodes, r.Line)
	out.Refusal, out.Methods, out.Form, out.Void = r.Refusal, now.Methods, now.Form, gone(r.Gone)
	if r.Old != "" && !o.saysCodes(r.Old, now.Codes) {
		problems = append(problems, problem(r.Line, "原检查结果", "office.old-differs", r.Old, o.codeWords(p, now.Codes)))
	}
	if len(problems) == 0 && sameItems(out.Items, now.Items) && slices.Equal(out.Refusal, now.Refusal) && sameDates(r, f) {
		problems = append(problems, problem(r.Line, "更正后检查结果", "office.correction-same", o.codeWords(p, now.Codes), ""))
	}
	old := f.Hash
	if n := len(f.Corrections); n > 0 {
		old = f.Corrections[n-1].Hash
	}
	return &record.Correction{Result: f.Index, Old: old, Ground: r.Ground, Outcome: out, Started: r.Started, Ended: r.Ended,
		LastProof: r.LastProof, Entered: r.Entered, Published: r.Published,
		Approved: record.Sealed(r.ApprovedBy), Date: or(r.Date, o.Today()), Remark: record.Sealed(r.Remark)}, problems
}

// sameDates reports whether a row gives no other date than those in force.
func sameDates(r *intake.CorrectionRow, f *rules.Finished) bool {
	for _, d := range [][2]string{{r.Started, f.Started()}, {r.Ended, f.Ended()}, {r.LastProof, f.LastProof()}, {r.Entered, f.Entered()}, {r.Published, f.OnPlatform()}} {
		if d[0] != "" && d[0] != d[1] {
			return false
		}
	}
	return true
}

// saysCodes reports whether a cell, read as cells of results are, holds these
// codes.
func (o *Office) saysCodes(text string, codes []string) bool {
	said, ok := intake.CodesOf(text, o.intakeCodes())
	slices.Sort(said)
	return ok && slices.Equal(said, slices.Sorted(slices.Values(codes)))
}

// resultOf finds the one result that a row means: by its entry, or by 签号 or
// code, and by the draw where that leaves several.
func (o *Office) resultOf(s *rules.State, r *intake.Ref) (*rules.Finished, []intake.Problem) {
	written := strings.TrimSpace(r.Draw + " " + or(r.Handle, r.Code) + " " + r.Name)
	var found []*rules.Finished
	for _, f := range s.Results {
		switch {
		case r.Entry > 0 && f.Index != int64(r.Entry),
			r.Draw != "" && (f.Lot == nil || f.Lot.Body.Draw != r.Draw),
			r.Entry == 0 && r.Handle != "" && f.Body.Object != r.Handle,
			r.Entry == 0 && r.Handle == "" && o.codeOf(f) != r.Code:
			continue
		}
		found = append(found, f)
	}
	switch {
	case len(found) == 0 && r.Entry > 0:
		return nil, []intake.Problem{problem(r.Line, "原记录号", "office.no-such-result", "第 "+num(r.Entry)+" 条 "+written, "")}
	case len(found) == 0:
		return nil, []intake.Problem{problem(r.Line, "签号", "office.no-such-result", written, "")}
	case len(found) > 1:
		var list []string
		for _, f := range found {
			list = append(list, o.resultWords(f))
		}
		return nil, []intake.Problem{problem(r.Line, "抽取编号", "office.many-results", written, strings.Join(list, "、"))}
	}
	f := found[0]
	switch {
	case r.Handle != "" && r.Handle != f.Body.Object:
		return nil, []intake.Problem{problem(r.Line, "签号", "office.other-result", r.Handle, o.firmOf(f))}
	case f.Body.Withheld != nil: // name and code are public nowhere
	case r.Code != "" && r.Code != o.codeOf(f):
		return nil, []intake.Problem{problem(r.Line, "统一社会信用代码", "office.other-result", r.Code, o.firmOf(f))}
	case r.Name != "" && intake.NameKey(r.Name) != intake.NameKey(o.firmOf(f)):
		return nil, []intake.Problem{problem(r.Line, "单位名称", "office.other-result", r.Name, o.firmOf(f))}
	}
	return f, nil
}

// resultWords names a result so that it can be told from others of the firm.
func (o *Office) resultWords(f *rules.Finished) string {
	if f.Lot == nil {
		return "第 " + num(f.Index) + " 条记录"
	}
	return f.Lot.Body.Draw + "（第 " + num(f.Index) + " 条记录）"
}
