package rules

import (
	"slices"

	"github.com/sunlot/sunlot/internal/fault"
)

// Withhold (不予公开) says on which grounds a result may stay closed (G-9.1a);
// without grounds none may.
type Withhold struct {
	Clause  string     `json:"clause,omitempty" toml:"clause"`
	Grounds []Withheld `json:"grounds,omitempty" toml:"ground"`
}

// Withheld is one such ground; Basis is the law that closes the result.
type Withheld struct {
	Code  string `json:"code" toml:"code"`
	Name  string `json:"name" toml:"name"`
	Basis string `json:"basis" toml:"basis"`
}

// WithholdOf returns the pack's ground with the code, false if it has none.
func (p *Pack) WithholdOf(code string) (Withheld, bool) {
	i := slices.IndexFunc(p.Withhold.Grounds, func(w Withheld) bool { return w.Code == code })
	if i < 0 {
		return Withheld{}, false
	}
	return p.Withhold.Grounds[i], true
}

func (p *Pack) checkWithhold() error {
	seen := map[string]bool{}
	for _, w := range p.Withhold.Grounds {
		if w.Code == "" || w.Name == "" || w.Basis == "" || seen[w.Code] {
			return fault.New("rules.bad-pack", "withhold.ground", w.Code, "code (once), name, basis")
		}
		seen[w.Code] = true
	}
	return nil
}
