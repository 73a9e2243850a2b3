package local

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

const origin = "demo.example/sunlot"

func signer(t testing.TB, name string, n byte) ledger.Signer {
	t.Helper()
	s, err := ledger.NewSigner(name, [32]byte{n})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// tempDir is a directory in memory where the system has one: these tests are
// about what is written in which order, and an fsync there costs nothing.
func tempDir(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "sunlot")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// options is a log in a new directory of the test.
func options(t testing.TB) Options {
	dir := tempDir(t)
	return Options{
		Dir: filepath.Join(dir, "ledger"), Guard: filepath.Join(dir, "guard"),
		Origin: origin, Log: signer(t, origin, 1), Now: 1_692_806_400, Copies: true,
	}
}

func mustCreate(t testing.TB, opt Options) *Log {
	t.Helper()
	l, err := Create(opt)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func mustOpen(t testing.TB, opt Options) *Log {
	t.Helper()
	l, err := Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func mustAppend(t testing.TB, l *Log, b Batch) uint64 {
	t.Helper()
	first, err := l.Append(b)
	if err != nil {
		t.Fatal(err)
	}
	return first
}

// entries makes n entries from index first on, of different lengths.
func entries(first, n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = fmt.Appendf(nil, "entry %d %s", first+i, bytes.Repeat([]byte("抽"), (first+i)%50))
	}
	return out
}

// clean audits the folder and fails on any problem.
func clean(t testing.TB, opt Options) {
	t.Helper()
	rep := ledger.OpenDir(os.DirFS(opt.Dir)).Audit(opt.Log.Key(), ledger.AuditOptions{Copies: opt.Copies})
	for _, p := range rep.Problems {
		t.Errorf("audit: %v", p)
	}
}

func read(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	if got := fault.Code(err); got != code {
		t.Fatalf("got code %q (%v), want %q", got, err, code)
	}
}

func TestAppendReadBack(t *testing.T) {
	opt := options(t)
	l := mustCreate(t, opt)
	all := entries(0, 700)
	blob := []byte("张三,演示\n")
	sum := sha256.Sum256(blob)
	for _, n := range []int{1, 1, 9, 245, 1, 255, 188} {
		at := int(l.Size())
		first := mustAppend(t, l, Batch{Entries: all[at : at+n], Blobs: [][]byte{blob}, Openings: map[uint64][]byte{uint64(at): []byte("{}")}})
		if int(first) != at || int(l.Size()) != at+n {
			t.Fatalf("first %d size %d, want %d %d", first, l.Size(), at, at+n)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	clean(t, opt)
	opt.Log = nil
	l = mustOpen(t, opt)
	defer l.Close()
	if _, err := l.Append(Batch{Entries: all[:1]}); fault.Code(err) != "ledger.read-only" {
		t.Fatalf("append without a key: %v", err)
	}
	err := l.Dir().Entries(0, 700, func(i uint64, e []byte) error {
		if !bytes.Equal(e, all[i]) {
			t.Fatalf("entry %d: %q", i, e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := l.Dir().Blob(hex.EncodeToString(sum[:]), 1<<20); err != nil || !bytes.Equal(b, blob) {
		t.Fatalf("blob: %q, %v", b, err)
	}
	// 256 and 512 were crossed: no partial tile of a full one is left.
	for _, gone := range []string{"tile/0/000.p", "tile/0/001.p", "tile/entries/000.p", "tile/entries/001.p"} {
		if _, err := os.Stat(filepath.Join(opt.Dir, filepath.FromSlash(gone))); err == nil {
			t.Errorf("%s was not collected", gone)
		}
	}
}

// A proof is written once: later steps leave it as it is, and it still leads
// to the log.
func TestProofsAreWrittenOnce(t *testing.T) {
	opt := options(t)
	l := mustCreate(t, opt)
	defer l.Close()
	policy := &ledger.Policy{Logs: []ledger.PolicyKey{{Key: opt.Log.Key()}}}
	all := entries(0, 30)
	var proofs []string
	for i := range all {
		mustAppend(t, l, Batch{Entries: all[i : i+1]})
		proofs = append(proofs, read(t, filepath.Join(opt.Dir, "proof", fmt.Sprintf("%d.tlog-proof", i))))
		for k, want := range proofs {
			data, err := l.Dir().Proof(uint64(k))
			if err != nil || string(data) != want {
				t.Fatalf("proof %d changed: %v", k, err)
			}
			p, err := ledger.ParseProof(data)
			if err != nil {
				t.Fatal(err)
			}
			if c, err := p.Check(all[k], policy); err != nil || c.Size != uint64(k+1) {
				t.Fatalf("proof %d: size %d, %v", k, c.Size, err)
			}
			if _, err := p.Check(all[(k+1)%len(all)], policy); err == nil {
				t.Fatal("a proof of another entry passed")
			}
		}
	}
}

func TestRefusalsChangeNothing(t *testing.T) {
	opt := options(t)
	l := mustCreate(t, opt)
	defer l.Close()
	mustAppend(t, l, Batch{Entries: entries(0, 3)})
	before := snapshot(t, opt.Dir) + snapshot(t, opt.Guard)
	other := signer(t, origin, 9).Key()
	for _, c := range []struct {
		code  string
		batch Batch
	}{
		{"ledger.batch-empty", Batch{}},
		{"ledger.entry-size", Batch{Entries: [][]byte{{}}}},
		{"ledger.entry-size", Batch{Entries: [][]byte{make([]byte, 65536)}}},
		{"ledger.opening-range", Batch{Openings: map[uint64][]byte{3: []byte("{}")}}},
		{"ledger.policy-form", Batch{Policy: []byte("quorum none")}},
		{"ledger.policy-no-log", Batch{Policy: []byte("log " + other.String() + "\nquorum none\n")}},
		{"ledger.policy-form", Batch{Policy: []byte("# ours\nlog " + opt.Log.Key().String() + "\nquorum none\n")}},
	} {
		_, err := l.Append(c.batch)
		wantCode(t, err, c.code)
		if after := snapshot(t, opt.Dir) + snapshot(t, opt.Guard); after != before {
			t.Fatalf("%s changed the disk:\n%s\n%s", c.code, before, after)
		}
	}
	_, err := Create(opt)
	wantCode(t, err, "ledger.locked")
	_, err = Open(opt)
	wantCode(t, err, "ledger.locked")
	second := opt
	second.Guard = filepath.Join(t.TempDir(), "guard")
	os.Mkdir(second.Guard, 0o700)
	_, err = Open(second)
	wantCode(t, err, "ledger.locked")
	l.Close()
	_, err = Create(opt)
	wantCode(t, err, "ledger.exists")
	second.Guard = filepath.Join(opt.Dir, "guard")
	_, err = Open(second)
	wantCode(t, err, "ledger.guard-inside")
	second = opt
	second.Origin = "another.example/sunlot"
	_, err = Open(second)
	wantCode(t, err, "ledger.origin")
	if after := snapshot(t, opt.Dir) + snapshot(t, opt.Guard); after != before {
		t.Fatal("a refused open changed the disk")
	}
}

func TestOpeningsComeAndGo(t *testing.T) {
	opt := options(t)
	l := mustCreate(t, opt)
	mustAppend(t, l, Batch{Entries: entries(0, 2), Openings: map[uint64][]byte{0: []byte("a"), 1: []byte("b")}})
	was := read(t, filepath.Join(opt.Dir, "checkpoint"))
	if first := mustAppend(t, l, Batch{Openings: map[uint64][]byte{0: []byte("aa"), 1: nil}}); first != 2 {
		t.Fatalf("first %d", first)
	}
	if got := read(t, filepath.Join(opt.Dir, "checkpoint")); got != was {
		t.Fatal("openings alone signed a checkpoint")
	}
	l.Close()
	l = mustOpen(t, opt)
	defer l.Close()
	if b, err := l.Dir().Opening(0); err != nil || string(b) != "aa" {
		t.Fatalf("%q, %v", b, err)
	}
	if _, err := l.Dir().Opening(1); fault.Code(err) != "ledger.missing" {
		t.Fatalf("a purged opening: %v", err)
	}
	clean(t, opt)
}

// snapshot is every path below dir with its content's hash.
func snapshot(t testing.TB, dir string) string {
	t.Helper()
	var b bytes.Buffer
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		fmt.Fprintf(&b, "%s %x\n", name, sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
