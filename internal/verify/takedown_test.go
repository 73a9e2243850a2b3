package verify_test

import (
	"slices"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// TestTakedown: what an entry says was taken down may be missing, that and
// nothing more; what still stands is told; without the entry it fails as ever.
func TestTakedown(t *testing.T) {
	gone := func(w *writer) { delete(w.dir, ledger.OpeningPath(firstResult)) }
	unhandled := func(w *writer) {
		r := w.state.ResultAt(firstResult)
		w.beside[notice].Handles = slices.DeleteFunc(w.beside[notice].Handles, func(h record.OpenHandle) bool { return h.ID == w.firm(r.Lot, r.Object).ID })
		w.lay(notice)
	}
	for _, c := range []struct {
		what   string
		fields []string // nil: no entry
		spoil  []func(*writer)
		want   []string
		also   string // a finding that is no failure
	}{
		{"as it says", []string{"code", "name"}, []func(*writer){gone, unhandled}, nil, "verify.taken-down"},
		{"the name alone", []string{"name"}, []func(*writer){func(w *writer) { delete(w.beside[firstResult].Fields, "name"); w.lay(firstResult) }}, nil, "verify.taken-down"},
		{"more than it says", []string{"name"}, []func(*writer){gone}, []string{"verify.opening-missing at 8", "verify.other-firm at 8"}, "verify.taken-down"},
		{"another firm's too", []string{"code", "name"}, []func(*writer){gone, unhandled, func(w *writer) { delete(w.dir, ledger.OpeningPath(firstResult+1)) }},
			[]string{"verify.opening-missing at 9", "verify.other-firm at 9"}, "verify.taken-down"},
		{"but the handle stands", []string{"code", "name"}, []func(*writer){gone}, nil, "verify.takedown-stands"},
		{"but all of it stands", []string{"code", "name"}, nil, nil, "verify.takedown-stands"},
		{"without an entry", nil, []func(*writer){gone, unhandled}, []string{"verify.handle-unopened at 5", "verify.opening-missing at 8"}, "verify.ok-tree-alone"},
	} {
		w, _ := season(t)
		if c.fields != nil {
			w.say("2029-01-02T09:00:00", &record.Takedown{Entry: firstResult, Fields: c.fields, Class: rules.Expired, Years: 5, Ground: "演示", Date: "2029-01-02", Approved: "演示"})
		}
		for _, f := range c.spoil {
			f(w)
		}
		b := w.judge("2029-01-03")
		if got := blamed(b); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
		if !slices.ContainsFunc(b.Findings, func(f rules.Finding) bool { return f.Code == c.also && f.Severity != rules.Breach }) {
			t.Errorf("%s: nothing is said of %s", c.what, c.also)
		}
	}
}
