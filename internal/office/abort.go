package office

import (
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// abortLead is how long before the round an abort must stand to be in time,
// seconds (draw1 §1).
const abortLead = 600

// Awaits says whether an abort of the draw must first cast it (draw1 §8): from
// ten minutes before its round on nothing may be given up unseen. Before the
// round itself it cannot be cast yet, and the abort waits.
func (o *Office) Awaits(id string) (cast bool, err error) {
	s, err := o.State()
	if err != nil {
		return false, err
	}
	l := s.Lot(id)
	if l == nil {
		return false, fault.New("office.no-such-draw", id, "", "").Of(fault.Usage)
	}
	now, when := o.Now().Unix(), record.Unix(l.Body.When())
	if l.Failed || l.Abort != nil || l.Drawn() || !l.Castable() || now <= when-abortLead {
		return false, nil
	}
	if now < when {
		return false, fault.New("office.abort-waits", id, record.Time(now), l.Body.When())
	}
	return true, nil
}

// Abort drafts the end of a draw that will not be carried out: with v what it
// would have drawn is cast first and stands before the abort, in one batch.
func (o *Office) Abort(id, ground string, v *Value) (*Draft, error) {
	cast, err := o.Awaits(id)
	if err != nil {
		return nil, err
	}
	if cast && v == nil {
		return nil, fault.New("office.abort-unseen", id, "", "")
	}
	var bodies []any
	draft := &Draft{}
	if cast {
		body, blobs, err := o.cast(id, *v)
		if err != nil {
			return nil, err
		}
		draft.Blobs = blobs
		bodies = append(bodies, body)
	}
	l := o.bundle.State.Lot(id)
	return o.draft(draft, append(bodies, &record.Abort{Notice: l.Index, Ground: ground, Date: o.Today()})...)
}
