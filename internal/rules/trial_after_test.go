package rules_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

var quicknet = beacon.Quicknet()

// draws: the cast, and a second one.
var draws = []trial{
	{name: "of a roster", step: "draw", code: "rules.no-such-entry", bad: as(func(b *record.Draw) { b.Notice = 2 })},
	{name: "twice", step: "dispatch", code: "rules.redraw", bad: func(s *step) { instead(s, "draw") }},
	{name: "of a notice without effect", step: "draw", code: "rules.notice-failed", bad: func(s *step) {
		b := gaoqing()
		bad := b.copyOf("notice")
		bad.Body.(*record.Notice).Names = "on-dispatch"
		s.State = b.before("notice")
		s.State.Apply(bad.input())
	}},
	{name: "of one aborted in time", pack: "lot", step: "draw", code: "rules.aborted", bad: func(s *step) { stop(s, quicknet.Time(firstRun)-600) }},
	{name: "of one that nobody saw aborted", pack: "lot", step: "draw", code: "rules.abort-hides", bad: func(s *step) {
		s.Body, s.At, s.Seen = &record.Abort{Notice: lot(s, "2023-001").Index, Ground: "演示", Date: "2023-08-23"}, "2023-08-23T16:00:00+08:00", quicknet.Time(firstRun)-599
	}, good: func(s *step) { stop(s, quicknet.Time(firstRun)-599) }},
	{name: "of another round", step: "draw", code: "rules.other-value", bad: as(func(b *record.Draw) { b.Signature = rounds()[1001] })},
	{name: "seed", step: "draw", code: "rules.draw-differs", bad: as(func(b *record.Draw) { b.Seed = b.Rho })},
	{name: "two quotas traded", step: "draw", code: "rules.draw-differs", bad: as(func(b *record.Draw) { b.Cells[0].Quota++ })},
	{name: "another list", step: "draw", code: "rules.draw-differs", bad: as(func(b *record.Draw) { b.Drawn = b.Teams })},
	{name: "recusals missing", step: "draw", code: "rules.file-missing", bad: func(s *step) { delete(s.Blobs, opened(s.Body).SHA256) }},
	{name: "recusals in capitals", step: "draw", code: "rules.bad-file", bad: rewrite(opened, upper)},
	{name: "recusals of one fewer", step: "draw", code: "rules.recusals-count", also: []string{"rules.draw-differs"}, bad: rewrite(opened, withoutOne)},
	{name: "recusals that were not declared", step: "draw", code: "rules.draw-failed", bad: rewrite(opened, func(l []string) []string {
		l[0] = l[0][:66]
		return l
	})},
	{name: "more recusals than the notice states", step: "draw", code: "rules.recusals-count", bad: func(s *step) {
		b := gaoqing()
		n := b.copyOf("notice")
		n.Body.(*record.Notice).Declared = 3
		s.State = b.before("notice")
		s.State.Apply(n.input())
		l := s.State.Lot("2023-001")
		declared := map[string][]string{}
		for _, f := range b.reg.Firms {
			declared[f.ID] = []string{"YS0000"}
		}
		body, blobs, err := l.Cast(record.Given{Signature: rounds()[1000]}, b.recusals(l, declared))
		if err != nil {
			panic(err)
		}
		b.behind(body, blobs)
		s.Body, s.Blobs = body, blobs
	}},
}

// instead puts another step of the same office here, not earlier than this one.
func instead(s *step, name string) {
	state, at := s.State, s.At
	*s = gaoqing().copyOf(name)
	s.State, s.At = state, max(at, s.At)
}

// afters: dispatch, team changes, openings, abort.
var afters = []trial{
	{name: "of nothing", step: "dispatch", code: "rules.no-such-entry", bad: as(func(b *record.Dispatch) { b.Notice = 3 })},
	{name: "before the draw", step: "draw", code: "rules.not-drawn-yet", bad: func(s *step) { instead(s, "dispatch") }},
	{name: "of tomorrow", step: "dispatch", code: "rules.date-order", bad: as(func(b *record.Dispatch) { b.Date = "2023-08-25" })},
	{name: "of yesterday", step: "dispatch", code: "rules.date-order", bad: as(func(b *record.Dispatch) { b.Date = "2023-08-22" }),
		good: as(func(b *record.Dispatch) { b.Date = "2023-08-23" })},
	{name: "to a friend", step: "dispatch", code: "rules.no-unit", bad: as(func(b *record.Dispatch) { b.Unit = "二队" })},
	{name: "to the unit of another town", pack: "yanshi", step: "dispatch", code: "rules.no-unit", bad: func(s *step) { split(s, false) }, good: func(s *step) { split(s, true) }},
	{name: "longer than the task", step: "dispatch", code: "rules.task-dates", bad: as(func(b *record.Dispatch) { b.To = "2023-09-29" }),
		good: as(func(b *record.Dispatch) { b.To = "2023-09-27" })},
	{name: "backwards", step: "dispatch", code: "rules.task-dates", bad: as(func(b *record.Dispatch) { b.From = "2023-09-29" })},
	{name: "of one fewer", step: "dispatch", code: "rules.bad-file", bad: as(func(b *record.Dispatch) { b.Count-- })},
	{name: "of nobody", step: "dispatch", code: "rules.bad-file", bad: func(s *step) {
		b := s.Body.(*record.Dispatch)
		b.Count, b.Objects, b.Leaders = 0, s.put(nil), s.put(nil)
	}},
	{name: "leaders in capitals", step: "dispatch", code: "rules.bad-file", bad: rewrite(leaders, upper)},
	{name: "of a firm that was not drawn", step: "dispatch", code: "rules.not-drawn", bad: rewrite(objects, func(l []string) []string {
		l[len(l)-1] = strings.Repeat("f", 32)
		return l
	}), also: []string{"rules.no-leader"}},
	{name: "twice", step: "change", code: "rules.dispatched-twice", bad: func(s *step) { instead(s, "dispatch") }},
	{name: "leader of another team", step: "dispatch", code: "rules.no-leader", bad: rewrite(leaders, func(l []string) []string { l[0] = l[0][:33] + strings.Repeat("f", 32); return l })},
	{name: "no leader for one", step: "dispatch", code: "rules.no-leader", bad: rewrite(leaders, withoutOne)},
	{name: "two leaders", step: "dispatch", code: "rules.no-leader", bad: rewrite(leaders, func(l []string) []string { l[0] += "|" + strings.Repeat("f", 32); return l })},
	{name: "leader of a firm not in the list", step: "dispatch", code: "rules.no-leader", bad: rewrite(leaders, func(l []string) []string {
		return append(l, strings.Repeat("f", 32)+"|"+l[0][33:])
	})},
	{name: "leader where the pack knows none", pack: "yanshi", step: "dispatch", code: "rules.no-leader", bad: func(s *step) {
		o := team(s, 0)
		s.Body.(*record.Dispatch).Leaders = s.put(draw.FormatTeams([]draw.Team{{Object: o.Handle, Members: o.Team[:1]}}))
	}},
	{name: "a day later", step: "dispatch", code: "rules.late-dispatch", sev: rules.Overdue,
		bad:  func(s *step) { s.At, s.Body.(*record.Dispatch).Date = "2023-08-25T09:00:00+08:00", "2023-08-25" },
		good: func(s *step) { s.At = "2023-08-25T09:00:00+08:00" }},

	{name: "yanshi", pack: "yanshi", step: "result", code: "rules.no-replacement", bad: func(s *step) {
		o := team(s, 0)
		s.Body = &record.TeamChange{Notice: lot(s, "2023-001").Index, Kind: "replacement", Object: o.Handle, Leave: o.Team[0], Come: yanshi().free(lot(s, "2023-001"), o),
			Ground: "工作冲突", Date: "2023-08-25", Consent: "执法大队", Agreed: "2023-08-25", By: sealed("x")}
	}},
	{name: "in a team not drawn", step: "change", code: "rules.not-drawn", bad: as(func(b *record.TeamChange) { b.Object = strings.Repeat("f", 32) })},
	{name: "after the result", step: "opened", code: "rules.change-after-result", bad: func(s *step) { instead(s, "change") }},
	{name: "promotion", step: "change", code: "rules.change-kind", bad: as(func(b *record.TeamChange) { b.Kind = "promotion" }),
		good: as(func(b *record.TeamChange) { b.Kind, b.Applied = "recusal", "2023-08-24" })},
	{name: "direct where the lot gave a team", step: "change", code: "rules.direct-trigger", bad: as(func(b *record.TeamChange) { b.Kind, b.Leave = "direct", "" })},
	{name: "one who is not there", step: "change", code: "rules.not-in-team", bad: as(func(b *record.TeamChange) { b.Leave = b.Come })},
	{name: "one who is there", step: "change", code: "rules.already-in-team", bad: func(s *step) { come(s, team(s, 0).Team[0]) }},
	{name: "one who was not in the hat", step: "change", code: "rules.not-qualified", bad: func(s *step) { come(s, strings.Repeat("f", 32)) }},
	{name: "one who stood back", step: "change", code: "rules.not-qualified", bad: func(s *step) { come(s, team(s, 0).Recused[0]) }},
	{name: "no ground of the pack", step: "change", code: "rules.change-ground", bad: as(func(b *record.TeamChange) { b.Ground = "不想去" }),
		good: as(func(b *record.TeamChange) { b.Kind, b.Ground, b.Applied = "recusal", "亲属", "2023-08-24" })},
	{name: "agreed afterwards", step: "change", code: "rules.date-order", bad: as(func(b *record.TeamChange) { b.Date = "2023-08-24" })},
	{name: "of tomorrow", step: "change", code: "rules.date-order", bad: as(func(b *record.TeamChange) { b.Date = "2023-08-26" })},
	{name: "agreed before the draw", step: "change", code: "rules.date-order", bad: as(func(b *record.TeamChange) { b.Agreed = "2023-08-22" }),
		good: as(func(b *record.TeamChange) { b.Agreed = "2023-08-24" })},
	{name: "nobody leads any more", step: "change", code: "rules.no-leader", bad: func(s *step) {
		b, o := s.Body.(*record.TeamChange), team(s, 0)
		b.Leave, b.Leads = o.Leader, false
	}, good: func(s *step) {
		b, o := s.Body.(*record.TeamChange), team(s, 0)
		b.Leave, b.Leads = o.Leader, true
	}},

	{name: "of a draw not announced", step: "opened", code: "rules.no-such-entry", bad: as(func(b *record.Opened) { b.Notice = 1 })},
	{name: "nothing", step: "opened", code: "rules.opened-nothing", bad: as(func(b *record.Opened) { b.Handles = nil })},
	{name: "not sorted", step: "opened", code: "rules.opened-nothing", bad: as(func(b *record.Opened) { slices.Reverse(b.Handles) })},
	{name: "twice", step: "opened", code: "rules.opened-nothing", bad: as(func(b *record.Opened) { b.Handles = append(b.Handles, b.Handles[len(b.Handles)-1]) })},
	{name: "K twice", step: "filing", code: "rules.opened-nothing", bad: func(s *step) {
		at := s.At
		instead(s, "opened K")
		s.At = at
	}},
	{name: "K before the draw", step: "draw", code: "rules.opened-early", bad: func(s *step) { s.Body = &record.Opened{Notice: lot(s, "2023-001").Index, K: true} }},
	{name: "one who was not drawn", step: "opened", code: "rules.not-drawn", bad: as(func(b *record.Opened) { b.Handles[len(b.Handles)-1] = strings.Repeat("f", 32) })},
	{name: "names before the result", step: "result", code: "rules.date-order", sev: rules.Warning, bad: func(s *step) { instead(s, "opened") },
		good: func(s *step) {
			s.Body = &record.Abort{Notice: lot(s, "2023-001").Index, Ground: "演示", Date: "2023-08-26"}
		}},
	{name: "K before its day", step: "result", code: "rules.date-order", sev: rules.Warning, bad: func(s *step) {
		instead(s, "opened K")
		s.At = "2023-09-27T09:00:00+08:00"
	}, good: func(s *step) { instead(s, "opened K") }},
	{name: "K early but nothing is open", step: "opened", code: "rules.date-order", sev: rules.Warning, bad: func(s *step) {
		s.State = gaoqing().before("result 1")
		instead(s, "opened K")
		s.At = "2023-09-27T09:00:00+08:00"
	}, good: func(s *step) {
		instead(s, "opened K")
		s.At = "2023-09-27T09:00:00+08:00"
	}},
	{name: "K after its day", step: "opened K", code: "rules.late-k", sev: rules.Overdue, bad: func(s *step) { s.At = "2023-12-01T09:00:00+08:00" }},

	{name: "twice", step: "again", code: "rules.aborted", bad: func(s *step) { instead(s, "abort"); s.At = "2023-08-26T09:00:00+08:00" }},
	{name: "of nothing", step: "abort", code: "rules.no-such-entry", bad: as(func(b *record.Abort) { b.Notice = 0 })},
	{name: "of tomorrow", step: "abort", code: "rules.date-order", bad: as(func(b *record.Abort) { b.Date = "2023-08-24" })},
	{name: "before the notice", step: "abort", code: "rules.date-order", bad: as(func(b *record.Abort) { b.Date = "2023-08-22" })},
	{name: "what was drawn", step: "again", code: "rules.draw-aborted", sev: rules.Warning, bad: func(s *step) {
		s.Body = &record.Abort{Notice: lot(s, "2023-001").Index, Ground: "演示", Date: "2023-09-15"}
	}},
	{name: "too near the round", step: "abort", code: "rules.abort-hides", bad: func(s *step) { s.At = "2023-08-23T23:49:28+08:00" },
		good: func(s *step) { *s = inTime() }},
	{name: "by the office's word alone", step: "abort", code: "rules.abort-unproven", sev: rules.Note, also: []string{"rules.draw-aborted"}, bad: func(*step) {},
		good: func(s *step) { *s = inTime() }},
}

// stop puts an abort of the first draw before the step, seen by the witnesses
// at a time.
func stop(s *step, seen int64) {
	a := step{At: "2023-08-23T16:00:00+08:00", Signers: s.Signers, Origin: s.Origin, Seen: seen,
		Body: &record.Abort{Notice: lot(s, "2023-001").Index, Ground: "演示", Date: "2023-08-23"}}
	s.State.Apply(a.input())
}

// inTime is the latest abort that is in time by the office's word, nine minutes
// and more before the round. It is turned into a filing so that no note is found.
func inTime() step {
	s := gaoqing().copyOf("abort")
	s.At = "2023-08-23T23:49:27+08:00"
	if found := codes(s.State.Apply(s.input())); len(found) != 2 || found["rules.draw-aborted"] != rules.Note {
		panic(fmt.Sprint("an abort in time is a note: ", found))
	}
	s.Body = &record.Filing{Plan: s.State.Plan(2023).Index, To: "市场监管局", Date: "2023-06-21"}
	return s
}

// split gives the notice two units, one with a town of its own, and dispatches
// the drawn of that town to it, or to the other.
func split(s *step, right bool) {
	b := yanshi()
	n := b.copyOf("notice")
	town := b.pack.Towns[0].Code
	n.Body.(*record.Notice).Units = []record.Unit{{Name: "一队", Towns: []string{town}}, {Name: "二队"}}
	l := replay(b, n)
	declared := map[string][]string{}
	for _, f := range b.reg.Firms {
		declared[f.ID] = []string{"YS0000"}
	}
	body, blobs, err := l.lot.Cast(record.Given{Signature: rounds()[1000]}, b.recusals(l.lot, declared))
	if err != nil {
		panic(err)
	}
	b.behind(body, blobs)
	d := step{At: drawn, Body: body, Blobs: blobs, Signers: []string{signer}, Origin: origin}
	l.state.Apply(d.input())
	var own []*rules.Object
	for _, o := range l.lot.Objects {
		if o.Cell == town {
			own = append(own, o)
		}
	}
	unit := "二队"
	if right {
		unit = "一队"
	}
	*s = b.send(l.lot, unit, s.At, own)
	s.State = l.state
}

type replayed struct {
	state *rules.State
	lot   *rules.Lot
}

// replay applies a changed first notice to its past.
func replay(b *book, n step) replayed {
	r := replayed{state: n.State}
	for _, f := range r.state.Apply(n.input()) {
		if f.Severity == rules.Breach {
			panic(f.Code)
		}
	}
	r.lot = r.state.Lot(n.Body.(*record.Notice).Draw)
	return r
}

// codesOf sets the codes of the result's two items and the unit's line.
func codesOf(line []string, one, two []string) func(*step) {
	return func(s *step) {
		var o *record.Outcome
		switch b := s.Body.(type) {
		case *record.Result:
			o = &b.Outcome
		case *record.Correction:
			o = &b.Outcome
		}
		o.Codes, o.Items[0].Codes, o.Items[1].Codes = line, one, two
	}
}

func list(s ...string) []string { return s }

// finals: results, corrections, what follows.
var finals = []trial{
	{name: "gossip", step: "complaint", code: "rules.origin", bad: as(func(b *record.Result) { b.Origin = "gossip" })},
	{name: "no ground", step: "complaint", code: "rules.origin", bad: as(func(b *record.Result) { b.Ground = "" })},
	{name: "by no letter", pack: "yanshi", step: "complaint", code: "rules.origin-needs", bad: as(func(b *record.Result) { b.Document = "" })},
	{name: "ordered by nobody", step: "complaint", code: "rules.origin-needs", bad: as(func(b *record.Result) { b.Origin = "assigned" }),
		good: as(func(b *record.Result) { b.Origin, b.Issuer = "assigned", "演示厅" })},
	{name: "deployed by a city bureau", step: "complaint", code: "rules.origin-issuer", bad: as(func(b *record.Result) { b.Origin, b.Issuer = "deployed", "淄博市应急管理局" }),
		good: as(func(b *record.Result) { b.Origin, b.Issuer = "deployed", "应急管理部" })},
	{name: "complaint of a draw", step: "complaint", code: "rules.origin", bad: as(func(b *record.Result) { b.Notice = 5 })},
	{name: "of an item of no list", step: "complaint", code: "rules.item-unknown", bad: as(func(b *record.Result) { b.Outcome.Items[0].Item = "9" })},
	{name: "not drawn", step: "result", code: "rules.not-drawn", bad: as(func(b *record.Result) { b.Object = strings.Repeat("f", 32) })},
	{name: "not dispatched", step: "result", code: "rules.not-dispatched", bad: func(s *step) { s.State = gaoqing().before("dispatch") }},
	{name: "twice", step: "result 1", code: "rules.result-twice", bad: func(s *step) { instead(s, "result") }},
	{name: "by another unit", step: "result", code: "rules.no-unit", bad: as(func(b *record.Result) { b.Unit = "二队" })},
	{name: "of a draw aborted", step: "result", code: "rules.aborted", bad: as(func(b *record.Result) { b.Notice++ })},
	{name: "item of another task", step: "result", code: "rules.item-unknown", bad: as(func(b *record.Result) { b.Outcome.Items[0].Item = "3" })},
	{name: "item twice", step: "result", code: "rules.item-unknown", bad: as(func(b *record.Result) { b.Outcome.Items[0].Item = "2" })},
	{name: "item left out", step: "result", code: "rules.item-missing", bad: as(func(b *record.Result) { b.Outcome.Items = b.Outcome.Items[1:] })},
	{name: "z", step: "result", code: "rules.unknown-code", bad: codesOf(list("e"), list("z"), list("e"))},
	{name: "a with e", step: "result", code: "rules.code-alone", bad: codesOf(list("e"), list("a", "e"), list("e")), good: codesOf(list("e"), list("a"), list("e"))},
	{name: "better than its items", step: "result", code: "rules.unit-line", bad: codesOf(list("a"), list("a"), list("e"))},
	{name: "refused without ground", pack: "yanshi", step: "result", code: "rules.refusal-ground", bad: codesOf(list("f"), list("f"), list("f")),
		good: both(codesOf(list("f"), list("f"), list("f")), as(func(b *record.Result) { b.Outcome.Refusal = []string{"拒绝提供相关材料"} }))},
	{name: "ground without refusal", pack: "yanshi", step: "result", code: "rules.refusal-ground", bad: as(func(b *record.Result) { b.Outcome.Refusal = []string{"拒绝提供相关材料"} })},
	{name: "ground of its own", pack: "yanshi", step: "result", code: "rules.refusal-ground",
		bad: both(codesOf(list("f"), list("f"), list("f")), as(func(b *record.Result) { b.Outcome.Refusal = []string{"态度不好"} }))},
	{name: "begun before the draw", step: "result", code: "rules.date-order", bad: as(func(b *record.Result) { b.Started = "2023-08-22" }),
		good: as(func(b *record.Result) { b.Started = "2023-08-23" })},
	{name: "ended before it began", step: "result", code: "rules.date-order", bad: as(func(b *record.Result) { b.Ended = "2023-09-04" })},
	{name: "signed before the end", step: "result", code: "rules.date-order", bad: as(func(b *record.Result) { b.SignedOn = "2023-09-05" })},
	{name: "signed after it was public", step: "result", code: "rules.date-order", bad: as(func(b *record.Result) { b.SignedOn = "2023-09-19" })},
	{name: "signed in another century", step: "result", code: "rules.date-future", bad: as(func(b *record.Result) { b.SignedOn = "2099-01-01" })},
	{name: "entered before the end", step: "result", code: "rules.date-order", bad: as(func(b *record.Result) { b.Entered = "2023-09-05" })},
	{name: "entered before signed", step: "result", code: "rules.date-order", bad: as(func(b *record.Result) { b.SignedOn, b.Published = "2023-09-20", "2023-09-19" }),
		good: as(func(b *record.Result) { b.SignedOn = "2023-09-08" })},
	{name: "published tomorrow", step: "result", code: "rules.date-future", bad: as(func(b *record.Result) { b.Published = "2023-09-21" }),
		good: as(func(b *record.Result) { b.Published = "2023-09-20" })},
	{name: "inspected tomorrow", step: "result", code: "rules.date-future", bad: as(func(b *record.Result) { b.Ended = "2023-09-21" })},
	{name: "refused without a word", step: "result", code: "rules.refusal-facts", sev: rules.Warning, bad: both(codesOf(list("f"), list("f"), list("f")), as(func(b *record.Result) { b.FollowUp = nil })),
		good: both(codesOf(list("f"), list("f"), list("f")), as(func(b *record.Result) { b.FollowUp, b.Outcome.Refusal = nil, []string{"拒不开门"} }))},
	{name: "after the task", step: "result", code: "rules.after-task", sev: rules.Warning, bad: func(s *step) { ended(s, "2023-09-29") }, good: func(s *step) { ended(s, "2023-09-28") }},
	{name: "one did not sign", step: "result", code: "rules.sign-off", bad: as(func(b *record.Result) { b.Signed = b.Signed[1:] })},
	{name: "no date of signing", step: "result", code: "rules.sign-off", bad: as(func(b *record.Result) { b.SignedOn = "" })},
	{name: "nobody signs in yanshi", pack: "yanshi", step: "result", code: "rules.unit-line", bad: codesOf(list("e", "g"), list("e"), list("e")),
		good: as(func(b *record.Result) { b.Signed, b.SignedOn = nil, "" })},
	{name: "found and left", step: "result", code: "rules.no-follow-up", sev: rules.Warning, bad: as(func(b *record.Result) { b.FollowUp = nil }),
		good: both(codesOf(list("a"), list("a"), list("a")), as(func(b *record.Result) { b.FollowUp = nil }))},
	{name: "a day late", step: "result", code: "rules.late-result", sev: rules.Overdue, also: []string{"rules.strict-date"}, bad: func(s *step) { published(s, "2023-11-02") }, good: func(s *step) { published(s, "2023-11-01") }},
	{name: "a day late in yanshi", pack: "yanshi", step: "result", code: "rules.late-result", sev: rules.Overdue, also: []string{"rules.strict-date"}, bad: func(s *step) { published(s, "2023-09-18") }, good: func(s *step) { published(s, "2023-09-15") }},

	{name: "told of nothing", step: "feedback", code: "rules.no-such-entry", bad: as(func(b *record.Feedback) { b.Result = 1 })},
	{name: "told of gossip", step: "feedback", code: "rules.feedback-kind", bad: as(func(b *record.Feedback) { b.Kind = "gossip" })},
	{name: "told of a review that is none", step: "feedback", code: "rules.feedback-kind", bad: as(func(b *record.Feedback) { b.Review = 3 })},
	{name: "told before the end", step: "feedback", code: "rules.date-order", bad: as(func(b *record.Feedback) { b.Date = "2023-09-05" }),
		good: as(func(b *record.Feedback) { b.Date = "2023-09-06" })},
	{name: "told tomorrow", step: "feedback", code: "rules.date-order", bad: as(func(b *record.Feedback) { b.Date = "2023-09-23" }),
		good: as(func(b *record.Feedback) { b.Date = "2023-09-22" })},

	{name: "correction of a correction", step: "follow-up", code: "rules.correction-old", bad: func(s *step) {
		at := s.At
		instead(s, "correction")
		s.At = at
	}, good: func(s *step) {
		at := s.At
		instead(s, "correction")
		s.At = at
		b := s.Body.(*record.Correction)
		b.Old = s.State.ResultAt(b.Result).Corrections[0].Hash
	}},
	{name: "earlier than the correction before", step: "follow-up", code: "rules.date-order", bad: func(s *step) {
		at := s.At
		instead(s, "correction")
		s.At = at
		b := s.Body.(*record.Correction)
		b.Old, b.Date = s.State.ResultAt(b.Result).Corrections[0].Hash, "2023-09-20"
	}},
	{name: "of nothing", step: "correction", code: "rules.no-such-entry", bad: as(func(b *record.Correction) { b.Result = 1 })},
	{name: "of tomorrow", step: "correction", code: "rules.date-order", bad: as(func(b *record.Correction) { b.Date = "2023-09-22" })},
	{name: "before the result", step: "correction", code: "rules.date-order", bad: as(func(b *record.Correction) { b.Date = "2023-09-19" })},
	{name: "ended before the draw", step: "correction", code: "rules.date-order", bad: as(func(b *record.Correction) { b.Ended = "2023-08-22" }),
		good: as(func(b *record.Correction) { b.Ended = "2023-09-07" })},
	{name: "corrected to z", step: "correction", code: "rules.unknown-code", bad: codesOf(list("e"), list("z"), list("e"))},
	{name: "a complaint corrected to z", step: "opened K", code: "rules.unknown-code", bad: func(s *step) { complain(s, "z") }, good: func(s *step) { complain(s, "b") }},
	{name: "corrected", step: "correction", code: "rules.corrected", sev: rules.Note, bad: func(*step) {}, good: func(s *step) { instead(s, "opened") }},
	{name: "to nothing", step: "follow-up", code: "rules.no-such-entry", bad: as(func(b *record.FollowUp) { b.Result = 1 })},
	{name: "followed before the end", step: "follow-up", code: "rules.date-order", bad: as(func(b *record.FollowUp) { b.Date = "2023-09-05" })},
	{name: "followed tomorrow", step: "follow-up", code: "rules.date-order", bad: as(func(b *record.FollowUp) { b.Date = "2023-09-23" })},
}

// ended and published move a result's dates, and its entry behind them.
func ended(s *step, day string) {
	b := s.Body.(*record.Result)
	b.Ended, b.SignedOn, b.Entered, b.ReviewOn, b.Published = day, day, day, "", "2023-09-29"
	s.At = "2023-09-29T09:00:00+08:00"
}

func published(s *step, day string) {
	s.Body.(*record.Result).Published = day
	s.At = day + "T09:00:00+08:00"
}

// complain corrects the result of the complaint.
func complain(s *step, code string) {
	f := s.State.Results[len(s.State.Results)-1]
	s.Body = &record.Correction{Result: f.Index, Old: f.Hash, Ground: "录入错误", Approved: sealed("演示"), Date: s.At[:10],
		Outcome: record.Outcome{Items: []record.ItemCodes{{Item: "3", Codes: []string{code}}}, Codes: []string{code}}}
}
