package intake

import (
	"errors"
	"regexp"
	"sort"
	"strings"
	"unicode"

	"github.com/sunlot/sunlot/internal/fault"
)

// Table is what one file holds of one kind: one or more sheets whose headings
// have been understood.
type Table struct {
	File       string
	Kind       Kind
	Confidence int       // per cent by which the kind leads the next likely one; 100 = told or alone
	Missing    []string  // required columns that were not found
	Mapping    []Mapping // show it: which heading was taken for what
	book       *Workbook
	parts      []*part
	options    Options
	confirm    []Problem
}

// Mapping says what one column of the file was taken for.
type Mapping struct {
	Sheet  string
	Column string // letter
	Header string // as written, rows of a heading joined by a space
	Field  string // our heading; "" = not used
}

// part is one sheet of a table.
type part struct {
	sheet  *Sheet
	last   int      // number of the last header row
	cols   []int    // of each form column: the sheet's column, −1 = none
	heads  []string // of each form column: the heading as written
	items  []itemColumn
	header []headCell
	score  int
	twice  []int // sheet columns that name a field already taken with equal right
}

// itemColumn is a column of the result form for one checklist item.
type itemColumn struct {
	col  int
	item string // number or name between the brackets
	head string
}

// headCell is one column's heading, with its readings from the most complete.
type headCell struct {
	col      int
	text     string
	readings []string
}

// scanRows is how far down a heading may stand.
const scanRows = 40

var (
	bracketRE = regexp.MustCompile(`\([^()]*\)`)
	itemRE    = regexp.MustCompile(`^(?:抽查|检查)?事项[\[【〔]([^\]】〕]{1,64})[\]】〕](.*)$`)
)

// headKey is the form in which headings are compared: half width, no spaces,
// no punctuation, lower case; % stays, it is a unit.
func headKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '%' {
			return unicode.ToLower(r)
		}
		return -1
	}, narrow(s))
}

var errEnough = errors.New("enough rows seen")

// preview copies the first rows of a sheet.
func preview(s *Sheet) ([]Row, error) {
	var rows []Row
	err := s.Each(func(r *Row) error {
		rows = append(rows, Row{Number: r.Number, Hidden: r.Hidden, Cells: append([]Cell(nil), r.Cells...)})
		if len(rows) == scanRows {
			return errEnough
		}
		return nil
	})
	if err == errEnough {
		err = nil
	}
	return rows, err
}

// headings joins depth rows from start into one heading a column. Merged cells
// have been filled, so a parent stands over each of its children.
func headings(rows []Row, start, depth int) []headCell {
	width := 0
	for _, r := range rows[start : start+depth] {
		width = max(width, len(r.Cells))
	}
	var out []headCell
	for c := range width {
		var texts []string
		for _, r := range rows[start : start+depth] {
			if c < len(r.Cells) && r.Cells[c].Kind != CellEmpty {
				t, _, _ := clean(r.Cells[c].Text, false)
				if len(texts) == 0 || texts[len(texts)-1] != t {
					texts = append(texts, t)
				}
			}
		}
		if len(texts) == 0 {
			continue
		}
		h := headCell{col: c, text: strings.Join(texts, " ")}
		h.readings = append(h.readings, headKey(strings.Join(texts, "")))
		if len(texts) > 1 {
			h.readings = append(h.readings, headKey(texts[len(texts)-1]))
		}
		bare := narrow(strings.Join(texts, ""))
		for next := bracketRE.ReplaceAllString(bare, ""); next != bare; next = bracketRE.ReplaceAllString(bare, "") {
			bare = next
		}
		h.readings = append(h.readings, headKey(bare))
		out = append(out, h)
	}
	return out
}

// isTitle reports a row that says one thing only, across merged cells or not.
func isTitle(r Row) bool {
	first := ""
	for _, c := range r.Cells {
		if c.Kind != CellEmpty {
			if first != "" && c.Text != first {
				return false
			}
			first = c.Text
		}
	}
	return true
}

// assign gives each heading its column of the form.
func (f *form) assign(heads []headCell, kind Kind) *part {
	p := &part{cols: make([]int, len(f.columns)), heads: make([]string, len(f.columns)), header: heads}
	ranks := make([]int, len(f.columns))
	for i := range p.cols {
		p.cols[i] = -1
	}
	for _, h := range heads {
		if kind == KindResults || kind == KindCorrections {
			_, known := f.index[h.readings[0]]
			if m := itemRE.FindStringSubmatch(strings.TrimSpace(h.text)); m != nil && !known {
				p.items = append(p.items, itemColumn{h.col, strings.TrimSpace(m[1]), h.text})
				p.score += 4
				continue
			}
		}
		for n, key := range h.readings {
			m, ok := f.index[key]
			if !ok {
				continue
			}
			rank := m.rank*4 + n
			switch old := p.cols[m.col]; {
			case old < 0:
				p.score += f.columns[m.col].weight
				fallthrough
			case rank < ranks[m.col]:
				p.cols[m.col], p.heads[m.col], ranks[m.col] = h.col, h.text, rank
			case rank == ranks[m.col]:
				p.twice = append(p.twice, h.col)
			}
			break
		}
	}
	return p
}

// usable: a heading must name something required and one thing more.
func (p *part) usable(f *form, told bool) bool {
	need, all := 0, len(p.items)
	for i, c := range p.cols {
		if c >= 0 && f.columns[i].weight > 0 {
			all++
			if f.columns[i].need == required {
				need++
			}
		}
	}
	return need >= 1 && (all >= 2 || told)
}

// candidate is one reading of a sheet.
type candidate struct {
	kind Kind
	part *part
}

// readings finds for every kind (or the one told) the best heading of a sheet,
// the likeliest kind first.
func readings(s *Sheet, rows []Row, file string, as Kind) []candidate {
	var out []candidate
	for _, kind := range append(Kinds(), KindPlatform) {
		if as != "" && kind != as || as == "" && kind == KindPlatform {
			continue
		}
		f := forms[kind]
		var best *part
		for start := range rows {
			if isTitle(rows[start]) {
				continue
			}
			for depth := 1; depth <= 3 && start+depth <= len(rows); depth++ {
				p := f.assign(headings(rows, start, depth), kind)
				p.last = rows[start+depth-1].Number
				if p.usable(f, as != "") && (best == nil || p.score > best.score) {
					best = p
				}
			}
		}
		if best == nil {
			continue
		}
		best.sheet = s
		best.score += hint(f, kind, s.Name, file, rows, best.last)
		out = append(out, candidate{kind, best})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].part.score > out[j].part.score })
	return out
}

// hint adds to the score what the sheet's, the file's name and the title say.
func hint(f *form, kind Kind, sheet, file string, rows []Row, last int) int {
	if sheet == string(kind) {
		return 8 // our own form
	}
	said := sheet + " " + file
	for _, r := range rows {
		if r.Number < last && isTitle(r) {
			for _, c := range r.Cells {
				if c.Kind != CellEmpty && !c.Merged {
					said += " " + c.Text
				}
			}
		}
	}
	for _, h := range f.hints {
		if strings.Contains(said, h) {
			return 3
		}
	}
	return 0
}

// Tables finds out which sheet is what. Sheets of one kind form one table. A
// kind that leads by less than 15 per cent is refused as ambiguous unless
// Options.As tells it.
func (wb *Workbook) Tables(o Options) ([]*Table, error) {
	if o.As == "" {
		o.As = wb.kind
	}
	if o.As != "" && forms[o.As] == nil {
		return nil, fault.New("intake.unknown-kind", wb.Name, string(o.As), kindWords()).Of(fault.Usage)
	}
	var tables []*Table
	var passed []Problem
	seen, first := false, ""
	for _, s := range wb.Sheets {
		switch {
		case o.Sheet != "" && s.Name != o.Sheet, s.Name == guideSheet, s.Name == choiceSheet:
			continue
		case s.Hidden && o.Sheet == "":
			passed = append(passed, Problem{File: wb.Name, Sheet: s.Name, Code: "intake.hidden-sheet"})
			continue
		}
		seen = true
		rows, err := preview(s)
		if err != nil {
			return nil, place(err, wb.Name)
		}
		found := readings(s, rows, wb.Name, o.As)
		if len(found) == 0 {
			if len(rows) > 0 {
				first = firstCells(rows[0], first)
				passed = append(passed, Problem{File: wb.Name, Sheet: s.Name, Code: "intake.sheet-passed-over", Got: firstCells(rows[0], "")})
			}
			continue
		}
		lead := 100
		if len(found) > 1 {
			lead = 100 * (found[0].part.score - found[1].part.score) / found[0].part.score
			if lead < 15 {
				return nil, fault.New("intake.ambiguous-kind", Place{File: wb.Name, Sheet: s.Name}.String(),
					string(found[0].kind)+"、"+string(found[1].kind), kindWords()).Of(fault.Usage)
			}
		}
		tables = wb.join(tables, found[0], lead, o)
	}
	switch {
	case o.Sheet != "" && !seen:
		return nil, fault.New("intake.no-such-sheet", wb.Name, o.Sheet, strings.Join(wb.names(), "、")).Of(fault.Usage)
	case len(tables) == 0 && first == "":
		return nil, fault.New("intake.empty-file", wb.Name, "没有内容", "")
	case len(tables) == 0:
		return nil, fault.New("intake.no-header", wb.Name, first, kindWords())
	}
	for _, t := range tables {
		t.confirm = append(t.confirm, passed...)
		if err := t.check(); err != nil {
			return nil, err
		}
	}
	return tables, nil
}

// join adds a sheet to the table of its kind.
func (wb *Workbook) join(tables []*Table, c candidate, lead int, o Options) []*Table {
	var t *Table
	for _, old := range tables {
		if old.Kind == c.kind {
			t = old
		}
	}
	if t == nil {
		t = &Table{File: wb.Name, Kind: c.kind, Confidence: lead, book: wb, options: o}
		tables = append(tables, t)
	}
	t.Confidence = min(t.Confidence, lead)
	t.parts = append(t.parts, c.part)
	f := forms[c.kind]
	for _, h := range c.part.header {
		m := Mapping{Sheet: c.part.sheet.Name, Column: letter(h.col), Header: h.text}
		for i, col := range c.part.cols {
			if col == h.col {
				m.Field = f.columns[i].head
			}
		}
		for _, it := range c.part.items {
			if it.col == h.col {
				m.Field = "检查结果"
			}
		}
		t.Mapping = append(t.Mapping, m)
	}
	return tables
}

// check fills Missing and what is to be confirmed about the sheets.
func (t *Table) check() error {
	f := forms[t.Kind]
	for _, p := range t.parts {
		need, err := t.required()
		if err != nil {
			return err
		}
		for i, c := range f.columns {
			if need[i] && !p.has(f, i) && !contains(t.Missing, c.head) {
				t.Missing = append(t.Missing, c.head)
			}
		}
		at := Problem{File: t.File, Sheet: p.sheet.Name}
		if n := p.sheet.HiddenRows; n > 0 {
			at.Code, at.Got = "intake.hidden-rows", itoa(n)
			t.confirm = append(t.confirm, at)
		}
		for i, c := range p.cols {
			if c >= 0 && contains(p.sheet.HiddenColumns, letter(c)) {
				t.confirm = append(t.confirm, Problem{File: t.File, Sheet: p.sheet.Name, Column: letter(c), Header: p.heads[i], Code: "intake.hidden-column"})
			}
		}
	}
	return nil
}

// required tells for each form column whether it must be filled, by the form or
// by Options.Required.
func (t *Table) required() ([]bool, error) {
	f := forms[t.Kind]
	need := make([]bool, len(f.columns))
	for i, c := range f.columns {
		need[i] = c.need == required
	}
	for _, name := range t.options.Required {
		m, ok := f.index[headKey(name)]
		if !ok {
			return nil, fault.New("intake.unknown-column", string(t.Kind), name, "").Of(fault.Usage)
		}
		need[m.col] = true
	}
	return need, nil
}

// has reports whether the sheet has a form column or one that serves for it.
func (p *part) has(f *form, i int) bool {
	if p.cols[i] >= 0 || f.columns[i].typ == tResult && len(p.items) > 0 {
		return true
	}
	for _, other := range strings.Fields(f.columns[i].or) {
		if p.cols[f.fields[other]] >= 0 {
			return true
		}
	}
	return false
}

// Sheets names the sheets that the table was made of.
func (t *Table) Sheets() []string {
	var out []string
	for _, p := range t.parts {
		out = append(out, p.sheet.Name)
	}
	return out
}

func (wb *Workbook) names() []string {
	var out []string
	for _, s := range wb.Sheets {
		out = append(out, s.Name)
	}
	return out
}

func firstCells(r Row, have string) string {
	if have != "" {
		return have
	}
	var out []string
	for _, c := range r.Cells {
		if c.Kind != CellEmpty && !c.Merged && len(out) < 8 {
			out = append(out, shorten(c.Text))
		}
	}
	return strings.Join(out, "、")
}

func kindWords() string {
	var out []string
	for _, k := range Kinds() {
		out = append(out, string(k))
	}
	return strings.Join(out, "、")
}
