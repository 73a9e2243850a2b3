package rules

import (
	"regexp"
	"slices"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// YearRule (年度要求) says what an office must have done once a calendar year:
// from WarnFrom on its lack is a warning, after 31 December it is overdue.
// Beside these stand RosterRule.Update, ItemRule.Share and the ratios.
type YearRule struct {
	WarnFrom  string `json:"warn_from" toml:"warn_from"`                         // mm-dd
	Checklist string `json:"checklist_clause,omitempty" toml:"checklist_clause"` // drawn up or confirmed every year
	Plan      string `json:"plan_clause,omitempty" toml:"plan_clause"`
}

var monthDay = regexp.MustCompile(`^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`)

func (r *YearRule) check() error {
	if r.WarnFrom != "" && !monthDay.MatchString(r.WarnFrom) {
		return fault.New("rules.bad-pack", "yearly.warn_from", r.WarnFrom, "“月-日”，如 11-01")
	}
	return nil
}

// YearPack is the pack that was in force at a year's last entry, and those that
// were at earlier ones.
type YearPack struct {
	Year    int64
	Pack    *Pack
	Earlier []*Pack
}

// yearsBack is how many years back are judged: a charter may claim any day.
const yearsBack = 30

// firstYear is the first year that is judged.
func (s *State) firstYear(today string) int64 {
	return max(yearOf(s.Charters[0].Time), yearOf(today)-yearsBack)
}

// year notes the pack in force for the year of an entry: what a later charter
// brings does not change by what the years before it are counted.
func (s *State) year(n int64) {
	if last := len(s.Years) - 1; last >= 0 && s.Years[last].Year >= n {
		if y := &s.Years[last]; y.Pack != s.Pack {
			y.Earlier, y.Pack = append(y.Earlier, y.Pack), s.Pack
		}
	} else if s.Pack != nil {
		s.Years = append(s.Years, YearPack{Year: n, Pack: s.Pack})
	}
}

// yearPack is the pack by which a year is counted; of one without an entry, that
// of the year before.
func (s *State) yearPack(n int64) *Pack {
	for i := len(s.Years) - 1; i >= 0; i-- {
		if s.Years[i].Year <= n {
			return s.Years[i].Pack
		}
	}
	return s.Pack
}

// year is one calendar year of an office as it is looked at on a day.
type year struct {
	s       *State
	p       *Pack // by which it is counted
	n       int64
	today   string
	stats   *Stats
	partial bool // it began before the charter, or before the regulation
	found   []Finding
}

// Yearly lists what the calendar years of the ledger lack as of a day
// (yyyy-mm-dd): versions of registers and lists, plans, draws of the plan,
// classes under their floor. What was done before the charter is not in the
// ledger, and before it came into force nobody followed the regulation: of the
// year in which they began nothing is asserted to be late.
func (s *State) Yearly(today string) []Finding {
	if today == "" || s.Pack == nil || len(s.Charters) == 0 {
		return nil
	}
	var all []Finding
	for n := s.firstYear(today); n <= yearOf(today); n++ {
		p := s.yearPack(n)
		since := max(s.Charters[0].Time[:10], p.EffectiveFrom)
		if yearOf(since) > n {
			continue
		}
		y := &year{s: s, p: p, n: n, today: today, stats: s.Stats(n, today), partial: since > num(n)+"-01-01"}
		y.versions()
		y.undrawn()
		for i := range y.stats.Classes {
			y.class(&y.stats.Classes[i])
		}
		y.share()
		y.packs()
		all = append(all, y.found...)
	}
	return append(all, s.JointFindings(today)...)
}

// severity is that of something which should be done by the end of a year: ""
// while it is too early to say anything.
func (y *year) severity() Severity {
	switch {
	case y.today < num(y.n)+"-"+or(y.p.Year.WarnFrom, "11-01"):
		return ""
	case y.today <= num(y.n)+"-12-31":
		return Warning
	case y.partial:
		return Note
	}
	return Overdue
}

func (y *year) add(sev Severity, code, clause, place, got, want string) {
	if sev != "" {
		y.found = append(y.found, Finding{Code: code, Severity: sev, Clause: clause, Entry: -1, Place: place, Got: got, Want: want})
	}
}

// versions: a register of objects recorded or checked in the year (Y-5.7), a
// checklist of the year (Y-8.0), a plan (Y-4.4). The day is that of the entry:
// a date that is written into it may lie before it.
func (y *year) versions() {
	s, p := y.s, y.p
	place := num(y.n)
	in := func(t string) bool { return yearOf(t) == y.n }
	if p.Roster.Update != "" && !slices.ContainsFunc(s.Rosters, func(r At[record.Roster]) bool { return r.Body.Kind == "objects" && in(r.Time) }) {
		y.add(y.severity(), "rules.year-roster", p.Roster.Update, place, "", place+"-12-31")
	}
	if p.Year.Checklist != "" && !slices.ContainsFunc(s.Checklists, func(c At[record.Checklist]) bool {
		return in(c.Time) || c.Body.Year == y.n && yearOf(c.Time) < y.n
	}) {
		y.add(y.severity(), "rules.year-checklist", p.Year.Checklist, place, "", place+"-12-31")
	}
	if p.Year.Plan != "" && !slices.ContainsFunc(s.Plans, func(l At[record.Plan]) bool { return l.Body.Year == y.n && yearOf(l.Time) <= y.n }) {
		y.add(y.severity(), "rules.year-plan", p.Year.Plan, place, "", place+"-12-31")
	}
}

// undrawn: the period of a plan line has ended and nothing was drawn
// (Gaoqing 10.1 names it; here it is a fact about a line).
func (y *year) undrawn() {
	for _, l := range y.stats.Lines {
		if entry, line := y.s.Line(y.n, l.No); l.Undrawn && line != nil {
			y.add(Warning, "rules.line-undrawn", y.p.Plan.Clause, l.No+" "+l.Name, "", l.To)
			y.found[len(y.found)-1].Entry = entry
		}
	}
}

// class: a class under its floor. Results of December may lawfully be published
// in January: until the last of the year's are due nothing is overdue.
func (y *year) class(c *ClassStat) {
	if c.Op == "none" {
		return
	}
	y.base(c)
	sev := y.severity()
	if sev == Overdue && y.today <= y.lastDue() {
		sev = Warning
	}
	switch place := num(y.n) + " " + c.Name; {
	case !c.Known:
		if sev == Overdue {
			sev = Warning // whether the floor was reached nobody can tell
		}
		y.add(sev, "rules.class-unknown", c.Clause, place, "", "")
	case c.Missing() > 0 && c.Missing() <= c.Unsaid:
		if sev == Overdue {
			sev = Warning // those that do not say it may be of the class
		}
		y.add(sev, "rules.class-unsaid", c.Clause, place, num(c.Unsaid), num(c.Missing()))
	case c.Missing() > 0:
		y.add(sev, "rules.ratio-short", c.Clause, place, num(c.Published), num(c.Floor))
	case c.Published < c.NowFloor && sev != "":
		y.add(Note, "rules.ratio-now", c.Clause, place, num(c.Published), num(c.NowFloor))
	}
}

// lastDue is the day by which the last result of the year's draws must be
// public.
func (y *year) lastDue() string {
	due := ""
	for _, l := range y.s.Lots {
		if !l.Failed && l.Abort == nil && yearOf(l.Body.Draw) == y.n {
			due = max(due, l.Due.Results)
		}
	}
	return due
}

// share: random items among all enforcement items (Y-14.1b). An office that has
// not said how many there are is told so, and nothing is asserted (A18).
func (y *year) share() {
	sh := y.stats.Share
	switch sev := y.severity(); {
	case sh == nil || sev == "":
	case sh.All == 0:
		y.add(Note, "rules.share-unsaid", sh.Clause, num(y.n), num(sh.Items), "")
		y.found[len(y.found)-1].Entry = sh.Checklist
	case sh.Items < sh.Floor:
		y.add(sev, "rules.year-share", sh.Clause, num(y.n), num(sh.Items), num(sh.Floor))
		y.found[len(y.found)-1].Entry = sh.Checklist
	}
}
