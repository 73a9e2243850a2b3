package verify

import (
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// taken reports whether an entry of the ledger says that a field of a result's
// opening was taken down (撤下): then its absence is no failure, and what it
// said can no longer be checked by anybody.
func (b *Bundle) taken(index int64, field string) bool {
	f := b.State.ResultAt(index)
	return f != nil && f.Taken(field) != nil
}

// stands reports what is said to be taken down and can still be read: whoever
// asked for it was promised more.
func (b *Bundle) stands(index int64, field, path string) {
	b.add(rules.Finding{Code: "verify.takedown-stands", Severity: rules.Warning, Entry: index, Place: path, Got: field})
}

// takedowns lists what was taken down: no failure, and not verified either.
func (b *Bundle) takedowns() {
	for _, f := range b.State.Results {
		for _, t := range f.Takedowns {
			for _, field := range t.Body.Fields {
				if b.Value(f.Index, field) != "" {
					b.stands(f.Index, field, ledger.OpeningPath(uint64(f.Index)))
					continue
				}
				b.add(rules.Finding{Code: "verify.taken-down", Severity: rules.Unknown, Entry: f.Index, Place: field, Got: t.Body.Ground, Want: num(t.Index)})
			}
		}
	}
}
