package durable

import (
	"errors"
	"os"
)

// ErrBusy is what TryLock returns while another process holds the file.
var ErrBusy = errors.New("held by another process")

// LockDirs says whether this system can lock an opened directory too.
const LockDirs = lockDirs

// TryLock takes the system's lock on an open file, or ErrBusy at once. Closing
// the file frees it, and so does the end of the process.
func TryLock(f *os.File) error { return lock(f, false) }

// Lock is TryLock for work of milliseconds: it waits for its turn.
func Lock(f *os.File) error { return lock(f, true) }
