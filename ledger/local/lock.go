package local

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
)

// holderName, beside the lock, says who took it last: a file of its own, for
// some systems let nobody read one that is locked.
const holderName = "holder"

const lockName = "lock"

// Holder is who holds the lock of a guard directory, "" if nobody does: it is
// tried, and freed at once, for a writer that died has left its name.
func Holder(guard string) string {
	lock, err := os.OpenFile(filepath.Join(guard, lockName), os.O_RDWR, 0)
	if err != nil {
		return ""
	}
	defer lock.Close() // which frees it
	if !errors.Is(tryLock(lock, shortly), durable.ErrBusy) {
		return ""
	}
	f, err := os.Open(filepath.Join(guard, holderName))
	if err != nil {
		return ""
	}
	defer f.Close()
	data, _ := io.ReadAll(io.LimitReader(f, 400)) // what cannot be read is not told
	return strings.TrimSpace(strings.ToValidUTF8(string(data), "?"))
}

// tryLock tries again some times: whoever asks for the holder has the lock for a
// moment, and so has a child that is being started, before it lets go of what it
// was not meant to inherit.
func tryLock(f *os.File, pause func()) (err error) {
	for range 6 {
		if err = durable.TryLock(f); !errors.Is(err, durable.ErrBusy) {
			return err
		}
		pause()
	}
	return err
}

func shortly() { time.Sleep(4 * time.Millisecond) }

// lock takes the writer's lock without waiting. It is the system's own, so a
// process that dies frees it. writer is noted for the next one to be told; that
// is a courtesy, so it is neither durable nor is its failure one of the lock. It
// is noted last: who does not get all of it names nobody.
func lock(guard, dir, writer string) ([]*os.File, error) {
	var files []*os.File
	fail := func(place string, err error) ([]*os.File, error) {
		for _, f := range files {
			f.Close()
		}
		if errors.Is(err, durable.ErrBusy) {
			return nil, fault.New("ledger.locked", place, Holder(guard), "one writer").Of(fault.Unreachable)
		}
		return nil, fault.Wrap("ledger.unreadable", place, err).Of(fault.Unreachable)
	}
	name := filepath.Join(guard, lockName)
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fail(name, err)
	}
	files = append(files, f)
	if err := tryLock(f, shortly); err != nil {
		return fail(name, err)
	}
	if durable.LockDirs { // another guard directory must not make room for a second writer
		if f, err = os.Open(dir); err != nil {
			return fail(dir, err)
		}
		files = append(files, f)
		if err := tryLock(f, shortly); err != nil {
			return fail(dir, err)
		}
	}
	if writer != "" {
		_ = os.WriteFile(filepath.Join(guard, holderName), []byte(writer+"\n"), 0o600)
	}
	return files, nil
}
