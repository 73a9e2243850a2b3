package site

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// drawView is a draw as a story: 预告 → 见证 → 第N期 → 抽取 → 派发 → 检查 → 公示
// → 启封. It depends on the notice, on every later record about it (the results
// of its objects among them), on the pages of its objects' firms, and on the
// charter and the pack.
type drawView struct {
	page
	State   stateLine
	Lead    string
	Failed  []said    // why it is not sound, in words
	Ignored []ignored // entries about it that have no effect
	Steps   []step
	Example *example
	List    drawnList
	Noted   []said // what else was found about it
	Left    []link // the records about which more was found
	Check   *checkPart
}

// step is one stage of the story. Kind picks the tables below its facts.
type step struct {
	Kind, Title, When string
	Short             string // its name on the line of time, "" for what stands only in the story
	State             tag
	Open              bool // not done yet
	Platform          bool // the platform cast
	Text              string
	Facts             facts
	More              facts // files and digests, folded
	Cells             []cellRow
	Cast              bool // the cells have their cut-offs, or what the platform drew
	Source            *link
	Grounds           []groundRow
	Sent              []sentRow
	Changes           []changeRow
	Counts            []countRow
}

type cellRow struct {
	Name                string
	Count, Quota, Drawn int64
	Share, Cutoff       string
	Told                bool // the notice itself tells which firms are drawn
}

type groundRow struct {
	Words  string
	Count  int64
	Clause *link
}

type sentRow struct {
	Unit, Number, Date, Period string
	Count                      int64
	Entry                      *link
	File                       value
}

type changeRow struct {
	Date, Kind, Object, Leave, Come, Ground, Consent string
	Entry                                            *link
}

type countRow struct {
	Code, Name string
	Count      int
	Link       *link // to those that are counted
}

// ignored is an entry that was judged to have no effect.
type ignored struct {
	Entry *link
	Type  string
	Said  []said
}

// example is one ticket to be computed by hand.
type example struct {
	Command, Ticket, Cutoff, Handle, Cell string
}

// drawnList is a part of the drawn list; Turn leads to the other parts.
type drawnList struct {
	From, To, All int
	Rows          []drawnRow
	Turn          []link
	Cells         bool // there is more than one cell
	Platform      bool // no tickets
	Teams         bool
}

type drawnRow struct {
	Handle, Ticket, Cell string
	Name                 *link  // firm, once opened
	Plain                string // what stands in its place
	Team                 string
	State                string
	Result               *link
}

// drawnPage is a further page of a long drawn list.
type drawnPage struct {
	page
	List drawnList
}

// The page of a draw lists the first of the drawn objects, further pages the
// rest: so that no page grows heavy.
const (
	drawnFirst   = 3
	drawnPerPage = 30
)

// drawnPart is the page on which the i-th object stands, 1 that of the draw.
func drawnPart(i int) int {
	if i < drawnFirst {
		return 1
	}
	return 2 + (i-drawnFirst)/drawnPerPage
}

// drawnRows are from where to where the rows of a page stand among n objects.
func drawnRows(part, n int) (from, to int) {
	if part == 1 {
		return 0, min(drawnFirst, n)
	}
	from = drawnFirst + (part-2)*drawnPerPage
	return from, min(from+drawnPerPage, n)
}

func (m *maker) drawPages() error {
	for _, l := range m.s.Lots {
		m.pages = append(m.pages, made{m.drawPath(l), drawTitle(l), "draws", day(l.Time)})
	}
	return each(len(m.s.Lots), func(i int) error {
		l := m.s.Lots[i]
		return m.block("draw/"+num(l.Index), m.drawKey(newHasher(), l), func(m *maker) error { return m.drawPage(l) })
	})
}

func drawTitle(l *rules.Lot) string { return l.Body.Draw + " " + l.Body.Name }

func (m *maker) drawPage(l *rules.Lot) error {
	b := l.Body
	v := &drawView{page: m.newPage(m.drawPath(l), "draws", b.Draw+" "+b.Name)}
	p := &v.page
	p.Entry = l.Index
	m.asArticle(p, article{l.Time, b.Name + ",抽取,双随机"})
	grade := m.grade(l)
	if l.Grade() == rules.GradeUnwitnessed && m.seenTag(l.Index).Class != "good" {
		grade = grade[1:] // the state of the notice says the same
	}
	v.State = m.stateLine(p, l.Index, append([]tag{drawState(l)}, grade...)...)
	v.State.Check.Href = "#self-check" // the draw's, which includes the notice
	v.Lead = m.drawLead(l)
	m.drawFound(l, v)
	v.Steps = m.story(p, l)
	if l.Drawn() {
		v.Example = m.example(l)
	}
	for n := 2; n <= drawnPart(len(l.Objects)-1); n++ {
		part := &drawnPage{page: m.newPage(m.drawnPath(l, n), "draws", b.Draw+" 抽中名单（第"+num(n)+"页）", link{p.Path, b.Draw})}
		part.Entry = l.Index
		part.List = m.drawn(&part.page, l, n)
		if err := m.render("drawn-part", part); err != nil {
			return err
		}
	}
	v.List = m.drawn(p, l, 1)
	v.Check = m.checkDraw(p, l)
	return m.render("draw", v)
}

func (m *maker) drawnPath(l *rules.Lot, part int) string {
	if part == 1 {
		return m.drawPath(l)
	}
	return "draws/" + m.drawDir[l.Index] + "/page-" + num(part) + ".html"
}

// drawState is where the draw stands, in one word or two.
func drawState(l *rules.Lot) tag {
	results := 0
	for _, o := range l.Objects {
		if o.Result != nil {
			results++
		}
	}
	switch {
	case l.Failed:
		return tag{"不相符", "bad"}
	case l.Abort != nil:
		return tag{"已终止", "warn"}
	case l.Late && !l.Drawn():
		return tag{"先后不成立", "bad"}
	case !l.Drawn():
		return tag{"已预告，未抽取", ""}
	case results == len(l.Objects) && results > 0:
		return tag{"结果已全部公示", "good"}
	case len(l.Sent) > 0:
		return tag{"已派发，检查中", ""}
	}
	return tag{"已抽取，未派发", ""}
}

func (m *maker) drawLead(l *rules.Lot) string {
	var pool int64
	for _, g := range l.Body.Groups {
		for _, c := range g.Cells {
			pool += c.Count
		}
	}
	switch {
	case l.Failed:
		return "这份抽取预告没有通过核对，不发生效力，照实列出。"
	case l.Hidden():
		return "已终止，没有列出抽中名单。终止是否在号码产生以前，没有见证单位看到，以本单位填报为准。"
	case !l.Drawn() && l.Abort != nil:
		return "抽取前已终止，没有抽取。"
	case l.ByPlatform():
		return m.platformLead(l, pool)
	case l.Draw == nil && l.Late:
		return orderLead(l)
	case l.Draw == nil:
		return "签筒里有" + num(pool) + "户，等待" + numberName(l.Body.Randomness) + "（" + momentName(l.Body.Randomness) + second(l.Body.When()) + "）。"
	}
	if int64(len(l.Objects)) == pool {
		return "全数检查：签筒里的" + num(pool) + "户全部检查，不是抽签；检查人员用" + numberName(l.Body.Randomness) + "摇号。"
	}
	return "从签筒里的" + num(pool) + "户企业中抽中" + num(len(l.Objects)) + "户，用" + numberName(l.Body.Randomness) + "摇号。名单和号码都在账本里，任何人都可以重算；" + orderLead(l)
}

// drawFound sorts what was found about a draw and its entries.
func (m *maker) drawFound(l *rules.Lot, v *drawView) {
	entries := []int64{l.Index}
	if l.Draw != nil {
		entries = append(entries, l.Draw.Index)
	}
	if l.Platform != nil {
		entries = append(entries, l.Platform.Index)
	}
	for _, s := range l.Sent {
		entries = append(entries, s.Index)
	}
	for _, o := range l.Opened {
		entries = append(entries, o.Index)
	}
	if l.Led != nil {
		entries = append(entries, l.Led.Entries()...)
	}
	for _, o := range l.Objects {
		for _, c := range o.Changes {
			entries = append(entries, c.Index)
		}
	}
	for _, r := range l.Requests {
		if entries = append(entries, r.Index); r.Done != nil {
			entries = append(entries, r.Done.Index)
		}
	}
	if l.Abort != nil {
		entries = append(entries, l.Abort.Index)
	}
	slices.Sort(entries)
	v.Failed, v.Noted, v.Left = m.foundIn(&v.page, slices.Compact(entries))
	v.Ignored = m.ignoredAbout(&v.page, l.Index)
}

func (m *maker) ignoredAbout(p *page, index int64) []ignored {
	var list []ignored
	for _, e := range m.noted[index] {
		list = append(list, m.ignoredEntry(p, e))
	}
	return list
}

func (m *maker) ignoredEntry(p *page, e *verify.Entry) ignored {
	list := m.sayAll(p, m.found(e.Index))
	for i := range list {
		list[i].Entry = nil // it is named once already
	}
	return ignored{p.entry(e.Index), typeName(e.Record.Type), list}
}

// castStep is the draw itself.
func (m *maker) castStep(p *page, l *rules.Lot) step {
	if l.ByPlatform() {
		return m.platformStep(p, l)
	}
	s := step{Kind: "cast", Title: "抽取（" + shortNumber(l.Body.Randomness) + "）", Short: "抽取", Open: l.Draw == nil}
	if l.Draw == nil {
		s.State, s.Text = tag{"未抽取", ""}, "号码产生以后，用它和预告校验码算出种子，给签筒里的每支签算出签值，每个分区从小到大取满名额。"
		if l.Failed {
			s.Text = "预告不发生效力，没有依据它抽取。"
		}
		return s
	}
	d := l.Draw.Body
	s.When, s.State = second(l.Draw.Time), tag{"抽中" + num(d.Count) + "户", ""}
	s.Text = "号码产生后" + gap(l.Body.When(), l.Draw.Time) + "入账。种子一定，抽中谁就定了，谁来算都一样。"
	f := &s.Facts
	f.add("记录", p.record(l.Draw.Index), text("入账时间（本单位填报）："+second(l.Draw.Time)))
	f.add("摇号种子", hash(d.Seed))
	seedFacts(&s.More, d, l.Extras)
	f.add("抽中名单", m.blob(p, d.Drawn.SHA256, "名单文件（分区|签值|签号）"))
	m.castTeams(p, f, l)
	s.Cells, s.Cast = cellRows(l), true
	return s
}

// example takes the first drawn object and finds the command that gives its
// ticket: the lot's number is 1 unless the notice gave it several.
func (m *maker) example(l *rules.Lot) *example {
	if len(l.Objects) == 0 || l.Draw == nil {
		return nil
	}
	o, d := l.Objects[0], l.Draw.Body
	x := &example{Ticket: o.Ticket, Handle: o.Handle, Cell: o.Cell}
	for _, c := range d.Cells {
		if c.Cell == o.Cell {
			x.Cutoff = c.Cutoff
		}
	}
	lot := 1
	for w := 1; w <= 16; w++ {
		if draw.Ticket(d.Seed, o.Handle, w) == o.Ticket {
			lot = w
			break
		}
	}
	x.Command = "printf '%s' '" + d.Seed + "|O|" + o.Handle + "|" + num(lot) + "' | sha256sum"
	return x
}

// drawn is one page of the drawn list.
func (m *maker) drawn(p *page, l *rules.Lot, part int) drawnList {
	from, to := drawnRows(part, len(l.Objects))
	list := drawnList{From: from + 1, To: to, All: len(l.Objects)}
	if !l.Drawn() || from >= to {
		return drawnList{}
	}
	list.Cells, list.Platform = cellCount(l.Body) > 1, l.ByPlatform()
	list.Teams = len(l.Body.Slots) > 0
	names := map[string]string{}
	for _, g := range l.Body.Groups {
		for _, c := range g.Cells {
			names[c.Cell] = c.Name
		}
	}
	for _, o := range l.Objects[from:to] {
		list.Rows = append(list.Rows, m.drawnRow(p, l, o, names[o.Cell], m.openedID(o)))
	}
	parts := drawnPart(len(l.Objects) - 1)
	step := (parts + 9) / 10
	for n := 1; n <= parts && parts > 1; n++ {
		near := n >= part-1 && n <= part+1 || n == 1 || n == parts || n%step == 0
		if n != part && near { // of many pages every so many-th: the rest lies one or two further on
			first, last := drawnRows(n, len(l.Objects))
			list.Turn = append(list.Turn, *p.to(m.drawnPath(l, n), "第"+num(first+1)+"至"+num(last)+"户"))
		}
	}
	return list
}

func cellCount(b *record.Notice) int {
	n := 0
	for _, g := range b.Groups {
		n += len(g.Cells)
	}
	return n
}

// caster is the round whose number casts, or the platform.
func (m *maker) caster(l *rules.Lot) string {
	if l.ByPlatform() {
		return "平台抽取"
	}
	return shortNumber(l.Body.Randomness)
}

// openedID is the code behind an object, "" while it is sealed.
func (m *maker) openedID(o *rules.Object) string {
	if f := m.keys.object[o].firm; f != nil {
		return f.code
	}
	return ""
}

// openedIDs are the ids of a draw's objects that the notice's opening opens, ""
// for the others. Those that verify has found sound are known; handles are
// computed again only where the opening holds more.
func (m *maker) openedIDs(l *rules.Lot) []string {
	list := make([]string, len(l.Objects))
	o := m.b.Entries[l.Index].Opening
	if o == nil {
		return list
	}
	left := len(o.Handles)
	for i, obj := range l.Objects {
		if list[i] = obj.ID; obj.ID != "" {
			left--
		}
	}
	if left == 0 {
		return list
	}
	ids := map[string]string{}
	for _, h := range o.Handles {
		ids[draw.Handle(h.Kind, h.Salt, h.ID)] = h.ID
	}
	for i, obj := range l.Objects {
		list[i] = ids[obj.Handle]
	}
	return list
}

// first16 are the digits of a ticket that decide: among a million of them the
// first eight differ.
func first16(ticket string) string { return ticket[:min(16, len(ticket))] }

func (m *maker) drawnRow(p *page, l *rules.Lot, o *rules.Object, cell, id string) drawnRow {
	r := drawnRow{Handle: o.Handle, Ticket: first16(o.Ticket), Cell: or(cell, o.Cell), Plain: "名单未到公开日期"}
	if f := m.firmOf[id]; f != nil && id != "" {
		r.Name, r.Plain = p.to(f.path(), f.name()), ""
	} else if o.Result != nil {
		r.Plain = "未公开"
	} else if id != "" {
		r.Plain = id
	}
	var team []string
	for _, h := range o.Members() {
		s := short(h)
		if h == o.Leader {
			s += "（组长）"
		}
		team = append(team, s)
	}
	r.Team = strings.Join(team, "、")
	if l.ByPlatform() && o.Cell == "" {
		r.Cell = "不在签筒里"
	}
	if o.Group != "" {
		r.Team += "（第" + strings.TrimLeft(strings.TrimPrefix(o.Group, "team"), "0") + "组）"
	}
	if len(o.Direct) > 0 {
		r.Team += "（直接委派" + num(len(o.Direct)) + "人）"
	} else if o.Unstaffed && r.Team == "" {
		r.Team = "摇号凑不齐，待直接委派"
		if l.ByPlatform() {
			r.Team = "平台没有导出检查人员"
		}
	} else if len(o.Changes)+len(o.Lots) > 0 {
		r.Team += "（有变动）"
	}
	if len(o.Vacant) > 0 {
		r.Team += "（空缺" + num(len(o.Vacant)) + "人，待直接委派）"
	}
	switch {
	case o.Result != nil:
		r.Result = p.to(resultPath(o.Result.Index), m.codeNames(o.Result.Outcome().Codes))
	case l.Abort != nil:
		r.State = "已抽中、未执行"
	case o.Dispatch != 0:
		r.State = "已派发，结果未公示"
	default:
		r.State = "未派发"
	}
	return r
}
