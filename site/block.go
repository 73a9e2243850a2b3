package site

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// block makes the files of one block unless the folder holds them under the
// same key already. The maker that make is given puts files into the block; it
// may run beside others and must not list pages (list).
func (m *maker) block(name string, key digest, make func(*maker) error) error {
	if m.kept(name, key) {
		return nil
	}
	w := *m
	w.files = new([]string)
	if err := make(&w); err != nil {
		return err
	}
	m.close(name, key, *w.files)
	return nil
}

// run makes blocks that mostly stay as they are together. The key is over all of
// theirs: while it is the same, none of them is looked at; else make is called,
// and each is kept or made by its own key. One goroutine makes a run.
func (m *maker) run(name string, key digest, make func(*maker) error) error {
	if m.dir == nil {
		return make(m)
	}
	id := blockID(name)
	if m.dir.keep(id, key) {
		m.tell()
		return nil
	}
	w := *m
	w.within = m.dir.again(id)
	if err := make(&w); err != nil {
		return err
	}
	m.dir.made(id, key, w.within)
	return nil
}

// loose makes what belongs to no block, beside others.
func (m *maker) loose(make func(*maker) error) error {
	w := *m
	w.files = new([]string)
	err := make(&w)
	if m.files != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		*m.files = append(*m.files, *w.files...)
	}
	return err
}

// beside takes steps that need nothing of each other. What they list stands in
// their order, however they ran.
func (m *maker) beside(steps ...func(*maker) error) error {
	parts := make([]maker, len(steps))
	err := each(len(steps), func(i int) error {
		w := &parts[i]
		*w = *m
		w.pages, w.files = nil, new([]string)
		return steps[i](w)
	})
	for i := range parts {
		m.pages = append(m.pages, parts[i].pages...)
		if m.files != nil && parts[i].files != nil {
			*m.files = append(*m.files, *parts[i].files...)
		}
	}
	return err
}

// kept counts the files of a block as made if the folder holds them under the
// key.
func (m *maker) kept(name string, key digest) bool {
	switch {
	case m.dir == nil, m.within == nil && !m.dir.keep(blockID(name), key), m.within != nil && !m.dir.keepIn(m.within, blockID(name), key):
		return false
	}
	m.tell()
	return true
}

func (m *maker) close(name string, key digest, files []string) {
	switch {
	case m.dir == nil:
	case m.within != nil:
		m.within.add(blockID(name), key, files)
	default:
		m.dir.next.add(blockID(name), key, files)
	}
}

// each runs task for 0 ≤ i < n on all processors. After a failure no further
// task begins; the error is that of the lowest number that failed. A panic in a
// task is the caller's, who may work on several offices and must lose only one.
func each(n int, task func(i int) error) error {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers < 2 {
		for i := range n {
			if err := task(i); err != nil {
				return err
			}
		}
		return nil
	}
	var next atomic.Int64
	var failed atomic.Bool
	var mu sync.Mutex
	var wg sync.WaitGroup
	var first error
	at := n
	var broken any // a panic, with where it was
	for range workers {
		wg.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					failed.Store(true)
					mu.Lock()
					broken = fmt.Sprintf("%v\n%s", v, debug.Stack())
					mu.Unlock()
				}
			}()
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := task(i); err != nil {
					failed.Store(true)
					mu.Lock()
					if i < at {
						first, at = err, i
					}
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if broken != nil {
		panic(broken)
	}
	return first
}
