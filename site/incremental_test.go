package site

import (
	"bytes"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// rebuilt is a site on a disk that is built again and again, each time held
// against a cold build of the same.
type rebuilt struct {
	t       testing.TB
	name    string
	before  memory // what the last build left
	kept    int    // files beside the ledger's that the last build did not make
	builds  int
	written int // by all builds
}

func newRebuilt(t testing.TB) *rebuilt {
	return &rebuilt{t: t, name: filepath.Join(t.TempDir(), "public"), before: memory{}}
}

// changes notes the names that a build changes.
type changes struct {
	mu    sync.Mutex
	names map[string]bool
}

func (c *changes) hook(op, name string, do func() error) error {
	if op == "create" || op == "rename" || op == "remove" {
		c.mu.Lock()
		c.names[name] = true
		c.mu.Unlock()
	}
	return do()
}

// check builds, and holds every byte against a cold build and every change
// against what had to change.
func (f *rebuilt) check(b *verify.Bundle, text fs.FS, opt Options) {
	f.t.Helper()
	want := memory{}
	if err := Build(b, text, opt, want); err != nil {
		f.t.Fatal(err)
	}
	want[marker] = []byte(markerText)
	f.compare(b, text, opt, want)
}

func (f *rebuilt) compare(b *verify.Bundle, text fs.FS, opt Options, want memory) {
	f.t.Helper()
	c := &changes{names: map[string]bool{}}
	d, err := OpenDir(f.name, DirOptions{Hook: c.hook})
	if err != nil {
		f.t.Fatal(err)
	}
	defer d.Close()
	if err := Build(b, text, opt, d); err != nil {
		f.t.Fatal(err)
	}
	if err := d.Finish(); err != nil {
		f.t.Fatal(err)
	}
	got := readAll(f.t, d.fsys)
	for name := range c.names {
		if name == builtName || name == buildingName {
			continue
		}
		old, stood := f.before[name]
		now, stands := got[name]
		if stood && stands && bytes.Equal(old, now) {
			f.t.Errorf("%d records: %s was written and is the same", len(b.Entries), name)
		}
	}
	diff(f.t, len(b.Entries), got, want)
	f.before, f.builds, f.written = got, f.builds+1, f.written+d.Written
	f.kept = 0
	if d.old != nil {
		for _, r := range d.unnamed() {
			d.old.names(r, func(name []byte) {
				if !strings.HasPrefix(string(name), "ledger/") {
					f.kept++
				}
			})
		}
	}
}

func diff(t testing.TB, size int, got, want memory) {
	t.Helper()
	wrong := 0
	for _, name := range slices.Sorted(maps.Keys(want)) {
		switch data, ok := got[name]; {
		case !ok:
			t.Errorf("%d records: %s is missing", size, name)
		case !bytes.Equal(data, want[name]):
			t.Errorf("%d records: %s is not as a cold build makes it:\n%s", size, name, firstDifference(data, want[name]))
		default:
			continue
		}
		if wrong++; wrong > 5 {
			t.FailNow()
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok {
			t.Errorf("%d records: %s is left over", size, name)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}

func firstDifference(a, b []byte) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	cut := func(s []byte) string { return string(s[max(0, i-80):min(len(s), i+120)]) }
	return "…" + cut(a) + "…\n…" + cut(b) + "…"
}

// readAll is every file but the two by which a folder knows itself.
func readAll(t testing.TB, fsys fs.FS) memory {
	t.Helper()
	m := memory{}
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || name == builtName {
			return err
		}
		m[name], err = fs.ReadFile(fsys, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestEveryPrefix: after every publication of a whole year the folder that is
// built on what stands there is, byte for byte, the one that is built cold, and
// no file was written that stood there.
func TestEveryPrefix(t *testing.T) {
	packs := []string{"gaoqing", "yanshi"}
	if testing.Short() {
		packs = packs[:1]
	}
	for _, pack := range packs {
		f := newRebuilt(t)
		b, kept := newBureau(t, pack, 40), 0
		b.after = func() {
			var last string
			for _, e := range slices.Backward(b.bundle().Entries) {
				if last = timeOf(e); last != "" {
					break
				}
			}
			f.check(b.bundleOn(day(last)), content.FS, Options{Base: "https://www.example.gov.cn/sunlot/"})
			kept += f.kept
		}
		b.live()
		if f.builds < 30 || kept < 15*f.builds {
			t.Errorf("%s: %d builds kept %d pages", pack, f.builds, kept)
		}
	}
}

// TestWhatElseChanges: day, address, program, words and rules change what pages
// say, and come back.
func TestWhatElseChanges(t *testing.T) {
	b := year(t, "gaoqing", 40)
	f := newRebuilt(t)
	text := memory{}
	for name, data := range readAll(t, content.FS) {
		text[name] = data
	}
	other := maps.Clone(text)
	other["pages/about.md"] = append(bytes.Clone(text["pages/about.md"]), "\n一行新的话。\n"...)
	base := Options{Base: "https://www.example.gov.cn/sunlot/"}
	for _, today := range []string{"2023-10-01", "2023-12-22", "2024-07-31", "2025-08-01"} {
		f.check(b.bundleOn(today), text.FS(), base)
	}
	f.check(b.bundle(), text.FS(), Options{})
	f.check(b.bundle(), other.FS(), Options{Built: "2024-07-31T12:00:00+08:00"})
	f.check(b.bundle(), text.FS(), base)
	f.check(b.bundle(), text.FS(), Options{Program: "2", Base: base.Base})
	if f.kept != 0 {
		t.Errorf("%d files of another program were kept", f.kept)
	}
	f.check(b.bundle(), text.FS(), base)
	watched(b)
	f.check(b.bundle(), text.FS(), base)
	b.say("2024-07-20T09:00:00", &record.Calendar{Kind: "closure", Title: "演示停止办公通知", Ground: "洪涝", Off: []string{"2024-07-22"}}, false)
	f.check(b.bundle(), text.FS(), base)
	delete(b.store, ledger.ProofPath(30))
	f.check(b.bundle(), text.FS(), base)
	if !strings.Contains(string(f.before["index.html"]), "不相符") {
		t.Error("a missing proof is not told")
	}
}
