package local

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/sunlot/sunlot/ledger"
)

func FuzzPending(f *testing.F) {
	f.Add(formatPending(origin, 3, &Batch{Entries: entries(3, 2), Blobs: [][]byte{{1}}, Openings: map[uint64][]byte{1: {2}, 4: nil}, Policy: []byte("x")}))
	f.Add(formatPending("", 0, &Batch{}))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, from, b, err := parsePending(data)
		if err != nil {
			return
		}
		if again := formatPending(o, from, b); len(again) > len(data) {
			t.Fatalf("%d bytes came back as %d", len(data), len(again))
		}
	})
}

func TestPendingRoundTrip(t *testing.T) {
	for _, b := range []*Batch{
		{},
		{Entries: entries(0, 3)},
		{Entries: entries(0, 3), Former: []byte("log x\nquorum none\n")},
		{Entries: entries(0, 1), Policy: []byte("new"), Former: []byte("old")},
		{Entries: [][]byte{{}}, Blobs: [][]byte{{}, {1}}, Openings: map[uint64][]byte{9: nil, 2: []byte("{}")}, Policy: []byte{}},
	} {
		data := formatPending(origin, 7, b)
		o, from, back, err := parsePending(data)
		if err != nil || o != origin || from != 7 || len(back.Entries) != len(b.Entries) || len(back.Openings) != len(b.Openings) ||
			(back.Policy == nil) != (b.Policy == nil) || !bytes.Equal(back.Former, b.Former) || !bytes.Equal(formatPending(o, from, back), data) {
			t.Fatalf("%+v came back as %+v, %v", b, back, err)
		}
		for i := range data {
			bad := bytes.Clone(data)
			bad[i] ^= 0x10
			if _, _, _, err := parsePending(bad); err == nil {
				t.Fatalf("byte %d changed and not seen", i)
			}
			if _, _, _, err := parsePending(data[:i]); err == nil {
				t.Fatalf("cut at %d and not seen", i)
			}
		}
	}
}

// Without its witnesses a batch is kept, not published and not lost; it is
// completed once they answer, and never twice.
func TestUnwitnessedIsKept(t *testing.T) {
	w, err := ledger.NewWitnessSigner("w.example", [32]byte{77})
	if err != nil {
		t.Fatal(err)
	}
	opt := options(t)
	opt.Policy, err = ledger.FormatPolicy(&ledger.Policy{
		Logs: []ledger.PolicyKey{{Key: opt.Log.Key()}}, Witnesses: []ledger.PolicyKey{{Name: "w", Key: w.Key()}}, Quorum: "w",
	})
	if err != nil {
		t.Fatal(err)
	}
	down := errors.New("connection refused")
	up := func(signed []byte, _ func(uint64) ([]ledger.Hash, error)) ([]byte, error) {
		if down != nil {
			return nil, down
		}
		n, err := ledger.ParseNote(signed)
		if err != nil {
			return nil, err
		}
		sig, err := ledger.Cosign(n.Text, 5, w)
		if err != nil {
			return nil, err
		}
		n.Signatures = append(n.Signatures, sig)
		return n.Format()
	}
	opt.Witness = up
	l := mustCreate(t, opt)
	b := Batch{Entries: entries(0, 2)}
	_, err = l.Append(b)
	wantCode(t, err, "ledger.unwitnessed")
	if from, kept, err := Pending(os.DirFS(opt.Guard)); err != nil || from != 0 || kept == nil || len(kept.Entries) != 2 {
		t.Fatal(from, kept, err)
	}
	if size, _ := l.Dir().Size(); size != 0 {
		t.Fatal("published")
	}
	_, err = l.Append(Batch{Entries: entries(2, 1)}) // not before the first
	wantCode(t, err, "ledger.unwitnessed")
	l.Close()
	_, err = Open(opt)
	wantCode(t, err, "ledger.unwitnessed")
	// Whoever edits the policy meanwhile, so that it asks nobody, gains nothing.
	edited, err := ledger.FormatPolicy(&ledger.Policy{Logs: []ledger.PolicyKey{{Key: opt.Log.Key()}}, Quorum: "none"})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(opt.Dir, "policy")
	if err := os.WriteFile(file, edited, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = Open(opt)
	wantCode(t, err, "ledger.unwitnessed")
	if err := os.WriteFile(file, opt.Policy, 0o644); err != nil {
		t.Fatal(err)
	}
	down = nil
	l = mustOpen(t, opt)
	defer l.Close()
	if l.Size() != 2 {
		t.Fatalf("size %d", l.Size())
	}
	if first := mustAppend(t, l, Batch{Entries: entries(2, 1)}); first != 2 {
		t.Fatalf("first %d", first)
	}
	if _, kept, err := Pending(os.DirFS(opt.Guard)); kept != nil || err != nil {
		t.Fatal(kept, err)
	}
	clean(t, opt)
	policy, err := ledger.ParsePolicy(opt.Policy)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries(0, 3) {
		data, err := l.Dir().Proof(uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		p, err := ledger.ParseProof(data)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Check(e, policy); err != nil {
			t.Fatal(err)
		}
	}
}
