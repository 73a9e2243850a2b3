package site

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"unicode/utf8"
)

// table is one set of open data: a name, a heading for each column with its
// member in the JSON file, and the rows. keys says which members no row lacks.
// A large set gives its rows one by one (count and row), so that none is held.
type table struct {
	name, title, about string
	columns            [][2]string // heading, JSON member
	keys               []string
	rows               [][]string
	count              int
	row                func(i int) []string
}

func (t table) size() int {
	if t.row != nil {
		return t.count
	}
	return len(t.rows)
}

func (t table) at(i int) []string {
	if t.row != nil {
		return t.row(i)
	}
	return t.rows[i]
}

// perPart is how many rows a file of a set holds. Files are numbered from the
// oldest row, so that one more row, or a change to one, rewrites one file.
const perPart = 10000

// part is a file of a set: rows from to to.
type part struct {
	file     string // without its ending
	from, to int
}

// parts of a set: the first file has the set's name alone, so that the whole of
// a small set stands under the address that a reader expects.
func (t table) parts() []part {
	list := []part{{"data/" + t.name, 0, min(t.size(), perPart)}}
	for from := perPart; from < t.size(); from += perPart {
		list = append(list, part{"data/" + t.name + "-" + num(len(list)+1), from, min(t.size(), from+perPart)})
	}
	return list
}

// csv is UTF-8 with a byte order mark, every cell quoted, CRLF (RFC 4180). A
// cell that a spreadsheet would take for a formula, or a long number that it
// would round, begins with an apostrophe (security T18).
func (t table) csv() []byte {
	var b bytes.Buffer
	_ = t.csvPart(&b, 0, t.size()) // a Buffer takes everything
	return b.Bytes()
}

// partBuffer is how much of a part is gathered before it goes on.
const partBuffer = 32 << 10

func (t table) csvPart(to io.Writer, from, end int) error {
	b := bufio.NewWriterSize(to, partBuffer)
	line := func(cells []string) {
		for i, c := range cells {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('"')
			b.WriteString(strings.ReplaceAll(guard(c), `"`, `""`))
			b.WriteByte('"')
		}
		b.WriteString("\r\n")
	}
	b.WriteString("\uFEFF")
	var heads []string
	for _, c := range t.columns {
		heads = append(heads, c[0])
	}
	line(heads)
	for i := from; i < end; i++ {
		line(t.at(i))
	}
	return b.Flush() // which says what any of them met
}

// guard keeps a cell text in every spreadsheet program.
func guard(s string) string {
	s = strings.ReplaceAll(s, "\n", " ")
	trimmed := strings.TrimLeft(s, " \t\r\u3000\u00a0")
	first, _ := utf8.DecodeRuneInString(trimmed)
	switch {
	case s == "":
		return s
	case s[0] == '\t' || s[0] == '\r' || strings.HasPrefix(trimmed, "'"):
		return "'" + s
	case trimmed != "" && strings.ContainsRune("=+-@＝＋－＠|", first):
		return "'" + s
	case len(s) > 11 && strings.Trim(s, "0123456789") == "":
		return "'" + s
	}
	return s
}

// jsonPart is an object with the column headings and one object a row; members
// stand in the order of the columns, empty ones are left out.
func (t table) jsonPart(to io.Writer, from, end int) error {
	b := bufio.NewWriterSize(to, partBuffer)
	b.WriteString("{\n\"$schema\": \"" + t.name + ".schema.json\",\n\"name\": ")
	jsonString(b, t.title)
	b.WriteString(",\n\"columns\": {")
	for i, c := range t.columns {
		if i > 0 {
			b.WriteString(", ")
		}
		jsonPair(b, c[1], c[0])
	}
	b.WriteString("},\n\"rows\": [")
	for i := from; i < end; i++ {
		if i > from {
			b.WriteByte(',')
		}
		b.WriteString("\n{")
		first := true
		for k, cell := range t.at(i) {
			if cell == "" {
				continue
			}
			if !first {
				b.WriteString(", ")
			}
			first = false
			jsonPair(b, t.columns[k][1], cell)
		}
		b.WriteByte('}')
	}
	b.WriteString("\n]\n}\n")
	return b.Flush() // which says what any of them met
}

func jsonPair(b *bufio.Writer, name, value string) {
	jsonString(b, name)
	b.WriteString(": ")
	jsonString(b, value)
}

// jsonString writes a text as encoding/json does; most need nothing escaped.
func jsonString(b *bufio.Writer, s string) {
	if strings.ContainsFunc(s, escaped) {
		data, _ := json.Marshal(s) // any text can be written
		b.Write(data)
		return
	}
	b.WriteByte('"')
	b.WriteString(s)
	b.WriteByte('"')
}

// escaped reports whether encoding/json may write a character as something
// else; utf8.RuneError is also what stands for bytes that are none.
func escaped(r rune) bool {
	switch r {
	case '"', '\\', '<', '>', '&', '\u2028', '\u2029', utf8.RuneError:
		return true
	}
	return r < ' ' || r == 0x7f
}
