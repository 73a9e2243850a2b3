package site

import (
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// lineRow is how far a plan line has come, in numbers that lead to where they
// come from: the draw, its dispatch, its results.
type lineRow struct {
	Name                            *link // to the line in the plan above
	Planned                         string
	Drawn, Sent, Public, Late, Left value
	None                            string // in their place, where nothing was drawn
}

// planProgress counts each line of a year as the statistics do, and draws the
// same as a chart. It moves on with every draw, dispatch and result of the
// year.
func (m *maker) planProgress(v *planView, year int64) {
	p := &v.page
	st := m.stats(year)
	var bars []chartRow
	for i := range st.Lines {
		l := &st.Lines[i]
		r := lineRow{Name: &link{Text: l.No + " " + l.Name}, Planned: "未填"}
		if m.planned(year, l.No) {
			r.Name.Href = p.to(m.linePath(year, l.No), "").Href
		}
		if l.Estimate > 0 {
			r.Planned = num(l.Estimate) + "户"
		}
		switch {
		case l.Drawn == 0 && l.Undrawn:
			r.None = "检查期已过，没有抽取"
		case l.Drawn == 0:
			r.None = "还没有抽取"
		default:
			m.lineNumbers(p, &r, l, year)
			bars = append(bars, chartRow{Name: l.No + " " + l.Name, Values: []int{l.Published - l.Late, l.Late, l.Open, l.Aborted + l.Withheld}})
		}
		v.Progress = append(v.Progress, r)
	}
	all := len(bars)
	if bars = bars[:min(planLines, all)]; all > 0 {
		v.Chart = stackChart("progress", num(year)+"年每一计划项抽中的企业，公示到哪一步（户次）", []string{"已公示", "晚于期限", "未公示", "其他"}, bars)
		v.Chart.Note = firstOf(len(bars), all) + "“晚于期限”的也已公示；“其他”是终止的和依法不公开的。"
	}
}

// planned reports whether the year's page has a row for a line.
func (m *maker) planned(year int64, no string) bool {
	if at := m.s.Plan(year); at != nil && at.Body.Line(no) != nil {
		return true
	}
	for _, t := range m.s.Tasks {
		if t.Body.Year == year && t.Body.Line.No == no {
			return true
		}
	}
	return false
}

// lineNumbers links the numbers of a line to its draw, or where it has several
// to the statistics of the year, which list them.
func (m *maker) lineNumbers(p *page, r *lineRow, l *rules.LineStat, year int64) {
	stats := statsPath(year)
	draw, send, results := stats, stats, stats
	if lot := m.onlyDraw(l); lot != nil {
		at := m.drawPath(lot)
		draw, send, results = at+"#drawn", at+"#send", at+"#result"
		if s := m.shelfOf["draw-"+m.drawDir[lot.Index]]; s != nil {
			results = shelfPath(s.dir, 0)
		}
	}
	r.Drawn, r.Sent, r.Public = p.at(draw, num(l.Drawn)), p.at(send, num(l.Dispatched)), p.at(results, num(l.Published))
	r.Late, r.Left = text("0"), text(num(l.Open))
	if l.Late > 0 {
		r.Late = p.at(stats, num(l.Late))
	}
	if l.Withheld+l.Aborted > 0 {
		r.Left.Text += "（另有终止或依法不公开" + num(l.Withheld+l.Aborted) + "）"
	}
}

// onlyDraw is the draw of a line that has one, nil where it has several or is
// carried out in the draw of another department.
func (m *maker) onlyDraw(l *rules.LineStat) *rules.Lot {
	if len(l.Draws) != 1 {
		return nil
	}
	lot := m.s.Lot(l.Draws[0])
	if lot == nil || !lot.Drawn() {
		return nil
	}
	return lot
}

// planFields are the headings of a plan line that a new version may change.
func planFields(l *record.PlanLine) []fieldChange {
	return []fieldChange{{"任务名称", "", l.Name}, {"抽查类型", "", l.Mode}, {"对象范围", "", l.Scope}, {"比例或数量", "", quantity(l) + classWords(l)},
		{"时间", "", l.From + " 至 " + l.To}, {"任务执行单位", "", l.Unit}, {"频次", "", l.Frequency}, {"检查方式", "", l.Method}}
}

// planDiffs puts the lines that a version changed side by side with the version
// before.
func planDiffs(old, now *record.Plan) []itemChange {
	var rows []itemChange
	for i := range now.Lines {
		l := &now.Lines[i]
		was := old.Line(l.No)
		if was == nil {
			continue
		}
		row := itemChange{What: "变更", No: l.No, Name: l.Name}
		before := planFields(was)
		for k, f := range planFields(l) {
			if f.Old = before[k].New; f.Old != f.New {
				row.Fields = append(row.Fields, fieldChange{f.Head, or(f.Old, "–"), or(f.New, "–")})
			}
		}
		if len(row.Fields) > 0 {
			rows = append(rows, row)
		}
	}
	return rows
}
