package rules

import (
	"slices"

	"github.com/sunlot/sunlot/internal/record"
)

// officeCloses is the hour, Beijing time, from which a step "at once" falls on
// the next working day.
const officeCloses = "17:00:00"

// NoticeDue computes the dates of the later steps of a draw from the round's
// time (form time) and the end of its task. Dispatch is due on the working day
// of the draw, or the next one if the round falls in the evening or on a day
// off (Y-16, G-7.2b: 即 [reading]); K opens when the last result is due.
func (p *Pack) NoticeDue(cal *Calendar, when, to string) record.Due {
	day := when[:10]
	d := record.Due{Dispatch: day}
	if on, err := cal.Workday(day); err != nil {
		d.Provisional = true
	} else if !on || when[11:19] >= officeCloses {
		next, ok := cal.Add(day, 1)
		d.Dispatch, d.Provisional = next, !ok
	}
	results, ok := to, true
	if !p.Publish.TaskEnd {
		results, ok = cal.Add(to, p.Publish.Days)
	}
	d.Results, d.K = results, results
	d.Provisional = d.Provisional || !ok
	return d
}

// wasProvisional reports whether a program that knew fewer years would have
// given the notice its due dates. Notices outlive the calendar of their day:
// what was provisional then is not wrong when the next year is announced.
func (p *Pack) wasProvisional(cal *Calendar, b *record.Notice) bool {
	for year := yearOf(b.When()) - 1; year < yearOf(cal.Last()); year++ {
		if known, ok := cal.until(year); ok && p.NoticeDue(known, b.When(), b.To) == b.Due {
			return true
		}
	}
	return false
}

// ResultDue is when a result must be public: the legal date and, where another
// reading is stricter, that one too. Sure is false beyond the calendar in force:
// then no lateness is asserted (requirements A17).
func (s *State) ResultDue(l *Lot, ended string) (legal, strict string, sure bool) {
	return l.Pack.resultDue(s.Workdays(), l, ended)
}

// NationalDue is the legal date by the national arrangement alone, "" where the
// days on which the office was closed made no difference. It is shown beside
// the date in force: what the office itself put off stays visible.
func (s *State) NationalDue(l *Lot, ended string) string {
	legal, _, _ := s.ResultDue(l, ended)
	if nation, _, ok := l.Pack.resultDue(s.National(), l, ended); ok && nation != legal {
		return nation
	}
	return ""
}

func (p *Pack) resultDue(cal *Calendar, l *Lot, ended string) (legal, strict string, sure bool) {
	start := ended
	if p.Publish.Start == "task_end" {
		start = l.Ends()
	}
	legal, sure = cal.Add(start, p.Publish.Days)
	if end := l.Ends(); p.Publish.TaskEnd && end < legal {
		legal = end
	}
	strict = legal
	if p.Publish.Strict == "inspection_end" {
		days := p.Publish.Days
		if on, err := cal.Workday(ended); p.Publish.First && err == nil && on {
			days-- // 自…之日起: the day itself is the first
		}
		if d, ok := cal.Add(ended, days); ok && d < legal {
			strict = d
		}
	}
	return legal, strict, sure
}

// Duty is one thing that is due or was done: for status, front page, report.
type Duty struct {
	Code   string `json:"code"` // dispatch, result, follow-up, feedback, open-names, open-k, open-ki, file-plan, run, review, joint
	Draw   string `json:"draw,omitempty"`
	Entry  int64  `json:"entry,omitempty"` // that demands it, where it is no draw's; of a follow-up the result that is due first
	Clause string `json:"clause,omitempty"`
	Due    string `json:"due"`
	Done   string `json:"done,omitempty"` // date of the last part
	Count  int    `json:"count,omitempty"`
	Open   int    `json:"open,omitempty"` // how many of Count are not done
	Late   int    `json:"late,omitempty"` // working days late, by today or by Done
	Sure   bool   `json:"sure"`
	// National is Due by the national arrangement alone, where the office's own
	// closures have put it off.
	National string `json:"national,omitempty"`
}

// Place names what demands it: the draw, or the entry where it is that one's
// alone (a duty to follow up sums up a draw's, a lot about a team is the draw's).
func (d *Duty) Place() string {
	summed := d.Code == "follow-up" || d.Code == "feedback" || d.Code == "refill"
	switch {
	case summed && d.Draw == "":
		return "第 " + num(d.Entry) + " 条记录"
	case !summed && d.Entry > 0:
		return num(d.Entry)
	}
	return d.Draw
}

// Duties lists what the draws of the ledger demand, as of a day (yyyy-mm-dd),
// in order of the due date.
func (s *State) Duties(today string) []Duty {
	var list []Duty
	for _, l := range s.Lots {
		switch {
		case l.Failed && !l.Gone:
		case l.Abort != nil || l.Gone:
			list = append(list, s.openKeys(l, today)...) // due whatever became of the draw (draw1 §3)
			if l.Hidden() && (l.Castable() || l.KILost() != nil) {
				list = append(list, s.runDuty(l, today))
			}
		default:
			list = append(append(list, s.lotDuties(l, today)...), s.laterDuties(l, today)...)
			list = append(list, s.requestDuties(l, today)...)
		}
	}
	list = append(list, s.resultDuties(today)...)
	for _, pl := range s.Plans {
		if s.Pack.Plan.FileWith == "" || s.Plan(pl.Body.Year).Index != pl.Index {
			continue
		}
		d := Duty{Code: "file-plan", Clause: s.Pack.Plan.Filing, Draw: num(pl.Body.Year), Count: 1, Open: 1, Sure: true}
		for _, f := range s.Filings {
			if f.Body.Plan == pl.Index {
				d.Done, d.Open = f.Body.Date, 0
			}
		}
		list = append(list, d)
	}
	list = append(list, s.objectionDuties(today)...)
	for _, d := range s.jointDuties(today) {
		if today <= d.Due || d.Late > 0 { // nothing is left to be done about the charter's own year
			list = append(list, d)
		}
	}
	list = append(list, s.joinedDuties(today)...)
	slices.SortStableFunc(list, func(a, b Duty) int {
		if a.Due < b.Due {
			return -1
		}
		if a.Due > b.Due {
			return 1
		}
		return 0
	})
	return list
}

func (s *State) lotDuties(l *Lot, today string) []Duty {
	p, b, due := l.Pack, l.Body, l.Due
	sure := !due.Provisional && !l.Unjudged
	if !l.Drawn() {
		list := []Duty{s.runDuty(l, today)}
		if l.Late || sure && today > due.K || l.KOpened {
			list = append(list, s.openK(l, today)) // nobody waits for its results (draw1 §1), and what is never cast does not put it off
		}
		return list
	}
	send := Duty{Code: "dispatch", Draw: b.Draw, Clause: p.Draw.Dispatch, Due: due.Dispatch, Count: len(l.Objects), Sure: sure}
	results := Duty{Code: "result", Draw: b.Draw, Clause: p.Publish.Clause, Due: due.Results, Count: len(l.Objects), Sure: sure}
	for _, o := range l.Objects {
		if o.Dispatch == 0 {
			send.Open++
		}
		if o.Result == nil {
			results.Open++
		} else {
			results.Done = max(results.Done, o.Result.Published())
		}
	}
	for _, d := range l.Sent {
		send.Done = max(send.Done, d.Body.Date)
	}
	nation := p.NoticeDue(s.National(), b.When(), l.Ends())
	send.National, results.National = unlike(nation.Dispatch, send.Due), unlike(nation.Results, results.Due)
	list := []Duty{send, results}
	for i := range list {
		d := &list[i]
		done := d.Done
		if d.Open > 0 {
			done = ""
		}
		if d.Sure {
			d.Late = s.late(d.Due, done, today)
		}
	}
	return append(list, s.openKeys(l, today)...)
}

// openKeys are the openings of a draw's K and, where certificate numbers are
// public, KI.
func (s *State) openKeys(l *Lot, today string) []Duty {
	list := []Duty{s.openK(l, today)}
	if l.Certificates {
		d := Duty{Code: "open-ki", Draw: l.Body.Draw, Due: l.Due.K, Count: 1, Open: 1, Sure: !l.Due.Provisional}
		for _, o := range l.Opened {
			if o.Body.KI {
				d.Open, d.Done = 0, o.Time[:10]
			}
		}
		if d.Sure {
			d.Late = s.late(d.Due, d.Done, today)
		}
		list = append(list, d)
	}
	return list
}

// runDuty is the casting of a draw.
func (s *State) runDuty(l *Lot, today string) Duty {
	day := s.runDay(l.Body.Randomness, l.Body.When())
	return Duty{Code: "run", Draw: l.Body.Draw, Clause: l.Pack.Draw.Before, Due: day, Count: 1, Open: 1, Sure: true, Late: s.late(day, "", today)}
}

// runDay is the day of a cast: that of the value, and of a lottery, whose numbers
// come in the evening, the working day after.
func (s *State) runDay(r *record.Randomness, when string) string {
	if r != nil && r.Kind == byLottery {
		if next, ok := s.Workdays().Add(r.Last()[:10], 1); ok {
			return next
		}
	}
	return when[:10]
}

// openK is the opening of a draw's K.
func (s *State) openK(l *Lot, today string) Duty {
	d := Duty{Code: "open-k", Draw: l.Body.Draw, Due: l.Due.K, Count: 1, Open: 1, Sure: !l.Due.Provisional}
	for _, o := range l.Opened {
		if o.Body.K {
			d.Open, d.Done = 0, o.Time[:10]
		}
	}
	if d.Sure {
		d.Late = s.late(d.Due, d.Done, today)
	}
	return d
}

// unlike is a, "" where it is b.
func unlike(a, b string) string {
	if a == b {
		return ""
	}
	return a
}

// late counts the working days after due up to done, or up to today while
// it is not done; 0 if in time. What is late on a day off is late by one; where
// the calendar ends before the day, the count is the least that is sure.
func (s *State) late(due, done, today string) int {
	end := done
	if end == "" {
		end = today
	}
	if end <= due {
		return 0
	}
	cal := s.Workdays()
	n, ok := cal.Between(due, min(end, cal.Last()))
	if !ok {
		n = 0 // due itself lies beyond the calendar; the caller asserts only what is sure
	}
	return max(n, 1)
}
