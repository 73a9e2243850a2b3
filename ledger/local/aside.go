package local

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// asideName begins the name of a batch that was set aside; the size before it
// follows. Nothing reads it again but people.
const asideName = "aside-"

// SetAside takes a pending batch out of the way whose place is provably
// another's: the folder has a checkpoint of the log's key that covers the place
// and other entries there, as when the newest folder of another desk was
// brought here. It returns how many entries the batch has, -1 where it has
// touched nothing.
func SetAside(opt Options) (n int, err error) {
	l, err := open(opt, false)
	if err != nil {
		return -1, err
	}
	n, err = l.setAside()
	return n, errors.Join(written(err), l.Close())
}

func (l *Log) setAside() (int, error) {
	key := l.pub.Log.Key()
	origin, from, b, err := readPending(l.second.FS())
	if err != nil || b == nil {
		return -1, err
	}
	if origin != key.Name {
		return -1, fault.New("ledger.pending-other", pendingName, origin, key.Name)
	}
	elsewhere, err := l.elsewhere(from, b)
	if err != nil || !elsewhere {
		return -1, err
	}
	return len(b.Entries), l.aside(from)
}

// elsewhere says whether the signed folder proves that the batch of size from
// can never be published. What the guard has signed over is not given up for a
// folder of another history.
func (l *Log) elsewhere(from uint64, b *Batch) (bool, error) {
	head, err := l.head()
	if err != nil || head.Size <= from {
		return false, err
	}
	signed, err := ledger.Signed(l.second.FS(), l.pub.Log.Key())
	if err != nil || signed.Size > from && !same(signed, head) {
		return false, err
	}
	to := from + uint64(len(b.Entries))
	other := false
	err = l.Dir().Entries(from, min(to, head.Size), func(i uint64, entry []byte) error {
		if other || bytes.Equal(entry, b.Entries[i-from]) {
			return nil
		}
		other = true
		path, err := ledger.ProveInclusion(i, head.Size, l.Dir().HashReader(head.Size))
		if err != nil {
			return err
		}
		return ledger.CheckInclusion(path, i, ledger.LeafHash(entry), head.Size, head.Root)
	})
	// A batch stands under one checkpoint: one of another size over the same
	// entries is of somebody who went on. The same size is the batch itself,
	// which the next run finds published.
	return other || err == nil && head.Size != to, err
}

func same(a, b ledger.Checkpoint) bool {
	return a.Origin == b.Origin && a.Size == b.Size && a.Root == b.Root
}

// head opens the folder's checkpoint; the zero one where there is none that
// the log's key has signed: then nothing is proved.
func (l *Log) head() (ledger.Checkpoint, error) {
	msg, err := l.Dir().Checkpoint()
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return ledger.Checkpoint{}, err
	}
	head, _, err := ledger.OpenCheckpoint(msg, l.pub.Log.Key())
	if err != nil {
		return ledger.Checkpoint{}, nil // the guard says what is wrong with it
	}
	return head, nil
}

// aside gives the pending file another name, durably. A crash between leaves
// both, and the next run finds the copy.
func (l *Log) aside(from uint64) error {
	data, err := fs.ReadFile(l.second.FS(), pendingName)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s%d", asideName, from)
	for n := 2; ; n++ {
		there, err := fs.ReadFile(l.second.FS(), name)
		if errors.Is(err, fs.ErrNotExist) {
			err = l.second.Replace(name, data)
		} else if err == nil && !bytes.Equal(there, data) {
			name = fmt.Sprintf("%s%d-%d", asideName, from, n) // of another time
			continue
		}
		if err != nil {
			return err
		}
		break
	}
	return drop(l.second)
}

// drop removes the pending file, durably.
func drop(second *durable.Dir) error {
	if err := second.Remove(pendingName); err != nil {
		return err
	}
	return second.Sync()
}

// refused keeps the pending batch after a refusal, but for one: another writer
// has its place in the engine's tree, and nothing was signed over it. Then it
// is set aside, for it could only be refused again.
func (l *Log) refused(from uint64, err error) error {
	if !errors.Is(err, ledger.ErrNotSequenced) || fault.Code(err) != "ledger.tree-taken" {
		return err
	}
	signed, serr := ledger.Signed(l.second.FS(), l.pub.Log.Key())
	if serr != nil || signed.Size != from {
		return err
	}
	return errors.Join(err, written(l.aside(from)))
}

// adoptable says whether there is anything to adopt beside a pending batch. One
// that continues what the guard remembers is the guard's own business: the next
// write completes it.
func (l *Log) adoptable() (bool, error) {
	_, from, b, err := readPending(l.second.FS())
	if err != nil || b == nil {
		return err == nil, err
	}
	head, err := l.head()
	if err != nil {
		return false, err
	}
	signed, err := ledger.Signed(l.second.FS(), l.pub.Log.Key())
	if err != nil {
		return false, err
	}
	to := from + uint64(len(b.Entries))
	switch {
	case signed.Origin == "" || head.Size == to && to > from: // no memory, or the batch is published
		return true, nil
	case head.Size == from && (same(signed, head) || signed.Size == to && to > from):
		return false, nil
	}
	return false, fault.New("ledger.adopt-unfinished", pendingName, fmt.Sprint(len(b.Entries)), "").Of(fault.Usage)
}
