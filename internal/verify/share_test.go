package verify_test

import "testing"

// TestFindingsOnce: what was found about an entry stands among the bundle's
// findings, in order of the entries, and nowhere else.
func TestFindingsOnce(t *testing.T) {
	w, _ := season(t)
	b := w.judge("2024-06-01")
	next, shared := 0, 0
	for _, e := range b.Entries {
		if len(e.Findings) == 0 {
			continue
		}
		at := next
		for at < len(b.Findings) && &b.Findings[at] != &e.Findings[0] {
			at++
		}
		if at == len(b.Findings) {
			t.Fatalf("the findings on entry %d are a copy, or not in order", e.Index)
		}
		next = at + len(e.Findings)
		shared += len(e.Findings)
		for _, f := range e.Findings {
			if f.Entry != e.Index {
				t.Errorf("entry %d has a finding on entry %d", e.Index, f.Entry)
			}
		}
		_ = append(e.Findings, e.Findings[0])
		if next < len(b.Findings) && b.Findings[next] == e.Findings[0] {
			t.Errorf("whoever adds to the findings on entry %d changes another's", e.Index)
		}
	}
	if shared < 2 || shared == len(b.Findings) {
		t.Errorf("%d findings on entries, %d in all", shared, len(b.Findings))
	}
}
