// Package durable writes files that are still there, whole, after the power
// is cut: temporary name, fsync, rename, fsync of the directory.
//
// WriteFile does this for one file anywhere. Dir does it for a tree of files
// behind an os.Root, so that no name leads outside, and in two manners:
//
//	Replace(name, data)   whole, visible and durable when it returns
//	Put(name, data) …     whole and visible when it returns
//	PutFrom(name, write)  the same for a file too large to be held
//	Create(name, data)    the same for a name that must not stand there, in one step
//	Sync()                every Put and Create so far is durable when it returns
//
// Put is for many files that something else can write again after a crash
// (the ledger keeps the batch in one durable file until then); it costs no
// fsync, and one Sync for hundreds of files lets the file system join them.
//
// Temporary names are the name plus ".tmp": whoever repeats a write that a
// crash cut short also clears what it left. One writer a tree, therefore: the
// caller holds the lock.
package durable

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"sync"
)

// TempSuffix is what a name carries while its file is being written.
const TempSuffix = ".tmp"

// Hook stands around every operation that changes a Dir: op is one of mkdir,
// create, write, writesync (durable content, temporary name), rename, sync, syncdir,
// remove; do performs it. Tests count
// operations, end the process at one, or fail it before or after do. A nil
// hook performs. It is called from several goroutines during Create and Sync.
type Hook func(op, name string, do func() error) error

// Options of a Dir. The zero value makes public files.
type Options struct {
	Private bool // files 0600 and directories 0700, else 0644 and 0755
	Hook    Hook
}

// maxOpen bounds the directory handles kept between operations.
const maxOpen = 128

// syncers is how many files are synced at a time: the file system joins their
// journal commits.
const syncers = 4

// Dir is a tree of files under one directory. Its methods are for one
// goroutine at a time, but for Create and Doubt.
type Dir struct {
	root  *os.Root
	opt   Options
	subs  map[string]folder // opened directories by slash path, "." is root
	files map[string]bool   // put, not yet synced
	dirs  map[string]bool   // directories with new names, not yet synced
	seen  map[string]bool   // directories whose own name was marked once, when distrusted
	whole bool              // so much was put that the whole file system is synced: files and dirs are not kept

	distrust bool
	using    sync.RWMutex // held for reading while Create uses a handle of subs
	marking  sync.Mutex   // of files and dirs during Create
}

// Open makes dir if it is missing (its parent must exist) and opens it.
func Open(dir string, opt Options) (*Dir, error) {
	d := &Dir{opt: opt, files: map[string]bool{}, dirs: map[string]bool{}, seen: map[string]bool{}}
	err := os.Mkdir(dir, d.dirMode())
	if err == nil {
		err = SyncDir(filepath.Dir(dir))
	} else if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	if d.root, err = os.OpenRoot(dir); err != nil {
		return nil, err
	}
	d.subs = map[string]folder{".": {Root: d.root}}
	return d, nil
}

// FS reads the tree. It does not follow links that lead outside.
func (d *Dir) FS() fs.FS { return d.root.FS() }

// Distrust is called before work that a crash cut short is repeated: a
// directory that stands there may never have been synced into its parent, so
// from now on each one that is used is synced once.
func (d *Dir) Distrust() { d.distrust = true }

// Close frees the handles. What was Put and not synced is not made durable.
func (d *Dir) Close() error {
	d.closeSubs()
	return d.subs["."].Close()
}

// Put writes the file name (slash separated, directories are made) under its
// temporary name and renames it. It is durable after the next Sync.
func (d *Dir) Put(name string, data []byte) error {
	sub, base, err := d.open(name)
	if err != nil {
		return err
	}
	if err := d.write(sub, name, base, data, false); err != nil {
		return err
	}
	return d.named(sub, name, base)
}

// PutFrom is Put of a file too large to be held: write is handed a buffer before
// the temporary file. Where it fails nothing stands under the name. While write
// runs other methods may be called, for other names.
func (d *Dir) PutFrom(name string, write func(io.Writer) error) error {
	sub, base, err := d.open(name)
	if err != nil {
		return err
	}
	var f *os.File
	err = d.do("write", name, func() (err error) {
		f, err = sub.OpenFile(base+TempSuffix, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, d.fileMode())
		return err
	})
	if err != nil {
		if f != nil {
			f.Close()
		}
		return err
	}
	w := bufio.NewWriterSize(f, streamBuffer) // the hook is not held while write runs
	if err = write(w); err == nil {
		err = w.Flush()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = d.root.Remove(filepath.FromSlash(name + TempSuffix))
		return err
	}
	if sub, base, err = d.open(name); err != nil { // the handle may have gone meanwhile
		return err
	}
	return d.named(sub, name, base)
}

// named gives a written file its own name and marks it for Sync.
func (d *Dir) named(sub *os.Root, name, base string) error {
	if err := d.rename(sub, name, base); err != nil {
		return err
	}
	d.mark(name)
	return nil
}

// streamBuffer is how much PutFrom gathers before it writes.
const streamBuffer = 64 << 10

// Replace writes the file name so that at every moment, also after a power
// cut, either the old or the new content stands there, and returns when the
// new one is durable.
func (d *Dir) Replace(name string, data []byte) error {
	sub, base, err := d.open(name)
	if err != nil {
		return err
	}
	if err := d.write(sub, name, base, data, true); err != nil {
		return err
	}
	if err := d.rename(sub, name, base); err != nil {
		return err
	}
	// Directories made on the way are dirty too; files that were only Put stay so.
	d.dirs[path.Dir(name)] = true
	return d.syncDirs()
}

// Remove deletes a file or a whole directory; a missing one is no error. It is
// durable after the next Sync or Replace.
func (d *Dir) Remove(name string) error {
	if _, err := d.root.Lstat(filepath.FromSlash(name)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for dir, sub := range d.subs {
		if dir != "." && (dir == name || within(dir, name)) {
			sub.Close()
			delete(d.subs, dir)
		}
	}
	for dir := range d.seen {
		if dir == name || within(dir, name) {
			delete(d.seen, dir)
		}
	}
	for f := range d.files {
		if f == name || within(f, name) {
			delete(d.files, f)
		}
	}
	for f := range d.dirs {
		if f == name || within(f, name) {
			delete(d.dirs, f)
		}
	}
	d.dirty(path.Dir(name))
	return d.do("remove", name, func() error { return d.root.RemoveAll(filepath.FromSlash(name)) })
}

// Sync makes every Put so far durable: the files, then their directories.
func (d *Dir) Sync() error {
	if d.whole {
		if _, err := d.syncAll(); err != nil {
			return err
		}
		d.whole = false
		clear(d.dirs)
		return nil
	}
	names := sorted(d.files)
	if err := d.syncFiles(names); err != nil {
		return err
	}
	clear(d.files)
	return d.syncDirs()
}

// mark notes a file for Sync; its directory is marked where its name is made.
// Beyond manyFiles the file system is synced as a whole, directories with it,
// so memory does not grow with the files.
func (d *Dir) mark(name string) {
	if d.whole {
		return
	}
	d.files[name] = true
	if len(d.files) >= manyFiles {
		d.whole = true
		clear(d.files)
	}
}

// dirty notes a directory with a new name in it.
func (d *Dir) dirty(dir string) {
	if !d.whole {
		d.dirs[dir] = true
	}
}

func (d *Dir) syncFiles(names []string) error {
	if len(names) <= syncers {
		for _, name := range names {
			if err := d.syncFile(name); err != nil {
				return err
			}
		}
		return nil
	}
	var wg sync.WaitGroup
	errs := make([]error, syncers)
	for w := range syncers {
		wg.Go(func() {
			for i := w; i < len(names) && errs[w] == nil; i += syncers {
				errs[w] = d.syncFile(names[i])
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// syncFile opens the file again: an fsync of any handle flushes the file, and
// hundreds of handles need not stay open. Windows asks for a writable one.
func (d *Dir) syncFile(name string) error {
	return d.do("sync", name, func() error {
		f, err := d.root.OpenFile(filepath.FromSlash(name), os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}

func (d *Dir) syncDirs() error {
	for _, dir := range sorted(d.dirs) {
		d.trim()
		err := d.do("syncdir", dir, func() error {
			sub, err := d.sub(dir)
			if err != nil {
				return err
			}
			f, err := sub.Open(".")
			if err != nil {
				return err
			}
			return errors.Join(syncHandle(f), f.Close())
		})
		if err != nil {
			return err
		}
		delete(d.dirs, dir)
	}
	return nil
}

func (d *Dir) write(sub *os.Root, name, base string, data []byte, sync bool) error {
	op := "write"
	if sync {
		op = "writesync"
	}
	return d.do(op, name, func() error {
		f, err := sub.OpenFile(base+TempSuffix, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, d.fileMode())
		if err != nil {
			return err
		}
		_, err = f.Write(data)
		if err == nil && sync {
			err = f.Sync()
		}
		return errors.Join(err, f.Close())
	})
}

func (d *Dir) rename(sub *os.Root, name, base string) error {
	d.dirty(path.Dir(name))
	return d.do("rename", name, func() error { return sub.Rename(base+TempSuffix, base) })
}

// open returns the directory of name, making it if it is missing.
func (d *Dir) open(name string) (*os.Root, string, error) {
	if !fs.ValidPath(name) || name == "." {
		return nil, "", &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	d.trim()
	sub, err := d.sub(path.Dir(name))
	return sub.Root, path.Base(name), err
}

func (d *Dir) sub(dir string) (folder, error) {
	if r, ok := d.subs[dir]; ok {
		return r, nil
	}
	up, err := d.sub(path.Dir(dir))
	if err != nil {
		return folder{}, err
	}
	base := path.Base(dir)
	if _, err := up.Lstat(base); errors.Is(err, fs.ErrNotExist) {
		d.dirs[path.Dir(dir)] = true
		if err := d.do("mkdir", dir, func() error { return up.Mkdir(base, d.dirMode()) }); err != nil {
			return folder{}, err
		}
	}
	if d.distrust && !d.seen[dir] {
		d.seen[dir] = true
		d.dirs[path.Dir(dir)] = true
	}
	r, err := up.OpenRoot(base)
	if err != nil {
		return folder{}, err
	}
	d.subs[dir] = folder{Root: r}
	return d.subs[dir], nil
}

func (d *Dir) trim() {
	if len(d.subs) > maxOpen {
		d.closeSubs()
	}
}

func (d *Dir) closeSubs() {
	for dir, sub := range d.subs {
		if dir != "." {
			sub.Close()
			delete(d.subs, dir)
		}
	}
}

func (d *Dir) do(op, name string, do func() error) error {
	if d.opt.Hook == nil {
		return do()
	}
	return d.opt.Hook(op, name, do)
}

func (d *Dir) fileMode() fs.FileMode {
	if d.opt.Private {
		return 0o600
	}
	return 0o644
}

func (d *Dir) dirMode() fs.FileMode {
	if d.opt.Private {
		return 0o700
	}
	return 0o755
}

// within says whether name lies under the directory dir.
func within(name, dir string) bool {
	return len(name) > len(dir) && name[len(dir)] == '/' && name[:len(dir)] == dir
}

func sorted(m map[string]bool) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
