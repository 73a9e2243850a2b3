package rules

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// Kinds of a waiver (不受频次比例限制的依据).
const (
	kindDeployment = "deployment" // 另行部署: the cap does not hold
	kindShortfall  = "shortfall"  // 应抽数不足: fewer are drawn
)

// WaiverRule says on which grounds a draw goes beyond the cap, where an
// exemption of the cap is by deployment, or stays short of its number.
type WaiverRule struct {
	Deployment []string `json:"deployment,omitempty" toml:"deployment"`
	Shortfall  []string `json:"shortfall,omitempty" toml:"shortfall"`
	Clause     string   `json:"clause,omitempty" toml:"clause"`
	ShortBy    string   `json:"shortfall_clause,omitempty" toml:"shortfall_clause"`
}

// ExtendRule says how often the end of one draw's task may be moved; 0: never.
type ExtendRule struct {
	Max    int    `json:"max,omitempty" toml:"max"`
	Clause string `json:"clause,omitempty" toml:"clause"`
}

// Line finds a plan line in force, or a task outside the plan, by its number,
// with the index of its entry; nil if there is none.
func (s *State) Line(year int64, no string) (int64, *record.PlanLine) {
	if plan := s.Plan(year); plan != nil {
		if l := plan.Body.Line(no); l != nil {
			return plan.Index, l
		}
	}
	for _, t := range s.Tasks {
		if t.Body.Year == year && t.Body.Line.No == no {
			return t.Index, &t.Body.Line
		}
	}
	return 0, nil
}

// LineWord says what the line of an entry is: one of the plan, or a task outside it.
func (s *State) LineWord(index int64) string {
	if slices.ContainsFunc(s.Tasks, func(t At[record.Task]) bool { return t.Index == index }) {
		return "临时任务"
	}
	return "计划项"
}

// WaiverWords names a kind of waiver: one that draws fewer frees nobody of the cap.
func WaiverWords(kind string) string {
	if kind == kindShortfall {
		return "应抽数不足的依据"
	}
	return "不受频次比例限制的依据"
}

// LineOf is the plan line or task that a notice executes, as it stood then.
func (s *State) LineOf(b *record.Notice) *record.PlanLine {
	for _, p := range s.Plans {
		if p.Index == b.Plan {
			return p.Body.Line(b.Line)
		}
	}
	for _, t := range s.Tasks {
		if t.Index == b.Plan && t.Body.Line.No == b.Line {
			return &t.Body.Line
		}
	}
	return nil
}

// task judges a 临时抽查任务: a plan line by another door, and so the same
// rules (G-6.2e 参照年度抽查计划任务执行).
func (j *judge) task(b *record.Task) {
	p := j.s.Pack
	if !p.Plan.AdHoc {
		j.breach("rules.no-ad-hoc", p.Plan.Clause, b.Line.No, b.Line.Name, "")
		return
	}
	j.notAhead(b.Date)
	if _, l := j.s.Line(b.Year, b.Line.No); l != nil {
		j.breach("rules.line-twice", p.Plan.Clause, b.Line.No, b.Line.Name, "")
	}
	if b.Line.From < b.Date {
		j.breach("rules.line-dates", p.Plan.AdHocBy, b.Line.No, b.Line.From, b.Date)
	}
	j.planLine(b.Year, &b.Line)
	if j.sound() {
		j.s.Tasks = append(j.s.Tasks, at(j, b))
		j.add(Note, "rules.ad-hoc", p.Plan.AdHocBy, b.Line.No, b.Line.Name, b.Ground)
	}
}

// waiver judges what a draw beyond cap or number stands on. It frees nobody by
// itself: a notice after it names it.
func (j *judge) waiver(b *record.Waiver) {
	p := j.s.Pack
	j.notAhead(b.Date)
	_, line := j.s.Line(b.Year, b.Line)
	if line == nil {
		j.breach("rules.no-line", p.Waiver.Clause, b.Line, num(b.Year), "")
		return
	}
	grounds, clause := p.Waiver.Shortfall, p.Waiver.ShortBy
	switch b.Kind {
	case kindDeployment:
		grounds, clause = p.Waiver.Deployment, p.Waiver.Clause
		if !slices.ContainsFunc(p.Exempts(), func(e Exempt) bool { return e.Deploy && (e.Mode == "" || e.Mode == line.Mode) }) {
			j.breach("rules.no-deployment", clause, b.Line, line.Mode, "")
			return
		}
	case kindShortfall:
	default:
		j.breach("rules.waiver-kind", clause, b.Line, b.Kind, kindDeployment+", "+kindShortfall)
		return
	}
	if !slices.Contains(grounds, b.Ground) {
		j.breach("rules.waiver-ground", clause, b.Line, b.Ground, strings.Join(grounds, "、"))
	}
	if b.Kind == kindDeployment && b.Document.Number == "" {
		j.breach("rules.waiver-document", clause, b.Line, b.Document.Title, "")
	}
	if j.sound() {
		j.s.Waivers = append(j.s.Waivers, at(j, b))
	}
}

// waiverAt finds a waiver by its index, nil if there is none.
func (s *State) waiverAt(index int64) *At[record.Waiver] {
	i := slices.IndexFunc(s.Waivers, func(w At[record.Waiver]) bool { return w.Index == index })
	if i < 0 {
		return nil
	}
	return &s.Waivers[i]
}

// waived reports whether a notice names a waiver of the kind.
func (s *State) waived(b *record.Notice, kind string) bool {
	return slices.ContainsFunc(b.Waivers, func(i int64) bool {
		w := s.waiverAt(i)
		return w != nil && w.Body.Kind == kind
	})
}

// usedBy is the draw that used a waiver up: one waiver, one draw that stands.
func (s *State) usedBy(index int64) string {
	for _, l := range s.Lots {
		if !l.Failed && l.Abort == nil && slices.Contains(l.Body.Waivers, index) {
			return l.Body.Draw
		}
	}
	return ""
}

// openWaivers lists the waivers of a line that no draw has used.
func (s *State) openWaivers(line string, year int64) []int64 {
	var list []int64
	for _, w := range s.Waivers {
		if w.Body.Line == line && w.Body.Year == year && s.usedBy(w.Index) == "" {
			list = append(list, w.Index)
		}
	}
	return list
}

// noticeWaivers: those named stand before, are of this line and not used up.
func (j *judge) noticeWaivers(b *record.Notice) {
	for i, n := range b.Waivers {
		w := j.s.waiverAt(n)
		switch {
		case w == nil || w.Body.Line != b.Line || w.Body.Year != yearOf(b.Draw), i > 0 && b.Waivers[i-1] >= n:
			j.breach("rules.no-such-entry", j.s.Pack.Waiver.Clause, "waivers", num(n), "waiver")
		case j.s.usedBy(n) != "":
			j.breach("rules.waiver-used", j.s.Pack.Waiver.Clause, b.Line, num(n), j.s.usedBy(n))
		}
	}
}

// shortBy is the clause that a draw short of its number is found under.
func (p *Pack) shortBy() string { return or(p.Waiver.ShortBy, p.Cap.Clause) }

// Ends is the last day of the task: the notice's, or the last extension's.
func (l *Lot) Ends() string {
	if e := last(l.Extensions); e != nil {
		return e.Body.To
	}
	return l.Body.To
}

// Before is the last day of the task before its last extension.
func (l *Lot) Before() string {
	if n := len(l.Extensions); n > 1 {
		return l.Extensions[n-2].Body.To
	}
	return l.Body.To
}

// extension judges a 延期. It is said before the old end, a number of times
// that the pack bounds, and never beyond the year: results and K follow the
// task's end, and nobody may put them off for ever.
func (j *judge) extension(b *record.Extension) {
	lot := j.lotOf(b.Notice)
	if lot == nil {
		return
	}
	p, end := lot.Pack, lot.Ends()
	switch {
	case len(lot.Extensions) >= p.Extend.Max:
		j.breach("rules.extended-often", p.Extend.Clause, lot.Body.Draw, num(len(lot.Extensions)), num(p.Extend.Max))
	case lot.Closed():
		j.breach("rules.extended-late", p.Extend.Clause, lot.Body.Draw, j.today(), end)
	case j.today() > end || b.Date > j.today() || b.Date < lot.Time[:10]:
		j.breach("rules.extended-late", p.Extend.Clause, lot.Body.Draw, b.Date+" "+j.today(), end)
	case b.To <= end || yearOf(b.To) != yearOf(lot.Body.Draw):
		j.breach("rules.extended-to", p.Extend.Clause, lot.Body.Draw, b.To, end+" … "+lot.Body.Draw[:4]+"-12-31")
	}
	if !j.sound() {
		return
	}
	lot.Extensions = append(lot.Extensions, at(j, b))
	due := p.NoticeDue(j.s.Workdays(), lot.Body.When(), b.To)
	due.Dispatch = lot.Due.Dispatch
	lot.Due = due
	j.add(Note, "rules.extended", p.Extend.Clause, lot.Body.Draw, b.To, end)
	j.beyondAgreed(lot, b.To)
}

// drawnLines lists the numbers of lines that a plan's new version may not drop:
// under each stands a draw, and a line that is gone or renamed would open a
// second one beside it.
func (s *State) drawnLines(year int64) []string {
	var list []string
	for _, l := range s.Lots {
		plan := slices.ContainsFunc(s.Plans, func(p At[record.Plan]) bool { return p.Index == l.Body.Plan })
		if !l.Failed && plan && yearOf(l.Body.Draw) == year && !slices.Contains(list, l.Body.Line) {
			list = append(list, l.Body.Line)
		}
	}
	return list
}

// checkTasks refuses parameters of tasks, classes, waivers and the cap's
// exemptions that the engine could not act on.
func (p *Pack) checkTasks() error {
	bad := func(place, got, want string) error { return fault.New("rules.bad-pack", place, got, want) }
	taken := p.Cap.Take == "" && len(p.Cap.Options) == 0
	names := map[string]bool{}
	for _, o := range p.Cap.Options {
		taken = taken || o.Name == p.Cap.Take
		if o.Name == "" || names[o.Name] {
			return bad("cap.option", o.Name, "名称，不重复")
		}
		names[o.Name] = true
	}
	if !taken || len(p.Cap.Options) > 0 && len(p.Cap.Exempt) > 0 {
		return bad("cap.take", p.Cap.Take, "其中一项的名称，并且不另写 exempt")
	}
	deploys := slices.ContainsFunc(p.Exempts(), func(e Exempt) bool { return e.Deploy })
	switch {
	case deploys && (len(p.Waiver.Deployment) == 0 || p.Waiver.Clause == ""):
		return bad("waiver.deployment", "没有写", "因专项部署免抽的事由和条款")
	case len(p.Waiver.Shortfall) > 0 && p.Waiver.ShortBy == "":
		return bad("waiver.shortfall_clause", "没有写", "条款编号")
	case p.Plan.AdHoc && p.Plan.AdHocBy == "":
		return bad("plan.ad_hoc_clause", "没有写", "条款编号")
	case p.Extend.Max < 0 || p.Extend.Max > 12 || p.Extend.Max > 0 && p.Extend.Clause == "":
		return bad("extend", num(p.Extend.Max), "max 为 0—12，并写条款编号")
	case (p.Cap.RecordsMin > 0) != (p.Cap.RecordsTag != "") || p.Cap.RecordsMin < 0:
		return bad("cap.records_min", num(p.Cap.RecordsMin), "与 records_tag 一起写，或者都不写")
	case p.Cap.RecordsTag != "" && !slices.ContainsFunc(p.Tags, func(n Named) bool { return n.Code == p.Cap.RecordsTag }):
		return bad("cap.records_tag", p.Cap.RecordsTag, "规则包里的一个标签")
	}
	for _, f := range p.Plan.ClassFields {
		if !slices.Contains(filterFields, f) {
			return bad("plan.class_fields", f, strings.Join(filterFields, "、"))
		}
	}
	return nil
}
