package trillian

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/trillian"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// maxRequest bounds the entries of one bulk request: log servers take 4 MiB
// unless they are told otherwise.
const maxRequest = 3 << 20

// ahead is how many entries of a bulk load may wait for the signers. While the
// database's planner knows the tables only as they were before the load, what a
// signer asks takes the longer the more rows there are, and all offices wait for
// it: a load that keeps to the signers' pace is still small when PostgreSQL
// comes to look at the tables, within a minute.
const ahead = 5000

// Progress is told how far a long work is; nil: nobody listens.
type Progress func(done, of uint64)

func (p Progress) tell(done, of uint64) {
	if p != nil {
		p(done, of)
	}
}

// Load makes a tree that holds the ledger of dir up to head, and returns its
// number. Entries go over in bulk, with their indexes, into a tree of the type
// PREORDERED_LOG; when its root is head's it becomes a LOG tree, the only kind
// that is ever written to afterwards. A tree that does not become it stays
// frozen and is no ledger's.
func (t *Tree) Load(ctx context.Context, name string, dir *ledger.Dir, head ledger.Checkpoint, p Progress) (int64, error) {
	if head.Size == 0 {
		return t.Create(ctx, name)
	}
	id, err := t.create(ctx, name, trillian.TreeType_PREORDERED_LOG)
	if err != nil {
		return 0, err
	}
	err = t.fill(ctx, dir, head, p)
	if err == nil {
		err = t.settled(ctx, head, head.Size, head.Size, p)
	}
	if ferr := t.frozen(ctx); err != nil || ferr != nil {
		return 0, errors.Join(err, ferr)
	}
	if err := t.update(ctx, &trillian.Tree{TreeType: trillian.TreeType_LOG, TreeState: trillian.TreeState_FROZEN}, "tree_type", "tree_state"); err != nil {
		return 0, err
	}
	return id, t.setState(ctx, trillian.TreeState_ACTIVE)
}

// frozen ends a load, also one that nobody wants to wait for any more: a tree
// of ordered leaves that stays open is one that somebody could fill.
func (t *Tree) frozen(ctx context.Context) error {
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), 2*t.cfg.Call)
		defer cancel()
	}
	return t.setState(ctx, trillian.TreeState_FROZEN)
}

// fill hands all entries over.
func (t *Tree) fill(ctx context.Context, dir *ledger.Dir, head ledger.Checkpoint, p Progress) error {
	var leaves []*trillian.LogLeaf
	size := 0
	flush := func() error {
		if len(leaves) == 0 {
			return nil
		}
		err := t.add(ctx, leaves)
		leaves, size = nil, 0
		return err
	}
	err := dir.Entries(0, head.Size, func(i uint64, entry []byte) error {
		if size+len(entry) > maxRequest || len(leaves) == 1000 {
			if err := flush(); err != nil {
				return err
			}
			if err := t.settled(ctx, head, i, i-min(i, ahead), p); err != nil {
				return err
			}
		}
		leaf := t.leaf(i, bytes.Clone(entry))
		leaf.LeafIndex = int64(i)
		leaves = append(leaves, leaf)
		size += len(entry) + 256
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// add is one bulk request. A leaf that is there already was brought by a
// request whose answer was lost, or is another: the root at the end tells.
func (t *Tree) add(ctx context.Context, leaves []*trillian.LogLeaf) error {
	ctx, cancel := context.WithTimeout(ctx, t.cfg.Wait)
	defer cancel()
	var resp *trillian.AddSequencedLeavesResponse
	err := t.log(ctx, func(ctx context.Context, c trillian.TrillianLogClient) (err error) {
		resp, err = c.AddSequencedLeaves(ctx, &trillian.AddSequencedLeavesRequest{LogId: t.cfg.Tree, Leaves: leaves})
		return err
	})
	if err != nil {
		return err
	}
	if len(resp.GetResults()) != len(leaves) {
		return fault.New("ledger.tree-refused", t.place(), fmt.Sprint(len(resp.GetResults())), fmt.Sprint(len(leaves)))
	}
	for i, r := range resp.GetResults() {
		switch s := status.FromProto(r.GetStatus()); s.Code() {
		case codes.OK, codes.AlreadyExists, codes.FailedPrecondition:
		default:
			return fault.New("ledger.tree-refused", place(uint64(leaves[i].LeafIndex)), heard(s.Code().String()+" "+s.Message()), "")
		}
	}
	return nil
}

// settled waits until the signers have integrated size of the entries that were
// handed over, for as long as they go forward, and compares the last root.
func (t *Tree) settled(ctx context.Context, head ledger.Checkpoint, given, size uint64, p Progress) error {
	deadline := time.Now().Add(t.cfg.Wait)
	for was := uint64(0); ; {
		s, err := t.Status(ctx)
		if err != nil {
			return err
		}
		p.tell((given+min(s.Size, given))/2, head.Size)
		switch {
		case s.Size > head.Size || s.Size == head.Size && s.Root != head.Root:
			return fault.New("ledger.tree-fork", t.place(), fmt.Sprintf("%d %s", s.Size, s.Root), fmt.Sprintf("%d %s", head.Size, head.Root))
		case s.Size >= size:
			return nil
		case s.Size > was:
			was, deadline = s.Size, time.Now().Add(t.cfg.Wait)
		case time.Now().After(deadline):
			return fault.New("ledger.tree-late", t.place(), number(s.Size), number(head.Size)).Of(fault.Unreachable)
		}
		if !sleep(ctx, 50*time.Millisecond) {
			return t.unreachable(ctx, ctx.Err())
		}
	}
}

// Compare holds every row of the tree against the ledger of dir up to head, and
// what follows against entries that are on their way.
func (t *Tree) Compare(ctx context.Context, dir *ledger.Dir, head ledger.Checkpoint, entries [][]byte, p Progress) error {
	if err := t.Mine(ctx); err != nil {
		return err
	}
	if err := t.rowsAgree(ctx, dir, head, 0, head.Size, p); err != nil {
		return err
	}
	return t.endAgrees(ctx, head, entries)
}

// rowsAgree compares the bundles that hold from ≤ i < to, as far as to.
func (t *Tree) rowsAgree(ctx context.Context, dir *ledger.Dir, head ledger.Checkpoint, from, to uint64, p Progress) error {
	for n := from / ledger.TileWidth; n*ledger.TileWidth < to; n++ {
		if err := t.within(ctx, func(ctx context.Context) error { return t.mirror(ctx, dir, head, n, to) }); err != nil {
			return err
		}
		p.tell(min((n+1)*ledger.TileWidth, to), head.Size)
	}
	return nil
}

// endAgrees compares the root, and what stands behind head.
func (t *Tree) endAgrees(ctx context.Context, head ledger.Checkpoint, entries [][]byte) error {
	return t.within(ctx, func(ctx context.Context) error {
		root, err := t.follows(ctx, head)
		if err == nil {
			_, err = t.ours(ctx, head.Size, root.TreeSize, entries)
		}
		return err
	})
}

func (t *Tree) within(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, t.cfg.Wait)
	defer cancel()
	return f(ctx)
}

// CatchUp brings a tree that ends before head, after an older state of the
// database was restored, to head again: the missing entries are queued as they
// were. Every row that is there must be the ledger's, or one of entries, which
// are on their way after it: that is known before anything is changed. A frozen
// tree is refused (ledger.tree-state), or with thaw lets itself be written to
// again once its rows agree.
func (t *Tree) CatchUp(ctx context.Context, dir *ledger.Dir, head ledger.Checkpoint, entries [][]byte, thaw bool, p Progress) error {
	if err := t.Mine(ctx); err != nil {
		return err
	}
	s, err := t.Status(ctx)
	if err != nil {
		return err
	}
	asleep := s.State != trillian.TreeState_ACTIVE.String()
	if asleep && !thaw {
		return fault.New("ledger.tree-state", t.place(), s.State, trillian.TreeState_ACTIVE.String())
	}
	there := min(s.Size, head.Size)
	root, err := dir.RootAt(there, head.Size)
	if err != nil {
		return err
	}
	if s.Size == there && root != s.Root {
		return fault.New("ledger.tree-fork", t.place(), s.Root.String(), root.String())
	}
	if err := t.rowsAgree(ctx, dir, head, 0, there, p); err != nil {
		return err
	}
	if there == head.Size {
		if err := t.endAgrees(ctx, head, entries); err != nil {
			return err
		}
	}
	if asleep {
		if err := t.setState(ctx, trillian.TreeState_ACTIVE); err != nil {
			return err
		}
	}
	if there == head.Size {
		return nil
	}
	if err := t.refill(ctx, dir, ledger.Checkpoint{Origin: head.Origin, Size: there, Root: root}, head, p); err != nil {
		return err
	}
	if err := t.rowsAgree(ctx, dir, head, there, head.Size, nil); err != nil {
		return err
	}
	return t.endAgrees(ctx, head, entries)
}

// refill queues what is missing, a bundle at a time.
func (t *Tree) refill(ctx context.Context, dir *ledger.Dir, from, head ledger.Checkpoint, p Progress) error {
	for from.Size < head.Size {
		to := min((from.Size/ledger.TileWidth+1)*ledger.TileWidth, head.Size)
		var entries [][]byte
		err := dir.Entries(from.Size, to, func(_ uint64, entry []byte) error {
			entries = append(entries, bytes.Clone(entry))
			return nil
		})
		if err != nil {
			return err
		}
		err = t.within(ctx, func(ctx context.Context) error {
			if err := t.queue(ctx, from, 0, entries); err != nil {
				return err
			}
			_, err := t.reaches(ctx, from, to)
			return err
		})
		if err != nil {
			return err
		}
		if from.Root, err = dir.RootAt(to, head.Size); err != nil {
			return err
		}
		from.Size = to
		p.tell(to, head.Size)
	}
	return nil
}

// Render writes the bundles and tiles of the tree up to head into store, from
// the tree's rows alone, and refuses rows that do not lead to head's root.
func (t *Tree) Render(ctx context.Context, store ledger.Store, head ledger.Checkpoint, p Progress) error {
	r, most := ledger.NewRenderer(store.Put), uint64(rangeMost)
	for from := uint64(0); from < head.Size; {
		var leaves []*trillian.LogLeaf
		err := t.within(ctx, func(ctx context.Context) (err error) {
			leaves, err = t.leaves(ctx, from, head.Size-from, &most)
			return err
		})
		if err != nil {
			return err
		}
		entries := make([][]byte, len(leaves))
		for i, leaf := range leaves {
			entries[i] = leaf.LeafValue
		}
		if err := r.Add(entries); err != nil {
			return err
		}
		from += uint64(len(entries))
		p.tell(from, head.Size)
	}
	root, err := r.Close()
	if err != nil {
		return err
	}
	if root != head.Root {
		return fault.New("ledger.tree-changed", t.place(), root.String(), head.Root.String())
	}
	return store.Sync()
}
