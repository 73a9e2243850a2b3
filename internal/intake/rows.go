package intake

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// rowReader reads the cells of one row by field and keeps the report.
type rowReader struct {
	t     *Table
	f     *form
	p     *part
	rep   *Report
	row   *Row
	need  []bool
	wrong []bool      // columns of this row that already have a problem
	ended bool        // another table has begun in this sheet: the rest is not read
	here  *itemColumn // the column being read, where it has no field
	lacks []string    // headings of columns that were told to be missing
	rows  int         // of this sheet
	empty map[int]int // of missing form columns: the rows in which no substitute is filled
}

// readTable runs parse over every data row of every sheet.
func readTable[T any](t *Table, kind Kind, parse func(*rowReader) T) ([]T, *Report) {
	rep := &Report{}
	if t.Kind != kind {
		rep.problem(Problem{File: t.File, Code: "intake.wrong-kind", Got: string(t.Kind), Want: string(kind)})
		return nil, rep
	}
	for _, p := range t.confirm {
		rep.confirm(p)
	}
	f := forms[kind]
	need, _ := t.required() // Tables has refused unknown names
	var out []T
	for _, p := range t.parts {
		r := &rowReader{t: t, f: f, p: p, rep: rep, need: need, wrong: make([]bool, len(f.columns)), empty: map[int]int{}}
		r.columns()
		err := p.sheet.Each(func(row *Row) error {
			r.row = row
			if row.Number <= p.last || r.passOver() {
				return nil
			}
			clear(r.wrong)
			rep.Rows++
			r.rows++
			r.idle()
			before := rep.ProblemCount
			r.empties()
			if v := parse(r); rep.ProblemCount == before {
				out = append(out, v)
			}
			return nil
		})
		if err != nil {
			rep.problem(fromFault(place(err, t.File), t.File, p.sheet.Name))
		}
		r.gaps()
	}
	if rep.Rows == 0 && rep.ProblemCount == 0 {
		rep.problem(Problem{File: t.File, Code: "intake.no-rows", Want: "至少一行"})
	}
	return out, rep
}

// columns reports required columns that are missing and headings that are twice.
func (r *rowReader) columns() {
	for i, c := range r.f.columns {
		if r.need[i] && !r.p.has(r.f, i) {
			r.lack(c)
		}
	}
	for _, col := range r.p.twice {
		for _, h := range r.p.header {
			if h.col == col {
				r.rep.problem(Problem{File: r.t.File, Sheet: r.p.sheet.Name, Row: r.p.last, Column: letter(col), Header: h.text, Code: "intake.duplicate-column", Got: h.text})
			}
		}
	}
}

// lack says once that the sheet has no such column, whichever row shows it.
func (r *rowReader) lack(c column) {
	if contains(r.lacks, c.head) {
		return
	}
	r.lacks = append(r.lacks, c.head)
	names := append([]string{c.head}, strings.Fields(c.also)...)
	r.rep.problem(Problem{File: r.t.File, Sheet: r.p.sheet.Name, Row: r.p.last, Header: c.head, Code: "intake.missing-column",
		Want: strings.Join(names[:min(len(names), 5)], "、")})
}

// gaps says of a column that is missing, and whose substitute no row fills, that
// it is missing: once, not row by row at the substitute.
func (r *rowReader) gaps() {
	for i, c := range r.f.columns {
		if r.rows == 0 || r.empty[i] < r.rows {
			continue
		}
		r.rep.Problems = slices.DeleteFunc(r.rep.Problems, func(p Problem) bool {
			return p.Sheet == r.p.sheet.Name && p.Code == "intake.empty-required" && p.Want == c.head
		})
		r.rep.ProblemCount -= r.rows
		r.lack(c)
	}
}

// anonymous reports a row that does not say which unit it is about: none of the
// fields is filled. A sheet that has a column for none of them is told so once.
func (r *rowReader) anonymous(name, want string, fields ...string) {
	for _, field := range fields {
		if r.p.cols[r.f.fields[field]] >= 0 {
			r.problem("code", "intake.no-identity", name, want)
			return
		}
	}
	r.lack(r.f.columns[r.f.fields["code"]])
}

func (r *rowReader) cellOf(field string) Cell {
	i, ok := r.f.fields[field]
	if !ok || r.p.cols[i] < 0 || r.p.cols[i] >= len(r.row.Cells) {
		return Cell{}
	}
	return r.row.Cells[r.p.cols[i]]
}

// empties reports required cells without content: neither the column itself nor
// one that serves for it is filled.
func (r *rowReader) empties() {
	for i, c := range r.f.columns {
		if !r.need[i] || c.typ == tResult && len(r.p.items) > 0 {
			continue
		}
		at, filled := "", false
		for _, field := range append([]string{c.field}, strings.Fields(c.or)...) {
			j := r.f.fields[field]
			if r.p.cols[j] >= 0 && at == "" {
				at = field
			}
			filled = filled || r.filled(j)
		}
		if at != "" && !filled {
			r.problem(at, "intake.empty-required", "", c.head)
			if r.p.cols[i] < 0 {
				r.empty[i]++ // only its substitute is there, and does not serve
			}
		}
	}
}

// idle notes the filled columns on which nothing acts in this version.
func (r *rowReader) idle() {
	for i, c := range r.f.columns {
		if c.idle && r.filled(i) && r.blank(strings.TrimSpace(r.row.Cells[r.p.cols[i]].Text)) != "" {
			if head := strings.TrimPrefix(strings.Join(strings.Fields(r.p.heads[i]), " "), "*"); !contains(r.rep.Unused, head) {
				r.rep.Unused = append(r.rep.Unused, head)
			}
		}
	}
}

// only refuses in a column all but the words of what this version can do: what
// would change a draw is not passed over.
func (r *rowReader) only(field, why string, words ...string) string {
	s := r.blank(r.cell(field).Text)
	if s == "" {
		return ""
	}
	for _, w := range words {
		if headKey(s) == headKey(w) {
			return words[0]
		}
	}
	r.problem(field, "intake.not-supported", s, why)
	return ""
}

func (r *rowReader) filled(i int) bool {
	col := r.p.cols[i]
	return col >= 0 && col < len(r.row.Cells) && (r.row.Cells[col].Kind != CellEmpty || r.row.Cells[col].Formula)
}

// place of a field in the present row.
func (r *rowReader) place(field string) (Place, string) {
	p := Place{File: r.t.File, Sheet: r.p.sheet.Name, Row: r.row.Number}
	if r.here != nil {
		p.Column = letter(r.here.col)
		return p, r.here.head
	}
	i, ok := r.f.fields[field]
	if !ok || r.p.cols[i] < 0 {
		return p, ""
	}
	p.Column = letter(r.p.cols[i])
	return p, r.p.heads[i]
}

func (r *rowReader) line() Place {
	return Place{File: r.t.File, Sheet: r.p.sheet.Name, Row: r.row.Number}
}

// problem reports one problem a column and row: the first is the cause.
func (r *rowReader) problem(field, code, got, want string) {
	if i, ok := r.f.fields[field]; ok && r.here == nil {
		if r.wrong[i] {
			return
		}
		r.wrong[i] = true
	}
	p, head := r.place(field)
	r.rep.problem(Problem{p.File, p.Sheet, p.Row, p.Column, head, code, got, want})
}

func (r *rowReader) confirm(field, code, got, want string) {
	p, head := r.place(field)
	r.rep.confirm(Problem{p.File, p.Sheet, p.Row, p.Column, head, code, got, want})
}

func (r *rowReader) repair(field, why, from, to string) {
	p, head := r.place(field)
	r.rep.repair(Repair{p, head, from, to, why})
}

// cell gives the cleaned cell of a field, empty if it is missing or refused.
func (r *rowReader) cell(field string) Cell {
	i, ok := r.f.fields[field]
	if !ok || r.p.cols[i] < 0 || r.p.cols[i] >= len(r.row.Cells) {
		return Cell{}
	}
	return r.at(field, r.f.columns[i], r.row.Cells[r.p.cols[i]])
}

// at judges and cleans one cell; field names it in messages.
func (r *rowReader) at(field string, col column, c Cell) Cell {
	switch {
	case c.Formula && c.Kind == CellEmpty:
		r.problem(field, "intake.formula-no-value", "", "")
		return Cell{}
	case c.Kind == CellEmpty:
		return c
	case c.Kind == CellError:
		r.problem(field, "intake.error-value", c.Text, "")
		return Cell{}
	case c.Merged && !col.fill:
		if r.f.fields[field] != 0 { // the serial number carries nothing
			r.problem(field, "intake.merged-cell", c.Text, "")
		}
		return Cell{}
	case strings.HasPrefix(c.Text, "###") && strings.Trim(c.Text, "#") == "":
		r.problem(field, "intake.hash-marks", c.Text, "")
		return Cell{}
	}
	text, f, bad := clean(c.Text, col.typ == tList || col.typ == tLines || col.typ == tPersons || col.typ == tResult)
	if bad != "" {
		r.problem(field, bad, strconv.QuoteToASCII(shorten(c.Text)), "")
		return Cell{}
	}
	if code := odd(text); code != "" {
		r.confirm(field, code, text, "")
	}
	if f != 0 {
		r.repair(field, f.why(), c.Text, text)
	}
	if c.Merged {
		r.repair(field, "intake.fixed-merged", "", text)
	}
	if c.Formula {
		r.repair(field, "intake.fixed-formula", "公式", text)
	}
	c.Text = text
	if text == "" {
		return Cell{}
	}
	return c
}

// text is a single line.
func (r *rowReader) text(field string) string {
	c := r.cell(field)
	if c.Kind == CellDate && r.f.columns[r.f.fields[field]].typ != tLines && field == "no" {
		r.problem(field, "intake.text-became-date", c.Text, "文本格式")
		return ""
	}
	return r.blank(c.Text)
}

// blank turns the strokes that people write for nothing into nothing.
func (r *rowReader) blank(s string) string {
	switch s {
	case "/", "-", "--", "—", "——", "无", "／", "\\", "暂无", "／／":
		return ""
	}
	return s
}

// person is a name; two Han characters are often set apart by a space.
func (r *rowReader) person(field string) string {
	s := r.blank(r.cell(field).Text)
	if t := tightName(s); t != s {
		r.repair(field, "intake.fixed-space", s, t)
		return t
	}
	return s
}

func tightName(s string) string {
	if !strings.Contains(s, " ") {
		return s
	}
	for _, c := range s {
		if c != ' ' && !unicode.Is(unicode.Han, c) {
			return s
		}
	}
	return strings.ReplaceAll(s, " ", "")
}

// list splits a cell at 、 ； ; ， , / and line breaks, dropping repetitions.
func (r *rowReader) list(field string) []string {
	c := r.cell(field)
	var out []string
	for _, s := range strings.FieldsFunc(c.Text, func(x rune) bool { return strings.ContainsRune("、；;，,/／\n", x) }) {
		if s = r.blank(strings.TrimSpace(s)); s != "" && !contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// persons are names; spaces part them too, unless each part is one character.
func (r *rowReader) persons(field string) []string {
	var out []string
	for _, s := range r.list(field) {
		parts := strings.Fields(s)
		if t := tightName(s); len(parts) > 1 && t != s {
			long := true
			for _, p := range parts {
				long = long && len([]rune(p)) >= 2
			}
			if !long {
				parts = []string{t}
			}
		}
		if len(parts) == 0 || len(parts) > 1 && tightName(s) == s {
			parts = []string{s}
		}
		for _, p := range parts {
			if !contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// moment is a date with or without time, zero if empty or refused.
func (r *rowReader) moment(field string) moment {
	c := r.cell(field)
	if c.Kind == CellEmpty || r.blank(c.Text) == "" {
		return moment{}
	}
	m, repair, bad := momentOf(c, r.p.sheet.Date1904)
	if m.day == forever && field != "valid_to" {
		bad = "intake.bad-date"
	}
	if bad != "" {
		r.problem(field, bad, c.Text, "2023-06-08")
		return moment{}
	}
	if repair != "" {
		r.repair(field, repair, c.Text, m.String())
	}
	return m
}

// day is a date as 2006-01-02; a time of day is left out visibly.
func (r *rowReader) day(field string) string {
	m := r.moment(field)
	if m.clock != "" && m.clock != "00:00:00" {
		r.repair(field, "intake.fixed-time-dropped", m.day+" "+m.clock, m.day)
	}
	return m.day
}

func (r *rowReader) ratio(field string) string {
	c := r.cell(field)
	if c.Kind == CellEmpty || r.blank(c.Text) == "" {
		return ""
	}
	_, head := r.place(field)
	ratio, repair, bad := ratioOf(c, strings.Contains(narrow(head), "%"))
	if bad != "" {
		r.problem(field, bad, c.Text, "5%")
		return ""
	}
	if repair != "" {
		r.repair(field, repair, c.Text, Percent(ratio))
	}
	return ratio
}

func (r *rowReader) count(field string) int {
	c := r.cell(field)
	if c.Kind == CellEmpty || r.blank(c.Text) == "" {
		return 0
	}
	n, repair, bad := countOf(c)
	if bad != "" {
		r.problem(field, bad, c.Text, "30")
		return 0
	}
	if repair != "" {
		r.repair(field, repair, c.Text, itoa(n))
	}
	return n
}

func (r *rowReader) yes(field string) bool {
	c := r.cell(field)
	if c.Kind == CellEmpty {
		return false
	}
	yes, bad := boolOf(c)
	if bad != "" {
		r.problem(field, bad, c.Text, "是、否")
	}
	return yes
}

// choice is one of the column's words; others maps further writings to them.
func (r *rowReader) choice(field string, others map[string]string) string {
	c := r.cell(field)
	s := r.blank(c.Text)
	if s == "" {
		return ""
	}
	k := headKey(s)
	for _, w := range r.f.columns[r.f.fields[field]].choices {
		if k == headKey(w) {
			return w
		}
	}
	if w, ok := others[k]; ok {
		r.repair(field, "intake.fixed-word", s, w)
		return w
	}
	r.problem(field, "intake.unknown-word", s, joinWords(r.f.columns[r.f.fields[field]].choices))
	return ""
}

// unit is the canonical id from the columns of codes.
func (r *rowReader) unit() string {
	c, old := r.cell("code"), r.cell("registration")
	field, registration := "code", false
	if r.blank(c.Text) == "" {
		c, field, registration = old, "registration", true
	}
	if r.blank(c.Text) == "" {
		return ""
	}
	return r.verdict(field, c, unitCode(c, registration))
}

// verdict reports what a code check found.
func (r *rowReader) verdict(field string, c Cell, v verdict) string {
	switch {
	case v.code != "":
		r.problem(field, v.code, c.Text, v.want)
		return ""
	case v.doubt != "":
		r.confirm(field, v.doubt, v.value, v.want)
	}
	if v.repair == "" && v.value != c.Text && strings.TrimPrefix(v.value, "注册号:") != c.Text {
		v.repair = "intake.fixed-code"
	}
	if v.repair != "" {
		r.repair(field, v.repair, c.Text, v.value)
	}
	return v.value
}

// digits is a number kept as text, such as a telephone or a handle.
func (r *rowReader) digits(field string) string {
	c := r.cell(field)
	switch {
	case c.Kind == CellDate:
		r.problem(field, "intake.text-became-date", c.Text, "文本格式")
		return ""
	case c.Long || isExponent(strings.ToUpper(narrow(c.Text))):
		r.problem(field, "intake.code-as-number", c.Text, "文本格式")
		return ""
	}
	return narrow(r.blank(c.Text))
}
