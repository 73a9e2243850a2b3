package rules

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
)

// Values of record.PlanLine.Joint.
const (
	led    = "led"    // 牵头: this office draws
	joined = "joined" // 参与: another department draws
)

// JointWord is how people say what a plan line's Joint holds.
func JointWord(joint string) string {
	switch joint {
	case led:
		return "牵头"
	case joined:
		return "参与"
	case "":
		return "本单位自行抽查"
	}
	return joint
}

// Led is what makes a draw a joint one (由我局牵头发起的部门联合双随机, Y-25).
type Led struct {
	Line   *record.PlanLine
	Agreed []At[record.Agreement]       // of the partners, in the plan's order; those who confirmed
	Sent   []At[record.PartnerDispatch] // 名单派发给各协同部门
	Teams  []At[record.PartnerTeam]     // 各部门自行选派
}

func (j *judge) joint(body any) {
	switch b := body.(type) {
	case *record.Partners:
		j.partners(b)
	case *record.Agreement:
		j.agreement(b)
	case *record.PartnerDispatch:
		j.partnerDispatch(b)
	case *record.PartnerTeam:
		j.partnerTeam(b)
	case *record.Joined:
		j.joinedTask(b)
	}
}

// partners: 联合名单, a version of whom the office checks with (Y-4.5).
func (j *judge) partners(b *record.Partners) {
	clause := j.s.Pack.Joint.ListBy
	j.notAhead(b.Date)
	if want := int64(len(j.s.Partners) + 1); b.Version != want {
		j.breach("rules.version", clause, "version", num(b.Version), num(want))
	}
	j.badPartners(clause, "list", b.List)
	if j.sound() {
		j.s.Partners = append(j.s.Partners, at(j, b))
	}
}

func (j *judge) badPartners(clause, place string, list []record.Partner) {
	seen := map[string]bool{}
	for _, p := range list {
		if seen[p.Name] || !slices.Contains(partnerKinds, p.Kind) {
			j.breach("rules.bad-partner", clause, place, p.Name, p.Kind)
		}
		seen[p.Name] = true
	}
}

// jointLine: a line says either who joins this office or whom it joins, or
// neither. Partners alone, as older plans have them, make no joint check: who
// leads and who confirms nobody could tell.
func (j *judge) jointLine(l *record.PlanLine) {
	rule := &j.s.Pack.Joint
	clause := or(rule.PlanBy, rule.Clause)
	partners := l.Joining()
	ok := len(l.With) == 0 || len(l.Partners) == 0
	switch l.Joint {
	case led:
		ok = ok && len(partners) > 0 && l.Lead == ""
	case joined:
		ok = ok && l.Lead != "" && l.Filter == ""
	case "":
		ok = ok && len(l.With) == 0 && l.Lead == ""
		if len(l.Partners) > 0 {
			j.add(Warning, "rules.joint-unsaid", clause, l.No, strings.Join(l.Partners, "、"), "")
		}
	default:
		ok = false
	}
	if !ok {
		j.breach("rules.joint-line", clause, l.No, strings.TrimSpace(JointWord(l.Joint)+" "+l.Lead), num(len(partners)))
	}
	j.badPartners(clause, l.No, partners)
	if l.Joint != led || rule.ListBy == "" {
		return
	}
	for _, p := range partners {
		if !j.s.listedPartner(p) {
			j.add(Warning, "rules.partner-unlisted", rule.ListBy, l.No, p.Name, "")
		}
	}
}

// listedPartner reports whether the 联合名单 in force has the partner.
func (s *State) listedPartner(p record.Partner) bool {
	list := last(s.Partners)
	return list != nil && slices.ContainsFunc(list.Body.List, func(q record.Partner) bool { return q.Name == p.Name && q.Kind == p.Kind })
}

// agreement: 沟通，确定抽查对象名录库和抽查事项清单，约定联合抽查时间 (Y-25.1).
// It speaks of versions in force: what is agreed later is agreed anew.
func (j *judge) agreement(b *record.Agreement) {
	s, clause := j.s, j.s.Pack.Joint.ConfirmBy
	line, year := s.planLineAt(b.Plan, b.Line)
	if now, _ := s.Line(year, b.Line); line == nil || now != b.Plan {
		j.breach("rules.agreed-old", clause, "计划", num(b.Plan), b.Line)
		return
	}
	if !j.partnerOf(line, b.Partner, clause) {
		return
	}
	if r := s.Roster("objects"); r == nil || r.Index != b.Roster {
		j.breach("rules.agreed-old", clause, "检查对象名录库", num(b.Roster), "")
	}
	if c := s.Checklist(); c == nil || c.Index != b.Checklist {
		j.breach("rules.agreed-old", clause, "事项清单", num(b.Checklist), "")
	}
	for i, it := range b.Items {
		if !slices.Contains(line.Items, it) || slices.Contains(b.Items[:i], it) || !s.listed(it) {
			j.breach("rules.item-unknown", clause, b.Line, it, "")
		}
	}
	if b.From > b.To || b.From < line.From || b.To > line.To {
		j.breach("rules.joint-dates", clause, "from, to", b.From+" "+b.To, line.From+" "+line.To)
	}
	j.notAhead(b.Date)
	for _, l := range s.Lots {
		// What is agreed after the draw is announced would confirm what stands.
		if l.Body.Line == b.Line && yearOf(l.Body.Draw) == year && !l.Closed() {
			j.breach("rules.agreement-late", clause, b.Line, l.Body.Draw, b.Partner)
		}
	}
	if j.sound() {
		s.Agreements = append(s.Agreements, at(j, b))
	}
}

// partnerOf holds a partner to those of a joint line that this office leads.
func (j *judge) partnerOf(line *record.PlanLine, partner, clause string) bool {
	if line == nil || line.Joint != led {
		j.breach("rules.not-joint", clause, "", partner, "")
		return false
	}
	if !slices.ContainsFunc(line.Joining(), func(p record.Partner) bool { return p.Name == partner }) {
		j.breach("rules.no-such-partner", clause, line.No, partner, "")
		return false
	}
	return true
}

// planLineAt finds a line of the plan, or the task outside it, with the index,
// and its year.
func (s *State) planLineAt(plan int64, no string) (*record.PlanLine, int64) {
	for i := range s.Plans {
		if p := &s.Plans[i]; p.Index == plan {
			return p.Body.Line(no), p.Body.Year
		}
	}
	for i := range s.Tasks {
		if t := s.Tasks[i].Body; s.Tasks[i].Index == plan && t.Line.No == no {
			return &t.Line, t.Year
		}
	}
	return nil, 0
}

// Agreed is the partner's agreement in force for a line of a year's plan: the
// last one, if the line still says what it was agreed on; nil otherwise.
func (s *State) Agreed(year int64, line *record.PlanLine, partner string) *At[record.Agreement] {
	for i := len(s.Agreements) - 1; i >= 0; i-- {
		a := &s.Agreements[i]
		if a.Body.Line != line.No || a.Body.Partner != partner {
			continue
		}
		then, y := s.planLineAt(a.Body.Plan, line.No)
		if y != year {
			continue
		}
		if !sameLine(then, line) {
			return nil
		}
		return a
	}
	return nil
}

// sameLine compares what the plan promises; base and estimate are computed from
// the register of the day.
func sameLine(a, b *record.PlanLine) bool {
	x, y := *a, *b
	x.Base, x.Estimate, y.Base, y.Estimate = 0, 0, 0, 0
	one, err1 := record.Canonical(x)
	two, err2 := record.Canonical(y)
	return err1 == nil && err2 == nil && string(one) == string(two)
}

// noticeJoint: the draw of a joint line follows what every partner confirmed.
func (j *judge) noticeJoint(b *record.Notice, lot *Lot) {
	year := yearOf(b.Draw)
	_, line := j.s.Line(year, b.Line)
	if line == nil || line.Joint == "" {
		return
	}
	rule := &j.s.Pack.Joint
	if line.Joint == joined {
		j.breach("rules.joined-draw", rule.JoinedBy, b.Line, line.Lead, "")
		return
	}
	lot.Led = &Led{Line: line}
	for _, p := range line.Joining() {
		a := j.s.Agreed(year, line, p.Name)
		switch {
		case a != nil:
			lot.Led.Agreed = append(lot.Led.Agreed, *a)
			j.asAgreed(b, a.Body, rule.ConfirmBy)
		case !rule.confirms(p):
		case rule.Confirm == "refuse":
			j.breach("rules.not-agreed", rule.ConfirmBy, b.Line, p.Name, "")
		default:
			j.add(Warning, "rules.not-agreed", rule.ConfirmBy, b.Line, p.Name, "")
		}
	}
}

// asAgreed: register, items and days of a notice are those that the partner
// confirmed. A later version of the register wants another agreement.
func (j *judge) asAgreed(b *record.Notice, a *record.Agreement, clause string) {
	differ := func(place, got, want string) { j.breach("rules.agreed-otherwise", clause, place, got, want) }
	if b.Roster.Entry != a.Roster {
		differ("检查对象名录库（"+a.Partner+"）", num(b.Roster.Entry), num(a.Roster))
	}
	if b.Checklist != a.Checklist {
		differ("事项清单（"+a.Partner+"）", num(b.Checklist), num(a.Checklist))
	}
	mine, theirs := slices.Sorted(slices.Values(b.Items)), slices.Sorted(slices.Values(a.Items))
	if !slices.Equal(mine, theirs) {
		differ("抽查事项（"+a.Partner+"）", strings.Join(mine, "、"), strings.Join(theirs, "、"))
	}
	if b.From < a.From || b.To > a.To {
		differ("任务起止日期（"+a.Partner+"）", b.From+" "+b.To, a.From+" "+a.To)
	}
}

// beyondAgreed: the end of a joint task is put off beyond what a partner
// confirmed (约定联合抽查时间).
func (j *judge) beyondAgreed(l *Lot, to string) {
	if l.Led == nil {
		return
	}
	for _, a := range l.Led.Agreed {
		if to > a.Body.To {
			j.add(Warning, "rules.agreed-otherwise", l.Pack.Joint.ConfirmBy, "延期后的任务结束日（"+a.Body.Partner+"）", to, a.Body.To)
		}
	}
}

// ledLot is a drawn joint draw that this office leads and that has the partner.
func (j *judge) ledLot(notice int64, partner, clause string) *Lot {
	lot := j.drawnLot(notice)
	if lot == nil {
		return nil
	}
	var line *record.PlanLine
	if lot.Led != nil {
		line = lot.Led.Line
	}
	if !j.partnerOf(line, partner, clause) {
		return nil
	}
	return lot
}

// partnerDispatch: 将名单派发给各协同部门 (Y-25.2): the whole list, once.
func (j *judge) partnerDispatch(b *record.PartnerDispatch) {
	clause := j.s.Pack.Joint.SendBy
	lot := j.ledLot(b.Notice, b.Partner, clause)
	if lot == nil {
		return
	}
	if b.Date < lot.day() || b.Date > j.today() {
		j.breach("rules.date-order", clause, "date", b.Date, lot.day()+" … "+j.today())
	}
	for _, d := range lot.Led.Sent {
		if d.Body.Partner == b.Partner {
			j.breach("rules.partner-sent", clause, b.Partner, num(d.Index), "")
		}
	}
	data, ok := j.file(b.Objects, "objects")
	if !ok {
		return
	}
	handles, err := draw.ParseUnstaffed(data)
	if err != nil || int64(len(handles)) != b.Count {
		j.breach("rules.bad-file", clause, "objects", num(len(handles)), num(b.Count))
		return
	}
	all := len(handles) == len(lot.Objects)
	for _, h := range handles {
		all = all && lot.byHandle[h] != nil
	}
	if !all {
		j.breach("rules.partner-list", clause, b.Partner, num(len(handles)), num(len(lot.Objects)))
	}
	if j.sound() {
		lot.Led.Sent = append(lot.Led.Sent, at(j, b))
	}
}

// partnerTeam: people whom no lot of this office chose (Y-25.3, Y-26.2). None
// of them can lead in a draw of ours: who leads is one of the drawn team
// (leaders), so the leader is of the lead unit (G-8.2b).
func (j *judge) partnerTeam(b *record.PartnerTeam) {
	rule := &j.s.Pack.Joint
	switch {
	case (b.Notice == 0) == (b.Joined == 0):
		j.breach("rules.not-joint", rule.TeamBy, "notice, joined", num(b.Notice), num(b.Joined))
		return
	case b.Joined != 0:
		j.joinedTeam(b)
		return
	}
	lot := j.ledLot(b.Notice, b.Partner, rule.TeamBy)
	if lot == nil {
		return
	}
	j.teamWay(b, lot.day())
	for _, t := range lot.Led.Teams {
		if t.Body.Partner == b.Partner {
			j.add(Note, "rules.partner-team-again", rule.TeamBy, b.Partner, num(t.Index), "")
		}
	}
	if j.sound() {
		lot.Led.Teams = append(lot.Led.Teams, at(j, b))
	}
}

// teamWay: own-selected is what the text of one county gives to each department
// (自行选派); where it says drawn, a selection needs its ground.
func (j *judge) teamWay(b *record.PartnerTeam, since string) {
	rule := &j.s.Pack.Joint
	switch {
	case b.Way != "own-selected" && b.Way != "drawn",
		b.Way == "own-selected" && rule.Team == "drawn" && b.Ground == "",
		b.Way == "drawn" && b.Joined != 0: // ours, and no lot in this ledger shows it
		j.breach("rules.partner-way", rule.TeamBy, b.Partner, b.Way, rule.Team)
	case b.Way == "own-selected":
		j.add(Note, "rules.own-selected", rule.TeamBy, b.Partner, num(len(b.Names)), b.Ground)
	default:
		j.add(Note, "rules.partner-drawn", rule.TeamBy, b.Partner, num(len(b.Names)), "")
	}
	if b.Date < since || b.Date > j.today() {
		j.breach("rules.date-order", rule.TeamBy, "date", b.Date, since+" … "+j.today())
	}
}

// partnersReady: before a joint visit each other department has the list and
// has said whom it sends (Y-25.2, Y-25.3).
func (j *judge) partnersReady(l *Lot) {
	rule := &l.Pack.Joint
	for _, p := range l.Led.Line.Joining() {
		if p.Kind != "department" {
			continue
		}
		if rule.SendBy != "" && !slices.ContainsFunc(l.Led.Sent, func(d At[record.PartnerDispatch]) bool { return d.Body.Partner == p.Name }) {
			j.add(Warning, "rules.partner-not-told", rule.SendBy, l.Body.Draw, p.Name, "")
		}
		if rule.TeamBy != "" && !slices.ContainsFunc(l.Led.Teams, func(t At[record.PartnerTeam]) bool { return t.Body.Partner == p.Name }) {
			j.add(Warning, "rules.partner-unnamed", rule.TeamBy, l.Body.Draw, p.Name, "")
		}
	}
}

// jointResult: what the first result of a joint draw shows.
func (j *judge) jointResult(f *Finished) {
	if f.Lot != nil && f.Lot.Led != nil && !slices.ContainsFunc(f.Lot.Objects, func(o *Object) bool { return o.Result != nil }) {
		j.partnersReady(f.Lot)
	}
}

// Lacks says what of a partner's part is not in the ledger yet: 确认, 名单, 人员.
func (l *Led) Lacks(partner string) []string {
	var list []string
	if !slices.ContainsFunc(l.Agreed, func(a At[record.Agreement]) bool { return a.Body.Partner == partner }) {
		list = append(list, partner+"的确认")
	}
	if !slices.ContainsFunc(l.Sent, func(d At[record.PartnerDispatch]) bool { return d.Body.Partner == partner }) {
		list = append(list, "派发给"+partner)
	}
	if !slices.ContainsFunc(l.Teams, func(t At[record.PartnerTeam]) bool { return t.Body.Partner == partner }) {
		list = append(list, partner+"的人员")
	}
	return list
}

// Entries lists the indexes of all that the ledger says of the partners' part.
func (l *Led) Entries() []int64 {
	var list []int64
	for _, a := range l.Agreed {
		list = append(list, a.Index)
	}
	for _, d := range l.Sent {
		list = append(list, d.Index)
	}
	for _, t := range l.Teams {
		list = append(list, t.Index)
	}
	return list
}
