package ledger

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"
)

// policyText fills $L0 … (log keys), $W0 … (witness keys) and $P (a witness
// key of type 6) into a text.
func policyText(t testing.TB, text string) string {
	var pairs []string
	for i := range 9 {
		pairs = append(pairs, fmt.Sprintf("$W%d", i), testWitness(t, fmt.Sprintf("w%d.example", i), byte(20+i)).Key().String())
		pairs = append(pairs, fmt.Sprintf("$L%d", i), testSigner(t, fmt.Sprintf("demo%d.example/log", i), byte(i+1)).Key().String())
	}
	pq, err := NewPostQuantumSigner("w0.example", [32]byte{40})
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(append(pairs, "$P", pq.Key().String())...).Replace(text)
}

const threeOfFour = "log $L0\nwitness a $W0\nwitness b $W1 https://b.example/x\nwitness c $W2\nwitness d $W3\ngroup g 3 a b c d\nquorum g\n"

func TestPolicyForms(t *testing.T) {
	for text, canonical := range map[string]string{
		"quorum none\n":          "quorum none\n",
		"log $L0\nquorum none\n": "log $L0\nquorum none\n",
		threeOfFour:              threeOfFour,
		"# head\n\n \t\n\tlog  $L0\thttps://x \n #x\nlog $L1\nquorum   none ": "",
		"#\nlog\t$L0\n\nwitness 司法局 $W0 \nquorum 司法局\n":                       "log $L0\nwitness 司法局 $W0\nquorum 司法局\n",
		"witness a $W0\ngroup g any a\nlog $L0\ngroup h all g\nquorum h\n":    "log $L0\nwitness a $W0\ngroup g 1 a\ngroup h 1 g\nquorum h\n",
		"witness \xff $W0\nquorum \xff\n":                                     "witness \xff $W0\nquorum \xff\n",
		"witness a $W0\nquorum a\nwitness b $W1\n":                            "witness a $W0\nwitness b $W1\nquorum a\n",
	} {
		p, err := ParsePolicy([]byte(policyText(t, text)))
		if canonical == "" {
			if err == nil { // its last line has no newline
				t.Errorf("%q was read", text)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		got, err := FormatPolicy(p)
		if err != nil || string(got) != policyText(t, canonical) {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

func TestPolicyRefusals(t *testing.T) {
	for _, c := range []struct{ code, text string }{
		{"ledger.policy-quorum", "\n"},
		{"ledger.policy-quorum", "log $L0\n"},
		{"ledger.policy-quorum", "quorum none\nquorum none\n"},
		{"ledger.policy-form", ""},
		{"ledger.policy-form", "quorum none"},
		{"ledger.policy-form", "quorum none\r\n"},
		{"ledger.policy-form", "quorum none # ours\n"},
		{"ledger.policy-form", "quorum\n"},
		{"ledger.policy-form", "log $L0 u v\nquorum none\n"},
		{"ledger.policy-form", "log\nquorum none\n"},
		{"ledger.policy-form", "witness a\nquorum none\n"},
		{"ledger.policy-form", "Log $L0\nquorum none\n"},
		{"ledger.policy-form", "group g any\nquorum none\n"},
		{"ledger.policy-form", "log\u00a0$L0\nquorum none\n"},
		{"ledger.policy-form", "quorum none\n\x00\n"},
		{"ledger.policy-form", "quorum none\n\x7f\n"},
		{"ledger.policy-name", "quorum a\n"},
		{"ledger.policy-name", "quorum a\nwitness a $W0\n"},
		{"ledger.policy-name", "witness none $W0\nquorum none\n"},
		{"ledger.policy-name", "witness a $W0\nwitness a $W1\nquorum a\n"},
		{"ledger.policy-name", "witness a $W0\ngroup a any a\nquorum a\n"},
		{"ledger.policy-name", "group g any g\nquorum g\n"},
		{"ledger.policy-name", "witness a $W0\ngroup g any a none\nquorum g\n"},
		{"ledger.policy-name", "group g any a\nwitness a $W0\nquorum g\n"},
		{"ledger.policy-duplicate", "log $L0\nlog $L0\nquorum none\n"},
		{"ledger.policy-duplicate", "witness a $W0\nwitness b $W0\nquorum a\n"},
		{"ledger.policy-duplicate", "witness a $W0\ngroup g any a a\nquorum g\n"},
		{"ledger.policy-duplicate", "witness a $W0\ngroup g any a\ngroup h any a\nquorum g\n"},
		{"ledger.policy-threshold", "witness a $W0\ngroup g 0 a\nquorum g\n"},
		{"ledger.policy-threshold", "witness a $W0\ngroup g 2 a\nquorum g\n"},
		{"ledger.policy-threshold", "witness a $W0\ngroup g 01 a\nquorum g\n"},
		{"ledger.policy-threshold", "witness a $W0\ngroup g +1 a\nquorum g\n"},
		{"ledger.policy-threshold", "witness a $W0\ngroup g some a\nquorum g\n"},
		{"ledger.key-type", "log $W0\nquorum none\n"},
		{"ledger.key-type", "witness a $L0\nquorum a\n"},
		{"ledger.key-form", "log x\nquorum none\n"},
		{"ledger.key-id", "log x$L0\nquorum none\n"},
		{"ledger.policy-size", strings.Repeat("#\n", 1<<15) + "quorum none\n"},
	} {
		p, err := ParsePolicy([]byte(policyText(t, c.text)))
		if err == nil {
			t.Errorf("%q was read as %+v", c.text, p)
			continue
		}
		t.Run(c.text[:min(len(c.text), 30)], func(t *testing.T) { wantCode(t, err, c.code) })
	}
}

// The same key under another name is the same key.
func TestPolicyDuplicateUnderAnotherName(t *testing.T) {
	a, b := testWitness(t, "a.example", 5).Key(), testWitness(t, "b.example", 5).Key()
	_, err := ParsePolicy([]byte("witness a " + a.String() + "\nwitness b " + b.String() + "\nquorum a\n"))
	wantCode(t, err, "ledger.policy-duplicate")
}

func TestOverlap(t *testing.T) {
	for text, want := range map[string]int{
		"quorum none\n":                0,
		"witness a $W0\nquorum a\n":    1,
		"witness a $W0\nquorum none\n": 0,
		threeOfFour:                    2,
		"witness a $W0\nwitness b $W1\nwitness c $W2\ngroup g 2 a b c\nquorum g\n":                                 1,
		"witness a $W0\nwitness b $W1\nwitness c $W2\ngroup g all a b c\nquorum g\n":                               3,
		"witness a $W0\nwitness b $W1\ngroup g any a b\nquorum g\n":                                                0,
		"witness a $W0\nwitness b $W1\nwitness c $W2\nwitness d $W3\ngroup g any a b\ngroup h 2 g c d\nquorum h\n": 0,
		"witness a $W0\nwitness b $W1\nwitness c $W2\nwitness d $W3\ngroup g all a b\ngroup h 2 g c d\nquorum h\n": 1,
	} {
		p, err := ParsePolicy([]byte(policyText(t, text)))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if got, err := p.Overlap(); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
	}
	many := &Policy{Quorum: noQuorum, Witnesses: make([]PolicyKey, 17)}
	_, err := many.Overlap()
	wantCode(t, err, "ledger.policy-size")
}

// Random policies against the definition: all pairs of satisfying sets.
func TestOverlapAgainstAllPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 60 {
		n := 2 + rng.IntN(5)
		p := &Policy{}
		var g1, g2 PolicyGroup
		for i := range n {
			name := fmt.Sprintf("w%d", i)
			p.Witnesses = append(p.Witnesses, PolicyKey{Name: name})
			if rng.IntN(2) == 0 {
				g1.Members = append(g1.Members, name)
			} else {
				g2.Members = append(g2.Members, name)
			}
		}
		if len(g1.Members) > 0 {
			g1.Name, g1.K = "g1", 1+rng.IntN(len(g1.Members))
			p.Groups = append(p.Groups, g1)
			g2.Members = append(g2.Members, "g1")
		}
		g2.Name, g2.K = "g2", 1+rng.IntN(len(g2.Members))
		p.Groups = append(p.Groups, g2)
		p.Quorum = "g2"
		want := n
		for a := range uint64(1) << n {
			for b := range uint64(1) << n {
				if p.satisfiedBy(a) && p.satisfiedBy(b) {
					want = min(want, bits.OnesCount64(a&b))
				}
			}
		}
		if got, err := p.Overlap(); err != nil || got != want {
			t.Fatalf("%+v: %d, %v, want %d", p, got, err, want)
		}
	}
}

// Since against its definition: the least time at which the lines up to then,
// and at no time before, satisfy the policy; all orders of four witnesses' times.
func TestPolicySince(t *testing.T) {
	p, err := ParsePolicy([]byte(policyText(t, threeOfFour)))
	if err != nil {
		t.Fatal(err)
	}
	head, err := FormatCheckpoint(Checkpoint{Origin: "demo0.example/log", Size: 1, Root: LeafHash([]byte("x"))})
	if err != nil {
		t.Fatal(err)
	}
	signed, err := FormatNote(head, testSigner(t, "demo0.example/log", 1))
	if err != nil {
		t.Fatal(err)
	}
	for code := range 4 * 4 * 4 * 4 {
		n, err := ParseNote(signed)
		if err != nil {
			t.Fatal(err)
		}
		want := int64(0)
		for at := uint64(3); at > 0; at-- {
			lines := 0
			for c, i := code, 0; i < 4; c, i = c/4, i+1 {
				if when := uint64(c % 4); when > 0 && when <= at {
					lines++
				}
			}
			if lines >= 3 {
				want = int64(at)
			}
		}
		for c, i := code, 0; i < 4; c, i = c/4, i+1 {
			if at := uint64(c % 4); at > 0 {
				line, err := Cosign(n.Text, at, testWitness(t, fmt.Sprintf("w%d.example", i), byte(20+i)))
				if err != nil {
					t.Fatal(err)
				}
				n.Signatures = append(n.Signatures, line)
			}
		}
		if got, ok := p.Since(n); got != want || ok != (want > 0) {
			t.Fatalf("times %04d in base 4: %d, want %d", code, got, want)
		}
	}
}
