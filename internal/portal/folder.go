package portal

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
)

// listName is the file in which a portal's folder says what was put there. The
// sites of the offices may lie in the same folder: what is not in the list is
// theirs, and neither replaced nor removed.
const listName = ".sunlot-portal"

const (
	listHead = "sunlot-portal/1"
	maxList  = 1 << 20
)

// Folder is an Out on a disk. Nothing is written before Finish; a file that is
// right already is not touched, any other changes whole, by rename, index.html
// the last; what an earlier portal had and this one has not goes after that.
type Folder struct {
	Written, Same, Removed int // after Finish

	place string
	dir   *durable.Dir
	ours  map[string]bool   // by the list that stands there
	files map[string][]byte // to be
}

// OpenFolder opens the folder, which it makes if its parent is there.
func OpenFolder(name string, hook durable.Hook) (*Folder, error) {
	dir, err := durable.Open(name, durable.Options{Hook: hook})
	if err != nil {
		return nil, fault.Wrap("portal.folder", name, err).Of(fault.Unreachable)
	}
	f := &Folder{place: name, dir: dir, ours: map[string]bool{}, files: map[string][]byte{}}
	if err := f.readList(); err != nil {
		dir.Close()
		return nil, err
	}
	return f, nil
}

// Put takes a file.
func (f *Folder) Put(name string, data []byte) error {
	if !fs.ValidPath(name) || name == "." || f.files[name] != nil {
		return fault.New("portal.twice", name, "", "")
	}
	f.files[name] = append([]byte{}, data...)
	return nil
}

// Close frees the folder.
func (f *Folder) Close() error { return f.dir.Close() }

func (f *Folder) readList() error {
	info, err := fs.Lstat(f.dir.FS(), listName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && (!info.Mode().IsRegular() || info.Size() > maxList) {
		return f.badList("")
	}
	data, err := fs.ReadFile(f.dir.FS(), listName)
	if err != nil {
		return fault.Wrap("portal.folder", filepath.Join(f.place, listName), err).Of(fault.Unreachable)
	}
	names, bad, ok := parseList(data)
	if !ok {
		return f.badList(bad)
	}
	for _, name := range names {
		f.ours[name] = true
	}
	return nil
}

// parseList reads what formatList writes, and nothing else: what it lists may be
// removed. bad is the line that it stumbled over.
func parseList(data []byte) (names []string, bad string, ok bool) {
	text, whole := strings.CutSuffix(string(data), "\n")
	lines := strings.Split(text, "\n")
	if !whole || lines[0] != listHead {
		return nil, lines[0], false
	}
	for i, name := range lines[1:] {
		if !fs.ValidPath(name) || name == "." || name == listName || strings.ContainsAny(name, "\\\r\x00") || i > 0 && lines[i] >= name {
			return nil, name, false
		}
	}
	return lines[1:], "", true
}

// formatList writes names, which must be sorted.
func formatList(names []string) []byte {
	return []byte(strings.Join(append([]string{listHead}, names...), "\n") + "\n")
}

func (f *Folder) badList(got string) error {
	return fault.New("portal.bad-list", filepath.Join(f.place, listName), got, listHead)
}

// Finish makes the folder the portal that was put.
func (f *Folder) Finish() error {
	var change []string
	for _, name := range slices.Sorted(maps.Keys(f.files)) {
		same, err := f.stands(name)
		if err != nil {
			return err
		}
		if same {
			f.Same++
			continue
		}
		change = append(change, name)
	}
	slices.SortStableFunc(change, func(a, b string) int { return rank(a) - rank(b) })
	var gone []string
	for _, name := range slices.Sorted(maps.Keys(f.ours)) {
		if f.files[name] == nil {
			gone = append(gone, name)
		}
	}
	if err := f.carry(change, gone); err != nil {
		var e *fault.Error
		if errors.As(err, &e) {
			return err
		}
		return fault.Wrap("portal.folder", f.place, err).Of(fault.Unreachable)
	}
	return nil
}

// rank puts what pages load before the pages, and the index behind them.
func rank(name string) int {
	switch {
	case name == "index.html":
		return 2
	case strings.HasSuffix(name, ".html"):
		return 1
	}
	return 0
}

func (f *Folder) carry(change, gone []string) error {
	all := maps.Clone(f.ours)
	for name := range f.files {
		all[name] = true
	}
	// From here on a crash leaves names in the list that may not stand there:
	// harmless, a missing file is nothing to remove.
	if err := f.list(all); err != nil {
		return err
	}
	for _, name := range change {
		if err := f.dir.Put(name, f.files[name]); err != nil {
			return err
		}
		f.Written++
	}
	if err := f.dir.Sync(); err != nil {
		return err
	}
	for _, name := range gone {
		info, err := fs.Lstat(f.dir.FS(), name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && info.IsDir() {
			return fault.New("portal.foreign", filepath.Join(f.place, name), "", "")
		}
		if err := f.dir.Remove(name); err != nil {
			return err
		}
		f.Removed++
	}
	if err := f.dir.Sync(); err != nil {
		return err
	}
	now := map[string]bool{}
	for name := range f.files {
		now[name] = true
	}
	return f.list(now)
}

// stands reports whether a file is there as it shall be. What stands in its
// place and is not ours is refused.
func (f *Folder) stands(name string) (bool, error) {
	info, err := fs.Lstat(f.dir.FS(), name)
	if err != nil {
		return false, nil // missing, or a part of the way is no folder: carry says so
	}
	if info.Mode().IsRegular() && info.Size() == int64(len(f.files[name])) {
		if data, err := fs.ReadFile(f.dir.FS(), name); err == nil && bytes.Equal(data, f.files[name]) {
			return true, nil
		}
	}
	if !f.ours[name] || !info.Mode().IsRegular() {
		return false, fault.New("portal.foreign", filepath.Join(f.place, filepath.FromSlash(name)), "", "")
	}
	return false, nil
}

// list writes the list of names, durably, unless it stands there.
func (f *Folder) list(names map[string]bool) error {
	text := formatList(slices.Sorted(maps.Keys(names)))
	if old, err := fs.ReadFile(f.dir.FS(), listName); err == nil && bytes.Equal(old, text) {
		return nil
	}
	return f.dir.Replace(listName, text)
}
