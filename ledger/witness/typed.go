package witness

import (
	"strings"
	"unicode"
)

// Typed reads signature lines as a person copies them from paper or a telephone
// and writes them in their one form: full-width characters, any dash or dashes
// for the em dash, gaps and line breaks within a signature. What is no
// signature line is left out; whether one verifies, Accept decides.
func Typed(data []byte) []byte {
	var lines []string
	for _, word := range strings.Fields(strings.Map(narrow, string(data))) {
		rest := strings.TrimLeftFunc(word, dash)
		if rest != word {
			lines = append(lines, "—")
		}
		if len(lines) == 0 || rest == "" {
			continue
		}
		last := &lines[len(lines)-1]
		if strings.Count(*last, " ") < 2 {
			*last += " "
		}
		*last += rest
	}
	var b strings.Builder
	for _, l := range lines {
		if strings.Count(l, " ") == 2 {
			b.WriteString(l + "\n")
		}
	}
	return []byte(b.String())
}

// dash: any of the dashes that keyboards have for an em dash.
func dash(r rune) bool { return unicode.Is(unicode.Pd, r) || r == '−' || r == '─' || r == '━' }

// narrow maps the full-width forms of Chinese input methods to ASCII.
func narrow(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - '！' + '!'
	}
	return r
}
