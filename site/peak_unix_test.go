//go:build unix

package site

import (
	"os"
	"runtime"
	"syscall"
)

// peakOf is the most memory that a process had, in MiB.
func peakOf(p *os.ProcessState) float64 {
	r, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return float64(r.Maxrss) / (1 << 20) // bytes there
	}
	return float64(r.Maxrss) / 1024
}
