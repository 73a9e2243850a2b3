//go:build !windows

package local

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

const lockDirs = true

func tryLock(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return errBusy
	}
	return err
}
