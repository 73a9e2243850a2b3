package trillian

import (
	"context"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/google/trillian"
	"github.com/google/trillian/types"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

const (
	maxName        = 20  // characters of a DisplayName, the least of all storages
	maxDescription = 200 // of a Description
)

// Status is what the servers say of a tree.
type Status struct {
	Server string      `json:"server"` // that answered
	Tree   int64       `json:"tree,string"`
	State  string      `json:"state"` // ACTIVE, FROZEN, DRAINING
	Type   string      `json:"type"`  // LOG
	Name   string      `json:"name"`
	Origin string      `json:"origin"` // of the ledger that it was made for
	Size   uint64      `json:"size"`
	Root   ledger.Hash `json:"-"`
	Hex    string      `json:"root"` // Root in hexadecimal
	At     time.Time   `json:"at"`   // of the root
}

// Create makes a LOG tree for the ledger and uses it from now on. name is for
// the operators: the first 20 characters are kept.
func (t *Tree) Create(ctx context.Context, name string) (int64, error) {
	return t.create(ctx, name, trillian.TreeType_LOG)
}

func (t *Tree) create(ctx context.Context, name string, kind trillian.TreeType) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, t.cfg.Wait)
	defer cancel()
	var tree *trillian.Tree
	err := t.admin(ctx, func(ctx context.Context, c trillian.TrillianAdminClient) (err error) {
		tree, err = c.CreateTree(ctx, &trillian.CreateTreeRequest{Tree: &trillian.Tree{TreeState: trillian.TreeState_ACTIVE, TreeType: kind,
			DisplayName: first(name, maxName), Description: first(t.cfg.Origin, maxDescription), MaxRootDuration: durationpb.New(0)}})
		return err
	})
	if err != nil {
		return 0, err
	}
	if tree.GetTreeId() <= 0 {
		return 0, fault.New("ledger.tree-refused", "tree", strconv.FormatInt(tree.GetTreeId(), 10), "the number of the new tree")
	}
	t.cfg.Tree = tree.GetTreeId()
	err = t.log(ctx, func(ctx context.Context, c trillian.TrillianLogClient) error {
		_, err := c.InitLog(ctx, &trillian.InitLogRequest{LogId: t.cfg.Tree})
		if status.Code(err) == codes.AlreadyExists {
			return nil // done by the request before, whose answer was lost
		}
		return err
	})
	return t.cfg.Tree, err
}

func first(s string, n int) string {
	r := []rune(s)
	return strings.TrimSpace(string(r[:min(len(r), n)]))
}

// Status asks for the tree as the servers know it; nothing is verified.
func (t *Tree) Status(ctx context.Context) (*Status, error) {
	ctx, cancel := context.WithTimeout(ctx, t.cfg.Wait)
	defer cancel()
	tree, err := t.get(ctx)
	if err != nil {
		return nil, err
	}
	var root *types.LogRootV1
	err = t.log(ctx, func(ctx context.Context, c trillian.TrillianLogClient) error {
		resp, err := c.GetLatestSignedLogRoot(ctx, &trillian.GetLatestSignedLogRootRequest{LogId: t.cfg.Tree})
		if err != nil {
			return err
		}
		root, err = t.rootOf(resp)
		return err
	})
	if err != nil {
		return nil, err
	}
	s := &Status{Server: t.cfg.Addresses[t.at], Tree: tree.GetTreeId(), State: tree.GetTreeState().String(), Type: tree.GetTreeType().String(),
		Name: clip([]byte(tree.GetDisplayName())), Origin: heard(tree.GetDescription()), Size: root.TreeSize, At: time.Unix(0, int64(root.TimestampNanos)).UTC()}
	s.Root, err = hashOf(root.RootHash)
	s.Hex = hex.EncodeToString(s.Root[:])
	return s, err
}

func (t *Tree) get(ctx context.Context) (tree *trillian.Tree, err error) {
	err = t.admin(ctx, func(ctx context.Context, c trillian.TrillianAdminClient) (err error) {
		tree, err = c.GetTree(ctx, &trillian.GetTreeRequest{TreeId: t.cfg.Tree})
		return err
	})
	if err == nil && tree.GetTreeId() != t.cfg.Tree {
		err = fault.New("ledger.tree-refused", t.place(), strconv.FormatInt(tree.GetTreeId(), 10), strconv.FormatInt(t.cfg.Tree, 10))
	}
	return tree, err
}

// Mine refuses a tree that was made for another ledger (ledger.tree-other): a
// wrong number in a file must not freeze a neighbour's tree, nor begin in it.
func (t *Tree) Mine(ctx context.Context) error {
	return t.within(ctx, func(ctx context.Context) error {
		tree, err := t.get(ctx)
		if err != nil {
			return err
		}
		if want := first(t.cfg.Origin, maxDescription); tree.GetDescription() != want {
			return fault.New("ledger.tree-other", t.place(), heard(tree.GetDescription()), heard(want)).Of(fault.Usage)
		}
		return nil
	})
}

// Freeze ends the writing to a tree that an office has left; it stays readable.
func (t *Tree) Freeze(ctx context.Context) error {
	if err := t.Mine(ctx); err != nil {
		return err
	}
	return t.setState(ctx, trillian.TreeState_FROZEN)
}

// Thaw lets a frozen tree be written to again.
func (t *Tree) Thaw(ctx context.Context) error {
	if err := t.Mine(ctx); err != nil {
		return err
	}
	return t.setState(ctx, trillian.TreeState_ACTIVE)
}

func (t *Tree) setState(ctx context.Context, state trillian.TreeState) error {
	return t.update(ctx, &trillian.Tree{TreeState: state}, "tree_state")
}

func (t *Tree) update(ctx context.Context, tree *trillian.Tree, fields ...string) error {
	ctx, cancel := context.WithTimeout(ctx, t.cfg.Wait)
	defer cancel()
	tree.TreeId = t.cfg.Tree
	return t.admin(ctx, func(ctx context.Context, c trillian.TrillianAdminClient) error {
		_, err := c.UpdateTree(ctx, &trillian.UpdateTreeRequest{Tree: tree, UpdateMask: &fieldmaskpb.FieldMask{Paths: fields}})
		return err
	})
}
