//go:build !windows

package local

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sunlot/sunlot/ledger"
)

// diskOptions is a log on the disk, not in memory.
func diskOptions(b *testing.B) Options {
	opt := options(b)
	dir, err := os.MkdirTemp(b.TempDir(), "log")
	if err != nil {
		b.Fatal(err)
	}
	opt.Dir, opt.Guard = filepath.Join(dir, "ledger"), filepath.Join(dir, "guard")
	return opt
}

// benchEntries are n entries of 600 bytes that do not compress.
func benchEntries(n int) [][]byte {
	rng := rand.NewChaCha8([32]byte{1})
	data := make([]byte, 600*n)
	rng.Read(data)
	out := make([][]byte, n)
	for i := range out {
		out[i] = data[600*i : 600*(i+1) : 600*(i+1)]
	}
	return out
}

// One entry on a ledger of ten: open, append, close, and the waits for the
// disk that it takes.
func BenchmarkAppendOne(b *testing.B) {
	entry := benchEntries(1)
	var syncs atomic.Int64
	from := diskOptions(b)
	grownLog(b, from, 10)
	n := 0
	for b.Loop() {
		b.StopTimer()
		opt := diskOptions(b)
		copyTree(b, from.Dir, opt.Dir)
		copyTree(b, from.Guard, opt.Guard)
		opt.Hook = func(op, name string, do func() error) error {
			if op == "sync" || op == "syncdir" || op == "writesync" {
				syncs.Add(1)
			}
			return do()
		}
		n++
		b.StartTimer()
		l := mustOpen(b, opt)
		mustAppend(b, l, Batch{Entries: entry})
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(syncs.Load())/float64(n), "fsyncs/op")
}

// Back to back on an open log that grows.
func BenchmarkAppendBackToBack(b *testing.B) {
	opt := diskOptions(b)
	l := mustCreate(b, opt)
	defer l.Close()
	entry := benchEntries(1)
	for b.Loop() {
		mustAppend(b, l, Batch{Entries: entry})
	}
}

// 100,000 entries of 600 bytes appended, signed and published in one batch, by
// Tessera's POSIX driver and by us, in turn; as Tessera writes no entry copies
// and proof files, neither do we.
func BenchmarkAppend100kBesideTessera(b *testing.B) {
	all := benchEntries(100_000)
	var ours, theirs time.Duration
	for b.Loop() {
		start := time.Now()
		writeTessera(b, filepath.Join(b.TempDir(), "tessera"), 1, all)
		theirs += time.Since(start)

		opt := diskOptions(b)
		opt.Copies = false
		start = time.Now()
		l := mustCreate(b, opt)
		mustAppend(b, l, Batch{Entries: all})
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
		ours += time.Since(start)
	}
	b.ReportMetric(ours.Seconds()/float64(b.N), "s/ours")
	b.ReportMetric(theirs.Seconds()/float64(b.N), "s/tessera")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "times-faster")
}

// The same with an entry copy and a proof file each: 200,000 files more.
func BenchmarkAppend100kWithCopies(b *testing.B) {
	all := benchEntries(100_000)
	for b.Loop() {
		l := mustCreate(b, diskOptions(b))
		mustAppend(b, l, Batch{Entries: all})
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAudit(b *testing.B) {
	all := benchEntries(100_000)
	for _, copies := range []bool{false, true} {
		b.Run(fmt.Sprintf("copies=%v", copies), func(b *testing.B) {
			opt := options(b)
			opt.Copies = copies
			l := mustCreate(b, opt)
			mustAppend(b, l, Batch{Entries: all})
			defer l.Close()
			for b.Loop() {
				rep := l.Dir().Audit(opt.Log.Key(), ledger.AuditOptions{Copies: copies})
				if len(rep.Problems) > 0 {
					b.Fatal(rep.Problems[0])
				}
			}
			b.ReportMetric(float64(len(all))*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

// Tessera's own judge over the same folder, to compare with.
func BenchmarkFsckOfTessera(b *testing.B) {
	all := benchEntries(100_000)
	opt := options(b)
	opt.Copies = false
	l := mustCreate(b, opt)
	mustAppend(b, l, Batch{Entries: all})
	l.Close()
	for b.Loop() {
		tesseraFsck(b, opt.Dir, opt.Log.Key())
	}
	b.ReportMetric(float64(len(all))*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

func BenchmarkLeafHash(b *testing.B) {
	e := bytes.Repeat([]byte{7}, 600)
	for b.Loop() {
		ledger.LeafHash(e)
	}
}
