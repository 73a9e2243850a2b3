package office

import "github.com/sunlot/sunlot/internal/rules"

// Lapsed lists the inspections that somebody made whose certificate was not
// valid on the day (G-7.3a 应当具备执法资格), by the register of the draw and the
// one in force: a renewal stands in the later. Names and dates are the office's
// own, so nobody else can find this.
func (o *Office) Lapsed() ([]rules.Finding, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	now := map[string]*PersonRow{}
	if s.Roster("inspectors") != nil {
		if now, err = o.peopleNow(s); err != nil {
			return nil, err
		}
	}
	var list []rules.Finding
	for _, l := range s.Lots {
		if !l.Drawn() || l.Failed {
			continue
		}
		d, err := o.drawing(l)
		if err != nil {
			return nil, err
		}
		for _, obj := range l.Objects {
			if obj.Result == nil {
				continue
			}
			for _, h := range obj.Team {
				p := d.People[h]
				if p == nil || valid(p, obj.Result.Ended()) || now[p.ID] != nil && valid(now[p.ID], obj.Result.Ended()) {
					continue
				}
				list = append(list, rules.Finding{Code: "office.certificate-lapsed", Severity: rules.Warning, Clause: l.Pack.People.Valid, Entry: obj.Result.Index,
					Place: l.Body.Draw + " " + obj.Handle, Got: p.Name, Want: obj.Result.Ended()})
			}
		}
	}
	return list, nil
}

// valid reports whether a certificate was valid on a day.
func valid(p *PersonRow, day string) bool {
	return p.From <= day && (p.To == "" || p.To >= day)
}
