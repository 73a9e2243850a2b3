package trillian

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/trillian"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

// loaded is an office whose ledger was kept on the disk alone, and then in a
// tree that was made from it.
func loaded(t testing.TB, n int, addresses ...string) *desk {
	t.Helper()
	d := newDesk(t, addresses...) // its first tree stays empty
	l, err := local.Open(d.opt)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for len(d.acked) < n {
		b := local.Batch{Entries: d.next(min(1000, n-len(d.acked)))}
		if _, err := l.Append(b); err != nil {
			t.Fatal(err)
		}
		d.acked = append(d.acked, b.Entries...)
	}
	return d
}

// From the disk into a tree, and from a tree back into files, at the sizes
// around a bundle.
func TestLoadCompareRender(t *testing.T) {
	t.Parallel()
	c := sound.up(t)
	for _, n := range []int{0, 1, 255, 256, 257, 3000} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			d := loaded(t, n, addressesOf(c)...)
			dir, head := ledger.OpenDir(os.DirFS(d.opt.Dir)), d.head()
			tree := d.tree()
			last := uint64(0)
			id, err := tree.Load(t.Context(), "演示单位的名字长过了二十个字所以会被截短了", dir, head, func(done, of uint64) {
				if done > of || of != head.Size || done < last {
					t.Errorf("progress %d of %d after %d", done, of, last)
				}
				last = done
			})
			if err != nil {
				t.Fatal(err)
			}
			d.cfg.Tree = id
			s, err := tree.Status(t.Context())
			if err != nil || s.Type != "LOG" || s.State != "ACTIVE" || s.Size != head.Size || s.Root != head.Root || len([]rune(s.Name)) != 20 {
				t.Fatalf("%+v, %v", s, err)
			}
			d.same()
			render(t, d, head)
			d.mends()
			render(t, d, d.head())
			// Nothing is missing: catching up is comparing.
			if err := d.tree().CatchUp(t.Context(), dir, d.head(), nil, false, nil); err != nil {
				t.Error(err)
			}
		})
	}
}

// render writes the tree's files and holds them against the folder's.
func render(t *testing.T, d *desk, head ledger.Checkpoint) {
	t.Helper()
	out := filepath.Join(tempDir(t), "render")
	store, err := durable.Open(out, durable.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := d.tree().Render(t.Context(), store, head, nil); err != nil {
		t.Fatal(err)
	}
	want, got := map[string]string{}, map[string]string{}
	for name, data := range filesOf(t, d.opt.Dir) {
		if strings.HasPrefix(name, "tile/") && current(name, head.Size) {
			want[name] = data
		}
	}
	for name, data := range filesOf(t, out) {
		if strings.HasPrefix(name, "tile/") {
			got[name] = data
		}
	}
	if head.Size > 0 && len(got) < 2 {
		t.Errorf("only %d files", len(got))
	}
	if diff := differ(want, got); diff != "" {
		t.Errorf("of %d entries these differ: %s", head.Size, diff)
	}
}

// current says whether a file is of the tree of this size, and no partial tile
// of a smaller one that a Publisher has left.
func current(name string, size uint64) bool {
	dir, last, partial := strings.Cut(name, ".p/")
	if !partial {
		return true
	}
	level, n, ok := strings.Cut(strings.TrimPrefix(dir, "tile/"), "/")
	number, err := strconv.ParseUint(strings.ReplaceAll(strings.ReplaceAll(n, "x", ""), "/", ""), 10, 64)
	width, err2 := strconv.ParseUint(last, 10, 64)
	if !ok || err != nil || err2 != nil {
		return true // no name that we know: it must be there
	}
	shift := uint64(0)
	if level != "entries" {
		l, _ := strconv.ParseUint(level, 10, 64)
		shift = 8 * l
	}
	return size>>shift-number*ledger.TileWidth == width
}

// Rows that do not lead to the signed root are not made into files that anybody
// would take for the ledger.
func TestRenderRefusesOtherRows(t *testing.T) {
	t.Parallel()
	r := newRelay(t, sound.up(t).LogServers[0].Addr)
	d := newDesk(t, r.addr)
	d.must(d.next(300))
	r.lies(changed("GetLeavesByRange", func(a leafAnswer) { a.Leaves[0].LeafValue = []byte("改") }))
	store, err := durable.Open(filepath.Join(tempDir(t), "render"), durable.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	wantCode(t, d.tree().Render(t.Context(), store, d.head(), nil), "ledger.tree-changed")
	if _, err := fs.Stat(store.FS(), "checkpoint"); err == nil {
		t.Error("there is a checkpoint")
	}
}

// A bulk load whose answers are lost is repeated, and no entry is there twice;
// one that cannot be finished leaves a frozen tree that is no ledger's.
func TestLoadThroughFaults(t *testing.T) {
	t.Parallel()
	r := newRelay(t, sound.up(t).LogServers[0].Addr)
	d := loaded(t, 2500, r.addr)
	count := 0
	r.lies(func(_ context.Context, m string, _ any, do func() (any, error)) (any, error) {
		resp, err := do()
		if m != "CreateTree" { // a tree more, that nobody knows, would be no harm
			if count++; count%2 == 1 {
				return nil, status.Error(codes.Unavailable, "演示")
			}
		}
		return resp, err
	})
	tree := d.tree()
	id, err := tree.Load(t.Context(), "演示单位", ledger.OpenDir(os.DirFS(d.opt.Dir)), d.head(), nil)
	if err != nil {
		t.Fatal(err)
	}
	d.cfg.Tree = id
	r.lies(nil)
	d.mends()

	r.lies(func(_ context.Context, m string, req any, do func() (any, error)) (any, error) {
		if q, ok := req.(*trillian.AddSequencedLeavesRequest); ok && q.Leaves[0].LeafIndex >= 1000 {
			return nil, status.Error(codes.InvalidArgument, "演示")
		}
		return do()
	})
	tree = d.tree()
	if _, err := tree.Load(t.Context(), "演示单位", ledger.OpenDir(os.DirFS(d.opt.Dir)), d.head(), nil); err == nil {
		t.Fatal("a load that failed was acknowledged")
	}
	if s, err := tree.Status(t.Context()); err != nil || s.State != "FROZEN" {
		t.Errorf("%+v, %v", s, err)
	}
	d.cfg.Tree = tree.cfg.Tree
	d.refuses("ledger.tree-short", true, local.Batch{Entries: d.next(1)})
	d.cfg.Tree = id
	r.lies(nil)
	d.mends()
}

// Signers that do not come forward: a bulk load does not run far ahead of them,
// and does not wait for ever.
func TestLoadKeepsToTheSigners(t *testing.T) {
	t.Parallel()
	r := newRelay(t, sound.up(t).LogServers[0].Addr)
	d := loaded(t, ahead+3000, r.addr)
	d.cfg.Wait = 500 * time.Millisecond
	var root any
	given := 0
	r.lies(func(_ context.Context, m string, req any, do func() (any, error)) (any, error) {
		if q, ok := req.(*trillian.AddSequencedLeavesRequest); ok {
			given += len(q.Leaves)
		}
		if m != "GetLatestSignedLogRoot" {
			return do()
		}
		if root == nil { // the first one, of no entries or a few, for all time
			var err error
			if root, err = do(); err != nil {
				return nil, err
			}
		}
		return root, nil
	})
	tree := d.tree()
	_, err := tree.Load(t.Context(), "演示单位", ledger.OpenDir(os.DirFS(d.opt.Dir)), d.head(), nil)
	wantCode(t, err, "ledger.tree-late")
	if given <= ahead || given > ahead+2000 {
		t.Errorf("%d entries handed over, want little more than %d", given, ahead)
	}
	r.lies(nil)
	if s, err := tree.Status(t.Context()); err != nil || s.State != "FROZEN" {
		t.Errorf("%+v, %v", s, err)
	}
}
