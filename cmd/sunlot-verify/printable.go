package main

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable is a stream for people: what names, addresses and lists from elsewhere
// could do to a terminal or a log (escape sequences, backspaces, writing from
// right to left) is written as U+FFFD. Every Write holds whole characters.
type printable struct{ w io.Writer }

func (p printable) Write(b []byte) (int, error) {
	text := string(b)
	if strings.ContainsFunc(text, unprintable) || !utf8.ValidString(text) {
		crlf := strings.ReplaceAll(text, "\r\n", "\n") // of CSV
		marked := strings.Map(func(r rune) rune {
			if unprintable(r) {
				return utf8.RuneError
			}
			return r
		}, crlf)
		if crlf != text {
			marked = strings.ReplaceAll(marked, "\n", "\r\n")
		}
		text = marked
	}
	if _, err := io.WriteString(p.w, text); err != nil {
		return 0, err
	}
	return len(b), nil
}

func unprintable(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r)
}
