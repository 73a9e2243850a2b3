//go:build linux

package trillian

import (
	"sync"
	"time"
)

// offices: 100 offices, 8 writers, each of which takes the next office. The
// trees of whoever is not at work are frozen: the sequencers go through a
// hundred trees, not two hundred.
func (x *bench) offices() {
	ours, own := make([]*office, benchOffices), make([]*theirs, benchOffices)
	x.parallel(benchOffices, benchWriters, func(i int) { ours[i] = x.office(1000 + i) })
	freeze(x, ours, true)
	x.parallel(benchOffices, benchWriters, func(i int) { own[i] = x.theirs(2000 + i) })
	freeze(x, own, true)
	_, err := x.Postgres.SQL(x.Context(), "ANALYZE")
	x.must(err)

	var one, ten, eighty, client, many, bare rate
	for range *benchRounds {
		freeze(x, ours, false)
		append := func(i int, entries [][]byte) { ours[i].append(x, entries...) }
		one.count(x, 3, 1, benchWriters, append)
		ten.count(x, 1, 10, benchWriters, append)
		eighty.count(x, 5, 1, 10*benchWriters, append)
		freeze(x, ours, true)
		freeze(x, own, false)
		add := func(i int, entries [][]byte) { own[i].append(x, entries[0]) }
		client.count(x, 3, 1, benchWriters, add)
		many.count(x, 5, 1, 10*benchWriters, add)
		bare.count(x, 3, 1, benchWriters, func(i int, entries [][]byte) { own[i].bare(x, entries[0]) })
		freeze(x, own, true)
	}
	one.tell("offices/ours")
	ten.tell("offices/ours-ten")
	eighty.tell("offices/ours-eighty")
	client.tell("offices/client")
	many.tell("offices/client-eighty")
	bare.tell("offices/bare")
	freeze(x, own, false)
	x.queued(own)
	freeze(x, own, true)
}

// queued is what the servers take and integrate where nobody waits for
// anything: 8 goroutines queue, then the last leaf is waited for.
func (x *bench) queued(own []*theirs) {
	const each = 20
	sizes := make([]uint64, len(own))
	x.parallel(len(own), benchWriters, func(i int) { sizes[i] = own[i].size(x) })
	entries := x.entries(each * len(own))
	start := time.Now()
	x.parallel(len(entries), benchWriters, func(i int) {
		if err := own[i%len(own)].QueueLeaf(x.Context(), entries[i]); err != nil {
			x.Error(err)
		}
	})
	measured("offices/queued", float64(len(entries))/time.Since(start).Seconds(), "leaves/s")
	x.parallel(len(own), benchWriters, func(i int) {
		for !x.Failed() && own[i].size(x) < sizes[i]+each {
			time.Sleep(time.Millisecond)
		}
	})
	measured("offices/integrated", float64(len(entries))/time.Since(start).Seconds(), "leaves/s")
}

// rate is leaves over time.
type rate struct {
	leaves int
	took   time.Duration
	steps  laps
	mu     sync.Mutex
}

// count has workers go through the offices a number of times, with a batch for
// each. One of them at a time is at an office: a ledger has one writer, and of
// two goroutines with one of Trillian's clients the second waits for a root that
// the first has taken.
func (r *rate) count(x *bench, times, batch, workers int, step func(office int, entries [][]byte)) {
	n := times * benchOffices
	entries := x.entries(n * batch)
	var at [benchOffices]sync.Mutex
	start := time.Now()
	x.parallel(n, workers, func(i int) {
		at[i%benchOffices].Lock()
		defer at[i%benchOffices].Unlock()
		begin := time.Now()
		step(i%benchOffices, entries[i*batch:(i+1)*batch])
		took := time.Since(begin)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.steps = append(r.steps, took)
	})
	r.took += time.Since(start)
	r.leaves += n * batch
}

func (r *rate) tell(what string) {
	measured(what+"/leaves", float64(r.leaves), "")
	measured(what+"/rate", float64(r.leaves)/r.took.Seconds(), "leaves/s")
	measured(what+"/step-median", r.steps.ms(0.5), "ms")
	measured(what+"/step-p95", r.steps.ms(0.95), "ms")
}

// parallel calls f with 0 ≤ i < n, in order, by some goroutines.
func (x *bench) parallel(n, workers int, f func(i int)) {
	x.Helper()
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	wg.Wait()
	if x.Failed() {
		x.FailNow() // here, whichever goroutine it was
	}
}

func (o *office) on() *Tree { return o.tree }
func (t *theirs) on() *Tree { return t.tree }

// freeze freezes or thaws the trees.
func freeze[T interface{ on() *Tree }](x *bench, list []T, frozen bool) {
	x.Helper()
	x.parallel(len(list), benchWriters, func(i int) {
		f := list[i].on().Thaw
		if frozen {
			f = list[i].on().Freeze
		}
		if err := f(x.Context()); err != nil {
			x.Error(err)
		}
	})
}
