package ledger

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// oracle reads a policy as c2sp.org/tlog-policy words it and says who has
// witnessed a checkpoint: a name is a witness, or a group of which at least k
// members have. It shares nothing with the code that it judges.
func oracle(policy string, cosigned func(vkey string) bool) bool {
	witnessed := map[string]bool{"none": true}
	answer := false
	for _, line := range strings.Split(policy, "\n") {
		w := strings.Fields(line)
		switch {
		case len(w) == 0:
		case w[0] == "witness":
			witnessed[w[1]] = cosigned(w[2])
		case w[0] == "group":
			n := 0
			for _, member := range w[3:] {
				if witnessed[member] {
					n++
				}
			}
			switch w[2] {
			case "any":
				witnessed[w[1]] = n >= 1
			case "all":
				witnessed[w[1]] = n == len(w[3:])
			default:
				k, err := strconv.Atoi(w[2])
				witnessed[w[1]] = err == nil && n >= k
			}
		case w[0] == "quorum":
			answer = witnessed[w[1]]
		}
	}
	return answer
}

// fiveShapes are quorums over the witnesses a to e, and how many members any
// two of their satisfying sets share, worked out by hand; -1: random below.
var fiveShapes = []struct {
	tail    string
	overlap int
}{
	{"group g 5 a b c d e\nquorum g", 5},
	{"group g all a b c d e\nquorum g", 5},
	{"group g 4 a b c d e\nquorum g", 3},
	{"group g 3 a b c d e\nquorum g", 1},
	{"group g 2 a b c d e\nquorum g", 0},
	{"group g any a b c d e\nquorum g", 0},
	{"quorum c", 1},
	{"group g 2 a b c\nquorum g", 1},
	{"group x any a b\ngroup y any c d\ngroup g all x y e\nquorum g", 1},
	{"group x any a b\ngroup y any c d\ngroup g 2 x y e\nquorum g", 0},
	{"group x all a b\ngroup y all c d\ngroup g 2 x y e\nquorum g", 1},
	{"group x all a b\ngroup y all c d\ngroup g any x y e\nquorum g", 0},
	{"group x 2 a b c\ngroup y any d e\ngroup g all x y\nquorum g", 1},
	{"group x 2 a b c\ngroup y all d e\ngroup g all x y\nquorum g", 3},
	{"group x all a\ngroup y 1 x b\ngroup z all y c\ngroup g all z d\nquorum g", 2},
	{"group x 2 a b c\ngroup y all d e\ngroup g any x y\nquorum g", 0},
}

// cosignedBy signs a checkpoint with those of five witnesses in the set.
func cosignedBy(t *testing.T, set int) *Note {
	t.Helper()
	text, err := FormatCheckpoint(Checkpoint{Origin: "demo0.example/log", Size: 1, Root: LeafHash([]byte("x"))})
	if err != nil {
		t.Fatal(err)
	}
	msg, err := FormatNote(text, testSigner(t, "demo0.example/log", 1))
	if err != nil {
		t.Fatal(err)
	}
	n, err := ParseNote(msg)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if set>>i&1 == 1 {
			sig, err := Cosign(text, 5, testWitness(t, fmt.Sprintf("w%d.example", i), byte(20+i)))
			if err != nil {
				t.Fatal(err)
			}
			n.Signatures = append(n.Signatures, sig)
		}
	}
	return n
}

// TestAllSubsetsOfFive: every one of the 2^5 sets of cosignatures, under quorums
// of many shapes and random nested ones, against the oracle: Satisfied, Open,
// Overlap and what CheckQuorum refuses.
func TestAllSubsetsOfFive(t *testing.T) {
	shapes := slices.Clone(fiveShapes)
	rng := rand.New(rand.NewPCG(5, 5))
	for range 60 {
		shapes = append(shapes, struct {
			tail    string
			overlap int
		}{randomShape(rng), -1})
	}
	notes := make([]*Note, 32)
	vkeys := map[string]int{}
	for set := range notes {
		notes[set] = cosignedBy(t, set)
	}
	for i := range 5 {
		vkeys[testWitness(t, fmt.Sprintf("w%d.example", i), byte(20+i)).Key().String()] = i
	}
	sets, refused := 0, 0
	for _, s := range shapes {
		text := policyText(t, "log $L0\nwitness a $W0\nwitness b $W1\nwitness c $W2\nwitness d $W3\nwitness e $W4\n"+s.tail+"\n")
		p, err := ParsePolicy([]byte(text))
		if err != nil {
			t.Fatalf("%q: %v", s.tail, err)
		}
		var good []int
		for set, n := range notes {
			sets++
			want := oracle(text, func(vkey string) bool { return set>>vkeys[vkey]&1 == 1 })
			if want {
				good = append(good, set)
			}
			msg, err := n.Format()
			if err != nil {
				t.Fatal(err)
			}
			_, err = p.Open(msg)
			if p.Satisfied(n) != want || (err == nil) != want {
				t.Errorf("%q, set %05b: Satisfied %v, Open %v, the oracle says %v", s.tail, set, p.Satisfied(n), err, want)
			}
		}
		overlap := 5
		for _, a := range good {
			for _, b := range good {
				overlap = min(overlap, bits.OnesCount(uint(a&b)))
			}
		}
		if s.overlap >= 0 && s.overlap != overlap {
			t.Errorf("%q: the oracle has %d, by hand %d", s.tail, overlap, s.overlap)
		}
		if got, err := p.Overlap(); err != nil || got != overlap {
			t.Errorf("%q: overlap %d, %v, want %d", s.tail, got, err, overlap)
		}
		if err := p.CheckQuorum(); overlap == 0 {
			refused++
			if err == nil {
				t.Errorf("%q lets two sets without a common witness pass", s.tail)
			} else {
				wantCode(t, err, "ledger.policy-split")
			}
		} else if err != nil {
			t.Errorf("%q: %v", s.tail, err)
		}
	}
	if refused < 10 || refused > len(shapes)-10 {
		t.Errorf("%d of %d refused: the shapes say little", refused, len(shapes))
	}
	t.Logf("%d policies, %d sets, %d policies refused", len(shapes), sets, refused)
}

// randomShape nests groups over a to e, each name in one group at most.
func randomShape(rng *rand.Rand) string {
	free := strings.Fields("a b c d e")
	rng.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
	var b strings.Builder
	last := free[0]
	for i := 0; len(free) > 1 && i < 4; i++ {
		n := 2 + rng.IntN(len(free)-1)
		members := free[:n]
		last = fmt.Sprintf("g%d", i)
		fmt.Fprintf(&b, "group %s %d %s\n", last, 1+rng.IntN(n), strings.Join(members, " "))
		free = append(slices.Clone(free[n:]), last)
	}
	return b.String() + "quorum " + last
}

func TestCheckQuorum(t *testing.T) {
	own := "log $L0\nwitness a " + func() string {
		s, err := NewWitnessSigner("w.example", [32]byte{1}) // the seed of $L0
		if err != nil {
			t.Fatal(err)
		}
		return s.Key().String()
	}() + "\nquorum a\n"
	seventeen, names := "", ""
	for i := range 17 {
		seventeen += fmt.Sprintf("witness w%d %s\n", i, testWitness(t, fmt.Sprintf("x%d", i), byte(60+i)).Key())
		names += fmt.Sprintf(" w%d", i)
	}
	for _, c := range []struct{ text, code string }{
		{"quorum none\n", ""},
		{"log $L0\nquorum none\n", ""},
		{threeOfFour, ""},
		{"witness a $W0\nwitness b $W1\ngroup g any a b\nquorum g\n", "ledger.policy-split"},
		{own, "ledger.policy-own"},
		{seventeen + "group g 9" + names + "\nquorum g\n", "ledger.policy-size"},
	} {
		p, err := ParsePolicy([]byte(policyText(t, c.text)))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(c.code, func(t *testing.T) { wantCode(t, p.CheckQuorum(), c.code) })
	}
}

// The largest policies that are counted out: whoever reads a charter must not
// wait for it. Witnesses that do not count are no part of the sixteen.
func TestLargestPolicies(t *testing.T) {
	names, text := make([]string, 16), ""
	for i := range names {
		names[i] = fmt.Sprintf("w%d", i)
		text += fmt.Sprintf("witness %s %s\n", names[i], testWitness(t, names[i], byte(60+i)).Key())
		pq, err := NewPostQuantumSigner(names[i], [32]byte{byte(60 + i)})
		if err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintf("witness %s-pq %s\n", names[i], pq.Key())
	}
	chain := "group c0 1 w0\n" // 64 groups, one in the other
	for i := 1; i < 63; i++ {
		chain += fmt.Sprintf("group c%d 1 c%d\n", i, i-1)
	}
	for tail, want := range map[string]int{
		"group g 9 " + strings.Join(names, " ") + "\nquorum g\n":                 2,
		"group g 8 " + strings.Join(names, " ") + "\nquorum g\n":                 0,
		chain + "group g 9 c62 " + strings.Join(names[1:], " ") + "\nquorum g\n": 2,
		chain + "quorum c62\n": 1,
	} {
		p, err := ParsePolicy([]byte(text + tail))
		if err != nil {
			t.Fatalf("%.40q: %v", tail, err)
		}
		if got, err := p.Overlap(); err != nil || got != want {
			t.Errorf("%.40q: overlap %d, %v, want %d", tail, got, err, want)
		}
		if got := p.Shared(p); got != want {
			t.Errorf("%.40q: shares %d with itself, want %d", tail, got, want)
		}
	}
}

// A publisher begins and continues no log under such a policy.
func TestPublisherRefusesSplitPolicy(t *testing.T) {
	p := testPublisher(t)
	text := policyText(t, "log "+p.Log.Key().String()+"\nwitness a $W0\nwitness b $W1\ngroup g 1 a b\nquorum g\n")
	wantCode(t, p.CheckPolicy([]byte(text)), "ledger.policy-split")
}

// A witness of type 0x06 is listed and read, does not count, and a bad line of
// it is told.
func TestPostQuantumWitness(t *testing.T) {
	pq, err := NewPostQuantumSigner("w0.example", [32]byte{9})
	if err != nil {
		t.Fatal(err)
	}
	head := "log $L0\nwitness a $W0\nwitness b $W1\nwitness a-pq " + pq.Key().String() + "\n"
	for _, tail := range []string{"quorum a-pq\n", "group g any a a-pq\nquorum g\n"} {
		_, err := ParsePolicy([]byte(policyText(t, head+tail)))
		wantCode(t, err, "ledger.policy-not-counted")
	}
	text := policyText(t, head+"group g 2 a b\nquorum g\n")
	p, err := ParsePolicy([]byte(text))
	if err != nil || string(p.text()) != text {
		t.Fatalf("%v\n%s", err, p.text())
	}
	if n, err := p.Overlap(); err != nil || n != 2 {
		t.Errorf("overlap %d, %v", n, err)
	}
	n := cosignedBy(t, 1)
	sig, err := Cosign(n.Text, 7, pq)
	if err != nil {
		t.Fatal(err)
	}
	n.Signatures = append(n.Signatures, sig)
	if _, bad := p.verified(n); p.Satisfied(n) || len(bad) != 0 {
		t.Error("one of two and its second line: satisfied, or a good line is bad")
	}
	if at, ok := n.CosignedAt(pq.Key()); !ok || at != 7 {
		t.Errorf("%d %v", at, ok)
	}
	both := cosignedBy(t, 3)
	both.Signatures = append(both.Signatures, Signature{sig.Name, sig.ID, append([]byte{0, 0, 0, 0, 0, 0, 0, 8}, sig.Bytes[8:]...)})
	if !p.Satisfied(both) {
		t.Error("a bad line that does not count spoils those that do")
	}
	if _, bad := p.verified(both); len(bad) != 1 || !bad[0].Equal(pq.Key()) {
		t.Errorf("bad lines: %v", bad)
	}
	// Another checkpoint, another name, another origin: another message.
	for _, text := range []string{
		strings.Replace(n.Text, "\n1\n", "\n2\n", 1),
		strings.Replace(n.Text, "demo0.", "demo1.", 1),
		"not a checkpoint\n",
	} {
		moved := &Note{Text: text, Signatures: n.Signatures}
		if _, ok := moved.CosignedAt(pq.Key()); ok {
			t.Errorf("the line verifies over %q", text)
		}
	}
	if _, err := Cosign("not a checkpoint\n", 7, pq); err == nil {
		t.Error("signed what is no checkpoint")
	}
	_, err = Cosign(n.Text, 1<<63, pq)
	wantCode(t, err, "ledger.cosign-time")
	_, err = Cosign(n.Text, 1, testSigner(t, "x", 1))
	wantCode(t, err, "ledger.key-type")
}

// Keys of type 0x06 as text: one form, of the right length, for witnesses only.
func TestPostQuantumKeys(t *testing.T) {
	pq, err := NewPostQuantumSigner("w.example", [32]byte{9})
	if err != nil {
		t.Fatal(err)
	}
	vkey := pq.Key().String()
	k, err := ParseWitnessKey(vkey)
	if err != nil || !k.Equal(pq.Key()) || k.ID != pq.Key().ID {
		t.Fatalf("%v %v", k, err)
	}
	_, err = ParseKey(vkey)
	wantCode(t, err, "ledger.key-type")
	_, err = ParsePolicy([]byte("log " + vkey + "\nquorum none\n"))
	wantCode(t, err, "ledger.key-type")
	for _, bad := range []string{vkey[:len(vkey)-4], vkey + "AAAA", strings.Replace(vkey, "+B", "+C", 1), strings.ToUpper(vkey[:20]) + vkey[20:]} {
		if _, err := ParseWitnessKey(bad); err == nil {
			t.Errorf("%.60s… was read", bad)
		}
	}
	if _, err := NewPostQuantumSigner("a b", [32]byte{}); err == nil {
		t.Error("a name with a space")
	}
}

func FuzzWitnessKey(f *testing.F) {
	pq, err := NewPostQuantumSigner("w.example", [32]byte{9})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(pq.Key().String())
	f.Add(testWitness(f, "w.example", 1).Key().String())
	f.Fuzz(func(t *testing.T, vkey string) {
		if k, err := ParseWitnessKey(vkey); err == nil && k.String() != vkey {
			t.Fatalf("%q came back as %q", vkey, k)
		}
	})
}

// FuzzPostQuantumLine alters a line of type 0x06: nothing but itself verifies.
func FuzzPostQuantumLine(f *testing.F) {
	pq, err := NewPostQuantumSigner("w.example", [32]byte{9})
	if err != nil {
		f.Fatal(err)
	}
	text, err := FormatCheckpoint(Checkpoint{Origin: "demo.example/log", Size: 1, Root: LeafHash([]byte("x"))})
	if err != nil {
		f.Fatal(err)
	}
	sig, err := Cosign(text, 7, pq)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sig.Bytes)
	f.Add(sig.Bytes[:8])
	f.Fuzz(func(t *testing.T, line []byte) {
		n := &Note{Text: text, Signatures: []Signature{{sig.Name, sig.ID, line}}}
		if at, ok := n.CosignedAt(pq.Key()); ok && string(line) != string(sig.Bytes) {
			t.Fatalf("another line verifies, at %d", at)
		}
	})
}
