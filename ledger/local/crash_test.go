package local

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// A crash scenario: a log of 254 entries without copies, then these batches.
// The second crosses a tile, so that partial tiles are collected.
const crashBase = 254

var crashBatches = []Batch{
	{Entries: entries(254, 1), Openings: map[uint64][]byte{254: []byte("一")}},
	{Entries: entries(255, 2), Blobs: [][]byte{[]byte("blob")}},
	{Openings: map[uint64][]byte{254: []byte("二"), 255: []byte("三")}},
	{Entries: entries(257, 1), Openings: map[uint64][]byte{254: nil}},
}

// acked is what must be there after k batches were acknowledged.
func acked(k int) (size int, opening254 string) {
	return []int{254, 255, 257, 257, 258}[k], []string{"", "一", "一", "二", ""}[k]
}

// template is the log before the batches.
func template(t testing.TB) Options {
	opt := options(t)
	opt.Copies = false
	l := mustCreate(t, opt)
	mustAppend(t, l, Batch{Entries: entries(0, 200)})
	mustAppend(t, l, Batch{Entries: entries(200, 54)})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	opt.Copies = true
	return opt
}

// again copies the template to a new place.
func again(t testing.TB, from Options) Options {
	opt := options(t)
	copyTree(t, from.Dir, opt.Dir)
	copyTree(t, from.Guard, opt.Guard)
	return opt
}

// run appends the batches, calling ack after each.
func run(opt Options, ack func(k int)) error {
	l, err := Open(opt)
	if err != nil {
		return err
	}
	defer l.Close()
	for k, b := range crashBatches {
		if _, err := l.Append(b); err != nil {
			return err
		}
		ack(k + 1)
	}
	return nil
}

// survives checks the promises after a crash with k batches acknowledged:
// nothing acknowledged is lost, what was begun is completed or was never
// there, the log is whole, and it goes on.
func survives(t testing.TB, opt Options, k int, what string) {
	t.Helper()
	opt.Hook = nil
	l, err := Open(opt)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	defer l.Close()
	ok := false
	for _, done := range []int{k, min(k+1, len(crashBatches))} {
		size, opening := acked(done)
		data, err := l.Dir().Opening(254)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		ok = ok || int(l.Size()) == size && string(data) == opening
	}
	if !ok {
		t.Fatalf("%s: %d batches acknowledged, size %d", what, k, l.Size())
	}
	size := l.Size()
	all := entries(0, int(size)+1)
	err = l.Dir().Entries(0, size, func(i uint64, e []byte) error {
		if !bytes.Equal(e, all[i]) {
			return fmt.Errorf("entry %d is %q", i, e)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if first := mustAppend(t, l, Batch{Entries: all[size:]}); first != size {
		t.Fatalf("%s: the next entry is %d, want %d", what, first, size)
	}
	rep := l.Dir().Audit(opt.Log.Key(), ledger.AuditOptions{})
	for _, p := range rep.Problems {
		t.Errorf("%s: audit: %v", what, p)
	}
	for i := crashBase; i <= int(size); i++ { // Copies were on for these
		for _, name := range []string{ledger.EntryPath(uint64(i)), ledger.ProofPath(uint64(i))} {
			if _, err := os.Stat(filepath.Join(opt.Dir, name)); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	if names, _ := os.ReadDir(opt.Guard); len(names) > 2 {
		t.Errorf("%s: left in the guard's directory: %v", what, names)
	}
}

// operations counts what a run without a crash does.
func operations(t testing.TB, from Options) (list []string) {
	opt := again(t, from)
	var mu sync.Mutex
	opt.Hook = func(op, name string, do func() error) error {
		mu.Lock()
		list = append(list, op+" "+name)
		mu.Unlock()
		return do()
	}
	if err := run(opt, func(int) {}); err != nil {
		t.Fatal(err)
	}
	survives(t, opt, len(crashBatches), "without a crash")
	return list
}

// TestKillChild is the process that TestKill kills: it dies by SIGKILL at
// operation KILL_AT, before it, or with a torn temporary file.
func TestKillChild(t *testing.T) {
	at, err := strconv.Atoi(os.Getenv("SUNLOT_KILL_AT"))
	if err != nil {
		return // not the child
	}
	opt := Options{
		Dir: os.Getenv("SUNLOT_KILL_DIR"), Guard: os.Getenv("SUNLOT_KILL_GUARD"),
		Origin: origin, Log: signer(t, origin, 1), Now: 1_692_806_400, Copies: true,
	}
	var mu sync.Mutex
	count := 0
	opt.Hook = func(op, name string, do func() error) error {
		mu.Lock()
		defer mu.Unlock()
		if count++; count != at {
			return do()
		}
		if os.Getenv("SUNLOT_KILL_TORN") != "" {
			dir := opt.Dir
			if n, ok := strings.CutPrefix(name, "guard:"); ok {
				dir, name = opt.Guard, n
			}
			os.WriteFile(filepath.Join(dir, name+".tmp"), []byte("torn"), 0o600)
		}
		p, _ := os.FindProcess(os.Getpid())
		p.Kill()
		select {} // the signal is on its way
	}
	err = run(opt, func(k int) { fmt.Printf("ACK %d\n", k) })
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("END")
}

// kill -9 at every operation of four appends.
func TestKill(t *testing.T) {
	from := template(t)
	ops := operations(t, from)
	if len(ops) < 60 {
		t.Fatalf("only %d operations", len(ops))
	}
	type point struct {
		at   int
		torn bool
	}
	var points []point
	for i, op := range ops {
		points = append(points, point{i + 1, false})
		if strings.HasPrefix(op, "write") {
			points = append(points, point{i + 1, true})
		}
	}
	t.Logf("killed at %d points", len(points))
	for _, p := range points {
		t.Run(strconv.Itoa(p.at), func(t *testing.T) {
			t.Parallel()
			opt := again(t, from)
			k := killed(t, opt, p.at, p.torn)
			survives(t, opt, k, fmt.Sprintf("killed at operation %d, %s (torn %v)", p.at, ops[p.at-1], p.torn))
		})
	}
}

// killed runs a child to its death and returns how many batches it had
// acknowledged.
func killed(t testing.TB, opt Options, at int, torn bool) (k int) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestKillChild$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("SUNLOT_KILL_AT=%d", at), "SUNLOT_KILL_DIR="+opt.Dir, "SUNLOT_KILL_GUARD="+opt.Guard)
	if torn {
		cmd.Env = append(cmd.Env, "SUNLOT_KILL_TORN=1")
	}
	out, err := cmd.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Exited() {
		t.Errorf("the child was not killed at %d: %v\n%s", at, err, out)
	}
	s := bufio.NewScanner(bytes.NewReader(out))
	for s.Scan() {
		if n, err := strconv.Atoi(strings.TrimPrefix(s.Text(), "ACK ")); err == nil {
			k = n
		}
	}
	return k
}

// dry leaves out the waiting for the disk, where a test decides itself what
// the disk has.
func dry(op string, do func() error) error {
	if op == "sync" || op == "syncdir" {
		return nil
	}
	return do()
}

// Faults in pairs: one operation fails and is lost, or fails and is done. The
// caller hears of it or it did no harm, and the same open log goes on.
func TestFaultsInPairs(t *testing.T) {
	from := template(t)
	ops := operations(t, from)
	boom := errors.New("no space left on device")
	for _, done := range []bool{false, true} {
		for at := 1; at <= len(ops); at++ {
			opt := again(t, from)
			var mu sync.Mutex
			count := 0
			opt.Hook = func(op, name string, do func() error) error {
				mu.Lock()
				defer mu.Unlock()
				if count++; count != at {
					return dry(op, do)
				}
				if done {
					dry(op, do)
				}
				return boom
			}
			what := fmt.Sprintf("operation %d failed, %s (done %v)", at, ops[at-1], done)
			l, err := Open(opt)
			if err != nil {
				t.Fatal(err)
			}
			k := 0
			for i := 0; i < len(crashBatches); i++ {
				_, err := l.Append(crashBatches[i])
				if err == nil {
					k = i + 1
					continue
				}
				if !errors.Is(err, boom) || fault.Code(err) == "" {
					t.Fatalf("%s: %v", what, err)
				}
				// Kept: the next Append completes it. Not kept: say it again.
				if fault.Code(err) == "ledger.write-failed" {
					i--
				} else if fault.Code(err) != "ledger.unfinished" {
					t.Fatalf("%s: %v", what, err)
				} else {
					k = i
				}
			}
			l.Close()
			survives(t, opt, k, what)
		}
	}
}

// A power cut takes whatever was not synced, in any mixture: contents, names,
// directories, removals.
func TestPowerCut(t *testing.T) {
	from := template(t)
	ops := operations(t, from)
	for seed := range uint64(2) {
		for at := 1; at <= len(ops)+1; at++ {
			opt := again(t, from)
			d := newDisk(opt, at)
			opt.Hook = d.hook
			k := 0
			err := run(opt, func(n int) { k = n })
			if (err == nil) != (at > len(ops)) {
				t.Fatalf("cut at %d: %v", at, err)
			}
			what := fmt.Sprintf("power cut at operation %d (seed %d)", at, seed)
			d.lose(t, rand.New(rand.NewPCG(seed, uint64(at))))
			survives(t, opt, k, what)
			if t.Failed() {
				t.FailNow()
			}
		}
	}
}

// disk knows what has not reached the disk yet.
type disk struct {
	opt     Options
	at      int
	mu      sync.Mutex
	count   int
	content map[string]bool              // written, not synced
	names   map[string]map[string][]byte // by directory: changed names and what stood there (nil: nothing)
}

func newDisk(opt Options, at int) *disk {
	return &disk{opt: opt, at: at, content: map[string]bool{}, names: map[string]map[string][]byte{}}
}

func (d *disk) file(name string) string {
	if n, ok := strings.CutPrefix(name, "guard:"); ok {
		return filepath.Join(d.opt.Guard, n)
	}
	return filepath.Join(d.opt.Dir, name)
}

// parent is the directory whose sync makes a name durable.
func parent(name string) string {
	if n, ok := strings.CutPrefix(name, "guard:"); ok {
		return "guard:" + path.Dir(n)
	}
	return path.Dir(name)
}

func (d *disk) changed(name string) {
	dir := parent(name)
	if d.names[dir] == nil {
		d.names[dir] = map[string][]byte{}
	}
	if _, ok := d.names[dir][name]; !ok {
		data, err := os.ReadFile(d.file(name))
		if err != nil {
			data = nil
		} else if data == nil {
			data = []byte{}
		}
		d.names[dir][name] = data
	}
}

func (d *disk) hook(op, name string, do func() error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.count++; d.count >= d.at {
		return errors.New("no power")
	}
	switch op {
	case "write":
		d.content[name] = true
	case "writesync":
		delete(d.content, name)
	case "rename", "mkdir", "remove":
		d.changed(name)
	}
	if err := dry(op, do); err != nil {
		return err
	}
	switch op {
	case "sync":
		delete(d.content, name)
		if name == "." {
			clear(d.content)
			clear(d.names)
		}
	case "syncdir":
		delete(d.names, name)
	}
	return nil
}

// lose lets each thing that was not synced be lost or not, by chance.
func (d *disk) lose(t testing.TB, rng *rand.Rand) {
	for name := range d.content {
		f := d.file(name)
		if data, err := os.ReadFile(f); err == nil && rng.IntN(2) == 0 {
			if err := os.WriteFile(f, data[:rng.IntN(len(data)+1)], 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, names := range d.names {
		for name, was := range names {
			f := d.file(name)
			if rng.IntN(2) == 0 {
				continue
			}
			os.RemoveAll(f)
			if was == nil {
				continue
			}
			if err := os.WriteFile(f, was, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
	}
}
