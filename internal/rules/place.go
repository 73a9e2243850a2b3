package rules

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
)

// place holds what a result says in ink about the unit to the pack and to the
// draw: its town is the cell where cells are towns, its sector is the pack's,
// its classes follow from the sector as far as they do. What a class rests on
// besides, a tag, is the office's word; a class that is not public stands
// nowhere.
func (j *judge) place(p *Pack, b *record.Result, f *Finished) {
	n, ok := Find(p.Towns, b.Town)
	if f.Lot != nil && b.Town != "" && p.Draw.Balance == "town" && f.Lot.Body.Mode == "不定向" && !f.Lot.inTown(f.Object.Cell, b.Town, ok) {
		j.breach("rules.other-town", p.Draw.Undirected, b.Object, b.Town, f.Lot.Body.TownOf(f.Object.Cell))
	}
	if ok && n.Code != b.Town {
		j.breach("rules.other-town", p.Draw.Undirected, b.Object, b.Town, n.Code) // one writing, or counts go apart
	}
	sector := slices.ContainsFunc(p.Sectors, func(n Named) bool { return n.Code == b.Sector })
	if b.Sector != "" && !sector {
		j.breach("rules.sector", "", "sector", b.Sector, "")
	}
	var public []string
	for i := range p.Ratios {
		r := &p.Ratios[i]
		said := slices.Contains(b.Classes, r.Code)
		if said && r.Public {
			public = append(public, r.Code)
		}
		if b.Sector == "" && b.Withheld == nil && said && r.Public && len(r.Tags) == 0 {
			// Only a sector makes it one of the class: without it nobody could object.
			// A withheld result may close it, and counts toward no floor.
			j.breach("rules.class-sector", r.Clause, "sector", r.Name, "")
		}
		if b.Sector == "" || !r.Public {
			continue
		}
		in := slices.Contains(r.Sectors, b.Sector)
		if in != said && (in || len(r.Tags) == 0) {
			j.breach("rules.class", r.Clause, "classes", strings.Join(b.Classes, " "), r.Name)
		}
	}
	if !slices.Equal(public, b.Classes) {
		j.breach("rules.class", "", "classes", strings.Join(b.Classes, " "), strings.Join(public, " "))
	}
}

// inTown reports whether a unit of the cell can be of the town; known: the town
// is one of the pack's. A zone that is none of them stands in the cell `other`;
// what the platform drew outside the hat has no cell.
func (l *Lot) inTown(cell, town string, known bool) bool {
	switch cell = l.Body.TownOf(cell); cell {
	case "":
		return true
	case "other":
		return !known
	}
	return town == cell
}

// PublicClasses lists the codes of the firm's ratio classes that may stand in
// a result, in the pack's order.
func (p *Pack) PublicClasses(f *Firm) []string {
	var codes []string
	for i := range p.Ratios {
		if r := &p.Ratios[i]; r.Public && r.Has(f) {
			codes = append(codes, r.Code)
		}
	}
	return codes
}

// parts: each department of a joint check answers for its items with the codes
// of the whole, by its own days (Y-25.5, G-8.2d). A visit of its own day is
// reported (G-8.2c 坚决杜绝个别部门擅自自行检查).
func (j *judge) parts(p *Pack, b *record.Result, f *Finished) {
	seen := map[string]bool{}
	for _, part := range b.Parts {
		if seen[part.Department] {
			j.breach("rules.part", p.Result.Joint, part.Department, "", "")
		}
		seen[part.Department] = true
		for _, it := range part.Items {
			whole := slices.ContainsFunc(b.Outcome.Items, func(o record.ItemCodes) bool {
				return o.Item == it.Item && slices.Equal(o.Codes, it.Codes)
			})
			if !whole && b.Withheld == nil {
				j.breach("rules.part", p.Result.Joint, part.Department, it.Item+" "+strings.Join(it.Codes, " "), "")
			}
		}
		if part.Ended > j.today() || part.Published != "" && (part.Published < part.Ended || part.Published > j.today()) {
			j.breach("rules.date-order", p.Result.Joint, part.Department, part.Ended+" "+part.Published, j.today())
		}
		if part.Ended > b.Ended || part.Ended < or(b.Started, b.Ended) {
			j.add(Warning, "rules.visit-apart", p.Result.Joint, part.Department, part.Ended, or(b.Started, b.Ended)+" … "+b.Ended)
		}
		if f.due() == nil || part.Published == "" || !j.sound() {
			continue
		}
		if legal, _, sure := j.s.ResultDue(f.due(), part.Ended); sure && part.Published > legal {
			j.add(Overdue, "rules.late-part", p.Publish.Clause, part.Department, part.Published, legal)
		}
	}
}

// campaign is from how many units under one letter an inspection that no lot
// led to looks like one of a whole class, which is none (requirements §1.5).
const campaign = 3

// Visits lists what was inspected apart: another inspection of a drawn firm
// within the time of its task (G-8.2c), and a letter under which many units were
// inspected that no lot chose. It needs the codes behind the results, so it is
// asked after the openings are checked.
func (s *State) Visits() []Finding {
	drawn, letters := map[string][]*Finished{}, map[[2]string]int{}
	for _, f := range s.Results {
		if f.Lot != nil && f.Code != "" {
			drawn[f.Code] = append(drawn[f.Code], f)
		}
	}
	var found []Finding
	for _, f := range s.Results {
		if f.Lot != nil {
			continue
		}
		if k := [2]string{f.Body.Origin, f.Body.Document}; f.Body.Origin != Random && k[1] != "" {
			if letters[k]++; letters[k] == campaign {
				o, _ := s.Pack.OriginOf(f.Body.Origin)
				found = append(found, Finding{Code: "rules.one-letter", Severity: Note, Clause: o.Clause, Entry: f.Index, Place: o.Name, Got: f.Body.Document, Want: num(campaign)})
			}
		}
		for _, d := range drawn[f.Code] {
			if f.Code != "" && f.Ended() >= d.Lot.day() && f.Ended() <= d.Lot.Ends() && f.Ended() != d.Ended() {
				found = append(found, Finding{Code: "rules.visit-apart", Severity: Note, Clause: d.Lot.Pack.Result.Joint, Entry: f.Index,
					Place: f.Body.Unit, Got: f.Ended(), Want: or(d.Started(), d.Ended()) + " … " + d.Ended()})
			}
		}
	}
	return append(found, s.often()...)
}

// often finds objects that were visited without a lot more often, in the window
// of the cap, than a lot may choose them: who wishes an enterprise ill need not
// wait for the lot. Each is told once.
func (s *State) often() (found []Finding) {
	days, said := map[string][]string{}, map[string]bool{}
	for _, f := range s.Results {
		o, other := s.Pack.OriginOf(f.Body.Origin)
		if f.Code == "" || !other {
			continue
		}
		days[f.Code] = append(days[f.Code], f.Ended())
		n := 0
		for _, d := range days[f.Code] {
			if d >= s.Pack.capFrom(f.Ended()) && d <= f.Ended() {
				n++
			}
		}
		if n > s.Pack.Cap.Max && !said[f.Code] {
			said[f.Code] = true
			found = append(found, Finding{Code: "rules.visits-often", Severity: Note, Clause: o.Clause, Entry: f.Index, Place: f.Body.Unit, Got: num(n), Want: num(s.Pack.Cap.Max)})
		}
	}
	return found
}
