package rules_test

import (
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// yearly are the codes found as of a day, each with its severity.
func yearly(w *world, today string) map[string]rules.Severity { return codes(w.s.Yearly(today)) }

// checklist for a year, recorded on a day.
func (w *world) checklist(day string, year, all int64, items int) {
	b := &record.Checklist{Year: year, Date: day, AllItems: all, Items: make([]record.Item, items)}
	w.s.Checklists = append(w.s.Checklists, stamp(w, day, b))
}

// Once a calendar year: nothing until 31 October, a warning from 1 November,
// overdue from 1 January; of the year in which the ledger began only a note.
func TestYearlyVersions(t *testing.T) {
	for _, c := range []struct {
		today string
		sev   rules.Severity
	}{{"2024-10-31", ""}, {"2024-11-01", rules.Warning}, {"2024-12-31", rules.Warning}, {"2025-01-01", rules.Overdue}} {
		w := newWorld("yanshi", "2023-12-30")
		found := yearly(w, c.today)
		for _, code := range []string{"rules.year-roster", "rules.year-checklist", "rules.year-plan"} {
			want := c.sev
			if want == "" {
				want = rules.Note // of 2023
			}
			if found[code] != want {
				t.Errorf("%s %s: %q, want %q", c.today, code, found[code], want)
			}
		}
		w.roster("2024-10-31", 10, 0)
		w.checklist("2024-03-01", 2024, 0, 1)
		w.plan("2024-03-01", 2024)
		for _, f := range w.s.Yearly(c.today) {
			if f.Place == "2024" && (f.Code == "rules.year-roster" || f.Code == "rules.year-checklist" || f.Code == "rules.year-plan") {
				t.Errorf("%s: %+v", c.today, f)
			}
		}
	}
	// Recorded on 2 January is not of the year before, whatever date it bears;
	// a list or plan that was made beforehand is of its year.
	w := newWorld("yanshi", "2022-12-30")
	w.roster("2024-01-02", 10, 0)
	w.s.Rosters[0].Body.Date = "2023-12-31"
	w.checklist("2022-12-31", 2023, 0, 1)
	w.plan("2022-12-31", 2023)
	for _, f := range w.s.Yearly("2024-01-02") {
		switch {
		case f.Place != "2023":
		case f.Code == "rules.year-roster":
			if f.Severity != rules.Overdue || f.Clause != "Y-5.7" {
				t.Errorf("%+v", f)
			}
		case f.Code == "rules.year-checklist" || f.Code == "rules.year-plan":
			t.Errorf("%+v", f)
		}
	}
	if found := yearly(w, "2024-01-02"); found["rules.year-roster"] == "" {
		t.Error("a backdated register is taken for the old year's")
	}
	// 高青 asks for no yearly register; a pack that is not yet in force for nothing.
	w = newWorld("gaoqing", "2022-12-30")
	if found := yearly(w, "2024-06-01"); found["rules.year-roster"] != "" || found["rules.year-checklist"] != "" || found["rules.year-plan"] != rules.Overdue {
		t.Error(found)
	}
	w = newWorld("yanshi", "2021-12-30")
	w.s.Pack.EffectiveFrom = "2023-06-08"
	for _, f := range w.s.Yearly("2024-06-01") {
		if f.Place < "2023" || f.Place[:4] == "2023" && f.Severity != rules.Note {
			t.Errorf("before the regulation: %+v", f)
		}
	}
	if w.s.Yearly("") != nil || rules.New().Yearly("2024-01-01") != nil {
		t.Error("without a day or a charter nothing is due")
	}
}

func TestYearlyRatios(t *testing.T) {
	begin := func(firms int) *world {
		w := newWorld("yanshi", "2022-12-30")
		w.roster("2023-01-02", 21, 0)
		w.plan("2023-01-03", 2023)
		w.checklist("2023-01-03", 2023, 2, 1)
		l := w.lot("2023-001", "A", "甲队", "2023-12-29", firms)
		for i := range firms {
			w.result(l, l.Objects[i], string(rune('a'+i)), "2023-09-06", "2023-09-08", "a")
		}
		l.Due.Results = "2024-01-09"
		return w
	}
	for _, c := range []struct {
		firms int
		today string
		sev   rules.Severity
	}{
		{1, "2023-10-31", ""}, {1, "2023-11-01", rules.Warning}, {1, "2024-01-01", rules.Warning}, // December's results may still come
		{1, "2024-01-09", rules.Warning}, {1, "2024-01-10", rules.Overdue}, {2, "2024-01-10", ""}, {0, "2024-01-10", rules.Overdue},
	} {
		if found := yearly(begin(c.firms), c.today); found["rules.ratio-short"] != c.sev {
			t.Errorf("%d on %s: %q, want %q", c.firms, c.today, found["rules.ratio-short"], c.sev)
		}
	}
	w := begin(2)
	w.roster("2023-06-02", 41, 0) // 3 of 41
	if found := yearly(w, "2024-01-10"); found["rules.ratio-now"] != rules.Note || found["rules.ratio-short"] != "" {
		t.Error(found)
	}
	if found := yearly(begin(3), "2024-01-10"); found["rules.ratio-now"] != "" {
		t.Error(found)
	}
	// Results that do not say their class may make up what is missing, and no more.
	for n, want := range map[int]string{1: "rules.ratio-short", 2: "rules.class-unsaid"} {
		w = begin(2)
		w.s.Rosters[0].Body.Classes[0].Count = 79 // 4 of 79
		l := w.lot("2023-002", "A", "甲队", "2023-12-29", n)
		for i := range n {
			b := w.result(l, l.Objects[i], string(rune('x'+i)), "2023-09-06", "2023-09-08", "a").Body
			b.Sector, b.Classes = "", nil
		}
		if found := yearly(w, "2024-02-01"); found[want] == "" || len(found["rules.ratio-short"])+len(found["rules.class-unsaid"]) != len(found[want]) {
			t.Errorf("%d: %v", n, found)
		}
	}
	// To say nothing of a class's size is no way round its floor.
	w = begin(2)
	w.s.Rosters[0].Body.Classes = nil
	for _, f := range w.s.Yearly("2024-01-10") {
		if f.Code == "rules.class-unknown" && f.Place == "2023 八个工贸行业" && f.Severity == rules.Warning && f.Clause == "Y-14.2" {
			return
		}
	}
	t.Error("a class of unknown size passes")
}

// A charter that comes later with a milder regulation, or one that comes into
// force later, does not change by what the years before it are counted.
func TestYearsKeepTheirPack(t *testing.T) {
	w := newWorld("yanshi", "2022-12-30")
	w.roster("2023-01-02", 21, 0)
	w.plan("2023-01-03", 2023)
	w.s.Years = []rules.YearPack{{Year: 2022, Pack: w.s.Pack}, {Year: 2023, Pack: w.s.Pack}}
	before := yearly(w, "2024-05-01")
	mild := mustPack("yanshi")
	mild.Ratios, mild.Items.Share, mild.Roster.Update, mild.EffectiveFrom = nil, "", "", "2024-03-01"
	w.s.Pack, w.s.Years = mild, append(w.s.Years, rules.YearPack{Year: 2024, Pack: mild})
	after := yearly(w, "2024-05-01")
	if before["rules.ratio-short"] != rules.Overdue || after["rules.ratio-short"] != rules.Overdue || after["rules.year-checklist"] != rules.Overdue {
		t.Errorf("%v\n%v", before, after)
	}
	if c := w.s.Stats(2023, "2024-05-01").Classes; len(c) != 2 || len(w.s.Stats(2024, "2024-05-01").Classes) != 0 {
		t.Errorf("%+v", c)
	}
	s := yanshi().state
	if len(s.Years) == 0 || s.Years[0].Year != 2023 || s.Years[0].Pack != s.Pack {
		t.Errorf("%+v", s.Years)
	}
}

func TestYearlyLines(t *testing.T) {
	w := newWorld("gaoqing", "2022-12-30")
	w.plan("2023-01-03", 2023, record.PlanLine{No: "A", To: "2023-09-28"}, record.PlanLine{No: "B", To: "2023-09-28"})
	w.lot("2023-001", "A", "甲队", "2023-09-28", 2)
	for day, want := range map[string]rules.Severity{"2023-09-28": "", "2023-09-29": rules.Warning} {
		n := 0
		for _, f := range w.s.Yearly(day) {
			if f.Code == "rules.line-undrawn" {
				n++
				if f.Place != "B " || f.Entry != w.s.Plans[0].Index || f.Clause != "G-6.1a" {
					t.Errorf("%+v", f)
				}
			}
		}
		if (n == 1) != (want != "") {
			t.Errorf("%s: %d", day, n)
		}
	}
}

// A task outside the plan is drawn too, or said not to be.
func TestYearlyTasks(t *testing.T) {
	w := newWorld("gaoqing", "2022-12-30")
	w.plan("2023-01-03", 2023)
	w.s.Tasks = append(w.s.Tasks, stamp(w, "2023-05-03", &record.Task{Year: 2023, Line: record.PlanLine{No: "L1", Unit: "甲队", Estimate: 4, To: "2023-09-28"}}))
	found := func() (n int) {
		for _, f := range w.s.Yearly("2023-09-29") {
			if f.Code == "rules.line-undrawn" && f.Entry == w.s.Tasks[0].Index {
				n++
			}
		}
		return n
	}
	if found() != 1 {
		t.Error("nobody is told that the task was not drawn")
	}
	w.lot("2023-001", "L1", "甲队", "2023-09-28", 2)
	st := w.s.Stats(2023, "2023-09-29")
	if len(st.Lines) != 1 || !st.Lines[0].AdHoc || st.Lines[0].Drawn != 2 || st.Units[0].Planned != 4 || found() != 0 {
		t.Errorf("%+v", st.Lines)
	}
}

func TestYearlyShare(t *testing.T) {
	for _, c := range []struct {
		items      int
		all        int64
		code, none string
	}{{3, 0, "rules.share-unsaid", "rules.year-share"}, {3, 7, "rules.year-share", "rules.share-unsaid"}, {3, 6, "", "rules.year-share"}, {4, 7, "", "rules.year-share"}} {
		w := newWorld("yanshi", "2022-12-30")
		w.checklist("2023-01-03", 2023, c.all, c.items)
		w.checklist("2024-01-03", 2024, 100, 1) // of another year
		found := map[string]rules.Severity{}
		for _, f := range w.s.Yearly("2023-12-31") {
			found[f.Code] = f.Severity
		}
		if c.code != "" && found[c.code] == "" || found[c.none] != "" {
			t.Errorf("%d of %d: %v", c.items, c.all, found)
		}
		if sh := w.s.Stats(2023, "2023-12-31").Share; sh == nil || sh.Items != c.items || sh.All != c.all {
			t.Errorf("%+v", sh)
		}
	}
	w := newWorld("yanshi", "2022-12-30")
	w.checklist("2023-01-03", 2023, 100, 1)
	for day, want := range map[string]rules.Severity{"2023-10-31": "", "2023-11-01": rules.Warning, "2024-01-01": rules.Overdue} {
		if found := yearly(w, day); found["rules.year-share"] != want {
			t.Errorf("%s: %v", day, found)
		}
	}
	w = newWorld("gaoqing", "2022-12-30")
	w.checklist("2023-01-03", 2023, 100, 1)
	if w.s.Stats(2023, "2023-12-31").Share != nil {
		t.Error("高青 asks for no share")
	}
}
