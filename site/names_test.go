package site

import (
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/internal/words"
)

// TestSummaries: every type of entry has a sentence of its own in the book and
// among the news, not its bare name.
func TestSummaries(t *testing.T) {
	m := &maker{s: rules.New(), pack: new(rules.Pack), b: &verify.Bundle{Entries: []*verify.Entry{{}}}}
	for name, make := range record.Types {
		e := &verify.Entry{Record: &record.Entry{Type: name, Body: make()}}
		if s := m.summary(e); s == "" || s == typeName(name) {
			t.Errorf("%s: %q", name, s)
		}
	}
}

// TestNames: every type of entry and every duty has its word on the pages.
func TestNames(t *testing.T) {
	for name := range record.Types {
		if typeName(name) == words.Unread {
			t.Errorf("no word for entries of type %s", name)
		}
	}
	for _, code := range words.Codes() {
		if duty, ok := strings.CutPrefix(code, "rules.duty-"); ok && dutyNames[duty] == "" {
			t.Errorf("no word for the duty %s", duty)
		}
	}
}
