package beacon

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// vector is one case of spec/vectors/beacon (spec/beacon.md, Vectors). Exactly
// one of Signature, Text and At is there and says what is asked.
type vector struct {
	Desc    string `json:"desc"`
	Version string `json:"version"`
	Chain   string `json:"chain"`          // the hash that a notice names
	Info    *info  `json:"info,omitempty"` // else the pinned chain

	Round     *uint64 `json:"round,omitempty"`     // with Signature
	Signature *string `json:"signature,omitempty"` // hex of any length: verify it
	Previous  *string `json:"previous,omitempty"`  // with Signature: a round of the old chain, for reading
	Text      *string `json:"text,omitempty"`      // read it as a round, then verify it
	At        *int64  `json:"at,omitempty"`        // Unix seconds: which round, when was it

	Expect *expectation `json:"expect,omitempty"`
	Error  string       `json:"error,omitempty"` // the code without "beacon."
}

// info is a chain's description under the names of drand's /info.
type info struct {
	PublicKey string `json:"public_key"`
	Period    int64  `json:"period"`
	Genesis   int64  `json:"genesis_time"`
	GroupHash string `json:"groupHash"`
	Scheme    string `json:"schemeID"`
	BeaconID  string `json:"beaconID"`
}

type expectation struct {
	Rho   string `json:"rho,omitempty"`
	Round uint64 `json:"round"`
	Time  int64  `json:"time"`
}

// RunVector runs one case of spec/vectors/beacon and says how its outcome
// differs from what the case expects, nil if it does not.
func RunVector(data []byte) error {
	var v vector
	if err := fault.ReadVector(data, &v); err != nil {
		return err
	}
	asked := 0
	for _, there := range []bool{v.Signature != nil, v.Text != nil, v.At != nil} {
		if there {
			asked++
		}
	}
	if v.Version != "draw1" || asked != 1 || (v.Round != nil) != (v.Signature != nil) || v.Previous != nil && v.Signature == nil || (v.Expect != nil) == (v.Error != "") {
		return errors.New("read vector: members do not go together")
	}
	got, err := v.run()
	if err != nil {
		if want := "beacon." + v.Error; v.Error == "" || fault.Code(err) != want {
			return fmt.Errorf("got error %w, want %s", err, strings.TrimSuffix(want, "."))
		}
		return nil
	}
	if v.Expect == nil {
		return fmt.Errorf("got %+v, want error beacon.%s", got, v.Error)
	}
	if got != *v.Expect {
		return fmt.Errorf("got %+v, want %+v", got, *v.Expect)
	}
	return nil
}

func (v *vector) run() (expectation, error) {
	c, err := v.chain()
	if err != nil {
		return expectation{}, err
	}
	if v.At != nil {
		n := c.RoundAt(*v.At)
		return expectation{Round: n, Time: c.Time(n)}, nil
	}
	if v.Text != nil {
		r, err := ParseRound([]byte(*v.Text))
		if err != nil {
			return expectation{}, err
		}
		rho, err := r.Check(c)
		return expectation{Rho: rho, Round: r.Number, Time: c.Time(r.Number)}, err
	}
	signature, err := hex.DecodeString(*v.Signature)
	if err != nil {
		return expectation{}, fmt.Errorf("read vector: signature: %w", err)
	}
	if v.Previous != nil {
		previous, err := hex.DecodeString(*v.Previous)
		if err != nil {
			return expectation{}, fmt.Errorf("read vector: previous: %w", err)
		}
		rho, err := VerifyChained(c, *v.Round, previous, signature)
		return expectation{Rho: rho, Round: *v.Round, Time: c.Time(*v.Round)}, err
	}
	rho, err := Verify(c, *v.Round, signature)
	return expectation{Rho: rho, Round: *v.Round, Time: c.Time(*v.Round)}, err
}

func (v *vector) chain() (Chain, error) {
	if v.Info == nil {
		if c := DefaultChain(); v.Previous != nil && v.Chain == c.Hash {
			return c, nil
		}
		return Find(v.Chain)
	}
	i := v.Info
	return Chain{Hash: v.Chain, Scheme: i.Scheme, PublicKey: i.PublicKey, Period: i.Period,
		Genesis: i.Genesis, GroupHash: i.GroupHash, BeaconID: i.BeaconID}, nil
}
