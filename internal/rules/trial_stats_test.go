package rules_test

import (
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// counted: what registers say of the classes that floors are for.
var counted = []trial{
	{name: "a class of no pack", step: "objects", code: "rules.class-count", bad: as(func(b *record.Roster) { b.Classes[0].Name = "gongmao9" })},
	{name: "a class twice", step: "objects", code: "rules.class-count", bad: as(func(b *record.Roster) { b.Classes = append(b.Classes, b.Classes[0]) })},
	{name: "more than its sectors", step: "objects", code: "rules.class-count", bad: as(func(b *record.Roster) { b.Classes[0].Count = sectorSum(b, "gaoqing", 0) + 1 }),
		good: as(func(b *record.Roster) { b.Classes[0].Count = sectorSum(b, "gaoqing", 0) })},
	{name: "more than all", pack: "yanshi", step: "objects", code: "rules.class-count", bad: as(func(b *record.Roster) { b.Classes[1].Count = b.Count + 1 }),
		good: as(func(b *record.Roster) { b.Classes[1].Count = b.Count })},
	{name: "of inspectors", step: "inspectors", code: "rules.class-count", bad: as(func(b *record.Roster) { b.Classes = []record.Count{{Name: "general", Count: 1}} })},
	{name: "updated, says nothing", pack: "yanshi", step: "checklist", code: "rules.list-reason", bad: as(func(b *record.Checklist) { b.Reason = "更新" }),
		good: as(func(b *record.Checklist) { b.Reason = "层级权限" })},
	{name: "the first is new", step: "objects", code: "rules.unchanged", bad: as(func(b *record.Roster) { b.Unchanged = true })},
}

// sectorSum counts the objects of a class by the roster's sectors.
func sectorSum(b *record.Roster, pack string, class int) int64 {
	p, sum := bookOf(pack).pack, int64(0)
	for _, c := range b.Sectors {
		n, _ := rules.Find(p.Sectors, c.Name)
		if p.Ratios[class].Has(&rules.Firm{Sector: n.Code}) {
			sum += c.Count
		}
	}
	return sum
}

// The register of the year before is checked and nothing has changed: said as
// such, with the same file; anything else with it is refused.
func TestUnchanged(t *testing.T) {
	first := gaoqing().copyOf("objects")
	again := func(change func(*record.Roster)) map[string]rules.Severity {
		s := gaoqing().copyOf("objects")
		s.State = gaoqing().before("plan")
		b := s.Body.(*record.Roster)
		b.Version, b.Unchanged, b.Date = 2, true, "2023-06-14"
		s.At = "2023-06-14T09:00:00+08:00"
		change(b)
		return codes(s.State.Apply(s.input()))
	}
	if found := again(func(*record.Roster) {}); len(found) > 0 {
		t.Error(found)
	}
	for name, change := range map[string]func(*record.Roster){
		"not said":           func(b *record.Roster) { b.Unchanged = false },
		"another file":       func(b *record.Roster) { b.File.Bytes++ },
		"a smaller class":    func(b *record.Roster) { b.Classes[0].Count-- },
		"no classes":         func(b *record.Roster) { b.Classes = nil },
		"other sectors":      func(b *record.Roster) { b.Sectors[0].Count++ },
		"a town that is new": func(b *record.Roster) { b.Towns = []record.Count{{Name: "镇", Count: 1}} },
	} {
		if found := again(change); found["rules.unchanged"] != rules.Breach {
			t.Errorf("%s: %v", name, found)
		}
	}
	if first.Body.(*record.Roster).Version != 1 {
		t.Error("the book was changed")
	}
}

// A class that is counted too small would have a lower floor: the notice's own
// table of those left out bounds it.
func TestClassBase(t *testing.T) {
	for _, c := range []struct {
		less int64
		want bool
	}{{0, false}, {1, true}} {
		b := open("gaoqing", 60, 9)
		for i := range b.steps {
			r, ok := b.steps[i].Body.(*record.Roster)
			if ok && r.Kind == "objects" {
				// No more can be missing than the six that are 注销.
				r.Classes[0].Count = sectorSum(r, "gaoqing", 0) - 6 - c.less
			}
		}
		a, err := b.state.Announce(rules.Task{Line: "A", Round: firstRun}, b.reg, b.keys)
		if err != nil {
			t.Fatal(err)
		}
		s := step{At: noticed, Body: a.Notice, Blobs: a.Blobs, Signers: []string{signer}, Origin: origin}
		if found := codes(b.state.Apply(s.input())); (found["rules.class-base"] == rules.Warning) != c.want {
			t.Errorf("%d less: %v", c.less, found)
		}
	}
}

// Only the first list of a year is drawn up; what changes it afterwards is one of
// the regulation's reasons.
func TestListReason(t *testing.T) {
	for _, c := range []struct {
		reason string
		year   int64
		want   bool
	}{{"制定", 2023, true}, {"制定", 2022, true}, {"制定", 2024, false}, {"改", 2023, false}, {"更新", 2024, true}} {
		s := yanshi().copyOf("checklist")
		s.State = yanshi().before("plan")
		b := s.Body.(*record.Checklist)
		b.Version, b.Reason, b.Year = 2, c.reason, c.year
		s.At = "2023-06-14T09:00:00+08:00"
		if _, got := codes(s.State.Apply(s.input()))["rules.list-reason"]; got != c.want {
			t.Errorf("%s %d: %v", c.reason, c.year, got)
		}
	}
}

// A checklist is reported upward as a plan is filed; a register is not.
func TestReported(t *testing.T) {
	for name, want := range map[string]bool{"checklist": false, "plan": false, "objects": true} {
		s := yanshi().copyOf("filing")
		for i, n := range yanshi().names {
			if n == name {
				s.Body.(*record.Filing).Plan = int64(i)
			}
		}
		if _, got := codes(s.State.Apply(s.input()))["rules.no-such-entry"]; got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestChanges(t *testing.T) {
	item := func(no, name string) record.Item {
		return record.Item{No: no, Name: name, Methods: []string{"检查现场"}}
	}
	old := &record.Checklist{Items: []record.Item{item("1", "甲"), item("2", "乙"), item("3", "丙")}}
	now := &record.Checklist{Items: []record.Item{item("1", "甲"), item("3", "丙改"), item("4", "丁")}}
	now.Items[1].Methods = nil
	c := rules.ChangesOf(old, now)
	if !c.Any() || len(c.Added) != 1 || c.Added[0].No != "4" || len(c.Gone) != 1 || c.Gone[0].No != "2" || len(c.Changed) != 1 ||
		c.Changed[0].Old.Name != "丙" || c.Changed[0].New.Name != "丙改" || len(c.Changed[0].Headings) != 2 || c.Changed[0].Headings[1] != "检查方式" {
		t.Errorf("%+v", c)
	}
	for _, same := range []rules.Changes{rules.ChangesOf(nil, now), rules.ChangesOf(now, now)} {
		if same.Any() {
			t.Errorf("%+v", same)
		}
	}
	// No member of an item can change without being told.
	for _, m := range mutants(&record.Checklist{Items: old.Items[:1]}, nil) {
		b := m.body.(*record.Checklist)
		if len(b.Items) != 1 || !strings.HasPrefix(m.path, "items.0.") || strings.HasPrefix(m.path, "items.0.no") {
			continue
		}
		if c := rules.ChangesOf(&record.Checklist{Items: old.Items[:1]}, b); !c.Any() {
			t.Errorf("%s %s: untold", m.path, m.what)
		}
	}
}
