package site

import (
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/sunlot/sunlot/content"
)

// TestSameOperations: however the goroutines run, two builds change the disk by
// the same operations.
func TestSameOperations(t *testing.T) {
	before, after := newBureau(t, "gaoqing", 40), year(t, "gaoqing", 40)
	var first []string
	for range 6 {
		name := filepath.Join(t.TempDir(), "public")
		var ops []string
		var mu sync.Mutex
		hook := func(op, name string, do func() error) error {
			mu.Lock()
			ops = append(ops, op+" "+name)
			mu.Unlock()
			return do()
		}
		for _, b := range []*bureau{before, after} {
			d := openDir(t, name, DirOptions{Hook: hook})
			if err := Build(b.bundle(), content.FS, Options{}, d); err != nil {
				t.Fatal(err)
			}
			if err := d.Finish(); err != nil {
				t.Fatal(err)
			}
		}
		slices.Sort(ops)
		if first == nil {
			first = ops
		}
		if !slices.Equal(ops, first) {
			for i := range min(len(ops), len(first)) {
				if ops[i] != first[i] {
					t.Fatalf("%d operations, then %d: %q, then %q", len(first), len(ops), first[i], ops[i])
				}
			}
			t.Fatalf("%d operations, then %d", len(first), len(ops))
		}
	}
}
