package site

import (
	"github.com/sunlot/sunlot/internal/rules"
)

// dutyRow is one thing due.
type dutyRow struct {
	Due, What, Done, State string
	Draw, Clause           *link
	Count                  string
	Late                   bool
}

// calendarView lists all that is due and was done.
type calendarView struct {
	page
	Today, Built string
	Open, Done   []dutyRow
}

func (m *maker) dutyRow(p *page, d rules.Duty) dutyRow {
	r := dutyRow{Due: or(d.Due, "没有写明"), What: or(dutyNames[d.Code], d.Code), Done: "–", Clause: m.clause(p, d.Clause)}
	if o := m.s.ObjectionAt(d.Entry); o != nil {
		r.Draw = p.to(resultPath(o.Of.Index), "第"+num(o.Index)+"条记录")
	} else if l := m.s.Lot(d.Draw); l != nil {
		r.Draw = p.to(m.drawPath(l), l.Body.Draw)
	} else if d.Code == "file-plan" {
		r.Draw = p.to("plan/"+d.Draw+"/index.html", d.Draw+"年")
	}
	if d.National != "" {
		r.Due += "（按全国放假安排为 " + d.National + "）"
	}
	if d.Open == 0 {
		r.Done = or(d.Done, "–") // before that it is the date of the last part
	}
	if d.Count > 1 {
		r.Count = num(d.Count-d.Open) + " / " + num(d.Count) + "户"
	}
	switch {
	case d.Late > 0 && d.Open > 0:
		r.State, r.Late = "逾期"+num(d.Late)+"个工作日，未办结", true
	case d.Late > 0:
		r.State, r.Late = "已办结，晚"+num(d.Late)+"个工作日", true
	case d.Open > 0 && !d.Sure:
		r.State = "未办（期限暂定）"
	case d.Open > 0:
		r.State = "未办"
	default:
		r.State = "已办结"
	}
	return r
}

func (m *maker) calendarPage() error {
	v := &calendarView{page: m.newPage("calendar/index.html", "calendar", "期限"), Today: m.b.Today, Built: minute(m.opt.Built)}
	for _, d := range m.duties() {
		if d.Open > 0 {
			v.Open = append(v.Open, m.dutyRow(&v.page, d))
		}
	}
	for i := len(m.duties()) - 1; i >= 0; i-- {
		if d := m.duties()[i]; d.Open == 0 {
			v.Done = append(v.Done, m.dutyRow(&v.page, d))
		}
	}
	m.list(&v.page, "")
	return m.render("calendar", v)
}
