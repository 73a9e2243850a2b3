package site

import (
	"bytes"
	"html/template"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/verify"
)

// bothWays builds a site by quick and by html/template alone.
func bothWays(t *testing.T, b *verify.Bundle) (quickly, plainly memory, slow int64) {
	t.Helper()
	opt := Options{Base: "https://www.example.gov.cn/sunlot/", Built: "2024-07-31T12:00:00+08:00"}
	quickly, plainly = memory{}, memory{}
	for _, out := range []memory{quickly, plainly} {
		m, err := newMaker(b, content.FS, opt, out)
		if err != nil {
			t.Fatal(err)
		}
		if m.quick == nil {
			t.Fatal("there is no quick way")
		}
		if len(plainly) == 0 && len(quickly) > 0 {
			m.quick = nil
		}
		if err := m.build(); err != nil {
			t.Fatal(err)
		}
		slow += m.slow.Load()
	}
	return quickly, plainly, slow
}

// TestQuick: whole sites, with hostile text in every field that a fixture has,
// are the same bytes by quick as by html/template, and nothing of a record's
// page is left to html/template.
func TestQuick(t *testing.T) {
	for name, b := range map[string]*verify.Bundle{"gaoqing": gaoqing().bureau.bundle(), "yanshi": yanshi().bureau.bundle(), "city": newCity(t, 120).bundle()} {
		quickly, plainly, slow := bothWays(t, b)
		if slow > 0 {
			t.Errorf("%s: %d templates were left to html/template", name, slow)
		}
		if !slices.Equal(slices.Sorted(maps.Keys(quickly)), slices.Sorted(maps.Keys(plainly))) {
			t.Fatal("other files")
		}
		for file, data := range plainly {
			if !bytes.Equal(quickly[file], data) {
				t.Errorf("%s: %s differs: %s", name, file, firstDifference(quickly[file], data))
			}
		}
	}
}

// TestQuickValues: every place of a page and every hostile text, and what quick
// must not do itself.
func TestQuickValues(t *testing.T) {
	texts := append(slices.Clone(hostile), "", "a", "高青县", "a+b", "\x00", "\xff\xfe", "\u2028", "\ufdd0", "x\ny", "'\"&<>+`=/", "javascript:alert(1)", "JAVASCRIPT:1", "//evil.example/", "http://a.example/?a=b&c=d#e",
		"../../a/b.html#c", "data:image/png;base64,AAAA+/==", "mailto:a@b", "a b", "%2e%2e/", "%zz", "?x=<y>", "#a#b", ":x", "tel:1", "é.html", "a:b", "./a:b", "#a:b")
	const source = `{{define "x"}}<title>{{.S}}</title><p title="{{.S}}" class='{{.S}}'>{{.S}}<a href="{{.S}}">x</a><img src="{{.S}}"><a href="a/{{.S}}">y</a><a href="#{{.S}}">z</a><a href="?q={{.S}}">q</a>` +
		`{{.N}}{{.N64}}{{.H}}<a href="{{.U}}">{{.U}}</a>{{with .P}}{{.S}}{{else}}none{{end}}{{range $i, $e := .L}}{{$i}}{{$e}}{{else}}empty{{end}}{{if and .S .N}}both{{end}}{{or .S "–"}}{{len .L}}{{if not .S}}no{{end}}` +
		`{{if eq .N 1}}one{{end}}{{if ne .S "a"}}not a{{end}}{{$x := .S}}{{with .L}}{{$x}}{{end}}{{template "y" .}}</p>{{end}}{{define "y"}}<b id="{{.S}}">{{.M}}{{.Q}}</b>{{end}}`
	for _, left := range []bool{false, true} {
		text := source
		if !left {
			text = strings.Replace(text, "{{if and .S .N}}both{{end}}", "", 1) // `and` is not known
		}
		set := template.Must(template.New("").Parse(text))
		q := newQuick(set)
		for _, s := range texts {
			for _, v := range []*quickCase{{S: s}, {S: s, N: 1, N64: -5, L: []string{s, "b"}, P: &quickCase{S: s}, H: template.HTML(s), U: template.URL(s)}} {
				var fast, slow bytes.Buffer
				fast.WriteString("before")
				slow.WriteString("before")
				err := q.execute(&fast, "x", v)
				if left {
					if err != errSlow || fast.String() != "before" {
						t.Fatalf("what is not known: %v %q", err, fast.String())
					}
					continue
				}
				if err != nil {
					t.Fatalf("%q: %v", s, err)
				}
				if err := set.ExecuteTemplate(&slow, "x", v); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(fast.Bytes(), slow.Bytes()) {
					t.Errorf("%q: %s", s, firstDifference(fast.Bytes(), slow.Bytes()))
				}
			}
		}
	}
}

type quickCase struct {
	S   string
	N   int
	N64 int64
	L   []string
	P   *quickCase
	H   template.HTML
	U   template.URL
}

func (c quickCase) M() string  { return "m" + c.S }
func (c *quickCase) Q() string { return "q" + c.S }
