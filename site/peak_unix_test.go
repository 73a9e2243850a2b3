//go:build unix

package site

import (
	"os"
	"runtime"
	"syscall"
	"time"
)

// cpuTime is what this process has used of the processors.
func cpuTime() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

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
