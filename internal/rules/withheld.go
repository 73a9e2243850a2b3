package rules

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
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
	Words bool   `json:"words,omitempty" toml:"words"` // the office must name the rule itself
}

// WithholdOf returns the pack's ground with the code, false if it has none.
func (p *Pack) WithholdOf(code string) (Withheld, bool) {
	i := slices.IndexFunc(p.Withhold.Grounds, func(w Withheld) bool { return w.Code == code })
	if i < 0 {
		return Withheld{}, false
	}
	return p.Withhold.Grounds[i], true
}

// WithholdWords are the grounds as people say them.
func (p *Pack) WithholdWords() string {
	var names []string
	for _, g := range p.Withhold.Grounds {
		names = append(names, g.Name)
	}
	return strings.Join(names, "；")
}

func (p *Pack) checkWithhold() error {
	seen := map[string]bool{}
	for _, w := range p.Withhold.Grounds {
		if w.Code == "" || w.Name == "" || w.Basis == "" || seen[w.Code] {
			return fault.New("rules.bad-pack", "withhold.ground", w.Code, "code（不重复）、name、basis 都写")
		}
		seen[w.Code] = true
	}
	return nil
}

// withheld holds a result that stays closed to a ground of the pack and says
// so in the findings: the count is public though the result is not. It reports
// whether what was found stands in ink and is to be judged; what is sealed is
// the office's word. The date by which a result must be public does not change.
func (j *judge) withheld(p *Pack, b *record.Result) bool {
	w := b.Withheld
	if w == nil {
		return true
	}
	ground, ok := p.WithholdOf(w.Ground)
	inked := len(b.Outcome.Items) > 0 || len(b.Outcome.Codes) > 0
	switch {
	case !ok:
		j.breach("rules.withheld-ground", p.Withhold.Clause, "withheld", w.Ground, p.WithholdWords())
	case ground.Words && w.Words == "":
		j.breach("rules.withheld-words", p.Withhold.Clause, "withheld", ground.Name, ground.Basis)
	case inked == (w.Outcome != ""):
		j.breach("rules.withheld-outcome", p.Withhold.Clause, "outcome", b.Object, "")
	default:
		j.add(Warning, "rules.withheld", p.Withhold.Clause, or(b.Object, b.Unit), ground.Name, w.Document)
	}
	return inked
}
