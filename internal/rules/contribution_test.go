package rules

import (
	"slices"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
)

// TestMissing: who has not come, and who came too late, are missing alike; only
// a contribution that stands in the ledger is named beside them.
func TestMissing(t *testing.T) {
	l := &Lot{At: At[record.Notice]{Body: &record.Notice{Draw: "2023-001", Randomness: &record.Randomness{Kind: "drand",
		Contributors: []record.Contributor{{Name: "甲校"}, {Name: "乙会"}, {Name: "丙馆"}}}}},
		Extras: []Extra{{Index: 7, Hash: "x", InTime: true}, {Index: 8, Hash: "y"}, {}}}
	if got := l.Missing(); !slices.Equal(got, []string{"乙会", "丙馆"}) {
		t.Errorf("missing %q", got)
	}
	if late, never := l.Extras[1].at(), l.Extras[2].at(); late != "8" || never != "" {
		t.Errorf("at %q and %q", late, never)
	}
	if got := (&Lot{At: At[record.Notice]{Body: &record.Notice{}}}).Missing(); got != nil {
		t.Errorf("a draw of the platform misses %q", got)
	}
}
