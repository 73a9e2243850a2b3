package rules

import (
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// Kinds of randomness (draw1 §2): grade A, B and C.
const (
	byDrand    = "drand"
	byLottery  = "lottery"
	byCeremony = "ceremony"
)

// Bounds of a notice's people: as many signature lines as every reader takes
// (c2sp.org/signed-note), the office's own line beside them.
const (
	maxContributors = 15
	maxPresent      = 15
)

// When is the time of the task's lots, form time.
func (t *Task) When() string { return or(t.Before, t.randomness().Time) }

// randomness is what the task's notice will name: a copy, for what is personal
// in it is sealed with the entry.
func (t *Task) randomness() *record.Randomness {
	chain := beacon.Quicknet()
	r := record.Randomness{Kind: byDrand}
	if t.Random != nil {
		r = *t.Random
	}
	if r.Kind == byDrand {
		r.Chain, r.Round, r.Time = chain.Hash, int64(t.Round), record.Time(chain.Time(t.Round))
	}
	if r.Ceremony != nil {
		c := *r.Ceremony
		c.Present = slices.Clone(c.Present)
		r.Ceremony = &c
	}
	return &r
}

// randomness judges what a notice or a teams notice names: a value of one kind,
// in its exact form, that nobody can know when the entry stands.
func (j *judge) randomness(r *record.Randomness) {
	drand := r.Chain != "" || r.Round != 0
	if drand != (r.Kind == byDrand) || (len(r.Draws) > 0) != (r.Kind == byLottery) || (r.Ceremony != nil) != (r.Kind == byCeremony) {
		j.breach("rules.randomness", "", "randomness", strings.TrimSpace(r.Kind+" "+r.Chain), "drand "+beacon.Quicknet().Hash+", lottery, ceremony")
		return
	}
	switch r.Kind {
	case byDrand:
		j.round(r)
	case byLottery:
		j.lottery(r)
	case byCeremony:
		j.ceremony(r)
	}
	j.contributors(r)
}

// round holds a named round of drand to the pinned chain and its own time.
func (j *judge) round(r *record.Randomness) {
	chain := beacon.Quicknet()
	if r.Chain != chain.Hash {
		j.breach("rules.randomness", "", "randomness", r.Kind+" "+r.Chain, "drand "+chain.Hash)
		return
	}
	if want := record.Time(chain.Time(uint64(r.Round))); r.Round < 1 || r.Time != want {
		j.breach("rules.randomness", "", "round", num(r.Round)+" "+r.Time, want)
	}
}

// Issues are the lottery draws that a notice names, as package beacon reads them.
func Issues(r *record.Randomness) []beacon.Issue {
	list := make([]beacon.Issue, len(r.Draws))
	for i, d := range r.Draws {
		list[i] = beacon.Issue{Game: d.Game, Number: d.Issue}
	}
	return list
}

// Throwing is the form of a ceremony as package beacon reads it.
func Throwing(c *record.Ceremony) beacon.Ceremony {
	return beacon.Ceremony{Balls: c.Balls, Throws: c.Throws}
}

// lottery judges draws of public lotteries (grade B): known games, each issue
// once, 56 bits, none that the ledger knows already, the earliest close of sales.
func (j *judge) lottery(r *record.Randomness) {
	if err := beacon.CheckIssues(Issues(r)); err != nil {
		j.form("randomness.draws", err)
		return
	}
	first := r.Draws[0].Closes
	for _, d := range r.Draws {
		first = min(first, d.Closes)
		j.issueDate(d)
		if index := j.s.told(d); index > 0 {
			// Its numbers, or those of a later issue, stand in the ledger.
			j.breach("rules.issue-known", j.s.Pack.Draw.Before, d.Game+":"+d.Issue, num(index), "")
		}
	}
	if r.Time != first {
		j.breach("rules.randomness", "", "time", r.Time, first)
	}
}

// form passes on what package beacon refuses about a value's form.
func (j *judge) form(place string, err error) {
	got, want := err.Error(), ""
	if f := new(fault.Error); errors.As(err, &f) {
		got, want = strings.TrimSpace(f.Place+" "+f.Got), f.Want
	}
	code := "rules.random-form"
	if fault.Code(err) == "beacon.few-bits" {
		code = "rules.few-bits"
	}
	j.breach(code, j.s.Pack.Draw.Before, place, got, want)
}

// told is the index of a cast that already speaks of the numbers of an issue,
// or of a later one of the same game; 0 if there is none.
func (s *State) told(d record.LotteryDraw) int64 {
	named := func(r *record.Randomness) bool {
		return slices.ContainsFunc(r.Draws, func(o record.LotteryDraw) bool {
			return o.Game == d.Game && (len(o.Issue) > len(d.Issue) || len(o.Issue) == len(d.Issue) && o.Issue >= d.Issue)
		})
	}
	for _, l := range s.Lots {
		if l.Draw != nil && named(l.Body.Randomness) {
			return l.Draw.Index
		}
		for _, t := range l.Later {
			if t.Cast != nil && named(&t.Body.Randomness) {
				return t.Cast.Index
			}
		}
	}
	return 0
}

// drawDays are the days of the week on which a game is drawn; kl8 is drawn daily.
var drawDays = map[string][]time.Weekday{
	"ssq": {time.Tuesday, time.Thursday, time.Sunday},
	"dlt": {time.Monday, time.Wednesday, time.Saturday},
}

// fewIssues is how many issues a game may stay behind its days of the year: the
// holidays on which nothing is drawn, 14 days of the daily game in 2023.
const fewIssues = 25

// issueDate holds an issue to the day on which its sales are said to close: the
// issues of a year are numbered from 1, so by a day there were at most as many
// as days of drawing. An issue far behind its day may be one whose numbers are
// known: a warning, for years with long closures were.
func (j *judge) issueDate(d record.LotteryDraw) {
	n, _ := strconv.Atoi(d.Issue[len(d.Issue)-3:])
	year := d.Issue[:len(d.Issue)-3]
	day, _ := time.Parse(time.DateOnly, d.Closes[:10])
	most := 0
	for t := time.Date(day.Year(), 1, 1, 0, 0, 0, 0, time.UTC); !t.After(day); t = t.AddDate(0, 0, 1) {
		if days, some := drawDays[d.Game]; !some || slices.Contains(days, t.Weekday()) {
			most++
		}
	}
	sev, behind := Breach, fewIssues
	if days, some := drawDays[d.Game]; some {
		behind = fewIssues * len(days) / 7
	}
	switch {
	case !strings.HasSuffix(d.Closes[:4], year) || n > most:
	case n < most-behind:
		sev = Warning
	case drawDays[d.Game] != nil && !slices.Contains(drawDays[d.Game], day.Weekday()):
		sev = Warning
	default:
		return
	}
	j.add(sev, "rules.issue-date", j.s.Pack.Draw.Before, d.Game+":"+d.Issue, d.Closes[:10], num(most))
}

// ceremony judges a ceremony's form (grade C) and who must be there: two
// persons at least who are not of the office.
func (j *judge) ceremony(r *record.Randomness) {
	c, before := r.Ceremony, j.s.Pack.Draw.Before
	if err := Throwing(c).Check(); err != nil {
		j.form("randomness.ceremony", err)
	}
	if n := len(c.Present); n < 2 || n > maxPresent {
		j.breach("rules.present", before, "randomness.ceremony.present", num(n), "2…"+num(maxPresent))
	}
	var keys, bodies []string
	for _, p := range c.Present {
		if bodies = append(bodies, p.Body); p.Body == j.s.Charter().Office {
			j.breach("rules.present", before, "randomness.ceremony.present", p.Body, "")
		}
		if c.Paper != (p.Key == "") {
			j.breach("rules.present", before, "randomness.ceremony.present", p.Body+" "+p.Key, "")
			return
		}
		keys = append(keys, p.Key)
	}
	if !c.Paper {
		j.strangers("rules.present", "randomness.ceremony.present", keys)
	}
	if slices.Sort(bodies); len(slices.Compact(bodies)) == 1 {
		j.add(Warning, "rules.one-body", before, "randomness.ceremony.present", bodies[0], "")
	}
}

// contributors judges who adds numbers: bodies that are not the office, each
// with a key of its own. Without a witness policy no contribution could be in
// time (draw1 §1).
func (j *judge) contributors(r *record.Randomness) {
	if len(r.Contributors) == 0 {
		return
	}
	before := j.s.Pack.Draw.Before
	if policy := j.s.Policy(j.in.Entry); policy == "" || slices.Contains(strings.Split(policy, "\n"), "quorum none") {
		j.breach("rules.contribution-policy", before, "randomness.contributors", "", "")
	}
	if len(r.Contributors) > maxContributors {
		j.breach("rules.contributors", before, "randomness.contributors", num(len(r.Contributors)), num(maxContributors))
	}
	var keys []string
	names := map[string]bool{j.s.Charter().Office: true}
	for _, c := range r.Contributors {
		if names[c.Name] {
			j.breach("rules.contributors", before, "randomness.contributors", c.Name, "")
		}
		names[c.Name] = true
		keys = append(keys, c.Key)
	}
	j.strangers("rules.contributors", "randomness.contributors", keys)
}

// strangers: keys of a note's form, each once, none of any charter: whoever
// signs for others must not be the office under another name.
func (j *judge) strangers(code, place string, keys []string) {
	seen := map[string]bool{}
	for _, c := range j.s.Charters {
		for _, k := range c.Body.Keys {
			if raw, ok := rawKey(k.Key); ok {
				seen[raw] = true
			}
		}
	}
	for _, k := range keys {
		raw, ok := rawKey(k)
		if !ok || seen[raw] {
			j.breach(code, j.s.Pack.Draw.Before, place, k, "")
		}
		seen[raw] = true
	}
}

// rawKey is the public key within a vkey "name+hex8+base64(type ‖ key)": one key
// under two names is one. Room ledger parses the rest, before it verifies.
func rawKey(vkey string) (string, bool) {
	parts := strings.Split(vkey, "+")
	if len(parts) < 3 || parts[0] == "" || len(parts[1]) != 8 {
		return "", false
	}
	b64 := strings.Join(parts[2:], "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(b64)
	if err != nil || len(raw) != 33 || raw[0] != 1 || base64.StdEncoding.EncodeToString(raw) != b64 {
		return "", false
	}
	return string(raw[1:]), true
}
