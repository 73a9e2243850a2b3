package verify

import (
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// Attested are the keys, of those that a notice names, whose lines in a cast
// verify over the record of its ceremony (draw1 §2, grade C). Lines that are no
// signed note attest nothing.
func Attested(s *rules.State, e *record.Entry) (by []string) {
	text, lines, keys := s.Attest(e)
	if text == "" || len(lines) == 0 {
		return nil
	}
	note, err := ledger.ParseNote([]byte(text + "\n" + strings.Join(lines, "\n") + "\n"))
	if err != nil {
		return nil
	}
	for _, vkey := range keys {
		if k, err := ledger.ParseKey(vkey); err == nil && len(note.SignedBy(k)) == 1 {
			by = append(by, vkey)
		}
	}
	return by
}
