package site

import (
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// resultView is one result: who, what was found, when it had to be public, and
// what came after it.
type resultView struct {
	page
	State   stateLine
	Lead    string
	Failed  []said
	Ignored []ignored
	Firm    facts
	Versus  *versus
	Found   facts
	Codes   []codeMeaning
	Items   []itemRow
	Do      facts // what the enterprise must do, and how it objects
	Dates   facts
	Late    string // one sentence on the deadline
	Sign    facts
	Follow  []followRow
	Told    facts // 逐户反馈
	Due     facts // what of the follow-up was announced with the result
	Compare *compare
	Redress []objectionView
	Archive facts
	Taken   facts
	Trail   []trailRow
	Record  recordPart // the result as it stands in the ledger
	Noted   []said
	Check   *checkPart
}

type itemRow struct {
	Item  value
	Codes string
}

type followRow struct {
	Date, Kind, Number, State string
	Entry                     *link
}

// compare puts the versions of a corrected result side by side.
type compare struct {
	Heads []string
	Rows  []compareRow
}

type compareRow struct {
	Head  string
	Cells []compareCell
}

type compareCell struct {
	Label string
	value
}

// resultsView is the entrance of the results; resultPart one list page.
type resultsView struct {
	page
	Count   int
	Latest  []resultItem
	By      []shelfYear
	Closed  int // withheld by law
	Parts   []link
	Older   []link // pages of links to the list pages before them
	Redress facts  // how many objections, and what came of them
}

type resultPart struct {
	page
	From, To int
	Rows     []resultItem
	Turn     []link
}

type resultItem struct {
	Link                           *link
	No                             int64
	Firm, Draw, Codes, Ended, Late string
	Corrected                      bool
}

// perPage is how many rows a list page has. Pages are numbered from the
// oldest, so one more record touches the last page alone.
const perPage = 50

const closed = "未公开" // in place of a sealed value without an opening

func (m *maker) value(index int64, path string) string { return m.b.Entries[index].Value(path) }

func (m *maker) firmName(f *rules.Finished) string {
	return or(m.value(f.Index, "name"), takenText(f, "name"))
}

// resultPage is also the page of the record (raw is its signed note): no other
// stands in book/.
func (m *maker) resultPage(f *rules.Finished, raw string) error {
	b := f.Body
	title := m.resultTitle(f)
	v := &resultView{page: m.newPage(resultPath(f.Index), "results", title)}
	p := &v.page
	p.Entry = f.Index
	m.asArticle(p, article{f.Time, "抽查结果,双随机," + m.firmName(f)})
	v.State = m.stateLine(p, f.Index)
	v.Lead = "检查结果：" + m.codeNames(f.Outcome().Codes) + "。检查于" + f.Ended() + "结束。"
	m.resultFirm(v, f)
	v.Found.add("结果", text(m.codeNames(f.Outcome().Codes)))
	v.Codes = m.codeMeanings(p, f.Outcome().Codes)
	v.Do = m.firmDuty(p, f)
	v.Found.add("认定的情形", text(strings.Join(f.Outcome().Refusal, "；")))
	voidFacts(&v.Found, f.Outcome())
	v.Found.add("检查方式", text(strings.Join(f.Outcome().Methods, "、")))
	v.Found.add("组织形式", text(f.Outcome().Form))
	m.resultProofs(v, f)
	checklist := m.checklistFor(f)
	for _, it := range f.Outcome().Items {
		v.Items = append(v.Items, itemRow{m.itemRefs(p, checklist, []string{it.Item})[0], m.codeNames(it.Codes)})
	}
	m.resultDates(v, f)
	if len(b.Signed) > 0 {
		v.Sign.add("签字确认", text("检查组"+num(len(b.Signed))+"名成员在纸面上签字，姓名"+m.openText(f.Index, "signed.0")))
	}
	v.Sign.add("签字日期", text(b.SignedOn))
	v.Sign.add("扫描件校验码", hash(b.Scan))
	m.resultFollow(v, f)
	v.Redress = m.objections(&v.page, f)
	v.Trail = m.trail(&v.page, f)
	v.Taken = takedownFacts(&v.page, f)
	v.Archive = archiveFacts(&v.page, f.Archives)
	if len(f.Corrections) > 0 {
		v.Compare = m.compare(p, f, checklist)
	}
	m.resultFound(v, f)
	v.Record = m.recordPart(p, m.b.Entries[f.Index], raw)
	v.Check = m.checkResult(p, f)
	return m.render("result", v)
}

// openText says whether a sealed field is public.
func (m *maker) openText(index int64, path string) string {
	if v := m.value(index, path); v != "" {
		return "：" + v
	}
	return closed
}

// checklistFor is the index of the checklist that a result's items are of.
func (m *maker) checklistFor(f *rules.Finished) int64 {
	if f.Lot != nil {
		return f.Lot.Body.Checklist
	}
	if f.Joined != nil {
		return f.Joined.Body.Checklist
	}
	var index int64
	for _, c := range m.s.Checklists {
		if c.Index < f.Index {
			index = c.Index
		}
	}
	return index
}

func (m *maker) resultFirm(v *resultView, f *rules.Finished) {
	p, code := &v.page, m.value(f.Index, "code")
	if firm := m.firmOf[code]; firm != nil && f.Lot != nil {
		v.Firm.add("企业名称", p.at(firm.path(), m.firmName(f)))
	} else {
		v.Firm.add("企业名称", text(m.firmName(f)))
	}
	v.Firm.add("统一社会信用代码（注册号）", text(or(code, takenText(f, "code"))))
	v.Firm.add("检查机关", text(f.Body.Unit))
	m.resultOrigin(v, f)
	if f.Joined != nil {
		m.joinedFacts(p, &v.Firm, f)
	}
	if f.Lot != nil {
		l := f.Lot
		v.Firm.add("抽取", p.at(m.drawPath(l), l.Body.Draw+" "+l.Body.Name))
		v.Firm.add("签号", value{Text: f.Object.Handle, Href: p.Root + m.drawnAnchor(l, f.Object), Hash: true})
		if l.ByPlatform() {
			v.Firm.add("由谁抽取", text(m.platformName(l)+"（存证：不能重算）"))
			return
		}
		v.Versus = againstCutoff(l, f.Object)
	}
}

func cutoff(l *rules.Lot, cell string) string {
	if l.Draw == nil {
		return "" // the platform cast: there are no tickets
	}
	for _, c := range l.Draw.Body.Cells {
		if c.Cell == cell {
			return c.Cutoff
		}
	}
	return ""
}

// drawnAnchor is where the object stands in the drawn list.
func (m *maker) drawnAnchor(l *rules.Lot, o *rules.Object) string {
	return m.drawnPath(l, drawnPart(m.keys.object[o].place)) + "#h-" + o.Handle
}

// resultDates lists the dates as facts, and says whether the result was public
// by its legal date (never a verdict).
func (m *maker) resultDates(v *resultView, f *rules.Finished) {
	b := f.Body
	d := &v.Dates
	d.add("检查开始", text(f.Started()))
	d.add("检查结束", text(f.Ended()))
	d.add("最后证据出具", text(f.LastProof()))
	d.add("平台录入", text(or(f.Entered(), "未填")))
	resultSteps(d, b)
	d.add("平台公示", text(or(f.OnPlatform(), "未填")))
	d.add("记入公开账本", text(second(f.Time)+"（本单位填报的时间）"))
	if f.Joined != nil {
		m.joinedDates(v, f)
		return
	}
	if f.Lot == nil {
		return
	}
	legal, strict, sure := m.s.Due(f)
	if !sure {
		d.add("期限", text(legal+"（暂定：放假安排还没有公布）"))
		return
	}
	d.add("期限", text(legal))
	if c := m.clause(&v.page, m.pack.Publish.Clause); c != nil {
		d.add("期限依据", value{Text: c.Text, Href: c.Href})
	}
	if nation := m.s.NationalDue(f.Lot, f.Counted()); nation != "" {
		d.add("按全国放假安排", text(nation+"（本单位停止办公的日子不算工作日，见工作日补充）"))
	}
	if strict != legal {
		d.add("从严日期", text(strict+strictWords(f)))
	}
	by := "平台公示日期"
	if f.OnPlatform() == "" {
		by = "记入账本的日期（平台公示日期未填）"
	}
	if n := m.s.Late(f); n > 0 {
		v.Late = "按" + by + f.Published() + "计，比期限" + legal + "晚" + num(n) + "个工作日。本单位的说明：" + or(b.Late, "未填") + "。"
	} else {
		v.Late = "按" + by + f.Published() + "计，在期限" + legal + "以内。"
	}
}

func (m *maker) resultFollow(v *resultView, f *rules.Finished) {
	m.resultTold(v, f)
	if d := f.Body.FollowUp; d != nil {
		v.Due.add("处置方式", text(d.Kind))
		v.Due.add("交由", text(d.To))
		v.Due.add("责任单位", text(or(d.Owner, f.Body.Unit)))
		v.Due.add("办理期限", text(d.Due))
		v.Due.add("文书号", text(d.Number))
	}
	for _, u := range f.FollowUps {
		state := "办理中"
		if u.Body.Closed {
			state = "已办结"
		}
		if u.Body.Due != "" {
			state += "，期限" + u.Body.Due
		}
		v.Follow = append(v.Follow, followRow{u.Body.Date, strings.TrimSpace(u.Body.Kind + " " + u.Body.To), or(u.Body.Number, "–"), state, v.entry(u.Index)})
	}
}

// compare lists the original and every correction, oldest first.
func (m *maker) compare(p *page, f *rules.Finished, checklist int64) *compare {
	c := &compare{Heads: []string{"原记录"}}
	for i := range f.Corrections {
		c.Heads = append(c.Heads, "第"+num(i+1)+"次更正")
	}
	rows := map[string][]compareCell{}
	var heads []string
	put := func(head string, i int, v value) {
		if v.Text == "" {
			return
		}
		if rows[head] == nil {
			heads = append(heads, head)
			for _, label := range c.Heads {
				rows[head] = append(rows[head], compareCell{label, text("–")})
			}
		}
		rows[head][i].value = v
	}
	outcomes := []*record.Outcome{&f.Body.Outcome}
	for i := range f.Corrections {
		outcomes = append(outcomes, &f.Corrections[i].Body.Outcome)
	}
	for i, o := range outcomes {
		put("结果", i, text(m.codeNames(o.Codes)))
		for _, it := range o.Items {
			put(m.itemRefs(p, checklist, []string{it.Item})[0].Text, i, text(m.codeNames(it.Codes)))
		}
		put("认定的情形", i, text(strings.Join(o.Refusal, "；")))
	}
	put("检查开始", 0, text(f.Body.Started))
	put("检查结束", 0, text(f.Body.Ended))
	put("最后证据出具", 0, text(f.Body.LastProof))
	put("平台录入", 0, text(f.Body.Entered))
	put("平台公示", 0, text(f.Body.Published))
	for i, at := range f.Corrections {
		put("检查开始", i+1, text(at.Body.Started))
		put("检查结束", i+1, text(at.Body.Ended))
		put("最后证据出具", i+1, text(at.Body.LastProof))
		put("平台录入", i+1, text(at.Body.Entered))
		put("平台公示", i+1, text(at.Body.Published))
		put("更正理由", i+1, text(at.Body.Ground))
		put("签字确认", i+1, text(m.pack.Correction.Approver+"，姓名"+m.openText(at.Index, "approved_by")))
	}
	put("日期", 0, text(day(f.Time)))
	put("记录", 0, p.record(f.Index))
	for i, at := range f.Corrections {
		put("日期", i+1, text(at.Body.Date))
		put("记录", i+1, p.record(at.Index))
	}
	for _, head := range heads {
		c.Rows = append(c.Rows, compareRow{head, rows[head]})
	}
	return c
}

func (m *maker) resultFound(v *resultView, f *rules.Finished) {
	entries := []int64{f.Index}
	for _, c := range f.Corrections {
		entries = append(entries, c.Index)
	}
	for _, u := range f.FollowUps {
		entries = append(entries, u.Index)
	}
	entries = append(entries, redressEntries(f)...)
	for _, i := range entries {
		for _, found := range m.found(i) {
			if found.Severity == rules.Breach {
				v.Failed = append(v.Failed, m.say(&v.page, *found))
			} else {
				v.Noted = append(v.Noted, m.say(&v.page, *found))
			}
		}
	}
	v.Ignored = m.ignoredAbout(&v.page, f.Index)
}

func (m *maker) resultItem(p *page, f *rules.Finished) resultItem {
	r := resultItem{Link: p.to(resultPath(f.Index), m.firmName(f)), No: f.Index, Firm: m.firmName(f), Codes: m.codeNames(f.Outcome().Codes),
		Ended: f.Ended(), Draw: originName(f, m.pack), Corrected: len(f.Corrections) > 0}
	if f.Lot != nil {
		r.Draw = f.Lot.Body.Draw
	}
	if n := m.s.Late(f); n > 0 {
		r.Late = "晚" + num(n) + "个工作日"
	}
	return r
}

func resultPartPath(n int) string { return "results/page-" + num(n) + ".html" }

// resultLists are the list pages, numbered from the oldest, and the entrance.
func (m *maker) resultLists() error {
	all := m.s.Results
	parts := (len(all) + perPage - 1) / perPage
	for n := 1; n <= parts; n++ {
		m.listed(resultPartPath(n), "results", resultPartTitle(n))
	}
	if err := each(parts, func(i int) error { return m.resultPart(i+1, parts) }); err != nil {
		return err
	}
	v := &resultsView{page: m.newPage("results/index.html", "results", "抽查结果"), Count: len(all)}
	v.asList()
	for _, f := range all {
		if f.Body.Withheld != nil {
			v.Closed++
		}
	}
	v.By = m.shelfYears(&v.page)
	v.Redress = m.objectionCounts(&v.page)
	for i := len(all) - 1; i >= max(0, len(all)-20); i-- {
		v.Latest = append(v.Latest, m.resultItem(&v.page, all[i]))
	}
	list := &partList{dir: "results/", section: "results", title: "抽查结果", parts: parts, path: resultPartPath,
		name: func(n int) string {
			return "第" + num((n-1)*perPage+1) + "至" + num(min(n*perPage, len(all))) + "份"
		}}
	if err := m.linkPages(list); err != nil {
		return err
	}
	v.Parts, v.Older = list.latest(&v.page), list.older(&v.page)
	m.list(&v.page, "")
	return m.render("results", v)
}

func resultPartTitle(n int) string { return "抽查结果（第" + num(n) + "页）" }

func (m *maker) resultPart(n, parts int) error {
	from, to := (n-1)*perPage, min(n*perPage, len(m.s.Results))
	rows := m.s.Results[from:to]
	return m.block("results/"+num(n), m.rowsKey(newHasher(), "results", rows, n < parts), func(m *maker) error {
		v := &resultPart{page: m.newPage(resultPartPath(n), "results", resultPartTitle(n)), From: from + 1, To: to}
		v.asList()
		for _, f := range rows {
			v.Rows = append(v.Rows, m.resultItem(&v.page, f))
		}
		v.Turn = turn(&v.page, n, parts, resultPartPath)
		return m.render("result-part", v)
	})
}

// turn links to the neighbours of a list page; the newest has no next.
func turn(p *page, n, parts int, path func(int) string) []link {
	var list []link
	if n > 1 {
		list = append(list, *p.to(path(n-1), "较早的一页"))
	}
	if n < parts {
		list = append(list, *p.to(path(n+1), "较新的一页"))
	}
	return list
}
