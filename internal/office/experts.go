package office

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
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

// Naming (专家委派) appoints an expert without a lot.
type Naming struct {
	Draw, Object     string
	Leave            string // the drawn expert in whose place he comes: number or name
	Person, Ground   string
	Specialities     []string
	Date, ApprovedBy string
}

// Expert drafts the appointment of an expert.
func (o *Office) Expert(in Naming) (*Draft, error) {
	d, err := o.Drawing(in.Draw)
	if err != nil {
		return nil, err
	}
	obj := d.find(in.Object)
	if obj == nil {
		return nil, fault.New("rules.not-drawn", in.Object, "", "")
	}
	s := o.bundle.State
	body := &record.Expert{Notice: d.Lot.Index, Object: obj.Handle, Person: record.Sealed(in.Person), Ground: in.Ground, Date: or(in.Date, o.Today()),
		Approved: record.Sealed(in.ApprovedBy)}
	if in.Leave != "" {
		body.Leave = in.Leave
		for h, p := range d.Experts {
			if slices.Contains([]string{p.ID, p.Name}, in.Leave) && slices.Contains(obj.Experts, h) {
				body.Leave = h
			}
		}
		if len(body.Leave) != 32 {
			return nil, fault.New("rules.not-in-team", obj.Handle, in.Leave, "")
		}
	}
	for _, q := range in.Specialities {
		n, ok := rules.Find(s.Pack.Specialities, q)
		if !ok {
			return nil, fault.New("office.unknown-speciality", "--speciality", q, "").Of(fault.Usage)
		}
		body.Specialities = append(body.Specialities, n.Code)
	}
	who, roster, err := o.inLibrary(s, d.Lot, in.Person, body.Date)
	if err != nil {
		return nil, err
	}
	about := About{Firm: d.Firms[obj.Handle].Name, Come: in.Person}
	if p := d.Experts[body.Leave]; p != nil {
		about.Leave = p.Name
	}
	if who != nil {
		if o.already(d, obj, who) {
			return nil, fault.New("office.expert-twice", about.Firm, who.Name, "")
		}
		body.Roster, about.Come = roster, who.Name+"（"+who.ID+"）"
	}
	return o.draft(&Draft{About: []About{about}}, body)
}

// inLibrary finds the expert whom a number or name means: G-7.3b lets an office
// appoint from its library only, and one whose term runs. nil where the
// regulation knows no experts: the rules say so.
func (o *Office) inLibrary(s *rules.State, l *rules.Lot, written, date string) (*PersonRow, int64, error) {
	if l.Pack.Team.Experts == "" {
		return nil, 0, nil
	}
	r := s.Roster("experts")
	if r == nil {
		return nil, 0, fault.New("rules.no-expert-roster", l.Body.Draw, "", "")
	}
	experts, err := load(o, r.Body.File.SHA256, personLine)
	if err != nil {
		return nil, 0, err
	}
	var found []*PersonRow
	var ids []string
	for i := range experts.Rows {
		p := &experts.Rows[i]
		if p.ID == written {
			found, ids = []*PersonRow{p}, nil
			break
		}
		if intake.NameKey(p.Name) == intake.NameKey(written) {
			found, ids = append(found, p), append(ids, p.ID)
		}
	}
	switch {
	case len(found) == 0:
		return nil, 0, fault.New("office.expert-not-listed", l.Body.Draw, written, "")
	case len(found) > 1:
		return nil, 0, fault.New("office.expert-many", l.Body.Draw, written, strings.Join(ids, "、"))
	case found[0].Off != "" || found[0].From > date || found[0].To != "" && found[0].To < date:
		return nil, 0, fault.New("office.expert-off", l.Body.Draw, written, date)
	}
	return found[0], r.Index, nil
}

// already: the expert was drawn for the object or appointed to it before. Names
// are sealed, so that only the office can tell.
func (o *Office) already(d *Drawing, obj *rules.Object, who *PersonRow) bool {
	for _, h := range obj.Experts {
		if p := d.Experts[h]; p != nil && p.ID == who.ID {
			return true
		}
	}
	for _, n := range obj.Named {
		said := o.sealedText(n.Index, "person")
		if said == who.ID || intake.NameKey(said) == intake.NameKey(who.Name) {
			return true
		}
	}
	return false
}
