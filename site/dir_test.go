package site

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
)

func openDir(t *testing.T, name string, opt DirOptions) *Dir {
	t.Helper()
	d, err := OpenDir(name, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func write(t *testing.T, d *Dir, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := d.Put(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Finish(); err != nil {
		t.Fatal(err)
	}
}

func TestDirRewrites(t *testing.T) {
	name := filepath.Join(t.TempDir(), "public")
	write(t, openDir(t, name, DirOptions{}), map[string]string{"index.html": "a", "a/b/index.html": "b", "a/old/index.html": "c", "gone.html": "d"})
	past := time.Unix(1_600_000_000, 0)
	for _, f := range []string{"index.html", "a/b/index.html"} {
		if err := os.Chtimes(filepath.Join(name, f), past, past); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(name, "left.html.tmp"), []byte("left by a crash"), 0o644); err != nil {
		t.Fatal(err)
	}
	d := openDir(t, name, DirOptions{})
	write(t, d, map[string]string{"index.html": "a2", "a/b/index.html": "b", "c.html": "new"})
	if d.Written != 2 || d.Same != 2 || d.Removed != 3 {
		t.Errorf("written %d, same %d, removed %d", d.Written, d.Same, d.Removed)
	}
	info, err := os.Stat(filepath.Join(name, "a/b/index.html"))
	if err != nil || !info.ModTime().Equal(past) {
		t.Errorf("a file that was right was touched: %v %v", info, err)
	}
	for _, f := range []string{"gone.html", "a/old", "left.html.tmp"} {
		if _, err := os.Stat(filepath.Join(name, f)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there", f)
		}
	}
	if data, _ := os.ReadFile(filepath.Join(name, "index.html")); string(data) != "a2" {
		t.Errorf("index.html is %q", data)
	}
}

// Without Finish nothing is deleted.
func TestDirUnfinished(t *testing.T) {
	name := filepath.Join(t.TempDir(), "public")
	write(t, openDir(t, name, DirOptions{}), map[string]string{"index.html": "a", "b.html": "b"})
	d := openDir(t, name, DirOptions{})
	if err := d.Put("index.html", []byte("a2")); err != nil {
		t.Fatal(err)
	}
	d.Close()
	if _, err := os.Stat(filepath.Join(name, "b.html")); err != nil {
		t.Error("b.html went before the build was finished")
	}
}

// A build that was cut short has synced nothing: the next makes durable what it
// finds right, before its list says that everything stands.
func TestDirUnsynced(t *testing.T) {
	name := filepath.Join(t.TempDir(), "public")
	files := map[string]string{"index.html": "a", "a/b/c.html": "b", "ledger/checkpoint": "c"}
	d := openDir(t, name, DirOptions{})
	for name, text := range files {
		if err := d.Put(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	d.Close()
	var ops []string
	d = openDir(t, name, DirOptions{Hook: func(op, name string, do func() error) error {
		ops = append(ops, op+" "+name)
		return do()
	}})
	write(t, d, files)
	listed := slices.Index(ops, "rename "+builtName)
	for _, want := range []string{"sync index.html", "sync a/b/c.html", "sync ledger/checkpoint", "syncdir a/b", "syncdir a", "syncdir ."} {
		if at := slices.Index(ops, want); at < 0 || at > listed {
			t.Errorf("%q is not done before the list stands: %q", want, ops)
		}
	}
	ops = nil
	write(t, openDir(t, name, DirOptions{Hook: func(op, name string, do func() error) error {
		ops = append(ops, op+" "+name)
		return do()
	}}), files)
	if slices.Contains(ops, "sync index.html") {
		t.Errorf("after a whole build: %q", ops)
	}
}

func TestDirForeign(t *testing.T) {
	name := t.TempDir()
	if err := os.WriteFile(filepath.Join(name, "thesis.doc"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDir(name, DirOptions{}); fault.Code(err) != "site.foreign-folder" {
		t.Errorf("somebody's folder: %v", err)
	}
	if err := os.WriteFile(filepath.Join(name, marker), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDir(name, DirOptions{}); fault.Code(err) != "site.foreign-folder" {
		t.Errorf("a forged marker: %v", err)
	}
	if _, err := os.Stat(filepath.Join(name, "thesis.doc")); err != nil {
		t.Error("somebody's folder lost a file")
	}
	if _, err := OpenDir(filepath.Join(name, "no", "where"), DirOptions{}); fault.Code(err) != "site.folder-open" {
		t.Errorf("no parent: %v", err)
	}
}

func TestDirNames(t *testing.T) {
	parent := t.TempDir()
	d := openDir(t, filepath.Join(parent, "public"), DirOptions{})
	for _, bad := range []string{"", ".", "..", "../x", "/etc/x", "a/../../x", "a//b", "a/", `a\b`, "./a"} {
		if err := d.Put(bad, []byte("x")); fault.Code(err) != "site.file-name" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := d.Put("a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := d.Put("a", []byte("y")); fault.Code(err) != "site.twice" {
		t.Errorf("one name twice: %v", err)
	}
	if list, _ := os.ReadDir(parent); len(list) != 1 {
		t.Errorf("something was written outside: %v", list)
	}
}

// TestDirLinks: links planted in the folder lead nowhere (T17).
func TestDirLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("links need a privilege there; os.Root refuses them the same way")
		return
	}
	parent := t.TempDir()
	outside := filepath.Join(parent, "outside")
	secret := filepath.Join(outside, "index.html")
	if err := os.Mkdir(outside, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(secret, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(parent, "public")
	write(t, openDir(t, name, DirOptions{}), map[string]string{"x": "y"})
	for link, to := range map[string]string{"rules": outside, "index.html": secret} {
		if err := os.Symlink(to, filepath.Join(name, link)); err != nil {
			t.Fatal(err)
		}
	}
	d := openDir(t, name, DirOptions{})
	if err := d.Put("index.html", []byte("new")); err != nil {
		t.Fatal(err)
	}
	if err := d.Put("rules/index.html", []byte("new")); err == nil {
		t.Error("a file was written through a link")
	} else if !strings.Contains(err.Error(), "site.write") {
		t.Error(err)
	}
	if data, _ := os.ReadFile(secret); string(data) != "old" {
		t.Errorf("the file outside is %q", data)
	}
	if err := d.Finish(); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(secret); string(data) != "old" {
		t.Error("Finish deleted through a link")
	}
}
