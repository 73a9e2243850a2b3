package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/ledger"
)

// circle are witnesses whose clock ticks at every question.
type circle struct {
	t     testing.TB
	keys  []ledger.Signer
	up    string // letters of those that answer
	clock uint64
	asked int // cosignatures made
}

func newCircle(t testing.TB, n int) *circle {
	t.Helper()
	c := &circle{t: t, clock: 1000}
	for i := range n {
		s, err := ledger.NewWitnessSigner(string(rune('a'+i))+".example", [32]byte{byte(90 + i)})
		if err != nil {
			t.Fatal(err)
		}
		c.keys = append(c.keys, s)
		c.up += string(rune('a' + i))
	}
	return c
}

// policy is k of the named, a letter each.
func (c *circle) policy(log ledger.Key, k int, names string) []byte {
	p := &ledger.Policy{Logs: []ledger.PolicyKey{{Key: log}}, Quorum: "quorum-of"}
	g := ledger.PolicyGroup{Name: "quorum-of", K: k}
	for _, r := range names {
		p.Witnesses = append(p.Witnesses, ledger.PolicyKey{Name: string(r), Key: c.keys[r-'a'].Key()})
		g.Members = append(g.Members, string(r))
	}
	p.Groups = []ledger.PolicyGroup{g}
	text, err := ledger.FormatPolicy(p)
	if err != nil {
		c.t.Fatal(err)
	}
	return text
}

// sign adds the lines of those who are up and have not signed yet.
func (c *circle) sign(signed []byte, _ func(uint64) ([]ledger.Hash, error)) ([]byte, error) {
	n, err := ledger.ParseNote(signed)
	if err != nil {
		return nil, err
	}
	for i, s := range c.keys {
		if _, ok := n.CosignedAt(s.Key()); ok || !strings.ContainsRune(c.up, rune('a'+i)) {
			continue
		}
		c.clock++
		c.asked++
		sig, err := ledger.Cosign(n.Text, c.clock, s)
		if err != nil {
			return nil, err
		}
		n.Signatures = append(n.Signatures, sig)
	}
	return n.Format()
}

// seenAt is when the proof of an entry says that a policy was satisfied.
func (c *circle) seenAt(l *Log, index uint64, policy []byte) (int64, bool) {
	data, err := l.Dir().Proof(index)
	if err != nil {
		c.t.Fatal(err)
	}
	p, err := ledger.ParseProof(data)
	if err != nil {
		c.t.Fatal(err)
	}
	n, err := ledger.ParseNote(p.Checkpoint)
	if err != nil {
		c.t.Fatal(err)
	}
	pol, err := ledger.ParsePolicy(policy)
	if err != nil {
		c.t.Fatal(err)
	}
	return pol.Since(n)
}

// openSize is the size that is published.
func openSize(opt Options) (uint64, error) {
	return ledger.OpenDir(os.DirFS(opt.Dir)).Size()
}

// TestPolicyChange: the checkpoint that publishes another policy carries the
// witnesses of both, and the policy is public with it and not before.
func TestPolicyChange(t *testing.T) {
	c := newCircle(t, 7)
	opt := options(t)
	old, next := c.policy(opt.Log.Key(), 2, "abc"), c.policy(opt.Log.Key(), 3, "cdef")
	opt.Policy, opt.Witness = old, c.sign
	l := mustCreate(t, opt)
	mustAppend(t, l, Batch{Entries: entries(0, 1)})
	for _, up := range []string{"ab", "d", "de"} { // the old one's; then too few of the new one's
		c.up = up
		var err error
		if up == "ab" {
			_, err = l.Append(Batch{Entries: entries(1, 1), Policy: next})
		} else {
			_, err = Open(opt)
		}
		wantCode(t, err, "ledger.unwitnessed")
		if got := read(t, filepath.Join(opt.Dir, "policy")); got != string(old) {
			t.Fatal("the new policy is public before its entry")
		}
		l.Close()
	}
	c.up = "f"
	l = mustOpen(t, opt)
	if got := read(t, filepath.Join(opt.Dir, "policy")); got != string(next) {
		t.Fatal("another policy")
	}
	for what, policy := range map[string][]byte{"old": old, "new": next} {
		if _, ok := c.seenAt(l, 1, policy); !ok {
			t.Errorf("the %s policy is not satisfied", what)
		}
	}
	c.up = "ab" // the old ones alone count no more
	_, err := l.Append(Batch{Entries: entries(2, 1)})
	wantCode(t, err, "ledger.unwitnessed")
	c.up = "def"
	l.Close()
	l = mustOpen(t, opt)
	defer l.Close()
	if l.Size() != 3 {
		t.Fatalf("size %d", l.Size())
	}
	clean(t, opt)
}

// TestWitnessFaults: every operation of an append under a new policy fails, and
// is lost or done all the same; the witnesses answer, or only some of them do.
// The next run completes it, under both policies; a line that was kept is not
// asked for again, so the first time at which a witness saw the entry stands.
func TestWitnessFaults(t *testing.T) {
	base := options(t)
	c := newCircle(t, 5)
	old, next := c.policy(base.Log.Key(), 2, "abc"), c.policy(base.Log.Key(), 3, "bcde")
	base.Policy, base.Witness = old, c.sign
	l := mustCreate(t, base)
	mustAppend(t, l, Batch{Entries: entries(0, 1)})
	l.Close()
	batch := Batch{Entries: entries(1, 2), Policy: next}
	broken := errors.New("broken")
	for _, first := range []string{"abcde", "ab", ""} {
		total := -1
		for at := 0; total < 0 || at < total; at++ {
			for _, done := range []bool{false, true} {
				what := fmt.Sprintf("%q up, operation %d, done %v", first, at, done)
				opt := options(t)
				copyTree(t, base.Dir, opt.Dir)
				copyTree(t, base.Guard, opt.Guard)
				w := newCircle(t, 5)
				w.up, opt.Witness = first, w.sign
				n := 0
				l := mustOpen(t, opt)
				l.Close()
				opt.Hook = func(op, name string, do func() error) error {
					n++
					if n-1 == at {
						if done {
							return errors.Join(do(), broken)
						}
						return broken
					}
					return do()
				}
				if l, err := Open(opt); err == nil {
					_, _ = l.Append(batch) // it fails, or hears nothing of what did no harm
					l.Close()
				}
				if total < 0 && n <= at { // no operation was left to fail
					total = at
					break
				}
				asked := w.asked
				_, missing := os.Stat(filepath.Join(opt.Guard, ledger.CosignedRecord))
				size, err := openSize(opt)
				if err != nil {
					t.Fatal(err)
				}
				kept := missing == nil || size == 3
				w.up, opt.Hook = "abcde", nil
				l, err = Open(opt)
				if err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				if l.Size() == 1 { // nothing had begun
					if asked > 0 {
						t.Errorf("%s: witnesses signed what was then forgotten", what)
					}
					mustAppend(t, l, batch)
				}
				if l.Size() != 3 || read(t, filepath.Join(opt.Dir, "policy")) != string(next) {
					t.Fatalf("%s: size %d", what, l.Size())
				}
				for i := uint64(1); i < 3; i++ {
					_, ok1 := w.seenAt(l, i, old)
					_, ok2 := w.seenAt(l, i, next)
					if !ok1 || !ok2 {
						t.Fatalf("%s: entry %d lacks the old witnesses (%v) or the new (%v)", what, i, !ok1, !ok2)
					}
				}
				if at, _ := w.seenAt(l, 1, old); kept && first != "" && at != 1002 {
					t.Errorf("%s: seen at %d: a line that was kept was asked for again", what, at)
				}
				l.Close()
				clean(t, opt)
			}
		}
		if total < 10 {
			t.Fatalf("only %d operations", total)
		}
	}
}
