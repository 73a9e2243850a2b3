package office

import (
	"maps"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// described fills in what a row says besides codes and dates of the visit.
func described(b *record.Result, r *intake.ResultRow) {
	b.LastProof, b.ReviewOn, b.Opinion, b.Returned = r.LastProof, r.Reviewed, record.Sealed(r.Opinion), r.Returned
	b.Criminal, b.Pledge = r.Criminal, r.Pledge
	for _, p := range r.Proofs {
		b.Evidence = append(b.Evidence, record.Evidence(p))
	}
	if r.Letter != "" {
		b.Entrusted = &record.Entrusted{Name: record.Sealed(r.Body), Letter: r.Letter, Report: r.BodyReport}
	}
}

// divided notes who of the team inspected which item (G-8.2e 按照各自分工完成).
func divided(b *record.Result, team []string, r *intake.ResultRow) []intake.Problem {
	var problems []intake.Problem
	for _, no := range slices.Sorted(maps.Keys(r.Work)) {
		i := slices.IndexFunc(b.Outcome.Items, func(it record.ItemCodes) bool { return it.Item == no })
		if i < 0 {
			problems = append(problems, problem(r.Line, "分工", "rules.item-unknown", no, ""))
			continue
		}
		for _, name := range r.Work[no] {
			if !hasName(team, name) {
				problems = append(problems, problem(r.Line, "分工", "office.worker-not-in-team", name, strings.Join(team, "、")))
			}
			b.Outcome.Items[i].By = append(b.Outcome.Items[i].By, record.Sealed(name))
		}
	}
	return problems
}

// placed writes town, sector and public classes of the firm into its result:
// the register knows them, an officer need not.
func placed(p *rules.Pack, b *record.Result, f *rules.Firm) {
	b.Town = f.Town
	if n, ok := rules.Find(p.Sectors, f.Sector); ok {
		b.Sector = n.Code
	}
	b.Classes = p.PublicClasses(f)
}

// register looks a firm that no lot chose up in the register in force. One that
// is not in it has no town and no class.
func (b *batch) register(body *record.Result, r *intake.ResultRow) []intake.Problem {
	roster := b.s.Roster("objects")
	if roster == nil || body.Withheld != nil {
		return nil
	}
	if b.firms == nil {
		b.firms = map[string]*rules.Firm{}
		reg, err := load(b.o, roster.Body.File.SHA256, firmLine)
		if err != nil {
			return []intake.Problem{problem(r.Line, "统一社会信用代码", "office.no-register", err.Error(), "")}
		}
		for i := range reg.Rows {
			b.firms[reg.Rows[i].ID] = &reg.Rows[i].Firm
		}
	}
	if f := b.firms[r.Code]; f != nil {
		placed(b.s.Pack, body, f)
	}
	return nil
}

// withhold seals what a withheld result found (G-9.1a): the handle is not opened
// and nothing about the firm but its classes stands in ink.
func withhold(p *rules.Pack, b *record.Result, r *intake.ResultRow) []intake.Problem {
	if r.Withheld == "" {
		return nil
	}
	i := slices.IndexFunc(p.Withhold.Grounds, func(w rules.Withheld) bool {
		return w.Code == r.Withheld || intake.NameKey(w.Name) == intake.NameKey(r.Withheld)
	})
	if i < 0 {
		return []intake.Problem{problem(r.Line, "不予公开的理由", "rules.withheld-ground", r.Withheld, p.WithholdWords())}
	}
	text, err := record.Canonical(b.Outcome)
	if err != nil {
		return []intake.Problem{problem(r.Line, "检查结果", "rules.withheld-outcome", r.Name, "")}
	}
	b.Withheld = &record.Withheld{Ground: p.Withhold.Grounds[i].Code, Words: r.WithheldLaw, Document: r.WithheldNo, Outcome: record.Sealed(text)}
	b.Outcome, b.Town, b.Sector = record.Outcome{}, "", ""
	b.FollowUp = nil // it would say what was found; who wants it in ink registers it apart
	return nil
}

// feedbacks adds what the sheet says of telling the enterprises (Y-19): the
// rows come first in the batch, so the index of each result is known.
func (b *batch) feedbacks() {
	for i, r := range b.told {
		if r.Feedback == "" {
			continue
		}
		b.sheet.add(r.Line, &record.Feedback{Result: b.s.Size + int64(i), Kind: "result", Date: r.Feedback,
			Way: or(r.FeedbackWay, "当场告知"), Receiver: record.Sealed(r.Receiver)}, nil)
		b.draft.About = append(b.draft.About, About{Firm: r.Name})
	}
}

// Feedback drafts what a 反馈表 says: one entry an enterprise.
func (o *Office) Feedback(rows []intake.FeedbackRow) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	draft, sheet := &Draft{}, judged{}
	seen := map[int64]intake.Place{}
	for i := range rows {
		r := &rows[i]
		f, found := o.resultOf(s, &r.Ref)
		if f == nil {
			sheet.refuse(found...)
			continue
		}
		if first, twice := seen[f.Index]; twice {
			sheet.refuse(twiceIn(r.Line, first, or(o.firmOf(f), r.Name)))
			continue
		}
		seen[f.Index] = r.Line
		if slices.ContainsFunc(f.Feedbacks, func(old rules.At[record.Feedback]) bool { return old.Body.Date == r.Date && old.Body.Way == r.Way }) {
			draft.Passed = append(draft.Passed, or(o.firmOf(f), r.Name))
			continue
		}
		draft.About = append(draft.About, About{Firm: or(o.firmOf(f), r.Name)})
		sheet.add(r.Line, &record.Feedback{Result: f.Index, Kind: "result", Date: r.Date, Way: r.Way, Receiver: record.Sealed(r.Receiver), Remark: record.Sealed(r.Remark)}, nil)
	}
	return sheet.judge(o, draft)
}
