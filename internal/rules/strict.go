package rules

import (
	"slices"
	"strings"
)

// earlier lists the packs that were in force at earlier entries of a year.
func (s *State) earlier(year int64) []*Pack {
	for i := range s.Years {
		if s.Years[i].Year == year {
			return s.Years[i].Earlier
		}
	}
	return nil
}

// yearRatios are the classes by which a year is counted: where its packs differ,
// each by the stricter, so that no floor is abolished on the last evening.
func (s *State) yearRatios(year int64) []Ratio {
	p := s.yearPack(year)
	if p == nil {
		return nil
	}
	list := slices.Clone(p.Ratios)
	for _, e := range s.earlier(year) {
		for _, r := range e.Ratios {
			i := slices.IndexFunc(list, func(q Ratio) bool { return q.Code == r.Code })
			switch {
			case i < 0:
				list = append(list, r)
			case r.strictness() > list[i].strictness():
				list[i] = r
			}
		}
	}
	return list
}

// strictness orders floors: all, then the larger share, then none.
func (r *Ratio) strictness() int {
	if r.Op == "none" {
		return -1
	}
	return millionths(r.Value)
}

// packs warns of a year in which floors or the cap changed between entries.
func (y *year) packs() {
	var list []string
	for _, e := range y.s.earlier(y.n) {
		for _, r := range e.Ratios {
			now := y.p.class(r.Code)
			if (now == nil || now.Op != r.Op || now.Value != r.Value) && !slices.Contains(list, r.Name) {
				list = append(list, r.Name)
			}
		}
		if e.Cap.Max != y.p.Cap.Max || e.Cap.Window != y.p.Cap.Window || e.Cap.Take != y.p.Cap.Take {
			if words := "频次上限"; !slices.Contains(list, words) {
				list = append(list, words)
			}
		}
	}
	if len(list) > 0 {
		y.add(Warning, "rules.year-packs", "", num(y.n), strings.Join(list, "、"), "")
	}
}

// base warns of a class whose base is less than half of what the register held
// when a draw of the year was announced: a floor of a register made small.
func (y *year) base(c *ClassStat) {
	if !c.Known {
		return
	}
	most := int64(0)
	for _, l := range y.s.Lots {
		if l.Failed || yearOf(l.Body.Draw) != y.n {
			continue
		}
		for i := range y.s.Rosters {
			if r := &y.s.Rosters[i]; r.Index == l.Body.Roster.Entry {
				n, _, _ := population(r, c.Code)
				most = max(most, n)
			}
		}
	}
	if c.Base*2 < most {
		y.add(Warning, "rules.base-small", c.Clause, num(y.n)+" "+c.Name, num(c.Base), num(most))
		y.found[len(y.found)-1].Entry = c.BaseEntry
	}
}
