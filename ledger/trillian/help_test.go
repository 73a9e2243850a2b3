package trillian

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/cluster"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

var long = flag.Bool("long", false, "every fault at every place: two or three minutes (make faults)")

const origin = "demo.example/sunlot"

// interval between two passes of the sequencers: tests wait for it often.
const interval = 50 * time.Millisecond

// running is a cluster that several tests use: brought up by the first of them,
// so that a child of the killing tests has none.
type running struct {
	once sync.Once
	c    *cluster.Cluster
	err  error
}

var (
	sound  running // nothing is ever done to its servers: tests run beside each other
	broken running // each test breaks its servers and mends them: one after the other
)

func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		f.Value.Set("8") // most of what these tests do is wait for servers
	}
	code := m.Run()
	for _, r := range []*running{&sound, &broken} {
		if r.c == nil {
			continue
		}
		if err := r.c.Down(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// up is the cluster, for a test that says so itself where it is left out.
func (r *running) up(t testing.TB) *cluster.Cluster {
	t.Helper()
	if testing.Short() {
		t.Skip("left out in short mode: real servers (PostgreSQL, etcd, Trillian)")
	}
	r.once.Do(func() { r.c, r.err = cluster.Up(context.Background(), cluster.Options{Interval: interval}) })
	if r.err != nil {
		t.Fatalf("no cluster (Debian: apt-get install postgresql-15): %v", r.err)
	}
	return r.c
}

// pen is the log's key. It remembers what it signed, in whatever copy of the
// folder: one root for a size, and never a smaller one.
type pen struct {
	ledger.Signer
	mu    sync.Mutex
	roots map[uint64]ledger.Hash
	top   uint64
	wrong []string
}

func (p *pen) Sign(text []byte) ([]byte, error) {
	head, err := ledger.ParseCheckpoint(string(text))
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if was, ok := p.roots[head.Size]; ok && was != head.Root {
		p.wrong = append(p.wrong, fmt.Sprintf("two roots of size %d: %s, %s", head.Size, was, head.Root))
	}
	if head.Size < p.top {
		p.wrong = append(p.wrong, fmt.Sprintf("size %d after %d", head.Size, p.top))
	}
	p.roots[head.Size], p.top = head.Root, max(p.top, head.Size)
	return p.Signer.Sign(text)
}

// signatures is how many sizes were signed.
func (p *pen) signatures() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.roots)
}

func key(t testing.TB) ledger.Signer {
	t.Helper()
	s, err := ledger.NewSigner(origin, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// desk is one office: folder, guard, tree, and what the test knows must be
// there. Each step opens and closes everything, as each command does.
type desk struct {
	t     testing.TB
	opt   local.Options
	cfg   Config
	pen   *pen
	acked [][]byte // acknowledged entries
	begun [][]byte // of a step that failed after it was begun: the next one completes it
}

// tempDir is a directory in memory where the system has one: these tests are
// about processes, and an fsync there costs nothing.
func tempDir(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "sunlot")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func places(t testing.TB) local.Options {
	dir := tempDir(t)
	return local.Options{Dir: filepath.Join(dir, "ledger"), Guard: filepath.Join(dir, "guard"), Origin: origin,
		Now: 1_692_806_400, Copies: true, Writer: "演示电脑甲"}
}

// newDesk makes an office with an empty tree of its own.
func newDesk(t testing.TB, addresses ...string) *desk {
	t.Helper()
	p := &pen{Signer: key(t), roots: map[uint64]ledger.Hash{}}
	d := &desk{t: t, opt: places(t), pen: p, cfg: Config{Addresses: addresses, Origin: origin, Writer: "演示电脑甲"}}
	d.opt.Log = p
	tree := d.tree()
	id, err := tree.Create(t.Context(), "演示单位")
	if err != nil {
		t.Fatal(err)
	}
	d.cfg.Tree = id
	l, err := local.Create(d.opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return d
}

func addressesOf(c *cluster.Cluster) (list []string) {
	for _, s := range c.LogServers {
		list = append(list, s.Addr)
	}
	return list
}

// tree opens new connections.
func (d *desk) tree() *Tree {
	d.t.Helper()
	tree, err := Open(d.cfg)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { tree.Close() })
	return tree
}

// step appends a batch as a command does, and keeps account of what the ledger
// owes.
func (d *desk) step(b local.Batch) error {
	return d.through(nil, b)
}

// through is step with something around the engine.
func (d *desk) through(around func(ledger.SequenceFunc) ledger.SequenceFunc, b local.Batch) error {
	tree, err := Open(d.cfg)
	if err != nil {
		return err
	}
	defer tree.Close()
	opt := d.opt
	opt.Sequence = tree.Sequence(d.t.Context())
	if around != nil {
		opt.Sequence = around(opt.Sequence)
	}
	l, err := openLocked(opt)
	if err != nil {
		return err
	}
	defer l.Close()
	d.acked, d.begun = append(d.acked, d.begun...), nil // Open has completed it
	if len(b.Entries)+len(b.Blobs)+len(b.Openings) == 0 {
		return nil
	}
	_, err = l.Append(b)
	if err == nil {
		d.acked = append(d.acked, b.Entries...)
		return nil
	}
	_, pending, perr := local.Pending(os.DirFS(opt.Guard))
	if perr != nil {
		d.t.Fatal(perr)
	}
	if pending != nil {
		d.begun = b.Entries
	}
	return err
}

// openLocked opens a log whose lock nobody holds by name. Where tests beside us
// start processes, one that is between fork and exec still has the lock that we
// have just closed.
func openLocked(opt local.Options) (*local.Log, error) {
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		l, err := local.Open(opt)
		if fault.Code(err) != "ledger.locked" || said(err) != "" || time.Now().After(deadline) {
			return l, err
		}
	}
}

func (d *desk) must(entries [][]byte) {
	d.t.Helper()
	if err := d.step(local.Batch{Entries: entries}); err != nil {
		d.t.Fatal(err)
	}
}

// next makes entries that are not there yet.
func (d *desk) next(n int) [][]byte { return entries(len(d.acked)+len(d.begun), n) }

// entries makes n entries from index first on, of different lengths; every
// seventh is the same.
func entries(first, n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		if k := first + i; k%7 == 3 {
			out[i] = []byte("演示：同样的记录")
		} else {
			out[i] = fmt.Appendf(nil, "演示记录 %d %s", k, bytes.Repeat([]byte("抽"), k%50))
		}
	}
	return out
}

// refuses takes a step that must be refused with the code before anything is
// signed: checkpoint and guard record stay byte for byte, and with whole
// everything else does, too.
func (d *desk) refuses(code string, whole bool, b local.Batch) {
	d.t.Helper()
	before, signed := d.files(), d.pen.signatures()
	err := d.step(b)
	wantCode(d.t, err, code)
	after := d.files()
	if d.pen.signatures() != signed {
		d.t.Errorf("%s: something was signed", code)
	}
	for name := range before {
		if whole || name == "ledger/checkpoint" || name == "guard/signed" {
			if before[name] != after[name] {
				d.t.Errorf("%s: %s has changed", code, name)
			}
		}
	}
	for name := range after {
		if _, was := before[name]; whole && !was {
			d.t.Errorf("%s: %s is new", code, name)
		}
	}
}

// files is every file of folder and guard.
func (d *desk) files() map[string]string {
	d.t.Helper()
	all := map[string]string{}
	for prefix, dir := range map[string]string{"ledger/": d.opt.Dir, "guard/": d.opt.Guard} {
		for name, data := range filesOf(d.t, dir) {
			all[prefix+name] = data
		}
	}
	return all
}

func filesOf(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		all[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// holds checks what must be true at any time, of the folder alone: entries are
// those that were acknowledged, the folder hashes to its checkpoint, and the
// pen has not contradicted itself.
func (d *desk) holds() {
	d.t.Helper()
	for _, w := range d.pen.wrong {
		d.t.Error(w)
	}
	dir := ledger.OpenDir(os.DirFS(d.opt.Dir))
	rep := dir.Audit(d.opt.Log.Key(), ledger.AuditOptions{Copies: true})
	for _, p := range rep.Problems {
		if len(d.begun) == 0 || p.Code != "ledger.audit-beyond" {
			d.t.Errorf("audit: %v", p)
		}
	}
	if got := rep.Checkpoint.Size; got != uint64(len(d.acked)) {
		d.t.Errorf("size %d, want %d", got, len(d.acked))
		return
	}
	err := dir.Entries(0, rep.Checkpoint.Size, func(i uint64, e []byte) error {
		if !bytes.Equal(e, d.acked[i]) {
			return fmt.Errorf("entry %d is %q", i, e)
		}
		return nil
	})
	if err != nil {
		d.t.Error(err)
	}
}

// mends: after the fault the next run completes what was begun, the one after
// it goes on, the tree holds exactly the ledger, and everything holds.
func (d *desk) mends() {
	d.t.Helper()
	d.holds()
	if err := d.step(local.Batch{}); err != nil {
		d.t.Fatalf("the next run: %v", err)
	}
	d.must(d.next(2))
	if names, _ := os.ReadDir(d.opt.Guard); len(names) != 2 {
		d.t.Errorf("left in the guard's directory: %v", names)
	}
	d.holds()
	d.same()
}

// same holds every row of the tree against the folder.
func (d *desk) same() {
	d.t.Helper()
	tree := d.tree()
	head := d.head()
	if err := tree.Compare(d.t.Context(), ledger.OpenDir(os.DirFS(d.opt.Dir)), head, nil, nil); err != nil {
		d.t.Errorf("compare: %v", err)
	}
	s, err := tree.Status(d.t.Context())
	if err != nil || s.Size != head.Size || s.Root != head.Root {
		d.t.Errorf("the tree is %+v (%v), want %d %s", s, err, head.Size, head.Root)
	}
}

// head is the checkpoint of the folder, opened.
func (d *desk) head() ledger.Checkpoint {
	d.t.Helper()
	rep := ledger.OpenDir(os.DirFS(d.opt.Dir)).Audit(d.opt.Log.Key(), ledger.AuditOptions{})
	return rep.Checkpoint
}

// copied is the same office on another computer, with the same key and tree.
func (d *desk) copied(writer string) *desk {
	d.t.Helper()
	e := *d
	e.opt = places(d.t)
	e.opt.Log, e.opt.Writer, e.cfg.Writer = d.pen, writer, writer
	for from, to := range map[string]string{d.opt.Dir: e.opt.Dir, d.opt.Guard: e.opt.Guard} {
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			d.t.Fatal(err)
		}
	}
	e.acked = append([][]byte(nil), d.acked...)
	return &e
}

func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	if got := fault.Code(err); got != code {
		t.Fatalf("got code %q (%v), want %q", got, err, code)
	}
}

// said is what a fault names as Got.
func said(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Got
	}
	return ""
}

// until polls; the deadline is for a machine that is busy with something else.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited a minute: %s", what)
		}
	}
}

// differ lists the names whose content differs.
func differ(a, b map[string]string) string {
	var names []string
	both := maps.Clone(a)
	maps.Copy(both, b)
	for name := range both {
		x, in := a[name]
		y, too := b[name]
		if x != y || in != too {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}
