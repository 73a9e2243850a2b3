package verify_test

import (
	"bytes"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/graph"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// saved puts aside what a judgement led to and takes it up again.
func saved(t *testing.T, b *verify.Bundle) verify.Saved {
	t.Helper()
	data, err := graph.Write(b.State)
	if err != nil {
		t.Fatal(err)
	}
	s, err := rules.Resume(func(s *rules.State) error { return graph.Read(data, s) })
	if err != nil {
		t.Fatal(err)
	}
	return verify.Saved{Size: b.Checkpoint.Size, Root: b.Checkpoint.Root, State: s}
}

// sameState compares what two judgements led to.
func sameState(t *testing.T, what string, a, b *verify.Bundle) {
	t.Helper()
	x, err := graph.Write(a.State)
	if err != nil {
		t.Fatal(err)
	}
	y, err := graph.Write(b.State)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(x, y) {
		t.Errorf("%s: the state resumed is not the state replayed", what)
	}
}

// A judgement from a saved state ends where one from the first entry ends, also
// where what has come since takes down what the saved state had learnt.
func TestResume(t *testing.T) {
	w, _ := season(t)
	from := saved(t, w.judge("2029-01-01"))
	r := w.state.ResultAt(firstResult)
	w.say("2029-01-02T09:00:00", &record.Takedown{Entry: firstResult, Fields: []string{"code", "name"}, Class: rules.Expired, Years: 5, Ground: "演示", Date: "2029-01-02", Approved: "演示"})
	delete(w.dir, ledger.OpeningPath(firstResult))
	var keep []record.OpenHandle
	for _, h := range w.beside[notice].Handles {
		if h.ID != w.firm(r.Lot, r.Object).ID {
			keep = append(keep, h)
		}
	}
	w.beside[notice].Handles = keep
	w.lay(notice)
	full := w.judge("2029-01-03")
	if full.State.ResultAt(firstResult).Code != "" {
		t.Fatal("the code that was taken down is still read")
	}
	b, err := verify.Resume(w.dir.FS(), from, verify.Options{Today: "2029-01-03"})
	if err != nil {
		t.Fatal(err)
	}
	sameState(t, "after a takedown", full, b)
	if b.Resumed != from.Size || b.Entries[0] != nil || b.Entries[from.Size] == nil {
		t.Error("what was saved was read again")
	}
	if e, err := b.Entry(notice); err != nil || e.Record.Type != "notice" || e.Opening == nil {
		t.Errorf("an earlier entry: %+v %v", e, err)
	}
}

// What is saved of another ledger, of other entries or of more is not taken up.
func TestResumeOther(t *testing.T) {
	w, _ := season(t)
	whole := w.judge("2024-01-01")
	for name, spoil := range map[string]func(*verify.Saved){
		"another root":     func(s *verify.Saved) { s.Root[0] ^= 1 },
		"more than stands": func(s *verify.Saved) { s.Size++; s.State.Size++ },
		"another size":     func(s *verify.Saved) { s.Size-- },
	} {
		from := saved(t, whole)
		spoil(&from)
		if _, err := verify.Resume(w.dir.FS(), from, verify.Options{}); fault.Code(err) != "verify.other-ledger" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
