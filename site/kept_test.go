package site

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// built1 is a folder with a block, and a run of two blocks.
func built1(t *testing.T, name string, make func(d *Dir)) *Dir {
	t.Helper()
	d := openDir(t, name, DirOptions{})
	make(d)
	if err := d.Put("ledger/checkpoint", []byte("one")); err != nil {
		t.Fatal(err)
	}
	d.next.add(blockID(""), digest{}, []string{"ledger/checkpoint", marker})
	return d
}

func putAll(t *testing.T, d *Dir, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := d.Put(name, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
}

func first(t *testing.T, name string) {
	t.Helper()
	d := built1(t, name, func(d *Dir) {
		putAll(t, d, "a.html", "b/1.html", "b/2.html")
		d.next.add(blockID("a"), digest{1}, []string{"a.html"})
		r := d.again(blockID("b"))
		r.add(blockID("b1"), digest{1}, []string{"b/1.html"})
		r.add(blockID("b2"), digest{1}, []string{"b/2.html"})
		d.made(blockID("b"), digest{1}, r)
	})
	if err := d.Finish(); err != nil {
		t.Fatal(err)
	}
}

// TestTwiceKept: a file that stands in a kept block is nobody else's, whether the
// block stands alone, in a run that was kept, or in one that was made again.
func TestTwiceKept(t *testing.T) {
	for what, c := range map[string]struct {
		name string
		run  digest
	}{"alone": {"a.html", digest{1}}, "in a run": {"b/1.html", digest{1}}, "in a run made again": {"b/1.html", digest{2}}, "none": {"c.html", digest{2}}} {
		name := t.TempDir() + "/public"
		first(t, name)
		d := built1(t, name, func(d *Dir) {
			if !d.keep(blockID("a"), digest{1}) {
				t.Fatal("the block was not kept")
			}
			if !d.keep(blockID("b"), c.run) {
				r := d.again(blockID("b"))
				if !d.keepIn(r, blockID("b1"), digest{1}) || d.keepIn(r, blockID("b2"), digest{2}) {
					t.Fatal("blocks of a run are not kept by their keys")
				}
				d.made(blockID("b"), c.run, r)
			}
			putAll(t, d, c.name)
		})
		if err := d.settle(newNameSet(), func(string) {}); (err == nil) != (what == "none") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestRunAgain: of a run that is made again the blocks that are the same stay, the
// others go; what stays is found under the names that are asked for.
func TestRunAgain(t *testing.T) {
	name := t.TempDir() + "/public"
	first(t, name)
	d := built1(t, name, func(d *Dir) {
		r := d.again(blockID("b"))
		if !d.keepIn(r, blockID("b2"), digest{1}) {
			t.Fatal("not kept")
		}
		putAll(t, d, "b/3.html")
		r.add(blockID("b3"), digest{1}, []string{"b/3.html"})
		d.made(blockID("b"), digest{2}, r)
	})
	asked, found := newNameSet(), []string{}
	for _, name := range []string{"a.html", "b/1.html", "b/2.html"} {
		asked.add(name)
	}
	if err := d.settle(asked, func(name string) { found = append(found, name) }); err != nil || !slices.Equal(found, []string{"b/2.html"}) {
		t.Errorf("%q stand, %v", found, err)
	}
	if err := d.Finish(); err != nil {
		t.Fatal(err)
	}
	got := slices.Sorted(maps.Keys(readAll(t, d.fsys)))
	if !slices.Equal(got, []string{"b/2.html", "b/3.html", "ledger/checkpoint", marker}) {
		t.Errorf("%q stand", got)
	}
	again := openDir(t, name, DirOptions{})
	if !again.keep(blockID("b"), digest{2}) || again.keep(blockID("a"), digest{1}) || again.files() != 3 {
		t.Error("the run is not kept as it was made")
	}
}

// TestMentions: the quick way finds what the general one finds.
func TestMentions(t *testing.T) {
	for _, r := range []*record.Result{{}, {Notice: 3}, {Joined: 4}, {Notice: 3, Joined: 4}} {
		var want []int64
		v := reflect.ValueOf(r).Elem()
		for _, i := range aboutFields[v.Type()] {
			want = mention(want, v.Field(i).Int())
		}
		if got := mentions(nil, r); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

// TestCityBack: a ledger that is one sheet shorter again, and another one, are
// built as from nothing.
func TestCityBack(t *testing.T) {
	c, f := newCityOf(t, 600, 300), newRebuilt(t)
	bundle := func(store memory) *verify.Bundle {
		v, err := verify.Open(store.FS(), verify.Options{Today: "2024-07-31"})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	opt := Options{Base: "https://www.example.gov.cn/sunlot/"}
	before := maps.Clone(c.store)
	f.check(bundle(before), content.FS, opt)
	c.sheet(c.left[:1])
	after := maps.Clone(c.store)
	f.check(bundle(after), content.FS, opt)
	f.check(bundle(before), content.FS, opt)
	f.check(bundle(after), content.FS, opt)
	f.check(bundle(newCityOf(t, 600, 200).store), content.FS, opt)
}

// TestFactsMove: what was found about a record may read otherwise after one that
// is not about it: the third draw of an enterprise becomes known to be its third
// when the first opens its name.
func TestFactsMove(t *testing.T) {
	c, f := newDraws(t, 60, 20), newRebuilt(t)
	byFirm := map[string][]*rules.Object{}
	for _, l := range c.state.Lots {
		for _, o := range l.Objects {
			byFirm[c.byHandle[o.Handle].ID] = append(byFirm[c.byHandle[o.Handle].ID], o)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(byFirm)) {
		list := byFirm[id]
		if len(list) < 3 {
			continue
		}
		opt := Options{Base: "https://www.example.gov.cn/sunlot/"}
		c.sheet(list[1:3])
		f.check(c.bundle(), content.FS, opt)
		c.sheet(list[:1])
		f.check(c.bundle(), content.FS, opt)
		return
	}
	t.Fatal("no enterprise was drawn three times")
}

// TestHolds: a file is compared to its last byte.
func TestHolds(t *testing.T) {
	for _, n := range []int{0, 1, compareBuffer - 1, compareBuffer, compareBuffer + 1, 3 * compareBuffer} {
		data := bytes.Repeat([]byte{'x'}, n)
		fsys := memory{"a": data}.FS()
		if !holds(fsys, "a", data) {
			t.Errorf("%d bytes are not themselves", n)
		}
		for _, at := range []int{0, n / 2, n - 1} {
			if n == 0 {
				break
			}
			other := bytes.Clone(data)
			other[at] = 'y'
			if holds(fsys, "a", other) {
				t.Errorf("%d bytes: another at %d", n, at)
			}
		}
	}
	if holds(memory{}.FS(), "a", nil) || holds(memory{"a": []byte("x")}.FS(), "a", []byte("xy")) {
		t.Error("a file that is missing or shorter")
	}
}

// TestRunOrder: a run reads the same whichever of its blocks were kept and which
// made: what a killed build leaves ends as what an undisturbed one makes.
func TestRunOrder(t *testing.T) {
	lists := map[string]bool{}
	for _, again := range []string{"b1", "b2", "none", "both"} {
		name := t.TempDir() + "/public"
		first(t, name)
		d := built1(t, name, func(d *Dir) {
			r := d.again(blockID("b"))
			for _, b := range []string{"b1", "b2"} {
				if again != b && again != "both" && !d.keepIn(r, blockID(b), digest{1}) {
					t.Fatal("not kept")
				}
			}
			for k, b := range []string{"b1", "b2"} {
				if again == b || again == "both" {
					r.add(blockID(b), digest{1}, []string{"b/" + num(k+1) + ".html"})
				}
			}
			d.made(blockID("b"), digest{2}, r)
		})
		lists[string(d.next.finish(nil, d.old))] = true
	}
	if len(lists) != 1 {
		t.Errorf("%d lists of the same blocks", len(lists))
	}
}
