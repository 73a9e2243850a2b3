package local

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// waits leaves a batch pending as a crash does.
func waits(t testing.TB, opt Options, from uint64, b Batch) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(opt.Guard, pendingName), formatPending(origin, from, &b), 0o600); err != nil {
		t.Fatal(err)
	}
}

// elsewhere is the same log on another disk, where n more entries are appended.
func elsewhere(t testing.TB, opt Options, b ...Batch) Options {
	t.Helper()
	e := options(t)
	copyTree(t, opt.Dir, e.Dir)
	copyTree(t, opt.Guard, e.Guard)
	l := mustOpen(t, e)
	defer l.Close()
	for _, x := range b {
		mustAppend(t, l, x)
	}
	return e
}

// A pending batch meets a folder that was brought from another desk: where the
// signed folder proves that its place is another's it is set aside, and nowhere
// else; after adopting the log goes on, or says what is to be done.
func TestSetAside(t *testing.T) {
	mine, theirs := Batch{Entries: entries(5, 2)}, Batch{Entries: [][]byte{[]byte("theirs"), []byte("theirs too")}}
	for name, c := range map[string]struct {
		pending Batch
		there   []Batch // appended at the other desk
		aside   int
		adopt   string
		size    uint64 // after the next Open
	}{
		"another's":              {mine, []Batch{theirs}, 2, "", 7},
		"another's, and shorter": {mine, []Batch{{Entries: theirs.Entries[:1]}}, 2, "", 6},
		"the second differs":     {mine, []Batch{{Entries: [][]byte{mine.Entries[0], []byte("theirs")}}}, 2, "", 7},
		"half of it":             {mine, []Batch{{Entries: mine.Entries[:1]}}, 2, "", 6},
		"openings alone":         {Batch{Openings: map[uint64][]byte{1: []byte("o")}}, []Batch{theirs}, 0, "", 7},
		"ours, finished there":   {mine, []Batch{mine}, -1, "", 7},
		"ours, and they went on": {mine, []Batch{mine, theirs}, 2, "", 9},
		"not begun there":        {mine, nil, -1, "", 7},
	} {
		t.Run(name, func(t *testing.T) {
			opt := options(t)
			grownLog(t, opt, 5)
			other := elsewhere(t, opt, c.there...)
			waits(t, opt, 5, c.pending)
			kept := read(t, filepath.Join(opt.Guard, pendingName))
			copyTree(t, other.Dir, opt.Dir)
			public, signed := snapshot(t, opt.Dir), read(t, filepath.Join(opt.Guard, ledger.GuardRecord))

			n, err := SetAside(opt)
			if n != c.aside || err != nil {
				t.Fatalf("%d, %v; want %d", n, err, c.aside)
			}
			_, serr := os.Stat(filepath.Join(opt.Guard, pendingName))
			if gone := serr != nil; gone != (c.aside >= 0) {
				t.Errorf("the pending file: %v", serr)
			}
			if c.aside >= 0 && read(t, filepath.Join(opt.Guard, "aside-5")) != kept {
				t.Error("what was set aside is not what was pending")
			}
			if snapshot(t, opt.Dir) != public || read(t, filepath.Join(opt.Guard, ledger.GuardRecord)) != signed {
				t.Error("something else has changed")
			}
			wantCode(t, Adopt(opt), c.adopt)
			l := mustOpen(t, opt)
			defer l.Close()
			if l.Size() != c.size {
				t.Errorf("size %d, want %d", l.Size(), c.size)
			}
			mustAppend(t, l, Batch{Entries: [][]byte{[]byte("it goes on")}})
			clean(t, opt)
		})
	}
}

// Adopt alone does it, and a second batch that is set aside at the same place
// leaves the first.
func TestAdoptSetsAside(t *testing.T) {
	opt := options(t)
	grownLog(t, opt, 5)
	other := elsewhere(t, opt, Batch{Entries: [][]byte{[]byte("theirs")}})
	copyTree(t, other.Dir, opt.Dir)
	for k, b := range []Batch{{Entries: entries(5, 1)}, {Entries: entries(6, 3)}, {Entries: entries(5, 1)}} {
		waits(t, opt, 5, b)
		if err := Adopt(opt); err != nil {
			t.Fatal(err)
		}
		files, _ := filepath.Glob(filepath.Join(opt.Guard, asideName+"*"))
		if want := []int{1, 2, 2}[k]; len(files) != want {
			t.Errorf("%d: set aside are %v", k, files)
		}
	}
}

// What is proved by nobody's signature, or contradicts one of ours, touches
// nothing.
func TestNotSetAside(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, opt Options)
		set   string // of SetAside
		adopt string
	}{
		"a checkpoint of another key": {func(t *testing.T, opt Options) {
			evil := options(t)
			evil.Log = signer(t, origin, 9)
			grownLog(t, evil, 9)
			copyTree(t, evil.Dir, opt.Dir)
		}, "", "ledger.adopt-unfinished"},
		"entries that the checkpoint does not cover": {func(t *testing.T, opt Options) {
			name := filepath.Join(opt.Dir, "tile/entries/000.p/7")
			data := bytes.Replace([]byte(read(t, name)), []byte("theirs"), []byte("forged"), 1)
			if err := os.WriteFile(name, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}, "*", "*"},
		"ours is signed": {func(t *testing.T, opt Options) {
			mine := options(t)
			grownLog(t, mine, 5)
			l := mustOpen(t, mine)
			mustAppend(t, l, Batch{Entries: entries(5, 2)})
			l.Close()
			if err := os.WriteFile(filepath.Join(opt.Guard, ledger.GuardRecord), []byte(read(t, filepath.Join(mine.Guard, ledger.GuardRecord))), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "", "ledger.guard-fork"},
		"a folder of older days": {func(t *testing.T, opt Options) {
			old := options(t)
			grownLog(t, old, 3)
			copyTree(t, old.Dir, opt.Dir)
		}, "", "ledger.adopt-unfinished"},
	} {
		t.Run(name, func(t *testing.T) {
			opt := options(t)
			grownLog(t, opt, 5)
			other := elsewhere(t, opt, Batch{Entries: [][]byte{[]byte("theirs"), []byte("theirs too")}})
			waits(t, opt, 5, Batch{Entries: entries(5, 2)})
			copyTree(t, other.Dir, opt.Dir)
			c.spoil(t, opt)
			before := snapshot(t, opt.Dir) + snapshot(t, opt.Guard)
			n, err := SetAside(opt)
			if n != -1 || fault.Code(err) != c.set && (c.set != "*" || err == nil) {
				t.Errorf("%d, %v", n, err)
			}
			if err := Adopt(opt); fault.Code(err) != c.adopt && (c.adopt != "*" || err == nil) {
				t.Errorf("adopt: %v", err)
			}
			if snapshot(t, opt.Dir)+snapshot(t, opt.Guard) != before {
				t.Error("something has changed")
			}
		})
	}
}

// refusing is an engine that takes nothing.
func refusing(err error) ledger.SequenceFunc {
	return func(head ledger.Checkpoint, _ *ledger.Dir, entries [][]byte) (ledger.Hash, error) {
		if len(entries) == 0 {
			return head.Root, nil
		}
		return ledger.Hash{}, err
	}
}

// A new batch of which nothing is in the engine's tree is dropped, whatever the
// refusal's code; any other is kept.
func TestNotSequencedIsDropped(t *testing.T) {
	for _, c := range []struct {
		err  error
		kept bool
	}{
		{&fault.Error{Code: "ledger.tree-taken", Place: "entry 5", Err: ledger.ErrNotSequenced}, false},
		{&fault.Error{Code: "ledger.tree-state", Place: "tree 7", Err: ledger.ErrNotSequenced}, false},
		{fault.New("ledger.tree-taken", "entry 5", "", ""), true},
		{fault.New("ledger.tree-state", "tree 7", "", ""), true},
	} {
		opt := options(t)
		grownLog(t, opt, 5)
		opt.Sequence = refusing(c.err)
		l := mustOpen(t, opt)
		_, err := l.Append(Batch{Entries: entries(5, 1)})
		wantCode(t, err, fault.Code(c.err))
		if _, b, err := Pending(os.DirFS(opt.Guard)); (b != nil) != c.kept || err != nil {
			t.Errorf("%v: pending %v, %v", c.err, b, err)
		}
		l.Close()
	}
}

// A batch that was kept and whose place another writer has taken since: it is
// set aside once, and the next run is not stopped by it. Nothing else is reason
// enough, for a run before may have handed it over.
func TestTakenWhileItWaited(t *testing.T) {
	for code, gone := range map[string]bool{"ledger.tree-taken": true, "ledger.tree-state": false} {
		opt := options(t)
		grownLog(t, opt, 5)
		waits(t, opt, 5, Batch{Entries: entries(5, 2)})
		public, kept := snapshot(t, opt.Dir), read(t, filepath.Join(opt.Guard, pendingName))
		opt.Sequence = refusing(&fault.Error{Code: code, Place: "entry 5", Err: ledger.ErrNotSequenced})
		_, err := Open(opt)
		wantCode(t, err, code)
		if snapshot(t, opt.Dir) != public {
			t.Error("the folder has changed")
		}
		if !gone {
			if read(t, filepath.Join(opt.Guard, pendingName)) != kept {
				t.Error("what waits was touched")
			}
			continue
		}
		if read(t, filepath.Join(opt.Guard, "aside-5")) != kept {
			t.Error("what was set aside is not what was pending")
		}
		mustOpen(t, opt).Close()
	}
}

// Who holds the lock is told while it is held, and not after; who takes one of
// two locks and not the other leaves no trace.
func TestHolder(t *testing.T) {
	opt := options(t)
	opt.Writer = "演示电脑甲"
	if got := Holder(opt.Guard); got != "" {
		t.Errorf("%q holds what is not there", got)
	}
	l := mustCreate(t, opt)
	if got := Holder(opt.Guard); got != opt.Writer {
		t.Errorf("held by %q", got)
	}
	second := opt // the same folder, another guard directory
	second.Guard, second.Writer = filepath.Join(tempDir(t), "guard"), "演示电脑乙"
	if err := os.Mkdir(second.Guard, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Open(second)
	wantCode(t, err, "ledger.locked")
	if f := err.(*fault.Error); f.Got != "" {
		t.Errorf("told that %q holds it", f.Got)
	}
	if _, err := os.Stat(filepath.Join(second.Guard, holderName)); err == nil {
		t.Error("who failed has left his name")
	}
	if got := Holder(opt.Guard); got != opt.Writer {
		t.Errorf("held by %q", got)
	}
	l.Close()
	// One that died leaves its name, and the system frees the lock.
	if err := os.WriteFile(filepath.Join(opt.Guard, holderName), []byte("演示电脑丙\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := Holder(opt.Guard); got != "" {
		t.Errorf("held by %q, who is gone", got)
	}
	mustOpen(t, opt).Close()
}

// A lock that somebody has for a moment only, who asks for its holder, keeps no
// writer out; one that is held does.
func TestLockedForAMoment(t *testing.T) {
	name := filepath.Join(tempDir(t), lockName)
	open := func() *os.File {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	asks, writes := open(), open()
	defer writes.Close()
	if err := durable.TryLock(asks); err != nil {
		t.Fatal(err)
	}
	if err := tryLock(writes, func() {}); !errors.Is(err, durable.ErrBusy) {
		t.Errorf("of a lock that is held: %v", err)
	}
	if err := tryLock(writes, func() { asks.Close() }); err != nil {
		t.Errorf("of a lock that is free again: %v", err)
	}
}
