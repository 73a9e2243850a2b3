package site

import (
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/rules"
)

// TestInspectors: the counts are those of the registers and draws, and nothing
// of a person is there: no name, no certificate, and no handle either.
func TestInspectors(t *testing.T) {
	for pack, b := range map[string]built{"gaoqing": gaoqing(), "yanshi": yanshi()} {
		page := string(b.files[inspectorsPath])
		s := b.bureau.state
		want := []string{"执法检查人员名录库", `data-label="人数">` + num(s.Roster("inspectors").Body.Count), "什么公开，什么不公开", "姓名</th>", "不公开"}
		for _, l := range s.Lots {
			if l.Failed {
				continue
			}
			want = append(want, l.Body.Draw, num(l.Body.People.Lines)+"人</a>", "事先申报"+num(l.Body.Declared)+"人次")
			if l.Drawn() {
				people := map[string]bool{}
				for _, o := range l.Objects {
					for _, h := range o.Members() {
						people[h] = true
					}
				}
				want = append(want, num(len(people))+"人，每人")
			}
			if n := len(l.Moves()); n > 0 {
				want = append(want, "更换（另行指派）"+num(n)+"次", "#visit")
			}
		}
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s does not say %q", pack, w)
			}
		}
		for _, who := range b.bureau.people {
			if strings.Contains(page, who.Name) || strings.Contains(page, who.ID) {
				t.Errorf("%s names %s", pack, who.Name)
			}
		}
		for _, l := range s.Lots {
			for h := range l.People {
				if strings.Contains(page, h) || strings.Contains(page, short(h)) {
					t.Errorf("%s shows a handle", pack)
				}
			}
		}
	}
}

// TestVisible: the charter's word goes before the pack's.
func TestVisible(t *testing.T) {
	b := gaoqing().bureau
	m := &maker{charter: b.state.Charter(), pack: b.state.Pack}
	if r, ok := m.visible("inspector_name", "姓名"); !ok || r.Rule != "不公开" {
		t.Errorf("%+v", r)
	}
	m.pack = &rules.Pack{}
	if _, ok := m.visible("inspector_name", "姓名"); ok {
		t.Error("a rule that nobody gave")
	}
}
