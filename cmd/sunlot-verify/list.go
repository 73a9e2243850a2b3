package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/verify"
)

// A list from elsewhere is a text file: CSV in UTF-8 or GBK (commas, semicolons
// or tabs, columns by their headings) or plain codes, one a line. Its lines go by
// one at a time, so a list of a million costs no memory.

// maxRow bounds a line of a list, in bytes.
const maxRow = 1 << 20

// headings are what the columns may be called, by what they hold.
var headings = map[string][]string{
	"code":   {"统一社会信用代码", "社会信用代码", "信用代码", "统一代码", "统一信用代码", "统一社会信用代码/注册号", "代码", "code"},
	"number": {"注册号", "工商注册号", "营业执照注册号", "登记号"},
	"person": {"执法证号", "行政执法证号", "执法证件号", "证号", "执法证编号"},
	"name":   {"名称", "企业名称", "单位名称", "市场主体名称", "主体名称", "检查对象名称", "企业（单位）名称", "姓名"},
	"town":   {"镇街", "所属镇街", "镇（街道）", "乡镇", "街道", "所属乡镇", "乡镇街道", "所在镇街", "分区", "属地"},
	"weight": {"权重"},
}

// listFile is a list that has been looked at: encoding, separator, columns.
type listFile struct {
	name    string
	gbk     bool
	sep     rune
	columns map[string]int // by what they hold; nil: plain codes
	unread  []int          // lines whose code is none, at most 20
	bad     int            // how many of these
}

// openList looks at the whole file once; want is the column without which the
// list says nothing (code, person).
func openList(name, want string) (*listFile, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap("verify.unreadable", name, err).Of(fault.Unreachable)
	}
	defer f.Close()
	l := &listFile{name: name}
	head := make([]byte, 4)
	n, _ := io.ReadFull(f, head)
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")):
		return nil, fault.New("verify.list-xlsx", name, "", "CSV").Of(fault.Usage)
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("\xFE\xFF")):
		return nil, fault.New("verify.list-encoding", name, "UTF-16", "CSV UTF-8").Of(fault.Usage)
	}
	if l.gbk, err = notUTF8(f); err != nil {
		return nil, err
	}
	err = l.rows(func(line int, row []string) error {
		l.columns = columnsOf(row)
		return io.EOF
	})
	if err != nil && err != io.EOF {
		return nil, err
	}
	if _, ok := l.columns[want]; l.columns != nil && !ok {
		if _, number := l.columns["number"]; !number || want != "code" {
			return nil, fault.New("verify.list-columns", name, "", headings[want][0]).Of(fault.Usage)
		}
	}
	return l, nil
}

// notUTF8 reads a file to its end: one that is not UTF-8 is taken for GBK.
func notUTF8(f *os.File) (bool, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return false, fault.Wrap("verify.unreadable", f.Name(), err).Of(fault.Unreachable)
	}
	buf, carry := make([]byte, 1<<20), 0
	for {
		n, err := f.Read(buf[carry:])
		b := buf[:carry+n]
		used := 0
		for used < len(b) {
			if b[used] < utf8.RuneSelf {
				used++
				continue
			}
			if !utf8.FullRune(b[used:]) && err == nil {
				break
			}
			if _, w := utf8.DecodeRune(b[used:]); w > 1 {
				used += w
				continue
			}
			return true, nil
		}
		carry = copy(buf, b[used:])
		if err == io.EOF {
			return false, nil
		}
		if err != nil {
			return false, fault.Wrap("verify.unreadable", f.Name(), err).Of(fault.Unreachable)
		}
	}
}

// columnsOf reads a heading row; nil where the row is none.
func columnsOf(row []string) map[string]int {
	found := map[string]int{}
	for i, cell := range row {
		cell = strings.Join(strings.Fields(cell), "")
		for what, words := range headings {
			if _, twice := found[what]; !twice && slices.Contains(words, cell) {
				found[what] = i
			}
		}
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

// shortLines refuses a line that does not end.
type shortLines struct {
	r   io.Reader
	run int
}

func (s *shortLines) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	for _, c := range b[:n] {
		if s.run++; c == '\n' {
			s.run = 0
		}
		if s.run > maxRow {
			return 0, errLongLine
		}
	}
	return n, err
}

var errLongLine = errors.New("a line longer than 1 MiB")

// rows hands every row to do, with its line in the file, until do returns an
// error: io.EOF ends it and is returned.
func (l *listFile) rows(do func(line int, row []string) error) error {
	f, err := os.Open(l.name)
	if err != nil {
		return fault.Wrap("verify.unreadable", l.name, err).Of(fault.Unreachable)
	}
	defer f.Close()
	in := bufio.NewReaderSize(&shortLines{r: f}, 1<<16)
	if mark, _ := in.Peek(3); string(mark) == "\xEF\xBB\xBF" {
		_, _ = in.Discard(3)
	}
	if l.sep == 0 {
		first, _ := in.Peek(1 << 16)
		l.sep = separator(first)
	}
	var text io.Reader = in
	if l.gbk {
		text = simplifiedchinese.GB18030.NewDecoder().Reader(in)
	}
	r := csv.NewReader(text)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = l.sep, true, -1, true
	for {
		row, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fault.Wrap("verify.list-form", l.name, err).Of(fault.Usage)
		}
		line, _ := r.FieldPos(0)
		if err := do(line, row); err != nil {
			return err
		}
	}
}

// separator is what stands most often in the first line.
func separator(head []byte) rune {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	best, most := ',', 0
	for _, c := range []rune{',', '\t', ';'} {
		if n := bytes.Count(line, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

// cell is a column of a row, "" where there is none.
func (l *listFile) cell(row []string, what string) string {
	i, ok := l.columns[what]
	if l.columns == nil && (what == "code" || what == "person") {
		i, ok = 0, true
	}
	if !ok || i >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[i])
}

// narrow writes a code as draw1 wants it: half-width capitals without what
// spreadsheets put around them.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			r -= 0xFEE0
		}
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r == ' ' || r == '\t' || r == 0x3000 || r == 0xA0 || r == '\'' || r == '"' || r == '=' || r == '`' || r == 0xFEFF ||
			r >= 0x2018 && r <= 0x201F || r >= 0x200B && r <= 0x200F:
			return -1
		}
		return r
	}, s)
}

// unit is the canonical id of an enterprise: its code, or its registration number.
func unit(s string, number bool) (string, bool) {
	s = narrow(s)
	for _, prefix := range []string{"注册号:", "注册号："} {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			s, number = rest, true
		}
	}
	s = strings.ReplaceAll(s, "-", "")
	if !number && len(s) == 18 {
		return draw.ObjectID(s)
	}
	return draw.ObjectID("注册号:" + s)
}

// firms reads the list as enterprises; call it as often as needed.
func (l *listFile) firms() verify.List {
	return func(yield func(verify.Listed) error) error {
		l.unread, l.bad = nil, 0
		first := true
		return l.rows(func(line int, row []string) error {
			if first && l.columns != nil {
				first = false
				return nil
			}
			first = false
			f := verify.Listed{Line: line, Name: l.cell(row, "name"), Town: l.cell(row, "town")}
			var ok, also bool
			f.ID, ok = unit(l.cell(row, "code"), false)
			f.Also, also = unit(l.cell(row, "number"), true)
			switch {
			case !ok && !also:
				if strings.TrimSpace(strings.Join(row, "")) != "" {
					l.skip(line)
				}
				return nil
			case !ok:
				f.ID, f.Also = f.Also, ""
			case !also:
				f.Also = ""
			}
			f.Weight, _ = strconv.Atoi(l.cell(row, "weight"))
			return yield(f)
		})
	}
}

// people reads the list as certificate holders.
func (l *listFile) people() ([]verify.Person, error) {
	var list []verify.Person
	seen := map[string]bool{}
	first := true
	err := l.rows(func(line int, row []string) error {
		if first && l.columns != nil {
			first = false
			return nil
		}
		first = false
		id, ok := draw.PersonID(narrow(l.cell(row, "person")))
		switch {
		case !ok && strings.TrimSpace(strings.Join(row, "")) != "":
			l.skip(line)
		case ok && !seen[id]:
			seen[id] = true
			list = append(list, verify.Person{Line: line, ID: id, Name: l.cell(row, "name")})
		}
		return nil
	})
	return list, err
}

func (l *listFile) skip(line int) {
	if l.bad++; len(l.unread) < 20 {
		l.unread = append(l.unread, line)
	}
}
