package demo

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/sunlot/sunlot/internal/intake"
)

// One line of results handed in to the office at the end of its two years:
// reading the sheet, verifying the ledger, deciding, signing, appending. The
// keys are of work factor 10, so opening them is hardly part of it.
func BenchmarkResultOfOneLine(b *testing.B) {
	from := filepath.Join(b.TempDir(), "office")
	r, err := NewRun("gaoqing", from, io.Discard, nil)
	if err != nil {
		b.Fatal(err)
	}
	if err := r.Live(); err != nil {
		b.Fatal(err)
	}
	const when = "2024-07-31 17:20:00"
	d := r.show(when, "2024-001")
	if r.err != nil {
		b.Fatal(r.err)
	}
	row := r.resultRow(d, len(d.Objects)-1, batch{ended: "2024-07-24", entered: "2024-07-26", published: "2024-07-29"}, []string{"a"})
	data, err := sheet(intake.KindResults, []map[string]string{row})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.StopTimer()
		r.Dir = b.TempDir()
		if err := os.CopyFS(r.Dir, os.DirFS(from)); err != nil {
			b.Fatal(err)
		}
		path := r.put("一行.xlsx", data, nil)
		b.StartTimer()
		r.at(when, 0, "result", path, "--yes")
		if r.err != nil {
			b.Fatal(r.err)
		}
	}
}
