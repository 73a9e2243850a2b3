package site

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// grade is the draw's grade for people, and what decided it.
func (m *maker) grade(l *rules.Lot) []tag {
	g := tag{l.Grade().Name(), ""}
	switch l.Grade() {
	case rules.GradeNone:
		if g = (tag{"先后不成立", "bad"}); l.Failed {
			return []tag{{l.MethodName(), ""}} // its state says that it has no effect
		}
	case rules.GradeA, rules.GradeB, rules.GradeC:
		g.Text = "等级 " + g.Text
	case rules.GradeAfter:
		g.Class = "warn"
	}
	return []tag{g, {l.MethodName(), ""}}
}

// orderLead says it in half a sentence under the page's title.
func orderLead(l *rules.Lot) string {
	switch l.Grade() {
	case rules.GradeNone:
		return "抽取预告没有在号码之前十分钟得到足够的见证，先后不成立，照实列出。"
	case rules.GradePaper:
		return "名单封存在先、号码产生在后，有人在纸面预告上签字见证。"
	case rules.GradeUnwitnessed:
		return "名单封存在先、号码产生在后，目前以本单位填报为准。"
	}
	return "名单封存在先、号码产生在后，由见证单位的签名时间核对。"
}

// gradeCounts counts the draws by grade, for the front page and the ledger's.
func (m *maker) gradeCounts() string {
	var list []string
	for _, g := range allGrades {
		n := 0
		for _, l := range m.s.Lots {
			if l.Grade() == g {
				n++
			}
		}
		if n > 0 {
			list = append(list, g.Name()+" "+num(n)+"次")
		}
	}
	return strings.Join(list, "、")
}

// seenTag is whether others saw a record: by the cosignatures in its own proof.
func (m *maker) seenTag(i int64) tag {
	if at := m.b.Bracket(i).NotAfter; at > 0 {
		return tag{"已见证，" + minute(record.Time(at)), "good"}
	}
	if m.b.InForce() == nil {
		return tag{"已记录，本单位未设见证", ""}
	}
	return tag{"已记录，未见证", ""} // witnesses began later, or have not signed yet
}

// bracketFacts are the times between which a record was written, by what others
// vouch for; its own is a claim.
func (m *maker) bracketFacts(f *facts, i int64) {
	b := m.b.Bracket(i)
	before, after := value{}, text("没有见证，不能确定最晚在什么时候写成")
	if b.NotBefore > 0 {
		before = text("不早于 " + second(record.Time(b.NotBefore)) + "（这时公布的公共随机数已在账本里）")
	}
	if b.NotAfter > 0 {
		after = text("不晚于 " + second(record.Time(b.NotAfter)) + "（见证单位的签名时间）")
	}
	f.add("时间区间", before, after)
}

// standing are failed checks of a record that has its effect all the same: who
// saw it and when. What follows from it is shown.
var standing = []string{"verify.unwitnessed", "rules.notice-late", "rules.notice-unseen", "rules.notice-seen-late"}

// voided reports whether a record was judged to have no effect.
func voided(found []rules.Finding) bool {
	return slices.ContainsFunc(found, func(f rules.Finding) bool {
		return f.Severity == rules.Breach && !slices.Contains(standing, f.Code)
	})
}
