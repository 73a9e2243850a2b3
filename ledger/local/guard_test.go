package local

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

func copyTree(t testing.TB, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// grownLog is a log of n entries, closed again.
func grownLog(t testing.TB, opt Options, n int) {
	l := mustCreate(t, opt)
	for l.Size() < uint64(n) {
		mustAppend(t, l, Batch{Entries: entries(int(l.Size()), min(3, n-int(l.Size())))})
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// refuses opens, wants that code, and the disk as it was: public folder and
// guard, checkpoint before all.
func refuses(t *testing.T, opt Options, code string) {
	t.Helper()
	before := snapshot(t, opt.Dir) + snapshot(t, opt.Guard)
	l, err := Open(opt)
	if err == nil {
		_, err = l.Append(Batch{Entries: [][]byte{[]byte("one more")}})
		l.Close()
		t.Fatalf("opened; append: %v", err)
	}
	wantCode(t, err, code)
	if after := snapshot(t, opt.Dir) + snapshot(t, opt.Guard); after != before {
		t.Fatalf("a refusal changed the disk:\n%s\n%s", before, after)
	}
}

// The six known ways to fall (and what lies near them). Each is refused with
// its own code and leaves every byte as it was.
func TestFalls(t *testing.T) {
	falls := map[string]func(t *testing.T, opt *Options) string{
		"state restored from an old backup": func(t *testing.T, opt *Options) string {
			backup := filepath.Join(t.TempDir(), "backup")
			copyTree(t, opt.Dir, backup)
			l := mustOpen(t, *opt)
			mustAppend(t, l, Batch{Entries: entries(10, 1)})
			l.Close()
			copyTree(t, backup, opt.Dir)
			return "ledger.guard-rolled-back"
		},
		"state lost": func(t *testing.T, opt *Options) string {
			names, _ := os.ReadDir(opt.Dir)
			for _, n := range names {
				os.RemoveAll(filepath.Join(opt.Dir, n.Name()))
			}
			return "ledger.guard-state-lost"
		},
		"folder lost": func(t *testing.T, opt *Options) string {
			os.RemoveAll(opt.Dir)
			os.Mkdir(opt.Dir, 0o755)
			return "ledger.guard-state-lost"
		},
		"guard lost": func(t *testing.T, opt *Options) string {
			os.Remove(filepath.Join(opt.Guard, ledger.GuardRecord))
			return "ledger.guard-lost"
		},
		"both lost": func(t *testing.T, opt *Options) string {
			for _, d := range []string{opt.Dir, opt.Guard} {
				os.RemoveAll(d)
				os.Mkdir(d, 0o755)
			}
			os.WriteFile(filepath.Join(opt.Guard, "lock"), nil, 0o600)
			return "ledger.not-created"
		},
		"one flipped bit in the last hash tile": func(t *testing.T, opt *Options) string {
			flipBit(t, filepath.Join(opt.Dir, "tile/0/000.p/10"), 100)
			return "ledger.guard-damaged"
		},
		"one flipped bit in the last bundle": func(t *testing.T, opt *Options) string {
			flipBit(t, filepath.Join(opt.Dir, "tile/entries/000.p/10"), 20)
			return "ledger.guard-damaged"
		},
		"one flipped bit in the checkpoint": func(t *testing.T, opt *Options) string {
			flipBit(t, filepath.Join(opt.Dir, "checkpoint"), 30)
			return "ledger.guard-damaged"
		},
		"one flipped bit in the guard record": func(t *testing.T, opt *Options) string {
			flipBit(t, filepath.Join(opt.Guard, ledger.GuardRecord), 80)
			return "ledger.guard-record"
		},
		"a damaged pending batch": func(t *testing.T, opt *Options) string {
			data := formatPending(origin, 10, &Batch{Entries: entries(10, 1)})
			data[40] ^= 1
			os.WriteFile(filepath.Join(opt.Guard, pendingName), data, 0o600)
			return "ledger.pending-damaged"
		},
		"a pending batch of another log": func(t *testing.T, opt *Options) string {
			data := formatPending("other.example/sunlot", 10, &Batch{Entries: entries(10, 1)})
			os.WriteFile(filepath.Join(opt.Guard, pendingName), data, 0o600)
			return "ledger.pending-other"
		},
		"another writer": func(t *testing.T, opt *Options) string {
			// The same key at work on another desk, with a guard of its own.
			there := *opt
			there.Guard = filepath.Join(t.TempDir(), "guard")
			copyTree(t, opt.Guard, there.Guard)
			l := mustOpen(t, there)
			mustAppend(t, l, Batch{Entries: entries(10, 1)})
			l.Close()
			return "ledger.guard-other-writer"
		},
		"a fork of the same size": func(t *testing.T, opt *Options) string {
			there := options(t)
			l := mustCreate(t, there)
			mustAppend(t, l, Batch{Entries: entries(50, 10)})
			l.Close()
			copyTree(t, there.Dir, opt.Dir)
			return "ledger.guard-fork"
		},
		"clock gone back": func(t *testing.T, opt *Options) string {
			opt.Now -= 86_400
			return "ledger.guard-clock"
		},
		"another office's folder put in its place": func(t *testing.T, opt *Options) string {
			there := options(t)
			there.Origin, there.Log = "other.example/sunlot", signer(t, "other.example/sunlot", 2)
			grownLog(t, there, 10)
			copyTree(t, there.Dir, opt.Dir)
			return "ledger.guard-other-office"
		},
		"another office's guard": func(t *testing.T, opt *Options) string {
			there := options(t)
			there.Origin, there.Log = "other.example/sunlot", signer(t, "other.example/sunlot", 2)
			grownLog(t, there, 10)
			copyTree(t, there.Guard, opt.Guard)
			return "ledger.guard-other-key"
		},
		"another key of the same name": func(t *testing.T, opt *Options) string {
			opt.Log = signer(t, origin, 3)
			return "ledger.guard-other-key"
		},
	}
	for name, fall := range falls {
		t.Run(name, func(t *testing.T) {
			opt := options(t)
			grownLog(t, opt, 10)
			l := mustOpen(t, opt) // it stands
			l.Close()
			refuses(t, opt, fall(t, &opt))
		})
	}
}

func flipBit(t testing.TB, name string, at int) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	data[at] ^= 1
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// A fall while the log is open is seen by the next Append.
func TestFallsWhileOpen(t *testing.T) {
	opt := options(t)
	grownLog(t, opt, 10)
	l := mustOpen(t, opt)
	defer l.Close()
	tile := filepath.Join(opt.Dir, "tile/0/000.p/10")
	flipBit(t, tile, 33)
	before := snapshot(t, opt.Dir) + snapshot(t, opt.Guard)
	_, err := l.Append(Batch{Entries: entries(10, 1)})
	wantCode(t, err, "ledger.guard-damaged")
	if after := snapshot(t, opt.Dir) + snapshot(t, opt.Guard); after != before {
		t.Fatal("a refused append changed the disk")
	}
	flipBit(t, tile, 33)
	mustAppend(t, l, Batch{Entries: entries(10, 1)})
	clean(t, opt)
}

func TestMissingDirectories(t *testing.T) {
	opt := options(t)
	_, err := Open(opt)
	wantCode(t, err, "ledger.not-created")
	grownLog(t, opt, 2)
	os.Rename(opt.Dir, opt.Dir+"2")
	_, err = Open(opt)
	wantCode(t, err, "ledger.guard-state-lost")
	if _, err := os.Stat(opt.Dir); err == nil {
		t.Fatal("Open made a folder")
	}
	os.Rename(opt.Dir+"2", opt.Dir)
	os.RemoveAll(opt.Guard)
	_, err = Open(opt)
	wantCode(t, err, "ledger.guard-lost")
	ro := opt
	ro.Log, ro.Dir = nil, filepath.Join(t.TempDir(), "none")
	_, err = Open(ro)
	if wantCode(t, err, "ledger.unreadable"); err.(*fault.Error).Kind != fault.Unreachable {
		t.Fatal(err)
	}
}

// After a person has compared the checkpoint with the printed one, Adopt lets
// the guard start from the folder as it stands, if that is whole.
func TestAdopt(t *testing.T) {
	opt := options(t)
	grownLog(t, opt, 10)
	os.RemoveAll(opt.Guard)
	if err := Adopt(opt); err != nil {
		t.Fatal(err)
	}
	l := mustOpen(t, opt)
	mustAppend(t, l, Batch{Entries: entries(10, 1)})
	l.Close()
	clean(t, opt)

	// A clock that was wrong when it signed is put right.
	opt.Now -= 1000
	_, err := Open(opt)
	wantCode(t, err, "ledger.guard-clock")
	if err := Adopt(opt); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, opt).Close()

	// It is no way around a rollback, a fork or damage.
	before := snapshot(t, opt.Guard)
	backup := filepath.Join(t.TempDir(), "backup")
	copyTree(t, opt.Dir, backup)
	flipBit(t, filepath.Join(opt.Dir, "entry/3.txt"), 2)
	wantCode(t, Adopt(opt), "ledger.audit-copy")
	flipBit(t, filepath.Join(opt.Dir, "entry/3.txt"), 2)
	short := options(t)
	grownLog(t, short, 5)
	copyTree(t, short.Dir, opt.Dir)
	wantCode(t, Adopt(opt), "ledger.guard-rolled-back")
	fork := options(t)
	l = mustCreate(t, fork)
	mustAppend(t, l, Batch{Entries: entries(90, 15)})
	l.Close()
	copyTree(t, fork.Dir, opt.Dir)
	wantCode(t, Adopt(opt), "ledger.guard-fork")
	if snapshot(t, opt.Guard) != before {
		t.Fatal("a refused Adopt changed the guard")
	}
	copyTree(t, backup, opt.Dir)
	mustOpen(t, opt).Close()
}
