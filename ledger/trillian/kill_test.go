package trillian

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

// Our own process is killed: a ledger of 254 entries, then these steps. The
// second crosses a tile, so that partial tiles are collected.
const killBase = 254

func killSteps() []local.Batch {
	return []local.Batch{
		{Entries: entries(254, 1), Openings: map[uint64][]byte{254: []byte("演示一")}},
		{Entries: entries(255, 3), Blobs: [][]byte{[]byte("演示附件")}},
		{Entries: entries(258, 2), Openings: map[uint64][]byte{254: nil}},
	}
}

// killSizes are the sizes after each step.
var killSizes = []int{254, 255, 258, 260}

// victim is an office before the steps, in a tree of its own.
func victim(t testing.TB, from *desk) *desk {
	t.Helper()
	d := from.copied(from.opt.Writer)
	d.t, d.pen = t, &pen{Signer: key(t), roots: map[uint64]ledger.Hash{}}
	d.opt.Log = d.pen
	tree := d.tree()
	id, err := tree.Load(t.Context(), "演示单位", ledger.OpenDir(os.DirFS(d.opt.Dir)), d.head(), nil)
	if err != nil {
		t.Fatal(err)
	}
	d.cfg.Tree = id
	return d
}

// run takes the steps in one process, telling of each that was acknowledged.
func run(ctx context.Context, opt local.Options, cfg Config, ack func(k int)) error {
	tree, err := Open(cfg)
	if err != nil {
		return err
	}
	defer tree.Close()
	opt.Sequence = tree.Sequence(ctx)
	l, err := local.Open(opt)
	if err != nil {
		return err
	}
	defer l.Close()
	for k, b := range killSteps() {
		if _, err := l.Append(b); err != nil {
			return err
		}
		ack(k + 1)
	}
	return nil
}

// TestKillChild is the process that the tests below kill: by itself, by SIGKILL
// at an operation of the disk, before it or with a torn temporary file; or by
// its parent, which is its network.
func TestKillChild(t *testing.T) {
	at, err := strconv.Atoi(os.Getenv("SUNLOT_TREE_KILL_AT"))
	if err != nil {
		return // not the child
	}
	tree, err := strconv.ParseInt(os.Getenv("SUNLOT_TREE_KILL_TREE"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	opt := local.Options{
		Dir: os.Getenv("SUNLOT_TREE_KILL_DIR"), Guard: os.Getenv("SUNLOT_TREE_KILL_GUARD"),
		Origin: origin, Log: key(t), Now: 1_692_806_400, Copies: true, Writer: "演示电脑甲",
	}
	cfg := Config{Addresses: strings.Fields(os.Getenv("SUNLOT_TREE_KILL_ADDRESSES")), Tree: tree, Origin: origin, Writer: opt.Writer}
	var mu sync.Mutex
	count := 0
	opt.Hook = func(op, name string, do func() error) error {
		mu.Lock()
		defer mu.Unlock()
		if count++; count != at {
			return do()
		}
		p, _ := os.FindProcess(os.Getpid())
		p.Kill()
		select {} // the signal is on its way
	}
	if err := run(t.Context(), opt, cfg, func(k int) { fmt.Printf("ACK %d\n", k) }); err != nil {
		t.Fatal(err)
	}
	fmt.Println("END")
}

// child starts the process; at 0 it does not kill itself.
func (d *desk) child(at int) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestKillChild$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("SUNLOT_TREE_KILL_AT=%d", at), fmt.Sprintf("SUNLOT_TREE_KILL_TREE=%d", d.cfg.Tree),
		"SUNLOT_TREE_KILL_DIR="+d.opt.Dir, "SUNLOT_TREE_KILL_GUARD="+d.opt.Guard, "SUNLOT_TREE_KILL_ADDRESSES="+strings.Join(d.cfg.Addresses, " "))
	out := &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, out
	return cmd, out
}

// survives checks what must be true after the child was killed: what it had
// acknowledged is there, the step that it was at is completed or was never
// begun, and the ledger goes on.
func (d *desk) survives(err error, out *bytes.Buffer) {
	d.t.Helper()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Exited() {
		d.t.Fatalf("the child was not killed: %v\n%s", err, out)
	}
	k := 0
	s := bufio.NewScanner(out)
	for s.Scan() {
		if n, err := strconv.Atoi(strings.TrimPrefix(s.Text(), "ACK ")); err == nil {
			k = n
		}
	}
	if err := d.step(local.Batch{}); err != nil {
		d.t.Fatalf("the next run: %v", err)
	}
	size := int(d.head().Size)
	if size != killSizes[k] && size != killSizes[min(k+1, len(killSizes)-1)] {
		d.t.Fatalf("%d steps acknowledged, size %d", k, size)
	}
	d.acked = entries(0, size)
	d.mends()
}

// before is the ledger that every victim is a copy of: its copies and proofs
// are those of the steps alone.
func before(t testing.TB) *desk {
	t.Helper()
	return loaded(t, killBase, addressesOf(sound.up(t))...)
}

// kill -9 at every operation of the disk in three steps; a sample of them in
// the usual run.
func TestKill(t *testing.T) {
	t.Parallel()
	from := before(t)
	var ops []string
	var mu sync.Mutex
	d := victim(t, from)
	d.opt.Hook = func(op, name string, do func() error) error {
		mu.Lock()
		ops = append(ops, op+" "+name)
		mu.Unlock()
		return do()
	}
	if err := run(t.Context(), d.opt, d.cfg, func(int) {}); err != nil {
		t.Fatal(err)
	}
	if len(ops) < 50 {
		t.Fatalf("only %d operations", len(ops))
	}
	killed := 0
	for i, op := range ops {
		// Without -long: the guard's own files, the checkpoint, and some others.
		if !*long && !strings.Contains(op, "guard:") && !strings.Contains(op, "checkpoint") && i%7 != 0 {
			continue
		}
		killed++
		t.Run(fmt.Sprintf("%d %s", i+1, strings.ReplaceAll(op, "/", "_")), func(t *testing.T) {
			t.Parallel()
			d := victim(t, from)
			cmd, out := d.child(i + 1)
			d.survives(cmd.Run(), out)
		})
	}
	t.Logf("killed at %d of %d operations", killed, len(ops))
}

// kill -9 at every call to a log server in three steps: before it arrives, and
// after it was done and before the answer; a sample of them in the usual run.
func TestKillAtCalls(t *testing.T) {
	t.Parallel()
	from := before(t)
	addr := sound.up(t).LogServers[0].Addr
	var calls []string
	d, r := victim(t, from), newRelay(t, addr)
	d.cfg.Addresses = []string{r.addr}
	r.lies(func(_ context.Context, m string, _ any, do func() (any, error)) (any, error) {
		calls = append(calls, m)
		return do()
	})
	if err := run(t.Context(), d.opt, d.cfg, func(int) {}); err != nil {
		t.Fatal(err)
	}
	if len(calls) < 25 {
		t.Fatalf("only %d calls", len(calls))
	}
	killed := 0
	for i := range calls { // how often a run asks for the root depends on its time: near enough
		for _, done := range []bool{false, true} {
			if !*long && calls[i] != "QueueLeaf" && (i%5 != 0 || done) {
				continue
			}
			killed++
			t.Run(fmt.Sprintf("%d %s %v", i+1, calls[i], done), func(t *testing.T) {
				t.Parallel()
				d, r := victim(t, from), newRelay(t, addr)
				healthy := d.cfg.Addresses
				d.cfg.Addresses = []string{r.addr}
				cmd, out := d.child(0)
				nth, count := i+1, 0
				if calls[i] == "QueueLeaf" { // the same leaf, whatever else was asked
					nth = 0
					for _, m := range calls[:i+1] {
						if m == "QueueLeaf" {
							nth++
						}
					}
				}
				r.lies(func(_ context.Context, m string, _ any, do func() (any, error)) (any, error) {
					if calls[i] == "QueueLeaf" && m != "QueueLeaf" {
						return do()
					}
					if count++; count != nth {
						return do()
					}
					if done {
						do() // what it says, nobody hears
					}
					cmd.Process.Kill()
					return nil, status.Error(codes.Unavailable, "演示")
				})
				err := cmd.Run()
				r.lies(nil)
				if err == nil && calls[i] != "QueueLeaf" && count < nth {
					return // a quicker run asked less often
				}
				d.cfg.Addresses = healthy
				d.survives(err, out)
			})
		}
	}
	t.Logf("killed at %d of %d points", killed, 2*len(calls))
}
