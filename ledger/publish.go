package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sunlot/sunlot/internal/fault"
)

// Store is a folder that can be written. durable.Dir is one; tests have one in
// memory. Names are slash separated.
type Store interface {
	FS() fs.FS
	// Put writes a whole file, visible when it returns, durable after Sync.
	Put(name string, data []byte) error
	// Sync makes every Put so far durable.
	Sync() error
	// Replace puts data in place of what stands there, at once, durably.
	Replace(name string, data []byte) error
	// Remove deletes a file or a directory with all in it; missing is fine.
	Remove(name string) error
}

// WitnessFunc takes a signed checkpoint, with the lines that are there already,
// to the witnesses and returns it with theirs added. prove makes the
// consistency proof from any older size. Lines that came are returned beside
// an error too: they are kept, and only the others are asked again.
type WitnessFunc func(checkpoint []byte, prove func(old uint64) ([]Hash, error)) ([]byte, error)

// SequenceFunc has entries ordered outside the folder, by an engine whose tree
// is the truth and the folder its mirror. head is the tree that was signed
// last, as the folder shows it; the entries follow it. It returns the root of
// the tree that ends with them, once they stand there in their order, at the
// indexes from head.Size on, and the engine has proved that this tree begins
// with head. Called again with the same entries it neither loses nor doubles
// one. Without entries it only compares: the engine's tree must be head.
// Whatever it refuses before it hands the first entry over changes nothing.
type SequenceFunc func(head Checkpoint, dir *Dir, entries [][]byte) (Hash, error)

// ErrNotSequenced is wrapped by a SequenceFunc in a refusal (fault.Error.Err)
// after which nothing that this call handed over is in the engine's tree or
// ever will be: entries that no call before has handed over need not be kept.
// A lost answer is no such refusal.
var ErrNotSequenced = errors.New("not in the engine's tree")

// Publisher publishes a log, step by step. One for all engines: whatever
// sequenced the entries, the folder is written here, the guard stands here,
// and here alone is signed.
type Publisher struct {
	Public   Store  // the ledger folder
	Second   Store  // the guard's place, outside it
	Log      Signer // its key's name is the origin
	Now      int64  // seconds since 1970
	Copies   bool   // write entry copies and proof files too
	Witness  WitnessFunc
	Sequence SequenceFunc // nil: the folder itself is the tree
}

// Batch is what one step adds. Everything in it is published under one
// checkpoint or not at all.
type Batch struct {
	Entries  [][]byte
	Blobs    [][]byte          // named by their hash
	Openings map[uint64][]byte // by index, of this batch or before: the whole new file; empty removes it
	Policy   []byte            // the new policy file; nil keeps the old
	Former   []byte            // the policy file before the batch: the checkpoint satisfies it, and Policy. Append fills it in
}

// Check holds a batch against every bound that does not depend on the log.
func (b *Batch) Check(size uint64) error {
	if len(b.Entries)+len(b.Blobs)+len(b.Openings)+len(b.Policy) == 0 {
		return fault.New("ledger.batch-empty", "batch", "nothing", "an entry, a blob, an opening or a policy").Of(fault.Usage)
	}
	for i, e := range b.Entries {
		if len(e) == 0 || len(e) > MaxEntry {
			return fault.New("ledger.entry-size", fmt.Sprintf("new entry %d", i), strconv.Itoa(len(e)), fmt.Sprintf("1..%d bytes", MaxEntry))
		}
	}
	if size+uint64(len(b.Entries)) > maxSize {
		return fault.New("ledger.log-size", "batch", strconv.FormatUint(size+uint64(len(b.Entries)), 10), strconv.Itoa(maxSize))
	}
	for _, blob := range b.Blobs {
		if len(blob) > MaxBlob {
			return fault.New("ledger.blob-size", "batch", strconv.Itoa(len(blob)), fmt.Sprintf("at most %d bytes", MaxBlob))
		}
	}
	for i, o := range b.Openings {
		if i >= size+uint64(len(b.Entries)) || len(o) > maxOpening {
			return fault.New("ledger.opening-range", OpeningPath(i), fmt.Sprintf("%d bytes", len(o)), "an entry's index, at most 64 MiB")
		}
	}
	return nil
}

// Create begins a log: a checkpoint of size 0. It refuses unless both places
// are empty of a ledger. A nil policy names the log's key and no witnesses.
func (p *Publisher) Create(policy []byte) error {
	rec, err := readRecord(p.Second.FS(), p.Log.Key())
	if err != nil {
		return err
	}
	names, err := fs.ReadDir(p.Public.FS(), ".")
	if err != nil {
		return fault.Wrap("ledger.unreadable", ".", err).Of(fault.Unreachable)
	}
	names = slices.DeleteFunc(names, func(e fs.DirEntry) bool {
		return strings.HasPrefix(e.Name(), "policy") // of a Create that a crash cut short
	})
	if rec != nil || len(names) > 0 {
		return fault.New("ledger.exists", "checkpoint", "something stands there already", "an empty folder and no guard record").Of(fault.Usage)
	}
	return p.begin(policy)
}

// begin writes the empty log. Called again after a crash it does the same.
func (p *Publisher) begin(policy []byte) error {
	if policy == nil {
		var err error
		if policy, err = FormatPolicy(&Policy{Logs: []PolicyKey{{Key: p.Log.Key()}}}); err != nil {
			return err
		}
	}
	pol, err := p.checkPolicy(policy)
	if err != nil {
		return err
	}
	if err := p.Public.Replace("policy", policy); err != nil {
		return err
	}
	// A crash here leaves a policy and no record: the next Create goes on.
	head := Checkpoint{Origin: p.Log.Key().Name, Root: rootOf(nil)}
	_, err = p.sign(head, []*Policy{pol}, nil, nil, nil)
	return err
}

// Recover finishes a Create that a crash cut short: the guard knows a log of
// size 0 and the folder has no checkpoint.
func (p *Publisher) Recover() error {
	rec, err := readRecord(p.Second.FS(), p.Log.Key())
	if err != nil || rec == nil || rec.head.Size != 0 {
		return err
	}
	dir := OpenDir(p.Public.FS())
	if _, err := dir.Checkpoint(); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	policy, err := dir.Policy()
	if err != nil {
		return fault.New("ledger.guard-state-lost", "checkpoint", "no checkpoint", "the checkpoint of size 0")
	}
	return p.begin(policy)
}

// Check is the guard's first run alone: may this log be continued? It changes
// nothing and returns the size.
func (p *Publisher) Check() (uint64, error) {
	size, err := OpenDir(p.Public.FS()).Size()
	if err != nil {
		size = 0 // the guard says what is wrong with the checkpoint
	}
	rec, e, err := p.guard(size, size)
	if err != nil {
		return 0, err
	}
	if _, err := p.sequence(rec.head, nil); err != nil {
		return 0, err
	}
	return e.size, nil
}

// sequence asks the engine, if there is one beside the folder.
func (p *Publisher) sequence(head Checkpoint, entries [][]byte) (Hash, error) {
	if p.Sequence == nil {
		return head.Root, nil
	}
	return p.Sequence(head, OpenDir(p.Public.FS()), entries)
}

// Publish appends b to the log of size from and publishes it: guard → blobs,
// openings of new entries → engine → openings of older ones → entries → tiles →
// guard → log signature → guard record → witnesses → copies and proofs →
// checkpoint last. It is also what completes a step that a crash cut short:
// called again with the same batch it does what is left and no harm.
func (p *Publisher) Publish(from uint64, b *Batch) error {
	to := from + uint64(len(b.Entries))
	if err := b.Check(from); err != nil {
		return err
	}
	if done, err := p.done(from, to, b); done || err != nil {
		return err
	}
	rec, e, err := p.guard(from, to)
	if err != nil {
		return err
	}
	dir := OpenDir(p.Public.FS())
	was, err := dir.Checkpoint()
	if err != nil {
		return err
	}
	pols, err := p.policiesOf(dir, b)
	if err != nil {
		return err
	}
	g := grow(e, b.Entries)
	next := Checkpoint{Origin: p.Log.Key().Name, Size: to, Root: g.to.root()}
	if rec.head.Size == to && rec.head.Root != next.Root {
		return fault.New("ledger.guard-fork", "checkpoint", next.Root.String(), rec.head.Root.String())
	}
	// A crash from here to the checkpoint leaves files that the published
	// checkpoint does not cover; the next run writes the same ones again.
	if err := p.putBefore(from, b); err != nil {
		return err
	}
	if err := p.sequenced(from, was, g); err != nil {
		return p.takeBack(from, b, err)
	}
	// What was published before changes only now: a refused step has neither
	// added, rewritten nor removed an opening of it.
	if err := p.putOpenings(b, func(i uint64) bool { return i < from }); err != nil {
		return err
	}
	if err := g.files(p.Public.Put); err != nil {
		return err
	}
	if err := p.Public.Sync(); err != nil {
		return err
	}
	if to == from { // nothing new is signed
		return p.putPolicy(b.Policy)
	}
	if err := p.guardAgain(rec, was, next); err != nil {
		return err
	}
	if _, err := p.sign(next, pols, g, dir, b.Policy); err != nil {
		return err
	}
	if _, err := fs.Stat(p.Second.FS(), CosignedRecord); err == nil {
		if err := p.Second.Remove(CosignedRecord); err != nil {
			return err
		}
	}
	return p.collect(g.superseded())
}

// sequenced hands new entries to the engine beside the folder. What they speak
// of is durable first: an entry that is sequenced cannot be taken back. A crash
// here leaves them in the engine's tree, where the next run finds them.
func (p *Publisher) sequenced(from uint64, was []byte, g *growth) error {
	if p.Sequence == nil || len(g.entries) == 0 {
		return nil
	}
	if err := p.Public.Sync(); err != nil {
		return err
	}
	head, err := p.openPublic(was)
	if err != nil {
		return err
	}
	root, err := p.sequence(head, g.entries)
	if err != nil {
		return err
	}
	if mine := g.to.root(); root != mine {
		return fault.New("ledger.tree-fork", fmt.Sprintf("entry %d", from), root.String(), mine.String())
	}
	return nil
}

// sign signs head, lets the guard remember it, has it witnessed and publishes
// it. Nothing else in the project signs a checkpoint.
func (p *Publisher) sign(head Checkpoint, pols []*Policy, g *growth, dir *Dir, policy []byte) ([]byte, error) {
	text, err := FormatCheckpoint(head)
	if err != nil {
		return nil, err
	}
	signed, err := FormatNote(text, p.Log)
	if err != nil {
		return nil, err
	}
	// Remembered before anybody sees it. A crash after this is completed by
	// the batch that is still pending, to the same root: nothing else can be.
	if err := p.Second.Replace(GuardRecord, formatRecord(p.Now, signed)); err != nil {
		return nil, err
	}
	var reader *tileReader
	if g != nil {
		reader = g.reader(dir)
	}
	// A crash, or witnesses that do not answer, leave the batch pending and what
	// lines came beside the guard's record.
	final, err := p.witnessed(signed, pols, head.Size, reader)
	if err != nil {
		return nil, err
	}
	if g != nil && p.Copies {
		if err := p.putCopies(g, reader, final); err != nil {
			return nil, err
		}
	}
	// The policy is public with the charter that names it, not before. A crash
	// here leaves everything but the checkpoint; it comes last.
	if err := p.putPolicy(policy); err != nil {
		return nil, err
	}
	return final, p.Public.Replace("checkpoint", final)
}

// putBefore writes what new entries speak of.
func (p *Publisher) putBefore(from uint64, b *Batch) error {
	for _, blob := range b.Blobs {
		sum := sha256.Sum256(blob)
		if err := p.Public.Put(BlobPath(hex.EncodeToString(sum[:])), blob); err != nil {
			return err
		}
	}
	return p.putOpenings(b, func(i uint64) bool { return i >= from })
}

// putOpenings writes or removes those of the batch's openings that which picks.
func (p *Publisher) putOpenings(b *Batch, which func(index uint64) bool) error {
	for _, i := range slices.Sorted(maps.Keys(b.Openings)) {
		if !which(i) {
			continue
		}
		var err error
		if len(b.Openings[i]) == 0 {
			err = p.Public.Remove(OpeningPath(i))
		} else {
			err = p.Public.Put(OpeningPath(i), b.Openings[i])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// takeBack removes the openings of entries that never will be; a blob may be
// another entry's, too. A crash before it leaves the batch pending: the next
// run is refused the same way.
func (p *Publisher) takeBack(from uint64, b *Batch, refused error) error {
	if !errors.Is(refused, ErrNotSequenced) {
		return refused
	}
	for _, i := range slices.Sorted(maps.Keys(b.Openings)) {
		if i < from {
			continue
		}
		if err := p.Public.Remove(OpeningPath(i)); err != nil {
			return err
		}
	}
	if err := p.Public.Sync(); err != nil {
		return err
	}
	return refused
}

// putPolicy replaces the policy file.
func (p *Publisher) putPolicy(text []byte) error {
	if text == nil {
		return nil
	}
	return p.Public.Replace("policy", text)
}

// putCopies writes the readable copy and the proof of each new entry.
func (p *Publisher) putCopies(g *growth, r tlog.HashReader, checkpoint []byte) error {
	for k, entry := range g.entries {
		i := g.from.size + uint64(k)
		if err := p.Public.Put(EntryPath(i), entry); err != nil {
			return err
		}
		path, err := ProveInclusion(i, g.to.size, r)
		if err != nil {
			return err
		}
		if err := p.Public.Put(ProofPath(i), FormatProof(i, path, checkpoint)); err != nil {
			return err
		}
	}
	return p.Public.Sync()
}

// done says whether the batch was published before and only its pending note
// was left: the checkpoint covers it, the guard agrees and the entries are the
// same. What may still be left over is collected again.
func (p *Publisher) done(from, to uint64, b *Batch) (bool, error) {
	dir := OpenDir(p.Public.FS())
	size, err := dir.Size()
	if err != nil || size != to || to == from {
		return false, nil // the guard says what is wrong
	}
	if _, _, err := p.guard(to, to); err != nil {
		return false, err
	}
	err = dir.Entries(from, to, func(i uint64, entry []byte) error {
		if !bytes.Equal(entry, b.Entries[i-from]) {
			return fault.New("ledger.guard-other-writer", fmt.Sprintf("entry %d", i), "another entry", "the pending one")
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	return true, p.collect((&growth{from: &edge{size: from}, to: &edge{size: to}}).superseded())
}

// collect removes superseded partial tiles: only once the checkpoint stands,
// so that a crash never leaves a checkpoint without its tiles.
func (p *Publisher) collect(dirs []string) error {
	for _, dir := range dirs {
		if err := p.Public.Remove(dir); err != nil {
			return err
		}
	}
	return nil
}

// CheckPolicy decides about a batch's policy before anything is sequenced: it
// must be in the form of FormatPolicy and name this log. nil is fine.
func (p *Publisher) CheckPolicy(text []byte) error {
	if text == nil {
		return nil
	}
	_, err := p.checkPolicy(text)
	return err
}

// policiesOf are those that the batch's checkpoint must satisfy: the one before
// it, and the one that it brings.
func (p *Publisher) policiesOf(dir *Dir, b *Batch) ([]*Policy, error) {
	texts := [][]byte{b.Former, b.Policy}
	if b.Former == nil {
		var err error
		if texts[0], err = dir.Policy(); err != nil {
			return nil, err
		}
	}
	if b.Policy == nil || bytes.Equal(texts[0], b.Policy) {
		texts = texts[:1]
	}
	var pols []*Policy
	for _, text := range texts {
		pol, err := p.checkPolicy(text)
		if err != nil {
			return nil, err
		}
		pols = append(pols, pol)
	}
	return pols, nil
}

// checkPolicy refuses a policy under which this log's own checkpoints would
// not count or two histories would, and one that is not in the form of
// FormatPolicy.
func (p *Publisher) checkPolicy(text []byte) (*Policy, error) {
	pol, err := ParsePolicy(text)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(pol.text(), text) {
		return nil, fault.New("ledger.policy-form", "policy", "another form", clip(string(pol.text())))
	}
	if err := pol.CheckQuorum(); err != nil {
		return nil, err
	}
	for _, l := range pol.Logs {
		if l.Key.Equal(p.Log.Key()) {
			return pol, nil
		}
	}
	return nil, fault.New("ledger.policy-no-log", "policy", clip(string(text)), "log "+p.Log.Key().String())
}
