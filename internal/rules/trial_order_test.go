package rules_test

import (
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// policy asks for witnesses; rules reads no more of it than that.
const policy = "log x\nwitness a y\nquorum a\n"

// decides is the time of round 1000, which casts the book's first draw.
var decides = record.Unix("2023-08-23T23:59:24+08:00")

// charter puts a charter with a witness policy before the step.
func charter(pack, policy string) func(*step) {
	return func(s *step) {
		c := bookOf(pack).copyOf("charter")
		c.At = s.State.Clock
		b := c.Body.(*record.Charter)
		b.Policy, c.Terms = policy, threeOfFour()
		if found := s.State.Apply(c.input()); breached(found) {
			panic(found)
		}
	}
}

// seen puts the witnesses' time beside the step, seconds before the value that
// decides, under a charter that asks for witnesses; seconds < 0 lie behind it.
func seen(pack string, decides, seconds int64) func(*step) {
	return both(charter(pack, policy), func(s *step) { s.Seen = decides - seconds })
}

// unseen asks for witnesses that were not there.
func unseen(pack string) func(*step) { return charter(pack, policy) }

var platformTime = record.Unix("2023-08-24T09:00:00+08:00")

var orders = []trial{
	{name: "on the office's word", step: "notice", code: "rules.no-witness", sev: rules.Note, bad: func(*step) {}, good: seen("gaoqing", decides, 600)},
	{name: "599 seconds before", step: "notice", code: "rules.notice-late", bad: func(s *step) { s.At = "2023-08-23T23:49:25+08:00" },
		good: func(s *step) { s.At = "2023-08-23T23:49:24+08:00" }},
	{name: "a later round stands in it", step: "notice", code: "rules.notice-late", also: []string{"rules.clock-back"},
		bad:  func(s *step) { s.Beacon = &record.Beacon{Chain: quicknet.Hash, Round: 1001, Signature: rounds()[1001]} },
		good: func(s *step) { s.Beacon = &record.Beacon{Chain: quicknet.Hash, Round: 123, Signature: rounds()[123]} }},
	{name: "a later round stands in it, whatever the witnesses say", step: "notice", code: "rules.notice-late", also: []string{"rules.clock-back"},
		bad: both(seen("gaoqing", decides, 3600), func(s *step) {
			s.Beacon = &record.Beacon{Chain: quicknet.Hash, Round: 1001, Signature: rounds()[1001]}
		}), good: seen("gaoqing", decides, 3600)},
	{name: "backdated behind a draw", step: "dispatch", code: "rules.notice-late", also: []string{"rules.clock-back"}, bad: func(s *step) {
		// Round 1000 has been drawn: a notice for round 1009 of the same night
		// that claims the afternoon was written after it.
		*s = late(1009)
	}, good: func(s *step) { *s = late(657413) }},
	{name: "witnesses named by the charter alone", step: "notice", code: "rules.notice-unseen", bad: unseen("gaoqing"), good: seen("gaoqing", decides, 601)},
	{name: "witnessed 599 seconds before", step: "notice", code: "rules.notice-seen-late", bad: seen("gaoqing", decides, 599), good: seen("gaoqing", decides, 600)},
	{name: "witnessed after the round", step: "notice", code: "rules.notice-seen-late", bad: seen("gaoqing", decides, -1), good: seen("gaoqing", decides, 601)},
	{name: "its clock late, its witnesses not", step: "notice", code: "rules.clock-ahead", sev: rules.Warning,
		bad:  both(seen("gaoqing", decides, 600), func(s *step) { s.At = "2023-08-23T23:54:25+08:00" }),
		good: both(seen("gaoqing", decides, 600), func(s *step) { s.At = "2023-08-23T23:54:24+08:00" })},
	{name: "teams unseen", pack: "later", step: "teams-notice", code: "rules.notice-unseen", bad: unseen("later"), good: seen("later", teamsTime, 600)},
	{name: "teams witnessed 599 seconds before", pack: "later", step: "teams-notice", code: "rules.notice-seen-late", bad: seen("later", teamsTime, 599),
		good: seen("later", teamsTime, 600)},
	{name: "unseen before the platform's draw", pack: "platform", step: "notice", code: "rules.platform-unseen", sev: rules.Warning, bad: unseen("platform"),
		good: seen("platform", platformTime, 1)},
	{name: "witnessed in the platform's very second", pack: "platform", step: "notice", code: "rules.notice-after", sev: rules.Warning,
		bad: seen("platform", platformTime, 0), good: seen("platform", platformTime, 1)},
	{name: "an entry before a round that stands in the log", step: "filing", code: "rules.clock-back", sev: rules.Warning,
		bad: func(s *step) { s.At = record.Time(s.State.Proven - 301) }, good: func(s *step) { s.At = record.Time(s.State.Proven - 300) }},
}

var teamsTime = record.Unix("2023-09-15T19:00:03+08:00")

// TestGrades: what a draw's order and randomness make of it, and the margin.
func TestGrades(t *testing.T) {
	for _, c := range []struct {
		name, pack, step string
		change           func(*step)
		grade            rules.Grade
		margin           int64
		stands           bool // the draw that follows is computed
	}{
		{"witnessed in time", "gaoqing", "notice", seen("gaoqing", decides, 600), rules.GradeA, 600, true},
		{"witnessed late", "gaoqing", "notice", seen("gaoqing", decides, 599), rules.GradeNone, 599, true},
		{"witnessed after", "gaoqing", "notice", seen("gaoqing", decides, -5), rules.GradeNone, -5, true},
		{"unseen", "gaoqing", "notice", unseen("gaoqing"), rules.GradeNone, 0, true},
		{"on paper", "gaoqing", "notice", func(s *step) {
			s.State.Apply(s.input())
			*s = step{At: "2023-08-23T16:00:00+08:00", Body: &record.Paper{Notice: s.State.Size - 1, Checksum: s.State.Lots[0].C, Signed: "2023-08-23T15:50:00+08:00", Body: "演示档案馆", Scan: strings.Repeat("e", 64)},
				Signers: s.Signers, Origin: s.Origin, State: s.State}
		}, rules.GradePaper, 0, true},
		{"without a policy", "gaoqing", "notice", func(*step) {}, rules.GradeUnwitnessed, 0, true},
		{"witnessed without a policy", "gaoqing", "notice", func(s *step) { s.Seen = decides - 9999 }, rules.GradeUnwitnessed, 9999, true},
		{"late by its own word", "gaoqing", "notice", func(s *step) { s.At = "2023-08-23T23:49:25+08:00" }, rules.GradeNone, 0, true},
		{"without effect", "gaoqing", "notice", as(func(b *record.Notice) { b.Serial = 7 }), rules.GradeNone, 0, false},
		{"the platform's, in time", "platform", "notice", seen("platform", platformTime, 1), rules.GradePlatform, 1, true},
		{"the platform's, after", "platform", "notice", seen("platform", platformTime, 0), rules.GradeAfter, 0, true},
		{"the platform's, on the office's word", "platform", "notice", func(*step) {}, rules.GradeUnwitnessed, 0, true},
	} {
		b := bookOf(c.pack)
		s := b.copyOf(c.step)
		c.change(&s)
		s.State.Apply(s.input())
		l := s.State.Lots[len(s.State.Lots)-1]
		o := l.Order()
		if o.Grade != c.grade || o.Margin != c.margin || o.Grade.Name() == "" || o.Grade.Text() == "" {
			t.Errorf("%s: grade %q, margin %d; want %q, %d", c.name, o.Grade, o.Margin, c.grade, c.margin)
		}
		if l.Failed == c.stands {
			t.Errorf("%s: without effect %v", c.name, l.Failed)
		}
	}
}

// TestLateStays: a draw whose order does not hold keeps its serial, is computed
// and shown, its K is due; a repeat may stand beside it and names it; whom it
// drew counts to nobody's cap until he is inspected.
func TestLateStays(t *testing.T) {
	b := gaoqing()
	n := b.copyOf("notice")
	unseen("gaoqing")(&n)
	n.State.Apply(n.input())
	s := n.State
	l := s.Lot("2023-001")
	if !l.Late || l.Failed || s.NextSerial(2023) != 2 {
		t.Fatalf("late %v, failed %v, next serial %d", l.Late, l.Failed, s.NextSerial(2023))
	}
	due := map[string]bool{}
	for _, d := range s.Duties("2023-08-30") {
		due[d.Code] = d.Draw == "2023-001" || due[d.Code]
	}
	if !due["run"] || !due["open-k"] {
		t.Errorf("due: %v", due)
	}
	again, err := s.Announce(rules.Task{Line: l.Body.Line, Round: 1009}, b.reg, rules.Keys{K: []byte("again 0123456789abcdef0123456789"), KI: []byte("again fedcba9876543210fedcba9876")})
	if err != nil || again.Notice.Earlier != "2023-001" || again.Notice.Draw != "2023-002" {
		t.Fatalf("the repeat: %+v, %v", again, err)
	}
	repeat := step{At: noticed, Body: again.Notice, Blobs: again.Blobs, Signers: []string{signer}, Origin: origin, Seen: decides - 700}
	if found := s.Apply(repeat.input()); breached(found) || s.Lot("2023-002").Grade() != rules.GradeA {
		t.Fatalf("the repeat: %v", found)
	}
	declared := map[string][]string{}
	for _, f := range b.reg.Firms {
		declared[f.ID] = []string{"YS0000"}
	}
	body, blobs, err := l.Cast(record.Given{Signature: rounds()[1000]}, b.recusals(l, declared))
	if err != nil {
		t.Fatal(err)
	}
	b.behind(body, blobs)
	d := step{At: drawn, Body: body, Blobs: blobs, Signers: []string{signer}, Origin: origin}
	if found := s.Apply(d.input()); breached(found) || !l.Drawn() {
		t.Errorf("the draw: %v", found)
	}
	if l.Selected(l.Objects[0]) {
		t.Error("a selection that could have been chosen counts to the cap")
	}
	k := step{At: "2023-08-30T09:00:00+08:00", Body: &record.Opened{Notice: l.Index, K: true}, Signers: []string{signer}, Origin: origin}
	if found := s.Apply(k.input()); breached(found) || !l.KOpened {
		t.Errorf("K: %v", found)
	}
}
