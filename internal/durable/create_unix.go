//go:build !windows

package durable

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// create is one file of a name without a slash. It goes past os.File, whose
// making costs half of what the file system takes for a page: nothing waits for
// this file, and nobody else holds it.
func (f folder) create(base string, mode os.FileMode, data []byte) (created bool, err error) {
	fail := func(op string, err error) error { return &fs.PathError{Op: op, Path: base, Err: err} }
	fd := -1
	err = again(func() (err error) {
		fd, err = unix.Openat(int(f.list.Fd()), base, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, uint32(mode.Perm()))
		return err
	})
	switch {
	case errors.Is(err, unix.EEXIST):
		return false, nil
	case err != nil:
		return false, fail("create", err)
	}
	for len(data) > 0 {
		n := 0
		if err = again(func() (err error) { n, err = unix.Write(fd, data); return err }); err != nil {
			break
		}
		data = data[n:]
	}
	if cerr := unix.Close(fd); err == nil && !errors.Is(cerr, unix.EINTR) { // closed all the same
		err = cerr
	}
	if err != nil {
		return true, fail("write", err)
	}
	return true, nil
}

// again calls what a signal interrupted once more.
func again(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
