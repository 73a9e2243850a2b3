package site

import (
	"testing"

	"github.com/sunlot/sunlot/internal/rules"
)

// What no page shows, and the gaps between steps as people say them.
func TestInsideAndGaps(t *testing.T) {
	m := &maker{}
	if !inside(rules.Finding{Code: "rules.no-transfer"}) || inside(rules.Finding{Code: "rules.late-result"}) {
		t.Error("what stays inside")
	}
	if got := m.codeNames(nil); got != withheldWords {
		t.Errorf("a result that is closed: %q", got)
	}
	for to, want := range map[string]string{"2023-08-24T09:00:00+08:00": "30分钟", "2023-08-24T08:00:00+08:00": "0分钟", "2023-08-25T08:29:00+08:00": "23小时",
		"2023-08-26T08:29:59+08:00": "47小时", "2023-08-26T08:30:00+08:00": "2天"} {
		if got := gap("2023-08-24T08:30:00+08:00", to); got != want {
			t.Errorf("until %s: %s, want %s", to, got, want)
		}
	}
	for to, want := range map[string]int{"2023-10-09": 11, "2023-09-28": 0, "": 0} {
		if got := days("2023-09-28", to); got != want {
			t.Errorf("days to %q: %d, want %d", to, got, want)
		}
	}
}
