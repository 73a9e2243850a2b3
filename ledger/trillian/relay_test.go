package trillian

import (
	"bytes"
	"context"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/trillian"
	"github.com/google/trillian/types"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

// relay is a log server that hands every call on to a real one and lies where
// a test has it lie: what the real one would never say.
type relay struct {
	trillian.UnimplementedTrillianLogServer
	trillian.UnimplementedTrillianAdminServer
	addr  string
	log   trillian.TrillianLogClient
	admin trillian.TrillianAdminClient
	mu    sync.Mutex
	lie   lie
}

// lie stands around one call; do makes it.
type lie func(ctx context.Context, method string, req any, do func() (any, error)) (any, error)

func newRelay(t testing.TB, to string) *relay {
	t.Helper()
	conn, err := grpc.NewClient("passthrough:///"+to, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithNoProxy(), grpc.WithConnectParams(reconnect),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{addr: l.Addr().String(), log: trillian.NewTrillianLogClient(conn), admin: trillian.NewTrillianAdminClient(conn)}
	s := grpc.NewServer(grpc.UnaryInterceptor(r.intercept), grpc.MaxRecvMsgSize(64<<20))
	trillian.RegisterTrillianLogServer(s, r)
	trillian.RegisterTrillianAdminServer(s, r)
	go s.Serve(l)
	t.Cleanup(func() { s.Stop(); conn.Close() })
	return r
}

// lies sets what the relay does from now on; nil: it is honest.
func (r *relay) lies(f lie) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lie = f
}

func (r *relay) intercept(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	r.mu.Lock()
	f := r.lie
	r.mu.Unlock()
	if f == nil {
		return handler(ctx, req)
	}
	method := info.FullMethod[strings.LastIndexByte(info.FullMethod, '/')+1:]
	return f(ctx, method, req, func() (any, error) { return handler(ctx, req) })
}

func (r *relay) QueueLeaf(ctx context.Context, q *trillian.QueueLeafRequest) (*trillian.QueueLeafResponse, error) {
	return r.log.QueueLeaf(ctx, q)
}

func (r *relay) GetLatestSignedLogRoot(ctx context.Context, q *trillian.GetLatestSignedLogRootRequest) (*trillian.GetLatestSignedLogRootResponse, error) {
	return r.log.GetLatestSignedLogRoot(ctx, q)
}

func (r *relay) GetLeavesByRange(ctx context.Context, q *trillian.GetLeavesByRangeRequest) (*trillian.GetLeavesByRangeResponse, error) {
	return r.log.GetLeavesByRange(ctx, q)
}

func (r *relay) InitLog(ctx context.Context, q *trillian.InitLogRequest) (*trillian.InitLogResponse, error) {
	return r.log.InitLog(ctx, q)
}

func (r *relay) AddSequencedLeaves(ctx context.Context, q *trillian.AddSequencedLeavesRequest) (*trillian.AddSequencedLeavesResponse, error) {
	return r.log.AddSequencedLeaves(ctx, q)
}

func (r *relay) CreateTree(ctx context.Context, q *trillian.CreateTreeRequest) (*trillian.Tree, error) {
	return r.admin.CreateTree(ctx, q)
}

func (r *relay) GetTree(ctx context.Context, q *trillian.GetTreeRequest) (*trillian.Tree, error) {
	return r.admin.GetTree(ctx, q)
}

func (r *relay) UpdateTree(ctx context.Context, q *trillian.UpdateTreeRequest) (*trillian.Tree, error) {
	return r.admin.UpdateTree(ctx, q)
}

// changed lies in the answers of one method.
func changed[T any](method string, change func(T)) lie {
	return func(_ context.Context, m string, _ any, do func() (any, error)) (any, error) {
		resp, err := do()
		if err == nil && m == method {
			change(resp.(T))
		}
		return resp, err
	}
}

// leafStatus says of every leaf that is queued that it was not taken, though
// the call as a whole is OK. The leaf does not reach the server.
func leafStatus(code codes.Code) lie {
	return func(_ context.Context, m string, req any, do func() (any, error)) (any, error) {
		if m != "QueueLeaf" {
			return do()
		}
		leaf := req.(*trillian.QueueLeafRequest).Leaf
		return &trillian.QueueLeafResponse{QueuedLeaf: &trillian.QueuedLogLeaf{Leaf: leaf, Status: status.New(code, "演示").Proto()}}, nil
	}
}

type (
	rootAnswer  = *trillian.GetLatestSignedLogRootResponse
	leafAnswer  = *trillian.GetLeavesByRangeResponse
	queueAnswer = *trillian.QueueLeafResponse
)

var alreadyExists = status.New(codes.AlreadyExists, "演示").Proto()

func sizeOf(t testing.TB, a rootAnswer) uint64 {
	var root types.LogRootV1
	if err := root.UnmarshalBinary(a.SignedLogRoot.LogRoot); err != nil {
		t.Error(err)
	}
	return root.TreeSize
}

// reroot changes what a root says.
func reroot(change func(*types.LogRootV1)) func(rootAnswer) {
	return func(a rootAnswer) {
		var root types.LogRootV1
		if root.UnmarshalBinary(a.SignedLogRoot.LogRoot) == nil {
			change(&root)
			a.SignedLogRoot.LogRoot, _ = root.MarshalBinary()
		}
	}
}

// A server that answers what it never should: each answer is refused with its
// code, and nothing is signed. Where the server is honest again the next run
// goes on.
func TestLiesAreRefused(t *testing.T) {
	t.Parallel()
	addr := sound.up(t).LogServers[0].Addr
	const size = 5 // before the step of two
	last := func(a leafAnswer) *trillian.LogLeaf {
		if len(a.Leaves) == 0 {
			return &trillian.LogLeaf{}
		}
		return a.Leaves[len(a.Leaves)-1]
	}
	newer := func(change func(*types.LogRootV1)) lie { // once there is something new
		return changed("GetLatestSignedLogRoot", reroot(func(r *types.LogRootV1) {
			if r.TreeSize > size {
				change(r)
			}
		}))
	}
	for name, c := range map[string]struct {
		code string
		lie  lie
	}{
		"leaf: no room":            {"ledger.tree-refused", leafStatus(codes.ResourceExhausted)},
		"leaf: unknown":            {"ledger.tree-refused", leafStatus(codes.Unknown)},
		"leaf: not queued":         {"ledger.tree-late", leafStatus(codes.OK)},
		"root: another":            {"ledger.tree-fork", changed("GetLatestSignedLogRoot", reroot(func(r *types.LogRootV1) { r.RootHash[0] ^= 1 }))},
		"root: another, later":     {"ledger.tree-fork", newer(func(r *types.LogRootV1) { r.RootHash[31] ^= 1 })},
		"root: short hash":         {"ledger.tree-fork", newer(func(r *types.LogRootV1) { r.RootHash = r.RootHash[:31] })},
		"root: long hash":          {"ledger.tree-fork", newer(func(r *types.LogRootV1) { r.RootHash = append(r.RootHash, 0) })},
		"root: no hash":            {"ledger.tree-fork", newer(func(r *types.LogRootV1) { r.RootHash = nil })},
		"root: smaller":            {"ledger.tree-short", changed("GetLatestSignedLogRoot", reroot(func(r *types.LogRootV1) { r.TreeSize = size - 1 }))},
		"root: far larger":         {"ledger.tree-fork", changed("GetLatestSignedLogRoot", reroot(func(r *types.LogRootV1) { r.TreeSize = 1 << 62 }))},
		"root: none":               {"ledger.tree-refused", changed("GetLatestSignedLogRoot", func(a rootAnswer) { a.SignedLogRoot = nil })},
		"root: garbage":            {"ledger.tree-refused", changed("GetLatestSignedLogRoot", func(a rootAnswer) { a.SignedLogRoot.LogRoot = []byte("演示") })},
		"proof: forged":            {"ledger.tree-fork", changed("GetLatestSignedLogRoot", func(a rootAnswer) { forge(a.Proof) })},
		"proof: longer":            {"ledger.tree-fork", changed("GetLatestSignedLogRoot", func(a rootAnswer) { longer(a) })},
		"proof: none":              {"ledger.tree-fork", changed("GetLatestSignedLogRoot", func(a rootAnswer) { a.Proof = nil })},
		"rows: none":               {"ledger.tree-changed", changed("GetLeavesByRange", func(a leafAnswer) { a.Leaves = nil })},
		"rows: more":               {"ledger.tree-changed", changed("GetLeavesByRange", func(a leafAnswer) { a.Leaves = append(a.Leaves, last(a)) })},
		"rows: wrong index":        {"ledger.tree-changed", changed("GetLeavesByRange", func(a leafAnswer) { last(a).LeafIndex++ })},
		"rows: negative index":     {"ledger.tree-changed", changed("GetLeavesByRange", func(a leafAnswer) { last(a).LeafIndex = -1 })},
		"rows: other content":      {"ledger.tree-changed", changed("GetLeavesByRange", func(a leafAnswer) { last(a).LeafValue = []byte("改") })},
		"rows: other hash":         {"ledger.tree-changed", changed("GetLeavesByRange", func(a leafAnswer) { last(a).MerkleLeafHash = make([]byte, 32) })},
		"rows: another way around": {"ledger.tree-order", changed("GetLeavesByRange", swapNew(size))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRelay(t, addr)
			d := newDesk(t, r.addr)
			d.must(d.next(3))
			d.must(d.next(size - 3))
			r.lies(c.lie)
			d.cfg.Wait = time.Second
			whole := c.code == "ledger.tree-short" || strings.HasPrefix(name, "rows") && c.code == "ledger.tree-changed"
			d.refuses(c.code, whole && len(d.begun) == 0, local.Batch{Entries: d.next(2)})
			d.holds()
			r.lies(nil)
			d.cfg.Wait = 0
			d.mends()
		})
	}
}

func forge(p *trillian.Proof) {
	if p != nil && len(p.Hashes) > 0 {
		p.Hashes[len(p.Hashes)-1][0] ^= 1
	}
}

func longer(a rootAnswer) {
	if a.Proof == nil {
		a.Proof = &trillian.Proof{}
	}
	a.Proof.Hashes = append(a.Proof.Hashes, make([]byte, 32))
}

// swapNew gives the contents of the new rows in another order.
func swapNew(size int64) func(leafAnswer) {
	return func(a leafAnswer) {
		if n := len(a.Leaves); n > 1 && a.Leaves[n-2].LeafIndex >= size {
			x, y := a.Leaves[n-2], a.Leaves[n-1]
			x.LeafIndex, y.LeafIndex = y.LeafIndex, x.LeafIndex
			a.Leaves[n-2], a.Leaves[n-1] = y, x
		}
	}
}

// An answer of more bytes than any of ours can have is not taken in, and nobody
// waits for a smaller one.
func TestGiantAnswer(t *testing.T) {
	t.Parallel()
	r := newRelay(t, sound.up(t).LogServers[0].Addr)
	d := newDesk(t, r.addr)
	d.must(d.next(3))
	r.lies(changed("GetLeavesByRange", func(a leafAnswer) { a.Leaves[0].ExtraData = make([]byte, maxAnswer) }))
	d.refuses("ledger.tree-refused", true, local.Batch{Entries: d.next(1)})
	r.lies(nil)
	d.mends()
}

// Fewer rows than were asked for are an answer that has reached its limit: the
// rest is asked for.
func TestFewerRows(t *testing.T) {
	t.Parallel()
	r := newRelay(t, sound.up(t).LogServers[0].Addr)
	d := newDesk(t, r.addr)
	d.must(d.next(40))
	r.lies(changed("GetLeavesByRange", func(a leafAnswer) { a.Leaves = a.Leaves[:min(7, len(a.Leaves))] }))
	d.mends()
}

// A log server's clock that stands, or goes back: what was queued before is
// integrated before the next leaf is handed over. The real servers' clock is
// the machine's, so the answers are made to say it.
func TestClockDoesNotRise(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]time.Duration{"stands": 0, "goes back": time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRelay(t, sound.up(t).LogServers[0].Addr)
			d := newDesk(t, r.addr)
			d.must(d.next(3))
			begin := time.Now()
			count, from := int64(0), uint64(len(d.acked))
			r.lies(func(ctx context.Context, m string, req any, do func() (any, error)) (any, error) {
				if m == "QueueLeaf" && count > 1 { // of the first two the second does not rise
					a, err := r.log.GetLatestSignedLogRoot(ctx, &trillian.GetLatestSignedLogRootRequest{LogId: d.cfg.Tree})
					if err != nil || sizeOf(t, a) < from+uint64(count) {
						t.Errorf("leaf %d is queued before all others are integrated (%v)", from+uint64(count), err)
					}
				}
				resp, err := do()
				if err == nil && m == "QueueLeaf" {
					resp.(queueAnswer).QueuedLeaf.Leaf.QueueTimestamp = timestamppb.New(begin.Add(-time.Duration(count) * back))
					count++
				}
				return resp, err
			})
			d.must(d.next(6))
			if count != 6 {
				t.Errorf("%d leaves were queued", count)
			}
			r.lies(nil)
			d.mends()
		})
	}
}

// Leaves that a clock going back put into the tree the wrong way around, and
// nobody could know: read back, refused, and nothing signed, now or later.
func TestWrongOrderIsNotSigned(t *testing.T) {
	t.Parallel()
	r := newRelay(t, sound.up(t).LogServers[0].Addr)
	d := newDesk(t, r.addr)
	d.must(d.next(3))
	var held *trillian.QueueLeafRequest
	r.lies(func(ctx context.Context, m string, req any, do func() (any, error)) (any, error) {
		if m != "QueueLeaf" {
			return do()
		}
		q := req.(*trillian.QueueLeafRequest)
		leaf := &trillian.LogLeaf{LeafValue: q.Leaf.LeafValue, QueueTimestamp: timestamppb.Now()}
		if held == nil {
			held = q
			return &trillian.QueueLeafResponse{QueuedLeaf: &trillian.QueuedLogLeaf{Leaf: leaf}}, nil
		}
		resp, err := do()
		if err == nil && held != q {
			_, err = r.log.QueueLeaf(ctx, held)
		}
		return resp, err
	})
	d.refuses("ledger.tree-order", false, local.Batch{Entries: [][]byte{[]byte("演示一"), []byte("演示二")}})
	r.lies(nil)
	d.holds()
	d.refuses("ledger.tree-order", true, local.Batch{})

	// The remedy: a tree made anew from the folder. What was begun is completed.
	tree := d.tree()
	id, err := tree.Load(t.Context(), "演示单位", ledger.OpenDir(os.DirFS(d.opt.Dir)), d.head(), nil)
	if err != nil {
		t.Fatal(err)
	}
	d.cfg.Tree = id
	d.mends()
	if n := len(d.acked); n != 7 || !bytes.Equal(d.acked[3], []byte("演示一")) {
		t.Errorf("%d entries", n)
	}
}

// An answer that is lost on its way, of each kind of call: failed and lost,
// failed but done.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	addr := sound.up(t).LogServers[0].Addr
	for _, method := range []string{"QueueLeaf", "GetLatestSignedLogRoot", "GetLeavesByRange"} {
		for _, done := range []bool{false, true} {
			for _, code := range []codes.Code{codes.Unavailable, codes.DeadlineExceeded, codes.Internal, codes.ResourceExhausted} {
				t.Run(method+" "+code.String(), func(t *testing.T) {
					t.Parallel()
					r := newRelay(t, addr)
					d := newDesk(t, r.addr)
					d.must(d.next(3))
					count := 0
					r.lies(func(_ context.Context, m string, _ any, do func() (any, error)) (any, error) {
						if m != method {
							return do()
						}
						if count++; count%2 == 0 {
							return do()
						}
						if done {
							if _, err := do(); err != nil {
								return nil, err
							}
						}
						return nil, status.Error(code, "演示")
					})
					d.must(d.next(4))
					if count < 4 {
						t.Errorf("only %d calls", count)
					}
					d.mends()
				})
			}
		}
	}
}
