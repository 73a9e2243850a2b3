package office

import (
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Following (后续处置) is a step after a result, up to its end.
type Following struct {
	Result               int64 // index of the result's entry
	Kind, Number, Remark string
	To, Owner, Due       string // handed to whom, who sees to it, until when: from now on
	Date                 string // "" today
	Closed               bool
}

// FollowUp drafts a follow-up (Y-23, G-9.2a).
func (o *Office) FollowUp(in Following) (*Draft, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	var about About
	if f := s.ResultAt(in.Result); f != nil {
		about.Firm = o.firmOf(f)
		if err := followable(f, in); err != nil {
			return nil, err
		}
	}
	return o.draft(&Draft{About: []About{about}}, &record.FollowUp{Result: in.Result, Kind: in.Kind, Number: in.Number, To: in.To, Owner: in.Owner, Due: in.Due, Date: or(in.Date, o.Today()),
		Closed: in.Closed, Remark: record.Sealed(in.Remark)})
}

// followable refuses a step after the last one, and one that hands the case to
// a department which nobody has named.
func followable(f *rules.Finished, in Following) error {
	to := in.To
	if f.Body.FollowUp != nil {
		to += f.Body.FollowUp.To
	}
	for _, u := range f.FollowUps {
		to += u.Body.To
		if u.Body.Closed {
			return fault.New("office.follow-closed", num(in.Result), u.Body.Date, num(u.Index))
		}
	}
	if to == "" && strings.Contains(in.Kind, "其他部门") {
		return fault.New("office.follow-to", num(in.Result), in.Kind, "").Of(fault.Usage)
	}
	return nil
}

// Filed (备案、上报) is the receipt of a year's plan, or of the checklist.
type Filed struct {
	Year              int64
	To, Date, Receipt string // To "": the body that the pack names; Date "": today
	Again             bool   // although the version in force is filed already
	List              bool   // the checklist in force was reported upward (Y-8.2)
}

// Filing drafts the receipt of a plan filed with another body (G-6.1c), or of a
// checklist reported upward.
func (o *Office) Filing(in Filed) (*Draft, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	if in.Date > o.Today() {
		return nil, fault.New("office.date-ahead", "", in.Date, o.Today())
	}
	index, to, place := int64(0), or(in.To, s.Pack.Plan.FileWith), num(in.Year)
	switch list := s.Checklist(); {
	case in.List && list == nil:
		return nil, fault.New("rules.no-roster", "", "", "")
	case in.List && in.To == "":
		return nil, fault.New("office.report-to", "--to", "", "").Of(fault.Usage)
	case in.List:
		index, place = list.Index, "清单第"+num(list.Body.Version)+"版"
	default:
		p := s.Plan(in.Year)
		if p == nil {
			return nil, fault.New("rules.no-plan", num(in.Year), "", "")
		}
		index = p.Index
	}
	for _, f := range s.Filings {
		if f.Body.Plan == index && !in.Again {
			said := strings.TrimSpace(f.Body.Date + " " + f.Body.To)
			return nil, fault.New("office.filed-already", place, said, num(f.Index))
		}
	}
	return o.draft(&Draft{}, &record.Filing{Plan: index, To: to, Date: or(in.Date, o.Today()), Receipt: in.Receipt})
}
