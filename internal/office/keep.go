package office

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/ledger/local"
)

func (o *Office) keyDir() string { return o.path("private", "keys") }

// UnlockKeys opens the office's keys with a secret from src (or its agent).
func (o *Office) UnlockKeys(src *keyring.Source) (Keys, error) {
	k, err := keyring.Unlock(o.keyDir(), src)
	if err != nil {
		return Keys{}, err
	}
	return Keys{Log: k.Log(), Office: k.Office(), Open: opener(k, src)}, nil
}

// Codes are the result codes of the pack in force, for forms and sheets.
func (o *Office) Codes() ([]intake.Code, error) {
	if _, err := o.State(); err != nil {
		return nil, err
	}
	return o.intakeCodes(), nil
}

// Required are the columns that the regulation demands of a kind of sheet, by
// the names that it gives them.
func (o *Office) Required(kind intake.Kind) ([]string, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	switch kind {
	case intake.KindFirms:
		return s.Pack.Roster.Required, nil
	case intake.KindInspectors:
		return s.Pack.People.Required, nil
	case intake.KindItems:
		return s.Pack.Items.Required, nil
	}
	return nil, nil
}

// Built reports whether the site was built from the ledger as it stands now.
func (o *Office) Built() error {
	now, err := os.ReadFile(o.path("ledger", "checkpoint"))
	if err != nil {
		return fault.Wrap("office.unreadable", o.Public(), err).Of(fault.Unreachable)
	}
	built, err := os.ReadFile(o.path("public", "ledger", "checkpoint"))
	if err != nil || string(built) != string(now) {
		return fault.New("office.not-built", o.SiteDir(), "", "sunlot build").Of(fault.Usage)
	}
	return nil
}

// SiteDir is where the site is built.
func (o *Office) SiteDir() string { return o.path("public") }

// Pages are the hand-written pages: the office's own content/ over ours.
func (o *Office) Pages() fs.FS { return overlay{os.DirFS(o.path("content")), content.FS} }

// overlay opens a file in the first of its file systems that has it.
type overlay []fs.FS

func (l overlay) Open(name string) (fs.File, error) {
	var err error
	for _, fsys := range l {
		var f fs.File
		if f, err = fsys.Open(name); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
	}
	return nil, err
}

// ReadDir lists a folder of all its file systems, the first one's files first
// in force.
func (l overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	seen := map[string]bool{}
	var all []fs.DirEntry
	for _, fsys := range l {
		list, err := fs.ReadDir(fsys, name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, e := range list {
			if !seen[e.Name()] {
				seen[e.Name()] = true
				all = append(all, e)
			}
		}
	}
	return all, nil
}

// trees are the parts of an office that must not be lost.
func (o *Office) trees() []keyring.Tree {
	return []keyring.Tree{
		{Name: ConfigName, Path: o.path(ConfigName), Open: true},
		{Name: "private", Path: o.path("private")},
		{Name: "guard", Path: o.guard()},
		{Name: "ledger", Path: o.Public(), Open: true},
		{Name: "content", Path: o.path("content"), Open: true},
	}
}

// Backup writes an encrypted archive of everything that must not be lost and
// returns its size. It needs no secret: it is encrypted to the people's
// recipients and to the recovery sheet. A file that stands there is another
// backup, perhaps the last good one, and stays.
func (o *Office) Backup(file string) (int64, error) {
	if _, err := os.Lstat(file); err == nil {
		return 0, fault.New("office.backup-exists", file, "", "").Of(fault.Usage)
	}
	ring, err := keyring.Open(o.keyDir())
	if err != nil {
		return 0, err
	}
	tmp := file + ".part"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, fault.Wrap("office.unwritable", file, err).Of(fault.Unreachable)
	}
	defer os.Remove(tmp) // after the rename there is nothing to remove
	err = o.pack(ring, f)
	if err == nil {
		err = f.Sync()
	}
	st, serr := f.Stat()
	if cerr := f.Close(); err == nil {
		err = errors.Join(serr, cerr)
	}
	if err != nil {
		return 0, err
	}
	if err := os.Rename(tmp, file); err != nil {
		return 0, fault.Wrap("office.unwritable", file, err).Of(fault.Unreachable)
	}
	return st.Size(), nil
}

func (o *Office) pack(ring *keyring.Ring, f io.Writer) error {
	w, err := ring.SealArchive(f)
	if err != nil {
		return err
	}
	if err := keyring.PackTrees(w, o.trees(), keyring.Limits{}); err != nil {
		return err
	}
	return w.Close()
}

// Adopt lets the guard start again from the ledger as it stands, after a person
// has compared its root with one that was printed or published, and takes the
// mark of a restored folder away. A step that a crash left half written is the
// guard's own business, and the next write completes it; one whose place another
// desk has taken is set aside.
func (o *Office) Adopt() error {
	k, err := o.unlock()
	if err != nil {
		return err
	}
	opt, closing, err := o.local(k)
	if err != nil {
		return err
	}
	defer closing()
	if err := local.Adopt(opt); err != nil {
		return err
	}
	return o.adopted()
}
