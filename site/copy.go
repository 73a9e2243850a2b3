package site

import (
	"errors"
	"io/fs"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// ledgerFiles copies the closed folder of the ledger: exactly what the
// checkpoint covers, but for the checkpoint itself, which is written last.
// Whatever lies beside it in the office's own folder (leftovers of a crash,
// superseded tiles) stays there. What is missing or differs was found by
// verify and is shown; it is not mended here.
func (m *maker) ledgerFiles() error {
	for _, copy := range []func() error{m.copyBlobs, m.copyEntries, m.copyTiles, m.copyBeside} {
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

func (m *maker) copyBlobs() error {
	for _, e := range m.b.Entries {
		if e.Record == nil {
			continue
		}
		for _, sum := range m.s.Needs(e.Record) {
			name := "ledger/" + ledger.BlobPath(sum)
			if m.made[name] {
				continue
			}
			data, err := m.b.Dir.Blob(sum, ledger.MaxBlob)
			if err == nil {
				err = m.put(name, data)
			} else if !unreachable(err) {
				continue // missing or changed: a finding
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func unreachable(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind == fault.Unreachable
}

// copyEntries writes the entry bundles and the readable copies.
func (m *maker) copyEntries() error {
	size := m.b.Checkpoint.Size
	var row [][]byte
	return m.b.Dir.Entries(0, size, func(i uint64, entry []byte) error {
		if err := m.put("ledger/"+ledger.EntryPath(i), entry); err != nil {
			return err
		}
		row = append(row, entry)
		if len(row) < ledger.TileWidth && i+1 < size {
			return nil
		}
		data, err := ledger.FormatBundle(row)
		if err != nil {
			return err
		}
		name := ledger.BundlePath(i/ledger.TileWidth, len(row))
		row = nil
		return m.put("ledger/"+name, data)
	})
}

// tileHeight is log2 of ledger.TileWidth.
const tileHeight = 8

func (m *maker) copyTiles() error {
	size := m.b.Checkpoint.Size
	r := m.b.Dir.HashReader(size)
	for _, t := range tlog.NewTiles(tileHeight, 0, int64(size)) {
		data, err := tlog.ReadTileData(t, r)
		if err != nil {
			return err
		}
		if err := m.put("ledger/"+ledger.TilePath(t.L, uint64(t.N), t.W), data); err != nil {
			return err
		}
	}
	return nil
}

// copyBeside writes proofs and openings as they stand.
func (m *maker) copyBeside() error {
	for i := range m.b.Checkpoint.Size {
		for name, read := range map[string]func(uint64) ([]byte, error){
			ledger.ProofPath(i): m.b.Dir.Proof, ledger.OpeningPath(i): m.b.Dir.Opening,
		} {
			data, err := read(i)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err == nil {
				err = m.put("ledger/"+name, data)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
