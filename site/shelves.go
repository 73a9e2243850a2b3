package site

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/rules"
)

// A shelf is a list of results that a reader picks without a script: of a year,
// of a year and an outcome, of a year and a town, of a draw. Rows stand in the
// order in which their records came, perPage a page, and none ever leaves: a
// result whose correction gave it another outcome stands on both shelves. So a
// full page never changes again, and one more record rewrites one page of each
// shelf that it joins (its year, outcome, town, draw), which is at most four.
// A shelf without a result is not made.
type shelf struct {
	dir   string // folder below results/
	name  string // 2023年, 发现问题已责令改正 …
	title string
	year  string // of the shelves of a year
	kind  string // year, code, town, draw, mark
	key   string // sorts the shelves of a year and kind
	list  []*rules.Finished
	now   int // of list: those of which it still holds
}

// shelfView is a page of a shelf: index.html holds the rows that came last,
// page-<n> the n-th full page.
type shelfView struct {
	page
	Count       int // of index.html alone: a full page never changes again
	From, To    int
	Note        string
	By          []shelfGroup // of a year: what can be picked
	Rows        []resultItem
	Parts, Turn []link
	Older       []link // pages of links to the pages before Parts
	Draw        *link
}

// shelfGroup is one way to pick among the results of a year.
type shelfGroup struct {
	Title, Head string
	Rows        []shelfRow
	More        *link // where the rest is, if these are not all
}

type shelfRow struct {
	Link  *link
	Code  string
	Count int
}

var slug = regexp.MustCompile(`^[0-9a-z][0-9a-z-]{0,40}$`)

// slugOf is a name for a folder: itself where it is a plain code, else a hash.
func slugOf(name string) string {
	if slug.MatchString(name) {
		return name
	}
	return "x-" + hashed(name)
}

func yearDir(year string) string { return "year-" + year }

func shelfPath(dir string, part int) string {
	if part == 0 {
		return "results/" + dir + "/index.html"
	}
	return "results/" + dir + "/page-" + num(part) + ".html"
}

// yearOf is the year to which a result counts: that of its draw, as the
// statistics count it; of any other origin that of the inspection.
func yearOf(f *rules.Finished) string {
	switch {
	case f.Lot != nil:
		return f.Lot.Body.Draw[:min(4, len(f.Lot.Body.Draw))]
	case f.Joined != nil:
		return num(f.Joined.Year())
	}
	return f.Body.Ended[:4]
}

// townName is the town of a result: its own, or the group of its draw.
func (m *maker) townName(f *rules.Finished) string {
	if n, ok := rules.Find(m.pack.Towns, f.Body.Town); ok && f.Body.Town != "" {
		return n.Name
	}
	if f.Body.Town != "" {
		return f.Body.Town
	}
	if f.Lot != nil {
		return townOf(f.Lot, f.Object)
	}
	return ""
}

func (m *maker) townSlug(name string) string {
	if n, ok := rules.Find(m.pack.Towns, name); ok {
		return slugOf(n.Code)
	}
	return slugOf(name)
}

// collectShelves puts every result on its shelves, in one pass.
func (m *maker) collectShelves() {
	m.shelfOf = map[string]*shelf{}
	known := map[[3]string]*shelf{} // by kind, year and key: names are made once a shelf
	put := func(kind, year, key string, name func() shelf, f *rules.Finished, now bool) {
		at := known[[3]string{kind, year, key}]
		if at == nil {
			s := name()
			s.kind, s.year = kind, year
			if at = m.shelfOf[s.dir]; at == nil {
				at = &s
				m.shelfOf[s.dir] = at
				m.shelves = append(m.shelves, at)
			}
			known[[3]string{kind, year, key}] = at
		}
		if n := len(at.list); n == 0 || at.list[n-1] != f {
			at.list = append(at.list, f)
		}
		if now {
			at.now++
		}
	}
	type joining struct {
		entry int64
		f     *rules.Finished
		code  string
		now   bool
	}
	codes := make([]joining, 0, len(m.s.Results))
	for _, f := range m.s.Results {
		y, town := yearOf(f), m.townName(f)
		put("year", y, "", func() shelf { return shelf{dir: yearDir(y), name: y + "年", title: y + "年的抽查结果"} }, f, true)
		if town != "" {
			put("town", y, town, func() shelf {
				return shelf{dir: yearDir(y) + "/town-" + m.townSlug(town), name: town, title: town + y + "年的抽查结果", key: m.townSlug(town)}
			}, f, true)
		}
		if l := f.Lot; l != nil {
			id := m.drawDir[l.Index]
			put("draw", y, id, func() shelf {
				return shelf{dir: "draw-" + id, name: l.Body.Draw + " " + l.Body.Name, title: "抽取 " + l.Body.Draw + " 的抽查结果", key: id}
			}, f, true)
		}
		holds := f.Outcome().Codes
		for _, c := range f.Body.Outcome.Codes {
			codes = append(codes, joining{f.Index, f, c, slices.Contains(holds, c)})
		}
		var seen []string
		if len(f.Corrections) > 0 {
			seen = slices.Clone(f.Body.Outcome.Codes)
		}
		for _, at := range f.Corrections {
			for _, c := range at.Body.Outcome.Codes {
				if !slices.Contains(seen, c) {
					seen = append(seen, c)
					codes = append(codes, joining{at.Index, f, c, slices.Contains(holds, c)})
				}
			}
		}
	}
	m.shelveMarked(put)
	slices.SortStableFunc(codes, func(a, b joining) int { return int(a.entry - b.entry) })
	for _, j := range codes {
		y := yearOf(j.f)
		put("code", y, j.code, func() shelf {
			name := m.codeName(j.code)
			return shelf{dir: yearDir(y) + "/code-" + slugOf(j.code), name: name, title: y + "年结果为“" + name + "”的抽查", key: j.code}
		}, j.f, j.now)
	}
}

// shelveMarked puts what was corrected and what was objected to on shelves of
// their own, in the order in which that happened.
func (m *maker) shelveMarked(put func(kind, year, key string, name func() shelf, f *rules.Finished, now bool)) {
	type mark struct {
		entry int64
		f     *rules.Finished
		dir   string
	}
	var marks []mark
	for _, f := range m.s.Results {
		if len(f.Corrections) > 0 {
			marks = append(marks, mark{f.Corrections[0].Index, f, "corrected"})
		}
		if len(f.Objections) > 0 {
			marks = append(marks, mark{f.Objections[0].Index, f, "objected"})
		}
	}
	names := map[string][2]string{"corrected": {"已更正", "年更正过的抽查结果"}, "objected": {"有异议", "年有异议的抽查结果"}}
	slices.SortStableFunc(marks, func(a, b mark) int { return int(a.entry - b.entry) })
	for _, k := range marks {
		y := yearOf(k.f)
		put("mark", y, k.dir, func() shelf {
			return shelf{dir: yearDir(y) + "/" + k.dir, name: names[k.dir][0], title: y + names[k.dir][1], key: k.dir}
		}, k.f, true)
	}
}

// shelfPages makes the pages of every shelf. A page depends on its own results
// and their corrections; index.html of a year also on how many stand on the
// shelves of that year.
func (m *maker) shelfPages() error {
	type part struct {
		s *shelf
		n int
	}
	var parts []part
	for _, s := range m.shelves {
		for n := range m.shelfParts(s) + 1 {
			parts = append(parts, part{s, n})
			m.listed(shelfPath(s.dir, n), "results", s.titleOf(n))
		}
	}
	return each(len(parts), func(i int) error {
		s, n := parts[i].s, parts[i].n
		if n == 0 {
			if err := m.linkPages(m.shelfList(s)); err != nil {
				return err
			}
			return m.loose(func(m *maker) error { return m.shelfPage(s, n) })
		}
		key := m.rowsKey(newHasher(), s.titleOf(n), s.list[(n-1)*perPage:n*perPage], n < m.shelfParts(s))
		return m.block(shelfPath(s.dir, n), key, func(m *maker) error { return m.shelfPage(s, n) })
	})
}

func (s *shelf) titleOf(part int) string {
	if part == 0 {
		return s.title
	}
	return s.title + "（第" + num(part) + "页）"
}

// shelfParts is how many full pages stand beside index.html, which is never
// empty.
func (m *maker) shelfParts(s *shelf) int { return (len(s.list) - 1) / perPage }

// shelfList are the full pages of a shelf.
func (m *maker) shelfList(s *shelf) *partList {
	return &partList{dir: "results/" + s.dir + "/", section: "results", title: s.title, parts: m.shelfParts(s), crumbs: []link{{shelfPath(s.dir, 0), s.name}},
		path: func(n int) string { return shelfPath(s.dir, n) },
		name: func(n int) string { return "第" + num((n-1)*perPage+1) + "至" + num(n*perPage) + "份" }}
}

func (m *maker) shelfPage(s *shelf, n int) error {
	parts := m.shelfParts(s)
	from, to := (n-1)*perPage, n*perPage
	title, crumbs := s.titleOf(n), []link{}
	if n == 0 {
		from, to = parts*perPage, len(s.list)
	} else {
		crumbs = append(crumbs, link{shelfPath(s.dir, 0), s.name})
	}
	if s.kind == "code" || s.kind == "town" || s.kind == "mark" {
		crumbs = slices.Insert(crumbs, 0, link{shelfPath(yearDir(s.year), 0), s.year + "年"})
	}
	v := &shelfView{page: m.newPage(shelfPath(s.dir, n), "results", title, crumbs...), From: from + 1, To: to}
	p := &v.page
	v.asList()
	for i := to - 1; i >= from; i-- {
		v.Rows = append(v.Rows, m.resultItem(p, s.list[i]))
	}
	if n == 0 {
		v.Count, v.Note = len(s.list), s.note(m)
		list := m.shelfList(s)
		v.Parts, v.Older = list.latest(p), list.older(p)
		if s.kind == "year" {
			v.By = m.pickFrom(p, s.year)
		}
	} else {
		v.Turn = shelfTurn(p, s, n, parts)
	}
	if s.kind == "draw" {
		l := s.list[0].Lot
		v.Draw = p.to(m.drawPath(l), "抽取 "+l.Body.Draw+" 的全过程")
	}
	return m.render("shelf", v)
}

func shelfTurn(p *page, s *shelf, n, parts int) []link {
	var list []link
	if n > 1 {
		list = append(list, *p.to(shelfPath(s.dir, n-1), "较早的一页"))
	}
	newer := 0 // index.html
	if n < parts {
		newer = n + 1
	}
	return append(list, *p.to(shelfPath(s.dir, newer), "较新的一页"))
}

// note says what a reader must know to count right.
func (s *shelf) note(m *maker) string {
	switch s.kind {
	case "code":
		note := "现在是这个结果的" + num(s.now) + "份。"
		if n := len(s.list) - s.now; n > 0 {
			note += "另有" + num(n) + "份原来是这个结果，后来更正，也列在这里，写的是更正后的结果。"
		}
		if g := codeGloss[s.name]; g != "" {
			note += g
		}
		return note
	case "year":
		return "随机抽取的按抽取的年份，其他来源的按检查结束的年份。"
	case "town":
		return "没有写明镇街的结果不在这里，在当年的全部结果里。"
	}
	return ""
}

// mostDraws bounds the draws of a year that can be picked among its results.
const mostDraws = 12

// pickFrom are the shelves of a year, by what can be picked; of many draws the
// latest.
func (m *maker) pickFrom(p *page, year string) []shelfGroup {
	groups := []shelfGroup{{Title: "按结果", Head: "结果"}, {Title: "按镇街", Head: "镇街"}, {Title: "按抽取", Head: "抽取"}, {Title: "其他", Head: "其他"}}
	at := map[string]int{"code": 0, "town": 1, "draw": 2, "mark": 3}
	for _, s := range m.sorted() {
		i, ok := at[s.kind]
		if !ok || s.year != year {
			continue
		}
		r := shelfRow{Link: p.to(shelfPath(s.dir, 0), s.name), Count: s.now}
		if s.kind == "code" {
			r.Code = s.key
		}
		groups[i].Rows = append(groups[i].Rows, r)
	}
	if g := &groups[at["draw"]]; len(g.Rows) > mostDraws {
		g.Rows, g.More = g.Rows[len(g.Rows)-mostDraws:], p.to("draws/index.html", "更早的抽取")
	}
	return slices.DeleteFunc(groups, func(g shelfGroup) bool { return len(g.Rows) == 0 })
}

// sorted are the shelves by kind, of each in the order in which people look for
// them: codes as the pack lists them, towns and draws by their codes.
func (m *maker) sorted() []*shelf {
	rank := func(s *shelf) int {
		return slices.IndexFunc(m.pack.Result.Codes, func(c rules.Code) bool { return c.Code == s.key })
	}
	list := slices.Clone(m.shelves)
	slices.SortStableFunc(list, func(a, b *shelf) int {
		if c := strings.Compare(a.kind, b.kind); c != 0 {
			return c // otherwise the order of codes and that of keys could go in a circle
		}
		if a.kind == "code" && a.key != b.key {
			return rank(a) - rank(b)
		}
		return strings.Compare(a.key, b.key)
	})
	return list
}

// shelfLink leads to a shelf, nil where nothing stands on it.
func (m *maker) shelfLink(p *page, dir, text string) *link {
	if m.shelfOf[dir] == nil {
		return nil
	}
	return p.to(shelfPath(dir, 0), text)
}

// shelfYear is a year of results on the entrance.
type shelfYear struct {
	Link *link
	By   []shelfGroup // of the latest years
	year string
}

// pickYears is how many years the entrance offers to pick from at once.
const pickYears = 2

// shelfYears are the years of which there are results, the latest first.
func (m *maker) shelfYears(p *page) []shelfYear {
	var list []shelfYear
	for _, s := range m.shelves {
		if s.kind == "year" {
			list = append(list, shelfYear{Link: p.to(shelfPath(s.dir, 0), s.name+"，"+num(len(s.list))+"份"), year: s.year})
		}
	}
	slices.SortFunc(list, func(a, b shelfYear) int { return strings.Compare(b.year, a.year) })
	for i := range list[:min(pickYears, len(list))] {
		list[i].By = m.pickFrom(p, list[i].year)
	}
	return list
}
