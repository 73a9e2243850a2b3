package rules

import (
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
)

// Terms is what the witness policy (见证约定) of a charter comes to. This
// package reads no policy: whoever calls Apply with a charter computes it with
// room ledger (verify.Terms), the same for the office and for citizens.
type Terms struct {
	Fault     string // why the text is not this log's policy in its one form; "" where it is
	Own       string // a witness whose key is one of the office's own
	Witnesses int
	Needed    int      // the fewest that satisfy it
	Overlap   int      // the fewest that any two sets which satisfy it share
	Against   []Change // beside State.Charters: from each earlier charter's policy to this
}

// Change compares an earlier charter's policy with a later one.
type Change struct {
	Witnesses, Needed, Overlap int // of the earlier; 0 where it asked for none
	// Shared is the fewest witnesses that a set which satisfies the earlier
	// policy and one which satisfies the later have in common.
	Shared int
	Gone   []string // names of the earlier's witnesses whose keys the later does not list
}

// Weaker says why the later policy, with these terms (nil: no witness), is
// weaker than the earlier: fewer are needed, two quorums share fewer, or so
// many were exchanged that an old quorum and a new one need share nobody. ""
// where it is not, and where the earlier asked for no witness.
func (c *Change) Weaker(t *Terms) string {
	var why []string
	switch {
	case c.Needed == 0:
		return ""
	case t == nil || t.Needed == 0:
		return "不再要求见证"
	}
	if t.Needed < c.Needed {
		why = append(why, "由至少"+num(c.Needed)+"家改为至少"+num(t.Needed)+"家")
	}
	if t.Overlap < c.Overlap {
		why = append(why, "两套见证的重合由"+num(c.Overlap)+"家减为"+num(t.Overlap)+"家")
	}
	if c.Shared == 0 {
		why = append(why, "换掉的见证单位太多，新旧两套可以没有一家相同")
	}
	return strings.Join(why, "，")
}

// witnesses judges a charter's policy: its form, that any two quorums share a
// witness (otherwise two histories can both be witnessed), that the office does
// not witness itself, and what it changes. A weaker one holds from the next
// entry on, for the office decides what it promises; but everybody is told, and
// a verifier with a pinned policy fails.
func (j *judge) witnesses(b *record.Charter) {
	t := j.in.Terms
	switch {
	case b.Policy == "":
		t = nil
	case t == nil:
		j.breach("rules.policy-form", "", "policy", "", "")
		return
	case t.Fault != "":
		j.breach("rules.policy-form", "", "policy", t.Fault, "")
		return
	case t.Own != "":
		j.breach("rules.policy-own-key", "", "policy", t.Own, "")
		return
	case t.Overlap < 1:
		j.breach("rules.policy-overlap", "", "policy", strconv.Itoa(t.Needed)+"/"+strconv.Itoa(t.Witnesses), "")
		return
	}
	for i, was := range j.s.Charters {
		c := Change{Needed: 1} // asked for some: compared below only with none
		switch {
		case was.Body.Policy == "":
			continue
		case t != nil && i < len(t.Against):
			c = t.Against[i]
		}
		if why := c.Weaker(t); why != "" {
			j.add(Warning, "rules.policy-weaker", "", "policy", why, num(was.Index))
			return
		}
	}
	if was := j.s.Charter(); was != nil && was.Policy != b.Policy && t != nil {
		gone := ""
		if n := len(t.Against); n > 0 {
			gone = strings.Join(t.Against[n-1].Gone, "、")
		}
		j.add(Note, "rules.policy-changed", "", "policy", strconv.Itoa(t.Needed)+"/"+strconv.Itoa(t.Witnesses), gone)
	}
}

// paper judges a printed notice that somebody signed (纸面见证): the sheet of
// this very notice, signed before the randomness by its own word, and logged
// before the draw. It is weaker than a cosignature: the sheet is believed.
func (j *judge) paper(b *record.Paper) {
	lot := j.lotOf(b.Notice)
	if lot == nil {
		return
	}
	if lot.Drawn() {
		j.breach("rules.paper-after", lot.Pack.Draw.Before, lot.Body.Draw, "", "")
	}
	if b.Checksum != lot.C {
		j.breach("rules.paper-other", "", lot.Body.Draw, b.Checksum, lot.C)
	}
	signed, latest := record.Unix(b.Signed), record.Unix(lot.Body.When())-lot.lead()
	if signed < record.Unix(lot.Time) || signed > latest {
		j.breach("rules.paper-time", lot.Pack.Draw.Before, "signed", b.Signed, record.Time(latest))
	} else if signed > record.Unix(j.in.Entry.Env.At) {
		j.breach("rules.date-order", "", "signed", b.Signed, j.in.Entry.Env.At)
	}
	if b.Body == j.s.Charter().Office {
		j.breach("rules.paper-own", "", "body", b.Body, "")
	}
	for _, p := range lot.Paper {
		if p.Body.Scan == b.Scan {
			j.breach("rules.paper-twice", "", "scan", b.Scan, num(p.Index))
		}
	}
	if !j.sound() {
		return
	}
	lot.Paper = append(lot.Paper, at(j, b))
	// Logged before the number nobody could sign for a list that he likes; after
	// it the paper alone is believed.
	if max(record.Unix(j.in.Entry.Env.At), record.Unix(j.s.Clock), j.s.Proven) > record.Unix(lot.Body.When()) {
		j.add(Warning, "rules.paper-logged-late", "", lot.Body.Draw, j.in.Entry.Env.At, lot.Body.When())
	}
}
