package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

const origin = "demo.example/sunlot"

// tempDir is a directory in memory where the system has one: these tests are
// about what is written in which order.
func tempDir(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "sunlot")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func signer(t testing.TB, name string, n byte) ledger.Signer {
	t.Helper()
	s, err := ledger.NewSigner(name, [32]byte{n})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// book is a ledger that grows and the site that is built from it: sites[v] is
// version v.
type book struct {
	dir string
	log *local.Log
	opt local.Options
}

func newBook(t testing.TB, name string, key byte) *book {
	t.Helper()
	dir := tempDir(t)
	b := &book{dir: dir, opt: local.Options{Dir: filepath.Join(dir, "ledger"), Guard: filepath.Join(dir, "guard"),
		Origin: name, Log: signer(t, name, key), Now: 1_692_806_400, Copies: true}}
	var err error
	if b.log, err = local.Create(b.opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.log.Close() })
	return b
}

// grow appends up to size and returns the site of that size, as built.
func (b *book) grow(t testing.TB, size int, pages map[string]string) string {
	t.Helper()
	var batch local.Batch
	for i := int(b.log.Size()); i < size; i++ {
		batch.Entries = append(batch.Entries, fmt.Appendf(nil, "entry %d\n", i))
	}
	batch.Blobs = [][]byte{fmt.Appendf(nil, "blob of %d\n", size)}
	if _, err := b.log.Append(batch); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(b.dir, fmt.Sprintf("site-%d", size))
	if err := os.CopyFS(filepath.Join(out, "ledger"), os.DirFS(b.opt.Dir)); err != nil {
		t.Fatal(err)
	}
	// A site has the tiles of its own size alone.
	for name := range tree(t, out) {
		if strings.Contains(name, ".p/") && path.Base(name) != fmt.Sprint(size%256) && path.Base(name) != fmt.Sprint(size/256) {
			if err := os.Remove(filepath.Join(out, filepath.FromSlash(name))); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(t, out, pages)
	return out
}

func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// pagesOf is a small site of n records with links: front → list → records,
// each record to the next one and to a file of the ledger.
func pagesOf(n int) map[string]string {
	pages := map[string]string{
		"style.css": fmt.Sprintf("/* %d */", n), "sunlot-site.txt": "built here\n", ".note": "stays at home",
		"draws.ics":  "sorts before draws/",
		"index.html": fmt.Sprintf(`<a href="draws/index.html">%d</a> <a href="style.css">`, n),
	}
	list := ""
	for i := range n {
		list += fmt.Sprintf(`<a href="%d/index.html">`, i)
		next := ""
		if i+1 < n {
			next = fmt.Sprintf(`<a href="../%d/index.html">`, i+1)
		}
		pages[fmt.Sprintf("draws/%d/index.html", i)] = next + fmt.Sprintf(`<a href="../../ledger/entry/%d.txt">`, i)
	}
	pages["draws/index.html"] = list
	pages["lookup/index.js"] = fmt.Sprintf(`sunlotShard("index",1,[["keys","%d"]])`, n)
	pages["lookup/key/0.js"] = fmt.Sprintf(`sunlotShard("key/0",1,[["%d"]])`, n)
	pages[fmt.Sprintf("only/%d/index.html", n)] = "a page of this version alone"
	return pages
}

// three are three versions of one site, of the given sizes; each has a page
// that the next one has not.
func three(t testing.TB, sizes ...int) (sites [3]string) {
	b := newBook(t, origin, 1)
	for i, size := range sizes {
		sites[i] = b.grow(t, size, pagesOf(3+i))
	}
	return sites
}

// tree lists a folder: name → text.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		if e.Type()&fs.ModeSymlink != 0 {
			to, _ := os.Readlink(name)
			files[filepath.ToSlash(rel)] = "→ " + to
			return nil
		}
		data, err := os.ReadFile(name)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

// whole fails unless target holds exactly the site, the list, and extra.
func whole(t testing.TB, target, site string, extra ...string) {
	t.Helper()
	got, want := tree(t, target), tree(t, site)
	delete(want, ".note")
	delete(want, "sunlot-site.txt")
	want[listName] = string(formatList(origin, slices.Sorted(keys(want))))
	for _, name := range extra {
		want[name] = got[name]
		if _, ok := got[name]; !ok {
			t.Errorf("%s is gone", name)
		}
	}
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: got %.40q, want %.40q", name, got[name], want[name])
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is left over", name)
		}
	}
	if b, err := verify.Open(os.DirFS(target), verify.Options{}); err != nil {
		t.Error(err)
	} else if f := fileFinding(b); f != "" {
		t.Error(f)
	}
}

func fileFinding(b *verify.Bundle) string {
	for _, f := range b.Findings {
		if ofFiles(f.Code) {
			return f.Code + " " + f.Place
		}
	}
	return ""
}

func keys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func must(t testing.TB, from, to string) Summary {
	t.Helper()
	sum, err := Dir(from, to, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestThreeVersions(t *testing.T) {
	sizes := []int{5, 260, 262}
	sites := three(t, sizes...)
	to := filepath.Join(tempDir(t), "www")
	for i, site := range sites {
		var last, total int
		sum, err := Dir(site, to, Options{Progress: func(d, n int) { last, total = d, n }})
		if err != nil {
			t.Fatal(err)
		}
		whole(t, to, site)
		n := len(tree(t, site)) - 2
		if sum.Written+sum.Same != n || last != total || total < n {
			t.Errorf("version %d: %+v, progress %d/%d, %d files", i, sum, last, total, n)
		}
		if (sum.Removed > 0) != (i > 0) || sum.Size != uint64(sizes[i]) || len(sum.Root) != 64 {
			t.Errorf("version %d: %+v", i, sum)
		}
		if again := must(t, site, to); again.Written+again.Removed != 0 || again.Same != n {
			t.Errorf("version %d again: %+v", i, again)
		}
	}
	if _, err := os.Stat(filepath.Join(to, "only", "3")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("an empty folder is left")
	}
}

var link = regexp.MustCompile(`href="([^"]*)"`)

// reachable fails where a page that a reader can reach points to nothing.
func reachable(t *testing.T, dir, when string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "index.html")); err != nil {
		return // nobody can come in yet
	}
	seen, todo := map[string]bool{}, []string{"index.html"}
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Errorf("%s: dead link to %s", when, name)
			continue
		}
		if path.Ext(name) == ".html" {
			for _, m := range link.FindAllStringSubmatch(string(data), -1) {
				todo = append(todo, path.Join(path.Dir(name), m[1]))
			}
		}
	}
}

// A run is cut off at each of its operations, in three manners: the operation
// was lost, it was done but nobody heard, a file was half written. At every
// point a reader meets a ledger that verifies and no dead link, and the next
// run finishes.
func TestKilledAnywhere(t *testing.T) {
	sites := three(t, 4, 6, 7)
	points := 0
	for _, manner := range []string{"lost", "done", "torn"} {
		for _, step := range [][2]int{{-1, 0}, {0, 1}, {1, 2}} {
			for n := range count(t, sites, step) {
				points++
				killed(t, sites, step, n+1, manner)
				if t.Failed() {
					t.Fatalf("%s at operation %d of %v", manner, n, step)
				}
			}
		}
	}
	if points < 200 {
		t.Fatalf("only %d points", points)
	}
}

// before makes a target as the step finds it.
func before(t *testing.T, sites [3]string, step [2]int) string {
	t.Helper()
	to := filepath.Join(tempDir(t), "www")
	if err := os.Mkdir(to, 0o755); err != nil {
		t.Fatal(err)
	}
	if step[0] >= 0 {
		must(t, sites[step[0]], to)
	}
	return to
}

func count(t *testing.T, sites [3]string, step [2]int) (ops int) {
	t.Helper()
	var n atomic.Int64 // several goroutines sync at a time
	hook := func(op, name string, do func() error) error { n.Add(1); return do() }
	if _, err := run(sites[step[1]], before(t, sites, step), Options{}, hook); err != nil {
		t.Fatal(err)
	}
	return int(n.Load())
}

func killed(t *testing.T, sites [3]string, step [2]int, n int, manner string) {
	t.Helper()
	to := before(t, sites, step)
	var ops atomic.Int64 // several goroutines sync at a time
	full := fmt.Errorf("write: %w", syscall.ENOSPC)
	hook := func(op, name string, do func() error) error {
		at := int(ops.Add(1))
		if at < n {
			return do()
		}
		if at == n && manner != "lost" {
			_ = do()
			if manner == "torn" && strings.HasPrefix(op, "write") {
				_ = os.Truncate(filepath.Join(to, filepath.FromSlash(name)+".tmp"), 1)
			}
		}
		return full
	}
	_, err := run(sites[step[1]], to, Options{}, hook)
	if fault.Code(err) != "publish.unwritable" || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v", err)
	}
	when := fmt.Sprintf("%s at %d of %v", manner, n, step)
	if _, err := os.Stat(filepath.Join(to, "ledger", "checkpoint")); err == nil {
		if _, err := verify.Open(os.DirFS(to), verify.Options{}); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	} else if step[0] >= 0 {
		t.Errorf("%s: the checkpoint is gone", when)
	}
	reachable(t, to, when)
	must(t, sites[step[1]], to)
	whole(t, to, sites[step[1]])
}

// A run that was cut off need not be followed by the same one: the site may
// have grown in between.
func TestKilledThenGrown(t *testing.T) {
	sites := three(t, 4, 6, 7)
	for n := 3; n < 40; n += 4 {
		to := before(t, sites, [2]int{0, 1})
		var ops atomic.Int64
		_, err := run(sites[1], to, Options{}, func(op, name string, do func() error) error {
			at := int(ops.Add(1))
			if at == n && strings.HasPrefix(op, "write") {
				_ = do()
			}
			if at >= n {
				return syscall.EIO
			}
			return do()
		})
		if !errors.Is(err, syscall.EIO) {
			t.Fatal(err)
		}
		must(t, sites[2], to)
		whole(t, to, sites[2])
	}
}

// One failing operation, the disk well again after it: the run that failed
// said so, and nothing is lost.
func TestOneFailure(t *testing.T) {
	sites := three(t, 4, 6, 7)
	step := [2]int{1, 2}
	for n := range count(t, sites, step) {
		to := before(t, sites, step)
		var ops atomic.Int64
		_, err := run(sites[2], to, Options{}, func(op, name string, do func() error) error {
			if int(ops.Add(1)) == n+1 {
				return syscall.EIO
			}
			return do()
		})
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Unreachable {
			t.Fatalf("operation %d failed and nobody heard: %v", n, err)
		}
		must(t, sites[2], to)
		whole(t, to, sites[2])
	}
}

// Everything is durable before the checkpoint is, and the list names a file
// before it stands.
func TestOrder(t *testing.T) {
	sites := three(t, 4, 6, 7)
	to := before(t, sites, [2]int{0, 1})
	var ops []string
	_, err := run(sites[1], to, Options{}, func(op, name string, do func() error) error {
		ops = append(ops, op+" "+name)
		return do()
	})
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) int {
		t.Helper()
		i := slices.Index(ops, s)
		if i < 0 {
			t.Fatalf("no %s", s)
		}
		return i
	}
	order := []string{
		"writesync " + listName, "rename ledger/tile/0/000.p/6", "rename style.css",
		"rename draws/3/index.html", // new: the list below points to it
		"rename draws/2/index.html", // now points to draws/3
		"rename draws/index.html", "rename lookup/key/0.js", "rename lookup/index.js",
		"writesync ledger/checkpoint", "rename ledger/checkpoint",
		"remove ledger/tile/0/000.p/4", "remove only/3/index.html",
	}
	if at("rename index.html") < at("rename draws/index.html") || at("rename index.html") > at("writesync ledger/checkpoint") {
		t.Error("the front page does not come between the lists and the checkpoint")
	}
	for i := 1; i < len(order); i++ {
		if at(order[i-1]) >= at(order[i]) {
			t.Errorf("%s came after %s", order[i-1], order[i])
		}
	}
	head := at("writesync ledger/checkpoint")
	lastPut := 0
	for i, op := range ops[:head] {
		if strings.HasPrefix(op, "rename ") {
			lastPut = i
		}
	}
	synced := slices.ContainsFunc(ops[lastPut:head], func(op string) bool { return strings.HasPrefix(op, "sync ") })
	if !synced || slices.ContainsFunc(ops[head:], func(op string) bool { return strings.HasPrefix(op, "write ") }) {
		t.Errorf("not durable before the checkpoint: %q", ops[lastPut:])
	}
	if strings.Count(strings.Join(ops, "\n"), "writesync "+listName) != 2 {
		t.Error("the list is not written first and last")
	}
}
