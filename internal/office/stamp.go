package office

import (
	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// stamp is the public round to write into the next entry: proof that it is not
// older (ledger.md "Time"). Only one that verifies, and only where it says more
// than the rounds that stand in the log already: a draw's own round is one of
// them, so that the entries of its day need no other. nil: none.
func (o *Office) stamp(s *rules.State) *record.Beacon {
	if o.Latest == nil {
		return nil
	}
	if !o.asked {
		o.asked, o.latest = true, o.Latest()
	}
	chain := beacon.Quicknet()
	r := o.latest
	if r == nil || r.Number == 0 || chain.Time(r.Number) <= s.Proven {
		return nil
	}
	if _, err := r.Check(chain); err != nil {
		return nil
	}
	return &record.Beacon{Chain: chain.Hash, Round: int64(r.Number), Signature: r.Signature}
}
