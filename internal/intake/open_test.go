package intake

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/sunlot/sunlot/internal/fault"
)

// (8) and its like: what is not a table says what it is.
func TestForeignFiles(t *testing.T) {
	utf := func(s string) []byte {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			b = binary.LittleEndian.AppendUint16(b, u)
		}
		return b
	}
	ole := func(stream string) []byte {
		return append(append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 1000)...), utf(stream)...)
	}
	odd := func(member string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		_, err := z.Create(member)
		if err == nil {
			err = z.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, c := range []struct {
		name string
		data []byte
		code string
	}{
		{"名录库.xls", ole("Workbook"), "intake.old-xls"},
		{"名录库.et", ole("Workbook"), "intake.wps-format"},
		{"名录库.wps", ole("WordDocument"), "intake.not-a-table"},
		{"名录库.doc", ole("WordDocument"), "intake.not-a-table"},
		{"名录库.xlsx", ole("EncryptedPackage"), "intake.encrypted"},
		{"名录库.xls", append([]byte{9, 8, 16, 0, 0, 6, 5, 0}, make([]byte, 50)...), "intake.old-xls"},
		{"名录库.xls", []byte("<html><body><table><tr><td>企业名称</td></tr></table>"), "intake.html-as-xls"},
		{"名录库.xls", []byte("\xEF\xBB\xBF \n<table border=1>"), "intake.html-as-xls"},
		{"名录库.xls", []byte("MIME-Version: 1.0\nContent-Type: multipart/related"), "intake.html-as-xls"},
		{"名录库.xls", []byte(`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`), "intake.xml-as-xls"},
		{"名录库.xml", []byte(`<?xml version="1.0"?><rows/>`), "intake.not-a-table"},
		{"名录库.pdf", []byte("%PDF-1.7"), "intake.not-a-table"},
		{"名录库.png", []byte("\x89PNG\r\n"), "intake.not-a-table"},
		{"名录库.rar", []byte("Rar!\x1a"), "intake.not-a-table"},
		{"名录库.xlsx", odd("xl/workbook.bin"), "intake.xlsb"},
		{"名录库.ods", odd("mimetype"), "intake.ods"},
		{"名录库.docx", odd("word/document.xml"), "intake.not-a-table"},
		{"名录库.zip", odd("firms.csv"), "intake.not-a-table"},
		{"名录库.xlsx", []byte("PK\x03\x04 cut off"), "intake.bad-xlsx"},
		{"名录库.csv", nil, "intake.empty-file"},
	} {
		_, err := Read(c.name, c.data)
		if fault.Code(err) != c.code {
			t.Errorf("%s %.20q: %v, want %s", c.name, c.data, err, c.code)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "没有.csv")); fault.Code(err) != "intake.cannot-open" {
		t.Error(err)
	}
	if _, err := Open(t.TempDir()); fault.Code(err) != "intake.cannot-open" {
		t.Error(err)
	}
}

func TestEncodings(t *testing.T) {
	text := "统一社会信用代码,企业名称,所属镇街\n91370322TT0000007J,演示甲公司,田镇街道\n"
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	u16 := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(strings.ReplaceAll(text, ",", "\t"))) { // what Excel calls Unicode text
		u16 = binary.LittleEndian.AppendUint16(u16, u)
	}
	for _, c := range []struct{ data, encoding string }{
		{text, "UTF-8"}, {"\xEF\xBB\xBF" + text, "UTF-8"}, {gbk, "GB18030"}, {string(u16), "UTF-16"},
		{strings.ReplaceAll(text, ",", ";"), "UTF-8"}, {strings.ReplaceAll(text, ",", "\t"), "UTF-8"}, {"sep=;\n" + strings.ReplaceAll(text, ",", ";"), "UTF-8"},
		{strings.ReplaceAll(text, "\n", "\r\n"), "UTF-8"},
	} {
		tb := table(t, "名录库.csv", []byte(c.data), Options{})
		firms, rep := tb.Firms()
		if tb.book.Encoding != c.encoding || len(firms) != 1 || firms[0].Name != "演示甲公司" || firms[0].Town != "田镇街道" || rep.ProblemCount != 0 {
			t.Errorf("%.30q: %s %+v %s", c.data, tb.book.Encoding, firms, found(rep.Problems))
		}
	}
}

func TestBrokenCSV(t *testing.T) {
	head := "统一社会信用代码,企业名称\n"
	ok := "91370322TT0000007J,演示甲公司\n"
	for _, c := range []struct {
		name, data, code, place string
	}{
		{"NUL", head + "913\x0003,演示\n", "intake.nul", "x.csv!2"},
		{"open quote", head + ok + "\"91350100M000100Y43,演示乙公司\n" + strings.Repeat(ok, 3), "intake.bad-quote", "x.csv!3"},
		{"bare quote", head + ok + "91350100M000100Y43,演示\"乙\"公司\n", "intake.bad-quote", "x.csv!3"},
		{"long cell", head + "91370322TT0000007J," + strings.Repeat("演", maxCell+1) + "\n", "intake.cell-too-long", "x.csv!B2"},
		{"long line", head + "91370322TT0000007J," + strings.Repeat("x", 3<<20), "intake.record-too-long", "x.csv!2"},
		{"many columns", head + strings.Repeat("x,", maxColumns) + "x\n", "intake.too-many-columns", "x.csv!IW2"},
		{"cut UTF-8", head + ok + ok[:len(ok)-3] + "\xE5\x8F\n" + ok, "intake.broken-utf8", "x.csv!3"},
		{"BOM but not UTF-8", "\xEF\xBB\xBF\xff\xfe\n", "intake.broken-utf8", "x.csv"},
	} {
		wb, err := Read("x.csv", []byte(c.data))
		if err == nil {
			err = wb.Sheets[0].Each(func(*Row) error { return nil })
		}
		f, _ := err.(*fault.Error)
		if f == nil || f.Code != c.code || f.Place != c.place {
			t.Errorf("%s: %v, want %s at %s", c.name, err, c.code, c.place)
		}
	}
	// the same through the table: the problem has its row
	_, rep := table(t, "x.csv", []byte(head+strings.Repeat(ok, 60)+"a\"b,c\n"), Options{}).Firms()
	if last := rep.Problems[len(rep.Problems)-1]; last.Code != "intake.bad-quote" || last.Row != 62 {
		t.Errorf("%+v", last)
	}
}

// A quoted line break is one row, an empty line is one too: rows are Excel's.
func TestCSVRowNumbers(t *testing.T) {
	wb, err := Read("x.csv", []byte("a,b\n\n\"c\nd\",e\n\n\nf,g\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	if err := wb.Sheets[0].Each(func(r *Row) error { got = append(got, r.Number); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || got[0] != 1 || got[1] != 3 || got[2] != 6 {
		t.Error(got)
	}
}

// endless is a file of a gigabyte that is not there.
type endless struct{ head string }

func (e endless) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	if off < int64(len(e.head)) {
		n = copy(p, e.head[off:])
	}
	for i := n; i < len(p); i++ {
		p[i] = 'x'
	}
	return len(p), nil
}

// T14: a line of a gigabyte costs neither its memory nor its time twice.
func TestLineOfAGigabyte(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c := &csvFile{name: "x.csv", src: endless{"统一社会信用代码,企业名称\n91370322TT0000007J,"}, size: 1 << 30, encoding: "UTF-8", sep: ','}
	err := c.each(func(*Row) error { return nil })
	if f, _ := err.(*fault.Error); f == nil || f.Code != "intake.record-too-long" || f.Place != "x.csv!2" {
		t.Error(err)
	}
	runtime.ReadMemStats(&after)
	if n := (after.TotalAlloc - before.TotalAlloc) >> 20; n > 64 {
		t.Errorf("%d MiB allocated", n)
	}
}

// Every cell of ordinary books as excelize, another reader, gives it.
func TestXLSXAgainstExcelize(t *testing.T) {
	rows := [][]any{
		{"文字", 1, 2.5, true, false, "", nil, "a&b<c>\"'", "两\n行", " 空格 "},
		{-1, 0, 1e10, 123456789012345, 0.1, 0.05, 1.0 / 3, "0123", "=1", "_x000D_"},
		{time.Date(2023, 6, 8, 0, 0, 0, 0, time.UTC), 45085, "演示", "𠮷野", "é"},
	}
	data := bookOf(t, "Sheet1", rows, func(f *excelize.File) {
		if err := f.SetCellStr("Sheet1", "C7", "隔行"); err != nil {
			t.Fatal(err)
		}
	})
	wb, err := Read("x.xlsx", data)
	if err != nil {
		t.Fatal(err)
	}
	got := rowsOf(t, wb)
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := f.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range want {
		for j, v := range r {
			have := ""
			if i < len(got) && j < len(got[i]) {
				have = got[i][j]
			}
			switch {
			case i == 0 && (j == 3 || j == 4): // excelize gives 1 and 0
				v = map[string]string{"1": "TRUE", "0": "FALSE"}[v]
			case i == 2 && j == 0:
				v = "2023-06-08"
			case i == 1 && j == 6: // 15 digits, as shown
				v = "0.333333333333333"
			}
			if strings.TrimSpace(have) != strings.TrimSpace(v) {
				t.Errorf("%s%d: %q, excelize %q", letter(j), i+1, have, v)
			}
		}
	}
	if got[6][2] != "隔行" {
		t.Errorf("%q", got[6])
	}
}

func TestXLSXForms(t *testing.T) {
	rich := map[string]string{"xl/sharedStrings.xml": `<sst><si><r><t>演</t></r><r><rPr><b/></rPr><t>示</t></r><rPh sb="0" eb="1"><t>yan</t></rPh></si><si><t xml:space="preserve"> a_x000A_b </t></si></sst>`}
	wb, err := Read("x.xlsx", rawBook(t, `<sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c><v>9.1370322706E+17</v></c><c t="n"><v>5.0000000000000003E-2</v></c></row></sheetData>`, rich))
	if err != nil {
		t.Fatal(err)
	}
	if got := rowsOf(t, wb); got[0][0] != "演示" || got[0][1] != " a\nb " || got[0][2] != "913703227060000000" || got[0][3] != "0.05" {
		t.Errorf("%q", got)
	}
	for name, c := range map[string]struct{ xml, code string }{
		"row out of order":    {`<sheetData><row r="2"/><row r="1"/></sheetData>`, "intake.bad-xlsx"},
		"cell out of order":   {`<sheetData><row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row></sheetData>`, "intake.bad-xlsx"},
		"cell of another row": {`<sheetData><row r="1"><c r="A2"><v>1</v></c></row></sheetData>`, "intake.bad-xlsx"},
		"no such string":      {`<sheetData><row r="1"><c r="A1" t="s"><v>5</v></c></row></sheetData>`, "intake.bad-xlsx"},
		"not a number":        {`<sheetData><row r="1"><c r="A1"><v>NaN</v></c></row></sheetData>`, "intake.bad-xlsx"},
		"unclosed":            {`<sheetData><row r="1">`, "intake.bad-xlsx"},
		"far column":          {`<sheetData><row r="1"><c r="XFE1"><v>1</v></c></row></sheetData>`, "intake.bad-xlsx"},
		"wide":                {`<sheetData><row r="1"><c r="IW1"><v>1</v></c></row></sheetData>`, "intake.too-many-columns"},
		"deep":                {strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100), "intake.zip-bomb"},
		"entity":              {`<sheetData><row r="1"><c r="A1" t="str"><v>&x;</v></c></row></sheetData>`, "intake.bad-xlsx"},
		"bad merge":           {`<sheetData/><mergeCells><mergeCell ref="B2:A1"/></mergeCells>`, "intake.bad-xlsx"},
		"long cell":           {`<sheetData><row r="1"><c r="A1" t="str"><v>` + strings.Repeat("x", maxCell+1) + `</v></c></row></sheetData>`, "intake.cell-too-long"},
		"long token":          {`<sheetData><row r="1"><c r="A1" t="str"><v>` + strings.Repeat("x", maxToken+10) + `</v></c></row></sheetData>`, "intake.cell-too-long"},
		"long comment":        {`<sheetData><!--` + strings.Repeat("x", maxToken+10) + `--></sheetData>`, "intake.zip-bomb"},
	} {
		if _, err := Read("x.xlsx", rawBook(t, c.xml, nil)); fault.Code(err) != c.code || err != nil && !strings.Contains(err.Error(), "x.xlsx") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Read("x.xlsx", rawBook(t, inline(), map[string]string{"xl/workbook.xml": `<!DOCTYPE a [<!ENTITY x "y">]><workbook/>`})); fault.Code(err) != "intake.bad-xlsx" {
		t.Error(err)
	}
}

// T13: bombs are refused within 2 s and 256 MiB, whatever the zip says.
func TestBombs(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	blank := strings.Repeat(" ", 1<<20)
	for name, body := range map[string]func(w io.Writer){
		"one cell": func(w io.Writer) { repeat(w, `<sheetData><row r="1"><c r="A1" t="str"><v>`, blank, 70) },
		"many rows": func(w io.Writer) {
			repeat(w, `<sheetData>`, strings.Repeat(`<row><c t="str"><v>x</v></c></row>`, 10_000), 30)
		},
		"many cells": func(w io.Writer) { repeat(w, `<sheetData><row>`, strings.Repeat(`<c><v>1</v></c>`, 50_000), 30) },
		"300 MiB":    func(w io.Writer) { repeat(w, `<sheetData>`, blank, 300) },
	} {
		data := bombBook(t, body)
		start := time.Now()
		_, err := Read("x.xlsx", data)
		if took := time.Since(start); err == nil || took > 2*time.Second {
			t.Errorf("%s: %v after %v", name, err, took)
		}
	}
	runtime.ReadMemStats(&after)
	if n := (after.Sys - before.Sys) >> 20; n > 256 {
		t.Errorf("%d MiB taken from the system", n)
	}
}

func repeat(w io.Writer, head, s string, n int) {
	io.WriteString(w, head)
	for range n {
		io.WriteString(w, s)
	}
}

// 1,048,576 formatted but empty rows are common and no bomb.
func TestEmptyFormattedRows(t *testing.T) {
	data := bombBook(t, func(w io.Writer) {
		io.WriteString(w, `<sheetData><row r="1"><c r="A1" t="str"><v>统一社会信用代码</v></c><c r="B1" t="str"><v>企业名称</v></c></row>`+
			`<row r="2"><c r="A2" t="str"><v>91370322TT0000007J</v></c><c r="B2" t="str"><v>演示甲公司</v></c></row>`)
		for i := 3; i <= 50_000; i++ {
			io.WriteString(w, `<row r="`+itoa(i)+`" ht="18"><c r="A`+itoa(i)+`" s="1"/><c r="XFD`+itoa(i)+`" s="1"/></row>`)
		}
		io.WriteString(w, `</sheetData></worksheet>`)
	})
	firms, rep := table(t, "x.xlsx", data, Options{}).Firms()
	if len(firms) != 1 || rep.ProblemCount != 0 {
		t.Errorf("%+v %s", firms, found(rep.Problems))
	}
}

func TestReadsTheSameTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "名录库.csv")
	if err := os.WriteFile(path, []byte("统一社会信用代码,企业名称\n91370322TT0000007J,演示甲公司\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wb, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer wb.Close()
	for range 2 {
		if got := rowsOf(t, wb); len(got) != 2 || got[1][1] != "演示甲公司" {
			t.Errorf("%q", got)
		}
	}
}
