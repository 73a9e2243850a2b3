package site

import (
	"io"
	"sort"
	"strings"

	"github.com/sunlot/sunlot/internal/rules"
)

// dataView lists the downloads.
type dataView struct {
	page
	Sets   []dataSet
	Ledger []link // the archives of the ledger, the oldest part first
	Files  []link // checkpoint, policy, lists for programs
	Feeds  []link // and the calendar file
}

type dataSet struct {
	Title, About string
	Rows         int
	Parts        []dataPart
	Schema       link
}

type dataPart struct {
	Rows      string // which, where there are several
	CSV, JSON link
}

func (m *maker) dataSets() []table {
	return []table{m.resultTable(), m.drawTable(), m.drawnTable(), m.planTable(), m.statsTable(), m.checklistTable(), m.dutyTable()}
}

// dataFiles writes data/<name>.csv, .json and .schema.json beside the pages,
// and the page and the list that name them. A part of a set depends on its rows
// alone: of results, on these results and on what followed from them; of drawn,
// on these handles, their openings and results. duties and stats depend on the
// bundle's day too. The page and index.json depend on the number of rows.
func (m *maker) dataFiles() error {
	v := &dataView{page: m.newPage("data/index.html", "data", "数据下载")}
	p := &v.page
	var list dataIndex
	for _, t := range m.dataSets() {
		set := dataSet{Title: t.title, About: t.about, Rows: t.size(), Schema: *p.to("data/"+t.name+".schema.json", t.title+" 格式说明")}
		if err := m.put("data/"+t.name+".schema.json", t.schema()); err != nil {
			return err
		}
		entry := indexSet{Name: t.name, Title: t.title, Schema: t.name + ".schema.json", Rows: t.size()}
		parts := t.parts()
		for _, at := range parts {
			if err := m.dataPart(t, at); err != nil {
				return err
			}
			row := dataPart{CSV: *p.to(at.file+".csv", t.title+" CSV"), JSON: *p.to(at.file+".json", t.title+" JSON")}
			if len(parts) > 1 {
				row.Rows = "第" + num(at.from+1) + "至" + num(at.to) + "行"
			}
			set.Parts = append(set.Parts, row)
			name := strings.TrimPrefix(at.file, "data/")
			entry.Parts = append(entry.Parts, indexPart{CSV: name + ".csv", JSON: name + ".json", Rows: at.to - at.from})
		}
		v.Sets = append(v.Sets, set)
		list.Sets = append(list.Sets, entry)
	}
	if err := m.dataLedger(v, &list); err != nil {
		return err
	}
	if err := m.dataList(v, &list); err != nil {
		return err
	}
	for _, f := range feeds {
		v.Feeds = append(v.Feeds, *p.to(f.path, f.title+"（Atom）"))
	}
	v.Feeds = append(v.Feeds, *p.to(calendarFile, "期限（日历文件）"))
	m.list(p, "")
	return m.render("data", v)
}

// dataPart writes a part; one of results or of the drawn is a block.
func (m *maker) dataPart(t table, at part) error {
	h := newHasher().text("data", at.file).num(int64(at.from), int64(at.to)).sum(m.keys.all)
	switch t.name {
	case "results":
		for _, f := range m.s.Results[at.from:at.to] {
			m.finishedKey(h, f)
		}
	case "drawn":
		m.drawnRowsKey(h, at.from, at.to)
	default:
		return m.dataFile(t, at)
	}
	return m.block(at.file, h.key(), func(m *maker) error { return m.dataFile(t, at) })
}

func (m *maker) dataFile(t table, at part) error {
	if _, err := m.stream(at.file+".csv", func(w io.Writer) error { return t.csvPart(w, at.from, at.to) }); err != nil {
		return err
	}
	_, err := m.stream(at.file+".json", func(w io.Writer) error { return t.jsonPart(w, at.from, at.to) })
	return err
}

func (m *maker) resultTable() table {
	t := table{name: "results", title: "抽查结果", about: "每份抽查结果一行，已更正的列更正后的内容", columns: [][2]string{
		{"记录", "entry"}, {"抽取", "draw"}, {"任务名称", "task"}, {"抽查类型", "mode"}, {"来源", "origin"}, {"企业名称", "firm"},
		{"统一社会信用代码（注册号）", "code"}, {"检查机关", "unit"}, {"抽查事项", "items"}, {"检查结束", "ended"}, {"结果代码", "codes"},
		{"检查结果", "outcome"}, {"后续处置", "follow_up"}, {"平台公示", "published"}, {"期限", "due"}, {"全国期限", "national_due"}, {"晚几个工作日", "late"},
		{"说明", "late_note"}, {"更正次数", "corrections"}, {"入账时间", "logged"}},
		keys: []string{"entry", "origin", "unit", "ended", "corrections", "logged"}, count: len(m.s.Results)}
	t.row = func(i int) []string { return m.resultCells(m.s.Results[i]) }
	return t
}

func (m *maker) resultCells(f *rules.Finished) []string {
	draw, task, mode, due, nation, late := "", "", "", "", "", ""
	if f.Lot != nil {
		draw, task, mode = f.Lot.Body.Draw, f.Lot.Body.Name, f.Lot.Body.Mode
		if legal, _, sure := m.s.Due(f); sure {
			due, nation, late = legal, or(m.s.NationalDue(f.Lot, f.Counted()), legal), num(m.s.Late(f))
		}
	}
	if f.Joined != nil {
		draw, task = f.Joined.Body.Task, f.Joined.Body.Name
		if legal, _, sure := m.s.Due(f); sure {
			due, nation, late = legal, legal, num(m.s.Late(f))
		}
	}
	var items []string
	for _, it := range f.Outcome().Items {
		items = append(items, it.Item)
	}
	follow := ""
	if f.Body.FollowUp != nil {
		follow = f.Body.FollowUp.Kind
	}
	for _, u := range f.FollowUps {
		follow = strings.TrimPrefix(follow+"；"+u.Body.Kind, "；")
	}
	return []string{num(f.Index), draw, task, mode, originName(f, m.pack), m.firmName(f),
		or(m.value(f.Index, "code"), takenText(f, "code")), f.Body.Unit, strings.Join(items, "；"), f.Ended(), strings.Join(f.Outcome().Codes, "；"),
		m.codeNames(f.Outcome().Codes), follow, f.OnPlatform(), due, nation, late, f.Body.Late, num(len(f.Corrections)), f.Time}
}

func (m *maker) drawTable() table {
	t := table{name: "draws", title: "抽取", about: "每次抽取一行", columns: [][2]string{
		{"抽取", "draw"}, {"任务名称", "task"}, {"抽查类型", "mode"}, {"计划项", "line"}, {"预告记录", "notice"}, {"预告校验码C", "commitment"},
		{"签筒户数", "pool"}, {"随机数期号", "round"}, {"随机数时间", "round_time"}, {"抽取记录", "entry"}, {"摇号种子", "seed"},
		{"抽中户数", "drawn"}, {"已派发", "dispatched"}, {"已公示结果", "results"}, {"启封期限", "k_due"}, {"已启封", "k_opened"}, {"状态", "state"}}, keys: []string{"draw", "task", "notice", "commitment", "pool", "k_opened", "state"}}
	for _, l := range m.s.Lots {
		entry, seed, drawn, sent, done := "", "", "", 0, 0
		for _, o := range l.Objects {
			if o.Dispatch != 0 {
				sent++
			}
			if o.Result != nil {
				done++
			}
		}
		if l.Drawn() {
			index, _ := l.Record()
			entry, drawn = num(index), num(len(l.Objects))
		}
		if l.Draw != nil {
			seed = l.Draw.Body.Seed
		}
		opened := "否"
		if l.KOpened {
			opened = "是"
		}
		b := l.Body
		t.rows = append(t.rows, []string{b.Draw, b.Name, b.Mode, b.Line, num(l.Index), l.C, num(b.Pool.Lines), numberCell(b.Randomness), b.When(),
			entry, seed, drawn, num(sent), num(done), l.Due.K, opened, drawState(l).Text})
	}
	return t
}

func (m *maker) drawnTable() table {
	t := table{name: "drawn", title: "抽中名单", about: "每支抽中的签一行，名称随公开日期补上", columns: [][2]string{
		{"抽取", "draw"}, {"分区", "cell"}, {"签号", "handle"}, {"签值", "ticket"}, {"中签线", "cutoff"}, {"检查组", "team"}, {"组长", "leader"},
		{"统一社会信用代码（注册号）", "code"}, {"企业名称", "firm"}, {"派发记录", "dispatch"}, {"结果记录", "result"}}, keys: []string{"draw", "handle"}}
	var ends []int // of each draw's rows
	for _, l := range m.s.Lots {
		t.count += len(l.Objects)
		ends = append(ends, t.count)
	}
	t.row = func(i int) []string {
		k := sort.SearchInts(ends, i+1)
		l := m.s.Lots[k]
		return m.drawnCells(l, l.Objects[i-ends[k]+len(l.Objects)])
	}
	return t
}

func (m *maker) drawnCells(l *rules.Lot, o *rules.Object) []string {
	dispatch, result, name := "", "", ""
	if o.Dispatch != 0 {
		dispatch = num(o.Dispatch)
	}
	if o.Result != nil {
		result, name = num(o.Result.Index), m.firmName(o.Result)
	}
	return []string{l.Body.Draw, o.Cell, o.Handle, o.Ticket, cutoff(l, o.Cell), strings.Join(o.Team, " "), o.Leader, m.openedID(o), name, dispatch, result}
}

func (m *maker) planTable() table {
	t := table{name: "plan", title: "年度抽查工作计划", about: "各年度计划现行版本的每一项", columns: [][2]string{
		{"年度", "year"}, {"版本", "version"}, {"序号", "no"}, {"任务名称", "task"}, {"抽查类型", "mode"}, {"抽查事项", "items"}, {"对象范围", "scope"},
		{"定向条件", "filter"}, {"比例（数量）", "quantity"}, {"基数", "base"}, {"预估数量", "estimate"}, {"频次", "frequency"},
		{"开始", "from"}, {"结束", "to"}, {"实施单位", "unit"}, {"联合部门", "partners"}, {"抽取", "draws"}}, keys: []string{"year", "version", "no", "task"}}
	seen := map[int64]bool{}
	for i := len(m.s.Plans) - 1; i >= 0; i-- {
		b := m.s.Plan(m.s.Plans[i].Body.Year).Body
		if seen[b.Year] {
			continue
		}
		seen[b.Year] = true
		for _, l := range b.Lines {
			var draws []string
			for _, lot := range m.s.Lots {
				if lot.Body.Line == l.No && strings.HasPrefix(lot.Body.Draw, num(b.Year)+"-") {
					draws = append(draws, lot.Body.Draw)
				}
			}
			t.rows = append(t.rows, []string{num(b.Year), num(b.Version), l.No, l.Name, l.Mode, strings.Join(l.Items, "；"), l.Scope, l.Filter, quantity(&l),
				num(l.Base), num(l.Estimate), l.Frequency, l.From, l.To, l.Unit, strings.Join(l.Partners, "；"), strings.Join(draws, "；")})
		}
	}
	return t
}

func (m *maker) checklistTable() table {
	t := table{name: "checklist", title: "随机抽查事项清单", about: "现行版本的每个事项", columns: [][2]string{
		{"版本", "version"}, {"序号", "no"}, {"抽查事项", "name"}, {"检查对象", "object"}, {"抽查内容", "content"}, {"事项类别", "category"},
		{"检查方式", "methods"}, {"抽查主体", "body"}, {"实施层级", "level"}, {"抽查依据", "basis"}}, keys: []string{"version", "no", "name"}}
	c := m.s.Checklist()
	if c == nil {
		return t
	}
	for _, it := range c.Body.Items {
		t.rows = append(t.rows, []string{num(c.Body.Version), it.No, it.Name, it.Object, it.Content, it.Category, strings.Join(it.Methods, "；"),
			it.Body, it.Level, strings.Join(m.itemOf(it).Basis, "；")})
	}
	return t
}

func (m *maker) dutyTable() table {
	t := table{name: "duties", title: "期限", about: "应办事项、期限和办结日期", columns: [][2]string{
		{"事项", "what"}, {"抽取", "draw"}, {"依据", "clause"}, {"期限", "due"}, {"全国期限", "national_due"}, {"办结", "done"}, {"总数", "count"}, {"未办", "open"},
		{"晚几个工作日", "late"}, {"截至", "as_of"}}, keys: []string{"what", "count", "open", "late"}}
	for _, d := range m.duties() {
		t.rows = append(t.rows, []string{or(dutyNames[d.Code], d.Code), d.Draw, d.Clause, d.Due, or(d.National, d.Due), d.Done, num(d.Count), num(d.Open), num(d.Late), m.b.Today})
	}
	return t
}
