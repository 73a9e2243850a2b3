package ledger

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/sunlot/sunlot/internal/fault"
)

// openedCheckpoint is what is known of one checkpoint that proof files carry:
// thousands of files share one, so it is verified once.
type openedCheckpoint struct {
	head  Checkpoint
	found *Proved
	err   error
}

// checkEach holds the files of each entry against it: the copy by its leaf
// hash, the proof against its own checkpoint, which this log must continue.
func (a *auditor) checkEach() {
	if a.full() || len(a.levels) == 0 {
		return
	}
	a.each((a.size+TileWidth-1)/TileWidth, func(n uint64) {
		for index := n * TileWidth; index < min((n+1)*TileWidth, a.size); index++ {
			if a.stands(a.copies, index) {
				a.checkCopy(index)
			}
			if !a.stands(a.proofs, index) {
				continue
			}
			if err := a.checkProof(index); err != nil {
				a.cannot("ledger.audit-proof", ProofPath(index), err)
			}
		}
	})
}

// stands says whether a file is to be read; walk reports those that must stand
// there and do not.
func (a *auditor) stands(seen map[uint64]bool, index uint64) bool {
	return seen[index] || seen == nil && a.opt.Copies
}

func (a *auditor) checkCopy(index uint64) {
	data, err := a.d.read(EntryPath(index), MaxEntry)
	if err != nil {
		a.cannot("ledger.audit-copy", EntryPath(index), err)
	} else if LeafHash(data) != a.levels[0][index] {
		a.problem("ledger.audit-copy", EntryPath(index), "other bytes", fmt.Sprintf("entry %d", index))
	}
}

func (a *auditor) checkProof(index uint64) error {
	data, err := a.d.Proof(index)
	if err != nil {
		return err
	}
	if a.opt.Read != nil {
		a.opt.Read(index, data)
	}
	p, err := parseProofHead(data)
	if err != nil {
		return err
	}
	if p.Index != index || p.Extra != nil {
		return fmt.Errorf("index %d, %d extra bytes", p.Index, len(p.Extra))
	}
	a.mu.Lock()
	o := a.opened[string(p.Checkpoint)]
	a.mu.Unlock()
	if o == nil {
		o = a.openEarlier(p.Checkpoint, ProofPath(index))
		a.mu.Lock()
		a.opened[o.found.text] = o
		a.mu.Unlock()
	}
	if o.err != nil {
		return o.err
	}
	if err := CheckInclusion(p.Path, index, a.levels[0][index], o.head.Size, o.head.Root); err != nil {
		return err
	}
	if a.opt.Proved != nil {
		a.opt.Proved(index, o.found)
	}
	return nil
}

// openEarlier opens a proof's checkpoint and holds it against the computed
// tree: its root must be that of the first entries of this log.
func (a *auditor) openEarlier(msg []byte, place string) *openedCheckpoint {
	o := &openedCheckpoint{found: &Proved{text: string(msg)}}
	var n *Note
	o.head, n, o.err = OpenCheckpoint(msg, a.key)
	for _, k := range a.opt.Earlier {
		if o.err == nil {
			break
		}
		o.head, n, o.err = OpenCheckpoint(msg, k)
	}
	if o.err != nil {
		return o
	}
	o.found.Head = o.head
	if a.policy != nil {
		o.found.keys, o.found.times = a.policy.Witnesses, a.checkCosignatures(n, place)
	}
	if o.head.Size > a.size {
		o.err = fmt.Errorf("checkpoint of size %d, the log has %d", o.head.Size, a.size)
		return o
	}
	if a.edgeAt(o.head.Size).root() != o.head.Root {
		o.err = fmt.Errorf("checkpoint of size %d has another root than the log had", o.head.Size)
	}
	return o
}

// checkPartials compares the partial tiles and bundles that earlier
// checkpoints needed with the heads of what stands there now.
func (a *auditor) checkPartials() {
	if len(a.levels) == 0 {
		return
	}
	whole := map[uint64][]byte{}
	for _, name := range a.partials {
		level, n, width, _ := parseTileName(name)
		data, err := a.d.read(name, maxBundle)
		if err != nil {
			a.cannot("ledger.audit-tile", name, err)
			continue
		}
		if level < 0 {
			if _, ok := whole[n]; !ok {
				whole[n] = a.soundBundle(n)
			}
			if !a.headOf(whole[n], data, n, width) {
				a.problem("ledger.audit-bundle", name, "other entries", "those of the log")
			}
		} else if !bytes.Equal(data, bytesOf(a.row(level, n)[:width])) {
			a.problem("ledger.audit-tile", name, "hashes that differ", "those of the entries")
		}
	}
}

// soundBundle is the bundle that stands there now, nil if anything is wrong
// with it.
func (a *auditor) soundBundle(n uint64) []byte {
	name := BundlePath(n, widthOf(0, n, a.size))
	if slices.ContainsFunc(a.rep.Problems, func(p *fault.Error) bool { return p.Place == name }) {
		return nil
	}
	data, err := a.d.read(name, maxBundle)
	if err != nil {
		return nil
	}
	return data
}

// headOf reports whether data holds the first entries of bundle n. A bundle's
// head is the same bytes as the whole one's, so only beside a damaged bundle is
// there anything to hash again.
func (a *auditor) headOf(whole, data []byte, n uint64, width int) bool {
	entries, err := ParseBundle(data, width)
	if err != nil || whole != nil {
		return err == nil && bytes.HasPrefix(whole, data)
	}
	for i, e := range entries {
		if LeafHash(e) != a.levels[0][n*TileWidth+uint64(i)] {
			return false
		}
	}
	return true
}
