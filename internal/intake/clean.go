package intake

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Text is cleaned so that what looks the same is the same, and so that nothing
// hidden enters the ledger (security.md T11). NFKC would also turn ① into 1 and
// （） into (), which alters prose; so text gets NFC, half-width letters and
// digits, and plain Han characters for compatibility forms and radicals, and
// only codes, numbers and dates get NFKC.

// fixed is the set of things that cleaning changed.
type fixed uint8

const (
	fixedSpace fixed = 1 << iota
	fixedInvisible
	fixedWidth
	fixedNewline
	fixedForm
	fixedApostrophe
)

// why names the most telling change.
func (f fixed) why() string {
	switch {
	case f&fixedInvisible != 0:
		return "intake.fixed-invisible"
	case f&fixedApostrophe != 0:
		return "intake.fixed-apostrophe"
	case f&fixedForm != 0:
		return "intake.fixed-character"
	case f&fixedWidth != 0:
		return "intake.fixed-width"
	case f&fixedNewline != 0:
		return "intake.fixed-newline"
	}
	return "intake.fixed-space"
}

// simple reports that a rune needs no cleaning wherever it stands.
func simple(r rune) bool {
	return r > ' ' && r < 0x7F || r >= 0x4E00 && r <= 0x9FFF || r >= 0x3001 && r <= 0x3020 ||
		r == '（' || r == '）' || r == '，' || r == '；' || r == '：' || r == '“' || r == '”' || r == '—' || r == '·'
}

// clean normalises the text of a cell; lines says that line breaks separate
// values and stay. bad is the code of a refusal.
func clean(s string, lines bool) (out string, f fixed, bad string) {
	plain := s != "" && s[0] != '\'' && s[0] != '='
	last := rune('x')
	for _, r := range s {
		if !simple(r) && (r != ' ' || last == ' ') {
			plain = false
			break
		}
		last = r
	}
	if plain && last != ' ' && s[0] != ' ' {
		return s, 0, ""
	}
	// Excel's ways to force text: ="913…" in a CSV, a leading apostrophe
	if t := strings.TrimSpace(s); len(t) > 3 && strings.HasPrefix(t, `="`) && strings.HasSuffix(t, `"`) && strings.Count(t, `"`) == 2 {
		s, f = t[2:len(t)-1], fixedApostrophe
	} else if strings.HasPrefix(t, "'") && strings.Count(t, "'") == 1 {
		s, f = t[1:], fixedApostrophe
	}
	if n := norm.NFC.String(s); n != s {
		s, f = n, f|fixedForm
	}
	rs := make([]rune, 0, len(s))
	for _, r := range s {
		var g fixed
		if r, g, bad = cleanRune(r); bad != "" {
			return "", f, bad
		}
		f |= g
		if r >= 0 {
			rs = append(rs, r)
		}
	}
	out, g := tidy(rs, lines)
	return out, f | g, ""
}

// cleanRune maps one rune; -1 drops it.
func cleanRune(r rune) (rune, fixed, string) {
	switch {
	case simple(r), r == ' ', r == '\n':
		return r, 0, ""
	case r == '\t', r == 0xA0, r == 0x3000, r >= 0x2000 && r <= 0x200A, r == 0x202F, r == 0x205F, r == 0x1680:
		return ' ', fixedSpace, ""
	case r == '\r':
		return '\n', 0, "" // encoding/csv already folds \r\n; tidy folds doubles
	case r == 0x2028, r == 0x2029, r == 0x85, r == 0x0B, r == 0x0C:
		return '\n', fixedNewline, ""
	case r == 0x200E, r == 0x200F, r == 0x061C, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return 0, 0, "intake.bidi-control"
	case r >= 0x200B && r <= 0x200D, r == 0x2060, r == 0xFEFF, r == 0xAD, r == 0x180E, r == 0x034F,
		r >= 0x2061 && r <= 0x2064, r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0000 && r <= 0xE01EF, r == 0x3164, r == 0x115F, r == 0x1160, r == 0xFFA0:
		return -1, fixedInvisible, ""
	case r < 0x20, r >= 0x7F && r <= 0x9F, r >= 0xFFF9 && r <= 0xFFFB:
		return 0, 0, "intake.control-char"
	case r == 0xFFFD, r&0xFFFE == 0xFFFE, r >= 0xFDD0 && r <= 0xFDEF:
		return 0, 0, "intake.replacement-char"
	case r >= 0xFF10 && r <= 0xFF19, r >= 0xFF21 && r <= 0xFF3A, r >= 0xFF41 && r <= 0xFF5A:
		return r - 0xFEE0, fixedWidth, ""
	case r >= 0x2E80 && r <= 0x2FDF, r >= 0xF900 && r <= 0xFAFF: // radicals as PDF copies give them
		if k := []rune(norm.NFKC.String(string(r))); len(k) == 1 && k[0] != r {
			return k[0], fixedForm, ""
		}
	}
	return r, 0, ""
}

// tidy trims, collapses spaces and, unless lines separate values, joins lines:
// with nothing between two Han characters, otherwise with a space.
func tidy(rs []rune, lines bool) (string, fixed) {
	var f fixed
	out := make([]rune, 0, len(rs))
	gap, brk := false, false
	for i, r := range rs {
		if r == ' ' || r == '\n' {
			if gap || len(out) == 0 {
				f |= fixedSpace
			}
			gap = true
			brk = brk || r == '\n'
			continue
		}
		if gap && len(out) > 0 {
			switch {
			case brk && lines:
				out = append(out, '\n')
			case brk && unicode.Is(unicode.Han, out[len(out)-1]) && unicode.Is(unicode.Han, rs[i]):
				f |= fixedNewline
			case brk:
				out = append(out, ' ')
				f |= fixedNewline
			default:
				out = append(out, ' ')
			}
		}
		gap, brk = false, false
		out = append(out, r)
	}
	if gap {
		f |= fixedSpace
	}
	return string(out), f
}

// narrow is NFKC without any space or invisible character: for codes, numbers,
// dates and for comparing names.
func narrow(s string) string {
	ascii := true
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7F {
			ascii = false
			break
		}
	}
	if ascii {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r >= 0x200B && r <= 0x200D, r == 0x2060, r == 0xFEFF, r == 0xAD:
			return -1
		case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xFE63, r == 0x30FC:
			return '-'
		}
		return r
	}, norm.NFKC.String(s))
}

// NameKey is the form in which two writings of one name are compared: full and
// half width, brackets, spaces, invisible characters and case do not count.
func NameKey(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '(', ')', '[', ']', '〔', '〕', '【', '】', '·', '•', '.', '-', '"', '“', '”', '\'', '‘', '’':
			return -1
		}
		return unicode.ToUpper(r)
	}, narrow(name))
}

// odd gives the code of something that is allowed but must be looked at.
func odd(s string) string {
	alien := false
	for _, r := range s {
		switch {
		case r < 0x80, simple(r):
		case r >= 0xE000 && r <= 0xF8FF, r >= 0xF0000:
			return "intake.private-use"
		case unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee):
			alien = true
		}
	}
	if alien {
		return "intake.look-alike"
	}
	if strings.Contains(s, "锟斤拷") || strings.Contains(s, "烫烫烫") || strings.Contains(s, "ï»¿") || strings.Contains(s, "????") {
		return "intake.mojibake"
	}
	return ""
}

// lookAlikes are letters that pass for Latin ones in a code.
var lookAlikes = strings.NewReplacer("А", "A", "В", "B", "С", "C", "Е", "E", "Н", "H", "К", "K", "М", "M", "Р", "P", "Т", "T", "Х", "X", "У", "Y",
	"Α", "A", "Β", "B", "Ε", "E", "Η", "H", "Κ", "K", "Μ", "M", "Ν", "N", "Ρ", "P", "Τ", "T", "Χ", "X", "Υ", "Y")
