package verify

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// openings checks every opening file against its entry, and that what is due
// stands there (draw1 §3, ledger.md "Nothing personal in ink").
func (b *Bundle) openings() {
	b.beneath()
	for _, l := range b.State.Lots {
		switch {
		case l.Gone && b.since(l):
			path, o := b.beside(l)
			b.openedK(l, o, path)
		case !l.Failed && b.since(l):
			b.lot(l)
		}
	}
	b.takedowns()
	for _, f := range b.State.Results {
		if f.Lot == nil && f.Index >= int64(b.Resumed) {
			f.Code = b.Value(f.Index, "code") // no draw led to it, so there is no handle to hold it to
		}
	}
	for _, found := range b.State.Visits() {
		b.add(found)
	}
	b.joined()
	b.leftOut()
}

// strays finds the files that the ledger's form allows and that no entry speaks
// of: the folder is closed, nothing stands in it under the ledger's name that
// the ledger did not say. What an entry speaks of that cannot be read, nobody
// knows; that it cannot be read is a failure already.
func (b *Bundle) strays(root fs.FS) error {
	foreign := func(name string) {
		b.add(rules.Finding{Code: "ledger.audit-foreign", Severity: rules.Breach, Entry: -1, Place: "ledger/" + name})
	}
	readable := !slices.ContainsFunc(b.Entries, func(e *Entry) bool { return e.Record == nil })
	for _, top := range []string{"blob", "opening"} {
		err := fs.WalkDir(root, top, func(name string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && name == top {
				return nil
			}
			if err != nil || d.IsDir() {
				return err
			}
			base := path.Base(name)
			index, nerr := strconv.ParseUint(strings.TrimSuffix(base, ".json"), 10, 63)
			switch {
			case top == "blob" && len(base) == 64 && !b.needed[base] && readable:
				foreign(name)
			case top == "opening" && nerr == nil && index < uint64(len(b.Entries)):
				if e := b.Entries[index].Record; e != nil && !mayOpen(e) {
					foreign(name)
				}
			}
			return nil // other names: the audit has said so
		})
		if err != nil {
			return fault.Wrap("ledger.unreadable", "ledger/"+top, err).Of(fault.Unreachable)
		}
	}
	return nil
}

// beneath reads the opening files and holds each to its entry.
func (b *Bundle) beneath() {
	const width = ledger.TileWidth
	list := b.Entries[b.Resumed:]
	_ = ahead(uint64(len(list)+width-1)/width, func(n uint64, p *record.Parser) (part []unlike) {
		for _, e := range list[n*width : min((n+1)*width, uint64(len(list)))] {
			part = append(part, b.readOpening(e, p))
		}
		return part
	}, func(n uint64, part []unlike) error {
		for i, bad := range part {
			b.opening(list[int(n)*width+i], bad)
		}
		return nil
	})
}

// mayOpen spares a request for each entry that can have no opening.
func mayOpen(e *record.Entry) bool {
	return e.Type == "notice" || record.HasSealed(e.Body)
}

func (b *Bundle) breach(code string, entry int64, place, got, want string) {
	b.add(rules.Finding{Code: code, Severity: rules.Breach, Entry: entry, Place: place, Got: got, Want: want})
}

// unlike says what is wrong with an opening file; the zero value: nothing is.
type unlike struct{ code, got string }

// readOpening reads an entry's opening file and keeps what fits.
func (b *Bundle) readOpening(e *Entry, p *record.Parser) unlike {
	if e.Record == nil || !mayOpen(e.Record) {
		return unlike{}
	}
	data, err := b.Dir.Opening(uint64(e.Index))
	if err == nil {
		e.OpeningSum = sumOf(data)
	} else if errors.Is(err, fs.ErrNotExist) {
		return unlike{}
	} else {
		return unlike{"verify.bad-opening", err.Error()}
	}
	o, fields, err := p.ParseOpening(data)
	if err != nil {
		return unlike{"verify.bad-opening", err.Error()}
	}
	if o != nil && !mayHold(e.Record, o) {
		// Handles and keys stand beside their notice, where they are checked.
		return unlike{"verify.bad-opening", "handles, K, KI"}
	}
	if bad := record.CheckOpened(e.Record.Body, fields); bad != "" {
		return unlike{"verify.opening-differs", bad}
	}
	e.Opening, e.Fields = o, fields
	return unlike{}
}

// opening counts what an entry's opening opens, and reports what is wrong or
// lacking.
func (b *Bundle) opening(e *Entry, bad unlike) {
	b.held.openings += len(e.Fields)
	if bad.code != "" {
		b.breach(bad.code, e.Index, ledger.OpeningPath(uint64(e.Index)), bad.got, "")
	}
	if e.Record == nil {
		return
	}
	for _, field := range rules.OpenAtOnce(e.Record) {
		if e.Value(field) == "" && !b.taken(e.Index, field) {
			b.breach("verify.opening-missing", e.Index, ledger.OpeningPath(uint64(e.Index)), field, "")
		}
	}
}

// lot checks what is opened of a draw: each handle against the drawn, K
// against its commitment and against every salt.
func (b *Bundle) lot(l *rules.Lot) {
	path, o := b.beside(l)
	ids := map[string]string{}
	for _, h := range o.Handles {
		// An id in any other writing than draw1's matches no list that anybody
		// holds: a ghost, though its handle opens.
		handle := draw.Handle(h.Kind, h.Salt, h.ID)
		if h.Kind != "O" {
			b.personOpened(l, o, h, handle, path)
			continue
		}
		if _, ok := draw.ObjectID(h.ID); !ok || l.Object(handle) == nil {
			b.breach("verify.opening-stranger", l.Index, path, h.ID, "")
			continue
		}
		ids[handle] = h.ID
	}
	for _, obj := range l.Objects {
		b.object(l, obj, ids[obj.Handle], path)
	}
	b.keys(l, o, path)
}

// beside is the opening file of a draw's notice.
func (b *Bundle) beside(l *rules.Lot) (path string, o *record.Opening) {
	if e, err := b.Entry(l.Index); err == nil && e.Opening != nil {
		return ledger.OpeningPath(uint64(l.Index)), e.Opening
	}
	return ledger.OpeningPath(uint64(l.Index)), new(record.Opening)
}

// object: a handle whose result is public is opened, and the result names the
// firm that the handle names. A withheld one stays closed (G-9.1a); if it is
// opened all the same, its result may still be.
func (b *Bundle) object(l *rules.Lot, obj *rules.Object, id, path string) {
	switch {
	case obj.Result != nil && b.taken(obj.Result.Index, "code"):
		if id != "" { // the handle says the code too
			b.stands(obj.Result.Index, "code", path)
		}
	case id == "" && (obj.Opened || obj.Result != nil && obj.Result.Body.Withheld == nil):
		b.breach("verify.handle-unopened", l.Index, path, obj.Handle, "")
	case id != "" && !obj.Opened:
		b.breach("verify.opening-unlogged", l.Index, path, obj.Handle, "")
	case id == "":
	case obj.Result == nil:
		obj.ID = id
		b.held.openings++
	default:
		code := b.Value(obj.Result.Index, "code")
		if code == "" && obj.Result.Body.Withheld != nil {
			obj.ID = id
			b.held.openings++
			return
		}
		if code != id {
			b.breach("verify.other-firm", obj.Result.Index, obj.Handle, code, id)
			return
		}
		obj.ID, obj.Result.Code = id, id
		b.held.openings++
		b.held.results++
	}
}
