package office_test

import (
	"testing"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/rules"
)

// TestGroupsByPlatform: a line with groups is announced where the platform
// casts, in any year; a group of nobody is told at the plan and at the notice,
// and a condition that alone changed is a change of its line.
func TestGroupsByPlatform(t *testing.T) {
	b := begin(t, "guard")
	grouped := func(filter string) []intake.PlanLine {
		lines := plan()
		for i := range lines {
			lines[i].From, lines[i].To = "2024-03-01", "2024-09-28"
		}
		lines[0].Groups = []intake.Group{{Name: "重点", Filter: filter, Ratio: "0.5"}}
		return lines
	}
	draft := func(filter string) *office.Draft {
		t.Helper()
		d, err := sheet(b.open().Plan(grouped(filter), office.Listing{Year: 2024}, ""))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	b.write("2024-03-01 10:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Checklist(items(), office.Listing{})) })
	b.write("2024-03-01 11:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Firms(firms(40), office.Listing{})) })
	b.write("2024-03-01 12:00:00", func(o *office.Office) (*office.Draft, error) {
		return sheet(o.Inspectors(inspectors(8), office.Listing{}))
	})
	b.now = "2024-03-01 13:00:00"
	if v := draft("风险为高风险").Review; len(v.Notices) != 0 || len(v.Groups) != 1 || v.Groups[0] != "A 第1组（重点）：风险为高风险，抽50%，名录库中 40 家" {
		t.Errorf("the register says 高: %v %v", v.Groups, v.Notices)
	}
	if v := draft("风险为较高").Review; len(v.Notices) != 1 || v.Notices[0].Code != "office.group-empty" || v.Notices[0].Want != "高" {
		t.Errorf("nobody: %+v", v.Notices)
	}
	b.write("2024-03-01 14:00:00", func(o *office.Office) (*office.Draft, error) {
		return sheet(o.Plan(grouped("风险为较高"), office.Listing{Year: 2024}, ""))
	})
	for filter, changed := range map[string]int{"风险为较高": 0, "风险为高": 1} {
		if d := draft(filter).Review.Before; d.Changed != changed {
			t.Errorf("%s: %d changed", filter, d.Changed)
		}
	}
	announced := func(o *office.Office) (*office.Draft, []intake.Problem) {
		t.Helper()
		d, a, err := o.Announce(rules.Task{Line: "A", Before: "2024-03-08T09:00:00+08:00"})
		if err != nil {
			t.Fatal(err)
		}
		if a.Notice.Casts != "platform" {
			t.Errorf("cast by %s", a.Notice.Casts)
		}
		return d, d.Review.Notices
	}
	b.now = "2024-03-06 10:00:00"
	if _, told := announced(b.open()); len(told) != 1 || told[0].Code != "office.group-unheld" || told[0].Got != "风险为较高" {
		t.Errorf("at the notice: %+v", told)
	}
	b.write("2024-03-06 11:00:00", func(o *office.Office) (*office.Draft, error) {
		return sheet(o.Plan(grouped("风险为高"), office.Listing{Year: 2024}, ""))
	})
	b.write("2024-03-06 12:00:00", func(o *office.Office) (*office.Draft, error) {
		d, told := announced(o)
		if len(told) > 0 {
			t.Errorf("a group of all: %+v", told)
		}
		return d, nil
	})
}
