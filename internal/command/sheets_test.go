package command_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// table reads lines of cells parted by |.
func table(text string) [][]string {
	var rows [][]string
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); strings.TrimSpace(line) == "" {
			continue
		}
		cells := strings.Split(line, "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	return rows
}

// xlsx is a workbook of one sheet in which every cell is text.
func xlsx(rows [][]string) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	for r, row := range rows {
		for c, v := range row {
			cell, err := excelize.CoordinatesToCellName(c+1, r+1)
			if err != nil {
				return nil, err
			}
			if v == "" {
				continue
			}
			if err := f.SetCellStr("Sheet1", cell, v); err != nil {
				return nil, err
			}
		}
	}
	var b bytes.Buffer
	err := f.Write(&b)
	return b.Bytes(), err
}

func cmdSheet(ts *testscript.TestScript, neg bool, args []string) {
	data, err := xlsx(table(ts.ReadFile(args[1])))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}

// cmdCSV writes the CSV that a table program would: csv FILE TABLE [gb18030|bom].
func cmdCSV(ts *testscript.TestScript, neg bool, args []string) {
	var b strings.Builder
	for _, row := range table(ts.ReadFile(args[1])) {
		for i, v := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + strings.ReplaceAll(v, `"`, `""`) + `"`)
		}
		b.WriteString("\r\n")
	}
	text := b.String()
	switch {
	case len(args) > 2 && args[2] == "gb18030":
		var err error
		text, err = simplifiedchinese.GB18030.NewEncoder().String(text)
		ts.Check(err)
	case len(args) > 2 && args[2] == "bom":
		text = "\uFEFF" + text
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

// form is the first sheet of a workbook with its headings.
func form(ts *testscript.TestScript, name string) [][]string {
	f, err := excelize.OpenFile(ts.MkAbs(name))
	ts.Check(err)
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	ts.Check(err)
	for i := range rows {
		for len(rows[i]) < len(rows[0]) {
			rows[i] = append(rows[i], "")
		}
	}
	return rows
}

// cmdFill fills in a form: fill FILE FORM [ROWS] K=V … with ROWS a number from
// 1, @K=V or * for all, drop to take rows out and twice to have them again. {team} is what stands under
// 检查人员. A heading that the form lacks is added.
func cmdFill(ts *testscript.TestScript, neg bool, args []string) {
	rows := form(ts, args[1])
	head := -1
	for i, r := range rows {
		for _, v := range r {
			if head < 0 && strings.TrimPrefix(v, "*") == "单位名称" {
				head = i
			}
		}
	}
	if head < 0 {
		ts.Fatalf("%s: no headings in %q", args[1], rows)
	}
	column := func(name string) int {
		for i, v := range rows[head] {
			if strings.TrimPrefix(v, "*") == name {
				return i
			}
		}
		for i := range rows {
			rows[i] = append(rows[i], "")
		}
		rows[head][len(rows[head])-1] = name
		return len(rows[head]) - 1
	}
	first, last := head+1, len(rows)-1
	gone, again := map[int]bool{}, [][]string{}
	for _, a := range args[2:] {
		if n, err := strconv.Atoi(a); err == nil {
			first, last = head+n, head+n
			continue
		}
		k, v, ok := strings.Cut(a, "=")
		if name, is := strings.CutPrefix(k, "@"); is {
			first, last = -1, -1
			for i := head + 1; i < len(rows); i++ {
				if rows[i][column(name)] == v {
					first, last = i, i
				}
			}
			if first < 0 {
				ts.Fatalf("fill: no row with %s", a)
			}
			continue
		}
		for i := first; i <= last; i++ {
			switch {
			case a == "*":
				first, last = head+1, len(rows)-1
			case a == "drop":
				gone[i] = true
			case a == "twice":
				again = append(again, rows[i])
			case !ok || i >= len(rows):
				ts.Fatalf("fill: %q, row %d of %d", a, i, len(rows))
			default:
				c, team := column(k), column("检查人员")
				rows[i][c] = strings.ReplaceAll(v, "{team}", rows[i][team])
			}
		}
	}
	var kept [][]string
	for i, r := range rows {
		if !gone[i] {
			kept = append(kept, r)
		}
	}
	data, err := xlsx(append(kept, again...))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}

// at finds the value at a path of names and numbers parted by points.
func at(v any, path string) (any, bool) {
	for _, name := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			next, ok := x[name]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			n, err := strconv.Atoi(name)
			if name == "len" {
				return len(x), true
			}
			if err != nil || n >= len(x) {
				return nil, false
			}
			v = x[n]
		default:
			return nil, false
		}
	}
	return v, true
}

// allJSON says why a text is not a sequence of JSON values.
func allJSON(text string) error {
	d := json.NewDecoder(strings.NewReader(text))
	for {
		var v any
		if err := d.Decode(&v); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func printed(ts *testscript.TestScript) any {
	d := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	d.UseNumber()
	var v any
	ts.Check(d.Decode(&v))
	if d.More() {
		ts.Fatalf("more than one value on standard output")
	}
	return v
}

// cmdJSON: json PATH VALUE; with ! the path must be missing or differ.
func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	got, ok := at(printed(ts), args[0])
	same := ok && (len(args) < 2 || fmt.Sprint(got) == args[1])
	if same == neg {
		ts.Fatalf("%s is %v (%v)", args[0], got, ok)
	}
}

// cmdSetJSON sets a variable: setjson VAR PATH.
func cmdSetJSON(ts *testscript.TestScript, neg bool, args []string) {
	got, ok := at(printed(ts), args[1])
	if !ok {
		ts.Fatalf("no %s", args[1])
	}
	ts.Setenv(args[0], fmt.Sprint(got))
}

// cmdCells prints the cells of a workbook, a row a line.
func cmdCells(ts *testscript.TestScript, neg bool, args []string) {
	f, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		ts.Check(err)
		fmt.Fprintf(ts.Stdout(), "[%s]\n", sheet)
		for _, r := range rows {
			fmt.Fprintln(ts.Stdout(), strings.ReplaceAll(strings.Join(r, " | "), "\n", " "))
		}
	}
}

// cmdColumn sets a variable to the cells under a heading, one a line: column
// VAR FILE HEADING.
func cmdColumn(ts *testscript.TestScript, neg bool, args []string) {
	rows := table(ts.ReadFile(args[1]))
	var list []string
	for i, h := range rows[0] {
		if h != args[2] {
			continue
		}
		for _, r := range rows[1:] {
			list = append(list, r[i])
		}
	}
	ts.Setenv(args[0], strings.Join(list, "\n"))
}

// cmdHolds fails unless each line of TEXT stands in some file of DIR; with !
// none may: holds DIR TEXT.
func cmdHolds(ts *testscript.TestScript, neg bool, args []string) {
	var all []byte
	err := filepath.WalkDir(ts.MkAbs(args[0]), func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		all = append(append(all, data...), '\n')
		return err
	})
	ts.Check(err)
	n := 0
	for text := range strings.SplitSeq(args[1], "\n") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		n++
		if bytes.Contains(all, []byte(text)) == neg {
			ts.Fatalf("%s: holds %q is %v", args[0], text, neg)
		}
	}
	if n == 0 {
		ts.Fatalf("nothing to look for")
	}
}

// cmdRelay serves the rounds of a file as a drand relay does and sets a
// variable to its address: relay VAR FILE.
func cmdRelay(ts *testscript.TestScript, neg bool, args []string) {
	var rounds []map[string]any
	d := json.NewDecoder(strings.NewReader(ts.ReadFile(args[1])))
	d.UseNumber()
	ts.Check(d.Decode(&rounds))
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, round := range rounds {
			if strings.HasSuffix(r.URL.Path, fmt.Sprintf("/public/%s", round["round"])) {
				_ = json.NewEncoder(w).Encode(round)
				return
			}
		}
		http.NotFound(w, r)
	}))
	ts.Defer(srv.Close)
	ts.Setenv(args[0], srv.URL)
}

var sheetLine = regexp.MustCompile(`第\d行 +([A-Z0-9 ]+?) +校验 ([A-Z0-9]{2})`)

// cmdRecovery sets a variable to what a person types from the recovery sheet
// that the last command printed: recovery VAR.
func cmdRecovery(ts *testscript.TestScript, neg bool, args []string) {
	typed := ""
	for _, m := range sheetLine.FindAllStringSubmatch(ts.ReadFile("stdout"), -1) {
		typed += m[1] + " " + m[2] + " "
	}
	if typed == "" {
		ts.Fatalf("no recovery sheet was printed")
	}
	ts.Setenv(args[0], strings.ToLower(typed))
}

// cmdServe serves a folder as any web server does: serve VAR DIR.
func cmdServe(ts *testscript.TestScript, neg bool, args []string) {
	srv := httptest.NewServer(http.FileServerFS(os.DirFS(ts.MkAbs(args[1]))))
	ts.Defer(srv.Close)
	ts.Setenv(args[0], srv.URL)
}

// cmdFlipped turns one bit in each of the files, one after the other, and runs
// the citizen's door on the site: flipped SITE PLACE FILE …. Each time it must
// exit with 1 and name the place.
func cmdFlipped(ts *testscript.TestScript, neg bool, args []string) {
	n := 0
	for _, pattern := range args[2:] {
		files, err := filepath.Glob(ts.MkAbs(filepath.FromSlash(pattern)))
		ts.Check(err)
		for _, name := range files {
			n++
			data, err := os.ReadFile(name)
			ts.Check(err)
			bent := append(bytes.Clone(data), 0) // an empty file gets one byte
			if len(data) > 0 {
				bent = bent[:len(data)]
				bent[len(data)/2] ^= 1
			}
			ts.Check(os.WriteFile(name, bent, 0o644))
			out, err := exec.Command(filepath.Join(programs(), "sunlot-verify"), ts.MkAbs(args[0]), "--today", "2023-09-12").CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 {
				ts.Fatalf("%s: %v\n%s", name, err, out)
			}
			if !strings.Contains(string(out), args[1]) || bytes.Contains(out, []byte("结论：核验相符")) {
				ts.Fatalf("%s is not named:\n%s", args[1], out)
			}
			ts.Check(os.WriteFile(name, data, 0o644))
		}
	}
	if n == 0 {
		ts.Fatalf("no file %q", args[2:])
	}
}

// cmdBytes writes a file from its hexadecimal bytes: bytes FILE HEX.
func cmdBytes(ts *testscript.TestScript, neg bool, args []string) {
	data, err := hex.DecodeString(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}

// cmdTOML changes lines of office.toml as an officer would: toml FILE K=V ….
func cmdTOML(ts *testscript.TestScript, neg bool, args []string) {
	lines := strings.Split(ts.ReadFile(args[0]), "\n")
	for _, a := range args[1:] {
		k, v, _ := strings.Cut(a, "=")
		found := false
		for i, line := range lines {
			if name, _, ok := strings.Cut(line, "="); ok && !found && strings.TrimSpace(name) == k {
				lines[i], found = k+" = "+v, true
			}
		}
		if !found {
			ts.Fatalf("no %s in %s", k, args[0])
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(lines, "\n")), 0o644))
}
