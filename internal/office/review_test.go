package office

import (
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Words that the pack does not know are counted, each once, and the known ones
// are left alone.
func TestReviewFirms(t *testing.T) {
	p := &rules.Pack{Towns: []rules.Named{{Code: "1", Name: "甲镇", Also: []string{"甲镇政府"}}}, Roster: rules.RosterRule{Statuses: []string{"存续", "在业"}}}
	v := reviewFirms(p, []intake.Firm{
		{Town: "甲镇", Sector: "机械", Risk: "低风险"}, {Town: "甲镇政府", Sector: "机械", Status: "在业", Risk: "较大"}, {Town: "甲镇", Status: "吊销，未注销"},
		{Town: "乙镇", Sector: "机械", Status: "拟关停"}, {Town: "乙镇", Sector: "机械", Status: "拟关停"}, {Sector: "机械", Risk: "很高"},
	}, "2026-11-22")
	var got []string
	for _, c := range v.Counts {
		s := c.Code + " " + num(c.N)
		for _, w := range c.Words {
			s += " " + w.Name + num(w.Count)
		}
		got = append(got, s)
	}
	if want := "office.count-firms 3 拟关停2 吊销，未注销1|office.count-towns 3|office.count-sectors 1"; strings.Join(got, "|") != want {
		t.Error(got)
	}
	got = nil
	for _, c := range v.Confirm {
		got = append(got, strings.TrimPrefix(c.Code, "office.")+" "+c.Got+c.Want)
	}
	if want := "unknown-status 拟关停2|other-town 乙镇2|other-town 空着1|unknown-risk 很高1"; strings.Join(got, "|") != want {
		t.Error(got)
	}
}

// The difference between two versions, by number; what the office computed
// itself is no difference.
func TestCompare(t *testing.T) {
	old := []record.PlanLine{{No: "1", Name: "一", Base: 7}, {No: "2", Name: "二"}, {No: "3", Name: "三", Items: []string{"a"}}}
	now := []record.PlanLine{{No: "1", Name: "一", Base: 9, Items: []string{}}, {No: "3", Name: "三", Items: []string{"b"}}, {No: "4", Name: "四"}}
	key := func(l *record.PlanLine) (string, string) { return l.No, l.Name }
	d := compare("项", bare(old), bare(now), key)
	if d.Old != 3 || d.New != 3 || d.Added != 1 || d.Gone != 1 || d.Changed != 1 || strings.Join(d.Names, "") != "二" {
		t.Errorf("%+v", d)
	}
	if compare("项", nil, now, key) != nil {
		t.Error("a first version differs from nothing")
	}
}
