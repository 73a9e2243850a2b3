package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"slices"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// reading is an entry as it stands there, with all that can be said of it
// without those before it.
type reading struct {
	*Entry
	raw  []byte
	note *ledger.Note
	err  error // why it does not parse

	tried []*ledger.Key // whose lines were looked at ahead
	good  []*ledger.Key // of these, those whose line verifies
}

// walk reads the entries and lets the rules judge each, in order. Forms and
// signatures cost more than judging, so they are looked at ahead.
func (b *Bundle) walk(progress func(done, total uint64)) error {
	type bundle struct {
		list []reading
		err  error
	}
	size := b.Checkpoint.Size
	b.Entries = make([]*Entry, 0, size)
	defer func() { b.proved.by, b.proved.sums = nil, nil }()
	count := (size + ledger.TileWidth - 1) / ledger.TileWidth
	return ahead(count, func(n uint64, p *record.Parser) bundle {
		raws, err := b.Dir.Bundle(n, size)
		return bundle{b.read(int64(n*ledger.TileWidth), raws, p), err}
	}, func(n uint64, part bundle) error {
		for i := range part.list {
			if err := b.step(&part.list[i]); err != nil {
				return err
			}
			if progress != nil {
				progress(uint64(len(b.Entries)), size)
			}
		}
		return part.err
	})
}

// read reads neighbouring entries.
func (b *Bundle) read(from int64, raws [][]byte, p *record.Parser) []reading {
	var keys []*ledger.Key
	if office := b.office.Load(); office != nil {
		keys = *office
	}
	list := make([]reading, len(raws))
	hashes := make([]byte, 0, 2*sha256.Size*len(raws))
	for i, raw := range raws {
		sum := sha256.Sum256(raw)
		hashes = hex.AppendEncode(hashes, sum[:])
		r := &list[i]
		*r = reading{Entry: new(Entry), raw: raw, tried: keys}
		if r.note, r.err = ledger.ParseNote(raw); r.err == nil {
			r.Record, r.err = p.Parse(r.note.Text)
		}
		if r.err != nil {
			continue
		}
		for _, k := range keys {
			if r.note.Verifies(*k) {
				r.good = append(r.good, k)
			}
		}
	}
	for i, all := 0, string(hashes); i < len(list); i++ {
		list[i].Index, list[i].Hash = from+int64(i), all[2*sha256.Size*i:][:2*sha256.Size]
	}
	return list
}

// readOne reads one entry.
func (b *Bundle) readOne(index int64, raw []byte) *reading {
	return &b.read(index, [][]byte{raw}, new(record.Parser))[0]
}

// signed reports whether the key's line stands in the note and verifies.
func (r *reading) signed(k *ledger.Key) bool {
	if slices.Contains(r.tried, k) {
		return slices.Contains(r.good, k)
	}
	return r.note.Verifies(*k)
}

// step judges the next entry and keeps it.
func (b *Bundle) step(r *reading) error {
	checkpoint, sum := b.proved.of(uint64(r.Index))
	if r.ProofSum = sum; checkpoint != nil {
		r.Head = &checkpoint.Head
	}
	b.Entries = append(b.Entries, r.Entry)
	return b.judge(r)
}

// gather adds what was found about the entries, which stands from first on.
func (b *Bundle) gather() (first int) {
	first, n := len(b.Findings), 0
	for _, e := range b.Entries[b.Resumed:] {
		n += len(e.Findings)
	}
	b.Findings = slices.Grow(b.Findings, n)
	for _, e := range b.Entries[b.Resumed:] {
		b.Findings = append(b.Findings, e.Findings...)
	}
	return first
}

// judge applies an entry.
func (b *Bundle) judge(r *reading) (err error) {
	if r.err != nil {
		return b.unreadable(r)
	}
	in := rules.Input{Entry: r.Record, Hash: r.Hash, Attested: Attested(b.State, r.Record)}
	b.signatures(r, &in)
	if err := b.blobs(r.Entry, &in); err != nil {
		return err
	}
	if in.Seen, err = b.seen(r.Entry, r.raw); err != nil {
		return err
	}
	b.witnessed(r.Entry, in.Seen)
	c, charter := r.Record.Body.(*record.Charter)
	if charter {
		in.Terms = Terms(b.State, c)
	}
	r.Findings = append(r.Findings, b.State.Apply(in)...)
	r.Bracket = Bracket{NotBefore: b.State.Proven, NotAfter: in.Seen}
	if charter {
		b.tell()
	}
	return nil
}

// unreadable keeps an entry that does not parse: it is shown and has no effect.
func (b *Bundle) unreadable(r *reading) error {
	seen, err := b.seen(r.Entry, r.raw)
	if err != nil {
		return err
	}
	b.witnessed(r.Entry, seen)
	b.State.Unreadable()
	r.Findings = append(r.Findings, rules.Finding{Code: "verify.bad-entry", Severity: rules.Breach, Entry: r.Index, Got: r.err.Error()})
	return nil
}

// signatures are those of the keys that may sign the entry.
func (b *Bundle) signatures(r *reading, in *rules.Input) {
	alone := r.Record.Type != "contribution" || len(r.note.Signatures) == 1
	for _, vkey := range b.State.Keys(r.Record) {
		if k := b.signer(vkey); k != nil && alone && r.signed(k) {
			in.Signers = append(in.Signers, vkey)
			r.Signers = append(r.Signers, k.Name)
		}
	}
	// Most are signed as the one before.
	if n := len(b.Entries) - 2; n >= 0 && b.Entries[n] != nil && slices.Equal(b.Entries[n].Signers, r.Signers) {
		r.Signers = b.Entries[n].Signers
	}
}

// blobs reads the files beside the log that the rules ask for.
func (b *Bundle) blobs(e *Entry, in *rules.Input) error {
	for _, sum := range b.State.Needs(e.Record) {
		if in.Blobs == nil {
			in.Blobs = map[string][]byte{}
		}
		b.needed[sum] = true
		data, err := b.Dir.Blob(sum, ledger.MaxBlob)
		place := "ledger/" + ledger.BlobPath(sum)
		switch {
		case err == nil:
			in.Blobs[sum] = data
		case unreachable(err):
			return err
		case errors.Is(err, fs.ErrNotExist):
			e.Findings = append(e.Findings, rules.Finding{Code: "ledger.audit-missing", Severity: rules.Breach, Entry: e.Index, Place: place})
		case b.unlisted: // otherwise the audit has said so
			e.Findings = append(e.Findings, rules.Finding{Code: "ledger.audit-blob", Severity: rules.Breach, Entry: e.Index, Place: place, Want: sum})
		}
	}
	return nil
}

// signer parses a key of a charter once: the check of its point costs more than a
// signature. A bad key is nil and signs nothing.
func (b *Bundle) signer(vkey string) *ledger.Key {
	k, ok := b.signers[vkey]
	if !ok {
		if parsed, err := ledger.ParseKey(vkey); err == nil {
			k = &parsed
		}
		b.signers[vkey] = k
	}
	return k
}

// tell tells who reads ahead which keys to try: those of the charter in force.
// Of entries that they have read before, judge tries them.
func (b *Bundle) tell() {
	var keys []*ledger.Key
	c := b.State.Charter()
	if c == nil {
		return
	}
	for _, vkey := range c.KeysOf("office") {
		if k := b.signer(vkey); k != nil {
			keys = append(keys, k)
		}
	}
	b.office.Store(&keys)
}
