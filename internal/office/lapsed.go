package office

import (
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Lapsed lists the inspections that somebody made whose certificate was not
// valid on the day (G-7.3a 应当具备执法资格), by the register of the draw and the
// one in force: a renewal stands in the later. Names and dates are the office's
// own, so nobody else can find this. Who inspected is read from what was kept
// beside each result: no passphrase is asked for.
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
		then, err := o.peopleOf(l)
		if err != nil {
			return nil, err
		}
		for _, obj := range l.Objects {
			if obj.Result == nil {
				continue
			}
			ids, err := o.inspectedBy(obj)
			if err != nil {
				return nil, err
			}
			for _, id := range ids {
				p := then[id]
				if p == nil || valid(p, obj.Result.Ended()) || now[id] != nil && valid(now[id], obj.Result.Ended()) {
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

// peopleOf are the inspectors of a draw's register and of those of its later
// teams by certificate number, the later register's line first.
func (o *Office) peopleOf(l *rules.Lot) (map[string]*PersonRow, error) {
	files := []string{l.Body.Inspectors.SHA256}
	for _, t := range l.Later {
		if !t.Failed {
			files = append(files, t.Body.Inspectors.SHA256)
		}
	}
	m := map[string]*PersonRow{}
	for i, sum := range files {
		if slices.Contains(files[:i], sum) {
			continue
		}
		people, err := load(o, sum, personLine)
		if err != nil {
			return nil, err
		}
		for n := range people.Rows {
			m[people.Rows[n].ID] = &people.Rows[n]
		}
	}
	return m, nil
}

// inspectedBy are the certificate numbers of an inspected object's team, as kept
// beside its result; none where that was written before they were kept.
func (o *Office) inspectedBy(obj *rules.Object) ([]string, error) {
	name := o.path("private", "openings", num(obj.Result.Index)+".json")
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Wrap("office.no-register", name, err).Of(fault.Unreachable)
	}
	op, err := record.ParseOpening(data)
	if err != nil {
		return nil, fault.Wrap("office.bad-register", name, err)
	}
	var ids []string
	for _, h := range op.Handles {
		if slices.Contains(obj.Team, draw.Handle(h.Kind, h.Salt, h.ID)) {
			ids = append(ids, h.ID)
		}
	}
	return ids, nil
}
