package rules_test

import (
	"fmt"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// claims: what rests on the office's word alone is told, and nobody is favoured
// by it in silence.
var claims = []trial{
	{name: "a result in time, it says", step: "result", code: "rules.noted-late", sev: rules.Warning, bad: func(s *step) { s.At = "2023-11-02T09:00:00+08:00" },
		good: func(s *step) { s.At = "2023-11-01T09:00:00+08:00" }},
	{name: "a list handed over in time, it says", step: "dispatch", code: "rules.noted-late", sev: rules.Warning, bad: func(s *step) { s.At = "2024-03-01T09:00:00+08:00" },
		good: func(s *step) { s.At = lot(s, "2023-001").Due.Dispatch + "T09:00:00+08:00" }},
	{name: "closed in time, it says", step: "follow-up", code: "rules.noted-late", sev: rules.Warning, bad: func(s *step) {
		dueOn(s, "2023-09-25", "")
		s.At = "2023-09-26T09:00:00+08:00"
	}, good: func(s *step) {
		dueOn(s, "2023-09-25", "")
		s.At = "2023-09-25T09:00:00+08:00"
	}},
	{name: "changed before the visit, it says", step: "result", code: "rules.noted-late", sev: rules.Warning, bad: func(s *step) { changedOn(s, "2023-09-06", "2023-09-08") },
		good: func(s *step) { changedOn(s, "2023-09-06", "2023-09-07") }},
	{name: "a result entered long after goes a term after its entry", step: "takedown", code: "rules.takedown-early", bad: func(s *step) { enteredOn(s, "2032-01-05", "2032-12-31") },
		good: func(s *step) { enteredOn(s, "2032-01-05", "2033-01-06") }},
	{name: "an open code without a follow-up", step: "takedown", code: "rules.takedown-open", bad: func(s *step) {
		enteredOn(s, "2032-01-05", "2033-01-06")
		s.State.Results[0].FollowUps = nil
	}},

	{name: "nothing closes an open code", step: "follow-up", code: "rules.follow-nothing", bad: func(s *step) {
		upon(s, func(*record.Result) {})
		s.Body.(*record.FollowUp).Kind = "无需后续处置"
	}, good: as(func(b *record.FollowUp) { b.Kind = "无需后续处置" })}, // the code was corrected
	{name: "put off for ever", step: "follow-up", code: "rules.follow-far", sev: rules.Warning, also: list("rules.follow-put-off"), bad: func(s *step) { dueOn(s, "2023-09-28", "2025-01-01") },
		good: func(s *step) { dueOn(s, "2023-09-28", "2024-12-31") }},
	{name: "due in the year 9999", step: "result", code: "rules.follow-far", sev: rules.Warning, bad: res(func(b *record.Result) { b.FollowUp.Due = "9999-12-31" }),
		good: res(func(b *record.Result) { b.FollowUp.Due = "2024-12-31" })},

	{name: "a visit before the list", step: "result", code: "rules.visit-early", sev: rules.Warning, bad: res(func(b *record.Result) { b.Started = "2023-08-23" }),
		good: res(func(b *record.Result) { b.Started = "2023-08-24" })},
	{name: "a visit before the people are drawn", pack: "later", step: "result", code: "rules.visit-early", sev: rules.Warning, also: list("rules.changed-after-visit"),
		bad: begun("2023-09-14"), good: begun("2023-09-15")},
	{name: "another signs than was there", step: "result", code: "rules.changed-after-visit", sev: rules.Warning, bad: func(s *step) { changedOn(s, "2023-09-07", "2023-09-07") },
		good: func(s *step) { changedOn(s, "2023-09-06", "2023-09-06") }},

	{name: "a place that only one can take", step: "notice", code: "rules.slot-chooses", sev: rules.Warning, bad: func(s *step) { *s = placeFor(1) }, good: func(s *step) { *s = placeFor(2) }},
	{name: "recusals leave no choice", step: "draw", code: "rules.recusals-choose", sev: rules.Warning, bad: func(s *step) { *s, _ = standBack(9, 6) }, good: func(s *step) { *s, _ = standBack(9, 5) }},
	{name: "recusals open the door", step: "change", code: "rules.direct-by-recusals", sev: rules.Warning, also: list("rules.direct"), bad: func(s *step) { *s = handedBy(9, 6) },
		good: func(s *step) { *s = handedBy(3, 0) }},
	{name: "a hand for a drawn expert", pack: "later", step: "expert", code: "rules.expert-replaced", sev: rules.Note, bad: func(*step) {}, good: as(func(b *record.Expert) { b.Leave = "" })},

	{name: "an item less than planned", step: "notice", code: "rules.items-less", sev: rules.Warning, bad: as(func(b *record.Notice) { b.Items = b.Items[:1] })},
	{name: "a class of nobody", step: "notice", code: "rules.class-gone", sev: rules.Warning, bad: func(s *step) { *s = classed("风险 = 没有人") }},
	{name: "another item under its number", step: "checklist", code: "rules.item-changed", sev: rules.Warning, bad: changedItem(func(it *record.Item) { it.Name = "办公室卫生" }),
		good: changedItem(func(it *record.Item) { it.Body = "演示大队" })},
}

// enteredOn lets the first result, public in time by its word, be entered on a
// day, and taken down on another after one year.
func enteredOn(s *step, day, down string) {
	b := gaoqing()
	r := b.copyOf("result")
	r.At = day + "T09:00:00+08:00"
	s.State = b.before("result")
	s.State.Apply(r.input())
	f := s.State.Results[0]
	f.FollowUps = append(f.FollowUps, rules.At[record.FollowUp]{Body: &record.FollowUp{Kind: "复查", Date: "2023-09-22", Closed: true}})
	t := s.Body.(*record.Takedown)
	t.Entry, t.Years, t.Date = f.Index, 1, down
}

// begun is a visit that began on a day and ended on the 16th.
func begun(day string) func(*step) {
	return res(func(b *record.Result) {
		b.Started, b.Ended, b.SignedOn, b.Entered, b.Published, b.ReviewOn = day, "2023-09-16", "2023-09-16", "2023-09-17", "2023-09-18", ""
	})
}

// changedOn changes a member of the first team on a day, entered on another,
// before its result.
func changedOn(s *step, day, entered string) {
	b := gaoqing()
	c := b.copyOf("change")
	s.State = b.before("result")
	l := s.State.Lot("2023-001")
	body := b.change(l, l.Objects[0], 1)
	body.Date, body.Agreed = day, day
	c.At, c.Body = entered+"T09:00:00+08:00", body
	s.State.Apply(c.input())
}

// placeFor is a notice with a place for a speciality that so many people hold.
func placeFor(n int) step {
	b := open("gaoqing", 60, 9)
	q := b.pack.Specialities[0].Code
	for i := range b.reg.People {
		if b.reg.People[i].Quals = nil; i < n {
			b.reg.People[i].Quals = []string{q}
		}
	}
	a, err := b.state.Announce(rules.Task{Line: "A", Round: firstRun, Slots: []string{q}}, b.reg, b.keys)
	if err != nil {
		panic(err)
	}
	return step{At: noticed, Body: a.Notice, Blobs: a.Blobs, Signers: []string{signer}, Origin: origin, State: b.state}
}

// standBack is the draw of an office of so many people, some of whom stand back
// from every firm.
func standBack(people, back int) (step, *rules.Lot) {
	b := open("gaoqing", 60, people)
	declared := map[string][]string{}
	for i := range back {
		id := fmt.Sprintf("YS%04d", i)
		b.declare("recusal"+id, "2023-07-03T09:00:00+08:00", id, len(b.reg.Firms), 0)
		for _, f := range b.reg.Firms {
			declared[f.ID] = append(declared[f.ID], id)
		}
	}
	l := b.announce("notice", noticed, rules.Task{Line: "A", Round: firstRun, Declared: declared})
	body, blobs, err := l.Cast(record.Given{Signature: rounds()[1000]}, b.recusals(l, declared))
	if err != nil {
		panic(err)
	}
	b.behind(body, blobs)
	return step{At: drawn, Body: body, Blobs: blobs, Signers: []string{signer}, Origin: origin, State: b.state}, l
}

// handedBy is a direct assignment after such a draw.
func handedBy(people, back int) step {
	s, l := standBack(people, back)
	s.State.Apply(s.input())
	o := l.Objects[0]
	s.At, s.Body = "2023-08-25T09:00:00+08:00", &record.TeamChange{Notice: l.Index, Kind: "direct", Object: o.Handle, Leave: o.Team[1], Come: gaoqing().free(l, o), Ground: "人员不足",
		Date: "2023-08-25", Consent: "执法大队", Agreed: "2023-08-25", By: sealed("x"), Leads: o.Leader == o.Team[1]}
	return s
}

// classed is a notice of a line with a class of three whose condition reads so.
func classed(condition string) step {
	b := open("gaoqing", 60, 9)
	p := clone(b.state.Plan(2023).Body).(*record.Plan)
	p.Version, p.Reason, p.Date = 2, "更新", "2023-06-22"
	p.Lines[0].Classes = []record.Class{{Name: "g1", Condition: sealed("x"), Census: true, Base: 3, Estimate: 3}}
	b.say("plan 2", "2023-06-22T09:00:00+08:00", p, nil)
	b.reg.Conditions = map[string]string{"g1": condition}
	a, err := b.state.Announce(rules.Task{Line: "A", Round: firstRun}, b.reg, b.keys)
	if err != nil {
		panic(err)
	}
	return step{At: noticed, Body: a.Notice, Blobs: a.Blobs, Signers: []string{signer}, Origin: origin, State: b.state}
}

// changedItem is a second checklist, after the plan, with its first item changed.
func changedItem(change func(*record.Item)) func(*step) {
	return func(s *step) {
		s.State, s.At = gaoqing().before("notice"), "2023-08-22T09:00:00+08:00"
		c := s.Body.(*record.Checklist)
		c.Version, c.Reason = 2, "更新"
		change(&c.Items[0])
	}
}

// TestVisitsOften: an enterprise that is visited again and again without a lot is
// told of once, and one of another year does not count.
func TestVisitsOften(t *testing.T) {
	often := func(days ...string) int {
		s := gaoqing().before("")
		s.Results = s.Results[len(s.Results)-1:]
		one := *s.Results[0]
		s.Results = nil
		for _, day := range days {
			f := one
			f.Code, f.Body = "91X", clone(one.Body).(*record.Result)
			f.Body.Origin, f.Body.Document, f.Body.Ended = "complaint", "", day
			s.Results = append(s.Results, &f)
		}
		n := 0
		for _, f := range s.Visits() {
			if f.Code == "rules.visits-often" {
				n++
			}
		}
		return n
	}
	if n := often("2023-09-21"); n != 0 {
		t.Errorf("once: %d", n)
	}
	if n := often("2023-09-21", "2024-09-21"); n != 0 {
		t.Errorf("a year apart: %d", n)
	}
	if n := often("2023-09-21", "2024-09-20", "2024-09-20"); n != 1 {
		t.Errorf("twice in a year: %d", n)
	}
}
