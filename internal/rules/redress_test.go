package rules

import (
	"testing"

	"github.com/sunlot/sunlot/internal/record"
)

func TestRetainUntil(t *testing.T) {
	for _, c := range []struct {
		date  string
		years int64
		want  string
	}{
		{"2023-06-08", 5, "2028-06-08"},
		{"2024-02-29", 5, "2029-02-28"}, // no such day: the last of the month
		{"2024-02-29", 4, "2028-02-29"},
		{"2024-02-28", 4, "2028-02-28"},
		{"2023-12-31", 1, "2024-12-31"},
		{"2023-06-08", 101, ""},
		{"", 5, ""},
	} {
		if got := RetainUntil(c.date, c.years); got != c.want {
			t.Errorf("%s for %d years: until %s, want %s", c.date, c.years, got, c.want)
		}
	}
}

// TestReviewDue: both sides of the twentieth working day, over the days off of
// 国庆 and 春节 with their make-up days, and nothing asserted without a number
// or beyond the calendar (Gaoqing 9.2, requirements A17).
func TestReviewDue(t *testing.T) {
	rule := Redress{ReviewDays: 20, FeedbackDays: 15, Clause: "G-9.2b"}
	s := New()
	for _, c := range []struct {
		received, decided, due string
		rule                   Redress
		sure                   bool
		late                   int
	}{
		{"2023-09-08", "2023-10-12", "2023-10-12", rule, true, 0},
		{"2023-09-08", "2023-10-13", "2023-10-12", rule, true, 1},
		{"2024-02-01", "2024-03-05", "2024-03-05", rule, true, 0},
		{"2024-02-01", "2024-03-06", "2024-03-05", rule, true, 1},
		{"2026-12-20", "2030-01-01", "", rule, false, 0},
		{"2023-09-08", "2030-01-01", "", Redress{}, false, 0},
	} {
		o := &Objected{At: At[record.Objection]{Body: &record.Objection{Received: c.received}}, Rule: c.rule,
			Review: &At[record.Review]{Body: &record.Review{Decided: c.decided}}}
		due, sure := s.ReviewDue(o)
		if sure != c.sure || sure && due != c.due {
			t.Errorf("%s: due %s %v, want %s %v", c.received, due, sure, c.due, c.sure)
		}
		if n := s.ReviewLate(o); n != c.late {
			t.Errorf("%s … %s: %d days late, want %d", c.received, c.decided, n, c.late)
		}
	}
}

// TestReviewDuty: an open review is a duty, late from the day after; a
// regulation without the section demands nothing.
func TestReviewDuty(t *testing.T) {
	s := New()
	s.Objections = []*Objected{{At: At[record.Objection]{Index: 7, Body: &record.Objection{Received: "2023-09-08"}}, Of: &Finished{}, Rule: Redress{ReviewDays: 20, Clause: "G-9.2b"}},
		{At: At[record.Objection]{Index: 8, Body: &record.Objection{Received: "2023-09-08"}}, Of: &Finished{}}}
	for today, late := range map[string]int{"2023-10-12": 0, "2023-10-13": 1} {
		list := s.Duties(today)
		if len(list) != 1 || list[0].Code != "review" || list[0].Entry != 7 || list[0].Open != 1 || list[0].Late != late || list[0].Due != "2023-10-12" {
			t.Errorf("%s: %+v", today, list)
		}
	}
	o := s.Objections[0]
	o.Review, o.Rule.FeedbackDays = &At[record.Review]{Body: &record.Review{Decided: "2023-10-13"}}, 15
	list := s.Duties("2023-11-03")
	if len(list) != 2 || list[0].Open != 0 || list[0].Late != 1 || list[0].Done != "2023-10-13" {
		t.Errorf("decided: %+v", list)
	}
	// From 13 October fifteen working days end on 3 November.
	if told := list[1]; told.Code != "review-feedback" || told.Open != 1 || told.Late != 0 || told.Due != "2023-11-03" {
		t.Errorf("not told yet: %+v", told)
	}
	if told := s.Duties("2023-11-04")[1]; told.Late != 1 {
		t.Errorf("not told in time: %+v", told)
	}
	o.Told = []At[record.Feedback]{{Body: &record.Feedback{Date: "2023-11-03"}}}
	if told := s.Duties("2024-01-01")[1]; told.Open != 0 || told.Late != 0 || s.ToldLate(o) != 0 {
		t.Errorf("told: %+v", told)
	}
}
