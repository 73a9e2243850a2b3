package verify

import (
	"errors"
	"io/fs"

	"github.com/sunlot/sunlot/ledger"
)

// seen is the earliest time, unix seconds, by which the cosignatures in an
// entry's proof file satisfied a policy (draw1 §1 "in time"); 0 where they do
// not. A proof that does not hold dates nothing; the audit has said so. Only a
// host that cannot be reached is an error.
func (b *Bundle) seen(index int64, entry []byte, policy string) (int64, error) {
	pol := b.policy(policy)
	if pol == nil {
		return 0, nil
	}
	data, err := b.Dir.Proof(uint64(index))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, nil
	case err != nil && unreachable(err):
		return 0, err
	case err != nil:
		return 0, nil
	}
	p, err := ledger.ParseProof(data)
	if err != nil || p.Index != uint64(index) {
		return 0, nil
	}
	c, note, err := ledger.OpenCheckpoint(p.Checkpoint, b.log)
	if err != nil || ledger.CheckInclusion(p.Path, p.Index, ledger.LeafHash(entry), c.Size, c.Root) != nil {
		return 0, nil
	}
	at, _ := pol.Since(note)
	return at, nil
}

// policy parses a charter's policy once; nil where it asks for no witness or
// cannot be read.
func (b *Bundle) policy(text string) *ledger.Policy {
	if text == "" {
		return nil
	}
	p, ok := b.policies[text]
	if !ok {
		p, _ = ledger.ParsePolicy([]byte(text))
		b.policies[text] = p
	}
	return p
}
