package rules

import (
	"bytes"
	_ "embed" // calendar.json
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
)

// Calendar knows the working days (工作日) of mainland China between two days:
// Monday to Friday without the announced days off, and the announced make-up
// days (调休上班). Beyond its last day nothing has been announced; there its
// methods answer ok = false with what plain Mondays to Fridays would give, and
// the caller marks the answer provisional (requirements A17).
//
// Sources are the yearly notices of the General Office of the State Council,
// named in calendar.json.
type Calendar struct {
	from, to int   // first and last known day, in days since 1970-01-01
	work     []int // work[i] counts the working days in [from, from+i)
}

//go:embed calendar.json
var calendarJSON []byte

// Workdays is the calendar that the program carries, 2019 to 2026.
func Workdays() *Calendar { return carried() }

var carried = sync.OnceValue(func() *Calendar {
	c, err := parseCalendar(calendarJSON)
	if err != nil {
		panic("rules: calendar.json: " + err.Error())
	}
	return c
})

// calendarFile is the form of calendar.json. Workdays and ByMonth are totals
// that the days must add up to.
type calendarFile struct {
	Schema   int            `json:"schema"`
	Calendar string         `json:"calendar"`
	Source   string         `json:"source"`
	From     string         `json:"from"`
	To       string         `json:"to"`
	Years    []calendarYear `json:"years"`
}

type calendarYear struct {
	Year     int      `json:"year"`
	Workdays int      `json:"workdays"`
	ByMonth  []int    `json:"workdays_by_month"`
	Notices  []string `json:"notices"`
	Off      []string `json:"off"`
	MakeUp   []string `json:"make_up"`
}

func parseCalendar(data []byte) (*Calendar, error) {
	var f calendarFile
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fault.Wrap("rules.bad-calendar", "", err)
	}
	if f.Schema != 1 || f.Calendar != "CN" {
		return nil, fault.New("rules.bad-calendar", "schema", strconv.Itoa(f.Schema)+" "+f.Calendar, "1 CN")
	}
	var off, makeUp []string
	for _, y := range f.Years {
		off, makeUp = append(off, y.Off...), append(makeUp, y.MakeUp...)
	}
	c, err := newCalendar(f.From, f.To, off, makeUp, nil)
	if err != nil {
		return nil, err
	}
	for _, y := range f.Years {
		if err := c.checkTotals(y); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// checkTotals compares a year with the totals that its file states.
func (c *Calendar) checkTotals(y calendarYear) error {
	place := strconv.Itoa(y.Year)
	sum := 0
	for m := range 12 {
		from := time.Date(y.Year, time.Month(m+1), 1, 0, 0, 0, 0, time.UTC)
		first, next := unixDay(from), unixDay(from.AddDate(0, 1, 0))
		if first < c.from || next-1 > c.to || len(y.ByMonth) != 12 {
			return fault.New("rules.bad-calendar", place, strconv.Itoa(len(y.ByMonth))+" months", "12 months within the calendar")
		}
		n := c.work[next-c.from] - c.work[first-c.from]
		if n != y.ByMonth[m] {
			return fault.New("rules.bad-calendar", place+"-"+strconv.Itoa(m+1), strconv.Itoa(n), strconv.Itoa(y.ByMonth[m]))
		}
		sum += n
	}
	if sum != y.Workdays {
		return fault.New("rules.bad-calendar", place, strconv.Itoa(sum), strconv.Itoa(y.Workdays))
	}
	return nil
}

// newCalendar builds the calendar from days off and make-up days; base, if
// not nil, answers for the days that neither names.
func newCalendar(from, to string, off, makeUp []string, base *Calendar) (*Calendar, error) {
	first, ok1 := parseDay(from)
	last, ok2 := parseDay(to)
	if !ok1 || !ok2 || last < first || last-first > 200*366 {
		return nil, fault.New("rules.bad-calendar", "from, to", from+" "+to, "two dates in order")
	}
	set := map[int]bool{}
	for i, list := range [][]string{off, makeUp} {
		for _, s := range list {
			day, ok := parseDay(s)
			if _, twice := set[day]; !ok || twice || day < first || day > last {
				return nil, fault.New("rules.bad-calendar", s, s, "a date of the calendar, once")
			}
			set[day] = i == 1
		}
	}
	c := &Calendar{from: first, to: last, work: make([]int, last-first+2)}
	for day := first; day <= last; day++ {
		on, named := set[day]
		if !named {
			on = weekday(day)
			if base != nil && day >= base.from && day <= base.to {
				on = base.on(day)
			}
		}
		c.work[day-first+1] = c.work[day-first]
		if on {
			c.work[day-first+1]++
		}
	}
	return c, nil
}

// First is the first day that the calendar knows, yyyy-mm-dd.
func (c *Calendar) First() string { return formatDay(c.from) }

// Last is the last day that the calendar knows, yyyy-mm-dd.
func (c *Calendar) Last() string { return formatDay(c.to) }

// until is the calendar as it was known up to the end of a year.
func (c *Calendar) until(year int64) (*Calendar, bool) {
	last, ok := parseDay(strconv.FormatInt(year, 10) + "-12-31")
	if !ok || last < c.from || last > c.to {
		return nil, false
	}
	return &Calendar{from: c.from, to: last, work: c.work[:last-c.from+2]}, true
}

// Extend returns a calendar that also knows what an office adds: the following
// years once they are announced (to is then their last day, otherwise it is
// empty), and days on which the office itself is closed or works although the
// notice says otherwise. A day may be named once.
func (c *Calendar) Extend(to string, off, makeUp []string) (*Calendar, error) {
	if to == "" {
		to = c.Last()
	}
	if last, ok := parseDay(to); !ok || last < c.to {
		return nil, fault.New("rules.bad-calendar", "to", to, "not before "+c.Last())
	}
	if to != c.Last() && to[5:] != "12-31" {
		return nil, fault.New("rules.bad-calendar", "to", to, "the end of a year: notices are given for whole years")
	}
	return newCalendar(formatDay(c.from), to, off, makeUp, c)
}

// Workday reports whether the date, yyyy-mm-dd, is a working day. It fails on
// a date outside the calendar.
func (c *Calendar) Workday(date string) (bool, error) {
	day, ok := parseDay(date)
	if !ok {
		return false, fault.New("rules.bad-date", "", date, "yyyy-mm-dd")
	}
	if day < c.from || day > c.to {
		return false, fault.New("rules.calendar-horizon", "", date, formatDay(c.from)+" … "+c.Last())
	}
	return c.on(day), nil
}

// Add returns the date of the n-th working day after date, which is not itself
// counted; with n = 0 the date itself. ok is false beyond the calendar; the
// date is empty if date is none or n is negative or over 10,000.
func (c *Calendar) Add(date string, n int) (due string, ok bool) {
	day, valid := parseDay(date)
	if !valid || n < 0 || n > 10000 {
		return "", false
	}
	ok = true
	for n > 0 {
		day++
		if day < c.from || day > c.to {
			ok = false
		}
		if c.on(day) {
			n--
		}
	}
	due = formatDay(day)
	if len(due) != len(date) {
		return "", false // past the year 9999
	}
	return due, ok
}

// Between counts the working days after date a up to and including date b; 0
// if b is not after a. ok is false if a date is none or days outside the
// calendar were counted, by the weekday alone.
func (c *Calendar) Between(a, b string) (n int, ok bool) {
	first, ok1 := parseDay(a)
	last, ok2 := parseDay(b)
	if !ok1 || !ok2 {
		return 0, false
	}
	if last <= first {
		return 0, true
	}
	first++
	n = weekdays(first, min(last, c.from-1)) + weekdays(max(first, c.to+1), last)
	if in, to := max(first, c.from), min(last, c.to); in <= to {
		n += c.work[to-c.from+1] - c.work[in-c.from]
	}
	return n, first >= c.from && last <= c.to
}

// weekdays counts Monday to Friday from day a to day b, both included: whole
// weeks at once, for a date of the year 1 is a date too.
func weekdays(a, b int) (n int) {
	if b < a {
		return 0
	}
	weeks := (b - a + 1) / 7
	for day := a + 7*weeks; day <= b; day++ {
		if weekday(day) {
			n++
		}
	}
	return n + 5*weeks
}

// on answers for every day; outside the calendar by the weekday alone.
func (c *Calendar) on(day int) bool {
	if day < c.from || day > c.to {
		return weekday(day)
	}
	return c.work[day-c.from+1] > c.work[day-c.from]
}

// weekday: day 0, 1970-01-01, was a Thursday.
func weekday(day int) bool {
	d := ((day % 7) + 7) % 7
	return d != 2 && d != 3
}

// parseDay reads a date in its one form; every result is held to dates, so it is
// done in whole numbers.
func parseDay(s string) (int, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	y, ok1 := digits(s[:4])
	m, ok2 := digits(s[5:7])
	d, ok3 := digits(s[8:])
	if !ok1 || !ok2 || !ok3 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return 0, false
	}
	return dayOf(y, m, d), true
}

func digits(s string) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

func daysIn(y, m int) int {
	switch {
	case m == 2 && (y%4 == 0 && y%100 != 0 || y%400 == 0):
		return 29
	case m == 2:
		return 28
	case m == 4 || m == 6 || m == 9 || m == 11:
		return 30
	}
	return 31
}

// dayOf counts from 1970-01-01, in years that begin with March and eras of 400
// years.
func dayOf(y, m, d int) int {
	if m <= 2 {
		y--
	}
	era := (y+400)/400 - 1 // y is not below -1
	of := y - era*400
	month := (m + 9) % 12
	return era*146097 + of*365 + of/4 - of/100 + (153*month+2)/5 + d - 1 - 719468
}

func unixDay(t time.Time) int {
	return int(t.Unix() / 86400) // exact: t is a UTC midnight
}

func formatDay(day int) string {
	if at := day - shownFrom; at >= 0 && at < shownDays {
		return shown()[at]
	}
	return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly)
}

// Days are shown again and again: those of 2010 to 2039 are written once.
const (
	shownFrom = 14610
	shownDays = 10957
)

var shown = sync.OnceValue(func() []string {
	list := make([]string, shownDays)
	for i := range list {
		list[i] = time.Unix(int64(shownFrom+i)*86400, 0).UTC().Format(time.DateOnly)
	}
	return list
})
