package record

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestVectors(t *testing.T) {
	files, err := filepath.Glob("../../spec/vectors/record/*.json")
	if err != nil {
		t.Fatal(err)
	}
	types, bad := map[string]bool{}, 0
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := RunVector(data); err != nil {
			t.Errorf("%s: %v", filepath.Base(f), err)
		}
		failing := strings.Contains(string(data), `"error":`)
		if failing != strings.HasPrefix(filepath.Base(f), "bad-") {
			t.Errorf("%s: its name says otherwise", filepath.Base(f))
		}
		if failing {
			bad++
		}
		for _, name := range typeNames() {
			if !failing && strings.Contains(string(data), "sunlot/v1 "+name+`\n`) {
				types[name] = true
			}
		}
	}
	if len(files) < 60 || bad*2 <= len(files) {
		t.Errorf("%d cases, %d of them failing ones", len(files), bad)
	}
	if len(types) != len(Types) {
		t.Errorf("good cases of %d types, there are %d", len(types), len(Types))
	}
}

// writeGoodVectors writes one case for each type, with its required members.
func writeGoodVectors(t *testing.T) {
	t.Helper()
	for _, name := range typeNames() {
		text := format(t, filled(t, name, false))
		var b strings.Builder
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(vector{Desc: "a " + name + " with its required members", Text: &text, Expect: "ok"}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("../../spec/vectors/record/good-"+name+".json", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRunVectorRefuses(t *testing.T) {
	for _, c := range []string{
		`{"desc":"bad text passes","text":"x","expect":"ok"}`,
		`{"desc":"good text fails","opening":"{}","error":"bad-json"}`,
		`{"desc":"another error","text":"x","error":"null"}`,
		`{"desc":"nothing expected","text":"x"}`,
		`{"desc":"both expected","text":"x","expect":"ok","error":"bad-lines"}`,
		`{"desc":"unknown expectation","text":"x","expect":"good"}`,
		`{"desc":"unknown expectation and error","text":"x","expect":"good","error":"bad-lines"}`,
		`{"desc":"no text","expect":"ok"}`,
		`{"desc":"two texts","text":"x","opening":"{}","error":"bad-lines"}`,
		`{"desc":"unknown member","text":"x","error":"bad-lines","note":""}`,
		`{"desc":"two values","text":"x","error":"bad-lines"} 1`,
		`"x"`, ``,
	} {
		if RunVector([]byte(c)) == nil {
			t.Errorf("passed: %s", c)
		}
	}
	if err := RunVector([]byte(`{"desc":"","text":"x","error":"bad-lines"}`)); err != nil {
		t.Error(err)
	}
}
