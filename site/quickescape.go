package site

import (
	"bytes"
	"html/template"
	"reflect"
	"strconv"
	"strings"
)

// escape is a place in a page: what html/template escapes there, and how.
type escape struct {
	safe func(s string) bool // nil: written with the replacements of HTML
	slow *template.Template  // html/template's own way, between two marks
	html bool                // template.HTML goes as it is
	data bool                // a template.URL of plainData needs no more than the replacements of HTML
}

// escapes are the places by the escapers that html/template calls there.
var escapes = map[string]*escape{
	"htmlescaper":                         {slow: slowly(`{{.}}`), html: true},
	"rcdataescaper":                       {slow: slowly(`<title>{{.}}</title>`)},
	"attrescaper":                         {slow: slowly(`<a title="{{.}}">`)},
	"urlfilter urlnormalizer attrescaper": {slow: slowly(`<a href="{{.}}">`), safe: plainAddress, data: true},
	"urlescaper attrescaper":              {slow: slowly(`<a href="#{{.}}">`), safe: plainFragment},
	"urlnormalizer attrescaper":           {slow: slowly(`<a href="/{{.}}">`), safe: plainAddress},
}

func slowly(text string) *template.Template { return template.Must(template.New(text).Parse(text)) }

// plainAddress: a relative address of characters that no escaper changes. A
// colon could make a scheme of what stands before it.
func plainAddress(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '/', c == '.', c == '-', c == '_', c == '#':
		default:
			return false
		}
	}
	return true
}

func plainFragment(s string) bool { return plainAddress(s) && !strings.ContainsAny(s, "/#") }

// plainData: what the data URI of an image is made of; normalizing an address
// leaves it alone.
func plainData(s string) bool {
	for i := range len(s) {
		if c := s[i]; !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("+/=:;,.-_", c) >= 0) {
			return false
		}
	}
	return true
}

var urlString = reflect.TypeFor[template.URL]()
var plainString = reflect.TypeFor[string]()
var htmlString = reflect.TypeFor[template.HTML]()

func (e *escape) write(buf *bytes.Buffer, v reflect.Value) error {
	if e == nil || !v.IsValid() {
		return errSlow
	}
	switch {
	case v.Type() == plainString:
		s := v.String()
		if e.safe == nil {
			escapeHTML(buf, s)
			return nil
		}
		if e.safe(s) {
			buf.WriteString(s)
			return nil
		}
	case v.Kind() == reflect.Int || v.Kind() == reflect.Int64:
		if v.NumMethod() == 0 && e.safe == nil {
			buf.Write(strconv.AppendInt(buf.AvailableBuffer(), v.Int(), 10))
			return nil
		}
	case v.Type() == urlString && e.data && plainData(v.String()):
		escapeHTML(buf, v.String())
		return nil
	case v.Type() == htmlString && e.html:
		buf.WriteString(v.String())
		return nil
	case v.Kind() != reflect.String:
		return errSlow
	}
	var out bytes.Buffer
	if err := e.slow.Execute(&out, v.Interface()); err != nil {
		return errSlow
	}
	before, after, _ := strings.Cut(e.slow.Name(), "{{.}}")
	got := out.Bytes()
	if len(got) < len(before)+len(after) {
		return errSlow
	}
	buf.Write(got[len(before) : len(got)-len(after)])
	return nil
}

// escapeHTML writes text as html/template does between tags and in a quoted
// attribute.
func escapeHTML(buf *bytes.Buffer, s string) {
	from := 0
	for i := range len(s) {
		var with string
		switch s[i] {
		case 0:
			with = "\uFFFD"
		case '"':
			with = "&#34;"
		case '&':
			with = "&amp;"
		case '\'':
			with = "&#39;"
		case '+':
			with = "&#43;"
		case '<':
			with = "&lt;"
		case '>':
			with = "&gt;"
		default:
			continue
		}
		buf.WriteString(s[from:i])
		buf.WriteString(with)
		from = i + 1
	}
	buf.WriteString(s[from:])
}
