package verify_test

import (
	"slices"
	"testing"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// joining is a joined task with one result, index 6: the list is of two firms.
func joining(tb testing.TB) *writer {
	tb.Helper()
	w := newWriter(tb, "yanshi")
	var handles []string
	for _, f := range w.firms[:2] {
		handles = append(handles, draw.Handle("O", draw.Salt([]byte("k"), "O", f.ID), f.ID))
	}
	first := handles[0]
	slices.Sort(handles)
	list := draw.FormatUnstaffed(handles)
	w.say("2023-09-04T09:00:00", &record.Joined{Task: "2023-J01", Name: "演示", Lead: "演示住建局", Number: "1", Checklist: w.state.Checklist().Index, Items: []string{"1"},
		From: "2023-09-04", To: "2023-09-28", Unit: "执法大队", Drawn: "2023-09-01", Received: "2023-09-02", Count: 2, Objects: rules.LinesOf(list),
		Sheet: rules.Hash([]byte("sheet"))}, list)
	f := &w.firms[0]
	index := w.say("2023-09-08T09:00:00", &record.Result{Origin: rules.JoinedOrigin, Joined: w.state.Joined[0].Index, Object: first, Code: record.Sealed(f.ID), Name: record.Sealed(f.Name),
		Unit: "执法大队", Outcome: record.Outcome{Items: []record.ItemCodes{{Item: "1", Codes: []string{"a"}}}, Codes: []string{"a"}}, Ended: "2023-09-06", Published: "2023-09-08"})
	w.beside[index].Handles = []record.OpenHandle{handleOf(f, "k")}
	w.lay(index)
	return w
}

func handleOf(f *rules.Firm, key string) record.OpenHandle {
	return record.OpenHandle{Kind: "O", ID: f.ID, Salt: draw.Salt([]byte(key), "O", f.ID)}
}

// TestJoinedOpenings: the firm that a joined result names is the one whose
// handle stands on the lead's list, and its opening says so.
func TestJoinedOpenings(t *testing.T) {
	const result = 6
	for _, c := range []struct {
		what  string
		spoil func(w *writer, o *record.Opening)
		want  []string
	}{
		{"sound", func(*writer, *record.Opening) {}, nil},
		{"no handle", func(w *writer, o *record.Opening) { o.Handles = nil }, []string{"verify.handle-unopened at 6"}},
		{"the handle of another key", func(w *writer, o *record.Opening) { o.Handles[0] = handleOf(&w.firms[0], "other") }, []string{"verify.opening-stranger at 6"}},
		{"another firm of the list", func(w *writer, o *record.Opening) { o.Handles[0] = handleOf(&w.firms[1], "k") }, []string{"verify.opening-stranger at 6"}},
		{"two handles", func(w *writer, o *record.Opening) {
			o.Handles = append(o.Handles, handleOf(&w.firms[1], "k"))
		}, []string{"verify.bad-opening at 6", "verify.handle-unopened at 6", "verify.opening-missing at 6"}},
	} {
		w := joining(t)
		c.spoil(w, w.beside[result])
		w.lay(result)
		b := w.judge("2023-09-10")
		if got := blamed(b); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
		believed := slices.ContainsFunc(b.Findings, func(f rules.Finding) bool { return f.Code == "verify.believed-joined" && f.Severity == rules.Believed })
		if !believed {
			t.Errorf("%s: that the lead's lots were lots is not said to rest on its word", c.what)
		}
	}
}

// TestJoinedOtherFirm: a result that names a firm and opens the handle of
// another.
func TestJoinedOtherFirm(t *testing.T) {
	w := joining(t)
	f := &w.firms[1]
	index := w.say("2023-09-09T09:00:00", &record.Result{Origin: rules.JoinedOrigin, Joined: w.state.Joined[0].Index, Object: draw.Handle("O", draw.Salt([]byte("k"), "O", f.ID), f.ID),
		Code: record.Sealed(w.firms[2].ID), Name: record.Sealed(w.firms[2].Name), Unit: "执法大队",
		Outcome: record.Outcome{Items: []record.ItemCodes{{Item: "1", Codes: []string{"a"}}}, Codes: []string{"a"}}, Ended: "2023-09-06", Published: "2023-09-08"})
	w.beside[index].Handles = []record.OpenHandle{handleOf(f, "k")}
	w.lay(index)
	if got := blamed(w.judge("2023-09-10")); !slices.Equal(got, []string{"verify.other-firm at 7"}) {
		t.Error(got)
	}
}
