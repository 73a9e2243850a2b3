package site

import (
	"hash/fnv"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/rules"
)

// firm is an enterprise whose name or code a draw has opened.
type firm struct {
	code  string
	key   string   // by which it is sorted: sortKey of its name
	names []string // as they stood in its results, latest first, each once
	town  string   // of its latest result or draw by towns, "" if none
	field string   // code of its sector, as its latest result says; "" if none does
	since int64    // index of the record that first opened its name
	drawn []drawnFirm
	other []*rules.Finished // results that followed from no draw
}

type drawnFirm struct {
	lot    *rules.Lot
	object *rules.Object
	since  int64 // index of the record that opened its name
}

func (f *firm) path() string { return "firms/" + firmName(f.code) + ".html" }

func (f *firm) name() string {
	if len(f.names) == 0 {
		return f.code
	}
	return f.names[0]
}

// firmView is what the ledger says about one enterprise. It depends on the
// draws that opened its name, on its results and on what came after them.
type firmView struct {
	page
	Facts   facts
	Draws   []firmDraw
	Other   []resultItem
	Channel weblink
}

type firmDraw struct {
	Draw                 *link
	Day, Name, Town      string
	Handle, Anchor       string
	Versus               *versus // nil where the platform cast
	Result, Do           *link
	State, Public, Legal string
	Late                 string
}

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
		for i, o := range l.Objects {
			if id := ids[i]; id != "" {
				f := get(id)
				at := m.keys.object[o]
				at.firm = f
				m.keys.object[o] = at
				since := at.since
				f.drawn = append(f.drawn, drawnFirm{l, o, since})
				f.town = or(townOf(l, o), f.town)
				if f.since == 0 || since < f.since {
					f.since = since
				}
			}
		}
	}
	for i := len(m.s.Results) - 1; i >= 0; i-- {
		r := m.s.Results[i]
		f := m.firmOf[m.value(r.Index, "code")]
		if f == nil {
			continue // not opened, or never drawn
		}
		if f.field == "" {
			f.field = r.Body.Sector
		}
		if n, ok := rules.Find(m.pack.Towns, r.Body.Town); ok && r.Body.Town != "" && len(f.names) == 0 {
			f.town = n.Name
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

// firmRuns is how many runs the pages of the enterprises make. A code stays in
// its run, whatever others come.
const firmRuns = 256

func (m *maker) firmPages() error {
	var runs [firmRuns][]*firm
	for _, f := range m.firms {
		h := fnv.New32a()
		h.Write([]byte(f.code))
		n := h.Sum32() % firmRuns
		runs[n] = append(runs[n], f)
	}
	return each(firmRuns, func(n int) error {
		if len(runs[n]) == 0 {
			return nil
		}
		keys := make([]digest, len(runs[n]))
		for i, f := range runs[n] {
			keys[i] = m.firmKey(newHasher(), f)
		}
		key := newHasher().text("firms").num(int64(n)).sum(keys...).key()
		return m.run("firms/"+num(n), key, func(m *maker) error {
			for i, f := range runs[n] {
				if err := m.block("firm/"+f.code, keys[i], func(m *maker) error { return m.firmPage(f) }); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func (m *maker) firmPage(f *firm) error {
	v := &firmView{page: m.newPage(f.path(), "firms", f.name()), Channel: m.site.Channel}
	p := &v.page
	v.Facts.add("企业名称", text(f.name()))
	if len(f.names) > 1 {
		v.Facts.add("结果中的其他名称", text(strings.Join(f.names[1:], "；")))
	}
	v.Facts.add("统一社会信用代码（注册号）", text(f.code))
	if dir := townDir + m.townSlug(f.town); m.firmShelves[dir] != nil {
		v.Facts.add("镇街", p.at(firmShelfPath(dir, 0), f.town))
	}
	if dir := fieldDir + slugOf(f.field); m.firmShelves[dir] != nil {
		v.Facts.add("行业类别", p.at(firmShelfPath(dir, 0), m.firmShelves[dir].name))
	}
	v.Facts.add("已公开的抽中次数", text(num(len(f.drawn))+"次，逐次列在下面"))
	for i := len(f.drawn) - 1; i >= 0; i-- {
		v.Draws = append(v.Draws, m.firmDraw(p, f.drawn[i]))
	}
	for _, r := range f.other {
		v.Other = append(v.Other, m.resultItem(p, r))
	}
	at := ""
	if n := len(f.drawn); n > 0 {
		_, at = f.drawn[n-1].lot.Record()
	}
	m.asArticle(p, article{at, f.name() + ",双随机,抽查"})
	return m.render("firm", v)
}

func (m *maker) firmDraw(p *page, d drawnFirm) firmDraw {
	l, o := d.lot, d.object
	r := firmDraw{Draw: p.to(m.drawPath(l), l.Body.Draw), Name: l.Body.Name, Day: second(l.When()), Town: townOf(l, o),
		Handle: o.Handle, Versus: againstCutoff(l, o), Anchor: p.Root + m.drawnAnchor(l, o), State: "结果未公示，期限 " + l.Due.Results}
	if o.Result != nil {
		if len(o.Result.Outcome().Codes) > 0 {
			r.Do = p.to(resultPath(o.Result.Index)+"#do", "要做什么、有异议怎么办")
		}
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

// last is the day of its latest draw.
func (f *firm) last() string {
	last := ""
	for _, d := range f.drawn {
		last = max(last, day(d.lot.When()))
	}
	return last
}
