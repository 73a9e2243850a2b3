package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

// tree is an engine in memory that keeps the contract of SequenceFunc and
// notes what it was asked.
type tree struct {
	entries [][]byte
	asked   []string
	before  func(entries [][]byte) error // a failure before anything is queued
	after   func() error                 // the answer is lost
}

func (e *tree) sequence(head Checkpoint, dir *Dir, entries [][]byte) (Hash, error) {
	e.asked = append(e.asked, fmt.Sprintf("%d+%d", head.Size, len(entries)))
	if uint64(len(e.entries)) < head.Size || LinesRoot(e.entries[:head.Size]) != head.Root {
		return Hash{}, fault.New("ledger.tree-short", "tree", fmt.Sprint(len(e.entries)), fmt.Sprint(head.Size))
	}
	if e.before != nil {
		if err := e.before(entries); err != nil {
			return Hash{}, err
		}
	}
	for i, there := range e.entries[head.Size:] {
		if i >= len(entries) || !bytes.Equal(there, entries[i]) {
			return Hash{}, fault.New("ledger.tree-foreign", fmt.Sprintf("entry %d", int(head.Size)+i), "", "")
		}
	}
	e.entries = append(e.entries[:head.Size:head.Size], entries...)
	if e.after != nil {
		if err := e.after(); err != nil {
			return Hash{}, err
		}
	}
	return LinesRoot(e.entries), nil
}

// With an engine: what an entry speaks of is durable before the engine gets it,
// the engine has it before a tile does, and the files are those of no engine.
func TestSequenceOrder(t *testing.T) {
	p, plain, e := testPublisher(t), testPublisher(t), &tree{}
	var order []string
	memOf(p.Public).fail = func(op, name string) error { order = append(order, op+" "+name); return nil }
	memOf(p.Second).fail = func(op, name string) error { order = append(order, "guard "+op+" "+name); return nil }
	e.before = func(entries [][]byte) error {
		if len(memOf(p.Public).dirty) > 0 {
			t.Errorf("handed over before %v are durable", memOf(p.Public).dirty)
		}
		order = append(order, fmt.Sprintf("engine %d", len(entries)))
		return nil
	}
	p.Sequence = e.sequence
	b := &Batch{Entries: testEntries(300), Blobs: [][]byte{[]byte("b")}}
	for _, pub := range []*Publisher{p, plain} {
		if err := pub.Publish(0, b); err != nil {
			t.Fatal(err)
		}
	}
	at := func(step string) int {
		return slices.IndexFunc(order, func(s string) bool { return strings.HasPrefix(s, step) })
	}
	for _, pair := range [][2]string{{"put blob", "sync"}, {"sync", "engine 300"}, {"engine 300", "put tile/entries"}, {"put tile/entries", "put tile/0"}, {"put tile/0", "guard replace signed"}, {"guard replace signed", "replace checkpoint"}} {
		if a, b := at(pair[0]), at(pair[1]); a < 0 || b < 0 || a > b {
			t.Errorf("%s at %d, %s at %d", pair[0], a, pair[1], b)
		}
	}
	if x, y := memOf(p.Public).m, memOf(plain.Public).m; !slices.Equal(slices.Sorted(maps.Keys(x)), slices.Sorted(maps.Keys(y))) {
		t.Error("other files than without an engine")
	} else {
		for name := range x {
			if !bytes.Equal(x[name].Data, y[name].Data) {
				t.Errorf("%s differs", name)
			}
		}
	}
	wantClean(t, p)
	// A batch without entries asks the engine for nothing.
	asked := len(e.asked)
	if err := p.Publish(300, &Batch{Blobs: [][]byte{[]byte("c")}}); err != nil || len(e.asked) != asked {
		t.Errorf("%v, asked %v", err, e.asked[asked:])
	}
}

// Whatever the engine does wrong, nothing is signed: the guard's record and the
// checkpoint stay, and the same batch goes through once the engine is right.
func TestSequenceRefused(t *testing.T) {
	other := errors.New("no route")
	for name, lie := range map[string]func(e *tree) SequenceFunc{
		"before": func(e *tree) SequenceFunc {
			e.before = func([][]byte) error { return other }
			return e.sequence
		},
		"answer lost": func(e *tree) SequenceFunc {
			e.after = func() error { return other }
			return e.sequence
		},
		"another root": func(e *tree) SequenceFunc {
			return func(head Checkpoint, dir *Dir, entries [][]byte) (Hash, error) {
				h, err := e.sequence(head, dir, entries)
				h[0] ^= 1
				return h, err
			}
		},
		"root of another order": func(e *tree) SequenceFunc {
			return func(head Checkpoint, dir *Dir, entries [][]byte) (Hash, error) {
				_, err := e.sequence(head, dir, entries)
				return LinesRoot([][]byte{entries[1], entries[0]}), err
			}
		},
	} {
		p, e := testPublisher(t), &tree{}
		p.Sequence = lie(e)
		pub, second := maps.Clone(memOf(p.Public).m), maps.Clone(memOf(p.Second).m)
		b := &Batch{Entries: testEntries(2)}
		if err := p.Publish(0, b); err == nil {
			t.Fatalf("%s: published", name)
		}
		if !bytes.Equal(memOf(p.Public).m["checkpoint"].Data, pub["checkpoint"].Data) || !bytes.Equal(memOf(p.Second).m[GuardRecord].Data, second[GuardRecord].Data) {
			t.Errorf("%s: something was signed", name)
		}
		if _, ok := memOf(p.Public).m["tile/0/000.p/2"]; ok {
			t.Errorf("%s: tiles of what is not sequenced", name)
		}
		e.before, e.after, p.Sequence = nil, nil, e.sequence
		if err := p.Publish(0, b); err != nil {
			t.Errorf("%s: again: %v", name, err)
		}
		if len(e.entries) != 2 {
			t.Errorf("%s: %d entries in the tree", name, len(e.entries))
		}
		wantClean(t, p)
	}
}

// A step that the engine refuses has not touched an opening of what was
// published before; what it has put for entries that never will be is gone.
func TestRefusedStepLeavesOpenings(t *testing.T) {
	taken := &fault.Error{Code: "ledger.tree-taken", Place: "entry 2", Err: ErrNotSequenced}
	for name, x := range map[string]struct {
		refusal error
		newer   bool // the opening of the new entry stays: the step is completed
	}{
		"failed":        {errors.New("no route"), true},
		"not sequenced": {taken, false},
	} {
		p, e := testPublisher(t), &tree{}
		p.Sequence = e.sequence
		if err := p.Publish(0, &Batch{Entries: testEntries(2), Openings: map[uint64][]byte{1: []byte("secret")}}); err != nil {
			t.Fatal(err)
		}
		pub := memOf(p.Public)
		refused := true
		e.before = func([][]byte) error {
			if o := pub.m["opening/1.json"]; o == nil || string(o.Data) != "secret" || pub.m["opening/0.json"] != nil {
				t.Errorf("%s: an older opening changes before the engine has the entries", name)
			}
			if o := pub.m["opening/2.json"]; o == nil || len(pub.dirty) > 0 {
				t.Errorf("%s: the new one is not durable: %v", name, pub.dirty)
			}
			if refused {
				return x.refusal
			}
			return nil
		}
		b := &Batch{Entries: testEntries(1), Blobs: [][]byte{[]byte("b")}, Openings: map[uint64][]byte{0: []byte("o"), 1: nil, 2: []byte("n")}}
		if err := p.Publish(2, b); !errors.Is(err, x.refusal) {
			t.Fatalf("%s: %v", name, err)
		}
		if pub.m["opening/0.json"] != nil || pub.m["opening/1.json"] == nil || (pub.m["opening/2.json"] != nil) != x.newer {
			t.Errorf("%s: openings after the refusal: 0 %v, 1 %v, 2 %v", name, pub.m["opening/0.json"], pub.m["opening/1.json"], pub.m["opening/2.json"])
		}
		refused = false
		if err := p.Publish(2, b); err != nil {
			t.Fatalf("%s: again: %v", name, err)
		}
		if pub.m["opening/0.json"] == nil || pub.m["opening/1.json"] != nil || pub.m["opening/2.json"] == nil {
			t.Errorf("%s: openings after the step", name)
		}
		wantClean(t, p)
	}
}

// Check compares, and a refusal is the engine's own.
func TestSequenceCheck(t *testing.T) {
	p, e := testPublisher(t), &tree{}
	p.Sequence = e.sequence
	if err := p.Publish(0, &Batch{Entries: testEntries(3)}); err != nil {
		t.Fatal(err)
	}
	if n, err := p.Check(); n != 3 || err != nil || e.asked[len(e.asked)-1] != "3+0" {
		t.Error(n, err, e.asked)
	}
	whole := e.entries
	for want, entries := range map[string][][]byte{
		"ledger.tree-short":   whole[:2],
		"ledger.tree-foreign": append(whole[:3:3], []byte("another's")),
	} {
		e.entries = entries
		if _, err := p.Check(); fault.Code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// The Renderer leaves the files of a Publisher that wrote in one step, at every
// size that matters, however the entries come.
func TestRenderer(t *testing.T) {
	all := testEntries(66_000)
	for _, size := range []int{0, 1, 2, 255, 256, 257, 511, 512, 600, 65_535, 65_536, 65_537, 66_000} {
		_, g, want := grown(t, all[:size])
		for _, step := range []int{1, 255, 256, 1000, 66_000} {
			if step < 255 && size > 1000 {
				continue
			}
			got := map[string][]byte{}
			r := NewRenderer(func(name string, data []byte) error {
				if got[name] != nil {
					t.Errorf("%s twice", name)
				}
				got[name] = data
				return nil
			})
			for at := 0; at < size; at += step {
				if err := r.Add(all[at:min(at+step, size)]); err != nil {
					t.Fatal(err)
				}
			}
			root, err := r.Close()
			if err != nil || root != g.to.root() || root != LinesRoot(all[:size]) {
				t.Fatalf("size %d in steps of %d: %v, %v", size, step, root, err)
			}
			for name, f := range want {
				if !bytes.Equal(got[name], f.Data) {
					t.Errorf("size %d in steps of %d: %s", size, step, name)
				}
				delete(got, name)
			}
			if len(got) > 0 {
				t.Errorf("size %d in steps of %d: too many: %v", size, step, slices.Sorted(maps.Keys(got)))
			}
		}
	}
	// A disk that fails is told, by Add or by Close.
	full := errors.New("no space")
	for _, size := range []int{1, 256, 300} {
		r := NewRenderer(func(string, []byte) error { return full })
		err := r.Add(all[:size])
		if _, cerr := r.Close(); !errors.Is(errors.Join(err, cerr), full) || !errors.Is(cerr, full) {
			t.Errorf("size %d: %v, %v", size, err, cerr)
		}
	}
}

func TestRootAt(t *testing.T) {
	all := testEntries(700)
	dir, _, _ := grown(t, all)
	for _, old := range []uint64{0, 1, 2, 255, 256, 257, 512, 699, 700} {
		if root, err := dir.RootAt(old, 700); err != nil || root != LinesRoot(all[:old]) {
			t.Errorf("%d: %v, %v", old, root, err)
		}
	}
	if _, err := dir.RootAt(701, 700); fault.Code(err) != "ledger.entry-range" {
		t.Error(err)
	}
}
