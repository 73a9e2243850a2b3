package office

import (
	"slices"
	"strings"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Listing says about a register or list what its sheet does not.
type Listing struct {
	Date   string // "" today
	Source string
	Reason string // "" 制定, or 更新 from the second version on
	Year   int    // of a checklist or plan; 0: this year
	Unsure int    // entries confirmed by hand

	// Of a checklist: how many enforcement items there are in all, and where that
	// number comes from (requirements A18).
	AllItems  int
	AllSource string
}

// reasons (版本的缘由) of a register or list.
var reasons = []string{"制定", "更新", "核对无变化", "立", "改", "废", "释", "层级权限", "其他"}

// fill completes a listing; what it says itself must be possible.
func (o *Office) fill(l Listing, version int64) (Listing, error) {
	now := int(o.Now().In(record.Beijing).Year())
	_, bad := time.Parse(time.DateOnly, or(l.Date, o.Today()))
	switch {
	case l.Reason != "" && !slices.Contains(reasons, l.Reason):
		return l, fault.New("office.unknown-reason", "--reason", l.Reason, strings.Join(reasons, "、")).Of(fault.Usage)
	case bad != nil:
		return l, fault.New("office.bad-date", "--date", l.Date, o.Today()).Of(fault.Usage)
	case l.Date > o.Today():
		return l, fault.New("office.date-ahead", "--date", l.Date, o.Today()).Of(fault.Usage)
	case l.Year != 0 && (l.Year < now-1 || l.Year > now+1):
		return l, fault.New("office.year-far", "--year", num(l.Year), num(now-1)+"—"+num(now+1)).Of(fault.Usage)
	}
	l.Date = or(l.Date, o.Today())
	if l.Reason == "" {
		l.Reason = "制定"
		if version > 1 {
			l.Reason = "更新"
		}
	}
	if l.Year == 0 {
		l.Year = now
	}
	return l, nil
}

// Firms drafts a new version of the 检查对象名录库.
func (o *Office) Firms(rows []intake.Firm, l Listing) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	p := s.Pack
	var problems []intake.Problem
	reg := &register[FirmRow]{Kind: "objects"}
	seen := map[string]intake.Place{}
	towns, sectors, classes := map[string]int64{}, map[string]int64{}, map[string]int64{}
	for i := range rows {
		r := &rows[i]
		if first, twice := seen[r.Code]; twice {
			problems = append(problems, problem(r.Line, "统一社会信用代码", "office.firm-twice", r.Code+" "+r.Name, first.String()))
			continue
		}
		seen[r.Code] = r.Line
		f := rules.Firm{ID: r.Code, Name: r.Name, Type: r.Type, Supervision: r.Supervision, Status: or(r.Status, "存续"),
			Registered: r.Registered, Risk: r.Risk, Town: r.Town}
		if n, ok := rules.Find(p.Towns, r.Town); ok {
			f.Town = n.Code
		}
		f.Sector = named(p.Sectors, r.Sector, r.Line, "行业类别", "office.unknown-sector", &problems)
		for _, t := range r.Tags {
			f.Tags = append(f.Tags, named(p.Tags, t, r.Line, "重点标签", "office.unknown-tag", &problems))
		}
		if r.Excluded != "" {
			if p.Roster.Special == "" {
				problems = append(problems, problem(r.Line, "不列入随机抽查的依据", "office.no-special", r.Excluded, ""))
			}
			f.Tags = append(f.Tags, "special")
		} else if slices.Contains(f.Tags, "special") {
			problems = append(problems, problem(r.Line, "不列入随机抽查的依据", "office.special-ground", r.Name, ""))
		}
		f.Tags = p.Tagged(f.Tags, r.Complaints)
		slices.Sort(f.Tags)
		f.Tags = slices.Compact(f.Tags)
		towns[o.townName(f.Town)]++
		if n, ok := rules.Find(p.Sectors, f.Sector); ok {
			sectors[n.Name]++
		}
		if p.InScope(&f) {
			for _, c := range p.ClassesOf(&f) {
				classes[c]++
			}
		}
		reg.Rows = append(reg.Rows, FirmRow{Firm: f, LegalRep: r.LegalRep, Address: r.Address, Scope: r.Scope, Ownership: r.Ownership, Excluded: r.Excluded})
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	body := &record.Roster{Kind: "objects", Towns: counts(towns), Sectors: counts(sectors), Classes: classCounts(p, classes), Unsure: int64(l.Unsure)}
	review := reviewFirms(p, rows, o.Today())
	review.Before, review.Confirm = before(o, s, reg, firmLine, review.Confirm, func(f *FirmRow) string { return f.Name })
	d, err := roster(o, s, reg, firmLine, body, l)
	if err == nil {
		d.Review = review
	}
	return d, nil, err
}

func counts(m map[string]int64) []record.Count {
	var list []record.Count
	for name, n := range m {
		if name != "" {
			list = append(list, record.Count{Name: name, Count: n})
		}
	}
	slices.SortFunc(list, func(a, b record.Count) int {
		if a.Count != b.Count {
			return int(b.Count - a.Count)
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list
}

// classCounts lists every ratio class of the pack, the empty ones too: a class
// of nobody has no floor, which is not the same as a class that nobody counted.
func classCounts(p *rules.Pack, m map[string]int64) []record.Count {
	var list []record.Count
	for _, r := range p.Ratios {
		list = append(list, record.Count{Name: r.Code, Count: m[r.Code]})
	}
	return list
}

// Inspectors drafts a new version of the 执法检查人员名录库.
func (o *Office) Inspectors(rows []intake.Inspector, l Listing) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	var problems []intake.Problem
	reg := &register[PersonRow]{Kind: "inspectors"}
	ready, away := int64(0), map[string]int64{}
	seen := map[string]intake.Place{}
	odd, err := o.unlisted(s)
	if err != nil {
		return nil, nil, err
	}
	var confirm []intake.Problem
	for i := range rows {
		r := &rows[i]
		confirm = append(confirm, odd(r.Line, r.Name, r.Conflicts)...)
		if first, twice := seen[r.Certificate]; twice {
			problems = append(problems, problem(r.Line, "执法证号", "office.person-twice", r.Name, first.String()))
			continue
		}
		seen[r.Certificate] = r.Line
		p := rules.Person{ID: r.Certificate, Name: r.Name, Unit: r.Unit, From: r.ValidFrom, To: r.ValidTo, Off: r.Status}
		if r.Expert && p.Off == "" {
			p.Off = "专家" // experts do not count toward a team (draw1 §7)
		}
		if p.Off != "" {
			away[p.Off]++
		} else {
			ready++
		}
		for _, q := range r.Specialities {
			p.Quals = append(p.Quals, named(s.Pack.Specialities, q, r.Line, "业务专长", "office.unknown-speciality", &problems))
		}
		slices.Sort(p.Quals)
		p.Quals = slices.Compact(p.Quals)
		reg.Rows = append(reg.Rows, PersonRow{Person: p, Sex: r.Sex, IDNumber: r.IDNumber, Phone: r.Phone, Title: r.Title, Level: r.Level, Conflicts: r.Conflicts})
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	var review Review
	review.Before, review.Confirm = before(o, s, reg, personLine, confirm, func(p *PersonRow) string { return p.Name })
	review.Counts = []Tally{{Code: "office.count-people", N: ready, Words: counts(away)}}
	d, err := roster(o, s, reg, personLine, &record.Roster{Kind: "inspectors"}, l)
	if err == nil {
		d.Review = review
	}
	return d, nil, err
}

// roster commits to a register and drafts its entry.
func roster[T any](o *Office, s *rules.State, reg *register[T], line func(*T) (string, any), body *record.Roster, l Listing) (*Draft, error) {
	var err error
	if reg.Key, err = o.random(32); err != nil {
		return nil, err
	}
	body.Version = 1
	if prev := s.Roster(body.Kind); prev != nil {
		body.Version = prev.Body.Version + 1
	}
	given := l.Reason
	if l, err = o.fill(l, body.Version); err != nil {
		return nil, err
	}
	body.Date, body.Source, body.Reason = l.Date, l.Source, l.Reason
	if old := same(o, s, reg, line); old != nil {
		reg, body.Unchanged, body.Reason = old, true, or(given, "核对无变化")
	}
	data, err := reg.commit(line)
	if err != nil {
		return nil, err
	}
	body.File, body.Count = rules.LinesOf(data), int64(len(reg.Rows))
	private, err := reg.format()
	if err != nil {
		return nil, err
	}
	d := &Draft{Blobs: map[string][]byte{body.File.SHA256: data}}
	if !body.Unchanged {
		d.private = []privateFile{{registerName(body.File.SHA256), private}}
	}
	return o.draft(d, body)
}

// same is the private register in force if the new one says the same of the
// same, in any order: then the version before is repeated (核对无变化), file and
// all, so that everybody sees that nothing changed. nil if anything differs.
func same[T any](o *Office, s *rules.State, reg *register[T], line func(*T) (string, any)) *register[T] {
	prev := s.Roster(reg.Kind)
	if prev == nil || prev.Body.Count != int64(len(reg.Rows)) {
		return nil
	}
	old, err := load(o, prev.Body.File.SHA256, line)
	if err != nil {
		return nil // the review has said so
	}
	d := compare("", saved(old.Rows), saved(reg.Rows), func(r *T) (string, string) {
		id, _ := line(r)
		return id, ""
	})
	if d == nil || !d.Same() {
		return nil
	}
	return old
}

// History drafts the selections of the time before the charter.
func (o *Office) History(rows []intake.HistoryRow) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	reg := &register[HistoryRow]{Kind: "history"}
	body := &record.History{Date: o.Today()}
	var problems []intake.Problem
	other, begun := int64(0), s.Charters[0].Time[:10]
	for _, r := range rows {
		if r.Origin != "" && r.Origin != "random" { // what no lot chose does not count toward the cap (A13)
			other++
			continue
		}
		if r.Date > begun {
			problems = append(problems, problem(r.Line, "抽取日期", "office.history-after", r.Date+" "+r.Name, begun))
		}
		reg.Rows = append(reg.Rows, HistoryRow{ID: r.Code, Name: r.Name, Date: r.Date})
		if body.From == "" || r.Date < body.From {
			body.From = r.Date
		}
		body.To = max(body.To, r.Date)
	}
	if len(reg.Rows) == 0 && len(rows) > 0 {
		problems = append(problems, problem(rows[0].Line, "检查来源", "office.no-random", num(len(rows)), ""))
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	if reg.Key, err = o.random(32); err != nil {
		return nil, nil, err
	}
	data, err := reg.commit(historyLine)
	if err != nil {
		return nil, nil, err
	}
	body.File, body.Count = rules.LinesOf(data), int64(len(reg.Rows))
	private, err := reg.format()
	if err != nil {
		return nil, nil, err
	}
	d := &Draft{Blobs: map[string][]byte{body.File.SHA256: data}, private: []privateFile{{registerName(body.File.SHA256), private}}}
	d, err = o.draft(d, body)
	if err == nil && other > 0 {
		d.Review.Counts = []Tally{{Code: "office.count-history", N: int64(len(reg.Rows)), Words: []record.Count{{Name: "非双随机", Count: other}}}}
	}
	return d, nil, err
}

// Checklist drafts a new version of the 随机抽查事项清单.
func (o *Office) Checklist(rows []intake.Item, l Listing) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	body := &record.Checklist{Version: int64(len(s.Checklists) + 1), Unit: o.Config.Name}
	given := l.Reason
	if l, err = o.fill(l, body.Version); err != nil {
		return nil, nil, err
	}
	if prev := s.Checklist(); given == "" && prev != nil && prev.Body.Year < int64(l.Year) {
		l.Reason = "制定" // the first of its year
	}
	body.Year, body.Date, body.Reason, body.Upstream = int64(l.Year), l.Date, l.Reason, l.Source
	if (l.AllItems == 0) != (l.AllSource == "") || l.AllItems != 0 && l.AllItems < len(rows) || l.AllItems > 100000 {
		return nil, nil, fault.New("office.all-items", "--all-items", num(l.AllItems), num(len(rows))).Of(fault.Usage)
	}
	body.AllItems, body.Source = int64(l.AllItems), l.AllSource
	var problems []intake.Problem
	for i := range rows {
		r := &rows[i]
		it := record.Item{No: r.No, Name: r.Name, Object: r.Object, Category: r.Category, Content: r.Content, Methods: r.Methods,
			Body: r.Body, Level: r.Level, Standard: r.Standard}
		for _, q := range r.Speciality {
			it.Specialities = append(it.Specialities, named(s.Pack.Specialities, q, r.Line, "所需专长", "office.unknown-speciality", &problems))
		}
		ranked := false
		for _, b := range r.Basis {
			it.Basis = append(it.Basis, record.Basis{Kind: b.Kind, Title: b.Title, Article: b.Article})
			ranked = ranked || slices.Contains(s.Pack.Items.Ranks, b.Kind)
		}
		if !ranked {
			problems = append(problems, problem(r.Line, "抽查依据", "rules.no-basis", r.Name, ""))
		}
		for _, heading := range s.Pack.Lacks(&it) {
			if heading == "检查部门及实施层级" && it.Body != "" {
				heading = "实施层级" // one heading of the regulation, two columns of the form
			}
			problems = append(problems, problem(r.Line, heading, "rules.item-field", r.Name, heading))
		}
		body.Items = append(body.Items, it)
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	var old []record.Item
	if prev := s.Checklist(); prev != nil {
		old = prev.Body.Items
	}
	d, err := o.draft(&Draft{}, body)
	if err == nil {
		d.Review.Before = compare("项", old, body.Items, func(it *record.Item) (string, string) { return it.No, it.Name })
	}
	return d, nil, err
}

// Plan drafts a new version of a year's 年度抽查工作计划, with base and
// estimate computed from the register in force (G-6.1a).
func (o *Office) Plan(rows []intake.PlanLine, l Listing, title string) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	given := l.Reason
	if l, err = o.fill(l, 1); err != nil {
		return nil, nil, err
	}
	body := &record.Plan{Year: int64(l.Year), Version: 1}
	var old []record.PlanLine
	if prev := s.Plan(body.Year); prev != nil {
		body.Version = prev.Body.Version + 1
		l.Reason = or(given, "更新")
		old = o.opened(prev)
	}
	body.Date, body.Reason = l.Date, l.Reason
	body.Title = or(title, o.Config.Name+num(l.Year)+"年度“双随机、一公开”抽查工作计划")
	var problems []intake.Problem
	for i := range rows {
		if rows[i].Source == "临时任务" {
			problems = append(problems, adHocRow(s.Pack, &rows[i]))
		}
		line, found := o.planLine(s, &rows[i])
		problems = append(problems, found...)
		body.Lines = append(body.Lines, line)
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	if err := o.estimate(s, body); err != nil {
		return nil, nil, err
	}
	review, err := o.groups(s, rows, body.Lines)
	if err != nil {
		return nil, nil, err
	}
	review.Before = compare("项", bare(old), bare(body.Lines), func(l *record.PlanLine) (string, string) { return l.No, l.Name })
	for i := range rows {
		if l := &body.Lines[i]; rows[i].Expected > 0 && s.Roster("objects") != nil && int64(rows[i].Expected) != l.Estimate {
			review.Confirm = append(review.Confirm, problem(rows[i].Line, "预估数量", "office.other-estimate", num(rows[i].Expected), num(l.Estimate)))
		}
		if l := &body.Lines[i]; l.Filter != "" {
			review.Filters = append(review.Filters, l.No+" "+l.Name+"："+s.Pack.FilterWords(l.Filter))
		}
	}
	d, err := o.draft(&Draft{}, body)
	if err == nil {
		d.Review = review
	}
	return d, nil, err
}

func (o *Office) planLine(s *rules.State, r *intake.PlanLine) (record.PlanLine, []intake.Problem) {
	var problems []intake.Problem
	line := record.PlanLine{No: r.No, Name: r.Name, Mode: r.Mode, Items: slices.Clone(r.Items), Scope: r.Scope, Ratio: r.Ratio, Count: int64(r.Count),
		Census: r.Census, Frequency: r.Frequency, From: r.From, To: r.To, Unit: or(r.Unit, o.Config.Name), Method: r.Method}
	problems = append(problems, o.jointLine(r, &line)...)
	if r.Filter != "" {
		f, err := rules.ParseFilter(s.Pack, r.Filter)
		if err != nil {
			problems = append(problems, badFilter(r.Line, r.Filter, err))
		} else {
			line.Filter = f.Format(s.Pack)
		}
	}
	line.Batches, line.Minimum = int64(r.Batches), int64(r.Minimum)
	problems = append(problems, classesOf(s.Pack, r, &line)...)
	problems = append(problems, unusable(s.Pack, r)...)
	if line.Mode == "" {
		line.Mode = map[bool]string{true: "定向", false: "不定向"}[line.Filter != ""]
	}
	line.Scope = or(line.Scope, or(s.Pack.FilterWords(line.Filter), "检查对象名录库中的全部存续企业"))
	if len(line.Items) == 0 && s.Checklist() != nil {
		for _, it := range s.Checklist().Body.Items {
			line.Items = append(line.Items, it.No)
		}
	}
	for i, written := range line.Items {
		no := itemNo(s.Checklist(), written)
		if no == "" {
			problems = append(problems, problem(r.Line, "抽查事项", "rules.item-unknown", written, ""))
		}
		line.Items[i] = no
	}
	return line, problems
}

// itemNo finds an item of the checklist by its number or its name.
func itemNo(list *rules.At[record.Checklist], written string) string {
	if list == nil {
		return ""
	}
	for _, it := range list.Body.Items {
		if it.No == written || intake.NameKey(it.Name) == intake.NameKey(written) {
			return it.No
		}
	}
	return ""
}

// estimate fills base and expected number of each line.
func (o *Office) estimate(s *rules.State, plan *record.Plan) error {
	objects := s.Roster("objects")
	if objects == nil {
		return nil
	}
	reg, err := load(o, objects.Body.File.SHA256, firmLine)
	if err != nil {
		return err
	}
	for i := range plan.Lines {
		l := &plan.Lines[i]
		var filter *rules.Filter
		if l.Filter != "" {
			if filter, err = rules.ParseFilter(s.Pack, l.Filter); err != nil {
				return err
			}
		}
		var scope []*rules.Firm
		for n := range reg.Rows {
			if f := &reg.Rows[n].Firm; s.Pack.InScope(f) && (filter == nil || filter.Match(f)) {
				scope = append(scope, f)
			}
		}
		l.Base = int64(len(scope))
		if l.Estimate, err = s.Pack.Estimate(l); err != nil {
			return err
		}
		if err := estimateClasses(s.Pack, l, scope); err != nil {
			return err
		}
	}
	return nil
}
