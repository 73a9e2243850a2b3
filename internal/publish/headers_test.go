package publish

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/templates"
)

// Every text has the policy of the pages, word for word, and whatever else a
// published folder wants; none has something that is left to be filled in.
func TestHeaders(t *testing.T) {
	policy := templates.Policy()
	if !strings.HasPrefix(policy, "default-src 'none'; ") || !strings.HasSuffix(policy, "form-action 'none'") {
		t.Fatalf("the policy is %q", policy)
	}
	for _, server := range Servers {
		text, ok := Headers(server)
		if !ok {
			t.Fatalf("no text for %s", server)
		}
		want := []string{policy, "X-Content-Type-Options", "nosniff", "Referrer-Policy", "no-referrer", "utf-8", "sunlot"}
		switch server {
		case "iis":
			want = append(want, `cacheControlMaxAge="00:05:00"`, `cacheControlMaxAge="365.00:00:00"`, `path="ledger/tile"`, `path="ledger/blob"`, `path="ledger/entry"`, "DisableCache", `<mimeMap fileExtension=".tlog-proof" mimeType="text/plain; charset=utf-8"/>`, `<mimeMap fileExtension=".txt" mimeType="text/plain; charset=utf-8"/>`)
		case "tongweb":
			want = []string{"<extension>tlog-proof</extension>\n    <mime-type>text/plain; charset=utf-8</mime-type>", "<filter-class>SunlotHeaders</filter-class>", "sunlot headers tongweb-filter"}
		default:
			want = append(want, "max-age=31536000, immutable", "max-age=300", "no-cache", "/ledger/(tile|blob|entry)/", "/ledger/checkpoint$", `/script/offline\`, "text/plain")
		}
		for _, w := range want {
			if !bytes.Contains(text, []byte(w)) {
				t.Errorf("%s does not say %q", server, w)
			}
		}
		if n := bytes.Count(text, []byte(policy)); server != "tongweb" && n != 1 {
			t.Errorf("%s: the policy stands there %d times", server, n)
		}
		if bytes.Contains(text, []byte("{{")) || bytes.Contains(text, []byte("<no value>")) {
			t.Errorf("%s is not filled in", server)
		}
		if bytes.HasPrefix(text, []byte("<?xml")) {
			for d := xml.NewDecoder(bytes.NewReader(text)); ; {
				if _, err := d.Token(); err == io.EOF {
					break
				} else if err != nil {
					t.Fatal(server, err)
				}
			}
		}
	}
	for _, none := range []string{"", "caddy", "../headers.go"} {
		if _, ok := Headers(none); ok {
			t.Errorf("a text for %q", none)
		}
	}
}

// What may be kept for a year is what never changes under its name, and the
// head of the ledger is never kept.
func TestHeaderPatterns(t *testing.T) {
	for uri, want := range map[string]string{
		"/ledger/tile/0/000.p/6": "fixed", "/column/sunlot/ledger/tile/entries/x001/234": "fixed", "/ledger/blob/sha256/ab/abcd": "fixed", "/ledger/entry/7.txt": "fixed text",
		"/ledger/checkpoint": "head text", "/s/ledger/checkpoint": "head text", "/ledger/policy": "text", "/ledger/proof/7.tlog-proof": "text", "/ledger/opening/7.json": "",
		"/index.html": "", "/book/7.html": "", "/style.css": "", "/script/verify.js": "", "/script/offline.html": "offline", "/data/results.csv": "", "/ledger/checkpoints": "",
	} {
		var got []string
		for name, pattern := range map[string]string{"fixed": served.Fixed, "head": served.Head, "offline": served.Offline} {
			if regexp.MustCompile(pattern).MatchString(uri) {
				got = append(got, name)
			}
		}
		if regexp.MustCompile(served.Text).MatchString(uri) {
			got = append(got, "text")
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s is %q, want %q", uri, got, want)
		}
	}
	for i, dir := range served.FixedDirs {
		if !regexp.MustCompile(served.Fixed).MatchString("/ledger/" + dir + "/x") {
			t.Errorf("folder %d, %s, is another", i, dir)
		}
	}
}
