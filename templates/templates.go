// Package templates is the look of the site: html/template files, style,
// scripts and one icon. It holds no logic; the views that the templates read
// are the documented structs of package site.
//
//	portal.html  the pages over many sites (package portal), and portal.js, their search
//	page.html    what stands around every page: head, header, footer
//	parts.html   pieces that several pages share
//	<kind>.html  the main part of one kind of page, defined under its name
//	css/         one style sheet in parts, joined by Style: light and dark, phone to A4;
//	             what the check in the browser has beside it is verify/check.css
//	icon.svg     the site's mark
//	verify/      the check in the reader's browser, in TypeScript; lookup/ the search
//	script/      both as the pages load them: made by `make web`, never by hand
package templates

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// FS holds the files beside this one.
//
//go:embed *.html *.svg portal.js css/*.css verify/check.css script/*.js script/*.html script/*.txt
var FS embed.FS

// Style is the style sheet of every page: the files of css/ in the order of
// their names, without comments and without the blanks that nobody reads.
func Style() []byte {
	style, _ := sheets()
	return style
}

// CheckStyle is the sheet of the panels in which a reader checks for himself. Only
// the pages that have one load it, and the offline page has it inside.
func CheckStyle() []byte {
	_, check := sheets()
	return check
}

// sheets makes both at once: they share their variables.
func sheets() (style, check []byte) {
	names, err := fs.Glob(FS, "css/*.css")
	if err != nil {
		panic(err) // the pattern is ours
	}
	var sheet bytes.Buffer
	for _, name := range append(names, "verify/check.css") {
		if name == "verify/check.css" {
			sheet.WriteByte(0)
		}
		part, err := FS.ReadFile(name)
		if err != nil {
			panic(err) // embedded
		}
		sheet.Write(comments.ReplaceAll(part, nil))
	}
	style, check, _ = bytes.Cut(shortened(tight(sheet.Bytes())), []byte{0})
	return bytes.TrimSpace(style), bytes.TrimSpace(check)
}

// shortened gives every variable of a sheet a name of one or two letters: they
// are a twentieth of it, and nothing but the sheet itself knows them.
func shortened(sheet []byte) []byte {
	short := map[string]string{}
	return variable.ReplaceAllFunc(sheet, func(name []byte) []byte {
		to := short[string(name)]
		if to == "" {
			n := len(short)
			if to = "--" + string(rune('a'+n%26)); n >= 26 {
				to += string(rune('a' + n/26))
			}
			short[string(name)] = to
		}
		return []byte(to)
	})
}

// tight leaves out line breaks and the blanks around braces, semicolons and
// commas, and after the colon of a declaration; never those inside quotes.
func tight(sheet []byte) []byte {
	var out bytes.Buffer
	for i, part := range bytes.Split(sheet, []byte{'"'}) {
		if i%2 == 1 {
			out.WriteString("\"" + string(part) + "\"")
			continue
		}
		part = space.ReplaceAll(part, []byte(" "))
		out.Write(around.ReplaceAll(part, []byte("${1}${2}")))
	}
	return bytes.ReplaceAll(bytes.TrimSpace(out.Bytes()), []byte(";}"), []byte("}"))
}

// Policy is the content security policy of every page, which the servers that
// send the pages may send as well.
func Policy() string {
	page, err := FS.ReadFile("page.html")
	if err != nil {
		panic(err) // embedded
	}
	return string(policy.FindSubmatch(page)[1])
}

// Scripts are the names in FS of the scripts that pages load.
func Scripts() []string {
	names, err := fs.Glob(FS, "script/*.js")
	if err != nil {
		panic(err) // the pattern is ours
	}
	return names
}

// Program is a file of the check that runs in a reader's browser.
type Program struct {
	Name   string // without its folder
	SHA256 string // lower hex
	Bytes  int64
}

// Programs are the scripts and the offline page, ascending by name: what the
// ledger notes, so that nobody changes them unseen.
func Programs() []Program {
	var list []Program
	for _, name := range append(Scripts(), Offline) {
		data, err := FS.ReadFile(name)
		if err != nil {
			panic(err) // embedded
		}
		list = append(list, Program{path.Base(name), fmt.Sprintf("%x", sha256.Sum256(data)), int64(len(data))})
	}
	slices.SortFunc(list, func(a, b Program) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Offline is the name in FS of the check page in one file, which a reader
// keeps and opens without a network.
const Offline = "script/offline.html"

// Licenses is the name in FS of the terms of what stands in the scripts and is
// not ours.
const Licenses = "script/licenses.txt"

var (
	policy   = regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]+)"`)
	variable = regexp.MustCompile(`--[a-z][a-z0-9-]*`)
	comments = regexp.MustCompile(`(?s)/\*.*?\*/`)
	space    = regexp.MustCompile(`\s+`)
	around   = regexp.MustCompile(` ?([{};,]) ?|([\w-]:) `)
)
