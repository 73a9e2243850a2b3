package office

import (
	"slices"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Next (下一步) is the command that the office should run next and why.
type Next struct {
	Code    string `json:"code"`    // see Nexts
	Command string `json:"command"` // as it would be typed
	Place   string `json:"place,omitempty"`
	Due     string `json:"due,omitempty"`
	Late    int    `json:"late,omitempty"` // working days
}

// Nexts lists what is to be done, most urgent first: what a draw demands, then
// what a year's work still lacks.
//
// After a Write it takes the state that the rules reached while they judged the
// draft: it is the ledger's, and verifying all of it a second time would cost
// more than the step did.
func (o *Office) Nexts() ([]Next, error) {
	s := o.ahead
	if s == nil {
		var err error
		if s, err = o.State(); err != nil {
			return nil, err
		}
	}
	w := &worklist{o: o, s: s, soon: record.Day(o.Now().Unix() + 14*24*3600)}
	for _, d := range s.Duties(o.Today()) {
		if d.Open > 0 && !w.stuck(d) {
			w.take(d)
		}
	}
	// What has no date waits for what has one.
	slices.SortStableFunc(w.list, func(a, b Next) int {
		switch {
		case (a.Due == "") == (b.Due == ""):
			return 0
		case a.Due == "":
			return 1
		}
		return -1
	})
	return append(append(w.list, o.missing(s)...), w.later...), nil
}

// clock writes a time of the ledger for people.
func clock(at string) string { return at[:10] + " " + at[11:16] }

// missing is what must stand before a draw can be announced, and what of the
// plan has not been drawn.
func (o *Office) missing(s *rules.State) []Next {
	year := int64(o.Now().In(record.Beijing).Year())
	switch {
	case s.Checklist() == nil:
		return []Next{{Code: "office.next-checklist", Command: "sunlot form 清单"}}
	case s.Roster("objects") == nil:
		return []Next{{Code: "office.next-firms", Command: "sunlot record 名录库.xlsx"}}
	case s.Roster("inspectors") == nil:
		return []Next{{Code: "office.next-inspectors", Command: "sunlot record 人员库.xlsx"}}
	case s.Plan(year) == nil:
		return []Next{{Code: "office.next-plan", Command: "sunlot record 计划.xlsx", Place: num(year)}}
	}
	var list []Next
	add := func(code string, l *record.PlanLine) {
		drawn := slices.ContainsFunc(s.Lots, func(lot *rules.Lot) bool {
			return !lot.Failed && !lot.Late && lot.Body.Line == l.No && lot.Body.Draw[:4] == num(year) && lot.Abort == nil
		})
		if !drawn {
			list = append(list, Next{Code: code, Command: "sunlot draw announce --plan " + l.No, Place: l.No + " " + l.Name, Due: l.To})
		}
	}
	lines := s.Plan(year).Body.Lines
	for i := range lines {
		add("office.next-announce", &lines[i])
	}
	for _, t := range s.Tasks {
		if t.Body.Year == year {
			add("office.next-announce-task", &t.Body.Line)
		}
	}
	return list
}
