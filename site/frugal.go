package site

import (
	"runtime/debug"
	"runtime/metrics"
)

// spare is how much memory a build may take above what is used when it begins,
// which is the bundle.
const spare = 245 << 20

// frugal lets the collector run when the garbage of pages has filled spare; left
// to itself it would wait until there is as much garbage as bundle. What it
// returns puts things back.
func frugal() func() {
	m := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}, {Name: "/memory/classes/heap/free:bytes"}}
	metrics.Read(m)
	used := m[0].Value.Uint64() - m[1].Value.Uint64() - m[2].Value.Uint64()
	old := debug.SetMemoryLimit(-1)
	debug.SetMemoryLimit(min(old, int64(used)+spare))
	percent := debug.SetGCPercent(400)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(old)
	}
}
