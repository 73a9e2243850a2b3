package main

import (
	"maps"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/attack"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// Attacks at the seams: where a step that is sound alone would undo another.
func init() {
	maps.Copy(attacks, map[string]making{
		"ki-lost-excuse":            kiLostExcuse,
		"never-cast":                neverCast,
		"ceremony-repeated":         ceremonyRepeated,
		"contribution-proof-hidden": contributionProofHidden,
		"abort-proof-hidden":        abortProofHidden,
		"contribution-withheld":     contributionWithheld,
		"request-proof-hidden":      requestProofHidden,
		"request-never-drawn":       requestNeverDrawn,
		"k-late-clock-set-back":     kLateClockSetBack,
		"policy-dropped":            policyDropped,
		"witness-times-of-the-past": timesOfThePast,
		"proofs-exchanged":          proofsExchanged,
		"openings-exchanged":        openingsExchanged,
		"notice-spoilt-on-purpose":  noticeSpoilt,
		"lottery-issue-known":       issueKnown,
	})
}

const round1000 = "2023-08-23T23:59:24+08:00"

// kiLostExcuse: the number is known and not liked; KI is said to be lost, so that
// the draw cannot be cast, is called off, and announced again.
func kiLostExcuse(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := o.Announce(noon, "A", 1000, nil)
	o.Say("2023-08-24T08:00:00", &record.Lost{Notice: l.Index, KI: true, Ground: "硬盘损坏", Approved: "演示", Date: "2023-08-24"})
	o.Say("2023-08-24T08:10:00", &record.Abort{Notice: l.Index, Ground: "启封钥匙遗失", Date: "2023-08-24"})
	again := o.Announce("2023-09-15T15:00:00", "A", 657413, nil)
	o.Cast("2023-09-16T09:00:00", again, nil)
	return o
}

// neverCast: the number is not liked, and nobody ever says whom it drew. K comes
// on its day.
func neverCast(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := o.Announce(noon, "A", 1000, nil)
	o.Open(l.Body.Due.K+"T09:00:00", l, true)
	return o
}

// ceremonyRepeated: the dice are thrown, not liked, and the draw is called off as
// if nobody had thrown.
func ceremonyRepeated(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := o.Announce(noon, "A", 1000, func(n *record.Notice, _ attack.Files) {
		n.Randomness = &record.Randomness{Kind: "ceremony", Time: round1000, Ceremony: &record.Ceremony{Throws: 24, Place: "演示会议室", Present: []record.Present{
			{Name: record.Sealed(strings.Repeat("1", 64)), Body: "司法局（演示）", Key: attack.Signer(tb, "a.example.cn", 71).Key().String()},
			{Name: record.Sealed(strings.Repeat("2", 64)), Body: "档案馆（演示）", Key: attack.Signer(tb, "b.example.cn", 72).Key().String()}}}}
	})
	o.Say("2023-08-24T08:00:00", &record.Abort{Notice: l.Index, Ground: "现场没有办成", Date: "2023-08-24"})
	return o
}

// contributionProofHidden: the number that came in time is made late, for the
// outcome is not liked, and the draw called off.
func contributionProofHidden(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l, who, number := contributing(o)
	index := o.SayAs(who, "2023-08-23T16:00:00", number)
	o.Say("2023-08-24T08:00:00", &record.Filing{Plan: 4, To: "上级机关", Date: "2023-08-24"})
	o.Reprove(index, o.File("checkpoint"))
	o.Say("2023-08-24T08:10:00", &record.Abort{Notice: l.Index, Ground: "缺少加数", Date: "2023-08-24"})
	return o
}

// contributionWithheld: the contributor is a friend who stays away; the draw is
// called off after its number.
func contributionWithheld(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l, _, _ := contributing(o)
	o.Say("2023-08-24T08:10:00", &record.Abort{Notice: l.Index, Ground: "缺少加数", Date: "2023-08-24"})
	return o
}

// abortProofHidden: a draw that was called off in time; the proof of it goes, so
// that the outcome can be executed after all.
func abortProofHidden(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := o.Announce(noon, "A", 1000, nil)
	pool := *l
	index := o.Say("2023-08-23T16:00:00", &record.Abort{Notice: l.Index, Ground: "演示", Date: "2023-08-23"})
	body, files := o.Drawn(&pool, attack.Rounds()[1000])
	o.Say(morning, body, files.All()...)
	o.Reprove(index, o.File("checkpoint"))
	return o
}

// asking is a drawn lot whose notice chose replacement by lot, and a request for
// one place of its first team, before a round.
func asking(o *attack.Office) (l *rules.Lot, request int64) {
	l = o.Announce(noon, "A", 1000, func(n *record.Notice, _ attack.Files) { n.Replace = "lot" })
	o.Cast(morning, l, nil)
	o.Dispatch("2023-08-24T09:00:00", l, nil)
	return l, ask(o, l, "2023-09-15T15:00:00")
}

func ask(o *attack.Office, l *rules.Lot, at string) int64 {
	obj := l.Objects[0]
	return o.Say(at, &record.Request{Notice: l.Index, Kind: "replacement", Slots: []record.Leaving{{Object: obj.Handle, Slot: 0, Leave: obj.Team[0]}}, Ground: l.Pack.Team.Grounds[0],
		Date: at[:10], Agreed: at[:10], By: "演示", Consent: "执法大队",
		Randomness: record.Randomness{Kind: "drand", Chain: l.Body.Randomness.Chain, Round: 657413, Time: "2023-09-15T19:00:03+08:00"}})
}

// requestProofHidden: the lot gives somebody who is no friend; the proof that the
// request was in time goes, so that another round may be asked.
func requestProofHidden(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	_, request := asking(o)
	o.Say("2023-09-16T09:00:00", &record.Filing{Plan: 4, To: "上级机关", Date: "2023-09-16"})
	o.Reprove(request, o.File("checkpoint"))
	return o
}

// requestNeverDrawn: who would come is known; the whole draw is called off
// instead, so that nobody sees him.
func requestNeverDrawn(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l, _ := asking(o)
	o.Say("2023-09-16T09:00:00", &record.Abort{Notice: l.Index, Ground: "演示", Date: "2023-09-16"})
	return o
}

// kLateClockSetBack: without witnesses K comes after its day and claims the day;
// a later round stands in the log.
func kLateClockSetBack(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Alone)
	l := drawn(o)
	o.SayEntry(o.Office, &record.Entry{Type: "filing", Origin: attack.Origin, Body: &record.Filing{Plan: 4, To: "上级机关", Date: "2023-09-16"},
		Env: record.Env{At: "2023-09-16T09:00:00+08:00", By: "办公室", Beacon: latest(l)}})
	o.Open(l.Body.Due.K+"T09:00:00", l, true)
	return o
}

// latest is the last round that the suite knows.
func latest(l *rules.Lot) *record.Beacon {
	b := &record.Beacon{Chain: l.Body.Randomness.Chain}
	for round, signature := range attack.Rounds() {
		if round > b.Round {
			b.Round, b.Signature = round, signature
		}
	}
	return b
}

// policyDropped: a later charter asks for no witness at all.
func policyDropped(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	alone := *o.State.Charters[0].Body
	alone.Policy = ""
	o.Say("2023-08-23T14:00:00", &alone)
	o.Witnesses = nil
	o.Truth = record.Unix("2023-08-24T07:00:00+08:00")
	l := o.Announce(noon, "A", 1000, nil)
	o.Cast(morning, l, nil)
	return o
}

// timesOfThePast: a notice after its round; one witness of four colludes and
// dates as it is told. The two others that it needs do not.
func timesOfThePast(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	o.Witnesses[0].Colludes, o.Witnesses[0].Dates = true, 1
	o.Truth = record.Unix("2023-08-24T07:00:00+08:00")
	l := o.Announce(noon, "A", 1000, nil)
	o.Cast(morning, l, nil)
	return o
}

// proofsExchanged: a late notice is given the proof file of an entry that was in
// time.
func proofsExchanged(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	early := o.Say("2023-08-23T10:00:00", &record.Filing{Plan: 4, To: "上级机关", Date: "2023-08-23"})
	o.Truth = record.Unix("2023-08-24T07:00:00+08:00")
	l := o.Announce(noon, "A", 1000, nil)
	o.Cast(morning, l, nil)
	o.Replace(ledger.ProofPath(uint64(l.Index)), o.File(ledger.ProofPath(uint64(early))))
	return o
}

// openingsExchanged: beside a draw stands what opens another one.
func openingsExchanged(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	first := o.Announce(noon, "A", 1000, nil)
	second := o.Announce("2023-08-23T15:10:00", "B", 1000, nil)
	o.Cast(morning, first, nil)
	o.Cast("2023-08-24T08:40:00", second, nil)
	o.Open(first.Body.Due.K+"T09:00:00", first, true)
	o.Open(first.Body.Due.K+"T09:10:00", second, true)
	o.Beside[first.Index], o.Beside[second.Index] = o.Beside[second.Index], o.Beside[first.Index]
	o.Lay(first.Index)
	o.Lay(second.Index)
	return o
}

// noticeSpoilt: a notice with a small fault binds to nothing; whoever announces
// many of them looks at their outcomes for free.
func noticeSpoilt(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	o.Announce("2023-08-23T14:00:00", "A", 1000, func(n *record.Notice, _ attack.Files) { n.Due.K = "2023-11-02" })
	l := o.Announce(noon, "A", 1000, nil)
	o.Cast(morning, l, nil)
	return o
}

// issueKnown: a draw waits for a lottery issue of which the ledger has the
// numbers already.
func issueKnown(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	lottery := func(n *record.Notice, _ attack.Files) {
		n.Randomness = &record.Randomness{Kind: "lottery", Time: round1000, Draws: []record.LotteryDraw{{Game: "kl8", Issue: "2023225", Closes: round1000}}}
	}
	first := o.Announce(noon, "A", 1000, lottery)
	body, files := o.DrawnBy(first, record.Given{Line: "kl8:2023225:02,05,09,11,14,18,23,27,30,33,38,41,46,50,52,59,63,68,74,80"})
	o.Say(morning, body, files.All()...)
	o.Announce("2023-08-24T09:00:00", "B", 657413, func(n *record.Notice, f attack.Files) {
		closes := n.Randomness.Time
		lottery(n, f)
		n.Randomness.Time, n.Randomness.Draws[0].Closes = closes, closes
	})
	return o
}
