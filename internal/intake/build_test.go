package intake

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// bookOf builds an .xlsx with excelize; edit may do anything to it.
func bookOf(t testing.TB, sheet string, rows [][]any, edit func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if sheet != "Sheet1" {
		if err := f.SetSheetName("Sheet1", sheet); err != nil {
			t.Fatal(err)
		}
	}
	for i, r := range rows {
		if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	if edit != nil {
		edit(f)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rawBook builds an .xlsx from its parts, for what excelize would never write.
// sheetXML is the inside of <worksheet>.
func rawBook(t testing.TB, sheetXML string, parts map[string]string) []byte {
	t.Helper()
	all := map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<?xml version="1.0" encoding="UTF-8"?><worksheet>` + sheetXML + `</worksheet>`,
	}
	for k, v := range parts {
		all[k] = v
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"} {
		if all[name] == "" {
			continue
		}
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(all[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// inline writes rows of strings as the inside of a worksheet.
func inline(rows ...[]string) string {
	var b strings.Builder
	b.WriteString("<sheetData>")
	for i, r := range rows {
		fmt.Fprintf(&b, `<row r="%d">`, i+1)
		for j, v := range r {
			if v != "" {
				fmt.Fprintf(&b, `<c r="%s%d" t="inlineStr"><is><t>%s</t></is></c>`, letter(j), i+1, v)
			}
		}
		b.WriteString("</row>")
	}
	b.WriteString("</sheetData>")
	return b.String()
}

// table opens bytes and expects exactly one table.
func table(t testing.TB, name string, data []byte, o Options) *Table {
	t.Helper()
	wb, err := Read(name, data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	tables, err := wb.Tables(o)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(tables) != 1 {
		t.Fatalf("%s: %d tables", name, len(tables))
	}
	return tables[0]
}

// found tells of each list of a report what stands where: "B3 intake.code".
func found(list []Problem) string {
	var out []string
	for _, p := range list {
		at := p.Column
		if p.Row > 0 {
			at += itoa(p.Row)
		}
		out = append(out, strings.TrimSpace(at+" "+strings.TrimPrefix(p.Code, "intake.")))
	}
	return strings.Join(out, ", ")
}

func mended(list []Repair) string {
	var out []string
	for _, r := range list {
		out = append(out, r.Place.Column+itoa(r.Place.Row)+" "+strings.TrimPrefix(r.Why, "intake."))
	}
	return strings.Join(out, ", ")
}

// rowsOf copies all rows of the first sheet.
func rowsOf(t testing.TB, wb *Workbook) [][]string {
	t.Helper()
	var out [][]string
	err := wb.Sheets[0].Each(func(r *Row) error {
		for len(out) < r.Number-1 {
			out = append(out, nil)
		}
		var row []string
		for _, c := range r.Cells {
			row = append(row, c.Text)
		}
		out = append(out, row)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// bombBook streams a worksheet part through the compressor.
func bombBook(t testing.TB, body func(io.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range [][2]string{
		{"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`},
	} {
		w, err := z.Create(p[0])
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, p[1])
	}
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, "<worksheet>")
	body(w)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
