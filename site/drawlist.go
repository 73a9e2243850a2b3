package site

import (
	"maps"
	"slices"

	"github.com/sunlot/sunlot/internal/rules"
)

// drawListView is the list of draws, latest first: of all on the entrance, or of
// those of an earlier year on its own page.
type drawListView struct {
	page
	Years  []drawYear
	Grades facts  // what each says
	Older  []link // pages of the years that are not here
	Joint  *link
	People *link
}

type drawYear struct {
	Year    string
	Serials string
	Rows    []drawItem
}

type drawItem struct {
	Link                    *link
	Name, Mode, Round, Time string
	Drawn, Has              value // each leads to its list
	State, Grade            tag
}

// mostListed is how many draws the entrance lists, in whole years, at least the
// latest: those of the years before have a page each.
const mostListed = 30

func drawYearPath(year string) string { return "draws/year-" + year + "/index.html" }

// drawList is the entrance of the draws, and the pages of the years behind it.
func (m *maker) drawList() error {
	v := &drawListView{page: m.newPage("draws/index.html", "draws", "抽取")}
	v.asList()
	if m.joins() {
		v.Joint = v.to(jointPath, "部门联合抽查")
	}
	v.People = v.to(inspectorsPath, "检查人员")
	years := map[string][]*rules.Lot{}
	for _, l := range slices.Backward(m.s.Lots) {
		years[l.When()[:4]] = append(years[l.When()[:4]], l)
	}
	listed := 0
	for i, year := range slices.Backward(slices.Sorted(maps.Keys(years))) {
		lots := years[year]
		if listed += len(lots); i == len(years)-1 || listed <= mostListed {
			v.Years = append(v.Years, m.drawYear(&v.page, year, lots))
			continue
		}
		w := &drawListView{page: m.newPage(drawYearPath(year), "draws", year+"年的抽取")}
		w.asList()
		w.Years = []drawYear{m.drawYear(&w.page, year, lots)}
		m.list(&w.page, "")
		if err := m.render("draws-year", w); err != nil {
			return err
		}
		v.Older = append(v.Older, *v.to(drawYearPath(year), year+"年，"+num(len(lots))+"次"))
	}
	for _, g := range allGrades {
		v.Grades.add(g.Name(), text(g.Text()))
	}
	m.list(&v.page, "")
	return m.render("draws", v)
}

// drawYear are the draws of a year as a page p lists them.
func (m *maker) drawYear(p *page, year string, lots []*rules.Lot) drawYear {
	y := drawYear{Year: year, Serials: m.serials(year)}
	for _, l := range lots {
		item := drawItem{Link: p.to(m.drawPath(l), l.Body.Draw), Name: l.Body.Name, Mode: l.Body.Mode,
			Round: m.caster(l), Time: minute(l.When()), Drawn: text("–"), Has: text("–"), State: drawState(l), Grade: m.grade(l)[0]}
		if l.Drawn() {
			done := 0
			for _, o := range l.Objects {
				if o.Result != nil {
					done++
				}
			}
			item.Drawn, item.Has = p.at(m.drawPath(l)+"#cast", num(len(l.Objects))), text(num(done))
			if s := m.shelfOf["draw-"+m.drawDir[l.Index]]; s != nil {
				item.Has = p.at(shelfPath(s.dir, 0), num(done))
			}
		}
		y.Rows = append(y.Rows, item)
	}
	return y
}
