package office

import (
	"github.com/sunlot/sunlot/internal/rules"
)

// About is what a person is told of a drafted entry before it is written: the
// names that the entry keeps sealed, and what changes by it.
type About struct {
	Firm        string
	Was, Is     []string // result codes before and after; Was is nil for what is new
	Leave, Come string   // names of who leaves a team and who comes
	Led         bool     // the one who leaves led the team
}

// firmOf is the public name of a published result.
func (o *Office) firmOf(f *rules.Finished) string { return o.open(f, "name") }

// codeOf is the public code (统一社会信用代码) of a published result.
func (o *Office) codeOf(f *rules.Finished) string { return o.open(f, "code") }

// open is an opened value of a result. What was taken down from the public
// ledger the office still knows.
func (o *Office) open(f *rules.Finished, field string) string {
	if f.Taken(field) != nil {
		return o.sealedText(f.Index, field)
	}
	return o.bundle.Value(f.Index, field)
}
