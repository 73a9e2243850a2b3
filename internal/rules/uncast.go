package rules

import "github.com/sunlot/sunlot/internal/record"

// Uncast lists the draws, and the teams drawn later, that were never cast
// although their value was to be had, by the day (yyyy-mm-dd) on which somebody
// looks: one that was given up without proof that nobody could know its value
// from the day after that value on, any other from the day after K's. Whatever
// is said in its excuse (a lost key, a ceremony that did not take place), who
// may drop an outcome draws until he likes one. What the platform casts nobody
// else can bring.
func (s *State) Uncast(today string) (found []Finding) {
	for _, l := range s.Lots {
		if l.Failed {
			continue
		}
		if l.Body.Randomness != nil && !l.Drawn() && !l.Undrawn && !l.Late {
			found = append(found, l.uncast(l.chance(), l.Asked, today)...)
		}
		for _, t := range l.Later {
			if !t.Failed && t.Cast == nil && !t.Undrawn && !t.Late {
				found = append(found, l.uncast(t.chance(), t.Asked, today)...)
			}
		}
	}
	return found
}

// uncast is the finding on a cast that the draw owes, from the day after it was
// due; contributions that are missing are found on their own.
func (l *Lot) uncast(c *chance, asked bool, today string) []Finding {
	due, abort := l.Due.K, ""
	if l.Abort != nil {
		if abort = num(l.Abort.Index); asked {
			due = c.r.Last()[:10]
		}
	}
	if today <= due || l.Due.Provisional && due == l.Due.K || !c.complete() {
		return nil
	}
	return []Finding{{Code: "rules.never-cast", Severity: Breach, Clause: l.Pack.Draw.Before, Entry: c.index, Place: c.name, Got: abort, Want: c.r.Last()}}
}

// complete: no contribution is missing or came late.
func (c *chance) complete() bool {
	for _, x := range c.extras {
		if x.Index == 0 || !x.InTime {
			return false
		}
	}
	return true
}

// unfinished judges an abort for the teams that still wait for a value (draw1
// §7, §8): where it is in time for that, nobody is drawn; where it is not, they
// are drawn first. What nobody can cast any more stays owed: Uncast.
func (j *judge) unfinished(lot *Lot) {
	hides := func(name, when string) {
		j.breach("rules.abort-waits", lot.Pack.Draw.Before, name, j.in.Entry.Env.At, when)
	}
	for _, t := range lot.Later {
		c := t.chance()
		if t.Failed || t.Cast != nil || j.inTime(record.Unix(c.r.Time)) {
			continue
		}
		known := !j.said(record.Unix(c.r.Time)) || j.s.Policy(j.in.Entry) != ""
		if known && !t.Late && c.r.Kind != byCeremony && c.complete() && lostIn(t.Lost, false) == nil {
			hides(t.Body.ID, c.r.Time)
		}
	}
	for _, r := range lot.Requests {
		if r.Open() && !j.inTime(r.when()) {
			hides(lot.Body.Draw, r.Body.Randomness.Time)
		}
	}
}
