package command

import (
	"strconv"
	"time"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/fetch"
	"github.com/sunlot/sunlot/internal/office"
)

// stampWithin is how long a step waits for the latest round, and stampBack how
// old it may be: a round is everywhere some seconds after its time.
const (
	stampWithin = 3 * time.Second
	stampBack   = 15
)

// stamps says where the latest public round comes from that is written into the
// next entry: a file that somebody carried in, or the relays of the settings. No
// step fails for want of it.
func (c *Command) stamps(o *office.Office) error {
	switch {
	case c.flags.known != "":
		r, err := c.knownRound(c.flags.known)
		if err != nil {
			return err
		}
		o.Latest = func() *beacon.Round { return &r }
	case o.Config.Beacon.Stamp && o.Config.Internet && len(o.Config.Relays) > 0:
		o.Latest = func() *beacon.Round { return c.latestRound(o) }
	}
	return nil
}

// knownRound is the latest round of a file, verified.
func (c *Command) knownRound(name string) (latest beacon.Round, err error) {
	data, err := c.readInput(name)
	if err != nil {
		return latest, err
	}
	rounds, err := beacon.ParseRounds(data)
	if err != nil {
		return latest, err
	}
	for _, r := range rounds {
		if r.Number > latest.Number {
			latest = r
		}
	}
	if latest.Number == 0 {
		return latest, fault.New("command.no-round", name, "", "")
	}
	_, err = latest.Check(beacon.Quicknet())
	return latest, err
}

// latestRound asks the relays for a round of some seconds ago; nil where none
// answers in time.
func (c *Command) latestRound(o *office.Office) *beacon.Round {
	chain := beacon.Quicknet()
	want := chain.RoundAt(c.Now().Unix() - stampBack)
	check := func(data []byte) error {
		r, err := beacon.ParseRound(data)
		if err != nil {
			return err
		}
		if r.Number != want {
			return fault.New("office.other-round", "", strconv.FormatUint(r.Number, 10), strconv.FormatUint(want, 10))
		}
		_, err = r.Check(chain)
		return err
	}
	data, err := fetch.Beacon(c.ctx, o.Config.Relays, chain.Hash, want, check, fetch.Options{Timeout: stampWithin})
	if err != nil {
		c.note("没有取到最近一期公开随机数，这次的记录不写“不早于”。\n")
		return nil
	}
	r, err := beacon.ParseRound(data)
	if err != nil {
		return nil
	}
	return &r
}
