package lookup

import "strings"

// FoldName is a name as its parts are compared: full-width signs as half-width
// ones, small letters, no spaces and no punctuation. Everything else stays one
// character, also beyond U+FFFF; traditional and simplified stay apart.
func FoldName(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	for _, r := range name {
		if r = narrow(r); !space(r) && !mark(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// narrow makes a full-width sign half-width and a capital letter small.
func narrow(r rune) rune {
	if r >= 0xFF01 && r <= 0xFF5E {
		r -= 0xFEE0
	}
	if r >= 'A' && r <= 'Z' {
		r += 'a' - 'A'
	}
	return r
}

// space reports what stands for nothing: blanks, controls, signs without width
// and what only picks the form of the sign before it.
func space(r rune) bool {
	if r < 0x80 {
		return r <= 0x20 || r == 0x7F
	}
	return r <= 0xA0 || r == 0xAD || r == 0x1680 ||
		r >= 0x2000 && r <= 0x200F || r >= 0x2028 && r <= 0x202F || r >= 0x205F && r <= 0x206F ||
		r == 0x3000 || r >= 0xFE00 && r <= 0xFE0F || r == 0xFEFF || r >= 0xE0100 && r <= 0xE01EF
}

// mark reports punctuation; 々〆〇 are no punctuation.
func mark(r rune) bool {
	if r < 0x80 {
		return r < '0' || r > '9' && r < 'a' || r > 'z' // no capital comes here
	}
	return r <= 0xBF || r >= 0x2010 && r <= 0x205E || r >= 0x3001 && r <= 0x3003 || r >= 0x3008 && r <= 0x301F ||
		r == 0x3030 || r == 0x30FB || r >= 0xFE10 && r <= 0xFE1F || r >= 0xFE30 && r <= 0xFE6F || r >= 0xFF5F && r <= 0xFF65
}
