package site

import (
	"slices"

	"github.com/sunlot/sunlot/internal/rules"
)

// What was found about a record stands on its page and, where it is about a
// draw, on the page of the draw. Of a great draw that may be thousands of
// facts: so a page names the first itself, and leads to the rest.
const (
	mostFound  = 12 // facts that the page of a record names
	mostOfDraw = 10 // facts that the page of a draw names (as many that fail), and records that it leads to for the rest
)

// foundView is a page of all facts about one record.
type foundView struct {
	page
	About link
	Rows  []said
	Turn  []link
}

// foundPath names the pages of the facts about a record.
func foundPath(i int64) func(n int) string {
	return func(n int) string {
		if n == 1 {
			return "book/facts-" + num(i) + "/index.html"
		}
		return "book/facts-" + num(i) + "/page-" + num(n) + ".html"
	}
}

// allFound is where all facts about a record stand.
func (m *maker) allFound(i int64) string {
	if m.foundFrom[i+1]-m.foundFrom[i] > mostFound && m.resultAt(i) == nil {
		return foundPath(i)(1)
	}
	return m.home(i)
}

// foundPages makes the pages of all facts about the records that have many. A
// page depends on its facts and on whether a page follows.
func (m *maker) foundPages() error {
	for i := range m.b.Entries {
		i := int64(i)
		if m.allFound(i) == m.home(i) {
			continue
		}
		known := m.found(i)
		m.sortKnown(known)
		parts := (len(known) + perPage - 1) / perPage
		err := each(parts, func(k int) error {
			n := k + 1
			rows := known[k*perPage : min(n*perPage, len(known))]
			h := newHasher().text("found").num(i, int64(n)).sum(m.keys.all).yes(n < parts)
			for _, f := range rows {
				h.text(f.Code, string(f.Severity), f.Clause, f.Place, f.Got, f.Want)
			}
			return m.block("found/"+num(i)+"/"+num(n), h.key(), func(m *maker) error { return m.foundPage(i, n, parts, rows) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) foundPage(i int64, n, parts int, rows []*rules.Finding) error {
	path, title := foundPath(i), "第"+num(i)+"条记录：核验发现"
	if n > 1 {
		title += "（第" + num(n) + "页）"
	}
	v := &foundView{page: m.newPage(path(n), "book", title, link{entryPath(i), "第" + num(i) + "条记录"})}
	v.asList()
	v.About = *v.entry(i)
	for _, f := range rows {
		r := m.say(&v.page, *f)
		r.Entry = nil // it is the page's
		v.Rows = append(v.Rows, r)
	}
	v.Turn = turn(&v.page, n, parts, path)
	return m.render("found", v)
}

// foundAbout are the facts that the page of a record names, with the way to all
// of them where these are not.
func (m *maker) foundAbout(p *page, i int64) ([]said, *link) {
	found := m.found(i)
	if len(found) <= mostFound {
		return m.sayAll(p, found), nil
	}
	return m.sayAll(p, found[:mostFound]), p.to(foundPath(i)(1), "全部"+num(len(found))+"条")
}

// foundIn sorts what was found about the records of a draw into what fails and
// the rest. Of each it says what weighs most first, and of one kind no more than
// two, so that many of a kind hide no other; left leads to the records whose
// facts are not all among them.
func (m *maker) foundIn(p *page, entries []int64) (failed, noted []said, left []link) {
	var all []*rules.Finding
	for _, i := range entries {
		all = append(all, m.found(i)...)
	}
	slices.SortStableFunc(all, func(a, b *rules.Finding) int { return heavy(a.Severity) - heavy(b.Severity) })
	kinds, rest := map[string]int{}, map[int64]int{}
	for _, f := range all {
		list := &noted
		if f.Severity == rules.Breach {
			list = &failed
		}
		if kinds[f.Code]++; kinds[f.Code] > 2 && len(all) > mostOfDraw || len(*list) == mostOfDraw {
			rest[f.Entry]++
			continue
		}
		*list = append(*list, m.say(p, *f))
	}
	for _, i := range entries {
		if rest[i] > 0 && len(left) < mostOfDraw {
			left = append(left, *p.to(m.allFound(i), "第"+num(i)+"条记录，另有"+num(rest[i])+"条"))
		}
	}
	return failed, noted, left
}

// heavy ranks what was found: what a reader wants to know first has the least.
func heavy(s rules.Severity) int {
	return slices.Index([]rules.Severity{rules.Breach, rules.Overdue, rules.Warning, rules.Note, rules.Unknown, rules.Believed, rules.OK}, s)
}
