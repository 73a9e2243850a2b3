package rules_test

import (
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
