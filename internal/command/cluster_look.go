package command

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/portal"
	"github.com/sunlot/sunlot/internal/province"
	"github.com/sunlot/sunlot/internal/verify"
)

// looked is what was seen of a site where everybody sees it.
type looked struct {
	row    portal.Row
	size   uint64
	behind bool
	waits  error
	breach error
}

// look verifies what an office has published.
func (t *tour) look(i int) error {
	s := &t.done[i]
	l, err := waited(t.c.ctx, func() (looked, error) { return t.published(i) })
	if err != nil {
		return err
	}
	s.did, s.row, s.size, s.behind, s.waits, s.err = didLook, l.row, l.size, l.behind, l.waits, l.breach
	return l.breach
}

// published verifies the site of an office, and that it is the office's own: a
// ledger that somebody else made verifies as well.
func (t *tour) published(i int) (l looked, err error) {
	o := &t.list.Offices[i]
	root, err := os.OpenRoot(o.To)
	if errors.Is(err, os.ErrNotExist) {
		return l, fault.New("province.not-published", o.To, "", "").Of(fault.Unreachable)
	}
	if err != nil {
		return l, fault.Wrap("province.unreadable", o.To, err).Of(fault.Unreachable)
	}
	defer root.Close() // a row keeps nothing that is read later
	if err := plainFiles(o.To, "ledger/checkpoint", "ledger/policy"); err != nil {
		return l, err
	}
	if err := plainFiles(o.Folder, office.ConfigName, "ledger/policy", "private/keys/people.json"); err != nil {
		return l, err
	}
	one, err := t.alone(i).open()
	if err != nil {
		return l, err
	}
	b, err := verify.Open(root.FS(), verify.Options{Today: today(t.c)})
	if err != nil {
		return l, err
	}
	pin, err := one.Pin(nil)
	if err != nil {
		return l, err
	}
	if err := pin.Holds(b, o.To); err != nil {
		return l, err
	}
	if b.State.Charter() == nil || b.State.Pack == nil {
		return l, fault.New("office.no-charter", o.To, num(int(b.Checkpoint.Size)), "")
	}
	l = looked{row: portal.Of(t.place(i), b, t.at), size: b.Checkpoint.Size, behind: pin.Newer(b), breach: firstBreach(b)}
	if plainFiles(o.Folder, "ledger/checkpoint") == nil {
		if err := unfinished(one); unpublished(err) {
			l.waits = err
		}
	}
	return l, nil
}

// unpublished is the error of an office whose newest records are not public yet.
func unpublished(err error) bool {
	code := fault.Code(err)
	return code == "command.unwitnessed" || code == "command.unfinished"
}

// stands is an office whose site was not renewed: what it has published stands
// as it is, and is judged by itself. The whole reason is for the operator; a
// reader of the portal learns no more than that newer records wait.
func (t *tour) stands(i int, why error) error {
	s := &t.done[i]
	if stopped(why) || t.c.ctx.Err() != nil {
		return why
	}
	found := t.look(i)
	seen := s.did == didLook
	s.did, s.waits = didFail, nil
	if unpublished(why) {
		s.did = didWait
	}
	var f *fault.Error
	switch {
	case stopped(found):
		s.row, s.err = portal.Failed(t.place(i), found, t.at), found
	case seen && s.did == didWait:
		s.row, s.err = s.row.Waiting(why), errors.Join(found, why)
	case seen:
		s.row, s.err = s.row.Waiting(fault.New("province.not-renewed", "", "", "").Of(fault.Unreachable)), errors.Join(found, why)
	case errors.As(found, &f) && f.Kind == fault.Unsound:
		s.row, s.err = portal.Failed(t.place(i), found, t.at), errors.Join(found, why)
	default: // nothing stands there, or nothing that can be read
		s.row, s.err = portal.Failed(t.place(i), why, t.at), why
	}
	return s.err
}

// twins refuses every office whose ledger is another one's too: one of them
// shows another history to other people, or its draws count twice.
func (t *tour) twins() {
	first := map[string]int{}
	for i := range t.done {
		f, ok := t.done[i].row.Facts()
		if !ok {
			continue
		}
		k, twice := first[f.Origin]
		if !twice {
			first[f.Origin] = i
			continue
		}
		t.refuse(i, k, f.Origin)
		t.refuse(k, i, f.Origin)
	}
}

func (t *tour) refuse(i, other int, origin string) {
	s := &t.done[i]
	if fault.Code(s.err) == "province.same-ledger" {
		return
	}
	err := fault.New("province.same-ledger", t.list.Offices[i].ID, origin, t.list.Offices[other].ID)
	s.row, s.err = portal.Failed(t.place(i), err, t.at), errors.Join(err, s.err)
}

// plainFiles refuses what would keep its reader waiting for ever: a pipe in
// place of a file. One that is missing is for its reader to tell.
func plainFiles(folder string, names ...string) error {
	for _, name := range names {
		name = filepath.Join(folder, filepath.FromSlash(name))
		if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
			return fault.New("province.not-a-file", name, info.Mode().Type().String(), "").Of(fault.Unreachable)
		}
	}
	return nil
}

// waited ends with ctx though do does not: a disk that is gone answers nobody.
// do changes nothing but what it returns.
func waited[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type answer struct {
		v   T
		err error
	}
	done := make(chan answer, 1)
	go func() {
		var a answer
		a.err = province.Caught(func() (err error) { a.v, err = do(); return err })
		done <- a
	}()
	select {
	case a := <-done:
		return a.v, a.err
	case <-ctx.Done():
		var none T
		return none, fault.New("site.stopped", "", "", "").Of(fault.Unreachable)
	}
}
