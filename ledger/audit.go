package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/sunlot/sunlot/internal/fault"
)

// AuditOptions say what must stand in the folder beside the tree.
type AuditOptions struct {
	Copies   bool   // an entry copy and a proof file for every entry (those that stand there are always checked)
	Earlier  []Key  // log keys before a rotation: proof files may carry them
	Policy   []byte // the very policy file; nil: any in our form that names the key
	Unlisted bool   // the folder cannot be listed (a web server): nothing foreign is looked for

	// Proved is told of every proof file that holds, with the checkpoint that it
	// carries. It is called by several goroutines, never twice for one index.
	Proved func(index uint64, checkpoint *Proved)

	// Read is told of every proof file that was read, sound or not, in the same
	// manner.
	Read func(index uint64, file []byte)
}

// Report is what an audit found. Without problems the folder is the log of
// Checkpoint, whole and closed.
type Report struct {
	Checkpoint Checkpoint
	Note       *Note
	Problems   []*fault.Error // Place is the path in the folder, sorted
}

// maxProblems bounds a report of a folder that is wrong everywhere.
const maxProblems = 1000

// Audit reads the whole folder and returns every place that is wrong: each
// bundle's entries are hashed again, each tile compared, the root held against
// the signed checkpoint; entry copies must equal their entries, proof files
// must prove them against a checkpoint that this log continues, blobs must
// hash to their names, and nothing else may stand there ("the folder is
// closed"). What an opening says is not for this room.
//
// Codes: ledger.audit-tile, -bundle, -entry (wrong bytes); -root (the entries
// are not those that were signed and no single file explains it); -missing;
// -beyond (more than the checkpoint covers: unfinished work); -foreign (no
// file of a ledger); -copy, -proof, -blob, -policy; -cosignature; and those of
// OpenCheckpoint, after which nothing further can be said.
func (d *Dir) Audit(key Key, opt AuditOptions) *Report {
	a := &auditor{d: d, key: key, opt: opt, rep: &Report{}, opened: map[string]*openedCheckpoint{}}
	if a.openHead() {
		if !opt.Unlisted {
			a.walk()
		}
		a.checkPolicy()
		a.bundles()
		a.tiles()
		a.checkEach()
		a.checkPartials()
	}
	slices.SortStableFunc(a.rep.Problems, func(x, y *fault.Error) int { return strings.Compare(x.Place, y.Place) })
	return a.rep
}

type auditor struct {
	d    *Dir
	key  Key
	opt  AuditOptions
	rep  *Report
	size uint64

	mu     sync.Mutex
	policy *Policy // nil when unreadable

	// What walk found; nil when the folder cannot be listed.
	copies, proofs map[uint64]bool
	partials       []string // partial tiles and bundles of earlier checkpoints

	levels [][]Hash        // computed from the entries, complete nodes by tile level; after tiles() what was signed
	wrong  map[tileID]bool // tiles that differ from the computed ones
	broken map[uint64]bool // bundles that could not be read: their tile was taken
	opened map[string]*openedCheckpoint
}

func (a *auditor) problem(code, place, got, want string) {
	a.add(&fault.Error{Code: code, Place: place, Got: got, Want: want})
}

func (a *auditor) add(p *fault.Error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.rep.Problems) < maxProblems {
		a.rep.Problems = append(a.rep.Problems, p)
	}
}

// full says that so much is wrong that going on tells nobody anything.
func (a *auditor) full() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.rep.Problems) >= maxProblems
}

// cannot reports a file that could not be read: missing, of a wrong form, or
// out of reach.
func (a *auditor) cannot(code, place string, err error) {
	p := &fault.Error{Code: code, Place: place, Err: err}
	var f *fault.Error
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p = fault.New("ledger.audit-missing", place, "nothing", "the file")
	case errors.As(err, &f) && f.Kind == fault.Unreachable:
		p.Code, p.Kind, p.Err = f.Code, f.Kind, f.Err
	}
	a.add(p)
}

func (a *auditor) openHead() bool {
	msg, err := a.d.Checkpoint()
	if err == nil {
		a.rep.Checkpoint, a.rep.Note, err = OpenCheckpoint(msg, a.key)
	}
	if err != nil {
		var f *fault.Error
		if !errors.As(err, &f) {
			f = fault.Wrap("ledger.unreadable", "checkpoint", err)
		}
		f.Place = "checkpoint"
		a.add(f)
		return false
	}
	a.size = a.rep.Checkpoint.Size
	return true
}

func (a *auditor) checkPolicy() {
	text, err := a.d.Policy()
	if err != nil {
		a.cannot("ledger.audit-policy", "policy", err)
		return
	}
	if a.opt.Policy != nil && !bytes.Equal(text, a.opt.Policy) {
		a.problem("ledger.audit-policy", "policy", clip(string(text)), clip(string(a.opt.Policy)))
	}
	p, err := ParsePolicy(text)
	if err != nil {
		a.cannot("ledger.audit-policy", "policy", err)
		return
	}
	if a.opt.Policy == nil && !bytes.Equal(p.text(), text) {
		a.problem("ledger.audit-policy", "policy", "another form", clip(string(p.text())))
	}
	if !slices.ContainsFunc(p.Logs, func(l PolicyKey) bool { return l.Key.Equal(a.key) }) {
		a.problem("ledger.audit-policy", "policy", "no line for the log's key", a.key.String())
	}
	a.policy = p
	a.checkCosignatures(a.rep.Note, "checkpoint")
}

// checkCosignatures reports lines of the policy's witnesses that do not verify
// and returns the times of the others.
func (a *auditor) checkCosignatures(n *Note, place string) []int64 {
	times, bad := a.policy.verified(n)
	for _, k := range bad {
		a.problem("ledger.audit-cosignature", place, "a line that does not verify", k.String())
	}
	return times
}

// each runs do for 0 ≤ n < count on all processors, one n at a time: 256 entries
// with their proofs are work enough, and few offices have more than some tiles.
// A panic in do is the caller's.
func (a *auditor) each(count uint64, do func(n uint64)) {
	var next atomic.Uint64
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	broken := make(chan any, workers) // panics: whoever asked for the audit must have them
	for range workers {
		wg.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					broken <- fmt.Sprintf("%v\n%s", v, debug.Stack())
				}
			}()
			for !a.full() {
				n := next.Add(1) - 1
				if n >= count {
					return
				}
				do(n)
			}
		})
	}
	wg.Wait()
	if len(broken) > 0 {
		panic(<-broken)
	}
}

// bundles hashes every entry. Hashes are kept, 32 bytes an entry; nothing is
// allocated for a size that the files do not bear out.
func (a *auditor) bundles() {
	count := (a.size + TileWidth - 1) / TileWidth
	a.broken, a.wrong = map[uint64]bool{}, map[tileID]bool{}
	leaves := map[uint64][]Hash{}
	a.each(count, func(n uint64) {
		width := widthOf(0, n, a.size)
		tile, terr := a.d.tile(0, n, width)
		entries, err := a.d.bundle(n, width)
		var row []Hash
		switch {
		case err == nil:
			row = make([]Hash, width)
			for i, e := range entries {
				row[i] = LeafHash(e)
			}
		case terr == nil:
			row = hashesOf(tile)
		default:
			row = make([]Hash, width)
		}
		if err != nil {
			a.cannot("ledger.audit-bundle", BundlePath(n, width), err)
		}
		if terr != nil {
			a.cannot("ledger.audit-tile", TilePath(0, n, width), terr)
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		leaves[n] = row
		if err != nil {
			a.broken[n] = true
		}
		if terr == nil && !bytes.Equal(bytesOf(row), tile) {
			a.wrong[tileID{0, n}] = true
		}
	})
	var level []Hash
	for n := range count {
		if leaves[n] == nil {
			return // the report is full
		}
		level = append(level, leaves[n]...)
	}
	a.levels = append(a.levels, level)
}

// tiles computes the levels above the leaves, compares each tile and then the
// root; if that is wrong it looks for the file to blame.
func (a *auditor) tiles() {
	if a.full() || len(a.levels) == 0 {
		return
	}
	for level := 1; nodesAt(level, a.size) > 0; level++ {
		row := make([]Hash, nodesAt(level, a.size))
		for n := range row {
			row[n] = rootOf(a.levels[level-1][n*TileWidth : (n+1)*TileWidth])
		}
		a.levels = append(a.levels, row)
		for n := uint64(0); n*TileWidth < uint64(len(row)); n++ {
			width := widthOf(level, n, a.size)
			data, err := a.d.tile(level, n, width)
			if err != nil {
				a.cannot("ledger.audit-tile", TilePath(level, n, width), err)
			} else if !bytes.Equal(data, bytesOf(a.row(level, n))) {
				a.wrong[tileID{level, n}] = true
			}
		}
	}
	blamed := map[tileID]bool{}
	if a.edgeAt(a.size).root() != a.rep.Checkpoint.Root {
		blamed = a.locate()
	}
	for id := range a.wrong {
		if !blamed[id] {
			a.problem("ledger.audit-tile", TilePath(id.level, id.n, widthOf(id.level, id.n, a.size)), "hashes that differ", "those of the entries")
		}
	}
}

// row is the computed tile.
func (a *auditor) row(level int, n uint64) []Hash {
	return a.levels[level][n*TileWidth:][:widthOf(level, n, a.size)]
}

// edgeAt is the right edge of the tree of the first size entries.
func (a *auditor) edgeAt(size uint64) *edge {
	e := &edge{size: size}
	for level := 0; nodesAt(level, size) > 0; level++ {
		nodes := nodesAt(level, size)
		e.levels = append(e.levels, a.levels[level][nodes/TileWidth*TileWidth:nodes])
	}
	return e
}
