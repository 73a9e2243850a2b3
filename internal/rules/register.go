package rules

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
)

// Firm (检查对象) is a line of the register of objects as far as a draw
// depends on it. Codes of Town, Sector and Tags are the pack's; an unknown
// town keeps its name (development zones have no division code).
type Firm struct {
	ID          string   `json:"id"` // draw1, Notation
	Name        string   `json:"name"`
	Type        string   `json:"type,omitempty"`
	Town        string   `json:"town"`
	Sector      string   `json:"sector,omitempty"`
	Supervision string   `json:"supervision,omitempty"`
	Status      string   `json:"status"`
	Registered  string   `json:"registered,omitempty"`
	Risk        string   `json:"risk,omitempty"`
	Tags        []string `json:"tags,omitempty"`
}

// Person (执法检查人员) is a line of the register of inspectors. Quals are
// codes of the pack's specialities.
type Person struct {
	ID    string   `json:"id"` // certificate number
	Name  string   `json:"name"`
	Unit  string   `json:"unit,omitempty"`
	From  string   `json:"from,omitempty"` // certificate valid from … to
	To    string   `json:"to,omitempty"`
	Off   string   `json:"off,omitempty"` // why the person is in the register and never in the hat: 停用, 调离, 专家 …
	Quals []string `json:"quals,omitempty"`
}

// LineSalt is the salt of one register line: key is 32 random bytes of that
// version, kept with the register. One key instead of a salt a line lets a
// register of millions be committed to without a second file.
func LineSalt(key []byte, kind, id string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("roster1|" + kind + "|" + id))
	return hex.EncodeToString(m.Sum(nil))
}

// RosterFile is the committed file of a register: one salted digest a line,
// sorted. ids and texts run in parallel; a text is the canonical JSON of a
// Firm or Person.
func RosterFile(key []byte, kind string, ids, texts []string) []byte {
	lines := make([]string, len(ids))
	for i := range ids {
		lines[i] = record.LineDigest(LineSalt(key, kind, ids[i]), texts[i])
	}
	slices.Sort(lines)
	var b strings.Builder
	b.Grow(65 * len(lines))
	for _, l := range lines {
		b.WriteString(l)
		b.WriteByte('\n')
	}
	return []byte(b.String())
}
