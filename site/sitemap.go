package site

import (
	"bytes"
	"encoding/xml"
	"net/url"
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
		case page.Day == "" || page.Section == "draws" || page.Section == "plan" || page.Section == "checklist":
			g.Links = append(g.Links, l)
		}
	}
	for _, s := range sections {
		if g := groups[s.Key]; len(g.Links) > 0 {
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

func (m *maker) xmlMaps() error {
	var names []string
	for from := 0; from < len(m.pages); from += perSitemap {
		name := "sitemap.xml"
		if len(m.pages) > perSitemap {
			name = "sitemap-" + num(from/perSitemap+1) + ".xml"
		}
		names = append(names, name)
		var b bytes.Buffer
		b.WriteString(xml.Header + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
		for _, page := range m.pages[from:min(from+perSitemap, len(m.pages))] {
			b.WriteString("<url><loc>")
			if err := xml.EscapeText(&b, []byte(m.opt.Base+page.Name)); err != nil {
				return err
			}
			b.WriteString("</loc>")
			if page.Day != "" {
				b.WriteString("<lastmod>" + page.Day + "</lastmod>")
			}
			b.WriteString("</url>\n")
		}
		b.WriteString("</urlset>\n")
		if err := m.put(name, b.Bytes()); err != nil {
			return err
		}
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
