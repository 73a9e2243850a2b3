package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// walk lists the folder: every name must be one that a ledger of this size
// has. Blobs are hashed on the way.
func (a *auditor) walk() {
	a.copies, a.proofs = map[uint64]bool{}, map[uint64]bool{}
	err := fs.WalkDir(a.d.fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			a.add(fault.Wrap("ledger.unreadable", name, err).Of(fault.Unreachable))
			return nil
		}
		if a.full() {
			return fs.SkipAll
		}
		switch {
		case e.IsDir():
			if !strings.Contains(name, "/") && !ledgerDir[name] {
				a.problem("ledger.audit-foreign", name, "a directory", "nothing")
				return fs.SkipDir
			}
		case !e.Type().IsRegular():
			a.problem("ledger.audit-foreign", name, e.Type().String(), "a file")
		default:
			a.classify(name)
		}
		return nil
	})
	if err != nil {
		a.add(fault.Wrap("ledger.unreadable", ".", err).Of(fault.Unreachable))
	}
	if !a.opt.Copies {
		return
	}
	for i := uint64(0); i < a.size && !a.full(); i++ {
		if !a.copies[i] {
			a.problem("ledger.audit-missing", EntryPath(i), "nothing", "the file")
		}
		if !a.proofs[i] {
			a.problem("ledger.audit-missing", ProofPath(i), "nothing", "the file")
		}
	}
}

var ledgerDir = map[string]bool{".": true, "tile": true, "entry": true, "proof": true, "opening": true, "blob": true}

func (a *auditor) classify(name string) {
	if name == "checkpoint" || name == "policy" {
		return
	}
	if i, ok := indexOf(name, "entry/", ".txt"); ok {
		a.covered(name, i, a.copies)
		return
	}
	if i, ok := indexOf(name, "proof/", ".tlog-proof"); ok {
		a.covered(name, i, a.proofs)
		return
	}
	if i, ok := indexOf(name, "opening/", ".json"); ok {
		a.covered(name, i, nil)
		return
	}
	if sum, ok := strings.CutPrefix(name, "blob/sha256/"); ok {
		a.checkBlob(name, sum)
		return
	}
	level, n, width, ok := parseTileName(name)
	if !ok {
		a.problem("ledger.audit-foreign", name, "no file of a ledger", "nothing")
		return
	}
	now := widthOf(max(level, 0), n, a.size)
	switch {
	case width > now:
		a.problem("ledger.audit-beyond", name, "more than the checkpoint covers", "size "+strconv.FormatUint(a.size, 10))
	case width < now:
		a.partials = append(a.partials, name)
	}
}

// covered notes a file of an entry, or reports one beyond the checkpoint.
func (a *auditor) covered(name string, index uint64, seen map[uint64]bool) {
	if index >= a.size {
		a.problem("ledger.audit-beyond", name, "more than the checkpoint covers", "size "+strconv.FormatUint(a.size, 10))
	} else if seen != nil {
		seen[index] = true
	}
}

// checkBlob hashes a blob without holding it in memory.
func (a *auditor) checkBlob(name, sum string) {
	_, base, _ := strings.Cut(sum, "/")
	if raw, err := hex.DecodeString(base); err != nil || len(raw) != sha256.Size || BlobPath(hex.EncodeToString(raw)) != name {
		a.problem("ledger.audit-foreign", name, "no name of a blob", "nothing")
		return
	}
	f, err := a.d.fsys.Open(name)
	if err != nil {
		a.add(fault.Wrap("ledger.unreadable", name, err).Of(fault.Unreachable))
		return
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(f, MaxBlob+1))
	if err != nil {
		a.add(fault.Wrap("ledger.unreadable", name, err).Of(fault.Unreachable))
		return
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != base || n > MaxBlob {
		a.problem("ledger.audit-blob", name, got, base)
	}
}
