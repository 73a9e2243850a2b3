package office

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Partners drafts a new version of the 联合名单 (Y-4.5).
func (o *Office) Partners(rows []intake.PartnerRow, l Listing) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	body := &record.Partners{Version: int64(len(s.Partners) + 1)}
	if l, err = o.fill(l, body.Version); err != nil {
		return nil, nil, err
	}
	body.Date, body.Reason = l.Date, l.Reason
	var problems []intake.Problem
	seen := map[string]intake.Place{}
	for _, r := range rows {
		if first, twice := seen[r.Name]; twice {
			problems = append(problems, twiceIn(r.Line, first, r.Name))
		}
		seen[r.Name] = r.Line
		body.List = append(body.List, record.Partner{Name: r.Name, Kind: r.Kind, Matter: r.Matter})
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	d, err := o.draft(&Draft{}, body)
	if err == nil && len(s.Partners) > 1 {
		old := s.Partners[len(s.Partners)-2].Body.List // the draft has moved the state on
		d.Review.Before = compare("个", old, body.List, func(p *record.Partner) (string, string) { return p.Name, p.Name })
	}
	return d, nil, err
}

// jointLine fills what a row of a plan says of a joint check: whom this office
// asks to join it, or whom it joins (Y-24, G-6.2).
func (o *Office) jointLine(r *intake.PlanLine, line *record.PlanLine) []intake.Problem {
	add := func(names, kind string) {
		for _, name := range strings.FieldsFunc(names, func(c rune) bool { return strings.ContainsRune("、，,;；", c) }) {
			line.With = append(line.With, record.Partner{Name: strings.TrimSpace(name), Kind: kind})
		}
	}
	add(r.Partners, "department")
	add(r.Sections, "section")
	switch {
	case r.Role == "参与" && r.Lead == "":
		return []intake.Problem{problem(r.Line, "参与的牵头部门", "office.no-lead", r.Name, "")}
	case r.Role == "参与":
		line.Joint, line.Lead = "joined", r.Lead
	case r.Lead != "":
		return []intake.Problem{problem(r.Line, "牵头或参与", "office.lead-not-joined", r.Lead, "")}
	case len(line.With) > 0:
		line.Joint = "led"
	case r.Joint:
		return []intake.Problem{problem(r.Line, "联合部门", "office.no-partner", r.Name, "")}
	}
	return nil
}

// Agreements drafts the partners' confirmations of a sheet (联合抽查约定, Y-25.1):
// of the versions of plan, register and checklist that are in force.
func (o *Office) Agreements(rows []intake.AgreementRow) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	if s.Roster("objects") == nil || s.Checklist() == nil {
		return nil, nil, fault.New("rules.no-roster", "", "", "")
	}
	sheet, draft := judged{}, &Draft{}
	seen := map[[2]string]intake.Place{}
	for i := range rows {
		r := &rows[i]
		if first, twice := seen[[2]string{r.Plan, r.Partner}]; twice {
			sheet.refuse(twiceIn(r.Line, first, r.Partner))
			continue
		}
		seen[[2]string{r.Plan, r.Partner}] = r.Line
		body := &record.Agreement{Line: r.Plan, Partner: r.Partner, Roster: s.Roster("objects").Index, Checklist: s.Checklist().Index, Theirs: r.Theirs,
			From: r.From, To: r.To, Confirmed: record.Sealed(r.Confirmed), Date: r.Date, Document: r.Document}
		at, line := o.planOf(s, r.Plan, r.From)
		if line == nil {
			sheet.refuse(problem(r.Line, "计划编号", "rules.no-line", r.Plan, ""))
			continue
		}
		body.Plan = at
		var found []intake.Problem
		body.Items, found = itemsOf(s, r.Items, line, r.Line, "约定的抽查事项")
		sheet.refuse(found...)
		sheet.add(r.Line, body, found)
		draft.About = append(draft.About, About{})
	}
	return sheet.judge(o, draft)
}

// planOf finds a line of the plan of a day's year, or the task outside it, and
// the index of its entry.
func (o *Office) planOf(s *rules.State, line, day string) (int64, *record.PlanLine) {
	return s.Line(number(or(day, o.Today())[:4]), line)
}

// itemsOf are the items that a row names by number or name, or those of the
// plan's line.
func itemsOf(s *rules.State, written []string, line *record.PlanLine, at intake.Place, header string) ([]string, []intake.Problem) {
	if len(written) == 0 && line != nil {
		return slices.Clone(line.Items), nil
	}
	var items []string
	var problems []intake.Problem
	for _, w := range written {
		no := itemNo(s.Checklist(), w)
		if no == "" {
			problems = append(problems, problem(at, header, "rules.item-unknown", w, ""))
		}
		items = append(items, no)
	}
	return items, problems
}

// PartnerSending (向协同部门派发) is what an officer decides about it.
type PartnerSending struct {
	Draw     string
	Partners []string // "": every other department that has no list yet
	Received string   // who received it
	Number   string   // letter with which it went
}

// PartnerDispatch drafts the handing over of the drawn list to the partners of a
// joint draw (Y-25.2), with a list for each.
func (o *Office) PartnerDispatch(in PartnerSending) (*Draft, error) {
	d, err := o.Drawing(in.Draw)
	if err != nil {
		return nil, err
	}
	if d.Lot.Led == nil {
		return nil, fault.New("rules.not-joint", "", in.Draw, "")
	}
	if !d.Lot.Drawn() {
		return nil, notDrawn(d.Lot)
	}
	to := in.Partners
	if len(to) == 0 {
		to = unsent(d.Lot)
	}
	if len(to) == 0 {
		return nil, fault.New("office.nothing-to-dispatch", in.Draw, "", "")
	}
	handles := make([]string, 0, len(d.Lot.Objects))
	var rows []intake.LeadRow
	for _, obj := range d.Lot.Objects {
		handles = append(handles, obj.Handle)
		f := d.Firms[obj.Handle]
		rows = append(rows, intake.LeadRow{Number: in.Draw, Drawn: d.Lot.When()[:10], Code: f.ID, Name: f.Name, Town: o.townName(f.Town), Address: f.Address})
	}
	slices.Sort(handles)
	slices.SortFunc(rows, func(a, b intake.LeadRow) int { return strings.Compare(a.Code, b.Code) })
	data := draw.FormatUnstaffed(handles)
	file := rules.LinesOf(data)
	draft := &Draft{Blobs: map[string][]byte{file.SHA256: data}}
	list, err := intake.LeadForm(rows)
	if err != nil {
		return nil, err
	}
	var bodies []any
	for _, partner := range to {
		bodies = append(bodies, &record.PartnerDispatch{Notice: d.Lot.Index, Partner: partner, Date: o.Today(), Count: int64(len(handles)), Objects: file,
			Received: record.Sealed(in.Received), Number: in.Number})
		draft.About = append(draft.About, About{})
		draft.lists = append(draft.lists, privateFile{"outbox/" + in.Draw + "-" + fileName(partner) + "-联合抽查名单.xlsx", list})
	}
	return o.draft(draft, bodies...)
}

// unsent lists the departments of a joint draw that have no list yet.
func unsent(l *rules.Lot) []string {
	var list []string
	for _, p := range l.Led.Line.Joining() {
		if p.Kind == "department" && !slices.ContainsFunc(l.Led.Sent, func(d rules.At[record.PartnerDispatch]) bool { return d.Body.Partner == p.Name }) {
			list = append(list, p.Name)
		}
	}
	return list
}

// PartnerTeams drafts whom departments send to joint checks (Y-25.3, Y-26.2): an
// entry for each task and department of the sheet.
func (o *Office) PartnerTeams(rows []intake.PartnerPerson) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	sheet, draft := judged{}, &Draft{}
	teams := map[[2]string]*record.PartnerTeam{}
	for i := range rows {
		r := &rows[i]
		key := [2]string{r.Task, r.Partner}
		body := teams[key]
		if body == nil {
			body = &record.PartnerTeam{Partner: r.Partner, Way: r.Way, Ground: r.Ground, Date: r.Date}
			if t := s.JoinedTask(r.Task); t != nil {
				body.Joined = t.Index
			} else if l := s.Lot(r.Task); l != nil {
				body.Notice = l.Index
			} else {
				sheet.refuse(problem(r.Line, "抽取编号", "office.no-such-draw", r.Task, ""))
				continue
			}
			teams[key] = body
			sheet.add(r.Line, body, nil)
			draft.About = append(draft.About, About{})
		}
		if r.Way != body.Way || r.Ground != body.Ground || r.Date != body.Date {
			sheet.refuse(problem(r.Line, "选派方式", "office.team-differs", r.Name, r.Partner))
		}
		if slices.Contains(body.Names, record.Sealed(r.Name)) {
			sheet.refuse(problem(r.Line, "姓名", "office.row-twice", r.Name, r.Partner))
		}
		if body.Joined != 0 {
			found, err := o.ourInspector(s, r, s.JoinedAt(body.Joined))
			if err != nil {
				return nil, nil, err
			}
			sheet.refuse(found...)
		}
		body.Names = append(body.Names, record.Sealed(r.Name))
	}
	lists, err := o.joinedLists(s, sheet.bodies)
	if err != nil {
		return nil, nil, err
	}
	draft.lists = lists
	return sheet.judge(o, draft)
}

// ourInspector: whom this office sends stands in its register of inspectors,
// on duty, with a certificate valid over the agreed days.
func (o *Office) ourInspector(s *rules.State, r *intake.PartnerPerson, t *rules.JoinedTask) ([]intake.Problem, error) {
	roster := s.Roster("inspectors")
	if roster == nil {
		return nil, fault.New("rules.no-roster", "", "", "")
	}
	reg, err := load(o, roster.Body.File.SHA256, personLine)
	if err != nil {
		return nil, err
	}
	for i := range reg.Rows {
		p := &reg.Rows[i]
		if p.ID != r.Certificate {
			continue
		}
		switch {
		case intake.NameKey(p.Name) != intake.NameKey(r.Name):
			return []intake.Problem{problem(r.Line, "姓名", "office.team-name", r.Name, p.ID)}, nil
		case p.Off != "" || p.From > t.Body.From || p.To != "" && p.To < t.Body.To:
			return []intake.Problem{problem(r.Line, "执法证号", "office.not-on-duty", r.Name, or(p.Off, p.From+" … "+p.To))}, nil
		}
		return nil, nil
	}
	return []intake.Problem{problem(r.Line, "执法证号", "office.not-ours", or(r.Certificate, r.Name), "")}, nil
}
