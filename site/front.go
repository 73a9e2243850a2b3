package site

import (
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// frontView is what is new, what is due, the three ways in, and the state of
// the ledger.
type frontView struct {
	page
	Lead   string
	Failed int // findings 不相符
	Built  string
	Ways   []way
	News   []news
	Due    []dutyRow
	Ledger facts
}

type way struct {
	link
	About string
}

// news is one or more records of one kind, day and draw.
type news struct {
	Day, Text string
	Link      *link
}

// dutyRow is one thing due.
type dutyRow struct {
	Due, What, Done, State string
	Draw, Clause           *link
	Count                  string
	Late                   bool
}

// calendarView lists all that is due and was done.
type calendarView struct {
	page
	Today, Built string
	Open, Done   []dutyRow
}

// reportView is the verification of the bundle that this build was made from,
// in its four parts.
type reportView struct {
	page
	Today, Built string
	Sound, Own   bool
	Parts        []reportPart
	Facts        facts
}

type reportPart struct {
	Title, About, None string
	Rows               []said
	More               int
}

func (m *maker) front() error {
	v := &frontView{page: m.newPage("index.html", "front", or(m.site.Service, m.site.Name)), Built: minute(m.opt.Built)}
	p := &v.page
	p.Line = p.Title + " – " + m.site.Office
	v.Lead = "抽哪些企业、派哪些人、查出什么，每一步都记在只能往后加的公开账本里，任何人都可以自己核对。"
	for _, f := range m.b.Findings {
		if f.Severity == rules.Breach {
			v.Failed++
		}
	}
	draws := p.to("draws/index.html", "看本年抽查")
	v.Ways = []way{
		{*p.to("firms/index.html", "查企业"), "某家企业抽中过没有，什么时候，结果怎样。"},
		{*draws, "每次抽取从预告到结果的全过程。"},
		{*p.to("stats/index.html", "看统计"), "每一年抽了多少、公示多少、按期多少。"},
		{*p.to("verify/index.html", "我要核验"), "不用相信本单位，一条命令就能算出签值。"},
	}
	v.News = m.news(p, 10)
	for _, d := range m.duties() {
		if d.Open > 0 {
			v.Due = append(v.Due, m.dutyRow(p, d))
		}
	}
	v.Ledger = m.headFacts(p)
	m.list(p, "")
	return m.render("front", v)
}

// news groups the latest records, newest first.
func (m *maker) news(p *page, most int) []news {
	type group struct {
		key   string
		first *verify.Entry
		count int
	}
	var groups []group
	for i := len(m.b.Entries) - 1; i >= 0; i-- {
		e := m.b.Entries[i]
		if e.Record == nil {
			continue
		}
		if o, ok := e.Record.Body.(*record.Opened); ok && !o.K {
			continue // names open with their results
		}
		about, _ := aboutEntry(e.Record.Body)
		if _, ok := e.Record.Body.(*record.FollowUp); ok {
			about = 0
		}
		key := e.Record.Type + day(timeOf(e)) + num(about)
		if e.Record.Type == "notice" || e.Record.Type == "roster" {
			key += num(i)
		}
		if n := len(groups); n > 0 && groups[n-1].key == key {
			groups[n-1].count++
			continue
		}
		if len(groups) == most {
			break
		}
		groups = append(groups, group{key, e, 1})
	}
	var list []news
	for _, g := range groups {
		n := news{Day: day(timeOf(g.first)), Text: m.summary(g.first), Link: m.shown(p, g.first)}
		if n.Link == nil {
			n.Link = p.entry(g.first.Index)
		}
		if g.count > 1 {
			n.Text, n.Link = m.several(p, g.first, g.count)
		}
		if breached(g.first.Findings) {
			n.Text += "（不相符，没有效力）"
		}
		list = append(list, n)
	}
	return list
}

func (m *maker) several(p *page, e *verify.Entry, count int) (string, *link) {
	about, _ := aboutEntry(e.Record.Body)
	if l := m.s.LotAt(about); l != nil {
		return typeName(e.Record.Type) + num(count) + "份（" + l.Body.Draw + " " + l.Body.Name + "）", p.to(m.drawPath(l), "抽取 "+l.Body.Draw)
	}
	return typeName(e.Record.Type) + num(count) + "份", p.to("results/index.html", "抽查结果")
}

func (m *maker) dutyRow(p *page, d rules.Duty) dutyRow {
	r := dutyRow{Due: or(d.Due, "没有写明"), What: or(dutyNames[d.Code], d.Code), Done: "–", Clause: m.clause(p, d.Clause)}
	if o := m.s.ObjectionAt(d.Entry); o != nil {
		r.Draw = p.to(resultPath(o.Of.Index), "第"+num(o.Index)+"条记录")
	} else if l := m.s.Lot(d.Draw); l != nil {
		r.Draw = p.to(m.drawPath(l), l.Body.Draw)
	} else if d.Code == "file-plan" {
		r.Draw = p.to("plan/"+d.Draw+"/index.html", d.Draw+"年")
	}
	if d.National != "" {
		r.Due += "（按全国放假安排为 " + d.National + "）"
	}
	if d.Open == 0 {
		r.Done = or(d.Done, "–") // before that it is the date of the last part
	}
	if d.Count > 1 {
		r.Count = num(d.Count-d.Open) + " / " + num(d.Count) + "户"
	}
	switch {
	case d.Late > 0 && d.Open > 0:
		r.State, r.Late = "逾期"+num(d.Late)+"个工作日，未办结", true
	case d.Late > 0:
		r.State, r.Late = "已办结，晚"+num(d.Late)+"个工作日", true
	case d.Open > 0 && !d.Sure:
		r.State = "未办（期限暂定）"
	case d.Open > 0:
		r.State = "未办"
	default:
		r.State = "已办结"
	}
	return r
}

func (m *maker) calendarPage() error {
	v := &calendarView{page: m.newPage("calendar/index.html", "calendar", "期限"), Today: m.b.Today, Built: minute(m.opt.Built)}
	for _, d := range m.duties() {
		if d.Open > 0 {
			v.Open = append(v.Open, m.dutyRow(&v.page, d))
		}
	}
	for i := len(m.duties()) - 1; i >= 0; i-- {
		if d := m.duties()[i]; d.Open == 0 {
			v.Done = append(v.Done, m.dutyRow(&v.page, d))
		}
	}
	m.list(&v.page, "")
	return m.render("calendar", v)
}

// maxReport bounds the rows of a part of the report page.
const maxReport = 500

var partTexts = map[string]reportPart{
	"verified": {Title: "核验相符", About: "由账本里的数据算得出来，并且算出来的与记录一致。", None: "没有。"},
	"failed":   {Title: "不相符", About: "算出来的与记录不一致，或者应当公开的没有公开。", None: "没有发现。"},
	"believed": {Title: "依单位填报未核验", About: "只有本单位的填报，没有办法从账本里核对。", None: "没有。"},
	"unknown":  {Title: "无法核验", About: "缺少核对所需要的东西，或者还没有到公开的日期。", None: "没有。"},
	"noted":    {Title: "提示、注意和逾期", About: "列出事实，不作结论。", None: "没有。"},
}

func (m *maker) reportPage() error {
	v := &reportView{page: m.newPage("report/index.html", "report", "核验报告"), Today: m.b.Today, Built: minute(m.opt.Built), Sound: !m.b.Failed(), Own: !m.b.Pinned}
	p := &v.page
	v.Facts = m.headFacts(p)
	for _, part := range m.b.Parts() {
		r := partTexts[part.Name]
		for i, f := range part.Findings {
			if i == maxReport {
				r.More = len(part.Findings) - i
				break
			}
			if !inside(f) {
				r.Rows = append(r.Rows, m.say(p, f))
			}
		}
		v.Parts = append(v.Parts, r)
	}
	m.list(p, "")
	return m.render("report", v)
}

// rulesView is the rule pack, clause by clause.
type rulesView struct {
	page
	Facts    facts
	Basis    []string
	Clauses  []clauseRow
	Readings []readingRow
	Codes    []codeRow
}

type clauseRow struct {
	ID, Anchor, Cite, Words, Gist, Kinds string
	Counts                               string // findings under it
	Entries                              []link
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
	for _, c := range k.Clauses {
		r := clauseRow{ID: c.ID, Anchor: anchor(c.ID), Cite: c.Cite, Words: c.Words, Gist: c.Gist}
		var kinds []string
		for _, kind := range c.Kinds {
			kinds = append(kinds, or(kindNames[kind], kind))
		}
		r.Kinds = strings.Join(kinds, "、")
		r.Counts, r.Entries = m.clauseCounts(p, found[c.ID])
		v.Clauses = append(v.Clauses, r)
	}
	for _, r := range k.Readings {
		v.Readings = append(v.Readings, readingRow{r.ID, r.Text, m.clause(p, r.Clause), r.Others})
	}
	for _, c := range k.Result.Codes {
		row := codeRow{Code: c.Code, Name: c.Name}
		if c.Borrowed {
			row.Note = "制度没有列出，为说明企业状态借用"
		}
		v.Codes = append(v.Codes, row)
	}
	m.list(p, "")
	return m.render("rules", v)
}

func (m *maker) byClause() map[string][]rules.Finding {
	found := map[string][]rules.Finding{}
	for _, f := range m.b.Findings {
		if f.Clause != "" && !inside(f) {
			found[f.Clause] = append(found[f.Clause], f)
		}
	}
	return found
}

// clauseCounts says how many findings stand under a clause and links to the
// first entries of them.
func (m *maker) clauseCounts(p *page, found []rules.Finding) (string, []link) {
	var parts []string
	for _, sev := range []rules.Severity{rules.Breach, rules.Overdue, rules.Warning, rules.Note} {
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
	const most = 12
	var entries []link
	seen := map[int64]bool{}
	for _, f := range found {
		if f.Entry >= 0 && !seen[f.Entry] && len(entries) < most {
			seen[f.Entry] = true
			entries = append(entries, *p.entry(f.Entry))
		}
	}
	return strings.Join(parts, "，"), entries
}
