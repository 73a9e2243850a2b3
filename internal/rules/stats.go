package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
)

// Stats (统计) is one calendar year of an office as of a day, counted from the
// entries alone: the same ledger gives everybody the same numbers. It judges
// nobody: no score, no rank (Yanshi 30; requirements §2.4, A9–A12).
//
// Everything but the classes goes by the year of the draw: what is drawn in
// December and inspected in January is the old year's work. The classes go by
// the day on which the inspection ended, as the regulations say 每年.
type Stats struct {
	Year    int64        `json:"year"`
	Today   string       `json:"today"`
	Since   string       `json:"since,omitempty"` // the charter's day, where the year began before it
	Total   Tally        `json:"total"`
	Lines   []LineStat   `json:"lines"`
	Units   []UnitStat   `json:"units"`
	Classes []ClassStat  `json:"classes"`
	Share   *ShareStat   `json:"share,omitempty"`
	Others  []OriginStat `json:"others,omitempty"`
	History int64        `json:"history,omitempty"` // selections before the charter that lie in the year
	Led     int          `json:"joint_led"`
	Joined  int          `json:"joint_joined"`
	Draws   int          `json:"draws"` // cast, those aborted afterwards too
}

// Tally counts drawn objects (户次) and what became of them. Drawn holds those of
// draws that were aborted afterwards, too: who gives up a draw does not finish
// more of it.
type Tally struct {
	Drawn       int `json:"drawn"`
	Aborted     int `json:"aborted"` // drawn, then the draw was aborted before they were inspected
	Dispatched  int `json:"dispatched"`
	Inspected   int `json:"inspected"` // has a result
	Published   int `json:"published"` // the result is public
	Withheld    int `json:"withheld"`  // the result is not, by law
	OnTime      int `json:"on_time"`
	Late        int `json:"late"`
	Unsure      int `json:"unsure"` // nothing can be asserted: the calendar does not reach so far
	LateDays    int `json:"late_days"`
	LateMost    int `json:"late_most"`  // working days of the latest
	Open        int `json:"open"`       // drawn, no result yet, the draw is not aborted
	Overdue     int `json:"overdue"`    // of these, past the day on which results are due
	Unfinished  int `json:"unfinished"` // of these, past the end of the task
	Closed      int `json:"closed"`     // 完结: public, and nothing to follow up any more
	FollowOpen  int `json:"follow_open"`
	FollowDone  int `json:"follow_done"`
	Replaced    int `json:"replaced"` // 更换
	Recused     int `json:"recused"`  // 回避
	Direct      int `json:"direct"`   // 直接委派
	ByLot       int `json:"by_lot"`   // 换人抽签
	Void        int `json:"void"`     // the object was not there to be inspected: public or withheld, and not inspected
	Corrections int `json:"corrections"`
	Objections  int `json:"objections"`
}

// LineStat is a line of the year's plan, or of the tasks that carried it out.
type LineStat struct {
	No       string   `json:"no"`
	Name     string   `json:"name"`
	Unit     string   `json:"unit"` // responsible
	From     string   `json:"from,omitempty"`
	To       string   `json:"to,omitempty"`
	Base     int64    `json:"base,omitempty"`     // 基数 when the plan was made
	Estimate int64    `json:"estimate,omitempty"` // 预估数量
	Draws    []string `json:"draws,omitempty"`
	AdHoc    bool     `json:"ad_hoc,omitempty"`  // 临时任务, outside the plan
	Undrawn  bool     `json:"undrawn,omitempty"` // its period has ended and nothing was drawn
	Tally
}

// UnitStat is what a unit carried out (Yanshi 27, 30): the lines that the plan
// gives it, the objects that were dispatched to it.
type UnitStat struct {
	Name    string `json:"name"` // "": not dispatched yet
	Lines   int    `json:"lines"`
	Planned int64  `json:"planned"` // 预估数量 of its plan lines
	Items   int    `json:"items"`   // different items of the checklist that its tasks took on
	Joint   int    `json:"joint"`
	Others  int    `json:"others"` // inspections that no lot led to
	Tally
	items map[string]bool
	tasks map[int64]bool // joint draws and joined tasks
}

// OriginStat counts inspections that no lot led to (Y-1.2, G-4.3): they count
// toward nothing here.
type OriginStat struct {
	Origin string `json:"origin"`
	Count  int    `json:"count"`
}

// ShareStat is the share of random items among all enforcement items (Y-14.1b).
type ShareStat struct {
	Clause    string `json:"clause"`
	Checklist int64  `json:"checklist"` // index of the entry
	Version   int64  `json:"version"`
	Items     int    `json:"items"`
	All       int64  `json:"all,omitempty"` // 0: 未填
	Source    string `json:"source,omitempty"`
	Floor     int    `json:"floor,omitempty"`
}

// counting is the one pass over the draws and results of a year.
type counting struct {
	s     *State
	st    *Stats
	lines map[string]*LineStat
	units map[string]*UnitStat
	order []string // of units, as they come
}

// Stats counts a year as of a day (yyyy-mm-dd).
func (s *State) Stats(year int64, today string) *Stats {
	c := &counting{s: s, st: &Stats{Year: year, Today: today}, lines: map[string]*LineStat{}, units: map[string]*UnitStat{}}
	if len(s.Charters) > 0 && s.Charters[0].Time[:10] > num(year)+"-01-01" {
		c.st.Since = s.Charters[0].Time[:10]
	}
	c.plan()
	classes := c.classes()
	for _, l := range s.Lots {
		if !l.Failed && yearOf(l.Body.Draw) == year {
			c.lot(l, classes)
		}
	}
	for _, t := range s.Joined {
		if t.Year() == year {
			c.joined(t)
		}
	}
	c.st.Led, c.st.Joined = s.JointCount(year)
	others := map[string]int{}
	for _, f := range s.Results {
		if yearOf(f.Ended()) != year {
			continue
		}
		if f.Body.Origin != Random && f.Body.Joined == 0 {
			others[f.Body.Origin]++
			c.unit(f.Body.Unit).Others++
			continue
		}
		classes.inspected(f)
	}
	for origin, n := range others {
		c.st.Others = append(c.st.Others, OriginStat{origin, n})
	}
	slices.SortFunc(c.st.Others, func(a, b OriginStat) int { return strings.Compare(a.Origin, b.Origin) })
	for _, h := range s.Histories {
		if yearOf(h.Body.From) <= year && year <= yearOf(h.Body.To) {
			c.st.History += h.Body.Count
		}
	}
	c.st.Classes = classes.close()
	c.st.Share = s.share(year)
	c.close()
	return c.st
}

// plan begins with the lines of the year's plan in force and the tasks outside
// it (G-6.2e).
func (c *counting) plan() {
	add := func(l *record.PlanLine, adHoc bool) {
		c.st.Lines = append(c.st.Lines, LineStat{No: l.No, Name: l.Name, Unit: l.Unit, From: l.From, To: l.To, Base: l.Base, Estimate: l.Estimate, AdHoc: adHoc})
		u := c.unit(l.Unit)
		u.Lines++
		u.Planned += l.Estimate
	}
	if plan := c.s.Plan(c.st.Year); plan != nil {
		for i := range plan.Body.Lines {
			add(&plan.Body.Lines[i], false)
		}
	}
	for _, t := range c.s.Tasks {
		if t.Body.Year == c.st.Year {
			add(&t.Body.Line, true)
		}
	}
	for i := range c.st.Lines {
		c.lines[c.st.Lines[i].No] = &c.st.Lines[i]
	}
}

// line is the plan line of a draw. One that an earlier version of the plan had,
// or none had, stands behind the others under the task's name.
func (c *counting) line(l *Lot) *LineStat {
	if ls := c.lines[l.Body.Line]; ls != nil {
		return ls
	}
	ls := &LineStat{No: l.Body.Line, Name: l.Body.Name, Unit: l.Body.Units[0].Name, From: l.Body.From, To: l.Ends()}
	c.lines[l.Body.Line] = ls
	return ls
}

func (c *counting) unit(name string) *UnitStat {
	u := c.units[name]
	if u == nil {
		u = &UnitStat{Name: name, items: map[string]bool{}, tasks: map[int64]bool{}}
		c.units[name] = u
		c.order = append(c.order, name)
	}
	return u
}

// lot counts one draw: its objects under their line and their units.
func (c *counting) lot(l *Lot, classes *classCount) {
	line := c.line(l)
	line.Draws = append(line.Draws, l.Body.Draw)
	if !l.Drawn() {
		return
	}
	c.st.Draws++
	sent := l.senders()
	joint := l.Abort == nil && l.jointly()
	for _, o := range l.Objects {
		t := c.object(l, o)
		name := sent[o.Dispatch]
		if o.Dispatch == 0 {
			name = l.meant(o)
		}
		u := c.unit(name)
		u.Tally.add(&t)
		line.Tally.add(&t)
		if o.Dispatch != 0 {
			for _, it := range l.Body.Items {
				u.items[it] = true
			}
			if joint {
				u.tasks[l.Index] = true
			}
		}
		classes.drawn(l, o)
	}
}

// joined counts a joint check that another department leads (Y-26): its lot
// chose the objects, this office's part of the work is counted here.
func (c *counting) joined(t *JoinedTask) {
	line, u := c.lines[or(t.Body.Line, t.Body.Task)], c.unit(t.Body.Unit)
	if line == nil {
		line = &LineStat{No: t.Body.Task, Name: t.Body.Name, Unit: t.Body.Unit, From: t.Body.From, To: t.Body.To}
		c.lines[t.Body.Task] = line
	}
	line.Draws = append(line.Draws, t.Body.Task)
	u.tasks[t.Index] = true
	for _, it := range t.Body.Items {
		u.items[it] = true
	}
	for _, h := range t.Handles {
		n := Tally{Drawn: 1, Dispatched: 1}
		if f := t.Results[h]; f != nil {
			c.result(f, &n)
		} else {
			n.Open = 1
			if c.st.Today > t.Body.To {
				n.Unfinished = 1
			}
			if due, _, sure := c.s.ResultDue(t.asLot(), t.Body.To); sure && c.st.Today > due {
				n.Overdue = 1
			}
		}
		u.Tally.add(&n)
		line.Tally.add(&n)
	}
}

// meant is the unit that an object not yet dispatched will go to, as far as the
// notice says it.
func (l *Lot) meant(o *Object) string {
	switch {
	case len(l.Body.Units) == 1:
		return l.Body.Units[0].Name
	case l.Pack.Draw.Balance == "town" && l.Body.Mode == "不定向":
		return l.Body.UnitOf(l.Body.TownOf(o.Cell))
	}
	return ""
}

// object counts one drawn object.
func (c *counting) object(l *Lot, o *Object) Tally {
	t := Tally{Drawn: 1}
	if o.Dispatch != 0 {
		t.Dispatched = 1
	}
	t.ByLot = len(o.Lots)
	for _, ch := range o.Changes {
		switch ch.Body.Kind {
		case "recusal":
			t.Recused++
		case "direct":
			t.Direct++
		default:
			t.Replaced++
		}
	}
	switch {
	case o.Result != nil:
		c.result(o.Result, &t)
	case l.Abort != nil:
		t.Aborted = 1
	default:
		t.Open = 1
		if !l.Due.Provisional && c.st.Today > l.Due.Results {
			t.Overdue = 1
		}
		if c.st.Today > l.Ends() {
			t.Unfinished = 1
		}
	}
	return t
}

// result counts what became of an inspected object.
func (c *counting) result(f *Finished, t *Tally) {
	if t.Inspected = 1; f.Void() != nil {
		t.Inspected, t.Void = 0, 1
	}
	t.Corrections, t.Objections = len(f.Corrections), len(f.Objections)
	if f.Body.Withheld != nil {
		t.Withheld = 1
	} else {
		t.Published = 1
		c.timely(f, t)
	}
	switch open, any := f.following(c.s.judgedBy(f)); {
	case open:
		t.FollowOpen = 1
	case any:
		t.FollowDone, t.Closed = 1, t.Published
	default:
		t.Closed = t.Published
	}
}

// timely counts a public result as in time, late, or neither where no lateness
// can be asserted.
func (c *counting) timely(f *Finished, t *Tally) {
	if f.due() == nil {
		t.Unsure = 1
	} else if due, _, sure := c.s.Due(f); !sure {
		// The days still unknown can only put the date off: what was public
		// before the first of them is in time by any reading.
		if day := f.Published(); !f.due().Unjudged && day <= due && day <= c.s.Workdays().Last() {
			t.OnTime = 1
		} else {
			t.Unsure = 1
		}
	} else if t.LateDays = c.s.Late(f); t.LateDays > 0 {
		t.Late, t.LateMost = 1, t.LateDays
	} else {
		t.OnTime = 1
	}
}

// following reports whether a result's follow-up is still open, and whether
// there is or should be any.
func (f *Finished) following(p *Pack) (open, any bool) {
	w := f.Follow(p)
	return w.Needed && w.Closed == "", w.Needed
}

func (t *Tally) add(o *Tally) {
	t.Drawn += o.Drawn
	t.Aborted += o.Aborted
	t.Dispatched += o.Dispatched
	t.Inspected += o.Inspected
	t.Published += o.Published
	t.Withheld += o.Withheld
	t.OnTime += o.OnTime
	t.Late += o.Late
	t.Unsure += o.Unsure
	t.LateDays += o.LateDays
	t.LateMost = max(t.LateMost, o.LateMost)
	t.Open += o.Open
	t.Overdue += o.Overdue
	t.Unfinished += o.Unfinished
	t.Closed += o.Closed
	t.FollowOpen += o.FollowOpen
	t.FollowDone += o.FollowDone
	t.Replaced += o.Replaced
	t.Recused += o.Recused
	t.Direct += o.Direct
	t.ByLot += o.ByLot
	t.Void += o.Void
	t.Corrections += o.Corrections
	t.Objections += o.Objections
}

// close brings lines and units into their order and sums them up.
func (c *counting) close() {
	st := c.st
	var beyond []string
	for no := range c.lines {
		if !slices.ContainsFunc(st.Lines, func(l LineStat) bool { return l.No == no }) {
			beyond = append(beyond, no)
		}
	}
	slices.Sort(beyond)
	for _, no := range beyond {
		st.Lines = append(st.Lines, *c.lines[no])
	}
	for i := range st.Lines {
		l := &st.Lines[i]
		l.Undrawn = l.Drawn == 0 && l.To != "" && l.To < st.Today
		st.Total.add(&l.Tally)
	}
	slices.Sort(c.order)
	for _, name := range c.order {
		u := c.units[name]
		u.Items, u.Joint = len(u.items), len(u.tasks)
		st.Units = append(st.Units, *u)
	}
}

// share is the share of random items by the year's last checklist: that for the
// year, otherwise the last before its end.
func (s *State) share(year int64) *ShareStat {
	p := s.yearPack(year)
	if p == nil || p.Items.Share == "" {
		return nil
	}
	var list *At[record.Checklist]
	for i := range s.Checklists {
		c := &s.Checklists[i]
		if y := yearOf(c.Time); c.Body.Year == year || y <= year && (list == nil || list.Body.Year != year) {
			list = c
		}
	}
	if list == nil {
		return nil
	}
	b := list.Body
	sh := &ShareStat{Clause: p.Items.ShareBy, Checklist: list.Index, Version: b.Version, Items: len(b.Items), All: b.AllItems, Source: b.Source}
	if b.AllItems > 0 {
		sh.Floor, _ = total(p.Items.Share, int(b.AllItems))
	}
	return sh
}

// Percent writes part of whole in percent with one decimal, rounded half up; but
// what is not all never reads 100%, what is something never 0%. "" of nothing:
// no share is no 0 %.
func Percent(part, whole int) string {
	if whole <= 0 {
		return ""
	}
	n := (part*2000 + whole) / (whole * 2)
	if part < whole {
		n = min(n, 999)
	}
	if part > 0 {
		n = max(n, 1)
	}
	if n%10 == 0 {
		return strconv.Itoa(n/10) + "%"
	}
	return strconv.Itoa(n/10) + "." + strconv.Itoa(n%10) + "%"
}

// Completion (抽查完成率) is the published among the drawn (requirements §2.4), ""
// before the first.
func (t *Tally) Completion() string {
	if t.Published == 0 {
		return "" // before the first result 0 % would read as a judgement
	}
	return Percent(t.Published, t.Drawn)
}

// Settled (完结率) is the closed among the published.
func (t *Tally) Settled() string { return Percent(t.Closed, t.Published) }
