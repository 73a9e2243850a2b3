package ledger

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestCheckpointForms(t *testing.T) {
	root := strings.Repeat("A", 43) + "="
	for _, good := range []string{
		"demo.example/log\n0\n" + root + "\n",
		"演示 with spaces\n281474976710656\n" + root + "\n",
		"o\n7\n" + root + "\nextension\nanother one\n",
	} {
		c, err := ParseCheckpoint(good)
		if err != nil {
			t.Errorf("%q: %v", good, err)
			continue
		}
		if again, err := FormatCheckpoint(c); err != nil || again != good {
			t.Errorf("%q came back as %q, %v", good, again, err)
		}
	}
	for _, bad := range []string{
		"", "\n", "o\n1\n", "o\n1\n" + root, "\n1\n" + root + "\n", "o\n\n" + root + "\n", "o\n01\n" + root + "\n",
		"o\n+1\n" + root + "\n", "o\n-1\n" + root + "\n", "o\n1 \n" + root + "\n", "o\n281474976710657\n" + root + "\n",
		"o\n18446744073709551616\n" + root + "\n", "o\n0x1\n" + root + "\n", "o\n1_0\n" + root + "\n",
		"o\n1\n" + strings.Repeat("A", 42) + "B=\n", "o\n1\n" + strings.Repeat("A", 43) + "\n", "o\n1\n" + root + root + "\n",
		"o\n1\n" + root + "\r\n", "o\n1\n" + root + "\n\n", "o\n1\n" + root + "\nx\n\n", "o\n1\n" + root + "\n\nx\n",
	} {
		if c, err := ParseCheckpoint(bad); err == nil {
			t.Errorf("%q was read as %+v", bad, c)
		}
	}
	_, err := FormatCheckpoint(Checkpoint{Origin: "a\nb"})
	wantCode(t, err, "ledger.checkpoint-form")
	_, err = FormatCheckpoint(Checkpoint{Origin: "a", Extensions: []string{""}})
	wantCode(t, err, "ledger.checkpoint-form")
}

func signedCheckpoint(t testing.TB, s Signer, origin string, size uint64, root Hash) []byte {
	t.Helper()
	text, err := FormatCheckpoint(Checkpoint{Origin: origin, Size: size, Root: root})
	if err != nil {
		t.Fatal(err)
	}
	msg, err := FormatNote(text, s)
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

func TestOpenCheckpoint(t *testing.T) {
	s := testSigner(t, "demo.example/log", 1)
	msg := signedCheckpoint(t, s, "demo.example/log", 5, Hash{1})
	c, n, err := OpenCheckpoint(msg, s.Key())
	if err != nil || c.Size != 5 || c.Root != (Hash{1}) || len(n.Signatures) != 1 {
		t.Fatal(c, n, err)
	}
	_, _, err = OpenCheckpoint(msg, testSigner(t, "demo.example/log", 2).Key())
	wantCode(t, err, "ledger.checkpoint-unsigned")
	_, _, err = OpenCheckpoint(msg, testSigner(t, "other.example/log", 1).Key())
	wantCode(t, err, "ledger.checkpoint-origin")
	_, _, err = OpenCheckpoint(signedCheckpoint(t, s, "other.example/log", 5, Hash{1}), s.Key())
	wantCode(t, err, "ledger.checkpoint-origin")
	note, _ := FormatNote("hello\n", s)
	_, _, err = OpenCheckpoint(note, s.Key())
	wantCode(t, err, "ledger.checkpoint-form")
}

// testProof is a log of 9 entries and the proof of one.
func testProof(t testing.TB, index uint64) (s Signer, entries [][]byte, data []byte) {
	t.Helper()
	s = testSigner(t, "demo.example/log", 1)
	entries = testEntries(9)
	dir, g, _ := grown(t, entries)
	path, err := ProveInclusion(index, 9, dir.HashReader(9))
	if err != nil {
		t.Fatal(err)
	}
	return s, entries, FormatProof(index, path, signedCheckpoint(t, s, "demo.example/log", 9, g.to.root()))
}

func TestProofFile(t *testing.T) {
	s, entries, data := testProof(t, 3)
	policy := &Policy{Logs: []PolicyKey{{Key: s.Key()}}}
	p, err := ParseProof(data)
	if err != nil || p.Index != 3 || len(p.Path) != 4 || p.Extra != nil {
		t.Fatal(p, err)
	}
	c, err := p.Check(entries[3], policy)
	if err != nil || c.Size != 9 {
		t.Fatal(c, err)
	}
	_, err = p.Check(entries[4], policy)
	wantCode(t, err, "ledger.proof-wrong")
	_, err = p.Check(entries[3], &Policy{})
	wantCode(t, err, "ledger.policy-no-log")
	p.Index = 9
	_, err = p.Check(entries[3], policy)
	wantCode(t, err, "ledger.proof-range")
	p.Index, p.Extra = 3, []byte("x")
	if q, err := ParseProof(p.Format()); err != nil || string(q.Extra) != "x" {
		t.Fatal(q, err)
	}
	p.Extra = []byte{}
	if q, err := ParseProof(p.Format()); err != nil || q.Extra == nil {
		t.Fatal(q, err)
	}
}

// Of all single-byte changes, cuts and insertions none is a proof that checks.
func TestProofIsNotMalleable(t *testing.T) {
	s, entries, data := testProof(t, 8)
	policy := &Policy{Logs: []PolicyKey{{Key: s.Key()}}}
	tried := 0
	checks := func(b []byte) bool {
		tried++
		p, err := ParseProof(b)
		if err != nil {
			return false
		}
		_, err = p.Check(entries[8], policy)
		return err == nil
	}
	if !checks(data) {
		t.Fatal("the proof itself")
	}
	for i := range data {
		for c := range 256 {
			b := bytes.Clone(data)
			if b[i] = byte(c); c != int(data[i]) && checks(b) {
				t.Fatalf("byte %d as %#x", i, c)
			}
		}
		if checks(data[:i]) || checks(append(bytes.Clone(data[:i]), data[i+1:]...)) {
			t.Fatalf("cut at %d", i)
		}
		for _, ins := range []string{" ", "\n", "\r", "0", "="} {
			if checks([]byte(string(data[:i]) + ins + string(data[i:]))) {
				t.Fatalf("%q put in at %d", ins, i)
			}
		}
	}
	if tried < 60_000 {
		t.Fatalf("only %d tried", tried)
	}
}

func TestProofRefusals(t *testing.T) {
	_, _, data := testProof(t, 3)
	good := string(data)
	long := strings.Repeat(strings.Repeat("A", 43)+"=\n", 65)
	for name, bad := range map[string]string{
		"no header":        strings.TrimPrefix(good, "c2sp.org/"),
		"version":          strings.Replace(good, "@v1", "@v2", 1),
		"no index":         strings.Replace(good, "index 3\n", "", 1),
		"zero":             strings.Replace(good, "index 3", "index 03", 1),
		"sign":             strings.Replace(good, "index 3", "index +3", 1),
		"two indexes":      strings.Replace(good, "index 3\n", "index 3\nindex 3\n", 1),
		"extra after":      strings.Replace(good, "index 3\n", "index 3\nextra AA==\n", 1),
		"two extras":       strings.Replace(good, "index 3\n", "extra AA==\nextra AA==\nindex 3\n", 1),
		"spare bits":       strings.Replace(good, "index 3\n", "extra AB==\nindex 3\n", 1),
		"long path":        strings.Replace(good, "index 3\n", "index 3\n"+long, 1),
		"no checkpoint":    strings.SplitAfter(good, "\n\n")[0],
		"two empty":        strings.Replace(good, "\n\n", "\n\n\n", 1),
		"no note":          strings.SplitAfter(good, "\n\n")[0] + "hello\n",
		"empty":            "",
		"too big":          good + strings.Repeat("x", maxProof),
		"other checkpoint": strings.Replace(good, "\n9\n", "\n09\n", 1),
	} {
		if _, err := ParseProof([]byte(bad)); err == nil || bad == good {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestProofUnderWitnesses(t *testing.T) {
	s, entries, data := testProof(t, 2)
	p, _ := ParseProof(data)
	w := []Signer{testWitness(t, "a.example", 11), testWitness(t, "b.example", 12), testWitness(t, "c.example", 13)}
	policy := &Policy{Logs: []PolicyKey{{Key: testSigner(t, "demo.example/log", 9).Key()}, {Key: s.Key()}}, Quorum: "two"}
	g := PolicyGroup{Name: "two", K: 2}
	for i, x := range w {
		name := fmt.Sprintf("w%d", i)
		policy.Witnesses = append(policy.Witnesses, PolicyKey{Name: name, Key: x.Key()})
		g.Members = append(g.Members, name)
	}
	policy.Groups = []PolicyGroup{g}
	n, _ := ParseNote(p.Checkpoint)
	for i, x := range w {
		_, err := p.Check(entries[2], policy)
		if i < 2 {
			wantCode(t, err, "ledger.unwitnessed")
		} else if err != nil {
			t.Fatal(err)
		}
		sig, err := Cosign(n.Text, uint64(100+i), x)
		if err != nil {
			t.Fatal(err)
		}
		n.Signatures = append(n.Signatures, sig)
		p.Checkpoint, _ = n.Format()
	}
	n.Signatures[1].Bytes[20] ^= 1
	n.Signatures[2].Bytes[20] ^= 1
	p.Checkpoint, _ = n.Format()
	_, err := p.Check(entries[2], policy)
	wantCode(t, err, "ledger.unwitnessed")
}
