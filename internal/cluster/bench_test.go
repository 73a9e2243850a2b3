//go:build linux

package cluster

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/trillian"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	benchTrees   = 100
	benchWriters = 8
	benchLeaf    = 600  // bytes, as an entry of an office
	benchLeaves  = 5000 // of a round
)

// BenchmarkServers is what the servers themselves can do on this machine, our
// writer not among it: 100 trees, 8 writers, leaves of 600 bytes through both
// log servers, until every leaf is in its tree. It also weighs the database and
// the servers and counts their sessions: the figures of deploy/README.md.
//
//	go test -run '^$' -bench Servers ./internal/cluster
func BenchmarkServers(b *testing.B) {
	for _, quota := range []string{"noop", "postgresql"} {
		b.Run("quota="+quota, func(b *testing.B) { benchServers(b, quota) })
	}
}

func benchServers(b *testing.B, quota string) {
	c := New(b, Options{Quota: quota})
	var conns []*grpc.ClientConn
	for _, s := range c.LogServers {
		conn, err := grpc.NewClient("passthrough:///"+s.Addr, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithNoProxy())
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		conns = append(conns, conn)
	}
	trees := benchMake(b, c, conns[0])
	empty := c.count(b, "SELECT pg_database_size(current_database())")
	leaves := 0
	for b.Loop() {
		benchRound(b, conns, trees, leaves)
		leaves += benchLeaves
		for c.count(b, "SELECT count(*) FROM SequencedLeafData") < int64(leaves) {
			if !pause(b.Context()) {
				b.Fatal(b.Context().Err())
			}
		}
	}
	b.ReportMetric(float64(leaves)/b.Elapsed().Seconds(), "leaves/s")
	b.ReportMetric(float64(c.count(b, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")), "sessions")
	if _, err := c.Postgres.run(b.Context(), nil, nil, "psql", "-X", "-q", "-d", databaseName, "-c", "VACUUM ANALYZE"); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(c.count(b, "SELECT pg_database_size(current_database())")-empty)/float64(leaves), "bytes/leaf")
	b.ReportMetric(resident(b, c.LogServers[0]), "MiB/log-server")
	b.ReportMetric(max(resident(b, c.Signers[0]), resident(b, c.Signers[1])), "MiB/signer")
}

// benchRound queues leaves, each writer one after the other.
func benchRound(b *testing.B, conns []*grpc.ClientConn, trees []int64, from int) {
	var wg sync.WaitGroup
	for w := range benchWriters {
		wg.Go(func() {
			for i := from + w; i < from+benchLeaves; i += benchWriters {
				value := strconv.Itoa(i) + strings.Repeat("x", benchLeaf)
				_, err := trillian.NewTrillianLogClient(conns[i%len(conns)]).QueueLeaf(b.Context(),
					&trillian.QueueLeafRequest{LogId: trees[i%len(trees)], Leaf: &trillian.LogLeaf{LeafValue: []byte(value[:benchLeaf])}})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// resident is the memory of a process in MiB.
func resident(b *testing.B, s *Server) float64 {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(s.Pid()) + "/status")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "VmRSS:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kib) / 1024
}

// benchMake makes the trees and waits until a signer has each.
func benchMake(b *testing.B, c *Cluster, conn *grpc.ClientConn) []int64 {
	var trees []int64
	begin := time.Now()
	for i := range benchTrees {
		tree, err := trillian.NewTrillianAdminClient(conn).CreateTree(b.Context(), &trillian.CreateTreeRequest{Tree: &trillian.Tree{
			TreeState: trillian.TreeState_ACTIVE, TreeType: trillian.TreeType_LOG, DisplayName: fmt.Sprint("演示", i), MaxRootDuration: durationpb.New(0)}})
		if err == nil {
			_, err = trillian.NewTrillianLogClient(conn).InitLog(b.Context(), &trillian.InitLogRequest{LogId: tree.GetTreeId()})
		}
		if err != nil {
			b.Fatal(err)
		}
		trees = append(trees, tree.TreeId)
	}
	made := time.Since(begin)
	for held := 0; held < benchTrees; {
		held = 0
		for _, s := range c.Signers {
			page, err := s.metrics(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			for line := range strings.Lines(page) {
				if strings.HasPrefix(line, "is_master{") && strings.HasSuffix(line, " 1\n") {
					held++
				}
			}
		}
		pause(b.Context())
	}
	b.Logf("%d trees made in %v, held by a signer after %v", benchTrees, made.Round(time.Millisecond), time.Since(begin).Round(time.Millisecond))
	return trees
}

func (c *Cluster) count(tb testing.TB, query string) int64 {
	tb.Helper()
	out, err := c.Postgres.SQL(tb.Context(), query)
	if err != nil {
		tb.Fatal(err)
	}
	n, err := strconv.ParseInt(out, 10, 64)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}
