package site

import (
	"bytes"
	"encoding/xml"
	"net/url"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/verify"
)

// sitemapView is the site map for people: sections, draws, lists, text pages.
type sitemapView struct {
	page
	Groups []sitemapGroup
}

type sitemapGroup struct {
	Title string
	Links []link
}

// perGroup bounds a group of the map for people: it leads to entrances and to
// what came last, and from there everything is reached.
const perGroup = 40

// entrance reports whether a page belongs on the map for people: no single
// record, no second page of a list, no list below a list.
func entrance(page made) bool {
	switch {
	case strings.Contains(page.Name, "/page-"), strings.Count(page.Name, "/") > 2, strings.HasPrefix(page.Name, "results/draw-"):
		return false
	case page.Section == "draws", page.Section == "plan", page.Section == "checklist":
		return true
	}
	return page.Day == ""
}

// arrange puts the entrance of the section first and, where there are many,
// leaves what was made last behind it.
func (g *sitemapGroup) arrange(p *page, s section) {
	first := *p.to(s.Href, s.Text)
	rest := slices.DeleteFunc(slices.Clone(g.Links), func(l link) bool { return l.Href == first.Href })
	if len(rest) == len(g.Links) {
		return // it has none
	}
	g.Links = append([]link{first}, rest[max(0, len(rest)-perGroup+1):]...)
}

// plainView is a page of words alone: 404.
type plainView struct{ page }

// perSitemap bounds a sitemap file; the protocol allows 50,000.
const perSitemap = 40000

// sitemaps makes the map for people, and where the site's address is known the
// one for machines (sitemaps.org demands absolute addresses).
func (m *maker) sitemaps() error {
	v := &sitemapView{page: m.newPage("sitemap.html", "sitemap", "站点地图")}
	p := &v.page
	var rest []link
	groups := map[string]*sitemapGroup{}
	for _, s := range sections {
		groups[s.Key] = &sitemapGroup{Title: s.Text}
	}
	for _, page := range m.pages {
		l := *p.to(page.Name, page.Title)
		g := groups[page.Section]
		switch {
		case g == nil:
			rest = append(rest, l)
		case entrance(page):
			g.Links = append(g.Links, l)
		}
	}
	for _, s := range sections {
		if g := groups[s.Key]; len(g.Links) > 0 {
			g.arrange(p, s)
			v.Groups = append(v.Groups, *g)
		}
	}
	v.Groups = append(v.Groups, sitemapGroup{"其他", rest})
	m.list(p, "")
	if err := m.render("sitemap", v); err != nil {
		return err
	}
	if m.opt.Base == "" {
		return nil
	}
	return m.xmlMaps()
}

// xmlMaps lists the records first, in order: a file full of them is one that
// further records leave alone. Enterprises and all other pages follow.
func (m *maker) xmlMaps() error {
	records, firms := len(m.b.Entries), len(m.firms)
	all := records + firms + len(m.pages)
	page := func(i int) (name, day string) {
		switch {
		case i < records:
			return m.home(int64(i)), m.changed(int64(i))
		case i < records+firms:
			f := m.firms[i-records]
			return f.path(), m.firmChanged(f)
		}
		p := m.pages[i-records-firms]
		return p.Name, p.Day
	}
	files := (all + perSitemap - 1) / perSitemap
	var names []string
	for n := range files {
		name := "sitemap.xml"
		if files > 1 {
			name = "sitemap-" + num(n+1) + ".xml"
		}
		names = append(names, name)
	}
	err := each(files, func(n int) error {
		from, to := n*perSitemap, min((n+1)*perSitemap, all)
		h := newHasher().text("sitemap", names[n]).sum(m.keys.all)
		for i := from; i < to; i++ {
			if i < records {
				h.text(m.changed(int64(i))).yes(m.resultAt(int64(i)) != nil)
				continue
			}
			h.text(page(i))
		}
		return m.block("sitemap/"+num(n), h.key(), func(m *maker) error { return m.xmlMap(names[n], from, to, page) })
	})
	if err != nil {
		return err
	}
	if len(names) < 2 {
		return nil
	}
	var b bytes.Buffer
	b.WriteString(xml.Header + `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	for _, name := range names {
		b.WriteString("<sitemap><loc>")
		if err := xml.EscapeText(&b, []byte(m.opt.Base+name)); err != nil {
			return err
		}
		b.WriteString("</loc></sitemap>\n")
	}
	b.WriteString("</sitemapindex>\n")
	return m.put("sitemap.xml", b.Bytes())
}

func (m *maker) xmlMap(file string, from, to int, page func(i int) (name, day string)) error {
	var b bytes.Buffer
	b.Grow((to - from + 2) * (len(m.opt.Base) + 80))
	b.WriteString(xml.Header + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	for i := from; i < to; i++ {
		name, day := page(i)
		b.WriteString("<url><loc>")
		if err := xml.EscapeText(&b, []byte(m.opt.Base+name)); err != nil {
			return err
		}
		b.WriteString("</loc>")
		if day != "" {
			b.WriteString("<lastmod>" + day + "</lastmod>")
		}
		b.WriteString("</url>\n")
	}
	b.WriteString("</urlset>\n")
	return m.put(file, b.Bytes())
}

func dayOf(e *verify.Entry) string { return day(timeOf(e)) }

// changed is the day of the last record that a record's page says something of:
// its own, or what came after a result.
func (m *maker) changed(i int64) string {
	last := dayOf(m.b.Entries[i])
	f := m.resultAt(i)
	if f == nil || len(f.Corrections)+len(f.FollowUps)+len(f.Feedbacks)+len(f.Objections)+len(f.Archives)+len(f.Takedowns) == 0 {
		return last
	}
	for _, k := range f.Trail() {
		last = max(last, dayOf(m.b.Entries[k]))
	}
	return last
}

// firmChanged is that of an enterprise's page.
func (m *maker) firmChanged(f *firm) string {
	last := f.last()
	for _, d := range f.drawn {
		if d.object.Result != nil {
			last = max(last, m.changed(d.object.Result.Index))
		}
	}
	for _, r := range f.other {
		last = max(last, m.changed(r.Index))
	}
	return last
}

// notFound is 404.html. A server shows it under the address that was asked
// for, so its links begin at the server's root where the site's address is
// known.
func (m *maker) notFound() error {
	v := &plainView{m.newPage("404.html", "404", "没有找到这个页面")}
	if u, err := url.Parse(m.opt.Base); err == nil && m.opt.Base != "" {
		v.Root = u.EscapedPath()
		for i := range v.Crumbs {
			v.Crumbs[i].Href = v.Root + v.Crumbs[i].Href
		}
	}
	v.searches()
	return m.render("not-found", v)
}
