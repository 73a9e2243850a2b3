package office

import (
	"slices"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// TakingDown (撤下) of what the openings of results say.
type TakingDown struct {
	Results  []int64
	Fields   []string // "" name and code
	ByLaw    bool     // by a decision, not because the term is over
	Years    int64    // the term of publicity, not by law
	Ground   string
	Date     string // "" today
	Approved string
}

// TakeDown drafts the takedown of openings: the entry that says so, and the
// opening files without those fields. They are written in one batch, so no
// crash leaves the one without the other. The private openings stay.
func (o *Office) TakeDown(in TakingDown) (*Draft, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	fields := slices.Sorted(slices.Values(in.Fields))
	if len(fields) == 0 {
		fields = []string{"code", "name"}
	}
	draft := &Draft{Openings: map[int64]*record.Opening{}}
	var bodies []any
	for _, index := range in.Results {
		f := s.ResultAt(index)
		if f == nil {
			return nil, fault.New("office.no-such-result", num(index), "第 "+num(index)+" 条", "")
		}
		b := &record.Takedown{Entry: index, Fields: fields, Class: rules.Expired, Years: in.Years, Ground: in.Ground, Date: or(in.Date, o.Today()), Approved: record.Sealed(in.Approved)}
		if in.ByLaw {
			b.Class = rules.ByLaw
		}
		draft.About = append(draft.About, About{Firm: o.firmOf(f)})
		bodies = append(bodies, b)
		if err := o.without(draft, f, fields); err != nil {
			return nil, err
		}
	}
	return o.draft(draft, bodies...)
}

// without puts the opening files into a draft as they stand after a takedown:
// the result's without the fields and, where its code goes, the notice's
// without the object's handle.
func (o *Office) without(draft *Draft, f *rules.Finished, fields []string) error {
	e, err := o.bundle.Entry(f.Index)
	if err != nil {
		return err
	}
	op := &record.Opening{Fields: map[string]record.Field{}}
	for _, f := range e.Fields {
		if !slices.Contains(fields, f.Path) {
			op.Fields[f.Path] = f.Field
		}
	}
	draft.Openings[f.Index] = op
	if f.Lot == nil || !slices.Contains(fields, "code") {
		return nil
	}
	notice := draft.Openings[f.Lot.Index]
	if notice == nil {
		if notice, err = o.openingOf(f.Lot); err != nil {
			return err
		}
		draft.Openings[f.Lot.Index] = notice
	}
	notice.Handles = slices.DeleteFunc(notice.Handles, func(h record.OpenHandle) bool {
		return draw.Handle(h.Kind, h.Salt, h.ID) == f.Body.Object
	})
	return nil
}
