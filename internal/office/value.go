package office

import (
	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Value is what an officer brings to a cast: a round of drand, or the line of a
// lottery or a ceremony as it was typed, with what bears it out.
type Value struct {
	Round  beacon.Round
	Line   string         // in any writing that has one meaning
	Signed []string       // signature lines of those present at a ceremony
	Scans  []record.Bytes // files that stay with the office
}

// given makes the given values of a cast from what an officer brings. A round
// is verified here, a line written as the ledger wants it.
func (o *Office) given(id string, r *record.Randomness, v Value) (record.Given, error) {
	if now := o.Now().Unix(); now < record.Unix(r.Last()) {
		return record.Given{}, fault.New("office.too-early", id, record.Time(now), r.Last())
	}
	g := record.Given{Signed: v.Signed, Scans: v.Scans}
	var err error
	switch r.Kind {
	case "lottery":
		g.Line, err = beacon.ReadLottery(rules.Issues(r), v.Line)
	case "ceremony":
		g.Line, err = beacon.ReadCeremony(rules.Throwing(r.Ceremony), v.Line)
	default:
		g.Signature, err = v.Round.Signature, checkRound(id, r, v.Round)
	}
	return g, err
}

func checkRound(id string, r *record.Randomness, round beacon.Round) error {
	if int64(round.Number) != r.Round {
		return fault.New("office.other-round", id, num(round.Number), num(r.Round))
	}
	chain, err := beacon.Find(r.Chain)
	if err == nil {
		_, err = round.Check(chain)
	}
	return err
}
