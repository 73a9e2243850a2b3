package keyring

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
)

// Tree is a directory or one file, and its name at the top of an archive.
type Tree struct {
	Name string // one path element
	Path string // on this machine
	Open bool   // restored for everybody to read, 0644 and 0755; else 0600 and 0700
}

func (t Tree) modes() (file, dir fs.FileMode) {
	if t.Open {
		return 0o644, 0o755
	}
	return 0o600, 0o700
}

// Limits bound an archive on both ways, so that what was packed can be
// restored. A zero field means the default.
type Limits struct {
	Files int   // files and directories: 200,000
	Bytes int64 // of all files: 8 GiB
	File  int64 // of one file, which is held in memory: 256 MiB
}

func (l Limits) orDefault() Limits {
	if l.Files == 0 {
		l.Files = 200_000
	}
	if l.Bytes == 0 {
		l.Bytes = 8 << 30
	}
	if l.File == 0 {
		l.File = 256 << 20
	}
	return l
}

// count takes one entry off the limits.
func (l *Limits) count(name string, size int64) error {
	if l.Files--; l.Files < 0 {
		return fault.New("keyring.archive-limit", name, "", "")
	}
	if size < 0 || size > l.File {
		return fault.New("keyring.archive-limit", name, fmt.Sprint(size), fmt.Sprintf("%d 字节", l.File))
	}
	if l.Bytes -= size; l.Bytes < 0 {
		return fault.New("keyring.archive-limit", name, "", "")
	}
	return nil
}

// PackTrees writes the trees as one tar stream, in order of names. It takes
// regular files and directories and refuses anything else (keyring.tree-kind):
// a link silently left out would be missed too late. Modes are 0600 and 0700;
// owners and times stay behind. The caller keeps writers away.
func PackTrees(w io.Writer, trees []Tree, lim Limits) error {
	lim = lim.orDefault()
	if err := checkTrees(trees); err != nil {
		return err
	}
	tw := tar.NewWriter(w)
	for _, t := range trees {
		// The parent is the root, so that Path may be a file.
		root, err := os.OpenRoot(filepath.Dir(t.Path))
		if err != nil {
			return readFault(t.Path, err)
		}
		err = packTree(tw, root, filepath.Base(t.Path), t.Name, &lim)
		root.Close()
		if err != nil {
			return err
		}
	}
	if err := tw.Close(); err != nil {
		return writeFault("备份", err)
	}
	return nil
}

func packTree(tw *tar.Writer, root *os.Root, base, name string, lim *Limits) error {
	return fs.WalkDir(root.FS(), base, func(p string, _ fs.DirEntry, walked error) error {
		// Lstat: WalkDir looks through the top entry where that is a link.
		info, err := root.Lstat(filepath.FromSlash(p))
		if err == nil && info.Mode()&fs.ModeSymlink == 0 {
			err = walked
		}
		if err != nil {
			return readFault(p, err)
		}
		to := name + strings.TrimPrefix(p, base)
		if !utf8.ValidString(to) || strings.ContainsAny(to, "\\\x00") {
			return fault.New("keyring.tree-name", clip(to), "", "a name in UTF-8 without backslashes")
		}
		switch {
		case info.IsDir():
			if err := lim.count(to, 0); err != nil {
				return err
			}
			return writeHeader(tw, &tar.Header{Typeflag: tar.TypeDir, Name: to + "/", Mode: 0o700})
		case info.Mode().IsRegular():
			if err := lim.count(to, info.Size()); err != nil {
				return err
			}
			if err := writeHeader(tw, &tar.Header{Typeflag: tar.TypeReg, Name: to, Mode: 0o600, Size: info.Size()}); err != nil {
				return err
			}
			return packFile(tw, root, p, info.Size())
		}
		return fault.New("keyring.tree-kind", p, info.Mode().Type().String(), "files and directories")
	})
}

func writeHeader(tw *tar.Writer, h *tar.Header) error {
	if err := tw.WriteHeader(h); err != nil {
		return writeFault(h.Name, err)
	}
	return nil
}

// packFile copies exactly size bytes: a file that grew or shrank meanwhile was
// being written.
func packFile(tw *tar.Writer, root *os.Root, p string, size int64) error {
	f, err := root.Open(filepath.FromSlash(p))
	if err != nil {
		return readFault(p, err)
	}
	defer f.Close()
	n, err := io.CopyN(tw, f, size)
	if err == nil && n == size {
		var one [1]byte
		if m, _ := f.Read(one[:]); m == 0 {
			return nil
		}
		n++
	}
	if err != nil && err != io.EOF {
		return writeFault(p, err)
	}
	return fault.New("keyring.tree-moved", p, fmt.Sprint(n), fmt.Sprintf("%d bytes", size)).Of(fault.Unreachable)
}

func readFault(place string, err error) error {
	return fault.Wrap("keyring.unreadable", place, err).Of(fault.Unreachable)
}

// checkTrees refuses names that are not one element, or stand twice.
func checkTrees(trees []Tree) error {
	seen := map[string]bool{}
	for _, t := range trees {
		if !fs.ValidPath(t.Name) || strings.ContainsAny(t.Name, `/\`) || t.Name == "." || seen[t.Name] {
			return fault.New("keyring.tree-name", clip(t.Name), "", "names of one element, each once")
		}
		seen[t.Name] = true
	}
	return nil
}

// restoring is the suffix of a target while it is being filled.
const restoring = ".restoring"

// UnpackTrees restores what PackTrees wrote: each tree to its Path, which must
// be missing and whose parent must exist, with the modes of Tree.Open.
// It reads r to its end before anything takes its place; a refusal leaves
// nothing behind. A crash leaves Path+".restoring", which the next run clears;
// one between two renames leaves a whole tree, to be removed by hand.
//
// Links, devices, names that are absolute or lead up, names twice, trees that
// were not asked for, trees that are missing, data after the end and anything
// beyond lim are keyring.archive-…; a target that stands there is
// keyring.target-exists.
func UnpackTrees(r io.Reader, trees []Tree, lim Limits) (err error) {
	if err := checkTrees(trees); err != nil {
		return err
	}
	u := &unpacker{lim: lim.orDefault(), trees: map[string]*target{}, seen: map[string]bool{}}
	defer func() {
		if left := u.clean(); left != nil {
			err = errors.Join(err, writeFault("恢复的文件夹", left))
		}
	}()
	for _, t := range trees {
		if _, err := os.Lstat(t.Path); err == nil {
			return fault.New("keyring.target-exists", t.Path, "something", "nothing")
		} else if !errors.Is(err, fs.ErrNotExist) {
			return readFault(t.Path, err)
		}
		if err := os.RemoveAll(t.Path + restoring); err != nil {
			return writeFault(t.Path, err)
		}
		u.trees[t.Name] = &target{Tree: t}
	}
	if err := u.read(r); err != nil {
		return err
	}
	for _, t := range trees {
		if !u.trees[t.Name].made {
			return fault.New("keyring.archive-missing", t.Name, "", "this tree in the archive")
		}
	}
	for _, t := range trees {
		if err := u.trees[t.Name].place(); err != nil {
			return err
		}
	}
	u.done = true
	return nil
}

type unpacker struct {
	lim   Limits
	trees map[string]*target
	seen  map[string]bool
	done  bool
}

// target is a tree on its way.
type target struct {
	Tree
	dir    *durable.Dir // nil for a file
	made   bool
	placed bool
	empty  []string // directories by slash path, made if no file did
}

func (u *unpacker) read(r io.Reader) error {
	tr := tar.NewReader(r)
	for {
		h, err := tr.Next()
		if err == io.EOF {
			return u.tail(r)
		}
		if err != nil {
			return archiveFault(err)
		}
		if err := u.entry(h, tr); err != nil {
			return err
		}
	}
}

// tail reads on after the end mark: more than padding is no archive of ours,
// and only at the end does the encryption vouch for all of it.
func (u *unpacker) tail(r io.Reader) error {
	buf := make([]byte, 32<<10)
	for left := 1 << 20; ; {
		n, err := r.Read(buf)
		for _, b := range buf[:n] {
			if b != 0 {
				return fault.New("keyring.archive-name", "备份", "", "")
			}
		}
		if left -= n; left < 0 {
			return fault.New("keyring.archive-limit", "备份", "", "")
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return archiveFault(err)
		}
	}
}

func archiveFault(err error) error {
	if fault.Code(err) != "" {
		return err
	}
	return fault.Wrap("keyring.archive", "备份", err)
}

func (u *unpacker) entry(h *tar.Header, r io.Reader) error {
	name := h.Name
	if h.Typeflag == tar.TypeDir {
		name = strings.TrimSuffix(name, "/")
	}
	local := filepath.FromSlash(name)
	if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") || !filepath.IsLocal(local) || u.seen[name] {
		return fault.New("keyring.archive-name", clip(h.Name), "", "names below the trees, each once")
	}
	u.seen[name] = true
	if err := u.lim.count(name, h.Size); err != nil {
		return err
	}
	top, rest, inside := strings.Cut(name, "/")
	t := u.trees[top]
	if t == nil || inside && t.dir == nil || !inside && t.made {
		return fault.New("keyring.archive-name", clip(h.Name), "", "the trees that were asked for")
	}
	switch h.Typeflag {
	case tar.TypeDir:
		if inside {
			t.empty = append(t.empty, rest)
			return nil
		}
		t.made = true
		var err error
		if t.dir, err = durable.Open(t.Path+restoring, durable.Options{Private: !t.Open}); err != nil {
			return writeFault(t.Path, err)
		}
		return nil
	case tar.TypeReg:
		data, err := io.ReadAll(r)
		if err != nil {
			return archiveFault(err)
		}
		if inside {
			err = t.dir.Put(rest, data)
		} else {
			t.made = true
			mode, _ := t.modes()
			err = durable.WriteFile(t.Path+restoring, data, mode)
		}
		if err != nil {
			return writeFault(path.Join(t.Path, rest), err)
		}
		return nil
	}
	return fault.New("keyring.archive-kind", clip(h.Name), fmt.Sprintf("type %q", h.Typeflag), "files and directories")
}

// place makes a tree durable and gives it its name.
func (t *target) place() error {
	tmp := t.Path + restoring
	if t.dir != nil {
		err := t.dir.Sync()
		err = errors.Join(err, t.dir.Close())
		t.dir = nil
		if err == nil {
			_, mode := t.modes()
			err = makeEmpty(tmp, t.empty, mode)
		}
		if err != nil {
			return writeFault(t.Path, err)
		}
	}
	err := os.Rename(tmp, t.Path)
	if err == nil {
		t.placed = true
		err = durable.SyncDir(filepath.Dir(t.Path))
	}
	if err != nil {
		return writeFault(t.Path, err)
	}
	return nil
}

// makeEmpty makes the directories that hold no file.
func makeEmpty(dir string, names []string, mode fs.FileMode) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, name := range names {
		local := filepath.FromSlash(name)
		if err := root.MkdirAll(local, mode); err != nil {
			return err
		}
		if err := durable.SyncDir(filepath.Dir(filepath.Join(dir, local))); err != nil {
			return err
		}
	}
	return nil
}

// clean removes what a refusal left, also trees that were placed before
// another failed: restored together or not at all.
func (u *unpacker) clean() error {
	var errs error
	for _, t := range u.trees {
		if t.dir != nil {
			errs = errors.Join(errs, t.dir.Close())
		}
		if u.done {
			continue
		}
		errs = errors.Join(errs, os.RemoveAll(t.Path+restoring))
		if t.placed {
			errs = errors.Join(errs, os.RemoveAll(t.Path))
		}
	}
	return errs
}
