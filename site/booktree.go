package site

import (
	"encoding/hex"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/ledger"
)

// treeView is the tree of hashes as the files of the ledger hold it (ledger.md
// §5): for each level how many tiles are full, and the one that still grows.
type treeView struct {
	page
	Facts  facts
	Levels []treeLevel
}

type treeLevel struct {
	Level int
	About string
	Full  int64
	Part  string // width of the one that grows, "" for none
	Pages []link
}

// treePart lists up to 256 tiles of one level.
type treePart struct {
	page
	Caption string
	Rows    []tileRow
	Turn    []link
}

// tileRow is a tile, the records below it, and at level 0 the file that holds
// their text.
type tileRow struct {
	Tile    *link
	Entries string
	Bundle  *link
}

const treePath = "book/tree/index.html"

func treePartPath(level int) func(n int) string {
	return func(n int) string { return "book/tree/level-" + num(level) + "/page-" + num(n) + ".html" }
}

// bookTree makes the pages of the tree. A list page of tiles changes only while
// its last tile grows.
func (m *maker) bookTree(b *bookView) error {
	size := int64(m.b.Checkpoint.Size)
	v := &treeView{page: m.newPage(treePath, "book", "校验树")}
	p := &v.page
	p.asList()
	v.Facts.add("记录", text("共"+num(size)+"条"))
	v.Facts.add("总校验码", hash(rootOf(m.b.Checkpoint)))
	below := int64(1) // records under one hash of the level
	for level := 0; ; level++ {
		hashes := size / below
		if hashes == 0 {
			break
		}
		full, part := hashes/ledger.TileWidth, hashes%ledger.TileWidth
		row := treeLevel{Level: level, Full: full, About: "每个校验码管" + num(below) + "条记录"}
		if part > 0 {
			row.Part = num(part) + "个校验码"
			full++
		}
		pages := int((full + ledger.TileWidth - 1) / ledger.TileWidth)
		for n := 1; n <= pages; n++ {
			h := newHasher().text("tree").num(int64(level), int64(n), min(hashes, int64(n)*ledger.TileWidth*ledger.TileWidth)).sum(m.keys.all).yes(n < pages)
			err := m.block("tree/"+num(level)+"/"+num(n), h.key(), func(m *maker) error { return m.treePart(level, n, pages, hashes, below) })
			if err != nil {
				return err
			}
			row.Pages = append(row.Pages, *p.to(treePartPath(level)(n), "第"+num((n-1)*ledger.TileWidth)+"号起"))
		}
		v.Levels = append(v.Levels, row)
		below *= ledger.TileWidth
	}
	b.Ways = append(b.Ways, way{*b.to(treePath, "校验树"), "每一层的校验码存在哪个文件里。"})
	m.list(p, "")
	return m.render("tree", v)
}

// treePart lists tiles 256(n−1) to 256n−1 of a level that has so many hashes,
// each over as many records as below says.
func (m *maker) treePart(level, n, pages int, hashes, below int64) error {
	title := "校验树第" + num(level) + "层"
	if n > 1 {
		title += "（第" + num(n) + "页）"
	}
	v := &treePart{page: m.newPage(treePartPath(level)(n), "book", title, link{treePath, "校验树"}), Caption: "第" + num(level) + "层的文件"}
	p := &v.page
	p.asList()
	for t := int64(n-1) * ledger.TileWidth; t < int64(n)*ledger.TileWidth && t*ledger.TileWidth < hashes; t++ {
		width := int(min(ledger.TileWidth, hashes-t*ledger.TileWidth))
		name := ledger.TilePath(level, uint64(t), width)
		first := t * ledger.TileWidth * below
		row := tileRow{Tile: p.to("ledger/"+name, name), Entries: "第" + num(first) + "至" + num(first+int64(width)*below-1) + "条"}
		if level == 0 {
			name := ledger.BundlePath(uint64(t), width)
			row.Bundle = p.to("ledger/"+name, name)
		}
		v.Rows = append(v.Rows, row)
	}
	v.Turn = turn(p, n, pages, treePartPath(level))
	return m.render("tree-part", v)
}

// witnessView is who witnesses, by the charters, and which checkpoints they
// signed as the proof files of the ledger show it.
type witnessView struct {
	page
	Sentence string
	Rows     []witnessRow
	Parts    []link
	Older    []link // pages of links to the list pages before them
}

// witnessRow is a witness of the charter in force.
type witnessRow struct{ Name, Key, URL string }

// signedPart is a list page of checkpoints with their cosignatures.
type signedPart struct {
	page
	Rows []signedRow
	Turn []link
}

// signedRow is a checkpoint that a proof file carries: by how many records, with
// whose lines, for which records.
type signedRow struct {
	Size, Root, Seen, By string
	Proof                link
}

const witnessesPath = "book/witnesses/index.html"

func signedPath(n int) string { return "book/witnesses/page-" + num(n) + ".html" }

// perSigned is how many records a list page of checkpoints covers: it goes by
// records, so that one more touches the last page alone.
const perSigned = 50

// bookWitnesses makes the pages of the witnesses; without a charter that names
// any, there is nothing to list. A list page depends on the proof files of its
// records, which are written once.
func (m *maker) bookWitnesses(b *bookView) error {
	keys := m.witnessKeys()
	if len(keys) == 0 {
		return nil
	}
	v := &witnessView{page: m.newPage(witnessesPath, "book", "见证单位"), Sentence: m.witnessSentence()}
	p := &v.page
	p.asList()
	if pol := m.b.InForce(); pol != nil {
		for _, w := range pol.Witnesses {
			v.Rows = append(v.Rows, witnessRow{w.Name, w.Key.String(), w.URL})
		}
	}
	size := len(m.b.Entries)
	pages := (size + perSigned - 1) / perSigned
	for n := pages; n >= 1; n-- {
		h := newHasher().text("signed").num(int64(n)).sum(m.keys.all).yes(n < pages).sum(m.keys.alone[(n-1)*perSigned : min(n*perSigned, size)]...)
		if err := m.block("signed/"+num(n), h.key(), func(m *maker) error { return m.signedPart(keys, n, pages) }); err != nil {
			return err
		}
	}
	list := &partList{dir: "book/witnesses/", section: "book", title: "见证签名", parts: pages, path: signedPath, crumbs: []link{{witnessesPath, "见证单位"}},
		name: func(n int) string {
			return "第" + num((n-1)*perSigned) + "至" + num(min(n*perSigned, size)-1) + "条记录的"
		}}
	if err := m.linkPages(list); err != nil {
		return err
	}
	v.Parts, v.Older = list.latest(p), list.older(p)
	b.Ways = append(b.Ways, way{*b.to(witnessesPath, "见证单位"), "谁见证，哪一份快照有谁的签名。"})
	m.list(p, "")
	return m.render("witnesses", v)
}

// witnessKey is a key that any charter names, with the witness's name.
type witnessKey struct {
	name string
	key  ledger.Key
}

func (m *maker) witnessKeys() []witnessKey {
	var list []witnessKey
	seen := map[string]bool{}
	for _, c := range m.s.Charters {
		pol, err := ledger.ParsePolicy([]byte(c.Body.Policy))
		if err != nil {
			continue // none, or one that verify has spoken of
		}
		for _, w := range pol.Witnesses {
			if id := w.Key.String(); !seen[id] {
				seen[id] = true
				list = append(list, witnessKey{w.Name, w.Key})
			}
		}
	}
	return list
}

func (m *maker) signedPart(keys []witnessKey, n, pages int) error {
	title := "见证签名"
	if n > 1 {
		title += "（第" + num(n) + "页）"
	}
	v := &signedPart{page: m.newPage(signedPath(n), "book", title, link{witnessesPath, "见证单位"})}
	p := &v.page
	p.asList()
	last := ""
	for i := (n - 1) * perSigned; i < min(n*perSigned, len(m.b.Entries)); i++ {
		row, ok := m.signedRow(keys, int64(i))
		if !ok || row.Root == last {
			continue // records of one step share their checkpoint
		}
		last = row.Root
		row.Proof = *p.to("ledger/"+ledger.ProofPath(uint64(i)), "第"+num(i)+"条的入账证明")
		v.Rows = append(v.Rows, row)
	}
	v.Turn = turn(p, n, pages, signedPath)
	return m.render("signed-part", v)
}

// signedRow reads what stands in a proof file. The lines are told by name and
// key id; verification has checked those that the policy asks for.
func (m *maker) signedRow(keys []witnessKey, i int64) (signedRow, bool) {
	data, err := m.b.Dir.Proof(uint64(i))
	if err != nil {
		return signedRow{}, false
	}
	proof, err := ledger.ParseProof(data)
	if err != nil {
		return signedRow{}, false
	}
	note, err := ledger.ParseNote(proof.Checkpoint)
	if err != nil {
		return signedRow{}, false
	}
	c, err := ledger.ParseCheckpoint(note.Text)
	if err != nil {
		return signedRow{}, false
	}
	r := signedRow{Size: num(c.Size), Root: hex.EncodeToString(c.Root[:]), Seen: "没有见证"}
	if at := m.b.Bracket(i).NotAfter; at > 0 {
		r.Seen = second(record.Time(at))
	}
	for _, k := range keys {
		for _, s := range note.Signatures {
			if s.Name == k.key.Name && s.ID == k.key.ID {
				r.By += "、" + k.name
			}
		}
	}
	if r.By != "" {
		r.By = r.By[len("、"):]
	}
	return r, true
}
