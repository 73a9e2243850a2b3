package site

import "github.com/sunlot/sunlot/templates"

// softwareFacts are the scripts by which a reader checks in the browser, each
// with its digest and where it stands in the ledger. It depends on the entries
// about software alone.
func (m *maker) softwareFacts(p *page) facts {
	var f facts
	for _, file := range templates.Programs() {
		said := text("还没有记入账本")
		if n := len(m.s.Software); n > 0 {
			if want, _ := m.s.Script(file.Name, file.SHA256); want == file.SHA256 {
				said = p.record(m.s.Software[n-1].Index)
			} else if want != "" {
				said = text("与账本登记的不同")
			}
		}
		f.add(file.Name, hash(file.SHA256), said)
	}
	return f
}
