package rules_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// A world is a state that was never replayed: what statistics read of it, put
// together by hand.
type world struct {
	s    *rules.State
	next int64
}

func newWorld(pack, began string) *world {
	w := &world{s: rules.New()}
	w.s.Pack = mustPack(pack)
	w.s.Pack.EffectiveFrom = ""
	w.s.Charters = []rules.At[record.Charter]{{Time: began + "T09:00:00+08:00", Body: &record.Charter{}}}
	return w
}

func stamp[T any](w *world, day string, b *T) rules.At[T] {
	w.next++
	return rules.At[T]{Index: w.next, Time: day + "T09:00:00+08:00", Body: b}
}

// roster of the day with the populations of the pack's classes.
func (w *world) roster(day string, classes ...int64) {
	b := &record.Roster{Kind: "objects", Date: day, Count: 1000}
	for i, n := range classes {
		b.Classes = append(b.Classes, record.Count{Name: w.s.Pack.Ratios[i].Code, Count: n})
	}
	w.s.Rosters = append(w.s.Rosters, stamp(w, day, b))
}

func (w *world) plan(day string, year int64, lines ...record.PlanLine) {
	w.s.Plans = append(w.s.Plans, stamp(w, day, &record.Plan{Year: year, Date: day, Lines: lines}))
}

// lot is a draw of n objects, dispatched to its one unit.
func (w *world) lot(id, line, unit, to string, n int) *rules.Lot {
	l := &rules.Lot{Pack: w.s.Pack}
	l.At = stamp(w, id[:4]+"-08-01", &record.Notice{Draw: id, Line: line, Name: "演示", Items: []string{"1", line}, Units: []record.Unit{{Name: unit}},
		From: id[:4] + "-08-01", To: to, Mode: "不定向"})
	l.Due = record.Due{Results: to, K: to}
	d := stamp(w, id[:4]+"-08-01", &record.Draw{})
	l.Draw = &d
	sent := rules.Sent{At: stamp(w, id[:4]+"-08-01", &record.Dispatch{Unit: unit})}
	l.Sent = append(l.Sent, sent)
	for i := range n {
		l.Objects = append(l.Objects, &rules.Object{Handle: fmt.Sprintf("%s-%d", id, i), Dispatch: sent.Index})
	}
	w.s.Lots = append(w.s.Lots, l)
	return l
}

// result of an object of the first class: ended and public on the days.
func (w *world) result(l *rules.Lot, o *rules.Object, code, ended, public, outcome string) *rules.Finished {
	b := &record.Result{Origin: "random", Notice: l.Index, Object: o.Handle, Ended: ended, Published: public, Sector: "machinery", Classes: []string{w.s.Pack.Ratios[0].Code},
		Unit: l.Body.Units[0].Name, Outcome: record.Outcome{Codes: []string{outcome}}}
	f := &rules.Finished{At: stamp(w, public, b), Lot: l, Object: o, Code: code}
	o.Result, o.ID = f, code
	w.s.Results = append(w.s.Results, f)
	return f
}

// 达到 and 不少于 are floors: the least whole number that is not under 5 %, over
// the whole class (A9, A11).
func TestFloorOfAClass(t *testing.T) {
	for n, want := range map[int64]int{0: 0, 1: 1, 19: 1, 20: 1, 21: 2, 40: 2, 41: 3, 1439: 72} {
		w := newWorld("yanshi", "2023-01-01")
		w.roster("2023-01-02", n, 0)
		w.plan("2023-01-03", 2023)
		st := w.s.Stats(2023, "2023-12-31")
		if c := st.Classes[0]; c.Floor != want || !c.Known || c.Base != n || c.Missing() != want {
			t.Errorf("5 %% of %d: %+v, want %d", n, c, want)
		}
	}
	w := newWorld("gaoqing", "2023-01-01")
	w.roster("2023-01-02", 100, 50)
	w.plan("2023-01-03", 2023)
	if c := w.s.Stats(2023, "2023-12-31").Classes[1]; c.Floored() || c.Floor != 0 || c.Missing() != 0 {
		t.Errorf("重点 has no floor: %+v", c)
	}
}

// The base is that of the first plan: neither a later register nor a later plan
// moves it; both numbers stand side by side (A10).
func TestBaseOfAClass(t *testing.T) {
	w := newWorld("yanshi", "2023-01-01")
	w.roster("2022-12-01", 300, 1)
	w.roster("2023-01-02", 200, 2)
	w.plan("2023-01-03", 2023)
	w.roster("2023-06-02", 21, 3)
	w.plan("2023-06-03", 2023)
	w.roster("2024-01-05", 500, 4)
	for i, c := range w.s.Stats(2023, "2024-06-01").Classes {
		if want := [][4]int64{{200, 10, 21, 2}, {2, 2, 3, 3}}[i]; [4]int64{c.Base, int64(c.Floor), c.Now, int64(c.NowFloor)} != want {
			t.Errorf("%+v, want %v", c, want)
		}
	}
	w.s.Plans = nil
	if c := w.s.Stats(2023, "2024-06-01").Classes[0]; c.Base != 21 {
		t.Errorf("without a plan the last register of the year: %+v", c)
	}
	w.s.Rosters = nil
	if c := w.s.Stats(2023, "2024-06-01").Classes[0]; c.Known || c.Floored() {
		t.Errorf("without a register nothing is known: %+v", c)
	}
}

// Different units with a public result count; who was closed down has a result
// too, who was hit twice counts once, who is not named yet counts by his handle.
func TestNumerator(t *testing.T) {
	w := newWorld("yanshi", "2023-01-01")
	w.roster("2023-01-02", 100, 0)
	w.plan("2023-01-03", 2023, record.PlanLine{No: "A", Unit: "甲队", Estimate: 6, From: "2023-03-01", To: "2023-11-30"})
	one, two := w.lot("2023-001", "A", "甲队", "2023-09-28", 4), w.lot("2023-002", "A", "甲队", "2023-11-30", 3) // batches
	for i, code := range []string{"d", "h", "x9"} {
		w.result(one, one.Objects[i], fmt.Sprint("firm", i), "2023-09-06", "2023-09-08", code)
	}
	w.result(two, two.Objects[0], "firm0", "2023-11-06", "2023-11-08", "a") // again
	w.result(two, two.Objects[1], "", "2023-11-06", "2023-11-08", "a")      // its code is not opened
	two.Objects[2].Dispatch = 0
	st := w.s.Stats(2023, "2023-11-20")
	c := st.Classes[0]
	if c.Drawn != 4 || c.Inspected != 4 || c.Published != 4 || c.ByHandle != 1 || c.Untold != 2 || c.Missing() != 1 {
		t.Errorf("%+v", c)
	}
	w.result(one, one.Objects[3], "firm3", "2023-09-07", "2023-09-11", "a").Body.Withheld = &record.Withheld{Ground: "x"}
	st = w.s.Stats(2023, "2023-11-20")
	if c := st.Classes[0]; c.Inspected != 5 || c.Published != 4 || c.Withheld != 1 || c.Untold != 1 {
		t.Errorf("withheld: %+v", c)
	}
	u := st.Units[0]
	if len(st.Units) != 1 || u.Planned != 6 || u.Lines != 1 || u.Items != 2 || u.Drawn != 7 || u.Dispatched != 6 || u.Inspected != 6 || u.Published != 5 || u.Withheld != 1 || u.Open != 1 {
		t.Errorf("%+v", u)
	}
	if l := st.Lines[0]; len(l.Draws) != 2 || l.Completion() != "71.4%" || l.Settled() != "100%" || l.Undrawn {
		t.Errorf("%+v %s", l, l.Completion())
	}
}

// A directed draw says of everybody whom it chose that he is of the class.
func TestClassByCondition(t *testing.T) {
	for filter, want := range map[string]int{
		"标签 = 安全生产严重失信主体名单": 2, "not 标签 = 安全生产严重失信主体名单": 0, "标签 = 粉尘涉爆": 0, "行业 = 机械 and 标签 = 安全生产严重失信主体名单": 2,
		"行业 = 机械 or 标签 = 安全生产严重失信主体名单": 0, "标签 != 安全生产严重失信主体名单": 0, "": 0,
	} {
		w := newWorld("yanshi", "2023-01-01")
		l := w.lot("2023-001", "C", "甲队", "2023-09-28", 2)
		l.Body.Filter = filter
		w.result(l, l.Objects[0], "firm", "2023-09-06", "2023-09-08", "a").Body.Classes = nil
		w.s.Results[0].Body.Sector = ""
		if c := w.s.Stats(2023, "2023-12-01").Classes[1]; c.Drawn != want || c.Published != want/2 || c.Untold != 1-want/2 || c.Unsaid != 1-want/2 {
			t.Errorf("%q: %+v", filter, c)
		}
	}
}

// 31 December and 1 January: a class goes by the day on which the inspection
// ended, everything else by the year of the draw.
func TestEdgeOfTheYear(t *testing.T) {
	w := newWorld("yanshi", "2023-01-01")
	l := w.lot("2023-001", "A", "甲队", "2023-12-31", 2)
	w.result(l, l.Objects[0], "firm0", "2023-12-31", "2024-01-05", "a")
	w.result(l, l.Objects[1], "firm1", "2024-01-01", "2024-01-05", "a")
	old, next := w.s.Stats(2023, "2024-02-01"), w.s.Stats(2024, "2024-02-01")
	if c, d := old.Classes[0], next.Classes[0]; c.Published != 1 || d.Published != 1 || c.Drawn != 2 || d.Drawn != 0 {
		t.Errorf("%+v\n%+v", c, d)
	}
	if old.Total.Published != 2 || next.Total.Published != 0 || next.Draws != 0 {
		t.Errorf("%+v\n%+v", old.Total, next.Total)
	}
}

func TestEmptyYear(t *testing.T) {
	w := newWorld("gaoqing", "2023-06-12")
	st := w.s.Stats(2023, "2023-07-01")
	if st.Since != "2023-06-12" || st.Total != (rules.Tally{}) || len(st.Lines)+len(st.Units)+len(st.Others) != 0 || st.Share != nil || st.Total.Completion() != "" || st.Total.Settled() != "" {
		t.Errorf("%+v", st)
	}
	if st := w.s.Stats(2024, "2024-07-01"); st.Since != "" {
		t.Errorf("%+v", st)
	}
	if st := rules.New().Stats(2023, "2023-07-01"); st.Total.Drawn != 0 {
		t.Errorf("%+v", st)
	}
}

// Who gives up a draw does not finish more of it.
func TestAbortedDraw(t *testing.T) {
	w := newWorld("yanshi", "2023-01-01")
	l := w.lot("2023-001", "A", "甲队", "2023-09-28", 4)
	w.result(l, l.Objects[0], "firm0", "2023-09-06", "2023-09-08", "a")
	before := w.s.Stats(2023, "2023-10-20").Total
	a := stamp(w, "2023-09-10", &record.Abort{})
	l.Abort = &a
	after := w.s.Stats(2023, "2023-10-20").Total
	if before.Completion() != "25%" || after.Completion() != "25%" || before.Open != 3 || before.Overdue != 3 || before.Unfinished != 3 || after.Open != 0 || after.Aborted != 3 {
		t.Errorf("%+v\n%+v", before, after)
	}
}

// What the state's platform drew counts as what sunlot drew.
func TestPlatformInStats(t *testing.T) {
	w := newWorld("yanshi", "2023-01-01")
	l := w.lot("2023-001", "A", "甲队", "2023-09-28", 3)
	l.Draw, l.Body.Casts = nil, "platform"
	w.s.Lots[0].Objects[1].Dispatch = 0
	if st := w.s.Stats(2023, "2023-08-20"); st.Total.Drawn != 0 || st.Draws != 0 || len(w.s.Backlogs("2023-08-20")) != 0 {
		t.Errorf("before the platform's list is recorded: %+v", st.Total)
	}
	p := stamp(w, "2023-08-10", &record.PlatformDraw{})
	l.Platform = &p
	if st := w.s.Stats(2023, "2023-08-20"); st.Total.Drawn != 3 || st.Draws != 1 || st.Total.Dispatched != 2 {
		t.Errorf("%+v", st.Total)
	}
	if b := w.s.Backlogs("2023-08-20"); len(b) != 1 || b[0].Open != 2 || b[0].Unsent != 1 {
		t.Errorf("%+v", b)
	}
}

// A joint check that another department leads is the unit's work too.
func TestJoinedInStats(t *testing.T) {
	w := newWorld("yanshi", "2023-01-01")
	task := &rules.JoinedTask{At: stamp(w, "2023-05-01", &record.Joined{Task: "2023-J01", Name: "联合", Unit: "甲队", Drawn: "2023-04-28", Items: []string{"1", "2"}, To: "2023-09-28"}),
		Pack: w.s.Pack, Handles: []string{"h1", "h2", "h3"}, Results: map[string]*rules.Finished{}}
	w.s.Joined = append(w.s.Joined, task)
	f := &rules.Finished{At: stamp(w, "2023-06-01", &record.Result{Origin: "joined", Joined: task.Index, Object: "h2", Ended: "2023-05-30", Published: "2023-06-01", Unit: "甲队",
		Sector: "machinery", Classes: []string{"gongmao8"}, Outcome: record.Outcome{Codes: []string{"a"}}}), Code: "firm", Joined: task}
	task.Results["h2"] = f
	w.s.Results = append(w.s.Results, f)
	st := w.s.Stats(2023, "2023-10-01")
	u := st.Units[0]
	if len(st.Units) != 1 || u.Joint != 1 || u.Items != 2 || u.Drawn != 3 || u.Published != 1 || u.Open != 2 || u.Unfinished != 2 || st.Joined != 1 || st.Total != u.Tally || len(st.Others) != 0 {
		t.Errorf("%+v", st)
	}
	if u.OnTime != 1 || u.Unsure != 0 || u.Overdue != 2 || w.s.Stats(2023, "2023-09-28").Total.Overdue != 0 {
		t.Errorf("a joined task has days as a draw has: %+v", u.Tally) // Y-26.4
	}
	if b := w.s.Backlogs("2023-09-28"); len(b) != 1 || b[0].Due != "2023-09-28" || !b[0].Sure || b[0].Late != 0 || w.s.Backlogs("2023-09-29")[0].Late != 1 {
		t.Errorf("%+v", b)
	}
	if c := st.Classes[0]; c.Drawn != 1 || c.Inspected != 1 || c.Published != 1 {
		t.Errorf("%+v", c)
	}
	if st := w.s.Stats(2022, "2023-10-01"); st.Joined != 0 || st.Total.Drawn != 0 {
		t.Errorf("%+v", st)
	}
}

// What was public before the first day that the calendar does not know is in
// time by any reading of the days to come; what came later is not judged.
func TestInTimeBeforeTheUnknown(t *testing.T) {
	w := newWorld("yanshi", "2026-01-01")
	l := w.lot("2026-001", "A", "甲队", "2027-03-31", 2)
	w.result(l, l.Objects[0], "91000000000000000A", "2026-12-30", "2026-12-31", "a")
	w.result(l, l.Objects[1], "91000000000000000B", "2026-12-30", "2027-01-04", "a")
	if n := w.s.Stats(2026, "2027-01-05").Total; n.OnTime != 1 || n.Unsure != 1 || n.Late != 0 {
		t.Errorf("%+v", n)
	}
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, whole int
		want        string
	}{{0, 0, ""}, {0, 7, "0%"}, {1, 1, "100%"}, {999, 1000, "99.9%"}, {2, 3, "66.7%"}, {7, 13, "53.8%"}, {1, 9999, "0.1%"}, {19999, 20000, "99.9%"}, {9999, 10000, "99.9%"}, {1, 3, "33.3%"}, {1, 20, "5%"}, {5, 0, ""}} {
		if got := rules.Percent(c.part, c.whole); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.part, c.whole, got, c.want)
		}
	}
}

// randomWorld is a year of anything.
func randomWorld(r *rand.Rand, lots, objects int) *world {
	w := newWorld([]string{"gaoqing", "yanshi"}[r.IntN(2)], "2023-01-01")
	w.roster("2023-01-02", int64(r.IntN(2000)), 3)
	w.plan("2023-01-03", 2023, record.PlanLine{No: "A", Unit: "甲队", To: "2023-09-28"}, record.PlanLine{No: "B", Unit: "乙队", To: "2023-12-31"})
	days := []string{"2023-09-06", "2023-10-20", "2023-12-31", "2024-01-08", "2027-01-04"}
	for i := range lots {
		l := w.lot(fmt.Sprintf("2023-%03d", i+1), []string{"A", "B", "Z"}[r.IntN(3)], []string{"甲队", "乙队", "丙队"}[r.IntN(3)], days[r.IntN(3)], objects)
		if r.IntN(9) == 0 {
			l.Body.Units = append(l.Body.Units, record.Unit{Name: "丁队"})
		}
		if r.IntN(8) == 0 {
			a := stamp(w, "2023-09-10", &record.Abort{})
			l.Abort = &a
		}
		for _, o := range l.Objects {
			switch r.IntN(8) {
			case 0:
				o.Dispatch = 0
				continue
			case 1:
				continue
			}
			n := r.IntN(4)
			f := w.result(l, o, []string{"", fmt.Sprint("firm", r.IntN(objects))}[min(n, 1)], days[n], days[n+1], []string{"a", "e", "g", "d"}[n])
			if r.IntN(20) == 0 {
				f.Body.Withheld = &record.Withheld{}
			}
			if r.IntN(3) == 0 {
				f.FollowUps = append(f.FollowUps, stamp(w, "2024-02-01", &record.FollowUp{Closed: r.IntN(2) == 0}))
			}
		}
	}
	return w
}

// Whatever happened, the parts make the whole.
func TestPartsMakeTheWhole(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 3))
		w := randomWorld(r, 1+r.IntN(6), 1+r.IntN(30))
		st := w.s.Stats(2023, []string{"2023-08-01", "2023-12-31", "2024-06-01"}[r.IntN(3)])
		var lines, units rules.Tally
		for i := range st.Lines {
			sum(&lines, &st.Lines[i].Tally)
		}
		for i := range st.Units {
			sum(&units, &st.Units[i].Tally)
		}
		if lines != st.Total || units != st.Total {
			t.Fatalf("seed %d:\ntotal %+v\nlines %+v\nunits %+v", seed, st.Total, lines, units)
		}
		n := &st.Total
		if n.Drawn != n.Inspected+n.Open+n.Aborted || n.Inspected != n.Published+n.Withheld || n.Published != n.OnTime+n.Late+n.Unsure || n.Closed > n.Published ||
			n.Overdue > n.Open || n.Unfinished > n.Open || n.Inspected < n.FollowOpen+n.FollowDone || n.LateMost > n.LateDays || n.Late > n.LateDays {
			t.Fatalf("seed %d: %+v", seed, n)
		}
		for _, c := range st.Classes {
			if c.Published > c.Inspected || c.Withheld+c.Published > c.Inspected || c.ByHandle > c.Inspected || c.Drawn > n.Drawn {
				t.Fatalf("seed %d: %+v", seed, c)
			}
		}
	}
}

// sum adds every number of a tally, the greatest of the latest.
func sum(t, o *rules.Tally) {
	v, w := reflect.ValueOf(t).Elem(), reflect.ValueOf(o).Elem()
	for i := range v.NumField() {
		n := v.Field(i).Int() + w.Field(i).Int()
		if v.Type().Field(i).Name == "LateMost" {
			n = max(v.Field(i).Int(), w.Field(i).Int())
		}
		v.Field(i).SetInt(n)
	}
}

func BenchmarkStats(b *testing.B) {
	w := randomWorld(rand.New(rand.NewPCG(1, 2)), 400, 200) // 80,000 drawn, about 60,000 results
	b.ReportAllocs()
	for b.Loop() {
		w.s.Stats(2023, "2024-06-01")
	}
}

// What a replayed year counts to: the same entries that the trials judge.
func TestStatsOfTheBook(t *testing.T) {
	for _, name := range []string{"gaoqing", "yanshi"} {
		b := bookOf(name)
		st, l := b.state.Stats(2023, "2023-12-31"), b.state.Lot("2023-001")
		n, want, corrected := st.Total, len(l.Objects), 0
		for _, f := range b.state.Results {
			corrected += len(f.Corrections)
		}
		if n.Drawn != want || n.Inspected != want || n.Published != want || n.OnTime != want || n.Open != 0 || n.Corrections != corrected || corrected == 0 || n.FollowOpen != want-1 || n.Closed != 1 {
			t.Errorf("%s: %+v, drawn %d", name, n, want)
		}
		if changes := map[string]int{"gaoqing": 1}[name]; n.Replaced != changes || st.Draws != 1 || st.History != 1 || len(st.Others) != 1 || st.Others[0].Count != 1 {
			t.Errorf("%s: %+v", name, st)
		}
		if line := st.Lines[1]; len(line.Draws) != 2 || line.Drawn != 0 || !line.Undrawn {
			t.Errorf("%s: an aborted notice and an open one draw nobody: %+v", name, line)
		}
		if u := st.Units[0]; len(st.Units) != 1 || u.Name != "执法大队" || u.Lines != len(b.state.Plan(2023).Body.Lines)+len(b.state.Tasks) || u.Others != 1 || u.Items != 2 || u.Drawn != want {
			t.Errorf("%s: %+v", name, st.Units)
		}
		backs := b.state.Backlogs("2023-12-31")
		if len(backs) != 1 || backs[0].Follow != want-1 || backs[0].Open+backs[0].Unsent+backs[0].Late != 0 {
			t.Errorf("%s: %+v", name, backs)
		}
		early := b.before("result")
		if backs := early.Backlogs("2023-11-20"); len(backs) != 1 || backs[0].Open != want || backs[0].Late == 0 || backs[0].Unit != "执法大队" {
			t.Errorf("%s: %+v", name, backs)
		}
		if backs := b.before("dispatch").Backlogs("2023-08-24"); len(backs) != 1 || backs[0].Unsent != want || backs[0].Open != 0 || backs[0].Late != 0 {
			t.Errorf("%s: %+v", name, backs)
		}
	}
}
