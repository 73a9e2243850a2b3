package site

import (
	"errors"
	"io/fs"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// ledgerFiles copies the closed folder of the ledger: exactly what the
// checkpoint covers, but for the checkpoint itself, which is written last.
// Whatever lies beside it in the office's own folder (leftovers of a crash,
// superseded tiles) stays there. What is missing or differs was found by
// verify and is shown; it is not mended here.
func (m *maker) ledgerFiles() error {
	for _, copy := range []func() error{m.copyBlobs, m.copyEntries, m.copyTiles} {
		if err := copy(); err != nil {
			return err
		}
	}
	policy, err := m.b.Dir.Policy()
	if err != nil {
		return err
	}
	return m.put("ledger/policy", policy)
}

// copyBlobs writes the files beside the log. The name of one is the hash of its
// bytes, and verify has read it: one that stands in the folder is not read again
// unless something was found about it.
func (m *maker) copyBlobs() error {
	bad := map[string]bool{}
	for i := range m.b.Findings {
		if place := m.b.Findings[i].Place; strings.HasPrefix(place, "ledger/blob/") {
			bad[place] = true
		}
	}
	var sums []string
	seen := map[string]bool{}
	for _, e := range m.b.Entries {
		if e.Record == nil {
			continue
		}
		for _, sum := range m.s.Needs(e.Record) {
			if !seen[sum] {
				seen[sum] = true
				sums = append(sums, sum)
			}
		}
	}
	var h hasher
	for _, sum := range sums {
		name := "ledger/" + ledger.BlobPath(sum)
		err := m.block("blob/"+sum, h.text("blob", sum).yes(bad[name]).key(), func(m *maker) error {
			data, err := m.b.Dir.Blob(sum, ledger.MaxBlob)
			if err == nil {
				return m.put(name, data)
			}
			if unreachable(err) {
				return err
			}
			return nil // missing or changed: a finding
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func unreachable(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind == fault.Unreachable
}

// copyEntries writes, a bundle of the log at a time, the bundle and of each of
// its entries the readable copy, the proof and the opening. A bundle whose
// entries have the files that verify read is not read again.
func (m *maker) copyEntries() error {
	n := len(m.b.Entries)
	return each((n+chunk-1)/chunk, func(c int) error {
		from, to := c*chunk, min(n, (c+1)*chunk)
		h := newHasher().text("bundle").num(int64(from), int64(to))
		for _, e := range m.b.Entries[from:to] {
			m.filesKey(h, e)
		}
		return m.block("bundle/"+num(c), h.key(), func(m *maker) error { return m.copyBundle(uint64(from), uint64(to)) })
	})
}

// filesKey covers the files of a record in the ledger.
func (m *maker) filesKey(h *hasher, e *verify.Entry) {
	h.text(e.Hash).sum(digest(e.ProofSum), digest(e.OpeningSum)).yes(e.Record == nil)
	if e.Record == nil { // verify does not ask what may be opened of it
		if data, err := m.b.Dir.Opening(uint64(e.Index)); err == nil {
			h.text(string(data))
		}
	}
}

// mayOpen: an opening beside a record that can have none is nothing of the
// ledger's, and does not go out.
func (m *maker) mayOpen(i uint64) bool {
	e := m.b.Entries[i]
	return e.Record == nil || e.OpeningSum != verify.Sum{}
}

func (m *maker) copyBundle(from, to uint64) error {
	var row [][]byte
	err := m.b.Dir.Entries(from, to, func(i uint64, entry []byte) error {
		row = append(row, entry)
		return m.put("ledger/"+ledger.EntryPath(i), entry)
	})
	if err != nil {
		return err
	}
	var room []byte
	for i := from; i < to; i++ {
		if err := m.copyBeside(i, &room); err != nil {
			return err
		}
	}
	data, err := ledger.FormatBundle(row)
	if err != nil {
		return err
	}
	return m.put("ledger/"+ledger.BundlePath(from/ledger.TileWidth, len(row)), data)
}

// tileHeight is log2 of ledger.TileWidth.
const tileHeight = 8

// copyTiles writes the tree. A full tile of its lowest level is a function of its
// entries, and verify has read it: while they are the same it is not read again.
func (m *maker) copyTiles() error {
	size := m.b.Checkpoint.Size
	r := m.b.Dir.HashReader(size)
	for _, t := range tlog.NewTiles(tileHeight, 0, int64(size)) {
		copy := func(m *maker) error {
			data, err := tlog.ReadTileData(t, r)
			if err != nil {
				return err
			}
			return m.put("ledger/"+ledger.TilePath(t.L, uint64(t.N), t.W), data)
		}
		if t.L > 0 || t.W < ledger.TileWidth {
			if err := copy(m); err != nil {
				return err
			}
			continue
		}
		h := newHasher().text("tile").num(t.N).sum(m.keys.broken)
		for _, e := range m.b.Entries[t.N*ledger.TileWidth:][:t.W] {
			h.text(e.Hash)
		}
		if err := m.block("tile/"+num(t.N), h.key(), copy); err != nil {
			return err
		}
	}
	return nil
}

// copyBeside writes proof and opening as they stand; they pass through room.
func (m *maker) copyBeside(i uint64, room *[]byte) error {
	for _, f := range []struct {
		name string
		read func([]byte, uint64) ([]byte, error)
		want bool
	}{{ledger.ProofPath(i), m.b.Dir.ProofIn, true}, {ledger.OpeningPath(i), m.b.Dir.OpeningIn, m.mayOpen(i)}} {
		if !f.want {
			continue
		}
		data, err := f.read(*room, i)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			*room = data
			err = m.put("ledger/"+f.name, data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
