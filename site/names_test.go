package site

import (
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/words"
)

// TestNames: every type of entry and every duty has its word on the pages.
func TestNames(t *testing.T) {
	for name := range record.Types {
		if typeNames[name] == "" {
			t.Errorf("no word for entries of type %s", name)
		}
	}
	for _, code := range words.Codes() {
		if duty, ok := strings.CutPrefix(code, "rules.duty-"); ok && dutyNames[duty] == "" {
			t.Errorf("no word for the duty %s", duty)
		}
	}
}
