package verify_test

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// Indexes of season: charter 0, checklist 1, registers 2 3, plan 4, notice 5,
// draw 6, dispatch 7, results 8 9 10, opened 11 12.
const (
	notice, theDraw, firstResult = 5, 6, 8
)

func TestSeasonIsSound(t *testing.T) {
	w, l := season(t)
	if l.Index != notice || l.Draw.Index != theDraw || w.state.Results[0].Index != firstResult {
		t.Fatal("the indexes are others")
	}
	b := w.judge("2024-07-31")
	if list := blamed(b); len(list) > 0 || b.Failed() {
		t.Fatal(list)
	}
	want := map[string]string{"verify.ok-tree": "13", "verify.ok-draws": "1", "verify.ok-openings": "9", "verify.ok-results": "3", "verify.ok-k": "1"}
	for _, f := range b.Findings {
		if f.Severity == rules.OK {
			if want[f.Code] != f.Got {
				t.Errorf("%s %s, want %s", f.Code, f.Got, want[f.Code])
			}
			delete(want, f.Code)
		}
	}
	if len(want) > 0 {
		t.Errorf("not said: %v", want)
	}
}

// TestOpenings spoils the files beside a sound log, one after the other.
func TestOpenings(t *testing.T) {
	path := func(i int) string { return ledger.OpeningPath(uint64(i)) }
	for _, c := range []struct {
		what  string
		spoil func(w *writer, l *rules.Lot)
		want  []string
	}{
		{"a result's is missing", func(w *writer, l *rules.Lot) { delete(w.dir, path(firstResult)) },
			[]string{"verify.opening-missing at 8", "verify.other-firm at 8"}},
		{"a result's name is missing", func(w *writer, l *rules.Lot) { delete(w.beside[firstResult].Fields, "name"); w.lay(firstResult) },
			[]string{"verify.opening-missing at 8"}},
		{"a result's salt is another", func(w *writer, l *rules.Lot) {
			field(w, "name", func(f *record.Field) { f.Salt = strings.Repeat("0", 64) })
		},
			[]string{"verify.opening-differs at 8", "verify.opening-missing at 8", "verify.other-firm at 8"}},
		{"a result's name is another", func(w *writer, l *rules.Lot) { field(w, "name", func(f *record.Field) { f.Value += "改" }) },
			[]string{"verify.opening-differs at 8", "verify.opening-missing at 8", "verify.other-firm at 8"}},
		{"a result's holds a handle", func(w *writer, l *rules.Lot) {
			w.beside[firstResult].Handles = w.beside[notice].Handles[:1]
			w.lay(firstResult)
		}, []string{"verify.bad-opening at 8", "verify.opening-missing at 8", "verify.other-firm at 8"}},
		{"a result's holds K", func(w *writer, l *rules.Lot) { w.beside[firstResult].K = w.beside[notice].K; w.lay(firstResult) },
			[]string{"verify.bad-opening at 8", "verify.opening-missing at 8", "verify.other-firm at 8"}},
		{"a result's is cut off", func(w *writer, l *rules.Lot) { w.dir[path(firstResult)] = w.dir[path(firstResult)][:40] },
			[]string{"verify.bad-opening at 8", "verify.opening-missing at 8", "verify.other-firm at 8"}},
		{"a result's in another writing", func(w *writer, l *rules.Lot) { w.dir[path(firstResult)] = append(w.dir[path(firstResult)], '\n') },
			[]string{"verify.bad-opening at 8", "verify.opening-missing at 8", "verify.other-firm at 8"}},
		{"beside a plan", func(w *writer, l *rules.Lot) { w.dir[path(4)] = w.dir[path(firstResult)] },
			[]string{"ledger.audit-foreign at -1"}},
		{"beyond the log", func(w *writer, l *rules.Lot) { w.dir[path(13)] = w.dir[path(firstResult)] },
			[]string{"ledger.audit-beyond at -1"}},
		{"the notice's is missing", func(w *writer, l *rules.Lot) { delete(w.dir, path(notice)) },
			[]string{"verify.handle-unopened at 5", "verify.k-missing at 5"}},
		{"one handle is missing", func(w *writer, l *rules.Lot) { w.beside[notice].Handles = w.beside[notice].Handles[1:]; w.lay(notice) },
			[]string{"verify.handle-unopened at 5"}},
		{"a handle's salt is another", func(w *writer, l *rules.Lot) {
			w.beside[notice].Handles[0].Salt = strings.Repeat("0", 32)
			w.lay(notice)
		},
			[]string{"verify.handle-unopened at 5", "verify.opening-stranger at 5", "verify.salt-differs at 5"}},
		{"a firm that was not drawn", func(w *writer, l *rules.Lot) {
			w.beside[notice].Handles = append(w.beside[notice].Handles, stranger(w, l))
			w.lay(notice)
		}, []string{"verify.opening-stranger at 5"}},
		{"an inspector", func(w *writer, l *rules.Lot) {
			id := w.people[0].ID
			w.beside[notice].Handles = append(w.beside[notice].Handles, record.OpenHandle{Kind: "I", ID: id, Salt: draw.Salt(w.keys[notice].KI, "I", id)})
			w.lay(notice)
		}, []string{"verify.opening-unlogged at 5"}},
		{"an inspector of another draw", func(w *writer, l *rules.Lot) {
			id := w.people[0].ID
			w.beside[notice].Handles = append(w.beside[notice].Handles, record.OpenHandle{Kind: "I", ID: id, Salt: strings.Repeat("0", 32)})
			w.lay(notice)
		}, []string{"verify.opening-stranger at 5"}},
		{"fields beside a notice", func(w *writer, l *rules.Lot) {
			w.beside[notice].Fields = map[string]record.Field{"name": {Salt: strings.Repeat("0", 64), Value: "x"}}
			w.lay(notice)
		}, []string{"verify.handle-unopened at 5", "verify.k-missing at 5", "verify.opening-differs at 5"}},
		{"K is gone", func(w *writer, l *rules.Lot) { w.beside[notice].K = ""; w.lay(notice) }, []string{"verify.k-missing at 5"}},
		{"K is another", func(w *writer, l *rules.Lot) { w.beside[notice].K = strings.Repeat("0", 64); w.lay(notice) }, []string{"verify.k-differs at 5"}},
		{"KI is not logged", func(w *writer, l *rules.Lot) {
			w.beside[notice].KI = hex.EncodeToString(w.keys[notice].KI)
			w.lay(notice)
		},
			[]string{"verify.opening-unlogged at 5"}},
		{"KI is K", func(w *writer, l *rules.Lot) { w.beside[notice].KI = w.beside[notice].K; w.lay(notice) }, []string{"verify.ki-differs at 5"}},
	} {
		w, l := season(t)
		c.spoil(w, l)
		if got := blamed(w.judge("2024-07-31")); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
}

// field changes an opened field of the first result.
func field(w *writer, name string, change func(*record.Field)) {
	f := w.beside[firstResult].Fields[name]
	change(&f)
	w.beside[firstResult].Fields[name] = f
	w.lay(firstResult)
}

// stranger opens the handle of a firm that was not drawn.
func stranger(w *writer, l *rules.Lot) record.OpenHandle {
	for _, f := range w.firms {
		salt := draw.Salt(w.keys[l.Index].K, "O", f.ID)
		if l.Object(draw.Handle("O", salt, f.ID)) == nil {
			return record.OpenHandle{Kind: "O", ID: f.ID, Salt: salt}
		}
	}
	panic("all were drawn")
}

// opening is a draw with its dispatch, and nothing opened yet.
func opening(t *testing.T) (*writer, *rules.Lot) {
	w := newWriter(t, "gaoqing")
	l := w.announce("2023-08-23T15:00:00", "A", 1000, nil)
	w.cast("2023-08-24T08:30:00", l, nil)
	w.dispatch("2023-08-24T09:00:00", l)
	return w, l
}

// TestKeyOnItsDay: not open is fine until the day is over, and a failure then;
// a reader without a date asks for nothing.
func TestKeyOnItsDay(t *testing.T) {
	w, l := opening(t)
	if l.Due.K != "2023-11-01" {
		t.Fatal(l.Due)
	}
	for today, want := range map[string][]string{
		"": nil, "2023-08-24": nil, "2023-11-01": nil, "2023-11-02": {"verify.k-overdue at 5"}, "2024-11-02": {"verify.k-overdue at 5"}, "2099-01-01": {"verify.k-overdue at 5"},
	} {
		if got := blamed(w.judge(today)); !slices.Equal(got, want) {
			t.Errorf("on %q: %v, want %v", today, got, want)
		}
	}
	w.open("2023-12-01T09:00:00", l, true)
	b := w.judge("2024-11-02")
	if got, want := blamed(b), []string{"verify.k-late at 5"}; !slices.Equal(got, want) {
		t.Errorf("opened late: %v, want %v", got, want)
	}
	if late := found(b, "rules.late-k"); late == nil || late.Severity != rules.Overdue || late.Entry != 8 {
		t.Errorf("opened late: %+v", late)
	}
}

// TestKeyAfterAbort: whatever becomes of a draw, its K is due.
func TestKeyAfterAbort(t *testing.T) {
	w := newWriter(t, "gaoqing")
	l := w.announce("2023-08-23T15:00:00", "A", 1000, nil)
	w.say("2023-08-23T16:00:00", &record.Abort{Notice: l.Index, Ground: "演示", Date: "2023-08-23"})
	if got, want := blamed(w.judge("2023-11-02")), []string{"rules.never-cast at 5", "verify.k-overdue at 5"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	w.open("2023-09-01T09:00:00", l, true)
	if got, want := blamed(w.judge("2023-11-02")), []string{"rules.never-cast at 5"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	w.cast("2023-09-01T10:00:00", l, nil)
	if got := blamed(w.judge("2023-11-02")); len(got) > 0 {
		t.Error(got)
	}
}

// TestKeyEarly: K in the file before it is logged is a failure; logged before
// its day, while results are still open, it is a warning at the entry.
func TestKeyEarly(t *testing.T) {
	w, l := opening(t)
	w.beside[l.Index].K = hex.EncodeToString(w.keys[l.Index].K)
	w.lay(l.Index)
	if got, want := blamed(w.judge("2023-08-25")), []string{"verify.opening-unlogged at 5"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	index := w.open("2023-08-25T09:00:00", l, true)
	b := w.judge("2023-08-25")
	if early := found(b, "rules.date-order"); len(blamed(b)) > 0 || early == nil || early.Severity != rules.Warning || early.Entry != index {
		t.Errorf("%v, %+v", blamed(b), early)
	}
	// Before the draw it has no effect at all.
	w = newWriter(t, "gaoqing")
	l = w.announce("2023-08-23T15:00:00", "A", 1000, nil)
	w.open("2023-08-23T16:00:00", l, true)
	if got, want := blamed(w.judge("2023-08-25")), []string{"rules.opened-early at 6", "verify.opening-unlogged at 5"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestNamesEarly: a handle opened beside the log without its entry, and one
// opened with an entry before there is a result.
func TestNamesEarly(t *testing.T) {
	w, l := opening(t)
	w.handle(l, l.Objects[0])
	w.lay(l.Index)
	if got, want := blamed(w.judge("2023-08-25")), []string{"verify.opening-unlogged at 5"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	w, l = opening(t)
	index := w.open("2023-08-25T09:00:00", l, false, l.Objects[0])
	b := w.judge("2023-08-25")
	if early := found(b, "rules.date-order"); len(blamed(b)) > 0 || early == nil || early.Severity != rules.Warning || early.Entry != index {
		t.Errorf("%v, %+v", blamed(b), early)
	}
}

// TestSaltNotFromK: a handle in the hat whose salt the office made up: it opens
// well, and K tells.
func TestSaltNotFromK(t *testing.T) {
	w := newWriter(t, "gaoqing")
	l := w.announce("2023-08-23T15:00:00", "A", 1000, func(n *record.Notice) { n.Key = draw.KeyCommit([]byte("made up")) })
	w.cast("2023-08-24T08:30:00", l, nil)
	w.dispatch("2023-08-24T09:00:00", l)
	w.result("2023-09-20T09:00:00", l, l.Objects[0], w.firm(l, l.Objects[0]))
	w.open("2023-09-20T10:00:00", l, false, l.Objects[0])
	if got := blamed(w.judge("2023-09-21")); len(got) > 0 {
		t.Error(got)
	}
	w.open("2023-11-01T10:00:00", l, true)
	w.beside[l.Index].K = hex.EncodeToString([]byte("made up"))
	if _, err := record.FormatOpening(w.beside[l.Index]); err == nil {
		t.Fatal("K is 32 bytes")
	}
	w.beside[l.Index].K = hex.EncodeToString(w.keys[l.Index].K)
	w.lay(l.Index)
	if got, want := blamed(w.judge("2023-11-02")), []string{"verify.k-differs at 5"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	// The same with a commitment that does open: to a K that made no handle.
	w = newWriter(t, "gaoqing")
	other := []byte(fmt.Sprintf("%032d", 77))
	l = w.announce("2023-08-23T15:00:00", "A", 1000, func(n *record.Notice) { n.Key = draw.KeyCommit(other) })
	w.cast("2023-08-24T08:30:00", l, nil)
	w.dispatch("2023-08-24T09:00:00", l)
	w.result("2023-09-20T09:00:00", l, l.Objects[0], w.firm(l, l.Objects[0]))
	w.open("2023-09-20T10:00:00", l, false, l.Objects[0])
	w.open("2023-11-01T10:00:00", l, true)
	w.beside[l.Index].K = hex.EncodeToString(other)
	w.lay(l.Index)
	if got, want := blamed(w.judge("2023-11-02")), []string{"verify.salt-differs at 5"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestOtherFirm: the result of a drawn firm published under the name of
// another.
func TestOtherFirm(t *testing.T) {
	w, l := opening(t)
	index := w.result("2023-09-20T09:00:00", l, l.Objects[0], w.firm(l, l.Objects[1]))
	w.open("2023-09-20T10:00:00", l, false, l.Objects[0])
	if got, want := blamed(w.judge("2023-09-21")), []string{fmt.Sprintf("verify.other-firm at %d", index)}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestGhost: a firm in the hat under a code that no list has.
func TestGhost(t *testing.T) {
	w := newWriter(t, "gaoqing")
	for i := range w.firms {
		w.firms[i].ID = strings.ToLower(w.firms[i].ID)
	}
	l := w.announce("2023-08-23T15:00:00", "A", 1000, nil)
	w.cast("2023-08-24T08:30:00", l, nil)
	w.dispatch("2023-08-24T09:00:00", l)
	w.result("2023-09-20T09:00:00", l, l.Objects[0], w.firm(l, l.Objects[0]))
	w.open("2023-09-20T10:00:00", l, false, l.Objects[0])
	if got, want := blamed(w.judge("2023-09-21")), []string{"verify.handle-unopened at 5", "verify.opening-stranger at 5"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestOverdue: what is due and not done is said, and changes no verdict.
func TestOverdue(t *testing.T) {
	w := newWriter(t, "gaoqing")
	l := w.announce("2023-08-23T15:00:00", "A", 1000, nil)
	late := func(today string) []string {
		b := w.judge(today)
		var list []string
		for _, f := range b.Findings {
			if f.Severity == rules.Overdue {
				list = append(list, fmt.Sprintf("%s %s %s at %d", f.Code, f.Got, f.Want, f.Entry))
			}
		}
		return list
	}
	for today, want := range map[string][]string{"": nil, "2023-08-23": nil, "2023-08-25": {"rules.duty-run 1 2023-08-23 at 5"}} {
		if got := late(today); !slices.Equal(got, want) {
			t.Errorf("on %q: %v, want %v", today, got, want)
		}
	}
	w.cast("2023-08-24T08:30:00", l, nil)
	if got, want := late("2023-08-25"), []string{"rules.duty-dispatch 3 2023-08-24 at 5"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	w.dispatch("2023-08-24T09:00:00", l)
	w.result("2023-09-20T09:00:00", l, l.Objects[0], w.firm(l, l.Objects[0]))
	w.open("2023-09-20T10:00:00", l, false, l.Objects[0])
	if got := late("2023-11-01"); got != nil {
		t.Errorf("on its day: %v", got)
	}
	if got, want := late("2023-11-02"), []string{"rules.duty-result 2 2023-11-01 at 5"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func found(b *verify.Bundle, code string) *rules.Finding {
	for i := range b.Findings {
		if b.Findings[i].Code == code {
			return &b.Findings[i]
		}
	}
	return nil
}
