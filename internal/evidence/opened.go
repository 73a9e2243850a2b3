package evidence

import (
	"encoding/hex"
	"errors"
	"maps"
	"slices"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// take holds the openings that the office gave to their entries, and keeps what
// is about this enterprise: of a notice its own handle, never K, which would
// name everybody in the hat to whoever reads the court's file.
func (m *maker) take() error {
	for _, index := range slices.Sorted(maps.Keys(m.req.Openings)) {
		o := m.req.Openings[index]
		e := m.entry(index)
		if e == nil {
			return fault.New("evidence.opening-wrong", num(index), "", "").Of(fault.Usage)
		}
		if bad := record.CheckFields(e.Record.Body, o.Fields); len(bad) > 0 {
			return fault.New("evidence.opening-wrong", num(index), bad[0], "")
		}
		keep := &record.Opening{Fields: o.Fields}
		if l := m.b.State.LotAt(index); l != nil {
			if o.K != "" && keyOf(o, l) == nil {
				return fault.New("evidence.opening-wrong", num(index), "K", "")
			}
			for _, h := range o.Handles {
				if h.Kind == "O" && h.ID == m.req.Code {
					keep.Handles = append(keep.Handles, h)
				}
			}
		}
		m.sealed[index] = keep
	}
	return nil
}

// sealedFile is what stands in the bundle of a given opening: nil where nothing
// of it is about this enterprise.
func (m *maker) sealedFile(index int64) []byte {
	o := m.sealed[index]
	for _, s := range m.stands {
		if o == nil || s.lot.Index != index || s.by != "sealed" || !s.subject() {
			continue
		}
		o = &record.Opening{Fields: o.Fields, Handles: []record.OpenHandle{{Kind: "O", ID: m.req.Code, Salt: s.salt}}}
	}
	if o == nil || len(o.Fields)+len(o.Handles) == 0 {
		return nil
	}
	data, err := record.FormatOpening(o)
	if err != nil {
		return nil // it was read in this form
	}
	return data
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}

func unreachable(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind == fault.Unreachable
}
