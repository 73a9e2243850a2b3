package portal

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
)

// How many rows a page holds: 50 KB at the most, with names as long as offices
// have them.
const (
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
	o := office{ID: r.place.ID, Name: r.Name(), State: r.State(), Class: class[r.State()], Verified: minute(record.Time(r.at)), Href: p.site(r, "index.html"), At: m.address(r)}
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
	if href != "" && !strings.Contains(href, "://") {
		return m.opt.Base + href
	}
	return href
}

// officePages are the index and, where the rows are too many for it, the pages
// that have them.
func (m *maker) officePages() error {
	long := len(m.rows) > perOffices
	if long {
		err := parts(len(m.rows), perOffices, func(part, of, from, to int) error {
			v := &officeView{page: m.newPage(0, rowsPage(part), nth("各单位的账本", part))}
			v.Groups = m.groups(&v.page, from, to)
			if part > 1 {
				v.Turn = append(v.Turn, link{v.Root + rowsPage(part-1), "上一页"})
			}
			if part < of {
				v.Turn = append(v.Turn, link{v.Root + rowsPage(part+1), "下一页"})
			}
			v.Search = true
			v.Scripts = []string{scriptName}
			return m.render("portal", v.Path, v)
		})
		if err != nil {
			return err
		}
	}
	return parts(len(m.rows), perIndex, func(part, of, from, to int) error {
		v := &officeView{page: m.newPage(0, partName("", part), nth(m.site.Name, part)), Search: true, Long: long}
		v.Scripts = []string{scriptName}
		if part == 1 {
			v.Lead = "各单位各有一本只能往后加的公开账本，抽取之前先记名单，抽取之后任何人都可以核对。"
			v.Counts = m.counts()
		}
		v.Groups = m.groups(&v.page, from, to)
		v.turn("", part, of)
		return m.render("portal", v.Path, v)
	})
}

func rowsPage(part int) string { return "offices/page-" + num(part) + ".html" }

// groups are the rows from..to by group, in the order in which each comes first.
func (m *maker) groups(p *page, from, to int) []group {
	var list []group
	for i := from; i < to; i++ {
		r := &m.rows[i]
		o := m.office(p, r)
		o.Row = p.Root + rowsPage(i/perOffices+1) + "#" + o.ID
		at := slices.IndexFunc(list, func(g group) bool { return g.Name == r.place.Group })
		if at < 0 {
			at = len(list)
			list = append(list, group{Name: r.place.Group})
		}
		list[at].Offices = append(list[at].Offices, o)
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
	if late > 0 {
		return append(list, fact{"逾期", num(offices) + "个单位，" + num(late) + "项"})
	}
	return append(list, fact{"逾期", "没有"})
}

// drawRow is a draw on the page of all offices' draws.
type drawRow struct {
	Day, Office, Class, State string
	Draw                      link
}

type drawView struct {
	page
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
	return parts(len(all), perDraws, func(part, of, from, to int) error {
		v := &drawView{page: m.newPage(1, partName("draws/", part), nth("最近的抽取", part)), Kept: keptDraws}
		for _, a := range all[from:to] {
			r := &m.rows[a.row]
			v.Rows = append(v.Rows, drawRow{a.draw.Day, r.Name(), a.draw.class, a.draw.State, link{v.site(r, a.draw.Path), a.draw.Text}})
		}
		v.turn("draws/", part, of)
		return m.render("portal-draws", v.Path, v)
	})
}

// lateRow is something overdue, on the page of all offices.
type lateRow struct {
	Office, Due, State string
	What               link
	Open               int
}

type overdueView struct {
	page
	Rows    []lateRow
	Counts  []lateCount // offices with anything overdue, the first mostNamed
	More    int         // further ones: their rows among the offices say it
	Without []string    // offices of which nobody knows, the first mostNamed
	Unknown int         // all of them
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
			list = append(list, lateCount{m.rows[i].Name(), p.site(&m.rows[i], "calendar/index.html"), f.Overdue})
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
	var without []string
	for i := range m.rows {
		f := m.rows[i].facts
		if f == nil {
			without = append(without, m.rows[i].Name())
			continue
		}
		for k := range f.Late {
			all = append(all, at{i, &f.Late[k]})
		}
	}
	return parts(len(all), perLate, func(part, of, from, to int) error {
		v := &overdueView{page: m.newPage(2, partName("overdue/", part), nth("逾期没有办结的", part))}
		if part == 1 {
			v.Without, v.Unknown = without[:min(len(without), mostNamed)], len(without)
			v.Counts = m.lateCounts(&v.page)
			v.More = max(0, len(v.Counts)-mostNamed)
			v.Counts = v.Counts[:min(len(v.Counts), mostNamed)]
		}
		for _, a := range all[from:to] {
			r := &m.rows[a.row]
			v.Rows = append(v.Rows, lateRow{r.Name(), a.late.Due, a.late.State, link{v.site(r, a.late.Path), a.late.Text}, a.late.Open})
		}
		v.turn("overdue/", part, of)
		return m.render("portal-overdue", v.Path, v)
	})
}

type verifyView struct {
	page
	Offices []office
	First   bool
}

func (m *maker) verifyPages() error {
	return parts(len(m.rows), perVerify, func(part, of, from, to int) error {
		v := &verifyView{page: m.newPage(3, partName("verify/", part), nth("怎样核验", part)), First: part == 1}
		for i := from; i < to; i++ {
			v.Offices = append(v.Offices, m.office(&v.page, &m.rows[i]))
		}
		v.turn("verify/", part, of)
		return m.render("portal-verify", v.Path, v)
	})
}
