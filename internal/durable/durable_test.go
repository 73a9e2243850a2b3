package durable

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
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
				if err := d.PutFrom("d/6", func(w io.Writer) error { _, err := io.WriteString(w, "2"); return err }); err != nil {
					return err
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
			for i := range 7 {
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

// TestCreate: whole where nothing stood, nothing where something did, from
// several goroutines, and the memory of it does not grow with the files.
func TestCreate(t *testing.T) {
	d, err := Open(filepath.Join(t.TempDir(), "tree"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for w := range errs {
		wg.Go(func() {
			for i := w; i < 2400 && errs[w] == nil; i += len(errs) {
				var made bool
				name := fmt.Sprintf("a/%d/index.html", i)
				if i%2 == 0 {
					name = fmt.Sprintf("b/%d/%d.txt", i%300, i)
				}
				if made, errs[w] = d.Create(name, []byte(name)); !made && errs[w] == nil {
					errs[w] = errors.New(name + " stood there")
				}
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if got := read(t, d, "a/1/index.html") + read(t, d, "b/2/2.txt"); got != "a/1/index.htmlb/2/2.txt" {
		t.Fatalf("got %q", got)
	}
	if made, err := d.Create("a/1/index.html", []byte("other")); made || err != nil {
		t.Fatalf("over a file: %v %v", made, err)
	}
	if got := read(t, d, "a/1/index.html"); got != "a/1/index.html" {
		t.Fatalf("a file that stood there became %q", got)
	}
	if len(d.files) > manyFiles || len(d.subs) > maxOpen+3 {
		t.Fatalf("%d names, %d handles are kept", len(d.files), len(d.subs))
	}
	if err := d.Sync(); err != nil {
		t.Fatal(err)
	}
	if len(d.files)+len(d.dirs) != 0 || d.whole {
		t.Fatal("left unsynced")
	}
	if _, err := d.Create("../x", nil); err == nil {
		t.Error("a name led outside")
	}
	if runtime.GOOS == "windows" {
		return // links need a privilege there
	}
	if err := os.Symlink(t.TempDir(), filepath.Join(d.root.Name(), "out")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"out/x", "out/index.html", "out/a/index.html"} {
		if made, err := d.Create(name, nil); err == nil && made {
			t.Errorf("%s: a link led outside", name)
		}
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
