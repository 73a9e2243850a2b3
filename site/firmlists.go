package site

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sunlot/sunlot/internal/rules"
)

// firmsView is the entrance of the enterprises: where a reader who found none
// learns which of four things that may mean. It depends on every draw and
// register.
type firmsView struct {
	page
	Count    int
	By       []firmPick
	NoHit    []noHit
	Report   facts
	Channel  weblink
	Withheld string
}

// firmPick is one way to pick among the enterprises.
type firmPick struct {
	Title string
	Links []link
}

// noHit is one reason for which an enterprise is not found, with the numbers
// that speak for it and where they stand.
type noHit struct {
	Name, Anchor, Text string
	Facts              facts
}

// firmShelf is a list of enterprises: of a town, of a sector, or of those whose
// names begin with characters of one block. Towns and sectors list them in the
// order in which their names became public, so a full page changes only where
// an enterprise of it is drawn again; blocks are sorted, and one more name
// rewrites the pages of its block behind it.
type firmShelf struct {
	dir, name, title string
	kind             string // char, town, field
	list             []*firm
}

type firmShelfView struct {
	page
	Count       int // of index.html alone
	From, To    int
	Caption     string
	Rows        []firmRow
	Groups      []firmGroup
	Parts, Turn []link
	Older       []link // pages of links to the pages before Parts
}

// firmGroup is the enterprises that begin with the same character.
type firmGroup struct {
	Key, Anchor string
	Rows        []firmRow
}

type firmRow struct {
	Link             *link
	Code, Town, Last string
	Times            int
}

const (
	firmsPerPage = 50
	townDir      = "town-"
	fieldDir     = "sector-"
	// A block is 512 characters of Unicode: all of the common Han are in 41.
	charBlock = 512
)

func firmShelfPath(dir string, part int) string {
	if part == 0 {
		return "firms/" + dir + "/index.html"
	}
	return "firms/" + dir + "/page-" + num(part) + ".html"
}

// charDir is the folder of the block in which a character lies.
func charDir(c rune) string { return fmt.Sprintf("c-%x", int(c)/charBlock*charBlock) }

func firstChar(key string) string {
	_, n := utf8.DecodeRuneInString(key)
	return key[:n]
}

// collectFirmShelves puts the enterprises, sorted by name, on their shelves.
func (m *maker) collectFirmShelves() {
	m.firmShelves = map[string]*firmShelf{}
	put := func(kind, dir, name, title string, f *firm) {
		s := m.firmShelves[dir]
		if s == nil {
			s = &firmShelf{dir: dir, name: name, title: title, kind: kind}
			m.firmShelves[dir] = s
		}
		s.list = append(s.list, f)
	}
	for _, f := range m.firms {
		c, _ := utf8.DecodeRuneInString(f.key)
		put("char", charDir(c), firstChar(f.key), "", f)
		if f.town != "" {
			put("town", townDir+m.townSlug(f.town), f.town, f.town+"的企业", f)
		}
		if n, ok := rules.Find(m.pack.Sectors, f.field); ok && f.field != "" {
			put("field", fieldDir+slugOf(n.Code), n.Name, n.Name+"行业的企业", f)
		}
	}
	for _, s := range m.firmShelves {
		if s.kind == "char" {
			first, last := firstChar(s.list[0].key), firstChar(s.list[len(s.list)-1].key)
			if s.name = first; first != last {
				s.name += " 至 " + last
			}
			s.title = "名称首字为“" + s.name + "”的企业"
			continue
		}
		slices.SortStableFunc(s.list, func(a, b *firm) int { return int(a.since - b.since) })
	}
}

// shelvesOf are the shelves of a kind in the order of their folders.
func (m *maker) shelvesOf(kind string) []*firmShelf {
	var list []*firmShelf
	for _, s := range m.firmShelves {
		if s.kind == kind {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b *firmShelf) int {
		if c := len(a.dir) - len(b.dir); kind == "char" && c != 0 {
			return c
		}
		return strings.Compare(a.dir, b.dir)
	})
	return list
}

func (m *maker) firmLists() error {
	for _, kind := range []string{"char", "town", "field"} {
		for _, s := range m.shelvesOf(kind) {
			parts := (len(s.list) - 1) / firmsPerPage
			for n := range parts + 1 {
				m.listed(firmShelfPath(s.dir, n), "firms", s.titleOf(n))
			}
			if err := m.linkPages(s.pages(parts)); err != nil {
				return err
			}
			err := each(parts+1, func(n int) error {
				from, to := s.rows(n, parts)
				key := m.firmRowsKey(s, n, parts, s.list[from:to])
				return m.block(firmShelfPath(s.dir, n), key, func(m *maker) error { return m.firmShelfPage(s, n, parts) })
			})
			if err != nil {
				return err
			}
		}
	}
	return m.firmsPage()
}

// pages are the pages of a shelf beside index.html.
func (s *firmShelf) pages(parts int) *partList {
	return &partList{dir: "firms/" + s.dir + "/", section: "firms", title: s.title, parts: parts, crumbs: []link{{firmShelfPath(s.dir, 0), s.name}},
		path: func(n int) string { return firmShelfPath(s.dir, n) },
		name: func(n int) string { return "第" + num(n) + "页" }}
}

func (s *firmShelf) titleOf(part int) string {
	if part == 0 {
		return s.title
	}
	return s.title + "（第" + num(part) + "页）"
}

// rows are from where to where the rows of a page stand on the shelf.
func (s *firmShelf) rows(n, parts int) (from, to int) {
	switch {
	case s.kind == "char":
		return n * firmsPerPage, min((n+1)*firmsPerPage, len(s.list))
	case n == 0:
		return parts * firmsPerPage, len(s.list)
	}
	return (n - 1) * firmsPerPage, n * firmsPerPage
}

// firmShelfPage is one page of a shelf. Of towns and sectors index.html holds
// those that came last, page-<n> the n-th full page; of sorted ones
// index.html holds the first page of them, page-<n> the next.
func (m *maker) firmShelfPage(s *firmShelf, n, parts int) error {
	title, crumbs := s.titleOf(n), []link{}
	if n > 0 {
		crumbs = append(crumbs, link{firmShelfPath(s.dir, 0), s.name})
	}
	v := &firmShelfView{page: m.newPage(firmShelfPath(s.dir, n), "firms", title, crumbs...)}
	p := &v.page
	v.asList()
	from, to := s.rows(n, parts)
	v.From, v.To = from+1, to
	if n == 0 {
		v.Count = len(s.list)
	}
	if s.kind == "char" {
		v.Groups = m.firmGroups(p, s.list[from:to])
	} else {
		v.Caption = "企业，名称最近公开的在前"
		for i := to - 1; i >= from; i-- {
			v.Rows = append(v.Rows, m.firmRow(p, s.list[i]))
		}
	}
	if list := s.pages(parts); n == 0 {
		v.Parts, v.Older = list.latest(p), list.older(p)
	} else {
		v.Turn = append(v.Turn, *p.to(firmShelfPath(s.dir, n-1), "上一页"))
		if n < parts {
			v.Turn = append(v.Turn, *p.to(firmShelfPath(s.dir, n+1), "下一页"))
		}
	}
	return m.render("firm-shelf", v)
}

func (m *maker) firmRow(p *page, f *firm) firmRow {
	r := firmRow{Link: p.to(f.path(), f.name()), Code: f.code, Town: f.town, Times: len(f.drawn)}
	r.Last = f.last()
	return r
}

func (m *maker) firmGroups(p *page, firms []*firm) []firmGroup {
	var groups []firmGroup
	for _, f := range firms {
		key := firstChar(f.key)
		if n := len(groups); n == 0 || groups[n-1].Key != key {
			groups = append(groups, firmGroup{Key: key, Anchor: anchor("g-" + hashed(key))})
		}
		g := &groups[len(groups)-1]
		g.Rows = append(g.Rows, m.firmRow(p, f))
	}
	return groups
}

// firmsPage is the entrance.
func (m *maker) firmsPage() error {
	v := &firmsView{page: m.newPage("firms/index.html", "firms", "企业"), Count: len(m.firms), Channel: m.site.Channel}
	p := &v.page
	v.asList()
	v.searches()
	for _, k := range []struct{ kind, title string }{{"town", "按镇街"}, {"field", "按行业"}, {"char", "按名称首字（不计地名）"}} {
		pick := firmPick{Title: k.title}
		for _, s := range m.shelvesOf(k.kind) {
			pick.Links = append(pick.Links, *p.to(firmShelfPath(s.dir, 0), s.name+"（"+num(len(s.list))+"）"))
		}
		if k.kind == "char" {
			pick.Links = m.charPick(p, pick.Links)
		}
		if len(pick.Links) > 0 {
			v.By = append(v.By, pick)
		}
	}
	v.NoHit = m.noHits(p)
	for _, f := range m.s.Results {
		if f.Body.Withheld != nil {
			v.Withheld = "另外，依法不公开企业名称的结果，名单里和查询里都没有名称。"
		}
	}
	v.Report.add("找不到、认为漏了的", text("告诉"+m.site.Office+"：企业名称和统一社会信用代码、认为应当在哪一次抽取里。"), text(m.contact()))
	if e := m.site.Errors; e.URL == "" {
		v.Report.add("页面有错的", text(or(e.Text, "也告诉主办单位。")))
	}
	m.list(p, "")
	return m.render("firms", v)
}

// mostChars bounds the characters that the entrance names one by one.
const mostChars = 120

// charPick leads to every first character, or, where they are many, to their
// blocks.
func (m *maker) charPick(p *page, blocks []link) []link {
	var list []link
	for _, s := range m.shelvesOf("char") {
		if list = append(list, m.charLinks(p, s)...); len(list) > mostChars {
			return blocks
		}
	}
	return list
}

// charLinks lead to the characters of a block, each to its place.
func (m *maker) charLinks(p *page, s *firmShelf) []link {
	var list []link
	for i, f := range s.list {
		c := firstChar(f.key)
		if i > 0 && firstChar(s.list[i-1].key) == c {
			continue
		}
		list = append(list, *p.to(firmShelfPath(s.dir, i/firmsPerPage)+"#"+anchor("g-"+hashed(c)), c))
	}
	return list
}

// noHits are the four things that not finding an enterprise may mean. None of
// them is that it was never inspected.
func (m *maker) noHits(p *page) []noHit {
	out := noHit{Name: "不在名录库", Anchor: "not-listed", Text: "抽取只从检查对象名录库里抽。名录库只公布户数和校验码，名单不公开；一家企业在不在库里，可以问本单位。"}
	if r := m.s.Roster("objects"); r != nil {
		out.Facts.add("现行的名录库", text("第"+num(r.Body.Version)+"版，"+r.Body.Date+"，"+num(r.Body.Count)+"户"), p.record(r.Index))
	}
	pool := noHit{Name: "在库未抽中", Anchor: "not-drawn", Text: "进了签筒，没有抽中。没有抽中的企业，名称不公开。启封钥匙公开以后，知道企业代码的人可以算出它的签号和签值，看它在不在签筒里、是不是大于中签线。"}
	wait := noHit{Name: "名单未到公开日期", Anchor: "not-yet", Text: "抽中了，名称还没有公开，抽中名单里只有签号。"}
	left := noHit{Name: "依条款排除", Anchor: "left-out", Text: "抽取前依条款没有放进签筒。每次预告写明各条排除多少户，不写是哪几户。"}
	var opened []value
	clauses := map[string]bool{}
	for i := len(m.s.Lots) - 1; i >= 0; i-- {
		l := m.s.Lots[i]
		if l.Failed {
			continue
		}
		if l.KOpened && len(opened) < most {
			opened = append(opened, p.at(m.drawPath(l)+"#open", l.Body.Draw))
		}
		if n := unopened(l); n > 0 && l.Abort == nil && len(wait.Facts) < most {
			wait.Facts.add(l.Body.Draw, p.at(m.drawPath(l)+"#drawn", num(n)+"户名称没有公开，共抽中"+num(len(l.Objects))+"户"), text(namesWhen(l.Body.Names)+"；结果期限 "+l.Due.Results))
		}
		for _, g := range l.Body.Grounds {
			if key := g.Words + g.Clause; !clauses[key] {
				clauses[key] = true
				values := []value{p.at(m.drawPath(l)+"#notice", "最近一次是 "+l.Body.Draw+"，"+num(g.Count)+"户")}
				if c := m.clause(p, g.Clause); c != nil {
					values = append(values, value{Text: c.Text, Href: c.Href})
				}
				left.Facts.add(g.Words, values...)
			}
		}
	}
	pool.Facts.add("启封钥匙已公开的抽取", opened...)
	if len(wait.Facts) == 0 {
		wait.Text += "现在没有这样的抽取。"
	}
	return []noHit{out, pool, wait, left}
}

// most bounds the draws that the entrance names; all stand in the list of draws.
const most = 12

// unopened is how many of the drawn have no open name.
func unopened(l *rules.Lot) int {
	n := 0
	for _, o := range l.Objects {
		if !o.Opened && (o.Result == nil || o.Result.Body.Withheld == nil) {
			n++
		}
	}
	return n
}
