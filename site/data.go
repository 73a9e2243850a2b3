package site

import (
	"bytes"
	"encoding/json"
	"strings"
)

// dataView lists the downloads.
type dataView struct {
	page
	Sets []dataSet
}

type dataSet struct {
	Title, About string
	Rows         int
	CSV, JSON    link
}

// table is one set of open data: a name, a heading for each column with its
// member in the JSON file, and the rows.
type table struct {
	name, title, about string
	columns            [][2]string // heading, JSON member
	rows               [][]string
}

// dataFiles writes data/<name>.csv and .json beside the pages, and the page
// that lists them.
func (m *maker) dataFiles() error {
	v := &dataView{page: m.newPage("data/index.html", "data", "数据下载")}
	for _, t := range []table{m.resultTable(), m.drawTable(), m.drawnTable(), m.planTable(), m.statsTable(), m.checklistTable(), m.dutyTable()} {
		if err := m.put("data/"+t.name+".csv", t.csv()); err != nil {
			return err
		}
		data, err := t.json()
		if err != nil {
			return err
		}
		if err := m.put("data/"+t.name+".json", data); err != nil {
			return err
		}
		v.Sets = append(v.Sets, dataSet{t.title, t.about, len(t.rows), *v.to("data/"+t.name+".csv", "CSV"), *v.to("data/"+t.name+".json", "JSON")})
	}
	m.list(&v.page, "")
	return m.render("data", v)
}

// csv is UTF-8 with a byte order mark, every cell quoted, CRLF (RFC 4180). A
// cell that a spreadsheet would take for a formula, or a long number that it
// would round, begins with an apostrophe (security T18).
func (t table) csv() []byte {
	var b bytes.Buffer
	b.WriteString("\uFEFF")
	line := func(cells []string) {
		for i, c := range cells {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('"')
			b.WriteString(strings.ReplaceAll(guard(c), `"`, `""`))
			b.WriteByte('"')
		}
		b.WriteString("\r\n")
	}
	var heads []string
	for _, c := range t.columns {
		heads = append(heads, c[0])
	}
	line(heads)
	for _, r := range t.rows {
		line(r)
	}
	return b.Bytes()
}

// guard keeps a cell text in every spreadsheet program.
func guard(s string) string {
	s = strings.ReplaceAll(s, "\n", " ")
	trimmed := strings.TrimLeft(s, " \t\r\u3000\u00a0")
	switch {
	case s == "":
		return s
	case s[0] == '\t' || s[0] == '\r' || strings.HasPrefix(trimmed, "'"):
		return "'" + s
	case strings.ContainsRune("=+-@＝＋－＠|", []rune(trimmed + " ")[0]):
		return "'" + s
	case len(s) > 11 && strings.Trim(s, "0123456789") == "":
		return "'" + s
	}
	return s
}

// json is an object with the column headings and one object a row; members
// stand in the order of the columns, empty ones are left out.
func (t table) json() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("{\n\"name\": ")
	if err := jsonString(&b, t.title); err != nil {
		return nil, err
	}
	b.WriteString(",\n\"columns\": {")
	for i, c := range t.columns {
		if i > 0 {
			b.WriteString(", ")
		}
		if err := jsonPair(&b, c[1], c[0]); err != nil {
			return nil, err
		}
	}
	b.WriteString("},\n\"rows\": [")
	for i, r := range t.rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n{")
		first := true
		for k, cell := range r {
			if cell == "" {
				continue
			}
			if !first {
				b.WriteString(", ")
			}
			first = false
			if err := jsonPair(&b, t.columns[k][1], cell); err != nil {
				return nil, err
			}
		}
		b.WriteByte('}')
	}
	b.WriteString("\n]\n}\n")
	return b.Bytes(), nil
}

func jsonPair(b *bytes.Buffer, name, value string) error {
	if err := jsonString(b, name); err != nil {
		return err
	}
	b.WriteString(": ")
	return jsonString(b, value)
}

func jsonString(b *bytes.Buffer, s string) error {
	data, err := json.Marshal(s)
	b.Write(data)
	return err
}

func (m *maker) resultTable() table {
	t := table{name: "results", title: "抽查结果", about: "每份抽查结果一行，已更正的列更正后的内容", columns: [][2]string{
		{"记录", "entry"}, {"抽取", "draw"}, {"任务名称", "task"}, {"抽查类型", "mode"}, {"来源", "origin"}, {"企业名称", "firm"},
		{"统一社会信用代码（注册号）", "code"}, {"检查机关", "unit"}, {"抽查事项", "items"}, {"检查结束", "ended"}, {"结果代码", "codes"},
		{"检查结果", "outcome"}, {"后续处置", "follow_up"}, {"平台公示", "published"}, {"期限", "due"}, {"全国期限", "national_due"}, {"晚几个工作日", "late"},
		{"说明", "late_note"}, {"更正次数", "corrections"}, {"入账时间", "logged"}}}
	for _, f := range m.s.Results {
		draw, task, mode, due, nation, late := "", "", "", "", "", ""
		if f.Lot != nil {
			draw, task, mode = f.Lot.Body.Draw, f.Lot.Body.Name, f.Lot.Body.Mode
			if legal, _, sure := m.s.Due(f); sure {
				due, nation, late = legal, or(m.s.NationalDue(f.Lot, f.Ended()), legal), num(m.s.Late(f))
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
		t.rows = append(t.rows, []string{num(f.Index), draw, task, mode, originName(f, m.pack), m.firmName(f),
			or(m.value(f.Index, "code"), takenText(f, "code")), f.Body.Unit, strings.Join(items, "；"), f.Ended(), strings.Join(f.Outcome().Codes, "；"),
			m.codeNames(f.Outcome().Codes), follow, f.OnPlatform(), due, nation, late, f.Body.Late, num(len(f.Corrections)), f.Time})
	}
	return t
}

func (m *maker) drawTable() table {
	t := table{name: "draws", title: "抽取", about: "每次抽取一行", columns: [][2]string{
		{"抽取", "draw"}, {"任务名称", "task"}, {"抽查类型", "mode"}, {"计划项", "line"}, {"预告记录", "notice"}, {"预告校验码C", "commitment"},
		{"签筒户数", "pool"}, {"随机数期号", "round"}, {"随机数时间", "round_time"}, {"抽取记录", "entry"}, {"摇号种子", "seed"},
		{"抽中户数", "drawn"}, {"已派发", "dispatched"}, {"已公示结果", "results"}, {"启封期限", "k_due"}, {"已启封", "k_opened"}, {"状态", "state"}}}
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
			entry, seed, drawn, num(sent), num(done), b.Due.K, opened, m.drawState(l).Text})
	}
	return t
}

func (m *maker) drawnTable() table {
	t := table{name: "drawn", title: "抽中名单", about: "每支抽中的签一行，名称随公开日期补上", columns: [][2]string{
		{"抽取", "draw"}, {"分区", "cell"}, {"签号", "handle"}, {"签值", "ticket"}, {"中签线", "cutoff"}, {"检查组", "team"}, {"组长", "leader"},
		{"统一社会信用代码（注册号）", "code"}, {"企业名称", "firm"}, {"派发记录", "dispatch"}, {"结果记录", "result"}}}
	for _, l := range m.s.Lots {
		ids := m.openedIDs(l)
		for _, o := range l.Objects {
			dispatch, result, name := "", "", ""
			if o.Dispatch != 0 {
				dispatch = num(o.Dispatch)
			}
			if o.Result != nil {
				result, name = num(o.Result.Index), m.firmName(o.Result)
			}
			t.rows = append(t.rows, []string{l.Body.Draw, o.Cell, o.Handle, o.Ticket, cutoff(l, o.Cell), strings.Join(o.Team, " "), o.Leader,
				ids[o.Handle], name, dispatch, result})
		}
	}
	return t
}

func (m *maker) planTable() table {
	t := table{name: "plan", title: "年度抽查工作计划", about: "各年度计划现行版本的每一项", columns: [][2]string{
		{"年度", "year"}, {"版本", "version"}, {"序号", "no"}, {"任务名称", "task"}, {"抽查类型", "mode"}, {"抽查事项", "items"}, {"对象范围", "scope"},
		{"定向条件", "filter"}, {"比例（数量）", "quantity"}, {"基数", "base"}, {"预估数量", "estimate"}, {"频次", "frequency"},
		{"开始", "from"}, {"结束", "to"}, {"实施单位", "unit"}, {"联合部门", "partners"}, {"抽取", "draws"}}}
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
		{"检查方式", "methods"}, {"抽查主体", "body"}, {"实施层级", "level"}, {"抽查依据", "basis"}}}
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
		{"晚几个工作日", "late"}, {"截至", "as_of"}}}
	for _, d := range m.duties() {
		t.rows = append(t.rows, []string{or(dutyNames[d.Code], d.Code), d.Draw, d.Clause, d.Due, or(d.National, d.Due), d.Done, num(d.Count), num(d.Open), num(d.Late), m.b.Today})
	}
	return t
}
