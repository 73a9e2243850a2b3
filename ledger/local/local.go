// Package local keeps a ledger on a disk, without any service, also on
// Windows.
//
//	log, err := local.Create(opt)       // once: an empty log and a guard record
//	log, err := local.Open(opt)         // takes the lock, lets the guard look, completes what a crash left
//	first, err := log.Append(batch)     // durable and published when it returns
//
// Two directories: Options.Dir is the public folder (package ledger names its
// files), Options.Guard the second place, best on another disk, with
//
//	signed     the last signed checkpoint and its time
//	pending    the batch that is being published
//	aside-17   a batch whose place, from index 17 on, turned out to be another's
//	lock       held by the one writer
//	holder     who that is
//
// Where Options.Sequence is given, an engine beside the folder orders the
// entries (package ledger/trillian) and the folder is its mirror; everything
// else stays as it is.
//
// A batch is one durable file before anything of it is public. From there on
// every step can be repeated: a crash anywhere is completed by the next Open
// through the same function of package ledger. So all or nothing of a batch
// stands under one checkpoint.
package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// Options of a log. Clock and keys are values.
type Options struct {
	Dir     string             // the public folder
	Guard   string             // the second place, outside Dir
	Origin  string             // must be the name of the log's key
	Log     ledger.Signer      // nil: read only
	Now     int64              // seconds since 1970
	Copies  bool               // write entry copies and proof files
	Policy  []byte             // Create only; nil: the log's key, no witnesses
	Witness ledger.WitnessFunc // nil: nobody is asked
	Writer  string             // who writes, in a line: the next one is told whom he waits for
	// nil: the folder itself is the tree
	Sequence ledger.SequenceFunc
	Hook     durable.Hook // tests: stands around every change of the disk; names in Guard begin with "guard:"
}

// Batch is what one Append adds.
type Batch = ledger.Batch

// Log is an open log. Its methods are for one goroutine at a time.
type Log struct {
	pub    *ledger.Publisher // nil: read only
	public *durable.Dir
	second *durable.Dir
	root   *os.Root // read only
	fsys   fs.FS
	locks  []*os.File
	holder string // the file that names us
	size   uint64
}

// Create makes an empty log: guard record, policy, checkpoint of size 0. It
// refuses if a ledger or a guard record stands there (ledger.exists).
func Create(opt Options) (*Log, error) {
	l, err := open(opt, true)
	if err != nil {
		return nil, err
	}
	if err := l.pub.Create(opt.Policy); err != nil {
		l.Close()
		return nil, written(err)
	}
	return l, nil
}

// Open opens a log. For writing it takes the lock without waiting for a writer
// (ledger.locked), completes what a crash left, and lets the guard refuse
// (ledger.guard-…). Without a signer it only reads, takes no lock and verifies
// nothing.
func Open(opt Options) (*Log, error) {
	if opt.Log == nil {
		return openRead(opt)
	}
	l, err := open(opt, false)
	if err != nil {
		return nil, err
	}
	if err := l.resume(); err != nil {
		l.Close()
		return nil, written(err)
	}
	return l, nil
}

// Adopt lets the guard start again from the folder as it stands, which must
// pass a whole audit: after the guard's directory was lost, another desk wrote,
// or the clock was wrong when it signed. The caller has had a person compare
// the checkpoint with the last printed one. A larger record or one of another
// history is refused as ever. A pending batch whose place is another's in this
// folder is set aside; one that only waits to be completed leaves nothing to
// adopt.
func Adopt(opt Options) error {
	if _, err := os.Stat(opt.Dir); err != nil {
		return missing(opt, opt.Dir)
	}
	l, err := open(opt, true)
	if err != nil {
		return err
	}
	return errors.Join(written(l.adopt()), l.Close())
}

func (l *Log) adopt() error {
	if _, err := l.setAside(); err != nil {
		return err
	}
	if ok, err := l.adoptable(); err != nil || !ok {
		return err
	}
	return l.pub.Adopt()
}

func openRead(opt Options) (*Log, error) {
	root, err := os.OpenRoot(opt.Dir)
	if err != nil {
		return nil, fault.Wrap("ledger.unreadable", opt.Dir, err).Of(fault.Unreachable)
	}
	l := &Log{root: root, fsys: root.FS()}
	if l.size, err = l.Dir().Size(); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// open takes the places and the lock. Only create makes directories.
func open(opt Options, create bool) (*Log, error) {
	if opt.Log == nil || opt.Log.Key().Name != opt.Origin {
		return nil, fault.New("ledger.origin", "options", "a key of another name", opt.Origin).Of(fault.Usage)
	}
	if err := apart(opt.Dir, opt.Guard); err != nil {
		return nil, err
	}
	l := &Log{}
	err := l.take(opt, create)
	if err != nil {
		l.Close()
		return nil, err
	}
	l.fsys = l.public.FS()
	l.pub = &ledger.Publisher{
		Public: l.public, Second: l.second, Log: opt.Log, Now: opt.Now, Copies: opt.Copies, Witness: opt.Witness, Sequence: opt.Sequence,
	}
	return l, nil
}

func (l *Log) take(opt Options, create bool) (err error) {
	for _, dir := range []string{opt.Guard, opt.Dir} {
		if _, err := os.Stat(dir); err != nil && !(create && errors.Is(err, fs.ErrNotExist)) {
			if errors.Is(err, fs.ErrNotExist) {
				return missing(opt, dir)
			}
			return fault.Wrap("ledger.unreadable", dir, err).Of(fault.Unreachable)
		}
	}
	if l.second, err = durable.Open(opt.Guard, durable.Options{Private: true, Hook: guardHook(opt.Hook)}); err != nil {
		return written(err)
	}
	if l.public, err = durable.Open(opt.Dir, durable.Options{Hook: opt.Hook}); err != nil {
		return written(err)
	}
	if l.locks, err = lock(opt.Guard, opt.Dir, opt.Writer); err != nil {
		return err
	}
	if opt.Writer != "" {
		l.holder = filepath.Join(opt.Guard, holderName)
	}
	return nil
}

// guardHook tells the two directories apart for the hook.
func guardHook(hook durable.Hook) durable.Hook {
	if hook == nil {
		return nil
	}
	return func(op, name string, do func() error) error { return hook(op, "guard:"+name, do) }
}

// missing says which of the two places is gone, in the guard's words.
func missing(opt Options, dir string) error {
	other := opt.Guard
	if dir == opt.Guard {
		other = opt.Dir
	}
	if _, err := os.Stat(other); err != nil {
		return fault.New("ledger.not-created", opt.Dir, "nothing", "a ledger")
	}
	if dir == opt.Guard {
		return fault.New("ledger.guard-lost", opt.Guard, "no such directory", "the record of the last signature")
	}
	return fault.New("ledger.guard-state-lost", opt.Dir, "no such directory", "the ledger folder")
}

// apart refuses a guard inside the folder that it guards, or the reverse: one
// backup would roll back both.
func apart(dir, guard string) error {
	a, err := filepath.Abs(dir)
	if err != nil {
		return fault.Wrap("ledger.unreadable", dir, err).Of(fault.Unreachable)
	}
	b, err := filepath.Abs(guard)
	if err != nil {
		return fault.Wrap("ledger.unreadable", guard, err).Of(fault.Unreachable)
	}
	for _, pair := range [][2]string{{a, b}, {b, a}} {
		rel, err := filepath.Rel(pair[0], pair[1])
		if err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return fault.New("ledger.guard-inside", guard, guard, "a directory apart from "+dir).Of(fault.Usage)
		}
	}
	return nil
}

// resume completes what a crash left, then lets the guard look.
func (l *Log) resume() error {
	if err := l.pub.Recover(); err != nil {
		return err
	}
	if err := l.complete(); err != nil {
		return err
	}
	size, err := l.pub.Check()
	l.size = size
	return err
}

// complete publishes the pending batch, if there is one.
func (l *Log) complete() error {
	origin, from, b, err := readPending(l.second.FS())
	if err != nil || b == nil {
		return err
	}
	if origin != l.pub.Log.Key().Name {
		return fault.New("ledger.pending-other", pendingName, origin, l.pub.Log.Key().Name)
	}
	l.public.Distrust()
	if err := l.pub.Publish(from, b); err != nil {
		return l.refused(from, err)
	}
	l.size = from + uint64(len(b.Entries))
	return l.second.Remove(pendingName)
}

// Append adds a batch and returns the index of its first entry (the size, if
// it has none). It returns without an error only when everything is durable
// and published. A refusal by the guard or of the batch changes nothing. After
// ledger.unfinished or ledger.unwitnessed the batch is kept: do not append it
// again, the next Append or Open completes it.
func (l *Log) Append(b Batch) (first uint64, err error) {
	if l.pub == nil {
		return 0, fault.New("ledger.read-only", "log", "opened for reading", "a log key").Of(fault.Usage)
	}
	if err := l.complete(); err != nil {
		return 0, written(err)
	}
	first, err = l.pub.Check()
	if err != nil {
		return 0, written(err)
	}
	if err := b.Check(first); err != nil {
		return 0, err
	}
	if err := l.pub.CheckPolicy(b.Policy); err != nil {
		return 0, err
	}
	// Kept with the batch: whoever edits the file while the batch waits changes
	// nothing about whose witnesses it needs, and once a new policy stands there
	// nobody could tell any more.
	if b.Former, err = l.Dir().Policy(); err != nil {
		return 0, err
	}
	// Up to here nothing is written. A crash within Replace leaves the batch
	// pending or not at all.
	if err := l.second.Replace(pendingName, formatPending(l.pub.Log.Key().Name, first, &b)); err != nil {
		l.second.Remove(pendingName) // not acknowledged: best not done
		return 0, written(err)
	}
	// From here on the batch is kept, whatever happens, but for one thing:
	// the engine says that none of it is in its tree or ever will be.
	if err := l.pub.Publish(first, &b); err != nil {
		var f *fault.Error
		if errors.Is(err, ledger.ErrNotSequenced) {
			return 0, errors.Join(err, written(drop(l.second)))
		}
		if !errors.As(err, &f) {
			err = fault.Wrap("ledger.unfinished", fmt.Sprintf("entry %d", first), err).Of(fault.Unreachable)
		}
		return 0, err
	}
	l.size = first + uint64(len(b.Entries))
	// A pending file that stays, or comes back after a power cut, is found
	// published and dropped.
	if err := l.second.Remove(pendingName); err != nil {
		return 0, fault.Wrap("ledger.unfinished", fmt.Sprintf("entry %d", first), err).Of(fault.Unreachable)
	}
	return first, nil
}

// Size is how many entries are published.
func (l *Log) Size() uint64 { return l.size }

// Dir reads the public folder.
func (l *Log) Dir() *ledger.Dir { return ledger.OpenDir(l.fsys) }

// Close frees lock and handles.
func (l *Log) Close() error {
	var errs []error
	if l.holder != "" {
		_ = os.Remove(l.holder) // while the lock is ours
	}
	for _, f := range l.locks {
		errs = append(errs, f.Close())
	}
	for _, d := range []*durable.Dir{l.public, l.second} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	if l.root != nil {
		errs = append(errs, l.root.Close())
	}
	return errors.Join(errs...)
}

// written gives an error of the disk its code; faults keep theirs.
func written(err error) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	return fault.Wrap("ledger.write-failed", "ledger folder", err).Of(fault.Unreachable)
}
