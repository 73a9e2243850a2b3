package site

import (
	"bytes"
	"encoding/xml"
	"net/url"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
)

// A feed (RFC 4287) is the last records of the ledger of some kinds, one entry
// a record. Its times are the records' own, never the build's, and its ids are
// tag URIs (RFC 4151) of the ledger's name and the record's number: an address
// may move, they do not.
type feed struct {
	path, title, page string // page: what the feed is of
	types             []string
}

// perFeed is how many records a feed holds.
const perFeed = 50

var feeds = []feed{
	{"news.xml", "最新记录", "index.html", nil},
	{"draws/atom.xml", "抽取", "draws/index.html", []string{"notice", "draw", "platform-draw", "teams-notice", "teams", "dispatch", "team-change", "request", "replacement", "contribution", "paper", "abort", "lost"}},
	{"results/atom.xml", "抽查结果", "results/index.html", []string{"result", "correction", "follow-up", "objection", "review"}},
}

// feedOf is the feed of a page, to be named in its head, nil for none.
func feedOf(p *page) *link {
	for _, f := range feeds {
		if p.Path == f.page {
			return p.to(f.path, f.title+"（Atom）")
		}
	}
	return nil
}

// feedFiles writes the feeds. Each depends on the last records of its kinds and
// on what has no effect among them.
func (m *maker) feedFiles() error {
	for _, f := range feeds {
		data, err := m.atom(f)
		if err != nil {
			return err
		}
		if err := m.put(f.path, data); err != nil {
			return err
		}
	}
	return nil
}

func (f feed) has(e *verify.Entry) bool {
	if e.Record == nil {
		return false
	}
	if o, ok := e.Record.Body.(*record.Opened); ok {
		return o.K && f.types == nil || o.K && slices.Contains(f.types, "notice") // names open with their results
	}
	return f.types == nil || slices.Contains(f.types, e.Record.Type)
}

// latest are the last records of a feed, the newest first.
func (m *maker) latest(f feed) []*verify.Entry {
	var list []*verify.Entry
	for i := len(m.b.Entries) - 1; i >= 0 && len(list) < perFeed; i-- {
		if e := m.b.Entries[i]; f.has(e) {
			list = append(list, e)
		}
	}
	return list
}

func (m *maker) atom(f feed) ([]byte, error) {
	p := m.newPage(f.path, "", f.title)
	list := m.latest(f)
	updated := m.s.Charters[0].Time
	for _, e := range list {
		updated = max(updated, timeOf(e))
	}
	x := &atomWriter{}
	x.buf.WriteString(xml.Header + `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">` + "\n")
	x.text("id", m.tag("feed/"+strings.TrimSuffix(f.path, ".xml")))
	x.text("title", f.title+" – "+m.site.Name)
	x.text("updated", updated)
	x.author(m.site.Office)
	if m.opt.Base != "" {
		x.link("self", m.opt.Base+f.path)
	}
	x.link("alternate", m.feedLink(&p, p.Root+f.page))
	for _, e := range list {
		m.atomEntry(x, &p, e)
	}
	x.buf.WriteString("</feed>\n")
	return x.buf.Bytes(), x.err
}

func (m *maker) atomEntry(x *atomWriter, p *page, e *verify.Entry) {
	title := m.summary(e)
	if voided(e.Findings) {
		title += "（不相符，没有效力）"
	}
	to := m.shown(p, e)
	if to == nil {
		to = p.entry(e.Index)
	}
	x.buf.WriteString("<entry>\n")
	x.text("id", m.tag("entry/"+num(e.Index)))
	x.text("title", title)
	x.text("updated", timeOf(e))
	x.link("alternate", m.feedLink(p, to.Href))
	x.category(typeName(e.Record.Type))
	x.text("summary", title+"。公开账本第"+num(e.Index)+"条记录，"+minute(timeOf(e))+"（本单位填报）。")
	x.buf.WriteString("</entry>\n")
}

// feedLink is an address of the site: absolute where it is known, otherwise
// relative to the feed.
func (m *maker) feedLink(p *page, href string) string {
	if m.opt.Base == "" {
		return href
	}
	return m.opt.Base + strings.TrimPrefix(href, p.Root)
}

// tag is a tag URI: the host of the ledger's name, the day on which the ledger
// was opened, and what is meant.
func (m *maker) tag(what string) string {
	host, rest, _ := strings.Cut(m.s.Origin, "/")
	if rest != "" {
		what = rest + "/" + what
	}
	parts := strings.Split(what, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return "tag:" + url.PathEscape(host) + "," + day(m.s.Charters[0].Time) + ":" + strings.Join(parts, "/")
}

// atomWriter writes elements, their text escaped, and keeps the first fault.
type atomWriter struct {
	buf bytes.Buffer
	err error
}

func (x *atomWriter) escape(s string) {
	if err := xml.EscapeText(&x.buf, []byte(s)); err != nil && x.err == nil {
		x.err = err
	}
}

func (x *atomWriter) text(name, s string) {
	x.buf.WriteString("<" + name + ">")
	x.escape(s)
	x.buf.WriteString("</" + name + ">\n")
}

func (x *atomWriter) author(name string) {
	x.buf.WriteString("<author><name>")
	x.escape(name)
	x.buf.WriteString("</name></author>\n")
}

func (x *atomWriter) link(rel, href string) {
	x.buf.WriteString(`<link rel="` + rel + `" href="`)
	x.escape(href)
	x.buf.WriteString("\"/>\n")
}

func (x *atomWriter) category(term string) {
	x.buf.WriteString(`<category term="`)
	x.escape(term)
	x.buf.WriteString("\"/>\n")
}
