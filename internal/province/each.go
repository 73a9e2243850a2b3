package province

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// Limits of what runs at a time.
type Limits struct {
	Jobs   int   // offices; at least one
	Memory int64 // bytes by the offices' own Weight; one that is above it runs alone
}

// Task is the work on one office.
type Task struct {
	Weight func() int64 // bytes of memory, as Weight reckons them
	Do     func() error
}

// What a verified ledger takes in memory: 100,000 results as some 110,000
// records are 400 MB.
const (
	perRecord = 4 << 10
	perOffice = 16 << 20
)

// Weight reckons how much memory an office's ledger takes while it is verified
// and its pages are made, by the size that its checkpoint claims. Nothing else
// is believed of that checkpoint: it decides what waits for what.
func Weight(folder fs.FS) int64 {
	// Whoever opens a pipe waits for its other end.
	if info, err := fs.Stat(folder, "checkpoint"); err != nil || !info.Mode().IsRegular() {
		return perOffice
	}
	msg, err := ledger.OpenDir(folder).Checkpoint()
	if err != nil {
		return perOffice
	}
	n, err := ledger.ParseNote(msg)
	if err != nil {
		return perOffice
	}
	c, err := ledger.ParseCheckpoint(n.Text)
	if err != nil || c.Size > 1<<40 {
		return perOffice
	}
	return perOffice + int64(c.Size)*perRecord
}

// Each does the tasks, beginning them in order, and returns an error or nil for
// every one. What fails, or panics, fails alone. Once ctx is done no further
// task begins, and those that did not are told so (province.not-begun).
func Each(ctx context.Context, tasks []Task, lim Limits) []error {
	errs := make([]error, len(tasks))
	g := &gate{jobs: max(1, lim.Jobs), memory: max(1, lim.Memory)}
	g.freed.L = &g.mu
	stop := context.AfterFunc(ctx, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.freed.Broadcast()
	})
	defer stop()
	var wg sync.WaitGroup
	for i := range tasks {
		if !g.enter(ctx) {
			errs[i] = notBegun()
			continue
		}
		wg.Go(func() {
			defer g.leave()
			errs[i] = g.within(ctx, tasks[i])
		})
	}
	wg.Wait()
	return errs
}

func notBegun() error { return fault.New("province.not-begun", "", "", "").Of(fault.Unreachable) }

// within does a task once there is memory for it. A disk that does not answer
// while the task is weighed keeps its place, and nobody else: ctx ends that.
func (g *gate) within(ctx context.Context, t Task) error {
	weight := make(chan int64, 1)
	go func() {
		w := int64(perOffice)
		_ = Caught(func() error { w = t.Weight(); return nil })
		weight <- w
	}()
	select {
	case <-ctx.Done():
		return notBegun()
	case w := <-weight:
		if !g.claim(ctx, w) {
			return notBegun()
		}
		defer g.release(w)
		return Caught(t.Do)
	}
}

// Caught makes a panic the error of this task: our own bug in one office's pages
// must not keep the others from being published.
func Caught(do func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			first, _, _ := strings.Cut(fmt.Sprint(v), "\n")
			err = &fault.Error{Code: "province.panic", Got: first, Kind: fault.Unreachable}
		}
	}()
	return do()
}

// gate lets in as many as may run at a time, and gives each its memory.
type gate struct {
	jobs   int
	memory int64

	mu      sync.Mutex
	freed   sync.Cond
	running int
	holding int
	used    int64
}

// enter waits for a place; false if ctx was done first.
func (g *gate) enter(ctx context.Context) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for ctx.Err() == nil && g.running == g.jobs {
		g.freed.Wait()
	}
	if ctx.Err() != nil {
		return false
	}
	g.running++
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running--
	g.freed.Broadcast()
}

// claim waits for memory; false if ctx was done first. What is above the bound
// gets it when nobody else has any.
func (g *gate) claim(ctx context.Context, weight int64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for ctx.Err() == nil && g.holding > 0 && g.used+weight > g.memory {
		g.freed.Wait()
	}
	if ctx.Err() != nil {
		return false
	}
	g.holding++
	g.used += weight
	return true
}

func (g *gate) release(weight int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.holding--
	g.used -= weight
	g.freed.Broadcast()
}
