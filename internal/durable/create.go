package durable

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
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
	// A folder of one page is not kept open: its page is reached through the
	// folder above.
	dir, rest := path.Dir(name), path.Base(name)
	leaf := ""
	if rest == "index.html" && dir != "." {
		leaf, rest = dir, path.Base(dir)+"/"+rest
		dir = path.Dir(dir)
	}
	sub, err := d.use(dir)
	if err != nil {
		return false, err
	}
	defer d.using.RUnlock()
	if leaf != "" {
		if err := d.leaf(sub, leaf); err != nil {
			return false, err
		}
	}
	created = true
	err = d.do("create", name, func() error {
		f, err := sub.OpenFile(filepath.FromSlash(rest), os.O_WRONLY|os.O_CREATE|os.O_EXCL, d.fileMode())
		if errors.Is(err, fs.ErrExist) {
			created = false
			return nil
		}
		if err != nil {
			return err
		}
		_, err = f.Write(data)
		return errors.Join(err, f.Close())
	})
	if created && err == nil {
		d.marking.Lock()
		defer d.marking.Unlock()
		d.dirty(path.Dir(name))
		d.mark(name)
	}
	return created, err
}

// leaf makes a folder that holds one page, unless it stands.
func (d *Dir) leaf(up *os.Root, dir string) error {
	if _, err := up.Lstat(path.Base(dir)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err := d.do("mkdir", dir, func() error { return up.Mkdir(path.Base(dir), d.dirMode()) })
	d.marking.Lock()
	defer d.marking.Unlock()
	d.dirty(path.Dir(dir))
	return err
}

// use returns the handle of a directory with d.using held for reading.
func (d *Dir) use(dir string) (*os.Root, error) {
	for {
		d.using.RLock()
		if sub, ok := d.subs[dir]; ok {
			return sub, nil
		}
		d.using.RUnlock()
		d.using.Lock()
		d.trim()
		_, err := d.sub(dir)
		d.using.Unlock()
		if err != nil {
			return nil, err
		}
	}
}
