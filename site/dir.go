package site

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
)

// marker names the file by which a folder shows that it was made here, so that
// a build never tidies up somebody else's folder.
const marker = "sunlot-site.txt"

const markerText = "本文件夹由 sunlot build 生成，每次生成都会删除不属于网站的文件。请不要在这里存放别的东西。\n"

// DirOptions of a folder.
type DirOptions struct {
	All  bool         // compare every file with what stands there, also those of blocks that are the same
	Hook durable.Hook // tests: stands around every change of the disk
}

// Dir is an Out that writes into a folder. A file that is already right is not
// touched; one that changes does so whole, by rename; one that is new is
// written under its own name, for nothing points to it yet. What no longer
// belongs there goes only in Finish, after everything new stands. No name leads
// out of the folder.
//
// It remembers blocks from one build to the next (manifest). From before the first
// change until Finish a note stands in the folder (buildingName); where a build
// finds it, or no list that it can trust, every file is compared and the whole
// folder is looked through for what does not belong there. Otherwise only what
// the list names is looked at: a file that somebody changed, added or took away
// by hand is found with All.
type Dir struct {
	Written, Same, Removed int // files so far

	dir   *durable.Dir
	fsys  fs.FS
	names *nameSet  // of what was put, and of kept blocks that were named
	old   *manifest // nil: not to be trusted
	next  *building

	mu     sync.Mutex   // of the counts, old, held, left and begun
	held   []blockRef   // kept blocks of runs that were made again
	left   []blockRef   // blocks of such runs that were not kept
	twice  string       // a name that was put and stands in a kept block
	change sync.RWMutex // held for reading while new files are created, for writing by any other change
	begun  bool         // buildingName stands
	fresh  bool         // nothing stood in the folder: what is put is new
	unsure bool         // a build was cut short: what stands there may not be durable
	signed []byte       // the checkpoint that was put
}

// OpenDir opens the folder, which it makes if its parent is there. It refuses
// one that holds anything and was not made by OpenDir (site.foreign-folder).
func OpenDir(name string, opt DirOptions) (*Dir, error) {
	dir, err := durable.Open(name, durable.Options{Hook: opt.Hook})
	if err != nil {
		return nil, fault.Wrap("site.folder-open", name, err).Of(fault.Unreachable)
	}
	d := &Dir{dir: dir, fsys: dir.FS(), names: newNameSet(), next: new(building)}
	if err := d.own(name, opt.All); err != nil {
		dir.Close()
		return nil, err
	}
	return d, nil
}

func (d *Dir) own(name string, all bool) error {
	list, err := fs.ReadDir(d.fsys, ".")
	if err != nil {
		return fault.Wrap("site.folder-open", name, err).Of(fault.Unreachable)
	}
	var other string // a name that is not of a build that has hardly begun
	for _, e := range list {
		if n := strings.TrimSuffix(e.Name(), durable.TempSuffix); n != marker && n != buildingName {
			other = e.Name()
		}
	}
	if text, err := fs.ReadFile(d.fsys, marker); other != "" && (err != nil || string(text) != markerText) {
		return fault.New("site.foreign-folder", name, other, marker).Of(fault.Usage)
	}
	d.unsure = Unfinished(d.fsys)
	if !all {
		d.old = readBuilt(d.fsys)
	}
	if d.old != nil {
		d.next.blocks = make([]blockRef, 0, len(d.old.blocks)+chunk)
	}
	d.fresh = len(list) == 0
	return d.Put(marker, []byte(markerText))
}

// Unfinished reports whether a build into a folder was cut short: some of its pages
// may be of another ledger, or of another program, than the rest.
func Unfinished(folder fs.FS) bool {
	_, err := fs.Lstat(folder, buildingName)
	return err == nil
}

// size is how many bytes a file has that stands in the folder.
func (d *Dir) size(name string) (int, error) {
	info, err := fs.Lstat(d.fsys, name)
	if err != nil { // somebody took it away, which is found with All alone
		return 0, &fault.Error{Code: "site.file-gone", Kind: fault.Unreachable, Place: name, Want: "sunlot build --all", Err: err}
	}
	return int(info.Size()), nil
}

// Put writes one file unless it stands there already. Several goroutines may
// call it at a time.
func (d *Dir) Put(name string, data []byte) error {
	if err := d.take(name); err != nil {
		return err
	}
	same, stands, err := d.same(name, data)
	if err != nil {
		return err
	}
	if name == "ledger/checkpoint" {
		d.signed = bytes.Clone(data)
	}
	if same {
		d.stood(name)
		return nil
	}
	if err := d.write(name, data, stands); err != nil {
		return fault.Wrap("site.write", name, err).Of(fault.Unreachable)
	}
	d.count(&d.Written)
	return nil
}

// take makes a name the site's.
func (d *Dir) take(name string) error {
	if !fs.ValidPath(name) || name == "." || strings.Contains(name, "\\") {
		return fault.New("site.file-name", name, "", "a relative path")
	}
	if !d.names.add(name) {
		return fault.New("site.twice", name, "two files of one name", "one")
	}
	return nil
}

// stood counts a file that was right already. One that an unfinished build has
// put becomes durable with this one: its list says that everything stands.
func (d *Dir) stood(name string) {
	if d.unsure {
		d.change.RLock()
		d.dir.Doubt(name)
		d.change.RUnlock()
	}
	d.count(&d.Same)
}

func (d *Dir) count(n *int) {
	d.mu.Lock()
	*n++
	d.mu.Unlock()
}

func (d *Dir) write(name string, data []byte, stands bool) error {
	if err := d.begin(); err != nil {
		return err
	}
	if !stands {
		if created, err := d.create(name, data); created || err != nil {
			return err
		}
	}
	d.change.Lock() // somebody else has put a file there since
	defer d.change.Unlock()
	return d.dir.Put(name, data)
}

func (d *Dir) create(name string, data []byte) (created bool, err error) {
	d.change.RLock()
	defer d.change.RUnlock() // whatever happens: others must not wait for ever
	return d.dir.Create(name, data)
}

// begin notes, durably, that the folder is being changed.
func (d *Dir) begin() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.begun {
		return nil
	}
	d.change.Lock()
	defer d.change.Unlock()
	if err := d.dir.Replace(buildingName, []byte(buildingText)); err != nil {
		return err
	}
	d.begun = true
	return nil
}

// same reports whether exactly data stands under name, and whether a file does.
// What is no regular file there (a link, a directory where a file must be) is
// taken away.
func (d *Dir) same(name string, data []byte) (same, stands bool, err error) {
	if d.fresh {
		return false, false, nil
	}
	info, err := fs.Lstat(d.fsys, name)
	if err != nil {
		return false, false, nil // missing, or a part of the way is no folder: write says so
	}
	if !info.Mode().IsRegular() {
		return false, false, d.remove(name)
	}
	if info.Size() != int64(len(data)) {
		return false, true, nil
	}
	return holds(d.fsys, name, data), true, nil
}

func (d *Dir) remove(name string) error {
	err := d.begin()
	if err == nil {
		d.change.Lock()
		defer d.change.Unlock()
		err = d.dir.Remove(name)
	}
	if err != nil {
		return fault.Wrap("site.write", name, err).Of(fault.Unreachable)
	}
	return nil
}

// Finish deletes what is no file of the site, then makes everything durable,
// then writes down what was built. Call it after a build without error. A crash
// before its end leaves a whole site with leftovers, which the next Finish
// deletes.
func (d *Dir) Finish() error {
	if err := d.prune(); err != nil {
		return err
	}
	if err := d.dir.Sync(); err != nil {
		return fault.Wrap("site.write", ".", err).Of(fault.Unreachable)
	}
	if !d.begun && d.old != nil && d.old.equal(d.next) {
		return nil
	}
	if info, err := fs.Lstat(d.fsys, builtName); err == nil && !info.Mode().IsRegular() {
		if err := d.remove(builtName); err != nil {
			return err
		}
	}
	err := d.dir.Replace(builtName, d.next.finish(d.signed, d.old))
	if err == nil {
		err = d.dir.Remove(buildingName)
	}
	if err == nil {
		err = d.dir.Sync()
	}
	if err != nil {
		return fault.Wrap("site.write", builtName, err).Of(fault.Unreachable)
	}
	return nil
}

// prune finds what does not belong there: by the list of what was built, or
// else by looking through the folder.
func (d *Dir) prune() error {
	switch {
	case d.fresh:
		return nil
	case d.old != nil:
		return d.pruneListed()
	}
	gone, _, err := d.stale(".")
	if err != nil {
		return fault.Wrap("site.folder-open", ".", err).Of(fault.Unreachable)
	}
	for _, name := range gone {
		if err := d.remove(name); err != nil {
			return err
		}
		d.Removed++
	}
	return nil
}

// stale are the names in a folder that are not of the site; a folder without a
// name of the site is one of them, whole.
func (d *Dir) stale(dir string) (gone []string, kept bool, err error) {
	list, err := fs.ReadDir(d.fsys, dir)
	if err != nil {
		return nil, false, err
	}
	for _, e := range list {
		name := path.Join(dir, e.Name())
		switch {
		case dir == "." && (name == builtName || name == buildingName):
		case e.IsDir():
			under, some, err := d.stale(name)
			if err != nil {
				return nil, false, err
			}
			if !some {
				under = []string{name}
			}
			gone, kept = append(gone, under...), kept || some
		case d.names.has(name):
			kept = true
		default:
			gone = append(gone, name)
		}
	}
	return gone, kept, nil
}

// pruneListed takes away what the last build made and this one did not, and
// folders that are empty then.
func (d *Dir) pruneListed() error {
	var gone []string
	d.leftBehind(func(name []byte) {
		if !d.names.hasBytes(name) {
			gone = append(gone, string(name))
		}
	})
	folders := map[string]bool{}
	for _, name := range gone {
		if err := d.remove(name); err != nil {
			return err
		}
		d.Removed++
		folders[path.Dir(name)] = true
	}
	return d.removeEmpty(folders)
}

// removeEmpty takes away folders with nothing in them, and those above them that
// are empty then; each is looked at once.
func (d *Dir) removeEmpty(folders map[string]bool) error {
	for len(folders) > 0 {
		above := map[string]bool{}
		for _, dir := range slices.Backward(slices.Sorted(maps.Keys(folders))) { // what lies below comes first
			if dir == "." {
				continue
			}
			list, err := fs.ReadDir(d.fsys, dir)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fault.Wrap("site.folder-open", dir, err).Of(fault.Unreachable)
			}
			if len(list) > 0 {
				continue
			}
			if err := d.remove(dir); err != nil {
				return err
			}
			if up := path.Dir(dir); !folders[up] {
				above[up] = true
			}
		}
		folders = above
	}
	return nil
}

// Close frees the folder. Without Finish nothing was deleted.
func (d *Dir) Close() error { return d.dir.Close() }
