package ledger

import (
	"bytes"
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sunlot/sunlot/internal/fault"
)

// CosignedRecord is the name, in the second place, of the signed checkpoint
// with the witnesses' lines so far, while they are too few to publish it.
const CosignedRecord = "cosigned"

// witnessed asks the witnesses and holds what comes back against the policies:
// the one in force, and beside a new charter its own. It fails closed: without
// each quorum nothing is published. Lines are kept as they come, for the first
// time at which a witness saw the checkpoint is the one that counts.
func (p *Publisher) witnessed(signed []byte, pols []*Policy, size uint64, r tlog.HashReader) ([]byte, error) {
	if size == 0 {
		return signed, nil
	}
	place := fmt.Sprintf("checkpoint of size %d", size)
	final := p.cosigned(signed)
	var asked error
	if p.Witness != nil && (len(final) == len(signed) || unsatisfied(pols, final) != nil) {
		prove := func(old uint64) ([]Hash, error) { return ProveConsistency(old, size, r) }
		var got []byte
		got, asked = p.Witness(bytes.Clone(final), prove)
		if asked == nil || len(got) > 0 {
			if !bytes.HasPrefix(got, signed) {
				return nil, fault.New("ledger.witness-changed", place, clip(string(got)), "the signed checkpoint with lines added")
			}
			if _, err := ParseNote(got); err != nil {
				return nil, err
			}
			final = got
		}
	}
	pol := unsatisfied(pols, final)
	if pol == nil {
		return final, p.keep(signed, final)
	}
	if err := p.keep(signed, final); err != nil {
		return nil, err
	}
	n, err := ParseNote(final)
	if err != nil {
		return nil, err
	}
	e := fault.New("ledger.unwitnessed", place, strconv.Itoa(len(n.SignedBy(keysOf(pol.Witnesses)...))), fmt.Sprintf("%d/%d", pol.Least(), pol.Count()))
	e.Err = asked
	return nil, e.Of(fault.Unreachable)
}

// unsatisfied is the first of the policies whose quorum a checkpoint lacks.
func unsatisfied(pols []*Policy, checkpoint []byte) *Policy {
	n, err := ParseNote(checkpoint)
	for _, pol := range pols {
		if err != nil || !pol.Satisfied(n) {
			return pol
		}
	}
	return nil
}

// cosigned is the signed checkpoint with the lines that came before.
func (p *Publisher) cosigned(signed []byte) []byte {
	had, err := OpenDir(p.Second.FS()).read(CosignedRecord, maxNote)
	if err != nil || !bytes.HasPrefix(had, signed) {
		return signed // of another checkpoint, or none: they are asked
	}
	if _, err := ParseNote(had); err != nil {
		return signed
	}
	return had
}

// keep remembers the lines, if there are any.
func (p *Publisher) keep(signed, cosigned []byte) error {
	if len(cosigned) == len(signed) {
		return nil
	}
	return p.Second.Replace(CosignedRecord, cosigned)
}
