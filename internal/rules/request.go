package rules

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/record"
)

// teamsLot finds the draw of a request by the index of its notice or of its
// teams notice, or says what is wrong.
func (j *judge) teamsLot(notice int64) *Lot {
	if t := j.laterOf(notice); t != nil && !t.Failed {
		return j.drawnLot(t.Lot.Index)
	}
	return j.drawnLot(notice)
}

// request judges a 换人抽签申请 (draw1 §8): places of teams that a lot gave, who
// leaves each, a round that nobody knows yet.
func (j *judge) request(b *record.Request) {
	lot := j.teamsLot(b.Notice)
	if lot == nil {
		return
	}
	p, c := lot.Pack, lot.crewOf(b.Notice)
	switch {
	case lot.Body.Replace != replaceLot:
		j.breach("rules.no-lot", p.Team.Change, lot.Body.Draw, lot.Body.Replace, replaceLot)
	case c == nil:
		j.breach("rules.not-drawn-yet", p.Team.Change, lot.Body.Draw, num(b.Notice), "")
	}
	if !j.sound() {
		return
	}
	j.leaving(c, b)
	j.changeGround(p, b.Kind, b.Ground, b.Note, b.Applied, lot.Body.Draw)
	if b.Kind != "replacement" && b.Kind != "recusal" {
		j.breach("rules.change-kind", p.Team.Change, b.Kind, "", "replacement, recusal")
	}
	j.agreed(lot, b.Agreed, b.Date, b.Applied, lot.Body.Draw)
	if r := &b.Randomness; r.Kind != byDrand || len(r.Draws) > 0 || r.Ceremony != nil || len(r.Contributors) > 0 {
		j.breach("rules.randomness", p.Team.Change, "randomness", r.Kind, byDrand)
	} else {
		j.round(r)
	}
	if day := b.Randomness.Time[:10]; day > lot.Ends() {
		j.breach("rules.task-dates", p.Team.Change, "randomness", day, lot.Ends()) // after every visit: open for ever
	}
	if !j.sound() {
		return
	}
	// What the office's own clock says neither helps nor harms it; a round that
	// stands in the log by then does.
	when := record.Unix(b.Randomness.Time)
	r := &Requested{At: at(j, b), Hash: j.in.Hash, Seen: j.in.Seen, InTime: j.inTime(when) && j.s.Proven <= when-Lead, Loads: c.loads(b.Slots)}
	// No effect, and counted. It fails the check as a late notice does: who takes
	// away the proof that it was in time, once he knows who comes, asks again until
	// somebody comes whom he likes.
	if !r.InTime {
		j.breach("rules.request-late", p.Team.Change, lot.Body.Draw, r.seenAt(), b.Randomness.Time)
	}
	lot.Requests = append(lot.Requests, r)
}

// seenAt is when the request was witnessed, "" if nobody has seen it.
func (r *Requested) seenAt() string {
	if r.Seen <= 0 {
		return ""
	}
	return record.Time(r.Seen)
}

// leaving: each place once, held by the one who is said to leave it, before the
// visit, and of one open request only.
func (j *judge) leaving(c *crew, b *record.Request) {
	p := c.lot.Pack
	for i, s := range b.Slots {
		objects := c.objects[s.Object]
		waits := slices.ContainsFunc(objects, func(o *Object) bool { return o.Result == nil })
		twice := slices.ContainsFunc(b.Slots[:i], func(e record.Leaving) bool { return e.Object == s.Object && e.Slot == s.Slot })
		switch {
		case len(objects) == 0:
			j.breach("rules.not-drawn", p.Team.Change, s.Object, "", "")
		case !waits:
			j.breach("rules.change-after-result", p.Team.Change, s.Object, num(objects[0].Result.Index), "")
		case twice || s.Slot >= int64(len(c.slots)) || c.members(s.Object)[s.Slot] != s.Leave || c.vacant(s):
			j.breach("rules.not-in-team", p.Team.Change, s.Object, s.Leave, "")
		case c.open(s):
			j.breach("rules.request-open", p.Team.Change, s.Object, num(s.Slot), "")
		}
	}
}

// vacant: the place is one that a lot could not fill.
func (c *crew) vacant(s record.Leaving) bool {
	return slices.Contains(c.done(), record.Filled{Object: s.Object, Slot: s.Slot, Leave: s.Leave})
}

// open: one request a place is open at a time, the first by index (draw1 §8).
func (c *crew) open(s record.Leaving) bool {
	return slices.ContainsFunc(c.lot.Requests, func(r *Requested) bool {
		return r.Open() && c.lot.crewOf(r.Body.Notice).hat == c.hat && slices.ContainsFunc(r.Body.Slots, func(e record.Leaving) bool { return e.Object == s.Object && e.Slot == s.Slot })
	})
}

// replacement judges the outcome of a request: the same computation, byte for
// byte, and of requests about one team the earlier first.
func (j *judge) replacement(b *record.Replacement) {
	lot, r := j.s.Request(b.Request)
	if r == nil {
		j.breach("rules.no-such-entry", "", "request", num(b.Request), "request")
		return
	}
	if j.lotOf(lot.Index) == nil {
		return
	}
	p := lot.Pack
	switch {
	case !r.InTime:
		j.breach("rules.request-late", p.Team.Change, lot.Body.Draw, r.seenAt(), r.Body.Randomness.Time)
		return
	case r.Done != nil:
		j.breach("rules.redraw", p.Team.Change, lot.Body.Draw, num(r.Done.Index), "")
		return
	}
	for _, e := range lot.Requests {
		if e.Index < r.Index && e.Open() && slices.ContainsFunc(e.Body.Slots, func(s record.Leaving) bool {
			return e.Body.Notice == r.Body.Notice && slices.ContainsFunc(r.Body.Slots, func(t record.Leaving) bool { return s.Object == t.Object })
		}) {
			j.breach("rules.request-order", p.Team.Change, lot.Body.Draw, num(r.Index), num(e.Index))
			return
		}
	}
	want, err := lot.Refill(r, beacon.Quicknet(), b.Signature)
	if err != nil {
		j.breach("rules.draw-failed", "", lot.Body.Draw, err.Error(), "")
		return
	}
	got, _ := record.Canonical(b)
	exp, _ := record.Canonical(want)
	if string(got) != string(exp) {
		j.breach("rules.draw-differs", "", lot.Body.Draw, string(got), string(exp))
		return
	}
	if at := j.in.Entry.Env.At; record.Unix(at) < r.when() {
		j.add(Warning, "rules.date-order", "", "env.at", at, r.Body.Randomness.Time)
	}
	a := at(j, b)
	j.refilled(lot, lot.crewOf(r.Body.Notice), b)
	r.Done = &a
	j.s.Proven = max(j.s.Proven, r.when())
}

// refilled puts those who come into the teams of all objects that are not
// reported on. Whoever comes for the one who led leads.
func (j *judge) refilled(lot *Lot, c *crew, b *record.Replacement) {
	for _, f := range b.Filled {
		if c.groups && f.Come != "" {
			c.hat.Groups[f.Object] = slices.Clone(c.hat.Groups[f.Object])
			c.hat.Groups[f.Object][f.Slot] = f.Come
		}
		for _, o := range c.objects[f.Object] {
			if o.Result != nil || o.Team[f.Slot] != f.Leave {
				continue // inspected, or changed for this object alone before
			}
			if f.Come == "" {
				o.Vacant = append(o.Vacant, f.Leave)
				continue
			}
			o.Team = slices.Clone(o.Team)
			if o.Team[f.Slot] = f.Come; o.Leader == f.Leave {
				o.Leader = f.Come
			}
			o.Lots = append(o.Lots, j.index)
		}
		if f.Come == "" {
			j.add(Note, "rules.lot-nobody", lot.Pack.Team.Change, lot.Body.Draw+" "+f.Object, num(f.Slot), "")
		}
	}
}

// Members are those of the team whom the place is not vacant of: who inspects.
func (o *Object) Members() []string {
	return slices.DeleteFunc(slices.Clone(o.Team), func(m string) bool { return slices.Contains(o.Vacant, m) })
}

// requestDuties: a request is cast on the day of its round.
func (s *State) requestDuties(l *Lot, today string) (list []Duty) {
	for _, r := range l.Requests {
		if day := r.Body.Randomness.Time[:10]; r.Open() {
			list = append(list, Duty{Code: "refill", Draw: l.Body.Draw, Entry: r.Index, Clause: l.Pack.Team.Change, Due: day,
				Count: len(r.Body.Slots), Open: len(r.Body.Slots), Sure: true, Late: s.late(day, "", today)})
		}
	}
	return list
}

// teamDiffers: a result that names who inspected names the team (draw1 §8: a
// team that is refilled in silence shows here), and none is given while a lot
// about the team is still to be cast.
func (j *judge) teamDiffers(b *record.Result, o *Object) {
	p := j.lot.Pack
	if len(b.Team) > 0 && !slices.Equal(b.Team, o.Members()) {
		j.breach("rules.team-differs", p.Team.Change, b.Object, strings.Join(b.Team, " "), strings.Join(o.Members(), " "))
	}
	if r := j.lot.Asking(o); r != nil {
		j.breach("rules.request-open", p.Team.Change, b.Object, num(r.Index), "")
	}
	if len(o.Vacant) > 0 {
		j.add(Warning, "rules.slot-vacant", p.Team.Direct, b.Object, num(len(o.Vacant)), "")
	}
}
