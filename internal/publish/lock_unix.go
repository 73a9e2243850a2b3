//go:build !windows

package publish

import (
	"errors"
	"os"
	"syscall"

	"github.com/sunlot/sunlot/internal/fault"
)

// lock takes the folder for one run, without waiting. It is the system's own,
// so a process that dies frees it.
func lock(dir string) (release func(), err error) {
	f, err := os.Open(dir)
	if err == nil {
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
			return func() { f.Close() }, nil
		}
		f.Close()
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fault.New("publish.busy", dir, "", "").Of(fault.Unreachable)
	}
	return nil, fault.Wrap("publish.unwritable", dir, err).Of(fault.Unreachable)
}
