package intake

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// One test for each pitfall of requirements §5, with files made here.

var firmHead = []any{"序号", "统一社会信用代码", "企业名称", "所属镇街", "成立日期", "登记状态"}

func firmsOf(t *testing.T, data []byte, o Options) ([]Firm, *Report) {
	t.Helper()
	tb := table(t, "名录库.xlsx", data, o)
	if tb.Kind != KindFirms {
		t.Fatalf("kind %s", tb.Kind)
	}
	return tb.Firms()
}

func TestPitfall1NumericCodes(t *testing.T) {
	data := bookOf(t, "Sheet1", [][]any{firmHead,
		{1, 913703227060912345, "演示甲公司", "田镇街道", "2020-01-01", "存续"},         // digits lost in the file
		{2, "91370322TT0000007J", "演示乙公司", "田镇街道", "2020-01-01", "存续"},       // text
		{3, 110108000000016, "演示丙经营部", "田镇街道", "2020-01-01", "存续"},           // 15 digits fit a number
		{4, "9.13703227060912E+17", "演示丁公司", "田镇街道", "2020-01-01", "存续"},     // pasted as text
		{5, "913703227060912000", "演示戊公司", "田镇街道", "2020-01-01", "存续"}}, nil) // text, after the loss
	firms, rep := firmsOf(t, data, Options{})
	if got := found(rep.Problems); got != "B2 code-as-number, B5 code-as-number, B6 code-as-number" {
		t.Error(got)
	}
	if len(firms) != 2 || firms[0].Code != "91370322TT0000007J" || firms[1].Code != "注册号:110108000000016" {
		t.Errorf("%+v", firms)
	}
	if got := mended(rep.Repairs); got != "B4 fixed-number-as-text" {
		t.Error(got)
	}
	if rep.Problems[0].Got != "913703227060912000" || rep.Problems[0].Header != "统一社会信用代码" {
		t.Errorf("%+v", rep.Problems[0])
	}
}

func TestPitfall2Dates(t *testing.T) {
	rows := [][]any{firmHead, {1, "91370322TT0000007J", "演示甲公司", "田镇街道", 45085, "存续"}}
	for _, c := range []struct {
		name   string
		rows   [][]any
		edit   func(*excelize.File)
		want   string
		mended string
	}{
		{"bare serial", rows, nil, "2023-06-08", "E2 fixed-serial-date"},
		{"date format", rows, func(f *excelize.File) { dateStyle(t, f, 14, "") }, "2023-06-08", ""},
		{"chinese format", rows, func(f *excelize.File) { dateStyle(t, f, 0, `yyyy"年"m"月"d"日";@`) }, "2023-06-08", ""},
		{"short year format", rows, func(f *excelize.File) { dateStyle(t, f, 0, `mm-dd-yy`) }, "2023-06-08", ""},
		{"1904", [][]any{firmHead, {1, "91370322TT0000007J", "演示甲公司", "田镇街道", 43623, "存续"}}, func(f *excelize.File) {
			yes := true
			if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
				t.Fatal(err)
			}
			dateStyle(t, f, 14, "")
		}, "2023-06-08", ""},
		{"dots", [][]any{firmHead, {1, "91370322TT0000007J", "演示甲公司", "田镇街道", "2023.6.8", "存续"}}, nil, "2023-06-08", "E2 fixed-date"},
		{"compact number", [][]any{firmHead, {1, "91370322TT0000007J", "演示甲公司", "田镇街道", 20230608, "存续"}}, nil, "2023-06-08", "E2 fixed-date"},
	} {
		firms, rep := firmsOf(t, bookOf(t, "Sheet1", c.rows, c.edit), Options{})
		if len(firms) != 1 || firms[0].Registered != c.want || mended(rep.Repairs) != c.mended || rep.ProblemCount != 0 {
			t.Errorf("%s: %+v %s %s", c.name, firms, mended(rep.Repairs), found(rep.Problems))
		}
	}
	_, rep := firmsOf(t, bookOf(t, "Sheet1", [][]any{firmHead, {1, "91370322TT0000007J", "演示甲公司", "田镇街道", "06-08-23", "存续"}}, nil), Options{})
	if got := found(rep.Problems); got != "E2 date-order" {
		t.Error(got)
	}
}

func dateStyle(t *testing.T, f *excelize.File, id int, custom string) {
	t.Helper()
	st := &excelize.Style{NumFmt: id}
	if custom != "" {
		st.CustomNumFmt = &custom
	}
	n, err := f.NewStyle(st)
	if err == nil {
		err = f.SetCellStyle("Sheet1", "E2", "E2", n)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestPitfall3MergedCells(t *testing.T) {
	data := bookOf(t, "Sheet1", [][]any{firmHead,
		{1, "91370322TT0000007J", "演示甲公司", "田镇街道", "2020-01-01", "存续"},
		{2, "91350100M000100Y43", "演示乙公司", nil, "2020-01-01", "存续"},
		{3, "91512081MA62K0260E", nil, nil, "2020-01-01", "存续"}}, func(f *excelize.File) {
		for _, m := range [][2]string{{"D2", "D4"}, {"C3", "C4"}} {
			if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
				t.Fatal(err)
			}
		}
	})
	firms, rep := firmsOf(t, data, Options{})
	if len(firms) != 2 || firms[1].Town != "田镇街道" {
		t.Errorf("%+v", firms)
	}
	if got := found(rep.Problems); got != "C4 merged-cell" { // a name stands for one unit
		t.Error(got)
	}
	if got := mended(rep.Repairs); got != "D3 fixed-merged, D4 fixed-merged" {
		t.Error(got)
	}
}

func TestPitfall4Characters(t *testing.T) {
	csv := "序号,统一社会信用代码,企业名称,所属镇街,法定代表人\n" +
		"1,９１３７０３２２ＴＴ００００００７Ｊ,　演示（高青）公司 ,田镇\u200b街道,张　三\n" +
		"2,91350100M000100Y43,演示\u202e公司,田镇街道,李四\n" +
		"3,91512081MA62K0260E,\"演示丙\n公司\",田镇街道,王五\n"
	tb := table(t, "名录库.csv", []byte(csv), Options{})
	firms, rep := tb.Firms()
	if len(firms) != 2 || firms[0].Code != "91370322TT0000007J" || firms[0].Name != "演示（高青）公司" || firms[0].Town != "田镇街道" || firms[0].LegalRep != "张三" || firms[1].Name != "演示丙公司" {
		t.Errorf("%+v", firms)
	}
	if got := found(rep.Problems); got != "C3 bidi-control" {
		t.Error(got)
	}
	for _, why := range []string{"intake.fixed-width", "intake.fixed-space", "intake.fixed-invisible", "intake.fixed-newline"} {
		if rep.RepairCounts[why] == 0 {
			t.Errorf("no %s in %v", why, rep.RepairCounts)
		}
	}
}

func TestPitfall5And6TitlesHeadersTotals(t *testing.T) {
	data := bookOf(t, "Sheet1", [][]any{
		{"高青县工贸企业检查对象名录库（演示）"},
		{"填报单位：演示科", nil, nil, "填报日期：2023-06-08"},
		{"序号", "企业信息", nil, "所属镇街", "监管情况", nil},
		{nil, "统一社会信用代码", "企业名称", nil, "行业类别", "监管类型"},
		{"一、田镇街道"},
		{1, "91370322TT0000007J", "演示甲公司", "田镇街道", "机械", "一般"},
		{2, "91350100M000100Y43", "演示乙公司", "田镇街道", "机械", "一般"},
		{"小计", nil, 2},
		{"序号", "统一社会信用代码", "企业名称", "所属镇街", "行业类别", "监管类型"},
		{3, "91512081MA62K0260E", "演示丙公司", "芦湖街道", "轻工", "一般"},
		{nil, nil, "合 计", 3},
		{"注：本表一式两份。"},
		{"填表人：张演示", nil, nil, "审核人：李演示"},
	}, func(f *excelize.File) {
		for _, m := range [][2]string{{"A1", "F1"}, {"A3", "A4"}, {"B3", "C3"}, {"D3", "D4"}, {"E3", "F3"}, {"A5", "F5"}, {"A12", "F12"}} {
			if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
				t.Fatal(err)
			}
		}
	})
	firms, rep := firmsOf(t, data, Options{})
	if len(firms) != 3 || firms[2].Town != "芦湖街道" || firms[2].Supervision != "一般" || rep.ProblemCount != 0 {
		t.Errorf("%+v %s", firms, found(rep.Problems))
	}
	want := "A5 skipped-section, A8 skipped-total, A9 skipped-header, C11 skipped-total, A12 skipped-footnote, A13 skipped-footnote"
	if got := mended(rep.Repairs); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if firms[0].Line.String() != "名录库.xlsx Sheet1!6" {
		t.Error(firms[0].Line)
	}
}

func TestPitfall7SheetsAndHidden(t *testing.T) {
	row := func(n int, code, name string) []any {
		return []any{n, code, name, "田镇街道", "2020-01-01", "存续"}
	}
	data := bookOf(t, "田镇", [][]any{firmHead, row(1, "91370322TT0000007J", "演示甲公司"), row(2, "91350100M000100Y43", "演示乙公司")}, func(f *excelize.File) {
		add := func(name string, rows ...[]any) {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
			for i, r := range rows {
				if err := f.SetSheetRow(name, "A"+itoa(i+1), &r); err != nil {
					t.Fatal(err)
				}
			}
		}
		add("芦湖", firmHead, row(1, "91512081MA62K0260E", "演示丙公司"))
		add("旧表", firmHead, row(1, "91370322TT0000007J", "演示旧公司"))
		add("随手记", []any{"今天", "天气"}, []any{"好", "晴"})
		if err := f.SetSheetVisible("旧表", false); err != nil {
			t.Fatal(err)
		}
		if err := f.SetRowVisible("田镇", 3, false); err != nil {
			t.Fatal(err)
		}
		if err := f.SetColVisible("芦湖", "D", false); err != nil {
			t.Fatal(err)
		}
	})
	firms, rep := firmsOf(t, data, Options{})
	if len(firms) != 3 { // the hidden row is a row
		t.Errorf("%+v", firms)
	}
	if got := found(rep.Confirm); got != "hidden-sheet, sheet-passed-over, hidden-rows, D hidden-column" {
		t.Error(got)
	}
	firms, _ = firmsOf(t, data, Options{Sheet: "旧表"})
	if len(firms) != 1 || firms[0].Name != "演示旧公司" {
		t.Errorf("%+v", firms)
	}
	wb, err := Read("x.xlsx", data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wb.Tables(Options{Sheet: "没有"}); err == nil || !strings.HasPrefix(err.Error(), "intake.no-such-sheet") {
		t.Error(err)
	}
}

func TestPitfall9ApostropheAndFormulas(t *testing.T) {
	csv := "统一社会信用代码,企业名称,联系\n'91370322TT0000007J,演示甲公司,1\n\"=\"\"91350100M000100Y43\"\"\",演示乙公司,2\n"
	firms, rep := table(t, "名录库.csv", []byte(csv), Options{}).Firms()
	if len(firms) != 2 || firms[0].Code != "91370322TT0000007J" || firms[1].Code != "91350100M000100Y43" {
		t.Errorf("%+v %s", firms, found(rep.Problems))
	}
	if rep.RepairCounts["intake.fixed-apostrophe"] != 2 {
		t.Error(rep.RepairCounts)
	}
	// formulas: the stored value is taken and shown; without one, or broken, refused
	xml := `<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>统一社会信用代码</t></is></c><c r="B1" t="inlineStr"><is><t>企业名称</t></is></c></row>` +
		`<row r="2"><c r="A2" t="inlineStr"><is><t>91370322TT0000007J</t></is></c><c r="B2" t="str"><f>VLOOKUP(A2,X,2)</f><v>演示甲公司</v></c></row>` +
		`<row r="3"><c r="A3" t="inlineStr"><is><t>91350100M000100Y43</t></is></c><c r="B3"><f>VLOOKUP(A3,X,2)</f></c></row>` +
		`<row r="4"><c r="A4" t="inlineStr"><is><t>91512081MA62K0260E</t></is></c><c r="B4" t="e"><f>VLOOKUP(A4,X,2)</f><v>#N/A</v></c></row></sheetData>`
	firms, rep = firmsOf(t, rawBook(t, xml, nil), Options{})
	if len(firms) != 1 || firms[0].Name != "演示甲公司" || mended(rep.Repairs) != "B2 fixed-formula" || found(rep.Problems) != "B3 formula-no-value, B4 error-value" {
		t.Errorf("%+v %s %s", firms, mended(rep.Repairs), found(rep.Problems))
	}
}

func TestPitfall10LettersInCodes(t *testing.T) {
	csv := "统一社会信用代码,企业名称\n91350100MO00100Y43,演示甲公司\n9I350100M000100Y43,演示乙公司\n91350211M0000XUF46,演示丙公司\n"
	firms, rep := table(t, "名录库.csv", []byte(csv), Options{}).Firms()
	if found(rep.Problems) != "A2 bad-code, A3 bad-code" || rep.Problems[0].Want != "是不是 91350100M000100Y43" {
		t.Errorf("%+v", rep.Problems)
	}
	// a failed check digit is for a person to confirm and drops nobody
	if len(firms) != 1 || found(rep.Confirm) != "A4 code-check-digit" {
		t.Errorf("%+v %s", firms, found(rep.Confirm))
	}
}

func TestPitfall11Duplicates(t *testing.T) {
	csv := "统一社会信用代码,企业名称,所属镇街\n" +
		"91370322TT0000007J,演示甲公司,田镇街道\n" +
		"91370322TT0000007J,演示甲公司,田镇街道\n" + // the same words: once
		"91370322tt0000007j,演示甲有限公司,田镇街道\n" + // another name
		"91350100M000100Y43,演示乙公司,田镇街道\n" +
		"91350100M000100Y43,演示乙公司,芦湖街道\n" + // another town
		"91512081MA62K0260E,演示乙公司,芦湖街道\n" // another code
	firms, rep := table(t, "名录库.csv", []byte(csv), Options{}).Firms()
	if len(firms) != 3 {
		t.Errorf("%+v", firms)
	}
	if got := found(rep.Problems); got != "4 duplicate, 6 duplicate" || rep.Problems[0].Want != "名录库.csv!2" {
		t.Error(got, rep.Problems)
	}
	if rep.RepairCounts["intake.skipped-duplicate"] != 1 || found(rep.Confirm) != "7 same-name" {
		t.Error(rep.RepairCounts, found(rep.Confirm))
	}
}

// (12): what we write is text; what a CSV holds of formulas stays text.
func TestPitfall12FormulaInjection(t *testing.T) {
	bad := []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "=HYPERLINK(\"http://x\")", "=cmd|' /C calc'!A0"}
	rows := make([]ResultRow, len(bad))
	for i, s := range bad {
		rows[i] = ResultRow{Draw: "2023-001", Handle: strings.Repeat("ab", 16), Code: "91370322TT0000007J", Name: s, Address: s, Team: []string{s}, Leader: s}
	}
	data, err := ResultForm(rows, nil, []string{"1 " + bad[0], "2"})
	if err != nil {
		t.Fatal(err)
	}
	wb, err := Read("结果.xlsx", data)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range wb.Sheets {
		err := s.Each(func(r *Row) error {
			for i, c := range r.Cells {
				if c.Formula || c.Kind != CellText && c.Kind != CellEmpty {
					t.Errorf("%s %s%d: %+v", s.Name, letter(i), r.Number, c)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	csv := "统一社会信用代码,企业名称\n91370322TT0000007J,=1+1\n"
	tb := table(t, "名录库.csv", []byte(csv), Options{})
	firms, _ := tb.Firms()
	if len(firms) != 1 || firms[0].Name != "=1+1" {
		t.Errorf("%+v", firms)
	}
	_, marked, err := tb.Marked([]Problem{{Row: 2, Column: "B", Code: "x"}}, func(Problem) string { return "=2+2" })
	if err != nil {
		t.Fatal(err)
	}
	if wb, err = Read("m.xlsx", marked); err != nil {
		t.Fatal(err)
	}
	for i, r := range rowsOf(t, wb) {
		if i == 1 && (r[1] != "=1+1" || !strings.Contains(r[2], "=2+2")) {
			t.Errorf("%q", r)
		}
	}
}
