package office

import (
	"slices"

	"github.com/sunlot/sunlot/internal/record"
)

// Software drafts the entry by which the site's scripts stand in the ledger
// (网页核验程序). The draft is nil where the ledger says the very same already.
func (o *Office) Software(files []record.Script) (*Draft, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	if n := len(s.Software); n > 0 && slices.Equal(s.Software[n-1].Body.Files, files) {
		return nil, nil
	}
	return o.draft(&Draft{}, &record.Software{Date: o.Today(), Files: files})
}
