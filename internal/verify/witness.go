package verify

import (
	"errors"
	"io/fs"
	"sync"

	"github.com/sunlot/sunlot/internal/rules"
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
	checkpoint ledger.Cosigned
	policy     string
	at         int64
}

// proved keeps what the audit tells of proof files (ledger.AuditOptions), so
// that none is read and no line is verified twice.
type proved struct {
	audited bool // otherwise no audit has run
	mu      sync.Mutex
	by      []*ledger.Proved // by index, nil where the proof does not hold
	sums    []Sum            // of the files, by index
}

// read is told of every file, of entries that the audit has read before.
func (p *proved) read(index uint64, file []byte) {
	sum := sumOf(file)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sums = upTo(p.sums, index)
	p.sums[index] = sum
}

func (p *proved) add(index uint64, checkpoint *ledger.Proved) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.by = upTo(p.by, index)
	p.by[index] = checkpoint
}

// of is what the audit found of an entry's proof.
func (p *proved) of(index uint64) (checkpoint *ledger.Proved, sum Sum) {
	if index < uint64(len(p.by)) {
		checkpoint = p.by[index]
	}
	if index < uint64(len(p.sums)) {
		sum = p.sums[index]
	}
	return checkpoint, sum
}

// upTo makes list long enough for an index.
func upTo[T any](list []T, index uint64) []T {
	if n := int(index) + 1 - len(list); n > 0 {
		return append(list, make([]T, n)...)
	}
	return list
}

// seen is the earliest time, unix seconds, by which the cosignatures in an
// entry's proof file satisfied the policy in force (draw1 §1 "in time"); 0 where
// they do not. A proof that does not hold dates nothing; the audit has said so.
// Only a host that cannot be reached is an error.
func (b *Bundle) seen(e *Entry, raw []byte) (int64, error) {
	text := b.demand(e)
	policy := b.policy(text)
	if policy == nil {
		return 0, nil
	}
	var checkpoint ledger.Cosigned
	if b.proved.audited {
		if c, _ := b.proved.of(uint64(e.Index)); c != nil {
			checkpoint = c
		}
	} else if e.Record != nil && b.State.Dated(e.Record) {
		n, err := b.proof(e.Index, raw)
		if err != nil {
			return 0, err
		}
		if n != nil {
			checkpoint = n
		}
	}
	if checkpoint == nil {
		return 0, nil
	}
	if d := &b.dated; d.checkpoint != checkpoint || d.policy != text {
		*d = seenBy{checkpoint: checkpoint, policy: text}
		d.at, _ = policy.Since(checkpoint)
	}
	return b.dated.at, nil
}

// demand is the text of the policy by which an entry is judged, one that does
// not parse too.
func (b *Bundle) demand(e *Entry) string {
	if e.Record != nil {
		return b.State.Policy(e.Record)
	}
	if c := b.State.Charter(); c != nil {
		return c.Policy
	}
	return ""
}

// proof is the checkpoint in an entry's proof file, nil where the file does not
// prove the entry.
func (b *Bundle) proof(index int64, entry []byte) (*ledger.Note, error) {
	data, err := b.Dir.Proof(uint64(index))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil && unreachable(err):
		return nil, err
	case err != nil:
		return nil, nil
	}
	p, err := ledger.ParseProof(data)
	if err != nil || p.Index != uint64(index) {
		return nil, nil
	}
	c, n, err := ledger.OpenCheckpoint(p.Checkpoint, b.log)
	if err != nil || ledger.CheckInclusion(p.Path, p.Index, ledger.LeafHash(entry), c.Size, c.Root) != nil {
		return nil, nil
	}
	return n, nil
}

// maxUnwitnessed bounds how many entries are named that lack their witnesses.
const maxUnwitnessed = 200

// witnessed holds an entry against the policy of the charter in force before
// it (entry 0: its own). One that its witnesses did not see is a breach: who
// publishes without them may show another reader another history. A resumed
// verification has read no proofs and decides nothing.
func (b *Bundle) witnessed(e *Entry, seen int64) {
	text := b.demand(e)
	pol := b.policy(text)
	switch {
	case pol == nil || !pol.Asks() || !b.proved.audited:
	case seen != 0:
		b.held.witnessed++
	default:
		if b.held.unwitnessed++; b.held.unwitnessed <= maxUnwitnessed {
			e.Findings = append(e.Findings, rules.Finding{Code: "verify.unwitnessed", Severity: rules.Breach, Entry: e.Index, Want: needed(pol)})
		}
	}
}

// needed is how many of how many a policy asks for, at the least.
func needed(p *ledger.Policy) string { return num(p.Least()) + "/" + num(p.Count()) }

// InForce is the policy of the charter in force, nil where it names no witness.
func (b *Bundle) InForce() *ledger.Policy {
	c := b.State.Charter()
	if c == nil {
		return nil
	}
	return b.policy(c.Policy)
}

// cosigners names those of the policy that judged an entry whose cosignatures
// in its proof file verify and are no later than a time.
func (b *Bundle) cosigners(index, by int64) (names []string) {
	policy := b.policy(b.State.PolicyAt(index))
	raw, err := b.Dir.Entry(uint64(index))
	if policy == nil || err != nil {
		return nil
	}
	note, err := b.proof(index, raw)
	if err != nil || note == nil {
		return nil
	}
	for _, w := range policy.Witnesses {
		if t, ok := note.CosignedAt(w.Key); ok && 0 < t && int64(t) <= by {
			names = append(names, w.Name)
		}
	}
	return names
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
