package verify

import (
	"encoding/hex"
	"slices"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// keys: K on its day, and KI where certificate numbers are public (draw1 §3). A
// key that is late, missing, wrong or lost is a failed check until it fits.
func (b *Bundle) keys(l *rules.Lot, o *record.Opening, path string) {
	late := b.Today != "" && b.Today > l.Due.K && !l.Due.Provisional
	switch {
	case o.KI != "":
		if b.key("verify.ki-differs", l, o.KI, l.Body.KeyI, path, l.KIOpened()) {
			b.hat(l, o.KI, path)
		}
	case l.KIOpened():
		b.breach("verify.ki-missing", l.Index, path, l.Body.Draw, "")
	case l.Certificates && late && l.KILost() != nil:
		b.breach("verify.ki-lost", l.Index, path, num(l.KILost().Index), l.Due.K)
	case l.Certificates && late:
		b.breach("verify.ki-overdue", l.Index, path, l.Body.Draw, l.Due.K)
	default:
		b.add(rules.Finding{Code: "verify.ki-closed", Severity: rules.Unknown, Entry: l.Index, Place: l.Body.Draw, Got: l.Body.Auditor})
	}
	b.openedK(l, o, path)
}

// openedK holds K to its commitment and its day; of a notice whose files are
// gone that is all that can be held (draw1 §1).
func (b *Bundle) openedK(l *rules.Lot, o *record.Opening, path string) {
	late := b.Today != "" && b.Today > l.Due.K && !l.Due.Provisional
	switch {
	case o.K != "":
		if b.key("verify.k-differs", l, o.K, l.Body.Key, path, l.KOpened) {
			b.held.keys++
			if l.KLate() {
				b.breach("verify.k-late", l.Index, l.Body.Draw, l.KDay, l.Due.K)
			}
			if l.Failed {
				return
			}
			b.leftBy(l, o.K)
			b.salts(l, o, path)
		}
	case l.KOpened:
		b.breach("verify.k-missing", l.Index, path, l.Body.Draw, "")
	case late && l.KLost() != nil:
		b.breach("verify.k-lost", l.Index, path, num(l.KLost().Index), l.Due.K)
	case late:
		b.breach("verify.k-overdue", l.Index, path, l.Body.Draw, l.Due.K)
	default:
		b.add(rules.Finding{Code: "verify.k-closed", Severity: rules.Unknown, Entry: l.Index, Place: l.Body.Draw, Want: l.Due.K})
	}
}

func (b *Bundle) key(code string, l *rules.Lot, key, commit, path string, logged bool) bool {
	raw, err := hex.DecodeString(key)
	if err != nil || draw.KeyCommit(raw) != commit {
		b.breach(code, l.Index, path, l.Body.Draw, commit)
		return false
	}
	if !logged {
		b.breach("verify.opening-unlogged", l.Index, path, l.Body.Draw, "")
	}
	return true
}

// salts: with K open every opened salt must be the one that K gives.
func (b *Bundle) salts(l *rules.Lot, o *record.Opening, path string) {
	k, _ := hex.DecodeString(o.K)
	for _, h := range o.Handles {
		if h.Kind == "O" && draw.Salt(k, "O", h.ID) != h.Salt {
			b.breach("verify.salt-differs", l.Index, path, h.ID, "")
			return
		}
	}
}

// personOpened: the handle of an inspector or expert is opened beside KI alone,
// stands in the hat of the notice, and has the salt that KI gives.
func (b *Bundle) personOpened(l *rules.Lot, o *record.Opening, h record.OpenHandle, handle, path string) {
	_, inspector := l.People[handle]
	_, expert := l.Experts[handle]
	_, ok := draw.PersonID(h.ID)
	switch {
	case !ok || h.Kind == "I" && !inspector || h.Kind == "E" && !expert:
		b.breach("verify.opening-stranger", l.Index, path, h.ID, "")
	case !l.KIOpened():
		b.breach("verify.opening-unlogged", l.Index, path, h.ID, "")
	default:
		ki, err := hex.DecodeString(o.KI)
		if err != nil || draw.Salt(ki, h.Kind, h.ID) != h.Salt {
			b.breach("verify.salt-differs", l.Index, path, h.ID, "")
			return
		}
		b.held.openings++
	}
}

// hat: with KI open the salts of the recusals that the draw opened are those of
// KI, and the lines of all the others are seen to be empty or not: no more and
// no fewer than the notice stated remain (draw1 §4, §7).
func (b *Bundle) hat(l *rules.Lot, key, path string) {
	r, err := b.Recusals(l, key)
	if err != nil {
		return // the walk has said so
	}
	if r.Salt != "" {
		b.breach("verify.salt-differs", l.Index, path, r.Salt, "")
	}
	if least, most := int64(len(r.Closed)), int64(len(r.Closed))*l.Body.MostForOne; r.Stated < least || r.Stated > most {
		b.breach("verify.recusals-unlike", l.Index, l.Body.Draw, num(least), num(r.Stated))
	}
}

// Recused is what KI shows of the recusal lines of a draw.
type Recused struct {
	Salt   string   // an object whose opened salt is not KI's, "" if there is none
	Empty  int      // lines that were not opened and name nobody
	Closed []string // objects whose lines were not opened and name somebody
	Stated int64    // recusals that the notice stated and the draw did not open
	Lines  map[string]string
}

// Recusals holds the recusal lines of a draw to KI, 64 hex. Lines are those that
// name somebody and were not opened: object → commitment.
func (b *Bundle) Recusals(l *rules.Lot, key string) (*Recused, error) {
	ki, err := hex.DecodeString(key)
	if err != nil {
		return nil, err
	}
	data, err := b.Dir.Blob(l.Body.Recusals.SHA256, ledger.MaxBlob)
	if err != nil {
		return nil, err
	}
	commits, err := draw.ParseRecusalCommits(data)
	if err != nil {
		return nil, err
	}
	r := &Recused{Stated: l.Body.Declared, Lines: map[string]string{}}
	opened := map[string]bool{}
	if sum := castRecusals(l); sum != "" {
		if data, err = b.Dir.Blob(sum, ledger.MaxBlob); err != nil {
			return nil, err
		}
		lines, err := draw.ParseRecusals(data)
		if err != nil {
			return nil, err
		}
		for _, line := range lines {
			opened[line.Object] = true
			r.Stated -= int64(len(line.Inspectors))
			if line.Salt != draw.RecusalSalt(ki, line.Object) && r.Salt == "" {
				r.Salt = line.Object
			}
		}
	}
	for _, c := range commits {
		switch {
		case opened[c.Handle]:
		case c.Hash == draw.RecusalHash(draw.RecusalSalt(ki, c.Handle), nil):
			r.Empty++
		default:
			r.Closed = append(r.Closed, c.Handle)
			r.Lines[c.Handle] = c.Hash
		}
	}
	slices.Sort(r.Closed)
	return r, nil
}

// castRecusals is the digest of the recusals that a cast opened, "" before.
func castRecusals(l *rules.Lot) string {
	switch {
	case l.Draw != nil:
		return l.Draw.Body.Recusals.SHA256
	case l.Platform != nil:
		return l.Platform.Body.Recusals.SHA256
	}
	return ""
}
