package site

import (
	"strings"

	"github.com/sunlot/sunlot/internal/lookup"
	"github.com/sunlot/sunlot/internal/rules"
)

// searchScript makes the search boxes work; it reads lookup/ (spec/lookup.md).
const searchScript = "script/lookup.js"

// searchView is the page of answers. Without the script it is a way in to the
// lists by which the same can be found.
//
// It depends on the number of enterprises and on the draws whose K is not open.
type searchView struct {
	page
	Firms  int
	Closed []closedDraw // drawn, K not open
	Report string       // to whom an omission is told
	Browse []way
}

// closedDraw is a draw of which not every name is public.
type closedDraw struct {
	Link          *link
	Day, Due      string
	Drawn, Closed int
}

// searches gives a page its search box.
func (p *page) searches() { p.Scripts = append(p.Scripts, searchScript) }

func (m *maker) searchPage() error {
	v := &searchView{page: m.newPage("search/index.html", "search", "查一查"), Firms: len(m.firms), Report: m.contact()}
	p := &v.page
	p.searches()
	for i := len(m.s.Lots) - 1; i >= 0; i-- {
		l := m.s.Lots[i]
		if l.Drawn() && !l.KOpened && len(v.Closed) < most {
			v.Closed = append(v.Closed, m.closedDraw(p, l))
		}
	}
	v.Browse = []way{
		{*p.to("firms/index.html", "按镇街、行业和首字"), "名称已经公开的企业，每家一页。"},
		{*p.to("draws/index.html", "按抽取"), "每次抽取的抽中名单，按年份排列。"},
		{*p.to("results/index.html", "按年份、镇街和结果"), "全部抽查结果，按年份分开，再按镇街、结果、抽取分开。"},
		{*p.to("book/index.html", "按记录"), "公开账本的每一条记录。"},
	}
	m.list(p, "")
	return m.render("search-page", v)
}

func (m *maker) closedDraw(p *page, l *rules.Lot) closedDraw {
	return closedDraw{Link: p.to(m.drawPath(l), l.Body.Draw+" "+l.Body.Name), Day: day(l.When()), Drawn: len(l.Objects),
		Closed: unopened(l), Due: or(l.Due.K, l.Body.Due.K)}
}

// lookupFiles writes the index that the search reads. The key of a block is of
// what stands in it, and of the program that writes it.
func (m *maker) lookupFiles() error {
	var blocks []lookup.Block
	if err := m.lookupIndex().Blocks(func(b lookup.Block) error { blocks = append(blocks, b); return nil }); err != nil {
		return err
	}
	return each(len(blocks), func(i int) error {
		b, key := blocks[i], digest{}
		if m.dir != nil {
			sum := b.Key()
			key = newHasher().text(string(sum[:])).sum(m.keys.all).key()
		}
		return m.block("lookup/"+b.Name, key, func(m *maker) error {
			return b.Write(func(name string, data []byte) error { return m.put("lookup/"+name, data) })
		})
	})
}

// searched is one record that can be found: an enterprise, a drawn object or a
// draw; name is the one under which an enterprise is found.
type searched struct {
	firm   *firm
	lone   *rules.Finished // latest result of an enterprise that was never drawn
	lot    *rules.Lot
	object int // of lot; -1: the draw itself
	name   string
}

// lookupIndex gathers references only; cells are made when a file is written.
// Keys: every code, every drawn handle, every draw's id. Names: each pair of
// code and name in the order of the results that opened them, so that a new one
// comes last.
func (m *maker) lookupIndex() *lookup.Index {
	keys, names := m.searchedKeys(), m.searchedNames()
	lone := map[string]bool{}
	for _, s := range names {
		if s.firm != nil {
			continue
		}
		if code := m.value(s.lone.Index, "code"); code != "" && !lone[code] {
			lone[code] = true
			keys = append(keys, s)
		}
	}
	table := func(list []searched, key func(searched) string) lookup.Table {
		return lookup.Table{Len: len(list), Key: func(i int) string { return key(list[i]) },
			Cells: func(i int, to []string) []string { return m.searchedCells(list[i], to) },
			Sum:   func(i int, to []byte) []byte { return m.searchedSum(list[i], to) }}
	}
	return &lookup.Index{
		Keys:  table(keys, m.searchedKey),
		Names: table(names, func(s searched) string { return s.name }),
		Entries: lookup.Table{Len: len(m.b.Entries), Key: func(i int) string { return num(i) }, Cells: m.entryCells,
			Sum: func(i int, to []byte) []byte {
				return (&hasher{b: to, whole: true}).sum(m.keys.alone[i]).yes(m.resultAt(int64(i)) != nil).b
			}},
	}
}

func (m *maker) searchedKeys() []searched {
	n := len(m.firms) + len(m.s.Lots)
	for _, l := range m.s.Lots {
		n += len(l.Objects)
	}
	keys := make([]searched, 0, n+len(m.firms)/8) // some were never drawn
	for _, f := range m.firms {
		keys = append(keys, searched{firm: f})
	}
	for _, l := range m.s.Lots {
		keys = append(keys, searched{lot: l, object: -1})
		for i := range l.Objects {
			keys = append(keys, searched{lot: l, object: i})
		}
	}
	return keys
}

// searchedNames are the names that results open, each once for a code.
func (m *maker) searchedNames() []searched {
	at := map[[2]string]int{}
	var list []searched
	for _, r := range m.s.Results {
		code, name := m.value(r.Index, "code"), m.value(r.Index, "name")
		if name == "" {
			continue
		}
		f := m.firmOf[code]
		if i, ok := at[[2]string{code, name}]; ok {
			if f == nil {
				list[i].lone = r
			}
			continue
		}
		at[[2]string{code, name}] = len(list)
		s := searched{firm: f, name: name}
		if f == nil {
			s.lone = r
		}
		list = append(list, s)
	}
	return list
}

func (m *maker) searchedKey(s searched) string {
	switch {
	case s.firm != nil:
		return s.firm.code
	case s.lone != nil:
		return m.value(s.lone.Index, "code")
	case s.object < 0:
		return s.lot.Body.Draw
	}
	return s.lot.Objects[s.object].Handle
}

// searchedCells are what an answer shows (spec/lookup.md, Cells).
func (m *maker) searchedCells(s searched, to []string) []string {
	switch {
	case s.firm != nil:
		return m.firmCells(s.firm, to)
	case s.lone != nil:
		r := s.lone
		return append(to, "firm", m.value(r.Index, "code"), m.firmName(r), "", pageName(resultPath(r.Index)), "0", "", m.stateOf(r))
	case s.object < 0:
		l := s.lot
		drawn := ""
		if l.Drawn() {
			drawn = num(len(l.Objects)) + "户"
		}
		return append(to, "draw", l.Body.Draw, l.Body.Name, pageName(m.drawPath(l)), minute(l.When()), drawn, drawState(l).Text)
	}
	l, o := s.lot, s.lot.Objects[s.object]
	state, name, path := "结果未公示", "", ""
	if o.Result != nil {
		state = m.stateOf(o.Result)
	} else if l.Abort != nil {
		state = "已抽中、未执行（抽取已终止）"
	}
	if f := m.keys.object[o].firm; f != nil {
		name, path = f.name(), pageName(f.path())
	}
	return append(to, "drawn", l.Body.Draw+" "+l.Body.Name, pageName(m.drawnPath(l, drawnPart(s.object))),
		townOf(l, o), o.Ticket, cutoff(l, o.Cell), state, name, path)
}

// searchedSum covers what searchedCells say beside the rule pack and the words
// of the program (keys.all), without making them.
func (m *maker) searchedSum(s searched, to []byte) []byte {
	h := &hasher{b: to, whole: true}
	after := func(r *rules.Finished) {
		if h.yes(r != nil); r != nil {
			h.num(r.Index).sum(m.keys.since[r.Index])
		}
	}
	if f := s.firm; f != nil {
		h.text(f.code, f.name(), f.town).num(int64(len(f.drawn)))
		if n := len(f.drawn); n > 0 {
			h.sum(m.keys.lots[f.drawn[n-1].lot])
			after(f.drawn[n-1].object.Result)
		}
		return h.b
	}
	if after(s.lone); s.lone != nil {
		return h.b
	}
	h.sum(m.keys.lots[s.lot]).num(int64(s.object))
	if s.object < 0 {
		return h.text(drawState(s.lot).Text).b
	}
	o := s.lot.Objects[s.object]
	after(o.Result)
	if f := m.keys.object[o].firm; f != nil {
		h.text(f.code, f.name())
	}
	return h.b
}

func (m *maker) firmCells(f *firm, to []string) []string {
	last, state := "", "结果未公示"
	if n := len(f.drawn); n > 0 {
		d := f.drawn[n-1]
		last = day(d.lot.When())
		if d.object.Result != nil {
			state = m.stateOf(d.object.Result)
		} else if d.lot.Abort != nil {
			state = "已抽中、未执行（抽取已终止）"
		}
	}
	path := pageName(f.path())
	if path == "firms/"+strings.ToLower(f.code) {
		path = "" // nearly always
	}
	return append(to, "firm", f.code, f.name(), f.town, path, num(len(f.drawn)), last, state)
}

// stateOf is the outcome in force.
func (m *maker) stateOf(r *rules.Finished) string {
	state := m.codeNames(r.Outcome().Codes)
	if len(r.Corrections) > 0 {
		state += "（已更正）"
	}
	return state
}

func (m *maker) entryCells(i int, to []string) []string {
	e := m.b.Entries[i]
	kind := "读不出的记录"
	if e.Record != nil {
		kind = typeName(e.Record.Type)
	}
	return append(to, kind, day(timeOf(e)), pageName(m.home(e.Index)))
}

// pageName is the address of a page without the ending that all have.
func pageName(path string) string { return strings.TrimSuffix(path, ".html") }
