package intake

import (
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

type linted struct {
	Name  string       `toml:"name"`
	Max   int          `toml:"max"`
	On    bool         `toml:"on"`
	Also  []string     `toml:"also"`
	Rows  []lintedRow  `toml:"row"`
	Inner lintedInner  `toml:"inner"`
	Maybe *lintedInner `toml:"maybe"`
}

type lintedRow struct {
	Code string      `toml:"code"`
	In   lintedInner `toml:"in"`
}

type lintedInner struct {
	List []lintedRow `toml:"list"`
	Text string      `toml:"text"`
}

// TestLint: unknown keys, other types and what the check says are told at once,
// each at its line, across strings and lists of several lines.
func TestLint(t *testing.T) {
	text := `name = "a" # [not a section]
max = "one"
also = [
  "x", # ]
  3,
]
long = """
[row]
max = 2
"""

[[row]]
code = "1"

[[row]]
code = 2
in.text = true
in.words = "no"

[inner]
text = 'a # b'
[[inner.list]]
code = "3"
[[inner.list]]
code = "4"
colour = 1
`
	check := func(v *linted) []*fault.Error {
		if v.Name != "a" || len(v.Rows) != 2 || v.Rows[0].Code != "1" || v.Inner.Text != "a # b" || v.Inner.List[1].Code != "4" {
			t.Errorf("what was right is not there: %+v", v)
		}
		return []*fault.Error{fault.New("x.one", "inner.list[1].code", "4", ""), fault.New("x.two", "row[0].in", "", ""), fault.New("x.three", "nowhere", "", ""), fault.New("x.four", "max", "", "")}
	}
	_, list := Lint("p.toml", []byte(text), check)
	var got []string
	for _, f := range list {
		got = append(got, f.Place+" "+f.Code)
	}
	want := []string{"p.toml:2 max intake.toml-type", "p.toml:3 also[1] intake.toml-type", "p.toml:7 long intake.toml-unknown-key", "p.toml:12 row[0].in x.two",
		"p.toml:16 row[1].code intake.toml-type", "p.toml:17 row[1].in.text intake.toml-type", "p.toml:18 row[1].in.words intake.toml-unknown-key",
		"p.toml:25 inner.list[1].code x.one", "p.toml:26 inner.list[1].colour intake.toml-unknown-key", "p.toml:26 nowhere x.three"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestLintShapes: a section where a list stands, a list where a section does,
// a date, a fraction; a file that is no TOML has one fault.
func TestLintShapes(t *testing.T) {
	none := func(*linted) []*fault.Error { return nil }
	for text, want := range map[string]string{
		"[row]\ncode = \"1\"": "intake.toml-type", "[[inner]]\ntext = \"1\"": "intake.toml-type", "name = 2023-06-08": "intake.toml-type", "max = 1.5": "intake.toml-type",
		"on = 1": "intake.toml-type", "also = \"x\"": "intake.toml-type", "Name = \"a\"": "intake.toml-unknown-key", "name = ": "intake.toml-bad", "name = \"a\"\nname = \"b\"": "intake.toml-bad",
	} {
		_, list := Lint("p.toml", []byte(text), none)
		if len(list) != 1 || list[0].Code != want {
			t.Errorf("%q: %v, want %s", text, list, want)
		}
	}
	if _, list := Lint("p.toml", []byte("name = \"a\"\n[maybe]\ntext = \"b\""), none); len(list) != 0 {
		t.Errorf("a good file: %v", list)
	}
}

// FuzzLint: no input panics, and a file without faults decodes as TOML does.
func FuzzLint(f *testing.F) {
	for _, s := range []string{"", "name = \"a\"", "[[row]]\ncode = \"1\"\n[row.in]\ntext = \"\"\"\n]\n\"\"\"", "also = [ [\n", "[a.\"b.c\"]\nx = 'y'", "= 1", "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, list := Lint("f.toml", data, func(*linted) []*fault.Error { return nil })
		if len(list) > 0 {
			return
		}
		if _, err := TOML[linted]("f.toml", data); err != nil || v == nil {
			t.Errorf("Lint accepts what TOML does not: %v", err)
		}
	})
}
