package verify

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/sunlot/sunlot/internal/record"
)

// pieceAhead is how many pieces a processor may be ahead of what takes them: so
// much that reading goes on while one large draw is cast again.
const pieceAhead = 8

// mostAhead bounds what is held on a machine of many processors: a bundle of
// entries as long as they may be is 16 MiB.
const mostAhead = 32

// ahead reads the pieces 0 ≤ n < count on all processors, each with a Parser of
// its own, and hands them over in order, one at a time, until take returns an
// error. When it returns nobody reads any more. A panic in read is the caller's.
func ahead[T any](count uint64, read func(n uint64, p *record.Parser) T, take func(n uint64, piece T) error) error {
	workers := runtime.GOMAXPROCS(0)
	ready := make([]chan T, min(workers*pieceAhead, mostAhead)) // piece n comes out of n modulo their number
	for i := range ready {
		ready[i] = make(chan T, 1)
	}
	turns := make(chan struct{}, len(ready)) // one for each piece that is begun and not yet taken
	stop := make(chan struct{})
	broken := make(chan any, workers) // panics: whoever asked for the verification must have them
	var next atomic.Uint64
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(stop)
	for range workers {
		wg.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					broken <- fmt.Sprintf("%v\n%s", v, debug.Stack())
				}
			}()
			p := record.NewParser()
			for {
				select {
				case turns <- struct{}{}:
				case <-stop:
					return
				}
				n := next.Add(1) - 1
				if n >= count {
					return
				}
				ready[n%uint64(len(ready))] <- read(n, p)
			}
		})
	}
	for n := range count {
		var piece T
		select {
		case piece = <-ready[n%uint64(len(ready))]:
		case v := <-broken:
			panic(v)
		}
		if err := take(n, piece); err != nil {
			return err
		}
		<-turns
	}
	return nil
}
