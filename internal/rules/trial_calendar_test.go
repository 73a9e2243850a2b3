package rules_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// year2027 is an invented arrangement of a year that the program does not
// carry.
func year2027() *record.Calendar {
	return &record.Calendar{Kind: "year", Title: "演示放假安排", Number: "演示〔2026〕9号", Year: 2027,
		Off: []string{"2027-01-01", "2027-02-05", "2027-02-08", "2027-02-09", "2027-02-10", "2027-02-11", "2027-04-05", "2027-05-03", "2027-05-04",
			"2027-06-09", "2027-09-15", "2027-10-01", "2027-10-04", "2027-10-05", "2027-10-06", "2027-10-07"},
		MakeUp: []string{"2027-02-14", "2027-10-09"}}
}

func off(days ...string) func(*step) {
	return as(func(b *record.Calendar) { b.Off = days })
}

// july is n working days of July and August 2023 from the 3rd on.
func july(n int) []string {
	var days []string
	for day := time.Date(2023, 7, 3, 0, 0, 0, 0, time.UTC); len(days) < n; day = day.AddDate(0, 0, 1) {
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday {
			days = append(days, day.Format(time.DateOnly))
		}
	}
	return days
}

// later moves a step to another time.
func later(at string) func(*step) { return func(s *step) { s.At = at } }

// second puts another entry of the same kind after the closure and the year of
// the book.
func second(at string, change func(*record.Calendar)) func(*step) {
	return func(s *step) {
		body := clone(s.Body).(*record.Calendar)
		s.State.Apply(s.input())
		change(body)
		s.Body, s.At = body, at
	}
}

var calendars = []trial{
	{name: "neither", step: "closure", code: "rules.calendar-kind", bad: as(func(b *record.Calendar) { b.Kind = "holiday" })},
	{name: "no ground", step: "closure", code: "rules.calendar-kind", bad: as(func(b *record.Calendar) { b.Ground = "" })},
	{name: "a closure makes up nothing", step: "closure", code: "rules.calendar-kind", bad: as(func(b *record.Calendar) { b.MakeUp = []string{"2023-07-22"} })},
	{name: "a closure of no year", step: "closure", code: "rules.calendar-kind", bad: as(func(b *record.Calendar) { b.Year = 2023 })},
	{name: "an arrangement without number", step: "year", code: "rules.calendar-kind", bad: as(func(b *record.Calendar) { b.Number = "" })},
	{name: "an arrangement with a ground", step: "year", code: "rules.calendar-kind", bad: as(func(b *record.Calendar) { b.Ground = "洪涝" })},
	{name: "yesterday", step: "closure", code: "rules.closed-afterwards", bad: off("2023-06-20", "2023-07-20"), good: off("2023-06-21", "2023-07-20")},
	{name: "the entry claims an earlier day than stands before it", step: "closure", code: "rules.closed-afterwards", also: []string{"rules.date-order"},
		bad: both(later("2023-06-15T09:00:00+08:00"), off("2023-06-19"))},
	{name: "the day before a round that is known", step: "closure", code: "rules.closed-afterwards", also: []string{"rules.clock-back"},
		bad: func(s *step) { s.Beacon = &record.Beacon{Chain: quicknet.Hash, Round: 1009, Signature: rounds()[1009]} }},
	{name: "61 days ahead", step: "closure", code: "rules.calendar-days", bad: off("2023-08-21"), good: off("2023-08-20")},
	{name: "a day twice", step: "closure", code: "rules.calendar-days", bad: off("2023-07-20", "2023-07-20")},
	{name: "not in order", step: "closure", code: "rules.calendar-days", bad: off("2023-07-20", "2023-07-19"), good: off("2023-07-19", "2023-07-20")},
	{name: "closed already", step: "closure", code: "rules.calendar-days", bad: second("2023-06-21T11:00:00+08:00", func(*record.Calendar) {}),
		good: second("2023-06-21T11:00:00+08:00", func(b *record.Calendar) { b.Off = []string{"2023-06-26"} })},
	{name: "21 days of a year", step: "closure", code: "rules.closed-too-many", bad: off(july(21)...), good: off(july(20)...)},
	{name: "19 more", step: "closure", code: "rules.closed-too-many", bad: second("2023-06-21T11:00:00+08:00", func(b *record.Calendar) { b.Off = days("2023-07-21", 19) }),
		good: second("2023-06-21T11:00:00+08:00", func(b *record.Calendar) { b.Off = days("2023-07-21", 18) })},
	{name: "another year's day", step: "year", code: "rules.calendar-days", bad: as(func(b *record.Calendar) { b.Off[0] = "2026-12-31" })},
	{name: "off and made up", step: "year", code: "rules.calendar-days", bad: as(func(b *record.Calendar) { b.MakeUp[1] = b.Off[15] })},
	{name: "a year of holidays", step: "year", code: "rules.calendar-year", bad: as(func(b *record.Calendar) { b.Off = append(b.Off, days("2027-11-01", 8)...) }),
		good: as(func(b *record.Calendar) { b.Off = append(b.Off, days("2027-11-01", 5)...) })},
	{name: "a year without", step: "year", code: "rules.calendar-year", bad: as(func(b *record.Calendar) { b.Off = b.Off[:6] }), good: as(func(b *record.Calendar) { b.Off = b.Off[:9] })},
	{name: "a day that is over", step: "year", code: "rules.calendar-past", bad: second("2027-05-05T09:00:00+08:00", func(b *record.Calendar) { b.Off[7], b.Off[8] = "2027-04-30", "2027-05-03" }),
		good: second("2027-05-04T09:00:00+08:00", func(b *record.Calendar) { b.Off[8] = "2027-05-05" })},
	{name: "a year that the program carries", step: "year", code: "rules.calendar-differs", sev: rules.Warning, bad: as(func(b *record.Calendar) {
		b.Year, b.MakeUp = 2026, nil
		b.Off = days("2026-01-05", 15)
	})},
}

// days are n working days of a calendar without holidays, from a day on.
func days(from string, n int) []string {
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		panic(err)
	}
	var list []string
	for ; len(list) < n; day = day.AddDate(0, 0, 1) {
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday {
			list = append(list, day.Format(time.DateOnly))
		}
	}
	return list
}

// TestCalendarInForce: closures put deadlines off and the national date stands
// beside; an added year makes what was provisional sure; a gap waits.
func TestCalendarInForce(t *testing.T) {
	b := open("gaoqing", 30, 6)
	s := b.state
	if on, err := s.Workdays().Workday("2023-07-20"); on || err != nil {
		t.Errorf("the office works on a day on which it is closed: %v %v", on, err)
	}
	if on, err := s.National().Workday("2023-07-20"); !on || err != nil {
		t.Errorf("the nation does not: %v %v", on, err)
	}
	for n, want := range map[int]string{1: "2023-07-21", 20: "2023-08-17"} {
		if due, ok := s.Workdays().Add("2023-07-19", n); due != want || !ok {
			t.Errorf("%d working days after 07-19: %s %v, want %s", n, due, ok, want)
		}
	}
	if due, ok := s.Workdays().Add("2026-12-31", 7); due != "2027-01-12" || !ok {
		t.Errorf("7 working days into the added year: %s %v", due, ok)
	}
	if on, _ := s.Workdays().Workday("2027-02-14"); !on {
		t.Error("the make-up Sunday is none")
	}
	year := year2027()
	year.Year, year.Off, year.MakeUp = 2029, days("2029-01-01", 15), nil
	if found := codes(b.say("year 2029", "2023-06-22T09:00:00+08:00", year, nil)); found["rules.calendar-added"] != rules.Note {
		t.Errorf("an added year is not said to be: %v", found)
	}
	if last := s.Workdays().Last(); last != "2027-12-31" {
		t.Errorf("2029 counts without 2028: %s", last)
	}
	year = clone(year).(*record.Calendar)
	year.Year, year.Off = 2028, days("2028-01-03", 15)
	b.say("year 2028", "2023-06-22T10:00:00+08:00", year, nil)
	if last := s.Workdays().Last(); last != "2029-12-31" {
		t.Errorf("not both years: %s", last)
	}
}

// TestClosurePutsOff: a result in time only because the office was closed says
// so, with the date of the nation; one more day is late by both.
func TestClosurePutsOff(t *testing.T) {
	for _, c := range []struct {
		published, code string
		sev             rules.Severity
	}{{"2023-11-01", "", ""}, {"2023-11-02", "rules.closure-used", rules.Note}, {"2023-11-03", "rules.closure-used", rules.Note}, {"2023-11-06", "rules.late-result", rules.Overdue}} {
		b := gaoqing()
		s := b.before("result")
		closing := step{At: "2023-09-18T09:00:00+08:00", Origin: origin, Signers: []string{signer},
			Body: &record.Calendar{Kind: "closure", Title: "通知", Ground: "洪涝", Off: []string{"2023-10-30", "2023-10-31"}}}
		if found := codes(s.Apply(closing.input())); found["rules.office-closed"] != rules.Note {
			t.Fatalf("the closure: %v", found)
		}
		r := b.copyOf("result")
		body := r.Body.(*record.Result)
		body.Published, r.At, body.Late = c.published, c.published+"T09:00:00+08:00", "演示"
		found := codes(s.Apply(r.input()))
		if found[c.code] != c.sev || c.code == "" && (found["rules.late-result"] != "" || found["rules.closure-used"] != "") {
			t.Errorf("public on %s: %v, want %s", c.published, found, c.code)
		}
		f := s.Results[0]
		legal, _, _ := s.ResultDue(f.Lot, f.Ended())
		if nation := s.NationalDue(f.Lot, f.Ended()); legal != "2023-11-03" || nation != "2023-11-01" {
			t.Fatalf("due %s, of the nation %s", legal, nation)
		}
		for _, d := range s.Duties("2023-11-10") {
			if d.Code == "result" && d.Draw == f.Lot.Body.Draw && (d.Due != legal || d.National != "2023-11-01") {
				t.Errorf("the duty: %s %s", d.Due, d.National)
			}
			if d.Code == "open-k" && d.Draw == f.Lot.Body.Draw && d.Due != f.Lot.Body.Due.K {
				t.Errorf("K was put off to %s", d.Due)
			}
		}
	}
}

// TestProvisionalBecomesSure: the notice of an office at the end of 2026 keeps
// its promise, and an added year gives it sure dates.
func TestProvisionalBecomesSure(t *testing.T) {
	b := open("gaoqing", 3, 3)
	s := b.before("year")
	p := b.pack
	if d := p.NoticeDue(s.Workdays(), "2026-12-01T09:00:00+08:00", "2026-12-31"); !d.Provisional {
		t.Fatal("2027 is known already")
	}
	if d := p.NoticeDue(b.state.Workdays(), "2026-12-01T09:00:00+08:00", "2026-12-31"); d.Provisional || d.Results != "2027-01-29" {
		t.Error(fmt.Sprint(d))
	}
}
