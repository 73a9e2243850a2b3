package office

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/ledger"
)

// restoredName marks a folder that came out of a backup: the ledger may have
// gone on since, and a second history would be a fork (账本分叉).
//
//	sunlot restored/v1
//	size 6
//	root 64 hexadecimal digits
const restoredName = "private/restored"

const restoredForm = "sunlot restored/v1\nsize %d\nroot %s\n"

// staging is where a restore stands until it is whole.
const staging = ".restoring"

// Restore unpacks a backup into a folder that is missing or empty, whole or
// not at all. Nothing can be written there until Adopt.
//
// The second place of the guard stays where office.toml says if that is a path
// of this machine, and refuses by itself when it has seen more than the backup
// holds; elsewhere it is restored inside the folder.
func Restore(file, dir string, src *keyring.Source) error {
	f, err := os.Open(file)
	if err != nil {
		return fault.Wrap("office.unreadable", file, err).Of(fault.Unreachable)
	}
	defer f.Close()
	if dir, err = filepath.Abs(dir); err != nil {
		return fault.Wrap("office.unwritable", dir, err).Of(fault.Unreachable)
	}
	if err := vacant(dir, staging); err != nil {
		return err
	}
	var r io.Reader
	err = src.Try("请输入口令，或恢复单上的恢复密钥", func(secret string) error {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return fault.Wrap("office.unreadable", file, err).Of(fault.Unreachable)
		}
		r, err = keyring.OpenArchive(f, secret, src.Person)
		return err
	})
	if err != nil {
		return err
	}
	undo, err := makeAll(dir, 0o755)
	if err == nil {
		err = restoreInto(r, dir)
	}
	if err != nil {
		undo() // the same command may be run with another copy
	}
	return err
}

// restoreInto fills a staging folder within dir and moves it out, office.toml
// last: without it the folder is no office, and a crash before is cleared by
// the next restore.
func restoreInto(r io.Reader, dir string) (err error) {
	stage := filepath.Join(dir, staging)
	placed := []string{}
	defer func() {
		if err != nil {
			for _, name := range append(placed, staging) {
				err = errors.Join(err, os.RemoveAll(filepath.Join(dir, name)))
			}
		}
	}()
	if _, err := os.Lstat(stage); err == nil { // the folder was empty when that one began
		for _, name := range append(slices.Clone(ours), staging) {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				return fault.Wrap("office.unwritable", dir, err).Of(fault.Unreachable)
			}
		}
	}
	if err := os.Mkdir(stage, 0o700); err != nil {
		return fault.Wrap("office.unwritable", dir, err).Of(fault.Unreachable)
	}
	o := &Office{Dir: stage, Config: Config{Guard: "guard"}}
	if err := keyring.UnpackTrees(r, o.trees(), keyring.Limits{}); err != nil {
		return err
	}
	if o, err = Open(stage); err != nil {
		return err
	}
	if err := o.markRestored(); err != nil {
		return err
	}
	if err := o.rehome(); err != nil {
		return err
	}
	for _, name := range []string{"inbox", "outbox"} {
		if err := os.Mkdir(o.path(name), 0o755); err != nil {
			return fault.Wrap("office.unwritable", dir, err).Of(fault.Unreachable)
		}
	}
	for _, name := range append(slices.Clone(ours), ConfigName) {
		if _, err := os.Lstat(o.path(name)); errors.Is(err, fs.ErrNotExist) {
			continue // guard/, where the second place is elsewhere
		}
		placed = append(placed, name)
		if err := os.Rename(o.path(name), filepath.Join(dir, name)); err != nil {
			return fault.Wrap("office.unwritable", dir, err).Of(fault.Unreachable)
		}
	}
	if err := errors.Join(os.Remove(stage), durable.SyncDir(dir)); err != nil {
		return fault.Wrap("office.unwritable", dir, err).Of(fault.Unreachable)
	}
	return nil
}

// rehome settles where the restored folder's guard has its second place. One
// that stands on this machine may know more than the backup: the copy goes.
func (o *Office) rehome() error {
	if filepath.IsAbs(o.Config.Guard) {
		if st, err := os.Stat(o.Config.Guard); err == nil && st.IsDir() {
			if err := os.RemoveAll(o.path("guard")); err != nil {
				return fault.Wrap("office.unwritable", o.Dir, err).Of(fault.Unreachable)
			}
			return nil
		}
	}
	if o.Config.Guard == "guard" {
		return nil
	}
	o.Config.Guard = "guard"
	return o.put([]privateFile{{ConfigName, o.Config.format()}}, 0o644)
}

// markRestored writes the marker with what the backup's checkpoint says; a
// ledger without a sound one is marked with size 0, for it is the only one left.
func (o *Office) markRestored() error {
	var size uint64
	root := ""
	if ring, err := keyring.Open(o.keyDir()); err == nil {
		if msg, err := os.ReadFile(filepath.Join(o.Public(), "checkpoint")); err == nil {
			if c, _, err := ledger.OpenCheckpoint(msg, ring.Log); err == nil {
				size, root = c.Size, hex.EncodeToString(c.Root[:])
			}
		}
	}
	return o.put([]privateFile{{restoredName, fmt.Appendf(nil, restoredForm, size, root)}}, 0o600)
}

// Restored is an error (office.restored) for a folder that came out of a
// backup and was not adopted since; nil for every other.
func (o *Office) Restored() error {
	data, err := os.ReadFile(o.path(filepath.FromSlash(restoredName)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.Wrap("office.unreadable", restoredName, err).Of(fault.Unreachable)
	}
	// A marker that was edited marks all the same.
	size, root := "", ""
	if lines := strings.Split(string(data), "\n"); len(lines) == 4 {
		size, root = strings.TrimPrefix(lines[1], "size "), strings.TrimPrefix(lines[2], "root ")
	}
	if n, err := strconv.ParseUint(size, 10, 64); err != nil || string(data) != fmt.Sprintf(restoredForm, n, root) {
		size, root = "", ""
	}
	return fault.New("office.restored", o.Dir, size, root)
}

// adopted takes the marker away.
func (o *Office) adopted() error {
	name := o.path(filepath.FromSlash(restoredName))
	err := os.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = durable.SyncDir(filepath.Dir(name))
	}
	if err != nil {
		return fault.Wrap("office.unwritable", name, err).Of(fault.Unreachable)
	}
	return nil
}

// ours are the names that init and restore make in an office's folder, before
// office.toml makes it one.
var ours = []string{"private", "guard", "ledger", "content", "inbox", "outbox"}

// vacant refuses a folder in which anything stands but names that may, and
// one that is no folder. What stands there is listed.
func vacant(dir string, may ...string) error {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.Wrap("office.unwritable", dir, err).Of(fault.Unreachable)
	}
	var names []string
	begun := false // what a crash left of ours
	for _, e := range list {
		if e.Name() == ConfigName {
			return fault.New("office.exists", dir, ConfigName, "").Of(fault.Usage)
		}
		if begun = begun || slices.Contains(may, e.Name()); !slices.Contains(may, e.Name()) {
			names = append(names, e.Name())
		}
	}
	if begun {
		names = slices.DeleteFunc(names, func(n string) bool { return slices.Contains(ours, n) })
	}
	if len(names) == 0 {
		return nil
	}
	shown := names[:min(len(names), 8)]
	got := strings.Join(shown, "、")
	if len(names) > len(shown) {
		got += fmt.Sprintf(" 等 %d 项", len(names))
	}
	return fault.New("office.not-empty", dir, got, "").Of(fault.Usage)
}

// makeAll makes a folder and those above it. undo takes away again what it
// made and what is still empty.
func makeAll(dir string, mode os.FileMode) (undo func(), err error) {
	var made []string
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(d); err == nil || d == filepath.Dir(d) {
			break
		}
		made = append(made, d)
	}
	undo = func() {
		for _, d := range made {
			_ = os.Remove(d) // one that is not empty stays
		}
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		return undo, fault.Wrap("office.unwritable", dir, err).Of(fault.Unreachable)
	}
	return undo, nil
}
