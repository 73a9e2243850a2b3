//go:build linux

package trillian

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/trillian"
	"github.com/google/trillian/client"
	"github.com/google/trillian/types"
	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/sunlot/sunlot/internal/cluster"
	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

// What make bench-cluster measures, on real servers; tools/bench-cluster.sh runs
// it and puts the limits beside the numbers.
var (
	benchPart   = flag.String("cluster", "", "parts of BenchmarkCluster: serial, offices, large or all; none: left out")
	benchDir    = flag.String("cluster-dir", "", "folder of the ledgers; a disk, not memory")
	benchLeaves = flag.Int("cluster-leaves", 200_000, "entries of the large ledger")
	benchRounds = flag.Int("cluster-rounds", 3, "how often ours and theirs take turns")
)

const (
	benchInterval = 100 * time.Millisecond // of the sequencers
	benchEntry    = 600                    // bytes
	benchOffices  = 100
	benchWriters  = 8
)

// BenchmarkCluster: two log servers, two signers under etcd's election,
// PostgreSQL, all on this machine.
//
//	serial   one office, one writer: an append until its checkpoint is
//	         published; Trillian's own client; queue and ask, and nothing else
//	offices  100 offices, 8 writers; Trillian's own client on as many trees
//	large    a tree is loaded, rendered, compared; an append to it and to a
//	         small one
//
// What is ours and what stands beside it take turns.
func BenchmarkCluster(b *testing.B) {
	parts := map[string]func(*bench){"serial": (*bench).serial, "offices": (*bench).offices, "large": (*bench).large}
	if *benchPart == "" {
		b.Skip("make bench-cluster runs it: it takes minutes")
	}
	if parts[*benchPart] == nil && *benchPart != "all" {
		b.Fatal(*benchPart)
	}
	x := &bench{B: b, Cluster: cluster.New(b, cluster.Options{Interval: benchInterval}), rng: rand.NewChaCha8([32]byte{1}), root: *benchDir}
	if x.root == "" {
		x.root = b.TempDir()
	}
	for _, name := range []string{"serial", "offices", "large"} {
		if *benchPart == name || *benchPart == "all" {
			start := time.Now()
			parts[name](x)
			measured(name+"/all", time.Since(start).Seconds(), "s")
		}
	}
}

type bench struct {
	*testing.B
	*cluster.Cluster
	root string // folder of the ledgers
	mu   sync.Mutex
	rng  *rand.ChaCha8
}

// measured prints one number for the script.
func measured(what string, value float64, unit string) {
	fmt.Printf("Cluster/%s 1 %.4f %s\n", what, value, unit)
}

// laps are the times of one kind of step.
type laps []time.Duration

func (l *laps) time(f func()) {
	start := time.Now()
	f()
	*l = append(*l, time.Since(start))
}

func (l laps) ms(at float64) float64 {
	sorted := slices.Sorted(slices.Values(l))
	return sorted[int(at*float64(len(sorted)-1))].Seconds() * 1000
}

func (l laps) tell(what string) {
	var sum time.Duration
	for _, d := range l {
		sum += d
	}
	measured(what+"/steps", float64(len(l)), "")
	measured(what+"/mean", sum.Seconds()*1000/float64(len(l)), "ms")
	measured(what+"/median", l.ms(0.5), "ms")
	measured(what+"/p95", l.ms(0.95), "ms")
}

func (x *bench) must(err error) {
	x.Helper()
	if err != nil {
		x.Fatal(err)
	}
}

// entry is random: nothing on the way may gain by packing it.
func (x *bench) entry() []byte {
	x.mu.Lock()
	defer x.mu.Unlock()
	e := make([]byte, benchEntry)
	x.rng.Read(e)
	return e
}

func (x *bench) entries(n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = x.entry()
	}
	return out
}

// servers in the order in which office n uses them: half of the offices begin
// with the other one.
func (x *bench) servers(n int) []string {
	var out []string
	for i := range x.LogServers {
		out = append(out, x.LogServers[(n+i)%len(x.LogServers)].Addr)
	}
	return out
}

// office is a ledger in a folder on the disk and its tree.
type office struct {
	*local.Log
	tree *Tree
	opt  local.Options
}

func (x *bench) options(n int) local.Options {
	origin := "cluster.example/" + strconv.Itoa(n)
	key, err := ledger.NewSigner(origin, [32]byte{byte(n), byte(n >> 8)})
	x.must(err)
	dir := filepath.Join(x.root, strconv.Itoa(n))
	x.must(os.MkdirAll(dir, 0o755))
	return local.Options{Dir: filepath.Join(dir, "ledger"), Guard: filepath.Join(dir, "guard"), Origin: origin, Log: key, Now: 1_692_806_400, Copies: true, Writer: "演示"}
}

func (x *bench) open(n int) *Tree {
	t, err := Open(Config{Addresses: x.servers(n), Origin: "cluster.example/" + strconv.Itoa(n), Writer: "演示"})
	x.must(err)
	x.Cleanup(func() { t.Close() })
	return t
}

// office makes office n with its first entry in it.
func (x *bench) office(n int) *office {
	o := &office{tree: x.open(n), opt: x.options(n)}
	_, err := o.tree.Create(x.Context(), "演示")
	x.must(err)
	o.opt.Sequence = o.tree.Sequence(x.Context())
	o.Log, err = local.Create(o.opt)
	x.must(err)
	x.Cleanup(func() { o.Close() })
	o.append(x, x.entry())
	return o
}

// append is a whole step: when it returns the checkpoint is published, and
// everything that it covers is on the disk.
func (o *office) append(x *bench, entries ...[]byte) {
	if _, err := o.Append(local.Batch{Entries: entries}); err != nil {
		x.Error(err) // of any goroutine
	}
}

// theirs is a tree with Trillian's own client.
type theirs struct {
	*client.LogClient
	rpc  trillian.TrillianLogClient
	tree *Tree
}

// theirs makes tree n with its first leaf in it.
func (x *bench) theirs(n int) *theirs {
	t := &theirs{tree: x.open(n)}
	id, err := t.tree.Create(x.Context(), "演示")
	x.must(err)
	t.rpc = trillian.NewTrillianLogClient(t.tree.conns[0])
	t.LogClient = client.New(id, t.rpc, client.NewLogVerifier(rfc6962.DefaultHasher), types.LogRootV1{})
	t.append(x, x.entry())
	return t
}

func (t *theirs) append(x *bench, entry []byte) {
	ctx, cancel := context.WithTimeout(x.Context(), time.Minute)
	defer cancel()
	if err := t.AddLeaf(ctx, entry); err != nil {
		x.Error(err)
	}
}

// bare is the least that a client can do: it queues, and asks for the root every
// millisecond until the leaf is in it. It verifies nothing.
func (t *theirs) bare(x *bench, entry []byte) {
	size := t.size(x)
	x.must(t.QueueLeaf(x.Context(), entry))
	for t.size(x) == size {
		time.Sleep(time.Millisecond)
	}
}

func (t *theirs) size(x *bench) uint64 {
	resp, err := t.rpc.GetLatestSignedLogRoot(x.Context(), &trillian.GetLatestSignedLogRootRequest{LogId: t.LogID})
	x.must(err)
	var root types.LogRootV1
	x.must(root.UnmarshalBinary(resp.GetSignedLogRoot().GetLogRoot()))
	return root.TreeSize
}

// serial: blocks of steps one after the other. Each begins when the one before
// has been integrated and so waits for a whole round of the sequencer.
func (x *bench) serial() {
	const block = 34
	ours, own, bare := x.office(1), x.theirs(2), x.theirs(3)
	var a, c, q laps
	for range *benchRounds {
		for range block {
			a.time(func() { ours.append(x, x.entry()) })
		}
		for range block {
			q.time(func() { bare.bare(x, x.entry()) })
		}
		for range block {
			c.time(func() { own.append(x, x.entry()) })
		}
	}
	a.tell("serial/ours")
	q.tell("serial/bare")
	c.tell("serial/client")
	measured("serial/ours/size", float64(ours.Size()), "")
}

// disk is a folder to render into.
func (x *bench) disk(name string) *durable.Dir {
	d, err := durable.Open(filepath.Join(x.root, name), durable.Options{})
	x.must(err)
	return d
}

// sql asks for one number.
func (x *bench) sql(query string) float64 {
	out, err := x.Postgres.SQL(context.WithoutCancel(x.Context()), query)
	x.must(err)
	n, err := strconv.ParseFloat(out, 64)
	x.must(err)
	return n
}
