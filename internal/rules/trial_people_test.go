package rules_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

func peopleOut(b any) *record.File { return b.(*record.Notice).PeopleOut }
func declared(b any) *record.File  { return b.(*record.Draw).Declarations }

// peoples: who is in the hat and who is not, who stands back, who is appointed.
var peoples = []trial{
	{name: "of no pack", step: "checklist", code: "rules.item-speciality", bad: as(func(b *record.Checklist) { b.Items[0].Specialities = []string{"flying"} }),
		good: as(func(b *record.Checklist) { b.Items[0].Specialities = []string{gaoqing().pack.Specialities[0].Code} })},
	{name: "twice", step: "checklist", code: "rules.item-speciality", bad: as(func(b *record.Checklist) {
		q := gaoqing().pack.Specialities[0].Code
		b.Items[0].Specialities = []string{q, q}
	})},
	{name: "who is off duty, and not said", step: "notice", code: "rules.pool-count", bad: as(func(b *record.Notice) { b.PeopleOut, b.PeopleWhy = nil, nil })},
	{name: "people's grounds counted wrong", step: "notice", code: "rules.grounds", bad: as(func(b *record.Notice) { b.PeopleWhy[0].Count++ })},
	{name: "a person out on a ground of the office's own", step: "notice", code: "rules.grounds", bad: both(as(func(b *record.Notice) { b.PeopleWhy[0].Code = "friend" }),
		rewrite(peopleOut, func(l []string) []string { return renamed(l, "expert", "friend") }))},
	{name: "out without a ground in the table", step: "notice", code: "rules.grounds", bad: as(func(b *record.Notice) { b.PeopleWhy = b.PeopleWhy[:1] })},
	{name: "people out in capitals", step: "notice", code: "rules.bad-file", bad: rewrite(peopleOut, upper)},
	{name: "people out missing", step: "notice", code: "rules.file-missing", bad: func(s *step) { delete(s.Blobs, peopleOut(s.Body).SHA256) }},
	{name: "a person in the hat and out", step: "notice", code: "rules.bad-file", bad: func(s *step) {
		hat := string(s.Blobs[persons(s.Body).SHA256])[:32]
		rewrite(peopleOut, func(l []string) []string { l[0] = hat + l[0][32:]; slices.Sort(l); return l })(s)
	}},
	{name: "a person out of a group", step: "notice", code: "rules.bad-file", bad: rewrite(peopleOut, func(l []string) []string { return renamed(l, "|-|", "|g1|") })},
	{name: "no teams, and a hat all the same", step: "notice", code: "rules.teams-later", bad: as(func(b *record.Notice) { b.Slots = nil })},
	{name: "more group teams than people", step: "notice", code: "rules.few-inspectors", bad: as(func(b *record.Notice) { b.GroupTeams = 5 }),
		good: as(func(b *record.Notice) { b.GroupTeams = 4 })},
	{name: "a hundred cars", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.GroupTeams = 100 })},
	{name: "a place for what nobody knows", step: "notice", code: "rules.few-inspectors", bad: as(func(b *record.Notice) { b.Slots[1].Needs = gaoqing().pack.Specialities[0].Code })},
	{name: "an item that no place covers", pack: "yanshi", step: "notice", code: "rules.team-uncovered", bad: func(s *step) {
		c := yanshi().copyOf("checklist")
		list := c.Body.(*record.Checklist)
		c.At, list.Version, list.Reason, list.Items[0].Specialities = "2023-07-04T09:00:00+08:00", 2, "改", []string{yanshi().pack.Specialities[0].Code}
		s.Body.(*record.Notice).Checklist = s.State.Size
		s.State.Apply(c.input())
	}},
	{name: "more than were declared", step: "notice", code: "rules.recusal-undeclared", bad: func(s *step) {
		c := gaoqing().copyOf("recusal")
		c.At, c.Body.(*record.Recusal).Earlier = "2023-07-04T09:00:00+08:00", s.State.Recusals[0].Index
		b := c.Body.(*record.Recusal)
		b.Date, b.Decided, b.Units, b.List = "2023-07-04", "2023-07-04", 0, c.put(nil)
		s.State.Apply(c.input())
	}},
	{name: "decided before it was declared", step: "recusal", code: "rules.date-order", bad: as(func(b *record.Recusal) { b.Decided = "2023-07-02" })},
	{name: "decided tomorrow", step: "recusal", code: "rules.date-order", bad: as(func(b *record.Recusal) { b.Decided = "2023-07-04" }),
		good: as(func(b *record.Recusal) { b.Date = "2023-07-02" })},
	{name: "in place of a roster", step: "recusal", code: "rules.no-such-entry", bad: as(func(b *record.Recusal) { b.Earlier = 2 })},
	{name: "in place of a later one", step: "notice", code: "rules.date-order", bad: func(s *step) {
		state := s.State
		*s = gaoqing().copyOf("recusal")
		s.State, s.At = state, "2023-07-04T09:00:00+08:00"
		b := s.Body.(*record.Recusal)
		b.Earlier, b.Date = state.Recusals[0].Index, "2023-07-02"
	}},
	{name: "of other units", step: "recusal", code: "rules.recusals-count", bad: as(func(b *record.Recusal) { b.Units-- })},
	{name: "list missing", step: "recusal", code: "rules.file-missing", bad: func(s *step) { s.Blobs = nil }},
	{name: "declarations of none", step: "draw", code: "rules.recusal-undeclared", bad: as(func(b *record.Draw) { b.Declarations = nil })},
	{name: "a declaration after the notice", step: "draw", code: "rules.recusal-undeclared", bad: func(s *step) {
		c := gaoqing().copyOf("recusal")
		c.At, c.State = s.At, s.State
		later := s.State.Size
		s.State.Apply(c.input())
		rewrite(declared, func(l []string) []string {
			for i := range l {
				l[i] = l[i][:strings.LastIndex(l[i], "|")+1] + fmt.Sprint(later)
			}
			return l
		})(s)
	}},
	{name: "declarations in capitals", step: "draw", code: "rules.bad-file", bad: rewrite(declared, upper)},
	{name: "declarations missing", step: "draw", code: "rules.file-missing", bad: func(s *step) { delete(s.Blobs, declared(s.Body).SHA256) }},
	{name: "a declaration that opens nothing", step: "draw", code: "rules.recusals-count", bad: rewrite(declared, func(l []string) []string {
		return append(l, strings.Repeat("f", 32)+l[0][32:])
	})},
	{name: "teams that recusals took apart", step: "draw", code: "rules.recusal-unstaffed", sev: rules.Warning, also: list("rules.recusals-choose"), bad: func(s *step) { allBack(s) }},

	{name: "other ground without a note", step: "change", code: "rules.change-note", bad: as(func(b *record.TeamChange) { b.Ground = "其他特殊情况" }),
		good: as(func(b *record.TeamChange) { b.Ground, b.Note = "其他特殊情况", sealed("x") })},
	{name: "recusal that nobody applied for", step: "change", code: "rules.recusal-applied", bad: as(func(b *record.TeamChange) { b.Kind = "recusal" }),
		good: as(func(b *record.TeamChange) { b.Kind, b.Applied = "recusal", "2023-08-25" })},
	{name: "applied for after it was decided", step: "change", code: "rules.date-order", bad: as(func(b *record.TeamChange) { b.Kind, b.Applied = "recusal", "2023-08-26" }),
		good: as(func(b *record.TeamChange) { b.Kind, b.Applied = "recusal", "2023-08-25" })},
	{name: "known before the notice", step: "change", code: "rules.recusal-late", sev: rules.Warning, bad: as(func(b *record.TeamChange) { b.Kind, b.Applied = "recusal", "2023-08-22" }),
		good: as(func(b *record.TeamChange) { b.Kind, b.Applied = "recusal", "2023-08-23" })},
	{name: "who stood back comes again", step: "change", code: "rules.not-qualified", bad: func(s *step) {
		b := *s.Body.(*record.TeamChange)
		back := b
		back.Kind, back.Applied = "recusal", "2023-08-24"
		first := step{At: s.At, Body: &back, Signers: s.Signers, Origin: s.Origin}
		s.State.Apply(first.input())
		b.Leave, b.Come = b.Come, b.Leave
		s.Body = &b
	}},
	{name: "appointed by hand", step: "dispatch", code: "rules.direct", sev: rules.Note, bad: func(s *step) { byHand(s, "gaoqing") }},
}

func renamed(lines []string, old, new string) []string {
	for i := range lines {
		lines[i] = strings.Replace(lines[i], old, new, 1)
	}
	slices.Sort(lines)
	return lines
}

// allBack puts a draw here from whose objects all inspectors but one stand back.
func allBack(s *step) {
	b := gaoqing()
	state := b.before("recusal")
	declared := map[string][]string{}
	for _, p := range b.reg.People[:8] {
		c := b.copyOf("recusal")
		state.Apply(c.input())
		for _, f := range b.reg.Firms {
			declared[f.ID] = append(declared[f.ID], p.ID)
		}
	}
	a, err := state.Announce(rules.Task{Line: "A", Round: firstRun, Declared: declared}, b.reg, b.keys)
	if err != nil {
		panic(err)
	}
	notice := step{At: noticed, Body: a.Notice, Blobs: a.Blobs, Signers: s.Signers, Origin: s.Origin}
	state.Apply(notice.input())
	l := state.Lot("2023-001")
	body, blobs, err := l.Cast(record.Given{Signature: rounds()[1000]}, b.recusals(l, declared))
	if err != nil {
		panic(err)
	}
	var lines []draw.Declared
	for _, r := range b.recusals(l, declared) {
		if !strings.Contains(string(blobs[body.Drawn.SHA256]), r.Object) {
			continue
		}
		for i, p := range b.reg.People[:8] {
			h := draw.Handle("I", draw.Salt(b.keys.KI, "I", p.ID), p.ID)
			lines = append(lines, draw.Declared{Object: r.Object, Inspector: h, Entry: state.Recusals[i].Index})
		}
	}
	s.State, s.Body, s.Blobs = state, body, blobs
	f := s.put(draw.FormatDeclared(lines))
	body.Declarations = &f
}

// byHand puts a direct assignment here, where the lot left an object unstaffed.
func byHand(s *step, _ string) {
	allBack(s)
	s.State.Apply(s.input())
	l := s.State.Lot("2023-001")
	o := l.Objects[0]
	s.Body = &record.TeamChange{Notice: l.Index, Kind: "direct", Object: o.Handle, Come: gaoqing().free(l, o), Ground: "人员不足", Date: "2023-08-24", Consent: "执法大队",
		Agreed: "2023-08-24", By: sealed("x"), Leads: true}
	s.Blobs = nil
}
