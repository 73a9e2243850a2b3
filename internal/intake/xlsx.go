package intake

import (
	"archive/zip"
	"encoding/xml"
	"path"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// book is what the sheets of one .xlsx share.
type book struct {
	name     string
	parts    map[string]*zip.File
	strings  []string
	styles   []style
	date1904 bool
}

// style is what a cell format says about a number.
type style struct{ date, percent bool }

// openXLSX reads everything but the sheets' cells.
func openXLSX(name string, z *zip.Reader) (*Workbook, error) {
	b := &book{name: name, parts: map[string]*zip.File{}}
	held := uint64(0)
	for _, f := range z.File {
		key := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		if b.parts[key] != nil {
			return nil, fault.New("intake.bad-xlsx", name, "部件重复 "+key, "")
		}
		b.parts[key] = f
		if !strings.HasPrefix(key, "xl/worksheets/") && strings.HasSuffix(key, ".xml") {
			held += f.UncompressedSize64
		}
	}
	if held > maxHeld {
		return nil, fault.New("intake.zip-bomb", name, megabytes(int64(min(held, 1<<60))), megabytes(maxHeld))
	}
	wb := &Workbook{Name: name, Format: "xlsx"}
	targets, err := b.relations()
	if err != nil {
		return nil, place(err, name)
	}
	if err := b.readStyles(); err != nil {
		return nil, place(err, name)
	}
	if err := b.readStrings(); err != nil {
		return nil, place(err, name)
	}
	err = elements(b.parts["xl/workbook.xml"], maxHeld/8, func(s xml.StartElement) error {
		switch s.Name.Local {
		case "workbookPr":
			b.date1904 = attrTrue(s, "date1904")
		case "sheet":
			if len(wb.Sheets) == maxSheets {
				return fault.New("intake.too-many-sheets", "", strconv.Itoa(maxSheets)+"+", strconv.Itoa(maxSheets))
			}
			if part := b.parts[targets[attr(s, "id")]]; part != nil && strings.Contains(part.Name, "worksheets/") {
				sh := &Sheet{Name: attr(s, "name"), Hidden: attr(s, "state") != "" && attr(s, "state") != "visible"}
				x := &xlsxSheet{b: b, s: sh, part: part}
				sh.each = x.each
				wb.Sheets = append(wb.Sheets, sh)
				wb.sheetBytes = max(wb.sheetBytes, part.UncompressedSize64)
			}
		}
		return nil
	})
	if err != nil {
		return nil, place(err, name)
	}
	if len(wb.Sheets) == 0 {
		return nil, fault.New("intake.bad-xlsx", name, "没有工作表", "")
	}
	for _, sh := range wb.Sheets {
		sh.Date1904 = b.date1904
		if err := sh.each(nil); err != nil {
			return nil, place(err, name)
		}
	}
	return wb, nil
}

// place puts the file's name in front of a fault's place.
func place(err error, name string) error {
	if e, ok := err.(*fault.Error); ok && !strings.HasPrefix(e.Place, name) {
		e.Place = strings.TrimSuffix(name+" "+e.Place, " ")
	}
	return err
}

// relations maps relation ids of the workbook to part names.
func (b *book) relations() (map[string]string, error) {
	m := map[string]string{}
	f := b.parts["xl/_rels/workbook.xml.rels"]
	if f == nil {
		return m, nil
	}
	err := elements(f, maxHeld/8, func(s xml.StartElement) error {
		if s.Name.Local == "Relationship" {
			t := strings.ReplaceAll(attr(s, "Target"), `\`, "/")
			if !strings.HasPrefix(t, "/") {
				t = "xl/" + t
			}
			m[attr(s, "Id")] = strings.ToLower(strings.TrimPrefix(path.Clean(t), "/"))
		}
		return nil
	})
	return m, err
}

// readStyles learns which cell formats are dates and percentages (ECMA-376
// 18.8.30; 27–36 and 50–58 are the East Asian dates).
func (b *book) readStyles() error {
	f := b.parts["xl/styles.xml"]
	if f == nil {
		return nil
	}
	custom := map[string]style{}
	inCells := false
	return elements(f, maxHeld/4, func(s xml.StartElement) error {
		switch s.Name.Local {
		case "numFmt":
			if len(custom) < maxParts {
				custom[attr(s, "numFmtId")] = styleOf(attr(s, "formatCode"))
			}
		case "cellXfs":
			inCells = true
		case "cellStyleXfs", "cellStyles", "dxfs":
			inCells = false
		case "xf":
			if !inCells || len(b.styles) > 1<<16 {
				return nil
			}
			id := attr(s, "numFmtId")
			st, ok := custom[id]
			if n, err := strconv.Atoi(id); !ok && err == nil {
				st.date = n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58
				st.percent = n == 9 || n == 10
			}
			b.styles = append(b.styles, st)
		}
		return nil
	})
}

// styleOf judges a format code: a date has y, m, d, h or s outside quotes,
// brackets and escapes.
func styleOf(code string) style {
	var st style
	low := strings.ToLower(code)
	for i := 0; i < len(low); i++ {
		switch c := low[i]; c {
		case '"':
			if j := strings.IndexByte(low[i+1:], '"'); j >= 0 {
				i += j + 1
			}
		case '[':
			if j := strings.IndexByte(low[i:], ']'); j >= 0 {
				switch low[i : i+j+1] {
				case "[h]", "[hh]", "[m]", "[mm]", "[s]", "[ss]":
					st.date = true
				}
				i += j
			}
		case '\\', '_', '*':
			i++
		case '%':
			st.percent = true
		case 'y', 'm', 'd', 'h', 's':
			st.date = true
		case ';': // the first section decides
			return st
		}
	}
	return st
}

// readStrings loads the shared strings; phonetic hints are left out.
func (b *book) readStrings() error {
	f := b.parts["xl/sharedstrings.xml"]
	if f == nil {
		return nil
	}
	x, err := walk(f, maxHeld)
	if err != nil {
		return err
	}
	defer x.close()
	var text []byte
	inT, hint := false, false
	for {
		t, err := x.next()
		if err != nil || t == nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				text = text[:0]
			case "rPh":
				hint = true
			case "t":
				inT = !hint
			}
		case xml.CharData:
			if inT {
				text = append(text, t...)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				inT = false
			case "rPh":
				hint = false
			case "si":
				if len(b.strings) == maxStrings {
					return fault.New("intake.zip-bomb", f.Name, "文字过多", "")
				}
				b.strings = append(b.strings, unescape(string(text)))
			}
		}
	}
}
