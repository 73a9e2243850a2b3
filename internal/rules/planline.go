package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
)

func (j *judge) plan(b *record.Plan) {
	p := j.s.Pack
	j.notAhead(b.Date)
	want := int64(1)
	prev := j.s.Plan(b.Year)
	if prev != nil {
		want = prev.Body.Version + 1
	}
	if b.Version != want {
		j.breach("rules.version", "", "version", strconv.FormatInt(b.Version, 10), strconv.FormatInt(want, 10))
	}
	seen := map[string]bool{}
	for _, t := range j.s.Tasks {
		if t.Body.Year == b.Year {
			seen[t.Body.Line.No] = true
		}
	}
	for i := range b.Lines {
		l := &b.Lines[i]
		if seen[l.No] {
			j.breach("rules.line-twice", "", l.No, l.Name, "")
		}
		seen[l.No] = true
		j.planLine(b.Year, l)
	}
	for _, no := range j.s.drawnLines(b.Year) {
		if b.Line(no) == nil {
			j.breach("rules.line-gone", p.Plan.Clause, no, "", "")
		}
	}
	if !j.sound() {
		return
	}
	j.wholeClass(b)
	if prev != nil {
		j.changed(prev.Body, b)
	}
	j.s.Plans = append(j.s.Plans, at(j, b))
	j.jointPlan(b)
}

// PlanDiff is what a version of a plan changed: numbers of lines.
type PlanDiff struct{ Added, Gone, Changed []string }

// DiffPlan compares two versions of a year's plan. Base and estimate follow
// from the register and are no change.
func DiffPlan(old, now *record.Plan) PlanDiff {
	var d PlanDiff
	for i := range now.Lines {
		was := old.Line(now.Lines[i].No)
		switch {
		case was == nil:
			d.Added = append(d.Added, now.Lines[i].No)
		case planText(was) != planText(&now.Lines[i]):
			d.Changed = append(d.Changed, now.Lines[i].No)
		}
	}
	for i := range old.Lines {
		if now.Line(old.Lines[i].No) == nil {
			d.Gone = append(d.Gone, old.Lines[i].No)
		}
	}
	return d
}

// planText is a line without what the register gives it. A class's condition is
// sealed anew in every version, so that whether it changed shows only to those
// who may open it.
func planText(l *record.PlanLine) string {
	c := *l
	c.Base, c.Estimate = 0, 0
	c.Classes = slices.Clone(l.Classes)
	for i := range c.Classes {
		c.Classes[i].Base, c.Classes[i].Estimate, c.Classes[i].Condition = 0, 0, ""
	}
	data, err := record.Canonical(c)
	if err != nil {
		return "" // both came out of an entry
	}
	return string(data)
}

// changed notes what a new version of the plan changes (Y-4.4 动态调整), and
// warns of a line that was drawn from already.
func (j *judge) changed(old, now *record.Plan) {
	clause, d := j.s.Pack.Plan.Clause, DiffPlan(old, now)
	drawn := j.s.drawnLines(now.Year)
	for _, no := range d.Changed {
		if slices.Contains(drawn, no) {
			j.add(Warning, "rules.line-changed", clause, no, "", "")
		}
	}
	if len(d.Added)+len(d.Gone)+len(d.Changed) > 0 {
		none := func(list []string) string { return or(strings.Join(list, "、"), "无") }
		j.add(Note, "rules.plan-changed", clause, num(now.Year), "新增 "+none(d.Added)+"，删去 "+none(d.Gone)+"，变动 "+none(d.Changed), "")
	}
}

// wholeClass: a class that must be inspected to the last one (Y-14.3) has a line
// of the plan that takes all of it.
func (j *judge) wholeClass(b *record.Plan) {
	p := j.s.Pack
	for _, r := range p.Ratios {
		if r.Op != "eq" || r.Value != "1" {
			continue
		}
		one := &Firm{}
		if len(r.Tags) > 0 {
			one.Tags = r.Tags[:1]
		}
		if len(r.Sectors) > 0 {
			one.Sector = r.Sectors[0]
		}
		if !slices.ContainsFunc(b.Lines, func(l record.PlanLine) bool {
			f, err := ParseFilter(p, l.Filter)
			return l.Census && (l.Filter == "" || err == nil && f.Match(one))
		}) {
			j.add(Warning, "rules.class-unplanned", r.Clause, num(b.Year), r.Name, "")
		}
	}
}

func (j *judge) planLine(year int64, l *record.PlanLine) {
	p := j.s.Pack
	list := j.s.Checklist()
	for _, no := range l.Items {
		if list == nil || !slices.ContainsFunc(list.Body.Items, func(it record.Item) bool { return it.No == no }) {
			j.breach("rules.item-unknown", p.Plan.Clause, l.No, no, "")
		}
	}
	if l.Joint != joined || l.Ratio != "" || l.Count > 0 || l.Census {
		j.quantity(l.No, l.Ratio, l.Count, l.Census) // of a joined line the lead decides how many
	}
	j.classes(l)
	if l.Batches == 1 || l.Batches > maxBatches || l.Batches > 0 && l.Census {
		j.breach("rules.batches", p.Plan.Clause, l.No, num(l.Batches), "2 … "+num(maxBatches))
	}
	if l.Minimum > 0 && (l.Census || p.Draw.Balance != "town" || l.Mode != "不定向") {
		j.breach("rules.minimum", p.Draw.Undirected, l.No, num(l.Minimum), "")
	}
	if l.Mode != "不定向" && l.Mode != "定向" {
		j.breach("rules.line-mode", p.Draw.Directed, l.No, l.Mode, "不定向, 定向")
	}
	j.jointLine(l)
	if (l.Mode == "定向") != (l.Filter != "") && l.Joint != joined {
		j.breach("rules.line-filter", p.Draw.Directed, l.No, l.Filter, l.Mode)
	}
	if l.Filter != "" {
		f, err := ParseFilter(p, l.Filter)
		if err != nil {
			j.breach("rules.bad-filter", p.Draw.Directed, l.No, l.Filter, "")
		} else if again := f.Format(p); again != l.Filter {
			j.breach("rules.bad-filter", p.Draw.Directed, l.No, l.Filter, again)
		}
	}
	// A line that ended in a later year would put off by years the day on which
	// the draw's K must be opened.
	if year := strconv.FormatInt(year, 10); l.From > l.To || l.From[:4] != year || l.To[:4] != year {
		j.breach("rules.line-dates", p.Plan.Clause, l.No, l.From+" "+l.To, year)
	}
}

const (
	maxBatches = 24
	maxClasses = 8
)

// quantity: exactly one of ratio, number and all, and not nobody.
func (j *judge) quantity(place, ratio string, count int64, census bool) {
	ways := 0
	for _, given := range []bool{ratio != "", count > 0, census} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		j.breach("rules.line-quantity", j.s.Pack.Plan.Clause, place, strconv.Itoa(ways), "1")
	} else if n, err := total(or(ratio, "1"), 1); err != nil || n == 0 {
		j.breach("rules.line-quantity", j.s.Pack.Plan.Clause, place, "0", "1") // 0.00 of anything is nobody
	}
}

// classes: neutral names in order, a quantity each; lower than the line's own
// only where the regulation says so (G-6.2b 适当降低; Y-14.5 knows only 重点抽查).
func (j *judge) classes(l *record.PlanLine) {
	rule := j.s.Pack.Plan
	if len(l.Classes) == 0 {
		return
	}
	if rule.ClassBy == "" || len(l.Classes) > maxClasses {
		j.breach("rules.no-classes", rule.Clause, l.No, num(len(l.Classes)), num(maxClasses))
		return
	}
	for i, c := range l.Classes {
		if c.Name != "g"+num(i+1) {
			j.breach("rules.class-name", rule.ClassBy, l.No, c.Name, "g"+num(i+1))
		}
		j.quantity(l.No+" "+c.Name, c.Ratio, c.Count, c.Census)
		if !rule.ClassLower && (l.Census || millionths(c.Ratio) < millionths(l.Ratio) && c.Ratio != "") {
			j.breach("rules.class-lower", rule.ClassBy, l.No, c.Ratio, l.Ratio)
		}
	}
}

// millionths compares ratios, which have six digits at most.
func millionths(ratio string) int {
	n, err := total(ratio, 1000000)
	if err != nil {
		return 0
	}
	return n
}
