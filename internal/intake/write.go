package intake

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/sunlot/sunlot/internal/fault"
)

// FormOptions fit a form to an office.
type FormOptions struct {
	Codes   []Code              // result codes; nil = DefaultCodes
	Items   []string            // 结果, 更正: "GQ-01" or "GQ-01 name" of each item with a column of its own
	Choices map[string][]string // drop-downs by heading, for instance 所属镇街; they replace the form's own
	Region  string              // division code of the county, for the codes of the example row
	Example map[string]string   // cells of the example row by heading; they replace the form's own
	Help    map[string]string   // what the form says of a column by heading; it replaces the form's own
	Guide   []string            // further lines of 填表说明
}

const (
	guideSheet  = "填表说明"
	choiceSheet = "选项"
	problemHead = "问题说明"
	formRows    = 5000 // rows with drop-downs
)

// Heads are the headings of a form in their order, as Prefilled wants its rows.
func Heads(kind Kind, o FormOptions) []string {
	var heads []string
	for _, c := range formColumns(kind, o) {
		heads = append(heads, c.head)
	}
	return heads
}

// formColumns are the columns that the empty form shows; item columns stand
// behind 检查结果.
func formColumns(kind Kind, o FormOptions) []column {
	codes := o.Codes
	if codes == nil {
		codes = defaultCodes
	}
	var list []string
	for _, c := range codes {
		list = append(list, c.Code+" "+c.Text)
	}
	var cols []column
	for _, c := range forms[kind].columns {
		if c.blank {
			continue
		}
		if c.typ == tResult {
			c.choices = list
		}
		c.fit(o)
		cols = append(cols, c)
		if c.typ == tResult && (kind == KindResults || kind == KindCorrections) {
			for _, item := range o.Items {
				no, name, _ := strings.Cut(item, " ")
				cols = append(cols, column{field: "item:" + no, head: strings.TrimSpace("事项[" + no + "]" + name), typ: tResult, choices: list,
					help: "这个事项的结果；各事项结果相同的，只填“" + c.head + "”"})
			}
		}
	}
	return cols
}

// fit gives a column the words of an office.
func (c *column) fit(o FormOptions) {
	if own := o.Choices[c.head]; own != nil {
		c.choices = own
		if c.typ == tList {
			c.help = "可填多个，用顿号分开：" + joinWords(own)
		}
	}
	if own := o.Help[c.head]; own != "" {
		c.help = own
	}
	if own, ok := o.Example[c.head]; ok {
		c.example = own
	}
	if c.typ == tCode && c.example != "" && o.Region != "" {
		code := "91" + o.Region + "TT0000007"
		c.example = code + string(unitCheck(code))
	}
}

// Form is the empty Excel form of a kind: headings (* = must be filled), an
// example row that is passed over on reading, drop-downs, all cells as text, and
// a sheet 填表说明.
func Form(kind Kind, o FormOptions) ([]byte, error) {
	if forms[kind] == nil {
		return nil, fault.New("intake.unknown-kind", "", string(kind), kindWords()).Of(fault.Usage)
	}
	cols := formColumns(kind, o)
	example := make([]string, len(cols))
	for i, c := range cols {
		example[i] = c.example
	}
	return writeForm(kind, cols, [][]string{example}, o.Guide, true)
}

// Prefilled is a form with rows: each row has the columns of Heads. Every cell
// is text, so that nothing in it becomes a formula (security.md T18).
func Prefilled(kind Kind, o FormOptions, rows [][]string) ([]byte, error) {
	if forms[kind] == nil {
		return nil, fault.New("intake.unknown-kind", "", string(kind), kindWords()).Of(fault.Usage)
	}
	cols := formColumns(kind, o)
	for i, r := range rows {
		if len(r) != len(cols) {
			return nil, fault.New("intake.bad-row", fmt.Sprintf("%s row %d", kind, i), itoa(len(r)), itoa(len(cols)))
		}
	}
	return writeForm(kind, cols, rows, o.Guide, false)
}

// ResultForm is the dispatch list of an executing unit and, at the same time,
// the form in which its results come back: what the rows hold is prefilled.
// items are numbers, or number and name parted by a space.
func ResultForm(rows []ResultRow, codes []Code, items []string) ([]byte, error) {
	o := FormOptions{Codes: codes, Items: items}
	if len(items) == 1 {
		o.Items = nil
	}
	heads := Heads(KindResults, o)
	out := make([][]string, len(rows))
	for i := range rows {
		r := &rows[i]
		team := r.Team
		if team == nil {
			team = r.Signed
		}
		values := map[string]string{"序号": itoa(i + 1), "抽取编号": r.Draw, "签号": r.Handle, "统一社会信用代码": r.Code, "单位名称": r.Name,
			"所属镇街": r.Town, "住所": r.Address, "检查人员": joinWords(team), "组长": r.Leader, "全体签字人": joinWords(r.Signed), "检查单位": r.Unit}
		out[i] = make([]string, len(heads))
		for j, h := range heads {
			out[i][j] = values[h]
		}
	}
	return Prefilled(KindResults, o, out)
}

// sheetWriter holds the workbook being made and its first error.
type sheetWriter struct {
	f   *excelize.File
	err error
}

func (w *sheetWriter) try(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *sheetWriter) style(s *excelize.Style) int {
	id, err := w.f.NewStyle(s)
	w.try(err)
	return id
}

func writeForm(kind Kind, cols []column, rows [][]string, guide []string, example bool) ([]byte, error) {
	w := &sheetWriter{f: excelize.NewFile()}
	defer w.f.Close()
	sheet := string(kind)
	w.try(w.f.SetSheetName("Sheet1", sheet))
	border := []excelize.Border{{Type: "left", Color: "B0B0B0", Style: 1}, {Type: "right", Color: "B0B0B0", Style: 1}, {Type: "top", Color: "B0B0B0", Style: 1}, {Type: "bottom", Color: "B0B0B0", Style: 1}}
	middle := &excelize.Alignment{WrapText: true, Vertical: "center"}
	text := w.style(&excelize.Style{NumFmt: 49, Alignment: middle})
	must := w.style(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: fill("1F4E79"), Border: border, Alignment: middle})
	may := w.style(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}, Fill: fill("DDEBF7"), Border: border, Alignment: middle})
	grey := w.style(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Italic: true, Color: "808080"}, Alignment: middle})
	for i, c := range cols {
		l := letter(i)
		w.try(w.f.SetColStyle(sheet, l, text))
		w.try(w.f.SetColWidth(sheet, l, l, width(c)))
		head, st := c.head, may
		if c.need == required {
			head, st = "*"+head, must
		}
		w.try(w.f.SetCellStr(sheet, l+"1", head))
		w.try(w.f.SetCellStyle(sheet, l+"1", l+"1", st))
	}
	w.try(w.f.SetRowHeight(sheet, 1, 36))
	w.try(w.f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	for i, r := range rows {
		for j, v := range r {
			cell := letter(j) + itoa(i+2)
			if v != "" {
				w.try(w.f.SetCellStr(sheet, cell, v))
			}
			if example {
				w.try(w.f.SetCellStyle(sheet, cell, cell, grey))
			} else {
				w.try(w.f.SetCellStyle(sheet, cell, cell, text))
			}
		}
	}
	w.choices(sheet, cols)
	w.guide(kind, cols, guide)
	w.f.SetActiveSheet(0)
	if w.err != nil {
		return nil, fault.Wrap("intake.cannot-write", sheet, w.err)
	}
	return w.bytes(sheet)
}

func (w *sheetWriter) bytes(place string) ([]byte, error) {
	var b bytes.Buffer
	if err := w.f.Write(&b); err != nil {
		return nil, fault.Wrap("intake.cannot-write", place, err)
	}
	return b.Bytes(), nil
}

func fill(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

// width of a column in characters.
func width(c column) float64 {
	n := utf8.RuneCountInString(c.head)*2 + 4
	switch c.typ {
	case tCode:
		n = max(n, 22)
	case tLines:
		n = max(n, 40)
	case tResult, tList, tPersons:
		n = max(n, 24)
	case tDate, tMoment:
		n = max(n, 14)
	}
	switch c.field {
	case "handle", "name", "address", "scope", "basis":
		n = max(n, 34)
	case "serial":
		n = 8
	}
	return float64(min(n, 60))
}

// choices sets the drop-downs: short lists in the cell rule, long ones on a
// hidden sheet. Only columns of one fixed word refuse anything else.
func (w *sheetWriter) choices(sheet string, cols []column) {
	lists := 0
	for i, c := range cols {
		dv := excelize.NewDataValidation(true)
		dv.SetSqref(letter(i) + "2:" + letter(i) + itoa(formRows))
		if c.help != "" {
			dv.SetInput(c.head, cut(c.help, 120))
		}
		if len(c.choices) == 0 {
			if c.help == "" {
				continue
			}
			w.try(w.f.AddDataValidation(sheet, dv))
			continue
		}
		if len(strings.Join(c.choices, ",")) <= 240 && !strings.Contains(strings.Join(c.choices, ""), ",") {
			w.try(dv.SetDropList(c.choices))
		} else {
			if lists == 0 {
				_, err := w.f.NewSheet(choiceSheet)
				w.try(err)
				w.try(w.f.SetSheetVisible(choiceSheet, false))
			}
			for j, v := range c.choices {
				w.try(w.f.SetCellStr(choiceSheet, letter(lists)+itoa(j+1), v))
			}
			dv.SetSqrefDropList(fmt.Sprintf("%s!$%s$1:$%s$%d", choiceSheet, letter(lists), letter(lists), len(c.choices)))
			lists++
		}
		if c.typ == tChoice {
			dv.SetError(excelize.DataValidationErrorStyleStop, c.head, "请从下拉列表中选")
		} else {
			dv.ShowErrorMessage = false
		}
		w.try(w.f.AddDataValidation(sheet, dv))
	}
}

func cut(s string, n int) string {
	r := []rune(s)
	if len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// guide writes the sheet 填表说明.
func (w *sheetWriter) guide(kind Kind, cols []column, more []string) {
	_, err := w.f.NewSheet(guideSheet)
	w.try(err)
	lines := []string{
		forms[kind].title + "填表说明",
		"1. 标题行不要改；不用的栏可以空着，也可以把整列删掉。标有 * 的栏必须填。",
		"2. 所有单元格都是文本格式：从别处粘贴时请用“选择性粘贴—数值”，不要让代码、证号变成数字。",
		"3. 一行一条，不要合并单元格，不要加合计行；“示例”行读入时跳过，可以删掉。",
		"4. 填好后直接交回 .xlsx 文件，不要另存为 .xls。",
	}
	switch kind {
	case KindFirms, KindInspectors, KindItems, KindPlan:
		lines = append(lines, "5. 交的是整张表：新表替换上一版，不是追加；没有写进新表的，就不再列入。")
	}
	lines = append(lines, more...)
	row := 1
	for i, l := range lines {
		w.try(w.f.SetCellStr(guideSheet, "A"+itoa(row), l))
		if i == 0 {
			st := w.style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}})
			w.try(w.f.SetCellStyle(guideSheet, "A1", "A1", st))
		}
		row++
	}
	row++
	bold := w.style(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: fill("DDEBF7")})
	wrap := w.style(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	put := func(style int, cells ...string) {
		for i, v := range cells {
			at := letter(i) + itoa(row)
			w.try(w.f.SetCellStr(guideSheet, at, v))
			w.try(w.f.SetCellStyle(guideSheet, at, at, style))
		}
		row++
	}
	put(bold, "栏目", "要不要填", "怎样填", "可选的内容", "例子")
	for _, c := range cols {
		must := "可不填"
		if c.need == required {
			must = "必填"
		}
		put(wrap, c.head, must, c.help, strings.Join(c.choices, "；"), c.example)
	}
	for col, wd := range map[string]float64{"A": 24, "B": 10, "C": 60, "D": 50, "E": 34} {
		w.try(w.f.SetColWidth(guideSheet, col, col, wd))
	}
}
