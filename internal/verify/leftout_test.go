package verify_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// second announces another draw after a first one of line A whose drawn are all
// inspected and opened, gives it up and opens its K.
func second(t *testing.T, line string, batches int64, reg func(first *rules.Lot, drawn []string, r *rules.Registers)) (*writer, *rules.Lot) {
	w := newWriter(t, "gaoqing")
	p := *w.state.Plan(2023).Body
	p.Lines = slices.Clone(p.Lines)
	p.Version, p.Reason, p.Date, p.Lines[0].Batches = 2, "更新", "2023-06-22", batches
	w.say("2023-06-22T09:00:00", &p)
	l := w.announce("2023-08-23T15:00:00", "A", 1000, nil)
	w.cast("2023-08-24T08:30:00", l, nil)
	w.dispatch("2023-08-24T09:00:00", l)
	var drawn []string
	for _, o := range l.Objects {
		w.result("2023-09-20T09:00:00", l, o, w.firm(l, o))
		drawn = append(drawn, w.firm(l, o).ID)
	}
	w.open("2023-09-20T10:00:00", l, false, l.Objects...)
	r := rules.Registers{Firms: w.firms, People: w.people, Hits: map[string][]string{}, Drawn: map[string][]string{}}
	reg(l, drawn, &r)
	k := rules.Keys{K: []byte(strings.Repeat("k", 32)), KI: []byte(strings.Repeat("i", 32))}
	a, err := w.state.Announce(rules.Task{Line: line, Round: 957413}, r, k)
	w.must(err)
	index := w.say("2023-09-21T09:00:00", a.Notice, slices.Collect(maps.Values(a.Blobs))...)
	w.keys[index], w.beside[index] = k, new(record.Opening)
	later := w.state.LotAt(index)
	if later.Failed {
		t.Fatal("the notice is refused")
	}
	w.say("2023-09-21T10:00:00", &record.Abort{Notice: index, Ground: "演示", Date: "2023-09-21"})
	w.open("2023-12-01T09:00:00", later, true)
	return w, later
}

// others are firms that were not drawn.
func others(w []rules.Firm, drawn []string, n int) (list []string) {
	for _, f := range w {
		if !slices.Contains(drawn, f.ID) && len(list) < n {
			list = append(list, f.ID)
		}
	}
	return list
}

// TestCapStranger: who is left out at the cap was selected, once K is open.
func TestCapStranger(t *testing.T) {
	for friends, want := range map[int]bool{0: false, 1: true, 3: true} {
		w, l := second(t, "B", 0, func(first *rules.Lot, drawn []string, r *rules.Registers) {
			for _, id := range append(slices.Clone(drawn[friends:]), others(r.Firms, drawn, friends)...) {
				r.Hits[id] = []string{first.When()[:10]}
			}
		})
		got := slices.Contains(blamed(w.judge("2023-12-02")), fmt.Sprintf("verify.cap-stranger at %d", l.Index))
		if got != want {
			t.Errorf("%d friends: %v", friends, blamed(w.judge("2023-12-02")))
		}
	}
}

// TestBatchStranger: in a second batch those are left out who were drawn in the
// first, and none of them stands in the hat again.
func TestBatchStranger(t *testing.T) {
	for friends, want := range map[int]bool{0: false, 1: true} {
		w, l := second(t, "A", 2, func(first *rules.Lot, drawn []string, r *rules.Registers) {
			for _, id := range append(slices.Clone(drawn[friends:]), others(r.Firms, drawn, friends)...) {
				r.Drawn[id] = []string{first.Body.Draw}
			}
		})
		list := blamed(w.judge("2023-12-02"))
		for _, code := range []string{"verify.batch-stranger", "verify.batch-again"} {
			if slices.Contains(list, fmt.Sprintf("%s at %d", code, l.Index)) != want {
				t.Errorf("%d friends: %s: %v", friends, code, list)
			}
		}
	}
}
