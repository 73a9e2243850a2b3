package ledger

import (
	"bytes"
	"math/bits"
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

// minimal lists the sets of witnesses that satisfy the policy and of which no
// part does, bit i being Witnesses[i]. More witnesses never satisfy less, so
// these say everything; none where the policy asks for nobody, or lists more
// than can be tried.
func (p *Policy) minimal() []uint64 {
	if !p.Asks() || len(p.Witnesses) > maxOverlap {
		return nil
	}
	good := make([]bool, uint64(1)<<len(p.Witnesses))
	for set := range good {
		good[set] = p.satisfiedBy(uint64(set))
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

// Least is the fewest witnesses that satisfy the policy, 0 where it asks for
// none.
func (p *Policy) Least() int {
	least := 0
	for _, set := range p.minimal() {
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
	same := make([]uint64, len(p.Witnesses)) // the other's witnesses with that key
	for i, w := range p.Witnesses {
		for k, v := range other.Witnesses {
			if bytes.Equal(w.Key.Public, v.Key.Public) {
				same[i] |= 1 << k
			}
		}
	}
	shared := -1
	for _, a := range p.minimal() {
		for _, b := range other.minimal() {
			n := 0
			for i := range p.Witnesses {
				if a>>i&1 == 1 && same[i]&b != 0 {
					n++
				}
			}
			if shared < 0 || n < shared {
				shared = n
			}
		}
	}
	return max(shared, 0)
}
