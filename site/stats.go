package site

import (
	"fmt"
	"slices"

	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// statsView is one year in numbers: facts, each with the record or page that it
// comes from, and no verdict.
type statsView struct {
	page
	Today, Since string
	Total        facts
	Lines        []statRow
	Classes      []classRow
	Units        []statRow
	Others       facts
	Data         link
}

// statRow is a plan line or a unit with what became of the drawn.
type statRow struct {
	Link           *link // of a plan line
	Name, About    string
	Draws          []link
	None           string // instead of numbers, where nothing was drawn
	Drawn, Sent    int
	Inspected      int
	Public         string // 72（按期71，晚1）
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
	Rows []statYear
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
	if len(date) >= 4 {
		fmt.Sscan(date[:4], &y)
	}
	return y
}

func (m *maker) statsPages() error {
	v := &yearsView{page: m.newPage("stats/index.html", "stats", "统计")}
	v.asList()
	for _, y := range m.years() {
		st := m.s.Stats(y, m.b.Today)
		if err := m.statsPage(st); err != nil {
			return err
		}
		r := statYear{Link: v.to(statsPath(y), num(y)+"年"), Total: "还没有抽取"}
		if t := &st.Total; t.Drawn > 0 {
			r.Total = "抽中" + num(t.Drawn) + "户次，检查" + num(t.Inspected) + "，公示" + num(t.Published)
			r.Rates = rates(t)
		}
		v.Rows = append(v.Rows, r)
	}
	m.list(&v.page, "")
	return m.render("years", v)
}

func (m *maker) statsPage(st *rules.Stats) error {
	v := &statsView{page: m.newPage(statsPath(st.Year), "stats", num(st.Year)+"年统计"), Today: st.Today, Since: st.Since}
	p := &v.page
	v.asList() // it moves on with every record: no article of one day
	m.statsTotal(v, st)
	planned := m.s.Plan(st.Year)
	for i := range st.Lines {
		l := &st.Lines[i]
		r := m.statRow(p, &l.Tally)
		r.Name, r.About = l.No+" "+l.Name, l.Unit+"，"+l.From+" 至 "+l.To
		if l.AdHoc {
			r.Name += "（临时任务）"
		}
		if planned != nil && planned.Body.Line(l.No) != nil {
			r.Link = p.to(planPath(st.Year)+"#"+anchor("line-"+l.No), r.Name)
		}
		if l.Base > 0 {
			r.About += "；基数" + num(l.Base) + "户，预估" + num(l.Estimate) + "户"
		}
		for _, id := range l.Draws {
			if lot := m.s.Lot(id); lot != nil {
				r.Draws = append(r.Draws, *p.to(m.drawPath(lot), id))
			}
		}
		if r.None != "" && l.Undrawn {
			r.None = "检查期已过，没有抽取"
		}
		v.Lines = append(v.Lines, r)
	}
	for i := range st.Units {
		u := &st.Units[i]
		r := m.statRow(p, &u.Tally)
		r.Name = or(u.Name, "还没有派发")
		r.About = "计划" + num(u.Lines) + "项，预估" + num(u.Planned) + "户；涉及清单" + num(u.Items) + "项"
		if u.Joint > 0 {
			r.About += "；联合抽查" + num(u.Joint) + "次"
		}
		if u.Others > 0 {
			r.About += "；非随机检查" + num(u.Others) + "次"
		}
		v.Units = append(v.Units, r)
	}
	for i := range st.Classes {
		v.Classes = append(v.Classes, m.classRow(p, st, &st.Classes[i]))
	}
	v.Data = *p.to("data/stats.csv", "本页数据（CSV）")
	m.list(p, "")
	return m.render("stats", v)
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

func (m *maker) statRow(p *page, t *rules.Tally) statRow {
	if t.Drawn == 0 {
		return statRow{None: "还没有抽取"}
	}
	return statRow{Drawn: t.Drawn, Sent: t.Dispatched, Inspected: t.Inspected, Public: public(t), Open: or(open(t), "无"), Rates: or(rates(t), "暂无"), Further: further(t)}
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

func (m *maker) statsTable() table {
	t := statsHeads()
	for _, y := range m.years() {
		t.rows = append(t.rows, statsRows(m.s.Stats(y, m.b.Today), "")...)
	}
	return t
}

// StatsCSV is the table of a year's statistics for spreadsheet programs; with a
// unit, the rows of that unit.
func StatsCSV(st *rules.Stats, unit string) []byte {
	t := statsHeads()
	t.rows = statsRows(st, unit)
	return t.csv()
}

func statsHeads() table {
	return table{name: "stats", title: "统计", about: "每年的计划项、比例类别和任务执行单位各一行", columns: [][2]string{
		{"年度", "year"}, {"类别", "kind"}, {"编号", "no"}, {"名称", "name"}, {"责任单位", "unit"}, {"基数", "base"}, {"预估或应抽", "estimate"},
		{"抽中", "drawn"}, {"派发", "dispatched"}, {"检查", "inspected"}, {"公示", "published"}, {"不予公开", "withheld"}, {"按期", "on_time"},
		{"晚于期限", "late"}, {"最晚几个工作日", "late_most"}, {"期限未定", "unsure"}, {"未完成", "open"}, {"过了公示期限", "overdue"},
		{"抽中后终止", "aborted"}, {"抽查完成率", "completion"}, {"完结率", "settled"}, {"后续未办结", "follow_open"}, {"更换", "replaced"}, {"回避", "recused"},
		{"直接委派", "direct"}, {"更正", "corrections"}, {"异议", "objections"}, {"联合抽查", "joint"}, {"非随机检查", "others"}, {"截至", "as_of"}}}
}

func statsRows(st *rules.Stats, unit string) [][]string {
	var rows [][]string
	add := func(head []string, t *rules.Tally, joint, others string) {
		rows = append(rows, slices.Concat([]string{num(st.Year)}, head, tallyCells(t), []string{joint, others, st.Today}))
	}
	for i := range st.Lines {
		if l := &st.Lines[i]; unit == "" || l.Unit == unit {
			add([]string{"计划项", l.No, l.Name, l.Unit, num(l.Base), num(l.Estimate)}, &l.Tally, "", "")
		}
	}
	for i := range st.Units {
		if u := &st.Units[i]; unit == "" || u.Name == unit {
			add([]string{"单位", "", or(u.Name, "还没有派发"), u.Name, "", num(u.Planned)}, &u.Tally, num(u.Joint), num(u.Others))
		}
	}
	if unit != "" {
		return rows
	}
	for i := range st.Classes {
		c := &st.Classes[i]
		base, floor := "", ""
		if c.Known {
			base = num(c.Base)
		}
		if c.Floored() {
			floor = num(c.Floor)
		}
		cells := make([]string, len(tallyCells(&rules.Tally{})))
		cells[0], cells[2], cells[3], cells[4] = num(c.Drawn), num(c.Inspected), num(c.Published), num(c.Withheld)
		rows = append(rows, slices.Concat([]string{num(st.Year), "比例类别（不同企业）", c.Code, c.Name, "", base, floor}, cells, []string{"", "", st.Today}))
	}
	others := 0
	for _, o := range st.Others {
		others += o.Count
	}
	add([]string{"合计", "", "", "", "", ""}, &st.Total, num(st.Led+st.Joined), num(others))
	return rows
}

func tallyCells(t *rules.Tally) []string {
	return []string{num(t.Drawn), num(t.Dispatched), num(t.Inspected), num(t.Published), num(t.Withheld), num(t.OnTime), num(t.Late), num(t.LateMost), num(t.Unsure),
		num(t.Open), num(t.Overdue), num(t.Aborted), t.Completion(), t.Settled(), num(t.FollowOpen), num(t.Replaced), num(t.Recused), num(t.Direct), num(t.Corrections), num(t.Objections)}
}
