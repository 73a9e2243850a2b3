package ledger

import (
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/edwards25519"
)

// Random cases for programs in other languages, always the same ones. With
// -cases they are written, a JSON object a line, for tools/web/check.sh:
// {"kind", "in": base64 …, "n": numbers …, "want"}, want being "refused" or
// what an accepted input says, in words that the other side can build too.
var casesFlag = flag.String("cases", "", "folder for random cases, a line each")

type randomCase struct {
	Kind string   `json:"kind"`
	In   [][]byte `json:"in"`
	N    []uint64 `json:"n,omitempty"`
	Want string   `json:"want"`
}

// caseWriter counts what it writes, by kind.
type caseWriter struct {
	*rand.Rand
	t     *testing.T
	lines []byte
	count map[string][2]int // of a kind: refused, accepted
}

func (w *caseWriter) add(kind, want string, n []uint64, in ...[]byte) {
	c := randomCase{kind, make([][]byte, len(in)), n, want}
	for i, b := range in {
		c.In[i] = append([]byte{}, b...) // null is no base64
	}
	line, err := json.Marshal(c)
	if err != nil {
		w.t.Fatal(err)
	}
	w.lines = append(append(w.lines, line...), '\n')
	count := w.count[kind]
	if want == "refused" {
		count[0]++
	} else {
		count[1]++
	}
	w.count[kind] = count
}

func TestRandomCases(t *testing.T) {
	w := &caseWriter{Rand: rand.New(rand.NewPCG(2026, 1101)), t: t, count: map[string][2]int{}}
	for _, kind := range []func(*caseWriter){randomKeys, randomSignatures, randomNotes, randomBundles, randomPolicies, randomProofs, randomPaths, randomConsistency, randomNames} {
		kind(w)
	}
	for kind, c := range w.count {
		t.Logf("%s: %d refused, %d accepted", kind, c[0], c[1])
		if never := kind == "tile" || kind == "signature" || kind == "lines"; c[1] < 50 || c[0] < 30 && !never {
			t.Errorf("%s: %d refused, %d accepted: too few", kind, c[0], c[1])
		}
	}
	if dir := *casesFlag; dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "ledger.jsonl"), w.lines, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// bytes are n random bytes.
func (w *caseWriter) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(w.Uint32())
	}
	return b
}

func (w *caseWriter) hash() Hash { return Hash(w.bytes(32)) }

// pick is one of list.
func pick[T any](w *caseWriter, list ...T) T { return list[w.IntN(len(list))] }

// name is a key's name, good nine times of ten.
func (w *caseWriter) name() string {
	name := pick(w, "demo.example/log", "演示办公室", "w0.example", "甲", "é\u0301", "𠮷", strings.Repeat("长", 85))
	if w.IntN(10) == 0 {
		name += pick(w, " ", "+", "\u00a0", "\u0085", "\u200b", "\ufeff", "\u3000", "\u2028", "\x7f", "\t", "长", "\u180e", "\u202f", "\u0600")
	}
	return name
}

// mutate changes text in a way that a careless reader would not notice.
func (w *caseWriter) mutate(text []byte) []byte {
	text = slices.Clone(text)
	if len(text) == 0 {
		return []byte("\n")
	}
	i := w.IntN(len(text))
	switch w.IntN(7) {
	case 0:
		text[i] ^= 1 << w.IntN(8)
	case 1:
		return slices.Delete(text, i, i+1)
	case 2:
		return slices.Insert(text, i, []byte(pick(w, "\n", " ", "=", "0", "\r", "\t", "\x00", "+", "—", "\ufeff", "A"))...)
	case 3:
		return text[:i]
	case 4:
		return append(text, text[i:]...)
	case 5: // two lines change places, or one is doubled or goes
		lines := strings.SplitAfter(string(text), "\n")
		a, b := w.IntN(len(lines)), w.IntN(len(lines))
		switch w.IntN(3) {
		case 0:
			lines[a], lines[b] = lines[b], lines[a]
		case 1:
			lines = slices.Insert(lines, a, lines[b])
		case 2:
			lines = slices.Delete(lines, a, a+1)
		}
		return []byte(strings.Join(lines, ""))
	case 6:
		text[i] = pick(w, byte('\n'), ' ', '=', '0', '9', '/', 'A', 0x80, 0xff, 0x1f)
	}
	return text
}

// torsion are encodings of the eight points of small order, and others of the
// same points that no encoder writes.
func torsion() [][]byte {
	var list [][]byte
	p := edwards25519.NewIdentityPoint()
	order8, err := new(edwards25519.Point).SetBytes([]byte{
		0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
		0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
	})
	if err != nil {
		panic(err)
	}
	for range 8 {
		list = append(list, p.Bytes())
		p = new(edwards25519.Point).Add(p, order8)
	}
	for low := range 19 { // y = p … p + 18
		b := slices.Repeat([]byte{0xff}, 32)
		b[0], b[31] = 0xed+byte(low), 0x7f
		list = append(list, b)
		b = slices.Clone(b)
		b[31] = 0xff
		list = append(list, b)
	}
	minus := slices.Clone(list[0]) // the neutral point with the sign of x set
	minus[31] |= 0x80
	return append(list, minus)
}

func randomKeys(w *caseWriter) {
	twisted := torsion()
	for range 500 {
		name, kind := w.name(), pick[byte](w, Ed25519, Ed25519, Cosigning, PostQuantum, 0xff)
		key := ed25519.NewKeyFromSeed(w.bytes(32)).Public().(ed25519.PublicKey)
		switch w.IntN(6) {
		case 0:
			key = w.bytes(32)
		case 1:
			key = pick(w, twisted...)
		case 2: // a good point and one of small order
			a, _ := new(edwards25519.Point).SetBytes(key)
			b, err := new(edwards25519.Point).SetBytes(pick(w, twisted[:8]...))
			if err != nil {
				w.t.Fatal(err)
			}
			key = new(edwards25519.Point).Add(a, b).Bytes()
		}
		if kind == PostQuantum {
			key = w.bytes(pick(w, 1312, 1312, 1312, 1311, 32))
		}
		line := Key{name, keyID(name, kind, key), key, kind}.String()
		if w.IntN(4) == 0 {
			line = strings.ToValidUTF8(string(w.mutate([]byte(line))), "")
		}
		class := w.Uint64N(2)
		k, err := []func(string) (Key, error){ParseKey, ParseWitnessKey}[class](line)
		want := "refused"
		if err == nil {
			want = fmt.Sprintf("%s %08x %d", k.Name, k.ID, k.Type)
		}
		w.add("key", want, []uint64{class}, []byte(line))
	}
}

// randomSignatures holds both sides to the one equation: also where readers
// that multiply by the cofactor, or reduce S, or take other encodings say yes.
func randomSignatures(w *caseWriter) {
	twisted := torsion()
	order := new(edwards25519.Scalar)
	l := []byte{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 31: 0x10}
	for range 600 {
		secret, err := order.SetUniformBytes(w.bytes(64))
		if err != nil {
			w.t.Fatal(err)
		}
		key := new(edwards25519.Point).ScalarBaseMult(secret)
		r, _ := new(edwards25519.Scalar).SetUniformBytes(w.bytes(64))
		if w.IntN(8) == 0 {
			r = edwards25519.NewScalar() // R is the neutral point
		}
		R := new(edwards25519.Point).ScalarBaseMult(r)
		msg := w.bytes(w.IntN(200))
		form := w.IntN(7)
		encoded := R.Bytes()
		if form == 1 || form == 2 { // R with a part of small order, or not in its one encoding
			b := pick(w, twisted...)
			if p, err := new(edwards25519.Point).SetBytes(b); err == nil && form == 1 {
				encoded = p.Add(p, R).Bytes()
			} else {
				encoded = b
			}
		}
		h := sha512.New()
		h.Write(encoded)
		h.Write(key.Bytes())
		h.Write(msg)
		k, _ := new(edwards25519.Scalar).SetUniformBytes(h.Sum(nil))
		s := new(edwards25519.Scalar).MultiplyAdd(k, secret, r)
		sig := append(encoded, s.Bytes()...)
		switch form {
		case 3:
			sig[w.IntN(64)] ^= 1 << w.IntN(8)
		case 4: // S + L
			carry := 0
			for i := range 32 {
				carry += int(sig[32+i]) + int(l[i])
				sig[32+i], carry = byte(carry), carry>>8
			}
		case 5:
			sig = sig[:w.IntN(64)]
		}
		pub := key.Bytes()
		if _, err := NewKey("k", pub); err != nil {
			w.t.Fatal(err)
		}
		good := len(sig) == 64 && ed25519.Verify(pub, msg, sig)
		w.add("signature", fmt.Sprint(good), nil, pub, msg, sig)
	}
}

// signers are keys of every type.
func signers(w *caseWriter) []Signer {
	pq, err := NewPostQuantumSigner("w0.example", [32]byte{9})
	if err != nil {
		w.t.Fatal(err)
	}
	return []Signer{testSigner(w.t, "demo.example/log", 1), testSigner(w.t, "演示办公室", 2), testWitness(w.t, "w0.example", 3), testWitness(w.t, "w1.example", 4), pq}
}

func randomNotes(w *caseWriter) {
	all := signers(w)
	var keys [][]byte
	for _, s := range all {
		keys = append(keys, []byte(s.Key().String()))
	}
	for i := range 700 {
		root := w.hash()
		n := &Note{Text: pick(w, "a\n", "\n", "a\n\n\nb\n", "sunlot/v1 charter\ndemo.example/log\n{}\n",
			fmt.Sprintf("demo.example/log\n%d\n%s\n", w.Uint64N(1<<48), base64.StdEncoding.EncodeToString(root[:])))}
		for _, s := range all {
			if s.Key().Type == PostQuantum && i%5 > 0 || w.IntN(2) == 0 {
				continue
			}
			n.Signatures = append(n.Signatures, signed(w, n.Text, s))
		}
		if len(n.Signatures) == 0 || w.IntN(12) == 0 {
			n.Signatures = append(n.Signatures, Signature{w.name(), w.Uint32(), w.bytes(1 + w.IntN(80))})
		}
		msg := n.bytes()
		if w.IntN(2) == 0 {
			msg = w.mutate(msg)
		}
		got, err := ParseNote(msg)
		want := "refused"
		if err == nil {
			want = fmt.Sprint(len(got.Signatures), len(got.Text))
			for j, s := range all {
				if at, ok := got.CosignedAt(s.Key()); ok {
					want += fmt.Sprintf(" %d@%d", j, at)
				} else if s.Key().Type == Ed25519 && len(got.SignedBy(s.Key())) > 0 {
					want += fmt.Sprintf(" %d", j)
				}
			}
		}
		w.add("note", want, nil, append([][]byte{msg}, keys...)...)
	}
}

// bytes is the note without the refusals of Format.
func (n *Note) bytes() []byte {
	b := []byte(n.Text + "\n")
	for _, s := range n.Signatures {
		b = fmt.Appendf(b, "— %s %s\n", s.Name, base64.StdEncoding.EncodeToString(append(binary.BigEndian.AppendUint32(nil, s.ID), s.Bytes...)))
	}
	return b
}

// signed is the line of a key over a text, wrong one time of eight.
func signed(w *caseWriter, text string, s Signer) Signature {
	key := s.Key()
	var line Signature
	var err error
	if key.Type == Ed25519 {
		line.Name, line.ID = key.Name, key.ID
		line.Bytes, err = s.Sign([]byte(text))
	} else if line, err = Cosign(text, pick(w, 0, w.Uint64N(1<<33), 1<<53+1, 1<<63-1), s); err != nil {
		line, err = Signature{key.Name, key.ID, w.bytes(72)}, nil // the text is no checkpoint
	}
	if err != nil {
		w.t.Fatal(err)
	}
	switch w.IntN(16) {
	case 0:
		line.Bytes[w.IntN(len(line.Bytes))] ^= 1
	case 1:
		line.Bytes = line.Bytes[:w.IntN(len(line.Bytes)-1)+1]
	}
	return line
}

func randomBundles(w *caseWriter) {
	for range 200 {
		width := w.IntN(6)
		var b []byte
		for range width {
			e := w.bytes(w.IntN(5))
			b = append(binary.BigEndian.AppendUint16(b, uint16(len(e))), e...)
		}
		if w.IntN(2) == 0 {
			b = w.mutate(b)
		}
		width = max(1, width+w.IntN(5)/4)
		entries, err := ParseBundle(b, width)
		want := "refused"
		if err == nil {
			want = fmt.Sprintf("%x", entries)
		}
		w.add("bundle", want, []uint64{uint64(width)}, b)
	}
}

// randomNames are paths of tiles and roots of lists.
func randomNames(w *caseWriter) {
	for range 100 {
		n, width := w.Uint64N(1<<w.IntN(41)), pick(w, 256, 1+w.IntN(255))
		level := w.IntN(6)
		w.add("tile", TilePath(level, n, width)+" "+BundlePath(n, width), []uint64{uint64(level), n, uint64(width)})
	}
	for n := range 100 {
		lines := make([][]byte, n)
		for i := range lines {
			lines[i] = fmt.Appendf(nil, "line %d %d", n, i)
		}
		root := LinesRoot(lines)
		w.add("lines", fmt.Sprintf("%x", root[:]), nil, lines...)
	}
}
