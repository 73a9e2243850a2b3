package site

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
)

// marker names the file by which a folder shows that it was made here, so that
// a build never tidies up somebody else's folder.
const marker = "sunlot-site.txt"

const markerText = "本文件夹由 sunlot build 生成，每次生成都会删除不属于网站的文件。请不要在这里存放别的东西。\n"

// DirOptions of a folder. The zero value is a folder of one site alone.
type DirOptions struct {
	Shared bool         // the folder also holds what others put there (a portal): nothing is deleted
	Hook   durable.Hook // tests: stands around every change of the disk
}

// Dir is an Out that writes into a folder. Each file appears whole, by rename;
// a file that is already right is not touched; what no longer belongs there
// goes only in Finish, after everything new stands. No name leads out of it.
type Dir struct {
	Written, Same, Removed int // files so far

	dir    *durable.Dir
	fsys   fs.FS
	shared bool
	names  map[string]bool
}

// OpenDir opens the folder, which it makes if its parent is there. It refuses
// one that holds anything and was not made by OpenDir (site.foreign-folder).
func OpenDir(name string, opt DirOptions) (*Dir, error) {
	dir, err := durable.Open(name, durable.Options{Hook: opt.Hook})
	if err != nil {
		return nil, fault.Wrap("site.folder-open", name, err).Of(fault.Unreachable)
	}
	d := &Dir{dir: dir, fsys: dir.FS(), shared: opt.Shared, names: map[string]bool{}}
	if opt.Shared {
		return d, nil
	}
	if err := d.own(name); err != nil {
		dir.Close()
		return nil, err
	}
	return d, nil
}

func (d *Dir) own(name string) error {
	list, err := fs.ReadDir(d.fsys, ".")
	if err != nil {
		return fault.Wrap("site.folder-open", name, err).Of(fault.Unreachable)
	}
	// A crash may have come before the marker stood under its name.
	begun := len(list) == 1 && list[0].Name() == marker+durable.TempSuffix
	if text, err := fs.ReadFile(d.fsys, marker); len(list) > 0 && !begun && (err != nil || string(text) != markerText) {
		return fault.New("site.foreign-folder", name, list[0].Name(), marker).Of(fault.Usage)
	}
	return d.Put(marker, []byte(markerText))
}

// Put writes one file unless it stands there already.
func (d *Dir) Put(name string, data []byte) error {
	if !fs.ValidPath(name) || name == "." || strings.Contains(name, "\\") {
		return fault.New("site.file-name", name, "", "a relative path")
	}
	if d.names[name] {
		return fault.New("site.twice", name, "two files of one name", "one")
	}
	d.names[name] = true
	same, err := d.same(name, data)
	if err != nil {
		return err
	}
	if same {
		d.Same++
		return nil
	}
	if err := d.dir.Put(name, data); err != nil {
		return fault.Wrap("site.write", name, err).Of(fault.Unreachable)
	}
	d.Written++
	return nil
}

// same reports whether exactly data stands under name. What is no regular file
// there (a link, a directory where a file must be) is taken away.
func (d *Dir) same(name string, data []byte) (bool, error) {
	info, err := fs.Lstat(d.fsys, name)
	if err != nil {
		return false, nil // missing, or a part of the way is no folder: Put says so
	}
	if !info.Mode().IsRegular() {
		if err := d.dir.Remove(name); err != nil {
			return false, fault.Wrap("site.write", name, err).Of(fault.Unreachable)
		}
		return false, nil
	}
	if info.Size() != int64(len(data)) {
		return false, nil
	}
	old, err := fs.ReadFile(d.fsys, name)
	return err == nil && bytes.Equal(old, data), nil
}

// Finish deletes what is no file of the site, then makes everything durable.
// Call it after a build without error. A crash before it leaves a whole site
// with leftovers, which the next Finish deletes.
func (d *Dir) Finish() error {
	if !d.shared {
		if err := d.prune(); err != nil {
			return err
		}
	}
	if err := d.dir.Sync(); err != nil {
		return fault.Wrap("site.write", ".", err).Of(fault.Unreachable)
	}
	return nil
}

func (d *Dir) prune() error {
	kept := map[string]bool{".": true}
	for name := range d.names {
		for ; name != "."; name = path.Dir(name) {
			kept[name] = true
		}
	}
	var stale []string
	err := fs.WalkDir(d.fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || kept[name] {
			return err
		}
		stale = append(stale, name)
		if e.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap("site.folder-open", ".", err).Of(fault.Unreachable)
	}
	for _, name := range stale {
		if err := d.dir.Remove(name); err != nil {
			return fault.Wrap("site.write", name, err).Of(fault.Unreachable)
		}
		d.Removed++
	}
	return nil
}

// Close frees the folder. Without Finish nothing was deleted.
func (d *Dir) Close() error { return d.dir.Close() }
