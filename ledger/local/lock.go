package local

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
)

// lock takes the writer's lock without waiting. It is the system's own, so a
// process that dies frees it.
func lock(guard, dir string) ([]*os.File, error) {
	var files []*os.File
	fail := func(place string, err error) ([]*os.File, error) {
		for _, f := range files {
			f.Close()
		}
		if errors.Is(err, durable.ErrBusy) {
			return nil, fault.New("ledger.locked", place, "another writer at work", "one writer").Of(fault.Unreachable)
		}
		return nil, fault.Wrap("ledger.unreadable", place, err).Of(fault.Unreachable)
	}
	name := filepath.Join(guard, "lock")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fail(name, err)
	}
	files = append(files, f)
	if err := durable.TryLock(f); err != nil {
		return fail(name, err)
	}
	if !durable.LockDirs {
		return files, nil
	}
	// Another guard directory must not make room for a second writer.
	if f, err = os.Open(dir); err != nil {
		return fail(dir, err)
	}
	files = append(files, f)
	if err := durable.TryLock(f); err != nil {
		return fail(dir, err)
	}
	return files, nil
}
