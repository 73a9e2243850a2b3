package rules

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
)

// minClass is the least number of lines of one (cell, weight) class that hides
// a firm in a sealed draw (draw1 §4).
const minClass = 10

func num[T ~int | ~int64](n T) string { return strconv.FormatInt(int64(n), 10) }

// total is draw.Total, named here so that the rules read as they do in draw1.
func total(ratio string, base int) (int, error) { return draw.Total(ratio, base) }

// notice judges a 抽取预告: everything that can be checked without knowing who
// stands behind a handle (draw1 §1, §4, §5).
func (j *judge) notice(b *record.Notice) {
	lot := &Lot{At: at(j, b), C: j.in.Hash, Pack: j.s.Pack, Due: b.Due, byHandle: map[string]*Object{}, Certificates: j.s.CertificatesPublic()}
	lot.Stood = j.stood(record.Unix(b.When()), lot.lead())
	j.lot = lot
	j.noticePlace(b)
	j.noticeSource(b, lot)
	j.noticeShape(b)
	j.noticeJoint(b, lot)
	j.noticeFiles(b, lot)
	j.noticeWaivers(b)
	if j.sound() {
		j.noticeGroups(b, lot)
		j.noticeTold(b, lot)
		j.classBase(b)
		j.selections(b)
	}
	j.noticeRandomness(b, lot)
	if lot.Failed = !j.sound(); lot.Failed {
		// Who takes a file away after a draw that he dislikes is not rid of it.
		lot.Gone = slices.ContainsFunc(j.found, func(f Finding) bool { return f.Code == "rules.file-missing" })
		lot.Pool, lot.Hat = nil, Hat{Entry: lot.Hat.Entry} // nobody is drawn from it
	}
	j.s.Lots = append(j.s.Lots, lot)
	j.s.lots[j.index] = lot
	if !lot.Failed {
		j.inForce(lot)
		if lot.ByPlatform() {
			j.platformOrder(lot)
		} else {
			j.ordered(&lot.Stood, b.Draw, b.When())
		}
	}
}

// noticePlace: serial, plan line, items, one open notice a line.
func (j *judge) noticePlace(b *record.Notice) {
	s, p := j.s, j.s.Pack
	year := yearOf(b.Draw)
	if want := fmt.Sprintf("%04d-%03d", year, b.Serial); b.Draw != want || b.Serial != s.NextSerial(year) || year != yearOf(b.When()) {
		j.breach("rules.serial", "", b.Draw, num(b.Serial), num(s.NextSerial(year)))
	}
	index, line := s.Line(year, b.Line)
	if line == nil {
		j.breach("rules.no-line", p.Plan.Clause, b.Line, "", "")
		return
	}
	if index != b.Plan {
		j.breach("rules.not-latest", p.Plan.Clause, "plan", num(b.Plan), "")
		return
	}
	if b.Mode != line.Mode || b.Filter != line.Filter || b.Scope != line.Scope {
		j.breach("rules.notice-differs", p.Draw.Before, b.Line, b.Mode+" "+b.Filter+" "+b.Scope, line.Mode+" "+line.Filter+" "+line.Scope)
	}
	for i, it := range b.Items {
		if !slices.Contains(line.Items, it) || slices.Contains(b.Items[:i], it) || !s.listed(it) {
			j.breach("rules.item-unknown", p.Plan.Clause, b.Line, it, "")
		}
	}
	j.itemsLess(b, line)
	if want, must := s.repeated(b.Line, year); b.Earlier != want && (must || b.Earlier != "") {
		j.breach("rules.notice-differs", p.Draw.Before, "earlier", b.Earlier, want)
	}
	if b.To > line.To {
		// The later the task ends, the later K must be opened.
		j.breach("rules.task-dates", p.Plan.Clause, "from, to", b.From+" "+b.To, line.From+" "+line.To)
	}
	j.noticeTurn(b, line)
}

// listed reports whether the checklist in force has the item.
func (s *State) listed(no string) bool {
	c := s.Checklist()
	return c != nil && slices.ContainsFunc(c.Body.Items, func(it record.Item) bool { return it.No == no })
}

// speciality reports whether the pack has the code of a 业务专长.
func (p *Pack) speciality(code string) bool {
	return slices.ContainsFunc(p.Specialities, func(n Named) bool { return n.Code == code })
}

// noticeSource: the versions of checklist and registers in force, the pack's
// team, a task period after the draw.
func (j *judge) noticeSource(b *record.Notice, lot *Lot) {
	s, p := j.s, j.s.Pack
	if c := s.Checklist(); c == nil || c.Index != b.Checklist {
		j.breach("rules.not-latest", p.Items.Clause, "checklist", num(b.Checklist), "")
	}
	for _, used := range []struct {
		kind string
		ref  record.RosterRef
	}{{"inspectors", b.Inspectors}, {"objects", b.Roster}} {
		r := s.Roster(used.kind)
		if r == nil || r.Index != used.ref.Entry || r.Body.Count != used.ref.Count || r.Body.File.SHA256 != used.ref.SHA256 {
			j.breach("rules.not-latest", p.Draw.Before, used.kind, num(used.ref.Entry), "")
		}
	}
	j.teamShape(noticeHat(b), b.Items, b.Checklist)
	if b.Leader != p.Team.Leader {
		j.breach("rules.notice-differs", p.Team.Clause, "leader, replace", b.Leader+" "+b.Replace, p.Team.Leader+" "+p.Team.Replace)
	} else {
		j.noticeReplace(b)
	}
	if b.From > b.To || b.From < b.When()[:10] {
		j.breach("rules.task-dates", p.Draw.Before, "from, to", b.From+" "+b.To, "")
	}
	want := p.NoticeDue(s.Workdays(), b.When(), b.To)
	if b.Due != want && !(b.Due.Provisional && p.wasProvisional(s.Workdays(), b)) {
		j.breach("rules.due-differs", p.Publish.Clause, "due", b.Due.Results+" "+b.Due.K, want.Results+" "+want.K)
	}
	lot.Due = want
}

// noticeShape: what the plan and the pack leave no choice about. Everything
// here would otherwise be a way to favour somebody in a draw that recomputes:
// a team that nobody can fill is appointed by hand, K that is KI opens the
// inspectors too.
func (j *judge) noticeShape(b *record.Notice) {
	p := j.s.Pack
	if b.Names != "on-result" {
		j.breach("rules.notice-differs", "", "names", b.Names, "on-result")
	}
	if b.Key == b.KeyI {
		j.breach("rules.notice-differs", "", "keycommit_i", b.KeyI, "另一把钥匙的指纹")
	}
	for _, l := range j.s.Lots {
		if slices.Contains([]string{l.Body.Key, l.Body.KeyI}, b.Key) || slices.Contains([]string{l.Body.Key, l.Body.KeyI}, b.KeyI) {
			// Who has seen the earlier K open knows who is in this hat.
			j.add(Warning, "rules.notice-differs", "", "keycommit", l.Body.Draw, "每次抽取新的钥匙")
			break
		}
	}
	names, towns := map[string]bool{}, map[string]bool{}
	for _, u := range b.Units {
		if names[u.Name] {
			j.breach("rules.notice-differs", p.Draw.Dispatch, "units", u.Name, "每个单位一次")
		}
		names[u.Name] = true
		for _, t := range u.Towns {
			if towns[t] || !slices.ContainsFunc(p.Towns, func(n Named) bool { return n.Code == t }) {
				j.breach("rules.notice-differs", p.Draw.Dispatch, "units", t, "规则包所列的镇街，各一次")
			}
			towns[t] = true
		}
	}
}

// noticeFiles reads the files and holds their counts to the registers.
func (j *judge) noticeFiles(b *record.Notice, lot *Lot) {
	pool, ok1 := j.file(b.Pool, "pool")
	out, ok2 := j.file(b.Out, "out")
	if !ok1 || !ok2 {
		return
	}
	objects, err := draw.ParsePool(pool)
	if err != nil {
		j.breach("rules.bad-file", "", "pool", err.Error(), "")
		return
	}
	left, err := draw.ParseLeftOut(out)
	if err != nil {
		j.breach("rules.bad-file", "", "out", err.Error(), "")
		return
	}
	lot.Pool = objects
	j.noticePool(b, objects, left)
	if n := int64(len(objects) + len(left)); n != b.Roster.Count {
		// A unit of the register that is neither in the hat nor left out with a
		// ground would have been dropped in silence (T4).
		j.breach("rules.pool-count", j.s.Pack.Draw.Before, "pool + out", num(n), num(b.Roster.Count))
	}
	j.noticeGrounds(b, left)
	handles := make([]string, len(objects))
	for i := range objects {
		handles[i] = objects[i].Handle
	}
	lot.Hat = *j.hat(noticeHat(b), handles)
	j.experts(b, lot)
}

// noticePool: nobody stands in the hat with more lots than others (a plan line
// knows no weights), and no unit fills two of the places that are counted
// against the register: the second would be a unit dropped in silence.
func (j *judge) noticePool(b *record.Notice, pool []draw.Object, left []draw.LeftOut) {
	seen := make(map[string]bool, len(pool)+len(left))
	for i := range pool {
		seen[pool[i].Handle] = true
		if pool[i].Weight != 1 {
			j.breach("rules.notice-differs", j.s.Pack.Draw.Before, pool[i].Handle, num(pool[i].Weight), "1")
			return
		}
	}
	for _, l := range left {
		if seen[l.Handle] {
			j.breach("rules.bad-file", j.s.Pack.Draw.Before, "out", l.Handle, "")
			return
		}
		seen[l.Handle] = true
	}
}

// noticeGrounds: the table of grounds counts what the left-out file says, and
// each ground stands on the clause that the pack gives it.
func (j *judge) noticeGrounds(b *record.Notice, left []draw.LeftOut) {
	counts := map[string]int64{}
	for _, l := range left {
		counts[l.Ground]++
	}
	for _, g := range b.Grounds {
		if counts[g.Code] != g.Count || g.Count == 0 {
			j.breach("rules.grounds", "", g.Code, num(g.Count), num(counts[g.Code]))
		}
		if want := j.s.Pack.ground(g.Code, g.Count); g != want || g.Code == groundBatch && (b.Batch < 2 || g.Count > j.s.drawnOf(b.Line, yearOf(b.Draw), share{})) || g.Code == groundFilter && b.Filter == "" || g.Code == groundSpecial && want.Clause == "" {
			j.breach("rules.grounds", "", g.Code, g.Clause, want.Clause)
		}
		delete(counts, g.Code)
	}
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		j.breach("rules.grounds", "", code, num(counts[code]), "0")
	}
	byGroup := map[string]int64{}
	for _, l := range left {
		if l.Ground != groundCap && l.Ground != groundBatch {
			continue
		}
		if byGroup[l.Group]++; !slices.ContainsFunc(b.Groups, func(g record.Group) bool { return g.Name == l.Group }) {
			j.breach("rules.grounds", "", l.Handle, l.Group, groupName) // would shrink the base
		}
	}
	for _, g := range b.Groups {
		lines := int64(0)
		for _, c := range g.Cells {
			lines += c.Count
		}
		if g.Base != lines+byGroup[g.Name] {
			j.breach("rules.base", "", g.Name, num(g.Base), num(lines+byGroup[g.Name]))
		}
	}
}

// noticeGroups recomputes totals and quotas (draw1 §5) and compares the plan.
func (j *judge) noticeGroups(b *record.Notice, lot *Lot) {
	counts := map[string]int{}
	for i := range lot.Pool {
		counts[lot.Pool[i].Cell]++
	}
	_, line := j.s.Line(yearOf(b.Draw), b.Line)
	groups, err := castGroups(b)
	if err != nil {
		j.breach("rules.quota", "", "groups", err.Error(), "")
		return
	}
	j.noticeTotals(b, line, j.noticeCells(b, line))
	j.freed(b, int64(len(lot.Pool)))
	quotas, err := draw.Quotas(groups, counts)
	if err != nil {
		j.breach("rules.quota", "", "groups", err.Error(), "")
		return
	}
	for _, g := range b.Groups {
		for _, c := range g.Cells {
			if int64(quotas[c.Cell]) != c.Quota || int64(counts[c.Cell]) != c.Count {
				j.breach("rules.quota", "", c.Cell, num(c.Quota)+"/"+num(c.Count), num(quotas[c.Cell])+"/"+num(counts[c.Cell]))
			}
			delete(counts, c.Cell)
		}
	}
	for _, cell := range slices.Sorted(maps.Keys(counts)) {
		j.breach("rules.quota", "", cell, "", num(counts[cell]))
	}
}

// noticeTold: where a class is small, or all of a total cell is drawn, the
// notice itself tells which firms are chosen, and must say so (draw1 §4).
func (j *judge) noticeTold(b *record.Notice, lot *Lot) {
	if want := told(b.Groups, lot.Pool); !slices.Equal(b.Told, want) {
		j.breach("rules.told", "", "told", fmt.Sprint(b.Told), fmt.Sprint(want))
	}
}

func told(groups []record.Group, pool []draw.Object) []string {
	type class struct {
		cell   string
		weight int
	}
	sizes := map[class]int{}
	for i := range pool {
		sizes[class{pool[i].Cell, pool[i].Weight}]++
	}
	cells := map[string]bool{}
	for c, n := range sizes {
		if n < minClass {
			cells[c.cell] = true
		}
	}
	for _, g := range groups {
		for _, c := range g.Cells {
			if c.Count > 0 && (g.Rule == "census" || c.Count == c.Quota) {
				cells[c.Cell] = true
			}
		}
	}
	var list []string
	for c := range cells {
		list = append(list, c)
	}
	slices.Sort(list)
	return list
}

func (j *judge) noticeRandomness(b *record.Notice, lot *Lot) {
	if b.Casts == castByPlatform {
		j.noticePlatform(b, lot)
		return
	}
	r := b.Randomness
	if r == nil || b.Before != "" || b.Casts != "sunlot" { // one time of the lots
		j.breach("rules.randomness", "", "randomness", b.Casts, "sunlot drand "+beacon.Quicknet().Hash)
		return
	}
	lot.Extras = make([]Extra, len(r.Contributors))
	j.randomness(r)
}

// castGroups turns the notice's groups into the draw's.
func castGroups(b *record.Notice) ([]draw.Group, error) {
	var groups []draw.Group
	for _, g := range b.Groups {
		d := draw.Group{Name: g.Name, Rule: g.Rule, Total: int(g.Total), Minimum: int(g.Minimum)}
		if g.Rule == "census" && (g.Total != 0 || g.Minimum != 0 || g.Ratio != "") {
			return nil, fmt.Errorf("census group %s has a total", g.Name)
		}
		for _, c := range g.Cells {
			d.Cells = append(d.Cells, c.Cell)
		}
		groups = append(groups, d)
	}
	return groups, nil
}
