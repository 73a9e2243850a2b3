package site

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/sunlot/sunlot/internal/rules"
)

// rulesView is the rule pack: its clauses in a row, each leading to its page.
type rulesView struct {
	page
	Facts    facts
	Basis    []string
	Clauses  []clauseRow
	Readings link
	Codes    []codeRow
	Out      []link // clauses that the program does not judge
}

type clauseRow struct {
	Anchor, Words string
	Link          *link  // to its page
	Counts        string // findings under it
	Due           string // deadlines under it
}

// clauseView is a page of one clause: its words, what the ledger makes of it, and
// the facts under it, perPage a page in the order in which they became known, so
// that one more touches the last page. How many there are stands on the page of the rules.
type clauseView struct {
	page
	First              bool
	Cite, ID           string
	Words, Gist, Kinds string
	Readings           []readingRow // of the first page
	Back               link
	Rows               []said
	Turn               []link
}

// readingsView is the list of all readings.
type readingsView struct {
	page
	Readings []readingRow
}

type readingRow struct {
	ID, Text string
	Clause   *link
	Others   []string
}

type codeRow struct{ Code, Name, Note string }

var kindNames = map[string]string{"field": "填报", "rule": "规则", "deadline": "期限", "publication": "公开", "record": "留痕", "out": "不由程序判断"}

func (m *maker) rulesPage() error {
	k := m.pack
	v := &rulesView{page: m.newPage("rules/index.html", "rules", "规则")}
	p := &v.page
	p.asList()
	v.Facts.add("制度名称", text(k.Title))
	v.Facts.add("文号", text(k.DocNo))
	v.Facts.add("制定单位", text(k.Issuer))
	v.Facts.add("施行", text(k.EffectiveFrom))
	v.Facts.add("失效", text(k.EffectiveTo))
	v.Facts.add("说明", text(k.Note))
	v.Facts.add("规则包", text(k.ID), m.blob(p, m.charter.Pack.File.SHA256, "规则包文件"))
	for _, d := range k.Basis {
		v.Basis = append(v.Basis, strings.TrimSpace(d.Title+" "+d.DocNo))
	}
	found := m.byClause()
	for i := range k.Clauses {
		c := &k.Clauses[i]
		r := clauseRow{Anchor: anchor(c.ID), Link: p.to(clausePath(c.ID)(1), c.Cite), Words: c.Words, Counts: clauseCounts(found[c.ID]), Due: m.clauseDue(c.ID)}
		if err := m.clausePages(c, found[c.ID]); err != nil {
			return err
		}
		v.Clauses = append(v.Clauses, r)
		if slices.Contains(c.Kinds, "out") {
			v.Out = append(v.Out, link{r.Link.Href, c.Cite})
		}
	}
	v.Readings = *p.to(readingsPath, "全部"+num(len(k.Readings))+"处")
	for _, c := range k.Result.Codes {
		row := codeRow{Code: c.Code, Name: c.Name}
		if c.Borrowed {
			row.Note = "制度没有列出，为说明企业状态借用"
		}
		v.Codes = append(v.Codes, row)
	}
	m.list(p, "")
	if err := m.readingsPage(); err != nil {
		return err
	}
	return m.render("rules", v)
}

const readingsPath = "rules/readings.html"

// readingsPage lists where the words of the pack may be read in several ways.
func (m *maker) readingsPage() error {
	v := &readingsView{page: m.newPage(readingsPath, "rules", "对条文的理解")}
	v.asList()
	for _, r := range m.pack.Readings {
		v.Readings = append(v.Readings, readingRow{r.ID, r.Text, m.clause(&v.page, r.Clause), r.Others})
	}
	m.list(&v.page, "")
	return m.render("readings", v)
}

// byClause sorts the findings by their clauses, each in the order in which the
// ledger made them known: one more record adds to the end.
func (m *maker) byClause() map[string][]*rules.Finding {
	count := map[string]int{}
	for i := range m.b.Findings {
		count[m.b.Findings[i].Clause]++
	}
	found := make(map[string][]*rules.Finding, len(count))
	for clause, n := range count {
		found[clause] = make([]*rules.Finding, 0, n)
	}
	for i := range m.b.Findings {
		if f := &m.b.Findings[i]; f.Clause != "" && !inside(*f) {
			found[f.Clause] = append(found[f.Clause], f)
		}
	}
	for _, list := range found {
		m.sortKnown(list)
	}
	return found
}

// known is a finding and the record that made it known.
type known struct {
	at int64
	f  *rules.Finding
}

var knowns = sync.Pool{New: func() any { return new([]known) }}

// sortKnown sorts findings by the record that made each known.
func (m *maker) sortKnown(list []*rules.Finding) {
	room := knowns.Get().(*[]known)
	defer knowns.Put(room)
	all, sorted := slices.Grow((*room)[:0], len(list)), true
	for i, f := range list {
		all = append(all, known{m.knownSince(f), f})
		sorted = sorted && (i == 0 || all[i-1].at <= all[i].at)
	}
	*room = all
	if sorted {
		return
	}
	slices.SortStableFunc(all, func(a, b known) int { return cmp.Compare(a.at, b.at) })
	for i := range all {
		list[i] = all[i].f
	}
}

// knownSince is the record that made a finding known: the one that it is about,
// or, where it is about an enterprise that several draws drew (rules.Across),
// the one that opened the second of these names.
func (m *maker) knownSince(f *rules.Finding) int64 {
	if f.Code != "rules.over-cap" && f.Code != "rules.merge" {
		return f.Entry
	}
	firm := m.firmOf[f.Place]
	if firm == nil {
		return f.Entry
	}
	first, own := int64(-1), int64(-1)
	for _, d := range firm.drawn {
		if d.lot.Index == f.Entry {
			own = d.since
			break
		}
		if first < 0 || d.since < first {
			first = d.since
		}
	}
	return max(f.Entry, own, first)
}

// clauseCounts says how many findings stand under a clause.
func clauseCounts(found []*rules.Finding) string {
	var parts []string
	for _, sev := range []rules.Severity{rules.Breach, rules.Overdue, rules.Warning, rules.Note, rules.Believed, rules.Unknown, rules.OK} {
		n := 0
		for _, f := range found {
			if f.Severity == sev {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, severityTag(sev).Text+" "+num(n))
		}
	}
	return strings.Join(parts, "，")
}

// clauseDue counts the deadlines under a clause, "" where it has none.
func (m *maker) clauseDue(id string) string {
	done, open, late := 0, 0, 0
	for _, d := range m.duties() {
		if d.Clause != id {
			continue
		}
		if d.Open > 0 {
			open++
		} else {
			done++
		}
		if d.Late > 0 {
			late++
		}
	}
	if done+open == 0 {
		return ""
	}
	return "办结" + num(done) + parts("，未办%d", open, "，晚于期限%d", late)
}

func clausePath(id string) func(n int) string {
	dir := "rules/" + anchor(id)
	return func(n int) string {
		if n == 1 {
			return dir + "/index.html"
		}
		return dir + "/page-" + num(n) + ".html"
	}
}

// clausePages makes the pages of a clause. A page depends on its findings, on
// the clause and on whether a page follows.
func (m *maker) clausePages(c *rules.Clause, found []*rules.Finding) error {
	path := clausePath(c.ID)
	parts := max(1, (len(found)+perPage-1)/perPage)
	m.listed(path(1), "rules", clauseTitle(c, 1))
	for n := 1; n <= parts; n++ {
		rows := found[(n-1)*perPage : min(n*perPage, len(found))]
		h := newHasher().text("clause", c.ID).num(int64(n)).sum(m.keys.all).yes(n < parts)
		for _, f := range rows {
			h.text(f.Code, string(f.Severity), f.Place, f.Got, f.Want).num(f.Entry).yes(m.resultAt(f.Entry) != nil)
		}
		err := m.block("clause/"+c.ID+"/"+num(n), h.key(), func(m *maker) error { return m.clausePage(c, n, parts, rows) })
		if err != nil {
			return err
		}
	}
	return nil
}

func clauseTitle(c *rules.Clause, n int) string {
	title := c.Cite + "（" + c.ID + "）"
	if n > 1 {
		title += "下注意到的事实（第" + num(n) + "页）"
	}
	return title
}

func (m *maker) clausePage(c *rules.Clause, n, parts int, rows []*rules.Finding) error {
	path := clausePath(c.ID)
	v := &clauseView{page: m.newPage(path(n), "rules", clauseTitle(c, n)), First: n == 1, Cite: c.Cite, ID: c.ID, Words: c.Words, Gist: c.Gist}
	p := &v.page
	v.asList()
	v.Back = *p.to("rules/index.html#"+anchor(c.ID), "全部条款")
	var kinds []string
	for _, kind := range c.Kinds {
		kinds = append(kinds, or(kindNames[kind], kind))
	}
	v.Kinds = strings.Join(kinds, "、")
	for _, r := range m.pack.Readings {
		if n == 1 && r.Clause == c.ID {
			v.Readings = append(v.Readings, readingRow{r.ID, r.Text, nil, r.Others})
		}
	}
	for _, f := range rows {
		r := m.say(p, *f)
		r.Clause = nil // it is the page's
		v.Rows = append(v.Rows, r)
	}
	v.Turn = turn(p, n, parts, path)
	return m.render("clause", v)
}
