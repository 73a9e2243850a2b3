package site

import (
	"slices"

	"github.com/sunlot/sunlot/internal/rules"
)

// dutyRow is one thing due.
type dutyRow struct {
	Due, What, Done, State string
	Draw, Clause           *link
	Count                  string
	National               string // what the day would be without the office's own closures
	Late                   bool
}

// calendarView lists what is still due, month by month, and leads to what was
// done, a page a year.
type calendarView struct {
	page
	Today, Built string
	Open         []dutyMonth
	More         []link    // further pages of them
	Done         []dutyRow // the latest
	Years        []link
	File         link // the calendar file
}

// calendarYear is a page of what was due in a year and is done, or of what is
// open beyond the calendar itself.
type calendarYear struct {
	page
	Lead   string
	Months []dutyMonth
	Turn   []link
}

// dutyMonth is a month with its duties, in the order given.
type dutyMonth struct {
	Title string
	Rows  []dutyRow
}

const (
	latestDone = 12 // done duties that the calendar itself shows
	firstOpen  = 30 // open ones
	perDuties  = 40 // duties on any further page
)

// openPath and donePath name the further pages of what is open and of a year.
func openPath(n int) string { return "calendar/page-" + num(n) + ".html" }

func donePath(year string) func(n int) string {
	return func(n int) string {
		if n == 1 {
			return calendarPath(year)
		}
		return "calendar/" + year + "/page-" + num(n) + ".html"
	}
}

func calendarPath(year string) string { return "calendar/" + year + "/index.html" }

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
		r.National = "按全国放假安排为 " + d.National
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

// calendarPage makes the calendar. It depends on the bundle's day; a year's page
// on the duties of that year that are done.
func (m *maker) calendarPage() error {
	v := &calendarView{page: m.newPage("calendar/index.html", "calendar", "期限"), Today: m.b.Today, Built: minute(m.opt.Built)}
	p := &v.page
	var open, done []rules.Duty
	for _, d := range m.duties() {
		if d.Open > 0 {
			open = append(open, d)
		} else {
			done = append(done, d)
		}
	}
	v.Open = m.dutyMonths(p, open[:min(firstOpen, len(open))])
	for n := 2; firstOpen+(n-2)*perDuties < len(open); n++ {
		from := firstOpen + (n-2)*perDuties
		w := &calendarYear{page: m.newPage(openPath(n), "calendar", "还没有办结的（第"+num(n)+"页）", link{p.Path, "期限"}), Lead: "期限早的在前。"}
		w.Months = m.dutyMonths(&w.page, open[from:min(from+perDuties, len(open))])
		if err := m.render("calendar-year", w); err != nil {
			return err
		}
		v.More = append(v.More, *p.to(w.Path, "第"+num(from+1)+"项起"))
	}
	slices.Reverse(done) // the latest first
	for _, d := range done[:min(len(done), latestDone)] {
		v.Done = append(v.Done, m.dutyRow(p, d))
	}
	years := map[string][]rules.Duty{}
	var order []string
	for _, d := range done {
		y := dutyYear(d)
		if years[y] == nil {
			order = append(order, y)
		}
		years[y] = append(years[y], d)
	}
	for _, y := range order {
		v.Years = append(v.Years, *p.to(calendarPath(y), y+"年到期的"+num(len(years[y]))+"项"))
		if err := m.calendarYear(y, years[y]); err != nil {
			return err
		}
	}
	v.File = *p.to(calendarFile, "日历文件（.ics）")
	m.list(p, "")
	return m.render("calendar", v)
}

func (m *maker) calendarYear(year string, done []rules.Duty) error {
	parts, path := (len(done)+perDuties-1)/perDuties, donePath(year)
	for n := 1; n <= parts; n++ {
		title := year + "年到期、已经办结的"
		if n > 1 {
			title += "（第" + num(n) + "页）"
		}
		v := &calendarYear{page: m.newPage(path(n), "calendar", title, link{"calendar/index.html", "期限"}), Lead: "期限晚的在前。"}
		v.Months = m.dutyMonths(&v.page, done[(n-1)*perDuties:min(n*perDuties, len(done))])
		if n > 1 {
			v.Turn = append(v.Turn, *v.to(path(n-1), "上一页"))
		} else {
			m.list(&v.page, "")
		}
		if n < parts {
			v.Turn = append(v.Turn, *v.to(path(n+1), "下一页"))
		}
		if err := m.render("calendar-year", v); err != nil {
			return err
		}
	}
	return nil
}

// dutyYear is the year of a duty's date; where none is written, of the day on
// which it was done.
func dutyYear(d rules.Duty) string {
	if at := or(d.Due, d.Done); len(at) >= 4 {
		return at[:4]
	}
	return "0000"
}

// dutyMonths gathers neighbours of one month; duties come in order of their
// dates, upwards or downwards.
func (m *maker) dutyMonths(p *page, list []rules.Duty) []dutyMonth {
	var months []dutyMonth
	for _, d := range list {
		title := "没有写明期限"
		if len(d.Due) >= 7 {
			title = d.Due[:4] + "年" + num(monthOf(d.Due)) + "月"
		}
		if n := len(months); n == 0 || months[n-1].Title != title {
			months = append(months, dutyMonth{Title: title})
		}
		last := &months[len(months)-1]
		last.Rows = append(last.Rows, m.dutyRow(p, d))
	}
	return months
}

// monthOf is the month of a date yyyy-mm-dd.
func monthOf(date string) int { return int(date[5]-'0')*10 + int(date[6]-'0') }
