package portal

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
)

// How many rows a page holds at the most; fewer where it would have more than
// maxPage bytes.
const (
	maxPage = 50_000

	perOffices = 100
	perDraws   = 100
	perLate    = 90
	perVerify  = 40
	perIndex   = 220 // offices of which the index has the names where their rows stand elsewhere
)

// officeView is the index, or a page of rows behind it.
type officeView struct {
	page
	Lead   string
	Groups []group
	Search bool // it has the box
	Long   bool // names alone; the rows stand on pages of their own
	Names  bool // the search asks namesName for what stands on other pages
	Counts facts
}

// group is a run of offices under one heading.
type group struct {
	Name    string
	Offices []office
}

// office is a row as the pages show it.
type office struct {
	ID, Name, Href, State, Class string
	Find                         string // what the search finds it by, beside what is seen
	Row                          string // where its row stands, on the index of names
	Verified                     string // when
	Reason                       string
	Facts                        *Facts
	When                         string
	Short                        string // of the root
	Late, Report                 string // addresses
	Last                         *Draw
	At                           string // its address as a command takes it
	Print                        string // fingerprint in groups, as on paper
}

type facts []fact

type fact struct{ Term, Text string }

// class is the colour of a state; the words say the same.
var class = map[string]string{Sound: "good", Unsound: "bad", Unknown: "warn"}

// office shows a row on a page.
func (m *maker) office(p *page, r *Row) office {
	o := office{ID: r.place.ID, Name: m.name(r), State: r.State(), Class: class[r.State()], Verified: minute(record.Time(r.at)), Href: p.site(r, "index.html"), At: m.address(r)}
	o.Find = r.found()
	if r.why != nil {
		o.Reason = r.why.text
	}
	if f := r.facts; f != nil {
		o.Facts, o.When, o.Short, o.Report, o.Print = f, f.when, f.Root[:8], p.site(r, "report/index.html"), verify.GroupedFingerprint(f.Fingerprint)
		if len(f.Draws) > 0 {
			o.Last = &f.Draws[0]
		}
		if f.Overdue > 0 {
			o.Late = p.site(r, "calendar/index.html")
		}
	}
	return o
}

// site is the address of a page of an office's site, from this page; "" where
// nobody knows it.
func (p *page) site(r *Row, path string) string {
	href := r.place.Href
	switch {
	case href == "":
		return ""
	case strings.HasPrefix(href, "https://"), strings.HasPrefix(href, "http://"):
		return href + path
	}
	return p.Root + href + path
}

// address is what a reader gives to sunlot-verify.
func (m *maker) address(r *Row) string {
	href := r.place.Href
	switch {
	case href == "", strings.Contains(href, "://"):
		return href
	case m.opt.Base == "":
		return "" // no address yet that a reader could give to a command
	}
	return m.opt.Base + href
}

// officePages are the index and, where the rows are too many for it, the pages
// that have them.
func (m *maker) officePages() error {
	whole := func(_, _, to int) view { return m.index(1, 1, 0, to, nil) }
	if data, err := m.bytes(whole(1, 0, len(m.rows))); err != nil {
		return err
	} else if len(m.rows) <= perOffices && len(data) <= maxPage {
		return m.out.Put(partName("", 1), data)
	}
	ends, err := m.cut(len(m.rows), perOffices, func(part, of, from, to int) view {
		v := &officeView{page: m.newPage(0, rowsPage(part), nth("各单位的账本", part)), Search: true, Names: true}
		v.Groups = m.groups(&v.page, from, to, nil)
		v.turnTo(part, of, rowsPage)
		v.Scripts = []string{scriptName}
		return view{"portal", v.Path, v}
	})
	if err != nil {
		return err
	}
	if _, err := m.cut(len(m.rows), perIndex, func(part, of, from, to int) view { return m.index(part, of, from, to, ends) }); err != nil {
		return err
	}
	return m.names(ends)
}

// index is a part of the index. ends are the pages on which the rows stand; nil
// where it has them itself.
func (m *maker) index(part, of, from, to int, ends []int) view {
	v := &officeView{page: m.newPage(0, partName("", part), nth(m.site.Name, part)), Search: true, Long: ends != nil, Names: ends != nil}
	v.Scripts = []string{scriptName}
	if part == 1 {
		v.Lead = "各单位各有一本只能往后加的公开账本，抽取之前先记名单，抽取之后任何人都可以核对。"
		v.Counts = m.counts()
	}
	v.Groups = m.groups(&v.page, from, to, ends)
	v.turn("", part, of)
	return view{"portal", v.Path, v}
}

// namesName has every office's name and the address of its row: what the search
// asks for where the offices stand on several pages.
const namesName = "names.json"

func (m *maker) names(ends []int) error {
	type named struct {
		Name string `json:"name"`
		Find string `json:"find"`
		Row  string `json:"row"`
	}
	list := make([]named, len(m.rows))
	for i := range m.rows {
		r := &m.rows[i]
		list[i] = named{m.name(r), r.found() + " " + r.place.Group, rowAt(ends, i) + "#" + r.place.ID}
	}
	data, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return m.out.Put(namesName, append(data, '\n'))
}

// rowAt is the page on which row i stands.
func rowAt(ends []int, i int) string {
	part, _ := slices.BinarySearch(ends, i+1)
	return rowsPage(part + 1)
}

func rowsPage(part int) string { return "offices/page-" + num(part) + ".html" }

// groups are the rows from..to by group, in the order in which each comes first;
// what belongs to none comes last, under a heading of its own.
func (m *maker) groups(p *page, from, to int, ends []int) []group {
	var list []group
	for i := from; i < to; i++ {
		r := &m.rows[i]
		o := m.office(p, r)
		if ends != nil {
			o.Row = p.Root + rowAt(ends, i) + "#" + o.ID
		}
		at := slices.IndexFunc(list, func(g group) bool { return g.Name == r.place.Group })
		if at < 0 {
			at = len(list)
			list = append(list, group{Name: r.place.Group})
		}
		list[at].Offices = append(list[at].Offices, o)
	}
	if at := slices.IndexFunc(list, func(g group) bool { return g.Name == "" }); at >= 0 && len(list) > 1 {
		rest := list[at]
		rest.Name = "其他单位"
		list = append(slices.Delete(list, at, at+1), rest)
	}
	return list
}

// counts are the rows by state, and what is overdue in all.
func (m *maker) counts() facts {
	count, late, offices := map[string]int{}, 0, 0
	for i := range m.rows {
		count[m.rows[i].State()]++
		if f := m.rows[i].facts; f != nil && f.Overdue > 0 {
			late += f.Overdue
			offices++
		}
	}
	list := facts{{"单位", num(len(m.rows)) + "个"}}
	for _, s := range []string{Sound, Unsound, Unknown} {
		if count[s] > 0 {
			list = append(list, fact{s, num(count[s]) + "个单位"})
		}
	}
	unknown := m.unknown()
	var said []string
	switch {
	case late > 0:
		said = []string{num(offices) + "个单位，" + num(late) + "项"}
	case unknown < len(m.rows):
		said = []string{map[bool]string{true: "核验过的没有", false: "没有"}[unknown > 0]}
	}
	if unknown > 0 {
		said = append(said, num(unknown)+"个单位不知道")
	}
	if len(said) == 0 {
		return list // no office at all
	}
	return append(list, fact{"逾期", strings.Join(said, "；")})
}

// unknown counts the offices of which nothing is verified.
func (m *maker) unknown() (n int) {
	for i := range m.rows {
		if m.rows[i].facts == nil {
			n++
		}
	}
	return n
}

// missing are the offices that a page of all offices says nothing of: a list
// without them would read as if they had nothing.
type missing struct {
	Some    bool     // others were verified
	Without []string // the names of the first mostNamed
	Unknown int      // all of them
}

func (m *maker) missing() missing {
	list := missing{Unknown: m.unknown()}
	list.Some = list.Unknown < len(m.rows)
	for i := range m.rows {
		if m.rows[i].facts == nil && len(list.Without) < mostNamed {
			list.Without = append(list.Without, m.name(&m.rows[i]))
		}
	}
	return list
}

// drawRow is a draw on the page of all offices' draws.
type drawRow struct {
	Day, Office, Class, State string
	Draw                      link
}

type drawView struct {
	page
	missing
	Rows []drawRow
	Kept int
}

func (m *maker) drawPages() error {
	type at struct {
		row  int
		draw *Draw
	}
	var all []at
	for i := range m.rows {
		if f := m.rows[i].facts; f != nil {
			for d := range f.Draws {
				all = append(all, at{i, &f.Draws[d]})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b at) int { return strings.Compare(b.draw.Day, a.draw.Day) })
	_, err := m.cut(len(all), perDraws, func(part, of, from, to int) view {
		v := &drawView{page: m.newPage(1, partName("draws/", part), nth("最近的抽取", part)), Kept: keptDraws}
		if part == 1 {
			v.missing = m.missing()
		}
		for _, a := range all[from:to] {
			r := &m.rows[a.row]
			v.Rows = append(v.Rows, drawRow{a.draw.Day, m.name(r), a.draw.class, a.draw.State, link{v.site(r, a.draw.Path), a.draw.Text}})
		}
		v.turn("draws/", part, of)
		return view{"portal-draws", v.Path, v}
	})
	return err
}

// lateRow is something overdue, on the page of all offices.
type lateRow struct {
	Office, Due, State string
	What               link
	Open               int
}

type overdueView struct {
	page
	missing
	Rows   []lateRow
	Counts []lateCount // offices with anything overdue, the first mostNamed
	More   int         // further ones: their rows among the offices say it
}

// mostNamed bounds the lists of names above the rows.
const mostNamed = 100

type lateCount struct {
	Name, Href string
	Count      int
}

func (m *maker) lateCounts(p *page) (list []lateCount) {
	for i := range m.rows {
		if f := m.rows[i].facts; f != nil && f.Overdue > 0 {
			list = append(list, lateCount{m.name(&m.rows[i]), p.site(&m.rows[i], "calendar/index.html"), f.Overdue})
		}
	}
	return list
}

func (m *maker) overduePages() error {
	type at struct {
		row  int
		late *Late
	}
	var all []at
	for i := range m.rows {
		if f := m.rows[i].facts; f != nil {
			for k := range f.Late {
				all = append(all, at{i, &f.Late[k]})
			}
		}
	}
	_, err := m.cut(len(all), perLate, func(part, of, from, to int) view {
		v := &overdueView{page: m.newPage(2, partName("overdue/", part), nth("逾期没有办结的", part))}
		if part == 1 {
			v.missing = m.missing()
			v.Counts = m.lateCounts(&v.page)
			v.More = max(0, len(v.Counts)-mostNamed)
			v.Counts = v.Counts[:min(len(v.Counts), mostNamed)]
		}
		for _, a := range all[from:to] {
			r := &m.rows[a.row]
			v.Rows = append(v.Rows, lateRow{m.name(r), a.late.Due, a.late.State, link{v.site(r, a.late.Path), a.late.Text}, a.late.Open})
		}
		v.turn("overdue/", part, of)
		return view{"portal-overdue", v.Path, v}
	})
	return err
}

type verifyView struct {
	page
	Offices []office
	First   bool
	Bare    bool // the portal has no address of its own
}

func (m *maker) verifyPages() error {
	_, err := m.cut(len(m.rows), perVerify, func(part, of, from, to int) view {
		v := &verifyView{page: m.newPage(3, partName("verify/", part), nth("怎样核验", part)), First: part == 1, Bare: m.opt.Base == ""}
		for i := from; i < to; i++ {
			v.Offices = append(v.Offices, m.office(&v.page, &m.rows[i]))
		}
		v.turn("verify/", part, of)
		return view{"portal-verify", v.Path, v}
	})
	return err
}
