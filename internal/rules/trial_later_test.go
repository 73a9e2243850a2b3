package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// afterwards is a small year whose objects and experts are drawn in August, and
// whose inspectors in the week of the visit (draw1 §7).
var afterwards = sync.OnceValue(func() *book {
	b := open("gaoqing", 60, 9)
	b.reg.Experts = []rules.Person{{ID: "ZJ01", Name: "演示"}, {ID: "ZJ02", Name: "演示"}, {ID: "ZJ03", Name: "演示", Off: "停用"}, {ID: "ZJ04", Name: "演示", To: "2023-09-01"}}
	b.roster("experts", "2023-06-21T09:00:00+08:00", 1, b.reg.Experts)
	b.declare("recusal", "2023-07-03T09:00:00+08:00", "YS0000", len(b.reg.Firms), 0)
	l := b.announce("notice", noticed, rules.Task{Line: "A", Round: firstRun, Later: true, Experts: []string{""}})
	body, blobs, err := l.Cast(record.Given{Signature: rounds()[1000]}, nil)
	if err != nil {
		panic(err)
	}
	b.say("draw", drawn, body, blobs)
	s := b.send(l, "执法大队", "2023-08-24T09:00:00+08:00", l.Objects[1:])
	b.say("dispatch", s.At, s.Body, s.Blobs)
	b.laterTeams(l, "teams-notice", "2023-09-15T15:00:00+08:00", rules.Task{Round: 657413, Groups: 2})
	b.castLater("teams", "2023-09-16T09:00:00+08:00", b.state.Teams("2023-001-T1"))
	o := l.Objects[1]
	b.say("expert", "2023-09-17T09:00:00+08:00", &record.Expert{Notice: l.Index, Object: o.Handle, Leave: o.Experts[0], Roster: b.state.Roster("experts").Index, Person: sealed("ZJ02"),
		Specialities: []string{b.pack.Specialities[0].Code}, Ground: "原专家出差", Date: "2023-09-17", Approved: sealed("x")}, nil)
	b.say("change", "2023-09-17T10:00:00+08:00", laterChange(b, l, o), nil)
	b.say("result", "2023-09-20T09:00:00+08:00", b.result(l, o, "e"), nil)
	b.say("another expert", "2023-09-20T10:00:00+08:00", &record.Expert{Notice: l.Index, Object: l.Objects[2].Handle, Person: sealed("ZJ09"), Ground: "现场需要", Date: "2023-09-20", Approved: sealed("x")}, nil)
	return b
})

// laterSteps are the steps of that year that other years do not have.
var laterSteps = []string{"notice", "draw", "teams-notice", "teams", "expert"}

func laterChange(b *book, l *rules.Lot, o *rules.Object) *record.TeamChange {
	for h := range l.HatOf(o).People {
		if !slices.Contains(o.Team, h) && !slices.Contains(o.Recused, h) {
			return &record.TeamChange{Notice: l.Index, Kind: "replacement", Object: o.Handle, Leave: o.Team[1], Come: h, Ground: b.pack.Team.Grounds[0],
				Date: "2023-09-17", Consent: "执法大队", Agreed: "2023-09-17", By: sealed("x"), Leads: o.Leader == o.Team[1]}
		}
	}
	panic("nobody is free")
}

var laterKey = []byte("later fedcba9876543210fedcba9876")

// laterTeams says a teams notice; YS0000 stands back from every firm.
func (b *book) laterTeams(l *rules.Lot, name, at string, t rules.Task) {
	ids := map[string]string{}
	t.Declared = map[string][]string{}
	for _, o := range l.Objects {
		ids[o.Handle] = b.firm(o.Handle).ID
		t.Declared[ids[o.Handle]] = []string{"YS0000"}
	}
	body, blobs, err := b.state.AnnounceTeams(l, t, b.reg.People, ids, laterKey)
	if err != nil {
		panic(err)
	}
	b.say(name, at, body, blobs)
}

func (b *book) castLater(name, at string, t *rules.Later) {
	body, blobs := b.teamsOf(t)
	b.say(name, at, body, blobs)
}

// teamsOf is a sound cast of a teams notice: the first of each team leads.
func (b *book) teamsOf(t *rules.Later) (*record.Teams, map[string][]byte) {
	return b.teamsGiven(t, record.Given{Signature: rounds()[t.Body.Randomness.Round]})
}

func (b *book) teamsGiven(t *rules.Later, g record.Given) (*record.Teams, map[string][]byte) {
	handles, back := map[string]string{}, ""
	for _, p := range b.reg.People {
		h := draw.Handle("I", draw.Salt(laterKey, "I", p.ID), p.ID)
		if _, in := t.People[h]; in {
			handles[p.ID] = h
		}
	}
	back = handles["YS0000"]
	var lines []draw.RecusalLine
	var behind []draw.Declared
	for _, o := range t.Objects {
		lines = append(lines, rules.Recusal(o, []string{"YS0000"}, handles, laterKey))
		behind = append(behind, draw.Declared{Object: o, Inspector: back, Entry: b.decl["YS0000"]})
	}
	body, blobs, err := t.CastTeams(g, lines)
	if err != nil {
		panic(err)
	}
	s := step{Blobs: blobs}
	f := s.put(draw.FormatDeclared(behind))
	body.Declarations = &f
	teams, _ := draw.ParseTeams(blobs[body.Teams.SHA256])
	groups, _ := draw.ParseTeams(blobs[body.GroupTeams.SHA256])
	var leaders []draw.Team
	for _, team := range teams {
		for _, g := range groups {
			if g.Object == team.Members[0] {
				leaders = append(leaders, draw.Team{Object: team.Object, Members: g.Members[:1]})
			}
		}
	}
	body.Leaders = s.put(draw.FormatTeams(leaders))
	return body, s.Blobs
}

func waitingFor(b any) *record.File  { return &b.(*record.TeamsNotice).Objects }
func teamLeaders(b any) *record.File { return &b.(*record.Teams).Leaders }
func teamOpened(b any) *record.File  { return &b.(*record.Teams).Recusals }
func expertPool(b any) *record.File  { return &b.(*record.Notice).Experts.Pool }
func expertsOut(b any) *record.File  { return b.(*record.Notice).Experts.Out }

// laters: teams that come later, experts.
var laters = []trial{
	{name: "an expert more", pack: "later", step: "notice", code: "rules.pool-count", bad: rewrite(expertPool, func(l []string) []string { return append(l, strings.Repeat("f", 32)+"|") })},
	{name: "an expert dropped in silence", pack: "later", step: "notice", code: "rules.pool-count", also: []string{"rules.grounds"}, bad: rewrite(expertsOut, withoutOne)},
	{name: "experts in capitals", pack: "later", step: "notice", code: "rules.bad-file", bad: rewrite(expertPool, upper)},
	{name: "three experts where two can come", pack: "later", step: "notice", code: "rules.few-experts", bad: as(func(b *record.Notice) { b.Experts.Slots = make([]record.Slot, 3) }),
		good: as(func(b *record.Notice) { b.Experts.Slots = make([]record.Slot, 2) })},
	{name: "experts of another register", pack: "later", step: "notice", code: "rules.not-latest", bad: as(func(b *record.Notice) { b.Experts.Roster = b.Inspectors; b.Experts.Roster.Count = 4 })},
	{name: "experts who fly", pack: "later", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Experts.Slots[0].Needs = "flying" })},
	{name: "ten experts", pack: "later", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Experts.Slots = make([]record.Slot, 10) })},
	{name: "experts where the regulation knows none", pack: "yanshi", step: "notice", code: "rules.no-experts", bad: as(func(b *record.Notice) {
		b.Experts = &record.Experts{Roster: b.Inspectors, Pool: b.People, Slots: make([]record.Slot, 1)}
	})},
	{name: "experts of another lot", pack: "later", step: "draw", code: "rules.draw-differs", bad: as(func(b *record.Draw) { b.Experts = &b.Drawn })},
	{name: "no experts after all", pack: "later", step: "draw", code: "rules.draw-differs", bad: as(func(b *record.Draw) { b.Experts = nil })},

	{name: "one who was not drawn", pack: "later", step: "expert", code: "rules.not-in-team", bad: as(func(b *record.Expert) { b.Leave = strings.Repeat("f", 32) }),
		good: as(func(b *record.Expert) { b.Leave = "" })},
	{name: "from a roster of firms", pack: "later", step: "expert", code: "rules.no-such-entry", bad: as(func(b *record.Expert) { b.Roster = 2 }), good: as(func(b *record.Expert) { b.Roster = 0 })},
	{name: "who can fly", pack: "later", step: "expert", code: "rules.item-speciality", bad: as(func(b *record.Expert) { b.Specialities[0] = "flying" })},
	{name: "before the draw", pack: "later", step: "expert", code: "rules.date-order", bad: as(func(b *record.Expert) { b.Date = "2023-08-22" }), good: as(func(b *record.Expert) { b.Date = "2023-08-23" })},
	{name: "an expert for a firm not drawn", pack: "later", step: "expert", code: "rules.not-drawn", bad: as(func(b *record.Expert) { b.Object = strings.Repeat("f", 32) })},
	{name: "an expert after the result", pack: "later", step: "another expert", code: "rules.change-after-result", bad: func(s *step) { there(s, "expert") }},
	{name: "an expert of yanshi", pack: "yanshi", step: "result", code: "rules.no-experts", bad: func(s *step) {
		s.Body = &record.Expert{Notice: lot(s, "2023-001").Index, Object: team(s, 0).Handle, Person: sealed("x"), Ground: "需要", Date: "2023-08-25", Approved: sealed("x")}
	}},

	{name: "teams twice", pack: "later", step: "expert", code: "rules.redraw", bad: func(s *step) { there(s, "teams") }},
	{name: "teams of a draw", pack: "later", step: "teams", code: "rules.no-such-entry", bad: as(func(b *record.Teams) { b.Notice-- })},
	{name: "teams of another round", pack: "later", step: "teams", code: "rules.other-value", bad: as(func(b *record.Teams) { b.Signature = rounds()[1001] })},
	{name: "teams traded", pack: "later", step: "teams", code: "rules.draw-differs", bad: as(func(b *record.Teams) { b.Teams = b.Unstaffed })},
	{name: "recusals of one fewer", pack: "later", step: "teams", code: "rules.recusals-count", bad: rewrite(teamOpened, withoutOne)},
	{name: "leaders in capitals", pack: "later", step: "teams", code: "rules.bad-file", bad: rewrite(teamLeaders, upper)},
	{name: "opened in capitals", pack: "later", step: "teams", code: "rules.bad-file", bad: rewrite(teamOpened, upper)},
	{name: "one team without a leader", pack: "later", step: "teams", code: "rules.no-leader", bad: rewrite(teamLeaders, withoutOne)},
	{name: "a leader of no team", pack: "later", step: "teams", code: "rules.no-leader", bad: rewrite(teamLeaders, func(l []string) []string { l[0] = l[0][:33] + strings.Repeat("f", 32); return l })},
	{name: "teams of nobody's recusals", pack: "later", step: "teams", code: "rules.recusal-undeclared", bad: as(func(b *record.Teams) { b.Declarations = nil })},
	{name: "teams of an aborted draw", pack: "later", step: "teams", code: "rules.aborted", bad: func(s *step) {
		a := step{At: "2023-09-15T15:10:00+08:00", Body: &record.Abort{Notice: lot(s, "2023-001").Index, Ground: "x", Date: "2023-09-15"}, Signers: s.Signers, Origin: s.Origin}
		s.State.Apply(a.input())
	}},
	{name: "teams of a notice without effect", pack: "later", step: "teams", code: "rules.notice-failed", bad: func(s *step) {
		b := afterwards()
		s.State = b.before("teams-notice")
		n := b.copyOf("teams-notice")
		n.Body.(*record.TeamsNotice).To = "2024-01-01"
		s.State.Apply(n.input())
	}},

	{name: "one of the dispatched left out", pack: "later", step: "teams-notice", code: "rules.teams-objects", also: []string{"rules.recusals-count"}, bad: both(rewrite(waitingFor, withoutOne), as(func(b *record.TeamsNotice) { b.Count-- }), as(func(b *record.TeamsNotice) { b.Declared = 54 }))},
	{name: "teams of a draw that has them", step: "dispatch", code: "rules.teams-given", also: []string{"rules.teams-objects", "rules.recusals-count"}, bad: func(s *step) {
		n := afterwards().copyOf("teams-notice")
		n.Body.(*record.TeamsNotice).Notice = lot(s, "2023-001").Index
		s.Body, s.Blobs, s.At = n.Body, n.Blobs, n.At
	}},
	{name: "two at once", pack: "later", step: "teams", code: "rules.line-open", also: []string{"rules.notice-differs"}, bad: func(s *step) {
		there(s, "teams-notice")
		s.At = "2023-09-15T15:00:00+08:00"
	}},
	{name: "second first", pack: "later", step: "teams-notice", code: "rules.serial", bad: as(func(b *record.TeamsNotice) { b.Serial = 2 })},
	{name: "inspectors of another version", pack: "later", step: "teams-notice", code: "rules.not-latest", bad: as(func(b *record.TeamsNotice) { b.Inspectors.Entry-- })},
	{name: "visits after the task", pack: "later", step: "teams-notice", code: "rules.task-dates", bad: as(func(b *record.TeamsNotice) { b.To = "2023-09-29" })},
	{name: "visits before the round", pack: "later", step: "teams-notice", code: "rules.task-dates", bad: as(func(b *record.TeamsNotice) { b.From = "2023-09-14" }),
		good: as(func(b *record.TeamsNotice) { b.From = "2023-09-15" })},
	{name: "the key of the draw", pack: "later", step: "teams-notice", code: "rules.notice-differs", sev: rules.Warning, bad: func(s *step) {
		s.Body.(*record.TeamsNotice).KeyI = lot(s, "2023-001").Body.KeyI
	}},
	{name: "teams of another chain", pack: "later", step: "teams-notice", code: "rules.randomness", bad: as(func(b *record.TeamsNotice) { b.Randomness.Chain = b.KeyI })},
	{name: "teams 599 seconds before", pack: "later", step: "teams-notice", code: "rules.notice-late", bad: func(s *step) { s.At = "2023-09-15T18:50:04+08:00" },
		good: func(s *step) { s.At = "2023-09-15T18:50:03+08:00" }},
	{name: "teams of one", pack: "later", step: "teams-notice", code: "rules.team-small", bad: as(func(b *record.TeamsNotice) { b.Slots = b.Slots[:1] })},
	{name: "the register of the draw's week", pack: "later", step: "teams-notice", code: "rules.pool-count", bad: as(func(b *record.TeamsNotice) { b.PeopleOut, b.PeopleWhy = nil, nil })},
}

// there puts another step of the year with later teams here, at this one's time.
func there(s *step, name string) {
	state, at := s.State, s.At
	*s = afterwards().copyOf(name)
	s.State, s.At = state, max(at, s.At)
}

// TestLaterTeams: everybody dispatched is staffed by two cars without the one
// who stands back; what is dispatched afterwards waits for the next notice.
func TestLaterTeams(t *testing.T) {
	b := afterwards()
	l := b.state.Lot("2023-001")
	later := b.state.Teams("2023-001-T1")
	if later == nil || len(later.Objects) != len(l.Objects)-1 || later.Cast == nil || b.state.Teams("2023-001-T2") != nil {
		t.Fatalf("%+v", later)
	}
	back := draw.Handle("I", draw.Salt(laterKey, "I", "YS0000"), "YS0000")
	for i, o := range l.Objects {
		if i == 0 {
			if o.Staffed != 0 || len(o.Team) > 0 || o.Unstaffed || len(o.Experts) != 1 {
				t.Errorf("not dispatched: %+v", o)
			}
			continue
		}
		if o.Staffed != later.Index || len(o.Team) != 2 || o.Leader == "" || o.Group == "" || slices.Contains(o.Team, back) || l.HatOf(o) != &later.Hat {
			t.Errorf("%+v", o)
		}
	}
	if o := l.Objects[1]; len(o.Experts) != 0 || len(o.Named) != 1 || len(o.Changes) != 1 || o.Result == nil {
		t.Errorf("%+v", o)
	}
	var due []string
	for _, d := range b.before("teams").Duties("2023-09-18") {
		if d.Code == "run" {
			due = append(due, fmt.Sprint(d.Draw, " ", d.Due, " ", d.Late))
		}
	}
	if !slices.Equal(due, []string{"2023-001-T1 2023-09-15 1"}) {
		t.Errorf("due %v", due)
	}
	s := b.copyOf("result")
	s.State = b.before("teams")
	s.Body.(*record.Result).Signed = nil
	if found := codes(s.State.Apply(s.input())); found["rules.team-small"] != rules.Warning {
		t.Errorf("inspected by nobody: %v", found)
	}
}

// TestExperts: each drawn object has one of the two who can come, with loads as
// even as can be; they are none of the team.
func TestExperts(t *testing.T) {
	b := afterwards()
	s := b.before("dispatch")
	l := s.Lot("2023-001")
	load := map[string]int{}
	for _, o := range l.Objects {
		if len(o.Experts) != 1 || len(l.Experts) != 2 || len(o.Team) > 0 {
			t.Fatalf("%+v", o)
		}
		load[o.Experts[0]]++
	}
	for h, n := range load {
		if _, in := l.Experts[h]; !in || n > (len(l.Objects)+1)/2 || int64(n) > l.Draw.Body.ExpertCap {
			t.Errorf("%s has %d of %d", h, n, len(l.Objects))
		}
	}
}

// TestTeamsAfterExtension: visits of a task that was put off may last until its
// new end, and not a day longer.
func TestTeamsAfterExtension(t *testing.T) {
	b := bookOf("later")
	for _, c := range []struct {
		extended, to string
		refused      bool
	}{{"", "2023-10-31", true}, {"2023-10-31", "2023-10-31", false}, {"2023-10-31", "2023-11-01", true}} {
		s, st := b.before("teams-notice"), b.copyOf("teams-notice")
		l := s.Lot("2023-001")
		if l.Body.To >= "2023-10-31" {
			t.Fatalf("the task ends on %s", l.Body.To)
		}
		if c.extended != "" {
			l.Extensions = []rules.At[record.Extension]{{Body: &record.Extension{To: c.extended}}}
		}
		st.Body.(*record.TeamsNotice).To = c.to
		if got := codes(s.Apply(st.input()))["rules.task-dates"] == rules.Breach; got != c.refused {
			t.Errorf("extended to %q, visits to %s: refused %v", c.extended, c.to, got)
		}
	}
}
