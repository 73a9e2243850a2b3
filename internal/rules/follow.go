package rules

import (
	"slices"

	"github.com/sunlot/sunlot/internal/fault"
)

// FollowRule (后续处置) says what must come after a result, of the kinds that
// ResultRule.Follow lists (Y-23, G-9.2a).
type FollowRule struct {
	Clause    string   `json:"clause,omitempty" toml:"clause"`
	Nothing   []string `json:"nothing,omitempty" toml:"nothing"`                 // kinds that are closed as they stand: 无需后续处置
	Transfers []string `json:"transfers,omitempty" toml:"transfers"`             // kinds that hand a suspected crime on
	Crime     string   `json:"transfer_clause,omitempty" toml:"transfer_clause"` // 涉嫌犯罪的移送
}

func (p *Pack) checkFollow() error {
	for _, k := range slices.Concat(p.Follow.Nothing, p.Follow.Transfers) {
		if !slices.Contains(p.Result.Follow, k) {
			return fault.New("rules.bad-pack", "follow", k, "a kind of result.follow_ups")
		}
	}
	return nil
}

// checkAfter holds the sections of a pack that speak of what comes with a
// result and after it.
func (p *Pack) checkAfter() error {
	for _, check := range []func() error{p.checkOrigins, p.checkFollow, p.checkWithhold, p.checkRedress} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// afterClauses lists the clause ids of these sections.
func (p *Pack) afterClauses() []string {
	r := &p.Result
	ids := []string{p.Withhold.Clause, p.Follow.Clause, p.Follow.Crime, r.MethodC, r.FormC, r.ProofC, r.Told, r.Entry,
		p.Objection.Clause, p.Objection.Told, p.Archive.Kinds}
	for _, o := range p.Origins {
		ids = append(ids, o.Clause)
	}
	return ids
}
