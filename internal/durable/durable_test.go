package durable

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func read(t *testing.T, d *Dir, name string) string {
	t.Helper()
	b, err := fs.ReadFile(d.FS(), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPutReplaceRemove(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tree")
	d, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, s := range []string{"one", "two"} {
		if err := d.Put("a/b/c", []byte(s)); err != nil {
			t.Fatal(err)
		}
		if got := read(t, d, "a/b/c"); got != s {
			t.Fatalf("got %q, want %q", got, s)
		}
		if err := d.Replace("top", []byte(s)); err != nil {
			t.Fatal(err)
		}
		if got := read(t, d, "top"); got != s {
			t.Fatalf("got %q, want %q", got, s)
		}
	}
	if err := d.Sync(); err != nil {
		t.Fatal(err)
	}
	if len(d.files)+len(d.dirs) != 0 {
		t.Fatalf("left unsynced: %v %v", d.files, d.dirs)
	}
	if err := d.Put("a/b/d", nil); err != nil {
		t.Fatal(err)
	}
	if err := d.Remove("a"); err != nil {
		t.Fatal(err)
	}
	if err := d.Remove("a"); err != nil {
		t.Fatalf("a missing name: %v", err)
	}
	if err := d.Sync(); err != nil {
		t.Fatalf("sync after remove: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "a")); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("a still stands: %v", err)
	}
	if err := d.Put("a/again", []byte("x")); err != nil {
		t.Fatalf("put after remove: %v", err)
	}
}

func TestNamesStayInside(t *testing.T) {
	dir := t.TempDir()
	d, err := Open(filepath.Join(dir, "tree"), Options{Private: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, name := range []string{"", ".", "..", "../x", "/x", "a/../../x", "a//b", "a/./b"} {
		if err := d.Put(name, []byte("x")); err == nil {
			t.Errorf("Put(%q) was allowed", name)
		}
	}
	if err := os.Symlink(dir, filepath.Join(dir, "tree", "out")); err == nil {
		if err := d.Put("out/x", []byte("x")); err == nil {
			t.Error("a link led outside")
		}
	}
	names, _ := os.ReadDir(dir)
	if len(names) != 1 {
		t.Fatalf("tree outside changed: %v", names)
	}
}

// The order is the promise: data before name, name before directory.
func TestOrderOfOperations(t *testing.T) {
	var ops []string
	var mu sync.Mutex // several goroutines sync at a time
	hook := func(op, name string, do func() error) error {
		mu.Lock()
		defer mu.Unlock()
		ops = append(ops, op+" "+name)
		return do()
	}
	d, err := Open(filepath.Join(t.TempDir(), "tree"), Options{Hook: hook})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	check := func(want string) {
		t.Helper()
		if got := strings.Join(ops, ", "); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
		ops = nil
	}
	if err := d.Replace("x", nil); err != nil {
		t.Fatal(err)
	}
	check("writesync x, rename x, syncdir .")
	if err := d.Put("a/b/c", nil); err != nil {
		t.Fatal(err)
	}
	check("mkdir a, mkdir a/b, write a/b/c, rename a/b/c")
	if err := d.Sync(); err != nil {
		t.Fatal(err)
	}
	check("sync a/b/c, syncdir ., syncdir a, syncdir a/b")
	if err := d.Sync(); err != nil {
		t.Fatal(err)
	}
	check("")
}

func TestFailuresAreReported(t *testing.T) {
	boom := errors.New("boom")
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			count := 0
			var mu sync.Mutex
			hook := func(op, name string, do func() error) error {
				mu.Lock()
				defer mu.Unlock()
				count++
				if count != n {
					return do()
				}
				if after {
					do()
				}
				return boom
			}
			d, err := Open(filepath.Join(t.TempDir(), "tree"), Options{Hook: hook})
			if err != nil {
				t.Fatal(err)
			}
			run := func() error {
				if err := d.Replace("x", []byte("1")); err != nil {
					return err
				}
				for i := range 6 {
					if err := d.Put(fmt.Sprintf("d/%d", i), []byte("2")); err != nil {
						return err
					}
				}
				return d.Sync()
			}
			err = run()
			if count < n {
				d.Close()
				break
			}
			if !errors.Is(err, boom) {
				t.Fatalf("operation %d failed and nobody heard: %v", n, err)
			}
			// The same calls again finish the work, whatever was left.
			if err := run(); err != nil {
				t.Fatalf("operation %d: second run: %v", n, err)
			}
			for i := range 6 {
				if got := read(t, d, fmt.Sprintf("d/%d", i)); got != "2" {
					t.Fatalf("got %q", got)
				}
			}
			names, _ := fs.Glob(d.FS(), "*/*.tmp")
			if len(names) != 0 {
				t.Fatalf("left behind: %v", names)
			}
			d.Close()
		}
	}
}

func TestManyFiles(t *testing.T) {
	d, err := Open(filepath.Join(t.TempDir(), "tree"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for i := range 2100 {
		if err := d.Put(fmt.Sprintf("%d/f", i), []byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Sync(); err != nil {
		t.Fatal(err)
	}
	if len(d.subs) > maxOpen+3 {
		t.Fatalf("%d handles stay open", len(d.subs))
	}
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "f")
	for _, s := range []string{"first", "2"} {
		if err := WriteFile(name, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(name)
		if err != nil || !bytes.Equal(b, []byte(s)) {
			t.Fatalf("got %q, %v", b, err)
		}
	}
	if err := WriteFile(filepath.Join(dir, "no", "f"), nil, 0o600); err == nil {
		t.Fatal("a missing directory was no error")
	}
	names, _ := os.ReadDir(dir)
	if len(names) != 1 {
		t.Fatalf("left behind: %v", names)
	}
}
