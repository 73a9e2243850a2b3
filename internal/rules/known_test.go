package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// hits says in the ledger the selections before the charter that the book's
// registers know of.
func (b *book) hits(at string) {
	n := int64(0)
	for _, days := range b.reg.Hits {
		n += int64(len(days))
	}
	if n > 0 {
		b.selectedBefore(at, n)
	}
}

func (b *book) selectedBefore(at string, n int64) {
	data := []byte(strings.Repeat(strings.Repeat("a", 64)+"\n", int(n)))
	b.say("hits", at, &record.History{Date: at[:10], From: "2022-07-01", To: "2023-06-01", Count: n, File: rules.LinesOf(data)}, map[string][]byte{rules.Hash(data): data})
}

// TestCapUnknown: nobody is left out as one who reached the cap, nor freed from
// it, beyond the selections that the ledger knows.
func TestCapUnknown(t *testing.T) {
	for name, most := range map[string]int64{"gaoqing": 20, "yanshi": 40} {
		for _, known := range []int64{0, most - 1, most} {
			b := open(name, 60, 9)
			b.reg.Hits = map[string][]string{}
			n := 0
			for _, f := range b.reg.Firms {
				if f.Status == "存续" && f.Sector == b.pack.Sectors[len(b.pack.Sectors)-1].Code || n < 20 && f.Status == "存续" {
					b.reg.Hits[f.ID] = slices.Repeat([]string{"2023-05-04"}, b.pack.Cap.Max)
				}
				if n = len(b.reg.Hits); n == 20 {
					break
				}
			}
			if known > 0 {
				b.selectedBefore("2023-07-02T09:00:00+08:00", known)
			}
			a, err := b.state.Announce(rules.Task{Line: "A", Round: firstRun}, b.reg, b.keys)
			if err != nil {
				t.Fatal(err)
			}
			s := step{At: noticed, Body: a.Notice, Blobs: a.Blobs, Signers: []string{signer}, Origin: origin, State: b.state}
			found := codes(s.State.Apply(s.input()))
			if want := map[bool]rules.Severity{true: rules.Breach}[known < most]; found["rules.cap-unknown"] != want {
				t.Errorf("%s, %d known: %v, want %q", name, known, found, want)
			}
		}
	}
}

// TestAcrossCounts: what the platform drew and what an aborted draw inspected
// count to the cap; an exemption by sector frees none of another sector.
func TestAcrossCounts(t *testing.T) {
	twice := func(b *book, s *rules.State) (first, second *rules.Lot) {
		l := s.Lot("2023-001")
		for _, o := range l.Objects {
			o.ID = b.firm(o.Handle).ID
		}
		other := *l
		other.At.Index, other.At.Body = 9999, clone(l.Body).(*record.Notice)
		other.Body.Draw = "2023-009"
		s.Lots = append(s.Lots, &other)
		return l, &other
	}
	b := bookOf("platform")
	s := b.before("")
	_, o := twice(b, s)
	third := *o
	s.Lots = append(s.Lots, &third)
	if found := codes(s.Across()); found["rules.over-cap"] != rules.Warning {
		t.Errorf("the platform drew them three times: %v", found)
	}

	b = gaoqing()
	s = b.before("filing")
	l, o := twice(b, s)
	o.Body.Randomness.Time = "2023-11-01T10:00:00+08:00"
	l.Abort = &rules.At[record.Abort]{Body: &record.Abort{}}
	if found := codes(s.Across()); found["rules.over-cap"] != rules.Warning {
		t.Errorf("aborted when all were inspected: %v", found)
	}
	for _, x := range l.Objects {
		y := *x
		y.Result = nil
		*x = y
	}
	if found := codes(s.Across()); found["rules.over-cap"] != "" {
		t.Errorf("aborted before anybody was inspected: %v", found)
	}

	s = b.before("filing")
	l, o = twice(b, s)
	o.Body.Randomness.Time = "2023-11-01T10:00:00+08:00"
	o.Body.Freed = []record.Ground{{Code: "exempt.0", Clause: "G-6.2d", Count: o.Body.Pool.Lines}}
	named := o.Pack.Exempts()[0].Sectors
	count := map[rules.Severity]int{}
	for _, f := range s.Across() {
		if f.Code == "rules.over-cap" {
			count[f.Severity]++
		}
	}
	free := 0
	for _, x := range l.Objects {
		if len(named) == 0 || slices.Contains(named, x.Result.Body.Sector) {
			free++
		}
	}
	if count[rules.Note] != free || count[rules.Warning] != len(l.Objects)-free || free == 0 || free == len(l.Objects) && len(named) > 0 {
		t.Errorf("freed by sectors %v: %v of %d, want %d notes", named, count, len(l.Objects), free)
	}
}

// TestPackOfTheSameID: the sections that differ are named.
func TestPackOfTheSameID(t *testing.T) {
	for id, want := range map[string]rules.Severity{"": rules.Warning, "demo-2024": ""} {
		b := gaoqing()
		s := b.before("notice")
		p := mustPack("gaoqing")
		p.Cap.Max, p.Publish.Days = 100, 250
		if id != "" {
			p.ID = id
		}
		c := adopting(b, "2023-08-22T09:00:00+08:00", p)
		got := ""
		found := s.Apply(c.input())
		for _, f := range found {
			if f.Code == "rules.pack-same-id" {
				got = f.Got
			}
		}
		if codes(found)["rules.pack-same-id"] != want || want != "" && got != "publish、cap" && got != "cap、publish" {
			t.Errorf("%q: %v %s", id, codes(found), got)
		}
	}
}

// TestYearPacks: a floor abolished on the last evening counts all the same; in
// the next year it is gone.
func TestYearPacks(t *testing.T) {
	for at, want := range map[string]string{"2023-12-31T23:59:59+08:00": "min", "2024-01-01T00:00:00+08:00": "min"} {
		b := gaoqing()
		s := b.before("filing")
		p := *b.pack
		p.ID = "demo-2024"
		p.Ratios = slices.Clone(p.Ratios)
		p.Ratios[0].Op, p.Ratios[0].Value = "none", ""
		c := adopting(b, at, &p)
		s.Apply(c.input())
		if got := s.Stats(2023, "2024-06-01").Classes[0]; got.Op != want || got.Floor == 0 {
			t.Errorf("%s: %+v", at, got)
		}
		told := false
		for _, f := range s.Yearly("2024-06-01") {
			told = told || f.Code == "rules.year-packs" && f.Place == "2023" && f.Severity == rules.Warning && strings.Contains(f.Got, p.Ratios[0].Name)
		}
		if told != (at[:4] == "2023") {
			t.Errorf("%s: told %v", at, told)
		}
		if got := s.Stats(2025, "2025-06-01").Classes[0]; got.Op != "none" {
			t.Errorf("%s: 2025 %+v", at, got)
		}
	}
}

// TestBaseSmall: a plan that was made on a small register is told once draws
// go by a larger one; half of it is not small.
func TestBaseSmall(t *testing.T) {
	for base, want := range map[int64]bool{1: true, 14: true, 15: false} {
		b := gaoqing()
		s := b.before("filing")
		first := s.Rosters[slices.IndexFunc(s.Rosters, func(r rules.At[record.Roster]) bool { return r.Body.Kind == "objects" })]
		small := first
		small.Body = clone(first.Body).(*record.Roster)
		small.Index = 0 // before every plan
		n := int64(0)
		for i := range small.Body.Classes {
			if n == 0 {
				n = small.Body.Classes[i].Count
			}
			small.Body.Classes[i].Count = base
		}
		if n != 30 {
			t.Fatalf("the class has %d", n)
		}
		big := first
		big.Index, big.Time = s.Plans[0].Index+1, s.Plans[0].Time
		for _, l := range s.Lots {
			l.Body = clone(l.Body).(*record.Notice)
			l.Body.Roster.Entry = big.Index
		}
		s.Rosters = []rules.At[record.Roster]{small, big}
		told := false
		for _, f := range s.Yearly("2023-10-01") {
			told = told || f.Code == "rules.base-small" && f.Severity == rules.Warning && f.Want == "30"
		}
		if told != want {
			t.Errorf("base %d: told %v", base, told)
		}
	}
}

// TestYearsBack: a charter of the year 0 makes no two thousand years.
func TestYearsBack(t *testing.T) {
	years := func(at string) int {
		p := *mustPack("yanshi")
		p.EffectiveFrom = ""
		b := openPack(&p, 60, 9)
		s := b.before("")
		s.Charters[0].Time = at
		seen := map[string]bool{}
		for _, f := range s.Yearly("2023-12-01") {
			if f.Code == "rules.year-plan" || f.Code == "rules.year-roster" {
				seen[f.Place] = true
			}
		}
		return len(seen)
	}
	if n, m := years("0000-01-01T09:00:00+08:00"), years("1993-01-01T09:00:00+08:00"); n != m || n > 31 || n < 29 {
		t.Errorf("%d years, of 30 years %d", n, m)
	}
}

// TestJoinedIdle: a list of which nothing became by its due is no joint check.
func TestJoinedIdle(t *testing.T) {
	b := bookOf("gaoqing joint")
	s := b.before("")
	if len(s.Joined) == 0 {
		t.Fatal("no joined task")
	}
	s.Joined, s.Lots = s.Joined[:1], nil
	j := s.Joined[0]
	short := func(day string) bool { return codes(s.JointFindings(day))["rules.joint-few"] != "" }
	if short("2024-06-01") == (len(j.Results) > 0) {
		t.Errorf("%d results: short %v", len(j.Results), short("2024-06-01"))
	}
	j.Results = map[string]*rules.Finished{}
	if !short("2024-06-01") {
		t.Error("counted without a result")
	}
	if short(j.Body.To) {
		t.Error("short before its results are due")
	}
	j.Results = map[string]*rules.Finished{"x": {}}
	if short("2024-06-01") {
		t.Error("one result, and not counted")
	}
}

func init() {
	for code, test := range map[string]string{"rules.cap-unknown": "TestCapUnknown", "rules.pack-same-id": "TestPackOfTheSameID", "rules.year-packs": "TestYearPacks", "rules.base-small": "TestBaseSmall"} {
		elsewhere[code] = test
	}
	lists = append(lists, held...)
}

var held = []trial{
	{name: "when all were inspected", step: "filing", code: "rules.abort-closed", bad: func(s *step) {
		s.At, s.Body = "2023-11-10T09:00:00+08:00", &record.Abort{Notice: lot(s, "2023-001").Index, Ground: "工作需要", Date: "2023-11-10"}
	}, good: func(s *step) {
		l := lot(s, "2023-001")
		o := *l.Objects[0]
		o.Result = nil
		l.Objects[0] = &o
		s.At, s.Body = "2023-11-10T09:00:00+08:00", &record.Abort{Notice: l.Index, Ground: "工作需要", Date: "2023-11-10"}
	}},
	{name: "a class of sectors without its sector", step: "result", code: "rules.class-sector", bad: as(func(b *record.Result) { b.Sector, b.Classes = "", []string{"general"} }),
		good: as(func(b *record.Result) { b.Sector, b.Classes = "", nil })},
	{name: "classes counted without sectors", step: "objects", code: "rules.class-unsectored", sev: rules.Note, bad: as(func(b *record.Roster) { b.Sectors = nil }),
		good: as(func(b *record.Roster) { b.Sectors, b.Classes = nil, nil })},
	{name: "teams later of the platform", pack: "platform", step: "notice", code: "rules.platform-teams", bad: func(s *step) { s.Body.(*record.Notice).Slots = nil; noPeople(s) }},
	{name: "people of a partner said to be drawn", pack: "gaoqing joint", step: "partner-team", code: "rules.partner-drawn", sev: rules.Note, bad: as(func(b *record.PartnerTeam) { b.Way, b.Ground = "drawn", "" }),
		good: as(func(b *record.PartnerTeam) { b.Way, b.Ground = "own-selected", "演示" })},
}

// noPeople takes the hat of people out of a notice.
func noPeople(s *step) {
	b := s.Body.(*record.Notice)
	b.People, b.Recusals, b.PeopleOut, b.PeopleWhy, b.GroupTeams, b.Declared, b.MostForOne = s.put(nil), s.put(nil), nil, nil, 0, 0, 0
}

// TestUnjudgedTold: a pack whose day lies far ahead silences nothing that is
// about the lots themselves.
func TestUnjudgedTold(t *testing.T) {
	for _, from := range []string{"2023-01-01", "2099-01-01"} {
		p := *mustPack("yanshi")
		p.EffectiveFrom = from
		b := openPack(&p, 60, 9)
		l := b.announce("notice", noticed, rules.Task{Line: "A", Before: "2023-08-24T09:00:00+08:00"})
		s := b.platform(l, nil)
		s.State = b.state
		swap(nowhere, false)(&s)
		if found := codes(s.State.Apply(s.input())); found["rules.platform-outside"] != rules.Warning {
			t.Errorf("from %s: %v", from, found)
		}
	}
}

// TestBesideThePlatform: a draw whose list of the platform is in the ledger is
// drawn; one without is not.
func TestBesideThePlatform(t *testing.T) {
	for step, want := range map[string]rules.Severity{"": "", "platform": rules.Warning} {
		b := bookOf("platform")
		s := b.before(step)
		a, err := s.Announce(rules.Task{Line: "C", Round: 957413}, b.reg, rules.Keys{K: []byte(strings.Repeat("k", 32)), KI: []byte(strings.Repeat("i", 32))})
		if err != nil {
			t.Fatal(err)
		}
		n := noticeOf(s, a)
		if found := codes(s.Apply(n.input())); found["rules.undrawn-beside"] != want {
			t.Errorf("before %q: %v", step, found)
		}
	}
}

func noticeOf(s *rules.State, a *rules.Announcement) step {
	return step{At: "2023-09-21T09:00:00+08:00", Signers: []string{signer}, Origin: origin, State: s, Body: a.Notice, Blobs: a.Blobs}
}
