//go:build linux

package cluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"os"
	"testing"
	"time"

	"github.com/google/trillian"
	"github.com/google/trillian/types"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// log is a tree seen by a client through a front with certificates.
type log struct {
	t    *testing.T
	conn *grpc.ClientConn
	id   int64
}

func dial(t *testing.T, addr string, a *Authority, units ...string) *grpc.ClientConn {
	t.Helper()
	cert, key, err := a.Client("office", units...)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	return dialWith(t, addr, a, pair)
}

func dialWith(t *testing.T, addr string, a *Authority, certs ...tls.Certificate) *grpc.ClientConn {
	t.Helper()
	pem, err := os.ReadFile(a.File)
	if err != nil {
		t.Fatal(err)
	}
	trust := x509.NewCertPool()
	trust.AppendCertsFromPEM(pem)
	conn, err := grpc.NewClient("passthrough:///"+addr, grpc.WithNoProxy(), grpc.WithDisableServiceConfig(), grpc.WithDisableRetry(),
		grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{RootCAs: trust, Certificates: certs})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func (l *log) create(name string) {
	l.t.Helper()
	tree, err := trillian.NewTrillianAdminClient(l.conn).CreateTree(l.t.Context(), &trillian.CreateTreeRequest{Tree: &trillian.Tree{
		TreeState: trillian.TreeState_ACTIVE, TreeType: trillian.TreeType_LOG, DisplayName: name, MaxRootDuration: durationpb.New(0)}})
	if err != nil {
		l.t.Fatal(err)
	}
	l.id = tree.TreeId
	if _, err := trillian.NewTrillianLogClient(l.conn).InitLog(l.t.Context(), &trillian.InitLogRequest{LogId: l.id}); err != nil {
		l.t.Fatal(err)
	}
}

func (l *log) queue(text string) error {
	ctx, cancel := context.WithTimeout(l.t.Context(), 10*time.Second)
	defer cancel()
	_, err := trillian.NewTrillianLogClient(l.conn).QueueLeaf(ctx, &trillian.QueueLeafRequest{LogId: l.id, Leaf: &trillian.LogLeaf{LeafValue: []byte(text)}})
	return err
}

func (l *log) size() uint64 {
	l.t.Helper()
	resp, err := trillian.NewTrillianLogClient(l.conn).GetLatestSignedLogRoot(l.t.Context(), &trillian.GetLatestSignedLogRootRequest{LogId: l.id})
	if err != nil {
		l.t.Fatal(err)
	}
	var root types.LogRootV1
	if err := root.UnmarshalBinary(resp.SignedLogRoot.LogRoot); err != nil {
		l.t.Fatal(err)
	}
	return root.TreeSize
}

// await waits until the tree has a size and returns how long that took.
func (l *log) await(size uint64) time.Duration {
	l.t.Helper()
	begin := time.Now()
	ctx, cancel := context.WithTimeout(l.t.Context(), 50*time.Second) // less than a dead lease lives
	defer cancel()
	for l.size() < size {
		if !pause(ctx) {
			l.t.Fatalf("the tree has %d leaves, want %d", l.size(), size)
		}
	}
	return time.Since(begin)
}

// TestTrillian: a tree lives on these servers, over TLS with certificates; the
// network loses what it is told to; a killed signer's trees go to the other.
func TestTrillian(t *testing.T) {
	c := New(t, Options{Interval: 50 * time.Millisecond})
	a, err := NewAuthority(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	front, err := c.Front(c.LogServers[0], a)
	if err != nil {
		t.Fatal(err)
	}
	l := &log{t: t, conn: dial(t, front.Addr, a)}
	begin := time.Now()
	l.create("演示")
	made := time.Since(begin)
	if err := l.queue("first"); err != nil {
		t.Fatal(err)
	}
	l.await(1)
	t.Logf("a tree made in %v, its first leaf in it after %v", made, time.Since(begin))

	lost := front.Lose("QueueLeaf", Request)
	if err := l.queue("lost"); status.Code(err) != codes.Unavailable {
		t.Errorf("a lost request: %v", err)
	}
	<-lost
	front.Lose("QueueLeaf", Answer)
	if err := l.queue("done"); status.Code(err) != codes.Unavailable {
		t.Errorf("a lost answer: %v", err)
	}
	l.await(2)
	if err := l.queue("last"); err != nil {
		t.Error(err)
	}
	l.await(3)
	if got, err := c.Postgres.SQL(t.Context(), "SELECT convert_from(LeafValue, 'UTF8') FROM LeafData ORDER BY QueueTimestampNanos"); err != nil || got != "first\ndone\nlast" {
		t.Errorf("leaves %q, %v", got, err)
	}
	testFence(t, c, l)

	// Nothing is done for a client without a certificate.
	front.Cut()
	if err := l.queue("cut"); status.Code(err) != codes.Unavailable {
		t.Errorf("a cut network: %v", err)
	}
}

// testFence kills the signer that holds the tree: without Fence the other waits
// for the end of its lease.
func testFence(t *testing.T, c *Cluster, l *log) {
	size := l.size()
	master, err := c.Master(t.Context(), l.id)
	if err != nil {
		t.Fatal(err)
	}
	if err := master.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := l.queue("while nobody sequences"); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Fence(t.Context()); err != nil || n < 1 {
		t.Fatalf("%d leases ended, %v", n, err)
	}
	t.Logf("%s killed and fenced: the other has the leaf after %v", master.Name, l.await(size+1))
	if err := master.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Fence(t.Context()); err != nil || n != 0 {
		t.Errorf("%d leases of living signers ended, %v", n, err)
	}
}
