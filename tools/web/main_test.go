package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestForms: every table of the page comes out, and what cannot be read is said.
func TestForms(t *testing.T) {
	got, err := forms("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\nfiling Filing\n", "\nfiling 备案\n", "\nFiling date!:date plan!:integer receipt:name to!:name\n", " signed:sealed[] ", "\nOpening K:text KI:text fields:Field{} handles:OpenHandle[]\n"} {
		if !strings.Contains(string(got), want) {
			t.Errorf("missing: %q", want)
		}
	}
	page, err := os.ReadFile("../../spec/record.md")
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "spec"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new string }{
		{"an unknown kind of value", "| `receipt` | name |", "| `receipt` | a name |"},
		{"neither yes nor no", "| `receipt` | name | no |", "| `receipt` | name | perhaps |"},
		{"a type without a link", "| `filing` | [Filing](#filing) |", "| `filing` | Filing |"},
		{"a type without a table", "<!-- members Filing -->", "<!-- members Filed -->"},
		{"no types", "\n## Types\n", "\n## Kinds\n"},
	} {
		bad := strings.Replace(string(page), c.old, c.new, 1)
		if bad == string(page) {
			t.Fatalf("%s: nothing to replace", c.name)
		}
		if err := os.WriteFile(filepath.Join(root, "spec", "record.md"), []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := forms(root); err == nil {
			t.Errorf("%s: no error", c.name)
		}
	}
}

// TestOffline: a page whose script would end its own element is refused, and
// so is a skeleton without its places; each for its own reason.
func TestOffline(t *testing.T) {
	page := "<meta content=\"'sha256-style' 'sha256-script'\"><style>/*style*/</style><script>/*script*/</script>"
	for _, c := range []struct {
		name, page, script string
		why                string // in the error; "": none
	}{
		{"good", page, "console.log(1)", ""},
		{"no place for the script", strings.Replace(page, "/*script*/", "", 1), "console.log(1)", "/*script*/ stands there 0 times"},
		{"two places for the digest", page + "sha256-style", "console.log(1)", "sha256-style stands there 2 times"},
		{"a comment that opens", page, "console.log('<!--')", "/*script*/ holds <!--"},
		{"does not compile", page, "console.log(", "offline.ts"},
	} {
		root := t.TempDir()
		for name, data := range map[string]string{"verify/offline.html": c.page, "verify/check.css": "a { margin: 0 }", "verify/offline.css": "a { color: red }", "verify/src/offline.ts": c.script} {
			name = filepath.Join(root, "templates", filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := offline(root)
		if (err == nil) != (c.why == "") || err != nil && !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v", c.name, err)
		}
		if err == nil && (strings.Contains(string(got), "sha256-s") || !strings.Contains(string(got), "a{margin:0}") || !strings.Contains(string(got), "console.log(1)")) {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}
