package rules_test

import (
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// A round that stands in the log was known, whatever time a later entry claims:
// an abort of another draw after it is no longer in time, and the draw that
// claims to be older than its round is told.
func TestClaimedBeforeTheRound(t *testing.T) {
	for _, c := range []struct {
		name  string
		drawn bool // the first draw stands when the second is aborted
		code  string
		want  rules.Severity
	}{{"nothing known", false, "rules.draw-aborted", rules.Note}, {"the same round stands in the log", true, "rules.abort-hides", rules.Breach}} {
		b := open("gaoqing", 60, 9)
		l := b.announce("notice", noticed, rules.Task{Line: "A", Round: firstRun})
		first := b.keys
		b.keys = rules.Keys{K: []byte("another 0123456789abcdef01234567"), KI: []byte("another fedcba9876543210fedcba98")}
		other := b.announce("notice B", "2023-08-23T15:30:00+08:00", rules.Task{Line: "B", Round: firstRun})
		b.keys = first
		if c.drawn {
			body, blobs, err := l.Cast(record.Given{Signature: rounds()[int64(firstRun)]}, b.recusals(l, nil))
			if err != nil {
				t.Fatal(err)
			}
			if found := codes(b.say("draw", "2023-08-23T16:00:00+08:00", body, blobs)); found["rules.date-order"] != rules.Warning {
				t.Errorf("drawn eight hours before its round: %v", found)
			}
		}
		found := b.apply("2023-08-23T16:01:00+08:00", &record.Abort{Notice: other.Index, Ground: "演示", Date: "2023-08-23"}, nil)
		if found[c.code] != c.want {
			t.Errorf("%s: %v, want %s", c.name, found, c.want)
		}
	}
}

// A failed notice keeps its turn and no other serial: a number out of reach
// does not end the year.
func TestSerialOfAFailedNotice(t *testing.T) {
	b := gaoqing()
	s := b.copyOf("notice")
	s.Body.(*record.Notice).Serial = 1<<53 - 1
	if found := codes(s.State.Apply(s.input())); found["rules.serial"] != rules.Breach {
		t.Fatal(found)
	}
	if n := s.State.NextSerial(2023); n != 1 {
		t.Errorf("next serial %d, want 1", n)
	}
	s = b.copyOf("notice")
	s.Body.(*record.Notice).From = "2022-01-01"
	if found := s.State.Apply(s.input()); codes(found)["rules.task-dates"] != rules.Breach {
		t.Fatal(found)
	}
	if n := s.State.NextSerial(2023); n != 2 {
		t.Errorf("next serial %d after a failed notice in its turn, want 2", n)
	}
	if l := s.State.Lots[0]; !l.Failed || l.Pool != nil || l.People != nil || l.Recuse != nil {
		t.Error("a failed notice keeps its hat")
	}
}

// The K of an aborted draw becomes due for certain when the calendar does.
func TestKOfAnAbortedDraw(t *testing.T) {
	b := open("gaoqing", 60, 9)
	p := clone(b.state.Plan(2023).Body).(*record.Plan)
	p.Year, p.Version, p.Date = 2027, 1, "2023-06-22"
	for i := range p.Lines {
		p.Lines[i].From, p.Lines[i].To = "2027-03-01", "2027-12-28"
	}
	b.say("plan 2027", "2023-06-22T09:00:00+08:00", p, nil)
	l := b.announce("notice", "2027-01-20T09:00:00+08:00", rules.Task{Line: "A", Round: uint64((1801800000 - 1692803367) / 3)})
	b.say("abort", "2027-01-20T10:00:00+08:00", &record.Abort{Notice: l.Index, Ground: "演示", Date: "2027-01-20"}, nil)
	if !l.Due.Provisional {
		t.Fatal("2028 is not announced, yet the date is sure")
	}
	y := clone(year2027()).(*record.Calendar)
	y.Year, y.Title = 2028, "2028"
	for _, days := range [][]string{y.Off, y.MakeUp} {
		for i := range days {
			days[i] = "2028" + days[i][4:]
		}
	}
	b.say("calendar", "2027-11-20T09:00:00+08:00", y, nil)
	if l.Due.Provisional || l.Due.K == "" {
		t.Errorf("after the year was announced: %+v", l.Due)
	}
}
