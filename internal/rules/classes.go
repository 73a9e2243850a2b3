package rules

import (
	"slices"

	"github.com/sunlot/sunlot/internal/record"
)

// Has reports whether the firm belongs to the ratio class: one of its sectors,
// or one of its tags.
func (r *Ratio) Has(f *Firm) bool {
	return slices.Contains(r.Sectors, f.Sector) || slices.ContainsFunc(r.Tags, func(t string) bool { return slices.Contains(f.Tags, t) })
}

// ClassesOf lists the codes of the ratio classes that the firm belongs to, in
// the pack's order.
func (p *Pack) ClassesOf(f *Firm) []string {
	var codes []string
	for i := range p.Ratios {
		if p.Ratios[i].Has(f) {
			codes = append(codes, p.Ratios[i].Code)
		}
	}
	return codes
}

// class is the ratio class of the code, nil if the pack has none such.
func (p *Pack) class(code string) *Ratio {
	for i := range p.Ratios {
		if p.Ratios[i].Code == code {
			return &p.Ratios[i]
		}
	}
	return nil
}

// rosterClasses holds what a roster says of the ratio classes to itself: each
// class of the pack once, and no larger than its sectors. The base of a floor
// is the office's word; this and the notice's grounds (classBase) bound it.
func (j *judge) rosterClasses(b *record.Roster) {
	seen, unsaid := map[string]bool{}, ""
	for _, c := range b.Classes {
		r := j.s.Pack.class(c.Name)
		if r == nil || seen[c.Name] || b.Kind != "objects" || c.Count > b.Count {
			j.breach("rules.class-count", "", c.Name, num(c.Count), num(b.Count))
			continue
		}
		seen[c.Name] = true
		if most, ok := j.s.Pack.bySectors(r, b); ok && c.Count > most {
			j.breach("rules.class-count", r.Clause, c.Name, num(c.Count), num(most))
		}
		if r.Op != "none" && len(r.Tags) == 0 && len(b.Sectors) == 0 {
			unsaid = r.Name
		}
	}
	if unsaid != "" && j.sound() {
		j.add(Note, "rules.class-unsectored", j.s.Pack.class(b.Classes[0].Name).Clause, "sectors", unsaid, num(b.Count))
	}
}

// bySectors is how many objects of a roster, whatever their status, belong to a
// class that is given by sectors alone; false for other classes, or where the
// roster does not count its sectors.
func (p *Pack) bySectors(r *Ratio, b *record.Roster) (int64, bool) {
	if len(r.Tags) > 0 || len(b.Sectors) == 0 {
		return 0, false
	}
	sum := int64(0)
	for _, c := range b.Sectors {
		if n, ok := Find(p.Sectors, c.Name); ok && slices.Contains(r.Sectors, n.Code) {
			sum += c.Count
		}
	}
	return sum, true
}

// classBase: of a class given by sectors, no more can be missing in its base
// than the notice's table of grounds leaves out of every draw. A smaller base
// would lower the floor.
func (j *judge) classBase(b *record.Notice) {
	roster := j.s.Roster("objects")
	out := int64(0)
	for _, g := range b.Grounds {
		if g.Code == groundStatus || g.Code == groundSpecial {
			out += g.Count
		}
	}
	for _, c := range roster.Body.Classes {
		r := j.s.Pack.class(c.Name)
		if r == nil {
			continue // of an earlier pack
		}
		if all, ok := j.s.Pack.bySectors(r, roster.Body); ok && c.Count < all-out {
			j.add(Warning, "rules.class-base", r.Clause, r.Name, num(c.Count), num(all-out))
		}
	}
}

// unchanged (核对无变化) is said exactly where the version before is repeated:
// its file, and with it every count that follows from it.
func (j *judge) unchanged(b *record.Roster, prev *At[record.Roster]) {
	same := prev != nil && prev.Body.File == b.File
	if b.Unchanged != same {
		j.breach("rules.unchanged", j.s.Pack.Roster.Update, "file", b.File.SHA256, "")
		return
	}
	if !same {
		return
	}
	was := prev.Body
	// A pack that came in between may draw its classes otherwise.
	classes := len(was.Classes) == 0 || last(j.s.Charters).Index > prev.Index || slices.Equal(was.Classes, b.Classes)
	if !classes || !slices.Equal(was.Towns, b.Towns) || !slices.Equal(was.Sectors, b.Sectors) {
		j.breach("rules.unchanged", j.s.Pack.Roster.Update, "classes, towns, sectors", "", num(prev.Index))
	}
}
