package rules_test

import (
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

func init() {
	elsewhere["rules.never-cast"] = "TestUncast"
	lists = append(lists, uncasts...)
}

// calledOff puts an abort of the first draw in the place of a step.
func calledOff(at string) func(*step) {
	return func(s *step) {
		s.Body, s.Blobs = &record.Abort{Notice: lot(s, "2023-001").Index, Ground: "演示", Date: at[:10]}, nil
		s.At, s.Seen = at, record.Unix(at)
	}
}

// uncasts: who aborts when he knows whom the lot would give does not say so.
var uncasts = []trial{
	{name: "teams whose round is known", pack: "later", step: "teams", code: "rules.abort-waits", bad: calledOff("2023-09-16T09:00:00+08:00"), good: calledOff("2023-09-15T15:10:00+08:00")},
	{name: "who comes is known", pack: "lot", step: "replacement", code: "rules.abort-waits", bad: calledOff("2023-09-15T19:30:00+08:00"), good: calledOff(asking)},
}

// TestUncast: a draw whose number is known and that is not cast has failed from
// the day after K's on; one that was given up without proof that it was in time
// for its witnesses, whatever the excuse, from the day after its number on.
func TestUncast(t *testing.T) {
	due := gaoqing().state.Lot("2023-001").Due.K
	s := gaoqing().before("draw")
	for day, want := range map[string]int{"2023-08-25": 0, due: 0, "2024-07-01": 1} {
		found := about("2023-001", s.Uncast(day))
		if len(found) != want || want > 0 && (found[0].Code != "rules.never-cast" || found[0].Severity != rules.Breach || found[0].Got != "" || found[0].Entry != s.Lot("2023-001").Index) {
			t.Errorf("%s: %v", day, found)
		}
	}
	if found := about("2023-001", gaoqing().state.Uncast("2030-01-01")); len(found) > 0 {
		t.Errorf("cast: %v", found)
	}
	if found := about("2023-002", gaoqing().state.Uncast("2030-01-01")); len(found) != 1 || found[0].Got == "" {
		t.Errorf("aborted by the office's word alone, and what was drawn is not said: %v", found)
	}
	for at, want := range map[string]int{"2023-08-23T16:00:00+08:00": 0, "2023-08-24T08:00:00+08:00": 1} {
		s := byLot().before("draw")
		l := s.Lot("2023-001")
		for _, body := range []any{&record.Lost{Notice: l.Index, KI: true, Ground: "演示", Approved: sealed("x"), Date: at[:10]}, &record.Abort{Notice: l.Index, Ground: "演示", Date: at[:10]}} {
			in := step{At: at, Body: body, Signers: []string{signer}, Origin: origin, Seen: record.Unix(at)}
			if found := s.Apply(in.input()); breached(found) {
				t.Fatal(at, found)
			}
		}
		if found := s.Uncast("2023-08-23"); len(found) > 0 {
			t.Errorf("%s, on the day itself: %v", at, found)
		}
		if found := s.Uncast("2023-08-25"); len(found) != want || want > 0 && (found[0].Got == "" || found[0].Place != "2023-001") {
			t.Errorf("aborted %s for a lost key: %v", at, found)
		}
	}
}

func about(id string, all []rules.Finding) (some []rules.Finding) {
	for _, f := range all {
		if f.Place == id {
			some = append(some, f)
		}
	}
	return some
}

// TestUncastTeams: the same of teams that are drawn later.
func TestUncastTeams(t *testing.T) {
	s := afterwards().before("teams")
	due := s.Lot("2023-001").Due.K
	if found := s.Uncast(due); len(found) > 0 {
		t.Errorf("before its day: %v", found)
	}
	if found := s.Uncast("2024-07-01"); len(found) != 1 || found[0].Place != "2023-001-T1" || found[0].Code != "rules.never-cast" {
		t.Errorf("found %v", found)
	}
	if found := afterwards().state.Uncast("2024-07-01"); len(found) > 0 {
		t.Errorf("cast: %v", found)
	}
}

// TestTeamsGrade: a teams notice has the grade of its own value.
func TestTeamsGrade(t *testing.T) {
	for kind, want := range map[string]rules.Grade{"drand": rules.GradeA, "lottery": rules.GradeB, "ceremony": rules.GradeC} {
		later := &rules.Later{At: rules.At[record.TeamsNotice]{Body: &record.TeamsNotice{Randomness: record.Randomness{Kind: kind, Time: "2023-09-16T09:00:00+08:00"}}}, Stood: rules.Stood{InTime: true}}
		if got := later.Order().Grade; got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
}
