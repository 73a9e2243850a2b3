package site

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/fault"
)

// TestKilled: a build that ends at any change of the disk leaves a folder whose
// checkpoint is the old or the new one, and the next build makes of it what a
// cold build makes, also for another ledger than the one that was cut short.
func TestKilled(t *testing.T) {
	before, after := newBureau(t, "gaoqing", 40), newBureau(t, "gaoqing", 40)
	after.live()
	cold := map[*bureau]memory{}
	for _, b := range []*bureau{before, after} {
		cold[b] = memory{}
		if err := Build(b.bundle(), content.FS, Options{}, cold[b]); err != nil {
			t.Fatal(err)
		}
		cold[b][marker] = []byte(markerText)
	}
	begun := filepath.Join(t.TempDir(), "public")
	buildInto(t, before, begun, DirOptions{})
	step := 29
	if testing.Short() {
		step = 97
	}
	died := errors.New("died")
	points := 0
	for at := 1; ; at += step {
		name := filepath.Join(t.TempDir(), "public")
		if err := os.CopyFS(name, os.DirFS(begun)); err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		ops, dead := 0, false
		hook := func(op, name string, do func() error) error {
			mu.Lock()
			defer mu.Unlock()
			if ops++; ops >= at { // this one is half done, or done, and nothing after it
				if !dead && ops%2 == 0 {
					_ = do()
				}
				dead = true
				return died
			}
			return do()
		}
		d, err := OpenDir(name, DirOptions{Hook: hook})
		if err == nil {
			if err = Build(after.bundle(), content.FS, Options{}, d); err == nil {
				err = d.Finish()
			}
			d.Close()
		}
		if ops < at {
			break // it was done before
		}
		if !errors.Is(err, died) {
			t.Fatalf("operation %d failed and nobody heard: %v", at, err)
		}
		points++
		if head, err := os.ReadFile(filepath.Join(name, "ledger", "checkpoint")); err != nil || !bytes.Equal(head, before.store["checkpoint"]) && !bytes.Equal(head, after.store["checkpoint"]) {
			t.Fatalf("operation %d: the checkpoint is neither: %v", at, err)
		}
		next := after
		if points%3 == 0 {
			next = before // as after a restore from a backup
		}
		buildInto(t, next, name, DirOptions{})
		diff(t, at, readAll(t, os.DirFS(name)), cold[next])
	}
	if points < 5 {
		t.Errorf("only %d points", points)
	}
}

func buildInto(t *testing.T, b *bureau, name string, opt DirOptions) *Dir {
	t.Helper()
	d := openDir(t, name, opt)
	if err := Build(b.bundle(), content.FS, Options{}, d); err != nil {
		t.Fatal(err)
	}
	if err := d.Finish(); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestStopped: a build that is stopped says so and leaves the site readable.
func TestStopped(t *testing.T) {
	b := year(t, "gaoqing", 40)
	name := filepath.Join(t.TempDir(), "public")
	buildInto(t, newBureau(t, "gaoqing", 40), name, DirOptions{})
	old, err := os.ReadFile(filepath.Join(name, "ledger", "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	files := 0
	d := openDir(t, name, DirOptions{})
	err = Build(b.bundle(), content.FS, Options{Stop: stop, Progress: func(int, int) {
		if files++; files == 40 {
			close(stop)
		}
	}}, d)
	if fault.Code(err) != "site.stopped" {
		t.Fatalf("stopped: %v", err)
	}
	if now, err := os.ReadFile(filepath.Join(name, "ledger", "checkpoint")); err != nil || !bytes.Equal(now, old) {
		t.Error("the checkpoint moved on")
	}
	buildInto(t, b, name, DirOptions{})
	want := memory{}
	if err := Build(b.bundle(), content.FS, Options{}, want); err != nil {
		t.Fatal(err)
	}
	want[marker] = []byte(markerText)
	diff(t, 0, readAll(t, os.DirFS(name)), want)
}

// TestList: a list of what was built that is damaged, missing, of another folder
// or beside an unfinished build is not trusted; a sound one is, so that what
// somebody changed by hand is found with All.
func TestList(t *testing.T) {
	b, other := year(t, "gaoqing", 40), year(t, "yanshi", 40)
	want := memory{}
	if err := Build(b.bundle(), content.FS, Options{}, want); err != nil {
		t.Fatal(err)
	}
	want[marker] = []byte(markerText)
	begun, foreign := filepath.Join(t.TempDir(), "public"), filepath.Join(t.TempDir(), "public")
	buildInto(t, b, begun, DirOptions{})
	buildInto(t, other, foreign, DirOptions{})
	list, err := os.ReadFile(filepath.Join(begun, builtName))
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile(filepath.Join(foreign, builtName))
	if err != nil {
		t.Fatal(err)
	}
	flipped, longer := bytes.Clone(list), append(bytes.Clone(list), 0)
	flipped[len(flipped)/2] ^= 1
	page := "about/index.html"
	result := resultPath(b.state.Results[0].Index)
	for what, change := range map[string]func(dir string) error{
		"flipped": func(dir string) error { return os.WriteFile(filepath.Join(dir, builtName), flipped, 0o644) },
		"longer":  func(dir string) error { return os.WriteFile(filepath.Join(dir, builtName), longer, 0o644) },
		"cut":     func(dir string) error { return os.WriteFile(filepath.Join(dir, builtName), list[:len(list)/2], 0o644) },
		"empty":   func(dir string) error { return os.WriteFile(filepath.Join(dir, builtName), nil, 0o644) },
		"foreign": func(dir string) error { return os.WriteFile(filepath.Join(dir, builtName), theirs, 0o644) },
		"missing": func(dir string) error { return os.Remove(filepath.Join(dir, builtName)) },
		"a folder": func(dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, builtName)), os.Mkdir(filepath.Join(dir, builtName), 0o755))
		},
		"unfinished": func(dir string) error { return os.WriteFile(filepath.Join(dir, buildingName), nil, 0o644) },
		"checkpoint": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "ledger", "checkpoint"), []byte("x"), 0o644)
		},
		"all":     func(string) error { return nil },
		"trusted": func(string) error { return nil },
	} {
		dir := filepath.Join(t.TempDir(), "public")
		if err := os.CopyFS(dir, os.DirFS(begun)); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{page, result} {
			if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte("by hand"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(os.Remove(filepath.Join(dir, "ledger", "entry", "3.txt")), os.WriteFile(filepath.Join(dir, "left.html"), []byte("x"), 0o644), change(dir)); err != nil {
			t.Fatal(what, err)
		}
		d := buildInto(t, b, dir, DirOptions{All: what == "all"})
		got := readAll(t, os.DirFS(dir))
		if what != "trusted" {
			if d.old != nil {
				t.Errorf("%s: the list was trusted", what)
			}
			diff(t, 0, got, want)
			continue
		}
		// What is made at every build is mended; what is kept is not looked at.
		if d.old == nil || !bytes.Equal(got[page], want[page]) || string(got[result]) != "by hand" || got["ledger/entry/3.txt"] != nil || got["left.html"] == nil {
			t.Error("a sound list was not trusted")
		}
	}
}

// TestListForm: a list that was written is read as it was; nothing else passes,
// and no name leads out.
func TestListForm(t *testing.T) {
	blocks := map[string][]string{"": {"a.html"}, "x": {"b/1/index.html", "b/12/index.html"}, "y": nil}
	make1 := func(names map[string][]string) []byte {
		n := new(building)
		for name, files := range names {
			key := digest{1}
			if name == "" {
				key = digest{}
			}
			n.add(blockID(name), key, files)
		}
		r := run{}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			r.add(blockID("run/"+name), digest{2}, names[name])
		}
		n.put(blockID("run"), digest{3}, len(r.parts)+1, r.files, r.body())
		return n.finish([]byte("checkpoint"), nil)
	}
	file := make1(blocks)
	list, _, err := parseBuilt(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, files := range blocks {
		r := list.find(blockID(name))
		if r == nil {
			t.Fatalf("%q is not there", name)
		}
		for _, r := range []*blockRef{r, findBlock(list.inRun(list.find(blockID("run"))), blockID("run/"+name))} {
			var got []string
			if list.names(r, func(name []byte) { got = append(got, string(name)) }); strings.Join(got, " ") != strings.Join(files, " ") || r.files != len(files) {
				t.Errorf("%q: %q", name, got)
			}
		}
	}
	var all []string
	if list.names(list.find(blockID("run")), func(name []byte) { all = append(all, string(name)) }); strings.Join(all, " ") != "a.html b/1/index.html b/12/index.html" {
		t.Errorf("a run: %q", all)
	}
	if list.find(blockID("z")) != nil {
		t.Error("a block that was not written")
	}
	if !bytes.Equal(file, make1(maps.Clone(blocks))) {
		t.Error("two lists of one site differ")
	}
	for i := range file {
		bad := bytes.Clone(file)
		bad[i] ^= 0x40
		if _, _, err := parseBuilt(bad); err == nil {
			t.Errorf("byte %d changed, and nobody heard", i)
		}
		if _, _, err := parseBuilt(file[:i]); err == nil {
			t.Errorf("cut at %d, and nobody heard", i)
		}
	}
	for _, bad := range []string{"../x", "/x", "a//b", "a/../b", strings.Repeat("a", maxBuiltName+1)} {
		if _, _, err := parseBuilt(make1(map[string][]string{"x": {bad}})); err == nil {
			t.Errorf("a name %.20q", bad)
		}
	}
}

// FuzzList: whatever stands in the file, reading it ends, and what it gives
// stays within it.
func FuzzList(f *testing.F) {
	n := new(building)
	n.add(blockID("x"), digest{1}, []string{"a/1/index.html", "a/2/index.html"})
	f.Add(n.data)
	var r run
	r.add(blockID("y"), digest{2}, []string{"a/3/index.html"})
	n.put(blockID("z"), digest{3}, len(r.parts)+1, r.files, r.body())
	f.Add(n.data)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		n := new(building)
		n.data, n.blocks = data, []blockRef{{to: len(data)}}
		list, _, err := parseBuilt(n.finish(nil, nil))
		if err != nil {
			return
		}
		for i := range list.blocks {
			r, files := &list.blocks[i], 0
			list.names(r, func(name []byte) {
				if files++; !fs.ValidPath(string(name)) || string(name) == "." {
					t.Fatalf("%q", name)
				}
			})
			if files != r.files || r.isRun && len(list.inRun(r)) != r.run {
				t.Fatalf("%d files of %d", files, r.files)
			}
		}
	})
}
