package verify_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

var ownCheckpoints = flag.Int("entries", 2_000, "entries of BenchmarkOpenWitnessed, each under its own checkpoint")

// BenchmarkOpenWitnessed: the citizen's verification of a ledger on disk whose
// every entry was published alone, so that each proof file carries a checkpoint
// of its own, cosigned by four witnesses; beside it, in turns in one run, the
// same ledger whose charter names nobody.
func BenchmarkOpenWitnessed(b *testing.B) {
	plain, witnessed := alone(b, *ownCheckpoints, false), alone(b, *ownCheckpoints, true)
	took := map[string][]time.Duration{}
	open := func(dir string) {
		start := time.Now()
		v, err := verify.Open(os.DirFS(dir), verify.Options{})
		took[dir] = append(took[dir], time.Since(start))
		if err != nil || v.Failed() {
			b.Fatal(err, blamed(v))
		}
		if f := found(v, "verify.ok-witnessed"); dir == witnessed && (f == nil || f.Got != strconv.Itoa(*ownCheckpoints)) {
			b.Fatalf("%+v", f)
		}
	}
	for b.Loop() {
		open(plain)
		open(witnessed)
	}
	median := func(dir string) float64 { return float64(slices.Sorted(slices.Values(took[dir]))[len(took[dir])/2]) }
	b.ReportMetric(median(plain)/1e6, "plain-ms")
	b.ReportMetric(median(witnessed)/1e6, "witnessed-ms")
	b.ReportMetric(median(witnessed)/median(plain), "times-slower")
}

// alone lays a ledger of n entries of no consequence, each proved against the
// checkpoint that ends with it.
func alone(b *testing.B, n int, cosigned bool) string {
	b.Helper()
	w := newWriter(b, "gaoqing")
	var witnesses []ledger.Signer
	if cosigned {
		x := bodiesOf(w)
		x.up = "abcd"
		x.charter("2023-06-21T09:00:00", x.policy(3, x.up))
		witnesses = x.keys[:4]
	}
	body := &record.Filing{Plan: w.state.Plan(2023).Index, To: "市场监管局", Date: "2023-06-22"}
	text, err := record.Format(&record.Entry{Type: record.TypeOf(body), Origin: origin, Env: record.Env{At: "2023-06-22T09:00:00+08:00", By: "办公室"}, Body: body})
	w.must(err)
	raw, err := ledger.FormatNote(text, w.office)
	w.must(err)
	from := uint64(w.state.Size)
	w.must(w.pub.Publish(from, &ledger.Batch{Entries: slices.Repeat([][]byte{raw}, n)}))
	size := from + uint64(n)
	hashes := ledger.OpenDir(w.dir.FS()).HashReader(size)
	for i := from; i < size; i++ {
		root, err := tlog.TreeHash(int64(i+1), hashes)
		w.must(err)
		head, err := ledger.FormatCheckpoint(ledger.Checkpoint{Origin: origin, Size: i + 1, Root: root})
		w.must(err)
		signed, err := ledger.FormatNote(head, w.log)
		w.must(err)
		note, err := ledger.ParseNote(signed)
		w.must(err)
		for _, s := range witnesses {
			line, err := ledger.Cosign(head, uint64(record.Unix("2023-06-22T09:00:10+08:00")), s)
			w.must(err)
			note.Signatures = append(note.Signatures, line)
		}
		signed, err = note.Format()
		w.must(err)
		path, err := ledger.ProveInclusion(i, i+1, hashes)
		w.must(err)
		w.dir[ledger.ProofPath(i)] = ledger.FormatProof(i, path, signed)
	}
	dir := b.TempDir()
	for name, data := range w.dir {
		place := filepath.Join(dir, filepath.FromSlash(name))
		w.must(os.MkdirAll(filepath.Dir(place), 0o755))
		w.must(os.WriteFile(place, data, 0o644))
	}
	return dir
}
