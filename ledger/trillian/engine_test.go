package trillian

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/google/trillian"

	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

// year is a ledger's life in steps: single entries, batches across a bundle,
// equal entries beside and apart, blobs and openings.
func year() []local.Batch {
	var steps []local.Batch
	from := 0
	for _, n := range []int{1, 1, 2, 100, 151, 1, 1, 88, 255} {
		steps = append(steps, local.Batch{Entries: entries(from, n), Openings: map[uint64][]byte{uint64(from): []byte("演示")}})
		from += n
	}
	return append(steps,
		local.Batch{Blobs: [][]byte{[]byte("演示附件")}, Openings: map[uint64][]byte{1: nil}},
		local.Batch{Entries: [][]byte{[]byte("演示：同样的记录"), []byte("演示：同样的记录")}})
}

// The engine is of no consequence to outsiders: the same steps leave the same
// folder, byte for byte, and the same guard record.
func TestSameFolderUnderBothEngines(t *testing.T) {
	t.Parallel()
	c := sound.up(t)
	d := newDesk(t, addressesOf(c)...)
	other := places(t)
	other.Log = key(t)
	l, err := local.Create(other)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	count := 0
	for i, b := range year() {
		if err := d.step(b); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		if _, err := l.Append(b); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		count += len(b.Entries)
		if diff := differ(filesOf(t, d.opt.Dir), filesOf(t, other.Dir)); diff != "" {
			t.Fatalf("after step %d these differ: %s", i, diff)
		}
	}
	if count < 600 || len(d.acked) != count {
		t.Fatalf("%d entries, want 600", count)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := differ(filesOf(t, d.opt.Guard), filesOf(t, other.Guard)); diff != "" {
		t.Fatalf("in the guards these differ: %s", diff)
	}
	d.mends()
}

// One batch, many leaves: each stands at its index, queued at a time of its
// own, by the writer that we are.
func TestBatch(t *testing.T) {
	t.Parallel()
	d := newDesk(t, addressesOf(sound.up(t))...)
	d.must(d.next(3))
	d.must(d.next(700))
	same := make([][]byte, 20)
	for i := range same {
		same[i] = []byte("演示：同样的记录")
	}
	d.must(same)
	var times []int64
	err := d.tree().each(t.Context(), 0, uint64(len(d.acked)), func(i uint64, leaf *trillian.LogLeaf) error {
		times = append(times, leaf.QueueTimestamp.AsTime().UnixNano())
		if !bytes.Equal(leaf.LeafValue, d.acked[i]) || string(leaf.ExtraData) != d.cfg.Writer {
			t.Errorf("leaf %d: %q by %q", i, leaf.LeafValue, leaf.ExtraData)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSorted(times) || len(slices.Compact(times)) != len(d.acked) {
		t.Error("the times of queueing do not rise")
	}
	d.mends()
}

var errCut = errors.New("cut")

// What was queued by a run before is recognised, whatever part of it, and
// neither lost nor doubled.
func TestQueuedAgain(t *testing.T) {
	t.Parallel()
	c := sound.up(t)
	for name, k := range map[string]int{"none": 0, "one": 1, "a part": 150, "all": 300} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, addressesOf(c)...)
			d.must(d.next(5))
			// A run that dies after k leaves, or after all of them were integrated
			// and read back.
			cut := func(next ledger.SequenceFunc) ledger.SequenceFunc {
				return func(head ledger.Checkpoint, dir *ledger.Dir, entries [][]byte) (ledger.Hash, error) {
					if len(entries) == 0 {
						return next(head, dir, nil)
					}
					err := d.tree().queue(t.Context(), head, 0, entries[:k])
					if err == nil && k == len(entries) {
						var one, two ledger.Hash
						one, err = next(head, dir, entries)
						if two, _ = next(head, dir, entries); one != two {
							t.Errorf("%s, then %s", one, two)
						}
					}
					return ledger.Hash{}, errors.Join(err, errCut)
				}
			}
			if err := d.through(cut, local.Batch{Entries: d.next(300)}); !errors.Is(err, errCut) || len(d.begun) != 300 {
				t.Fatal(err)
			}
			d.mends()
		})
	}
}

// A step without entries asks the tree and leaves it as it is.
func TestNothingNew(t *testing.T) {
	t.Parallel()
	d := newDesk(t, addressesOf(sound.up(t))...)
	d.must(d.next(2))
	if err := d.step(local.Batch{Openings: map[uint64][]byte{1: []byte("演示")}}); err != nil {
		t.Fatal(err)
	}
	if s, err := d.tree().Status(t.Context()); err != nil || s.Size != 2 || s.Type != "LOG" || s.State != "ACTIVE" || s.Origin != origin || s.Name != "演示单位" {
		t.Errorf("%+v, %v", s, err)
	}
	d.holds()
}

// A witness that does not come: the entries are in the tree and not published.
// The next run finds them there and asks again.
func TestUnwitnessedIsCompleted(t *testing.T) {
	t.Parallel()
	d := newDesk(t, addressesOf(sound.up(t))...)
	d.must(d.next(2))
	witness, err := ledger.NewWitnessSigner("witness.example/demo", [32]byte{9})
	if err != nil {
		t.Fatal(err)
	}
	pol := &ledger.Policy{Logs: []ledger.PolicyKey{{Key: d.opt.Log.Key()}}, Witnesses: []ledger.PolicyKey{{Name: "w", Key: witness.Key()}}, Quorum: "w"}
	text, err := ledger.FormatPolicy(pol)
	if err != nil {
		t.Fatal(err)
	}
	b := local.Batch{Entries: d.next(2), Policy: text}
	d.refusesToPublish("ledger.unwitnessed", b)
	d.holds()
	d.refusesToPublish("ledger.unwitnessed", local.Batch{})
	d.opt.Witness = func(checkpoint []byte, _ func(uint64) ([]ledger.Hash, error)) ([]byte, error) {
		n, err := ledger.ParseNote(checkpoint)
		if err != nil {
			return nil, err
		}
		line, err := ledger.Cosign(n.Text, 1_692_806_401, witness)
		if err != nil {
			return nil, err
		}
		n.Signatures = append(n.Signatures, line)
		return n.Format()
	}
	d.mends()
}

// refusesToPublish: signed, but not published.
func (d *desk) refusesToPublish(code string, b local.Batch) {
	d.t.Helper()
	was := d.files()["ledger/checkpoint"]
	wantCode(d.t, d.step(b), code)
	if d.files()["ledger/checkpoint"] != was {
		d.t.Errorf("%s: the checkpoint has changed", code)
	}
}
