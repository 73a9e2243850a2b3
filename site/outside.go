package site

import (
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// What stands beside the plan, as facts: waivers, extensions, tasks outside it,
// classes and batches of a line, what a new version changed.

// outsideFacts are what a notice uses beside its plan line, and what moved its
// end afterwards.
func (m *maker) outsideFacts(p *page, f *facts, l *rules.Lot) {
	b := l.Body
	if b.Batch > 0 {
		f.add("批次", text("第"+num(b.Batch)+"批"))
	}
	for _, g := range b.Freed {
		f.add("达到频次上限仍在签筒", text(num(g.Count)+"户，"+g.Words))
	}
	for _, w := range m.s.Waivers {
		for _, i := range b.Waivers {
			if i == w.Index {
				f.add(rules.WaiverWords(w.Body.Kind), text(w.Body.Ground+"，"+orderWords(w.Body.Document)), p.record(w.Index))
			}
		}
	}
	end := b.To
	for _, e := range l.Extensions {
		f.add("延期", text("任务结束日由"+end+"改为"+e.Body.To+"，事由："+e.Body.Ground), p.record(e.Index))
		end = e.Body.To
	}
	if len(l.Extensions) > 0 {
		f.add("延期后的期限", text("结果公示 "+l.Due.Results), text("启封 "+l.Due.K+provisional(l.Due)))
	}
}

// orderWords names a document.
func orderWords(o record.Order) string {
	return strings.TrimSpace(o.Issuer + "《" + o.Title + "》" + o.Number)
}

// classWords are the quantities of a line's classes: which enterprises each is
// made of stays closed.
func classWords(l *record.PlanLine) string {
	var parts []string
	for i, c := range l.Classes {
		q := quantity(&record.PlanLine{Ratio: c.Ratio, Count: c.Count, Census: c.Census})
		parts = append(parts, "第"+num(i+1)+"组 "+q)
	}
	words := ""
	if len(parts) > 0 {
		words = "（其余企业）；" + strings.Join(parts, "，")
	}
	if l.Batches > 0 {
		words += "；分" + num(l.Batches) + "批抽取"
	}
	if l.Minimum > 0 {
		words += "；每个分区至少" + num(l.Minimum) + "户"
	}
	return words
}

// adHocRows are the year's tasks outside its plan.
func (m *maker) adHocRows(p *page, year int64) []planRow {
	var rows []planRow
	for _, t := range m.s.Tasks {
		if t.Body.Year == year {
			r := m.planRow(p, year, &t.Body.Line, t.Index)
			r.Name += "（临时任务：" + t.Body.Ground + "，" + orderWords(t.Body.Document) + "）"
			rows = append(rows, r)
		}
	}
	return rows
}

// planChange says what a version of a plan changed against the one before.
func (m *maker) planChange(at rules.At[record.Plan]) string {
	var before *record.Plan
	for _, o := range m.s.Plans {
		if o.Body.Year == at.Body.Year && o.Index < at.Index {
			before = o.Body
		}
	}
	if before == nil {
		return ""
	}
	d := rules.DiffPlan(before, at.Body)
	none := func(list []string) string { return or(strings.Join(list, "、"), "无") }
	return "；新增 " + none(d.Added) + "，删去 " + none(d.Gone) + "，变动 " + none(d.Changed)
}
