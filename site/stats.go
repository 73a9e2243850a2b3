package site

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// statsView is one year in numbers: facts, each with the record or page that it
// comes from, and no verdict. It fills two pages: plan lines, outcomes, units and
// classes on the first, months, towns and orders on the second.
type statsView struct {
	page
	Today, Since string
	Total        facts
	LineChart    *chart
	Lines        []statRow
	LineParts    []link // further pages of them
	Classes      []classRow
	UnitChart    *chart
	Units        []statRow
	CodeChart    *chart
	Codes        []codeCount
	MonthChart   *chart
	Months       []monthRow
	TownChart    *chart
	Towns        []townRow
	OrderChart   *chart
	Orders       []orderRow
	Assess       []link // clauses that speak of an assessment (考核)
	Late         *link  // the results that were late, one by one
	Others       facts
	Data         link
	More         *link // to the second page
}

// statRow is a plan line or a unit with what became of the drawn.
type statRow struct {
	Link           *link // of a plan line
	Name, About    string
	Draws          []link
	None           string // instead of numbers, where nothing was drawn
	Planned        string // 预估数量
	Drawn, Sent    value
	Inspected      value
	Public         value // 72（按期71，晚1）
	Open           string
	Rates, Further string
}

// classRow is a class with a share of its own, beside its floor.
type classRow struct {
	Name                        string
	Clause                      *link
	Base, Reached               string
	Plan, Now                   *link // the rosters' records
	Drawn, Inspected, Published int
	Notes                       []string
}

// yearsView lists the years.
type yearsView struct {
	page
	Chart *chart // of several years
	Rows  []statYear
}

type statYear struct {
	Link  *link
	Total string
	Rates string
}

func statsPath(year int64) string { return "stats/" + num(year) + "/index.html" }

// years are those of which the ledger holds a plan, a draw or a result, the
// latest first.
func (m *maker) years() []int64 {
	set := map[int64]bool{}
	for _, p := range m.s.Plans {
		set[p.Body.Year] = true
	}
	for _, l := range m.s.Lots {
		if y := day(l.Body.When())[:4]; !l.Failed && y != "" {
			set[yearNumber(y)] = true
		}
	}
	for _, f := range m.s.Results {
		set[yearNumber(f.Ended())] = true
	}
	var list []int64
	for y := range set {
		list = append(list, y)
	}
	slices.Sort(list)
	slices.Reverse(list)
	return list
}

func yearNumber(date string) int64 {
	var y int64
	for i := range min(len(date), 4) {
		if date[i] < '0' || date[i] > '9' || len(date) < 4 {
			return 0
		}
		y = y*10 + int64(date[i]-'0')
	}
	return y
}

// stats are counted once a build.
func (m *maker) stats(year int64) *rules.Stats {
	m.tally.Lock()
	defer m.tally.Unlock()
	st, ok := m.counted[year]
	if !ok {
		st = m.s.Stats(year, m.b.Today)
		m.counted[year] = st
	}
	return st
}

func (m *maker) statsPages() error {
	v := &yearsView{page: m.newPage("stats/index.html", "stats", "统计")}
	v.asList()
	var bars []chartRow
	for _, y := range m.years() {
		st := m.stats(y)
		if err := m.statsPage(st); err != nil {
			return err
		}
		r := statYear{Link: v.to(statsPath(y), num(y)+"年"), Total: "还没有抽取"}
		if t := &st.Total; t.Drawn > 0 {
			r.Total = "抽中" + num(t.Drawn) + "户次，检查" + num(t.Inspected) + "，公示" + num(t.Published)
			r.Rates = rates(t)
		}
		v.Rows = append(v.Rows, r)
		bars = append(bars, chartRow{Name: num(y) + "年", Values: []int{st.Total.Drawn, st.Total.Inspected, st.Total.Published}})
	}
	if len(bars) > 1 {
		v.Chart = barChart("years", "各年度抽中、检查和公示（户次）", []string{"抽中", "检查", "公示"}, bars)
	}
	m.list(&v.page, "")
	return m.render("years", v)
}

// statsMorePath is the second page of a year.
func statsMorePath(year int64) string { return "stats/" + num(year) + "/months.html" }

func (m *maker) statsPage(st *rules.Stats) error {
	v := &statsView{page: m.newPage(statsPath(st.Year), "stats", num(st.Year)+"年统计"), Today: st.Today, Since: st.Since}
	p := &v.page
	v.asList() // it moves on with every record: no article of one day
	m.statsTotal(v, st)
	m.statsLines(v, st)
	m.statsUnits(v, st)
	for i := range st.Classes {
		v.Classes = append(v.Classes, m.classRow(p, st, &st.Classes[i]))
	}
	for _, c := range m.pack.Clauses {
		if strings.Contains(c.Words, "考核") {
			v.Assess = append(v.Assess, *m.clause(p, c.ID))
		}
	}
	w := &statsView{page: m.newPage(statsMorePath(st.Year), "stats", num(st.Year)+"年各月、各分区和先后", link{p.Path, num(st.Year) + "年"}), Today: st.Today}
	w.asList()
	if err := m.statsLineParts(v, st.Year); err != nil {
		return err
	}
	if err := m.statsLists(v, w, st); err != nil {
		return err
	}
	m.statsTowns(w, st)
	m.statsOrders(w, st)
	v.Data = *p.to("data/stats.csv", "本页数据（CSV）")
	m.list(p, "")
	if len(w.Months)+len(w.Towns)+len(w.Orders) > 0 {
		v.More = p.to(w.Path, "各月、各分区、预告和号码的先后")
		m.list(&w.page, "")
		if err := m.render("stats-more", w); err != nil {
			return err
		}
	}
	return m.render("stats", v)
}

// statLines is how many plan lines a page of the statistics has.
const statLines = 6

// statsLineParts makes the further pages of the plan lines of a year.
func (m *maker) statsLineParts(v *statsView, year int64) error {
	path := func(n int) string { return "stats/" + num(year) + "/lines-" + num(n) + ".html" }
	for n := 2; (n-1)*statLines < len(v.Lines); n++ {
		w := &statsView{page: m.newPage(path(n), "stats", num(year)+"年计划项的进展（第"+num(n)+"页）", link{v.Path, num(year) + "年"}), Lines: v.Lines[(n-1)*statLines : min(n*statLines, len(v.Lines))]}
		w.asList()
		if err := m.render("stats-lines", w); err != nil {
			return err
		}
		v.LineParts = append(v.LineParts, *v.to(path(n), "第"+num((n-1)*statLines+1)+"项起"))
	}
	v.Lines = v.Lines[:min(statLines, len(v.Lines))]
	return nil
}

// statsLines are the plan's lines: planned, drawn, inspected, public.
func (m *maker) statsLines(v *statsView, st *rules.Stats) {
	p := &v.page
	planned := m.s.Plan(st.Year)
	var bars []chartRow
	for i := range st.Lines {
		l := &st.Lines[i]
		r := m.statRow(p, &l.Tally, l.Draws)
		r.Name, r.About = l.No+" "+l.Name, l.Unit+"，"+l.From+" 至 "+l.To
		if l.AdHoc {
			r.Name += "（临时任务）"
		}
		if planned != nil && planned.Body.Line(l.No) != nil {
			r.Link = p.to(m.linePath(st.Year, l.No), r.Name)
		}
		if l.Base > 0 {
			r.About += "；基数" + num(l.Base) + "户"
		}
		if l.Estimate > 0 {
			r.Planned = num(l.Estimate)
		}
		if r.None != "" && l.Undrawn {
			r.None = "检查期已过，没有抽取"
		}
		v.Lines = append(v.Lines, r)
		bars = append(bars, chartRow{Name: r.Name, Values: []int{int(l.Estimate), l.Drawn, l.Published}})
	}
	all := len(bars)
	if bars = bars[:min(statLines, all)]; all > 0 {
		v.LineChart = barChart("lines", num(st.Year)+"年每一计划项的计划、抽中和公示（户次）", []string{"计划", "抽中", "公示"}, bars)
		v.LineChart.Note = firstOf(len(bars), all)
	}
}

// statsUnits are the executing units (Yanshi 30): what each has done and how
// much of it by its date.
func (m *maker) statsUnits(v *statsView, st *rules.Stats) {
	p := &v.page
	var bars []chartRow
	for i := range st.Units {
		u := &st.Units[i]
		r := m.statRow(p, &u.Tally, m.unitDraws(u.Name, st.Year))
		r.Name = or(u.Name, "还没有派发")
		r.About = "计划" + num(u.Lines) + "项；涉及清单" + num(u.Items) + "项"
		if u.Planned > 0 {
			r.Planned = num(u.Planned)
		}
		if u.Joint > 0 {
			r.About += "；联合抽查" + num(u.Joint) + "次"
		}
		if u.Others > 0 {
			r.About += "；非随机检查" + num(u.Others) + "次"
		}
		v.Units = append(v.Units, r)
		if u.Drawn > 0 {
			bars = append(bars, chartRow{Name: r.Name, Values: []int{u.OnTime, u.Late, u.Unsure, u.Open}})
		}
	}
	if len(bars) > 0 {
		v.UnitChart = stackChart("units", num(st.Year)+"年每个单位的公示，按期、晚于期限、期限未定和未完成（户次）", []string{"按期", "晚于期限", "期限未定", "未完成"}, bars)
	}
}

// unitDraws are the draws of a year of which something was sent to a unit.
func (m *maker) unitDraws(unit string, year int64) []string {
	var ids []string
	for _, l := range m.s.Lots {
		if l.Failed || yearNumber(l.Body.Draw) != year {
			continue
		}
		for _, d := range l.Sent {
			if d.Body.Unit == unit && !slices.Contains(ids, l.Body.Draw) {
				ids = append(ids, l.Body.Draw)
			}
		}
	}
	return ids
}

func (m *maker) statsTotal(v *statsView, st *rules.Stats) {
	p, t := &v.page, &st.Total
	f := &v.Total
	f.add("抽取", text(num(st.Draws)+"次"))
	if t.Drawn > 0 {
		f.add("抽中", text(num(t.Drawn)+"户次"))
		f.add("派发、检查", text("派发"+num(t.Dispatched)+"户次，检查"+num(t.Inspected)+"户次"))
		f.add("公示", text(public(t)))
		f.add("抽查完成率", text(or(t.Completion(), "暂无")+"（公示 ÷ 抽中）"))
		f.add("完结率", text(or(t.Settled(), "暂无")+"（完结 ÷ 公示）"))
		f.add("未完成", text(open(t)))
		f.add("其他", text(further(t)))
	}
	for _, mark := range [][2]string{{"corrected", "更正过的抽查结果"}, {"objected", "有异议的抽查结果"}} {
		if l := m.shelfLink(p, yearDir(num(st.Year))+"/"+mark[0], "逐份看"); l != nil {
			f.add(mark[1], value{Text: l.Text, Href: l.Href})
		}
	}
	if st.Led+st.Joined > 0 {
		f.add("部门联合抽查", text("牵头"+num(st.Led)+"次，参与"+num(st.Joined)+"次"))
	}
	if sh := st.Share; sh != nil {
		f.add("随机抽查事项", text(verify.ShareWords(sh)), p.record(sh.Checklist))
	}
	for _, o := range st.Others {
		v.Others.add(m.originName(o.Origin), text(num(o.Count)+"次"))
	}
	if st.History > 0 {
		v.Others.add("开账前历史", text(num(st.History)+"次，没有见证，只计频次"))
	}
}

func (m *maker) originName(code string) string {
	if o, ok := m.pack.OriginOf(code); ok {
		return o.Name
	}
	return code
}

// statRow says a tally; its numbers lead to the stages of the draw that they
// count, or, of several draws, stand beside links to each.
func (m *maker) statRow(p *page, t *rules.Tally, draws []string) statRow {
	r := statRow{Planned: "–"}
	for _, id := range draws {
		if lot := m.s.Lot(id); lot != nil {
			r.Draws = append(r.Draws, *p.to(m.drawPath(lot), id))
		} else if m.joinedTask(id) {
			r.Draws = append(r.Draws, *p.to(jointPath+"#"+anchor("joined-"+id), id))
		}
	}
	if t.Drawn == 0 {
		r.None = "还没有抽取"
		return r
	}
	var lot *rules.Lot // where it is one draw's
	if len(draws) == 1 {
		lot = m.s.Lot(draws[0])
	}
	to := func(stage, words string) value {
		if lot != nil && lot.Abort == nil {
			return value{Text: words, Href: p.Root + m.drawPath(lot) + "#" + stage}
		}
		return text(words)
	}
	r.Drawn, r.Sent, r.Inspected, r.Public = to("cast", num(t.Drawn)), to("send", num(t.Dispatched)), to("result", num(t.Inspected)), to("result", public(t))
	if lot != nil {
		if dir := "draw-" + m.drawDir[lot.Index]; m.shelfOf[dir] != nil { // the results themselves
			r.Public.Href = p.Root + shelfPath(dir, 0)
		}
	}
	r.Open, r.Rates, r.Further = or(open(t), "无"), or(rates(t), "暂无"), further(t)
	return r
}

// joinedTask reports whether a joint check of this number, led by another
// department, stands in the ledger.
func (m *maker) joinedTask(id string) bool {
	return slices.ContainsFunc(m.s.Joined, func(t *rules.JoinedTask) bool { return t.Body.Task == id })
}

func (m *maker) classRow(p *page, st *rules.Stats, c *rules.ClassStat) classRow {
	r := classRow{Name: c.Name, Clause: m.clause(p, c.Clause), Base: verify.ClassBase(c), Reached: or(verify.ClassReached(st, c), "–"),
		Drawn: c.Drawn, Inspected: c.Inspected, Published: c.Published}
	if c.BaseEntry > 0 {
		r.Plan = p.entry(c.BaseEntry)
	}
	if c.NowEntry > 0 && c.NowEntry != c.BaseEntry {
		r.Now = p.entry(c.NowEntry)
	}
	if c.Withheld > 0 {
		r.Notes = append(r.Notes, "另有"+num(c.Withheld)+"户依法不予公开")
	}
	if c.Untold > 0 {
		r.Notes = append(r.Notes, "另有"+num(c.Untold)+"户次已抽中，还没有结果，是否属于这一类未公开")
	}
	if c.Unsaid > 0 {
		r.Notes = append(r.Notes, "另有"+num(c.Unsaid)+"份结果没有写明行业，是否属于这一类无从得知")
	}
	if c.ByHandle > 0 {
		r.Notes = append(r.Notes, "其中"+num(c.ByHandle)+"户按签号计，同一户抽中两次会计两次")
	}
	return r
}

// public says how many results are public, and how many of them in time.
func public(t *rules.Tally) string {
	s := num(t.Published)
	if t.Published > 0 {
		s += "（按期" + num(t.OnTime) + parts("，晚于期限%d", t.Late, "，最晚%d个工作日", t.LateMost, "，期限未定%d", t.Unsure) + "）"
	}
	return s + parts("，不予公开%d", t.Withheld, "，其中对象灭失%d（不计入检查）", t.Void)
}

func open(t *rules.Tally) string {
	return parts("%d户次", t.Open, "，其中过了公示期限%d", t.Overdue, "；抽中后终止%d户次", t.Aborted)
}

func further(t *rules.Tally) string {
	s := parts("、后续处置未办结%d", t.FollowOpen, "、更换%d人次", t.Replaced, "、回避%d人次", t.Recused, "、直接委派%d人次", t.Direct, "、换人抽签%d人次", t.ByLot, "、更正%d次", t.Corrections,
		"、异议%d件", t.Objections)
	if s == "" {
		return ""
	}
	return s[len("、"):]
}

func rates(t *rules.Tally) string {
	if t.Published == 0 {
		return ""
	}
	return "完成率" + t.Completion() + "，完结率" + t.Settled()
}

// parts fills those formats whose number is not 0.
func parts(pairs ...any) string {
	s := ""
	for i := 0; i < len(pairs); i += 2 {
		if n := pairs[i+1].(int); n != 0 {
			s += fmt.Sprintf(pairs[i].(string), n)
		}
	}
	return s
}
