package site

import (
	"runtime/debug"
	"runtime/metrics"
)

// spare is how much garbage a build may gather above the bundle that it reads.
const spare = 128 << 20

// frugal lets the collector run when the garbage of pages reaches spare, and not
// only when it is as large as the bundle; what it returns puts things back.
func frugal() func() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	n := live[0].Value.Uint64()
	if n <= spare {
		return func() {}
	}
	old := debug.SetGCPercent(int(max(5, spare*100/n)))
	return func() { debug.SetGCPercent(old) }
}
