package office

import (
	"slices"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Days drafts the entries of a 工作日补充: one for the closures of each document,
// one for each year's arrangement.
func (o *Office) Days(rows []intake.DayRow) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	sheet, seen := judged{}, map[string]intake.Place{}
	var list []*gathered
	for i := range rows {
		r := &rows[i]
		if first, twice := seen[r.Date]; twice {
			sheet.refuse(problem(r.Line, "日期", "office.day-twice", "第 "+num(first.Row)+" 行和第 "+num(r.Line.Row)+" 行", r.Date))
			continue
		}
		seen[r.Date] = r.Line
		found := o.dayProblems(s, r)
		sheet.refuse(found...)
		g := of(&list, r)
		if g.known = append(g.known, found...); r.Kind == "调休上班" {
			g.body.MakeUp = append(g.body.MakeUp, r.Date)
		} else {
			g.body.Off = append(g.body.Off, r.Date)
		}
	}
	for _, g := range list {
		slices.Sort(g.body.Off)
		slices.Sort(g.body.MakeUp)
		sheet.add(g.line, g.body, g.known)
	}
	return sheet.judge(o, &Draft{})
}

// gathered is one entry with the first row that went into it and what is wrong
// with its rows.
type gathered struct {
	body  *record.Calendar
	line  intake.Place
	known []intake.Problem
}

// of finds or begins the entry that a row belongs to.
func of(list *[]*gathered, r *intake.DayRow) *gathered {
	b := record.Calendar{Kind: "year", Title: r.Title, Number: r.Number, Ground: r.Ground}
	if r.Kind == "停止办公" {
		b.Kind = "closure"
	} else {
		b.Year = number(r.Date[:4])
	}
	for _, g := range *list {
		if is := g.body; is.Kind == b.Kind && is.Title == b.Title && is.Number == b.Number && is.Ground == b.Ground && is.Year == b.Year {
			return g
		}
	}
	*list = append(*list, &gathered{body: &b, line: r.Line})
	return (*list)[len(*list)-1]
}

func number(digits string) (n int64) {
	for _, d := range digits {
		n = n*10 + int64(d-'0')
	}
	return n
}

// dayProblems is what an officer should hear of a row rather than of its entry.
func (o *Office) dayProblems(s *rules.State, r *intake.DayRow) []intake.Problem {
	var found []intake.Problem
	refuse := func(header, code, got, want string) {
		found = append(found, problem(r.Line, header, code, got, want))
	}
	year, national := r.Date[:4], s.National()
	switch {
	case r.Kind != "停止办公":
		if r.Ground != "" {
			refuse("停办事由", "office.day-ground", r.Ground, "")
		}
		if r.Number == "" {
			refuse("文号", "office.day-number", r.Title, "")
		}
		if year <= rules.Workdays().Last()[:4] {
			refuse("日期", "office.year-known", r.Date, rules.Workdays().Last()[:4])
		} else if year > num(number(national.Last()[:4])+1) {
			refuse("日期", "office.year-gap", r.Date, num(number(national.Last()[:4])+1))
		}
	case r.Ground == "":
		refuse("停办事由", "office.day-no-ground", r.Date, "")
	case r.Date < o.Today():
		refuse("日期", "rules.closed-afterwards", r.Date, o.Today())
	case slices.Contains(s.Closed(), r.Date):
		refuse("日期", "office.day-recorded", r.Date, "")
	default:
		if on, err := national.Workday(r.Date); err == nil && !on {
			refuse("日期", "office.day-off-anyway", r.Date, "")
		}
	}
	return found
}
