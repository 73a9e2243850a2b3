package trillian

import (
	"context"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sunlot/sunlot/internal/cluster"
	"github.com/sunlot/sunlot/ledger/local"
)

// brief is how long a writer waits where it waits in vain: long enough to get to
// the fault on a machine that is busy with something else.
const brief = time.Second

// breaks is the cluster for a test that ends servers of it: all of them run
// again afterwards, whatever happened.
func breaks(t *testing.T) *cluster.Cluster {
	t.Helper()
	c := broken.up(t)
	mend(t, c) // what a test that failed has left may end a little later
	t.Cleanup(func() {
		if t.Failed() {
			tails(t, c)
		}
		mend(t, c)
	})
	return c
}

func mend(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	ended := false
	for _, s := range c.All() {
		if !s.Running() {
			ended = true
			if err := s.Start(context.Background()); err != nil {
				t.Error(err)
			}
		}
	}
	if !ended {
		return
	}
	if _, err := c.Fence(context.Background()); err != nil {
		t.Error(err)
	}
}

// tails shows what the servers have printed last.
func tails(t *testing.T, c *cluster.Cluster) {
	for _, s := range c.All() {
		data, err := os.ReadFile(s.Log)
		t.Logf("%s runs: %v %v\n%s", s.Name, s.Running(), err, data[max(0, len(data)-3000):])
	}
}

// did fails the test where breaking or mending itself fails.
func did(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// at lets something happen once, around the nth call of a method; after says
// that the real server has done the call. The client is not told.
func at(method string, nth int32, after bool, happen func()) lie {
	var count atomic.Int32
	return func(_ context.Context, m string, _ any, do func() (any, error)) (any, error) {
		if m != method || count.Add(1) != nth {
			return do()
		}
		if after {
			if _, err := do(); err != nil {
				return nil, err
			}
		}
		happen()
		return nil, status.Error(codes.Unavailable, "演示")
	}
}

// A log server dies by SIGKILL when it has done what it was asked and before it
// has said so. With a second one the same run goes on; with none it says so,
// and the next run goes on.
func TestLogServerKilledBetweenQueueAndAnswer(t *testing.T) {
	c := breaks(t)
	for _, nth := range []int32{1, 4, 9} {
		for _, alone := range []bool{true, false} {
			r := newRelay(t, c.LogServers[0].Addr)
			d := newDesk(t, r.addr)
			if !alone {
				d.cfg.Addresses = append(d.cfg.Addresses, c.LogServers[1].Addr)
			}
			d.must(d.next(3))
			dead := false
			r.lies(at("QueueLeaf", nth, true, func() { did(t, c.LogServers[0].Kill()); dead = true }))
			if alone {
				d.cfg.Wait = brief
				d.refuses("ledger.tree-unreachable", false, local.Batch{Entries: d.next(9)})
				if len(d.begun) != 9 {
					t.Errorf("%d entries are kept, want 9", len(d.begun))
				}
				d.cfg.Wait = 0
			} else {
				d.must(d.next(9))
			}
			if !dead {
				t.Fatal("nothing was killed")
			}
			did(t, c.LogServers[0].Start(t.Context()))
			d.mends()
		}
	}
}

// The answer of a queued leaf is lost on a real connection, and with it the
// connection; and so is a request.
func TestConnectionLost(t *testing.T) {
	c := breaks(t)
	for _, method := range []string{"QueueLeaf", "GetLatestSignedLogRoot", "GetLeavesByRange"} {
		for _, what := range []cluster.Loss{cluster.Request, cluster.Answer} {
			p, err := c.Proxy(c.LogServers[0])
			did(t, err)
			d := newDesk(t, p.Addr, c.LogServers[1].Addr)
			d.must(d.next(3))
			lost := p.Lose(method, what)
			d.must(d.next(5))
			select {
			case <-lost:
			default:
				t.Errorf("%s was not lost", method)
			}
			d.mends()
			p.Close()
		}
	}
}

// A log server that is down, and one that hears and says nothing: the other one
// is asked.
func TestSecondLogServer(t *testing.T) {
	c := breaks(t)
	d := newDesk(t, addressesOf(c)...)
	d.cfg.Call = 300 * time.Millisecond
	d.must(d.next(3))
	did(t, c.LogServers[0].Pause())
	d.must(d.next(5))
	did(t, c.LogServers[0].Resume())
	did(t, c.LogServers[0].Kill())
	d.must(d.next(5))
	did(t, c.LogServers[1].Kill())
	d.cfg.Wait = brief
	d.refuses("ledger.tree-unreachable", true, local.Batch{Entries: d.next(1)})
	did(t, c.LogServers[1].Start(t.Context()))
	did(t, c.LogServers[0].Start(t.Context()))
	d.cfg.Wait = 0
	d.mends()
}

// The network is cut while a batch is handed over: for a moment, and for longer
// than the writer waits.
func TestNetworkCut(t *testing.T) {
	c := breaks(t)
	p, err := c.Proxy(c.LogServers[0])
	did(t, err)
	for _, after := range []bool{false, true} {
		r := newRelay(t, p.Addr)
		d := newDesk(t, r.addr)
		d.must(d.next(3))
		back := make(chan error, 1)
		r.lies(at("QueueLeaf", 5, after, func() {
			p.Cut()
			time.AfterFunc(300*time.Millisecond, func() { back <- p.Restore() })
		}))
		d.must(d.next(9))
		did(t, <-back)

		r.lies(at("QueueLeaf", 5, after, p.Cut))
		d.cfg.Wait = brief
		d.refuses("ledger.tree-unreachable", false, local.Batch{Entries: d.next(9)})
		d.refuses("ledger.tree-unreachable", true, local.Batch{})
		did(t, p.Restore())
		d.cfg.Wait = 0
		d.mends()
	}
}

// blocked starts a step and has the sequencer's transaction wait in the
// database when it has written the leaves and not yet the new nodes. release
// lets it go on.
func blocked(t *testing.T, c *cluster.Cluster, d *desk, n int) (done chan error, release func()) {
	t.Helper()
	ctx, locked := t.Context(), make(chan struct{})
	go func() {
		defer close(locked) // ended by release, with an error that is its own
		c.Postgres.SQL(ctx, "LOCK TABLE Subtree, TreeHead IN EXCLUSIVE MODE; SELECT pg_sleep(50);")
	}()
	asks := func(q string) func() bool {
		return func() bool {
			out, err := c.Postgres.SQL(ctx, q)
			did(t, err)
			return out != "0"
		}
	}
	until(t, "the tables are locked", asks("SELECT count(*) FROM pg_locks WHERE mode = 'ExclusiveLock' AND granted AND relation = 'treehead'::regclass"))
	done = make(chan error, 1)
	go func() { done <- d.step(local.Batch{Entries: d.next(n)}) }()
	until(t, "the sequencer stands in the middle", asks("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation IN ('subtree'::regclass, 'treehead'::regclass)"))
	return done, func() {
		_, err := c.Postgres.SQL(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(50)%' AND pid <> pg_backend_pid()")
		did(t, err)
		<-locked
	}
}

// The signer that holds the tree dies by SIGKILL in the middle of integrating a
// batch. Its transaction is undone, the other signer is elected, and the step
// that was waiting is acknowledged.
func TestSignerKilledWhileIntegrating(t *testing.T) {
	c := breaks(t)
	d := newDesk(t, addressesOf(c)...)
	d.must(d.next(3))
	master, err := c.Master(t.Context(), d.cfg.Tree)
	did(t, err)
	done, release := blocked(t, c, d, 300)
	did(t, master.Kill())
	release()
	ended, err := c.Fence(t.Context())
	if err != nil || ended < 1 {
		t.Errorf("%d leases ended, %v", ended, err)
	}
	did(t, <-done)
	if other, err := c.Master(t.Context(), d.cfg.Tree); err != nil || other == master {
		t.Errorf("%v holds the tree, %v", other, err)
	}
	did(t, master.Start(t.Context()))
	d.mends()
}

// endSigners lets nothing be integrated until they are started again. They are
// killed: one that only stands holds the locks of the transaction it stands in.
func endSigners(t *testing.T, c *cluster.Cluster) (start func()) {
	t.Helper()
	for _, s := range c.Signers {
		did(t, s.Kill())
	}
	return func() {
		t.Helper()
		for _, s := range c.Signers {
			did(t, s.Start(t.Context()))
		}
		_, err := c.Fence(t.Context())
		did(t, err)
	}
}

// No signer: the entries are queued, the writer says that they wait, and the
// run after a signer is back finds them.
func TestNoSigner(t *testing.T) {
	c := breaks(t)
	d := newDesk(t, addressesOf(c)...)
	d.must(d.next(3))
	start := endSigners(t, c)
	d.cfg.Wait = brief
	d.refuses("ledger.tree-late", false, local.Batch{Entries: d.next(20)})
	d.refuses("ledger.tree-late", true, local.Batch{})
	d.refuses("ledger.tree-late", true, local.Batch{Entries: d.next(1)}) // what was begun comes first
	start()
	d.cfg.Wait = 0
	d.mends()
	if n := len(d.acked); n != 25 {
		t.Errorf("%d entries, want 25", n)
	}
}

// Both signers believe that they are alone and integrate the same trees.
func TestBothSignersAreMasters(t *testing.T) {
	if testing.Short() {
		broken.up(t) // says what is left out
	}
	c := cluster.New(t, cluster.Options{Interval: 10 * time.Millisecond, Force: true})
	for i := range 3 {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, addressesOf(c)...)
			for _, n := range []int{1, 250, 1, 1, 60, 1, 3, 2, 1} {
				d.must(d.next(n))
			}
			d.mends()
		})
	}
}

// etcd dies: who holds a tree holds it, but nobody is elected for a new one.
func TestNoElections(t *testing.T) {
	c := breaks(t)
	d := newDesk(t, addressesOf(c)...)
	d.must(d.next(3))
	did(t, c.Etcd.Kill())
	e := newDesk(t, addressesOf(c)...)
	e.cfg.Wait = brief
	e.refuses("ledger.tree-late", false, local.Batch{Entries: e.next(3)})
	if err := d.step(local.Batch{Entries: d.next(2)}); err != nil {
		wantCode(t, err, "ledger.tree-late") // its signer gave the tree up just then
	}
	d.holds()
	did(t, c.Etcd.Start(t.Context()))
	for _, s := range c.Signers { // 30 s without etcd end one
		if !s.Running() {
			did(t, s.Start(t.Context()))
		}
	}
	e.cfg.Wait = 0
	e.mends()
	d.mends()
}

// PostgreSQL ends in order, at once, or by SIGKILL, and comes back, while a step
// is at each of its calls; the step itself goes on.
func TestPostgresEnds(t *testing.T) {
	c := breaks(t)
	ends := []struct {
		name string
		end  func() error
	}{{"stopped", c.Postgres.Stop}, {"immediate", c.Postgres.Immediate}, {"killed", c.Postgres.Kill}}
	for i, call := range []string{"QueueLeaf", "QueueLeaf", "GetLatestSignedLogRoot", "GetLeavesByRange"} {
		for k, e := range ends {
			if !*long && k != i%3 {
				continue
			}
			r := newRelay(t, c.LogServers[0].Addr)
			d := newDesk(t, r.addr)
			d.must(d.next(3))
			nth := map[string]int32{"QueueLeaf": 4, "GetLatestSignedLogRoot": 3, "GetLeavesByRange": 3}[call]
			back := make(chan error, 1)
			happened := false
			r.lies(at(call, nth, i != 1, func() {
				happened = true
				did(t, e.end())
				go func() { back <- c.Postgres.Start(context.Background()) }()
			}))
			err := d.step(local.Batch{Entries: d.next(9)})
			if !happened {
				t.Fatalf("%s at %s: nothing happened", e.name, call)
			}
			did(t, <-back)
			if err != nil {
				t.Errorf("%s at %s: %v", e.name, call, err)
			}
			d.mends()
		}
	}
}

// PostgreSQL is away for longer than the writer waits.
func TestPostgresAway(t *testing.T) {
	c := breaks(t)
	r := newRelay(t, c.LogServers[0].Addr)
	d := newDesk(t, r.addr)
	d.must(d.next(3))
	r.lies(at("QueueLeaf", 4, true, func() { did(t, c.Postgres.Immediate()) }))
	d.cfg.Wait = brief
	d.refuses("ledger.tree-unreachable", false, local.Batch{Entries: d.next(9)})
	d.refuses("ledger.tree-unreachable", true, local.Batch{})
	did(t, c.Postgres.Start(t.Context()))
	d.cfg.Wait = 0
	d.mends()
}
