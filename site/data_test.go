package site

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// validate holds a JSON value against a JSON Schema (draft 2020-12), as far as
// ours go: a keyword that it does not know is refused.
func validate(schema map[string]any, v any, at string) error {
	for word, want := range schema {
		switch word {
		case "$schema", "title", "description":
		case "type":
			if got := typeOf(v); got != want {
				return fmt.Errorf("%s is %s, not %v", at, got, want)
			}
		case "const":
			if v != want {
				return fmt.Errorf("%s is %v, not %v", at, v, want)
			}
		case "pattern":
			if s, ok := v.(string); ok && !regexp.MustCompile(want.(string)).MatchString(s) {
				return fmt.Errorf("%s: %q does not match %v", at, s, want)
			}
		case "minLength":
			if s, ok := v.(string); ok && float64(len([]rune(s))) < want.(float64) {
				return fmt.Errorf("%s is %q", at, s)
			}
		case "minimum":
			if n, ok := v.(float64); ok && n < want.(float64) {
				return fmt.Errorf("%s is %v", at, n)
			}
		case "items":
			list, _ := v.([]any)
			for i, item := range list {
				if err := validate(want.(map[string]any), item, fmt.Sprintf("%s[%d]", at, i)); err != nil {
					return err
				}
			}
		case "required", "additionalProperties", "properties":
			if err := validateObject(schema, v, at); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s: keyword %s", at, word)
		}
	}
	return nil
}

func validateObject(schema map[string]any, v any, at string) error {
	members, ok := v.(map[string]any)
	if !ok {
		return nil // type says it
	}
	known, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if _, ok := members[name.(string)]; !ok {
			return fmt.Errorf("%s lacks %v", at, name)
		}
	}
	for name, value := range members {
		inner, ok := known[name].(map[string]any)
		if !ok && schema["additionalProperties"] == false {
			return fmt.Errorf("%s has %s", at, name)
		}
		if err := validate(inner, value, at+"."+name); err != nil {
			return err
		}
	}
	return nil
}

func typeOf(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	}
	return fmt.Sprintf("%T", v)
}

func parsed(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// Every JSON file of data/ names its schema and fits it.
func TestSchemas(t *testing.T) {
	for pack, files := range map[string]memory{"gaoqing": gaoqing().files, "yanshi": yanshi().files} {
		checked := 0
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if !strings.HasPrefix(name, "data/") || !strings.HasSuffix(name, ".json") {
				continue
			}
			v := parsed(t, files[name])
			if strings.HasSuffix(name, ".schema.json") {
				if v["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
					t.Errorf("%s %s is of %v", pack, name, v["$schema"])
				}
				continue
			}
			schema := files["data/"+v["$schema"].(string)]
			if schema == nil {
				t.Fatalf("%s %s names no schema", pack, name)
			}
			if err := validate(parsed(t, schema), v, name); err != nil {
				t.Errorf("%s: %v", pack, err)
			}
			checked++
		}
		if checked != 8 {
			t.Errorf("%s: %d files were checked", pack, checked)
		}
	}
}

// The validator and the schemas must find what they are there for.
func TestSchemasFind(t *testing.T) {
	files := gaoqing().files
	schema := parsed(t, files["data/drawn.schema.json"])
	for what, spoil := range map[string]func(v, row map[string]any){
		"a member more":   func(_, row map[string]any) { row["phone"] = "1" },
		"a key less":      func(_, row map[string]any) { delete(row, "handle") },
		"an empty value":  func(_, row map[string]any) { row["firm"] = "" },
		"a number":        func(_, row map[string]any) { row["result"] = 5.0 },
		"no index":        func(_, row map[string]any) { row["result"] = "05" },
		"no digest":       func(_, row map[string]any) { row["ticket"] = "abc" },
		"another heading": func(v, _ map[string]any) { v["columns"].(map[string]any)["draw"] = "x" },
		"another set":     func(v, _ map[string]any) { v["name"] = "抽取" },
		"no rows":         func(v, _ map[string]any) { delete(v, "rows") },
		"another schema":  func(v, _ map[string]any) { v["$schema"] = "draws.schema.json" },
	} {
		v := parsed(t, files["data/drawn.json"])
		spoil(v, v["rows"].([]any)[0].(map[string]any))
		if err := validate(schema, v, "drawn"); err == nil {
			t.Errorf("%s passes", what)
		}
	}
}

// A large set stands in several files; one more row changes the last alone, and
// together they are the whole.
func TestParts(t *testing.T) {
	big := func(n int) table {
		x := table{name: "x", columns: [][2]string{{"号", "entry"}}, count: n}
		x.row = func(i int) []string { return []string{num(i)} }
		return x
	}
	files := func(x table) map[string]string {
		all := map[string]string{}
		for _, p := range x.parts() {
			var text bytes.Buffer
			if err := errors.Join(x.csvPart(&text, p.from, p.to), x.jsonPart(&text, p.from, p.to)); err != nil {
				t.Fatal(err)
			}
			all[p.file] = text.String()
		}
		return all
	}
	before, after := files(big(2*perPart+1)), files(big(2*perPart+2))
	if got := slices.Sorted(maps.Keys(after)); !slices.Equal(got, []string{"data/x", "data/x-2", "data/x-3"}) {
		t.Fatal(got)
	}
	for name := range after {
		if (before[name] == after[name]) != (name != "data/x-3") {
			t.Errorf("%s: changed is %v", name, before[name] != after[name])
		}
	}
	rows := 0
	for _, text := range after {
		rows += strings.Count(text, "\r\n") - 1
	}
	if rows != 2*perPart+2 {
		t.Errorf("%d rows", rows)
	}
	if len(big(0).parts()) != 1 || len(big(perPart).parts()) != 1 {
		t.Error("parts of a small set")
	}
}

// unpack reads archives over each other.
func unpack(t *testing.T, archives ...[]byte) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for _, data := range archives {
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			if f.Method != zip.Store || f.Flags&8 != 0 || len(f.Extra) != 0 {
				t.Fatalf("%s: method %d, flags %x, extra %x", f.Name, f.Method, f.Flags, f.Extra)
			}
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r) // it checks the sum
			if err != nil {
				t.Fatal(f.Name, err)
			}
			files[f.Name] = &fstest.MapFile{Data: text}
		}
	}
	return files
}

// A small office has one archive, which is everything: its folder is the
// ledger's, and a stranger verifies it to the same findings.
func TestArchive(t *testing.T) {
	b := gaoqing()
	if b.files["data/ledger-002.zip"] != nil {
		t.Fatal("two archives of a small office")
	}
	files := unpack(t, b.files["data/ledger-001.zip"])
	n := 0
	for name, data := range b.files {
		if !strings.HasPrefix(name, "ledger/") {
			continue
		}
		if n++; files[name] == nil || !bytes.Equal(files[name].Data, data) {
			t.Errorf("%s differs", name)
		}
	}
	if len(files) != n+1 || !bytes.Contains(files["README.txt"].Data, []byte("sunlot-verify")) {
		t.Errorf("%d files, %d of the ledger", len(files), n)
	}
	v, err := verify.Open(fs.FS(files), verify.Options{Today: "2024-07-31"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(v.Findings, b.bureau.bundle().Findings) {
		t.Error("the archive verifies to other findings")
	}
	var again bytes.Buffer
	err = gaoqingMaker(t).archive(&again, 0, b.bureau.bundle().Checkpoint.Size, true)
	if err != nil || !bytes.Equal(again.Bytes(), b.files["data/ledger-001.zip"]) {
		t.Errorf("packed again it differs: %v", err)
	}
}

// Two archives, unpacked over each other, are the ledger; the first has no head
// and does not change when entries come.
func TestArchiveParts(t *testing.T) {
	b := newBureau(t, "gaoqing", 20)
	file := func() {
		b.say("2024-01-11T09:00:00", &record.Filing{Plan: b.state.Plans[0].Index, To: "市场监管局", Date: "2024-01-11"}, false)
	}
	for b.state.Size < ledger.TileWidth+5 {
		file()
	}
	pack := func() (first, second []byte) {
		m, err := newMaker(b.bundle(), nil, Options{}, memory{})
		b.must(err)
		var one, two bytes.Buffer
		b.must(m.archive(&one, 0, ledger.TileWidth, false))
		b.must(m.archive(&two, ledger.TileWidth, m.b.Checkpoint.Size, true))
		return one.Bytes(), two.Bytes()
	}
	first, second := pack()
	alone := unpack(t, first)
	if alone["ledger/checkpoint"] != nil || alone["ledger/policy"] != nil || alone["ledger/tile/1/000.p/1"] != nil {
		t.Error("the head stands in a sealed archive")
	}
	if v, err := verify.Open(unpack(t, first, second), verify.Options{}); err != nil || v.Failed() {
		t.Errorf("two archives: %v", err)
	}
	if _, err := verify.Open(unpack(t, second), verify.Options{}); err == nil {
		t.Error("the second archive alone passes for the ledger")
	}
	file()
	again, moved := pack()
	if !bytes.Equal(first, again) || bytes.Equal(second, moved) {
		t.Error("one more entry: the first archive changed, or the second did not")
	}
	if archiveName(1) != "ledger-001.zip" || archiveName(1234) != "ledger-1234.zip" {
		t.Error(archiveName(1234))
	}
}

func gaoqingMaker(t *testing.T) *maker {
	t.Helper()
	m, err := newMaker(gaoqing().bureau.bundle(), nil, Options{}, memory{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}
