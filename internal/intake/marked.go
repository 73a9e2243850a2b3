package intake

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/sunlot/sunlot/internal/fault"
)

// keepFormat is the size of sheet XML up to which a marked copy keeps the
// file's own formats; a larger sheet is copied as plain text.
const keepFormat = 24 << 20

// Marked is a copy of the file in which every row with a problem says so in an
// added column 问题说明, the cells in question coloured. say puts a problem into
// words. The name is the file's with （问题说明） and always ends in .xlsx.
func (t *Table) Marked(problems []Problem, say func(Problem) string) (name string, data []byte, err error) {
	base := strings.TrimSuffix(filepath.Base(t.File), filepath.Ext(t.File))
	name = strings.TrimSuffix(base, "（"+problemHead+"）") + "（" + problemHead + "）.xlsx"
	notes := map[string]map[int][]Problem{}
	for _, p := range problems {
		if notes[p.Sheet] == nil {
			notes[p.Sheet] = map[int][]Problem{}
		}
		notes[p.Sheet][p.Row] = append(notes[p.Sheet][p.Row], p)
	}
	if t.book.Format == "xlsx" && t.book.sheetBytes <= keepFormat {
		data, err = t.markBook(notes, say)
	} else {
		data, err = t.markCopy(notes, say)
	}
	return name, data, err
}

// Located gives each problem that names a heading of the form, and no column,
// the letter of the column where it stands: the rooms above see rows only.
func (t *Table) Located(problems []Problem) []Problem {
	f := forms[t.Kind]
	out := slices.Clone(problems)
	for i := range out {
		q := &out[i]
		m, ok := f.index[headKey(q.Header)]
		if !ok || q.Column != "" || q.Row == 0 {
			continue
		}
		for _, p := range t.parts {
			if p.sheet.Name == q.Sheet && p.cols[m.col] >= 0 {
				q.Column = letter(p.cols[m.col])
				break
			}
		}
	}
	return out
}

// column is where the notes go: beside the table, or where an earlier copy has
// put them.
func (p *part) column() int {
	last := 0
	for _, h := range p.header {
		if strings.HasPrefix(headKey(h.text), problemHead) {
			return h.col
		}
		last = max(last, h.col+1)
	}
	return last
}

func tell(list []Problem, say func(Problem) string) string {
	var out []string
	for _, p := range list {
		s := say(p)
		if p.Column != "" || p.Header != "" {
			s = strings.TrimSpace(p.Column+" "+p.Header) + "：" + s
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

// markBook writes into the file itself, as excelize loads it. The library reads
// a hostile file here, so its limits are set and its panics caught.
func (t *Table) markBook(notes map[string]map[int][]Problem, say func(Problem) string) (data []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fault.Wrap("intake.cannot-write", t.File, fmt.Errorf("%v", r))
		}
	}()
	src := io.NewSectionReader(t.book.src, 0, t.book.size)
	f, err := excelize.OpenReader(src, excelize.Options{UnzipSizeLimit: maxHeld + keepFormat, UnzipXMLSizeLimit: maxHeld + keepFormat, RawCellValue: true})
	if err != nil {
		return nil, fault.Wrap("intake.cannot-write", t.File, err)
	}
	w := &sheetWriter{f: f}
	defer f.Close()
	note := w.style(&excelize.Style{Font: &excelize.Font{Color: "C00000"}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	marked := map[int]int{}
	for _, p := range t.parts {
		sheet, col := p.sheet.Name, letter(p.column())
		w.try(w.f.SetColWidth(sheet, col, col, 60))
		w.try(w.f.SetCellStr(sheet, col+itoa(p.last), problemHead))
		if err := p.sheet.Each(func(r *Row) error { // what an earlier copy said
			if r.Number > p.last && p.column() < len(r.Cells) {
				w.try(w.f.SetCellStr(sheet, col+itoa(r.Number), ""))
			}
			return nil
		}); err != nil {
			return nil, err
		}
		rows := notes[sheet]
		for _, row := range sortedRows(rows) {
			at := row
			if at <= p.last { // the sheet as a whole or its heading
				at = p.last
			}
			text := tell(rows[row], say)
			if at == p.last {
				text = problemHead + "\n" + text
			}
			w.try(w.f.SetCellStr(sheet, col+itoa(at), text))
			w.try(w.f.SetCellStyle(sheet, col+itoa(at), col+itoa(at), note))
			for _, pr := range rows[row] {
				if pr.Column != "" && pr.Row > 0 {
					w.colour(sheet, pr.Column+itoa(pr.Row), marked)
				}
			}
		}
	}
	if w.err != nil {
		return nil, fault.Wrap("intake.cannot-write", t.File, w.err)
	}
	return w.bytes(t.File)
}

func sortedRows(m map[int][]Problem) []int {
	var rows []int
	for r := range m {
		rows = append(rows, r)
	}
	slices.Sort(rows)
	return rows
}

// colour fills a cell yellow and leaves its format as it is.
func (w *sheetWriter) colour(sheet, cell string, made map[int]int) {
	old, err := w.f.GetCellStyle(sheet, cell)
	if err != nil {
		w.try(err)
		return
	}
	id, ok := made[old]
	if !ok {
		st, err := w.f.GetStyle(old)
		if err != nil || st == nil {
			st = &excelize.Style{}
		}
		st.Fill = fill("FFFF00")
		id = w.style(st)
		made[old] = id
	}
	w.try(w.f.SetCellStyle(sheet, cell, cell, id))
}

// markCopy writes the cells' texts into a new file, row by row.
func (t *Table) markCopy(notes map[string]map[int][]Problem, say func(Problem) string) ([]byte, error) {
	w := &sheetWriter{f: excelize.NewFile()}
	defer w.f.Close()
	text := w.style(&excelize.Style{NumFmt: 49})
	yellow := w.style(&excelize.Style{NumFmt: 49, Fill: fill("FFFF00")})
	for i, p := range t.parts {
		name := p.sheet.Name
		if name == "" {
			name = string(t.Kind)
		}
		if i == 0 {
			w.try(w.f.SetSheetName("Sheet1", name))
		} else {
			_, err := w.f.NewSheet(name)
			w.try(err)
		}
		sw, err := w.f.NewStreamWriter(name)
		if err != nil {
			return nil, fault.Wrap("intake.cannot-write", t.File, err)
		}
		if err := p.copyRows(sw, notes[p.sheet.Name], say, text, yellow); err != nil {
			return nil, fault.Wrap("intake.cannot-write", t.File, err)
		}
		w.try(sw.Flush())
	}
	if w.err != nil {
		return nil, fault.Wrap("intake.cannot-write", t.File, w.err)
	}
	return w.bytes(t.File)
}

func (p *part) copyRows(sw *excelize.StreamWriter, notes map[int][]Problem, say func(Problem) string, text, yellow int) error {
	at := p.column()
	if err := sw.SetColWidth(at+1, at+1, 60); err != nil {
		return err
	}
	whole := append(slices.Clone(notes[0]), notes[p.last]...)
	return p.sheet.Each(func(r *Row) error {
		bad := map[string]bool{}
		for _, pr := range notes[r.Number] {
			bad[pr.Column] = true
		}
		cells := make([]any, max(len(r.Cells), at+1))
		for i, c := range r.Cells {
			v := c.Text
			if c.Merged {
				v = ""
			}
			st := text
			if bad[letter(i)] {
				st = yellow
			}
			cells[i] = excelize.Cell{StyleID: st, Value: v}
		}
		switch {
		case r.Number == p.last:
			head := problemHead
			if len(whole) > 0 {
				head += "\n" + tell(whole, say)
			}
			cells[at] = excelize.Cell{StyleID: text, Value: head}
		case len(notes[r.Number]) > 0:
			cells[at] = excelize.Cell{StyleID: text, Value: tell(notes[r.Number], say)}
		case r.Number > p.last:
			cells[at] = nil
		}
		return sw.SetRow("A"+itoa(r.Number), cells)
	})
}
