package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sunlot/sunlot/internal/fault"
)

// auditLog is a log with everything in it, written in steps.
func auditLog(t testing.TB, sizes ...int) (*Publisher, fstest.MapFS) {
	p := testPublisher(t)
	all := testEntries(2000)
	at := 0
	for _, n := range sizes {
		b := &Batch{Entries: all[at : at+n], Blobs: [][]byte{fmt.Appendf(nil, "blob of %d", at)}, Openings: map[uint64][]byte{uint64(at): []byte("{}")}}
		if err := p.Publish(uint64(at), b); err != nil {
			t.Fatal(err)
		}
		at += n
	}
	return p, memOf(p.Public).m
}

func audit(p *Publisher, m fs.FS) []*fault.Error {
	text, _ := fs.ReadFile(memOf(p.Public).m, "policy")
	return OpenDir(m).Audit(p.Log.Key(), AuditOptions{Copies: true, Policy: bytes.Clone(text)}).Problems
}

func places(problems []*fault.Error) string {
	var b strings.Builder
	for _, p := range problems {
		fmt.Fprintln(&b, p)
	}
	return b.String()
}

// flip changes one byte of one file at a time and wants that file named, alone
// or as the first of two that contradict each other.
func flip(t *testing.T, p *Publisher, m fstest.MapFS, positions func(size int) []int) {
	t.Helper()
	policy := bytes.Clone(m["policy"].Data)
	names := slices.Sorted(func(yield func(string) bool) {
		for n := range m {
			if !yield(n) {
				return
			}
		}
	})
	flips := 0
	for _, name := range names {
		if strings.HasPrefix(name, "opening/") {
			continue // what an opening says, package verify holds against its entry
		}
		for _, at := range positions(len(m[name].Data)) {
			for _, mask := range []byte{1, 0x80} {
				m[name].Data[at] ^= mask
				rep := OpenDir(m).Audit(p.Log.Key(), AuditOptions{Copies: true, Policy: policy})
				m[name].Data[at] ^= mask
				flips++
				named := slices.ContainsFunc(rep.Problems, func(e *fault.Error) bool { return e.Place == name })
				if !named {
					t.Fatalf("%s byte %d: not named in %d problems:\n%s", name, at, len(rep.Problems), places(rep.Problems))
				}
				if len(rep.Problems) > 3 && name != "policy" {
					t.Fatalf("%s byte %d: %d problems:\n%s", name, at, len(rep.Problems), places(rep.Problems))
				}
			}
		}
	}
	if rep := audit(p, m); len(rep) != 0 {
		t.Fatalf("not put back:\n%s", places(rep))
	}
	t.Logf("%d flips in %d files", flips, len(names))
}

func every(size int) []int {
	out := make([]int, size)
	for i := range out {
		out[i] = i
	}
	return out
}

func some(size int) []int { return []int{0, size / 3, size / 2, size - 1} }

func TestFlipEveryByteOfASmallLog(t *testing.T) {
	p, m := auditLog(t, 1, 2, 3)
	flip(t, p, m, every)
}

func TestFlipBytesOfALargerLog(t *testing.T) {
	p, m := auditLog(t, 1, 255, 256, 10)
	few := fstest.MapFS{}
	for name, f := range m {
		if !strings.HasPrefix(name, "entry/") && !strings.HasPrefix(name, "proof/") {
			few[name] = f
		}
	}
	// The flips run over a folder without copies, to be quick; copies were
	// flipped in the small log.
	policy := bytes.Clone(m["policy"].Data)
	for name := range few {
		if strings.HasPrefix(name, "opening/") {
			continue
		}
		for _, at := range some(len(few[name].Data)) {
			few[name].Data[at] ^= 8
			rep := OpenDir(few).Audit(p.Log.Key(), AuditOptions{Policy: policy})
			few[name].Data[at] ^= 8
			if !slices.ContainsFunc(rep.Problems, func(e *fault.Error) bool { return e.Place == name }) {
				t.Errorf("%s byte %d:\n%s", name, at, places(rep.Problems))
			}
		}
	}
}

func TestAuditMissing(t *testing.T) {
	p, m := auditLog(t, 1, 255, 4)
	for _, name := range []string{"checkpoint", "policy", "tile/0/000", "tile/0/001.p/4", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/4", "entry/0.txt", "entry/259.txt", "proof/258.tlog-proof"} {
		was := m[name]
		if was == nil {
			t.Fatal(name)
		}
		delete(m, name)
		rep := audit(p, m)
		m[name] = was
		if len(rep) != 1 || rep[0].Place != name || (rep[0].Code != "ledger.audit-missing" && name != "checkpoint") {
			t.Errorf("%s:\n%s", name, places(rep))
		}
	}
}

func TestAuditForeignAndBeyond(t *testing.T) {
	p, m := auditLog(t, 1, 2, 3)
	sum := sha256.Sum256([]byte("x"))
	x := hex.EncodeToString(sum[:])
	for name, code := range map[string]string{
		"index.html":                     "ledger.audit-foreign",
		"tile/index.html":                "ledger.audit-foreign",
		"tile/0/000.p/07":                "ledger.audit-foreign",
		"checkpoint.tmp":                 "ledger.audit-foreign",
		"entry/0.txt.tmp":                "ledger.audit-foreign",
		"entry/00.txt":                   "ledger.audit-foreign",
		"entry/+1.txt":                   "ledger.audit-foreign",
		"proof/1.txt":                    "ledger.audit-foreign",
		"opening/x.json":                 "ledger.audit-foreign",
		"other/x":                        "ledger.audit-foreign",
		"blob/sha256/00/" + x:            "ledger.audit-foreign",
		"blob/" + x:                      "ledger.audit-foreign",
		"entry/6.txt":                    "ledger.audit-beyond",
		"proof/6.tlog-proof":             "ledger.audit-beyond",
		"opening/6.json":                 "ledger.audit-beyond",
		"tile/0/000.p/7":                 "ledger.audit-beyond",
		"tile/0/000":                     "ledger.audit-beyond",
		"tile/entries/000.p/7":           "ledger.audit-beyond",
		"tile/1/000.p/1":                 "ledger.audit-beyond",
		"blob/sha256/" + x[:2] + "/" + x: "ledger.audit-blob",
	} {
		m[name] = &fstest.MapFile{Data: []byte("y")}
		rep := audit(p, m)
		delete(m, name)
		if len(rep) != 1 || rep[0].Code != code || (rep[0].Place != name && rep[0].Place != "other") {
			t.Errorf("%s, want %s:\n%s", name, code, places(rep))
		}
	}
	m["entry/2.txt"].Mode |= fs.ModeSymlink
	if rep := audit(p, m); len(rep) == 0 || rep[0].Code != "ledger.audit-missing" && rep[0].Code != "ledger.audit-foreign" {
		t.Errorf("a link:\n%s", places(rep))
	}
}

// The entry, its tiles and its copy are all rewritten alike: only the signed
// root knows better, and the bundle is named.
func TestAuditRewrittenEntry(t *testing.T) {
	for _, size := range []int{6, 300} {
		p, m := auditLog(t, size)
		entries := testEntries(size)
		entries[3] = []byte("entry 3, improved")
		_, _, forged := grown(t, entries)
		for name, f := range forged {
			m[name] = f
		}
		m["entry/3.txt"] = &fstest.MapFile{Data: entries[3]}
		rep := audit(p, m)
		if !slices.ContainsFunc(rep, func(e *fault.Error) bool { return e.Place == "checkpoint" && e.Code == "ledger.audit-root" }) {
			t.Errorf("size %d:\n%s", size, places(rep))
		}
		if !slices.ContainsFunc(rep, func(e *fault.Error) bool { return e.Place == "proof/3.tlog-proof" }) {
			t.Errorf("size %d: the proof of entry 3 still passes", size)
		}
	}
}

// Bundle and leaf tile rewritten, the tile above left: the pair is named.
func TestAuditRewrittenPair(t *testing.T) {
	p, m := auditLog(t, 600)
	entries := testEntries(600)
	entries[300] = []byte("improved")
	_, _, forged := grown(t, entries)
	for _, name := range []string{"tile/0/001", "tile/entries/001"} {
		m[name] = forged[name]
	}
	rep := audit(p, m)
	for _, name := range []string{"tile/0/001", "tile/entries/001", "entry/300.txt"} {
		if !slices.ContainsFunc(rep, func(e *fault.Error) bool { return e.Place == name }) {
			t.Errorf("%s is not named:\n%s", name, places(rep))
		}
	}
}

func TestAuditOfAForkedProof(t *testing.T) {
	p, m := auditLog(t, 3, 3)
	entries := testEntries(6)
	entries[1] = []byte("another one")
	dir, g, _ := grown(t, entries[:3])
	path, err := ProveInclusion(1, 3, dir.HashReader(3))
	if err != nil {
		t.Fatal(err)
	}
	// Signed by the very log, good in itself, and not what the log continues.
	m["proof/1.tlog-proof"].Data = FormatProof(1, path, signedCheckpoint(t, p.Log, "demo.example/log", 3, g.to.root()))
	rep := audit(p, m)
	if len(rep) != 1 || rep[0].Code != "ledger.audit-proof" || rep[0].Place != "proof/1.tlog-proof" {
		t.Fatal(places(rep))
	}
}

func TestAuditOtherKeyAndRotation(t *testing.T) {
	p, m := auditLog(t, 2)
	old := p.Log
	rep := OpenDir(m).Audit(testSigner(t, "demo.example/log", 2).Key(), AuditOptions{})
	if len(rep.Problems) != 1 || rep.Problems[0].Code != "ledger.checkpoint-unsigned" || rep.Problems[0].Place != "checkpoint" {
		t.Fatal(places(rep.Problems))
	}
	// A new key signs the same head: the proofs carry the earlier key.
	p.Log = testSigner(t, "demo.example/log", 2)
	m["checkpoint"].Data = signedCheckpoint(t, p.Log, "demo.example/log", 2, OpenDir(m).Audit(old.Key(), AuditOptions{}).Checkpoint.Root)
	policy, err := FormatPolicy(&Policy{Logs: []PolicyKey{{Key: p.Log.Key()}}})
	if err != nil {
		t.Fatal(err)
	}
	m["policy"].Data = policy
	rep = OpenDir(m).Audit(p.Log.Key(), AuditOptions{Copies: true})
	if len(rep.Problems) != 2 || rep.Problems[0].Code != "ledger.audit-proof" {
		t.Fatal(places(rep.Problems))
	}
	rep = OpenDir(m).Audit(p.Log.Key(), AuditOptions{Copies: true, Earlier: []Key{old.Key()}})
	if len(rep.Problems) != 0 {
		t.Fatal(places(rep.Problems))
	}
}

// unlisted is a folder as a web server gives it.
type unlisted struct{ fs.FS }

func (u unlisted) Open(name string) (fs.File, error) {
	f, err := u.FS.Open(name)
	if err == nil {
		if info, err := f.Stat(); err != nil || info.IsDir() {
			return nil, fs.ErrNotExist
		}
	}
	return f, err
}

func TestAuditUnlisted(t *testing.T) {
	p, m := auditLog(t, 1, 2)
	opt := AuditOptions{Copies: true, Unlisted: true}
	if rep := OpenDir(unlisted{m}).Audit(p.Log.Key(), opt); len(rep.Problems) != 0 {
		t.Fatal(places(rep.Problems))
	}
	m["entry/1.txt"].Data[0] ^= 1
	m["proof/2.tlog-proof"].Data[50] ^= 1
	if rep := OpenDir(unlisted{m}).Audit(p.Log.Key(), opt); len(rep.Problems) != 2 {
		t.Fatal(places(rep.Problems))
	}
}

// A checkpoint may claim any size: the audit ends soon and takes no memory
// for what does not stand there.
func TestAuditHugeClaim(t *testing.T) {
	s := testSigner(t, "demo.example/log", 1)
	m := fstest.MapFS{"checkpoint": &fstest.MapFile{Data: signedCheckpoint(t, s, "demo.example/log", maxSize, Hash{1})}}
	rep := OpenDir(m).Audit(s.Key(), AuditOptions{Copies: true})
	if len(rep.Problems) != maxProblems {
		t.Fatalf("%d problems", len(rep.Problems))
	}
}
