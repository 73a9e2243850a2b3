package draw

import (
	"strconv"
	"strings"
)

const (
	handleLen  = 32
	hashLen    = 64
	nameMax    = 64
	maxWeight  = 16
	maxSlots   = 9
	maxTeams   = 99
	maxInteger = 1_000_000_000_000_000 // integers of a case have at most 15 digits, exact in every language
)

// hexDigit tells lower-case hex digits by table: a pool has millions of them.
var hexDigit = func() (t [256]bool) {
	for _, c := range []byte("0123456789abcdef") {
		t[c] = true
	}
	return t
}()

func isHex(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := range len(s) {
		if !hexDigit[s[i]] {
			return false
		}
	}
	return true
}

func isHandle(s string) bool { return isHex(s, handleLen) }
func isHash(s string) bool   { return isHex(s, hashLen) }

// isName tells the form of cell codes, qualifications, group names and
// grounds: [0-9A-Za-z._~-]{1,64}.
func isName(s string) bool {
	if len(s) < 1 || len(s) > nameMax {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case '0' <= c && c <= '9', 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z':
		case c == '.', c == '_', c == '~', c == '-':
		default:
			return false
		}
	}
	return true
}

// isTeamName tells team01 … team99.
func isTeamName(s string) bool {
	return len(s) == 6 && s[:4] == "team" && '0' <= s[4] && s[4] <= '9' &&
		'0' <= s[5] && s[5] <= '9' && s != "team00"
}

// teamName is the name of group team i (from 1).
func teamName(i int) string {
	if i < 10 {
		return "team0" + strconv.Itoa(i)
	}
	return "team" + strconv.Itoa(i)
}

func isUpperAlnum(s string, low, high int, extra string) bool {
	if len(s) < low || len(s) > high {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if ('0' > c || c > '9') && ('A' > c || c > 'Z') && strings.IndexByte(extra, c) < 0 {
			return false
		}
	}
	return true
}

// registered is the mark of an enterprise entered by its registration number.
const registered = "注册号:"

// ObjectID checks the canonical form of an enterprise's id: 18 of [0-9A-Z]
// (统一社会信用代码), or 注册号: and 8 to 18 of them. The caller has applied
// NFKC and upper-casing; any other writing matches nothing (draw1, notation).
func ObjectID(raw string) (string, bool) {
	if number, found := strings.CutPrefix(raw, registered); found {
		if !isUpperAlnum(number, 8, 18, "") {
			return "", false
		}
		return raw, true
	}
	if !isUpperAlnum(raw, 18, 18, "") {
		return "", false
	}
	return raw, true
}

// PersonID checks the canonical form of a certificate number:
// [0-9A-Z-]{4,32}, after NFKC and upper-casing.
func PersonID(raw string) (string, bool) {
	if !isUpperAlnum(raw, 4, 32, "-") {
		return "", false
	}
	return raw, true
}

// clip shortens what a refusal quotes: input is hostile and may be long.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return strconv.Quote(s)
	}
	return strconv.Quote(s[:most]) + "…"
}
