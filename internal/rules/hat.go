package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// Hat (人员签筒) is the people from whom teams are drawn, as a notice or a later
// teams notice commits to them (draw1 §4, §7).
type Hat struct {
	Entry  int64               // index of the notice or teams notice
	People map[string][]string // handle → qualifications
	Recuse map[string]string   // object handle → commitment, until the cast
	Groups map[string][]string // teamNN → its members now, where teams are group teams
}

// hatRef is what an entry says of its hat.
type hatRef struct {
	name       string // of the draw, for messages
	inspectors record.RosterRef
	people     record.File
	out        *record.File
	why        []record.Ground
	slots      []record.Slot
	groupTeams int64
	recusals   record.File
	declared   int64
	mostForOne int64
	checklist  int64
	items      []string
}

func (b *hatRef) needs() []string {
	if len(b.slots) == 0 {
		return nil // no teams
	}
	list := make([]string, len(b.slots))
	for i, s := range b.slots {
		list[i] = s.Needs
	}
	return list
}

func noticeHat(b *record.Notice) *hatRef {
	return &hatRef{name: b.Line, inspectors: b.Inspectors, people: b.People, out: b.PeopleOut, why: b.PeopleWhy, slots: b.Slots,
		groupTeams: b.GroupTeams, recusals: b.Recusals, declared: b.Declared, mostForOne: b.MostForOne, checklist: b.Checklist, items: b.Items}
}

// Grounds on which a person of the register is left out of a hat.
const (
	groundOff         = "off"         // 停用、调离、退休 …
	groundExpert      = "expert"      // experts do not count toward a team (draw1 §7)
	groundCertificate = "certificate" // not valid over the whole task
)

// peopleGround is the table line of a ground of a person's being left out.
func (p *Pack) peopleGround(code string, n int64) record.Ground {
	switch code {
	case groundOff:
		return record.Ground{Code: code, Clause: p.People.Clause, Words: "不在岗（停用、调离、退休等）", Count: n}
	case groundExpert:
		return record.Ground{Code: code, Clause: p.People.Clause, Words: "专家，不编入检查组", Count: n}
	case groundCertificate:
		return record.Ground{Code: code, Clause: p.People.Valid, Words: "执法证有效期没有覆盖任务期", Count: n}
	}
	return record.Ground{}
}

// expertMark is the word of the register for a person who is an expert.
const expertMark = "专家"

// leftOut is why a person of the register is not in the hat of a task, "" if he
// is.
func leftOut(p *Person, from, to string) string {
	switch {
	case p.Off == expertMark:
		return groundExpert
	case p.Off != "":
		return groundOff
	case p.From > from || p.To != "" && p.To < to:
		return groundCertificate
	}
	return ""
}

// hat judges the people of an entry: everybody of the register is in the hat or
// left out with a ground, the slots can be filled, and a recusal line stands for
// every object.
func (j *judge) hat(b *hatRef, objects []string) *Hat {
	h := &Hat{Entry: j.index, People: map[string][]string{}, Recuse: map[string]string{}}
	people, ok1 := j.file(b.people, "people")
	recuse, ok2 := j.file(b.recusals, "recusals")
	if !ok1 || !ok2 {
		return h
	}
	inspectors, err := draw.ParseInspectors(people)
	if err != nil {
		j.breach("rules.bad-file", "", "people", err.Error(), "")
		return h
	}
	commits, err := draw.ParseRecusalCommits(recuse)
	if err != nil {
		j.breach("rules.bad-file", "", "recusals", err.Error(), "")
		return h
	}
	for _, in := range inspectors {
		h.People[in.Handle] = in.Qualifications
		for _, q := range in.Qualifications {
			if !j.s.Pack.speciality(q) {
				j.breach("rules.bad-file", j.s.Pack.People.Clause, "people", q, "")
			}
		}
	}
	if len(b.slots) == 0 {
		// Teams come later, and so does their hat: nothing of it stands here.
		if len(inspectors)+len(commits) > 0 || b.out != nil || len(b.why) > 0 || b.groupTeams != 0 || b.declared != 0 || b.mostForOne != 0 {
			j.breach("rules.teams-later", j.s.Pack.Team.Clause, b.name, num(len(inspectors))+" "+num(len(commits)), "0 0")
		}
		return h
	}
	j.peopleOut(b, inspectors)
	j.fillable(b, inspectors)
	j.fewWith(b, h, j.s.needed(b.checklist, b.items))
	j.recusalLines(b, h, commits, objects, len(inspectors))
	j.standBack(b)
	return h
}

// peopleOut: nobody of the register is dropped in silence (as T4 for objects).
func (j *judge) peopleOut(b *hatRef, in []draw.Inspector) {
	counts, seen, n := map[string]int64{}, map[string]bool{}, len(in)
	for _, p := range in {
		seen[p.Handle] = true
	}
	if b.out != nil {
		data, ok := j.file(*b.out, "people_out")
		if !ok {
			return
		}
		left, err := draw.ParseLeftOut(data)
		if err != nil {
			j.breach("rules.bad-file", "", "people_out", err.Error(), "")
			return
		}
		for _, l := range left {
			if seen[l.Handle] || l.Group != noGroup {
				j.breach("rules.bad-file", j.s.Pack.People.Clause, "people_out", l.Handle, "")
				return
			}
			seen[l.Handle] = true
			counts[l.Ground]++
		}
		n += len(left)
	}
	if int64(n) != b.inspectors.Count {
		j.breach("rules.pool-count", j.s.Pack.People.Clause, "people + people_out", num(n), num(b.inspectors.Count))
	}
	for _, g := range b.why {
		if counts[g.Code] != g.Count || g.Count == 0 {
			j.breach("rules.grounds", j.s.Pack.People.Clause, g.Code, num(g.Count), num(counts[g.Code]))
		}
		if want := j.s.Pack.peopleGround(g.Code, g.Count); g != want {
			j.breach("rules.grounds", j.s.Pack.People.Clause, g.Code, g.Words, want.Words)
		}
		delete(counts, g.Code)
	}
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		j.breach("rules.grounds", j.s.Pack.People.Clause, code, num(counts[code]), "0")
	}
}

// noGroup stands where a left-out line names no group.
const noGroup = "-"

// fillable: a hat that cannot fill one team, or the group teams of the notice,
// would leave every object to be staffed by hand.
func (j *judge) fillable(b *hatRef, in []draw.Inspector) {
	if len(b.slots) > 9 || b.groupTeams > 99 {
		return // said elsewhere
	}
	teams := max(int(b.groupTeams), 1)
	if !draw.Fillable(b.needs(), teams, in) {
		j.breach("rules.few-inspectors", j.s.Pack.Team.Clause, b.name, num(len(in)), Wanted(j.s.Pack, b.needs(), teams))
	}
}

// Wanted says in words what a hat must be able to fill.
func Wanted(p *Pack, needs []string, teams int) string {
	var list []string
	for _, q := range needs {
		if n, ok := Find(p.Specialities, q); ok && q != "" {
			list = append(list, n.Name)
		}
	}
	s := fmt.Sprintf("%d 人", len(needs)*teams)
	if len(list) > 0 {
		s += "，其中要有" + strings.Join(list, "、")
	}
	return s
}

// recusalLines: one committed line for every object, so that their number says
// nothing (draw1 §4), and the stated numbers are possible.
func (j *judge) recusalLines(b *hatRef, h *Hat, commits []draw.RecusalCommit, objects []string, people int) {
	if most, all := b.mostForOne, int64(len(objects)); most > b.declared || b.declared > most*all || most > int64(people) {
		j.breach("rules.recusals-count", "", "declared", num(b.declared)+" "+num(most), num(all)+" "+num(people))
	}
	for _, c := range commits {
		h.Recuse[c.Handle] = c.Hash
	}
	if len(h.Recuse) != len(objects) {
		j.breach("rules.recusals-count", "", "recusals", num(len(h.Recuse)), num(len(objects)))
		return
	}
	for _, o := range objects {
		if _, ok := h.Recuse[o]; !ok {
			j.breach("rules.recusals-count", "", o, "", "")
			return
		}
	}
}

// teamShape: what the pack and the items leave no choice about.
func (j *judge) teamShape(b *hatRef, items []string, checklist int64) {
	p := j.s.Pack
	if n := len(b.slots); n > 0 && n < p.Team.Min {
		j.breach("rules.team-small", p.Team.Clause, "slots", num(n), num(p.Team.Min))
	}
	if len(b.slots) > 9 || b.groupTeams > 99 {
		j.breach("rules.notice-differs", p.Team.Clause, "slots", num(len(b.slots))+" "+num(b.groupTeams), "9 99")
	}
	needs := b.needs()
	for _, q := range needs {
		if q != "" && !p.speciality(q) {
			j.breach("rules.notice-differs", p.Team.Clause, "slots", q, "规则包所列的专长")
		}
	}
	if p.Team.together() && len(b.slots) > 0 && b.groupTeams == 0 {
		j.breach("rules.notice-differs", p.Team.Clause, "group_teams", "0", "1 …")
	}
	if !p.Team.Coverage || len(b.slots) == 0 {
		return
	}
	for _, q := range j.s.needed(checklist, items) {
		if !slices.Contains(needs, q) {
			j.breach("rules.team-uncovered", p.Team.Cover, "slots", Wanted(p, []string{q}, 1), "")
		}
	}
}

// needed lists the specialities that the items of a checklist ask for, each
// once, in their order (Y-13.1).
func (s *State) needed(checklist int64, items []string) []string {
	var list []string
	for _, c := range s.Checklists {
		if c.Index != checklist {
			continue
		}
		for _, it := range c.Body.Items {
			for _, q := range it.Specialities {
				if slices.Contains(items, it.No) && !slices.Contains(list, q) {
					list = append(list, q)
				}
			}
		}
	}
	return list
}

// cover gives the needed specialities to slots: one that asks for nothing takes
// the first that is missing, and what is left adds slots.
func cover(slots []record.Slot, needed []string) []record.Slot {
	slots = slices.Clone(slots)
	for _, q := range needed {
		if slices.Contains(slots, record.Slot{Needs: q}) {
			continue
		}
		if i := slices.Index(slots, record.Slot{}); i >= 0 {
			slots[i].Needs = q
		} else {
			slots = append(slots, record.Slot{Needs: q})
		}
	}
	return slots
}

// teamOf is the shape of the teams of a task: the pack's least number, the
// specialities that the items of the checklist ask for, group teams where the pack forms one team
// for the whole.
func (s *State) teamOf(t Task, checklist int64, items []string) (slots []record.Slot, groups int64) {
	for i := range max(s.Pack.Team.Min, len(t.Slots)) {
		var slot record.Slot
		if i < len(t.Slots) {
			slot.Needs = t.Slots[i]
		}
		slots = append(slots, slot)
	}
	// A filled 所需专长 is the office's own demand: it acts under every pack.
	// Coverage decides only whether a notice without it is a breach (Y-13.1).
	slots = cover(slots, s.needed(checklist, items))
	groups = int64(t.Groups)
	if groups == 0 && s.Pack.Team.together() {
		groups = 1
	}
	return slots, groups
}

// gathered is what a register gives for a hat.
type gathered struct {
	handles    map[string]string // id → handle, of those in the hat
	inspectors []draw.Inspector
	out        []draw.LeftOut
	why        []record.Ground
}

// gather sorts the register of inspectors into those in the hat of a task and
// those left out (draw1 §3, kind I, of experts E): off duty, or a certificate that is not
// valid over the whole task.
func (p *Pack) gather(kind string, people []Person, from, to string, ki []byte) gathered {
	g := gathered{handles: map[string]string{}}
	counts := map[string]int64{}
	for i := range people {
		q := &people[i]
		h := draw.Handle(kind, draw.Salt(ki, kind, q.ID), q.ID)
		if why := leftOut(q, from, to); why != "" {
			counts[why]++
			g.out = append(g.out, draw.LeftOut{Handle: h, Group: noGroup, Ground: why})
			continue
		}
		g.handles[q.ID] = h
		quals := slices.Clone(q.Quals)
		slices.Sort(quals)
		g.inspectors = append(g.inspectors, draw.Inspector{Handle: h, Qualifications: slices.Compact(quals)})
	}
	slices.SortFunc(g.inspectors, func(a, b draw.Inspector) int { return strings.Compare(a.Handle, b.Handle) })
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		g.why = append(g.why, p.peopleGround(code, counts[code]))
	}
	return g
}

// noticePeople fills the hat of a notice; one of objects alone has an empty one.
func (s *State) noticePeople(b *record.Notice, t Task, people []Person, v *sieve, ki []byte, put func([]byte) record.File) error {
	if t.Later {
		b.People, b.Recusals = put(nil), put(nil)
		return nil
	}
	g := s.Pack.gather("I", people, b.From, b.To, ki)
	h := noticeHat(b)
	if teams := max(int(b.GroupTeams), 1); len(b.Slots) <= 9 && !draw.Fillable(h.needs(), teams, g.inspectors) {
		return fault.New("rules.few-inspectors", b.Line, num(len(g.inspectors)), Wanted(s.Pack, h.needs(), teams))
	}
	b.People, b.PeopleWhy = put(draw.FormatInspectors(g.inspectors)), g.why
	if len(g.out) > 0 {
		f := put(draw.FormatLeftOut(g.out))
		b.PeopleOut = &f
	}
	objects := make([]string, len(v.pool))
	for i := range v.pool {
		objects[i] = v.pool[i].Handle
	}
	var commits []draw.RecusalCommit
	commits, b.Declared, b.MostForOne = commitRecusals(objects, v.ids, t.Declared, g.handles, ki)
	b.Recusals = put(draw.FormatRecusalCommits(commits))
	return nil
}

// commitRecusals writes one line for every object, empty lists too, so that
// the number of lines says nothing (draw1 §4). ids names the object of a handle,
// declared the inspectors who stand back from it.
func commitRecusals(objects []string, ids map[string]string, declared map[string][]string, handles map[string]string, ki []byte) (list []draw.RecusalCommit, all, most int64) {
	list = make([]draw.RecusalCommit, 0, len(objects))
	for _, h := range objects {
		r := Recusal(h, declared[ids[h]], handles, ki)
		n := int64(len(r.Inspectors))
		all, most = all+n, max(most, n)
		list = append(list, draw.RecusalCommit{Handle: r.Object, Hash: draw.RecusalHash(r.Salt, r.Inspectors)})
	}
	return list, all, most
}

// Recusal is the recusal line of one object: handles maps inspectors' ids to
// their handles of this draw; ids without a handle are not in the hat.
func Recusal(object string, ids []string, handles map[string]string, ki []byte) draw.RecusalLine {
	r := draw.RecusalLine{Object: object, Salt: draw.RecusalSalt(ki, object)}
	for _, id := range ids {
		if h, ok := handles[id]; ok {
			r.Inspectors = append(r.Inspectors, h)
		}
	}
	slices.Sort(r.Inspectors)
	r.Inspectors = slices.Compact(r.Inspectors)
	return r
}

// inspectors are the people of the hat as the draw wants them.
func (h *Hat) inspectors() []draw.Inspector {
	list := make([]draw.Inspector, 0, len(h.People))
	for handle, quals := range h.People {
		list = append(list, draw.Inspector{Handle: handle, Qualifications: quals})
	}
	slices.SortFunc(list, func(a, b draw.Inspector) int { return strings.Compare(a.Handle, b.Handle) })
	return list
}
