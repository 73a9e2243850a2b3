package ledger

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"filippo.io/edwards25519"
	"golang.org/x/mod/sumdb/note"

	"github.com/sunlot/sunlot/internal/fault"
)

func testSigner(t testing.TB, name string, n byte) Signer {
	t.Helper()
	s, err := NewSigner(name, [32]byte{n})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func testWitness(t testing.TB, name string, n byte) Signer {
	t.Helper()
	s, err := NewWitnessSigner(name, [32]byte{n})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	if got := fault.Code(err); got != code {
		t.Fatalf("got code %q (%v), want %q", got, err, code)
	}
}

func TestKeyRoundTrip(t *testing.T) {
	for _, name := range []string{"a", "example.gov.cn/sunlot", "办公室", strings.Repeat("x", 255)} {
		k := testSigner(t, name, 1).Key()
		back, err := ParseKey(k.String())
		if err != nil || !back.Equal(k) || back.ID != k.ID {
			t.Fatalf("%q: %v %v", name, back, err)
		}
		w := testWitness(t, name, 1).Key()
		if w.ID == k.ID {
			t.Fatal("two types, one id")
		}
		if _, err := ParseWitnessKey(w.String()); err != nil {
			t.Fatal(err)
		}
		_, err = ParseKey(w.String())
		wantCode(t, err, "ledger.key-type")
		// The other implementation reads the same key to the same id.
		v, err := note.NewVerifier(k.String())
		if err != nil || v.KeyHash() != k.ID {
			t.Fatalf("x/mod: %v %v", v, err)
		}
	}
	for _, name := range []string{"", "a b", "a+b", "a\u3000b", "a\u00a0b", "a\nb", "a\x00", "\xff", strings.Repeat("x", 256)} {
		_, err := NewSigner(name, [32]byte{1})
		wantCode(t, err, "ledger.key-name")
	}
}

func TestKeyRefusesEveryOtherByte(t *testing.T) {
	vkey := testSigner(t, "demo.example/log", 1).Key().String()
	for i := range vkey {
		for _, c := range []byte{'A', 'z', '0', '9', '+', '/', '=', ' ', '\r', '\n', vkey[i] ^ 1, vkey[i] ^ 0x20} {
			if c == vkey[i] {
				continue
			}
			bad := vkey[:i] + string(c) + vkey[i+1:]
			if k, err := ParseKey(bad); err == nil {
				t.Fatalf("%q was read as %v", bad, k)
			}
		}
		if _, err := ParseKey(vkey[:i]); err == nil {
			t.Fatalf("%q was read", vkey[:i])
		}
	}
	if _, err := ParseKey(vkey + "\n"); err == nil {
		t.Fatal("a newline at the end was read")
	}
}

// A public key is refused unless every verifier would take it for the same
// point, of prime order.
func TestKeyPoints(t *testing.T) {
	point := func(h string) []byte {
		b, err := hex.DecodeString(h)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	small := []string{
		"0100000000000000000000000000000000000000000000000000000000000000", // identity
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // order 2
		"0000000000000000000000000000000000000000000000000000000000000000", // order 4
		"0000000000000000000000000000000000000000000000000000000000000080",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", // order 8
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	}
	bad := [][]byte{
		nil, make([]byte, 31), make([]byte, 33),
		point("0100000000000000000000000000000000000000000000000000000000000080"), // identity, wrong sign
		point("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"), // y = p, not reduced
		point("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"), // y = p + 1
		point("0200000000000000000000000000000000000000000000000000000000000000"), // no point
	}
	good := testSigner(t, "a", 1).Key().Public
	p, err := new(edwards25519.Point).SetBytes(good)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range small {
		bad = append(bad, point(s))
		q, err := new(edwards25519.Point).SetBytes(point(s))
		if err != nil {
			t.Fatal(err)
		}
		if mixed := new(edwards25519.Point).Add(p, q).Bytes(); !bytes.Equal(mixed, good) {
			bad = append(bad, mixed) // a good key with a torsion component
		}
	}
	for _, b := range bad {
		if _, err := NewKey("a", b); fault.Code(err) != "ledger.key-point" {
			t.Errorf("%x: %v", b, err)
		}
	}
	if _, err := NewKey("a", good); err != nil {
		t.Error(err)
	}
}

func TestNoteRoundTrip(t *testing.T) {
	a, b := testSigner(t, "demo.example/log", 1), testSigner(t, "办公室", 2)
	for _, text := range []string{"x\n", "一\n二\n", "a\n\nb\n", "\n", "a\n\n", "— a b\n", "\n\n\n"} {
		msg, err := FormatNote(text, a, b)
		if err != nil {
			t.Fatal(err)
		}
		n, err := ParseNote(msg)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if n.Text != text || len(n.SignedBy(a.Key(), b.Key())) != 2 {
			t.Fatalf("%q came back as %q, %v", text, n.Text, n.SignedBy(a.Key(), b.Key()))
		}
		if got := n.SignedBy(b.Key()); len(got) != 1 || !got[0].Equal(b.Key()) {
			t.Fatalf("signed by %v", got)
		}
		va, _ := note.NewVerifier(a.Key().String())
		o, err := note.Open(msg, note.VerifierList(va))
		if err != nil || o.Text != text || len(o.Sigs) != 1 || len(o.UnverifiedSigs) != 1 {
			t.Fatalf("x/mod: %+v, %v", o, err)
		}
	}
	for _, text := range []string{"", "x", "x\r\n", "\x00\n", "\t\n", "\xff\n"} {
		_, err := FormatNote(text, a)
		wantCode(t, err, "ledger.note-text")
	}
	_, err := FormatNote("x\n")
	wantCode(t, err, "ledger.note-signatures")
	_, err = FormatNote("x\n", a, a)
	wantCode(t, err, "ledger.note-duplicate")
}

// No other byte sequence near a note is a note that still verifies.
func TestNoteIsNotMalleable(t *testing.T) {
	s := testSigner(t, "demo.example/log", 1)
	msg, err := FormatNote("sunlot/v1 演示\ndemo.example/log\n{}\n", s)
	if err != nil {
		t.Fatal(err)
	}
	verifies := func(b []byte) bool {
		n, err := ParseNote(b)
		return err == nil && len(n.SignedBy(s.Key())) > 0
	}
	if !verifies(msg) {
		t.Fatal("the note itself")
	}
	for i := range msg {
		for c := range 256 {
			b := bytes.Clone(msg)
			if b[i] = byte(c); c != int(msg[i]) && verifies(b) {
				t.Fatalf("byte %d as %#x: %q", i, c, b)
			}
		}
		if verifies(msg[:i]) || verifies(append(bytes.Clone(msg[:i]), msg[i+1:]...)) {
			t.Fatalf("cut at %d", i)
		}
		for _, ins := range []string{" ", "\n", "\r", "=", "A", "\u200b"} {
			if b := string(msg[:i]) + ins + string(msg[i:]); verifies([]byte(b)) {
				t.Fatalf("%q put in at %d", ins, i)
			}
		}
	}
	if verifies(append(bytes.Clone(msg), '\n')) {
		t.Fatal("a line more")
	}
}

func TestNoteRefusals(t *testing.T) {
	s := testSigner(t, "a", 1)
	good, _ := FormatNote("x\n", s)
	line := strings.TrimPrefix(string(good), "x\n\n")
	for _, c := range []struct{ code, msg string }{
		{"ledger.note-form", ""},
		{"ledger.note-form", "x\n"},
		{"ledger.note-form", "x\n\n"},
		{"ledger.note-form", "x\n\n\n"},
		{"ledger.note-form", "x\n\n" + strings.TrimSuffix(line, "\n")},
		{"ledger.note-form", "x\n\n" + strings.Replace(line, "— ", "- ", 1)},
		{"ledger.note-form", "x\n\n—a b\n"},
		{"ledger.note-base64", "x\n\n— a b\n"},
		{"ledger.note-base64", "x\n\n— a AAAAAA==\n"},  // an id and nothing
		{"ledger.note-base64", "x\n\n— a AAAAAAB=\n"},  // spare bits
		{"ledger.note-form", "x\n\n— a AAAA\rAAA=\n"},  // the decoder skips \r
		{"ledger.note-base64", "x\n\n— a  AAAAAAA=\n"}, // two spaces
		{"ledger.note-name", "x\n\n— a\u00a0b AAAAAAA=\n"},
		{"ledger.note-name", "x\n\n—  AAAAAAA=\n"},
		{"ledger.note-duplicate", "x\n\n" + line + line},
		{"ledger.note-signatures", "x\n\n" + strings.Repeat(line, 65)},
		{"ledger.note-size", strings.Repeat("x", 1<<17) + "\n\n" + line},
		{"ledger.note-text", "x\x01\n\n" + line},
		{"ledger.note-text", "\xc0\n\n" + line},
	} {
		n, err := ParseNote([]byte(c.msg))
		if fault.Code(err) != c.code {
			t.Errorf("%.60q: %v, %v, want %s", c.msg, n, err, c.code)
		}
	}
	// 16 lines must be taken, and unknown kinds beside ours are no harm.
	n, _ := ParseNote(good)
	for i := range 30 {
		n.Signatures = append(n.Signatures, Signature{fmt.Sprintf("w%d", i), uint32(i), make([]byte, 2420)})
	}
	msg, err := n.Format()
	if err != nil {
		t.Fatal(err)
	}
	if n, err = ParseNote(msg); err != nil || len(n.SignedBy(s.Key())) != 1 {
		t.Fatal(err)
	}
}

type brokenSigner struct {
	Signer
	sig []byte
	err error
}

func (b brokenSigner) Sign([]byte) ([]byte, error) { return b.sig, b.err }

func TestSignerIsNotTrusted(t *testing.T) {
	s := testSigner(t, "a", 1)
	for _, sig := range [][]byte{nil, {1}, make([]byte, 64), make([]byte, 65)} {
		_, err := FormatNote("x\n", brokenSigner{s, sig, nil})
		wantCode(t, err, "ledger.signer-wrong")
	}
	_, err := FormatNote("x\n", brokenSigner{s, nil, errors.New("locked")})
	wantCode(t, err, "ledger.signer-failed")
}

func TestCosign(t *testing.T) {
	log, w := testSigner(t, "demo.example/log", 1), testWitness(t, "w.example", 2)
	text, err := FormatCheckpoint(Checkpoint{Origin: "demo.example/log", Size: 3, Root: Hash{1}})
	if err != nil {
		t.Fatal(err)
	}
	msg, _ := FormatNote(text, log)
	n, _ := ParseNote(msg)
	sig, err := Cosign(text, 1_692_806_400, w)
	if err != nil {
		t.Fatal(err)
	}
	n.Signatures = append(n.Signatures, sig)
	if at, ok := n.CosignedAt(w.Key()); !ok || at != 1_692_806_400 {
		t.Fatal(at, ok)
	}
	if len(n.SignedBy(log.Key(), w.Key())) != 2 {
		t.Fatal("SignedBy leaves the witness out")
	}
	for i := range sig.Bytes { // the time is signed too
		bad := bytes.Clone(sig.Bytes)
		bad[i] ^= 1
		n.Signatures[1].Bytes = bad
		if _, ok := n.CosignedAt(w.Key()); ok {
			t.Fatalf("byte %d of the line is not signed", i)
		}
	}
	if _, err := Cosign(text, 1<<63, w); err == nil {
		t.Fatal("a time beyond 2^63 − 1")
	}
	if _, err := Cosign(text, 1, log); err == nil {
		t.Fatal("a log key cosigned")
	}
	if _, err := FormatNote("x\n", w); fault.Code(err) != "ledger.key-type" {
		t.Fatal("a witness key signed a note plainly")
	}
}

func TestSLargerThanOrderIsRefused(t *testing.T) {
	s := testSigner(t, "a", 1)
	msg, _ := FormatNote("x\n", s)
	n, _ := ParseNote(msg)
	// S + L is the same scalar written a second time.
	order, _ := hex.DecodeString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
	sig, carry := n.Signatures[0].Bytes, 0
	for i := range 32 {
		carry += int(sig[32+i]) + int(order[i])
		sig[32+i] = byte(carry)
		carry >>= 8
	}
	if carry != 0 || len(n.SignedBy(s.Key())) != 0 || len(sig) != ed25519.SignatureSize {
		t.Fatal("S ≥ L verified")
	}
}
