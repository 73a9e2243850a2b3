package ledger

import (
	"bytes"
	"math/bits"
	"slices"
)

// Asks says whether the policy needs any witness.
func (p *Policy) Asks() bool { return p.Quorum != noQuorum && p.Quorum != "" }

// Count is how many witnesses the policy lists, a body's second key of another
// kind left out.
func (p *Policy) Count() int {
	n := 0
	for _, w := range p.Witnesses {
		if w.Key.Type == Cosigning {
			n++
		}
	}
	return n
}

// counting is the policy without the witnesses that do not count.
func (p *Policy) counting() *Policy {
	aside := func(w PolicyKey) bool { return w.Key.Type == PostQuantum }
	if !slices.ContainsFunc(p.Witnesses, aside) {
		return p
	}
	q := *p
	q.Witnesses = slices.DeleteFunc(slices.Clone(p.Witnesses), aside)
	return &q
}

// minimal lists the sets of witnesses that satisfy the policy and of which no
// part does, bit i being Witnesses[i]. More witnesses never satisfy less, so
// these say everything; none where the policy asks for nobody, or lists more
// than can be tried.
func (p *Policy) minimal() []uint64 {
	if !p.Asks() || len(p.Witnesses) > maxOverlap {
		return nil
	}
	good := make([]bool, uint64(1)<<len(p.Witnesses))
	satisfied := p.compiled()
	for set := range good {
		good[set] = satisfied(uint64(set))
	}
	var least []uint64
	for set := range good {
		minimal := good[set]
		for rest := uint64(set); rest != 0 && minimal; rest &= rest - 1 {
			minimal = !good[uint64(set)&^(rest&-rest)]
		}
		if minimal {
			least = append(least, uint64(set))
		}
	}
	return least
}

// compiled is satisfiedBy for many sets: names are looked up once.
func (p *Policy) compiled() func(set uint64) bool {
	type mask struct{ witnesses, groups uint64 }
	at := map[string]mask{}
	for i, w := range p.Witnesses {
		at[w.Name] = mask{witnesses: 1 << i}
	}
	members := make([]mask, len(p.Groups))
	for g, group := range p.Groups {
		at[group.Name] = mask{groups: 1 << g}
		for _, m := range group.Members {
			members[g].witnesses |= at[m].witnesses
			members[g].groups |= at[m].groups
		}
	}
	quorum, asks := at[p.Quorum], p.Asks()
	return func(set uint64) bool {
		var done uint64 // groups
		for g, m := range members {
			if bits.OnesCount64(set&m.witnesses)+bits.OnesCount64(done&m.groups) >= p.Groups[g].K {
				done |= 1 << g
			}
		}
		return !asks || set&quorum.witnesses|done&quorum.groups != 0
	}
}

// Least is the fewest witnesses that satisfy the policy, 0 where it asks for
// none.
func (p *Policy) Least() int {
	least := 0
	for _, set := range p.counting().minimal() {
		if n := bits.OnesCount64(set); least == 0 || n < least {
			least = n
		}
	}
	return least
}

// Shared is the fewest witnesses, by public key, that a set which satisfies p
// and one which satisfies the other policy have in common: 0 where an old
// quorum and a new one need share nobody, so that each may be shown a history
// of its own.
func (p *Policy) Shared(other *Policy) int {
	p, other = p.counting(), other.counting()
	theirs := other.minimal()
	shared := -1
	for _, set := range p.minimal() {
		var same uint64 // the other's witnesses with a key of the set
		for i, w := range p.Witnesses {
			for k, v := range other.Witnesses {
				if set>>i&1 == 1 && bytes.Equal(w.Key.Public, v.Key.Public) {
					same |= 1 << k
				}
			}
		}
		for _, b := range theirs {
			if n := bits.OnesCount64(same & b); shared < 0 || n < shared {
				shared = n
			}
		}
	}
	return max(shared, 0)
}
