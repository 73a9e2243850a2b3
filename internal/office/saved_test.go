package office_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/ledger"
)

// listed is an office with a checklist, which is all that an inspection of
// another origin needs.
func listed(tb testing.TB) *bureau {
	b := begin(tb, "")
	b.write("2023-06-12 10:00:00", func(o *office.Office) (*office.Draft, error) {
		return sheet(o.Checklist(items(), office.Listing{Year: 2023}))
	})
	return b
}

// complaints are inspections that no draw led to.
func complaints(from, n int) []any {
	var list []any
	for i := range n {
		list = append(list, &record.Result{Origin: "complaint", Ground: fmt.Sprintf("演示投诉%d", from+i), Code: "91370322TT0000007J", Name: "高青演示机械有限公司（演示）", Unit: "演示局",
			Ended: "2023-06-12", Outcome: record.Outcome{Items: []record.ItemCodes{{Item: "1", Codes: []string{"a"}}}, Codes: []string{"a"}}})
	}
	return list
}

// signing opens the folder as a command that signs does.
func (b *bureau) signing() *office.Office {
	o := b.open()
	o.Signs, o.SaveAfter = true, 1
	return o
}

// resumed is how many entries a step passes over.
func (b *bureau) resumed(o *office.Office) uint64 {
	b.tb.Helper()
	bundle, err := o.Bundle()
	if err != nil {
		b.tb.Fatal(err)
	}
	if bundle.State.Size != int64(bundle.Checkpoint.Size) {
		b.tb.Fatalf("the state is of %d entries, the ledger has %d", bundle.State.Size, bundle.Checkpoint.Size)
	}
	return bundle.Resumed
}

// A step that signs begins where the last one was saved, judges what came
// since, and every other step judges all.
func TestSavedState(t *testing.T) {
	b := listed(t)
	b.now = "2023-06-13 09:00:00"
	if n := b.resumed(b.signing()); n != 0 {
		t.Fatalf("nothing was saved, yet %d entries were passed over", n)
	}
	if n := b.resumed(b.signing()); n != 2 {
		t.Fatalf("%d entries passed over, want 2", n)
	}
	b.write("2023-06-13 09:00:00", func(o *office.Office) (*office.Draft, error) { return o.DraftOf(complaints(0, 3)...) })
	o := b.signing()
	if n := b.resumed(o); n != 2 {
		t.Errorf("%d entries passed over, want 2 with 3 to judge", n)
	}
	if bundle, _ := o.Bundle(); len(bundle.State.Results) != 3 || bundle.Value(3, "code") != "91370322TT0000007J" || bundle.Value(1, "code") != "" {
		t.Errorf("%d results", len(bundle.State.Results))
	}
	if n := b.resumed(b.signing()); n != 5 {
		t.Errorf("%d entries passed over, want 5", n)
	}
	if n := b.resumed(b.open()); n != 0 {
		t.Errorf("a step that does not sign passed over %d entries", n)
	}
}

// Whatever is wrong with the saved state, the whole ledger is judged.
func TestSavedStateWrong(t *testing.T) {
	b := listed(t)
	b.now = "2023-06-13 09:00:00"
	b.resumed(b.signing())
	name := filepath.Join(b.dir, "private", "state")
	good, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if b.resumed(b.signing()) != 2 {
		t.Fatal("the sound one is not taken")
	}
	all := func(what string) {
		t.Helper()
		if n := b.resumed(b.signing()); n != 0 {
			t.Errorf("%s: %d entries passed over", what, n)
		}
		if err := os.WriteFile(name, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; i < len(good); i += 1 + i/8 {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if err := os.WriteFile(name, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		all(fmt.Sprintf("byte %d flipped", i))
	}
	for _, n := range []int{0, 1, len(good) / 2, len(good) - 1} {
		if err := os.WriteFile(name, good[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		all(fmt.Sprintf("cut to %d bytes", n))
	}
	// What another key vouches for is not taken.
	other, err := ledger.NewSigner(b.keys.Office.Key().Name, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	own := b.keys.Office
	b.keys.Office = other
	b.resumed(b.signing()) // saves one under the other key
	b.keys.Office = own
	all("another key")
	if b.resumed(b.signing()) != 2 {
		t.Error("the sound one is no longer taken")
	}
}

// BenchmarkNextEntry: one more entry, from opening the folder to the published
// checkpoint, over ledgers of two sizes, with a saved state of an earlier
// checkpoint and judged from the first entry on, in one run.
func BenchmarkNextEntry(b *testing.B) {
	for _, size := range []int{1_000, 20_000} {
		b.Run(fmt.Sprintf("entries=%d", size), func(b *testing.B) { nextEntry(b, size) })
	}
}

func nextEntry(b *testing.B, size int) {
	bu := listed(b)
	add := func(from, n int, saved bool) {
		o := bu.open()
		o.Signs = saved
		d, err := o.DraftOf(complaints(from, n)...)
		if err == nil {
			_, err = o.Write(d)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	bu.now = "2023-06-13 09:00:00"
	const batch = 5_000
	for n := 0; n < size; n += batch {
		add(n, min(batch, size-n), true)
	}
	bu.resumed(bu.signing())
	took := map[bool]time.Duration{}
	for _, saved := range []bool{false, true} {
		b.Run(fmt.Sprintf("saved=%v", saved), func(b *testing.B) {
			for b.Loop() {
				size++
				add(size, 1, saved)
			}
			took[saved] = b.Elapsed() / time.Duration(b.N)
			if saved {
				b.ReportMetric(took[false].Seconds()/took[true].Seconds(), "times-faster")
			}
		})
	}
}
