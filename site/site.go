// Package site makes the public pages: a verified ledger, hand-written text
// and templates in, files out.
//
//	out, err := site.OpenDir("public/gaoqing", site.DirOptions{})
//	err = site.Build(bundle, content.FS, site.Options{Built: record.Time(now)}, out)
//	err = out.Finish()
//
// A page can only be made from a *verify.Bundle. Each kind of page is one
// documented struct, its view (draws.go, results.go …), built by functions of
// the bundle alone, and one template of the same name; package templates holds
// no logic. Pages are made one by one and handed to Out at once, so memory
// does not grow with their number.
//
// What is published stands in spec/site.md: every link is relative and names
// a file, so the folder works under any path and from a disk; there is no
// script inside a page, no request to another host, and no link to a file that
// was not made (Build checks). Beside the pages stands ledger/, the closed folder of the
// ledger itself, whose checkpoint is written last.
//
// A record's page is a function of that record and of those that follow from
// it, never of the latest checkpoint: one more entry rewrites the last list
// pages, the front page, its own page, and nothing else.
package site

import (
	"io/fs"
	"slices"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// Options of a build. The zero value makes a site that works anywhere and says
// nothing about when it was made.
type Options struct {
	Base     string                // absolute address of the site, "https://…/"; "": no sitemap.xml, addresses are printed relative
	Built    string                // time of the build, RFC 3339 at +08:00, for front page, calendar and report; "": not shown
	Progress func(done, total int) // files so far and an estimate of all; may be nil
	Stop     <-chan struct{}       // closed: the build ends with site.stopped at the next file; may be nil
	Beside   bool                  // other work goes on in this process: its memory is not bounded for the sake of the build
	Program  string                // what makes the pages, by any name that changes when it does: pages of another program are made again
}

// Out takes files: a folder (Dir), or a map in tests. Names are slash
// separated and relative; a name is put once a build. The data is the caller's
// again when Put returns.
type Out interface {
	Put(name string, data []byte) error
}

// Build writes the whole site of a bundle: the ledger's files, data, pages,
// lists and front page, the checkpoint last. content holds pages/*.md and
// pages/media. The bundle's folder must still be readable. On an error the
// site in out is unfinished; what stood there before still stands or was
// replaced file by file.
func Build(b *verify.Bundle, content fs.FS, opt Options, out Out) error {
	m, err := newMaker(b, content, opt, out)
	if err != nil {
		return err
	}
	if m.dir != nil && !opt.Beside {
		defer frugal()()
	}
	return m.build()
}

func (m *maker) build() error {
	if err := m.ledgerFiles(); err != nil {
		return err
	}
	return m.rest()
}

// rest is everything but the files of the ledger, which it ends with the
// checkpoint of.
func (m *maker) rest() error {
	if err := m.assets(); err != nil { // what pages point to
		return err
	}
	err := m.beside(
		(*maker).recordPages, (*maker).firmPages, (*maker).drawPages, // records
		(*maker).checklistPages, (*maker).planPages, (*maker).statsPages, (*maker).rulesPage, (*maker).workdaysPage, (*maker).feedFiles,
		(*maker).calendarFile, (*maker).dataFiles, (*maker).bookLists, (*maker).resultLists, (*maker).shelfPages, (*maker).firmLists, (*maker).drawList,
		(*maker).inspectorsPage, (*maker).jointPage, (*maker).lookupFiles, (*maker).searchPage, (*maker).calendarPage, (*maker).reportPage, (*maker).front,
		(*maker).notFound,
	)
	if err != nil {
		return err
	}
	for _, step := range []func() error{m.textPages, m.sitemaps, m.checkLinks} {
		if err := step(); err != nil {
			return err
		}
	}
	// A crash before this line leaves the old checkpoint: readers see the old
	// ledger with some new pages.
	if err := m.put("ledger/checkpoint", m.b.Signed); err != nil {
		return err
	}
	if m.dir != nil {
		slices.Sort(*m.files)
		m.close("", digest{}, *m.files)
	}
	if m.opt.Progress != nil {
		m.opt.Progress(m.total, m.total)
	}
	return nil
}

func newMaker(b *verify.Bundle, content fs.FS, opt Options, out Out) (*maker, error) {
	c := b.State.Charter()
	if c == nil || b.State.Pack == nil {
		return nil, fault.New("site.no-charter", "entry 0", "", "charter")
	}
	base, err := cleanBase(opt.Base)
	if err != nil {
		return nil, err
	}
	opt.Base = base
	m := &maker{
		b: b, s: b.State, pack: b.State.Pack, charter: c, content: content, opt: opt, out: out,
		made: newNameSet(), shared: newShared(), counted: map[int64]*rules.Stats{},
		total: 3*len(b.Entries) + 2*len(b.State.Results) + 64,
	}
	if m.dir, _ = out.(*Dir); m.dir != nil {
		m.made, m.files = m.dir.names, new([]string)
	}
	if m.tmpl, err = parseTemplates(); err != nil {
		return nil, err
	}
	m.quick = newQuick(m.tmpl)
	b.State.Workdays() // reckoned once and kept without a lock: before steps beside each other ask for it
	m.index()
	m.site = m.identity()
	return m, nil
}
