package rules_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// vkey is a verifier key whose point nobody looks at: room ledger does.
func vkey(name string, fill byte) string {
	return name + "+01234567+" + base64.StdEncoding.EncodeToString(append([]byte{1}, slices.Repeat([]byte{fill}, 32)...))
}

var (
	school, archives = vkey("school", 1), vkey("archives", 2)
	justice, press   = vkey("justice", 3), vkey("press", 4)
)

const (
	kl8Line  = "kl8:2023225:02,05,09,11,14,18,23,27,30,33,38,41,46,50,52,59,63,68,74,80"
	ssqLines = "ssq:2023098:01,07,13,19,25,33+16;dlt:23099:02,09,17,28,35+03,12;ssq:2023099:02,08,14,20,26,32+01"
	diceLine = "d6:3641526341526341523641"
)

func lotteryOf(draws ...record.LotteryDraw) *record.Randomness {
	r := &record.Randomness{Kind: "lottery", Time: draws[0].Closes, Draws: draws}
	for _, d := range draws {
		r.Time = min(r.Time, d.Closes)
	}
	return r
}

func ceremonyOf(start string) *record.Randomness {
	return &record.Randomness{Kind: "ceremony", Time: start, Ceremony: &record.Ceremony{Throws: 22, Place: "演示会议室",
		Present: []record.Present{{Name: sealed("a"), Body: "演示司法局", Key: justice}, {Name: sealed("b"), Body: "演示报社", Key: press}, {Name: sealed("c"), Body: "演示档案馆", Key: archives}}}}
}

// withContributors names who adds numbers.
func withContributors(r *record.Randomness) *record.Randomness {
	r.Contributors = []record.Contributor{{Name: "演示高校", Key: school}, {Name: "演示档案馆", Key: archives}}
	return r
}

// witnessed says a step of the office that its witnesses saw when it says so.
func (b *book) witnessed(name, at string, body any, blobs map[string][]byte) {
	b.hear(name, step{At: at, Body: body, Blobs: blobs, Signers: []string{signer}, Origin: origin, Seen: record.Unix(at)})
}

// contribute says a contribution with the key of a contributor of the notice.
func (b *book) contribute(name, at string, notice int64, c, by, key string) {
	b.hear(name, step{At: at, Body: &record.Contribution{Notice: notice, Commitment: c, Value: strings.Repeat("7", 64)}, Signers: []string{key}, By: by, Origin: origin, Seen: record.Unix(at)})
}

func (b *book) notices(name, at string, t rules.Task) *rules.Lot {
	a, err := b.state.Announce(t, b.reg, b.keys)
	if err != nil {
		panic(err)
	}
	b.witnessed(name, at, a.Notice, a.Blobs)
	return b.state.Lot(a.Notice.Draw)
}

// castGiven says the draw of a lot from given values.
func (b *book) castGiven(name, at string, l *rules.Lot, g record.Given, present []string, lines []draw.RecusalLine) {
	body, blobs, err := l.Cast(g, lines)
	if err != nil {
		panic(err)
	}
	if len(lines) > 0 {
		b.behind(body, blobs)
	}
	b.hear(name, step{At: at, Body: body, Blobs: blobs, Signers: []string{signer}, Origin: origin, Present: present})
}

// byChance is a small year with witnesses: the objects of line A by 快乐8 with
// two contributions, those of line B by dice, its people later by three draws
// of other lotteries and two contributions, line C by dice signed on paper.
var byChance = sync.OnceValue(func() *book {
	b := open("gaoqing", 60, 9)
	c := b.copyOf("charter")
	c.Body.(*record.Charter).Policy = "log x\nquorum all\n"
	c.Terms = &rules.Terms{Witnesses: 2, Needed: 2, Overlap: 2}
	c.At = "2023-06-22T09:00:00+08:00"
	b.hear("policy", c)
	declared := map[string][]string{}
	for _, f := range b.reg.Firms {
		declared[f.ID] = []string{"YS0000"}
	}
	b.declare("recusal", "2023-07-03T09:00:00+08:00", "YS0000", len(b.reg.Firms), 0)
	l := b.notices("notice", noticed, rules.Task{Line: "A", Declared: declared,
		Random: withContributors(lotteryOf(record.LotteryDraw{Game: "kl8", Issue: "2023225", Closes: "2023-08-23T21:00:00+08:00"}))})
	b.contribute("contribution", "2023-08-23T16:00:00+08:00", l.Index, l.C, "演示高校", school)
	b.contribute("second", "2023-08-23T15:30:00+08:00", l.Index, l.C, "演示档案馆", archives)
	b.castGiven("draw", drawn, l, record.Given{Line: kl8Line, Scans: []record.Bytes{{Bytes: 9, SHA256: strings.Repeat("9", 64)}}}, nil, b.recusals(l, declared))

	b.keys = rules.Keys{K: []byte("another 0123456789abcdef01234567"), KI: []byte("another fedcba9876543210fedcba98")}
	l = b.notices("notice B", "2023-08-24T09:00:00+08:00", rules.Task{Line: "B", Later: true, Random: ceremonyOf("2023-08-24T10:00:00+08:00")})
	b.castGiven("dice", "2023-08-24T10:30:00+08:00", l, record.Given{Line: diceLine, Signed: []string{"— justice x", "— press x", "— archives x"}}, []string{justice, press, archives}, nil)
	s := b.send(l, "执法大队", "2023-08-24T11:00:00+08:00", l.Objects)
	b.say("dispatch", s.At, s.Body, s.Blobs)
	b.chanceTeams(l)

	b.keys = rules.Keys{K: []byte("a third 0123456789abcdef01234567"), KI: []byte("a third fedcba9876543210fedcba98")}
	paper := ceremonyOf("2023-09-04T10:00:00+08:00")
	paper.Ceremony.Paper, paper.Ceremony.Balls, paper.Ceremony.Throws = true, 10, 17
	for i := range paper.Ceremony.Present {
		paper.Ceremony.Present[i].Key = ""
	}
	l = b.notices("notice C", "2023-09-04T09:00:00+08:00", rules.Task{Line: "C", Later: true, Random: paper})
	b.castGiven("balls", "2023-09-04T10:30:00+08:00", l, record.Given{Line: "balls:10:07,10,01,07,02,03,04,05,06,08,09,10,01,02,03,04,05",
		Scans: []record.Bytes{{Bytes: 9, SHA256: strings.Repeat("8", 64)}}}, nil, nil)
	return b
})

// chanceTeams draws the people of a lot by three lotteries and contributions.
func (b *book) chanceTeams(l *rules.Lot) {
	ids := map[string]string{}
	t := rules.Task{Declared: map[string][]string{}, Groups: 2, Random: withContributors(lotteryOf(
		record.LotteryDraw{Game: "ssq", Issue: "2023098", Closes: "2023-08-27T20:00:00+08:00"},
		record.LotteryDraw{Game: "dlt", Issue: "23099", Closes: "2023-08-28T21:00:00+08:00"},
		record.LotteryDraw{Game: "ssq", Issue: "2023099", Closes: "2023-08-29T20:00:00+08:00"}))}
	for _, o := range l.Objects {
		ids[o.Handle] = b.firm(o.Handle).ID
		t.Declared[ids[o.Handle]] = []string{"YS0000"}
	}
	body, blobs, err := b.state.AnnounceTeams(l, t, b.reg.People, ids, laterKey)
	if err != nil {
		panic(err)
	}
	b.witnessed("teams-notice", "2023-08-25T09:00:00+08:00", body, blobs)
	later := b.state.Teams(body.ID)
	b.contribute("third", "2023-08-25T10:00:00+08:00", later.Index, later.C, "演示高校", school)
	b.contribute("fourth", "2023-08-25T10:00:00+08:00", later.Index, later.C, "演示档案馆", archives)
	cast, files := b.teamsGiven(later, record.Given{Line: ssqLines})
	b.say("teams", "2023-08-30T09:00:00+08:00", cast, files)
}

// chanceSteps are the steps of that year that other years do not have.
var chanceSteps = []string{"notice", "contribution", "draw", "notice B", "dice", "teams-notice", "teams", "notice C", "balls"}

func random(change func(*record.Randomness)) func(*step) {
	return func(s *step) {
		switch b := s.Body.(type) {
		case *record.Notice:
			change(b.Randomness)
		case *record.TeamsNotice:
			change(&b.Randomness)
		}
	}
}

// evening lets the lottery of the evening decide in the ceremony's place.
func evening(issue string) func(*step) {
	return func(s *step) {
		b := s.Body.(*record.Notice)
		b.Randomness = lotteryOf(record.LotteryDraw{Game: "kl8", Issue: issue, Closes: "2023-08-24T21:00:00+08:00"})
		b.Due = byChance().pack.NoticeDue(rules.Workdays(), b.When(), b.To)
	}
}

func recast(change func(*record.Draw)) func(*step) {
	return func(s *step) { change(s.Body.(*record.Draw)) }
}

// chances: lotteries, ceremonies, contributions (draw1 §2).
var chances = []trial{
	{name: "a lottery with a round", pack: "chance", step: "notice", code: "rules.randomness", bad: random(func(r *record.Randomness) { r.Round = 1 })},
	{name: "a lottery without draws", pack: "chance", step: "notice", code: "rules.randomness", bad: random(func(r *record.Randomness) { r.Draws = nil })},
	{name: "a ceremony beside the lottery", pack: "chance", step: "notice", code: "rules.randomness", bad: random(func(r *record.Randomness) {
		r.Ceremony = ceremonyOf(r.Time).Ceremony
	})},
	{name: "in time for a later moment", pack: "chance", step: "notice", code: "rules.randomness", bad: random(func(r *record.Randomness) { r.Time = "2023-08-23T21:30:00+08:00" })},
	{name: "no such game", pack: "chance", step: "notice", code: "rules.random-form", bad: random(func(r *record.Randomness) { r.Draws[0].Game = "k3" })},
	{name: "one issue twice", pack: "chance", step: "teams-notice", code: "rules.random-form", bad: random(func(r *record.Randomness) { r.Draws[2] = r.Draws[0] })},
	{name: "an issue in another writing", pack: "chance", step: "notice", code: "rules.random-form", bad: random(func(r *record.Randomness) { r.Draws[0].Issue = "225" })},
	{name: "two draws of the small games", pack: "chance", step: "teams-notice", code: "rules.few-bits", bad: random(func(r *record.Randomness) { r.Draws = r.Draws[:2] })},
	{name: "21 throws", pack: "chance", step: "notice B", code: "rules.few-bits", bad: random(func(r *record.Randomness) { r.Ceremony.Throws = 21 }),
		good: random(func(r *record.Randomness) { r.Ceremony.Throws = 23 })},
	{name: "one ball", pack: "chance", step: "notice C", code: "rules.random-form", bad: random(func(r *record.Randomness) { r.Ceremony.Balls = 1 })},
	{name: "an issue of a later day", pack: "chance", step: "notice", code: "rules.issue-date", bad: random(func(r *record.Randomness) { r.Draws[0].Issue = "2023236" }),
		good: random(func(r *record.Randomness) { r.Draws[0].Issue = "2023235" })},
	{name: "an issue of last year", pack: "chance", step: "notice", code: "rules.issue-date", bad: random(func(r *record.Randomness) { r.Draws[0].Issue = "2022225" })},
	{name: "an issue of last month", pack: "chance", step: "notice", code: "rules.issue-date", sev: rules.Warning, bad: random(func(r *record.Randomness) { r.Draws[0].Issue = "2023209" }),
		good: random(func(r *record.Randomness) { r.Draws[0].Issue = "2023210" })},
	{name: "not a day of that game", pack: "chance", step: "teams-notice", code: "rules.issue-date", sev: rules.Warning, bad: random(func(r *record.Randomness) { r.Draws[1].Closes = "2023-08-29T21:00:00+08:00" })},
	{name: "an issue whose numbers stand in the ledger", pack: "chance", step: "notice B", code: "rules.issue-known", bad: evening("2023224"), good: evening("2023226")},
	{name: "one person", pack: "chance", step: "notice B", code: "rules.present", also: []string{"rules.one-body"}, bad: random(func(r *record.Randomness) { r.Ceremony.Present = r.Ceremony.Present[:1] })},
	{name: "somebody of the office", pack: "chance", step: "notice B", code: "rules.present", bad: random(func(r *record.Randomness) { r.Ceremony.Present[0].Body = "演示应急管理局" })},
	{name: "one key under two names", pack: "chance", step: "notice B", code: "rules.present", bad: random(func(r *record.Randomness) { r.Ceremony.Present[0].Key = vkey("other", 4) })},
	{name: "no key", pack: "chance", step: "notice B", code: "rules.present", bad: random(func(r *record.Randomness) { r.Ceremony.Present[0].Key = "" })},
	{name: "something like a key", pack: "chance", step: "notice B", code: "rules.present", bad: random(func(r *record.Randomness) { r.Ceremony.Present[0].Key += "=" })},
	{name: "a key on paper", pack: "chance", step: "notice C", code: "rules.present", bad: random(func(r *record.Randomness) { r.Ceremony.Present[0].Key = justice })},
	{name: "two of one body", pack: "chance", step: "notice B", code: "rules.one-body", sev: rules.Warning, bad: random(func(r *record.Randomness) {
		for i := range r.Ceremony.Present {
			r.Ceremony.Present[i].Body = "演示报社"
		}
	})},
	{name: "without witnesses", pack: "later", step: "notice", code: "rules.contribution-policy", bad: random(func(r *record.Randomness) { withContributors(r) })},
	{name: "the office adds", pack: "chance", step: "notice", code: "rules.contributors", bad: random(func(r *record.Randomness) { r.Contributors[0].Name = "演示应急管理局" })},
	{name: "one adds twice", pack: "chance", step: "notice", code: "rules.contributors", bad: random(func(r *record.Randomness) { r.Contributors[1].Key = vkey("other", 1) })},
	{name: "sixteen add", pack: "chance", step: "notice", code: "rules.contributors", bad: random(func(r *record.Randomness) {
		for i := byte(10); len(r.Contributors) < 16; i++ {
			name := strings.Repeat("x", int(i))
			r.Contributors = append(r.Contributors, record.Contributor{Name: name, Key: vkey(name, i)})
		}
	}), good: random(func(r *record.Randomness) {
		r.Contributors = append(r.Contributors, record.Contributor{Name: "演示报社", Key: press})
	})},

	{name: "another's key", pack: "chance", step: "contribution", code: "rules.contribution-other", bad: func(s *step) { s.Signers = []string{archives} }},
	{name: "two keys", pack: "chance", step: "contribution", code: "rules.contribution-other", bad: func(s *step) { s.Signers = []string{school, archives} }},
	{name: "another commitment", pack: "chance", step: "contribution", code: "rules.contribution-other", bad: as(func(b *record.Contribution) { b.Commitment = b.Value })},
	{name: "signed by nobody whom the notice names", pack: "chance", step: "contribution", code: "rules.unsigned", bad: nobody},
	{name: "to a notice that names nobody", pack: "chance", step: "dice", code: "rules.no-such-entry", bad: func(s *step) {
		l := s.State.Lot("2023-002")
		s.Body, s.By = &record.Contribution{Notice: l.Index, Commitment: l.C, Value: l.C}, "演示高校"
	}},
	{name: "a second time", pack: "chance", step: "second", code: "rules.contribution-again", sev: rules.Warning, bad: func(s *step) { s.Signers, s.By = []string{school}, "演示高校" }},
	{name: "599 seconds before", pack: "chance", step: "contribution", code: "rules.contribution-late", sev: rules.Warning, bad: func(s *step) { s.Seen = record.Unix("2023-08-23T20:50:01+08:00") },
		good: func(s *step) { s.Seen = record.Unix("2023-08-23T20:50:00+08:00") }},
	{name: "seen by nobody", pack: "chance", step: "contribution", code: "rules.contribution-late", sev: rules.Warning, bad: func(s *step) { s.Seen = 0 }},
	{name: "extra, after the numbers", pack: "chance", step: "notice B", code: "rules.contribution-again", sev: rules.Warning, bad: func(s *step) {
		l := s.State.Lot("2023-001")
		s.Body, s.By, s.Signers = &record.Contribution{Notice: l.Index, Commitment: l.C, Value: l.C}, "演示高校", []string{school}
	}},

	{name: "one dropped", pack: "chance", step: "draw", code: "rules.contribution-differs", bad: recast(func(b *record.Draw) { b.Contributions = b.Contributions[:1] })},
	{name: "turned round", pack: "chance", step: "draw", code: "rules.contribution-differs", bad: recast(func(b *record.Draw) { slices.Reverse(b.Contributions) })},
	{name: "a lottery with a signature", pack: "chance", step: "draw", code: "rules.given-form", bad: recast(func(b *record.Draw) { b.Signature = rounds()[1000] })},
	{name: "a round with a line", step: "draw", code: "rules.given-form", bad: recast(func(b *record.Draw) { b.Line = kl8Line })},
	{name: "another number", pack: "chance", step: "draw", code: "rules.draw-differs", bad: recast(func(b *record.Draw) { b.Line = strings.Replace(b.Line, "80", "79", 1) })},
	{name: "another issue", pack: "chance", step: "draw", code: "rules.other-value", bad: recast(func(b *record.Draw) { b.Line = strings.Replace(b.Line, "2023225", "2023224", 1) })},
	{name: "in another writing", pack: "chance", step: "draw", code: "rules.other-value", bad: recast(func(b *record.Draw) { b.Line = strings.Replace(b.Line, "02", "2", 1) })},
	{name: "another throw", pack: "chance", step: "dice", code: "rules.draw-differs", bad: recast(func(b *record.Draw) { b.Line = strings.Replace(b.Line, "d6:36", "d6:46", 1) })},
	{name: "one throw less", pack: "chance", step: "dice", code: "rules.other-value", bad: recast(func(b *record.Draw) { b.Line = b.Line[:len(b.Line)-1] })},
	{name: "signed by one", pack: "chance", step: "dice", code: "rules.ceremony-signature", bad: func(s *step) { s.Present = s.Present[:1] }},
	{name: "signed by one, one line", pack: "chance", step: "dice", code: "rules.ceremony-signature", bad: both(func(s *step) { s.Present = s.Present[:1] }, recast(func(b *record.Draw) { b.Signed = b.Signed[:1] }))},
	{name: "one of three does not sign", pack: "chance", step: "dice", code: "rules.ceremony-absent", sev: rules.Warning, also: []string{"rules.believed-ceremony"}, bad: both(func(s *step) { s.Present = s.Present[:2] }, recast(func(b *record.Draw) { b.Signed = b.Signed[:2] }))},
	{name: "no scan", pack: "chance", step: "balls", code: "rules.ceremony-scan", bad: recast(func(b *record.Draw) { b.Scans = nil })},
	{name: "a signature line on paper", pack: "chance", step: "balls", code: "rules.ceremony-scan", bad: recast(func(b *record.Draw) { b.Signed = []string{"— justice x"} })},
	{name: "the numbers are believed", pack: "chance", step: "draw", code: "rules.believed-lottery", sev: rules.Believed, bad: func(*step) {}, good: func(s *step) { instead(s, "plan") }},
	{name: "the ceremony is believed", pack: "chance", step: "dice", code: "rules.believed-ceremony", sev: rules.Believed, bad: func(*step) {}, good: func(s *step) { instead(s, "plan") }},
	{name: "the paper is believed", pack: "chance", step: "balls", code: "rules.believed-paper", sev: rules.Believed, bad: func(*step) {}, good: func(s *step) { instead(s, "plan") }},
	{name: "before the last of the lotteries", pack: "chance", step: "teams", code: "rules.date-order", sev: rules.Warning, also: []string{"rules.believed-lottery"},
		bad: func(s *step) { s.At = "2023-08-29T19:59:59+08:00" }, good: func(s *step) { s.At = "2023-08-29T20:00:00+08:00" }},
	{name: "teams without the contributions", pack: "chance", step: "teams", code: "rules.contribution-differs", bad: as(func(b *record.Teams) { b.Contributions = nil })},
	{name: "a contribution that nobody saw in time", pack: "chance", step: "draw", code: "rules.contribution-missing", bad: func(s *step) {
		b := byChance()
		state := b.before("second")
		late := b.copyOf("second")
		late.Seen = record.Unix("2023-08-23T21:00:00+08:00")
		state.Apply(late.input())
		s.State = state
	}},
	{name: "a contribution that never came", pack: "chance", step: "draw", code: "rules.contribution-missing", bad: func(s *step) { s.State = byChance().before("second") }},
}

// TestContributionsLeaveTheClock: a contributor's clock is his own.
func TestContributionsLeaveTheClock(t *testing.T) {
	b := byChance()
	s := b.copyOf("contribution")
	s.At = "2099-01-01T00:00:00+08:00"
	if found := codes(s.State.Apply(s.input())); len(found) > 0 {
		t.Errorf("found %v", found)
	}
	if s.State.Clock > "2023-08-23T16" {
		t.Errorf("the ledger's clock stands at %s", s.State.Clock)
	}
	if l := s.State.Lot("2023-001"); l.Extras[0].Index != s.State.Size-1 || !l.Extras[0].InTime || l.Extras[1].Index != 0 {
		t.Errorf("%+v", l.Extras)
	}
}

// TestUncontributed: a draw whose contribution is missing has failed from the
// day after its numbers on, whether the office says so or not; one that was
// given up before is not failed.
func TestUncontributed(t *testing.T) {
	s := byChance().before("second")
	if found := s.Uncontributed("2023-08-23"); len(found) > 0 {
		t.Errorf("too early: %v", found)
	}
	found := s.Uncontributed("2023-08-24")
	if len(found) != 1 || found[0].Code != "rules.contribution-missing" || found[0].Severity != rules.Breach || found[0].Want != "演示档案馆" {
		t.Errorf("found %+v", found)
	}
	for at, want := range map[string]int{"2023-08-23T20:50:00+08:00": 0, "2023-08-23T20:50:01+08:00": 1} {
		s := byChance().before("second")
		in := step{At: at, Body: &record.Abort{Notice: s.Lot("2023-001").Index, Ground: "演示", Date: at[:10]}, Signers: []string{signer}, Origin: origin, Seen: record.Unix(at)}
		if found := s.Apply(in.input()); breached(found) {
			t.Fatal(found)
		}
		if found := s.Uncontributed("2023-08-24"); len(found) != want {
			t.Errorf("aborted at %s: %v", at, found)
		}
	}
	if found := byChance().state.Uncontributed("2024-01-01"); len(found) > 0 {
		t.Errorf("complete: %v", found)
	}
}

// TestSeedOfContributions: every contribution enters the seed, in the notice's
// order, and the numbers come last (draw1 §2).
func TestSeedOfContributions(t *testing.T) {
	l := byChance().state.Lot("2023-001")
	d := l.Draw.Body
	if want := draw.Seed(l.C, []string{l.Extras[0].Hash, l.Extras[1].Hash}, rules.Hash([]byte(kl8Line))); d.Seed != want || d.Rho != rules.Hash([]byte(kl8Line)) {
		t.Errorf("seed %s, want %s", d.Seed, want)
	}
	if !slices.Equal(d.Contributions, l.Added()) || len(d.Contributions) != 2 {
		t.Errorf("%v", d.Contributions)
	}
}
