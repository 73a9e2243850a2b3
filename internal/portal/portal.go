// Package portal makes the pages over the sites of many offices: who they are,
// whether each one's ledger was verified, the latest draws of all, what is
// overdue, and how a reader checks each himself.
//
//	row := portal.Of(place, bundle, now)     // a small value: the bundle can go
//	row := portal.Failed(place, err, now)    // why there is none
//	err := portal.Build(rows, portal.Options{Title: "…省双随机抽查公开账本"}, folder)
//	err = folder.Finish()
//
// Every fact of an office comes from a *verify.Bundle: Of alone makes a row
// that has facts. What the list of offices says (Place) is a name, a group and
// an address, and stands under no figure. An office whose ledger could not be
// verified is a row with the reason and nothing else.
//
//	index.html                  the offices by group, and a box to search them
//	offices/page-<n>.html       their rows, where there are more than one page holds
//	draws/index.html …          the latest draws of all offices, the newest first
//	overdue/index.html …        what is overdue, office by office
//	verify/index.html …         how to check each, with its command line
//	portal.json                 the same facts for machines (spec/portal.md)
//	style.css, icon.svg, script/site.js, script/portal.js
package portal

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"net/url"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/templates"
)

// Options of a portal: what its pages say of themselves.
type Options struct {
	Title string // 某某省双随机抽查公开账本
	Base  string // absolute address of the portal, "": not known
	At    int64  // unix seconds of the run that made the rows
	Site  record.Site
	Unit  string // 主办单位
}

// Out takes files by slash separated names: a Folder, or a map in tests.
type Out interface {
	Put(name string, data []byte) error
}

// JSONName is the file with the facts of all rows.
const JSONName = "portal.json"

// maker is one build.
type maker struct {
	rows []Row
	opt  Options
	out  Out
	tmpl *template.Template
	site identity
}

// identity is what every page says about the portal.
type identity struct {
	Name, Unit      string
	Site            record.Site
	Channel, Errors weblink
	Demo            bool // every office is
	Mixed           bool // one is, and of another that is not known
}

// weblink is a link where the text is an address, else text.
type weblink struct{ URL, Text string }

func outward(s string) weblink {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return weblink{Text: s}
	}
	return weblink{URL: u.String(), Text: s}
}

// Build makes all pages from the rows, in their order.
func Build(rows []Row, opt Options, out Out) error {
	tmpl, err := template.New("portal").ParseFS(templates.FS, "portal.html")
	if err != nil {
		return err
	}
	m := &maker{rows: rows, opt: opt, out: out, tmpl: tmpl}
	m.site = identity{Name: opt.Title, Unit: opt.Unit, Site: opt.Site, Channel: outward(opt.Site.Channel), Errors: outward(opt.Site.Errors)}
	seen, demos := map[string]bool{}, 0
	for i := range rows {
		if seen[rows[i].place.ID] {
			return fault.New("portal.twice", rows[i].place.ID, "", "")
		}
		seen[rows[i].place.ID] = true
		if rows[i].facts != nil && rows[i].facts.Demo {
			demos++
		}
	}
	m.site.Demo, m.site.Mixed = demos > 0 && demos == len(rows), demos > 0 && demos < len(rows)
	for _, step := range []func() error{m.assets, m.drawPages, m.overduePages, m.verifyPages, m.officePages, m.json} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) assets() error {
	if err := m.out.Put("style.css", templates.Style()); err != nil {
		return err
	}
	for name, from := range map[string]string{"icon.svg": "icon.svg", "script/site.js": "script/site.js", scriptName: "portal.js"} {
		data, err := templates.FS.ReadFile(from)
		if err != nil {
			return err
		}
		if err := m.out.Put(name, data); err != nil {
			return err
		}
	}
	return nil
}

// scriptName is the search of the index.
const scriptName = "script/portal.js"

// json writes the facts of all rows.
func (m *maker) json() error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	list := make([]jsonRow, len(m.rows))
	for i := range m.rows {
		list[i] = m.rows[i].json()
	}
	err := enc.Encode(struct {
		Form    string    `json:"form"`
		Title   string    `json:"title"`
		Base    string    `json:"base,omitempty"`
		At      string    `json:"at"`
		Demo    bool      `json:"demo"`
		Offices []jsonRow `json:"offices"`
	}{"sunlot-portal/1", m.opt.Title, m.opt.Base, record.Time(m.opt.At), m.site.Demo, list})
	if err != nil {
		return err
	}
	return m.out.Put(JSONName, b.Bytes())
}

// name is an office's name, with a mark where its neighbours may be real ones.
func (m *maker) name(r *Row) string {
	if m.site.Mixed && r.facts != nil && r.facts.Demo {
		return r.Name() + "（演示）"
	}
	return r.Name()
}

// page is the frame of every page; each view embeds it.
type page struct {
	Path, Root, Title, Line string
	Nav                     []navItem
	Metas                   []meta
	Scripts                 []string
	Turn                    []link
	Site                    *identity
}

type (
	link    struct{ Href, Text string }
	meta    struct{ Name, Content string }
	navItem struct {
		link
		Here bool
	}
)

// columns are the parts of the portal.
var columns = []struct{ dir, text, about string }{
	{"", "单位", "各单位的公开账本，是不是核验相符"},
	{"draws/", "最近抽取", "各单位最近的抽取，新的在前"},
	{"overdue/", "逾期", "各单位到期没有办结的事项"},
	{"verify/", "怎样核验", "逐个单位自己核对的办法"},
}

// newPage begins the nth page (from 1) of a column; its further pages lie in
// the folder more.
func (m *maker) newPage(column int, path, title string) page {
	c := columns[column]
	p := page{Path: path, Root: strings.Repeat("../", strings.Count(path, "/")), Title: title, Site: &m.site}
	p.Line = title + " – " + m.site.Name
	if title == m.site.Name {
		p.Line = title
		if m.site.Unit != "" {
			p.Line += " – " + m.site.Unit
		}
	}
	for i, c := range columns {
		p.Nav = append(p.Nav, navItem{link{p.Root + c.dir + "index.html", c.text}, i == column})
	}
	for _, pair := range [][2]string{{"SiteName", m.site.Name}, {"SiteDomain", m.site.Site.Domain}, {"SiteIDCode", m.site.Site.IDCode}, {"ColumnName", c.text},
		{"ColumnDescription", c.about}, {"ColumnKeywords", c.text + ",双随机,抽查"}, {"ColumnType", "重点领域信息公开"}} {
		if pair[1] != "" {
			p.Metas = append(p.Metas, meta{pair[0], pair[1]})
		}
	}
	return p
}

// view is a page to be rendered.
type view struct {
	kind, path string
	of         any
}

// cut puts n things on pages of at most per things and maxPage bytes, at least
// one each; there is one page even of nothing. part is counted from 1, and of is
// part where no further one follows. ends are the things up to each page's end.
func (m *maker) cut(n, per int, make func(part, of, from, to int) view) (ends []int, err error) {
	for from, part := 0, 1; from < n || part == 1; part++ {
		to := min(from+per, n)
		for {
			of := part
			if to < n {
				of++
			}
			v := make(part, of, from, to)
			data, err := m.bytes(v)
			if err != nil {
				return nil, err
			}
			if len(data) > maxPage && to-from > 1 {
				to = from + max(1, min(to-from-1, (to-from)*maxPage/len(data)))
				continue
			}
			if err := m.out.Put(v.path, data); err != nil {
				return nil, err
			}
			break
		}
		ends = append(ends, to)
		from = to
	}
	return ends, nil
}

// partName is the file of a part in a folder.
func partName(dir string, part int) string {
	if part == 1 {
		return dir + "index.html"
	}
	return dir + "page-" + num(part) + ".html"
}

// turn links a part to its neighbours.
func (p *page) turn(dir string, part, of int) {
	p.turnTo(part, of, func(part int) string { return partName(dir, part) })
}

func (p *page) turnTo(part, of int, name func(part int) string) {
	if part > 1 {
		p.Turn = append(p.Turn, link{p.Root + name(part-1), "上一页"})
	}
	if part < of {
		p.Turn = append(p.Turn, link{p.Root + name(part+1), "下一页"})
	}
}

// nth is the title of a part.
func nth(title string, part int) string {
	if part == 1 {
		return title
	}
	return title + "（第" + num(part) + "页）"
}

func (m *maker) bytes(v view) ([]byte, error) {
	var b bytes.Buffer
	err := m.tmpl.ExecuteTemplate(&b, v.kind, v.of)
	return b.Bytes(), err
}

func rootOf(root [32]byte) string { return hex.EncodeToString(root[:]) }
