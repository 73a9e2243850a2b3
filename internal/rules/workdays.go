package rules

import (
	"slices"
	"strconv"

	"github.com/sunlot/sunlot/internal/record"
)

// closedAhead is how many days ahead a closure may be entered.
const closedAhead = 60

// A year that is announced has between leastWork and mostWork working days:
// 2019 to 2026 have 248 to 251.
const (
	leastWork = 240
	mostWork  = 256
)

// CalendarRule bounds what an office may add to the calendar: the most days of
// a calendar year on which it may call itself closed.
type CalendarRule struct {
	Closures int    `json:"closures" toml:"closures"`
	Clause   string `json:"clause" toml:"clause"`
}

// National is the calendar of the national arrangement: what the program
// carries, and the following years that the office has entered.
func (s *State) National() *Calendar {
	if s.national == nil {
		s.reckon()
	}
	return s.national
}

// Workdays is the calendar in force: National without the days on which the
// office was closed. Every deadline is counted by it.
func (s *State) Workdays() *Calendar {
	if s.working == nil {
		s.reckon()
	}
	return s.working
}

// reckon makes both calendars from what has been entered. A year that the
// program carries itself needs no entry and is not changed by one; a year
// after a gap waits until the gap is filled.
func (s *State) reckon() {
	national := Workdays()
	for {
		year := yearOf(national.Last()) + 1
		b := s.arranged(year)
		if b == nil {
			break
		}
		next, err := national.Extend(strconv.FormatInt(year, 10)+"-12-31", b.Off, b.MakeUp)
		if err != nil {
			break // the form was checked when it was entered: only a year out of reach
		}
		national = next
	}
	s.national, s.working = national, national
	closed := slices.DeleteFunc(s.Closed(), func(day string) bool { return day > national.Last() })
	if next, err := national.Extend("", closed, nil); err == nil {
		s.working = next
	}
}

// arranged is the office's latest entry of a year's arrangement, nil if none.
func (s *State) arranged(year int64) *record.Calendar {
	for i := len(s.Calendars) - 1; i >= 0; i-- {
		if b := s.Calendars[i].Body; b.Kind == "year" && b.Year == year {
			return b
		}
	}
	return nil
}

// Closed lists the days on which the office was closed by its own entries,
// ascending.
func (s *State) Closed() []string {
	var days []string
	for _, c := range s.Calendars {
		if c.Body.Kind == "closure" {
			days = append(days, c.Body.Off...)
		}
	}
	slices.Sort(days)
	return days
}

// calendar: the office's addition to the calendar (工作日补充, requirements §4).
// An office that could close its doors afterwards would never be late, so an
// entry speaks only of its own day and of later ones. Which day that is, the
// ledger says: a time earlier than what stands before it does not count.
func (j *judge) calendar(b *record.Calendar) {
	since := max(j.s.Clock[:10], record.Day(j.s.Proven))
	switch b.Kind {
	case "closure":
		j.closure(b, since)
	case "year":
		j.arrangement(b, since)
	default:
		j.breach("rules.calendar-kind", "", b.Title, b.Kind, "closure, year")
	}
	if j.sound() {
		j.s.Calendars = append(j.s.Calendars, at(j, b))
		j.s.reckon()
		j.s.postpone()
	}
}

// closure: days on which the office is shut. Bounded in number over a calendar
// year by the pack; each day once; its ground and document named.
func (j *judge) closure(b *record.Calendar, since string) {
	rule, closed := j.s.Pack.Calendar, j.s.Closed()
	if b.Year != 0 || len(b.MakeUp) > 0 || b.Ground == "" {
		j.breach("rules.calendar-kind", rule.Clause, b.Title, "", "")
	}
	j.ascending(b.Off, b.Title)
	first, _ := parseDay(since)
	latest, total := formatDay(first+closedAhead), map[string]int{}
	for _, day := range closed {
		total[day[:4]]++
	}
	for _, day := range b.Off {
		switch {
		case day < since:
			j.breach("rules.closed-afterwards", rule.Clause, b.Title, day, since)
		case day > latest, slices.Contains(closed, day):
			j.breach("rules.calendar-days", rule.Clause, b.Title, day, since+" … "+latest)
		}
		if total[day[:4]]++; total[day[:4]] == rule.Closures+1 {
			j.breach("rules.closed-too-many", rule.Clause, day, day[:4], strconv.Itoa(rule.Closures))
		}
	}
	if j.sound() {
		j.add(Note, "rules.office-closed", rule.Clause, b.Ground, strconv.Itoa(len(b.Off)), b.Title)
	}
}

// arrangement: a year's 放假安排. What is already over by the ledger cannot be
// arranged anew; a year that the program carries is its own witness.
func (j *judge) arrangement(b *record.Calendar, since string) {
	clause, year := j.s.Pack.Calendar.Clause, strconv.FormatInt(b.Year, 10)
	if b.Ground != "" || b.Number == "" || len(year) != 4 {
		j.breach("rules.calendar-kind", clause, b.Title, "", "")
		return
	}
	j.ascending(b.Off, b.Title)
	j.ascending(b.MakeUp, b.Title)
	for _, day := range slices.Concat(b.Off, b.MakeUp) {
		if day[:4] != year {
			j.breach("rules.calendar-days", clause, b.Title, day, year)
		}
	}
	if !j.sound() {
		return
	}
	own, err := newCalendar(year+"-01-01", year+"-12-31", b.Off, b.MakeUp, nil)
	if err != nil {
		j.breach("rules.calendar-days", clause, b.Title, year, "")
		return
	}
	if n := own.work[len(own.work)-1]; n < leastWork || n > mostWork {
		j.breach("rules.calendar-year", clause, year, strconv.Itoa(n), strconv.Itoa(leastWork)+"—"+strconv.Itoa(mostWork))
	}
	if before := j.s.arranged(b.Year); before != nil {
		j.sameUntil(since, own, before)
	}
	if !j.sound() {
		return
	}
	switch carried := Workdays(); {
	case year <= carried.Last()[:4]:
		if day := own.unlike(carried); day != "" {
			j.add(Warning, "rules.calendar-differs", clause, year, day, b.Title)
		}
	default:
		j.add(Note, "rules.calendar-added", clause, year, b.Title, b.Number)
	}
}

// sameUntil: a second entry about a year leaves the days that are over alone.
func (j *judge) sameUntil(since string, own *Calendar, before *record.Calendar) {
	year := strconv.FormatInt(before.Year, 10)
	old, err := newCalendar(year+"-01-01", year+"-12-31", before.Off, before.MakeUp, nil)
	if err != nil {
		return
	}
	if day := own.unlike(old); day != "" && day < since {
		j.breach("rules.calendar-past", j.s.Pack.Calendar.Clause, year, day, since)
	}
}

// unlike is the first day that c knows and other knows otherwise, "" if none.
func (c *Calendar) unlike(other *Calendar) string {
	for day := max(c.from, other.from); day <= min(c.to, other.to); day++ {
		if c.on(day) != other.on(day) {
			return formatDay(day)
		}
	}
	return ""
}

func (j *judge) ascending(days []string, title string) {
	for i := 1; i < len(days); i++ {
		if days[i] <= days[i-1] {
			j.breach("rules.calendar-days", j.s.Pack.Calendar.Clause, title, days[i], days[i-1])
		}
	}
}

// postpone gives the open draws the dates that the calendar in force makes of
// them. The day on which K opens was promised with the notice and stays, unless
// it was provisional.
func (s *State) postpone() {
	for _, l := range s.Lots {
		if l.Failed {
			continue
		}
		due := l.Pack.NoticeDue(s.Workdays(), l.Body.When(), l.Ends())
		if !l.Body.Due.Provisional {
			due.K, due.Provisional = l.Due.K, false // the notice's, or that of an extension
		}
		l.Due = due
	}
}
