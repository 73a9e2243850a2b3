package verify_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// TestEarlierWitness: an entry is judged by the charter in force before it. A
// witness whom only that charter lists is none of the policy file's, so the
// audit has not looked at its line: it is verified all the same.
func TestEarlierWitness(t *testing.T) {
	spoil := func(by byte, at int) func(*bodies, *ledger.Note) {
		return func(x *bodies, n *ledger.Note) {
			for i, s := range n.Signatures {
				if s.Name[0] == by {
					n.Signatures[i].Bytes = bytes.Clone(s.Bytes)
					n.Signatures[i].Bytes[at] ^= 1
				}
			}
		}
	}
	for name, c := range map[string]struct {
		change func(*bodies, *ledger.Note)
		margin int64 // seconds from the third line to the round, 0: undated
		told   bool  // by the audit, of a witness that the policy file lists
	}{
		"as it was":                        {func(*bodies, *ledger.Note) {}, 1000, false},
		"the earlier one's signature":      {spoil('a', 30), 0, false},
		"the earlier one's time":           {spoil('a', 7), 0, false},
		"the signature of one still there": {spoil('b', 30), 0, true},
		"one who was named only later, in the earlier one's place": {func(x *bodies, n *ledger.Note) {
			n.Signatures = slices.DeleteFunc(n.Signatures, func(s ledger.Signature) bool { return s.Name[0] == 'a' })
			line, err := ledger.Cosign(n.Text, uint64(decides-1000), x.keys[4])
			x.w.must(err)
			n.Signatures = append(n.Signatures, line)
		}, 0, false},
	} {
		x := watched(t, map[string]int64{"a": 1000, "b": 3000, "c": 3000})
		l := x.w.announce("2023-08-23T15:00:00", "A", 1000, nil)
		x.sign(all(900))
		x.times["e"], x.up = x.times["a"], "abcde"
		x.charter("2023-08-23T15:30:00", x.policy(3, "bcde"))
		next := x.w.filing("2023-08-23T15:40:00")
		if bytes.Contains(x.w.dir["policy"], []byte("a.example")) {
			t.Fatal("the policy file lists the earlier witness")
		}
		place := ledger.ProofPath(uint64(l.Index))
		p, err := ledger.ParseProof(x.w.dir[place])
		x.w.must(err)
		n, err := ledger.ParseNote(p.Checkpoint)
		x.w.must(err)
		c.change(x, n)
		if p.Checkpoint, err = n.Format(); err != nil {
			t.Fatal(err)
		}
		x.w.dir[place] = p.Format()
		b := x.open(verify.Options{})
		want := int64(0)
		if c.margin != 0 {
			want = decides - c.margin
		}
		if got := b.Bracket(l.Index).NotAfter; got != want {
			t.Errorf("%s: seen at %d, want %d", name, got, want)
		}
		if got := b.Bracket(next).NotAfter; got != decides-900 {
			t.Errorf("%s: the later charter's entry seen at %d", name, got)
		}
		if f := found(b, "verify.unwitnessed"); (f != nil) != (c.margin == 0) || f != nil && f.Entry != l.Index {
			t.Errorf("%s: %+v", name, f)
		}
		if told := found(b, "ledger.audit-cosignature") != nil; told != c.told {
			t.Errorf("%s: the audit tells of a line: %v", name, told)
		}
	}
}
