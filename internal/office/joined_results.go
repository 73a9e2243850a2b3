package office

import (
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// joined adds the row of an object of a joint check that another department
// led (Y-26): it stands on the lead's list, and our people inspected it.
func (b *batch) joined(t *rules.JoinedTask, r *intake.ResultRow) error {
	f, firms, err := b.o.joinedList(t)
	if err != nil {
		return err
	}
	handle, firm := f.find(firms, or(r.Handle, r.Code))
	switch {
	case firm == nil:
		b.sheet.refuse(problem(r.Line, or(r.Handle, r.Code), "rules.not-listed", t.Body.Task, ""))
		return nil
	case r.Code != "" && r.Code != firm.ID:
		b.sheet.refuse(problem(r.Line, "统一社会信用代码", "office.other-firm", r.Code, firm.ID))
		return nil
	case r.Name != "" && intake.NameKey(r.Name) != intake.NameKey(firm.Name):
		b.sheet.refuse(problem(r.Line, "企业名称", "office.other-firm", r.Name, firm.Name))
		return nil
	}
	if first, twice := b.joinedSeen[handle]; twice {
		b.sheet.refuse(twiceIn(r.Line, first, firm.Name))
		return nil
	}
	b.joinedSeen[handle] = r.Line
	body, found, err := b.o.joinedResult(b.s, t, firm, r)
	if err != nil {
		return err
	}
	body.Object, b.codes[handle] = handle, firm.ID
	found = append(found, b.register(body, &intake.ResultRow{Code: firm.ID, Line: r.Line})...)
	found = append(found, withhold(t.Pack, body, r)...)
	if done := t.Results[handle]; done != nil {
		if list := b.o.differences(t.Pack, done, body); len(list) > 0 {
			b.sheet.refuse(problem(r.Line, "检查结果", "office.result-differs", strings.Join(list, "；"), num(done.Index)))
			return nil
		}
		b.draft.Passed = append(b.draft.Passed, firm.Name)
		return nil
	}
	b.add(r, body, About{Firm: firm.Name, Is: body.Outcome.Codes}, found)
	return nil
}

// find is the listed firm that an officer means: by 签号 or by code.
func (f *joinedFile) find(firms map[string]*JoinedFirm, written string) (string, *JoinedFirm) {
	for h, firm := range firms {
		if h == written || firm.ID == written {
			return h, firm
		}
	}
	return "", nil
}

func (o *Office) joinedResult(s *rules.State, t *rules.JoinedTask, firm *JoinedFirm, r *intake.ResultRow) (*record.Result, []intake.Problem, error) {
	team, err := o.ourTeam(t)
	if err != nil {
		return nil, nil, err
	}
	out, problems := outcome(t.Pack, t.Body.Items, r.Codes, r.ItemCodes, r.Line)
	b := o.written(r, out)
	b.Origin, b.Joined, b.Unit = rules.JoinedOrigin, t.Index, t.Body.Unit
	b.Code, b.Name = record.Sealed(firm.ID), record.Sealed(firm.Name)
	if t.Pack.Result.SignOff && len(team) > 0 {
		problems = append(problems, signatures(r, team)...)
	}
	if r.Leader != "" && t.Pack.Joint.Leader == "lead-unit" && hasName(team, r.Leader) {
		problems = append(problems, problem(r.Line, "组长", "office.joined-leader", r.Leader, ""))
	}
	return b, problems, nil
}

// openJoined puts the one handle of each joined result of a draft beside it: who
// holds the opening sees that the named firm is the listed one.
func (o *Office) openJoined(d *Draft, s *rules.State, codes map[string]string) error {
	for i, e := range d.Entries {
		r, ok := e.Body.(*record.Result)
		if !ok || r.Joined == 0 || r.Withheld != nil {
			continue
		}
		f, _, err := o.joinedList(s.JoinedAt(r.Joined))
		if err != nil {
			return err
		}
		h, err := f.opening(codes[r.Object])
		if err != nil {
			return err
		}
		if op := d.Openings[d.First+int64(i)]; op != nil && len(op.Fields) > 0 {
			op.Handles = []record.OpenHandle{h}
		}
	}
	return nil
}

// opening opens the handle of a listed firm.
func (f *joinedFile) opening(id string) (record.OpenHandle, error) {
	key, err := f.key()
	return record.OpenHandle{Kind: "O", ID: id, Salt: draw.Salt(key, "O", id)}, err
}
