package rules_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// open notices of people: their own small offices, since the hat of the year is
// too large for the edges.

// apply gives a body to the state and returns what is found.
func (b *book) apply(at string, body any, blobs map[string][]byte) map[string]rules.Severity {
	s := step{At: at, Body: body, Blobs: blobs, Signers: []string{signer}, Origin: origin}
	return codes(b.state.Apply(s.input()))
}

// manned is an office with so many inspectors on duty, each of whom declared
// that he stands back from every firm, and its draw of line A: the first
// recused many stand back from the firms of the list.
func manned(t *testing.T, people int, task rules.Task, recused func(firm string) []string) (*book, *rules.Lot) {
	t.Helper()
	b := open("gaoqing", 30, people)
	declared := map[string][]string{}
	for i, p := range b.reg.People {
		b.declare(fmt.Sprint("recusal ", i), "2023-08-22T09:00:00+08:00", p.ID, len(b.reg.Firms), 0)
	}
	for _, f := range b.reg.Firms {
		declared[f.ID] = recused(f.ID)
	}
	task.Line, task.Round, task.Declared = "A", firstRun, declared
	l := b.announce("notice", noticed, task)
	b.cast("draw", drawn, l, declared)
	s := b.send(l, "执法大队", "2023-08-24T09:00:00+08:00", l.Objects)
	b.say("dispatch", s.At, s.Body, s.Blobs)
	return b, l
}

func direct(l *rules.Lot, o *rules.Object, come, leave string, leads bool) *record.TeamChange {
	return &record.TeamChange{Notice: l.Index, Kind: "direct", Object: o.Handle, Come: come, Leave: leave, Ground: "人员不足", Date: "2023-08-25", Consent: "执法大队",
		Agreed: "2023-08-25", By: sealed("x"), Leads: leads}
}

// TestUnstaffed: an object that recusals alone leave without a team is named,
// and its team is appointed person by person up to its places; an inspection by
// fewer is noticed.
func TestUnstaffed(t *testing.T) {
	all := func(string) []string { return []string{"YS0000", "YS0001", "YS0002", "YS0003", "YS0004"} }
	b, l := manned(t, 7, rules.Task{Slots: []string{"", "", ""}}, all)
	found := codes(b.before("draw").Apply(inputOf(b, "draw")))
	if found["rules.recusal-unstaffed"] != rules.Warning || found["rules.draw-differs"] != "" {
		t.Errorf("the draw: %v", found)
	}
	o, other := l.Objects[0], l.Objects[1]
	if !o.Unstaffed || len(o.Team) > 0 || l.Draw.Body.Unstaffed.Lines != int64(len(l.Objects)) || len(o.Recused) != 5 {
		t.Fatalf("%+v", o)
	}
	var people []string
	for h := range l.People {
		if !slices.Contains(o.Recused, h) {
			people = append(people, h)
		}
	}
	slices.Sort(people)
	for i, c := range []struct {
		body *record.TeamChange
		want string
	}{
		{direct(l, o, people[0], people[1], true), "rules.direct-trigger"},
		{direct(l, o, o.Recused[0], "", true), "rules.not-qualified"},
		{direct(l, o, people[0], "", true), ""},
		{direct(l, o, people[0], "", false), "rules.already-in-team"},
		{direct(l, o, people[1], "", false), ""},
	} {
		found := b.apply("2023-08-25T09:00:00+08:00", c.body, nil)
		if c.want == "" && (len(found) != 1 || found["rules.direct"] != rules.Note) || c.want != "" && found[c.want] != rules.Breach {
			t.Errorf("%d: %v, want %q", i, found, c.want)
		}
	}
	if !slices.Equal(o.Team, people[:2]) || o.Leader != people[0] || len(o.Drawn) > 0 || !slices.Equal(o.Direct, people[:2]) {
		t.Errorf("%+v", o)
	}
	if found := b.apply("2023-09-20T09:00:00+08:00", b.result(l, o, "a"), nil); len(found) > 0 {
		t.Errorf("by two: %v", found)
	}
	if found := b.apply("2023-09-20T09:00:00+08:00", b.result(l, other, "a"), nil); found["rules.team-small"] != rules.Warning {
		t.Errorf("by nobody: %v", found)
	}
}

func inputOf(b *book, name string) rules.Input {
	s := b.copyOf(name)
	return s.input()
}

// TestDirectTrigger is the edge of A20: with three in a team of two a hand may
// take the lot's place, with four it may not; who stands back does not count.
func TestDirectTrigger(t *testing.T) {
	for _, c := range []struct {
		people, recused int
		free            bool
	}{{3, 0, true}, {4, 0, false}, {4, 1, true}, {5, 1, false}, {6, 3, true}} {
		var ids []string
		for i := range c.recused {
			ids = append(ids, fmt.Sprintf("YS%04d", i))
		}
		b, l := manned(t, c.people, rules.Task{}, func(string) []string { return ids })
		o := l.Objects[0]
		if o.Unstaffed {
			t.Fatalf("%+v: unstaffed", c)
		}
		change := direct(l, o, b.free(l, o), o.Team[1], o.Leader == o.Team[1])
		found := b.apply("2023-08-25T09:00:00+08:00", change, nil)
		if (found["rules.direct"] == rules.Note) != c.free || (found["rules.direct-trigger"] == rules.Breach) == c.free {
			t.Errorf("%+v: %v", c, found)
		}
	}
}

// TestCover: needed specialities go to slots that ask for nothing, and add
// slots; the hat must hold them; the notice may not leave one out.
func TestCover(t *testing.T) {
	for _, c := range []struct {
		needs [3]int // specialities of items 1, 2 and 3 by number, 0 none; lines take items 1 and 2
		slots []string
		hold  []int // specialities of the first inspectors
		want  string
		code  string
	}{
		{needs: [3]int{0, 0, 3}, want: " "},
		{needs: [3]int{1, 0, 0}, hold: []int{1}, want: "1 "},
		{needs: [3]int{1, 1, 0}, hold: []int{1}, want: "1 "},
		{needs: [3]int{1, 2, 0}, hold: []int{1, 2}, want: "1 2"},
		{needs: [3]int{1, 2, 0}, hold: []int{1}, code: "rules.few-inspectors"},
		{needs: [3]int{1, 0, 0}, code: "rules.few-inspectors"},
		{needs: [3]int{1, 2, 0}, slots: []string{"3", ""}, hold: []int{1, 2, 3}, want: "3 1 2"},
		{needs: [3]int{1, 0, 0}, slots: []string{"", "1"}, hold: []int{1}, want: " 1"},
	} {
		b := open("yanshi", 30, 5)
		name := func(n int) string { return b.pack.Specialities[n].Code }
		list := clone(b.copyOf("checklist").Body).(*record.Checklist)
		list.Version, list.Reason = 2, "改"
		for i, n := range c.needs {
			if n > 0 {
				list.Items[i].Specialities = []string{name(n)}
			}
		}
		b.say("checklist 2", "2023-06-21T09:00:00+08:00", list, nil)
		for i, n := range c.hold {
			b.reg.People[i].Quals = []string{name(n)}
		}
		task := rules.Task{Line: "A", Round: firstRun}
		for _, q := range c.slots {
			if q != "" {
				q = name(int(q[0] - '0'))
			}
			task.Slots = append(task.Slots, q)
		}
		a, err := b.state.Announce(task, b.reg, b.keys)
		if err != nil {
			if c.code == "" || !hasCode(err, c.code) {
				t.Errorf("%+v: %v", c, err)
			}
			continue
		}
		got := ""
		for i, s := range a.Notice.Slots {
			if i > 0 {
				got += " "
			}
			for n := range b.pack.Specialities {
				if s.Needs != "" && s.Needs == name(n) {
					got += fmt.Sprint(n)
				}
			}
		}
		if c.code != "" || got != c.want {
			t.Errorf("%+v: slots %q", c, got)
		}
		bare := clone(a.Notice).(*record.Notice)
		uncovered := false
		for i := range bare.Slots {
			uncovered = uncovered || bare.Slots[i].Needs != "" && len(c.slots) == 0
			if len(c.slots) == 0 {
				bare.Slots[i].Needs = ""
			}
		}
		s := step{At: noticed, Body: bare, Blobs: a.Blobs, Signers: []string{signer}, Origin: origin}
		if found := codes(b.before("").Apply(s.input())); (found["rules.team-uncovered"] == rules.Breach) != uncovered {
			t.Errorf("%+v: without them: %v", c, found)
		}
		if found := b.apply(noticed, a.Notice, a.Blobs); breachedCodes(found) {
			t.Errorf("%+v: %v", c, found)
		}
	}
}

func breachedCodes(found map[string]rules.Severity) bool {
	return slices.Contains(slices.Collect(maps.Values(found)), rules.Breach)
}

// TestCoverageIsKept: no change takes from a team a speciality that a slot
// needs, whatever place the one who leaves has; every small team is tried.
func TestCoverageIsKept(t *testing.T) {
	b := open("gaoqing", 30, 6)
	known, second := b.pack.Specialities[0].Code, b.pack.Specialities[1].Code
	sets := [][]string{nil, {known}, {second}, {known, second}, {known}, {second}}
	for i := range 6 {
		b.reg.People[i].Quals = sets[i]
	}
	l := b.announce("notice", noticed, rules.Task{Line: "A", Round: firstRun, Slots: []string{known, second}})
	b.cast("draw", drawn, l, nil)
	o := l.Objects[0]
	tried, kept := 0, 0
	for first := range l.People {
		for other := range l.People {
			if first == other {
				continue
			}
			o.Team = []string{first, other} // as direct assignments may leave it
			for slot := range 2 {
				for come, quals := range l.People {
					if come == first || come == other {
						continue
					}
					tried++
					after := []string{first, other}
					after[slot] = come
					lost := false
					for i, q := range []string{known, second} {
						lost = lost || covers(l, o.Team, q) && !covers(l, after, q)
						lost = lost || i == slot && slices.Contains(l.People[o.Team[slot]], q) && !slices.Contains(quals, q)
					}
					c := &record.TeamChange{Notice: l.Index, Kind: "replacement", Object: o.Handle, Leave: o.Team[slot], Come: come, Ground: b.pack.Team.Grounds[0], Date: "2023-08-24",
						Consent: "执法大队", Agreed: "2023-08-24", By: sealed("x")}
					found := b.apply("2023-08-24T10:00:00+08:00", c, nil)
					if lost != (found["rules.not-qualified"] == rules.Breach) || !lost && len(found) > 0 {
						t.Fatalf("%v + %v for slot %d: %v, lost %v", o.Team, quals, slot, found, lost)
					}
					if !lost {
						kept++
					}
					o.Team = []string{first, other}
				}
			}
		}
	}
	if tried != 6*5*2*4 || kept == 0 || kept == tried {
		t.Errorf("%d tried, %d kept", tried, kept)
	}
}

func covers(l *rules.Lot, team []string, q string) bool {
	return slices.ContainsFunc(team, func(m string) bool { return slices.Contains(l.People[m], q) })
}

// TestGroupTeams: three cars; an object's members are its team's, nobody is in
// two teams, a team is recused where any of its members is.
func TestGroupTeams(t *testing.T) {
	some := map[string]bool{}
	b, l := manned(t, 7, rules.Task{Groups: 3}, func(firm string) []string {
		if len(some) < 12 {
			some[firm] = true
			return []string{"YS0000"}
		}
		return nil
	})
	if l.Body.GroupTeams != 3 || l.Draw.Body.GroupTeams == nil || l.Draw.Body.GroupTeams.Lines != 3 {
		t.Fatalf("%+v", l.Draw.Body)
	}
	back := draw.Handle("I", draw.Salt(b.keys.KI, "I", "YS0000"), "YS0000")
	groups, in := map[string][]string{}, map[string]string{}
	for _, o := range l.Objects {
		if o.Group == "" || len(o.Team) != 2 {
			t.Fatalf("%+v", o)
		}
		if m, ok := groups[o.Group]; ok && !slices.Equal(m, o.Drawn) {
			t.Errorf("%s has %v and %v", o.Group, m, o.Drawn)
		}
		groups[o.Group] = o.Drawn
		for _, m := range o.Drawn {
			if in[m] != "" && in[m] != o.Group {
				t.Errorf("%s is in %s and %s", m, in[m], o.Group)
			}
			in[m] = o.Group
		}
		if some[b.firm(o.Handle).ID] && slices.Contains(o.Team, back) {
			t.Errorf("%s inspects where he stands back", back)
		}
	}
	if len(groups) < 2 {
		t.Errorf("teams %v", groups)
	}
	if found := b.apply("2023-08-25T09:00:00+08:00", b.change(l, l.Objects[0], 1), nil); len(found) > 0 {
		t.Errorf("a change within a team: %v", found)
	}
	if found := b.apply("2023-09-20T09:00:00+08:00", b.result(l, l.Objects[0], "a"), nil); len(found) > 0 {
		t.Errorf("a result: %v", found)
	}
	// Four teams of two need eight.
	if _, err := open("gaoqing", 30, 7).state.Announce(rules.Task{Line: "A", Round: firstRun, Groups: 4}, b.reg, b.keys); !hasCode(err, "rules.few-inspectors") {
		t.Errorf("four teams of seven people: %v", err)
	}
}

// TestDeclarations: what the draw opens is held to the declarations that stood
// in the ledger before the notice.
func TestDeclarations(t *testing.T) {
	three := func(string) []string { return []string{"YS0000", "YS0001", "YS0002"} }
	b, _ := manned(t, 7, rules.Task{}, three)
	relined := func(change func([]draw.Declared) []draw.Declared) step {
		s := b.copyOf("draw")
		body := s.Body.(*record.Draw)
		lines, err := draw.ParseDeclared(s.Blobs[body.Declarations.SHA256])
		if err != nil {
			t.Fatal(err)
		}
		if lines = change(lines); lines == nil {
			body.Declarations = nil
			return s
		}
		f := s.put(draw.FormatDeclared(lines))
		body.Declarations = &f
		return s
	}
	other := func(lines []draw.Declared, i int) int64 {
		for _, l := range lines {
			if l.Inspector != lines[i].Inspector {
				return l.Entry
			}
		}
		panic("one inspector")
	}
	for name, c := range map[string]struct {
		change func([]draw.Declared) []draw.Declared
		want   string
	}{
		"as it was":           {func(l []draw.Declared) []draw.Declared { return l }, ""},
		"none":                {func([]draw.Declared) []draw.Declared { return nil }, "rules.recusal-undeclared"},
		"one missing":         {func(l []draw.Declared) []draw.Declared { return l[1:] }, "rules.recusal-undeclared"},
		"an entry of no one":  {func(l []draw.Declared) []draw.Declared { l[0].Entry = 2; return l }, "rules.recusal-undeclared"},
		"that of a colleague": {func(l []draw.Declared) []draw.Declared { l[0].Entry = other(l, 0); return l }, "rules.recusal-undeclared"},
		"one recusal too many": {func(l []draw.Declared) []draw.Declared {
			return append(l, draw.Declared{Object: l[0].Inspector, Inspector: l[0].Object, Entry: l[0].Entry})
		}, "rules.recusals-count"},
		"later than the notice": {func(l []draw.Declared) []draw.Declared { l[0].Entry = b.state.Size; return l }, "rules.recusal-undeclared"},
	} {
		s := relined(c.change)
		found := codes(s.State.Apply(s.input()))
		if c.want == "" && breachedCodes(found) || c.want != "" && found[c.want] != rules.Breach {
			t.Errorf("%s: %v, want %q", name, found, c.want)
		}
	}
}

// TestDeclaredBeforehand: a notice states no more recusals than were declared
// before it, and a withdrawn declaration counts no more.
func TestDeclaredBeforehand(t *testing.T) {
	b := open("gaoqing", 30, 5)
	declared := map[string][]string{b.reg.Firms[0].ID: {"YS0000"}, b.reg.Firms[1].ID: {"YS0000"}}
	say := func() map[string]rules.Severity {
		a, err := b.state.Announce(rules.Task{Line: "A", Round: firstRun, Declared: declared}, b.reg, b.keys)
		if err != nil {
			t.Fatal(err)
		}
		s := step{At: noticed, Body: a.Notice, Blobs: a.Blobs, Signers: []string{signer}, Origin: origin}
		return codes(b.before("").Apply(s.input()))
	}
	if found := say(); found["rules.recusal-undeclared"] != rules.Breach {
		t.Errorf("nothing declared: %v", found)
	}
	b.declare("one", "2023-07-03T09:00:00+08:00", "YS0000", 1, 0)
	if found := say(); found["rules.recusal-undeclared"] != rules.Breach {
		t.Errorf("one unit declared: %v", found)
	}
	b.declare("two", "2023-07-04T09:00:00+08:00", "YS0000", 2, b.decl["YS0000"])
	if found := say(); breachedCodes(found) {
		t.Errorf("two units declared: %v", found)
	}
	b.declare("none", "2023-07-05T09:00:00+08:00", "YS0000", 0, b.decl["YS0000"])
	if found := say(); found["rules.recusal-undeclared"] != rules.Breach {
		t.Errorf("withdrawn: %v", found)
	}
}
