package trillian

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/trillian"
	"github.com/google/trillian/client"
	"github.com/google/trillian/types"
	"github.com/transparency-dev/merkle/rfc6962"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// perEntry is added to the deadline of an append for each of its entries: they
// are queued one after the other, each durable in the database.
const perEntry = 20 * time.Millisecond

// Sequence is the function that the Publisher calls; ctx ends its waiting.
//
// Errors: ledger.tree-unreachable and ledger.tree-late (what was queued is
// found again by the next call), ledger.tree-short, -fork, -changed, -foreign,
// -elsewhere, -order and -other (the tree is not the ledger's: nothing may be
// signed over it), ledger.tree-taken (another writer was quicker: nothing of
// ours is in the tree), ledger.tree-missing, -state and -refused.
func (t *Tree) Sequence(ctx context.Context) ledger.SequenceFunc {
	return func(head ledger.Checkpoint, dir *ledger.Dir, entries [][]byte) (ledger.Hash, error) {
		if t.cfg.Tree == 0 {
			return ledger.Hash{}, fault.New("ledger.tree-config", "tree", "0", "the number of the office's tree").Of(fault.Usage)
		}
		ctx, cancel := context.WithTimeout(ctx, t.cfg.Wait+time.Duration(len(entries))*perEntry)
		defer cancel()
		done, err := t.check(ctx, head, dir, entries)
		if err != nil {
			return head.Root, err
		}
		if len(entries) == 0 {
			t.compared = comparison{head.Size, head.Root, time.Now()}
			return head.Root, nil
		}
		if err := t.queue(ctx, head, done, entries); err != nil {
			return ledger.Hash{}, err
		}
		return t.integrated(ctx, head, entries)
	}
}

// Check compares the tree with the ledger of dir up to head, and what follows
// with entries that are on their way. It returns how many of those are in the
// tree and changes nothing.
func (t *Tree) Check(ctx context.Context, head ledger.Checkpoint, dir *ledger.Dir, entries [][]byte) (done uint64, err error) {
	err = t.within(ctx, func(ctx context.Context) (err error) {
		done, err = t.check(ctx, head, dir, entries)
		return err
	})
	return done, err
}

func (t *Tree) check(ctx context.Context, head ledger.Checkpoint, dir *ledger.Dir, entries [][]byte) (uint64, error) {
	if head.Size == 0 { // no root is signed yet that would tell another's tree
		if err := t.Mine(ctx); err != nil {
			return 0, err
		}
	}
	root, err := t.follows(ctx, head)
	if err != nil {
		return 0, err
	}
	if !t.justCompared(head, entries) {
		if err := t.mirrored(ctx, dir, head); err != nil {
			return 0, err
		}
	}
	return t.found(ctx, head.Size, root.TreeSize, entries)
}

// comparison is one without entries, of a head with the tree.
type comparison struct {
	size uint64
	root ledger.Hash
	at   time.Time
}

// justCompared tells whether the rows of head were compared by the call before
// this one, a moment ago: the Publisher asks once before it keeps a batch and
// again when it hands it over, and the second would read the same rows. It
// counts once, and the root is proved each time.
func (t *Tree) justCompared(head ledger.Checkpoint, entries [][]byte) bool {
	last := t.compared
	t.compared = comparison{}
	return len(entries) > 0 && last.size == head.Size && last.root == head.Root && !last.at.IsZero() && time.Since(last.at) < time.Second
}

// integrated waits for entries, proves the tree that ends with them to begin
// with head, and reads them back.
func (t *Tree) integrated(ctx context.Context, head ledger.Checkpoint, entries [][]byte) (ledger.Hash, error) {
	to := head.Size + uint64(len(entries))
	root, err := t.reaches(ctx, head, to)
	if err != nil {
		return ledger.Hash{}, err
	}
	if _, err := t.ours(ctx, head.Size, root.TreeSize, entries); err != nil {
		return ledger.Hash{}, err
	}
	return hashOf(root.RootHash)
}

func hashOf(b []byte) (h ledger.Hash, err error) {
	if copy(h[:], b) != len(h) || len(b) != len(h) {
		return h, fault.New("ledger.tree-fork", "root", fmt.Sprintf("%x", b), "32 bytes")
	}
	return h, nil
}

// follows fetches the latest root and proves that its tree begins with head,
// with Trillian's own verifier (RFC 6962 §2.1.4).
func (t *Tree) follows(ctx context.Context, head ledger.Checkpoint) (*types.LogRootV1, error) {
	var resp *trillian.GetLatestSignedLogRootResponse
	ask := func(first uint64) error {
		return t.log(ctx, func(ctx context.Context, c trillian.TrillianLogClient) (err error) {
			resp, err = c.GetLatestSignedLogRoot(ctx, &trillian.GetLatestSignedLogRootRequest{LogId: t.cfg.Tree, FirstTreeSize: int64(first)})
			return err
		})
	}
	err := ask(head.Size)
	if status.Code(err) == codes.InvalidArgument { // no proof from a tree larger than its own
		err = ask(0)
	}
	if err != nil {
		return nil, err
	}
	root, err := t.rootOf(resp)
	if err != nil {
		return nil, err
	}
	if root.TreeSize < head.Size {
		return nil, fault.New("ledger.tree-short", t.place(), number(root.TreeSize), number(head.Size))
	}
	trusted := &types.LogRootV1{TreeSize: head.Size, RootHash: head.Root[:]}
	verifier := client.NewLogVerifier(rfc6962.DefaultHasher)
	if _, err := verifier.VerifyRoot(trusted, resp.GetSignedLogRoot(), resp.GetProof().GetHashes()); err != nil {
		return nil, &fault.Error{Code: "ledger.tree-fork", Place: t.place(), Got: fmt.Sprintf("%d %x", root.TreeSize, root.RootHash),
			Want: fmt.Sprintf("%d %x", head.Size, head.Root[:]), Err: err}
	}
	return root, nil
}

// maxTree bounds what is taken for a tree's size, far below where sums of
// indexes would overflow.
const maxTree = 1 << 62

// rootOf reads a root as it was sent; nothing is verified.
func (t *Tree) rootOf(resp *trillian.GetLatestSignedLogRootResponse) (*types.LogRootV1, error) {
	var root types.LogRootV1
	if err := root.UnmarshalBinary(resp.GetSignedLogRoot().GetLogRoot()); err != nil {
		return nil, fault.Wrap("ledger.tree-refused", t.place(), err)
	}
	if root.TreeSize > maxTree {
		return nil, fault.New("ledger.tree-refused", t.place(), number(root.TreeSize), number(maxTree))
	}
	return &root, nil
}

// moment is how long a server may say nothing and not be out of reach.
const moment = 500 * time.Millisecond

// reaches waits until the tree has size leaves. The first answers come soon
// after each other: an officer waits, and a signer's round is short.
func (t *Tree) reaches(ctx context.Context, head ledger.Checkpoint, size uint64) (*types.LogRootV1, error) {
	pause := 5 * time.Millisecond
	var last *types.LogRootV1
	for heard := time.Now(); ; {
		root, err := t.follows(ctx, head)
		switch {
		case err == nil && root.TreeSize >= size:
			return root, nil
		case err == nil:
			last, heard = root, time.Now()
		case last == nil || fault.Code(err) != "ledger.tree-unreachable" || time.Since(heard) > moment:
			return nil, err
		default: // they answered until the time was up
			return nil, t.late(last, size)
		}
		if !sleep(ctx, pause) {
			if errors.Is(ctx.Err(), context.Canceled) {
				return nil, t.unreachable(ctx, nil)
			}
			return nil, t.late(last, size)
		}
		if pause < 20*time.Millisecond {
			pause *= 2
		} else {
			pause = min(pause+pause/8, moment/2)
		}
	}
}

func (t *Tree) late(root *types.LogRootV1, size uint64) *fault.Error {
	return fault.New("ledger.tree-late", t.place(), number(root.TreeSize), number(size)).Of(fault.Unreachable)
}

// found is ours before anything is handed over. If the place of the first entry
// belongs to another writer of this ledger, none of ours is in the tree.
func (t *Tree) found(ctx context.Context, from, size uint64, entries [][]byte) (uint64, error) {
	done, err := t.ours(ctx, from, size, entries)
	var f *fault.Error
	if errors.As(err, &f) && f.Code == "ledger.tree-elsewhere" && f.Place == place(from) && len(entries) > 0 {
		return 0, notSequenced(fault.New("ledger.tree-taken", f.Place, f.Got, t.cfg.Writer))
	}
	return done, err
}

// notSequenced says of a refusal that nothing of this call is in the tree.
func notSequenced(err error) error {
	var f *fault.Error
	switch {
	case !errors.As(err, &f):
	case f.Err == nil:
		f.Err = ledger.ErrNotSequenced
	default:
		f.Err = fmt.Errorf("%w: %w", ledger.ErrNotSequenced, f.Err)
	}
	return err
}

// queue hands over entries[done:], one after the other.
func (t *Tree) queue(ctx context.Context, head ledger.Checkpoint, done uint64, entries [][]byte) error {
	var clock time.Time
	server := t.at
	for k := done; k < uint64(len(entries)); k++ {
		for first := k == 0; ; first = false {
			at, found, err := t.queueOne(ctx, head.Size+k, entries[k])
			if err == nil {
				// Found queued: by the clock of whatever server a run before had.
				stands := k > done && !at.After(clock) // or goes back
				if found || stands {
					if _, err := t.reaches(ctx, head, head.Size+k+1); err != nil {
						return err
					}
				}
				clock = at
				break
			}
			if !again(err) {
				if first && rejects(err) || k == 0 && fault.Code(err) == "ledger.tree-taken" {
					return notSequenced(err)
				}
				return err
			}
			// Another server, another clock: what is queued is waited for first.
			// do goes to the next one where this one is silent.
			if _, rerr := t.reaches(ctx, head, head.Size+k); rerr != nil {
				var f *fault.Error
				if errors.As(rerr, &f) && f.Err == nil {
					f.Err = err // what the server said of the leaf: its disk is full, perhaps
				}
				return rerr
			}
			if t.at == server && len(t.conns) > 1 {
				t.at = (t.at + 1) % len(t.conns)
			}
			if server = t.at; !sleep(ctx, 20*time.Millisecond) {
				return t.unreachable(ctx, err)
			}
		}
	}
	return nil
}

// rejects tells answers by which a tree takes no leaf at all. They say nothing
// of an attempt before, whose own answer was lost.
func rejects(err error) bool {
	code := fault.Code(err)
	return code == "ledger.tree-state" || code == "ledger.tree-missing"
}

// queueOne queues the leaf of an index and returns the time that orders it, and
// whether it was found queued. A fault is an answer; any other error says that
// another try may succeed.
func (t *Tree) queueOne(ctx context.Context, index uint64, entry []byte) (at time.Time, found bool, err error) {
	var resp *trillian.QueueLeafResponse
	err = t.once(ctx, func(ctx context.Context, c conn) (err error) {
		resp, err = trillian.NewTrillianLogClient(c).QueueLeaf(ctx, &trillian.QueueLeafRequest{LogId: t.cfg.Tree, Leaf: t.leaf(index, entry)})
		return err
	})
	if err != nil {
		if again(err) {
			return at, false, err
		}
		return at, false, t.refused(err)
	}
	queued := resp.GetQueuedLeaf()
	switch code := status.FromProto(queued.GetStatus()).Code(); code {
	case codes.OK:
	case codes.AlreadyExists:
		found = true
		if !bytes.Equal(queued.GetLeaf().GetLeafValue(), entry) {
			return at, false, fault.New("ledger.tree-taken", place(index), writer(queued.GetLeaf()), t.cfg.Writer)
		}
	default:
		return at, false, fault.New("ledger.tree-refused", place(index), heard(code.String()+" "+queued.GetStatus().GetMessage()), "")
	}
	if queued.GetLeaf() == nil {
		return at, false, fault.New("ledger.tree-refused", place(index), "no leaf", "the leaf that was queued")
	}
	return queued.GetLeaf().GetQueueTimestamp().AsTime(), found, nil
}

// ours reads the leaves from ≤ i < size and holds them against entries. It
// returns how many of those stand there.
func (t *Tree) ours(ctx context.Context, from, size uint64, entries [][]byte) (uint64, error) {
	most := from + uint64(len(entries))
	err := t.each(ctx, from, min(size, most), func(i uint64, leaf *trillian.LogLeaf) error {
		entry := entries[i-from]
		switch {
		case bytes.Equal(leaf.LeafValue, entry):
			return nil
		case bytes.Equal(leaf.LeafIdentityHash, t.identity(i)) && bytes.Equal(leaf.MerkleLeafHash, leafHash(entry)):
			return fault.New("ledger.tree-changed", place(i), "another content", "what was queued")
		case !bytes.Equal(leaf.LeafIdentityHash, t.identity(i)) && slices.ContainsFunc(entries, func(other []byte) bool { return bytes.Equal(leaf.LeafValue, other) }):
			return fault.New("ledger.tree-order", place(i), "another entry of the same step", "the entry of this index")
		}
		return t.strange(i, leaf)
	})
	if err != nil || size <= most {
		return size - from, err
	}
	// Somebody has put something after ours: who, says the first of them.
	leaf, err := t.one(ctx, most)
	if err != nil {
		return 0, err
	}
	return 0, t.strange(most, leaf)
}

// strange names a leaf that is not ours. One under the identity of its index is
// of this ledger all the same: another desk of the office has written it, or an
// older copy of this folder. Anybody else's is foreign.
func (t *Tree) strange(index uint64, leaf *trillian.LogLeaf) error {
	code := "ledger.tree-foreign"
	if bytes.Equal(leaf.LeafIdentityHash, t.identity(index)) {
		code = "ledger.tree-elsewhere"
	}
	return fault.New(code, place(index), writer(leaf), number(index))
}

// mirrored holds the last bundle of the folder, and one other that the root
// picks, against the tree's rows. All of them together are Compare's work; this
// costs the same at any size, and over the appends of a year meets every row.
func (t *Tree) mirrored(ctx context.Context, dir *ledger.Dir, head ledger.Checkpoint) error {
	if head.Size == 0 {
		return nil
	}
	last := (head.Size - 1) / ledger.TileWidth
	if err := t.mirror(ctx, dir, head, last, head.Size); err != nil || last == 0 {
		return err
	}
	return t.mirror(ctx, dir, head, binary.BigEndian.Uint64(head.Root[:8])%last, head.Size)
}

// mirror holds one bundle against the tree, up to an index.
func (t *Tree) mirror(ctx context.Context, dir *ledger.Dir, head ledger.Checkpoint, n, to uint64) error {
	entries, err := dir.Bundle(n, head.Size)
	if err != nil {
		return err
	}
	from := n * ledger.TileWidth
	return t.each(ctx, from, min(to, from+uint64(len(entries))), func(i uint64, leaf *trillian.LogLeaf) error {
		if entry := entries[i-from]; !bytes.Equal(leaf.LeafValue, entry) || !bytes.Equal(leaf.MerkleLeafHash, leafHash(entry)) {
			return fault.New("ledger.tree-changed", place(i), clip(leaf.LeafValue), clip(entry))
		}
		return nil
	})
}
