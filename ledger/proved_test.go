package ledger

import (
	"slices"
	"testing"
)

// TestProved: what an audit hands on of a proof file's checkpoint is what the
// note itself says of every key, whether the policy file lists it or not.
func TestProved(t *testing.T) {
	p, m := auditLog(t, 1)
	key := func(name string, seed byte) Signer { return testWitness(t, name, seed) }
	a, b, c, older, late := key("a.example", 1), key("b.example", 2), key("c.example", 3), key("o.example", 4), key("l.example", 5)
	renamed := key("a2.example", 1) // the key of a under another name
	policy, err := FormatPolicy(&Policy{Logs: []PolicyKey{{Key: p.Log.Key()}}, Witnesses: []PolicyKey{{Name: "a", Key: a.Key()}, {Name: "b", Key: b.Key()}, {Name: "c", Key: c.Key()}}})
	if err != nil {
		t.Fatal(err)
	}
	m["policy"].Data = policy
	proof, err := ParseProof(m["proof/0.tlog-proof"].Data)
	if err != nil {
		t.Fatal(err)
	}
	n, err := ParseNote(proof.Checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range []Signer{a, b, older, late} { // c has no line
		sig, err := Cosign(n.Text, uint64(i), s)
		if err != nil {
			t.Fatal(err)
		}
		if s == b || s == late {
			sig.Bytes[20] ^= 1
		}
		n.Signatures = append(n.Signatures, sig)
	}
	signed, err := n.Format()
	if err != nil {
		t.Fatal(err)
	}
	m["proof/0.tlog-proof"].Data = FormatProof(0, proof.Path, signed)
	var got *Proved
	rep := OpenDir(m).Audit(p.Log.Key(), AuditOptions{Copies: true, Proved: func(_ uint64, c *Proved) { got = c }})
	if len(rep.Problems) != 1 || rep.Problems[0].Code != "ledger.audit-cosignature" || got == nil {
		t.Fatal(places(rep.Problems), got)
	}
	for _, s := range []Signer{a, b, c, older, late, renamed} {
		at, ok := got.CosignedAt(s.Key())
		wantAt, want := n.CosignedAt(s.Key())
		if at != wantAt || ok != want {
			t.Errorf("%s: %d %v, the note says %d %v", s.Key().Name, at, ok, wantAt, want)
		}
		if good := s == a || s == older; ok != good {
			t.Errorf("%s: %v", s.Key().Name, ok)
		}
	}
	if !slices.Equal(got.times, []int64{0, -1, -1}) {
		t.Errorf("%v", got.times)
	}
}
