package trillian

import (
	"context"
	"sync"
	"testing"

	"github.com/google/trillian"
	"github.com/google/trillian/types"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/sunlot/sunlot/ledger"
)

// fake is a log server in memory with one tree, for what a real one cannot be
// made to say: the relay in front of it lies, and none of its calls goes any
// further. It proves nothing between two sizes but from the empty tree.
type fake struct {
	*relay
	mu     sync.Mutex
	tree   *trillian.Tree
	leaves []*trillian.LogLeaf
	asked  []string // methods, in order
	counts []int64  // of leaves, that GetLeavesByRange was asked for
	around lie
}

func newFake(t testing.TB) *fake {
	t.Helper()
	f := &fake{relay: newRelay(t, "127.0.0.1:1"), tree: &trillian.Tree{TreeId: 7, Description: origin, DisplayName: "演示单位",
		TreeState: trillian.TreeState_ACTIVE, TreeType: trillian.TreeType_LOG}}
	f.relay.lies(func(ctx context.Context, m string, req any, _ func() (any, error)) (any, error) {
		f.mu.Lock()
		around := f.around
		f.asked = append(f.asked, m)
		f.mu.Unlock()
		do := func() (any, error) { return f.answer(req) }
		if around == nil {
			return do()
		}
		return around(ctx, m, req, do)
	})
	return f
}

// lies hides the relay's: the fake's answers are what is lied about.
func (f *fake) lies(l lie) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.around, f.asked, f.counts = l, nil, nil
}

func (f *fake) was(method string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.asked {
		if m == method {
			n++
		}
	}
	return n
}

func (f *fake) answer(req any) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch q := req.(type) {
	case *trillian.CreateTreeRequest:
		return f.tree, nil
	case *trillian.GetTreeRequest:
		return f.tree, nil
	case *trillian.UpdateTreeRequest:
		for _, path := range q.UpdateMask.Paths {
			if path == "tree_state" {
				f.tree.TreeState = q.Tree.TreeState
			}
		}
		return f.tree, nil
	case *trillian.InitLogRequest:
		return &trillian.InitLogResponse{}, nil
	case *trillian.GetLatestSignedLogRootRequest:
		var values [][]byte
		for _, l := range f.leaves {
			values = append(values, l.LeafValue)
		}
		root := ledger.LinesRoot(values)
		data, err := (&types.LogRootV1{TreeSize: uint64(len(values)), RootHash: root[:], TimestampNanos: 1}).MarshalBinary()
		return &trillian.GetLatestSignedLogRootResponse{SignedLogRoot: &trillian.SignedLogRoot{LogRoot: data}}, err
	case *trillian.GetLeavesByRangeRequest:
		f.counts = append(f.counts, q.Count)
		from := min(q.StartIndex, int64(len(f.leaves)))
		return &trillian.GetLeavesByRangeResponse{Leaves: f.leaves[from:min(from+q.Count, int64(len(f.leaves)))]}, nil
	case *trillian.QueueLeafRequest:
		if f.tree.TreeState != trillian.TreeState_ACTIVE {
			return nil, status.Error(codes.FailedPrecondition, "演示：冻结")
		}
		f.put(q.Leaf)
		q.Leaf.QueueTimestamp = timestamppb.Now()
		return &trillian.QueueLeafResponse{QueuedLeaf: &trillian.QueuedLogLeaf{Leaf: q.Leaf}}, nil
	case *trillian.AddSequencedLeavesRequest:
		resp := &trillian.AddSequencedLeavesResponse{}
		for _, l := range q.Leaves {
			f.put(l)
			resp.Results = append(resp.Results, &trillian.QueuedLogLeaf{Leaf: l})
		}
		return resp, nil
	}
	return nil, status.Errorf(codes.Unimplemented, "%T", req)
}

func (f *fake) put(l *trillian.LogLeaf) {
	l.LeafIndex = int64(len(f.leaves))
	f.leaves = append(f.leaves, l)
}

// opened is a client of the fake's tree.
func (f *fake) opened(t testing.TB) *Tree {
	t.Helper()
	return (&desk{t: t, cfg: f.config()}).tree()
}

func (f *fake) config() Config {
	return Config{Addresses: []string{f.addr}, Tree: f.tree.TreeId, Origin: origin, Writer: "演示电脑甲"}
}
