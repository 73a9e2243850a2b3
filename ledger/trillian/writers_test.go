package trillian

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/trillian"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/sunlot/sunlot/internal/cluster"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

// Two computers with copies of one office's folder write at once: one wins, the
// other is told by whom, and neither its folder nor the tree shows that it
// tried. The winner comes at three moments: while the loser compares before it
// keeps its batch, before it looks again with the batch, and while it queues.
func TestTwoWriters(t *testing.T) {
	t.Parallel()
	addr := sound.up(t).LogServers[0].Addr
	for _, when := range []string{"QueueLeaf", "GetLatestSignedLogRoot", "GetLeavesByRange"} {
		t.Run("at "+when, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, addr)
			d.must(d.next(3))
			r := newRelay(t, addr)
			e := d.copied("演示电脑乙")
			e.cfg.Addresses = []string{r.addr}
			// The winner's whole step happens before the loser's call is handed on.
			won, armed, looks := false, false, 0
			r.lies(func(_ context.Context, m string, _ any, do func() (any, error)) (any, error) {
				if armed && !won && m == when {
					won = true
					d.must([][]byte{[]byte("演示：甲写的")})
				}
				return do()
			})
			arm := func(next ledger.SequenceFunc) ledger.SequenceFunc {
				return func(head ledger.Checkpoint, dir *ledger.Dir, entries [][]byte) (ledger.Hash, error) {
					if len(entries) == 0 {
						looks++ // the first when it is opened
					}
					armed = len(entries) > 0 || when == "GetLeavesByRange" && looks == 2
					return next(head, dir, entries)
				}
			}
			before := e.files()
			err := e.through(arm, local.Batch{Entries: [][]byte{[]byte("演示：乙写的"), []byte("演示：乙又写的")}})
			wantCode(t, err, "ledger.tree-taken")
			if said(err) != "演示电脑甲" || !won {
				t.Errorf("the writer is %q", said(err))
			}
			if diff := differ(before, e.files()); diff != "" {
				t.Errorf("the loser's folder has changed: %s", diff)
			}
			e.holds()
			// From now on it is told at once, until it has the winner's folder.
			e.refuses("ledger.tree-elsewhere", true, local.Batch{Entries: e.next(1)})
			if s, err := d.tree().Status(t.Context()); err != nil || s.Size != 4 {
				t.Errorf("the tree has %+v (%v), want one leaf for the index", s, err)
			}
			d.mends()
		})
	}
}

// Both at once, by chance: exactly one of them is acknowledged.
func TestTwoWritersRace(t *testing.T) {
	t.Parallel()
	c := sound.up(t)
	for range 5 {
		d := newDesk(t, addressesOf(c)...)
		d.must(d.next(1))
		e := d.copied("演示电脑乙")
		e.cfg.Addresses = []string{c.LogServers[1].Addr}
		errs := make(chan error, 2)
		go func() { errs <- d.step(local.Batch{Entries: [][]byte{[]byte("演示：甲写的")}}) }()
		go func() { errs <- e.step(local.Batch{Entries: [][]byte{[]byte("演示：乙写的")}}) }()
		one, two := <-errs, <-errs
		if one != nil {
			one, two = two, one
		}
		if one != nil || two == nil {
			t.Fatalf("%v, %v: want one winner", one, two)
		}
		winner, loser := d, e
		if len(e.acked) == 2 {
			winner, loser = e, d
		}
		// Open, or the step, told the loser; it has begun nothing.
		if len(loser.begun) != 0 || said(two) != winner.opt.Writer {
			t.Errorf("%v; begun %d", two, len(loser.begun))
		}
		loser.holds()
		winner.mends()
	}
}

// Two processes on one folder: the lock, which names who holds it.
func TestLockedNamesTheHolder(t *testing.T) {
	t.Parallel()
	d := newDesk(t, addressesOf(sound.up(t))...)
	d.must(d.next(1))
	d.opt.Writer = "演示电脑丙"
	before := d.files()
	while := func(next ledger.SequenceFunc) ledger.SequenceFunc {
		return func(head ledger.Checkpoint, dir *ledger.Dir, entries [][]byte) (ledger.Hash, error) {
			if len(entries) > 0 { // the other process comes while this one is at the tree
				cmd, out := d.child(0)
				if err := cmd.Run(); err == nil || !strings.Contains(out.String(), "ledger.locked") || !strings.Contains(out.String(), "got 演示电脑丙") {
					t.Errorf("%v: %s", err, out)
				}
				for name, data := range d.files() {
					if was, there := before[name]; there && was != data {
						t.Errorf("%s has changed", name)
					}
				}
			}
			return next(head, dir, entries)
		}
	}
	if err := d.through(while, local.Batch{Entries: d.next(2)}); err != nil {
		t.Fatal(err)
	}
	d.mends()
}

// A leaf that another program put into the tree: nothing is signed over it.
func TestForeignLeaf(t *testing.T) {
	t.Parallel()
	c := sound.up(t)
	r := newRelay(t, c.LogServers[0].Addr)
	d := newDesk(t, addressesOf(c)...)
	d.must(d.next(3))
	foreign := &trillian.LogLeaf{LeafValue: []byte("演示：别的程序"), ExtraData: []byte("别的程序\x1b[31m" + strings.Repeat("长", 100))}
	if _, err := r.log.QueueLeaf(t.Context(), &trillian.QueueLeafRequest{LogId: d.cfg.Tree, Leaf: foreign}); err != nil {
		t.Fatal(err)
	}
	// Queued, not integrated perhaps: a step meets it before, behind or between
	// its own, or not yet at all; then the next one does.
	b := local.Batch{Entries: d.next(1)}
	if err := d.step(b); err != nil {
		wantCode(t, err, "ledger.tree-foreign")
		if !strings.HasPrefix(said(err), "别的程序 [31m长") || strings.ContainsRune(said(err), '\x1b') || len(said(err)) > 300 {
			t.Errorf("the writer is %q", said(err))
		}
	}
	until(t, "the leaf is integrated", func() bool {
		s, err := d.tree().Status(t.Context())
		return err == nil && s.Size > uint64(len(d.acked))
	})
	d.refuses("ledger.tree-foreign", true, local.Batch{})
	d.refuses("ledger.tree-foreign", true, local.Batch{Entries: d.next(1)})
	d.holds()
	d.rebuilt()
}

// rebuilt is the remedy for a tree that cannot be written to any more: a new
// one from the folder.
func (d *desk) rebuilt() {
	d.t.Helper()
	id, err := d.tree().Load(d.t.Context(), "演示单位", ledger.OpenDir(os.DirFS(d.opt.Dir)), d.head(), nil)
	if err != nil {
		d.t.Fatal(err)
	}
	d.cfg.Tree = id
	d.mends()
}

// A run that died left leaves queued by the clock of one server; the next run
// goes through another, whose clock is behind. What is found queued is waited
// for before anything new is queued.
func TestQueuedByAnotherClock(t *testing.T) {
	t.Parallel()
	c := sound.up(t)
	r := newRelay(t, c.LogServers[0].Addr)
	d := newDesk(t, r.addr)
	d.must(d.next(2))
	cut := func(next ledger.SequenceFunc) ledger.SequenceFunc {
		return func(head ledger.Checkpoint, dir *ledger.Dir, entries [][]byte) (ledger.Hash, error) {
			if len(entries) == 0 {
				return next(head, dir, nil)
			}
			return ledger.Hash{}, errCut
		}
	}
	if err := d.through(cut, local.Batch{Entries: d.next(3)}); err == nil || len(d.begun) != 3 {
		t.Fatal(err)
	}
	// The first of the three is there, by a clock that was ahead; until somebody
	// has waited for it the tree does not have it.
	ahead := timestamppb.New(time.Now().Add(time.Hour))
	waited, queued := false, 0
	r.lies(func(_ context.Context, m string, _ any, do func() (any, error)) (any, error) {
		switch is := m == "QueueLeaf"; {
		case is && queued == 0:
			resp, err := do()
			if err != nil {
				return nil, err
			}
			queued++
			leaf := resp.(queueAnswer).QueuedLeaf.Leaf
			leaf.QueueTimestamp = ahead
			return &trillian.QueueLeafResponse{QueuedLeaf: &trillian.QueuedLogLeaf{Leaf: leaf, Status: alreadyExists}}, nil
		case is:
			if queued++; !waited {
				t.Errorf("leaf %d is queued before the one of the other clock is integrated", queued)
			}
			return do()
		}
		resp, err := do()
		if root, ok := resp.(rootAnswer); ok && err == nil && queued == 1 {
			waited = waited || sizeOf(t, root) >= 3
		}
		return resp, err
	})
	if err := d.step(local.Batch{}); err != nil {
		t.Fatal(err)
	}
	if queued != 3 {
		t.Errorf("%d leaves were queued", queued)
	}
	r.lies(nil)
	d.mends()
}

// Client certificates: the front lets in who has one of its authority, and
// nobody else; who is not let in is told so within his time.
func TestClientCertificates(t *testing.T) {
	t.Parallel()
	c := sound.up(t)
	d := newDesk(t, addressesOf(c)...)
	d.must(d.next(1))
	ours, err := cluster.NewAuthority(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	other, err := cluster.NewAuthority(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	front, err := c.Front(c.LogServers[0], ours)
	if err != nil {
		t.Fatal(err)
	}
	d.cfg.Addresses, d.cfg.Wait = []string{front.Addr}, time.Second
	for name, tc := range map[string]*tls.Config{
		"no TLS":                         nil,
		"no certificate":                 clientConfig(t, ours, nil),
		"a certificate of somebody else": clientConfig(t, ours, other),
		"a server of somebody else":      clientConfig(t, other, ours),
	} {
		d.cfg.TLS = tc
		begin := time.Now()
		d.refuses("ledger.tree-unreachable", true, local.Batch{Entries: d.next(1)})
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("%s: told after %v", name, took)
		}
	}
	d.cfg.TLS, d.cfg.Wait = clientConfig(t, ours, ours), 0
	d.mends()
}

// clientConfig trusts servers of one authority and shows a certificate of
// another.
func clientConfig(t testing.TB, trusts, shows *cluster.Authority) *tls.Config {
	t.Helper()
	pem, err := os.ReadFile(trusts.File)
	if err != nil {
		t.Fatal(err)
	}
	tc := &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS13}
	tc.RootCAs.AppendCertsFromPEM(pem)
	if shows != nil {
		cert, key, err := shows.Client("office")
		if err != nil {
			t.Fatal(err)
		}
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			t.Fatal(err)
		}
		tc.Certificates = []tls.Certificate{pair}
	}
	return tc
}

// A tree that may not be written to, is not there, or is of another kind.
func TestTreesThatRefuse(t *testing.T) {
	t.Parallel()
	c := sound.up(t)
	t.Run("frozen", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, addressesOf(c)...)
		d.must(d.next(2))
		if err := d.tree().Freeze(t.Context()); err != nil {
			t.Fatal(err)
		}
		// Nothing was handed over, so nothing is kept; reading goes on.
		d.refuses("ledger.tree-state", true, local.Batch{Entries: d.next(2)})
		d.holds()
		if err := d.step(local.Batch{}); err != nil {
			t.Error(err)
		}
		if err := d.tree().Thaw(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.mends()
	})
	t.Run("unknown", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, addressesOf(c)...)
		d.must(d.next(2))
		tree := d.cfg.Tree
		d.cfg.Tree = 42
		d.refuses("ledger.tree-missing", true, local.Batch{Entries: d.next(2)})
		if _, err := d.tree().Status(t.Context()); err == nil {
			t.Error("a tree of nobody has a status")
		}
		d.cfg.Tree = 0
		d.refuses("ledger.tree-config", true, local.Batch{Entries: d.next(2)})
		d.cfg.Tree = tree
		d.mends()
	})
	t.Run("deleted", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, addressesOf(c)...)
		d.must(d.next(2))
		mark := func(deleted string) {
			t.Helper()
			if _, err := c.Postgres.SQL(t.Context(), "UPDATE Trees SET Deleted = "+deleted+" WHERE TreeId = "+number(uint64(d.cfg.Tree))); err != nil {
				t.Fatal(err)
			}
		}
		mark("true, DeleteTimeMillis = 1")
		d.refuses("ledger.tree-missing", true, local.Batch{Entries: d.next(2)})
		mark("false, DeleteTimeMillis = NULL")
		d.mends()
	})
	t.Run("somebody else's", func(t *testing.T) {
		t.Parallel()
		d, e := newDesk(t, addressesOf(c)...), newDesk(t, addressesOf(c)...)
		d.must(d.next(2))
		e.must([][]byte{[]byte("演示：别的单位"), []byte("演示：别的单位")})
		d.cfg.Tree, e.cfg.Tree = e.cfg.Tree, d.cfg.Tree
		d.refuses("ledger.tree-fork", true, local.Batch{Entries: d.next(2)})
		d.cfg.Tree = e.cfg.Tree
		d.mends()
	})
	t.Run("preordered", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, addressesOf(c)...)
		id, err := d.tree().create(t.Context(), "演示", trillian.TreeType_PREORDERED_LOG)
		if err != nil {
			t.Fatal(err)
		}
		d.cfg.Tree = id
		if err := d.step(local.Batch{Entries: d.next(2)}); err == nil {
			t.Error("a tree of ordered leaves was written to")
		}
		if out, err := c.Postgres.SQL(t.Context(), "SELECT count(*) FROM LeafData WHERE TreeId = "+number(uint64(id))); err != nil || out != "0" {
			t.Errorf("%s leaves in it (%v)", out, err)
		}
		d.holds()
		d.rebuilt()
	})
}
