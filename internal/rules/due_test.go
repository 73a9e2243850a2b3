package rules

import (
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/record"
)

func gPack() *Pack {
	p := &Pack{}
	p.Publish = Deadline{Days: 20, Start: "task_end", Strict: "inspection_end"}
	return p
}

func yPack() *Pack {
	p := &Pack{}
	p.Publish = Deadline{Days: 7, Start: "inspection_end", TaskEnd: true}
	return p
}

// TestNoticeDue: evenings, days off, make-up days, holidays, the horizon.
func TestNoticeDue(t *testing.T) {
	for _, c := range []struct {
		what, when, to string
		pack           *Pack
		want           record.Due
	}{
		{"at noon of a Wednesday", "2023-08-23T12:00:00+08:00", "2023-09-28", gPack(), record.Due{Dispatch: "2023-08-23", Results: "2023-11-01", K: "2023-11-01"}},
		{"a second before closing", "2023-08-23T16:59:59+08:00", "2023-09-28", gPack(), record.Due{Dispatch: "2023-08-23", Results: "2023-11-01", K: "2023-11-01"}},
		{"at closing", "2023-08-23T17:00:00+08:00", "2023-09-28", gPack(), record.Due{Dispatch: "2023-08-24", Results: "2023-11-01", K: "2023-11-01"}},
		{"a Sunday", "2024-07-14T05:45:00+08:00", "2024-09-30", gPack(), record.Due{Dispatch: "2024-07-15", Results: "2024-11-01", K: "2024-11-01"}},
		{"a Sunday that is worked", "2023-10-08T09:00:00+08:00", "2023-10-31", yPack(), record.Due{Dispatch: "2023-10-08", Results: "2023-10-31", K: "2023-10-31"}},
		{"before the long holiday", "2023-09-28T18:00:00+08:00", "2023-10-31", yPack(), record.Due{Dispatch: "2023-10-07", Results: "2023-10-31", K: "2023-10-31"}},
		{"the last evening that is known", "2026-12-31T18:00:00+08:00", "2026-12-31", yPack(), record.Due{Dispatch: "2027-01-01", Results: "2026-12-31", K: "2026-12-31", Provisional: true}},
		{"results beyond the horizon", "2026-12-01T09:00:00+08:00", "2026-12-31", gPack(), record.Due{Dispatch: "2026-12-01", Results: "2027-01-28", K: "2027-01-28", Provisional: true}},
		{"all beyond the horizon", "2027-03-01T09:00:00+08:00", "2027-03-31", gPack(), record.Due{Dispatch: "2027-03-01", Results: "2027-04-28", K: "2027-04-28", Provisional: true}},
	} {
		if got := c.pack.NoticeDue(Workdays(), c.when, c.to); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.what, got, c.want)
		}
	}
}

// TestNoticeDueOutlivesItsCalendar: the notice of an office whose program knew
// the days up to 2025 is right for ever, and late from the dates known now.
func TestNoticeDueOutlivesItsCalendar(t *testing.T) {
	cal, ok := Workdays().until(2025)
	if !ok || cal.Last() != "2025-12-31" {
		t.Fatal("no calendar up to 2025")
	}
	for _, p := range []*Pack{gPack(), yPack()} {
		b := &record.Notice{Randomness: &record.Randomness{Time: "2025-12-31T18:00:00+08:00"}, To: "2026-02-28"}
		b.Due = p.NoticeDue(cal, b.When(), b.To)
		now := p.NoticeDue(Workdays(), b.When(), b.To)
		if !b.Due.Provisional || now.Provisional || b.Due == now || !p.wasProvisional(Workdays(), b) {
			t.Errorf("then %+v, now %+v", b.Due, now)
		}
		bad := *b
		bad.Due.K = "2099-12-31"
		if p.wasProvisional(Workdays(), &bad) {
			t.Error("a provisional date of one's own choice")
		}
		bad = *b
		bad.Due.Provisional = false
		if p.wasProvisional(Workdays(), &bad) {
			t.Error("sure of what was not known")
		}
	}
	for _, year := range []int64{2018, 2027, -1, 99999} {
		if _, ok := Workdays().until(year); ok {
			t.Errorf("a calendar up to %d", year)
		}
	}
}

// TestResultDue: each day of a year against days counted one by one.
func TestResultDue(t *testing.T) {
	p, l := yPack(), &Lot{At: At[record.Notice]{Body: &record.Notice{To: "2023-12-15"}}}
	for day := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == 2023; day = day.AddDate(0, 0, 1) {
		due := day
		for n := 0; n < 7; {
			due = due.AddDate(0, 0, 1)
			on, err := Workdays().Workday(due.Format(time.DateOnly))
			if err != nil {
				t.Fatal(err)
			}
			if on {
				n++
			}
		}
		want := min(due.Format(time.DateOnly), "2023-12-15")
		legal, strict, sure := p.resultDue(Workdays(), l, day.Format(time.DateOnly))
		if legal != want || strict != want || !sure {
			t.Errorf("ended on %s: %s, %s, %v, want %s", day.Format(time.DateOnly), legal, strict, sure, want)
		}
	}
	g := gPack()
	if legal, strict, sure := g.resultDue(Workdays(), &Lot{At: At[record.Notice]{Body: &record.Notice{To: "2023-09-28"}}}, "2023-09-06"); legal != "2023-11-01" || strict != "2023-10-10" || !sure {
		t.Errorf("%s, %s, %v", legal, strict, sure)
	}
	l.Body.To = "2026-12-31"
	if _, _, sure := g.resultDue(Workdays(), l, "2026-12-30"); sure {
		t.Error("sure beyond the calendar")
	}
	s := &State{}
	f := &Finished{Lot: &Lot{At: l.At, Pack: g}, At: At[record.Result]{Time: "2030-01-01T00:00:00+08:00", Body: &record.Result{Ended: "2026-12-30", Published: "2029-01-01"}}}
	if n := s.Late(f); n != 0 {
		t.Errorf("%d days late beyond the calendar", n)
	}
	f.Lot.Body = &record.Notice{To: "2023-09-28"}
	f.Body.Published = "2023-11-03"
	if n := s.Late(f); n != 2 {
		t.Errorf("%d days late, want 2", n)
	}
	if n := s.Late(&Finished{}); n != 0 {
		t.Errorf("a result of no draw is %d days late", n)
	}
}

// TestStrictFirstDay: 自…之日起 counted with the day itself, across 国庆 and 调休,
// over the new year, and bounded by the task's end.
func TestStrictFirstDay(t *testing.T) {
	p := *yPack()
	p.Publish.Strict, p.Publish.First = "inspection_end", true
	for _, c := range []struct{ ended, to, legal, strict string }{
		{"2023-09-06", "2023-12-15", "2023-09-15", "2023-09-14"},
		{"2023-09-25", "2023-12-15", "2023-10-10", "2023-10-09"}, // 10-07 and 10-08 are worked
		{"2023-09-23", "2023-12-15", "2023-10-09", "2023-10-09"}, // a Saturday counts in neither
		{"2023-10-07", "2023-12-15", "2023-10-16", "2023-10-13"}, // a Saturday that is worked
		{"2023-12-27", "2024-03-01", "2024-01-08", "2024-01-05"},
		{"2023-12-27", "2023-12-31", "2023-12-31", "2023-12-31"}, // 抽查方案不超期
	} {
		l := &Lot{At: At[record.Notice]{Body: &record.Notice{To: c.to}}}
		if legal, strict, sure := p.resultDue(Workdays(), l, c.ended); legal != c.legal || strict != c.strict || !sure {
			t.Errorf("%+v: %s, %s, %v", c, legal, strict, sure)
		}
	}
}

func TestLateDays(t *testing.T) {
	for _, c := range []struct {
		due, done, today string
		want             int
	}{
		{"2023-09-28", "2023-09-28", "2023-12-01", 0},
		{"2023-09-28", "2023-10-07", "", 1}, // a Saturday that is worked, after eight days off
		{"2023-09-28", "2023-10-06", "", 1}, // after the last day, though no working day has passed
		{"2023-09-28", "", "2023-10-09", 3},
		{"2023-09-28", "", "2023-09-01", 0},
		{"2026-12-30", "", "2027-01-10", 1}, // the days that the calendar knows: at least that late
		{"2027-01-05", "", "2027-01-10", 1}, // a due date beyond it: the caller asserts nothing
	} {
		if got := New().late(c.due, c.done, c.today); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}
