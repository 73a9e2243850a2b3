package evidence

import (
	"bytes"
	_ "embed"
	"html/template"
	"regexp"
	"strconv"
	"strings"
)

// The pages are made of few forms: a section holds sentences, facts, tables and
// commands, in order. Whatever stands in them is text, and html/template
// escapes it.

type page struct {
	Title, Head        string
	Office, Firm, Code string
	Demo, Sealed, Bad  bool
	Check              bool // the page of numbers and steps
	Verdict            string
	Form, When         string
	Sections           []section
}

type section struct {
	Title string
	Draw  bool // begins a draw
	Parts []part
}

// part is one of: a sentence, facts, a table, commands, a heading.
type part struct {
	Head  string
	Say   string
	Class string // of Say: good, bad, warn, small
	Facts []fact
	Heads []string
	Rows  [][]string
	Lines []command
}

type fact struct {
	Name   string
	Values []string
}

// command is one line for a terminal and what it must print.
type command struct {
	Say, Linux, PowerShell string
	Want                   string
	Files                  bool // it reads files of the bundle
	Tools                  string
}

func say(text string) part          { return part{Say: text} }
func small(text string) part        { return part{Say: text, Class: "small"} }
func lines(list ...command) part    { return part{Lines: list} }
func table(heads ...string) part    { return part{Heads: heads} }
func (p *part) row(cells ...string) { p.Rows = append(p.Rows, cells) }

// is is a fact; empty values are left out, and a fact without values with them.
func (p *part) is(name string, values ...string) {
	f := fact{Name: name}
	for _, v := range values {
		if v != "" {
			f.Values = append(f.Values, v)
		}
	}
	if len(f.Values) > 0 {
		p.Facts = append(p.Facts, f)
	}
}

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

// long values are digests, keys and addresses; tight ones are numbers and dates,
// which are not broken.
var (
	long  = regexp.MustCompile(`^[0-9a-f]{32,}$|^[!-~]{48,}$`)
	tight = regexp.MustCompile(`^[0-9-]{1,10}$|^[^ ]{1,4}$`)
)

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"css": func() template.CSS { return template.CSS(pageCSS) },
	"hash": func(s string) bool {
		return long.MatchString(s) || strings.HasPrefix(s, "ledger/") || strings.HasPrefix(s, "sunlot-verify -")
	},
	"tight": func(s string) bool { return tight.MatchString(s) },
	"split": func(s string) []string { return strings.Split(s, "\n") },
	"inc":   func(n int) int { return n + 1 },
}).Parse(pageHTML))

func (p *page) render() ([]byte, error) {
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func num[T ~int | ~int64 | ~uint64](n T) string { return strconv.FormatInt(int64(n), 10) }

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// second is an entry's time as people write it: 2023-09-15 19:00:03.
func second(at string) string {
	if len(at) < 19 || at[10] != 'T' {
		return at
	}
	return at[:10] + " " + at[11:19]
}

func day(at string) string {
	if len(at) < 10 {
		return at
	}
	return at[:10]
}

func entryWord(i int64) string { return "第" + num(i) + "条记录" }
