package site

// partList is a list that is cut into pages which are numbered from 1. Its
// entrance leads to the latest at once, and to those before through pages of
// links, each of which is full but for the last: however long a list is, its
// entrance stays light, and one more page of it changes one page of links.
type partList struct {
	dir     string // of the entrance, with a slash behind it
	section string
	title   string // of the pages of links, whose number follows
	crumbs  []link
	parts   int
	path    func(n int) string
	name    func(n int) string // what a link to page n says
}

// linkPage is a page of links to the pages of a list.
type linkPage struct {
	page
	Parts []link
}

const (
	latestParts = 20  // pages to which the entrance leads
	perShelf    = 100 // pages to which one page of links leads
)

func (l *partList) shelf(k int) string { return l.dir + "list-" + num(k) + ".html" }

// shelves is how many pages of links there are.
func (l *partList) shelves() int {
	if l.parts <= latestParts {
		return 0
	}
	return (l.parts + perShelf - 1) / perShelf
}

// rows are the first and last page to which a page of links leads.
func (l *partList) rows(k int) (first, last int) {
	return (k-1)*perShelf + 1, min(k*perShelf, l.parts)
}

// latest are the links of the entrance, the latest page first.
func (l *partList) latest(p *page) []link {
	var list []link
	for n := l.parts; n > max(0, l.parts-latestParts); n-- {
		list = append(list, *p.to(l.path(n), l.name(n)))
	}
	return list
}

// older are its links to the pages of links.
func (l *partList) older(p *page) []link {
	var list []link
	for k := 1; k <= l.shelves(); k++ {
		first, last := l.rows(k)
		list = append(list, *p.to(l.shelf(k), "第"+num(first)+"至"+num(last)+"页"))
	}
	return list
}

// linkPages makes the pages of links. It must not be called inside a block.
func (m *maker) linkPages(l *partList) error {
	for k := 1; k <= l.shelves(); k++ {
		first, last := l.rows(k)
		h := newHasher().text("links", l.shelf(k), l.title, l.name(last)).num(int64(last)).sum(m.keys.all)
		for _, c := range l.crumbs {
			h.text(c.Href, c.Text)
		}
		err := m.block(l.shelf(k), h.key(), func(m *maker) error {
			v := &linkPage{page: m.newPage(l.shelf(k), l.section, l.title+"，第"+num(first)+"至"+num(last)+"页", l.crumbs...)}
			v.asList()
			for n := first; n <= last; n++ {
				v.Parts = append(v.Parts, *v.to(l.path(n), l.name(n)))
			}
			return m.render("links", v)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
