package rules

import (
	"encoding/hex"
	"slices"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// chance is what a cast of a notice or a teams notice waits for.
type chance struct {
	name   string // of the draw or the 组队
	index  int64
	c      string // hash of the notice's entry
	r      *record.Randomness
	extras []Extra
}

func (l *Lot) chance() *chance {
	return &chance{name: l.Body.Draw, index: l.Index, c: l.C, r: l.Body.Randomness, extras: l.Extras}
}

func (t *Later) chance() *chance {
	return &chance{name: t.Body.ID, index: t.Index, c: t.C, r: &t.Body.Randomness, extras: t.Extras}
}

// chanceAt finds what the notice or teams notice at an index waits for, nil if
// it is none or has no effect, or where the platform casts.
func (s *State) chanceAt(index int64) *chance {
	for _, l := range s.Lots {
		switch {
		case l.Failed:
		case l.Index == index && l.Body.Randomness != nil:
			return l.chance()
		case l.Index < index:
			for _, t := range l.Later {
				if t.Index == index && !t.Failed {
					return t.chance()
				}
			}
		}
	}
	return nil
}

// value is ρ and the x_i of the seed (draw1 §2), from the given values.
func (c *chance) value(g record.Given) (rho string, extras []string, err error) {
	for i, x := range c.extras {
		if x.Index == 0 || !x.InTime {
			return "", nil, fault.New("rules.contribution-missing", c.name, x.at(), c.r.Contributors[i].Name)
		}
		extras = append(extras, x.Hash)
	}
	switch c.r.Kind {
	case byLottery:
		rho, err = beacon.ParseLottery(Issues(c.r), g.Line)
	case byCeremony:
		rho, err = beacon.ParseCeremony(Throwing(c.r.Ceremony), g.Line)
	default:
		sig, bad := hex.DecodeString(g.Signature)
		if bad != nil {
			return "", nil, fault.Wrap("rules.bad-signature", c.name, bad)
		}
		rho, err = beacon.Verify(beacon.Quicknet(), uint64(c.r.Round), sig)
	}
	return rho, extras, err
}

// added are the indexes of the contributions that count.
func (c *chance) added() (list []int64) {
	for _, x := range c.extras {
		list = append(list, x.Index)
	}
	return list
}

// Added lists the indexes of the draw's contributions, in the order of its
// contributors; 0 for one that is missing.
func (l *Lot) Added() []int64 { return l.chance().added() }

// Added is Lot.Added of a teams notice.
func (t *Later) Added() []int64 { return t.chance().added() }

// given judges the given values of a cast against its notice, before anything
// is computed from them; false where nothing can be.
func (j *judge) given(c *chance, g record.Given) bool {
	before := j.s.Pack.Draw.Before
	drand, ceremony := c.r.Kind == byDrand, c.r.Kind == byCeremony
	if drand != (g.Signature != "") || drand == (g.Line != "") || drand && len(g.Scans) > 0 || !ceremony && len(g.Signed) > 0 {
		j.breach("rules.given-form", before, c.name, c.r.Kind, "")
		return false
	}
	for i, x := range c.extras {
		if x.Index == 0 || !x.InTime {
			// All or nothing: who could leave one out would choose between seeds.
			j.breach("rules.contribution-missing", before, c.name, x.at(), c.r.Contributors[i].Name)
			return false
		}
	}
	if !slices.Equal(g.Contributions, c.added()) {
		j.breach("rules.contribution-differs", before, c.name, join(g.Contributions), join(c.added()))
		return false
	}
	if at := j.in.Entry.Env.At; record.Unix(at) < record.Unix(c.r.Last()) {
		// The value did not exist yet: the claimed time is wrong.
		j.add(Warning, "rules.date-order", "", "env.at", at, c.r.Last())
	}
	if ceremony {
		j.attested(c, g)
	}
	return true
}

func join(list []int64) string {
	s := ""
	for i, n := range list {
		if i > 0 {
			s += ","
		}
		s += num(n)
	}
	return s
}

// attested: the record of a ceremony is signed by two at least of those whom the
// notice names, and by nobody else; on paper a scan is named by its digest.
func (j *judge) attested(c *chance, g record.Given) {
	before, form := j.s.Pack.Draw.Before, c.r.Ceremony
	if form.Paper {
		if len(g.Scans) == 0 || len(g.Signed) > 0 {
			j.breach("rules.ceremony-scan", before, c.name, num(len(g.Scans)), "1")
		}
		return
	}
	if n := len(j.in.Attested); n < 2 || n != len(g.Signed) {
		j.breach("rules.ceremony-signature", before, c.name, num(n)+"/"+num(len(g.Signed)), "2")
		return
	}
	for _, p := range form.Present {
		if !slices.Contains(j.in.Attested, p.Key) {
			j.add(Warning, "rules.ceremony-absent", before, c.name, p.Body, "")
		}
	}
}

// believed says of a value that no computation bears out what it rests on.
func (j *judge) believed(c *chance, g record.Given) {
	code := ""
	switch {
	case c.r.Kind == byLottery:
		code = "rules.believed-lottery"
	case c.r.Kind == byCeremony && c.r.Ceremony.Paper:
		code = "rules.believed-paper"
	case c.r.Kind == byCeremony:
		code = "rules.believed-ceremony"
	default:
		return
	}
	j.add(Believed, code, "", c.name, g.Line, "")
}

// Attest is the text that those present at a ceremony have signed, where the
// entry is the cast of one, and their keys; "" for every other entry. Room
// ledger verifies the lines; Input.Attested takes the keys.
func (s *State) Attest(e *record.Entry) (text string, lines, keys []string) {
	var c *chance
	var g record.Given
	switch b := e.Body.(type) {
	case *record.Draw:
		c, g = s.chanceAt(b.Notice), b.Given()
	case *record.Teams:
		c, g = s.chanceAt(b.Notice), b.Given()
	}
	if c == nil || c.r.Kind != byCeremony {
		return "", nil, nil
	}
	for _, p := range c.r.Ceremony.Present {
		if p.Key != "" {
			keys = append(keys, p.Key)
		}
	}
	return record.CeremonyText(s.Origin, c.name, c.c, c.r.Time, g.Line), g.Signed, keys
}
