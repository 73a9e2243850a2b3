package rules_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

const (
	asking   = "2023-09-15T15:00:00+08:00" // round 657413 comes at 19:00:03
	refills  = int64(657413)
	refilled = "2023-09-16T09:00:00+08:00"
)

// seen says an entry that the witnesses saw a minute after it was written.
func (b *book) seen(name, at string, body any, blobs map[string][]byte) []rules.Finding {
	s := step{At: at, Body: body, Blobs: blobs, Signers: []string{signer}, Origin: origin, Seen: record.Unix(at) + 60}
	found := b.state.Apply(s.input())
	for _, f := range found {
		if f.Severity == rules.Breach {
			panic(name + ": " + f.Code + " " + f.Place + " " + f.Got + " " + f.Want)
		}
	}
	b.steps, b.names = append(b.steps, s), append(b.names, name)
	return found
}

// policed gives the book a charter with witnesses.
func (b *book) policed() {
	c := clone(b.steps[0].Body).(*record.Charter)
	c.Policy = "three of four"
	s := step{At: "2023-06-22T09:00:00+08:00", Body: c, Blobs: b.steps[0].Blobs, Signers: []string{signer}, Origin: origin, Terms: threeOfFour()}
	for _, f := range b.state.Apply(s.input()) {
		if f.Severity == rules.Breach {
			panic(f.Code)
		}
	}
	b.steps, b.names = append(b.steps, s), append(b.names, "policy")
}

// lotted is an office with witnesses whose notice chose replacement by lot: its
// draw of line A is cast and dispatched.
func lotted(people int, t rules.Task, declared map[string][]string) (*book, *rules.Lot) {
	b := open("gaoqing", 60, people)
	b.policed()
	b.declare("recusal", "2023-07-03T09:00:00+08:00", "YS0000", len(b.reg.Firms), 0)
	t.Line, t.Round, t.ByLot, t.Declared = "A", firstRun, true, declared
	a, err := b.state.Announce(t, b.reg, b.keys)
	if err != nil {
		panic(err)
	}
	b.seen("notice", noticed, a.Notice, a.Blobs)
	l := b.state.Lot("2023-001")
	b.cast("draw", drawn, l, declared)
	s := b.send(l, "执法大队", "2023-08-24T09:00:00+08:00", l.Objects)
	b.say("dispatch", s.At, s.Body, s.Blobs)
	return b, l
}

// leaves is a request that the holders of places be replaced by lot.
func (b *book) leaves(notice int64, slots ...record.Leaving) *record.Request {
	return &record.Request{Notice: notice, Slots: slots, Kind: "replacement", Ground: b.pack.Team.Grounds[0], Date: asking[:10], Consent: "执法大队", Agreed: asking[:10], By: sealed("演示"),
		Randomness: record.Randomness{Kind: "drand", Chain: quicknet.Hash, Round: refills, Time: record.Time(quicknet.Time(uint64(refills)))}}
}

func place(o *rules.Object, slot int) record.Leaving {
	return record.Leaving{Object: o.Handle, Slot: int64(slot), Leave: o.Team[slot]}
}

// refill says the outcome of the last request.
func (b *book) refill(name string, l *rules.Lot) *record.Replacement {
	body, err := l.Refill(l.Requests[len(l.Requests)-1], beacon.Quicknet(), rounds()[refills])
	if err != nil {
		panic(err)
	}
	b.say(name, refilled, body, nil)
	return body
}

// byLot is a year with one replacement by lot: the leader of one object and a
// member of another.
var byLot = sync.OnceValue(func() *book {
	declared := map[string][]string{}
	b := open("gaoqing", 60, 9)
	for _, f := range b.reg.Firms {
		declared[f.ID] = []string{"YS0000"}
	}
	b, l := lotted(9, rules.Task{}, declared)
	first, second := l.Objects[0], l.Objects[1]
	b.seen("request", asking, b.leaves(l.Index, place(first, slices.Index(first.Team, first.Leader)), place(second, 1)), nil)
	b.refill("replacement", l)
	b.say("result", "2023-09-20T09:00:00+08:00", b.result(l, first, "e"), nil)
	return b
})

// lotSteps are the steps of that year that other years do not have.
var lotSteps = []string{"notice", "request", "replacement"}

func requested(change func(*record.Request)) func(*step) { return as(change) }

// refilledBefore puts the step after the replacement of the year by lot.
func refilledBefore(s *step) *rules.Lot {
	*s = step{At: "2023-09-16T10:00:00+08:00", Signers: s.Signers, Origin: s.Origin, State: byLot().before("result")}
	return s.State.Lot("2023-001")
}

// asked: requests and their outcomes, and what may not be done beside them.
var asked = []trial{
	{name: "the pack lets the notice choose, but who would witness", step: "notice", code: "rules.lot-unwitnessed", bad: as(func(b *record.Notice) { b.Replace = "lot" })},
	{name: "a pack without replacement", pack: "yanshi", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Replace = "lot" })},
	{name: "the notice chose appointment", step: "change", code: "rules.no-lot", bad: func(s *step) {
		o := team(s, 0)
		s.Body = (&book{pack: mustPack("gaoqing")}).leaves(lot(s, "2023-001").Index, place(o, 0))
	}},
	{name: "of nothing", pack: "lot", step: "request", code: "rules.no-such-entry", bad: requested(func(b *record.Request) { b.Notice = 1 })},
	{name: "before the draw", pack: "lot", step: "draw", code: "rules.not-drawn-yet", bad: func(s *step) {
		s.Body = (&book{pack: mustPack("gaoqing")}).leaves(lot(s, "2023-001").Index, record.Leaving{Object: "x"})
	}},
	{name: "an object that was not drawn", pack: "lot", step: "request", code: "rules.not-drawn", bad: requested(func(b *record.Request) { b.Slots[0].Object = strings.Repeat("f", 32) })},
	{name: "a group team where there are none", pack: "lot", step: "request", code: "rules.not-drawn", bad: requested(func(b *record.Request) { b.Slots[0].Object = "team01" })},
	{name: "after the result", pack: "lot", step: "request", code: "rules.change-after-result", bad: func(s *step) {
		l := refilledBefore(s)
		r := byLot().copyOf("result")
		s.State.Apply(r.input())
		s.Body = (&book{pack: mustPack("gaoqing")}).leaves(l.Index, place(l.Objects[0], 0))
		s.At, s.Seen = "2023-09-20T10:00:00+08:00", record.Unix("2023-09-20T10:00:00+08:00")
		s.Body.(*record.Request).Randomness.Round += 200000
		s.Body.(*record.Request).Randomness.Time = record.Time(quicknet.Time(uint64(refills + 200000)))
	}},
	{name: "who is not there leaves", pack: "lot", step: "request", code: "rules.not-in-team", bad: requested(func(b *record.Request) { b.Slots[0].Leave = strings.Repeat("f", 32) })},
	{name: "of another place", pack: "lot", step: "request", code: "rules.not-in-team", bad: requested(func(b *record.Request) { b.Slots[1].Slot = 0 })},
	{name: "beyond the team", pack: "lot", step: "request", code: "rules.not-in-team", bad: requested(func(b *record.Request) { b.Slots[1].Slot = 2 })},
	{name: "a place twice", pack: "lot", step: "request", code: "rules.not-in-team", bad: requested(func(b *record.Request) { b.Slots = append(b.Slots, b.Slots[0]) })},
	{name: "a ground of its own", pack: "lot", step: "request", code: "rules.change-ground", bad: requested(func(b *record.Request) { b.Ground = "不想去" })},
	{name: "another ground without a word", pack: "lot", step: "request", code: "rules.change-note", bad: requested(func(b *record.Request) { b.Ground = "其他特殊情况" }),
		good: requested(func(b *record.Request) { b.Ground, b.Note = "其他特殊情况", sealed("x") })},
	{name: "a direct assignment by lot", pack: "lot", step: "request", code: "rules.change-kind", bad: requested(func(b *record.Request) { b.Kind = "direct" })},
	{name: "a recusal nobody applied for", pack: "lot", step: "request", code: "rules.recusal-applied", bad: requested(func(b *record.Request) { b.Kind = "recusal" }),
		good: requested(func(b *record.Request) { b.Kind, b.Applied = "recusal", b.Agreed })},
	{name: "applied for before the notice", pack: "lot", step: "request", code: "rules.recusal-late", sev: rules.Warning,
		bad:  requested(func(b *record.Request) { b.Kind, b.Applied = "recusal", "2023-08-22" }),
		good: requested(func(b *record.Request) { b.Kind, b.Applied = "recusal", "2023-08-23" })},
	{name: "agreed tomorrow", pack: "lot", step: "request", code: "rules.date-order", bad: requested(func(b *record.Request) { b.Agreed = "2023-09-16" })},
	{name: "of another round's time", pack: "lot", step: "request", code: "rules.randomness", bad: requested(func(b *record.Request) { b.Randomness.Round++ })},
	{name: "after the task", pack: "lot", step: "request", code: "rules.task-dates", bad: requested(func(b *record.Request) {
		b.Randomness.Round += 28800 * 14
		b.Randomness.Time = record.Time(quicknet.Time(uint64(b.Randomness.Round)))
	}), good: requested(func(b *record.Request) {
		b.Randomness.Round += 28800 * 13
		b.Randomness.Time = record.Time(quicknet.Time(uint64(b.Randomness.Round)))
	})},
	{name: "witnessed a second too late", pack: "lot", step: "request", code: "rules.request-late",
		bad: func(s *step) { s.Seen = quicknet.Time(uint64(refills)) - 599 }, good: func(s *step) { s.Seen = quicknet.Time(uint64(refills)) - 600 }},
	{name: "witnessed by nobody", pack: "lot", step: "request", code: "rules.request-late", bad: func(s *step) { s.Seen = 0 }},
	{name: "twice for one place", pack: "lot", step: "replacement", code: "rules.request-open", bad: func(s *step) {
		r := byLot().copyOf("request")
		s.Body, s.At, s.Seen = r.Body, asking, r.Seen
	}},

	{name: "of a request that is none", pack: "lot", step: "replacement", code: "rules.no-such-entry", bad: as(func(b *record.Replacement) { b.Request = 1 })},
	{name: "twice", pack: "lot", step: "result", code: "rules.redraw", bad: func(s *step) {
		refilledBefore(s)
		s.Body = byLot().copyOf("replacement").Body
	}},
	{name: "of a request that came late", pack: "lot", step: "replacement", code: "rules.request-late", bad: func(s *step) {
		r := byLot().copyOf("request")
		r.Seen = 0
		r.State.Apply(r.input())
		s.State = r.State
	}},
	{name: "another round", pack: "lot", step: "replacement", code: "rules.draw-failed", bad: as(func(b *record.Replacement) { b.Signature = rounds()[1001] })},
	{name: "somebody else comes", pack: "lot", step: "replacement", code: "rules.draw-differs", bad: as(func(b *record.Replacement) { b.Filled[0].Come = b.Filled[0].Leave })},
	{name: "one place left as it was", pack: "lot", step: "replacement", code: "rules.draw-differs", bad: as(func(b *record.Replacement) { b.Filled = b.Filled[1:] })},
	{name: "before the round", pack: "lot", step: "replacement", code: "rules.date-order", sev: rules.Warning, bad: func(s *step) { s.At = "2023-09-15T19:00:02+08:00" },
		good: func(s *step) { s.At = "2023-09-15T19:00:03+08:00" }},
	{name: "by hand where the notice chose the lot", pack: "lot", step: "request", code: "rules.only-by-lot", bad: func(s *step) {
		b, l := byLot(), lot(s, "2023-001")
		s.Body = b.change(l, l.Objects[2], 1)
	}},
	{name: "by hand while the lot is out", pack: "lot", step: "replacement", code: "rules.request-open", bad: func(s *step) {
		b, l := byLot(), lot(s, "2023-001")
		c := b.change(l, l.Objects[0], 1)
		c.Kind = "direct"
		s.Body = c
	}},
	{name: "a result while the lot is out", pack: "lot", step: "replacement", code: "rules.request-open", bad: func(s *step) {
		s.Body, s.At = byLot().copyOf("result").Body, "2023-09-20T09:00:00+08:00"
	}},
	{name: "a visit before the lot", pack: "lot", step: "result", code: "rules.changed-after-visit", sev: rules.Warning, bad: func(*step) {},
		good: as(func(b *record.Result) {
			b.Started, b.Ended, b.SignedOn, b.Entered, b.ReviewOn, b.Published = "2023-09-17", "2023-09-17", "2023-09-17", "2023-09-18", "", "2023-09-18"
		})},
	{name: "gone without evidence", step: "result", code: "rules.void-evidence", bad: both(codesOf(list("x9"), list("x9"), list("x9")), as(func(b *record.Result) { b.FollowUp = nil })),
		good: void("2023-09-20")},
	{name: "evidence of nothing", step: "result", code: "rules.void-evidence", bad: as(func(b *record.Result) { b.Outcome.Void = gone("2023-09-01") })},
	{name: "gone tomorrow", step: "result", code: "rules.date-future", bad: void("2023-09-21"), good: void("2023-09-20")},
	{name: "others inspected", step: "result", code: "rules.team-differs", bad: func(s *step) {
		o := team(s, 0)
		s.Body.(*record.Result).Team = []string{o.Drawn[0], o.Drawn[1]}
		slices.Reverse(s.Body.(*record.Result).Team)
	}, good: func(s *step) { s.Body.(*record.Result).Team = team(s, 0).Team }},
}

func gone(day string) *record.Void {
	return &record.Void{Ground: "已注销登记", Evidence: "演示注销登记通知书", Date: day}
}

// void makes the step's result that of an object struck off on a day.
func void(day string) func(*step) {
	return both(codesOf(list("x9"), list("x9"), list("x9")), as(func(b *record.Result) { b.FollowUp, b.Outcome.Void = nil, gone(day) }))
}

// TestVoid: who is found void stays drawn, is not inspected, and was not
// selected: neither is he freed by it from the draws of the rest of the year.
func TestVoid(t *testing.T) {
	b := gaoqing()
	s := b.copyOf("result")
	void("2023-09-01")(&s)
	if found := s.State.Apply(s.input()); breached(found) {
		t.Fatal(codes(found))
	}
	l := s.State.Lot("2023-001")
	st := s.State.Stats(2023, "2023-12-31")
	if n := st.Total; n.Drawn != 11 || n.Void != 1 || n.Inspected != 0 || n.Published != 1 || n.Open != 10 || st.Classes[0].Inspected+st.Classes[1].Inspected != 0 {
		t.Errorf("%+v", st)
	}
	if n := s.State.Selections(l.Pack, &record.Notice{Draw: "2023-009", Before: "2023-12-01T09:00:00+08:00"}); n != 11 { // ten and the one of the history
		t.Errorf("%d selections", n)
	}
	f := l.Objects[0].Result
	c := step{At: "2023-09-21T09:00:00+08:00", Signers: []string{signer}, Origin: origin, Body: &record.Correction{Result: f.Index, Old: f.Hash, Ground: "录入错误", Approved: sealed("演示"), Date: "2023-09-21",
		Outcome: record.Outcome{Items: []record.ItemCodes{{Item: "1", Codes: []string{"a"}}, {Item: "2", Codes: []string{"a"}}}, Codes: []string{"a"}}}}
	if found := s.State.Apply(c.input()); breached(found) {
		t.Fatal(codes(found))
	}
	if n := s.State.Stats(2023, "2023-12-31").Total; n.Void != 0 || n.Inspected != 1 {
		t.Errorf("corrected: %+v", n)
	}
}

// TestRefill: the lot gives whom the page says, and nobody whom it excludes; the
// one who comes for the leader leads; a place that nobody may take goes to
// direct assignment, and the loads of the moment of asking count.
func TestRefill(t *testing.T) {
	b, l := lotted(9, rules.Task{}, nil)
	first, second := l.Objects[0], l.Objects[1]
	slot := slices.Index(first.Team, first.Leader)
	before := slices.Clone(first.Team)
	other := second.Team[1]
	b.seen("request", asking, b.leaves(l.Index, place(second, 1), place(first, slot)), nil)
	r := l.Requests[0]
	for h, n := range r.Loads {
		want := 0
		for _, o := range l.Objects {
			for s, m := range o.Team {
				if m == h && !(o == first && s == slot) && !(o == second && s == 1) {
					want++
				}
			}
		}
		if n != want {
			t.Errorf("load of %s is %d, want %d", h, n, want)
		}
	}
	body := b.refill("replacement", l)
	if len(body.Filled) != 2 || body.Seed != draw.RefillSeed(l.Draw.Body.Seed, r.Hash, body.Rho) {
		t.Fatalf("%+v", body)
	}
	inOrder := first.Ticket < second.Ticket
	if (body.Filled[0].Object == first.Handle) != inOrder {
		t.Errorf("filled in the order of asking, not of the tickets: %+v", body.Filled)
	}
	if first.Leader != first.Team[slot] || first.Team[slot] == before[slot] || first.Team[1-slot] != before[1-slot] || second.Team[1] == other || !slices.Equal(first.Drawn, before) {
		t.Errorf("%v → %v, led by %s; %v", before, first.Team, first.Leader, second.Team)
	}
	if len(first.Lots) != 1 || l.Asking(first) != nil || b.state.Stats(2023, "2023-12-31").Total.ByLot != 2 {
		t.Errorf("%+v", b.state.Stats(2023, "2023-12-31").Total)
	}
	// Who has left does not come again, by a second lot.
	again := b.leaves(l.Index, place(first, slot))
	again.Randomness.Round = 657414
	again.Randomness.Time = record.Time(quicknet.Time(657414))
	s := step{At: asking, Body: again, Signers: []string{signer}, Origin: origin, Seen: record.Unix(asking)}
	if found := codes(b.state.Apply(s.input())); found["rules.request-late"] != rules.Breach {
		t.Errorf("a request for a round known by then: %v", found)
	}
}

// TestRefillNobody: three people, two of them in the team: the third has stood
// back, so nobody may come, the place is vacant and goes to a hand.
func TestRefillNobody(t *testing.T) {
	declared := map[string][]string{}
	for _, f := range open("gaoqing", 60, 3).reg.Firms {
		declared[f.ID] = []string{"YS0000"}
	}
	b, l := lotted(3, rules.Task{}, declared)
	o := l.Objects[0]
	slot := slices.IndexFunc(o.Team, func(m string) bool { return m != o.Leader })
	gone := o.Team[slot]
	b.seen("request", asking, b.leaves(l.Index, place(o, slot)), nil)
	if body := b.refill("replacement", l); body.Filled[0].Come != "" {
		t.Fatalf("%+v", body.Filled)
	}
	if found := codes(b.lastFound(t)); found["rules.lot-nobody"] != rules.Note {
		t.Errorf("nobody comes: %v", found)
	}
	if !slices.Equal(o.Vacant, []string{gone}) || !slices.Equal(o.Members(), []string{o.Leader}) {
		t.Errorf("%+v", o)
	}
	r := b.result(l, o, "a")
	r.Signed = r.Signed[:1]
	r.Started, r.Ended, r.SignedOn, r.Entered, r.ReviewOn, r.Published = "2023-09-17", "2023-09-17", "2023-09-17", "2023-09-18", "", "2023-09-18"
	s := step{At: "2023-09-20T09:00:00+08:00", Body: r, Signers: []string{signer}, Origin: origin, State: b.before("")}
	if found := codes(s.State.Apply(s.input())); found["rules.slot-vacant"] != rules.Warning || found["rules.team-small"] != rules.Warning {
		t.Errorf("inspected by one: %v", found)
	}
	come := draw.Handle("I", draw.Salt(b.keys.KI, "I", "YS0000"), "YS0000")
	if found := b.apply("2023-09-17T09:00:00+08:00", direct(l, o, come, gone, false), nil); found["rules.not-qualified"] != rules.Breach {
		t.Errorf("who stands back is assigned: %v", found)
	}
}

// lastFound applies the last step to its past once more.
func (b *book) lastFound(t *testing.T) []rules.Finding {
	t.Helper()
	s := b.steps[len(b.steps)-1]
	state := rules.New()
	for i := range b.steps[:len(b.steps)-1] {
		state.Apply(b.steps[i].input())
	}
	return state.Apply(s.input())
}

// TestRefillGroupTeams: a place of a group team changes for every object of it
// that has no result, and for no other.
func TestRefillGroupTeams(t *testing.T) {
	b, l := lotted(9, rules.Task{Groups: 3}, nil)
	name := l.Objects[0].Group
	members := slices.Clone(l.Groups[name])
	b.say("result", "2023-09-10T09:00:00+08:00", b.result(l, l.Objects[0], "a"), nil)
	request := b.leaves(l.Index, record.Leaving{Object: name, Slot: 1, Leave: members[1]})
	s := step{At: asking, Body: b.leaves(l.Index, place(l.Objects[1], 1)), Signers: []string{signer}, Origin: origin, Seen: record.Unix(asking), State: b.before("")}
	if found := codes(s.State.Apply(s.input())); found["rules.not-drawn"] != rules.Breach {
		t.Errorf("a handle where teams are group teams: %v", found)
	}
	b.seen("request", asking, request, nil)
	for _, team := range l.Groups {
		for _, m := range team {
			if want := map[bool]int{true: 0, false: 1}[m == members[1]]; l.Requests[0].Loads[m] != want {
				t.Errorf("load of %s: %d", m, l.Requests[0].Loads[m])
			}
		}
	}
	body := b.refill("replacement", l)
	come := body.Filled[0].Come
	for _, team := range l.Groups {
		if n := slices.Index(team, come); n >= 0 && (l.Requests[0].Loads[come] != 0 || team[1] != come) {
			t.Errorf("%s comes from another team although some are free", come)
		}
	}
	for i, o := range l.Objects {
		changed := o.Group == name && i > 0
		if slices.Contains(o.Team, come) != changed || changed == slices.Contains(o.Team, members[1]) && o.Group == name && i > 0 {
			t.Errorf("%d of %s: %v", i, o.Group, o.Team)
		}
	}
}

// TestRefillOrder: of two requests about one team the earlier is cast first.
func TestRefillOrder(t *testing.T) {
	b, l := lotted(9, rules.Task{}, nil)
	o := l.Objects[0]
	b.seen("one", asking, b.leaves(l.Index, place(o, 0)), nil)
	b.seen("two", "2023-09-15T15:01:00+08:00", b.leaves(l.Index, place(o, 1)), nil)
	body, err := l.Refill(l.Requests[1], beacon.Quicknet(), rounds()[refills])
	if err != nil {
		t.Fatal(err)
	}
	if found := b.apply(refilled, body, nil); found["rules.request-order"] != rules.Breach {
		t.Errorf("the later first: %v", found)
	}
	if len(b.state.Duties("2023-09-18")) == 0 || !slices.ContainsFunc(b.state.Duties("2023-09-18"), func(d rules.Duty) bool { return d.Code == "refill" && d.Late > 0 }) {
		t.Error("a lot that is not cast is not due")
	}
}
