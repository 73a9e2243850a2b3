package ledger

import (
	"bytes"
	"math/bits"
	"strconv"
)

// locate finds which files are to blame when the entries do not hash to the
// signed root. It looks for rows of hashes that do lead to the root and walks
// down from them: what such a row says is authentic, and where the entries say
// otherwise below a node, the search goes on below that node only. What was
// signed then takes the place of what was computed, so that the files of the
// other entries are held against it. It returns the tiles that differ from the
// entries and are nevertheless right.
func (a *auditor) locate() map[tileID]bool {
	l := &locator{a, map[tileID]bool{}}
	edge, ok := l.authenticEdge()
	if !ok {
		a.problem("ledger.audit-root", "checkpoint", a.edgeAt(a.size).root().String(), a.rep.Checkpoint.Root.String())
		for id := range a.wrong {
			if id.level == 0 {
				width := widthOf(0, id.n, a.size)
				a.problem("ledger.audit-bundle", BundlePath(id.n, width), "hashes that differ from "+TilePath(0, id.n, width), "one of the two is wrong")
			}
		}
		return nil
	}
	for level, row := range edge.levels {
		if len(row) > 0 {
			l.descend(tileID{level, nodesAt(level, a.size) / TileWidth}, row)
		}
	}
	return l.right
}

type locator struct {
	a     *auditor
	right map[tileID]bool
}

// authenticEdge tries, at each level, the unfilled tile as it stands and as it
// is computed, fewest replacements first, until the signed root comes out.
func (l *locator) authenticEdge() (*edge, bool) {
	a := l.a
	computed, stored := a.edgeAt(a.size), &edge{size: a.size}
	var differ []int
	for level, row := range computed.levels {
		stored.levels = append(stored.levels, row)
		if len(row) == 0 {
			continue
		}
		data, err := a.d.tile(level, nodesAt(level, a.size)/TileWidth, len(row))
		if err == nil && !bytes.Equal(data, bytesOf(row)) {
			stored.levels[level] = hashesOf(data)
			differ = append(differ, level)
		}
	}
	for replaced := 0; replaced <= len(differ); replaced++ {
		for set := range 1 << len(differ) {
			if bits.OnesCount(uint(set)) != replaced {
				continue
			}
			try := &edge{size: a.size, levels: append([][]Hash(nil), stored.levels...)}
			for i, level := range differ {
				if set>>i&1 == 1 {
					try.levels[level] = computed.levels[level]
				}
			}
			if try.root() == a.rep.Checkpoint.Root {
				return try, true
			}
		}
	}
	return nil, false
}

// descend compares an authentic row with what the entries make of it.
func (l *locator) descend(id tileID, row []Hash) {
	a := l.a
	computed := a.row(id.level, id.n)
	if a.wrong[id] && bytes.Equal(bytesOf(row), bytesOf(computed)) {
		return // the tile is wrong, and tiles() says so
	}
	l.right[id] = true
	for i, h := range row {
		if computed[i] == h {
			continue
		}
		computed[i] = h
		if id.level == 0 {
			index := id.n*TileWidth + uint64(i)
			a.problem("ledger.audit-entry", BundlePath(id.n, widthOf(0, id.n, a.size)), strconv.FormatUint(index, 10), h.String())
			continue
		}
		below := tileID{id.level - 1, id.n*TileWidth + uint64(i)}
		data, err := a.d.tile(below.level, below.n, TileWidth)
		if err == nil && rootOf(hashesOf(data)) == h {
			l.descend(below, hashesOf(data))
			continue
		}
		// Neither the tile nor the entries lead to what was signed.
		if err == nil {
			a.problem("ledger.audit-tile", TilePath(below.level, below.n, TileWidth), "hashes that differ", h.String())
			l.right[below] = true // reported
		}
		if below.level == 0 {
			a.problem("ledger.audit-bundle", BundlePath(below.n, TileWidth), "entries that hash otherwise", h.String())
		}
	}
}
