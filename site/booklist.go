package site

import (
	"maps"
	"slices"

	"github.com/sunlot/sunlot/internal/verify"
)

// bookView is the entrance of the ledger: its head in plain words, its records
// by kind and number, its tree and witnesses.
type bookView struct {
	page
	Facts      facts
	Checkpoint string // as signed
	Types      []typeCount
	Parts      []link // the latest list pages
	Older      []link // pages of links to the list pages before them
	Ways       []way
	Files      []link
	Log        string // the log's key, for other people's tools
	Example    string // a record's address below ledger/
	Hash       string
}

// typeCount is a kind of record, how many there are, and where they are listed.
type typeCount struct {
	Name  string
	Count value
}

// bookKind is a list page of the records of one kind.
type bookKind struct {
	page
	Caption string
	Rows    []bookRow
	Turn    []link
}

// bookTypePath names the pages of the list of a kind.
func bookTypePath(kind string) func(n int) string {
	return func(n int) string {
		if n == 1 {
			return "book/" + kind + "/index.html"
		}
		return "book/" + kind + "/page-" + num(n) + ".html"
	}
}

// bookRest is what the entrance of the ledger leads to beside the list pages.
func (m *maker) bookRest(v *bookView) error {
	v.Checkpoint, v.Log = string(m.b.Signed), m.b.LogKey()
	if n := len(m.b.Entries); n > 0 {
		v.Example, v.Hash = "entry/"+num(n-1)+".txt", m.b.Entries[n-1].Hash
	}
	v.Files = append(v.Files, *v.to("data/index.html#ledger", "整个账本的存档"))
	for _, part := range []func(*bookView) error{m.bookTypes, m.bookTree, m.bookWitnesses} {
		if err := part(v); err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) bookKind(v *bookKind, list []*verify.Entry) error {
	v.asList()
	for _, e := range list {
		v.Rows = append(v.Rows, bookRow{Link: v.to(m.home(e.Index), num(e.Index)), Time: minute(timeOf(e)), State: m.entryState(e), Type: typeName(e.Record.Type), Summary: m.summary(e)})
	}
	return m.render("book-kind", v)
}

// bookParts are the list pages of all records.
func (m *maker) bookParts() *partList {
	size := len(m.b.Entries)
	return &partList{dir: "book/", section: "book", title: "账本", parts: (size + perPage - 1) / perPage, path: bookPath,
		name: func(n int) string { return "第" + num((n-1)*perPage) + "至" + num(min(n*perPage, size)-1) + "条" }}
}

// ownList are kinds that have better lists than one by number: results have
// theirs, and names open with them.
var ownList = map[string]string{"result": "results/index.html", "opened": "draws/index.html"}

// bookTypes counts the records by kind and lists each kind. A page of a list
// depends on its own records, on what was found of them, and on whether a page
// follows.
func (m *maker) bookTypes(v *bookView) error {
	kinds, counts := map[string][]*verify.Entry{}, map[string]int{}
	for _, e := range m.b.Entries {
		if e.Record == nil {
			continue
		}
		if counts[e.Record.Type]++; ownList[e.Record.Type] == "" || len(kinds[e.Record.Type]) == 0 {
			kinds[e.Record.Type] = append(kinds[e.Record.Type], e)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		list, path := kinds[kind], bookTypePath(kind)
		row := typeCount{Name: typeName(kind), Count: v.at(or(ownList[kind], path(1)), num(counts[kind]))}
		v.Types = append(v.Types, row)
		if ownList[kind] != "" {
			continue
		}
		parts := (len(list) + perPage - 1) / perPage
		for n := 1; n <= parts; n++ {
			rows := list[(n-1)*perPage : min(n*perPage, len(list))]
			h := newHasher().text("kind", kind).sum(m.keys.all).yes(n < parts)
			for _, e := range rows {
				h.sum(m.keys.record[e.Index])
			}
			err := m.block("kind/"+kind+"/"+num(n), h.key(), func(m *maker) error {
				title := "账本里的" + row.Name
				if n > 1 {
					title += "（第" + num(n) + "页）"
				}
				part := &bookKind{page: m.newPage(path(n), "book", title), Caption: row.Name + "，按账本的先后"}
				part.Turn = turn(&part.page, n, parts, path)
				return m.bookKind(part, rows)
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
