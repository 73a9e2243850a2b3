package site

import (
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/words"
)

// hatFacts are the facts of a notice about the people from whom teams are drawn.
func (m *maker) hatFacts(p *page, f *facts, b *record.Notice) {
	if e := b.Experts; e != nil {
		f.add("专家", p.at(p.home(e.Roster.Entry), "专家库：第"+num(e.Roster.Entry)+"条记录"), text("专家库"+num(e.Roster.Count)+"人，签筒"+num(e.Pool.Lines)+"人，"+m.teamWords(e.Slots, 0)+"，不计入检查组"), m.blob(p, e.Pool.SHA256, "专家签筒文件"))
	}
	if len(b.Slots) == 0 {
		f.add("检查人员", text("另行摇号，以后的组队预告公布"))
		return
	}
	f.add("检查人员", p.at(p.home(b.Inspectors.Entry), "名录库：第"+num(b.Inspectors.Entry)+"条记录"), text("名录库"+num(b.Inspectors.Count)+"人，签筒"+num(b.People.Lines)+"人，"+m.teamWords(b.Slots, b.GroupTeams)), m.blob(p, b.People.SHA256, "人员签筒文件"))
	for _, g := range b.PeopleWhy {
		f.add("未入签筒的人员", text(num(g.Count)+"人："+g.Words))
	}
	if b.PeopleOut != nil {
		f.add("未入签筒人员的名单", m.blob(p, b.PeopleOut.SHA256, "人员名单（签号）"))
	}
	f.add("事先申报的回避", text(num(b.Declared)+"人次，一户最多"+num(b.MostForOne)+"人"))
}

// teamWords says how large a team is and what it must know.
func (m *maker) teamWords(slots []record.Slot, groups int64) string {
	s := "每户" + num(len(slots)) + "人"
	if groups > 0 {
		s = "分" + num(groups) + "组，每组" + num(len(slots)) + "人"
	}
	var needs []string
	for _, slot := range slots {
		if n, ok := rules.Find(m.s.Pack.Specialities, slot.Needs); ok && slot.Needs != "" {
			needs = append(needs, n.Name)
		}
	}
	if len(needs) > 0 {
		s += "，其中须有" + strings.Join(needs, "、")
	}
	return s
}

// castTeams are the facts of a draw about teams, recusals and who was left
// without a team.
func (m *maker) castTeams(p *page, f *facts, l *rules.Lot) {
	d := l.Draw.Body
	if len(l.Body.Slots) > 0 {
		f.add("检查组", m.blob(p, d.Teams.SHA256, "分组文件（签号|成员签号）"), text("每名人员最多承担"+num(d.Cap)+"户"))
		if d.GroupTeams != nil {
			f.add("检查组", m.blob(p, d.GroupTeams.SHA256, "各组成员文件"))
		}
		f.add("回避", m.blob(p, d.Recusals.SHA256, "抽中企业的回避名单"))
		if d.Declarations != nil {
			f.add("回避", m.blob(p, d.Declarations.SHA256, "所依据的回避申报（签号|人员签号|记录号）"), text(num(d.Declarations.Lines)+"人次，申报都在抽取预告之前入账"))
		}
	}
	if d.Unstaffed.Lines > 0 {
		f.add("摇号凑不齐检查组", text(num(d.Unstaffed.Lines)+"户，由本单位直接委派"), m.blob(p, d.Unstaffed.SHA256, "名单文件"))
	}
	if d.Experts != nil {
		f.add("专家", m.blob(p, d.Experts.SHA256, "专家名单文件（签号|专家签号）"), text("每名专家最多承担"+num(d.ExpertCap)+"户"))
	}
	for _, t := range l.Later {
		m.laterFacts(p, f, t)
	}
	direct, named := 0, 0
	for _, o := range l.Objects {
		named += len(o.Named)
		if len(o.Direct) > 0 {
			direct++
		}
	}
	if named > 0 {
		f.add("专家", text("直接委派"+num(named)+"人次，理由见各条记录"))
	}
	if direct > 0 {
		f.add("直接委派", text(num(direct)+"户的检查人员由本单位直接委派，理由见各条记录"))
	}
}

// laterFacts are the facts of a 组队: who was in the hat when the people were
// drawn, and what they were drawn with.
func (m *maker) laterFacts(p *page, f *facts, t *rules.Later) {
	b := t.Body
	if t.Failed {
		f.add("组队预告", p.record(t.Index), text(b.ID+"，不发生效力"))
		return
	}
	f.add("组队预告", p.record(t.Index), text(b.ID+"，"+num(b.Count)+"户"), text("名录库"+num(b.Inspectors.Count)+"人，签筒"+num(b.People.Lines)+"人，"+m.teamWords(b.Slots, b.GroupTeams)), m.blob(p, b.People.SHA256, "人员签筒文件"),
		text(rules.Numbers(&b.Randomness)+"，"+rules.Moment(&b.Randomness)+second(b.Randomness.Time)), text("上门检查 "+b.From+" 至 "+b.To), text(words.Clock(m.b.OrderOfTeams(t).Words)))
	for _, g := range b.PeopleWhy {
		f.add("未入签筒的人员", text(num(g.Count)+"人："+g.Words))
	}
	m.contributorFacts(p, f, &b.Randomness, t.Extras)
	f.add("事先申报的回避", text(num(b.Declared)+"人次，一户最多"+num(b.MostForOne)+"人"))
	if t.Cast == nil {
		f.add("组队", text("未摇号"))
		return
	}
	c := t.Cast.Body
	f.add("组队", p.record(t.Cast.Index), m.blob(p, c.Teams.SHA256, "分组文件（签号|成员签号）"), text("摇号种子"), hash(c.Seed), text("组队的号码"), hash(or(c.Line, c.Signature)))
	if c.Unstaffed.Lines > 0 {
		f.add("摇号凑不齐检查组", text(num(c.Unstaffed.Lines)+"户，由本单位直接委派"), m.blob(p, c.Unstaffed.SHA256, "名单文件"))
	}
}
