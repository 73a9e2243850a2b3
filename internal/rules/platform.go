package rules

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
)

// PlatformRule says how a regulation binds the lots to the state's platform. A
// pack without one lets no platform cast.
type PlatformRule struct {
	Name   string `json:"name" toml:"name"`                   // of the platform, in the regulation's words
	Clause string `json:"clause" toml:"clause"`               // lots are cast there, or the drawn are entered there
	List   string `json:"list_clause" toml:"list_clause"`     // the list is what was drawn, nothing else
	People string `json:"people_clause" toml:"people_clause"` // inspectors are drawn there too
}

// ByPlatform reports whether the state's platform casts the lots.
func (l *Lot) ByPlatform() bool { return l.Body.Casts == castByPlatform }

// castByPlatform is what a notice says where the platform casts (draw1 §9).
const castByPlatform = "platform"

// Drawn reports whether it is known who was drawn.
func (l *Lot) Drawn() bool { return l.Draw != nil || l.ByPlatform() && l.Platform != nil }

// Record is the index and claimed time of the entry that says who was drawn;
// the notice's own before there is one.
func (l *Lot) Record() (index int64, time string) {
	switch {
	case l.Draw != nil:
		return l.Draw.Index, l.Draw.Time
	case l.Drawn():
		return l.Platform.Index, l.Platform.Time
	}
	return l.Index, l.Time
}

// When is the time of the lots: what the notice says, and once the platform's
// list is in the ledger what the platform says.
func (l *Lot) When() string {
	if l.ByPlatform() && l.Platform != nil {
		return l.Platform.Body.Time
	}
	return l.Body.When()
}

// Afterwards (事后登记) reports whether the platform's draw came before its
// notice, as far as anybody knows: by the platform's time where its list is in
// the ledger, otherwise by the one that the notice states. Where witnesses are
// asked for their time decides, otherwise the office's own word.
func (l *Lot) Afterwards() bool {
	when := record.Unix(l.When())
	switch {
	case !l.ByPlatform():
		return false
	case l.Asked:
		return !l.InTime || when <= l.NotBefore
	}
	return when <= l.Since
}

// platformOrder says what the notice's order before the platform's draw rests
// on: at the notice by the time that it states, at the list by the platform's.
func (j *judge) platformOrder(lot *Lot) {
	clause, when := lot.Pack.Platform.Clause, lot.When()
	switch {
	case lot.Asked && lot.Afterwards() && lot.Seen == 0:
		j.add(Warning, "rules.platform-unseen", clause, lot.Body.Draw, "", when)
	case lot.Asked && lot.Afterwards():
		j.add(Warning, "rules.notice-after", clause, lot.Body.Draw, record.Time(max(lot.Seen, lot.NotBefore)), when)
	case lot.Afterwards():
		j.add(Warning, "rules.notice-after", clause, lot.Body.Draw, record.Time(lot.Since), when)
	}
	if !lot.Asked && lot.Platform == nil {
		j.add(Note, "rules.no-witness-platform", "", lot.Body.Draw, "", "")
	}
}

// noticePlatform judges who casts where it is the platform: the regulation
// knows one, its task's time stands in the place of a round. A notice that
// came too late is another grade, not an error (draw1 §9): what it says of
// pool and quotas can still be held against the list.
func (j *judge) noticePlatform(b *record.Notice, lot *Lot) {
	p := j.s.Pack
	if p.Platform == nil || b.Randomness != nil || b.Before == "" {
		j.breach("rules.randomness", "", "before", b.Casts+" "+b.Before, "sunlot，或规则包写明的平台和平台任务的时间")
		return
	}
	if len(b.Slots) == 0 {
		// Its list names the teams and opens their recusals: without a hat of
		// people none could ever be held against the notice.
		j.breach("rules.platform-teams", p.Platform.People, b.Draw, "", "")
		return
	}
	lot.Since = max(record.Unix(j.in.Entry.Env.At), record.Unix(j.s.Clock), j.s.Proven)
}

// platformDraw judges what the platform is said to have drawn. The list is a
// fact that the office did not make, so what differs from the notice is shown
// and not refused; only what cannot be read is.
func (j *judge) platformDraw(b *record.PlatformDraw) {
	lot := j.s.lots[b.Notice]
	if lot == nil || !lot.Hidden() { // an abort does not keep the platform's list out
		if lot = j.lotOf(b.Notice); lot == nil {
			return
		}
	}
	j.lot = lot
	p := lot.Pack
	switch {
	case p.Platform == nil:
		j.breach("rules.randomness", "", lot.Body.Draw, "platform", "规则包没有写明平台")
	case lot.Platform != nil:
		j.breach("rules.redraw", p.Platform.List, lot.Body.Draw, num(lot.Platform.Index), "")
	case !lot.ByPlatform() && lot.Draw == nil:
		j.breach("rules.not-drawn-yet", p.Platform.List, lot.Body.Draw, "", "")
	case b.Time > j.in.Entry.Env.At:
		j.breach("rules.date-order", p.Platform.Clause, "time", b.Time, j.in.Entry.Env.At)
	}
	l, ok := j.platformList(b, lot)
	if !ok || !j.sound() {
		return
	}
	for _, other := range j.s.Lots {
		// One list of the platform's cannot be that of two draws.
		if other.Platform != nil && other.Platform.Body.Number == b.Number {
			j.add(Warning, "rules.platform-number-twice", p.Platform.Clause, lot.Body.Draw, b.Number, other.Body.Draw)
		}
	}
	a := at(j, b)
	lot.Platform = &a
	if !lot.ByPlatform() {
		j.listed(lot, l)
		return
	}
	if b.Time[:10] != lot.Body.Before[:10] {
		// How often the platform was asked in between nobody can see.
		j.add(Warning, "rules.platform-other-time", p.Platform.Clause, lot.Body.Draw, b.Time, lot.Body.Before)
	}
	lot.InTime = lot.Asked && 0 < lot.Seen && lot.Seen < record.Unix(b.Time)
	j.platformOrder(lot)
	j.platformPool(lot, l)
	j.platformTeams(lot, l)
	l.take(lot)
}

// platformNeeds lists the files that a platform's list is judged by: its own,
// and where the platform cast also who was left out by the notice.
func (s *State) platformNeeds(b *record.PlatformDraw) []string {
	needs := append([]string{b.Objects.SHA256, b.Teams.SHA256, b.Recusals.SHA256}, given(b.Declarations)...)
	if l := s.lots[b.Notice]; l != nil && l.ByPlatform() {
		needs = append(needs, l.Body.Out.SHA256)
	}
	return needs
}

// list is the platform's list as the entry's files give it.
type list struct {
	objects []string
	teams   map[string][]string
	recused map[string][]string
	out     map[string]string // ground by handle of those left out by the notice
	cells   map[string]string // cell by handle of those in the hat
}

// platformList reads the files of the entry and, where the platform cast, who
// was left out by the notice. The opened recusals are those that the notice
// committed to, of every listed object that was in the hat.
func (j *judge) platformList(b *record.PlatformDraw, lot *Lot) (*list, bool) {
	l := &list{teams: map[string][]string{}, recused: map[string][]string{}, out: map[string]string{}, cells: map[string]string{}}
	bad := func(place string, err error) bool {
		if err != nil {
			j.breach("rules.bad-file", "", place, err.Error(), "")
		}
		return err != nil
	}
	data, ok1 := j.file(b.Objects, "objects")
	teams, ok2 := j.file(b.Teams, "teams")
	opened, ok3 := j.file(b.Recusals, "recusals")
	if !ok1 || !ok2 || !ok3 {
		return nil, false
	}
	var err error
	if l.objects, err = draw.ParseUnstaffed(data); bad("objects", err) {
		return nil, false
	}
	if int64(len(l.objects)) != b.Count || b.Count == 0 {
		j.breach("rules.bad-file", "", "objects", num(len(l.objects)), num(b.Count))
	}
	for i := range lot.Pool {
		l.cells[lot.Pool[i].Handle] = lot.Pool[i].Cell
	}
	named, err := draw.ParseTeams(teams)
	if bad("teams", err) {
		return nil, false
	}
	for _, t := range named {
		if l.teams[t.Object] = t.Members; !l.has(t.Object) || strings.HasPrefix(t.Members[0], "team") {
			j.breach("rules.bad-file", "", "teams", t.Object, "")
		}
	}
	lines, err := draw.ParseRecusals(opened)
	if bad("recusals", err) {
		return nil, false
	}
	if lot.ByPlatform() {
		j.platformOpened(lot, l, lines)
	} else if len(lines) > 0 { // its draw has opened them
		j.breach("rules.recusals-count", "", lot.Body.Draw, num(len(lines)), "0")
	}
	if j.sound() {
		j.behind(&lot.Hat, lot.Body.Draw, lines, b.Declarations)
	}
	return l, j.sound()
}

// platformOpened holds the opened recusals to the notice, and reads who it left out.
func (j *judge) platformOpened(lot *Lot, l *list, lines []draw.RecusalLine) {
	recused, err := lot.recused(lines)
	if err != nil {
		j.breach("rules.bad-file", "", "recusals", err.Error(), "")
		return
	}
	want := 0
	for _, h := range l.objects {
		if _, in := l.cells[h]; in {
			want++
			l.recused[h] = recused[h].Inspectors
			delete(recused, h)
		}
	}
	if len(recused) > 0 || len(lines) != want {
		j.breach("rules.recusals-count", "", lot.Body.Draw, num(len(lines)), num(want))
	}
	j.stated(noticeHat(lot.Body), lot.Body.Draw, lines)
	out, ok := j.file(lot.Body.Out, "out")
	if !ok {
		return
	}
	left, _ := draw.ParseLeftOut(out) // the notice has held it to its form
	for _, o := range left {
		l.out[o.Handle] = o.Ground
	}
}

func (l *list) has(handle string) bool {
	_, found := slices.BinarySearch(l.objects, handle)
	return found
}

// platformPool compares the list with the notice: who may have been drawn, how
// many, and how many of each cell (draw1 §9).
func (j *judge) platformPool(lot *Lot, l *list) {
	p, b := lot.Pack, lot.Body
	outside, grounds := map[string]int64{}, []string{}
	byCell := map[string]int64{}
	for _, h := range l.objects {
		if cell, in := l.cells[h]; in {
			byCell[cell]++
			continue
		}
		ground := l.out[h] // "" for one that is not in the register at all
		if outside[ground]++; outside[ground] == 1 {
			grounds = append(grounds, ground)
		}
	}
	slices.Sort(grounds)
	for _, g := range grounds {
		why := p.ground(g, outside[g])
		j.add(Warning, "rules.platform-outside", or(why.Clause, p.Platform.List), b.Draw, num(outside[g]), or(why.Words, "不在名录库"))
	}
	total := int64(0)
	for _, g := range b.Groups {
		for _, c := range g.Cells {
			if total += c.Quota; byCell[c.Cell] != c.Quota && j.s.balanced(lot) {
				j.add(Warning, "rules.platform-cells", p.Draw.Undirected, b.Draw+" "+c.Name, num(byCell[c.Cell]), num(c.Quota))
			}
		}
	}
	if n := int64(len(l.objects)); n != total {
		j.add(Warning, "rules.platform-number", p.Platform.List, b.Draw, num(n), num(total))
	}
}

// balanced reports whether the notice's cells are demanded by the regulation.
func (s *State) balanced(lot *Lot) bool {
	return lot.Pack.Draw.Balance == "town" && lot.Body.Mode == "不定向"
}

// platformTeams: teams smaller than the regulation's, members who were not in the
// hat, or who had declared that they must not inspect this enterprise.
func (j *judge) platformTeams(lot *Lot, l *list) {
	strangers, recused := 0, 0
	p, least := lot.Pack, lot.Pack.Team.Min
	for _, h := range l.objects {
		if n := len(l.teams[h]); n > 0 {
			least = min(least, n)
		}
		for _, m := range l.teams[h] {
			if _, in := lot.People[m]; !in {
				strangers++
			}
			if slices.Contains(l.recused[h], m) {
				recused++
			}
		}
	}
	if least < p.Team.Min {
		j.add(Warning, "rules.team-small", p.Team.Clause, lot.Body.Draw, num(least), num(p.Team.Min))
	}
	if strangers > 0 {
		j.add(Warning, "rules.platform-person", p.Platform.People, lot.Body.Draw, num(strangers), "")
	}
	if recused > 0 {
		j.add(Warning, "rules.platform-recused", or(p.Team.Change, p.Platform.People), lot.Body.Draw, num(recused), "")
	}
}

// take notes what the platform drew: objects without tickets, in ascending
// (cell, handle); one without an exported team is appointed to by hand.
func (l *list) take(lot *Lot) {
	for _, h := range l.objects {
		o := &Object{Handle: h, Cell: l.cells[h], Drawn: l.teams[h], Team: slices.Clone(l.teams[h]), Recused: l.recused[h], Unstaffed: len(l.teams[h]) == 0}
		if lot.Body.Leader == "slot0" && !o.Unstaffed {
			o.Leader = o.Team[0]
		}
		lot.Objects = append(lot.Objects, o)
		lot.byHandle[h] = o
	}
	slices.SortStableFunc(lot.Objects, func(a, b *Object) int { return strings.Compare(a.Cell, b.Cell) })
	lot.Pool, lot.Recuse = nil, nil
}

// listed compares the platform's list with the draw that sunlot cast (Y-12.2:
// by=sunlot, equality proved): the same units, and where the platform names
// teams the same people.
func (j *judge) listed(lot *Lot, l *list) {
	p := lot.Pack
	extra, missing, other := 0, 0, 0
	for _, h := range l.objects {
		if lot.byHandle[h] == nil {
			extra++
		}
	}
	for _, o := range lot.Objects {
		team := l.teams[o.Handle]
		switch {
		case !l.has(o.Handle):
			missing++
		case len(team) > 0 && !sameMembers(team, o.Team):
			other++
		}
	}
	if extra+missing > 0 {
		j.add(Warning, "rules.platform-differs", p.Platform.List, lot.Body.Draw, num(extra), num(missing))
	}
	if other > 0 {
		j.add(Warning, "rules.platform-team", p.Platform.People, lot.Body.Draw, num(other), "")
	}
	if record.Unix(lot.Platform.Body.Time) < record.Unix(lot.Body.When()) {
		// A list that stood on the platform before the round was not drawn by it.
		j.add(Warning, "rules.date-order", p.Platform.Clause, lot.Body.Draw, lot.Platform.Body.Time, lot.Body.When())
	}
	lot.Equal = extra+missing+other == 0
}

// sameMembers compares two teams as sets.
func sameMembers(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(m string) bool { return !slices.Contains(b, m) })
}

// platformNumber: a dispatch bears the number of the task that its list was
// recorded under. A platform may number the parts of a task, so this is a note.
func (j *judge) platformNumber(lot *Lot, b *record.Dispatch) {
	if lot.Platform != nil && b.Platform != "" && b.Platform != lot.Platform.Body.Number {
		j.add(Note, "rules.platform-other-number", lot.Pack.Platform.Clause, lot.Body.Draw, b.Platform, lot.Platform.Body.Number)
	}
}
