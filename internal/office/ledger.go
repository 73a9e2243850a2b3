package office

import (
	"encoding/hex"
	"errors"
	"os"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
	"github.com/sunlot/sunlot/ledger/trillian"
)

// Work on the ledger's engine. None of it signs, so none of it asks for a key:
// an operator of the province does it for an office that is asleep. What is
// trusted is the folder, verified as everybody verifies it and signed with the key
// that the office keeps, and the guard's record of what was signed last; a tree
// has to agree with both. A tree that knows more than they do is never left behind
// by itself: what it knows may have been signed elsewhere.

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
// status as far as it is known. It changes nothing.
func (o *Office) LedgerStatus(all bool, progress func(done, of uint64)) (*LedgerStatus, error) {
	b, err := o.Bundle()
	if err != nil {
		return nil, err
	}
	s := &LedgerStatus{Engine: or(o.Config.Ledger.Engine, EngineLocal), Origin: b.Checkpoint.Origin, Size: b.Checkpoint.Size,
		Root: hex.EncodeToString(b.Checkpoint.Root[:]), Pending: -1, Holder: local.Holder(o.guard())}
	key, err := o.ownKey(b)
	if err != nil {
		return s, err
	}
	second := os.DirFS(o.guard())
	signed, err := ledger.Signed(second, key)
	if err != nil {
		return s, err
	}
	s.Signed = signed.Size
	from, pending, err := local.Pending(second)
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
	if err := sameHistory(b.Checkpoint, signed, from, pending); err != nil || !o.Config.Ledger.Shared() {
		return s, err
	}
	tree, err := o.tree(o.Config.Ledger)
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

// ownKey is the key of the log that the office keeps. A ledger that another one
// signed is not this office's, however well it verifies.
func (o *Office) ownKey(b *verify.Bundle) (ledger.Key, error) {
	ring, err := keyring.Open(o.keyDir())
	if err != nil {
		return ledger.Key{}, err
	}
	for _, l := range b.Policy.Logs {
		if l.Key.Equal(ring.Log) {
			return ring.Log, nil
		}
	}
	return ledger.Key{}, fault.New("ledger.guard-other-office", "checkpoint", b.Checkpoint.Origin, ring.Log.String())
}

// CreateTree makes a tree for an office whose ledger is on this machine, and notes
// it in office.toml; nothing else changes. settings, if not nil, replaces the
// section [ledger].
func (o *Office) CreateTree(settings *Ledger) (int64, error) {
	h, err := local.Hold(local.Options{Dir: o.Public(), Guard: o.guard(), Writer: o.Writer})
	if err != nil {
		return 0, err
	}
	defer h.Close()
	if err := o.unchanged(); err != nil {
		return 0, err
	}
	l := o.Config.Ledger
	if settings != nil {
		l = *settings
		l.Engine, l.Tree = o.Config.Ledger.Engine, o.Config.Ledger.Tree
	}
	if l.Tree != 0 {
		return 0, fault.New("ledger.tree-exists", ConfigName, num(l.Tree), "").Of(fault.Usage)
	}
	shared := l
	shared.Engine, l.Tree = EngineTrillian, 1
	if err := shared.check(); err != nil {
		return 0, err
	}
	if _, err := o.withLedger(l); err != nil { // before anything is made on a server
		return 0, err
	}
	tree, err := o.tree(shared)
	if err != nil {
		return 0, err
	}
	defer tree.Close()
	if l.Tree, err = tree.Create(o.context(), o.Config.Name); err != nil {
		return 0, err
	}
	return l.Tree, o.setLedger(l)
}

// Rebuilt says what was done to a tree.
type Rebuilt struct {
	Size  uint64 `json:"size"`
	Tree  int64  `json:"tree,string"`          // in use now
	Old   int64  `json:"old,string,omitempty"` // left behind, frozen
	Why   string `json:"why,omitempty"`        // the code of what was wrong with it
	Found uint64 `json:"found"`                // leaves that were there already
	New   bool   `json:"new"`                  // Tree was made now
	Left  string `json:"unfrozen,omitempty"`   // the code of why the old one could not be frozen

	left error
}

// Unfrozen is why the old tree could not be frozen, nil if it was.
func (r *Rebuilt) Unfrozen() error { return r.left }

// Rebuild makes the tree agree with the published files. Where its rows are the
// ledger's as far as they go, what is missing is queued again. A tree that is
// damaged, gone or a stranger's is left behind, and a new one made from the
// files. One that knows entries of this ledger which the folder has not, or that
// was frozen, is left behind only with anew, for which a person has compared root
// with what was published last.
func (o *Office) Rebuild(anew bool, root string, progress func(done, of uint64)) (*Rebuilt, error) {
	if !o.Config.Ledger.Shared() {
		return nil, fault.New("ledger.no-tree", ConfigName, or(o.Config.Ledger.Engine, EngineLocal), EngineTrillian).Of(fault.Usage)
	}
	var r *Rebuilt
	err := o.held(func(h *standing) (err error) {
		if is := hex.EncodeToString(h.b.Checkpoint.Root[:]); anew && root != is {
			return fault.New("ledger.other-root", "--root", root, is).Of(fault.Usage)
		}
		r, err = o.bring(o.Config.Ledger, anew, false, h, progress)
		return err
	})
	return r, err
}

// Move changes the engine. The folder stays what it is: origin, indexes, roots
// and proofs hold as before. to trillian, the tree must have the root that was
// signed last before it is used; to local, every row is compared first. gone says
// that the servers are no more: then nothing is asked of them, and a step that is
// not finished is finished here.
func (o *Office) Move(to string, settings *Ledger, gone bool, progress func(done, of uint64)) (*Rebuilt, error) {
	if to != EngineLocal && to != EngineTrillian {
		return nil, fault.New("ledger.tree-config", "--to", to, EngineLocal+"、"+EngineTrillian).Of(fault.Usage)
	}
	var r *Rebuilt
	err := o.held(func(h *standing) (err error) {
		l := o.Config.Ledger
		if or(l.Engine, EngineLocal) == to {
			return fault.New("ledger.same-engine", ConfigName, to, "").Of(fault.Usage)
		}
		if settings != nil {
			tree := l.Tree
			if l = *settings; l.Tree == 0 {
				l.Tree = tree
			}
		}
		l.Engine = to
		if err := l.check(); err != nil {
			return err
		}
		if h.pending != nil && !gone {
			return fault.New("ledger.move-unfinished", ConfigName, num(len(h.pending.Entries)), "").Of(fault.Usage)
		}
		if _, err := o.withLedger(l); err != nil {
			return err
		}
		if to == EngineTrillian {
			r, err = o.bring(l, false, true, h, progress)
			return err
		}
		r = &Rebuilt{Size: h.b.Checkpoint.Size, Old: l.Tree}
		if !gone {
			if err := o.leave(h, progress); err != nil {
				return err
			}
		}
		return o.setLedger(l)
	})
	return r, err
}

// leave freezes the tree, so that a forgotten copy of the office's folder does
// not go on with it, and then compares it: whatever came in until then is seen.
func (o *Office) leave(h *standing, progress func(done, of uint64)) error {
	tree, err := o.tree(o.Config.Ledger)
	if err != nil {
		return err
	}
	defer tree.Close()
	if err := tree.Freeze(o.context()); err != nil {
		return err
	}
	err = tree.Compare(o.context(), h.b.Dir, h.b.Checkpoint, nil, progress)
	if err != nil {
		err = errors.Join(err, tree.Thaw(o.context()))
	}
	return err
}

// standing is a ledger in which nobody can write while it is looked at.
type standing struct {
	b       *verify.Bundle
	pending *ledger.Batch // the step that is not finished, nil: none
}

// held does work while nobody can write, on a ledger that verifies and is the
// one that was signed last, with the settings of that moment.
func (o *Office) held(work func(h *standing) error) error {
	if err := o.Restored(); err != nil {
		return err
	}
	hold, err := local.Hold(local.Options{Dir: o.Public(), Guard: o.guard(), Writer: o.Writer})
	if err != nil {
		return err
	}
	defer hold.Close()
	if err := o.unchanged(); err != nil {
		return err
	}
	o.bundle = nil // read while the lock is ours
	b, err := o.Bundle()
	if err != nil {
		return err
	}
	key, err := o.ownKey(b)
	if err != nil {
		return err
	}
	signed, err := hold.Signed(key)
	if err != nil {
		return err
	}
	from, pending, err := hold.Pending()
	if err != nil {
		return err
	}
	if err := sameHistory(b.Checkpoint, signed, from, pending); err != nil {
		return err
	}
	return work(&standing{b, pending})
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

// bring makes l's tree agree with the ledger, or another tree, and notes which in
// office.toml. thaw says that a frozen tree is the office's own, to which it
// comes back.
func (o *Office) bring(l Ledger, anew, thaw bool, h *standing, progress func(done, of uint64)) (*Rebuilt, error) {
	tree, err := o.tree(l)
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	r := &Rebuilt{Size: h.b.Checkpoint.Size, Tree: l.Tree}
	if l.Tree != 0 && !anew {
		if r.Found, err = o.mended(tree, thaw, h, progress); err == nil {
			return r, o.setLedger(l)
		}
		if !beyondMending(err) {
			return nil, loading(err)
		}
		r.Why, r.Found = fault.Code(err), 0
	}
	r.Old = l.Tree
	if l.Tree, err = tree.Load(o.context(), o.Config.Name, h.b.Dir, h.b.Checkpoint, progress); err != nil {
		return nil, loading(err)
	}
	r.Tree, r.New = l.Tree, true
	if err := o.setLedger(l); err != nil {
		return nil, err
	}
	if r.Old != 0 && r.Why != "ledger.tree-missing" {
		old := l
		old.Tree = r.Old
		r.left = o.freeze(old)
		r.Left = fault.Code(r.left)
	}
	return r, nil
}

// mostQueued is how many entries are queued again one by one; more are loaded
// into a new tree in bulk.
const mostQueued = 2000

// mended queues what a tree lacks.
func (o *Office) mended(tree *trillian.Tree, thaw bool, h *standing, progress func(done, of uint64)) (uint64, error) {
	s, err := tree.Status(o.context())
	if err != nil {
		return 0, err
	}
	head := h.b.Checkpoint
	switch {
	case s.Type != "LOG":
		return 0, fault.New("ledger.tree-state", "tree "+num(s.Tree), s.Type, "LOG")
	case s.Size < head.Size && head.Size-s.Size > mostQueued:
		return 0, fault.New("ledger.tree-short", "tree "+num(s.Tree), num(s.Size), num(head.Size))
	}
	var entries [][]byte
	if h.pending != nil {
		entries = h.pending.Entries
	}
	err = tree.CatchUp(o.context(), h.b.Dir, head, entries, thaw, progress)
	if fault.Code(err) == "ledger.tree-fork" && s.Size > head.Size+uint64(len(entries)) {
		// It does not continue the ledger, and has gone on: perhaps not by mistake.
		return 0, fault.New("ledger.tree-elsewhere", "entry "+num(head.Size), "", "")
	}
	return min(s.Size, head.Size), err
}

// beyondMending tells a tree that is a stranger's or damaged from one that may
// know more than this folder, and from servers that do not answer.
func beyondMending(err error) bool {
	switch fault.Code(err) {
	case "ledger.tree-changed", "ledger.tree-foreign", "ledger.tree-fork", "ledger.tree-missing", "ledger.tree-order", "ledger.tree-short":
		return true
	}
	return false
}

// loading gives what ends a load its own words: no step waits to be finished.
func loading(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	switch f.Code {
	case "ledger.tree-late":
		return fault.New("ledger.load-late", f.Place, f.Got, f.Want).Of(fault.Unreachable)
	case "ledger.tree-stopped":
		return fault.Wrap("ledger.load-stopped", f.Place, f.Err).Of(fault.Unreachable)
	}
	return err
}

// freeze ends the writing to a tree that is left behind.
func (o *Office) freeze(l Ledger) error {
	tree, err := o.tree(l)
	if err != nil {
		return err
	}
	defer tree.Close()
	return tree.Freeze(o.context())
}
