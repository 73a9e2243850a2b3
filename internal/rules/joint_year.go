package rules

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
)

// JointCount is how many joint checks of a calendar year this ledger shows: led
// ones that are drawn, not aborted, and that another department confirmed
// beforehand, and joined ones (Gaoqing 6.2; one task is 1 whatever the number
// of departments, requirements A13). A check with sections of the same office
// is none of several departments.
func (s *State) JointCount(year int64) (ledByUs, joinedByUs int) {
	for _, l := range s.Lots {
		if yearOf(l.Body.Draw) == year && l.Drawn() && l.Abort == nil && l.jointly() {
			ledByUs++
		}
	}
	for _, t := range s.Joined {
		if t.Year() == year {
			joinedByUs++
		}
	}
	return ledByUs, joinedByUs
}

// jointly reports whether another department confirmed the draw beforehand.
func (l *Lot) jointly() bool {
	if l.Led == nil {
		return false
	}
	return slices.ContainsFunc(l.Led.Line.Joining(), func(p record.Partner) bool {
		return p.Kind == "department" && slices.ContainsFunc(l.Led.Agreed, func(a At[record.Agreement]) bool { return a.Body.Partner == p.Name })
	})
}

// jointYears lists the years of the ledger up to the day.
func (s *State) jointYears(today string) []int64 {
	var years []int64
	if len(s.Charters) == 0 || s.Pack == nil || s.Pack.Joint.MinPerYear == 0 {
		return nil
	}
	for y := s.firstYear(today); y <= yearOf(today); y++ {
		years = append(years, y)
	}
	return years
}

// jointDuties: 每年应至少发起或参与一次部门联合抽查. What was done of the first
// year before the charter is not in the ledger: its lack is asserted of no such
// year.
func (s *State) jointDuties(today string) []Duty {
	var list []Duty
	for _, y := range s.jointYears(today) {
		rule := &s.Pack.Joint
		a, b := s.JointCount(y)
		b -= s.idle(y, today)
		d := Duty{Code: "joint", Draw: num(y), Clause: rule.Clause, Due: num(y) + "-12-31", Count: rule.MinPerYear, Open: max(0, rule.MinPerYear-a-b), Sure: true}
		if d.Open == 0 || today < rule.warnsFrom(y) {
			continue
		}
		if s.Charters[0].Time[:10] <= num(y)+"-01-01" {
			d.Late = s.late(d.Due, "", today)
		}
		list = append(list, d)
	}
	return list
}

// JointFindings says of each year whose joint checks are fewer than demanded:
// a warning from the pack's month on, overdue after 31 December.
func (s *State) JointFindings(today string) []Finding {
	var list []Finding
	for _, d := range s.jointDuties(today) {
		f := Finding{Code: "rules.joint-few", Severity: Warning, Clause: d.Clause, Entry: -1, Place: d.Draw, Got: num(d.Count - d.Open), Want: num(d.Count)}
		if d.Late > 0 {
			f.Severity = Overdue
		} else if today > d.Due {
			f.Severity = Note // the charter's own year
		}
		list = append(list, f)
	}
	return list
}

// jointPlan: a yearly plan of joint checks that covers the checklist (Y-24
// 按照抽查事项全覆盖的要求，制定年度跨部门抽查计划).
func (j *judge) jointPlan(b *record.Plan) {
	rule := &j.s.Pack.Joint
	if rule.PlanBy != "" && !slices.ContainsFunc(b.Lines, func(l record.PlanLine) bool { return l.Joint != "" }) {
		j.add(Warning, "rules.no-joint-line", rule.PlanBy, num(b.Year), "", "")
	}
	j.covered(j.s.Plan(b.Year))
}

// covered: every item of the checklist stands in a line of the year's plan.
func (j *judge) covered(plan *At[record.Plan]) {
	rule := &j.s.Pack.Joint
	if list := j.s.Uncovered(plan); len(list) > 0 {
		j.add(Warning, "rules.item-uncovered", rule.CoverageBy, num(plan.Body.Year), strings.Join(list[:min(len(list), 20)], "、"), num(len(list)))
	}
}

// Uncovered lists the numbers of the checklist's items that stand in no line of
// the plan that the pack looks at: all lines, or the joint ones.
func (s *State) Uncovered(plan *At[record.Plan]) []string {
	rule, c := &s.Pack.Joint, s.Checklist()
	if plan == nil || c == nil || rule.Coverage == "" || rule.Coverage == "none" {
		return nil
	}
	var list []string
	for _, it := range c.Body.Items {
		in := slices.ContainsFunc(plan.Body.Lines, func(l record.PlanLine) bool {
			return (rule.Coverage == "all" || l.Joint != "") && slices.Contains(l.Items, it.No)
		})
		if !in {
			list = append(list, it.No)
		}
	}
	return list
}

// idle counts the joined checks of a year of which not one result stood in the
// ledger when all were due: a list that nobody acted on is no joint check.
func (s *State) idle(year int64, today string) int {
	n := 0
	for _, t := range s.Joined {
		if t.Year() != year || len(t.Results) > 0 {
			continue
		}
		if due, _, sure := s.ResultDue(t.asLot(), t.Body.To); sure && today > due {
			n++
		}
	}
	return n
}
