package office

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// classesOf turns the groups of a sheet into classes: neutral names in order,
// conditions that are sealed with the plan.
func classesOf(p *rules.Pack, r *intake.PlanLine, line *record.PlanLine) []intake.Problem {
	var problems []intake.Problem
	if len(r.Groups) == 0 || p.Plan.ClassBy == "" {
		return nil // without a clause: unusable says so
	}
	if line.Ratio == "" && line.Count == 0 && !line.Census {
		problems = append(problems, problem(r.Line, "抽查比例", "office.rest-quantity", r.Name, ""))
	}
	for i, g := range r.Groups {
		f, err := rules.ParseFilter(p, g.Filter)
		if err != nil {
			bad := badFilter(r.Line, g.Filter, err)
			bad.Header = "分组"
			problems = append(problems, bad)
			continue
		}
		for _, field := range f.Fields() {
			if !slices.Contains(p.Plan.ClassFields, field) {
				problems = append(problems, problem(r.Line, "分组", "office.class-field", field, strings.Join(p.Plan.ClassFields, "、")))
			}
		}
		line.Classes = append(line.Classes, record.Class{Name: "g" + num(i+1), Condition: record.Sealed(f.Format(p)), Ratio: g.Ratio, Count: int64(g.Count), Census: g.Census})
		if c := &line.Classes[i]; c.Census {
			c.Ratio = ""
		}
	}
	return problems
}

// adHocRow is the problem of a plan's row that says it is none of the plan.
func adHocRow(p *rules.Pack, r *intake.PlanLine) intake.Problem {
	code := "office.task-in-plan"
	if !p.Plan.AdHoc {
		code = "rules.no-ad-hoc"
	}
	return problem(r.Line, "任务来源", code, r.Name, "")
}

// estimateClasses fills base and expected number of a line's classes from the
// firms in its scope. The conditions are not sealed yet.
func estimateClasses(p *rules.Pack, l *record.PlanLine, scope []*rules.Firm) error {
	if len(l.Classes) == 0 {
		return nil
	}
	rest := *l
	rest.Base, l.Estimate = 0, 0
	filters := make([]*rules.Filter, len(l.Classes))
	for i := range l.Classes {
		var err error
		if filters[i], err = rules.ParseFilter(p, string(l.Classes[i].Condition)); err != nil {
			return err
		}
	}
	for _, f := range scope {
		i := slices.IndexFunc(filters, func(x *rules.Filter) bool { return x.Match(f) })
		if i < 0 {
			rest.Base++
		} else {
			l.Classes[i].Base++
		}
	}
	for i := range l.Classes {
		c := &l.Classes[i]
		var err error
		if c.Estimate, err = p.Estimate(&record.PlanLine{Ratio: c.Ratio, Count: c.Count, Census: c.Census, Base: c.Base}); err != nil {
			return err
		}
		l.Estimate += c.Estimate
	}
	n, err := p.Estimate(&rest)
	l.Estimate += n
	return err
}

// conditions opens the conditions of a plan line's classes: they are sealed in
// the plan's entry, and a text that is not the sealed one is refused.
func (o *Office) conditions(s *rules.State, t rules.Task) (map[string]string, error) {
	when := t.Before // the platform casts: there is no round
	if when == "" {
		when = record.Time(beacon.Quicknet().Time(t.Round))
	}
	index, line := s.Line(yearOf(when), t.Line)
	if line == nil || len(line.Classes) == 0 {
		return nil, nil
	}
	var body any
	for _, p := range s.Plans {
		if p.Index == index {
			body = p.Body
		}
	}
	for _, t := range s.Tasks {
		if t.Index == index {
			body = t.Body
		}
	}
	fields, err := o.openedFields(index, body)
	if err != nil {
		return nil, err
	}
	place := "line."
	if plan, ok := body.(*record.Plan); ok {
		place = "lines." + num(slices.IndexFunc(plan.Lines, func(l record.PlanLine) bool { return l.No == line.No })) + "."
	}
	list := map[string]string{}
	for i, c := range line.Classes {
		if f, ok := fields[place+"classes."+num(i)+".condition"]; ok {
			list[c.Name] = f.Value
		}
	}
	return list, nil
}

// openedFields are what an entry seals and the office alone holds.
func (o *Office) openedFields(index int64, body any) (map[string]record.Field, error) {
	name := o.path(filepath.FromSlash("private/openings/" + num(index) + ".json"))
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fault.Wrap("office.no-conditions", name, err).Of(fault.Unreachable)
	}
	op, err := record.ParseOpening(data)
	if err != nil {
		return nil, fault.Wrap("office.no-conditions", name, err)
	}
	if bad := record.CheckFields(body, op.Fields); len(bad) > 0 {
		return nil, fault.New("office.no-conditions", name, bad[0], "")
	}
	return op.Fields, nil
}

func yearOf(when string) int64 {
	n := int64(0)
	for _, c := range when[:4] {
		n = 10*n + int64(c-'0')
	}
	return n
}

// Overlap is a firm that another open task has drawn and not yet inspected:
// several items about one firm should be inspected together (G-4.3b, Y-24).
type Overlap struct {
	Code, Firm string
	Draws      []string
}

// openTasks lists the firms that draws of other plan lines have drawn and not
// inspected yet: code → ids of the draws.
func (o *Office) openTasks(s *rules.State, but string) (map[string][]string, error) {
	open := map[string][]string{}
	for _, l := range s.Lots {
		if l.Failed || l.Abort != nil || !l.Drawn() || l.Closed() || l.Body.Draw == but {
			continue
		}
		firms, err := o.firmsOf(l)
		if err != nil {
			return nil, err
		}
		for _, obj := range l.Objects {
			if f := firms[obj.Handle]; f != nil && obj.Result == nil {
				open[f.ID] = append(open[f.ID], l.Body.Draw)
			}
		}
	}
	return open, nil
}

// overlapPool lists the firms in the hat of a notice that stand in open tasks.
func (o *Office) overlapPool(s *rules.State, a *rules.Announcement, r rules.Registers, k []byte) ([]Overlap, error) {
	open, err := o.openTasks(s, "")
	if err != nil || len(open) == 0 {
		return nil, err
	}
	pool, err := draw.ParsePool(a.Blobs[a.Notice.Pool.SHA256])
	if err != nil {
		return nil, err
	}
	in := make(map[string]bool, len(pool))
	for i := range pool {
		in[pool[i].Handle] = true
	}
	var list []Overlap
	for i := range r.Firms {
		f := &r.Firms[i]
		if draws := open[f.ID]; draws != nil && in[draw.Handle("O", draw.Salt(k, "O", f.ID), f.ID)] {
			list = append(list, Overlap{f.ID, f.Name, draws})
		}
	}
	return list, nil
}

// overlapDrawn lists the drawn firms of a draw that stand in other open tasks.
func (o *Office) overlapDrawn(d *Drawing) ([]Overlap, error) {
	open, err := o.openTasks(o.bundle.State, d.Lot.Body.Draw)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	var list []Overlap
	for _, obj := range d.Lot.Objects {
		if f := d.Firms[obj.Handle]; f != nil && obj.Dispatch == 0 && open[f.ID] != nil {
			list = append(list, Overlap{f.ID, f.Name, open[f.ID]})
		}
	}
	return list, nil
}

// Deciding is what stands behind a task outside the plan or a waiver.
type Deciding struct {
	Ground                string
	Title, Number, Issuer string // of the document
	Approved, Date        string // Date "": today
}

func (d *Deciding) document() record.Order {
	return record.Order{Title: d.Title, Number: d.Number, Issuer: d.Issuer}
}

// Waiving (不受频次比例限制的依据) is a waiver for a line of a year.
type Waiving struct {
	Deciding
	Kind, Line string // 另行部署, 应抽数不足
	Year       int64
}

// waiverKinds are the kinds of a waiver as officers say them.
var waiverKinds = map[string]string{"另行部署": "deployment", "应抽数不足": "shortfall"}

// Waive drafts a waiver (G-6.2d, A14).
func (o *Office) Waive(in Waiving) (*Draft, error) {
	if waiverKinds[in.Kind] == "" {
		return nil, fault.New("rules.waiver-kind", "--kind", in.Kind, "").Of(fault.Usage)
	}
	return o.draft(&Draft{}, &record.Waiver{Kind: waiverKinds[in.Kind], Year: in.Year, Line: in.Line, Ground: in.Ground, Document: in.document(),
		Approved: record.Sealed(in.Approved), Date: or(in.Date, o.Today())})
}

// Extending (延期) moves the end of a draw's task.
type Extending struct{ Draw, To, Ground, Approved, Date string }

// Extend drafts an extension.
func (o *Office) Extend(in Extending) (*Draft, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	l := s.Lot(in.Draw)
	if l == nil {
		return nil, fault.New("office.no-such-draw", in.Draw, "", "").Of(fault.Usage)
	}
	return o.draft(&Draft{}, &record.Extension{Notice: l.Index, To: in.To, Ground: in.Ground, Approved: record.Sealed(in.Approved), Date: or(in.Date, o.Today())})
}

// Tasks drafts tasks outside the plan (临时抽查任务, G-6.2e) from rows of the
// plan's form: the same columns, the same rules.
func (o *Office) Tasks(rows []intake.PlanLine, year int64, in Deciding) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	j := &judged{}
	if year == 0 {
		year = yearOf(o.Today())
	}
	lines := &record.Plan{}
	for i := range rows {
		if !s.Pack.Plan.AdHoc {
			j.refuse(adHocRow(s.Pack, &rows[i]))
			continue
		}
		line, found := o.planLine(s, &rows[i])
		j.refuse(found...)
		lines.Lines = append(lines.Lines, line)
	}
	if len(j.problems) > 0 {
		return nil, j.problems, nil
	}
	if err := o.estimate(s, lines); err != nil {
		return nil, nil, err
	}
	review, err := o.groups(s, rows, lines.Lines)
	if err != nil {
		return nil, nil, err
	}
	for i := range lines.Lines {
		j.add(rows[i].Line, &record.Task{Year: year, Line: lines.Lines[i], Ground: in.Ground, Document: in.document(),
			Approved: record.Sealed(in.Approved), Date: or(in.Date, o.Today())}, nil)
	}
	return j.judge(o, &Draft{Review: review})
}
