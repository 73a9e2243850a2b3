package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// Workbook is an opened file: its sheets can be read again and again, row by
// row. Close it when done.
type Workbook struct {
	Name     string // base name of the file, as in messages
	Format   string // "xlsx", "csv" or "toml"
	Encoding string // of a csv: "UTF-8", "UTF-16" or "GB18030"; show it with the first rows
	Sheets   []*Sheet
	kind     Kind // of a toml that names it
	close    func() error

	src        io.ReaderAt
	size       int64
	sheetBytes uint64 // unzipped size of the largest sheet
}

// Sheet is one table of cells.
type Sheet struct {
	Name          string // "" for csv
	Hidden        bool
	HiddenRows    int      // rows hidden by hand or by a filter; they are read like any other
	HiddenColumns []string // letters
	Filtered      bool     // an automatic filter is set
	Date1904      bool     // serial dates count from 1904-01-01
	each          func(func(*Row) error) error
}

// Each calls f for every row that has content, from the top. The row is valid
// only during the call. The error is f's, or a fault naming the place.
func (s *Sheet) Each(f func(*Row) error) error { return s.each(f) }

// Row is one row; Cells may be shorter than the table is wide.
type Row struct {
	Number int // 1-based, as Excel shows it
	Hidden bool
	Cells  []Cell
}

// CellKind is what a cell holds.
type CellKind uint8

// Kinds of cells.
const (
	CellEmpty CellKind = iota
	CellText
	CellNumber // Text is the plain decimal, 15 significant digits
	CellDate   // Text is 2006-01-02, 2006-01-02 15:04:05 or 15:04:05
	CellBool   // Text is TRUE or FALSE
	CellError  // Text is #N/A …
)

// Cell is one cell. Merged cells below or right of the first one carry its text
// with Merged set.
type Cell struct {
	Text    string
	Kind    CellKind
	Formula bool // the text is a formula's stored value
	Merged  bool // covered by a merged cell; Text and Kind are its first cell's
	Percent bool // a number shown as percent: 0.05 reads 5%
	Long    bool // a number of more than 15 digits, whose tail is lost
}

// Open opens a file by path. It knows files by their content, not their name.
func Open(path string) (*Workbook, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, (&fault.Error{Code: "intake.cannot-open", Place: path, Err: err}).Of(fault.Unreachable)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		f.Close()
		return nil, (&fault.Error{Code: "intake.cannot-open", Place: path, Err: err}).Of(fault.Unreachable)
	}
	wb, err := openAt(filepath.Base(path), f, info.Size())
	if err != nil {
		f.Close()
		return nil, err
	}
	wb.close = f.Close
	return wb, nil
}

// Read opens bytes that came from elsewhere, for instance an upload.
func Read(name string, data []byte) (*Workbook, error) {
	return openAt(name, bytes.NewReader(data), int64(len(data)))
}

// Close releases the file.
func (wb *Workbook) Close() error {
	if wb.close == nil {
		return nil
	}
	return wb.close()
}

func openAt(name string, src io.ReaderAt, size int64) (*Workbook, error) {
	wb, err := recognise(name, src, size)
	if err != nil {
		return nil, err
	}
	wb.src, wb.size = src, size
	return wb, nil
}

// recognise knows the format by the first bytes.
func recognise(name string, src io.ReaderAt, size int64) (*Workbook, error) {
	if size == 0 {
		return nil, fault.New("intake.empty-file", name, "0 字节", "")
	}
	head := make([]byte, 8192)
	n, err := src.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, (&fault.Error{Code: "intake.cannot-open", Place: name, Err: err}).Of(fault.Unreachable)
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return openZip(name, src, size)
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return nil, oleFault(name, src, size)
	}
	if err := foreign(name, head); err != nil {
		return nil, err
	}
	if strings.EqualFold(filepath.Ext(name), ".toml") {
		return openTOML(name, src, size)
	}
	return openCSV(name, src, size, head)
}

// foreign refuses what is neither a zip nor text, and web pages or XML that
// call themselves .xls.
func foreign(name string, head []byte) error {
	for magic, what := range map[string]string{
		"%PDF": "PDF", "\x89PNG": "PNG 图片", "\xFF\xD8\xFF": "JPEG 图片", "GIF8": "GIF 图片", "BM": "BMP 图片",
		"Rar!": "RAR 压缩包", "7z\xBC\xAF": "7z 压缩包", "\x1F\x8B": "gzip 压缩包", "{\\rtf": "RTF 文档",
	} {
		if magic == "BM" && !bytes.Contains(head, []byte{0}) { // two letters prove little
			continue
		}
		if bytes.HasPrefix(head, []byte(magic)) {
			return fault.New("intake.not-a-table", name, what, ".xlsx 或 .csv")
		}
	}
	if len(head) > 4 && head[0] == 0x09 && (head[1] == 0x08 || head[1] == 0x04 || head[1] == 0x02 || head[1] == 0x00) && head[3] == 0 {
		return fault.New("intake.old-xls", name, ".xls（旧格式）", ".xlsx")
	}
	low := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n"))
	switch {
	case bytes.HasPrefix(low, []byte("<?xml")) && bytes.Contains(low, []byte("office:spreadsheet")),
		bytes.HasPrefix(low, []byte("<workbook")):
		return fault.New("intake.xml-as-xls", name, "XML 表格", ".xlsx")
	case bytes.HasPrefix(low, []byte("<html")), bytes.HasPrefix(low, []byte("<!doctype html")), bytes.HasPrefix(low, []byte("<table")),
		bytes.HasPrefix(low, []byte("<meta")), bytes.HasPrefix(low, []byte("<head")), bytes.HasPrefix(low, []byte("<style")),
		bytes.HasPrefix(low, []byte("mime-version:")), bytes.HasPrefix(low, []byte("<?xml")) && bytes.Contains(low, []byte("<html")):
		return fault.New("intake.html-as-xls", name, "网页", ".xlsx")
	case bytes.HasPrefix(low, []byte("<?xml")):
		return fault.New("intake.not-a-table", name, "XML", ".xlsx 或 .csv")
	}
	return nil
}

// oleFault tells the old binary formats apart by the names of their streams,
// which stand in UTF-16 in the directory.
func oleFault(name string, src io.ReaderAt, size int64) error {
	has := func(stream string) bool {
		want := make([]byte, 0, 2*len(stream))
		for _, c := range []byte(stream) {
			want = append(want, c, 0)
		}
		buf := make([]byte, 1<<20)
		for off := int64(0); off < min(size, maxBook); off += int64(len(buf) - len(want)) {
			n, _ := src.ReadAt(buf, off)
			if bytes.Contains(buf[:n], want) {
				return true
			}
			if n < len(buf) {
				break
			}
		}
		return false
	}
	ext := strings.ToLower(filepath.Ext(name))
	switch {
	case has("EncryptedPackage"):
		return fault.New("intake.encrypted", name, "加了密码的表格", "不加密码的 .xlsx")
	case ext == ".et" || ext == ".ett":
		return fault.New("intake.wps-format", name, ext, ".xlsx")
	case ext == ".wps" || ext == ".wpt" || has("WordDocument"):
		return fault.New("intake.not-a-table", name, "文字文档", ".xlsx 或 .csv")
	}
	return fault.New("intake.old-xls", name, ".xls（旧格式）", ".xlsx")
}

// openZip tells an .xlsx from the other things that are zips.
func openZip(name string, src io.ReaderAt, size int64) (*Workbook, error) {
	if size > maxBook {
		return nil, fault.New("intake.too-large", name, megabytes(size), megabytes(maxBook))
	}
	z, err := zip.NewReader(src, size)
	if err != nil {
		return nil, fault.Wrap("intake.bad-xlsx", name, err)
	}
	if len(z.File) > maxParts {
		return nil, fault.New("intake.zip-bomb", name, "部件过多", "")
	}
	for _, f := range z.File {
		switch {
		case f.Name == "xl/workbook.bin":
			return nil, fault.New("intake.xlsb", name, ".xlsb", ".xlsx")
		case f.Name == "mimetype" || f.Name == "content.xml":
			return nil, fault.New("intake.ods", name, ".ods", ".xlsx")
		case strings.HasPrefix(f.Name, "word/"):
			return nil, fault.New("intake.not-a-table", name, "文字文档", ".xlsx 或 .csv")
		case f.Name == "xl/workbook.xml":
			return openXLSX(name, z)
		}
	}
	return nil, fault.New("intake.not-a-table", name, "压缩包", ".xlsx 或 .csv")
}
