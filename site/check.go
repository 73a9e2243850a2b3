package site

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/templates"
)

// checkPart is the panel by which a reader checks a page in his own browser.
// It names entries and nothing else: what they say the script reads from the
// ledger. Without the script it shows the command and the files.
//
// It depends on the record, on what came after it, on the charters, and on the
// offline page, which is one of the templates.
type checkPart struct {
	Root     string
	Page     string // address of the page, for paper
	Address  string // of the site, for the command
	Notice   int64
	Entry    int64 // the draw, the platform's list, the result or the record; -1: none yet
	Draw     int64 // of a result: the entry that drew it; -1: it was not drawn
	Charters string
	Later    string // indexes of later records that change what the page says
	Files    []link
	Offline  string
	Sum      string
}

// checkScript is the script of every page that has a panel.
const checkScript = "script/verify.js"

// offlineSum is the SHA-256 of the offline page as it stands in the program.
var offlineSum = sync.OnceValue(func() string {
	list := templates.Programs()
	return list[slices.IndexFunc(list, func(p templates.Program) bool { return p.Name == path.Base(templates.Offline) })].SHA256
})

// check begins a panel and gives the page its script.
func (m *maker) check(p *page, files ...int64) *checkPart {
	if !slices.Contains(p.Scripts, checkScript) {
		p.Scripts = append(p.Scripts, checkScript)
	}
	c := &checkPart{Root: p.Root, Page: p.Address, Address: or(m.opt.Base, "网址"), Notice: -1, Entry: -1, Draw: -1,
		Offline: p.Root + templates.Offline, Sum: offlineSum()}
	var charters []int64
	for _, at := range m.s.Charters {
		charters = append(charters, at.Index)
	}
	c.Charters = spaced(charters)
	for _, i := range files {
		c.Files = append(c.Files, *p.to("ledger/"+ledger.EntryPath(uint64(i)), "entry/"+num(i)+".txt"))
		if m.hasProof(i) {
			c.Files = append(c.Files, *p.to("ledger/"+ledger.ProofPath(uint64(i)), "proof/"+num(i)+".tlog-proof"))
		}
	}
	return c
}

// checkDraw is the panel of a draw: its notice, what was drawn, and the
// entries that end it or add to it.
func (m *maker) checkDraw(p *page, l *rules.Lot) *checkPart {
	files := []int64{l.Index}
	entry := int64(-1)
	var later []int64
	switch {
	case l.Draw != nil:
		entry = l.Draw.Index
	case l.Platform != nil:
		entry = l.Platform.Index
	}
	if entry >= 0 {
		files = append(files, entry)
	}
	if l.Abort != nil {
		later = append(later, l.Abort.Index)
	}
	for _, t := range l.Later {
		later = append(later, t.Index)
	}
	for _, r := range l.Requests {
		later = append(later, r.Index)
	}
	c := m.check(p, files...)
	c.Notice, c.Entry, c.Later = l.Index, entry, spaced(later)
	return c
}

// checkResult is the panel of a result: its record, the draw that gave it, and
// its corrections.
func (m *maker) checkResult(p *page, f *rules.Finished) *checkPart {
	var later []int64
	for _, c := range f.Corrections {
		later = append(later, c.Index)
	}
	for _, t := range f.Takedowns {
		later = append(later, t.Index)
	}
	c := m.check(p, append([]int64{f.Index}, later...)...)
	c.Entry, c.Later = f.Index, spaced(later)
	if f.Lot != nil && f.Lot.Draw != nil {
		c.Draw = f.Lot.Draw.Index
	}
	return c
}

// checkEntry is the panel of a record.
func (m *maker) checkEntry(p *page, i int64) *checkPart {
	c := m.check(p, i)
	c.Entry = i
	return c
}

// spaced writes indexes ascending with blanks between them.
func spaced(list []int64) string {
	slices.Sort(list)
	var words []string
	for _, i := range list {
		words = append(words, num(i))
	}
	return strings.Join(words, " ")
}
