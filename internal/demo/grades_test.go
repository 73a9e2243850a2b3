package demo

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/verify"
)

// TestGrades: the two years hold a draw of every grade that an honest office can
// have, and the table at the end of `make demo` says of each what it rests on.
func TestGrades(t *testing.T) {
	var bundles []*verify.Bundle
	have := map[string]bool{}
	for _, name := range Names {
		b := judged(t, name)
		bundles = append(bundles, b)
		for _, o := range b.Orders() {
			have[o.Name] = true
			if o.Margin != nil && *o.Margin < o.Least {
				t.Errorf("%s %s: %d seconds, want %d", name, o.Draw, *o.Margin, o.Least)
			}
		}
	}
	want := []string{"丙", "乙", "存证", "未见证", "甲", "纸面见证"}
	if got := slices.Sorted(maps.Keys(have)); !slices.Equal(got, want) {
		t.Errorf("grades %v, want %v", got, want)
	}
	var table strings.Builder
	if err := Grades(&table, bundles); err != nil {
		t.Fatal(err)
	}
	golden(t, "grades.txt", table.String())
}
