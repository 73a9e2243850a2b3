package site

import (
	"slices"

	"github.com/sunlot/sunlot/internal/rules"
)

func (m *maker) statsTable() table {
	t := statsHeads()
	for _, y := range m.years() {
		t.rows = append(t.rows, statsRows(m.stats(y), "")...)
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
		{"直接委派", "direct"}, {"更正", "corrections"}, {"异议", "objections"}, {"联合抽查", "joint"}, {"非随机检查", "others"}, {"截至", "as_of"}}, keys: []string{"year", "kind"}}
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
