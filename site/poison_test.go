package site

import (
	"encoding/json"
	"html"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// payloads would each run sunlotLive() in some place where text can stand:
// element, attribute of either quote, title, comment, script, style, table,
// address, template, or after one unescaping too many. <script> breaks out of
// JSON and JavaScript strings as well, where the lookup's shards keep names.
var payloads = []string{
	`<script>sunlotLive()</script>`,
	`<img src=x onerror=sunlotLive()>`,
	`"><img src=x onerror=sunlotLive()>`,
	`'><img src=x onerror=sunlotLive()>`,
	`" autofocus onfocus=sunlotLive() x="`,
	`' autofocus onfocus=sunlotLive() x='`,
	` onmouseover=sunlotLive() tabindex=1 autofocus onfocus=sunlotLive() `,
	`</title><script>sunlotLive()</script>`,
	`</textarea></select></noscript><script>sunlotLive()</script>`,
	`--><script>sunlotLive()</script><!--`,
	`]]><script>sunlotLive()</script>`,
	`</style><script>sunlotLive()</script>`,
	`</script><script>sunlotLive()</script>`,
	`</td></tr></table></dl><script>sunlotLive()</script>`,
	`<svg onload=sunlotLive()>`,
	`<svg><script>sunlotLive()</script></svg>`,
	`<math><mtext></mtext><mglyph><svg><mtext><style><img src=x onerror=sunlotLive()></style></mtext></svg></mglyph></math>`,
	`<iframe srcdoc="&lt;script&gt;parent.sunlotLive()&lt;/script&gt;"></iframe>`,
	`<details open ontoggle=sunlotLive()>`,
	`<video><source onerror=sunlotLive()></video>`,
	`<body onload=sunlotLive()>`,
	`<a href="javascript:sunlotLive()">x</a>`,
	`&lt;script&gt;sunlotLive()&lt;/script&gt;`,
	`&#60;script&#62;sunlotLive()&#60;/script&#62;`,
	`\u003cscript\u003esunlotLive()\u003c/script\u003e`,
	`";sunlotLive();//`, `';sunlotLive();//`, "`;sunlotLive();//", `${sunlotLive()}`, `\";sunlotLive();//`,
	`{{sunlotLive()}}`, `{{"<script>sunlotLive()</script>"}}`, `<%= sunlotLive() %>`,
	"\u2028sunlotLive()//", "\u2029sunlotLive()//",
	`＜script＞sunlotLive()＜/script＞`, `<ſcript>sunlotLive()</ſcript>`,
	`[x](javascript:sunlotLive())`, `![x](x" onerror="sunlotLive())`,
}

// poison puts every payload into every text of a bundle: whatever the form
// lets people write, the rule pack's words, and what is opened. The values are
// set after verification, so they reach pages even where a form would refuse
// them. It returns the marks, one a field, that stand in front of the payloads.
type poison struct {
	done  map[uintptr]bool
	marks map[string]bool
}

// forms of fields that anyone fills in freely; the others (dates, hashes,
// tokens of the program) cannot hold a payload in an entry that parses.
func free(f reflect.StructField) bool {
	switch form := f.Tag.Get("form"); form {
	case "", "name", "lines":
		return true
	}
	return false
}

// keyed are texts by which pages find things; changed, the page that is to
// show them would not be made at all.
var keyed = map[string]bool{
	"Charter.Region": true, "PackRef.ID": true, "RoleKey.Role": true, "Roster.Kind": true, "Notice.Draw": true, "Notice.Mode": true, "Notice.Names": true,
	"Result.Origin": true, "Outcome.Codes": true, "Visible.Field": true, "Visible.Rule": true, "Calendar.Kind": true, "TeamChange.Kind": true,
	"RoleKey.Key": true, "Charter.Policy": true, "PlanLine.No": true, "Item.No": true, "Notice.Line": true, "Notice.Items": true, "PlanLine.Items": true, "ItemOutcome.Item": true, "ItemCode.Item": true,
	"Site.Channel": true, "Site.Errors": true, // addresses: TestPoisonAddresses
}

func (p *poison) walk(v reflect.Value, name string, writable bool) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return
		}
		if v.Kind() == reflect.Pointer {
			if p.done[v.Pointer()] {
				return
			}
			p.done[v.Pointer()] = true
		}
		p.walk(v.Elem(), name, writable)
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			full := v.Type().Name() + "." + f.Name
			if f.IsExported() && free(f) && !keyed[full] {
				p.walk(v.Field(i), full, true)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			p.walk(v.Index(i), name, writable)
		}
	case reflect.String:
		if writable && v.CanSet() && v.String() != "" {
			v.SetString(p.text(name))
		}
	}
}

func (p *poison) text(name string) string {
	mark := "毒" + strings.ReplaceAll(name, ".", "·")
	p.marks[mark] = true
	return mark + strings.Join(payloads, "")
}

func (p *poison) bundle(b *verify.Bundle) {
	p.done, p.marks = map[uintptr]bool{}, map[string]bool{}
	for _, e := range b.Entries {
		if e.Record == nil {
			continue
		}
		e.Record.Env.By = p.text("Env.By")
		p.walk(reflect.ValueOf(e.Record.Body), e.Record.Type, true)
		for i := range e.Signers {
			e.Signers[i] = p.text("Signers")
		}
		p.opening(e.Record.Type, e.Fields)
	}
	k := b.State.Pack
	k.Title, k.DocNo, k.Issuer, k.Note, k.RegionName = p.text("Pack.Title"), p.text("Pack.DocNo"), p.text("Pack.Issuer"), p.text("Pack.Note"), p.text("Pack.RegionName")
	for i := range k.Clauses {
		k.Clauses[i].Cite, k.Clauses[i].Words, k.Clauses[i].Gist = p.text("Clause.Cite"), p.text("Clause.Words"), p.text("Clause.Gist")
	}
	for i := range k.Towns {
		k.Towns[i].Name = p.text("Town.Name")
	}
	for i := range k.Result.Codes {
		k.Result.Codes[i].Name = p.text("Code.Name")
	}
	for i := range b.Findings {
		p.finding(&b.Findings[i])
	}
}

// opening poisons what is opened but for the code, which names the page; codes
// are poisoned on their own where they are taken down.
func (p *poison) opening(kind string, list []record.OpenField) {
	for i, f := range list {
		if f.Path != "code" {
			list[i].Value = p.text(kind + "." + f.Path)
		}
	}
}

func (p *poison) finding(f *rules.Finding) {
	if f.Got != "" {
		f.Got = p.text("Finding.Got")
	}
	if f.Want != "" {
		f.Want = p.text("Finding.Want")
	}
}

// TestPoison builds a site in which every text is every payload, reads each
// page strictly, and sees that the fields arrived as text. With
// SUNLOT_POISON=FROM=TO it takes the verified site in FROM and leaves the
// poisoned one in TO, for the browser (tools/browser).
func TestPoison(t *testing.T) {
	var b *verify.Bundle
	to := ""
	least := 40
	if from, dir, ok := strings.Cut(os.Getenv("SUNLOT_POISON"), "="); ok {
		var err error
		if b, err = verify.Open(os.DirFS(from), verify.Options{Today: "2024-07-31"}); err != nil {
			t.Fatal(err)
		}
		to, least = dir, 80
	} else {
		b = year(t, "gaoqing", 40).bundle()
	}
	p := new(poison)
	p.bundle(b)
	out := memory{}
	if err := Build(b, content.FS, Options{Base: "https://example.gov.cn/a/"}, out); err != nil {
		t.Fatal(err)
	}
	arrived, pages := map[string]bool{}, 0
	for _, name := range pagesOf(out) {
		_, text, err := tokenize(string(out[name]))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		pages++
		for mark := range p.marks {
			if !arrived[mark] && strings.Contains(text, mark+payloads[0]) {
				arrived[mark] = true
			}
		}
	}
	var absent []string
	for _, mark := range slices.Sorted(maps.Keys(p.marks)) {
		if !arrived[mark] {
			absent = append(absent, mark)
		}
	}
	t.Logf("%d payloads in %d fields on %d pages; %d fields arrived as text; not on any page: %v", len(payloads), len(p.marks), pages, len(arrived), absent)
	if len(arrived) < least {
		t.Errorf("only %d fields reached a page: the test has lost its teeth", len(arrived))
	}
	if to != "" {
		leave(t, out, to, p)
	}
}

// leave writes a site and a list of its pages.
func leave(t *testing.T, out memory, to string, p *poison) {
	t.Helper()
	for name, data := range out {
		file := filepath.Join(to, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	summary, err := json.Marshal(map[string]any{"payloads": len(payloads), "fields": len(p.marks), "raw": payloads})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(to, "poison.json"), summary, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestPoisonAddresses: an address that the charter gives is a link only where
// it is a web address.
func TestPoisonAddresses(t *testing.T) {
	for _, address := range []string{
		"javascript:sunlotLive()", "JaVaScRiPt:sunlotLive()", " javascript:sunlotLive()", "java\tscript:sunlotLive()", "\x01javascript:sunlotLive()",
		"data:text/html,<script>sunlotLive()</script>", "vbscript:sunlotLive()", "//evil.example/x", "https:evil.example", "file:///etc/passwd",
		`https://a.example/"onmouseover="sunlotLive()`, "https://a.example/<script>sunlotLive()</script>", "blob:https://a.example/x",
	} {
		b := year(t, "gaoqing", 12).bundle()
		b.State.Charter().Site.Channel, b.State.Charter().Site.Errors = address, address
		out := memory{}
		if err := Build(b, content.FS, Options{}, out); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"index.html", "firms/index.html", "404.html"} {
			list, _, err := tokenize(string(out[name]))
			if err != nil {
				t.Fatalf("%q: %s: %v", address, name, err)
			}
			for _, e := range list {
				href, ok := e.attrs["href"]
				if !ok {
					continue
				}
				lower := strings.ToLower(html.UnescapeString(href))
				if strings.Contains(lower, "script:") || strings.HasPrefix(lower, "data:") || strings.HasPrefix(lower, "//") || strings.HasPrefix(lower, "file:") || strings.HasPrefix(lower, "blob:") || strings.ContainsAny(href, "<>\"'") {
					t.Errorf("%q became the link %q on %s", address, href, name)
				}
			}
		}
	}
}
