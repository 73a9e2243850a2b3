package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// Later is a teams notice (组队预告) with its cast: the people are drawn in the
// week of the visit, long after the objects (draw1 §7).
type Later struct {
	At[record.TeamsNotice]
	Hat
	Stood
	Lot     *Lot
	C       string
	Failed  bool
	Extras  []Extra  // beside the contributors of the notice
	Objects []string // in ascending (ticket, handle) of the earlier draw
	Cast    *At[record.Teams]
	Lost    []At[record.Lost]
	Undrawn bool // the draw was aborted in time for its value
}

// Teams finds a teams notice by its id (2023-001-T1), nil if there is none.
func (s *State) Teams(id string) *Later {
	for _, l := range s.Lots {
		for _, t := range l.Later {
			if t.Body.ID == id && !t.Failed {
				return t
			}
		}
	}
	return nil
}

func (l *Lot) teamsID(serial int64) string { return fmt.Sprintf("%s-T%d", l.Body.Draw, serial) }

// nextTeams is the serial of the draw's next teams notice.
func (l *Lot) nextTeams() int64 {
	n := int64(1)
	for _, t := range l.Later {
		if !t.Failed {
			n = t.Body.Serial + 1
		}
	}
	return n
}

// waiting are the objects that a teams notice staffs: dispatched, without a
// result, and not yet given to a lot of people.
func (l *Lot) waiting() []string {
	var list []*Object
	for _, o := range l.Objects {
		if o.Dispatch != 0 && o.Result == nil && len(o.Team) == 0 && !o.Unstaffed {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b *Object) int {
		if c := strings.Compare(a.Ticket, b.Ticket); c != 0 {
			return c
		}
		return strings.Compare(a.Handle, b.Handle)
	})
	handles := make([]string, len(list))
	for i, o := range list {
		handles[i] = o.Handle
	}
	return handles
}

func laterHat(b *record.TeamsNotice) *hatRef {
	return &hatRef{name: b.ID, inspectors: b.Inspectors, people: b.People, out: b.PeopleOut, why: b.PeopleWhy, slots: b.Slots,
		groupTeams: b.GroupTeams, recusals: b.Recusals, declared: b.Declared, mostForOne: b.MostForOne}
}

// teamsNotice judges a 组队预告.
func (j *judge) teamsNotice(b *record.TeamsNotice) {
	lot := j.drawnLot(b.Notice)
	if lot == nil {
		return
	}
	p := lot.Pack
	t := &Later{At: at(j, b), Lot: lot, C: j.in.Hash}
	switch {
	case len(lot.Body.Slots) > 0:
		j.breach("rules.teams-given", p.Team.Clause, lot.Body.Draw, "", "")
	case slices.ContainsFunc(lot.Later, func(t *Later) bool { return !t.Failed && !t.Late && t.Cast == nil }):
		j.breach("rules.line-open", p.Draw.Before, lot.Body.Draw, lot.teamsID(lot.nextTeams()-1), "")
	case b.Serial != lot.nextTeams() || b.ID != lot.teamsID(b.Serial):
		j.breach("rules.serial", "", b.ID, num(b.Serial), num(lot.nextTeams()))
	}
	if data, ok := j.file(b.Objects, "objects"); ok {
		t.Objects = lot.waiting()
		want := draw.FormatUnstaffed(t.Objects)
		if string(data) != string(want) || b.Count != int64(len(t.Objects)) || b.Count == 0 {
			// Whoever chose the objects could choose who is staffed with whom.
			j.breach("rules.teams-objects", p.Team.Clause, b.ID, num(b.Count), num(len(t.Objects)))
		}
	}
	if r := j.s.Roster("inspectors"); r == nil || r.Index != b.Inspectors.Entry || r.Body.Count != b.Inspectors.Count || r.Body.File.SHA256 != b.Inspectors.SHA256 {
		j.breach("rules.not-latest", p.People.Clause, "inspectors", num(b.Inspectors.Entry), "")
	}
	ref := laterHat(b)
	ref.checklist, ref.items = lot.Body.Checklist, lot.Body.Items
	j.teamShape(ref, lot.Body.Items, lot.Body.Checklist)
	t.Hat = *j.hat(ref, t.Objects)
	if b.From > b.To || b.From < b.Randomness.Time[:10] || b.To > lot.Ends() {
		j.breach("rules.task-dates", p.Draw.Before, "from, to", b.From+" "+b.To, lot.Body.From+" "+lot.Ends())
	}
	j.laterKey(b, lot)
	j.randomness(&b.Randomness)
	t.Extras = make([]Extra, len(b.Randomness.Contributors))
	t.Failed = !j.sound()
	lot.Later = append(lot.Later, t)
	if !t.Failed {
		t.Stood = j.stood(record.Unix(b.Randomness.Time), Lead)
		j.ordered(&t.Stood, b.ID, b.Randomness.Time)
	}
}

// laterDuties: a teams notice is cast on the day of its round.
func (s *State) laterDuties(l *Lot, today string) (list []Duty) {
	for _, t := range l.Later {
		if day := s.runDay(&t.Body.Randomness, t.Body.Randomness.Time); !t.Failed && t.Cast == nil {
			list = append(list, Duty{Code: "run", Draw: t.Body.ID, Clause: l.Pack.Draw.Before, Due: day, Count: 1, Open: 1, Sure: true, Late: s.late(day, "", today)})
		}
	}
	return list
}

// laterKey: a KI that somebody has seen open tells who is in this hat.
func (j *judge) laterKey(b *record.TeamsNotice, lot *Lot) {
	for _, l := range j.s.Lots {
		used := []string{l.Body.Key, l.Body.KeyI}
		for _, t := range l.Later {
			used = append(used, t.Body.KeyI)
		}
		if slices.Contains(used, b.KeyI) {
			j.add(Warning, "rules.notice-differs", "", "keycommit_i", lot.Body.Draw, "每次抽取新的钥匙")
			return
		}
	}
}

// CastTeams computes the 组队 of a teams notice from its given values and the
// recusal lines of its objects.
func (t *Later) CastTeams(g record.Given, recusals []draw.RecusalLine) (*record.Teams, map[string][]byte, error) {
	rho, extras, err := t.chance().value(g)
	if err != nil {
		return nil, nil, err
	}
	lists, err := t.Hat.recused(recusals)
	if err != nil {
		return nil, nil, err
	}
	c := draw.Case{Slots: laterHat(t.Body).needs(), GroupTeams: int(t.Body.GroupTeams), Inspectors: t.Hat.inspectors(), Recusals: map[string][]string{}}
	var opened []draw.RecusalLine
	for _, h := range t.Objects {
		if r, ok := lists[h]; ok {
			c.Recusals[h] = r.Inspectors
			opened = append(opened, r)
		}
	}
	out, err := draw.Staff(draw.Seed(t.C, extras, rho), t.Objects, c)
	if err != nil && fault.Code(err) != "draw.unstaffed-team" {
		return nil, nil, err
	}
	blobs := map[string][]byte{}
	put := func(data []byte) record.File {
		f := LinesOf(data)
		blobs[f.SHA256] = data
		return f
	}
	body := &record.Teams{Notice: t.Index, Commitment: t.C, Signature: g.Signature, Line: g.Line, Signed: g.Signed, Scans: g.Scans, Contributions: t.Added(), Rho: rho, Seed: out.Seed, Cap: int64(out.Cap),
		Teams: put(draw.FormatTeams(out.Teams)), Recusals: put(draw.FormatRecusals(opened)), Unstaffed: put(draw.FormatUnstaffed(out.Unstaffed))}
	if len(out.GroupTeams) > 0 {
		f := put(draw.FormatTeams(out.GroupTeams))
		body.GroupTeams = &f
	}
	return body, blobs, nil
}

// later finds the teams notice of a 组队.
func (j *judge) laterOf(index int64) *Later {
	for _, l := range j.s.Lots {
		for _, t := range l.Later {
			if t.Index == index {
				return t
			}
		}
	}
	return nil
}

// teams judges a 组队: the same computation, byte for byte; then who leads.
func (j *judge) teams(b *record.Teams) {
	t := j.laterOf(b.Notice)
	switch {
	case t == nil:
		j.breach("rules.no-such-entry", "", "notice", num(b.Notice), "teams-notice")
		return
	case t.Failed:
		j.breach("rules.notice-failed", "", t.Body.ID, "", "")
		return
	case t.Cast != nil:
		j.breach("rules.redraw", t.Lot.Pack.Draw.Before, t.Body.ID, num(t.Cast.Index), "")
		return
	case t.Lot.Abort != nil:
		j.breach("rules.aborted", "", t.Body.ID, num(t.Lot.Abort.Index), "")
		return
	}
	data, ok1 := j.file(b.Recusals, "recusals")
	leaders, ok2 := j.file(b.Leaders, "leaders")
	if !ok1 || !ok2 {
		return
	}
	recusals, err := draw.ParseRecusals(data)
	if err != nil {
		j.breach("rules.bad-file", "", "recusals", err.Error(), "")
		return
	}
	named, err := draw.ParseTeams(leaders)
	if err != nil {
		j.breach("rules.bad-file", "", "leaders", err.Error(), "")
		return
	}
	c := t.chance()
	if !j.given(c, b.Given()) {
		return
	}
	want, blobs, err := t.CastTeams(b.Given(), recusals)
	if err != nil {
		j.uncastable(c, b.Given(), err)
		return
	}
	if len(recusals) != len(t.Objects) {
		j.breach("rules.recusals-count", "", t.Body.ID, num(len(recusals)), num(len(t.Objects)))
	}
	want.Declarations, want.Leaders = b.Declarations, b.Leaders // given, not computed
	j.differs(t.Body.ID, b, want, partsOfTeams(b, want), blobs)
	j.stated(laterHat(t.Body), t.Body.ID, recusals)
	j.behind(&t.Hat, t.Body.ID, recusals, b.Declarations)
	if !j.sound() {
		return
	}
	j.takeTeams(t, b, blobs, recusals, named)
	j.believed(c, b.Given())
}

// takeTeams notes the teams and holds the named leaders to them; a leader who is
// in no team makes the entry void.
func (j *judge) takeTeams(t *Later, b *record.Teams, blobs map[string][]byte, recusals []draw.RecusalLine, named []draw.Team) {
	given := cast{teams: blobs[b.Teams.SHA256], unstaffed: blobs[b.Unstaffed.SHA256], groups: blobs[group(b.GroupTeams)], recusals: recusals}
	members := membersOf(given, t.Body.GroupTeams > 0)
	lead := map[string]string{}
	for _, l := range named {
		lead[l.Object] = l.Members[0]
		if t.Lot.Pack.Team.Leader != "named" || len(l.Members) != 1 || !slices.Contains(members[l.Object], l.Members[0]) {
			j.breach("rules.no-leader", t.Lot.Pack.Team.Clause, l.Object, l.Members[0], "")
		}
	}
	for _, h := range t.Objects {
		if t.Lot.Pack.Team.Leader == "named" && len(members[h]) > 0 && lead[h] == "" {
			j.breach("rules.no-leader", t.Lot.Pack.Team.Clause, h, "", "")
		}
	}
	if !j.sound() {
		return
	}
	a := at(j, b)
	t.Cast = &a
	for _, h := range t.Objects {
		t.Lot.byHandle[h].Staffed = t.Index
	}
	j.staffed(t.Lot, &t.Hat, laterHat(t.Body), given)
	for h, l := range lead {
		t.Lot.byHandle[h].Leader = l
	}
	j.s.Proven = max(j.s.Proven, beacon.Quicknet().Time(uint64(t.Body.Randomness.Round)))
}

// membersOf are the people of each staffed object, through its group team where
// there is one.
func membersOf(c cast, groups bool) map[string][]string {
	teams, _ := draw.ParseTeams(c.teams)
	lines, _ := draw.ParseTeams(c.groups)
	of := map[string][]string{}
	for _, g := range lines {
		of[g.Object] = g.Members
	}
	m := map[string][]string{}
	for _, t := range teams {
		if m[t.Object] = t.Members; groups {
			m[t.Object] = of[t.Members[0]]
		}
	}
	return m
}

// AnnounceTeams computes a teams notice for the objects of a draw that wait for
// their people, as Announce does for a draw: t gives round, period, slots and
// recusals, ki the key of the handles.
func (s *State) AnnounceTeams(l *Lot, t Task, people []Person, ids map[string]string, ki []byte) (*record.TeamsNotice, map[string][]byte, error) {
	r := s.Roster("inspectors")
	objects := l.waiting()
	switch {
	case len(l.Body.Slots) > 0:
		return nil, nil, fault.New("rules.teams-given", l.Body.Draw, "", "")
	case r == nil:
		return nil, nil, fault.New("rules.no-roster", l.Body.Draw, "", "")
	case len(objects) == 0:
		return nil, nil, fault.New("rules.teams-objects", l.Body.Draw, "0", "1")
	}
	blobs := map[string][]byte{}
	put := func(data []byte) record.File {
		f := LinesOf(data)
		blobs[f.SHA256] = data
		return f
	}
	random := t.randomness()
	b := &record.TeamsNotice{Notice: l.Index, Serial: l.nextTeams(), Count: int64(len(objects)), Objects: put(draw.FormatUnstaffed(objects)),
		Inspectors: record.RosterRef{Entry: r.Index, Count: r.Body.Count, SHA256: r.Body.File.SHA256}, KeyI: draw.KeyCommit(ki),
		Randomness: *random, From: or(t.From, max(l.Body.From, random.Time[:10])), To: or(t.To, l.Ends())}
	b.ID = l.teamsID(b.Serial)
	b.Slots, b.GroupTeams = s.teamOf(t, l.Body.Checklist, l.Body.Items)
	g := s.Pack.gather("I", people, b.From, b.To, ki)
	needs, teams := laterHat(b).needs(), max(int(b.GroupTeams), 1)
	if len(needs) <= 9 && !draw.Fillable(needs, teams, g.inspectors) {
		return nil, nil, fault.New("rules.few-inspectors", b.ID, num(len(g.inspectors)), Wanted(s.Pack, needs, teams))
	}
	b.People, b.PeopleWhy = put(draw.FormatInspectors(g.inspectors)), g.why
	if len(g.out) > 0 {
		f := put(draw.FormatLeftOut(g.out))
		b.PeopleOut = &f
	}
	var commits []draw.RecusalCommit
	commits, b.Declared, b.MostForOne = commitRecusals(objects, ids, t.Declared, g.handles, ki)
	b.Recusals = put(draw.FormatRecusalCommits(commits))
	return b, blobs, nil
}
