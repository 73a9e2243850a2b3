package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// TestGrammars is the truth table of who the cap does not hold, for each
// reading that a pack can take (A1, A4): key sector, record, directed mode,
// recorded deployment.
func TestGrammars(t *testing.T) {
	const usual, strict, loose = "重点行业并且有记录，或者另行部署", "必须是重点行业，并且有记录或者另行部署", "重点行业、有记录、另行部署有一即可"
	readings := map[string]func(key, rec, dir, dep bool) bool{
		usual:  func(key, rec, dir, dep bool) bool { return key && rec || dep && dir },
		strict: func(key, rec, dir, dep bool) bool { return key && (rec || dep && dir) },
		loose:  func(key, rec, dir, dep bool) bool { return key || rec || dep && dir },
	}
	p := pack(t, "gaoqing")
	if len(p.Cap.Options) != len(readings) || p.Cap.Take != usual {
		t.Fatalf("%d readings, %s", len(p.Cap.Options), p.Cap.Take)
	}
	hits := []string{"2023-05-01"}
	for name, want := range readings {
		p.Cap.Take = name
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
		for n := range 16 {
			on := func(bit int) bool { return n&(1<<bit) != 0 }
			f, mode := &rules.Firm{Sector: "commerce"}, "不定向"
			if on(0) {
				f.Sector = "hazchem"
			}
			if on(1) {
				f.Tags = []string{"watch_list"}
			}
			if on(2) {
				mode = "定向"
			}
			if got := !p.Capped(f, hits, "2023-08-23", mode, on(3)); got != want(on(0), on(1), on(2), on(3)) {
				t.Errorf("%s: sector %v, record %v, directed %v, deployed %v: free %v", name, on(0), on(1), on(2), on(3), got)
			}
			if p.Capped(f, nil, "2023-08-23", mode, on(3)) {
				t.Errorf("%s: capped without a selection", name)
			}
		}
	}
	y := pack(t, "yanshi")
	for _, c := range []struct {
		sector, tag string
		free        bool
	}{{"commerce", "", true}, {"hazchem", "", false}, {"hazchem", "blacklist", true}, {"hazchem", "serious_violation", false}, {"hazchem", "many_complaints", false}} {
		f := &rules.Firm{Sector: c.sector, Tags: []string{c.tag}}
		for _, deployed := range []bool{true, false} {
			if got := !y.Capped(f, []string{"2023-05-01", "2023-05-02"}, "2023-08-23", "定向", deployed); got != c.free {
				t.Errorf("yanshi %+v: free %v", c, got)
			}
		}
	}
	for _, c := range []struct {
		n    int
		want []string
	}{{0, nil}, {1, nil}, {2, []string{"many_complaints"}}, {3, []string{"many_complaints"}}} {
		if got := p.Tagged(nil, c.n); !slices.Equal(got, c.want) {
			t.Errorf("%d complaints: %v", c.n, got)
		}
	}
}

// TestFloorRounds: 5 % is a floor, in whole numbers (A9).
func TestFloorRounds(t *testing.T) {
	for base, want := range map[int]int{1: 1, 19: 1, 20: 1, 21: 2, 100: 5, 101: 6} {
		if got, err := draw.Total("0.05", base); err != nil || got != want {
			t.Errorf("5%% of %d: %d (%v), want %d", base, got, err, want)
		}
	}
}

// withPlan opens an office whose line A is changed.
func withPlan(name string, firms, people int, change func(*record.PlanLine)) *book {
	b := open(name, firms, people)
	s := step{At: "2023-06-21T08:00:00+08:00", Body: clone(b.state.Plan(2023).Body), Signers: []string{signer}, Origin: origin}
	p := s.Body.(*record.Plan)
	p.Version, p.Date = 2, "2023-06-21"
	change(&p.Lines[0])
	b.say("plan 2", s.At, p, nil)
	return b
}

// newKeys gives the book's next draw keys of its own.
func (b *book) newKeys(n int) {
	b.keys = rules.Keys{K: []byte(fmt.Sprintf("%032d", n)), KI: []byte(fmt.Sprintf("%032d", n+100))}
}

// TestBatches: the ratio is that of the year over all batches (A10). Each batch
// draws its part of it, nobody twice, and the last reaches the year's number;
// one that was aborted is drawn again under its own number.
func TestBatches(t *testing.T) {
	b := withPlan("gaoqing", 60, 9, func(l *record.PlanLine) { l.Ratio, l.Batches = "0.2", 3 })
	b.reg.Drawn, b.reg.Hits = map[string][]string{}, map[string][]string{}
	var sizes []int
	all := map[string]bool{}
	for i := range 4 {
		at := []string{noticed, "2023-08-24T09:00:00+08:00", "2023-08-25T09:00:00+08:00", "2023-08-26T09:00:00+08:00"}[i]
		b.newKeys(i)
		l := b.announce(fmt.Sprint("notice ", i), at, rules.Task{Line: "A", Round: []uint64{1000, 657413, 657414, 657415}[i]})
		if want := []int64{1, 2, 2, 3}[i]; l.Body.Batch != want {
			t.Fatalf("notice %d: batch %d, want %d", i, l.Body.Batch, want)
		}
		if i == 1 {
			b.say("abort", at, &record.Abort{Notice: l.Index, Ground: "演示", Date: at[:10]}, nil)
			continue
		}
		if i == 0 {
			b.cast("draw", drawn, l, nil)
		} else {
			b.pretend(l)
		}
		sizes = append(sizes, len(l.Objects))
		for _, o := range l.Objects {
			id := b.firm(o.Handle).ID
			if all[id] {
				t.Errorf("%s is drawn in two batches", id)
			}
			all[id] = true
			b.reg.Drawn[id] = append(b.reg.Drawn[id], l.Body.Draw)
		}
	}
	if want := []int{4, 4, 3}; !slices.Equal(sizes, want) || len(all) != 11 { // 54 in business: a fifth is 11
		t.Errorf("batches of %v, %d in all", sizes, len(all))
	}
	b.newKeys(9)
	if _, err := b.state.Announce(rules.Task{Line: "A", Round: 657416}, b.reg, b.keys); fault.Code(err) != "rules.batch" {
		t.Errorf("a fourth batch of three: %v", err)
	}
}

// pretend takes the first of each cell as drawn: for rounds whose signature is
// not at hand.
func (b *book) pretend(l *rules.Lot) {
	left := map[string]int64{}
	for _, g := range l.Body.Groups {
		for _, c := range g.Cells {
			left[c.Cell] = c.Quota
		}
	}
	for _, o := range l.Pool {
		if left[o.Cell] > 0 {
			left[o.Cell]--
			l.Objects = append(l.Objects, &rules.Object{Handle: o.Handle, Cell: o.Cell})
		}
	}
	l.Draw = &rules.At[record.Draw]{Index: l.Index + 1, Body: &record.Draw{}}
}

// TestClasses: groups by closed conditions, the first that holds, and a last one
// for the rest, so that nobody is left out; neutral names; by town where the
// pack says so; and the floor held over the whole.
func TestClasses(t *testing.T) {
	for _, name := range []string{"gaoqing", "yanshi"} {
		b := withPlan(name, 120, 9, func(l *record.PlanLine) {
			l.Ratio = "0.05"
			l.Classes = []record.Class{{Name: "g1", Condition: sealed("x"), Ratio: "0.5"}, {Name: "g2", Condition: sealed("y"), Count: 2}, {Name: "g3", Condition: sealed("z"), Census: true}}
		})
		for i := range b.reg.Firms {
			if i%4 == 0 {
				b.reg.Firms[i].Tags = append(b.reg.Firms[i].Tags, "many_complaints")
			}
		}
		b.reg.Conditions = map[string]string{"g1": "标签 = 多次被投诉举报", "g2": "标签 in (多次被投诉举报,重点关注)", "g3": "标签 = 重点关注"}
		if name == "yanshi" {
			b.reg.Conditions = map[string]string{"g1": "标签 = 投诉举报多", "g2": "标签 in (投诉举报多,重点关注)", "g3": "标签 = 重点关注"}
		}
		b.reg.Firms[1].Tags = []string{"watch_list"}
		b.reg.Hits = map[string][]string{b.reg.Firms[0].ID: {"2023-05-01", "2023-05-01"}}
		b.hits("2023-07-02T09:00:00+08:00")
		b.reg.Firms[0].Sector = "chemical"
		l := b.announce("notice", noticed, rules.Task{Line: "A", Round: firstRun})
		var names, words []string
		for _, g := range l.Body.Groups {
			names, words = append(names, g.Name), append(words, g.Words)
		}
		if !slices.Equal(names, []string{"g1", "g2", "g4"}) || !slices.Equal(words, []string{"第1组", "第2组", "第4组"}) {
			t.Fatalf("%s: groups %v %v", name, names, words)
		}
		g1, g2, g4 := l.Body.Groups[0], l.Body.Groups[1], l.Body.Groups[2]
		if g1.Base != 30 || g1.Total != 15 || g2.Base != 1 || g2.Total != 2 || g4.Base != 77 || g4.Total != 4 {
			t.Errorf("%s: %+v", name, l.Body.Groups)
		}
		for _, o := range l.Pool {
			f, class := b.firm(o.Handle), "g4"
			switch {
			case slices.Contains(f.Tags, "many_complaints"):
				class = "g1"
			case slices.Contains(f.Tags, "watch_list"):
				class = "g2"
			}
			cell := class + ".all"
			if name == "yanshi" {
				cell = class + "." + f.Town
			}
			if o.Cell != cell {
				t.Errorf("%s: %s stands in %s, want %s", name, f.ID, o.Cell, cell)
			}
			if l.Body.TownOf(o.Cell) != strings.TrimPrefix(cell, class+".") {
				t.Errorf("town of %s: %s", o.Cell, l.Body.TownOf(o.Cell))
			}
		}
		b.cast("draw", drawn, l, nil)
		if int(g1.Total+g4.Total+1) != len(l.Objects) {
			t.Errorf("%s: drawn %d", name, len(l.Objects))
		}
	}
	b := withPlan("gaoqing", 60, 9, func(l *record.PlanLine) {
		l.Ratio, l.Classes = "0.05", []record.Class{{Name: "g1", Condition: sealed("x"), Ratio: "0.01"}}
	})
	if _, err := b.state.Announce(rules.Task{Line: "A", Round: firstRun}, b.reg, b.keys); fault.Code(err) != "rules.no-condition" {
		t.Errorf("a class without its condition: %v", err)
	}
	b.reg.Conditions = map[string]string{"g1": "标签 = 低风险"}
	for i := range 40 {
		b.reg.Firms[i].Tags = []string{"risk_low"}
	}
	a, err := b.state.Announce(rules.Task{Line: "A", Round: firstRun}, b.reg, b.keys)
	if err != nil {
		t.Fatal(err)
	}
	// 36 of low risk give 1, 18 others 1: 2 of 54, where 5 % are 3.
	if found := codes(b.say("notice", noticed, a.Notice, a.Blobs)); found["rules.below-floor"] != rules.Warning {
		t.Errorf("%v", found)
	}
}

// TestGroupsAreThePlans: who swaps, drops or renames groups and cells of a
// notice could choose who is drawn.
func TestGroupsAreThePlans(t *testing.T) {
	b := withPlan("yanshi", 120, 9, func(l *record.PlanLine) {
		l.Ratio, l.Classes = "0.05", []record.Class{{Name: "g1", Condition: sealed("x"), Ratio: "0.5"}}
	})
	for i := range 60 {
		b.reg.Firms[i].Tags = append(b.reg.Firms[i].Tags, "many_complaints")
	}
	b.reg.Conditions = map[string]string{"g1": "标签 = 投诉举报多"}
	b.announce("notice", noticed, rules.Task{Line: "A", Round: firstRun})
	for what, change := range map[string]func(*record.Notice){
		"turned round":   func(n *record.Notice) { slices.Reverse(n.Groups) },
		"one dropped":    func(n *record.Notice) { n.Groups = n.Groups[:1] },
		"other ratio":    func(n *record.Notice) { n.Groups[0].Ratio = "0.05" },
		"other words":    func(n *record.Notice) { n.Groups[0].Words = "高风险" },
		"smaller base":   func(n *record.Notice) { n.Groups[0].Base-- },
		"other name":     func(n *record.Notice) { n.Groups[1].Name = "g9" },
		"a census":       func(n *record.Notice) { n.Groups[1].Rule, n.Groups[1].Total, n.Groups[1].Ratio = "census", 0, "" },
		"a least number": func(n *record.Notice) { n.Groups[1].Minimum = 1 },
		"a cell of the other": func(n *record.Notice) {
			g := n.Groups
			g[0].Cells, g[1].Cells = append(g[0].Cells, g[1].Cells[0]), g[1].Cells[1:]
		},
	} {
		s := b.copyOf("notice")
		change(s.Body.(*record.Notice))
		if !breached(s.State.Apply(s.input())) {
			t.Errorf("%s: not refused", what)
		}
	}
}

// TestWaiverFrees: with a deployment waiver a directed draw takes those at the
// cap, says how many, and the waiver is used up until the draw is aborted.
func TestWaiverFrees(t *testing.T) {
	b := open("gaoqing", 60, 9)
	b.reg.Hits = map[string][]string{}
	for _, f := range b.reg.Firms {
		b.reg.Hits[f.ID] = []string{"2023-05-04"}
	}
	b.hits("2023-07-02T09:00:00+08:00")
	if _, err := b.state.Announce(rules.Task{Line: "B", Round: firstRun}, b.reg, b.keys); fault.Code(err) != "rules.empty-pool" {
		t.Fatalf("all at the cap: %v", err)
	}
	doc := record.Order{Title: "演示通知", Number: "演示〔2023〕1号", Issuer: "演示省应急管理厅"}
	b.say("waiver", "2023-08-20T09:00:00+08:00", &record.Waiver{Kind: "deployment", Year: 2023, Line: "B", Ground: "上级指令", Document: doc, Approved: sealed("演示"), Date: "2023-08-20"}, nil)
	l := b.announce("notice", noticed, rules.Task{Line: "B", Round: firstRun})
	want := []record.Ground{{Code: "exempt.1", Clause: "G-6.2d", Words: "已达频次上限，因另行部署不受频次限制", Count: l.Body.Pool.Lines}}
	if !slices.Equal(l.Body.Freed, want) || len(l.Body.Waivers) != 1 {
		t.Errorf("%+v %v", l.Body.Freed, l.Body.Waivers)
	}
	s := b.copyOf("notice")
	s.Body.(*record.Notice).Waivers = nil
	if found := codes(s.State.Apply(s.input())); found["rules.no-waiver"] != rules.Breach {
		t.Errorf("freed without naming the waiver: %v", found)
	}
	b.newKeys(1)
	if _, err := b.state.Announce(rules.Task{Line: "B", Round: firstRun + 1}, b.reg, b.keys); fault.Code(err) != "rules.empty-pool" {
		t.Errorf("a waiver used up: %v", err)
	}
	again := b.copyOf("notice")
	again.State = b.state
	n := again.Body.(*record.Notice)
	n.Serial, n.Draw = 2, "2023-002"
	if found := codes(again.State.Apply(again.input())); found["rules.waiver-used"] != rules.Breach {
		t.Errorf("used twice: %v", found)
	}
}

// TestAcross: with the codes opened, an object that was selected more often
// than the cap allows is found, and one that stood in two open tasks.
func TestAcross(t *testing.T) {
	for _, c := range []struct {
		pack         string
		days         []string
		over, merged int
	}{
		{"gaoqing", []string{"2023-08-23"}, 0, 0},
		{"gaoqing", []string{"2023-08-23", "2024-08-22"}, 1, 1},
		{"gaoqing", []string{"2023-08-23", "2024-08-23"}, 0, 1},
		{"gaoqing", []string{"2024-02-29", "2025-02-28"}, 1, 1},
		{"gaoqing", []string{"2024-02-29", "2025-03-01"}, 0, 1},
		{"yanshi", []string{"2023-08-23", "2023-08-24"}, 0, 1},
		{"yanshi", []string{"2023-08-23", "2023-08-24", "2023-12-31"}, 1, 2},
		{"yanshi", []string{"2023-12-30", "2023-12-31", "2024-01-01"}, 0, 2},
	} {
		s := rules.New()
		for i, day := range c.days {
			s.Lots = append(s.Lots, &rules.Lot{Pack: pack(t, c.pack), At: rules.At[record.Notice]{Index: int64(10 * i), Body: &record.Notice{Draw: fmt.Sprint(i), Randomness: &record.Randomness{Time: day + "T10:00:00+08:00"}}},
				Draw: &rules.At[record.Draw]{Index: int64(10*i + 1)}, Objects: []*rules.Object{{ID: "91370322TT00000000"}, {}}})
		}
		count := func() (over, merged int) {
			for _, f := range s.Across() {
				switch f.Code {
				case "rules.over-cap":
					if over++; f.Severity != rules.Warning {
						t.Errorf("%v: %+v", c.days, f)
					}
				case "rules.merge":
					merged++
				}
			}
			return over, merged
		}
		if over, merged := count(); over != c.over || merged != c.merged {
			t.Errorf("%s %v: %d over the cap, %d merged", c.pack, c.days, over, merged)
		}
		for _, l := range s.Lots {
			l.Objects[0].Result = &rules.Finished{At: rules.At[record.Result]{Index: l.Index + 2, Body: &record.Result{}}}
		}
		if over, merged := count(); over != c.over || merged != 0 {
			t.Errorf("%s %v, inspected between: %d over the cap, %d merged", c.pack, c.days, over, merged)
		}
		last := s.Lots[len(s.Lots)-1]
		last.Abort = &rules.At[record.Abort]{}
		if over, _ := count(); over != c.over {
			t.Errorf("%s %v: who was inspected counts, whatever became of the draw", c.pack, c.days)
		}
		last.Objects[0].Result = nil
		if over, _ := count(); over != 0 {
			t.Errorf("%s %v: an aborted draw counts", c.pack, c.days)
		}
	}
}

// TestExtensionMovesTheDates: results and K follow the new end, dispatch does
// not; K of an aborted draw stays due.
func TestExtensionMovesTheDates(t *testing.T) {
	for _, name := range []string{"gaoqing", "yanshi"} {
		b := bookOf(name)
		before, after := b.before("extension").Lot("2023-003"), b.state.Lot("2023-003")
		want := b.pack.NoticeDue(b.state.Workdays(), after.Body.When(), "2023-10-31")
		if before.Due.K >= after.Due.K || after.Due.K != want.K || after.Due.Results != want.Results || after.Due.Dispatch != before.Due.Dispatch || after.Ends() != "2023-10-31" {
			t.Errorf("%s: %+v, then %+v", name, before.Due, after.Due)
		}
		due := 0
		for _, d := range b.state.Duties("2024-01-31") {
			if d.Draw == "2023-002" {
				if due++; d.Code != "open-k" && d.Code != "run" || d.Open != 1 || d.Late == 0 {
					t.Errorf("%s: aborted: %+v", name, d)
				}
			}
		}
		if due != 2 { // nobody can see that the abort was in time: what would have been drawn is due as well
			t.Errorf("%s: %d duties of the aborted draw", name, due)
		}
	}
}

// TestOverCapBeyondTheFreed: a notice that says of one enterprise that the cap
// does not hold excuses one, not two.
func TestOverCapBeyondTheFreed(t *testing.T) {
	s := rules.New()
	for i, day := range []string{"2023-08-23", "2023-09-23"} {
		s.Lots = append(s.Lots, &rules.Lot{Pack: pack(t, "gaoqing"), At: rules.At[record.Notice]{Index: int64(10 * i), Body: &record.Notice{Draw: fmt.Sprint(i), Randomness: &record.Randomness{Time: day + "T10:00:00+08:00"}}},
			Draw: &rules.At[record.Draw]{Index: int64(10*i + 1)}, Objects: []*rules.Object{{ID: "91370322TT00000000"}, {ID: "91370322TT00000001"}}})
	}
	for freed, want := range map[int64][2]int{0: {2, 0}, 1: {1, 1}, 2: {0, 2}} {
		s.Lots[1].Body.Freed = nil
		if freed > 0 {
			s.Lots[1].Body.Freed = []record.Ground{{Code: "exempt.0", Count: freed}}
		}
		var got [2]int
		for _, f := range s.Across() {
			switch {
			case f.Code == "rules.over-cap" && f.Severity == rules.Warning:
				got[0]++
			case f.Code == "rules.over-cap" && f.Severity == rules.Note:
				got[1]++
			}
		}
		if got != want {
			t.Errorf("%d freed: warnings and notes %v, want %v", freed, got, want)
		}
	}
}

// TestTownsOfGroups: where a notice has several groups its cells are no towns by
// name, and a zone without a code stands in the cell of the others; the result
// of each says its town all the same, and no other.
func TestTownsOfGroups(t *testing.T) {
	b := withPlan("yanshi", 40, 9, func(l *record.PlanLine) {
		l.Ratio, l.Classes = "1", []record.Class{{Name: "g1", Condition: sealed("x"), Ratio: "1"}}
	})
	b.reg.Conditions = map[string]string{"g1": "标签 = 重点关注"}
	for i := range b.reg.Firms {
		if b.reg.Firms[i].Tags = []string{"watch_list"}; i < 15 {
			b.reg.Firms[i].Town = "演示工业园"
		}
	}
	l := b.announce("notice", noticed, rules.Task{Line: "A", Round: firstRun})
	b.cast("draw", drawn, l, nil)
	s := b.send(l, l.Body.Units[0].Name, "2023-08-24T10:00:00+08:00", l.Objects)
	b.say("dispatch", s.At, s.Body, s.Blobs)
	towns := b.pack.Towns
	for i, o := range l.Objects {
		r := b.result(l, o, "e")
		r.Unit = l.Body.Units[0].Name
		town := r.Town
		r.Town = towns[0].Code
		if town == r.Town {
			r.Town = towns[1].Code
		}
		wrong := step{At: "2023-09-08T09:00:00+08:00", Body: clone(r), Signers: []string{signer}, Origin: origin}
		r.Town = town
		if i < 3 || town == "演示工业园" {
			if found := codes(b.state.Apply(wrong.input())); found["rules.other-town"] != rules.Breach {
				t.Errorf("%s in another town: %v", o.Cell, found)
			}
		}
		b.say("result", "2023-09-08T09:00:00+08:00", r, nil)
	}
	if !slices.ContainsFunc(l.Objects, func(o *rules.Object) bool { return o.Cell == "g1.other" }) {
		t.Error("no zone was drawn")
	}
}
