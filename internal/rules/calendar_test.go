package rules

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
)

func TestWorkdayVectors(t *testing.T) {
	files, err := filepath.Glob("../../spec/vectors/workdays/*.json")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d vectors (%v)", len(files), err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := RunWorkdayVector(data); err != nil {
			t.Errorf("%s: %v", filepath.Base(f), err)
		}
	}
}

func TestWorkdayVectorRefuses(t *testing.T) {
	for _, text := range []string{
		`{"desc":"wrong date","start":"2023-09-25","days":7,"expect":"2023-10-09"}`,
		`{"desc":"wrong count","after":"2024-02-08","through":"2024-02-23","expect":8}`,
		`{"desc":"error expected, none came","start":"2023-09-25","days":7,"error":"calendar-horizon"}`,
		`{"desc":"none expected, one came","start":"2026-12-31","days":7,"expect":"2027-01-12"}`,
		`{"desc":"another error","date":"2027-01-04","error":"bad-date"}`,
		`{"desc":"two questions","date":"2023-06-08","start":"2023-06-08","days":1,"expect":true}`,
		`{"desc":"no question","expect":true}`,
		`{"desc":"nothing expected","date":"2023-06-08"}`,
		`{"desc":"unknown member","date":"2023-06-08","expect":true,"note":""}`,
		`{"desc":"two values","date":"2023-06-08","expect":true} {}`,
		`[]`, ``,
	} {
		if err := RunWorkdayVector([]byte(text)); err == nil {
			t.Errorf("passed: %s", text)
		}
	}
}

// slowOn answers from the file by searching its lists, without the calendar's
// own arithmetic.
func slowOn(t *testing.T) func(day time.Time) bool {
	t.Helper()
	var f calendarFile
	if err := json.Unmarshal(calendarJSON, &f); err != nil {
		t.Fatal(err)
	}
	off, makeUp := map[string]bool{}, map[string]bool{}
	for _, y := range f.Years {
		for _, s := range y.Off {
			off[s] = true
		}
		for _, s := range y.MakeUp {
			makeUp[s] = true
		}
	}
	return func(day time.Time) bool {
		s := day.Format(time.DateOnly)
		weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		return makeUp[s] || !weekend && !off[s]
	}
}

// TestCalendarDayByDay compares every day, and from every day deadlines of 0
// to 25 working days and the count back, with a walk over the lists.
func TestCalendarDayByDay(t *testing.T) {
	c, on := Workdays(), slowOn(t)
	end := time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	for day := time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC); !day.After(end); day = day.AddDate(0, 0, 1) {
		s := day.Format(time.DateOnly)
		if got, err := c.Workday(s); err != nil || got != on(day) {
			t.Fatalf("Workday(%s) = %v, %v", s, got, err)
		}
		due, known := day, true
		for n := 0; n <= 25; n++ {
			if n > 0 {
				for due = due.AddDate(0, 0, 1); !on(due); due = due.AddDate(0, 0, 1) {
				}
				known = known && !due.After(end)
			}
			want := due.Format(time.DateOnly)
			if got, ok := c.Add(s, n); ok != known || got != want {
				t.Fatalf("Add(%s, %d) = %s, %v; want %s, %v", s, n, got, ok, want, known)
			}
			if got, ok := c.Between(s, want); ok != known || got != n {
				t.Fatalf("Between(%s, %s) = %d, %v; want %d, %v", s, want, got, ok, n, known)
			}
			if !known {
				break
			}
		}
	}
}

// TestTotalsAreChecked: a file whose days do not add up to the totals that it
// states is refused, each day in turn.
func TestTotalsAreChecked(t *testing.T) {
	if _, err := parseCalendar(calendarJSON); err != nil {
		t.Fatal(err)
	}
	var f calendarFile
	if err := json.Unmarshal(calendarJSON, &f); err != nil {
		t.Fatal(err)
	}
	for y := range f.Years {
		changed := f
		changed.Years = append([]calendarYear{}, f.Years...)
		year := &changed.Years[y]
		year.MakeUp = year.MakeUp[1:] // one make-up day forgotten
		data, err := json.Marshal(changed)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseCalendar(data); fault.Code(err) != "rules.bad-calendar" {
			t.Errorf("%d: a forgotten make-up day was not noticed: %v", year.Year, err)
		}
	}
	text := string(calendarJSON)
	for old, new := range map[string]string{
		`"schema": 1`:          `"schema": 2`,
		`"calendar": "CN"`:     `"calendar": "HK"`,
		`"to": "2026-12-31"`:   `"to": "2025-12-31"`,
		`"from": "2019-01-01"`: `"from": "2019-1-1"`,
		`"workdays": 250`:      `"workdays": 251`,
		`"2019-04-05"`:         `"2019-04-31"`,
		`"2019-05-02"`:         `"2019-05-01"`,
		`"source": `:           `"sources": `,
		`[22, 17, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22]`: `[39, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22]`,
	} {
		changed := strings.Replace(text, old, new, 1)
		if changed == text {
			t.Fatalf("%s is not in the file", old)
		}
		if _, err := parseCalendar([]byte(changed)); fault.Code(err) != "rules.bad-calendar" {
			t.Errorf("%s for %s: %v", new, old, err)
		}
	}
}

func TestBeyondTheCalendar(t *testing.T) {
	c := Workdays()
	// A guess by weekdays, marked as such: a caller shows it as provisional.
	if due, ok := c.Add("2026-12-31", 7); ok || due != "2027-01-11" {
		t.Errorf("Add beyond the calendar = %s, %v", due, ok)
	}
	if n, ok := c.Between("2026-12-31", "2027-01-11"); ok || n != 7 {
		t.Errorf("Between beyond the calendar = %d, %v", n, ok)
	}
	for _, bad := range []struct {
		date string
		n    int
	}{{"", 1}, {"2023-02-30", 1}, {"2023-06-08", -1}, {"2023-06-08", 10001}, {"9999-12-31", 5}, {"20230608", 1}} {
		if due, ok := c.Add(bad.date, bad.n); ok || due != "" {
			t.Errorf("Add(%q, %d) = %q, %v", bad.date, bad.n, due, ok)
		}
	}
	if got := c.Last(); got != "2026-12-31" {
		t.Errorf("Last = %s", got)
	}
}

func TestExtend(t *testing.T) {
	base := Workdays()
	// A flood: the office is closed on a Wednesday and works the Saturday.
	c, err := base.Extend("", []string{"2024-07-17"}, []string{"2024-07-20"})
	if err != nil {
		t.Fatal(err)
	}
	for date, want := range map[string]bool{"2024-07-16": true, "2024-07-17": false, "2024-07-20": true, "2024-02-18": true, "2024-10-01": false} {
		if got, err := c.Workday(date); err != nil || got != want {
			t.Errorf("Workday(%s) = %v, %v", date, got, err)
		}
	}
	if got, err := base.Workday("2024-07-17"); err != nil || !got {
		t.Errorf("the calendar that was extended has changed: %v, %v", got, err)
	}
	if due, ok := c.Add("2024-07-15", 4); !ok || due != "2024-07-20" {
		t.Errorf("Add over the closure = %s, %v", due, ok)
	}
	// The next year, once announced.
	next, err := base.Extend("2027-12-31", []string{"2027-01-01"}, []string{"2027-01-03"})
	if err != nil {
		t.Fatal(err)
	}
	if due, ok := next.Add("2026-12-31", 7); !ok || due != "2027-01-11" {
		t.Errorf("Add into the new year = %s, %v", due, ok)
	}
	for _, bad := range []struct {
		to          string
		off, makeUp []string
	}{
		{to: "2026-12-30"}, {to: "2027-06-30"}, {to: "soon"}, {to: "2300-12-31"},
		{off: []string{"2027-01-01"}}, {off: []string{"2018-12-31"}}, {off: []string{"2024-02-30"}},
		{off: []string{"2024-07-17", "2024-07-17"}},
		{off: []string{"2024-07-17"}, makeUp: []string{"2024-07-17"}},
	} {
		if _, err := base.Extend(bad.to, bad.off, bad.makeUp); fault.Code(err) != "rules.bad-calendar" {
			t.Errorf("Extend(%q, %v, %v): %v", bad.to, bad.off, bad.makeUp, err)
		}
	}
}

// TestEveryDay: the dates of all years as package time has them, and nothing
// that is none.
func TestEveryDay(t *testing.T) {
	for day := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 10000; day = day.AddDate(0, 0, 1) {
		s := day.Format(time.DateOnly)
		if got, ok := parseDay(s); !ok || int64(got)*86400 != day.Unix() {
			t.Fatalf("%s is day %d, %v", s, got, ok)
		}
	}
	for _, bad := range []string{"", "2023-02-29", "1900-02-29", "2023-00-01", "2023-13-01", "2023-01-00", "2023-01-32", "2023-04-31", "2023-1-01", "2023/01/01", "+023-01-01", "2023-01-0１", "20230101", "2023-01-01T"} {
		if _, ok := parseDay(bad); ok {
			t.Errorf("%q is a date", bad)
		}
	}
}
