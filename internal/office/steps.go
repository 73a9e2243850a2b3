package office

import (
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// Following (后续处置) is a step after a result, up to its end.
type Following struct {
	Result               int64 // index of the result's entry
	Kind, Number, Remark string
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
	}
	return o.draft(&Draft{About: []About{about}}, &record.FollowUp{Result: in.Result, Kind: in.Kind, Number: in.Number, Date: or(in.Date, o.Today()),
		Closed: in.Closed, Remark: record.Sealed(in.Remark)})
}

// Filed (备案) is the receipt of a year's plan.
type Filed struct {
	Year              int64
	To, Date, Receipt string // To "": the body that the pack names; Date "": today
	Again             bool   // although the version in force is filed already
}

// Filing drafts the receipt of a plan filed with another body (G-6.1c).
func (o *Office) Filing(in Filed) (*Draft, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	p := s.Plan(in.Year)
	if p == nil {
		return nil, fault.New("rules.no-plan", num(in.Year), "", "")
	}
	for _, f := range s.Filings {
		if f.Body.Plan == p.Index && !in.Again {
			said := strings.TrimSpace(f.Body.Date + " " + f.Body.To)
			return nil, fault.New("office.filed-already", num(in.Year), said, num(f.Index))
		}
	}
	return o.draft(&Draft{}, &record.Filing{Plan: p.Index, To: or(in.To, s.Pack.Plan.FileWith), Date: or(in.Date, o.Today()), Receipt: in.Receipt})
}
