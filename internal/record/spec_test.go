package record

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the tables of spec/record.md, keeping the notes")

const specFile = "../../spec/record.md"

// tables of the page: <!-- members Filing --> … <!-- end -->.
var tableOf = regexp.MustCompile(`(?s)<!-- members (\w+) -->\n(.*?)<!-- end -->\n`)

// structs lists every struct that an entry can hold, by name.
func structs() map[string]reflect.Type {
	found := map[string]reflect.Type{}
	var add func(t reflect.Type)
	add = func(t reflect.Type) {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			add(t.Elem())
		case reflect.Struct:
			if _, ok := found[t.Name()]; ok {
				return
			}
			found[t.Name()] = t
			for i := range t.NumField() {
				add(t.Field(i).Type)
			}
		}
	}
	for _, maker := range Types {
		add(reflect.TypeOf(maker()))
	}
	add(reflect.TypeFor[Env]())
	add(reflect.TypeFor[Opening]())
	return found
}

// table writes the members of a struct; notes are kept from the page.
func table(typ reflect.Type, notes map[string]string) string {
	var b strings.Builder
	b.WriteString("| member | value | required | what it is |\n|---|---|---|---|\n")
	for _, row := range rows(typ) {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", row[0], row[1], row[2], notes[row[0]])
	}
	return b.String()
}

func rows(typ reflect.Type) [][3]string {
	var list [][3]string
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		required := "yes"
		if opts == "omitempty" {
			required = "no"
		}
		list = append(list, [3]string{name, valueOf(f.Type, f.Tag.Get("form")), required})
	}
	slices.SortFunc(list, func(a, b [3]string) int { return strings.Compare(a[0], b[0]) })
	return list
}

func valueOf(t reflect.Type, form string) string {
	switch t.Kind() {
	case reflect.Pointer:
		return valueOf(t.Elem(), form)
	case reflect.Slice:
		return "list of " + valueOf(t.Elem(), form)
	case reflect.Map:
		return "object of " + valueOf(t.Elem(), form)
	case reflect.Struct:
		return "[" + t.Name() + "](#" + strings.ToLower(t.Name()) + ")"
	case reflect.Int64:
		return "integer"
	case reflect.Bool:
		return "boolean"
	}
	switch {
	case t == sealedType:
		return "sealed"
	case form == "":
		return "text"
	}
	return form
}

func notesOf(table string) map[string]string {
	notes := map[string]string{}
	for line := range strings.Lines(table) {
		// A bar inside a note is written \| and stays in the last piece.
		cells := strings.SplitN(strings.TrimSpace(line), "|", 5)
		if len(cells) == 5 && strings.HasPrefix(strings.TrimSpace(cells[1]), "`") {
			notes[strings.Trim(cells[1], " `")] = strings.TrimSpace(strings.TrimSuffix(cells[4], "|"))
		}
	}
	return notes
}

// TestSpecIsCurrent compares the tables of spec/record.md with the structs and
// asks for a note on every member. With -update it rewrites them.
func TestSpecIsCurrent(t *testing.T) {
	page, err := os.ReadFile(specFile)
	if err != nil {
		t.Fatal(err)
	}
	all, seen := structs(), map[string]bool{}
	out := tableOf.ReplaceAllStringFunc(string(page), func(whole string) string {
		m := tableOf.FindStringSubmatch(whole)
		typ, ok := all[m[1]]
		if !ok || seen[m[1]] {
			t.Errorf("the page has a table of %s, which is no struct or stands twice", m[1])
			return whole
		}
		seen[m[1]] = true
		notes := notesOf(m[2])
		for _, row := range rows(typ) {
			if notes[row[0]] == "" {
				t.Errorf("%s.%s has no words on the page", m[1], row[0])
			}
		}
		return "<!-- members " + m[1] + " -->\n" + table(typ, notes) + "<!-- end -->\n"
	})
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !seen[name] {
			t.Errorf("the page has no table of %s", name)
		}
		if !strings.Contains(out, "\n### "+name+"\n") {
			t.Errorf("the page has no heading %s", name)
		}
	}
	for name, maker := range Types {
		row := "| `" + name + "` | [" + reflect.TypeOf(maker()).Elem().Name() + "]("
		if !strings.Contains(out, row) {
			t.Errorf("the page does not list the type %s", name)
		}
	}
	for form := range good {
		if form != "" && !strings.Contains(out, "| "+form+" |") && !strings.HasPrefix(form, "hex") {
			t.Errorf("the page does not explain the form %s", form)
		}
	}
	if *update {
		if err := os.WriteFile(specFile, []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
		writeGoodVectors(t)
		return
	}
	if out != string(page) {
		t.Error("spec/record.md is not current: go test ./internal/record -run Spec -update")
	}
}

// TestSpecExample: the example of the page is an entry.
func TestSpecExample(t *testing.T) {
	page, err := os.ReadFile(specFile)
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```\n(sunlot/v1 .*?)```\n").FindAllStringSubmatch(string(page), -1)
	if len(blocks) == 0 {
		t.Error("the page has no example")
	}
	for _, b := range blocks {
		if _, err := Parse(b[1]); err != nil {
			t.Errorf("%v\n%s", err, b[1])
		}
	}
}
