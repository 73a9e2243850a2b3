package site

import (
	"github.com/sunlot/sunlot/internal/rules"
)

// platformLead is the first sentence of a draw that the platform casts.
func (m *maker) platformLead(l *rules.Lot, pool int64) string {
	name := m.platformName(l)
	switch {
	case !l.Drawn():
		return "签筒里有" + num(pool) + "户，由" + name + "在" + minute(l.Body.When()) + "抽取。"
	case l.Afterwards():
		return "由" + name + "抽取" + num(len(l.Objects)) + "户，抽取预告不能证明在抽取之前（事后登记）：名单有没有先于预告选定，账本不能证明。"
	}
	return "由" + name + "从签筒里的" + num(pool) + "户企业中抽取" + num(len(l.Objects)) + "户（存证）。名单入账后没有改过，可以核对；平台怎样抽的，不能重算。"
}

func (m *maker) platformName(l *rules.Lot) string {
	if l.Pack.Platform != nil {
		return l.Pack.Platform.Name
	}
	return "监管平台"
}

// platformStep is the platform's draw: what is known of it, what can be checked
// and what cannot.
func (m *maker) platformStep(p *page, l *rules.Lot) step {
	s := step{Kind: "cast", Platform: true, Title: "平台抽取", Short: "平台抽取", When: minute(l.When()), Open: !l.Drawn()}
	if !l.Drawn() {
		s.State, s.Text = tag{"未登记", ""}, "由"+m.platformName(l)+"抽取，抽取后把平台导出的名单登记在这里。"
		if l.Failed {
			s.Text = "预告不发生效力，没有依据它抽取。"
		}
		return s
	}
	b := l.Platform.Body
	s.State = tag{"抽中" + num(b.Count) + "户", ""}
	s.Text = "能核对的：名单上的企业在不在签筒里，总户数和各分区户数合不合抽取预告，检查人员在不在签筒里，名单以后有没有换过人、换过企业。不能核对的：平台怎样抽出这份名单，抽过几次。"
	f := &s.Facts
	m.platformFacts(p, f, l)
	s.Cells, s.Cast = cellRows(l), true
	return s
}

func (m *maker) platformFacts(p *page, f *facts, l *rules.Lot) {
	b := l.Platform.Body
	f.add("记录", p.record(l.Platform.Index), text("入账时间（本单位填报）："+second(l.Platform.Time)))
	f.add("平台任务编号", text(b.Number))
	f.add("平台抽取时间", text(second(b.Time)+"（平台所载）"))
	f.add("平台导出文件的校验码", hash(b.Export.SHA256), text(num(b.Export.Bytes)+"字节，文件由本单位保存"))
	f.add("名单", m.blob(p, b.Objects.SHA256, "名单文件（签号）"), text(num(b.Count)+"户"))
	if b.Teams.Lines > 0 {
		f.add("检查组", m.blob(p, b.Teams.SHA256, "分组文件（签号|成员签号）"))
	}
	if b.Recusals.Lines > 0 {
		f.add("回避", m.blob(p, b.Recusals.SHA256, "名单上企业的回避名单"))
	}
	f.add("本单位的说明", text(b.Explained))
}

// listedStep: sunlot cast, and the drawn were entered on the platform.
func (m *maker) listedStep(p *page, l *rules.Lot) step {
	s := step{Kind: "listed", Title: "录入平台的名单", When: minute(l.Platform.Body.Time)}
	if l.Equal {
		s.State, s.Text = tag{"与摇号结果相同", "good"}, "平台上的名单与摇号抽中的名单逐户相同。"
	} else {
		s.State, s.Text = tag{"与摇号结果不同", "warn"}, "平台上的名单与摇号抽中的名单不同，差异见下面的记录。"
	}
	m.platformFacts(p, &s.Facts, l)
	return s
}
