package rules

import (
	"fmt"
	"slices"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
)

// JoinedTask (参与的联合抽查) is a joint check that another department leads
// (Y-26): its list came from there, no lot of this ledger chose it.
type JoinedTask struct {
	At[record.Joined]
	Pack    *Pack // in force when the list came
	Handles []string
	Results map[string]*Finished // by handle
	Teams   []At[record.PartnerTeam]
}

// Lists reports whether the handle is of the lead's list.
func (t *JoinedTask) Lists(handle string) bool {
	_, ok := slices.BinarySearch(t.Handles, handle)
	return ok
}

// Year is the year of the lead's draw, in which the task counts.
func (t *JoinedTask) Year() int64 { return yearOf(t.Body.Drawn) }

// JoinedTask finds a joined task by its id (2023-J01), nil if there is none.
func (s *State) JoinedTask(id string) *JoinedTask {
	for _, t := range s.Joined {
		if t.Body.Task == id {
			return t
		}
	}
	return nil
}

// JoinedAt finds a joined task by the index of its entry, nil if there is none.
func (s *State) JoinedAt(index int64) *JoinedTask {
	for _, t := range s.Joined {
		if t.Index == index {
			return t
		}
	}
	return nil
}

// NextJoined is the id of the next joined task whose lead drew in the year.
func (s *State) NextJoined(year int64) string {
	n := 1
	for _, t := range s.Joined {
		if t.Year() == year {
			n++
		}
	}
	return fmt.Sprintf("%04d-J%02d", year, n)
}

// joinedTask: register and items of the lead, agreed days, the list as it came.
func (j *judge) joinedTask(b *record.Joined) {
	s, clause := j.s, j.s.Pack.Joint.JoinedBy
	if want := s.NextJoined(yearOf(b.Drawn)); b.Task != want {
		j.breach("rules.joined-task", clause, "task", b.Task, want)
	}
	j.joinedLine(b, clause)
	if c := s.Checklist(); c == nil || c.Index != b.Checklist {
		j.breach("rules.agreed-old", clause, "事项清单", num(b.Checklist), "")
	}
	for i, it := range b.Items {
		if slices.Contains(b.Items[:i], it) || !s.listed(it) {
			j.breach("rules.item-unknown", clause, b.Task, it, "")
		}
	}
	if b.From > b.To || b.To < b.Drawn {
		j.breach("rules.joint-dates", clause, "from, to", b.From+" "+b.To, b.Drawn)
	}
	if b.Drawn > b.Received || b.Received > j.today() {
		j.breach("rules.date-order", clause, "received", b.Received, b.Drawn+" … "+j.today())
	}
	for _, t := range s.Joined {
		if t.Body.Lead == b.Lead && t.Body.Number == b.Number {
			j.breach("rules.joined-twice", clause, b.Number, t.Body.Task, b.Lead)
		}
	}
	data, ok := j.file(b.Objects, "objects")
	if !ok {
		return
	}
	handles, err := draw.ParseUnstaffed(data)
	if err != nil || int64(len(handles)) != b.Count || b.Count == 0 {
		j.breach("rules.bad-file", clause, "objects", num(len(handles)), num(b.Count))
		return
	}
	if j.sound() {
		s.Joined = append(s.Joined, &JoinedTask{At: at(j, b), Pack: s.Pack, Handles: handles, Results: map[string]*Finished{}})
		j.add(Note, "rules.joined-listed", clause, b.Task, num(b.Count), b.Lead)
	}
}

// joinedLine: the plan's line says 参与 and whom, or the task came outside it.
func (j *judge) joinedLine(b *record.Joined, clause string) {
	if b.Line == "" && b.Plan == 0 {
		if end := num(yearOf(b.Drawn)) + "-12-31"; b.To > end {
			j.breach("rules.joint-dates", clause, "from, to", b.From+" "+b.To, end)
		}
		j.add(Note, "rules.joined-unplanned", clause, b.Task, b.Name, "")
		return
	}
	line, year := j.s.planLineAt(b.Plan, b.Line)
	now, _ := j.s.Line(year, b.Line)
	switch {
	case line == nil || now != b.Plan || year != yearOf(b.Drawn):
		j.breach("rules.agreed-old", clause, "计划", num(b.Plan), b.Line)
	case line.Joint != joined || line.Lead != b.Lead:
		j.breach("rules.joined-line", clause, b.Line, b.Lead, line.Lead)
	default:
		if b.From < line.From || b.To > line.To { // the later it ends, the later its results are due
			j.breach("rules.joint-dates", clause, "from, to", b.From+" "+b.To, line.From+" "+line.To)
		}
		for _, it := range b.Items {
			if !slices.Contains(line.Items, it) {
				j.breach("rules.item-unknown", clause, b.Line, it, "")
			}
		}
	}
}

// joinedTeam: our people in a check led elsewhere (自行选派执法检查人员, Y-26.2);
// there are as many as a team must have, and the lead's people lead them.
func (j *judge) joinedTeam(b *record.PartnerTeam) {
	t := j.s.JoinedAt(b.Joined)
	rule := &j.s.Pack.Joint
	if t == nil {
		j.breach("rules.no-such-entry", rule.TeamBy, "joined", num(b.Joined), "joined")
		return
	}
	if b.Partner != t.Body.Unit {
		j.breach("rules.joined-unit", rule.TeamBy, "partner", b.Partner, t.Body.Unit)
	}
	j.teamWay(b, t.Body.Drawn)
	if len(b.Names) < t.Pack.Team.Min {
		j.breach("rules.team-small", t.Pack.Team.Clause, "names", num(len(b.Names)), num(t.Pack.Team.Min))
	}
	if len(t.Teams) > 0 {
		j.add(Note, "rules.partner-team-again", rule.TeamBy, b.Partner, num(last(t.Teams).Index), "")
	}
	if j.sound() {
		t.Teams = append(t.Teams, at(j, b))
	}
}

// JoinedOrigin is the origin of a result of a joined task: what another
// department's lot chose. It counts to the cap and the year's statistics, not
// toward the fairness of this office's draws (requirements A13).
const JoinedOrigin = "joined"

// joinedSource finds the task and the object of a joined result: one of the
// lead's list, once, by the unit that was to inspect it.
func (j *judge) joinedSource(b *record.Result, f *Finished) []string {
	t, clause := j.s.JoinedAt(b.Joined), j.s.Pack.Joint.JoinedBy
	if t == nil || b.Notice != 0 {
		j.breach("rules.no-such-entry", clause, "joined", num(b.Joined), "joined")
		return nil
	}
	switch {
	case !t.Lists(b.Object):
		j.breach("rules.not-listed", clause, b.Object, t.Body.Task, "")
	case t.Results[b.Object] != nil:
		j.breach("rules.result-twice", t.Pack.Correction.Clause, b.Object, num(t.Results[b.Object].Index), "")
	case b.Unit != t.Body.Unit:
		j.breach("rules.joined-unit", clause, b.Object, b.Unit, t.Body.Unit)
	case b.Ended < t.Body.Drawn:
		j.breach("rules.date-order", clause, "检查结束", b.Ended, "抽取 "+t.Body.Drawn)
	}
	f.Joined = t
	if !j.sound() {
		return nil
	}
	if since := t.Time[:10]; or(b.Started, b.Ended) < since {
		// A list that comes after the visit could be made of the visited.
		j.add(Warning, "rules.joined-late", clause, t.Body.Task, or(b.Started, b.Ended), since)
	}
	j.joinedSigned(b, t)
	return t.Body.Items
}

// joinedSigned: our people were named beforehand, and each has signed (G-8.4b).
func (j *judge) joinedSigned(b *record.Result, t *JoinedTask) {
	team := last(t.Teams)
	if team == nil {
		j.add(Warning, "rules.joined-unstaffed", t.Pack.Joint.TeamBy, t.Body.Task, "", "")
		return
	}
	if t.Pack.Result.SignOff && (len(b.Signed) != len(team.Body.Names) || b.SignedOn == "") {
		j.breach("rules.sign-off", t.Pack.Result.SignBy, b.Object, num(len(b.Signed)), num(len(team.Body.Names)))
	}
}

// finished keeps a sound result of a joined task with it.
func (t *JoinedTask) finished(f *Finished) { t.Results[f.Body.Object] = f }

// due is the draw by whose days a result is due: its own, for a joined task
// what was agreed for it (Y-26.4 as of the office's own draws), nil for what no
// lot led to.
func (f *Finished) due() *Lot {
	if f.Joined != nil {
		return f.Joined.asLot()
	}
	return f.Lot
}

// asLot says of a joined task what deadlines and items ask of a draw.
func (t *JoinedTask) asLot() *Lot {
	return &Lot{At: At[record.Notice]{Body: &record.Notice{Draw: t.Body.Task, Items: t.Body.Items, To: t.Body.To}}, Pack: t.Pack}
}

// JoinedDue is when the last result of a joined task must be public, if none
// ends before the agreed days do.
func (s *State) JoinedDue(t *JoinedTask) string {
	due, _, _ := s.ResultDue(t.asLot(), t.Body.To)
	return due
}

// joinedDuties: the results of the lead's list.
func (s *State) joinedDuties(today string) []Duty {
	var list []Duty
	for _, t := range s.Joined {
		due, _, sure := s.ResultDue(t.asLot(), t.Body.To)
		d := Duty{Code: "joined", Draw: t.Body.Task, Entry: t.Index, Clause: t.Pack.Publish.Clause, Due: due, Count: len(t.Handles), Open: len(t.Handles) - len(t.Results), Sure: sure}
		for _, f := range t.Results {
			d.Done = max(d.Done, f.Published())
		}
		done := d.Done
		if d.Open > 0 {
			done = ""
		}
		if d.Sure {
			d.Late = s.late(d.Due, done, today)
		}
		list = append(list, d)
	}
	return list
}

// packFor is the pack that judges a result: that of its notice or joined task.
func (j *judge) packFor(f *Finished) *Pack {
	if f.Joined != nil {
		return f.Joined.Pack
	}
	return j.packOf(f.Lot)
}
