package office

import (
	"context"
	"encoding/hex"
	"errors"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
	"github.com/sunlot/sunlot/ledger/trillian"
)

// Work on the ledger's engine. None of it signs, so none of it asks for a key:
// an operator of the province does it for an office that is asleep. What is
// trusted is the folder, verified as everybody verifies it, and the guard's
// record of what was signed last; a tree has to agree with both.

// LedgerStatus is how the ledger, the guard's record and the tree stand.
type LedgerStatus struct {
	Engine  string           `json:"engine"`
	Origin  string           `json:"origin"`
	Size    uint64           `json:"size"` // published
	Root    string           `json:"root"`
	Signed  uint64           `json:"signed"`  // size in the guard's record
	Pending int              `json:"pending"` // entries of a step that is not finished, -1: none
	Holder  string           `json:"holder,omitempty"`
	Tree    *trillian.Status `json:"tree,omitempty"`
	Queued  uint64           `json:"queued"` // of the pending ones in the tree
	All     bool             `json:"all"`    // every row was compared
}

// LedgerStatus asks the servers and compares: the newest rows and one older
// bundle, or with all every one. What does not agree is the error beside the
// status as far as it is known.
func (o *Office) LedgerStatus(all bool, progress func(done, of uint64)) (*LedgerStatus, error) {
	b, err := o.Bundle()
	if err != nil {
		return nil, err
	}
	s := &LedgerStatus{Engine: or(o.Config.Ledger.Engine, EngineLocal), Origin: b.Checkpoint.Origin, Size: b.Checkpoint.Size,
		Root: hex.EncodeToString(b.Checkpoint.Root[:]), Pending: -1, Holder: local.Holder(o.guard())}
	second, err := durable.Open(o.guard(), durable.Options{Private: true})
	if err != nil {
		return s, fault.Wrap("ledger.unreadable", o.guard(), err).Of(fault.Unreachable)
	}
	defer second.Close()
	signed, err := ledger.Signed(second.FS(), logKey(b))
	if err != nil {
		return s, err
	}
	s.Signed = signed.Size
	from, pending, err := local.Pending(second.FS())
	if err != nil {
		return s, err
	}
	var entries [][]byte
	if pending != nil {
		s.Pending = len(pending.Entries)
		if from == b.Checkpoint.Size {
			entries = pending.Entries
		}
	}
	if !o.Config.Ledger.Shared() {
		return s, nil
	}
	tree, err := o.tree()
	if err != nil {
		return s, err
	}
	defer tree.Close()
	if s.Tree, err = tree.Status(o.context()); err != nil {
		return s, err
	}
	if s.Queued, err = tree.Check(o.context(), b.Checkpoint, b.Dir, entries); err == nil && all {
		err = tree.Compare(o.context(), b.Dir, b.Checkpoint, entries, progress)
		s.All = err == nil
	}
	return s, err
}

// logKey is the key that signed the bundle's checkpoint.
func logKey(b *verify.Bundle) ledger.Key { return b.Policy.Logs[0].Key }

// CreateTree makes the tree of an office whose ledger is still empty or on this
// machine, and notes it in office.toml; nothing else changes. settings, if not
// nil, replaces the section [ledger].
func (o *Office) CreateTree(settings *Ledger) (int64, error) {
	l := o.Config.Ledger
	if settings != nil {
		l = *settings
		l.Engine, l.Tree = o.Config.Ledger.Engine, o.Config.Ledger.Tree
	}
	if l.Tree != 0 {
		return 0, fault.New("ledger.tree-exists", ConfigName, num(l.Tree), "").Of(fault.Usage)
	}
	if err := l.reachable(); err != nil {
		return 0, err
	}
	was := o.Config.Ledger
	o.Config.Ledger = l
	tree, err := o.tree()
	if err == nil {
		defer tree.Close()
		l.Tree, err = tree.Create(o.context(), o.Config.Name)
	}
	if err == nil {
		err = o.setLedger(l)
	}
	if err != nil {
		o.Config.Ledger = was
	}
	return l.Tree, err
}

// reachable refuses settings that name no servers.
func (l Ledger) reachable() error {
	l.Engine = EngineTrillian
	return l.check()
}

// Rebuilt says what was done to a tree.
type Rebuilt struct {
	Size  uint64 `json:"size"`
	Tree  int64  `json:"tree,string"`          // in use now
	Old   int64  `json:"old,string,omitempty"` // left behind, frozen
	Why   string `json:"why,omitempty"`        // the code of what was wrong with it
	Found uint64 `json:"found"`                // leaves that were there already
	New   bool   `json:"new"`                  // Tree was made now
	Left  error  `json:"-"`                    // the old one could not be frozen
}

// Rebuild makes the tree agree with the published files. Where its rows are the
// ledger's as far as they go, what is missing is queued again; anything else is
// left behind, and a new tree is made from the files; with anew at once.
func (o *Office) Rebuild(anew bool, progress func(done, of uint64)) (*Rebuilt, error) {
	if !o.Config.Ledger.Shared() {
		return nil, fault.New("ledger.no-tree", ConfigName, or(o.Config.Ledger.Engine, EngineLocal), EngineTrillian).Of(fault.Usage)
	}
	var r *Rebuilt
	err := o.held(func(b *verify.Bundle, pending *ledger.Batch) (err error) {
		r, err = o.bringUp(o.Config.Ledger, anew, b, pending, progress)
		return err
	})
	return r, err
}

// Move changes the engine. The folder stays what it is: origin, indexes, roots
// and proofs hold as before. to trillian, the tree must have the root that was
// signed last before it is used; to local, every row is compared first, unless
// the servers are gone for good.
func (o *Office) Move(to string, settings *Ledger, gone bool, progress func(done, of uint64)) (*Rebuilt, error) {
	l := o.Config.Ledger
	if settings != nil {
		tree := l.Tree
		l = *settings
		if l.Tree == 0 {
			l.Tree = tree
		}
	}
	switch {
	case to != EngineLocal && to != EngineTrillian:
		return nil, fault.New("ledger.tree-config", "--to", to, EngineLocal+"、"+EngineTrillian).Of(fault.Usage)
	case or(o.Config.Ledger.Engine, EngineLocal) == to:
		return nil, fault.New("ledger.same-engine", ConfigName, to, "").Of(fault.Usage)
	}
	l.Engine = to
	if err := l.check(); err != nil {
		return nil, err
	}
	var r *Rebuilt
	err := o.held(func(b *verify.Bundle, pending *ledger.Batch) (err error) {
		if pending != nil {
			return fault.New("ledger.move-unfinished", ConfigName, num(len(pending.Entries)), "").Of(fault.Usage)
		}
		if to == EngineTrillian {
			r, err = o.bringUp(l, false, b, nil, progress)
			return err
		}
		r = &Rebuilt{Size: b.Checkpoint.Size, Old: l.Tree}
		if !gone {
			if err := o.leave(b, progress); err != nil {
				return err
			}
		}
		return o.setLedger(l)
	})
	return r, err
}

// leave compares the whole tree and freezes it: a forgotten copy of the office's
// folder must not go on with it.
func (o *Office) leave(b *verify.Bundle, progress func(done, of uint64)) error {
	tree, err := o.tree()
	if err != nil {
		return err
	}
	defer tree.Close()
	if err := tree.Compare(o.context(), b.Dir, b.Checkpoint, nil, progress); err != nil {
		return err
	}
	return tree.Freeze(o.context())
}

// held does work while nobody can write, on a ledger that verifies and is the
// one that was signed last.
func (o *Office) held(work func(b *verify.Bundle, pending *ledger.Batch) error) error {
	if err := o.Restored(); err != nil {
		return err
	}
	h, err := local.Hold(local.Options{Dir: o.Public(), Guard: o.guard(), Writer: o.Writer})
	if err != nil {
		return err
	}
	defer h.Close()
	o.bundle = nil // read while the lock is ours
	b, err := o.Bundle()
	if err != nil {
		return err
	}
	signed, err := h.Signed(logKey(b))
	if err != nil {
		return err
	}
	from, pending, err := h.Pending()
	if err != nil {
		return err
	}
	if err := sameHistory(b.Checkpoint, signed, from, pending); err != nil {
		return err
	}
	return work(b, pending)
}

// sameHistory is what the guard asks, of a ledger in which nothing is written: it
// ends where the last signature does, or a step before, which is pending.
func sameHistory(head, signed ledger.Checkpoint, from uint64, pending *ledger.Batch) error {
	waits := pending != nil && from == head.Size && from+uint64(len(pending.Entries)) == signed.Size
	switch {
	case signed.Origin == "":
		return fault.New("ledger.guard-lost", ledger.GuardRecord, "", "")
	case head.Size == signed.Size && head.Root != signed.Root:
		return fault.New("ledger.guard-fork", "checkpoint", head.Root.String(), signed.Root.String())
	case head.Size > signed.Size:
		return fault.New("ledger.guard-other-writer", "checkpoint", num(head.Size), num(signed.Size))
	case head.Size < signed.Size && !waits:
		return fault.New("ledger.guard-rolled-back", "checkpoint", num(head.Size), num(signed.Size))
	}
	return nil
}

// bringUp makes l's tree agree with the ledger, or another tree, and notes which
// in office.toml.
func (o *Office) bringUp(l Ledger, anew bool, b *verify.Bundle, pending *ledger.Batch, progress func(done, of uint64)) (*Rebuilt, error) {
	was := o.Config.Ledger
	o.Config.Ledger = l
	r, err := o.bring(anew, b, pending, progress)
	if err == nil {
		l.Tree = r.Tree
		err = o.setLedger(l)
	}
	if err != nil {
		o.Config.Ledger = was
		return nil, err
	}
	return r, nil
}

func (o *Office) bring(anew bool, b *verify.Bundle, pending *ledger.Batch, progress func(done, of uint64)) (*Rebuilt, error) {
	tree, err := o.tree()
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	ctx, old := o.context(), o.Config.Ledger.Tree
	r := &Rebuilt{Size: b.Checkpoint.Size, Tree: old}
	if r.Old = old; old != 0 && !anew {
		var entries [][]byte
		if pending != nil {
			entries = pending.Entries
		}
		if r.Found, err = mended(ctx, tree, b, entries, progress); err == nil {
			r.Old = 0
			return r, nil
		}
		if !beyondMending(err) {
			return nil, err
		}
		r.Why, r.Found = fault.Code(err), 0
	}
	if r.Tree, err = tree.Load(ctx, o.Config.Name, b.Dir, b.Checkpoint, progress); err != nil {
		return nil, err
	}
	r.New = true
	if old != 0 && r.Why != "ledger.tree-missing" {
		r.Left = o.freeze(old)
	}
	return r, nil
}

// mostQueued is how many entries are queued again one by one; more are loaded
// into a new tree in bulk.
const mostQueued = 2000

// mended lets a tree be written to again and queues what it lacks.
func mended(ctx context.Context, tree *trillian.Tree, b *verify.Bundle, pending [][]byte, progress func(done, of uint64)) (uint64, error) {
	s, err := tree.Status(ctx)
	if err != nil {
		return 0, err
	}
	if s.Type != "LOG" {
		return 0, fault.New("ledger.tree-state", "tree "+num(s.Tree), s.Type, "LOG")
	}
	if s.Size+mostQueued < b.Checkpoint.Size {
		return 0, fault.New("ledger.tree-short", "tree "+num(s.Tree), num(s.Size), num(b.Checkpoint.Size))
	}
	return min(s.Size, b.Checkpoint.Size), tree.CatchUp(ctx, b.Dir, b.Checkpoint, pending, true, progress)
}

// beyondMending tells a tree that is another's, or damaged, from servers that do
// not answer.
func beyondMending(err error) bool {
	var f *fault.Error
	if !errors.As(err, &f) {
		return false
	}
	switch f.Code {
	case "ledger.tree-changed", "ledger.tree-foreign", "ledger.tree-fork", "ledger.tree-missing", "ledger.tree-order", "ledger.tree-short", "ledger.tree-state", "ledger.tree-taken":
		return true
	}
	return false
}

// freeze ends the writing to a tree that is left behind.
func (o *Office) freeze(id int64) error {
	l := o.Config.Ledger
	defer func() { o.Config.Ledger = l }()
	o.Config.Ledger.Tree = id
	tree, err := o.tree()
	if err != nil {
		return err
	}
	defer tree.Close()
	return tree.Freeze(o.context())
}
