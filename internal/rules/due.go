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
func (p *Pack) NoticeDue(when, to string) record.Due { return p.noticeDue(Workdays(), when, to) }

// wasProvisional reports whether a program that knew fewer years would have
// given the notice its due dates. Notices outlive the calendar of their day:
// what was provisional then is not wrong when the next year is announced.
func (p *Pack) wasProvisional(b *record.Notice) bool {
	cal := Workdays()
	for year := yearOf(b.When()) - 1; year < yearOf(cal.Last()); year++ {
		if known, ok := cal.until(year); ok && p.noticeDue(known, b.When(), b.To) == b.Due {
			return true
		}
	}
	return false
}

func (p *Pack) noticeDue(cal *Calendar, when, to string) record.Due {
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

// ResultDue is when a result must be public: the legal date and, where another
// reading is stricter, that one too. Sure is false beyond the known calendar:
// then no lateness is asserted (requirements A17).
func (p *Pack) ResultDue(l *Lot, ended string) (legal, strict string, sure bool) {
	start := ended
	if p.Publish.Start == "task_end" {
		start = l.Body.To
	}
	legal, sure = Workdays().Add(start, p.Publish.Days)
	if p.Publish.TaskEnd && l.Body.To < legal {
		legal = l.Body.To
	}
	strict = legal
	if p.Publish.Strict == "inspection_end" {
		if d, ok := Workdays().Add(ended, p.Publish.Days); ok && d < legal {
			strict = d
		}
	}
	return legal, strict, sure
}

// Duty is one thing that is due or was done: for status, front page, report.
type Duty struct {
	Code   string `json:"code"` // dispatch, result, open-names, open-k, file-plan, run
	Draw   string `json:"draw,omitempty"`
	Clause string `json:"clause,omitempty"`
	Due    string `json:"due"`
	Done   string `json:"done,omitempty"` // date of the last part
	Count  int    `json:"count,omitempty"`
	Open   int    `json:"open,omitempty"` // how many of Count are not done
	Late   int    `json:"late,omitempty"` // working days late, by today or by Done
	Sure   bool   `json:"sure"`
}

// Duties lists what the draws of the ledger demand, as of a day (yyyy-mm-dd),
// in order of the due date.
func (s *State) Duties(today string) []Duty {
	var list []Duty
	for _, l := range s.Lots {
		if l.Failed || l.Abort != nil {
			continue
		}
		list = append(list, s.lotDuties(l, today)...)
	}
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
	sure := !due.Provisional
	if l.Draw == nil {
		return []Duty{{Code: "run", Draw: b.Draw, Clause: p.Draw.Before, Due: b.When()[:10], Count: 1, Open: 1, Sure: true,
			Late: lateDays(b.When()[:10], "", today)}}
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
	open := Duty{Code: "open-k", Draw: b.Draw, Due: due.K, Count: 1, Open: 1, Sure: sure}
	for _, o := range l.Opened {
		if o.Body.K {
			open.Open, open.Done = 0, o.Time[:10]
		}
	}
	list := []Duty{send, results, open}
	for i := range list {
		d := &list[i]
		done := d.Done
		if d.Open > 0 {
			done = ""
		}
		if d.Sure {
			d.Late = lateDays(d.Due, done, today)
		}
	}
	return list
}

// lateDays counts the working days after due up to done, or up to today while
// it is not done; 0 if in time. What is late on a day off is late by one; where
// the calendar ends before the day, the count is the least that is sure.
func lateDays(due, done, today string) int {
	end := done
	if end == "" {
		end = today
	}
	if end <= due {
		return 0
	}
	cal := Workdays()
	n, ok := cal.Between(due, min(end, cal.Last()))
	if !ok {
		n = 0 // due itself lies beyond the calendar; the caller asserts only what is sure
	}
	return max(n, 1)
}

// Published is the date on which the result was public: the platform's, which
// the law counts, or the entry's claimed one where none is filled in.
func (f *Finished) Published() string {
	if f.Body.Published != "" {
		return f.Body.Published
	}
	return f.Time[:10]
}

// Late is how many working days after its legal date the result was public, 0
// if in time or where the calendar does not reach.
func (s *State) Late(f *Finished) int {
	if f.Lot == nil {
		return 0
	}
	legal, _, sure := f.Lot.Pack.ResultDue(f.Lot, f.Ended())
	if !sure {
		return 0
	}
	return lateDays(legal, f.Published(), f.Published())
}
