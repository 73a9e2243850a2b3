//go:build linux

package trillian

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/stats"

	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

// large: a ledger of 200,000 entries becomes a tree, the tree a folder again;
// then entries are appended to it and to one of a thousand, by turns.
func (x *bench) large() {
	// Both end in a bundle as full as the other's: how full it is decides what is
	// compared with the tree, between two entries and 512.
	const least = 1000
	small, large := x.laid(1, least), x.laid(2, *benchLeaves+(least-*benchLeaves%ledger.TileWidth+ledger.TileWidth)%ledger.TileWidth)
	before := x.sql("SELECT pg_database_size(current_database())")
	head := large.head(x)
	x.byItself(false)
	x.load(small, "")
	x.load(large, "large/load")
	x.ranges(large, head, "large/before-analyze")
	x.byItself(true)
	x.must(x.Postgres.Analyze(x.Context()))
	x.ranges(large, head, "large/after-analyze")
	measured("large/size", float64(head.Size), "")
	x.weigh(float64(head.Size), before)
	for i := range *benchRounds {
		x.render(large, head, i)
	}
	x.must(large.tree.Compare(x.Context(), large.Dir(), head, nil, nil)) // the rows are in memory for the first as for the others
	var l laps
	for range *benchRounds {
		l.time(func() { x.must(large.tree.Compare(x.Context(), large.Dir(), head, nil, nil)) })
	}
	measured("large/compare", float64(head.Size)*1000/l.ms(0.5), "leaves/s")
	x.growth(small, large)
}

// laid makes a ledger in a folder, without any server.
func (x *bench) laid(n, entries int) *office {
	o := &office{opt: x.options(10 * n), tree: x.open(10 * n)}
	o.opt.Copies = false // the folder of a tree that was moved; what is appended has them
	l, err := local.Create(o.opt)
	x.must(err)
	_, err = l.Append(local.Batch{Entries: x.entries(entries)})
	x.must(err)
	x.must(l.Close())
	o.opt.Copies = true
	read := o.opt
	read.Log = nil
	o.Log, err = local.Open(read)
	x.must(err)
	return o
}

func (o *office) head(x *bench) ledger.Checkpoint {
	note, err := o.Dir().Checkpoint()
	x.must(err)
	n, err := ledger.ParseNote(note)
	x.must(err)
	c, err := ledger.ParseCheckpoint(n.Text)
	x.must(err)
	return c
}

// load makes the tree and opens the ledger for writing.
func (x *bench) load(o *office, what string) {
	head := o.head(x)
	start := time.Now()
	_, err := o.tree.Load(x.Context(), "演示", o.Dir(), head, nil)
	x.must(err)
	if what != "" {
		measured(what, float64(head.Size)/time.Since(start).Seconds(), "leaves/s")
	}
}

// byItself lets PostgreSQL analyze the tables when it finds the time, or not.
// Where it comes just before a bulk load it knows the tables as small ones until
// it comes again, and signers and readers are slow by the square of the rows:
// that is for a test, and a load is for the bench.
func (x *bench) byItself(on bool) {
	for _, table := range []string{"LeafData", "SequencedLeafData"} {
		_, err := x.Postgres.SQL(x.Context(), "ALTER TABLE "+table+" SET (autovacuum_enabled = "+strconv.FormatBool(on)+")")
		x.must(err)
	}
}

// ranges reads some ranges: before ANALYZE the planner knows nothing of the
// tables.
func (x *bench) ranges(o *office, head ledger.Checkpoint, what string) {
	const ranges = 16
	leaves := 0
	start := time.Now()
	for k := range uint64(ranges) {
		got, err := o.tree.rows(x.Context(), head.Size/ranges*k, ledger.TileWidth)
		x.must(err)
		leaves += len(got)
	}
	measured(what, float64(leaves)/time.Since(start).Seconds(), "leaves/s")
}

// weigh asks for the size of the tables.
func (x *bench) weigh(leaves, before float64) {
	measured("large/bytes/all", (x.sql("SELECT pg_database_size(current_database())")-before)/leaves, "bytes/leaf")
	for _, table := range []string{"LeafData", "SequencedLeafData", "Subtree", "TreeHead"} {
		measured("large/bytes/"+table, x.sql("SELECT pg_total_relation_size('"+table+"')")/leaves, "bytes/leaf")
	}
}

// render makes the folder anew, all of it on the disk.
func (x *bench) render(o *office, head ledger.Checkpoint, n int) {
	d := x.disk("rendered-" + strconv.Itoa(n))
	defer d.Close()
	syscall.Sync() // what was written before is not this one's to wait for
	start, used := time.Now(), processor()
	x.must(o.tree.Render(x.Context(), d, head, nil))
	took := time.Since(start)
	measured("large/render/"+strconv.Itoa(n), float64(head.Size)/took.Seconds(), "leaves/s")
	measured("large/render-cpu/"+strconv.Itoa(n), (processor() - used).Seconds(), "s")
	x.must(d.Remove("tile"))
}

// growth appends by turns to the small ledger and to the large one. Each step
// begins when the sequencer has just been round: its work for the disk and ours
// meet in the same places.
func (x *bench) growth(offices ...*office) {
	const steps = 100
	clock := x.theirs(30)
	counts := make([]*counter, len(offices))
	for i, o := range offices {
		counts[i] = &counter{}
		x.counted(o.tree, counts[i])
		x.must(o.Log.Close())
		o.opt.Sequence = o.tree.Sequence(x.Context())
		o.opt.Hook = counts[i].hook
		var err error
		o.Log, err = local.Open(o.opt)
		x.must(err)
		x.Cleanup(func() { o.Close() })
	}
	for n := range steps + 2 {
		for k := range offices {
			i := (n + k) % len(offices) // neither always has what the other left to the disk
			o, entry := offices[i], x.entry()
			if n < 2 { // connections, folders
				o.append(x, entry)
				*counts[i] = counter{}
				continue
			}
			runtime.GC() // each begins with the same heap
			clock.bare(x, x.entry())
			counts[i].step(x, func() { o.append(x, entry) })
		}
	}
	names := []string{"append/small", "append/large"}
	for i, o := range offices {
		counts[i].tell(names[i])
		measured(names[i]+"/size", float64(o.Size()), "")
	}
	// What each command does first: locks, what the guard reads, what is compared
	// with the tree.
	var opens [2]laps
	for range steps {
		for i, o := range offices {
			x.must(o.Log.Close())
			runtime.GC()
			opens[i].time(func() {
				var err error
				o.Log, err = local.Open(o.opt)
				x.must(err)
			})
		}
	}
	for i := range offices {
		opens[i].tell(names[i] + "/open")
	}
}

// counted gives a tree connections that are counted.
func (x *bench) counted(t *Tree, c *counter) {
	for i, addr := range t.cfg.Addresses {
		t.conns[i].Close()
		conn, err := grpc.NewClient("passthrough:///"+addr, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDisableServiceConfig(),
			grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAnswer)), grpc.WithNoProxy(), grpc.WithStatsHandler(c))
		x.must(err)
		t.conns[i] = conn
	}
}

// counter counts what the steps of one ledger cost.
type counter struct {
	wall, work, cpu, servers laps         // work: wall but for the wait for the sequencer
	queued, seen             atomic.Int64 // when the entry was queued, when the last root came
	asked, read              atomic.Int64 // calls but for those that wait for a root; bytes of all answers
	polls                    atomic.Int64
	files, diskWait          atomic.Int64
}

func (c *counter) step(x *bench, f func()) {
	others := x.processors()
	used := processor()
	c.wall.time(f)
	wait := time.Duration(c.seen.Load() - c.queued.Load())
	c.work = append(c.work, c.wall[len(c.wall)-1]-wait)
	c.cpu = append(c.cpu, processor()-used)
	c.servers = append(c.servers, x.processors()-others)
}

func (c *counter) tell(what string) {
	c.wall.tell(what + "/wall")
	c.work.tell(what + "/own")
	c.cpu.tell(what + "/cpu")
	c.servers.tell(what + "/servers")
	steps := float64(len(c.wall))
	measured(what+"/calls", float64(c.asked.Load())/steps, "")
	measured(what+"/polls", float64(c.polls.Load())/steps, "")
	measured(what+"/read", float64(c.read.Load())/steps/1000, "kB")
	measured(what+"/files", float64(c.files.Load())/steps, "")
	measured(what+"/syncs", float64(c.diskWait.Load())/steps, "")
}

// hook counts files and waits for the disk.
func (c *counter) hook(op, _ string, do func() error) error {
	switch op {
	case "write", "create":
		c.files.Add(1)
	case "writesync":
		c.files.Add(1)
		c.diskWait.Add(1)
	case "sync", "syncdir":
		c.diskWait.Add(1)
	}
	return do()
}

// method is the key of a call's method in its context.
type method struct{}

// TagRPC and those below are a stats.Handler of gRPC.
func (c *counter) TagRPC(ctx context.Context, info *stats.RPCTagInfo) context.Context {
	name := path.Base(info.FullMethodName)
	if name == "GetLatestSignedLogRoot" {
		c.polls.Add(1) // how many, depends on when the sequencer comes
	} else {
		c.asked.Add(1)
	}
	return context.WithValue(ctx, method{}, name)
}

func (c *counter) HandleRPC(ctx context.Context, s stats.RPCStats) {
	switch s := s.(type) {
	case *stats.InPayload:
		c.read.Add(int64(s.WireLength))
	case *stats.End:
		switch ctx.Value(method{}) {
		case "QueueLeaf":
			c.queued.Store(time.Now().UnixNano())
		case "GetLatestSignedLogRoot":
			c.seen.Store(time.Now().UnixNano())
		}
	}
}

func (c *counter) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (c *counter) HandleConn(context.Context, stats.ConnStats)                       {}

// processor is the processor time of this process: the writer's, not the
// servers'.
func processor() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// processors is the processor time of the servers' processes, whose idle rounds
// are in it, in steps of 10 ms: only its mean says something.
func (x *bench) processors() time.Duration {
	const tick = 10 * time.Millisecond
	servers := map[string]bool{}
	for _, s := range x.All() {
		servers[strconv.Itoa(s.Pid())] = true
	}
	var sum time.Duration
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(data), ") ")
		f := strings.Fields(rest)
		// From the state, the third field of proc(5): the parent, user and system
		// time, and those of children that have ended. PostgreSQL's are its own.
		if len(f) < 15 || !servers[filepath.Base(filepath.Dir(file))] && !servers[f[1]] {
			continue
		}
		for _, n := range f[11:15] {
			ticks, _ := strconv.ParseInt(n, 10, 64)
			sum += time.Duration(ticks) * tick
		}
	}
	return sum
}
