package trillian

import (
	"context"
	"os"
	"testing"

	"github.com/google/trillian"

	"github.com/sunlot/sunlot/ledger"
)

// asleep is an office whose ledger has n entries, and a frozen tree with those
// up to there.
func asleep(t testing.TB, n, there int) (*fake, *desk) {
	t.Helper()
	f := newFake(t)
	d := loaded(t, n, f.addr)
	tree := d.tree()
	f.leaves = nil
	for i, e := range d.acked[:there] {
		f.put(tree.leaf(uint64(i), e))
	}
	f.tree.TreeState = trillian.TreeState_FROZEN
	f.lies(nil)
	return f, d
}

// A frozen tree is not woken unless it is asked for, and then only when every
// row that is there agrees.
func TestCatchUpAsleep(t *testing.T) {
	t.Parallel()
	const n = 300
	for name, c := range map[string]struct {
		there  int // rows in the tree
		thaw   bool
		spoil  func(f *fake)
		code   string
		thawed bool
	}{
		"not asked for":             {n, false, nil, "ledger.tree-state", false},
		"nothing is missing":        {n, true, nil, "", true},
		"a first row is another":    {n, true, func(f *fake) { f.leaves[3].LeafValue = []byte("改") }, "ledger.tree-fork", false},
		"a first hash is another":   {n, true, func(f *fake) { f.leaves[3].MerkleLeafHash = make([]byte, 32) }, "ledger.tree-changed", false},
		"shorter, a row is another": {n - 20, true, func(f *fake) { f.leaves[n-21].MerkleLeafHash = nil }, "ledger.tree-changed", false},
		"shorter, the root differs": {n - 20, true, func(f *fake) { f.leaves[n-21].LeafValue = nil }, "ledger.tree-fork", false},
		"another's behind it": {n, true, func(f *fake) {
			f.put(&trillian.LogLeaf{LeafValue: []byte("演示：别的程序")})
		}, "ledger.tree-fork", false}, // the fake has no proof between two sizes
	} {
		t.Run(name, func(t *testing.T) {
			f, d := asleep(t, n, c.there)
			if c.spoil != nil {
				c.spoil(f)
			}
			err := d.tree().CatchUp(t.Context(), ledger.OpenDir(os.DirFS(d.opt.Dir)), d.head(), nil, c.thaw, nil)
			wantCode(t, err, c.code)
			if got := f.tree.TreeState == trillian.TreeState_ACTIVE; got != c.thawed || f.was("QueueLeaf") > 0 {
				t.Errorf("thawed %v, asked %v", got, f.asked)
			}
			if c.code == "ledger.tree-state" && f.was("GetLeavesByRange") > 0 {
				t.Error("rows were read before it was refused")
			}
		})
	}
}

// The same with real servers, and a tree that lacks something: rows that differ
// leave it frozen, rows that agree let it be completed.
func TestCatchUpFrozen(t *testing.T) {
	t.Parallel()
	c := sound.up(t)
	d := newDesk(t, addressesOf(c)...)
	d.must(d.next(300))
	d.must(d.next(2))
	behind := newDesk(t, addressesOf(c)...).cfg.Tree
	tree := d.tree()
	tree.cfg.Tree = behind
	ctx, dir, head := t.Context(), ledger.OpenDir(os.DirFS(d.opt.Dir)), d.head()
	if err := tree.queue(ctx, empty, 0, d.acked[:280]); err != nil {
		t.Fatal(err)
	}
	if _, err := tree.reaches(ctx, empty, 280); err != nil {
		t.Fatal(err)
	}
	d.cfg.Tree = behind
	state := func(want string, size uint64) {
		t.Helper()
		if s, err := tree.Status(ctx); err != nil || s.State != want || s.Size != size {
			t.Errorf("%+v, %v; want %s with %d", s, err, want, size)
		}
	}
	did(t, tree.Freeze(ctx))
	wantCode(t, tree.CatchUp(ctx, dir, head, nil, false, nil), "ledger.tree-state")
	d.sql(c, 270, changeHash)
	wantCode(t, tree.CatchUp(ctx, dir, head, nil, true, nil), "ledger.tree-changed")
	state("FROZEN", 280)
	d.sql(c, 270, `UPDATE SequencedLeafData SET MerkleLeafHash = (SELECT sha256('\x00'::bytea || LeafValue) FROM LeafData WHERE TreeId = %T AND LeafIdentityHash = %I) WHERE TreeId = %T AND LeafIdentityHash = %I`)
	did(t, tree.CatchUp(ctx, dir, head, nil, true, nil))
	state("ACTIVE", 302)
	d.mends()
}

// Whoever does not want to wait for a load any more leaves a frozen tree, not
// one that somebody could fill.
func TestLoadStopped(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	d := loaded(t, 20, f.addr)
	f.tree.TreeState = trillian.TreeState_ACTIVE
	ctx, cancel := context.WithCancel(t.Context())
	f.lies(func(_ context.Context, m string, _ any, do func() (any, error)) (any, error) {
		resp, err := do()
		if m == "AddSequencedLeaves" {
			cancel()
		}
		return resp, err
	})
	_, err := d.tree().Load(ctx, "演示单位", ledger.OpenDir(os.DirFS(d.opt.Dir)), d.head(), nil)
	wantCode(t, err, "ledger.tree-stopped")
	if f.tree.TreeState != trillian.TreeState_FROZEN || f.was("AddSequencedLeaves") != 1 {
		t.Errorf("the tree is %v; asked %v", f.tree.TreeState, f.asked)
	}
}
