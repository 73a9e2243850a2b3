package verify

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/rules"
)

// maxScript bounds a script that is read, in bytes.
const maxScript = 8 << 20

// scripts compares the scripts by which a site lets its readers check with the
// digests in the ledger (网页核验程序). Only a whole site carries them; a ledger
// that names none demands none.
func (b *Bundle) scripts(site fs.FS) error {
	n := len(b.State.Software)
	if _, err := fs.Stat(site, "ledger/checkpoint"); err != nil || n == 0 {
		return nil
	}
	at := b.State.Software[n-1]
	for _, f := range at.Body.Files {
		place := "script/" + f.Name
		sum, err := digest(site, place)
		if errors.Is(err, fs.ErrNotExist) {
			b.add(rules.Finding{Code: "verify.script-missing", Severity: rules.Warning, Entry: at.Index, Place: place})
			continue
		}
		if err != nil {
			return fault.Wrap("verify.script-unread", place, err).Of(fault.Unreachable)
		}
		want, known := b.State.Script(f.Name, sum)
		switch {
		case sum == want:
		case known:
			b.add(rules.Finding{Code: "verify.script-old", Severity: rules.Warning, Entry: at.Index, Place: place, Got: sum, Want: want})
		default:
			b.add(rules.Finding{Code: "verify.script-differs", Severity: rules.Breach, Entry: at.Index, Place: place, Got: sum, Want: want})
		}
	}
	return nil
}

// digest is the SHA-256 of a file; of one that is too long, of as much of it as
// is more than any script may have, which then is nobody's.
func digest(fsys fs.FS, name string) (string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, maxScript+1)); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}
