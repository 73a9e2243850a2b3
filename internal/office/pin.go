package office

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// Pin is what an office's own folder knows of its ledger, for whoever finds one
// elsewhere under the office's name: a ledger verifies by itself whoever made
// it.
type Pin struct {
	origin string
	key    ledger.Key
	own    *ledger.Dir
	head   ledger.Checkpoint // of own, signed with key; of no size where there is none
	signed []byte            // head as it stands there
	folder string
}

// Pin asks no secret. Where the office's keys are not on this machine, its own
// ledger is verified for the key, unless that was done already and own is its
// bundle; where it has neither, nothing can be pinned.
func (o *Office) Pin(own *verify.Bundle) (*Pin, error) {
	p := &Pin{origin: o.Config.Origin, own: ledger.OpenDir(os.DirFS(o.Public())), folder: o.Public()}
	ring, err := keyring.Open(o.keyDir())
	switch code := fault.Code(err); {
	case err == nil:
		p.key = ring.Log
	case code == "keyring.missing" || code == "keyring.unreadable":
		if own == nil {
			if own, err = verify.Open(os.DirFS(o.Public()), verify.Options{}); err != nil {
				return nil, &fault.Error{Code: "office.pin-none", Place: o.Dir, Kind: fault.Unreachable, Err: err}
			}
		}
		if p.key, err = ledger.ParseKey(own.LogKey()); err != nil {
			return nil, err
		}
	default:
		return nil, &fault.Error{Code: "office.pin-none", Place: o.Dir, Kind: fault.Unreachable, Err: err}
	}
	if p.key.Name != p.origin {
		return nil, fault.New("office.pin-none", o.Dir, p.key.Name, p.origin).Of(fault.Unreachable)
	}
	// A folder that is damaged pins by the key alone.
	if msg, err := p.checkpoint(); err == nil {
		if head, _, err := ledger.OpenCheckpoint(msg, p.key); err == nil {
			p.head, p.signed = head, msg
		}
	}
	return p, nil
}

// checkpoint reads the one in the office's own folder; a pipe there would be
// waited for.
func (p *Pin) checkpoint() ([]byte, error) {
	info, err := os.Stat(filepath.Join(p.folder, "checkpoint"))
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrInvalid
	}
	return p.own.Checkpoint()
}

// Newer reports whether the office's own ledger has more than one that Holds:
// records, or lines of witnesses.
func (p *Pin) Newer(b *verify.Bundle) bool {
	return p.head.Size > b.Checkpoint.Size || p.head.Size == b.Checkpoint.Size && p.signed != nil && !bytes.Equal(p.signed, b.Signed)
}

// Holds refuses a verified ledger that is not the office's own: of another
// origin, signed with another key, or another history under this key. One that
// is longer or shorter holds if the shorter is the beginning of the longer.
func (p *Pin) Holds(b *verify.Bundle, place string) error {
	if b.Checkpoint.Origin != p.origin {
		return fault.New("office.pin-other", place, b.Checkpoint.Origin, p.origin)
	}
	if _, _, err := ledger.OpenCheckpoint(b.Signed, p.key); err != nil || b.LogKey() != p.key.String() {
		return fault.New("office.pin-other", place, b.LogKey(), p.key.String())
	}
	if p.head.Size == 0 {
		return nil
	}
	short, long, dir := b.Checkpoint, p.head, p.own
	if short.Size > long.Size {
		short, long, dir = p.head, b.Checkpoint, b.Dir
	}
	proof, err := ledger.ProveConsistency(short.Size, long.Size, dir.HashReader(long.Size))
	if err == nil {
		err = ledger.CheckConsistency(proof, short.Size, short.Root, long.Size, long.Root)
	}
	if err == nil {
		return nil
	}
	if short.Size != long.Size && dir == p.own {
		// Tiles of the office's own folder are not verified yet: what they do not
		// prove is a fork only if they are sound.
		if _, broken := verify.Open(os.DirFS(p.folder), verify.Options{}); broken != nil {
			return nil
		}
	}
	return fault.New("office.pin-fork", place, num(b.Checkpoint.Size), num(p.head.Size))
}
