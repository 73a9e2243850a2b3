package site

import (
	"crypto/sha256"
	"fmt"
	"path"

	"github.com/sunlot/sunlot/templates"
)

// softwareFacts are the scripts by which a reader checks in the browser, each
// with its digest and where it stands in the ledger. It depends on the entries
// about software alone.
func (m *maker) softwareFacts(p *page) facts {
	var f facts
	for _, name := range append(templates.Scripts(), templates.Offline) {
		data, err := templates.FS.ReadFile(name)
		if err != nil {
			panic(err) // embedded
		}
		sum := fmt.Sprintf("%x", sha256.Sum256(data))
		said := text("还没有记入账本")
		if n := len(m.s.Software); n > 0 {
			if want, _ := m.s.Script(path.Base(name), sum); want == sum {
				said = p.record(m.s.Software[n-1].Index)
			} else if want != "" {
				said = text("与账本登记的不同")
			}
		}
		f.add(path.Base(name), hash(sum), said)
	}
	return f
}
