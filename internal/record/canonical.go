package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sunlot/sunlot/internal/fault"
)

// maxInt is the largest integer that every JSON reader keeps exactly
// (RFC 8785 §3.2.2.3: IEEE 754 double, 2^53 − 1).
const maxInt = 1<<53 - 1

// maxDepth bounds nesting of a body; real bodies are five deep.
const maxDepth = 16

// decodeStrict decodes data into v and holds it to its canonical form: what
// v formats to must be data, byte for byte. That one comparison refuses
// unknown and repeated members, other spellings of a member's case, white
// space, other escapes and other orders.
func decodeStrict(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fault.Wrap("record.bad-json", "", err)
	}
	again, err := Canonical(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, data) {
		at := firstDifference(again, data)
		return fault.New("record.not-canonical", "byte "+strconv.Itoa(at), excerpt(data, at), excerpt(again, at))
	}
	return nil
}

func firstDifference(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

func excerpt(b []byte, at int) string {
	end := min(len(b), at+24)
	return strconv.QuoteToASCII(string(b[min(at, len(b)):end]))
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// appendString writes s as RFC 8785 §3.2.2.2 demands: only the quote, the
// backslash and controls are escaped, everything else stands as UTF-8.
func appendString(out []byte, s string) []byte {
	out = append(out, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue // checkText has refused the other controls
		}
		out = append(append(out, s[from:i]...), '\\')
		from = i + 1
		switch c {
		case '\n':
			c = 'n'
		case '\t':
			c = 't'
		}
		out = append(out, c)
	}
	return append(append(out, s[from:]...), '"')
}

// checkText refuses what makes two readers see two texts: bad UTF-8, controls
// other than line feed and tab, the byte order mark, line and paragraph
// separators and the bidirectional controls.
func checkText(s, path string) error {
	if plain(s) {
		return nil
	}
	if !utf8.ValidString(s) {
		return fault.New("record.bad-utf8", path, strconv.QuoteToASCII(s), "UTF-8")
	}
	if i := strings.IndexFunc(s, forbidden); i >= 0 {
		r, _ := utf8.DecodeRuneInString(s[i:])
		return fault.New("record.bad-character", path, fmt.Sprintf("U+%04X", r), "plain text")
	}
	return nil
}

// plain reports whether s is of printable ASCII alone.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7F {
			return false
		}
	}
	return true
}

func forbidden(r rune) bool {
	switch {
	case r < 0x20:
		return r != '\n' && r != '\t'
	case r >= 0x7F && r <= 0x9F:
		return true
	case r == 0x2028, r == 0x2029, r == 0xFEFF, r == 0x061C, r == 0x200E, r == 0x200F:
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}
