package office

import (
	"slices"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/rules"
)

// ReconcileFirms compares a register of units from another source (requirements
// A8: the market regulator's and the enforcement system's) with the one in
// force: who stands only here, only there, and whose name, status or town
// differs.
func (o *Office) ReconcileFirms(rows []intake.Firm) (*Reconciled, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	in := s.Roster("objects")
	if in == nil {
		return nil, fault.New("rules.no-roster", "", "", "")
	}
	reg, err := load(o, in.Body.File.SHA256, firmLine)
	if err != nil {
		return nil, err
	}
	here := map[string]*FirmRow{}
	for i := range reg.Rows {
		here[reg.Rows[i].ID] = &reg.Rows[i]
	}
	rec := &Reconciled{Kind: "firms", Rows: len(rows)}
	there := map[string]bool{}
	for i := range rows {
		r := &rows[i]
		about := Differing{Code: r.Code, Name: r.Name, Line: r.Line}
		if there[r.Code] {
			about.What = "office.differs-twice"
			rec.differ(about)
			continue
		}
		there[r.Code] = true
		f := here[r.Code]
		if f == nil {
			about.What, about.There = "office.differs-only-there", r.Name
			rec.differ(about)
			continue
		}
		rec.firm(s.Pack, f, r, about)
	}
	for i := range reg.Rows {
		if f := &reg.Rows[i]; !there[f.ID] {
			rec.differ(Differing{What: "office.differs-only-here", Code: f.ID, Name: f.Name, Here: f.Name})
		}
	}
	return rec, nil
}

// firm compares what both registers say of a unit; what the other one leaves
// empty is no difference.
func (r *Reconciled) firm(p *rules.Pack, f *FirmRow, row *intake.Firm, about Differing) {
	before := len(r.Differences)
	tell := func(what, here, there string) {
		d := about
		d.What, d.Here, d.There = what, or(here, "未填"), there
		r.differ(d)
	}
	if row.Name != "" && intake.NameKey(row.Name) != intake.NameKey(f.Name) {
		tell("office.differs-name", f.Name, row.Name)
	}
	alive := slices.Contains(p.Roster.Statuses, f.Status)
	if row.Status != "" && row.Status != f.Status && !(alive && slices.Contains(p.Roster.Statuses, row.Status)) {
		tell("office.differs-status", f.Status, row.Status)
	}
	town := row.Town
	if n, ok := rules.Find(p.Towns, town); ok {
		town = n.Code
	}
	if town != "" && town != f.Town {
		name := f.Town
		if n, ok := rules.Find(p.Towns, name); ok {
			name = n.Name
		}
		tell("office.differs-town", name, row.Town)
	}
	if len(r.Differences) == before {
		r.Same++
	}
}

// ReconcilePeople compares a list of certificate holders with the register of
// inspectors: whoever holds a certificate must be in it (Gaoqing 5.2.2, 全部).
func (o *Office) ReconcilePeople(rows []intake.Inspector) (*Reconciled, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	in := s.Roster("inspectors")
	if in == nil {
		return nil, fault.New("rules.no-roster", "", "", "")
	}
	reg, err := load(o, in.Body.File.SHA256, personLine)
	if err != nil {
		return nil, err
	}
	here := map[string]*PersonRow{}
	for i := range reg.Rows {
		here[reg.Rows[i].ID] = &reg.Rows[i]
	}
	rec := &Reconciled{Kind: "people", Rows: len(rows)}
	there := map[string]bool{}
	for i := range rows {
		r := &rows[i]
		about := Differing{Code: r.Certificate, Name: r.Name, Line: r.Line}
		p := here[r.Certificate]
		switch {
		case there[r.Certificate]:
			about.What = "office.differs-twice"
		case p == nil:
			about.What, about.There = "office.differs-no-person", r.Name
		case r.Name != "" && intake.NameKey(r.Name) != intake.NameKey(p.Name):
			about.What, about.Here, about.There = "office.differs-name", p.Name, r.Name
		case r.ValidTo != "" && r.ValidTo != p.To:
			about.What, about.Here, about.There = "office.differs-valid", or(p.To, "未填"), r.ValidTo
		}
		there[r.Certificate] = true
		if about.What == "" {
			rec.Same++
			continue
		}
		rec.differ(about)
	}
	for i := range reg.Rows {
		if p := &reg.Rows[i]; !there[p.ID] {
			rec.differ(Differing{What: "office.differs-only-here", Code: p.ID, Name: p.Name, Here: p.Name})
		}
	}
	return rec, nil
}
