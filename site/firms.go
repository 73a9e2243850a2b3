package site

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/rules"
)

// firm is an enterprise whose name or code a draw has opened.
type firm struct {
	code  string
	key   string   // by which it is sorted: sortKey of its name
	names []string // as they stood in its results, latest first, each once
	town  string   // of its latest draw by towns, "" if none
	drawn []drawnFirm
	other []*rules.Finished // results that followed from no draw
}

type drawnFirm struct {
	lot    *rules.Lot
	object *rules.Object
}

func (f *firm) path() string { return "firms/" + firmDir(f.code) + "/index.html" }

func (f *firm) name() string {
	if len(f.names) == 0 {
		return f.code
	}
	return f.names[0]
}

// firmView is what the ledger says about one enterprise.
type firmView struct {
	page
	Facts   facts
	Draws   []firmDraw
	Other   []resultItem
	Channel weblink
}

type firmDraw struct {
	Draw                   *link
	Day, Name              string
	Handle, Ticket, Cutoff string
	Anchor                 string
	Result                 *link
	State, Public, Legal   string
	Late                   string
}

// firmsView is the list of enterprises, or its entrance where it is long;
// firmsPart one of its pages.
type firmsView struct {
	page
	Count  int
	Parts  []link
	Groups []firmGroup
}

type firmsPart struct {
	page
	Groups []firmGroup
	Turn   []link
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

// firmsPerPage bounds a page of the list of enterprises.
const firmsPerPage = 400

// collectFirms gathers what the results and the opened handles name.
func (m *maker) collectFirms() {
	m.firmOf = map[string]*firm{}
	get := func(code string) *firm {
		f := m.firmOf[code]
		if f == nil {
			f = &firm{code: code}
			m.firmOf[code] = f
			m.firms = append(m.firms, f)
		}
		return f
	}
	for _, l := range m.s.Lots {
		ids := m.openedIDs(l)
		for _, o := range l.Objects {
			if id := ids[o.Handle]; id != "" {
				f := get(id)
				f.drawn = append(f.drawn, drawnFirm{l, o})
				f.town = or(townOf(l, o), f.town)
			}
		}
	}
	for i := len(m.s.Results) - 1; i >= 0; i-- {
		r := m.s.Results[i]
		f := m.firmOf[m.value(r.Index, "code")]
		if f == nil {
			continue // not opened, or never drawn
		}
		if n := m.value(r.Index, "name"); n != "" && !slices.Contains(f.names, n) {
			f.names = append(f.names, n)
		}
		if r.Lot == nil {
			f.other = append(f.other, r)
		}
	}
	places := m.places()
	for _, f := range m.firms {
		f.key = sortKey(f.name(), places)
	}
	slices.SortFunc(m.firms, func(a, b *firm) int {
		if c := strings.Compare(a.key, b.key); c != 0 {
			return c
		}
		return strings.Compare(a.code, b.code)
	})
}

// townOf is the name of the cell that an object was drawn in, "" where the
// draw was not divided.
func townOf(l *rules.Lot, o *rules.Object) string {
	for _, g := range l.Body.Groups {
		if len(g.Cells) < 2 {
			continue
		}
		for _, c := range g.Cells {
			if c.Cell == o.Cell {
				return c.Name
			}
		}
	}
	return ""
}

// places are the words with which most names of a county begin.
func (m *maker) places() []string {
	region := m.pack.RegionName
	places := []string{region}
	if r := []rune(region); len(r) > 2 {
		places = append(places, string(r[:len(r)-1]))
	}
	for _, t := range m.pack.Towns {
		places = append(places, t.Name)
		if bare := strings.TrimSuffix(strings.TrimSuffix(t.Name, "街道"), "镇"); len([]rune(bare)) > 1 {
			places = append(places, bare)
		}
	}
	return places
}

// sortKey is a name without the places in front of it: with them nearly all
// names would stand under one character.
func sortKey(name string, places []string) string {
	for range 2 {
		for _, p := range places {
			if rest := strings.TrimPrefix(name, p); rest != "" {
				name = rest
			}
		}
	}
	return name
}

func (m *maker) firmPages() error {
	for _, f := range m.firms {
		if err := m.firmPage(f); err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) firmPage(f *firm) error {
	v := &firmView{page: m.newPage(f.path(), "firms", f.name()), Channel: m.site.Channel}
	p := &v.page
	v.Facts.add("企业名称", text(f.name()))
	if len(f.names) > 1 {
		v.Facts.add("结果中的其他名称", text(strings.Join(f.names[1:], "；")))
	}
	v.Facts.add("统一社会信用代码（注册号）", text(f.code))
	v.Facts.add("镇街", text(f.town))
	v.Facts.add("被抽中次数", text(num(len(f.drawn))+"次"))
	last := ""
	for i := len(f.drawn) - 1; i >= 0; i-- {
		d := m.firmDraw(p, f.drawn[i])
		last = max(last, d.Day)
		v.Draws = append(v.Draws, d)
	}
	for _, r := range f.other {
		v.Other = append(v.Other, m.resultItem(p, r))
	}
	at := ""
	if n := len(f.drawn); n > 0 {
		_, at = f.drawn[n-1].lot.Record()
	}
	m.asArticle(p, article{at, f.name() + ",双随机,抽查"})
	m.list(p, last)
	return m.render("firm", v)
}

func (m *maker) firmDraw(p *page, d drawnFirm) firmDraw {
	l, o := d.lot, d.object
	r := firmDraw{Draw: p.to(m.drawPath(l), l.Body.Draw), Name: l.Body.Name, Day: day(l.When()),
		Handle: o.Handle, Ticket: o.Ticket, Cutoff: cutoff(l, o.Cell), Anchor: p.Root + m.drawnAnchor(l, o), State: "结果未公示"}
	if o.Result != nil {
		r.Result = p.to(resultPath(o.Result.Index), m.codeNames(o.Result.Outcome().Codes))
		r.Public = o.Result.Published()
		if legal, _, sure := m.s.Due(o.Result); sure {
			r.Legal = legal
		}
		if n := m.s.Late(o.Result); n > 0 {
			r.Late = "晚" + num(n) + "个工作日"
		}
	} else if l.Abort != nil {
		r.State = "已抽中、未执行（抽取已终止）"
	}
	return r
}

func (m *maker) firmRow(p *page, f *firm) firmRow {
	r := firmRow{Link: p.to(f.path(), f.name()), Code: f.code, Town: f.town, Times: len(f.drawn)}
	for _, d := range f.drawn {
		r.Last = max(r.Last, day(d.lot.When()))
	}
	return r
}

func (m *maker) firmGroups(p *page, firms []*firm) []firmGroup {
	var groups []firmGroup
	for _, f := range firms {
		key := string([]rune(f.key)[:1])
		if n := len(groups); n == 0 || groups[n-1].Key != key {
			groups = append(groups, firmGroup{Key: key, Anchor: anchor("g-" + hashed(key))})
		}
		g := &groups[len(groups)-1]
		g.Rows = append(g.Rows, m.firmRow(p, f))
	}
	return groups
}

func firmsPath(n int) string { return "firms/page-" + num(n) + "/index.html" }

func (m *maker) firmLists() error {
	v := &firmsView{page: m.newPage("firms/index.html", "firms", "企业"), Count: len(m.firms)}
	v.asList()
	m.list(&v.page, "")
	if len(m.firms) <= firmsPerPage {
		v.Groups = m.firmGroups(&v.page, m.firms)
		return m.render("firms", v)
	}
	parts := (len(m.firms) + firmsPerPage - 1) / firmsPerPage
	for n := 1; n <= parts; n++ {
		list := m.firms[(n-1)*firmsPerPage : min(n*firmsPerPage, len(m.firms))]
		name := list[0].key + " 至 " + list[len(list)-1].key
		v.Parts = append(v.Parts, *v.to(firmsPath(n), name))
		part := &firmsPart{page: m.newPage(firmsPath(n), "firms", "企业（第"+num(n)+"页）"), Turn: nil}
		part.asList()
		part.Groups = m.firmGroups(&part.page, list)
		if n > 1 {
			part.Turn = append(part.Turn, *part.to(firmsPath(n-1), "上一页"))
		}
		if n < parts {
			part.Turn = append(part.Turn, *part.to(firmsPath(n+1), "下一页"))
		}
		m.list(&part.page, "")
		if err := m.render("firms-part", part); err != nil {
			return err
		}
	}
	return m.render("firms", v)
}
