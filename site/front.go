package site

import (
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// frontView is what is new, what is due, the three ways in, and the state of
// the ledger.
type frontView struct {
	page
	Lead   string
	Failed int // findings 不相符
	Built  string
	Ways   []way
	News   []news
	Due    []dutyRow // the first of what is not done
	More   int       // further ones
	Ledger facts
}

type way struct {
	link
	About string
}

// news is one or more records of one kind, day and draw.
type news struct {
	Day, Text string
	Link      *link
}

// maxSoon is how many of the duties not done the front page lists; the
// calendar has all.
const maxSoon = 6

func (m *maker) front() error {
	v := &frontView{page: m.newPage("index.html", "front", or(m.site.Service, m.site.Name)), Built: minute(m.opt.Built)}
	p := &v.page
	p.Line = p.Title + " – " + m.site.Office
	p.searches()
	v.Lead = "抽哪些企业、派哪些人、查出什么，每一步都记在只能往后加的公开账本里，任何人都可以自己核对。"
	for _, f := range m.b.Findings {
		if f.Severity == rules.Breach {
			v.Failed++
		}
	}
	draws := p.to("draws/index.html", "看本年抽查")
	v.Ways = []way{
		{*p.to("search/index.html", "查企业"), "某家企业抽中过没有，什么时候，结果怎样。"},
		{*draws, "每次抽取从预告到结果的全过程。"},
		{*p.to("verify/index.html", "我要核验"), "不用相信本单位，用手机就能从头算一遍。"},
	}
	v.News = m.news(p, 10)
	for _, d := range m.duties() {
		switch {
		case d.Open > 0 && len(v.Due) < maxSoon:
			v.Due = append(v.Due, m.dutyRow(p, d))
		case d.Open > 0:
			v.More++
		}
	}
	v.Ledger = m.headFacts(p)
	m.list(p, "")
	return m.render("front", v)
}

// news groups the latest records, newest first.
func (m *maker) news(p *page, most int) []news {
	type group struct {
		key   string
		first *verify.Entry
		count int
	}
	var groups []group
	for i := len(m.b.Entries) - 1; i >= 0; i-- {
		e := m.b.Entries[i]
		if e.Record == nil {
			continue
		}
		if o, ok := e.Record.Body.(*record.Opened); ok && !o.K {
			continue // names open with their results
		}
		about, _ := aboutEntry(e.Record.Body)
		if _, ok := e.Record.Body.(*record.FollowUp); ok {
			about = 0
		}
		key := e.Record.Type + day(timeOf(e)) + num(about)
		if e.Record.Type == "notice" || e.Record.Type == "roster" {
			key += num(i)
		}
		if n := len(groups); n > 0 && groups[n-1].key == key {
			groups[n-1].count++
			continue
		}
		if len(groups) == most {
			break
		}
		groups = append(groups, group{key, e, 1})
	}
	var list []news
	for _, g := range groups {
		n := news{Day: day(timeOf(g.first)), Text: m.summary(g.first), Link: m.shown(p, g.first)}
		if n.Link == nil {
			n.Link = p.entry(g.first.Index)
		}
		if g.count > 1 {
			n.Text, n.Link = m.several(p, g.first, g.count)
		}
		if state := m.entryState(g.first); state.Class == "bad" {
			n.Text += "（" + state.Text + "）"
		}
		list = append(list, n)
	}
	return list
}

func (m *maker) several(p *page, e *verify.Entry, count int) (string, *link) {
	about, _ := aboutEntry(e.Record.Body)
	if l := m.s.LotAt(about); l != nil {
		return typeName(e.Record.Type) + num(count) + "份（" + l.Body.Draw + " " + l.Body.Name + "）", p.to(m.drawPath(l), "抽取 "+l.Body.Draw)
	}
	kind := e.Record.Type
	return typeName(kind) + num(count) + "份", p.to(or(ownList[kind], bookTypePath(kind)(1)), typeName(kind))
}
