package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// TestUnitLine: all sets of codes on up to three items, against the rule in
// other words: what was found anywhere; where nothing was, what stands alone;
// 未发现问题 only if nothing else stands alone.
func TestUnitLine(t *testing.T) {
	for _, name := range []string{"gaoqing", "yanshi"} {
		p := pack(t, name)
		// Each item has a code that stands alone, or any set of three that do not.
		var choices [][]string
		for _, c := range p.Result.Codes {
			if c.Alone {
				choices = append(choices, []string{c.Code})
			}
		}
		for set := 1; set < 8; set++ {
			var codes []string
			for i, c := range []string{"g", "b", "e"} {
				if set>>i&1 == 1 {
					codes = append(codes, c)
				}
			}
			choices = append(choices, codes)
		}
		n := len(choices)
		for i := range n * n * n {
			items := []record.ItemCodes{{Item: "1", Codes: choices[i%n]}, {Item: "2", Codes: choices[i/n%n]}, {Item: "3", Codes: choices[i/n/n]}}
			var want []string
			has := func(code string) bool {
				return slices.ContainsFunc(items, func(it record.ItemCodes) bool { return slices.Contains(it.Codes, code) })
			}
			for _, alone := range []bool{false, true} {
				for _, c := range p.Result.Codes {
					if len(want) == 0 || !alone || slices.ContainsFunc(want, func(w string) bool { code, _ := p.CodeOf(w); return code.Alone }) {
						if c.Alone == alone && has(c.Code) {
							want = append(want, c.Code)
						}
					}
				}
			}
			if len(want) > 1 && want[0] == "a" {
				want = want[1:]
			}
			if got := p.UnitLine(items); !slices.Equal(got, want) {
				t.Fatalf("%s %v: %v, want %v", name, items, got, want)
			}
		}
		if p.UnitLine(nil) != nil {
			t.Error("a line of no items")
		}
	}
}

// summary is everything of a state that a later entry could depend on.
func summary(s *rules.State) string {
	var b strings.Builder
	fmt.Fprintln(&b, s.Origin, len(s.Charters), s.Pack.ID, len(s.Checklists), len(s.Rosters), len(s.Plans), len(s.Filings), len(s.Histories), len(s.Results))
	for _, l := range s.Lots {
		if l.Failed {
			continue
		}
		fmt.Fprintln(&b, l.Index, l.Draw != nil, l.Abort != nil, l.KOpened, len(l.Opened), len(l.Sent), l.Closed())
		for _, o := range l.Objects {
			fmt.Fprintln(&b, o.Handle, o.Team, o.Leader, o.Dispatch, len(o.Changes), o.Result != nil, o.Opened)
		}
	}
	for _, f := range s.Results {
		fmt.Fprintln(&b, f.Index, f.Outcome().Codes, f.Ended(), len(f.Corrections), len(f.FollowUps))
	}
	return b.String()
}

// TestBreachHasNoEffect: after any entry that breaks a rule everything stands
// as it stood, and the sound entry in its place is still accepted.
func TestBreachHasNoEffect(t *testing.T) {
	tried := 0
	for _, list := range [][]trial{lists, notices, draws, afters, finals} {
		for _, c := range list {
			if c.sev != "" || c.step == "charter" {
				continue
			}
			name := c.pack
			if name == "" {
				name = "gaoqing"
			}
			b := bookOf(name)
			s := b.copyOf(c.step)
			c.bad(&s)
			before := summary(s.State)
			size := s.State.Size
			if !breached(s.State.Apply(s.input())) {
				t.Errorf("%s %s: no breach", c.code, c.name)
			}
			if after := summary(s.State); after != before || s.State.Size != size+1 {
				t.Errorf("%s %s: before\n%safter\n%s", c.code, c.name, before, after)
			}
			tried++
		}
	}
	if tried < 150 {
		t.Errorf("only %d", tried)
	}
}

// TestPackOfTheNotice: a charter with another pack does not loosen what a
// notice has promised, and holds from the next notice on.
func TestPackOfTheNotice(t *testing.T) {
	b, other := gaoqing(), yanshi().copyOf("charter")
	s := b.before("dispatch")
	other.At = "2023-08-24T08:40:00+08:00"
	other.Body.(*record.Charter).Keys = b.copyOf("charter").Body.(*record.Charter).Keys
	if found := codes(s.Apply(other.input())); found["rules.pack-adopted"] != rules.Note || len(found) > 1 || s.Pack.Prefix != "Y" {
		t.Fatalf("%v", found)
	}
	d := b.copyOf("dispatch")
	leaderless := d
	leaderless.Body = clone(d.Body)
	leaderless.Body.(*record.Dispatch).Leaders = leaderless.put(nil)
	if found := codes(s.Apply(leaderless.input())); found["rules.no-leader"] != rules.Breach {
		t.Errorf("a dispatch without leaders: %v", found)
	}
	if found := codes(s.Apply(d.input())); len(found) > 0 {
		t.Errorf("the dispatch: %v", found)
	}
	change := b.copyOf("change")
	if found := codes(s.Apply(change.input())); len(found) > 0 {
		t.Errorf("a replacement, which the other pack does not know: %v", found)
	}
	r := b.copyOf("result")
	unsigned := r
	unsigned.Body = clone(r.Body)
	unsigned.Body.(*record.Result).Signed = nil
	if found := codes(s.Apply(unsigned.input())); found["rules.sign-off"] != rules.Breach {
		t.Errorf("a result that nobody signed: %v", found)
	}
	if found := codes(s.Apply(r.input())); len(found) > 0 {
		t.Errorf("the result: %v", found)
	}
	for _, duty := range s.Duties("2023-10-20") {
		if duty.Code == "result" && duty.Due != "2023-11-01" {
			t.Errorf("%+v", duty)
		}
	}
}

// TestReplacementHoldsWhatItNeeds: who comes for one that the place was given
// to for what he knows must know it too.
func TestReplacementHoldsWhatItNeeds(t *testing.T) {
	b := open("gaoqing", 30, 6)
	known := b.pack.Specialities[0].Code
	for i := range 3 {
		b.reg.People[i].Quals = []string{known}
	}
	l := b.announce("notice", noticed, rules.Task{Line: "A", Round: firstRun, Slots: []string{"", known}})
	b.cast("draw", drawn, l, nil)
	o := l.Objects[0]
	for h, quals := range l.People {
		if slices.Contains(o.Team, h) {
			continue
		}
		for slot, free := range []bool{true, slices.Contains(quals, known)} {
			c := &record.TeamChange{Notice: l.Index, Kind: "replacement", Object: o.Handle, Leave: o.Team[slot], Come: h, Ground: b.pack.Team.Grounds[0], Date: "2023-08-24",
				Consent: "执法大队", Agreed: "2023-08-24", By: sealed("x")}
			s := step{At: "2023-08-24T10:00:00+08:00", Body: c, Signers: []string{signer}, Origin: origin}
			team := slices.Clone(o.Team)
			found := codes(b.state.Apply(s.input()))
			if free != (len(found) == 0) || !free && found["rules.not-qualified"] != rules.Breach {
				t.Errorf("slot %d, %v: %v", slot, quals, found)
			}
			o.Team = team
		}
	}
}

// TestKeys: a charter's keys sign from the next index on, and no longer.
func TestKeys(t *testing.T) {
	b := gaoqing()
	first := b.copyOf("charter")
	s := rules.New()
	if got := s.Keys(first.input().Entry); !slices.Equal(got, []string{officeKey}) {
		t.Errorf("entry 0 may be signed by %v", got)
	}
	later := b.copyOf("plan")
	plan := later.input().Entry
	if got := s.Keys(plan); got != nil {
		t.Errorf("before a charter %v may sign", got)
	}
	s.Apply(first.input())
	next := b.copyOf("charter")
	next.At = "2023-06-12T10:00:00+08:00"
	next.Body.(*record.Charter).Keys[1].Key = "new-key"
	if got := s.Keys(next.input().Entry); !slices.Equal(got, []string{officeKey}) {
		t.Errorf("the new charter may be signed by %v: it would appoint itself", got)
	}
	s.Apply(next.input())
	if got := s.Keys(plan); !slices.Equal(got, []string{"new-key"}) {
		t.Errorf("afterwards %v may sign", got)
	}
	unsigned := b.copyOf("charter")
	unsigned.At, unsigned.Signers = "2023-06-12T11:00:00+08:00", nil
	unsigned.Body.(*record.Charter).Keys[1].Key = "thief"
	s.Apply(unsigned.input())
	if got := s.Keys(plan); !slices.Equal(got, []string{"new-key"}) {
		t.Errorf("after an unsigned charter %v may sign", got)
	}
}

// TestFailedNotice: it keeps its serial, is found by its id only until another
// has it, does not hold the line, and nothing can follow from it.
func TestFailedNotice(t *testing.T) {
	b := gaoqing()
	bad, s := b.copyOf("notice"), b.before("notice")
	n := bad.Body.(*record.Notice)
	n.Draw, n.Names = "2023-002", "on-dispatch"
	s.Apply(bad.input())
	if l := s.Lot("2023-002"); l == nil || !l.Failed || !l.Closed() || s.NextSerial(2023) != 2 || s.NextSerial(2024) != 1 {
		t.Fatalf("%+v, next serial %d", l, s.NextSerial(2023))
	}
	a, err := s.Announce(rules.Task{Line: "A", Round: firstRun}, b.reg, b.keys)
	if err != nil {
		t.Fatal(err)
	}
	good := step{At: "2023-08-23T15:10:00+08:00", Body: a.Notice, Blobs: a.Blobs, Signers: []string{signer}, Origin: origin}
	if breached(s.Apply(good.input())) || a.Notice.Draw != "2023-002" {
		t.Fatalf("%s is refused", a.Notice.Draw)
	}
	if l := s.Lot("2023-002"); l.Failed || l.Index != s.Size-1 || s.LotAt(s.Size-2) == nil || s.Lot("2023-003") != nil {
		t.Errorf("found %d, %v", l.Index, l.Failed)
	}
	for _, body := range []any{&record.Abort{Notice: s.Size - 2, Ground: "x", Date: "2023-08-23"}, &record.Opened{Notice: s.Size - 2, K: true}} {
		c := step{At: "2023-08-23T15:20:00+08:00", Body: body, Signers: []string{signer}, Origin: origin}
		state := s.Size
		if !breached(s.Apply(c.input())) {
			t.Errorf("%T at %d follows from a notice without effect", body, state)
		}
	}
}

// TestDuties: what is due of a draw at each stage, and how late.
func TestDuties(t *testing.T) {
	b := gaoqing()
	for _, c := range []struct {
		before, today string
		want          string
	}{
		{"notice", "2023-08-23", "file-plan 2023 1/1 late 0 due "},
		{"draw", "2023-08-25", "file-plan 2023 1/1 late 0 due |run 2023-001 1/1 late 2 due 2023-08-23|run 2023-002 1/1 late 2 due 2023-08-23|open-k 2023-002 1/1 late 0 due 2023-11-01"},
		{"dispatch", "2023-08-24", "file-plan 2023 1/1 late 0 due |run 2023-002 1/1 late 1 due 2023-08-23|dispatch 2023-001 11/11 late 0 due 2023-08-24|result 2023-001 11/11 late 0 due 2023-11-01|open-k 2023-001 1/1 late 0 due 2023-11-01|open-k 2023-002 1/1 late 0 due 2023-11-01"},
		{"dispatch", "2023-11-03", "file-plan 2023 1/1 late 0 due |run 2023-002 1/1 late 48 due 2023-08-23|dispatch 2023-001 11/11 late 47 due 2023-08-24|result 2023-001 11/11 late 2 due 2023-11-01|open-k 2023-001 1/1 late 2 due 2023-11-01|open-k 2023-002 1/1 late 2 due 2023-11-01"},
		{"result 1", "2023-11-02", "follow-up 2023-001 1/1 late 0 due |file-plan 2023 1/1 late 0 due |run 2023-002 1/1 late 47 due 2023-08-23|dispatch 2023-001 11/0 late 0 due 2023-08-24|run 2023-003 1/1 late 30 due 2023-09-15|result 2023-001 11/10 late 1 due 2023-11-01|open-k 2023-001 1/1 late 1 due 2023-11-01|open-k 2023-002 1/1 late 1 due 2023-11-01|open-k 2023-003 1/1 late 1 due 2023-11-01"},
		{"objection", "2023-11-02", "follow-up 2023-001 11/10 late 0 due |file-plan 2023 1/0 late 0 due |run 2023-002 1/1 late 47 due 2023-08-23|dispatch 2023-001 11/0 late 0 due 2023-08-24|run 2023-003 1/1 late 30 due 2023-09-15|result 2023-001 11/0 late 0 due 2023-11-01|open-k 2023-001 1/0 late 0 due 2023-11-01|open-k 2023-002 1/1 late 1 due 2023-11-01"},
	} {
		var got []string
		for _, d := range b.before(c.before).Duties(c.today) {
			if d.Code == "joint" {
				continue // TestJointYear
			}
			got = append(got, fmt.Sprintf("%s %s %d/%d late %d due %s", d.Code, d.Draw, d.Count, d.Open, d.Late, d.Due))
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("before %q on %s:\n got %s\nwant %s", c.before, c.today, strings.Join(got, "|"), c.want)
		}
	}
}
