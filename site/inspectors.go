package site

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/rules"
)

// inspectorsView is what is public of the people who inspect: how many stand in
// each version of the register, and of every draw how many were in the hat, in
// how many teams, what changed, and whether the hat can be opened. It names
// nobody: handles are of one draw and cannot be put together. It depends on the
// registers of people, on every notice, draw, change of a team and opening; a
// result does not touch it.
type inspectorsView struct {
	page
	Versions []peopleVersion
	Draws    []peopleRow
	Fields   []visibleRow
}

type peopleVersion struct {
	Entry                          *link
	Kind, Date, Reason, Source, No string
	Count                          int64
}

// peopleRow is a draw's people, each cell with the place that it comes from.
type peopleRow struct {
	Draw                          *link
	Name                          string
	Roster, Hat, Teams, Moved, KI []value
	Recused                       []value
}

// visibleRow says of one field of the register who may see it, and why.
type visibleRow struct{ Field, Rule, Why string }

const inspectorsPath = "inspectors/index.html"

// peopleFields are the fields of the register of people, in the words of the
// form, in its order.
var peopleFields = []struct{ field, name string }{
	{"inspector_name", "姓名"}, {"inspector_unit", "所在单位"}, {"certificate", "执法证号"}, {"id_number", "身份证号"}, {"sex", "性别"},
	{"phone", "联系方式"}, {"post", "职务或职称"}, {"recusal_reason", "回避和更换的具体缘由"},
}

var visibleNames = map[string]string{"public": "公开", "on-result": "随结果公开", "never": "不公开"}

var peopleKinds = map[string]string{"inspectors": "执法检查人员名录库", "experts": "专家库"}

func (m *maker) inspectorsPage() error {
	v := &inspectorsView{page: m.newPage(inspectorsPath, "draws", "检查人员")}
	p := &v.page
	v.asList()
	for i := len(m.s.Rosters) - 1; i >= 0; i-- {
		r := m.s.Rosters[i]
		if kind := peopleKinds[r.Body.Kind]; kind != "" {
			reason := r.Body.Reason
			if r.Body.Unchanged {
				reason = "核对无变化"
			}
			v.Versions = append(v.Versions, peopleVersion{p.entry(r.Index), kind, r.Body.Date, reason, r.Body.Source, "第" + num(r.Body.Version) + "版", r.Body.Count})
		}
	}
	for i := len(m.s.Lots) - 1; i >= 0; i-- {
		if l := m.s.Lots[i]; !l.Failed {
			v.Draws = append(v.Draws, m.peopleRow(p, l))
		}
	}
	for _, f := range peopleFields {
		if row, ok := m.visible(f.field, f.name); ok {
			v.Fields = append(v.Fields, row)
		}
	}
	m.list(p, "")
	return m.render("inspectors", v)
}

// visible is the rule for a field: the charter's own word before the pack's.
func (m *maker) visible(field, name string) (visibleRow, bool) {
	for _, c := range slices.Backward(m.charter.Visibility) {
		if c.Field == field {
			return visibleRow{name, or(visibleNames[c.Rule], c.Rule), c.Ground + "（开账声明）"}, true
		}
	}
	for _, f := range m.pack.Visibility {
		if f.Field == field {
			return visibleRow{name, or(visibleNames[f.Rule], f.Rule), f.Why}, true
		}
	}
	return visibleRow{}, false
}

func (m *maker) peopleRow(p *page, l *rules.Lot) peopleRow {
	b := l.Body
	r := peopleRow{Draw: p.to(m.drawPath(l), b.Draw), Name: b.Name, KI: []value{text(m.peopleState(l))}}
	if l.Drawn() || l.Abort != nil {
		r.KI = []value{p.at(m.drawPath(l)+"#open", m.peopleState(l))}
	}
	if len(b.Slots) == 0 && len(l.Later) == 0 {
		r.Roster = []value{text("还没有组队预告")}
		r.Teams = []value{text("–")}
		return r
	}
	if len(b.Slots) > 0 {
		r.Roster = []value{p.at(p.home(b.Inspectors.Entry), num(b.Inspectors.Count)+"人")}
		r.Hat = []value{m.blob(p, b.People.SHA256, num(b.People.Lines)+"人"), text(m.teamWords(b.Slots, b.GroupTeams))}
		r.Recused = append(r.Recused, text("事先申报"+num(b.Declared)+"人次"))
	}
	for _, t := range l.Later {
		if !t.Failed {
			r.Roster = append(r.Roster, p.at(p.home(t.Body.Inspectors.Entry), num(t.Body.Inspectors.Count)+"人（"+t.Body.ID+"）"))
			r.Hat = append(r.Hat, m.blob(p, t.Body.People.SHA256, num(t.Body.People.Lines)+"人（"+t.Body.ID+"）"), text(m.teamWords(t.Body.Slots, t.Body.GroupTeams)))
			r.Recused = append(r.Recused, text("事先申报"+num(t.Body.Declared)+"人次（"+t.Body.ID+"）"))
		}
	}
	r.Teams = m.peopleTeams(p, l)
	m.peopleMoved(p, l, &r)
	return r
}

// peopleTeams counts those who were drawn and how the work is spread.
func (m *maker) peopleTeams(p *page, l *rules.Lot) []value {
	if !l.Drawn() {
		return []value{text("还没有抽取")}
	}
	load := map[string]int{}
	staffed, none := 0, 0
	for _, o := range l.Objects {
		if len(o.Members()) == 0 {
			none++
			continue
		}
		staffed++
		for _, h := range o.Members() {
			load[h]++
		}
	}
	if staffed == 0 {
		return []value{text("没有检查组")}
	}
	least, most := len(l.Objects), 0
	for _, n := range load {
		least, most = min(least, n), max(most, n)
	}
	spread := "每人" + num(least) + "户"
	if most > least {
		spread = "每人" + num(least) + "至" + num(most) + "户"
	}
	list := []value{p.at(m.drawPath(l)+"#drawn", num(staffed)+"户有检查组"), text(num(len(load)) + "人，" + spread)}
	if none > 0 {
		list = append(list, text(num(none)+"户还没有检查组"))
	}
	return list
}

// peopleMoved counts what changed after the draw: facts, no reasons of persons.
func (m *maker) peopleMoved(p *page, l *rules.Lot, r *peopleRow) {
	count := map[string]int{}
	for _, c := range l.Moves() {
		count[c.Kind]++
	}
	var said []string
	for _, kind := range []string{"replacement", "lot", "direct"} {
		if n := count[kind]; n > 0 {
			said = append(said, changeNames[kind]+num(n)+"次")
		}
	}
	r.Moved = []value{text("没有变动")}
	if len(said) > 0 {
		r.Moved = []value{p.at(m.drawPath(l)+"#visit", strings.Join(said, "，"))}
	}
	if n := count["recusal"]; n > 0 {
		r.Recused = append(r.Recused, p.at(m.drawPath(l)+"#visit", "抽取后回避"+num(n)+"次"))
	}
}

func (m *maker) peopleState(l *rules.Lot) string {
	ki := false
	for _, o := range l.Opened {
		ki = ki || o.Body.KI
	}
	return m.peopleText(l, ki)
}
