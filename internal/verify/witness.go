package verify

import (
	"errors"
	"io/fs"
	"sync"

	"github.com/sunlot/sunlot/ledger"
)

// Bracket (时间区间) is between which times an entry was written, by what others
// vouch for: NotBefore is the latest public round that stands in the log up to
// it, NotAfter the time by which the cosignatures in its proof file satisfied
// the policy in force. Unix seconds; 0: nobody can say.
type Bracket struct {
	NotBefore int64 `json:"not_before,omitempty"`
	NotAfter  int64 `json:"not_after,omitempty"`
}

// Bracket is the time bracket of an entry that this verification has judged.
func (b *Bundle) Bracket(index int64) Bracket {
	if e := b.Entries[index]; e != nil {
		return e.Bracket
	}
	return Bracket{}
}

// seenBy is what the cosignatures of a checkpoint say under a policy: entries
// of one step share both.
type seenBy struct {
	checkpoint, policy string
	at                 int64
}

// proved keeps what the audit tells of proof files (ledger.AuditOptions), so
// that none is read twice; by is nil where no audit has run.
type proved struct {
	mu sync.Mutex
	by map[uint64]string // index → signed checkpoint
}

func (p *proved) add(index uint64, checkpoint string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.by[index] = checkpoint
}

// seen is the earliest time, unix seconds, by which the cosignatures in an
// entry's proof file satisfied the policy in force (draw1 §1 "in time"); 0 where
// they do not. A proof that does not hold dates nothing; the audit has said so.
// Only a host that cannot be reached is an error.
func (b *Bundle) seen(e *Entry, raw []byte) (int64, error) {
	text := b.State.Policy(e.Record)
	policy := b.policy(text)
	if policy == nil {
		return 0, nil
	}
	var checkpoint string
	if b.proved.by != nil {
		checkpoint = b.proved.by[uint64(e.Index)]
		delete(b.proved.by, uint64(e.Index))
	} else if b.State.Dated(e.Record) {
		var err error
		if checkpoint, err = b.proof(e.Index, raw); err != nil {
			return 0, err
		}
	}
	if checkpoint == "" {
		return 0, nil
	}
	if d := &b.dated; d.checkpoint != checkpoint || d.policy != text {
		*d = seenBy{checkpoint: checkpoint, policy: text}
		if _, note, err := ledger.OpenCheckpoint([]byte(checkpoint), b.log); err == nil {
			d.at, _ = policy.Since(note)
		}
	}
	return b.dated.at, nil
}

// proof is the checkpoint in an entry's proof file, "" where the file does not
// prove the entry.
func (b *Bundle) proof(index int64, entry []byte) (checkpoint string, err error) {
	data, err := b.Dir.Proof(uint64(index))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil && unreachable(err):
		return "", err
	case err != nil:
		return "", nil
	}
	p, err := ledger.ParseProof(data)
	if err != nil || p.Index != uint64(index) {
		return "", nil
	}
	c, _, err := ledger.OpenCheckpoint(p.Checkpoint, b.log)
	if err != nil || ledger.CheckInclusion(p.Path, p.Index, ledger.LeafHash(entry), c.Size, c.Root) != nil {
		return "", nil
	}
	return string(p.Checkpoint), nil
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
