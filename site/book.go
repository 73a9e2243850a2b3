package site

import (
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// entryView is one record of the ledger in plain form.
type entryView struct {
	page
	recordPart
	State   stateLine
	Summary string
	Shown   *link // where the record is shown as what it is
	Found   []said
	More    *link // all that was found, where these are not
	Check   *checkPart
}

// recordPart is a record as it stands in the ledger: on its own page, or the
// last part of the page of the result that it is.
type recordPart struct {
	Facts   facts
	Text    string // the signed note, as it stands in the tree
	Long    *link  // to it, where it is too long for a page
	Fields  []fieldRow
	Handles int
	Proof   facts
	Turn    []link
}

type fieldRow struct{ Path, Value, Salt string }

// bookPart is a list page of records.
type bookPart struct {
	page
	From, To int64
	Rows     []bookRow
	Turn     []link
}

type bookRow struct {
	Link                *link
	Type, Time, Summary string
	State               tag
}

// recordPages makes a page for every record. The page of a result is that of
// its record. A bundle of the log in which nothing changed is not read.
func (m *maker) recordPages() error {
	for _, e := range m.b.Entries {
		if e.Record == nil {
			m.listed(entryPath(e.Index), "book", entryTitle(e))
		}
	}
	if err := m.foundPages(); err != nil {
		return err
	}
	n := len(m.b.Entries)
	return each((n+chunk-1)/chunk, func(c int) error {
		from, to := c*chunk, min(n, (c+1)*chunk)
		key := newHasher().text("records").num(int64(from), int64(to)).sum(m.keys.record[from:to]...).key()
		return m.run("records/"+num(c), key, func(m *maker) error { return m.recordChunk(int64(from), int64(to)) })
	})
}

func (m *maker) recordChunk(from, to int64) error {
	left := map[int64]bool{}
	for i := from; i < to; i++ {
		if !m.kept("record/"+num(i), m.keys.record[i]) {
			left[i] = true
		}
	}
	if len(left) == 0 {
		return nil
	}
	return m.b.Dir.Entries(uint64(from), uint64(to), func(at uint64, raw []byte) error {
		i := int64(at)
		if !left[i] {
			return nil
		}
		return m.block("record/"+num(i), m.keys.record[i], func(m *maker) error {
			if f := m.resultAt(i); f != nil {
				return m.resultPage(f, string(raw))
			}
			return m.entryPage(m.b.Entries[i], string(raw))
		})
	})
}

func entryTitle(e *verify.Entry) string {
	name := "读不出的记录"
	if e.Record != nil {
		name = typeName(e.Record.Type)
	}
	return "第" + num(e.Index) + "条记录：" + name
}

// home is the one page on which a record stands. Every link to a record goes
// through it (page.entry, page.record).
func (m *maker) home(i int64) string {
	if m.resultAt(i) != nil {
		return resultPath(i)
	}
	return entryPath(i)
}

func (m *maker) entryPage(e *verify.Entry, raw string) error {
	i := e.Index
	name := "读不出的记录"
	if e.Record != nil {
		name = typeName(e.Record.Type)
	}
	v := &entryView{page: m.newPage(entryPath(i), "book", entryTitle(e))}
	p := &v.page
	p.Entry = i
	v.State = m.stateLine(p, i)
	m.asArticle(p, article{timeOf(e), "公开账本," + name})
	if e.Record != nil {
		v.Summary = m.summary(e)
		v.Shown = m.shown(p, e)
	}
	v.Found, v.More = m.foundAbout(p, i)
	v.recordPart = m.recordPart(p, e, raw)
	v.Check = m.checkEntry(p, i)
	return m.render("entry", v)
}

// longText is from how many bytes on the text of a record does not stand on its
// page: one that opens hundreds of names.
const longText = 10_000

// recordPart depends on the record, its opening and proof, and on whether
// records stand before and after it.
func (m *maker) recordPart(p *page, e *verify.Entry, raw string) recordPart {
	i, v := e.Index, recordPart{Text: raw}
	if len(raw) > longText {
		v.Text, v.Long = "", p.to("ledger/"+ledger.EntryPath(uint64(i)), "entry/"+num(i)+".txt，"+num(len(raw))+"个字节")
	}
	if e.Record != nil {
		v.Facts.add("时间（本单位填报）", text(second(e.Record.Env.At)))
		v.Facts.add("填写", text(e.Record.Env.By))
		if b := e.Record.Env.Beacon; b != nil {
			v.Facts.add("写入时已知的公开随机数（本单位填报）", text("drand 第"+num(b.Round)+"期"))
		}
		m.bracketFacts(&v.Facts, i)
	}
	v.Facts.add("签名", text(or(strings.Join(e.Signers, "、"), "没有核验通过的单位签名")))
	v.Facts.add("校验码（SHA-256）", hash(e.Hash))
	for _, f := range e.Fields {
		v.Fields = append(v.Fields, fieldRow{f.Path, f.Value, f.Salt})
	}
	if o := e.Opening; o != nil {
		v.Handles = len(o.Handles)
	}
	v.Proof = m.proofFacts(p, i)
	if i > 0 {
		v.Turn = append(v.Turn, *p.to(m.home(i-1), "上一条记录"))
	}
	if i+1 < int64(len(m.b.Entries)) {
		v.Turn = append(v.Turn, *p.to(m.home(i+1), "下一条记录"))
	}
	return v
}

func timeOf(e *verify.Entry) string {
	if e.Record == nil {
		return ""
	}
	return e.Record.Env.At
}

func (m *maker) entryState(e *verify.Entry) tag {
	switch {
	case e.Record == nil || voided(e.Findings):
		return tag{"不相符，没有效力", "bad"}
	case breached(m.found(e.Index)):
		return tag{"不相符", "bad"}
	}
	if f := m.resultAt(e.Index); f != nil && len(f.Corrections) > 0 {
		return tag{"已更正", "warn"}
	}
	return m.seenTag(e.Index)
}

// proofFacts are the files by which anyone checks a record without this site.
// The checkpoint is the one of the record's own publication, never the latest.
func (m *maker) proofFacts(p *page, i int64) facts {
	var f facts
	f.add("记录原文", p.at("ledger/"+ledger.EntryPath(uint64(i)), "entry/"+num(i)+".txt"))
	name := "ledger/" + ledger.ProofPath(uint64(i))
	if !m.hasProof(i) {
		f.add("入账证明", text("缺失"))
		return f
	}
	f.add("入账证明", p.at(name, "proof/"+num(i)+".tlog-proof"))
	if c, ok := m.proofHead(i); ok {
		f.add("入账时的账本快照", text("共"+num(c.Size)+"条记录"), hash(rootOf(c)))
	}
	if m.b.Entries[i].Record != nil && m.hasOpening(i) {
		f.add("启封凭据", p.at("ledger/"+ledger.OpeningPath(uint64(i)), "opening/"+num(i)+".json"))
	}
	return f
}

func (m *maker) proofHead(i int64) (ledger.Checkpoint, bool) {
	if c := m.b.Entries[i].Head; c != nil {
		return *c, true
	}
	data, err := m.b.Dir.Proof(uint64(i))
	if err != nil {
		return ledger.Checkpoint{}, false
	}
	proof, err := ledger.ParseProof(data)
	if err != nil {
		return ledger.Checkpoint{}, false
	}
	note, err := ledger.ParseNote(proof.Checkpoint)
	if err != nil {
		return ledger.Checkpoint{}, false
	}
	c, err := ledger.ParseCheckpoint(note.Text)
	return c, err == nil
}

func (m *maker) drawName(notice int64) string {
	if l := m.s.LotAt(notice); l != nil {
		return l.Body.Draw
	}
	return "第" + num(notice) + "条记录"
}

// summary says in one sentence what a record does.
func (m *maker) summary(e *verify.Entry) string {
	switch b := e.Record.Body.(type) {
	case *record.Charter:
		return "开账声明：" + b.Office + "，执行" + b.Pack.ID
	case *record.Checklist:
		return "公布随机抽查事项清单第" + num(b.Version) + "版，" + num(len(b.Items)) + "项"
	case *record.Roster:
		said := "登记" + or(rosterNames[b.Kind], b.Kind) + "第" + num(b.Version) + "版，共" + num(b.Count) + "条"
		if b.Unchanged {
			said += "（核对无变化）"
		}
		return said
	case *record.Plan:
		return "公布" + b.Title + "第" + num(b.Version) + "版，" + num(len(b.Lines)) + "项"
	case *record.Filing:
		if m.checklistOf(b.Plan) != nil {
			return "清单报" + b.To + "，" + b.Date
		}
		return "计划报" + b.To + "备案，" + b.Date
	case *record.History:
		return "登记开账前的抽查" + num(b.Count) + "次（只计频次，不证明公平）"
	case *record.Calendar:
		if b.Kind == "closure" {
			return "本单位停止办公" + num(len(b.Off)) + "天：" + b.Ground
		}
		return "登记" + num(b.Year) + "年的放假安排：" + document(b)
	case *record.Notice:
		return "发布抽取预告 " + b.Draw + "：" + b.Name
	case *record.Draw:
		return "完成抽取 " + m.drawName(b.Notice) + "，抽中" + num(b.Count) + "户"
	case *record.Dispatch:
		return "派发 " + m.drawName(b.Notice) + "：" + b.Unit + "，" + num(b.Count) + "户"
	case *record.TeamChange:
		return or(changeNames[b.Kind], b.Kind) + "（" + m.drawName(b.Notice) + "）：" + b.Ground
	}
	return m.summaryAfter(e)
}

func (m *maker) summaryAfter(e *verify.Entry) string {
	switch b := e.Record.Body.(type) {
	case *record.Result:
		return "公示抽查结果：" + m.entryFirm(e) + "，" + m.codeNames(b.Outcome.Codes)
	case *record.Correction:
		return "更正第" + num(b.Result) + "条记录的抽查结果：" + b.Ground
	case *record.FollowUp:
		return "第" + num(b.Result) + "条记录的后续处置：" + b.Kind
	case *record.Opened:
		if b.K {
			return "公开启封钥匙（" + m.drawName(b.Notice) + "）"
		}
		return "公开" + num(len(b.Handles)) + "支签的名称（" + m.drawName(b.Notice) + "）"
	case *record.Request:
		return "申请换人抽签（" + m.drawName(b.Notice) + "）：" + b.Ground
	case *record.Replacement:
		return "换人抽签，依据第" + num(b.Request) + "条记录的申请"
	case *record.Abort:
		return "终止抽取 " + m.drawName(b.Notice) + "：" + b.Ground
	case *record.Contribution:
		return e.Record.Env.By + "为" + m.drawName(b.Notice) + "加数"
	case *record.Paper:
		return "登记纸面见证（" + m.drawName(b.Notice) + "）：" + b.Body
	}
	return or(m.summaryRedress(e), or(m.summaryTask(e), typeName(e.Record.Type)))
}

// shown is the page on which a record appears as what it is, nil for none.
func (m *maker) shown(p *page, e *verify.Entry) *link {
	about, _ := aboutEntry(e.Record.Body)
	switch b := e.Record.Body.(type) {
	case *record.Charter:
		return p.to("about/index.html", "关于本账本")
	case *record.Checklist:
		for _, c := range m.s.Checklists {
			if c.Index == e.Index {
				return p.to(m.checklistPath(c.Body.Version), "事项清单第"+num(c.Body.Version)+"版")
			}
		}
	case *record.Plan:
		if m.s.Plan(b.Year) != nil {
			return p.to(planPath(b.Year), num(b.Year)+"年度计划")
		}
	case *record.Notice:
		about = e.Index
	case *record.Result:
		if m.resultAt(e.Index) != nil {
			return p.to(resultPath(e.Index), "抽查结果")
		}
	case *record.Correction, *record.FollowUp, *record.Feedback, *record.Objection, *record.Review, *record.Archive, *record.Purge, *record.Takedown:
		about = m.resultAbout(e.Record.Body, about)
		if m.resultAt(about) != nil {
			return p.to(resultPath(about), "抽查结果")
		}
	}
	if l := m.s.LotAt(about); l != nil {
		return p.to(m.drawPath(l), "抽取 "+l.Body.Draw)
	}
	return nil
}

func bookPath(n int) string { return "book/page-" + num(n) + ".html" }

func (m *maker) bookLists() error {
	all := m.b.Entries
	parts := (len(all) + perPage - 1) / perPage
	for n := 1; n <= parts; n++ {
		m.listed(bookPath(n), "book", bookTitle(n))
	}
	if err := each(parts, func(i int) error { return m.bookPart(i+1, parts) }); err != nil {
		return err
	}
	v := &bookView{page: m.newPage("book/index.html", "book", "公开账本")}
	p := &v.page
	p.asList()
	v.Facts = m.headFacts(p)
	list := m.bookParts()
	if err := m.linkPages(list); err != nil {
		return err
	}
	v.Parts, v.Older = list.latest(p), list.older(p)
	v.Files = []link{*p.to("ledger/checkpoint", "账本快照 checkpoint")}
	if m.made.has("ledger/policy") {
		v.Files = append(v.Files, *p.to("ledger/policy", "见证和账本公钥 policy"))
	}
	if err := m.bookRest(v); err != nil {
		return err
	}
	m.list(p, "")
	return m.render("book", v)
}

func bookTitle(n int) string { return "账本（第" + num(n) + "页）" }

func (m *maker) bookPart(n, parts int) error {
	from, to := (n-1)*perPage, min(n*perPage, len(m.b.Entries))
	h := newHasher().text("book").sum(m.keys.all).yes(n < parts).sum(m.keys.record[from:to]...)
	return m.block("book/"+num(n), h.key(), func(m *maker) error {
		v := &bookPart{page: m.newPage(bookPath(n), "book", bookTitle(n)), From: int64(from), To: int64(to - 1)}
		v.asList()
		for _, e := range m.b.Entries[from:to] {
			r := bookRow{Link: v.to(m.home(e.Index), num(e.Index)), Type: "读不出的记录", Time: minute(timeOf(e)), State: m.entryState(e)}
			if e.Record != nil {
				r.Type, r.Summary = typeName(e.Record.Type), m.summary(e)
			}
			v.Rows = append(v.Rows, r)
		}
		v.Turn = turn(&v.page, n, parts, bookPath)
		return m.render("book-part", v)
	})
}

// headFacts are size, root and times of the ledger as of this build.
func (m *maker) headFacts(p *page) facts {
	var f facts
	c := m.b.Checkpoint
	f.add("记录", p.at("book/index.html", "共"+num(c.Size)+"条"))
	f.add("总校验码", hash(rootOf(c)), p.at("ledger/checkpoint", "签名的账本快照"))
	f.add("账本名称", text(c.Origin))
	if n := len(m.b.Entries); n > 0 {
		f.add("最后一条记录", p.record(int64(n-1)), text(minute(timeOf(m.b.Entries[n-1]))))
	}
	f.add("见证", text(m.witnessSentence()), p.at("about/index.html", "主办单位和见证单位"))
	f.add("各次预告的等级", p.at("draws/index.html", m.gradeCounts()))
	return f
}
