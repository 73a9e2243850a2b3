package command_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// BenchmarkProvince publishes a hundred small offices, from nothing and again
// unchanged, one at a time and as many as there are processors.
func BenchmarkProvince(b *testing.B) {
	const n = 100
	dir := counties(b, n)
	for _, jobs := range []int{1, runtime.GOMAXPROCS(0)} {
		for _, fresh := range []bool{true, false} {
			b.Run(fmt.Sprintf("jobs=%d/fresh=%v", jobs, fresh), func(b *testing.B) {
				for b.Loop() {
					if fresh {
						b.StopTimer()
						for i := range n {
							if err := os.RemoveAll(filepath.Join(dir, fmt.Sprintf("county-%03d", i), "public")); err != nil {
								b.Fatal(err)
							}
						}
						if err := os.RemoveAll(filepath.Join(dir, "public")); err != nil {
							b.Fatal(err)
						}
						b.StartTimer()
					}
					if code, got := publishes(b, b.Context(), dir, nil, "--jobs", fmt.Sprint(jobs)); code != 0 {
						b.Fatalf("exit %d: %+v", code, got)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N)/n, "ms/office")
			})
		}
	}
}
