package verify

import (
	"io/fs"
	"slices"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// Saved is where an earlier verification of the same folder ended: what the
// first Size entries under Root have made of the office. Who gives it vouches
// for it.
type Saved struct {
	Size  uint64
	Root  ledger.Hash
	State *rules.State
}

// Resume verifies only what has come since: that the signed tree continues the
// saved one, each later entry under its root, and the openings of the draws and
// entries since. The office uses it before it signs the next entry; the Bundle
// has no earlier Entries, no Findings about them and no verdict, so pages and
// reports are never made from it. Saved.State belongs to the Bundle from here
// on, whether it fails or not.
func Resume(fsys fs.FS, from Saved, opt Options) (*Bundle, error) {
	root, err := Root(fsys)
	if err != nil {
		return nil, err
	}
	b := &Bundle{Dir: ledger.OpenDir(root), State: from.State, Pinned: opt.Policy != nil, Today: opt.Today, Resumed: from.Size,
		signers: map[string]*ledger.Key{}, policies: map[string]*ledger.Policy{}, needed: map[string]bool{}}
	if err := b.head(opt.Policy); err != nil {
		return nil, err
	}
	size := b.Checkpoint.Size
	if from.Size > size || int64(from.Size) != from.State.Size {
		return nil, fault.New("verify.other-ledger", "", num(size), num(from.Size))
	}
	hashes := b.Dir.HashReader(size)
	proof, err := ledger.ProveConsistency(from.Size, size, hashes)
	if err == nil {
		err = ledger.CheckConsistency(proof, from.Size, from.Root, size, b.Checkpoint.Root)
	}
	if err != nil {
		return nil, fault.Wrap("verify.other-ledger", "", err)
	}
	b.Entries = make([]*Entry, from.Size, size)
	err = b.Dir.Entries(from.Size, size, func(i uint64, raw []byte) error {
		path, err := ledger.ProveInclusion(i, size, hashes)
		if err == nil {
			err = ledger.CheckInclusion(path, i, ledger.LeafHash(raw), size, b.Checkpoint.Root)
		}
		if err != nil {
			return err
		}
		return b.step(b.readOne(int64(i), raw))
	})
	if err != nil {
		return nil, err
	}
	b.gather()
	b.charterKey()
	b.openings()
	return b, nil
}

// Entry is the record at an index, read again where a resumed verification has
// passed over it, with its opening. It must be below the checkpoint's size.
func (b *Bundle) Entry(index int64) (*Entry, error) {
	if e := b.Entries[index]; e != nil {
		return e, nil
	}
	raw, err := b.Dir.Entry(uint64(index))
	if err != nil {
		return nil, err
	}
	r := b.readOne(index, raw)
	if r.err != nil {
		return nil, r.err
	}
	e := r.Entry
	if mayOpen(e.Record) {
		b.opening(e, b.readOpening(e, new(record.Parser)))
	}
	b.Entries[index] = e
	return e, nil
}

// Value is the opened value of an entry's sealed path, "" where there is none.
func (b *Bundle) Value(index int64, path string) string {
	e, err := b.Entry(index)
	if err != nil {
		return ""
	}
	return e.Value(path)
}

// since reports whether anything of the draw has been opened, or any result of
// it published, by the entries that this verification has read.
func (b *Bundle) since(l *rules.Lot) bool {
	from := int64(b.Resumed)
	if n := len(l.Opened); l.Index >= from || n > 0 && l.Opened[n-1].Index >= from {
		return true
	}
	for _, f := range slices.Backward(b.State.Results) {
		if f.Index < from {
			return false
		}
		if f.Lot == l {
			return true
		}
	}
	return false
}
