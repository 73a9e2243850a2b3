package site

import (
	"io"
	"testing"

	"github.com/sunlot/sunlot/content"
)

// discard is an Out that counts.
type discard struct{ files, bytes int }

func (d *discard) Put(_ string, data []byte) error {
	d.files++
	n, err := io.Discard.Write(data)
	d.bytes += n
	return err
}

// BenchmarkBuild builds the site of an office with 400 results from an open
// bundle, without a disk.
func BenchmarkBuild(b *testing.B) {
	bundle := year(b, "gaoqing", 2000).bundle()
	b.ReportAllocs()
	for b.Loop() {
		out := new(discard)
		if err := Build(bundle, content.FS, Options{}, out); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(out.files), "files/op")
	}
}
