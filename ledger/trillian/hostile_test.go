package trillian

import (
	"context"
	"errors"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/trillian"
	"github.com/google/trillian/types"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sunlot/sunlot/ledger"
)

// The empty ledger, before its first entry.
var empty = ledger.Checkpoint{Origin: origin, Root: ledger.LinesRoot(nil)}

// A server that means ill: numbers at the edges of their types and members that
// are not there. Each answer is refused with its code, and nothing panics.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	one := [][]byte{[]byte("演示一")}
	sequence := func(ctx context.Context, tree *Tree) error {
		_, err := tree.Sequence(ctx)(empty, nil, one)
		return err
	}
	stat := func(ctx context.Context, tree *Tree) error { _, err := tree.Status(ctx); return err }
	size := func(n uint64) lie {
		return changed("GetLatestSignedLogRoot", reroot(func(r *types.LogRootV1) { r.TreeSize = n }))
	}
	index := func(n int64) lie {
		return changed("GetLeavesByRange", func(a leafAnswer) { a.Leaves[0].LeafIndex = n })
	}
	for name, c := range map[string]struct {
		code string
		lie  lie
		do   func(context.Context, *Tree) error
	}{
		"a size near 2^62":           {"ledger.tree-refused", size(1<<62 + 1), sequence},
		"a size of 2^63":             {"ledger.tree-refused", size(1 << 63), sequence},
		"a size of 2^64-1":           {"ledger.tree-refused", size(math.MaxUint64), sequence},
		"a size of 2^63, status":     {"ledger.tree-refused", size(1 << 63), stat},
		"a size of 2^64-1, status":   {"ledger.tree-refused", size(math.MaxUint64), stat},
		"index -1":                   {"ledger.tree-changed", index(-1), sequence},
		"the least index":            {"ledger.tree-changed", index(math.MinInt64), sequence},
		"the greatest index":         {"ledger.tree-changed", index(math.MaxInt64), sequence},
		"no answer to a leaf":        {"ledger.tree-refused", changed("QueueLeaf", func(a queueAnswer) { a.QueuedLeaf = nil }), sequence},
		"a status without a leaf":    {"ledger.tree-refused", changed("QueueLeaf", func(a queueAnswer) { a.QueuedLeaf.Leaf = nil }), sequence},
		"no root":                    {"ledger.tree-refused", changed("GetLatestSignedLogRoot", func(a rootAnswer) { a.SignedLogRoot = nil }), sequence},
		"no root, status":            {"ledger.tree-refused", changed("GetLatestSignedLogRoot", func(a rootAnswer) { a.SignedLogRoot.LogRoot = nil }), stat},
		"a leaf without a member":    {"ledger.tree-foreign", changed("GetLeavesByRange", func(a leafAnswer) { a.Leaves[0] = &trillian.LogLeaf{} }), sequence},
		"another tree than asked":    {"ledger.tree-refused", instead("GetTree", func() any { return &trillian.Tree{TreeId: 8, Description: origin} }), sequence},
		"a tree without a member":    {"ledger.tree-refused", instead("GetTree", func() any { return &trillian.Tree{} }), stat},
		"a new tree without number":  {"ledger.tree-refused", instead("CreateTree", func() any { return &trillian.Tree{} }), create},
		"a new tree, number below 0": {"ledger.tree-refused", instead("CreateTree", func() any { return &trillian.Tree{TreeId: math.MinInt64} }), create},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.lies(c.lie)
			wantCode(t, c.do(t.Context(), f.opened(t)), c.code)
			f.lies(nil)
			f.leaves = nil
			if err := sequence(t.Context(), f.opened(t)); err != nil {
				t.Errorf("of an honest server: %v", err)
			}
		})
	}
}

func create(ctx context.Context, tree *Tree) error {
	_, err := tree.Create(ctx, "演示单位")
	return err
}

// instead answers one method otherwise.
func instead(method string, answer func() any) lie {
	return func(_ context.Context, m string, _ any, do func() (any, error)) (any, error) {
		if m == method {
			return answer(), nil
		}
		return do()
	}
}

// Entries of the largest size do not fit into one answer: fewer are asked for,
// once for a range.
func TestLargestLeaves(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	tree := f.opened(t)
	for i := range uint64(300) {
		entry := make([]byte, ledger.MaxEntry)
		entry[0], entry[1] = byte(i), byte(i>>8)
		l := tree.leaf(i, entry)
		l.ExtraData = []byte(strings.Repeat("长", 300))
		f.put(l)
	}
	next := uint64(0)
	err := tree.each(t.Context(), 0, 256, func(i uint64, l *trillian.LogLeaf) error {
		if i != next || l.LeafValue[0] != byte(i) || len(l.LeafValue) != ledger.MaxEntry {
			t.Errorf("leaf %d after %d", i, next)
		}
		next++
		return nil
	})
	if err != nil || next != 256 || !slices.Equal(f.counts, []int64{256, 60, 60, 60, 60, 16}) {
		t.Errorf("%d leaves, asked for %v, %v", next, f.counts, err)
	}
	// One that exceeds even that is refused at once, without asking on and on.
	f.lies(changed("GetLeavesByRange", func(a leafAnswer) { a.Leaves[0] = &trillian.LogLeaf{ExtraData: make([]byte, maxAnswer)} }))
	err = tree.each(t.Context(), 0, 300, func(uint64, *trillian.LogLeaf) error { return nil })
	wantCode(t, err, "ledger.tree-refused")
	if !errors.Is(err, errLarge) || len(f.counts) != 2 {
		t.Errorf("asked for %v, %v", f.counts, err)
	}
}

// Leaves without content are the dearest answer that passes the bound on bytes:
// they are refused by their number, and what they cost is bounded.
func TestMillionsOfLeaves(t *testing.T) {
	f := newFake(t)
	tree := f.opened(t)
	f.put(tree.leaf(0, []byte("演示")))
	many := make([]*trillian.LogLeaf, 2<<20) // two bytes each
	for i := range many {
		many[i] = &trillian.LogLeaf{}
	}
	f.lies(changed("GetLeavesByRange", func(a leafAnswer) { a.Leaves = many }))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	_, err := tree.rows(t.Context(), 0, 1)
	runtime.ReadMemStats(&after)
	wantCode(t, err, "ledger.tree-changed")
	const most = 600 << 20 // allocated in all, garbage and the server's own copy included
	cost := after.TotalAlloc - before.TotalAlloc
	t.Logf("an answer of %d empty leaves: %d MiB allocated, %d MiB in use", len(many), cost>>20, (int64(after.HeapAlloc)-int64(before.HeapAlloc))>>20)
	if cost > most || f.was("GetLeavesByRange") != 1 {
		t.Errorf("%d bytes for %d answers", cost, f.was("GetLeavesByRange"))
	}
}

// What a server says stands in a message as one line of text, whatever it is.
func TestServersWordsAreClipped(t *testing.T) {
	t.Parallel()
	evil := "演示\x1b[31m\r\n\u202e" + strings.Repeat("长", 5000)
	plain := func(t *testing.T, s string) {
		t.Helper()
		if !strings.HasPrefix(s, "演示 [31m") && !strings.Contains(s, " 演示 [31m") || len(s) > 1000 || strings.ContainsAny(s, "\x1b\r\n\u202e") {
			t.Errorf("it says %q", s)
		}
	}
	f := newFake(t)
	tree := f.opened(t)
	for _, code := range []codes.Code{codes.InvalidArgument, codes.PermissionDenied, codes.NotFound, codes.Unauthenticated} {
		f.lies(func(context.Context, string, any, func() (any, error)) (any, error) {
			return nil, status.Error(code, evil)
		})
		_, err := tree.Status(t.Context())
		plain(t, said(err))
	}
	f.lies(func(_ context.Context, m string, _ any, do func() (any, error)) (any, error) {
		resp, err := do()
		if m == "QueueLeaf" {
			resp.(queueAnswer).QueuedLeaf.Status = status.New(codes.InvalidArgument, evil).Proto()
		}
		return resp, err
	})
	_, err := tree.Sequence(t.Context())(empty, nil, entries(0, 1))
	wantCode(t, err, "ledger.tree-refused")
	plain(t, said(err))
	f.lies(nil)
	f.tree.DisplayName, f.tree.Description = evil, evil
	s, err := tree.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	plain(t, s.Name)
	plain(t, s.Origin)
	wantCode(t, tree.Mine(t.Context()), "ledger.tree-other")
	plain(t, said(tree.Mine(t.Context())))
	f.lies(func(context.Context, string, any, func() (any, error)) (any, error) {
		return nil, status.Error(codes.Unavailable, evil)
	})
	tree.cfg.Wait = brief / 10
	_, err = tree.Status(t.Context())
	wantCode(t, err, "ledger.tree-unreachable")
	plain(t, said(err))
}

// A wrong number in office.toml: a tree that was made for another ledger is
// neither begun in, nor frozen, nor thawed, nor caught up.
func TestTreeOfAnother(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	d := &desk{t: t, cfg: f.config()}
	d.opt.Dir = tempDir(t)
	dir := ledger.OpenDir(os.DirFS(d.opt.Dir))
	do := map[string]func(*Tree) error{
		"begin": func(tree *Tree) error {
			_, err := tree.Sequence(t.Context())(empty, dir, entries(0, 1))
			return err
		},
		"look":     func(tree *Tree) error { _, err := tree.Check(t.Context(), empty, dir, nil); return err },
		"freeze":   func(tree *Tree) error { return tree.Freeze(t.Context()) },
		"thaw":     func(tree *Tree) error { return tree.Thaw(t.Context()) },
		"compare":  func(tree *Tree) error { return tree.Compare(t.Context(), dir, empty, nil, nil) },
		"catch up": func(tree *Tree) error { return tree.CatchUp(t.Context(), dir, empty, nil, true, nil) },
	}
	for _, other := range []string{"other.example/sunlot", "", origin + "x"} {
		f.tree.Description = other
		for name, try := range do {
			f.lies(nil)
			wantCode(t, try(d.tree()), "ledger.tree-other")
			if f.was("GetTree") != 1 || len(f.asked) != 1 {
				t.Errorf("%s: asked %v", name, f.asked)
			}
		}
	}
	f.tree.Description = origin
	f.lies(func(_ context.Context, m string, _ any, do func() (any, error)) (any, error) {
		if m == "GetTree" { // by a front
			return nil, status.Error(codes.PermissionDenied, "演示")
		}
		return do()
	})
	wantCode(t, do["begin"](d.tree()), "ledger.tree-state")
	if f.was("QueueLeaf") != 0 {
		t.Error("begun without knowing whose tree it is")
	}
}

// Which refusals say that nothing was sequenced: those that no attempt with a
// lost answer came before, and no leaf of this call.
func TestNotSequenced(t *testing.T) {
	t.Parallel()
	two := [][]byte{[]byte("演示一"), []byte("演示二")}
	fails := func(answers ...codes.Code) lie {
		n := 0
		return func(_ context.Context, m string, _ any, do func() (any, error)) (any, error) {
			if m != "QueueLeaf" {
				return do()
			}
			if n++; n > len(answers) || answers[n-1] == codes.OK {
				return do()
			}
			return nil, status.Error(answers[n-1], "演示")
		}
	}
	another := func(f *fake) { f.put(f.opened(t).leaf(0, []byte("演示：另一处"))) }
	for name, c := range map[string]struct {
		code  string
		lie   lie
		there func(f *fake)
		never bool // in the tree
	}{
		"frozen":               {"ledger.tree-state", fails(codes.FailedPrecondition), nil, true},
		"not let in":           {"ledger.tree-state", fails(codes.PermissionDenied), nil, true},
		"no tree":              {"ledger.tree-missing", fails(codes.NotFound), nil, true},
		"lost, then frozen":    {"ledger.tree-state", fails(codes.Unavailable, codes.FailedPrecondition), nil, false},
		"lost, then no tree":   {"ledger.tree-missing", fails(codes.DeadlineExceeded, codes.NotFound), nil, false},
		"one, then frozen":     {"ledger.tree-state", fails(codes.OK, codes.FailedPrecondition), nil, false},
		"refused otherwise":    {"ledger.tree-refused", fails(codes.InvalidArgument), nil, false},
		"taken, integrated":    {"ledger.tree-taken", nil, another, true},
		"taken, queued":        {"ledger.tree-taken", taken(1), nil, true},
		"taken, lost before":   {"ledger.tree-taken", taken(2), nil, true}, // one leaf for an index: ours is not it
		"the second was taken": {"ledger.tree-taken", taken(-2), nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			if c.there != nil {
				c.there(f)
			}
			f.lies(c.lie)
			_, err := f.opened(t).Sequence(t.Context())(empty, nil, two)
			wantCode(t, err, c.code)
			if errors.Is(err, ledger.ErrNotSequenced) != c.never {
				t.Errorf("%v: never in the tree: %v", err, !c.never)
			}
		})
	}
}

// taken answers the nth try of a leaf that another one stands at its index, and
// those before it with nothing; of a negative n those before are taken in.
func taken(nth int) lie {
	n := 0
	return func(_ context.Context, m string, req any, do func() (any, error)) (any, error) {
		if m != "QueueLeaf" {
			return do()
		}
		switch n++; {
		case n == max(nth, -nth):
			leaf := &trillian.LogLeaf{LeafValue: []byte("演示：另一处"), ExtraData: []byte("演示电脑乙")}
			return &trillian.QueueLeafResponse{QueuedLeaf: &trillian.QueuedLogLeaf{Leaf: leaf, Status: alreadyExists}}, nil
		case nth < 0:
			return do()
		}
		return nil, status.Error(codes.Unavailable, "演示")
	}
}

// Leaves that are not ours: those of this ledger, from another desk or an older
// copy, are told from a stranger's by the identity of their index.
func TestWhoseLeaf(t *testing.T) {
	t.Parallel()
	mine := entries(0, 2)
	for name, c := range map[string]struct {
		leaf func(tree *Tree) *trillian.LogLeaf // at index 2, after two of ours
		code string
	}{
		"of another desk": {func(tree *Tree) *trillian.LogLeaf { return tree.leaf(2, []byte("演示：另一处")) }, "ledger.tree-elsewhere"},
		"of a stranger":   {func(*Tree) *trillian.LogLeaf { return &trillian.LogLeaf{LeafValue: []byte("演示：别的程序")} }, "ledger.tree-foreign"},
		"another index's": {func(tree *Tree) *trillian.LogLeaf { return tree.leaf(3, []byte("演示：另一处")) }, "ledger.tree-foreign"},
	} {
		for _, more := range [][][]byte{nil, {[]byte("演示三")}} { // behind ours, and in the place of ours
			f := newFake(t)
			tree := f.opened(t)
			for i, e := range mine {
				f.put(tree.leaf(uint64(i), e))
			}
			f.put(c.leaf(tree))
			_, err := tree.Check(t.Context(), empty, nil, append(slices.Clone(mine), more...))
			if wantCode(t, err, c.code); !strings.Contains(err.Error(), "entry 2") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
