package trillian

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/sunlot/sunlot/internal/cluster"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

// An insider of the database: his statements, and what the writer says to each.
// None is ever signed over.

// sql runs a statement in which %T is the tree and %I the identity of an index.
func (d *desk) sql(c *cluster.Cluster, index uint64, q string) {
	d.t.Helper()
	tree := d.tree()
	id := "'\\x" + hex.EncodeToString(tree.identity(index)) + "'"
	q = replaced(q, map[byte]string{'T': fmt.Sprint(d.cfg.Tree), 'I': id})
	if _, err := c.Postgres.SQL(d.t.Context(), q); err != nil {
		d.t.Fatal(err)
	}
}

func replaced(q string, by map[byte]string) string {
	out := ""
	for i := 0; i < len(q); i++ {
		if q[i] == '%' && i+1 < len(q) && by[q[i+1]] != "" {
			out += by[q[i+1]]
			i++
			continue
		}
		out += string(q[i])
	}
	return out
}

const (
	changeValue = `UPDATE LeafData SET LeafValue = '\x6368616e676564' WHERE TreeId = %T AND LeafIdentityHash = %I`
	changeHash  = `UPDATE SequencedLeafData SET MerkleLeafHash = sha256('x') WHERE TreeId = %T AND LeafIdentityHash = %I`
	changeBoth  = changeValue + `; ` + changeHash
	dropRow     = `DELETE FROM SequencedLeafData WHERE TreeId = %T AND LeafIdentityHash = %I`
	swapRows    = `UPDATE SequencedLeafData SET SequenceNumber = 1000000 - SequenceNumber WHERE TreeId = %T AND LeafIdentityHash = %I`
	changeRoot  = `UPDATE TreeHead SET RootHash = sha256('x') WHERE TreeId = %T`
	changeSize  = `UPDATE TreeHead SET TreeSize = TreeSize + 1 WHERE TreeId = %T`
	dropHeads   = `DELETE FROM TreeHead WHERE TreeId = %T AND TreeSize > 3`
	dropNodes   = `DELETE FROM Subtree WHERE TreeId = %T`
	headAhead   = `UPDATE TreeHead SET TreeHeadTimestamp = TreeHeadTimestamp + 3600000000000 WHERE TreeId = %T`
	headBack    = `UPDATE TreeHead SET TreeHeadTimestamp = TreeHeadTimestamp - 3600000000000 WHERE TreeId = %T`

	changeQueuedHash = `UPDATE Unsequenced SET MerkleLeafHash = sha256('x')` + ofLeaf
	changeQueuedTime = `UPDATE Unsequenced SET QueueTimestampNanos = QueueTimestampNanos `
	ofLeaf           = ` WHERE TreeId = %T AND LeafIdentityHash = %I`
)

// What was published is changed: the next step refuses, before anything of it
// is in the tree, and leaves not a byte of folder and guard different. A tree
// made from the folder is the remedy.
func TestPublishedRowChanged(t *testing.T) {
	t.Parallel()
	c := sound.up(t)
	const size = 20
	for name, x := range map[string]struct {
		code, change string
		index        uint64
	}{
		"the last value":          {"ledger.tree-changed", changeValue, size - 1},
		"the first value":         {"ledger.tree-changed", changeValue, 0},
		"a hash of a leaf":        {"ledger.tree-changed", changeHash, 7},
		"both, as one who knows":  {"ledger.tree-changed", changeBoth, 8},
		"a row is gone":           {"ledger.tree-changed", dropRow, size - 1},
		"a row is gone, between":  {"ledger.tree-unreachable", dropRow, 5}, // the server itself stumbles over these
		"a row is somewhere else": {"ledger.tree-unreachable", swapRows, 5},
		"the root":                {"ledger.tree-fork", changeRoot, 0},
		"the size of the root":    {"ledger.tree-unreachable", changeSize, 0},
		"the last roots are gone": {"ledger.tree-short", dropHeads, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, addressesOf(c)...)
			d.must(d.next(3))
			d.must(d.next(size - 3))
			d.sql(c, x.index, x.change)
			d.cfg.Wait = brief
			d.refuses(x.code, true, local.Batch{Entries: d.next(2)})
			d.refuses(x.code, true, local.Batch{})
			d.refuses(x.code, true, local.Batch{Openings: map[uint64][]byte{0: []byte("演示")}})
			d.holds()
			d.cfg.Wait = 0
			d.rebuilt()
		})
	}
}

// Nodes of the tree, from which the sequencers go on: they refuse by
// themselves, so that what is queued waits, and nothing is signed. The leaves of
// a tile are read first when it is full.
func TestNodesChanged(t *testing.T) {
	t.Parallel()
	c := sound.up(t)
	for name, x := range map[string]struct {
		change func(nodes string) string // nil: the rows are gone
		n      int                       // entries of the step that meets it
	}{
		"nodes":  {func(n string) string { return flip(n, "2a28") }, 2},
		"leaves": {func(n string) string { return flip(n, "2228") }, ledger.TileWidth - 19},
		"gone":   {nil, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, addressesOf(c)...)
			d.must(d.next(19))
			if x.change == nil {
				d.sql(c, 0, dropNodes)
			} else {
				was, err := c.Postgres.SQL(t.Context(), fmt.Sprintf("SELECT encode(Nodes, 'hex') FROM Subtree WHERE TreeId = %d", d.cfg.Tree))
				did(t, err)
				now := x.change(was)
				if now == was {
					t.Fatalf("nothing is changed in %s", was)
				}
				d.sql(c, 0, `UPDATE Subtree SET Nodes = '\x`+now+`' WHERE TreeId = %T`)
			}
			d.cfg.Wait = brief
			d.refuses("ledger.tree-late", false, local.Batch{Entries: d.next(x.n)})
			d.holds()
			d.cfg.Wait = 0
			d.rebuilt()
			if n := len(d.acked); n != 19+x.n+2 {
				t.Errorf("%d entries, want those of the step that was begun, too", n)
			}
		})
	}
}

// flip changes a bit of every hash in a row of nodes, in hexadecimal: members of
// a map (storagepb.SubtreeProto: 22 its leaves, 2a what lies above), each of a
// key of four characters and 32 bytes.
func flip(nodes, member string) string {
	hash := regexp.MustCompile(member + "0a04[0-9a-f]{8}1220[0-9a-f]{64}")
	return hash.ReplaceAllStringFunc(nodes, func(m string) string {
		last := byte('0')
		if m[len(m)-1] == last {
			last = '1'
		}
		return m[:len(m)-1] + string(last)
	})
}

// A signer whose clock goes back behind the last root: it refuses by itself
// until its clock has come there again.
func TestSignersClockWentBack(t *testing.T) {
	t.Parallel()
	c := sound.up(t)
	d := newDesk(t, addressesOf(c)...)
	d.must(d.next(3))
	d.sql(c, 0, headAhead)
	d.cfg.Wait = brief
	d.refuses("ledger.tree-late", false, local.Batch{Entries: d.next(2)})
	d.refuses("ledger.tree-late", true, local.Batch{})
	d.sql(c, 0, headBack)
	d.cfg.Wait = 0
	d.mends()
}

// A row of an older bundle: found by every comparison of the whole; by a step
// when the signed root picks its bundle, and the root picks another each time.
func TestOlderBundleChanged(t *testing.T) {
	t.Parallel()
	c := sound.up(t)
	d := newDesk(t, addressesOf(c)...)
	d.must(d.next(600))
	d.must(d.next(200))
	tree := d.tree()
	dir := ledger.OpenDir(os.DirFS(d.opt.Dir))
	// Change a row of the bundle that the root of now does not pick.
	picked := func() uint64 { head := d.head(); return binary.BigEndian.Uint64(head.Root[:8]) % 3 }
	other := (picked() + 1) % 3
	d.sql(c, other*ledger.TileWidth+17, changeBoth)
	wantCode(t, tree.Compare(t.Context(), dir, d.head(), nil, nil), "ledger.tree-changed")
	for steps := 0; picked() != other; steps++ {
		if steps == 60 {
			t.Fatal("no root of 60 picks the bundle")
		}
		d.must(d.next(1))
	}
	d.refuses("ledger.tree-changed", true, local.Batch{Entries: d.next(1)})
	wantCode(t, d.tree().CatchUp(t.Context(), dir, d.head(), nil, false, nil), "ledger.tree-changed")
	d.holds()
	d.rebuilt()
}

// A leaf that is queued and not integrated yet is changed: by value it is found
// when it is read back, by hash it leads to another root, by time to another
// order, as a log server does whose clock was ahead.
func TestQueuedRowChanged(t *testing.T) {
	c := breaks(t)
	cases := map[string]struct {
		index               uint64
		change, first, then string
		size                uint64 // of the tree afterwards
	}{
		// Whose it is cannot be seen: what waits is set aside, as if another desk
		// had come first, and nothing is signed over it.
		"the first's value":  {3, changeValue, "ledger.tree-taken", "ledger.tree-elsewhere", 6},
		"the second's value": {4, changeValue, "ledger.tree-late", "ledger.tree-changed", 6},
		"a hash":             {4, changeQueuedHash, "ledger.tree-late", "ledger.tree-fork", 6},
		"a time, back":       {5, changeQueuedTime + "- 3600000000000" + ofLeaf, "ledger.tree-late", "ledger.tree-order", 6},
		"a time, ahead":      {3, changeQueuedTime + "+ 3600000000000" + ofLeaf, "ledger.tree-late", "ledger.tree-order", 5},
	}
	desks := map[string]*desk{}
	for name := range cases {
		desks[name] = newDesk(t, addressesOf(c)...)
		desks[name].must(desks[name].next(3))
	}
	start := endSigners(t, c)
	t.Run("queued", func(t *testing.T) {
		for name, x := range cases {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := desks[name]
				d.t, d.cfg.Wait = t, 3*brief // all of its leaves are queued by then, whatever else runs
				d.refuses("ledger.tree-late", false, local.Batch{Entries: d.next(3)})
				d.sql(c, x.index, x.change)
				d.refuses(x.first, x.first != "ledger.tree-taken", local.Batch{})
				if x.first == "ledger.tree-taken" {
					did(t, os.Remove(filepath.Join(d.opt.Guard, "aside-3")))
					d.begun = nil
				}
			})
		}
	})
	start()
	for name, x := range cases {
		d := desks[name]
		d.t = t
		until(t, name+": the leaves are integrated", func() bool {
			s, err := d.tree().Status(t.Context())
			return err == nil && s.Size == x.size
		})
		d.cfg.Wait = 0
		d.refuses(x.then, true, local.Batch{})
		d.holds()
		d.rebuilt()
	}
}

// Yesterday's dump is put in the place of today's database: refused before
// anything is signed. Catching up brings the tree to the signed root again,
// from the folder, also where a step was on its way.
func TestRestoredDump(t *testing.T) {
	c := breaks(t)
	dump := filepath.Join(tempDir(t), "yesterday.sql")
	for _, today := range []int{1, 300} {
		d := newDesk(t, addressesOf(c)...)
		d.must(d.next(250))
		did(t, c.Postgres.Dump(t.Context(), dump))
		d.must(d.next(today))
		did(t, c.Postgres.Restore(t.Context(), dump))
		d.refuses("ledger.tree-short", true, local.Batch{Entries: d.next(2)})
		d.refuses("ledger.tree-short", true, local.Batch{})
		d.holds()
		head, dir := d.head(), ledger.OpenDir(os.DirFS(d.opt.Dir))
		did(t, d.tree().CatchUp(t.Context(), dir, head, nil, false, nil))
		if s, err := d.tree().Status(t.Context()); err != nil || s.Size != head.Size || s.Root != head.Root {
			t.Errorf("caught up to %+v (%v), want %d %s", s, err, head.Size, head.Root)
		}
		d.mends()
	}
}

// A dump from before the tree was made: it is not there.
func TestRestoredDumpWithoutTheTree(t *testing.T) {
	c := breaks(t)
	dump := filepath.Join(tempDir(t), "yesterday.sql")
	did(t, c.Postgres.Dump(t.Context(), dump))
	d := newDesk(t, addressesOf(c)...)
	d.must(d.next(5))
	did(t, c.Postgres.Restore(t.Context(), dump))
	d.refuses("ledger.tree-missing", true, local.Batch{Entries: d.next(2)})
	d.rebuilt()
}

// The same while a step is on its way: it was queued, perhaps, today.
func TestRestoredDumpUnderAStep(t *testing.T) {
	c := breaks(t)
	dump := filepath.Join(tempDir(t), "yesterday.sql")
	d := newDesk(t, addressesOf(c)...)
	d.must(d.next(5))
	did(t, c.Postgres.Dump(t.Context(), dump))
	d.must(d.next(5))
	start := endSigners(t, c)
	d.cfg.Wait = brief
	d.refuses("ledger.tree-late", false, local.Batch{Entries: d.next(3)})
	did(t, c.Postgres.Restore(t.Context(), dump))
	start()
	d.cfg.Wait = 0
	d.refuses("ledger.tree-short", true, local.Batch{})
	did(t, d.tree().CatchUp(t.Context(), ledger.OpenDir(os.DirFS(d.opt.Dir)), d.head(), d.begun, false, nil))
	d.mends()
	if n := len(d.acked); n != 15 {
		t.Errorf("%d entries, want 15", n)
	}
}
