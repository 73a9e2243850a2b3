package site

import (
	"strings"
	"time"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// withheldWords stand where what was found is closed by law.
const withheldWords = "依法未公开"

// inside reports what stands in the office's check and in the verifier's report
// and on no page: that a suspected crime was not handed on is for those who
// supervise, not for readers to judge an enterprise or an officer by.
func inside(f rules.Finding) bool { return f.Code == "rules.no-transfer" }

// resultTitle names the enterprise, or says that it may not be named.
func (m *maker) resultTitle(f *rules.Finished) string {
	if f.Body.Withheld != nil && m.value(f.Index, "name") == "" {
		return "依法未公开的抽查结果（第" + num(f.Index) + "条记录）"
	}
	return m.firmName(f) + "的抽查结果"
}

// resultOrigin says why it was inspected: by lot, or by whose order.
func (m *maker) resultOrigin(v *resultView, f *rules.Finished) {
	b := f.Body
	v.Firm.add("来源", text(originName(f, m.pack)), text(b.Ground))
	v.Firm.add("交办单位和文号", text(strings.TrimSpace(b.Issuer+" "+b.Document)))
	if n, ok := rules.Find(m.pack.Towns, b.Town); ok {
		v.Firm.add("所在镇街", text(n.Name))
	} else {
		v.Firm.add("所在镇街", text(b.Town))
	}
	if n, ok := rules.Find(m.pack.Sectors, b.Sector); ok {
		v.Firm.add("行业类别", text(n.Name))
	}
	var classes []string
	for _, code := range b.Classes {
		for i := range m.pack.Ratios {
			if m.pack.Ratios[i].Code == code {
				classes = append(classes, m.pack.Ratios[i].Name)
			}
		}
	}
	v.Firm.add("计入的比例类别", text(strings.Join(classes, "、")))
	if w := b.Withheld; w != nil {
		ground, _ := m.pack.WithholdOf(w.Ground)
		v.Firm.add("不予公开的理由", text(ground.Name), text(or(w.Words, ground.Basis)))
		v.Firm.add("不予公开的决定", text(w.Document))
		if c := m.clause(&v.page, m.pack.Withhold.Clause); c != nil {
			v.Firm.add("条款", value{Text: c.Text, Href: c.Href})
		}
	}
}

// resultProofs says what others found and who took part.
func (m *maker) resultProofs(v *resultView, f *rules.Finished) {
	for _, e := range f.Body.Evidence {
		v.Found.add("利用的其他结论", text(e.Kind+"，"+e.Issuer+"，"+or(e.Number, "没有文号")+"，"+e.Date))
	}
	if e := f.Body.Entrusted; e != nil {
		v.Found.add("委托的专业机构", text("委托书 "+e.Letter), text(e.Report))
	}
	for _, p := range f.Body.Parts {
		v.Found.add(p.Department, text(m.partCodes(p)), text("检查于"+p.Ended+"结束"+until(p.Published)))
	}
}

// gap is the time between two moments of the ledger, as people say it.
func gap(from, to string) string {
	minutes := (record.Unix(to) - record.Unix(from)) / 60
	switch {
	case minutes < 60:
		return num(max(minutes, 0)) + "分钟"
	case minutes < 48*60:
		return num(minutes/60) + "小时"
	}
	return num(minutes/60/24) + "天"
}

// days counts calendar days between two dates, 0 where one is none.
func days(from, to string) int {
	a, err1 := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	if err1 != nil || err2 != nil {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}

func until(published string) string {
	if published == "" {
		return ""
	}
	return "，" + published + "公示"
}

func (m *maker) partCodes(p record.Part) string {
	var codes []string
	for _, it := range p.Items {
		codes = append(codes, it.Codes...)
	}
	return m.codeNames(m.pack.UnitLine([]record.ItemCodes{{Item: "1", Codes: codes}}))
}

// strictWords say what the stricter date counts from.
func strictWords(f *rules.Finished) string {
	if f.Lot.Pack.Publish.First {
		return "（从检查结束之日算起，当日计入）"
	}
	return "（从检查结束之日算起）"
}

// resultSteps are the steps of entering: evidence awaited, sent back, reviewed.
func resultSteps(d *facts, b *record.Result) {
	d.add("审核", text(b.ReviewOn))
	d.add("退回", text(strings.Join(b.Returned, "、")))
	if b.Pledge {
		d.add("廉政承诺", text("已签"))
	}
}

// resultTold lists the feedback to the enterprise with its gap: the text gives
// no number of days.
func (m *maker) resultTold(v *resultView, f *rules.Finished) {
	for _, b := range f.Feedbacks {
		v.Told.add("反馈", text(b.Body.Date+"，"+b.Body.Way+"，检查结束后"+num(days(f.Ended(), b.Body.Date))+"天"), v.record(b.Index))
	}
	if len(f.Feedbacks) == 0 && m.pack.Result.Each {
		v.Told.add("反馈", text("未登记"))
	}
}
