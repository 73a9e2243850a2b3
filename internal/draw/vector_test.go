package draw

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

var update = flag.Bool("update", false, "write spec/vectors from the reference")

const (
	drawVectors = "../../spec/vectors/draw1"
	lineVectors = "../../spec/vectors/lines"
)

// vCompact is v as JSON in one line, without HTML escapes.
func vCompact(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSpace(b.String())
}

// vRender writes a struct as JSON with one member a line, and one line for each
// item of a list of objects.
func vRender(v any) string {
	var lines []string
	s := reflect.ValueOf(v)
	for i := range s.NumField() {
		name, _, optional := strings.Cut(s.Type().Field(i).Tag.Get("json"), ",")
		f := s.Field(i)
		if optional && f.IsZero() {
			continue
		}
		text := vCompact(f.Interface())
		var items []json.RawMessage
		if json.Unmarshal([]byte(text), &items) == nil && len(items) > 0 && items[0][0] == '{' {
			rows := make([]string, len(items))
			for j, item := range items {
				rows[j] = "    " + string(item)
			}
			text = "[\n" + strings.Join(rows, ",\n") + "]"
		}
		lines = append(lines, fmt.Sprintf("  %s: %s", vCompact(name), text))
	}
	return "{\n" + strings.Join(lines, ",\n") + "\n}\n"
}

// vFile is the text of a vector file: the case and its expect.
func vFile(text string, expect any) string {
	body := strings.TrimSuffix(strings.TrimSpace(text), "}")
	inner := strings.ReplaceAll(strings.TrimSpace(vRender(expect)), "\n  ", "\n    ")
	return strings.TrimRight(body, "\n") + ",\n  \"expect\": " + strings.TrimSuffix(inner, "\n}") + "\n  }\n}\n"
}

func vAll() []vEntry {
	l := &vList{}
	l.good()
	l.bad()
	return l.entries
}

// TestVectorsAreTheReference holds spec/vectors to what the reference makes of
// them, file by file; with -update it writes them.
func TestVectorsAreTheReference(t *testing.T) {
	files := map[string]string{}
	failing := 0
	for _, e := range vAll() {
		expect := refVector(e.text)
		if f, failed := expect.(vFailure); failed != (e.code != "") || failed && f.Error != e.code {
			t.Errorf("%s: the reference says %v, meant %q", e.name, vCompact(expect), e.code)
		}
		if e.code != "" {
			failing++
		}
		if files[e.name+".json"] != "" || strings.HasPrefix(e.name, "ok-") != (e.code == "") {
			t.Errorf("%s: name", e.name)
		}
		files[e.name+".json"] = vFile(e.text, expect)
	}
	if 2*failing <= len(files) {
		t.Errorf("%d of %d vectors fail: fewer than half", failing, len(files))
	}
	holdFiles(t, drawVectors, files)
	lines := map[string]string{}
	for name, text := range lineFiles() {
		lines[name+".json"] = text
	}
	holdFiles(t, lineVectors, lines)
}

// holdFiles compares a folder with what should stand in it, or writes it.
func holdFiles(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	for _, path := range listVectors(t, folder) {
		name := filepath.Base(path)
		have, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case *update && files[name] == "":
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		case !*update && string(have) != files[name]:
			t.Errorf("%s is not what the reference writes; go test ./internal/draw -update", path)
		}
	}
	for name, text := range files {
		path := filepath.Join(folder, name)
		if *update {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if _, err := os.Stat(path); err != nil {
			t.Errorf("%v", err)
		}
	}
}

func listVectors(t testing.TB, folder string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func TestRunVectors(t *testing.T) {
	for folder, run := range map[string]func([]byte) error{drawVectors: RunVector, lineVectors: RunLinesVector} {
		paths := listVectors(t, folder)
		if len(paths) < 30 {
			t.Errorf("%s: only %d vectors", folder, len(paths))
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := run(data); err != nil {
				t.Errorf("%s: %v", filepath.Base(path), err)
			}
		}
	}
}

// TestRunVectorRefuses spoils the expect of good vectors: every byte of a
// value, every member left out, added, repeated.
func TestRunVectorRefuses(t *testing.T) {
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(drawVectors, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	teams, groups, failing := read("ok-recusals"), read("ok-group-teams"), read("bad-weight-zero")
	edit := func(text, old, new string) string {
		at := strings.Index(text, `"expect"`)
		tail := strings.Replace(text[at:], old, new, 1)
		if tail == text[at:] {
			t.Fatalf("nothing to edit: %s", old)
		}
		return text[:at] + tail
	}
	for name, test := range map[string]struct{ code, text string }{
		"seed":                {"draw.vector-differs", edit(teams, `"seed": "`, `"seed": "0`)},
		"quota":               {"draw.vector-differs", edit(teams, `"370322101":2`, `"370322101":3`)},
		"quota text":          {"draw.vector-differs", edit(teams, `"370322101":2`, `"370322101":"2"`)},
		"quota 2.0":           {"draw.vector-differs", edit(teams, `"370322101":2`, `"370322101":2.0`)},
		"quota missing":       {"draw.vector-differs", edit(teams, `"370322101":2,`, ``)},
		"quota repeated":      {"draw.vector-differs", edit(teams, `"370322101":2,`, `"370322101":2,"370322101":2,`)},
		"quota unknown":       {"draw.vector-differs", edit(teams, `"370322101":2`, `"370322109":2`)},
		"cut-off":             {"draw.vector-differs", edit(teams, `"cutoff":"`, `"cutoff":"f`)},
		"drawn missing":       {"draw.vector-differs", edit(teams, `"drawn": [`, `"drawn": [], "x": [`)},
		"cap":                 {"draw.vector-differs", edit(teams, `"cap": `, `"cap": 1`)},
		"cap missing":         {"draw.vector-differs", edit(teams, `"cap": 2,`, ``)},
		"members":             {"draw.vector-differs", edit(teams, `"members":["`, `"members":["", "`)},
		"unstaffed":           {"draw.vector-differs", edit(teams, `"unstaffed": []`, `"unstaffed": [""]`)},
		"unstaffed null":      {"draw.vector-differs", edit(teams, `"unstaffed": []`, `"unstaffed": null`)},
		"unstaffed twice":     {"draw.vector-differs", edit(teams, `"unstaffed": []`, `"unstaffed": [], "unstaffed": []`)},
		"group teams unasked": {"draw.vector-differs", edit(teams, `"unstaffed": []`, `"unstaffed": [], "group_teams": []`)},
		"group teams missing": {"draw.vector-differs", edit(groups, `"group_teams"`, `"teams_of_group"`)},
		"team name":           {"draw.vector-differs", edit(groups, `"team":"team01"`, `"team":"team1"`)},
		"error expected":      {"draw.vector-differs", teams[:strings.Index(teams, `"expect"`)] + `"expect": {"error": "bad-field"}}`},
		"outcome expected":    {"draw.vector-differs", edit(failing, `"error": "bad-weight"`, `"seed": ""`)},
		"other error":         {"draw.vector-differs", edit(failing, `bad-weight`, `bad-field`)},
		"error with prefix":   {"draw.vector-differs", edit(failing, `bad-weight`, `draw.bad-weight`)},
		"error and more":      {"draw.bad-vector", edit(failing, `"error": "bad-weight"`, `"error": "bad-weight", "seed": ""`)},
		"error twice":         {"draw.bad-vector", edit(failing, `"error": "bad-weight"`, `"error": "bad-weight", "error": "bad-weight"`)},
		"error number":        {"draw.bad-vector", edit(failing, `"bad-weight"`, `7`)},
		"no expect":           {"draw.bad-vector", edit(failing, `"expect"`, `"expected"`)},
		"two expects":         {"draw.bad-vector", edit(failing, `"expect"`, `"expect": {"error": "bad-weight"}, "expect"`)},
		"expect is a list":    {"draw.bad-vector", failing[:strings.Index(failing, `"expect"`)] + `"expect": []}`},
		"not closed":          {"draw.bad-vector", strings.TrimSuffix(teams, "}\n")},
		"trailing":            {"draw.bad-vector", teams + "{}"},
		"byte order mark":     {"draw.bad-vector", "\ufeff" + teams},
		"not UTF-8":           {"draw.bad-vector", strings.Replace(teams, `"desc": "`, "\"desc\": \"\xff", 1)},
		"list":                {"draw.bad-vector", "[]"},
		"empty":               {"draw.bad-vector", ""},
		"too long":            {"draw.bad-vector", teams + strings.Repeat(" ", maxVector)},
	} {
		if err := RunVector([]byte(test.text)); fault.Code(err) != test.code {
			t.Errorf("%s: got %v, want %s", name, err, test.code)
		}
	}
}

func FuzzRunVector(f *testing.F) {
	for i, path := range listVectors(f, drawVectors) {
		if i%9 == 0 {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 20_000 {
			return
		}
		err := RunVector(data)
		if code := fault.Code(err); err != nil && code != "draw.vector-differs" && code != "draw.bad-vector" {
			t.Errorf("%v", err)
		}
	})
}
