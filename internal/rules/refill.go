package rules

import (
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// How a notice says that a member who cannot go is replaced.
const (
	replaceAppoint = "appoint" // 另行指派
	replaceLot     = "lot"     // 换人抽签
	replaceEither  = "either"  // of a pack: the notice chooses
)

// replaces reports whether a notice under the pack may say so.
func (t *TeamRule) replaces(how string) bool {
	return how == t.Replace || t.Replace == replaceEither && (how == replaceAppoint || how == replaceLot)
}

// replacement is what a new notice says; false where the pack knows no lot.
func (t *TeamRule) replacement(byLot bool) (string, bool) {
	switch {
	case byLot:
		return replaceLot, t.replaces(replaceLot)
	case t.Replace == replaceEither:
		return replaceAppoint, true
	}
	return t.Replace, true
}

// noticeReplace: a lot needs witnesses, for without them no request is ever in
// time (draw1 §1), and a seed, which a platform's draw has not.
func (j *judge) noticeReplace(b *record.Notice) {
	p := j.s.Pack
	switch {
	case !p.Team.replaces(b.Replace), b.Replace == replaceLot && b.Casts == castByPlatform:
		j.breach("rules.notice-differs", p.Team.Clause, "leader, replace", b.Leader+" "+b.Replace, p.Team.Leader+" "+p.Team.Replace)
	case b.Replace == replaceLot && j.s.Policy(j.in.Entry) == "":
		j.breach("rules.lot-unwitnessed", p.Team.Change, b.Draw, "", "")
	}
}

// Requested is a 换人抽签申请 with its outcome.
type Requested struct {
	At[record.Request]
	Hash   string         // of its entry
	Seen   int64          // unix seconds: by then it was witnessed; 0: it was not
	InTime bool           // otherwise it has no effect
	Loads  map[string]int // slots that each inspector held when it was written, those that it vacates not among them
	Done   *At[record.Replacement]
}

// Open reports whether the lot is still to fill the places of the request.
func (r *Requested) Open() bool { return r.InTime && r.Done == nil }

// when is the time of the request's round, unix seconds.
func (r *Requested) when() int64 { return record.Unix(r.Body.Randomness.Time) }

// Asking is the first open request about the object's team, nil if there is none.
func (l *Lot) Asking(o *Object) *Requested {
	for _, r := range l.Requests {
		if r.Open() && slices.ContainsFunc(r.Body.Slots, func(s record.Leaving) bool { return l.meantBy(r, s.Object, o) }) {
			return r
		}
	}
	return nil
}

// meantBy reports whether a place that a request names is one of the object's
// team: by its handle, or by the group team's name.
func (l *Lot) meantBy(r *Requested, place string, o *Object) bool {
	from := o.Staffed
	if from == 0 {
		from = l.Index
	}
	return r.Body.Notice == from && (place == o.Handle || o.Group != "" && place == o.Group)
}

// Request finds a request by its index, nil if there is none.
func (s *State) Request(index int64) (*Lot, *Requested) {
	for _, l := range s.Lots {
		for _, r := range l.Requests {
			if r.Index == index {
				return l, r
			}
		}
	}
	return nil, nil
}

// crew is the cast that gave the teams of a request: the draw's own, or that of
// a later teams notice.
type crew struct {
	lot     *Lot
	hat     *Hat
	slots   []record.Slot
	groups  bool
	seed    string
	objects map[string][]*Object // by name: the object's handle, or those of teamNN
	order   []string             // names in the order of the lot
}

// crewOf finds it by the index of its notice, nil where none was cast.
func (l *Lot) crewOf(notice int64) *crew {
	c := &crew{lot: l, objects: map[string][]*Object{}}
	if notice == l.Index && l.Draw != nil {
		c.hat, c.slots, c.groups, c.seed = &l.Hat, l.Body.Slots, l.Body.GroupTeams > 0, l.Draw.Body.Seed
	}
	for _, t := range l.Later {
		if t.Index == notice && t.Cast != nil {
			c.hat, c.slots, c.groups, c.seed = &t.Hat, t.Body.Slots, t.Body.GroupTeams > 0, t.Cast.Body.Seed
		}
	}
	if c.hat == nil || len(c.slots) == 0 {
		return nil
	}
	all := slices.Clone(l.Objects)
	slices.SortFunc(all, func(a, b *Object) int { return strings.Compare(a.Ticket+a.Handle, b.Ticket+b.Handle) })
	for _, o := range all {
		if l.HatOf(o) != c.hat || o.Unstaffed || len(o.Drawn) == 0 {
			continue
		}
		name := o.Handle
		if c.groups {
			name = o.Group
		}
		if c.objects[name] == nil {
			c.order = append(c.order, name)
		}
		c.objects[name] = append(c.objects[name], o)
	}
	if c.groups {
		slices.Sort(c.order)
	}
	return c
}

// members are those of a team by slot. Who left a place that no lot could fill
// stands there until somebody is assigned.
func (c *crew) members(name string) []string {
	if c.groups {
		return slices.Clone(c.hat.Groups[name])
	}
	return slices.Clone(c.objects[name][0].Team)
}

// done lists the outcomes of earlier requests about the crew.
func (c *crew) done() []record.Filled {
	var list []record.Filled
	for _, r := range c.lot.Requests {
		if r.Done != nil && c.lot.crewOf(r.Body.Notice).hat == c.hat {
			list = append(list, r.Done.Body.Filled...)
		}
	}
	return list
}

// loads are the slots that each inspector of the hat holds, without the places
// that a request vacates or that no lot could fill. Of group teams all count,
// those without objects too.
func (c *crew) loads(vacated []record.Leaving) map[string]int {
	gone := map[record.Leaving]bool{}
	for _, v := range vacated {
		gone[v] = true
	}
	for _, f := range c.done() {
		if f.Come == "" {
			gone[record.Leaving{Object: f.Object, Slot: f.Slot, Leave: f.Leave}] = true
		}
	}
	held := map[string]int{}
	count := func(name string, members []string) {
		for slot, m := range members {
			if _, in := c.hat.People[m]; in && !gone[record.Leaving{Object: name, Slot: int64(slot), Leave: m}] {
				held[m]++
			}
		}
	}
	if c.groups {
		for name, members := range c.hat.Groups {
			count(name, members)
		}
		return held
	}
	for _, o := range c.lot.Objects {
		if c.lot.HatOf(o) == c.hat {
			count(o.Handle, o.Team)
		}
	}
	return held
}

// barred are those who may not take a place of a team: recused at any of its
// objects, or gone from it before in whatever way.
func (c *crew) barred(name string) []string {
	var list []string
	for _, o := range c.objects[name] {
		list = append(append(list, o.Recused...), o.Left...)
		for _, ch := range o.Changes {
			if ch.Body.Leave != "" {
				list = append(list, ch.Body.Leave)
			}
		}
	}
	for _, f := range c.done() {
		if f.Object == name {
			list = append(list, f.Leave)
		}
	}
	return list
}

// Refill (换人抽签) computes the outcome of a request from the signature of its
// round (draw1 §8). The office calls it to say the outcome, everybody else to
// check it.
func (l *Lot) Refill(r *Requested, chain beacon.Chain, signature string) (*record.Replacement, error) {
	sig, err := hex.DecodeString(signature)
	if err != nil {
		return nil, fault.Wrap("rules.bad-signature", l.Body.Draw, err)
	}
	rho, err := beacon.Verify(chain, uint64(r.Body.Randomness.Round), sig)
	if err != nil {
		return nil, err
	}
	c := l.crewOf(r.Body.Notice)
	leave := map[string]map[int64]string{}
	for _, s := range r.Body.Slots {
		if leave[s.Object] == nil {
			leave[s.Object] = map[int64]string{}
		}
		leave[s.Object][s.Slot] = s.Leave
	}
	var teams []draw.Vacancy
	for _, name := range c.order {
		if leave[name] == nil {
			continue
		}
		v := draw.Vacancy{Object: name, Members: c.members(name), Barred: c.barred(name)}
		for slot, who := range leave[name] {
			v.Members[slot], v.Barred = "", append(v.Barred, who)
		}
		teams = append(teams, v)
	}
	needs := make([]string, len(c.slots))
	for i, s := range c.slots {
		needs[i] = s.Needs
	}
	seed := draw.RefillSeed(c.seed, r.Hash, rho)
	filled, err := draw.Refill(seed, teams, needs, c.hat.inspectors(), r.Loads)
	if err != nil {
		return nil, err
	}
	b := &record.Replacement{Request: r.Index, Commitment: r.Hash, Signature: signature, Rho: rho, Seed: seed}
	for _, t := range filled {
		for _, slot := range slices.Sorted(maps.Keys(leave[t.Object])) {
			b.Filled = append(b.Filled, record.Filled{Object: t.Object, Slot: slot, Leave: leave[t.Object][slot], Come: t.Members[slot]})
		}
	}
	return b, nil
}
