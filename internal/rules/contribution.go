package rules

import (
	"slices"

	"github.com/sunlot/sunlot/internal/record"
)

// Extra is what one contributor (见证人加数) of a notice has added; the zero
// value: nothing yet.
type Extra struct {
	Index  int64  // of the contribution
	Hash   string // of its entry: x_i of draw1 §2
	InTime bool
}

// at is the entry that does not count, "" where there is none.
func (x Extra) at() string {
	if x.Index == 0 {
		return ""
	}
	return num(x.Index)
}

// Missing names the contributors whose number is not logged in time: without
// them nothing can be drawn.
func (l *Lot) Missing() (names []string) {
	if l.Body.Randomness == nil {
		return nil
	}
	c := l.chance()
	for i, x := range c.extras {
		if x.Index == 0 || !x.InTime {
			names = append(names, c.r.Contributors[i].Name)
		}
	}
	return names
}

// contributorKeys are the keys that may sign a contribution: those that its
// notice names (ledger.md: "a contribution: its named key alone").
func (s *State) contributorKeys(b *record.Contribution) (keys []string) {
	if c := s.chanceAt(b.Notice); c != nil {
		for _, who := range c.r.Contributors {
			keys = append(keys, who.Key)
		}
	}
	return keys
}

// contribution judges a 见证人加数: it carries the commitment of its notice and
// one contributor's signature. The first by index counts; a further one, or one
// that is late, is told and changes nothing.
func (j *judge) contribution(b *record.Contribution) {
	c, before := j.s.chanceAt(b.Notice), j.s.Pack.Draw.Before
	if c == nil || len(c.r.Contributors) == 0 {
		j.breach("rules.no-such-entry", before, "notice", num(b.Notice), "notice, teams-notice")
		return
	}
	if b.Commitment != c.c {
		j.breach("rules.contribution-other", before, c.name, b.Commitment, c.c)
	}
	i := slices.IndexFunc(c.r.Contributors, func(w record.Contributor) bool { return slices.Equal(j.in.Signers, []string{w.Key}) })
	switch {
	case i < 0:
		j.breach("rules.contribution-other", before, c.name, num(len(j.in.Signers)), "1")
	case c.r.Contributors[i].Name != j.in.Entry.Env.By:
		j.breach("rules.contribution-other", before, "env.by", j.in.Entry.Env.By, c.r.Contributors[i].Name)
	}
	if !j.sound() {
		return
	}
	name := c.r.Contributors[i].Name
	if first := c.extras[i].Index; first > 0 {
		j.add(Warning, "rules.contribution-again", before, c.name, name, num(first))
		return
	}
	x := Extra{Index: j.index, Hash: j.in.Hash, InTime: j.inTime(record.Unix(c.r.Time))}
	if !x.InTime {
		j.add(Warning, "rules.contribution-late", before, c.name, name, c.r.Time)
	}
	c.extras[i] = x // of the lot itself: the slice is its own
}

// uncontributed reports whether the draw has failed for want of a contribution,
// as if its notice were not in time (draw1 §2), as far as the ledger alone shows
// it: one came late, or the draw was given up without it and not early.
func (l *Lot) uncontributed() bool {
	return slices.ContainsFunc(l.Extras, func(x Extra) bool { return !x.InTime && (x.Index > 0 || l.Abort != nil && !l.Undrawn) })
}

// Uncontributed lists the draws that have failed because a contribution is
// missing, by the day (yyyy-mm-dd) on which somebody looks. A draw that was
// aborted while nobody could know its number has not failed.
func (s *State) Uncontributed(today string) (found []Finding) {
	failed := func(c *chance, p *Pack) {
		for i, x := range c.extras {
			if (x.Index == 0 || !x.InTime) && c.r.Time[:10] < today {
				found = append(found, Finding{Code: "rules.contribution-missing", Severity: Breach, Clause: p.Draw.Before, Entry: c.index,
					Place: c.name, Got: x.at(), Want: c.r.Contributors[i].Name})
			}
		}
	}
	for _, l := range s.Lots {
		if l.Failed || l.Body.Randomness == nil {
			continue
		}
		if l.Draw == nil && !l.Undrawn {
			failed(l.chance(), l.Pack)
		}
		for _, t := range l.Later {
			if !t.Failed && t.Cast == nil && !t.Undrawn {
				failed(t.chance(), l.Pack)
			}
		}
	}
	return found
}
