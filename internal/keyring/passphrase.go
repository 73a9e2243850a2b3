package keyring

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/sunlot/sunlot/internal/fault"
)

const (
	minPassphrase = 10   // characters
	maxPassphrase = 1024 // bytes

	onePassphrase = "一行，不超过 1024 字节"
)

// madeDigits are the 32 characters of made passphrases: no l, o, 0, 1.
const madeDigits = "abcdefghijkmnpqrstuvwxyz23456789"

const (
	madeGroups = 6
	madeWidth  = 4
)

// NewPassphrase makes a passphrase of 120 bits that can be read aloud and
// typed, six groups of four: "k7mp-2xqd-…". It may be typed with spaces or
// nothing between the groups, and in capitals.
func NewPassphrase(random io.Reader) (string, error) {
	raw := make([]byte, madeGroups*madeWidth)
	defer clear(raw)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fault.Wrap("keyring.random", "randomness", err).Of(fault.Unreachable)
	}
	for i, b := range raw {
		raw[i] = madeDigits[b&31]
	}
	return grouped(string(raw)), nil
}

func grouped(s string) string {
	var groups []string
	for len(s) > madeWidth {
		groups, s = append(groups, s[:madeWidth]), s[madeWidth:]
	}
	return strings.Join(append(groups, s), "-")
}

// canonicalPassphrase is what is hashed: the line without its end, and a
// passphrase of NewPassphrase's shape in the form that was printed.
func canonicalPassphrase(s string) string {
	s = strings.TrimRight(s, "\r\n")
	bare := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '\u3000', '\t':
			return -1
		}
		return r
	}, strings.ToLower(s))
	if len(bare) == madeGroups*madeWidth && strings.Trim(bare, madeDigits) == "" {
		return grouped(bare)
	}
	return s
}

// checkPassphrase refuses what is soon guessed: fewer than ten characters,
// digits alone (telephone and certificate numbers), one run or repetition. It
// never says what the passphrase was.
func checkPassphrase(pass string) error {
	pass = canonicalPassphrase(pass)
	n := utf8.RuneCountInString(pass)
	switch {
	case !utf8.ValidString(pass) || len(pass) > maxPassphrase || strings.ContainsAny(pass, "\r\n\x00"):
		return fault.New("keyring.passphrase-form", "passphrase", "", onePassphrase).Of(fault.Usage)
	case n < minPassphrase:
		return fault.New("keyring.passphrase-short", "passphrase", fmt.Sprint(n), fmt.Sprint(minPassphrase)).Of(fault.Usage)
	case strings.Trim(pass, "0123456789") == "":
		return fault.New("keyring.passphrase-simple", "passphrase", "全是数字", "").Of(fault.Usage)
	case isRun(pass):
		return fault.New("keyring.passphrase-simple", "passphrase", "连续或重复的字符", "").Of(fault.Usage)
	}
	if id, err := identityOf(pass); id != nil || err != nil {
		return fault.New("keyring.passphrase-form", "passphrase", "", "不是恢复密钥").Of(fault.Usage)
	}
	return nil
}

// isRun says whether fewer than four different characters stand there, or
// each follows the one before in the alphabet.
func isRun(s string) bool {
	seen, up, down := map[rune]bool{}, true, true
	var last rune
	for i, r := range s {
		seen[r] = true
		if i > 0 {
			up, down = up && r == last+1, down && r == last-1
		}
		last = r
	}
	return len(seen) < 4 || up || down
}
