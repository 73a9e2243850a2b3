package trillian

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

// What was compared is known once, for the same head, for a moment, and only to
// the call that hands entries over.
func TestJustCompared(t *testing.T) {
	head := ledger.Checkpoint{Size: 7, Root: ledger.Hash{1}}
	batch := [][]byte{[]byte("演示")}
	for name, c := range map[string]struct {
		last    comparison
		entries [][]byte
		want    bool
	}{
		"the same":           {comparison{7, ledger.Hash{1}, time.Now()}, batch, true},
		"nothing":            {comparison{}, batch, false},
		"no entries":         {comparison{7, ledger.Hash{1}, time.Now()}, nil, false},
		"another size":       {comparison{6, ledger.Hash{1}, time.Now()}, batch, false},
		"another root":       {comparison{7, ledger.Hash{2}, time.Now()}, batch, false},
		"a long while ago":   {comparison{7, ledger.Hash{1}, time.Now().Add(-2 * time.Second)}, batch, false},
		"an empty one, once": {comparison{0, ledger.Hash{}, time.Time{}}, batch, false},
	} {
		tree := &Tree{compared: c.last}
		if got := tree.justCompared(head, c.entries); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
		if tree.justCompared(head, batch) {
			t.Errorf("%s: it counts a second time", name)
		}
	}
}

// Every step of a log that stays open asks for the rows anew: once before its
// batch is kept, and its own when they are in the tree; for the root each time.
func TestRowsOfEachStep(t *testing.T) {
	t.Parallel()
	addr := sound.up(t).LogServers[0].Addr
	r := newRelay(t, addr)
	var rows, roots atomic.Int64
	r.lies(func(_ context.Context, m string, _ any, do func() (any, error)) (any, error) {
		switch m {
		case "GetLeavesByRange":
			rows.Add(1)
		case "GetLatestSignedLogRoot":
			roots.Add(1)
		}
		return do()
	})
	d := newDesk(t, addr)
	d.must(d.next(3))
	d.cfg.Addresses = []string{r.addr}
	opt := d.opt
	opt.Sequence = d.tree().Sequence(t.Context())
	l, err := local.Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for n := range 3 {
		rows.Store(0)
		roots.Store(0)
		batch := d.next(1)
		if _, err := l.Append(local.Batch{Entries: batch}); err != nil {
			t.Fatal(err)
		}
		d.acked = append(d.acked, batch...)
		if rows.Load() != 2 || roots.Load() < 3 {
			t.Errorf("step %d asked %d times for rows and %d times for the root, want 2 and at least 3", n, rows.Load(), roots.Load())
		}
	}
}
