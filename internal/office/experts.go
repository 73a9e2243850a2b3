package office

import (
	"slices"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Experts drafts a new version of the 专家名录.
func (o *Office) Experts(rows []intake.Expert, l Listing) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	var problems []intake.Problem
	reg := &register[PersonRow]{Kind: "experts"}
	for i := range rows {
		r := &rows[i]
		p := rules.Person{ID: r.Number, Name: r.Name, Unit: r.Unit, From: r.From, To: r.To, Off: r.Status}
		for _, q := range r.Specialities {
			p.Quals = append(p.Quals, named(s.Pack.Specialities, q, r.Line, "业务专长", "office.unknown-speciality", &problems))
		}
		slices.Sort(p.Quals)
		p.Quals = slices.Compact(p.Quals)
		reg.Rows = append(reg.Rows, PersonRow{Person: p, Phone: r.Phone, Title: r.Title})
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	d, err := roster(o, s, reg, personLine, &record.Roster{Kind: "experts"}, l)
	return d, nil, err
}
