package publish

import (
	"errors"
	"path/filepath"
	"syscall"

	"github.com/sunlot/sunlot/internal/fault"
)

// lock takes the folder for one run, without waiting: a file that nobody else
// may open, which the system removes when its handle is closed, also when the
// process dies. Windows locks files, not folders.
func lock(dir string) (release func(), err error) {
	const (
		deleteOnClose    = 0x04000000 // FILE_FLAG_DELETE_ON_CLOSE
		deleteAccess     = 0x00010000
		sharingViolation = syscall.Errno(32)
	)
	name, err := syscall.UTF16PtrFromString(filepath.Join(dir, ".sunlot-lock"))
	if err != nil {
		return nil, fault.Wrap("publish.unwritable", dir, err).Of(fault.Unreachable)
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE|deleteAccess, 0, nil, syscall.OPEN_ALWAYS,
		syscall.FILE_ATTRIBUTE_NORMAL|deleteOnClose, 0)
	if errors.Is(err, sharingViolation) {
		return nil, fault.New("publish.busy", dir, "", "").Of(fault.Unreachable)
	}
	if err != nil {
		return nil, fault.Wrap("publish.unwritable", dir, err).Of(fault.Unreachable)
	}
	return func() { _ = syscall.CloseHandle(h) }, nil
}
