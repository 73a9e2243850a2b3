package fetch

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
)

// maxRelays bounds how many relays are asked at once.
const maxRelays = 16

// Beacon asks relays for one round of a randomness chain, all at once, and
// returns the first answer that check accepts. Relays are addresses such as
// https://api.drand.sh; asked for is <relay>/<chain hash>/public/<round>, at most
// 64 KiB within 10 s unless opt says otherwise.
//
// check is called by one goroutine at a time and must not keep the bytes of an
// answer that it refuses. A relay cannot make a round up, only withhold it, so
// that no answer at all is fetch.no-round, of kind Unreachable, with the failure
// of each relay as its cause.
func Beacon(ctx context.Context, relays []string, chain string, round uint64, check func([]byte) error, opt Options) ([]byte, error) {
	place := "round " + strconv.FormatUint(round, 10)
	if len(relays) == 0 || len(relays) > maxRelays {
		return nil, fault.New("fetch.no-relay", place, strconv.Itoa(len(relays))+" relays", "1.."+strconv.Itoa(maxRelays)).Of(fault.Usage)
	}
	addresses := make([]string, len(relays))
	for i, relay := range relays {
		u, err := parseBase(relay)
		if err != nil {
			return nil, err
		}
		addresses[i] = u.JoinPath(chain, "public", strconv.FormatUint(round, 10)).String()
	}
	own := opt.Client == nil
	opt = opt.withDefaults(64<<10, 10*time.Second)
	if own {
		defer opt.Client.CloseIdleConnections()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // the first good answer ends the other requests

	type answer struct {
		relay int
		data  []byte
		err   error
	}
	answers := make(chan answer, len(relays)) // room for all: nobody waits for us
	for i, address := range addresses {
		go func() {
			data, err := get(ctx, opt, address, opt.MaxFile)
			answers <- answer{i, data, err}
		}()
	}
	failures := make([]error, len(relays)) // in the order of the relays, whoever answers first
	for range relays {
		a := <-answers
		if a.err == nil {
			if a.err = check(a.data); a.err == nil {
				return a.data, nil
			}
			a.err = fault.Wrap("fetch.refused-round", addresses[a.relay], a.err).Of(fault.Unreachable)
		} else if errors.Is(a.err, fs.ErrNotExist) {
			a.err = fault.New("fetch.status", addresses[a.relay], "404 Not Found", "200 OK").Of(fault.Unreachable)
		}
		failures[a.relay] = a.err
	}
	return nil, fault.Wrap("fetch.no-round", place, errors.Join(failures...)).Of(fault.Unreachable)
}
