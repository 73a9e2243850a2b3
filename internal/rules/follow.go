package rules

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// FollowRule (后续处置) says what must come after a result, of the kinds that
// ResultRule.Follow lists (Y-23, G-9.2a).
type FollowRule struct {
	Clause    string   `json:"clause,omitempty" toml:"clause"`
	Nothing   []string `json:"nothing,omitempty" toml:"nothing"`                 // kinds that are closed as they stand: 无需后续处置
	Transfers []string `json:"transfers,omitempty" toml:"transfers"`             // kinds that hand a suspected crime on
	Crime     string   `json:"transfer_clause,omitempty" toml:"transfer_clause"` // 涉嫌犯罪的移送
}

func (p *Pack) checkFollow() error {
	for _, k := range slices.Concat(p.Follow.Nothing, p.Follow.Transfers) {
		if !slices.Contains(p.Result.Follow, k) {
			return fault.New("rules.bad-pack", "follow", k, "result.follow_ups 里的一种")
		}
	}
	return nil
}

// checkAfter holds the sections of a pack that speak of what comes with a
// result and after it.
func (p *Pack) checkAfter() error {
	for _, check := range []func() error{p.checkOrigins, p.checkFollow, p.checkWithhold, p.checkRedress} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// Follow (后续处置的现状) is where the handling of a result stands.
type Follow struct {
	Needed bool   // something follows: announced, or an open code, or a suspected crime
	Kind   string // of the latest step
	Owner  string
	Due    string // in force, "" where none was given
	Closed string // date on which it was closed, "" while open
	Handed bool   // a suspected crime was handed on
}

// Follow sums up what followed a result. A kind that needs no closing (无需后续
// 处置) does not close what an open code leaves open.
func (f *Finished) Follow(p *Pack) Follow {
	b := f.Body
	w := Follow{Owner: b.Unit, Needed: b.Criminal || p.leavesOpen(f.Outcome().Codes)}
	step := func(kind, owner, due string) {
		w.Kind, w.Owner, w.Due = kind, or(owner, w.Owner), or(due, w.Due)
		w.Handed = w.Handed || slices.Contains(p.Follow.Transfers, kind)
	}
	if d := b.FollowUp; d != nil {
		step(d.Kind, d.Owner, d.Due)
		w.Needed = w.Needed || !slices.Contains(p.Follow.Nothing, d.Kind)
	}
	for _, u := range f.FollowUps {
		step(u.Body.Kind, u.Body.Owner, u.Body.Due)
		w.Needed, w.Closed = true, ""
		if u.Body.Closed {
			w.Closed = u.Body.Date
		}
	}
	return w
}

// leavesOpen reports whether one of the codes needs a follow-up.
func (p *Pack) leavesOpen(codes []string) bool {
	return slices.ContainsFunc(codes, func(c string) bool {
		code, _ := p.CodeOf(c)
		return code.Open
	})
}

// followed holds what a result says of what follows: a kind of the pack, a due
// date that is not over, a transfer where a crime is suspected (Y-23, G-9.2a,
// G-10.1 c as a fact).
func (j *judge) followed(p *Pack, b *record.Result) {
	open, codes := p.leavesOpen(b.Outcome.Codes), strings.Join(b.Outcome.Codes, " ")
	d := b.FollowUp
	if d != nil {
		j.word(p.Result.Follow, "rules.follow-kind", p.Follow.Clause, "follow_up", d.Kind)
		if d.Due != "" && d.Due < b.Ended {
			j.breach("rules.date-order", p.Follow.Clause, "处置期限", d.Due, b.Ended)
		}
		j.farDue(p.Follow.Clause, num(j.index), d.Due, b.Ended)
	}
	if open && (d == nil || slices.Contains(p.Follow.Nothing, d.Kind)) {
		j.add(Warning, "rules.no-follow-up", p.Follow.Clause, "follow_up", codes, "")
	}
	if b.Criminal && (d == nil || !slices.Contains(p.Follow.Transfers, d.Kind)) {
		j.add(Warning, "rules.no-transfer", p.Follow.Crime, or(b.Object, b.Unit), "", strings.Join(p.Follow.Transfers, "、"))
	}
}

func (j *judge) followUp(b *record.FollowUp) {
	f := j.s.ResultAt(b.Result)
	if f == nil {
		j.breach("rules.no-such-entry", j.s.Pack.Follow.Clause, "result", num(b.Result), "result")
		return
	}
	p := j.packOf(f.Lot)
	was := f.Follow(p)
	j.word(p.Result.Follow, "rules.follow-kind", p.Follow.Clause, "kind", b.Kind)
	since := f.Ended()
	if n := len(f.FollowUps); n > 0 {
		since = max(since, f.FollowUps[n-1].Body.Date)
	}
	if b.Date < since || b.Date > j.today() {
		j.breach("rules.date-order", p.Follow.Clause, "date", b.Date, since+" … "+j.today())
	}
	if b.Due != "" && (b.Due < b.Date || b.Closed) {
		j.breach("rules.date-order", p.Follow.Clause, "处置期限", b.Due, b.Date)
	}
	if b.Closed && slices.Contains(p.Follow.Nothing, b.Kind) && (f.Body.Criminal || p.leavesOpen(f.Outcome().Codes)) {
		// What an open code asks for is done, or the code is corrected.
		j.breach("rules.follow-nothing", p.Follow.Clause, num(b.Result), b.Kind, "")
	}
	if !j.sound() {
		return
	}
	j.farDue(p.Follow.Clause, num(b.Result), b.Due, b.Date)
	f.FollowUps = append(f.FollowUps, at(j, b))
	if b.Due > was.Due && was.Due != "" {
		j.add(Note, "rules.follow-put-off", p.Follow.Clause, num(b.Result), b.Due, was.Due)
	}
	now := f.Follow(p)
	if f.Body.Criminal && b.Closed && !now.Handed {
		j.add(Warning, "rules.no-transfer", p.Follow.Crime, num(b.Result), "", strings.Join(p.Follow.Transfers, "、"))
	}
	if n := j.s.late(or(now.Due, now.Closed), now.Closed, now.Closed); b.Closed && n > 0 && now.Due <= j.s.Workdays().Last() {
		j.add(Overdue, "rules.late-follow-up", p.Follow.Clause, num(b.Result), now.Closed, now.Due)
	} else if b.Closed {
		j.hindsight(p.Follow.Clause, b.Date, now.Due)
	}
}

// judgedBy is the pack that judges a result: of its notice, or the one in force.
func (s *State) judgedBy(f *Finished) *Pack {
	if f.Lot != nil {
		return f.Lot.Pack
	}
	return s.Pack
}

// resultDuties are what results leave to be done, by draw (and one for what no
// lot led to): follow-ups that are not closed, and enterprises not yet told
// where the pack wants each to be.
func (s *State) resultDuties(today string) []Duty {
	type key struct{ code, draw string }
	at := map[key]int{}
	var list []Duty
	put := func(f *Finished, kind Duty, due, done string) {
		k := key{code: kind.Code}
		if l := f.due(); l != nil {
			k.draw = l.Body.Draw
		}
		i, ok := at[k]
		if !ok {
			i = len(list)
			at[k], list = i, append(list, kind)
			list[i].Draw, list[i].Sure = k.draw, true
		}
		d := &list[i]
		d.Count++
		if done != "" {
			d.Done = max(d.Done, done)
			return
		}
		if d.Open++; d.Open == 1 || due != "" && (d.Due == "" || due < d.Due) {
			d.Due, d.Entry = due, f.Index
		}
	}
	for _, f := range s.Results {
		p := s.judgedBy(f)
		if w := f.Follow(p); w.Needed {
			put(f, Duty{Code: "follow-up", Clause: p.Follow.Clause}, w.Due, w.Closed)
		}
		if p.Result.Each {
			done := ""
			if len(f.Feedbacks) > 0 {
				done = f.Feedbacks[0].Body.Date
			}
			put(f, Duty{Code: "feedback", Clause: p.Result.Told}, "", done)
		}
	}
	for i := range list {
		if d := &list[i]; d.Open > 0 && d.Due != "" && d.Due <= s.Workdays().Last() {
			d.Late = s.late(d.Due, "", today)
		}
	}
	return list
}
