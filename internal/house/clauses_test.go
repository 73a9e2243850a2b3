package house

import (
	"bytes"
	"encoding/csv"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// rowsOf counts the rows of the two regulations and of the readings: a list
// that lost a row would otherwise be whole.
var rowsOf = map[string]int{"Y": 69, "G": 58, "A": 24}

// clause is a row of spec/clauses.csv: where a clause of a regulation has its
// home in the program, and the test that holds it.
type clause struct{ id, kind, home, test, note string }

func clauses(t *testing.T) []clause {
	t.Helper()
	data, err := os.ReadFile("../../spec/clauses.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil || len(rows) < 2 || strings.Join(rows[0], " ") != "clause kind home test note" {
		t.Fatalf("spec/clauses.csv: %v", err)
	}
	var list []clause
	for _, r := range rows[1:] {
		list = append(list, clause{r[0], r[1], r[2], r[3], r[4]})
	}
	return list
}

// TestClausesAreWhole: every row of the regulations stands in the table once,
// and so does every clause of the two packs.
func TestClausesAreWhole(t *testing.T) {
	seen, count := map[string]bool{}, map[string]int{}
	for _, c := range clauses(t) {
		if seen[c.id] {
			t.Errorf("%s stands twice", c.id)
		}
		seen[c.id] = true
		count[c.id[:1]]++
	}
	for prefix, want := range rowsOf {
		if count[prefix] != want {
			t.Errorf("%d rows of %s, want %d", count[prefix], prefix, want)
		}
	}
	for _, pack := range []string{"gaoqing", "yanshi"} {
		data, err := os.ReadFile("../../content/packs/" + pack + ".toml")
		if err != nil {
			t.Fatal(err)
		}
		ids := regexp.MustCompile(`(?m)^\[\[clause\]\]\nid = "([^"]+)"`).FindAllSubmatch(data, -1)
		if len(ids) < 50 {
			t.Fatalf("%s: only %d clauses", pack, len(ids))
		}
		for _, m := range ids {
			id := string(m[1])
			if head, n, ok := strings.Cut(id, "."); ok && !seen[id] && strings.Contains("1234", n) {
				id = head + ".1–4" // four grounds, four steps: one row
			}
			if !seen[id] {
				t.Errorf("%s: %s has no row", pack, id)
			}
		}
	}
}

// TestClausesHaveHomes: every row that is not X names findings, members of
// records or packs, functions, commands or pages that are there.
func TestClausesHaveHomes(t *testing.T) {
	code, spec, packs := text(t, "../../internal/words/codes.tsv"), text(t, "../../spec/record.md"), text(t, "../../content/packs/*.toml")
	source := text(t, "../../internal/*/*.go") + text(t, "../../site/*.go")
	for _, c := range clauses(t) {
		if c.kind == "X" {
			if c.note == "" || c.home+c.test != "" {
				t.Errorf("%s: out of scope, and no reason", c.id)
			}
			continue
		}
		if c.home == "" || c.test == "" {
			t.Errorf("%s has no home or no test", c.id)
		}
		for _, home := range strings.Split(c.home, ";") {
			home = strings.TrimSpace(home)
			kind, name, two := strings.Cut(home, " ")
			found := false
			switch {
			case two && kind == "pack":
				found = strings.Contains(source, `toml:"`+name+`"`) && regexp.MustCompile(`(?m)^(\[+([a-z]+\.)*`+name+`\]+|`+name+` = )`).MatchString(packs)
			case two && kind == "func":
				found = regexp.MustCompile(`(?m)^func (\([^)]*\) )?` + name + `[\[(]`).MatchString(source)
			case two && kind == "sunlot":
				found = regexp.MustCompile(`Use: +"` + name + `[" ]`).MatchString(source)
			case strings.HasPrefix(home, "site/"):
				_, err := os.Stat("../../" + home)
				found = err == nil
			case home != "" && home[0] >= 'A' && home[0] <= 'Z':
				found = memberOf(spec, home)
			default:
				found = home != "" && strings.Contains(code, home+"\t")
			}
			if !found {
				t.Errorf("%s: no such home: %s", c.id, home)
			}
		}
	}
}

// memberOf reports whether spec/record.md has the member of the struct:
// Result.origin.
func memberOf(spec, home string) bool {
	name, member, _ := strings.Cut(home, ".")
	_, rest, ok := strings.Cut(spec, "<!-- members "+name+" -->")
	table, _, _ := strings.Cut(rest, "<!-- end -->")
	return ok && strings.Contains(table, "| `"+member+"` |")
}

// TestClausesAreTested: the test of every row is there; a case of TestTrials is
// a trial of that code, one of TestScripts a transcript. That they ran, and
// passed, `make test` compares with what go test has run.
func TestClausesAreTested(t *testing.T) {
	tests := testNames(t)
	if len(tests) < 200 {
		t.Fatalf("only %d tests", len(tests))
	}
	trials := text(t, "../../internal/rules/*_test.go")
	for _, c := range clauses(t) {
		if c.kind == "X" {
			continue
		}
		name, sub, _ := strings.Cut(c.test, "/")
		found := tests[name]
		switch {
		case name == "rules.TestTrials":
			found = found && strings.Contains(trials, `"rules.`+sub+`"`)
		case name == "command.TestScripts":
			_, err := os.Stat("../command/testdata/script/" + sub + ".txtar")
			found = found && err == nil
		}
		if !found {
			t.Errorf("%s: no such test: %s", c.id, c.test)
		}
	}
}

// testNames lists the tests of the module as package.TestName.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, pattern := range []string{"../*/*_test.go", "../../*/*_test.go", "../../*/*/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range tree.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
					names[filepath.Base(filepath.Dir(file))+"."+f.Name.Name] = true
				}
			}
		}
	}
	return names
}

func text(t *testing.T, pattern string) string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v", pattern, err)
	}
	var b strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(data)
		b.WriteByte('\n')
	}
	return b.String()
}
