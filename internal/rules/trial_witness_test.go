package rules_test

import (
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// threeOfFour are the terms of the default policy.
func threeOfFour(against ...rules.Change) *rules.Terms {
	return &rules.Terms{Witnesses: 4, Needed: 3, Overlap: 2, Against: against}
}

// policed puts a later charter with a policy in a step's place; before are the
// terms of one that stands already, nil for none.
func policed(terms, before *rules.Terms) func(*step) {
	return func(s *step) {
		later := func(policy string, t *rules.Terms) step {
			c := gaoqing().copyOf("charter")
			c.At, c.Terms, c.State = "2023-06-22T09:00:00+08:00", t, s.State
			c.Body.(*record.Charter).Policy = policy
			return c
		}
		if before != nil {
			c := later("before", before)
			s.State.Apply(c.input())
		}
		policy := ""
		if terms != nil {
			policy = "after"
		}
		*s = later(policy, terms)
	}
}

// since compares with the charter before (3 of 4), which asked for witnesses;
// entry 0 did not.
func since(shared int, gone ...string) []rules.Change {
	return []rules.Change{{}, {Witnesses: 4, Needed: 3, Overlap: 2, Shared: shared, Gone: gone}}
}

// witnessed: what a charter may say of witnesses, and the paper witness.
var witnessed = []trial{
	{name: "a policy nobody can read", step: "plan", code: "rules.policy-form", bad: policed(&rules.Terms{Fault: "ledger.policy-form"}, nil), good: policed(threeOfFour(), nil)},
	{name: "a policy that nobody has read", step: "plan", code: "rules.policy-form", bad: func(s *step) {
		policed(threeOfFour(), nil)(s)
		s.Terms = nil
	}, good: policed(threeOfFour(), nil)},
	{name: "the office its own witness", step: "plan", code: "rules.policy-own-key", bad: policed(&rules.Terms{Own: "本单位", Witnesses: 4, Needed: 3, Overlap: 2}, nil), good: policed(threeOfFour(), nil)},
	{name: "two of four", step: "plan", code: "rules.policy-overlap", bad: policed(&rules.Terms{Witnesses: 4, Needed: 2}, nil), good: policed(&rules.Terms{Witnesses: 3, Needed: 2, Overlap: 1}, nil)},
	{name: "witnesses no more", step: "plan", code: "rules.policy-weaker", sev: rules.Warning, bad: policed(nil, threeOfFour()), good: policed(nil, nil)},
	{name: "fewer needed", step: "plan", code: "rules.policy-weaker", sev: rules.Warning,
		bad:  policed(&rules.Terms{Witnesses: 2, Needed: 2, Overlap: 2, Against: since(1, "丙", "丁")}, threeOfFour()),
		good: policed(&rules.Terms{Witnesses: 3, Needed: 3, Overlap: 3, Against: since(2, "丁")}, threeOfFour())},
	{name: "less overlap", step: "plan", code: "rules.policy-weaker", sev: rules.Warning,
		bad:  policed(&rules.Terms{Witnesses: 5, Needed: 3, Overlap: 1, Against: since(1)}, threeOfFour()),
		good: policed(&rules.Terms{Witnesses: 5, Needed: 4, Overlap: 3, Against: since(2)}, threeOfFour())},
	{name: "too many exchanged", step: "plan", code: "rules.policy-weaker", sev: rules.Warning,
		bad:  policed(threeOfFour(since(0, "丙", "丁")...), threeOfFour()),
		good: policed(threeOfFour(since(1, "丁")...), threeOfFour())},
	{name: "one exchanged", step: "plan", code: "rules.policy-changed", sev: rules.Note,
		bad: policed(threeOfFour(since(1, "丁")...), threeOfFour()), good: policed(nil, nil)},

	{name: "signed when the lots were cast", step: "paper", code: "rules.paper-after", bad: func(s *step) { drawnFirst(s) }},
	{name: "another notice's sheet", step: "paper", code: "rules.paper-other", bad: as(func(b *record.Paper) { b.Checksum = b.Scan })},
	{name: "599 seconds before", step: "paper", code: "rules.paper-time", bad: signedAt("2023-08-23T23:49:25+08:00"), good: signedAt("2023-08-23T23:49:24+08:00")},
	{name: "before the notice", step: "paper", code: "rules.paper-time", bad: as(func(b *record.Paper) { b.Signed = "2023-08-23T14:59:59+08:00" }),
		good: as(func(b *record.Paper) { b.Signed = noticed })},
	{name: "signed after it was logged", step: "paper", code: "rules.date-order", bad: as(func(b *record.Paper) { b.Signed = "2023-08-23T15:30:01+08:00" }),
		good: as(func(b *record.Paper) { b.Signed = "2023-08-23T15:30:00+08:00" })},
	{name: "the office signs for itself", step: "paper", code: "rules.paper-own", bad: as(func(b *record.Paper) { b.Body = "演示应急管理局" }), good: as(func(b *record.Paper) { b.Body = "演示档案馆" })},
	{name: "logged when the number was out", step: "paper", code: "rules.paper-logged-late", sev: rules.Warning, bad: func(s *step) { s.At = "2023-08-23T23:59:25+08:00" },
		good: func(s *step) { s.At = "2023-08-23T23:59:24+08:00" }},
	{name: "one sheet twice", step: "paper", code: "rules.paper-twice", bad: func(s *step) { s.State.Apply(s.input()) },
		good: func(s *step) {
			s.State.Apply(s.input())
			other := *s.Body.(*record.Paper)
			other.Scan = strings.Repeat("e", 64)
			s.Body = &other
		}},
}

// signedAt is a sheet of that time, logged when it had been signed.
func signedAt(at string) func(*step) {
	return func(s *step) { s.Body.(*record.Paper).Signed, s.At = at, "2023-08-23T23:50:00+08:00" }
}

// drawnFirst casts the draw of the sheet's notice before it is logged.
func drawnFirst(s *step) {
	d := gaoqing().copyOf("draw")
	d.State = s.State
	if found := s.State.Apply(d.input()); s.State.Lot("2023-001").Draw == nil {
		panic(found)
	}
	s.At = "2023-08-24T09:00:00+08:00"
}
