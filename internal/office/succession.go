package office

import (
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// AdoptPack drafts a charter that brings another rule pack (one of ours by its
// name, or a file): everything else of the charter stays. Draws that have been
// announced keep theirs.
func (o *Office) AdoptPack(name string) (*Draft, *rules.Pack, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	file, pack, err := packOf(name)
	if err != nil {
		return nil, nil, err
	}
	ref := rules.FileOf(file)
	body := *s.Charter()
	switch {
	case body.Pack.File.SHA256 == ref.SHA256:
		return nil, nil, fault.New("office.pack-in-force", name, pack.ID, "")
	case pack.Region != body.Region:
		return nil, nil, fault.New("office.other-region", name, pack.Region, body.Region)
	}
	body.Pack = record.PackRef{ID: pack.ID, File: ref}
	d, err := o.draft(&Draft{Blobs: map[string][]byte{ref.SHA256: file}}, &body)
	return d, pack, err
}
