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
func (o *Office) firmOf(f *rules.Finished) string { return o.bundle.Value(f.Index, "name") }

// codeOf is the public code (统一社会信用代码) of a published result.
func (o *Office) codeOf(f *rules.Finished) string { return o.bundle.Value(f.Index, "code") }
