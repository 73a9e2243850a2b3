package intake

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sunlot/sunlot/internal/fault"
)

// xlsxSheet streams one worksheet part.
type xlsxSheet struct {
	b      *book
	s      *Sheet
	part   *zip.File
	merges map[int][]merge // by first row
	count  int             // of merges
}

// merge is a merged range, 1-based rows, 0-based columns, all inclusive.
type merge struct{ r1, c1, r2, c2 int }

// active is a merge that covers rows being read, with its first cell.
type active struct {
	merge
	cell Cell
}

// rowWalk is the state of one pass over the sheet.
type rowWalk struct {
	x      *xlsxSheet
	f      func(*Row) error
	row    Row
	rows   int
	last   int
	col    int
	cell   cellXML
	active []active
}

// cellXML is one <c> while it is being read.
type cellXML struct {
	t        string
	style    int
	formula  bool
	v        []byte
	in       string // v, f or t while inside
	hint     bool
	hasValue bool
}

// each makes one pass. With f == nil it is the first pass, which learns merges
// and what is hidden, because they stand behind the cells.
func (x *xlsxSheet) each(f func(*Row) error) error {
	in, err := walk(x.part, maxStreamed)
	if err != nil {
		return err
	}
	defer in.close()
	w := &rowWalk{x: x, f: f}
	inData, inCell := false, false
	for {
		t, err := in.next()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case nil:
			return nil
		case xml.CharData:
			if inCell && (w.cell.in == "v" || w.cell.in == "t" && !w.cell.hint) {
				w.cell.v = append(w.cell.v, t...)
				if len(w.cell.v) > 8*maxCell { // characters are counted once decoded
					return x.fault("intake.cell-too-long", w.row.Number, w.col, "", strconv.Itoa(maxCell))
				}
			}
		case xml.StartElement:
			switch {
			case t.Name.Local == "sheetData":
				inData = true
			case inData && t.Name.Local == "row":
				err = w.startRow(t)
			case inData && t.Name.Local == "c":
				inCell = true
				err = w.startCell(t)
			case inCell:
				w.inside(t.Name.Local)
			case f == nil && !inData:
				err = x.meta(t)
			}
		case xml.EndElement:
			switch {
			case t.Name.Local == "sheetData":
				inData = false
				if f != nil { // nothing below the cells is news
					return nil
				}
			case inData && t.Name.Local == "row":
				err = w.endRow()
			case inCell && t.Name.Local == "c":
				inCell = false
				err = w.endCell()
			case inCell:
				w.cell.leave(t.Name.Local)
			}
		}
		if err != nil {
			return err
		}
	}
}

func (w *rowWalk) inside(name string) {
	switch name {
	case "v", "t":
		w.cell.in = name
		w.cell.hasValue = true
	case "f":
		w.cell.in = "f"
		w.cell.formula = true
	case "rPh":
		w.cell.hint = true
	}
}

func (c *cellXML) leave(name string) {
	switch name {
	case "v", "t", "f":
		c.in = ""
	case "rPh":
		c.hint = false
	}
}

// meta keeps what stands beside the cells: merges, hidden columns, filters.
func (x *xlsxSheet) meta(t xml.StartElement) error {
	switch t.Name.Local {
	case "mergeCell":
		m, ok := parseRange(attr(t, "ref"))
		if !ok {
			return fault.New("intake.bad-xlsx", x.s.Name, "合并区域 "+shorten(attr(t, "ref")), "")
		}
		if x.merges == nil {
			x.merges = map[int][]merge{}
		}
		if x.count++; x.count > maxMerges {
			return fault.New("intake.too-many-merges", x.s.Name, strconv.Itoa(x.count), strconv.Itoa(maxMerges))
		}
		x.merges[m.r1] = append(x.merges[m.r1], m)
	case "col":
		lo, err1 := strconv.Atoi(attr(t, "min"))
		hi, err2 := strconv.Atoi(attr(t, "max"))
		if attrTrue(t, "hidden") && err1 == nil && err2 == nil {
			for c := max(lo, 1); c <= hi && c <= maxColumns && len(x.s.HiddenColumns) < maxColumns; c++ {
				x.s.HiddenColumns = append(x.s.HiddenColumns, letter(c-1))
			}
		}
	case "filterColumn":
		x.s.Filtered = true
	}
	return nil
}

func (w *rowWalk) startRow(t xml.StartElement) error {
	n := w.last + 1
	if r := attr(t, "r"); r != "" {
		v, err := strconv.Atoi(r)
		if err != nil || v < n || v > maxSheetRows {
			return fault.New("intake.bad-xlsx", w.x.s.Name, "行号 "+shorten(r), "")
		}
		n = v
	} else if n > maxSheetRows {
		return fault.New("intake.too-many-rows", w.x.s.Name, strconv.Itoa(n), strconv.Itoa(maxSheetRows))
	}
	w.last = n
	w.row.Number, w.row.Hidden = n, attrTrue(t, "hidden")
	w.row.Cells = w.row.Cells[:0]
	w.col = -1
	return nil
}

func (w *rowWalk) startCell(t xml.StartElement) error {
	w.cell = cellXML{v: w.cell.v[:0], t: attr(t, "t"), style: -1}
	if s := attr(t, "s"); s != "" {
		if n, err := strconv.Atoi(s); err == nil && n >= 0 {
			w.cell.style = n
		}
	}
	w.col++
	if ref := attr(t, "r"); ref != "" {
		c, r, ok := parseRef(ref)
		if !ok || r != w.row.Number || c < w.col {
			return fault.New("intake.bad-xlsx", w.x.s.Name, "单元格 "+shorten(ref), "")
		}
		w.col = c
	}
	return nil
}

// endCell puts the cell in its place in the row; empty ones leave no trace.
func (w *rowWalk) endCell() error {
	c, err := w.value()
	if err != nil || c.Kind == CellEmpty && !c.Formula {
		return err
	}
	if w.col >= maxColumns {
		return w.x.fault("intake.too-many-columns", w.row.Number, w.col, "", strconv.Itoa(maxColumns))
	}
	for len(w.row.Cells) <= w.col {
		w.row.Cells = append(w.row.Cells, Cell{})
	}
	w.row.Cells[w.col] = c
	return nil
}

func (w *rowWalk) value() (Cell, error) {
	raw, b := string(w.cell.v), w.x.b
	c := Cell{Formula: w.cell.formula}
	if !w.cell.hasValue {
		return c, nil
	}
	switch w.cell.t {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(raw))
		if err != nil || i < 0 || i >= len(b.strings) {
			return c, w.x.fault("intake.bad-xlsx", w.row.Number, w.col, "文字编号 "+shorten(raw), "")
		}
		c.Text, c.Kind = b.strings[i], CellText
	case "str", "inlineStr":
		c.Text, c.Kind = unescape(raw), CellText
	case "b":
		c.Text, c.Kind = "FALSE", CellBool
		if strings.TrimSpace(raw) == "1" {
			c.Text = "TRUE"
		}
	case "e":
		c.Text, c.Kind = raw, CellError
	case "d":
		c.Text, c.Kind = strings.TrimSuffix(strings.Replace(raw, "T", " ", 1), " 00:00:00"), CellDate
	default:
		return w.number(c, strings.TrimSpace(raw))
	}
	if utf8.RuneCountInString(c.Text) > maxCell {
		return c, w.x.fault("intake.cell-too-long", w.row.Number, w.col, "", strconv.Itoa(maxCell))
	}
	if strings.TrimSpace(c.Text) == "" {
		c.Text, c.Kind = "", CellEmpty
	}
	return c, nil
}

// number reads a numeric cell: a date if its format says so.
func (w *rowWalk) number(c Cell, raw string) (Cell, error) {
	if raw == "" {
		return c, nil
	}
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return c, w.x.fault("intake.bad-xlsx", w.row.Number, w.col, "数值 "+shorten(raw), "")
	}
	var st style
	if i := w.cell.style; i >= 0 && i < len(w.x.b.styles) {
		st = w.x.b.styles[i]
	}
	if st.date {
		if s, ok := serialText(v, w.x.b.date1904); ok {
			c.Text, c.Kind = s, CellDate
			return c, nil
		}
	}
	c.Text, c.Kind, c.Percent = plain(v), CellNumber, st.percent
	c.Long = math.Abs(v) >= 1e15
	return c, nil
}

// plain writes a number without exponent, with the 15 digits that Excel shows.
func plain(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.FormatInt(int64(v), 10)
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err != nil {
		short = v
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}

// serialText turns a serial date into text: 45085 = 2023-06-08 (from 1900), or
// from 1904-01-01; a fraction is the time of day. 1900-02-29 never was.
func serialText(v float64, from1904 bool) (string, bool) {
	if v < 0 || v >= 2_958_466 {
		return "", false
	}
	day := math.Floor(v)
	sec := int(math.Round((v - day) * 86400))
	if sec == 86400 {
		day, sec = day+1, 0
	}
	clock := fmt.Sprintf("%02d:%02d:%02d", sec/3600, sec/60%60, sec%60)
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case from1904:
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case day == 0:
		return clock, true
	case day == 60:
		return "", false
	case day < 60:
		base = base.AddDate(0, 0, 1)
	}
	s := base.AddDate(0, 0, int(day)).Format("2006-01-02")
	if sec != 0 {
		s += " " + clock
	}
	return s, true
}

// endRow hands the row out if it has content of its own, merged cells filled.
func (w *rowWalk) endRow() error {
	n := w.row.Number
	content := len(w.row.Cells) > 0
	if content {
		if w.rows++; w.rows > maxRows {
			return fault.New("intake.too-many-rows", w.x.s.Name, strconv.Itoa(w.rows)+"+", strconv.Itoa(maxRows))
		}
	}
	if w.f == nil {
		if content && w.row.Hidden {
			w.x.s.HiddenRows++
		}
		return nil
	}
	if err := w.fill(n); err != nil || !content {
		return err
	}
	return w.f(&w.row)
}

// fill copies the first cell of each merged range into the cells it covers.
func (w *rowWalk) fill(n int) error {
	keep := w.active[:0]
	for _, a := range w.active {
		if a.r2 >= n {
			keep = append(keep, a)
		}
	}
	w.active = keep
	for _, m := range w.x.merges[n] {
		a := active{merge: m}
		if m.c1 < len(w.row.Cells) {
			a.cell = w.row.Cells[m.c1]
		}
		w.active = append(w.active, a)
	}
	if len(w.active) > 2*maxColumns { // ranges that do not overlap are fewer
		return fault.New("intake.too-many-merges", w.x.s.Name, strconv.Itoa(len(w.active)), strconv.Itoa(2*maxColumns))
	}
	if len(w.row.Cells) == 0 {
		return nil
	}
	for _, a := range w.active {
		if a.cell.Kind == CellEmpty {
			continue
		}
		for c := a.c1; c <= a.c2 && c < maxColumns; c++ {
			if n == a.r1 && c == a.c1 {
				continue
			}
			for len(w.row.Cells) <= c {
				w.row.Cells = append(w.row.Cells, Cell{})
			}
			if w.row.Cells[c].Kind == CellEmpty {
				w.row.Cells[c] = a.cell
				w.row.Cells[c].Merged = true
			}
		}
	}
	return nil
}

func (x *xlsxSheet) fault(code string, row, col int, got, want string) error {
	return fault.New(code, Place{Sheet: x.s.Name, Row: row, Column: letter(col)}.String(), got, want)
}

// parseRef reads "C14" as column 2, row 14.
func parseRef(s string) (col, row int, ok bool) {
	i := 0
	for ; i < len(s) && s[i] >= 'A' && s[i] <= 'Z' && i < 3; i++ {
		col = col*26 + int(s[i]-'A') + 1
	}
	row, err := strconv.Atoi(s[i:])
	return col - 1, row, i > 0 && col <= 16384 && err == nil && row >= 1 && row <= maxSheetRows && s[i] != '+'
}

func parseRange(s string) (m merge, ok bool) {
	a, b, two := strings.Cut(s, ":")
	if !two {
		b = a
	}
	var ok1, ok2 bool
	m.c1, m.r1, ok1 = parseRef(a)
	m.c2, m.r2, ok2 = parseRef(b)
	return m, ok1 && ok2 && m.c1 <= m.c2 && m.r1 <= m.r2
}
