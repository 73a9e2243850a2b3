package local

import (
	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/ledger"
)

// Held is a log whose lock is taken and in which nothing is written yet: what a
// crash left is not completed, the guard has not looked.
type Held struct{ log *Log }

// Hold takes the lock of a log for work on its files or on the engine beside
// it. Options need no key.
func Hold(opt Options) (*Held, error) {
	if err := apart(opt.Dir, opt.Guard); err != nil {
		return nil, err
	}
	l := &Log{}
	if err := l.take(opt, false); err != nil {
		l.Close()
		return nil, err
	}
	return &Held{l}, nil
}

// Public is the ledger's folder.
func (h *Held) Public() *durable.Dir { return h.log.public }

// Signed is the checkpoint that was signed last with key.
func (h *Held) Signed(key ledger.Key) (ledger.Checkpoint, error) {
	return ledger.Signed(h.log.second.FS(), key)
}

// Pending is the batch that is not finished, nil if there is none.
func (h *Held) Pending() (from uint64, b *ledger.Batch, err error) { return Pending(h.log.second.FS()) }

// Close frees the lock.
func (h *Held) Close() error { return h.log.Close() }
