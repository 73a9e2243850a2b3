package publish

import (
	"bytes"
	"embed"
	"strings"
	"text/template"

	"github.com/sunlot/sunlot/templates"
)

// Servers are the web servers for which there is a text that makes them send
// what a published folder wants (spec/site.md, Headers), in the order in which
// help names them.
var Servers = []string{"nginx", "apache", "iis", "tongweb", "tongweb-filter"}

//go:embed headers
var headerTexts embed.FS

// served is what the texts say. Patterns are regular expressions over the path
// of an address, whatever stands before the folder.
var served = struct {
	Fixed, Head, Offline, Text string
	FixedDirs                  []string
	Year, Minutes, Policy      string
	Types                      []servedType
}{
	Fixed: "/ledger/(tile|blob|entry)/", FixedDirs: []string{"tile", "blob", "entry"}, // what stands under such a name never changes
	Head:    "/ledger/checkpoint$",
	Offline: `/script/offline\.html$`, // it has a policy of its own, which lets in the script that it carries
	Text:    `/ledger/(checkpoint$|policy$|entry/|proof/)`,
	Year:    "public, max-age=31536000, immutable", Minutes: "public, max-age=300", Policy: templates.Policy(),
	Types: []servedType{
		{".", "application/octet-stream"}, {".html", utf8Type("text/html")}, {".txt", utf8Type("text/plain")}, {".tlog-proof", utf8Type("text/plain")}, {".css", utf8Type("text/css")},
		{".js", utf8Type("text/javascript")}, {".json", utf8Type("application/json")}, {".csv", utf8Type("text/csv")}, {".ics", utf8Type("text/calendar")}, {".xml", utf8Type("application/xml")},
		{".svg", "image/svg+xml"}, {".webp", "image/webp"}, {".zip", "application/zip"},
	},
}

// servedType is how files of an extension are sent; "." are those without one.
type servedType struct{ Ext, Type string }

func utf8Type(kind string) string { return kind + "; charset=utf-8" }

// Headers is the text for one of the Servers, false for any other.
func Headers(server string) ([]byte, bool) {
	text, err := headerTexts.ReadFile("headers/" + server)
	if err != nil {
		return nil, false
	}
	in := template.New(server).Funcs(template.FuncMap{"java": func(s string) string { return strings.ReplaceAll(s, `\`, `\\`) }})
	var out bytes.Buffer
	if err := template.Must(in.Parse(string(text))).Execute(&out, served); err != nil {
		panic(err) // the texts are ours
	}
	return out.Bytes(), true
}
