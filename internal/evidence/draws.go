package evidence

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// drawSections are everything that the bundle says about one draw.
func (m *maker) drawSections(v *sheet) []section {
	l := v.stand.lot
	title := l.Body.Draw + "　" + l.Body.Name
	list := []section{{Title: title + "：本企业的签", Draw: true, Parts: append([]part{{Say: "这次抽取的结果：" + v.outcome() + "。", Class: "lead"}}, m.own(v)...)}}
	list = append(list, section{Title: "抽取预告", Parts: m.noticeParts(l)})
	list = append(list, section{Title: "预告的时间与见证", Parts: m.timePart(l)})
	list = append(list, section{Title: "公开随机数", Parts: m.randomParts(l)})
	list = append(list, section{Title: "逐日经过与期限", Parts: m.days(v)})
	if v.object != nil {
		list = append(list, section{Title: "检查组、变动和派发", Parts: m.teamParts(v)})
		list = append(list, section{Title: "结果的各个版本", Parts: m.resultParts(v)})
		list = append(list, section{Title: "异议与复核", Parts: m.redressParts(v)})
	}
	if p := m.platformParts(v); len(p) > 0 {
		list = append(list, section{Title: "与监管平台比对", Parts: p})
	}
	return list
}

func (m *maker) noticeParts(l *rules.Lot) []part {
	b := l.Body
	f := part{}
	f.is("记录", entryWord(l.Index), "入账时间（本单位填报）"+second(l.Time))
	f.is("预告校验码 C", l.C)
	f.is("执行的"+m.b.State.LineWord(b.Plan), m.planWords(l), entryWord(b.Plan))
	f.is("抽取方式", b.Mode, b.Scope)
	if l.Pack != nil && b.Filter != "" {
		f.is("定向条件", l.Pack.FilterWords(b.Filter))
	}
	f.is("检查对象名录库", m.rosterWords(b.Roster), num(b.Roster.Count)+"户", "名录库文件校验码", b.Roster.SHA256)
	f.is("签筒", num(b.Pool.Lines)+"户", "文件校验码", b.Pool.SHA256)
	f.is("未入签筒", num(b.Out.Lines)+"户", "文件校验码", b.Out.SHA256)
	f.is("启封钥匙指纹", b.Key)
	f.is("任务期间", b.From+" 至 "+l.Ends())
	f.is("各项期限", "派发 "+l.Due.Dispatch, "结果公示 "+l.Due.Results, "启封 "+l.Due.K)
	f.is("重新抽取", b.Earlier)
	if l.Failed {
		return []part{{Say: "这份抽取预告没有通过核对，不发生效力。", Class: "bad"}, f, m.cells(l)}
	}
	return []part{f, m.cells(l)}
}

// cells is the table of quotas, and what was drawn of them.
func (m *maker) cells(l *rules.Lot) part {
	t := table("分区", "签筒（户）", "名额（户）", "中签线")
	cut := map[string]string{}
	if l.Draw != nil {
		for _, c := range l.Draw.Body.Cells {
			cut[c.Cell] = c.Cutoff
		}
	}
	for _, g := range l.Body.Groups {
		for _, c := range g.Cells {
			t.row(c.Name, num(c.Count), num(c.Quota), or(cut[c.Cell], "–"))
		}
	}
	return t
}

func (m *maker) planWords(l *rules.Lot) string {
	line := m.b.State.LineOf(l.Body)
	if line == nil {
		return l.Body.Line
	}
	return line.No + " " + line.Name
}

func (m *maker) rosterWords(r record.RosterRef) string {
	for _, at := range m.b.State.Rosters {
		if at.Index == r.Entry {
			return "第" + num(at.Body.Version) + "版（" + at.Body.Date + "，" + entryWord(r.Entry) + "）"
		}
	}
	return entryWord(r.Entry)
}

func (m *maker) platformParts(v *sheet) []part {
	l := v.stand.lot
	if l.Platform == nil {
		return nil
	}
	b := l.Platform.Body
	f := part{}
	f.is("记录", entryWord(l.Platform.Index), "入账时间（本单位填报）"+second(l.Platform.Time))
	f.is("平台任务编号", b.Number)
	f.is("平台抽取时间", second(b.Time)+"（平台所载）")
	f.is("平台导出文件的校验码", b.Export.SHA256, num(b.Export.Bytes)+"字节，文件由本单位保存")
	f.is("名单", num(b.Count)+"户", "文件校验码", b.Objects.SHA256)
	f.is("本单位的说明", b.Explained)
	text := "平台上的名单与摇号抽中的名单不同。"
	switch {
	case l.ByPlatform() && v.object != nil:
		text = "平台导出的名单里有本企业的签号。"
	case l.ByPlatform():
		text = "平台导出的名单里没有本企业的签号。"
	case l.Equal:
		text = "平台上的名单与摇号抽中的名单逐户相同。"
	}
	return []part{f, say(text)}
}

// moves are the changes of the team that an object has, its group's too.
func moves(l *rules.Lot, o *rules.Object) []rules.Move {
	return slices.DeleteFunc(l.Moves(), func(m rules.Move) bool { return m.Object != o.Handle && (o.Group == "" || m.Object != o.Group) })
}

var changeNames = map[string]string{"lot": "换人抽签", "replacement": "更换（另行指派）", "recusal": "回避", "direct": "直接委派"}

func (m *maker) teamParts(v *sheet) []part {
	l, o := v.stand.lot, v.object
	f := part{}
	f.is("摇号配成的检查组", strings.Join(o.Drawn, "\n"))
	f.is("现在的检查组", strings.Join(o.Team, "\n"))
	f.is("组长", o.Leader)
	f.is("分组", o.Group)
	f.is("摇号配的专家", strings.Join(o.Experts, "\n"))
	for _, x := range o.Named {
		f.is("委派的专家", or(m.value(x.Index, "person"), "姓名"+closedWords), x.Body.Ground, x.Body.Date, entryWord(x.Index))
	}
	if o.Unstaffed {
		f.is("摇号配组", "凑不齐，直接委派")
	}
	for _, s := range l.Sent {
		if s.Index == o.Dispatch {
			f.is("派发", s.Body.Date, s.Body.Unit, "任务编号 "+s.Body.Number, entryWord(s.Index))
			f.is("检查期间", s.Body.From+" 至 "+s.Body.To)
			f.is("具体抽查工作方案", s.Body.Scheme, s.Body.SchemeSum)
		}
	}
	if o.Dispatch == 0 {
		f.is("派发", "还没有派发")
	}
	parts := []part{f}
	if list := moves(l, o); len(list) > 0 {
		t := table("日期", "变动", "离开", "来", "事由", "同意", "记录")
		for _, c := range list {
			t.row(c.Date, or(changeNames[c.Kind], c.Kind), or(short(c.Leave), "–"), or(short(c.Come), "–"), c.Ground, c.Consent, num(c.Entry))
		}
		parts = append(parts, t)
	} else {
		parts = append(parts, say("检查组没有变动。"))
	}
	return append(parts, small("检查人员以本次抽取的签号表示，签号只用一次；姓名和执法证号不公开，在签字确认的纸面结果上。"))
}

func short(s string) string {
	if len(s) <= 8 {
		return s
	}
	return s[:8]
}

func clauseWords(p *rules.Pack, id string) string {
	if p == nil || id == "" {
		return ""
	}
	c := p.Clause(id)
	if c.ID == "" {
		return ""
	}
	return c.ID + "（" + c.Cite + "）"
}
