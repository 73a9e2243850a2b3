package rules

import (
	"slices"

	"github.com/sunlot/sunlot/internal/record"
)

// ClassStat is a class of objects that a regulation gives a share of the year
// (Gaoqing 5.1.2, Yanshi 14): over the whole class, whatever its towns, sectors
// and grades of risk (requirements A11). Drawn, Inspected and Published are
// different units (A12): one that was hit twice counts once.
type ClassStat struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	Clause    string `json:"clause"`
	Op        string `json:"op"`              // min, eq, none
	Value     string `json:"value,omitempty"` // of the pack, as written
	Known     bool   `json:"known"`           // the registers say how many the class has
	Base      int64  `json:"base"`            // when the year's plan was made (A10)
	BaseEntry int64  `json:"base_entry"`      // the roster's
	Now       int64  `json:"now"`             // in the last register of the year
	NowEntry  int64  `json:"now_entry"`
	Floor     int    `json:"floor,omitempty"`     // of Base, by ceil over the whole class (A9)
	NowFloor  int    `json:"now_floor,omitempty"` // of Now: shown, not judged
	Drawn     int    `json:"drawn"`
	Untold    int    `json:"untold,omitempty"` // drawn in the year without a result: of which class nobody knows yet
	Unsaid    int    `json:"unsaid,omitempty"` // inspected in the year, and the result does not say of which class
	Inspected int    `json:"inspected"`
	Published int    `json:"published"`
	Withheld  int    `json:"withheld,omitempty"`  // inspected and not published, by law
	ByHandle  int    `json:"by_handle,omitempty"` // inspected units that are not named: hit twice, such a one counts twice
}

// Floored reports whether the regulation demands a number that is known.
func (c *ClassStat) Floored() bool { return c.Op != "none" && c.Known }

// Missing is how many units the class lacks at its floor; 0: reached.
func (c *ClassStat) Missing() int {
	if !c.Floored() {
		return 0
	}
	return max(0, c.Floor-c.Published)
}

// What a unit has reached, of one class.
const (
	unitDrawn = 1 << iota
	unitInspected
	unitPublished
	unitWithheld
	unitByHandle
)

// classCount counts different units of each ratio class.
type classCount struct {
	rules []Ratio
	stats []ClassStat
	in    map[*Lot][]bool    // of each draw: see of
	units []map[string]uint8 // of each class: by code, or by handle where that is all that is known
}

func (c *counting) classes() *classCount {
	cc := &classCount{in: map[*Lot][]bool{}}
	p := c.s.yearPack(c.st.Year)
	if p == nil {
		return cc
	}
	cc.rules = c.s.yearRatios(c.st.Year)
	plan, now := c.s.planRoster(c.st.Year), c.s.rosterBy(num(c.st.Year)+"-12-31")
	for _, r := range cc.rules {
		st := ClassStat{Code: r.Code, Name: r.Name, Clause: r.Clause, Op: r.Op, Value: r.Value}
		var known bool
		st.Base, st.BaseEntry, st.Known = population(plan, r.Code)
		if st.Now, st.NowEntry, known = population(now, r.Code); r.Op != "none" {
			if st.Known {
				st.Floor, _ = total(r.Value, int(st.Base))
			}
			if known {
				st.NowFloor, _ = total(r.Value, int(st.Now))
			}
		}
		cc.stats = append(cc.stats, st)
		cc.units = append(cc.units, map[string]uint8{})
	}
	return cc
}

// population is the size of a class in a roster, false where it was not counted.
func population(r *At[record.Roster], code string) (n, entry int64, known bool) {
	if r == nil {
		return 0, 0, false
	}
	i := slices.IndexFunc(r.Body.Classes, func(c record.Count) bool { return c.Name == code })
	if i < 0 {
		return 0, r.Index, false
	}
	return r.Body.Classes[i].Count, r.Index, true
}

// planRoster is the register of objects that stood when the year's first plan
// was made (A10 基数为计划制定时实有抽查对象数): a later version of the plan does
// not choose another base. Without one before it, the first after it; without a
// plan, the last of the year.
func (s *State) planRoster(year int64) *At[record.Roster] {
	i := slices.IndexFunc(s.Plans, func(p At[record.Plan]) bool { return p.Body.Year == year })
	if i < 0 {
		return s.rosterBy(num(year) + "-12-31")
	}
	var found *At[record.Roster]
	for k := range s.Rosters {
		r := &s.Rosters[k]
		if r.Body.Kind == "objects" && (found == nil || r.Index < s.Plans[i].Index) {
			found = r
		}
	}
	return found
}

// rosterBy is the last register of objects that was recorded by the end of a day.
func (s *State) rosterBy(day string) *At[record.Roster] {
	for i := len(s.Rosters) - 1; i >= 0; i-- {
		if r := &s.Rosters[i]; r.Body.Kind == "objects" && r.Time[:10] <= day {
			return r
		}
	}
	return nil
}

// of reports for each class whether everybody whom the draw could choose
// belongs to it, by the draw's own condition.
func (cc *classCount) of(l *Lot) []bool {
	if in, ok := cc.in[l]; ok {
		return in
	}
	in := make([]bool, len(cc.rules))
	cc.in[l] = in
	if l.Body.Filter == "" {
		return in
	}
	if f, err := ParseFilter(l.Pack, l.Body.Filter); err == nil {
		for i := range cc.rules {
			in[i] = f.within(&cc.rules[i])
		}
	}
	return in
}

// within reports whether all that the filter matches surely belongs to the class.
func (f *Filter) within(r *Ratio) bool {
	all := func(list []string) bool {
		return !slices.ContainsFunc(f.vals, func(v string) bool { return !slices.Contains(list, v) })
	}
	switch {
	case f.op == "and":
		return slices.ContainsFunc(f.kids, func(k *Filter) bool { return k.within(r) })
	case f.op == "or":
		return !slices.ContainsFunc(f.kids, func(k *Filter) bool { return !k.within(r) })
	case f.op == "not" || f.rel == "!=":
		return false
	case f.field == "行业":
		return all(r.Sectors)
	case f.field == "标签":
		return all(r.Tags)
	}
	return false
}

// unitKey is by what an object is told from others: its code as soon as it is
// opened and checked, its handle until then.
func unitKey(o *Object, f *Finished) (key string, named bool) {
	switch {
	case f != nil && f.Code != "":
		return f.Code, true
	case o != nil && o.ID != "":
		return o.ID, true
	case o != nil:
		return o.Handle, false
	case f.Body.Object != "":
		return f.Body.Object, false
	}
	return "result " + num(f.Index), false
}

// drawn counts an object of a draw of the year.
func (cc *classCount) drawn(l *Lot, o *Object) {
	key, _ := unitKey(o, o.Result)
	in := cc.of(l)
	for i := range cc.rules {
		switch {
		case in[i] || o.Result != nil && slices.Contains(o.Result.Body.Classes, cc.rules[i].Code):
			cc.units[i][key] |= unitDrawn
		case o.Result == nil:
			cc.stats[i].Untold++
		}
	}
}

// inspected counts an inspection that ended in the year. Of which class the
// object is its result says in ink, or the draw's condition.
func (cc *classCount) inspected(f *Finished) {
	if f.Void() != nil {
		return // nobody could inspect it
	}
	key, named := unitKey(f.Object, f)
	bits := uint8(unitInspected | unitPublished)
	if f.Body.Withheld != nil {
		bits = unitInspected | unitWithheld
	}
	if !named {
		bits |= unitByHandle
	}
	if f.Lot == nil {
		bits |= unitDrawn // by the department that leads the joint check
	}
	for i := range cc.rules {
		if slices.Contains(f.Body.Classes, cc.rules[i].Code) || f.Lot != nil && cc.of(f.Lot)[i] {
			cc.units[i][key] |= bits
		} else if f.Body.Sector == "" && len(f.Body.Classes) == 0 {
			cc.stats[i].Unsaid++
		}
	}
}

func (cc *classCount) close() []ClassStat {
	for i := range cc.stats {
		st := &cc.stats[i]
		for _, bits := range cc.units[i] {
			for _, c := range []struct {
				bit uint8
				n   *int
			}{{unitDrawn, &st.Drawn}, {unitInspected, &st.Inspected}, {unitPublished, &st.Published}, {unitByHandle, &st.ByHandle}} {
				if bits&c.bit != 0 {
					*c.n++
				}
			}
			if bits&unitWithheld != 0 && bits&unitPublished == 0 {
				st.Withheld++
			}
		}
	}
	return cc.stats
}
