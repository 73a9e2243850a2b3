package rules

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// Random (双随机) is the origin of what a lot chose; every other origin stands
// in the pack.
const Random = "random"

// Origin (检查来源) of an inspection that no lot led to (Y-1.2, G-4.3): it
// concerns one named unit, counts toward no ratio and no cap. Needs lists what
// the result must name beside its ground: issuer, document. Issuers, if any,
// are all that the regulation allows.
type Origin struct {
	Code    string   `json:"code" toml:"code"`
	Name    string   `json:"name" toml:"name"`
	Also    []string `json:"also,omitempty" toml:"also"`
	Clause  string   `json:"clause" toml:"clause"`
	Words   string   `json:"words,omitempty" toml:"words"`
	Needs   []string `json:"needs,omitempty" toml:"needs"`
	Issuers []string `json:"issuers,omitempty" toml:"issuers"`
}

// OriginOf returns the pack's origin with the code, false if it has none such.
func (p *Pack) OriginOf(code string) (Origin, bool) {
	i := slices.IndexFunc(p.Origins, func(o Origin) bool { return o.Code == code })
	if i < 0 {
		return Origin{}, false
	}
	return p.Origins[i], true
}

func (p *Pack) checkOrigins() error {
	seen := map[string]bool{Random: true, JoinedOrigin: true}
	for _, o := range p.Origins {
		if o.Code == "" || o.Name == "" || seen[o.Code] {
			return fault.New("rules.bad-pack", "origin", o.Code, "code（不重复，不是 random）和 name")
		}
		seen[o.Code] = true
		for _, n := range o.Needs {
			if n != "issuer" && n != "document" {
				return fault.New("rules.bad-pack", "origin "+o.Code, n, "issuer 或 document")
			}
		}
	}
	return nil
}

// FindOrigin returns the origin that a word of a sheet means: its code, its
// name or another spelling.
func (p *Pack) FindOrigin(word string) (Origin, bool) {
	for _, o := range p.Origins {
		if o.Code == word || o.Name == word || slices.Contains(o.Also, word) {
			return o, true
		}
	}
	return Origin{}, false
}

// OriginWords are the pack's origins as people say them, parted by 、 (a name
// that holds one stands as its first other spelling).
func (p *Pack) OriginWords() string {
	list := []string{"双随机"}
	for _, o := range p.Origins {
		name := o.Name
		if strings.Contains(name, "、") && len(o.Also) > 0 {
			name = o.Also[0]
		}
		list = append(list, name)
	}
	return strings.Join(list, "、")
}

// other holds a result that no lot led to, to its origin: no draw, a ground,
// who ordered it and by which letter where the pack asks (requirements §1.5).
func (j *judge) other(b *record.Result) {
	p := j.s.Pack
	o, ok := p.OriginOf(b.Origin)
	if !ok {
		j.breach("rules.origin", "", "origin", b.Origin, p.OriginWords())
		return
	}
	if b.Notice != 0 || b.Object != "" || b.Ground == "" {
		j.breach("rules.origin", o.Clause, "ground", b.Ground, "no draw, a ground")
	}
	if slices.Contains(o.Needs, "issuer") && b.Issuer == "" {
		j.breach("rules.origin-needs", o.Clause, "issuer", o.Name, "")
	}
	if slices.Contains(o.Needs, "document") && b.Document == "" {
		j.breach("rules.origin-needs", o.Clause, "document", o.Name, "")
	}
	if len(o.Issuers) > 0 && b.Issuer != "" && !slices.Contains(o.Issuers, b.Issuer) {
		j.breach("rules.origin-issuer", o.Clause, o.Name, b.Issuer, strings.Join(o.Issuers, "、"))
	}
}
