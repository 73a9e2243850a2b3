package site

import (
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// jointView is the page of joint checks (部门联合抽查): with whom, what the
// office leads, what it joins.
type jointView struct {
	page
	Counts   facts
	Partners []partnerRow
	Led      []ledRow
	Joined   []joinedBlock
}

type partnerRow struct{ Name, Kind, Matter string }

type ledRow struct {
	Link       *link
	Name, With string
	State      tag
}

// joinedBlock is a joint check that another department led.
type joinedBlock struct {
	Anchor, Title string
	Facts         facts
	Results       []resultItem
}

const jointPath = "joint/index.html"

var partnerKinds = map[string]string{"section": "本局其他科室", "department": "其他部门"}

var teamWays = map[string]string{"own-selected": "自行选派（不是随机抽取）", "drawn": "随机抽取"}

// joins reports whether the office has said anything of joint checks.
func (m *maker) joins() bool {
	if len(m.s.Partners) > 0 || len(m.s.Joined) > 0 {
		return true
	}
	for _, l := range m.s.Lots {
		if l.Led != nil {
			return true
		}
	}
	return false
}

func (m *maker) jointPage() error {
	if !m.joins() {
		return nil
	}
	v := &jointView{page: m.newPage(jointPath, "draws", "部门联合抽查")}
	p := &v.page
	v.asList()
	for _, y := range m.years() {
		if a, b := m.s.JointCount(y); a+b > 0 {
			v.Counts.add(num(y)+"年", text("牵头"+num(a)+"次"), text("参与"+num(b)+"次"))
		}
	}
	if n := len(m.s.Partners); n > 0 {
		list := m.s.Partners[n-1]
		v.Counts.add("联合名单", p.record(list.Index), text("第"+num(list.Body.Version)+"版，"+list.Body.Date))
		for _, q := range list.Body.List {
			v.Partners = append(v.Partners, partnerRow{q.Name, partnerKinds[q.Kind], q.Matter})
		}
	}
	for i := len(m.s.Lots) - 1; i >= 0; i-- {
		if l := m.s.Lots[i]; l.Led != nil && !l.Failed {
			v.Led = append(v.Led, ledRow{Link: p.to(m.drawPath(l), l.Body.Draw), Name: l.Body.Name, With: partnerNames(l.Led.Line), State: drawState(l)})
		}
	}
	for i := len(m.s.Joined) - 1; i >= 0; i-- {
		v.Joined = append(v.Joined, m.joinedBlock(p, m.s.Joined[i]))
	}
	m.list(p, "")
	return m.render("joint", v)
}

func partnerNames(l *record.PlanLine) string {
	var names []string
	for _, q := range l.Joining() {
		name := q.Name
		if q.Kind == "section" {
			name += "（本局科室）"
		}
		names = append(names, name)
	}
	return strings.Join(names, "、")
}

// jointWords is what a plan line says of a joint check, "" if it is none.
func jointWords(l *record.PlanLine) string {
	switch l.Joint {
	case "led":
		return "本局牵头，联合" + partnerNames(l)
	case "joined":
		return "参与" + l.Lead + "牵头的联合抽查"
	}
	return strings.Join(l.Partners, "、")
}

// jointStep tells of a joint draw who joined it: what each confirmed and when,
// when it received the list, whom it sent and how they were chosen.
func (m *maker) jointStep(p *page, l *rules.Lot) step {
	s := step{Kind: "joint", Title: "部门联合抽查", State: tag{"本局牵头", ""}, Text: "联合" + partnerNames(l.Led.Line) + "。各部门在同一次检查中完成各自的事项；协同部门的人员由各部门派出，姓名不公开。"}
	for _, q := range l.Led.Line.Joining() {
		var values []value
		for _, a := range l.Led.Agreed {
			if b := a.Body; b.Partner == q.Name {
				values = append(values, p.at(p.home(a.Index), b.Date+" 确认"), text("约定 "+b.From+" 至 "+b.To), text(listed("检查", b.Theirs)), text(b.Document))
			}
		}
		for _, d := range l.Led.Sent {
			if d.Body.Partner == q.Name {
				values = append(values, p.at(p.home(d.Index), d.Body.Date+" 派发名单"), text(num(d.Body.Count)+"户"), text(d.Body.Number))
			}
		}
		values = append(values, m.teamValues(p, l.Led.Teams, q.Name)...)
		if len(values) == 0 {
			values = []value{text("还没有登记约定、派发和人员")}
			if q.Kind == "section" {
				values = []value{text("本局其他科室，由局内安排")}
			}
		}
		s.Facts.add(q.Name, values...)
	}
	return s
}

func listed(head string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	return head + strings.Join(names, "、")
}

// teamValues are the people of one department, the last that were named.
func (m *maker) teamValues(p *page, teams []rules.At[record.PartnerTeam], partner string) []value {
	for i := len(teams) - 1; i >= 0; i-- {
		if t := teams[i]; t.Body.Partner == partner {
			return []value{p.at(p.home(t.Index), t.Body.Date+" 派出"+num(len(t.Body.Names))+"人"), text(teamWays[t.Body.Way]), text(t.Body.Ground)}
		}
	}
	return nil
}

func (m *maker) joinedBlock(p *page, t *rules.JoinedTask) joinedBlock {
	b := t.Body
	k := joinedBlock{Anchor: anchor("joined-" + b.Task), Title: b.Task + " " + b.Name}
	f := &k.Facts
	f.add("记录", p.record(t.Index), text("入账时间（本单位填报）："+second(t.Time)))
	f.add("牵头部门", text(b.Lead), text("任务编号 "+b.Number))
	f.add("名单", text(b.Drawn+" 由牵头部门抽取，"+b.Received+" 收到，"+num(b.Count)+"户"), m.blob(p, b.Objects.SHA256, "签号名单"))
	f.add("名单文件校验码", hash(b.Sheet))
	if b.Ledger != nil {
		f.add("牵头部门的账本", text(b.Ledger.Origin), text("抽取 "+b.Ledger.Draw+"，快照 "+num(b.Ledger.Size)+"条"), hash(b.Ledger.Root))
	}
	f.add("本局检查的事项", m.itemRefs(p, b.Checklist, b.Items)...)
	f.add("约定日期", text(b.From+" 至 "+b.To))
	f.add("执行单位", text(b.Unit))
	f.add("本局人员", m.teamValues(p, t.Teams, b.Unit)...)
	due := m.s.JoinedDue(t)
	f.add("结果", text("已公示"+num(len(t.Results))+"户，共"+num(len(t.Handles))+"户"), text("最后一户的期限 "+due))
	for _, h := range t.Handles {
		if r := t.Results[h]; r != nil {
			k.Results = append(k.Results, m.resultItem(p, r))
		}
	}
	return k
}

// joinedFacts are those of a result that no lot of this office chose.
func (m *maker) joinedFacts(p *page, f *facts, r *rules.Finished) {
	t := r.Joined
	f.add("联合抽查", p.at(jointPath+"#"+anchor("joined-"+t.Body.Task), t.Body.Task+" "+t.Body.Name), text(t.Body.Lead+"牵头并抽取"))
	f.add("签号", hash(r.Body.Object))
}

// joinedDates: a joined result is due as those of the office's own draws.
func (m *maker) joinedDates(v *resultView, f *rules.Finished) {
	legal, _, sure := m.s.Due(f)
	if !sure {
		v.Dates.add("期限", text(legal+"（暂定：放假安排还没有公布）"))
		return
	}
	v.Dates.add("期限", text(legal))
	if n := m.s.Late(f); n > 0 {
		v.Late = "按" + f.Published() + "公示计，比期限" + legal + "晚" + num(n) + "个工作日。本单位的说明：" + or(f.Body.Late, "未填") + "。"
	} else {
		v.Late = "按" + f.Published() + "公示计，在期限" + legal + "以内。"
	}
}
