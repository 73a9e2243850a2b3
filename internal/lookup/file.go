package lookup

import (
	"encoding/binary"
	"strconv"
	"sync"
	"unicode/utf8"
)

// file is one file of the index; its rows are made when somebody asks.
type file struct {
	name    string // without .js
	modulus int
	rows    func(each func(cells []string))
}

// fileOf is a file of rows that stand in memory.
func fileOf(name string, modulus int, rows [][]string) file {
	return file{name, modulus, func(each func([]string)) {
		for _, r := range rows {
			each(r)
		}
	}}
}

func (f file) write(put Put) error {
	w := begin(f.name, f.modulus)
	f.rows(w.row)
	return put(f.name+".js", w.end())
}

// digest collects cells so that no two lists of them collect the same bytes.
type digest struct{ buf []byte }

var digests = sync.Pool{New: func() any { return new(digest) }}

func (d *digest) int(n int) { d.buf = binary.AppendUvarint(d.buf, uint64(n)) }
func (d *digest) cell(c string) {
	d.int(len(c))
	d.buf = append(d.buf, c...)
}

// writer writes one file: a call of the one function that the page defines,
// whose arguments are JSON.
type writer struct {
	buf  []byte
	rows int
}

func begin(name string, modulus int) *writer {
	w := &writer{buf: make([]byte, 0, 4<<10)}
	w.buf = append(w.buf, "sunlotShard("...)
	w.buf = appendString(w.buf, name)
	w.buf = append(w.buf, ',')
	w.buf = strconv.AppendInt(w.buf, int64(modulus), 10)
	w.buf = append(w.buf, ",["...)
	return w
}

func (w *writer) row(cells []string) {
	if w.rows > 0 {
		w.buf = append(w.buf, ',')
	}
	w.rows++
	w.buf = append(w.buf, "\n["...)
	for i, c := range cells {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = appendString(w.buf, c)
	}
	w.buf = append(w.buf, ']')
}

func (w *writer) end() []byte { return append(w.buf, "\n])\n"...) }

const hexDigits = "0123456789abcdef"

// appendString writes a string that is the same in JSON and in JavaScript and
// stays one wherever the file may be pasted: nothing of it ends a string, a
// line, an element or a comment of HTML. What is no UTF-8 becomes U+FFFD.
func appendString(buf []byte, s string) []byte {
	buf = append(buf, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			switch {
			case r == utf8.RuneError && n == 1:
				buf = append(buf, "\uFFFD"...)
			case r == 0x2028 || r == 0x2029 || r == 0xFEFF || r <= 0x9F:
				buf = appendEscape(buf, r)
			default:
				buf = append(buf, s[i:i+n]...)
			}
			i += n
			continue
		}
		switch {
		case c == '"' || c == '\\' || c < ' ' || c == '<' || c == '>' || c == '&' || c == '\'' || c == '`' || c == 0x7F:
			buf = appendEscape(buf, rune(c))
		default:
			buf = append(buf, c)
		}
		i++
	}
	return append(buf, '"')
}

func appendEscape(buf []byte, r rune) []byte {
	return append(buf, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
