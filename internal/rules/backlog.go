package rules

import (
	"slices"
	"strings"
)

// Backlog (未完成) is what one unit has still to do of one draw: for the office
// that coordinates and urges (Yanshi 15, 29; Gaoqing 4.2).
type Backlog struct {
	Unit   string `json:"unit"` // "": not dispatched, and the notice leaves it open who will
	Draw   string `json:"draw"` // or the joined task
	Name   string `json:"name"`
	Due    string `json:"due"`              // of the results
	Sure   bool   `json:"sure"`             // false: the calendar does not reach so far
	Unsent int    `json:"unsent,omitempty"` // drawn, not dispatched
	Open   int    `json:"open,omitempty"`   // dispatched, no result yet
	Late   int    `json:"late,omitempty"`   // working days past Due, of what is unsent or open
	Follow int    `json:"follow,omitempty"` // follow-ups that are not closed
}

// Backlogs lists what every unit has still to do as of a day, by unit, then by
// the day on which it is due.
func (s *State) Backlogs(today string) []Backlog {
	var all []Backlog
	for _, l := range s.Lots {
		if !l.Failed && l.Drawn() {
			all = append(all, s.backlog(l, today)...)
		}
	}
	for _, t := range s.Joined {
		b := Backlog{Unit: t.Body.Unit, Draw: t.Body.Task, Name: t.Body.Name}
		b.Due, _, b.Sure = s.ResultDue(t.asLot(), t.Body.To)
		for _, h := range t.Handles {
			if f := t.Results[h]; f == nil {
				b.Open++
			} else if open, _ := f.following(s.judgedBy(f)); open {
				b.Follow++
			}
		}
		if b.Sure && b.Open > 0 {
			b.Late = s.late(b.Due, "", today)
		}
		if b.Open+b.Follow > 0 {
			all = append(all, b)
		}
	}
	slices.SortStableFunc(all, func(a, b Backlog) int {
		if c := strings.Compare(a.Unit, b.Unit); c != 0 {
			return c
		}
		return strings.Compare(a.Due, b.Due)
	})
	return all
}

// backlog is what each unit has still to do of one draw. Of an aborted one only
// the follow-ups of what was inspected are left.
func (s *State) backlog(l *Lot, today string) []Backlog {
	units := map[string]*Backlog{}
	of := func(name string) *Backlog {
		if units[name] == nil {
			units[name] = &Backlog{Unit: name, Draw: l.Body.Draw, Name: l.Body.Name, Due: l.Due.Results, Sure: !l.Due.Provisional}
		}
		return units[name]
	}
	sent := l.senders()
	for _, o := range l.Objects {
		name := sent[o.Dispatch]
		if o.Dispatch == 0 {
			name = l.meant(o)
		}
		switch {
		case o.Result != nil:
			if open, _ := o.Result.following(s.judgedBy(o.Result)); open {
				of(name).Follow++
			}
		case l.Abort != nil:
		case o.Dispatch == 0:
			of(name).Unsent++
		default:
			of(name).Open++
		}
	}
	var list []Backlog
	for _, b := range units {
		if b.Sure && b.Unsent+b.Open > 0 {
			b.Late = s.late(b.Due, "", today)
		}
		list = append(list, *b)
	}
	return list
}

// senders are the units by the index of their dispatch.
func (l *Lot) senders() map[int64]string {
	sent := make(map[int64]string, len(l.Sent))
	for _, d := range l.Sent {
		sent[d.Index] = d.Body.Unit
	}
	return sent
}
