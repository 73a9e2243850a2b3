package durable

import (
	"errors"
	"io/fs"
	"os"
	"path"
)

// Create writes the file name (slash separated, directories are made) under its
// own name, if nothing stands there; created is false, and nothing is changed,
// where something does. It is durable after the next Sync. Readers may see the
// file while it grows and a crash may leave the half of it, so it is for names
// that nothing points to yet, in work that is repeated and compared after a
// crash; it costs a third of Put. Several goroutines may call it at a time, but
// nothing else beside it.
func (d *Dir) Create(name string, data []byte) (created bool, err error) {
	if !fs.ValidPath(name) || name == "." {
		return false, &fs.PathError{Op: "create", Path: name, Err: fs.ErrInvalid}
	}
	dir, base := path.Dir(name), path.Base(name)
	sub, err := d.use(dir)
	if err != nil {
		return false, err
	}
	defer d.using.RUnlock()
	err = d.do("create", name, func() (err error) {
		created, err = sub.create(base, d.fileMode(), data)
		return err
	})
	if created && err == nil {
		d.marking.Lock()
		defer d.marking.Unlock()
		d.dirty(dir)
		d.mark(name)
	}
	return created, err
}

// Doubt notes a file that stands there from work that was cut short: nobody knows
// whether it is durable, and after the next Sync it is, with the directories that
// lead to it. Several goroutines may call it at a time, also beside Create.
func (d *Dir) Doubt(name string) {
	d.using.RLock()
	defer d.using.RUnlock()
	d.marking.Lock()
	defer d.marking.Unlock()
	dir := path.Dir(name)
	for ; dir != "."; dir = path.Dir(dir) {
		d.dirty(dir)
	}
	d.dirty(dir)
	d.mark(name)
}

// folder is an open directory.
type folder struct {
	*os.Root
	list *os.File // the same for calls that take a descriptor, once Create has used it
}

func (f folder) Close() error {
	if f.list != nil {
		return errors.Join(f.list.Close(), f.Root.Close())
	}
	return f.Root.Close()
}

// use returns the handle of a directory for Create, with d.using held for
// reading.
func (d *Dir) use(dir string) (folder, error) {
	for {
		d.using.RLock()
		if sub := d.subs[dir]; sub.list != nil {
			return sub, nil
		}
		d.using.RUnlock()
		if err := d.ready(dir); err != nil {
			return folder{}, err
		}
	}
}

func (d *Dir) ready(dir string) error {
	d.using.Lock()
	defer d.using.Unlock()
	d.trim()
	sub, err := d.sub(dir)
	if err == nil && sub.list == nil {
		if sub.list, err = sub.Open("."); err == nil {
			d.subs[dir] = sub
		}
	}
	return err
}
