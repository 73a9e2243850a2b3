package site

import (
	"slices"

	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/words"
)

// codeCount is how many results of the year's draws have a code, and where they
// are listed.
type codeCount struct {
	Code, Name string
	Count      value
}

// monthRow is a calendar month: inspections that ended, results made public.
type monthRow struct {
	Month         string
	Ended, Public int
	List          *link
}

// townRow is a cell (分区) over the year's draws.
type townRow struct {
	Name         string
	Pool, Drawn  int64
	Share, Draws string
}

// orderRow is a draw's notice and its number: who saw it how long before.
type orderRow struct {
	Draw                       *link
	Seen, Decides, Apart, Need string
	Grade                      string
}

// statsList is a list page of the results behind a number of the statistics,
// perPage a page, the oldest first, so that one more result touches the last page
// alone. It depends on the rows shown and on whether a page follows.
type statsList struct {
	page
	About string
	Late  bool // the table of 应公示, 实际, 晚几个工作日, 说明
	Rows  []statsItem
	Turn  []link
}

// statsItem is one result with its dates as facts.
type statsItem struct {
	resultItem
	Unit, Due, Published, Said string
}

// resultYear is the year that a result counts in: that of its draw, 0 for none.
func resultYear(f *rules.Finished) int64 {
	switch {
	case f.Joined != nil:
		return f.Joined.Year()
	case f.Lot != nil && f.Body.Origin == rules.Random && !f.Lot.Failed:
		return yearNumber(f.Lot.Body.Draw)
	}
	return 0
}

// statsLists sorts the year's results by month and lateness, says the numbers on
// the year's pages v and w and makes a list for each.
func (m *maker) statsLists(v, w *statsView, st *rules.Stats) error {
	year := num(st.Year)
	months, ended := map[string][]*rules.Finished{}, map[string]int{}
	var late []*rules.Finished
	for _, f := range m.s.Results {
		y := resultYear(f)
		if y == 0 {
			continue
		}
		if y == st.Year && f.Body.Withheld == nil && m.s.Late(f) > 0 {
			late = append(late, f)
		}
		if at := f.Published(); f.Body.Withheld == nil && at[:4] == year {
			months[at[5:7]] = append(months[at[5:7]], f)
		}
		if at := f.Ended(); len(at) >= 7 && at[:4] == year {
			ended[at[5:7]]++
		}
	}
	m.statsCodes(v, st)
	if err := m.statsMonths(w, st, months, ended); err != nil {
		return err
	}
	if len(late) == 0 {
		return nil
	}
	v.Late = v.to(statsListPath(st.Year, "late")(1), "逐户看晚于期限的"+num(len(late))+"份")
	return m.statsList(st.Year, "late", year+"年抽取、公示晚于期限的抽查结果", late)
}

// statsCodes counts the year's results by their outcome in force, as the
// shelves of the results hold them: of every origin.
func (m *maker) statsCodes(v *statsView, st *rules.Stats) {
	var bars []chartRow
	for _, c := range m.pack.Result.Codes {
		dir := yearDir(num(st.Year)) + "/code-" + slugOf(c.Code)
		shelf := m.shelfOf[dir]
		if shelf == nil || shelf.now == 0 {
			continue
		}
		v.Codes = append(v.Codes, codeCount{c.Code, c.Name, v.at(shelfPath(dir, 0), num(shelf.now))})
		bars = append(bars, chartRow{Name: c.Code + " " + c.Name, Values: []int{shelf.now}})
	}
	if len(bars) > 0 {
		v.CodeChart = barChart("codes", num(st.Year)+"年各种抽查结果（份）", []string{"份数"}, bars)
	}
}

func (m *maker) statsMonths(v *statsView, st *rules.Stats, months map[string][]*rules.Finished, ended map[string]int) error {
	if len(months)+len(ended) == 0 {
		return nil
	}
	var heads []string
	values := make([][]int, 2)
	for i := 1; i <= 12; i++ {
		key := num(100 + i)[1:]
		list := months[key]
		r := monthRow{Month: num(i) + "月", Ended: ended[key], Public: len(list)}
		if len(list) > 0 {
			r.List = v.to(statsListPath(st.Year, "month-"+key)(1), num(len(list)))
			if err := m.statsList(st.Year, "month-"+key, num(st.Year)+"年"+num(i)+"月公示的抽查结果", list); err != nil {
				return err
			}
		}
		v.Months = append(v.Months, r)
		heads = append(heads, num(i))
		values[0], values[1] = append(values[0], r.Public), append(values[1], r.Ended)
	}
	v.MonthChart = lineChart("months", num(st.Year)+"年每月公示和检查结束（份，横轴是月份）", []string{"公示", "检查结束"}, heads, values)
	return nil
}

// statsListPath names the pages of a list of a year.
func statsListPath(year int64, key string) func(n int) string {
	return func(n int) string {
		if n == 1 {
			return "stats/" + num(year) + "/" + key + "/index.html"
		}
		return "stats/" + num(year) + "/" + key + "/page-" + num(n) + ".html"
	}
}

func (m *maker) statsList(year int64, key, title string, all []*rules.Finished) error {
	path := statsListPath(year, key)
	parts := (len(all) + perPage - 1) / perPage
	if parts > 0 {
		m.listed(path(1), "stats", title)
	}
	return each(parts, func(i int) error {
		n := i + 1
		rows := all[i*perPage : min(n*perPage, len(all))]
		key := m.rowsKey(newHasher(), title, rows, n < parts)
		return m.block("stats/"+path(n), key, func(m *maker) error { return m.statsPart(n, parts, year, title, path, rows) })
	})
}

func (m *maker) statsPart(n, parts int, year int64, title string, path func(int) string, rows []*rules.Finished) error {
	v := &statsList{page: m.newPage(path(n), "stats", title, link{statsPath(year), num(year) + "年"}), Late: path(1) == statsListPath(year, "late")(1)}
	if n > 1 {
		v.Title += "（第" + num(n) + "页）"
		v.Line = v.Title + " – 统计 – " + m.site.Name
	}
	v.asList()
	for _, f := range rows {
		v.Rows = append(v.Rows, m.statsItem(&v.page, f))
	}
	v.Turn = turn(&v.page, n, parts, path)
	return m.render("stats-list", v)
}

func (m *maker) statsItem(p *page, f *rules.Finished) statsItem {
	r := statsItem{resultItem: m.resultItem(p, f), Unit: f.Body.Unit, Published: f.Published(), Said: or(f.Body.Late, "未填")}
	if legal, _, sure := m.s.Due(f); sure {
		r.Due = legal
	}
	return r
}

// statsTowns sums up, over the year's draws that were cast here, how many of
// each cell's pool were drawn. A draw of one cell alone says nothing of places.
func (m *maker) statsTowns(v *statsView, st *rules.Stats) {
	at := map[string]*townRow{}
	var names []string
	draws := 0
	for _, l := range m.s.Lots {
		if l.Failed || l.Draw == nil || yearNumber(l.Body.Draw) != st.Year || len(l.Body.Groups) == 0 {
			continue
		}
		counted := false
		for _, g := range l.Body.Groups {
			if len(g.Cells) < 2 {
				continue
			}
			counted = true
			for _, c := range g.Cells {
				if at[c.Name] == nil {
					at[c.Name] = &townRow{Name: c.Name}
					names = append(names, c.Name)
				}
				at[c.Name].Pool += c.Count
				at[c.Name].Drawn += c.Quota
			}
		}
		if counted {
			draws++
		}
	}
	if len(names) < 2 {
		return
	}
	var bars []chartRow
	for _, name := range names {
		r := at[name]
		r.Share = percent(r.Drawn, r.Pool)
		v.Towns = append(v.Towns, *r)
		bars = append(bars, chartRow{Name: name, Values: []int{tenths(r.Drawn, r.Pool)}, Words: []string{r.Share}})
	}
	v.TownChart = barChart("towns", num(st.Year)+"年"+num(draws)+"次分区抽取中，各分区抽中占签筒的比例", []string{"比例"}, bars)
}

// tenths is a share in tenths of a per cent.
func tenths(part, whole int64) int {
	if whole == 0 {
		return 0
	}
	return int((part*2000 + whole) / (whole * 2))
}

// statsOrders says of each draw of the year how long before its number the
// notice had been seen by the witnesses, and how long was asked for.
func (m *maker) statsOrders(v *statsView, st *rules.Stats) {
	var bars []chartRow
	for _, l := range m.s.Lots {
		if l.Failed || yearNumber(l.Body.Draw) != st.Year {
			continue
		}
		o := m.b.Order(l)
		r := orderRow{Draw: v.to(m.drawPath(l), l.Body.Draw), Seen: "没有见证", Decides: words.Clock(o.Decides), Apart: "–", Grade: o.Name}
		if o.Least > 0 {
			r.Need = "至少" + span(o.Least)
		}
		if o.Margin != nil {
			r.Seen, r.Apart = words.Clock(o.NotAfter), span(*o.Margin)
			bars = append(bars, chartRow{Name: l.Body.Draw, Values: []int{int(max(*o.Margin, 0) / 60)}, Words: []string{span(*o.Margin)}})
		}
		v.Orders = append(v.Orders, r)
	}
	if len(bars) > 0 {
		v.OrderChart = barChart("orders", num(st.Year)+"年各次预告经见证后，到号码产生隔了多久", []string{"相隔"}, bars)
	}
}

// span says seconds in words of at most two units.
func span(seconds int64) string {
	if seconds < 0 {
		return "晚" + span(-seconds)
	}
	units := []struct {
		long int64
		name string
	}{{86400, "天"}, {3600, "小时"}, {60, "分"}, {1, "秒"}}
	i := slices.IndexFunc(units, func(u struct {
		long int64
		name string
	}) bool {
		return seconds >= u.long
	})
	if i < 0 {
		return "0秒"
	}
	s := num(seconds/units[i].long) + units[i].name
	if rest := seconds % units[i].long; i+1 < len(units) && rest/units[i+1].long > 0 {
		s += num(rest/units[i+1].long) + units[i+1].name
	}
	return s
}
