package trillian

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/google/trillian"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/sunlot/sunlot/internal/fault"
)

const (
	defaultCall = 5 * time.Second
	defaultWait = 30 * time.Second
	// maxAnswer holds rangeSure entries of the largest size. What fills it costs
	// a hundred times its size where a server means ill: leaves without content.
	maxAnswer = 4<<20 + 64<<10
)

// errLarge is the cause of a refusal of ours: the answer exceeds maxAnswer.
var errLarge = errors.New("a larger answer than any of ours can be")

// Config says where an office's tree is.
type Config struct {
	Addresses []string      // host:port of log servers, tried in turn
	Tree      int64         // its number; 0 where none has been made yet
	Origin    string        // of the ledger
	TLS       *tls.Config   // nil: not encrypted
	Call      time.Duration // one request; 0: 5 s
	Wait      time.Duration // an append, and 20 ms more for each entry; a comparison without progress; 0: 30 s
	Writer    string        // who writes, in a line: another writer is told
}

// Tree is an office's tree on the servers. It is for one goroutine at a time.
type Tree struct {
	cfg   Config
	conns []*grpc.ClientConn
	at    int // the server in use

	compared comparison // by the call before this one
}

// Open prepares the connections; nothing is asked before it is needed.
func Open(cfg Config) (*Tree, error) {
	if len(cfg.Addresses) == 0 || cfg.Tree < 0 || cfg.Origin == "" {
		return nil, fault.New("ledger.tree-config", "address", strings.Join(cfg.Addresses, " "), "host:port").Of(fault.Usage)
	}
	if cfg.Call <= 0 {
		cfg.Call = defaultCall
	}
	if cfg.Wait <= 0 {
		cfg.Wait = defaultWait
	}
	t := &Tree{cfg: cfg}
	for _, addr := range cfg.Addresses {
		conn, err := dial(addr, cfg.TLS)
		if err != nil {
			t.Close()
			return nil, err
		}
		t.conns = append(t.conns, conn)
	}
	return t, nil
}

// reconnect bounds the pause after a connection that was refused. gRPC's own
// grows to two minutes, longer than anybody waits for a step: a server that is
// back would not be noticed.
var reconnect = grpc.ConnectParams{
	Backoff:           backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: time.Second},
	MinConnectTimeout: defaultCall,
}

// dial makes a connection of its own for each server: which of them answers is
// ours to know, for they need not have the same clock.
func dial(addr string, tc *tls.Config) (*grpc.ClientConn, error) {
	bad := fault.New("ledger.tree-config", "address", addr, "host:port").Of(fault.Usage)
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		bad.Err = err
		return nil, bad
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return nil, bad
	}
	creds := insecure.NewCredentials()
	if tc != nil {
		creds = credentials.NewTLS(tc)
	}
	conn, err := grpc.NewClient("passthrough:///"+addr, grpc.WithTransportCredentials(creds), grpc.WithDisableServiceConfig(),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAnswer)), grpc.WithNoProxy(), grpc.WithConnectParams(reconnect))
	if err != nil {
		bad.Err = err
		return nil, bad
	}
	return conn, nil
}

// Close ends the connections.
func (t *Tree) Close() error {
	for _, c := range t.conns {
		_ = c.Close() // nothing of ours is lost by it
	}
	return nil
}

// do calls f with the server in use until it answers, and with the next one
// where it does not, until ctx ends. f may be called again after it was done:
// every request of ours may be repeated.
func (t *Tree) do(ctx context.Context, f func(context.Context, conn) error) error {
	pause := 20 * time.Millisecond
	var last error
	for round := 1; ; round++ {
		err := t.once(ctx, f)
		if err == nil || !again(err) {
			return t.refused(err)
		}
		if ctx.Err() == nil || last == nil {
			last = err
		}
		t.at = (t.at + 1) % len(t.conns)
		if round%len(t.conns) != 0 {
			continue
		}
		if !sleep(ctx, pause) {
			return t.unreachable(ctx, last)
		}
		pause = min(2*pause, time.Second)
	}
}

// once calls f within the deadline of one request.
func (t *Tree) once(ctx context.Context, f func(context.Context, conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, t.cfg.Call)
	defer cancel()
	err := f(ctx, t.conns[t.at])
	if s := status.Convert(err); s.Code() == codes.ResourceExhausted && strings.HasPrefix(s.Message(), largeMessage) {
		return &fault.Error{Code: "ledger.tree-refused", Place: t.place(), Got: heard(s.Message()), Err: errLarge}
	}
	return err
}

// largeMessage is how gRPC's client says that it did not take an answer; its
// code alone may be the server's.
const largeMessage = "grpc: received message larger than max"

// again tells whether another try, or another server, may succeed. What the
// database behind a server says in its distress comes as Unknown.
func again(err error) bool {
	if fault.Code(err) != "" {
		return false // an answer
	}
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.Unknown, codes.Internal, codes.Aborted, codes.ResourceExhausted:
		return true
	}
	return false
}

// refused gives an answer that no repetition changes its code.
func (t *Tree) refused(err error) error {
	if err == nil {
		return nil
	}
	if fault.Code(err) != "" {
		return err // ours
	}
	e := fault.Wrap("ledger.tree-refused", t.place(), err)
	e.Got = heard(status.Convert(err).Message())
	switch status.Code(err) {
	case codes.NotFound:
		e.Code, e.Kind = "ledger.tree-missing", fault.Usage
	case codes.PermissionDenied, codes.FailedPrecondition:
		e.Code = "ledger.tree-state"
	case codes.Unauthenticated, codes.Unimplemented:
		e.Kind = fault.Unreachable
	}
	return e
}

// unreachable ends the waiting: the deadline has passed, or the person did not
// want to wait any longer.
func (t *Tree) unreachable(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return fault.Wrap("ledger.tree-stopped", t.place(), ctx.Err()).Of(fault.Unreachable)
	}
	e := fault.Wrap("ledger.tree-unreachable", strings.Join(t.cfg.Addresses, "、"), err).Of(fault.Unreachable)
	e.Got = heard(status.Convert(err).Message())
	return e
}

func (t *Tree) place() string { return "tree " + strconv.FormatInt(t.cfg.Tree, 10) }

// log calls the log's service.
func (t *Tree) log(ctx context.Context, f func(context.Context, trillian.TrillianLogClient) error) error {
	return t.do(ctx, func(ctx context.Context, c conn) error { return f(ctx, trillian.NewTrillianLogClient(c)) })
}

// admin calls the service that makes and changes trees.
func (t *Tree) admin(ctx context.Context, f func(context.Context, trillian.TrillianAdminClient) error) error {
	return t.do(ctx, func(ctx context.Context, c conn) error { return f(ctx, trillian.NewTrillianAdminClient(c)) })
}

// sleep waits; false: ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
