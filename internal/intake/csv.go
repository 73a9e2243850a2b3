package intake

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/sunlot/sunlot/internal/fault"
)

// csvFile reads one text file of rows, again and again.
type csvFile struct {
	name     string
	src      io.ReaderAt
	size     int64
	encoding string
	skip     int64 // byte order mark
	sep      rune
	sepLine  bool // a first line "sep=;" as Excel writes it
}

// openCSV finds encoding and separator. Encoding: a byte order mark, else UTF-8
// if all of it is valid, else GB18030 (of which GBK and GB2312 are parts).
func openCSV(name string, src io.ReaderAt, size int64, head []byte) (*Workbook, error) {
	if size > maxText {
		return nil, fault.New("intake.too-large", name, megabytes(size), megabytes(maxText))
	}
	c := &csvFile{name: name, src: src, size: size}
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		c.encoding, c.skip = "UTF-8", 3
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("\xFE\xFF")):
		c.encoding = "UTF-16"
	}
	if c.encoding != "UTF-16" {
		valid, err := c.scan()
		if err != nil {
			return nil, err
		}
		switch {
		case valid:
			c.encoding = "UTF-8"
		case c.encoding == "": // no mark that says otherwise
			c.encoding = "GB18030"
		default:
			return nil, fault.New("intake.broken-utf8", name, "不是 UTF-8 的字节", "UTF-8")
		}
	}
	if err := c.findSeparator(); err != nil {
		return nil, err
	}
	sh := &Sheet{each: c.each}
	return &Workbook{Name: name, Format: "csv", Encoding: c.encoding, Sheets: []*Sheet{sh}}, nil
}

// scan looks at every byte once: is it UTF-8, and is there a NUL. A file that
// was UTF-8 for a good while and then is not has been damaged; GBK text fails
// at its first characters.
func (c *csvFile) scan() (valid bool, err error) {
	buf := make([]byte, 1<<20)
	var off int64 = c.skip
	carry, line, multi := 0, 1, 0
	valid = true
	for {
		n, err := c.src.ReadAt(buf[carry:], off)
		off += int64(n)
		if err != nil && err != io.EOF {
			return false, (&fault.Error{Code: "intake.cannot-open", Place: c.name, Err: err}).Of(fault.Unreachable)
		}
		b := buf[:carry+n]
		if i := bytes.IndexByte(b[carry:], 0); i >= 0 {
			at := carry + i
			line += bytes.Count(b[:at], []byte{'\n'})
			col := at - bytes.LastIndexByte(b[:at], '\n')
			return false, fault.New("intake.nul", Place{File: c.name, Row: line}.String(), "第 "+strconv.Itoa(col)+" 个字节是 NUL", "文字")
		}
		used := 0
		for valid && used < len(b) {
			if b[used] < utf8.RuneSelf {
				used++
				continue
			}
			if !utf8.FullRune(b[used:]) && n > 0 {
				break
			}
			if _, w := utf8.DecodeRune(b[used:]); w > 1 {
				used, multi = used+w, multi+1
				continue
			}
			if multi >= 10 {
				line += bytes.Count(b[:used], []byte{'\n'})
				return false, fault.New("intake.broken-utf8", Place{File: c.name, Row: line}.String(), "不是 UTF-8 的字节", "UTF-8")
			}
			valid = false
		}
		if !valid {
			used = len(b)
		}
		line += bytes.Count(b[:used], []byte{'\n'})
		carry = copy(buf, b[used:])
		if n == 0 {
			return valid, nil
		}
	}
}

// reader decodes the file from its start.
func (c *csvFile) reader() io.Reader {
	r := io.Reader(bufio.NewReaderSize(io.NewSectionReader(c.src, c.skip, c.size-c.skip), 1<<16))
	switch c.encoding {
	case "GB18030":
		return simplifiedchinese.GB18030.NewDecoder().Reader(r)
	case "UTF-16":
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(r)
	}
	return r
}

// findSeparator counts the candidates outside quotes in the first lines: the
// one that splits most lines into the most equal number of parts wins.
func (c *csvFile) findSeparator() error {
	head := make([]byte, 1<<16)
	n, err := io.ReadFull(c.reader(), head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return fault.Wrap("intake.bad-csv", c.name, err)
	}
	lines := outsideQuotes(head[:n])
	c.sep = ','
	if len(lines) > 0 && strings.HasPrefix(strings.ToLower(lines[0]), "sep=") && len(lines[0]) == 5 {
		c.sep, c.sepLine = rune(lines[0][4]), true
		if !strings.ContainsRune(",;\t|", c.sep) {
			return fault.New("intake.bad-csv", c.name, shorten(lines[0]), "sep=, ; |")
		}
		return nil
	}
	best := 0
	for _, sep := range ",\t;" {
		count := map[int]int{}
		for _, l := range lines {
			count[strings.Count(l, string(sep))]++
		}
		for parts, times := range count {
			if score := parts * times; parts > 0 && score > best {
				best, c.sep = score, sep
			}
		}
	}
	return nil
}

// outsideQuotes gives up to 50 records with their quoted parts blanked.
func outsideQuotes(b []byte) []string {
	var lines []string
	var cur []byte
	quoted := false
	for _, ch := range b {
		switch {
		case ch == '"':
			quoted = !quoted
		case quoted:
		case ch == '\n':
			if len(bytes.TrimSpace(cur)) > 0 {
				lines = append(lines, strings.TrimRight(string(cur), "\r"))
			}
			cur = cur[:0]
			if len(lines) == 50 {
				return lines
			}
		default:
			cur = append(cur, ch)
		}
	}
	if len(lines) == 0 && len(bytes.TrimSpace(cur)) > 0 {
		lines = append(lines, string(cur))
	}
	return lines
}

var errRecord = errors.New("record too long")

// recordReader refuses a record that does not end: an open quote swallows the
// rest of the file, a line of a gigabyte the memory.
type recordReader struct {
	r     io.Reader
	since int
	long  bool
}

func (r *recordReader) Read(p []byte) (int, error) {
	if r.since > maxRecord {
		r.long = true
		return 0, errRecord
	}
	n, err := r.r.Read(p)
	r.since += n
	return n, err
}

// each reads row by row. Rows are numbered as Excel will show them: records,
// not lines.
func (c *csvFile) each(f func(*Row) error) error {
	in := &recordReader{r: c.reader()}
	r := csv.NewReader(in)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = c.sep, -1, true
	var row Row
	lines, blank := 0, 0
	for n := 1; ; n++ {
		in.since = 0
		rec, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return c.fault(err, in, n+blank, lines+1)
		}
		// encoding/csv passes over empty lines; Excel counts them as rows
		start, _ := r.FieldPos(0)
		blank += start - lines - 1
		lines = lastLine(r, rec)
		if c.sepLine && n == 1 {
			continue
		}
		if n > maxTextRows {
			return fault.New("intake.too-many-rows", c.name, strconv.Itoa(n), strconv.Itoa(maxTextRows))
		}
		row.Number, row.Cells = n+blank, row.Cells[:0]
		content := false
		for i, s := range rec {
			cell := Cell{}
			if t := strings.TrimSpace(s); t != "" {
				if i >= maxColumns {
					return fault.New("intake.too-many-columns", c.at(row.Number, i), strconv.Itoa(len(rec)), strconv.Itoa(maxColumns))
				}
				if len(s) > maxCell && utf8.RuneCountInString(s) > maxCell {
					return fault.New("intake.cell-too-long", c.at(row.Number, i), "", strconv.Itoa(maxCell))
				}
				cell, content = Cell{Text: s, Kind: CellText}, true
				if t[0] == '#' && errorValues[strings.ToUpper(t)] {
					cell.Kind = CellError
				}
			} else if i >= maxColumns {
				break
			}
			row.Cells = append(row.Cells, cell)
		}
		if !content {
			continue
		}
		if err := f(&row); err != nil {
			return err
		}
	}
}

// errorValues are the values that a broken formula leaves behind.
var errorValues = map[string]bool{"#N/A": true, "#REF!": true, "#VALUE!": true, "#DIV/0!": true, "#NAME?": true, "#NULL!": true, "#NUM!": true, "#SPILL!": true, "#CALC!": true}

// lastLine is the line on which the record just read ends.
func lastLine(r *csv.Reader, rec []string) int {
	line, _ := r.FieldPos(len(rec) - 1)
	return line + strings.Count(rec[len(rec)-1], "\n")
}

func (c *csvFile) at(row, col int) string {
	return Place{File: c.name, Row: row, Column: letter(col)}.String()
}

// fault names row and column of what encoding/csv refuses.
func (c *csvFile) fault(err error, in *recordReader, row, line int) error {
	if in.long {
		return fault.New("intake.record-too-long", Place{File: c.name, Row: row}.String(), "第 "+strconv.Itoa(line)+" 行起的一条记录没有结束", megabytes(maxRecord))
	}
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		row += max(pe.StartLine-line, 0)
		at := Place{File: c.name, Row: row}.String()
		where := "第 " + strconv.Itoa(pe.Line) + " 行第 " + strconv.Itoa(pe.Column) + " 个字节"
		if pe.Err == csv.ErrQuote && pe.Line > pe.StartLine || pe.Err == csv.ErrQuote && pe.Column <= 1 {
			where = "第 " + strconv.Itoa(pe.StartLine) + " 行起的引号没有结束"
		}
		return fault.New("intake.bad-quote", at, where, "成对的引号")
	}
	return fault.Wrap("intake.bad-csv", c.name, err)
}
