package site

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// workdaysView is the page of working days (工作日): what deadlines are counted
// by, and what the office has added to it.
type workdaysView struct {
	page
	Facts  facts
	Closed []closedRow
	Years  []yearRow
}

// closedRow is one entry about days on which the office was closed.
type closedRow struct {
	Days, Ground, Document string
	Count                  int
	Entry                  *link
}

// yearRow is a year of the calendar: how many working days, by whose word.
type yearRow struct {
	Year     string
	Workdays int
	Source   string
	Off      []string
	Entry    *link
}

const workdaysPath = "workdays/index.html"

func (m *maker) workdaysPage() error {
	v := &workdaysView{page: m.newPage(workdaysPath, "workdays", "工作日")}
	p, closed := &v.page, m.s.Closed()
	v.Facts.add("算到", text(m.s.National().Last()+"为止；以后的放假安排还没有公布，期限一律标“暂定”，不作逾期论"))
	v.Facts.add("本单位停止办公", text(num(len(closed))+"天"))
	for _, c := range m.s.Calendars {
		if b := c.Body; b.Kind == "closure" {
			v.Closed = append(v.Closed, closedRow{strings.Join(b.Off, "、"), b.Ground, document(b), len(b.Off), p.entry(c.Index)})
		}
	}
	first, _ := strconv.Atoi(rules.Workdays().First()[:4])
	last, _ := strconv.Atoi(m.s.National().Last()[:4])
	for year := first; year <= last; year++ {
		v.Years = append(v.Years, m.yearRow(p, year))
	}
	slices.Reverse(v.Years)
	m.list(p, "")
	return m.render("workdays", v)
}

func (m *maker) yearRow(p *page, year int) yearRow {
	n, _ := m.s.National().Between(strconv.Itoa(year-1)+"-12-31", strconv.Itoa(year)+"-12-31")
	r := yearRow{Year: strconv.Itoa(year), Workdays: n, Source: "国务院办公厅的放假通知，程序自带"}
	if r.Year <= rules.Workdays().Last()[:4] {
		return r
	}
	for _, c := range m.s.Calendars {
		if b := c.Body; b.Kind == "year" && b.Year == int64(year) { // the latest one stands
			r.Source, r.Entry = "本单位填报："+document(b), p.entry(c.Index)
			r.Off = []string{"放假：" + strings.Join(b.Off, "、"), "调休上班：" + or(strings.Join(b.MakeUp, "、"), "没有")}
		}
	}
	return r
}

// document is title and number of what an entry about working days rests on.
func document(b *record.Calendar) string {
	if b.Number == "" {
		return b.Title
	}
	return b.Title + "（" + b.Number + "）"
}
