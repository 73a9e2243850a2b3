package ledger

import (
	"strings"
	"testing"
)

// TestEachPanic: a panic on any of the processors comes to whoever asked.
func TestEachPanic(t *testing.T) {
	for _, at := range []uint64{0, 7, 999} {
		var came any
		func() {
			defer func() { came = recover() }()
			(&auditor{rep: &Report{}}).each(1000, func(n uint64) {
				if n == at {
					panic("a bug")
				}
			})
		}()
		if text, ok := came.(string); !ok || !strings.HasPrefix(text, "a bug\n") || !strings.Contains(text, "audit_panic_test.go") {
			t.Errorf("at %d: %v", at, came)
		}
	}
}
