package site

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// checklistView is one version of the checklist; the latest stands at
// checklist/, every version at checklist/<version>/.
type checklistView struct {
	page
	State    stateLine
	Latest   bool
	Facts    facts
	Old, New string // names of the two versions
	Changes  []itemChange
	Items    []listItem
	Versions []versionRow
}

type listItem struct {
	No, Anchor, Name, Object, Content, Category, Method, Body, Needs string
	Basis                                                            []string
}

// versionRow is a version of a list, with what it changed.
type versionRow struct {
	Link             *link
	Date, Reason     string
	Items            int
	Added, Gone, New string // numbers of items added, dropped, changed
	Entry            *link
}

// planView is a year's plan with the progress of each line.
type planView struct {
	page
	State    stateLine
	Facts    facts
	Chart    *chart
	Progress []lineRow
	Lines    []planRow
	Old, New string // names of the last two versions
	Changes  []itemChange
	Versions []versionRow
	Turn     []link // to the other pages, where the lines are many
}

type planRow struct {
	No, Anchor, Name, Mode, Scope, Filter, Quantity, Base, Estimate string
	Period, Unit, Partners, Frequency, Method                       string
	Items                                                           []value
	Draws                                                           []progress
}

// progress of one draw of a plan line.
type progress struct {
	Link  *link
	State tag
	Words string
}

// plansView is the list of years.
type plansView struct {
	page
	Rows []versionRow
}

func (m *maker) checklistPath(version int64) string {
	return "checklist/" + num(version) + "/index.html"
}

func (m *maker) checklistPages() error {
	for i := range m.s.Checklists {
		if err := m.checklistPage(i, false); err != nil {
			return err
		}
	}
	return m.checklistPage(len(m.s.Checklists)-1, true)
}

func (m *maker) checklistPage(i int, latest bool) error {
	v := &checklistView{Latest: latest}
	if i < 0 {
		v.page = m.newPage("checklist/index.html", "checklist", "随机抽查事项清单")
		v.asList()
		m.list(&v.page, "")
		return m.render("checklist", v)
	}
	at := m.s.Checklists[i]
	b := at.Body
	if latest {
		v.page = m.newPage("checklist/index.html", "checklist", "随机抽查事项清单")
		v.asList()
	} else {
		v.page = m.newPage(m.checklistPath(b.Version), "checklist", "随机抽查事项清单第"+num(b.Version)+"版")
		m.asArticle(&v.page, article{at.Time, "随机抽查事项清单"})
	}
	p := &v.page
	p.Entry = at.Index
	v.State = m.stateLine(p, at.Index)
	v.Facts.add("版本", text("第"+num(b.Version)+"版，"+num(b.Year)+"年"))
	v.Facts.add("公布日期", text(b.Date))
	v.Facts.add("制定单位", text(b.Unit))
	v.Facts.add("原因", text(b.Reason))
	v.Facts.add("上级要求", text(b.Upstream))
	if b.AllItems > 0 {
		v.Facts.add("占全部执法事项", text(num(len(b.Items))+"项，全部"+num(b.AllItems)+"项，占"+percent(int64(len(b.Items)), b.AllItems)+sourced(b.Source)))
	}
	for _, f := range m.s.Filings {
		if f.Body.Plan == at.Index {
			v.Facts.add("上报", p.at(p.home(f.Index), strings.TrimSpace(f.Body.Date+" 报"+f.Body.To+" "+f.Body.Receipt)))
		}
	}
	v.Facts.add("记录", p.record(at.Index))
	if i > 0 {
		old := m.s.Checklists[i-1].Body
		v.Old, v.New = "第"+num(old.Version)+"版", "第"+num(b.Version)+"版"
		if v.Changes = m.itemChanges(p, old, b); len(v.Changes) == 0 {
			v.Facts.add("与上一版相比", text("没有变化"))
		}
	}
	for _, it := range b.Items {
		v.Items = append(v.Items, m.itemOf(it))
	}
	if latest {
		for k := len(m.s.Checklists) - 1; k >= 0; k-- {
			v.Versions = append(v.Versions, m.checklistVersion(p, k))
		}
	}
	m.list(p, day(at.Time))
	return m.render("checklist", v)
}

func (m *maker) itemOf(it record.Item) listItem {
	r := listItem{No: it.No, Anchor: anchor("item-" + it.No), Name: it.Name, Object: it.Object, Content: it.Content, Category: it.Category,
		Method: strings.Join(it.Methods, "、"), Body: strings.Trim(it.Body+" "+it.Level, " ")}
	if it.Standard != "" {
		r.Content = strings.TrimPrefix(r.Content+"；业务标准："+it.Standard, "；")
	}
	for _, b := range it.Basis {
		r.Basis = append(r.Basis, b.Title+b.Article+"（"+b.Kind+"）")
	}
	var needs []string
	for _, q := range it.Specialities {
		if n, ok := rules.Find(m.pack.Specialities, q); ok {
			q = n.Name
		}
		needs = append(needs, q)
	}
	r.Needs = strings.Join(needs, "、")
	return r
}

// checklistVersion says what a version changed against the one before.
func (m *maker) checklistVersion(p *page, k int) versionRow {
	at := m.s.Checklists[k]
	r := versionRow{Link: p.to(m.checklistPath(at.Body.Version), "第"+num(at.Body.Version)+"版"), Date: at.Body.Date, Reason: at.Body.Reason,
		Items: len(at.Body.Items), Added: "–", Gone: "–", New: "–", Entry: p.entry(at.Index)}
	if k == 0 {
		return r
	}
	c := rules.ChangesOf(m.s.Checklists[k-1].Body, at.Body)
	numbers := func(items []record.Item) string {
		var list []string
		for _, it := range items {
			list = append(list, it.No)
		}
		return or(strings.Join(list, "、"), "–")
	}
	var changed []record.Item
	for _, ch := range c.Changed {
		changed = append(changed, ch.New)
	}
	r.Added, r.Gone, r.New = numbers(c.Added), numbers(c.Gone), numbers(changed)
	return r
}

// checklistOf finds a checklist by its index, nil if there is none.
func (m *maker) checklistOf(index int64) *record.Checklist {
	for _, c := range m.s.Checklists {
		if c.Index == index {
			return c.Body
		}
	}
	return nil
}

func planPath(year int64) string { return "plan/" + num(year) + "/index.html" }

// planLines is how many lines a page of a plan has.
const planLines = 10

func planPartPath(year int64, n int) string {
	if n == 1 {
		return planPath(year)
	}
	return "plan/" + num(year) + "/page-" + num(n) + ".html"
}

// linePath is where a line of a year's plan, or a task outside it, stands.
func (m *maker) linePath(year int64, no string) string {
	at := 0
	if pl := m.s.Plan(year); pl != nil {
		if at = slices.IndexFunc(pl.Body.Lines, func(l record.PlanLine) bool { return l.No == no }); at < 0 {
			at = len(pl.Body.Lines)
			for _, t := range m.s.Tasks {
				if t.Body.Year == year && t.Body.Line.No == no {
					break
				} else if t.Body.Year == year {
					at++
				}
			}
		}
	}
	return planPartPath(year, at/planLines+1) + "#" + anchor("line-"+no)
}

// planParts makes the further pages of a plan, and leaves to the first what is
// its own.
func (m *maker) planParts(v *planView, year int64) error {
	parts := max(1, (max(len(v.Lines), len(v.Progress))+planLines-1)/planLines)
	for n := parts; n >= 1; n-- {
		w := v
		if n > 1 {
			w = &planView{page: m.newPage(planPartPath(year, n), "plan", v.Title+"（第"+num(n)+"页）", link{v.Path, num(year) + "年"})}
			w.Entry = v.Entry
			w.asList()
		}
		from, to := (n-1)*planLines, n*planLines
		w.Lines, w.Progress = v.Lines[min(from, len(v.Lines)):min(to, len(v.Lines))], v.Progress[min(from, len(v.Progress)):min(to, len(v.Progress))]
		for k := 1; k <= parts && parts > 1; k++ {
			if k != n {
				w.Turn = append(w.Turn, *w.to(planPartPath(year, k), "第"+num((k-1)*planLines+1)+"项起"))
			}
		}
		if n > 1 {
			if err := m.render("plan-part", w); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *maker) planPages() error {
	list := &plansView{page: m.newPage("plan/index.html", "plan", "年度计划")}
	list.asList()
	var years []int64
	for _, pl := range m.s.Plans {
		if !slices.Contains(years, pl.Body.Year) {
			years = append(years, pl.Body.Year)
		}
	}
	slices.Sort(years)
	slices.Reverse(years)
	for _, y := range years {
		if err := m.planPage(y); err != nil {
			return err
		}
		at := m.s.Plan(y)
		list.Rows = append(list.Rows, versionRow{Link: list.to(planPath(y), at.Body.Title), Date: at.Body.Date, Reason: "第" + num(at.Body.Version) + "版，" + at.Body.Reason,
			Items: len(at.Body.Lines), Entry: list.entry(at.Index)})
	}
	m.list(&list.page, "")
	return m.render("plans", list)
}

func (m *maker) planPage(year int64) error {
	at := m.s.Plan(year)
	b := at.Body
	v := &planView{page: m.newPage(planPath(year), "plan", b.Title)}
	p := &v.page
	p.Entry = at.Index
	m.asArticle(p, article{at.Time, "年度抽查工作计划," + num(year)})
	v.State = m.stateLine(p, at.Index)
	v.Facts.add("版本", text("第"+num(b.Version)+"版，"+b.Reason))
	v.Facts.add("日期", text(b.Date))
	v.Facts.add("记录", p.record(at.Index))
	if m.pack.Plan.FileWith != "" {
		filed := text("未填")
		for _, f := range m.s.Filings {
			if f.Body.Plan == at.Index {
				filed = p.at(p.home(f.Index), f.Body.Date+" 报"+f.Body.To+"备案 "+f.Body.Receipt)
			}
		}
		v.Facts.add("备案（"+m.pack.Plan.FileWith+"）", filed)
	}
	if rule := m.pack.Joint.Coverage; rule != "" && rule != "none" && m.s.Checklist() != nil {
		missing := "清单的每个事项都在计划里"
		if list := m.s.Uncovered(at); len(list) > 0 {
			missing = "清单里还没有列入计划的事项：" + strings.Join(list, "、")
		}
		v.Facts.add("事项覆盖", text(missing))
	}
	for i := range b.Lines {
		v.Lines = append(v.Lines, m.planRow(p, year, &b.Lines[i], at.Index))
	}
	v.Lines = append(v.Lines, m.adHocRows(p, year)...)
	m.planProgress(v, year)
	var before *record.Plan
	for _, pl := range m.s.Plans {
		if pl.Body.Year == year && pl.Index < at.Index {
			before = pl.Body
		}
	}
	if before != nil {
		v.Old, v.New = "第"+num(before.Version)+"版", "第"+num(b.Version)+"版"
		v.Changes = planDiffs(before, b)
	}
	for i := len(m.s.Plans) - 1; i >= 0; i-- {
		if pl := m.s.Plans[i]; pl.Body.Year == year {
			v.Versions = append(v.Versions, versionRow{Link: p.to(p.home(pl.Index), "第"+num(pl.Body.Version)+"版"), Date: pl.Body.Date, Reason: pl.Body.Reason + m.planChange(pl), Items: len(pl.Body.Lines), Entry: p.entry(pl.Index)})
		}
	}
	m.list(p, day(at.Time))
	if err := m.planParts(v, year); err != nil {
		return err
	}
	return m.render("plan", v)
}

// planRow is a line of a plan, or of a task outside it, that stands in the
// record at an index: its items are those of the checklist then in force.
func (m *maker) planRow(p *page, year int64, l *record.PlanLine, index int64) planRow {
	r := planRow{No: l.No, Anchor: anchor("line-" + l.No), Name: l.Name, Mode: l.Mode, Scope: l.Scope, Filter: m.s.Pack.FilterWords(l.Filter), Quantity: quantity(l) + classWords(l),
		Period: l.From + " 至 " + l.To, Unit: l.Unit, Partners: jointWords(l), Frequency: l.Frequency, Method: l.Method}
	if l.Base > 0 {
		r.Base = num(l.Base) + "户"
	}
	if l.Estimate > 0 {
		r.Estimate = num(l.Estimate) + "户"
	}
	for _, c := range m.s.Checklists {
		if c.Index < index {
			r.Items = m.itemRefs(p, c.Index, l.Items)
		}
	}
	for _, lot := range m.s.Lots {
		if lot.Body.Line == l.No && strings.HasPrefix(lot.Body.Draw, num(year)+"-") {
			r.Draws = append(r.Draws, m.progress(p, lot))
		}
	}
	for _, t := range m.s.Joined {
		if t.Body.Line == l.No && t.Year() == year {
			r.Draws = append(r.Draws, progress{Link: p.to(jointPath+"#"+anchor("joined-"+t.Body.Task), t.Body.Task), State: tag{"牵头部门已抽取", ""},
				Words: "名单" + num(len(t.Handles)) + "户，已公示结果" + num(len(t.Results)) + "户"})
		}
	}
	return r
}

func (m *maker) progress(p *page, l *rules.Lot) progress {
	return progress{Link: p.to(m.drawPath(l), l.Body.Draw), State: drawState(l)}
}

func sourced(source string) string {
	if source == "" {
		return ""
	}
	return "（来源：" + source + "）"
}
