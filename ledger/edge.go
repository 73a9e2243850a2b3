package ledger

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/sunlot/sunlot/internal/fault"
)

// edge is the right edge of a tree: all that is needed to append to it.
type edge struct {
	size   uint64
	levels [][]Hash // at each tile level the hashes of the unfilled last tile
	bundle [][]byte // the entries of the unfilled last bundle
}

// root is the RFC 6962 root: each level's unfilled tile is hashed with the
// node of what is unfilled below it as its last leaf.
func (e *edge) root() Hash {
	var nodes []Hash
	for _, level := range e.levels {
		row := append([]Hash(nil), level...)
		if len(nodes) > 0 {
			row = append(row, rootOf(nodes))
		}
		nodes = row
	}
	return rootOf(nodes)
}

// readEdge reads the right edge of the tree of size from its tiles and last
// bundle, hashes that bundle's entries again and follows full tiles upwards.
// Everything must agree with root. The place of the fault is the damaged file.
func readEdge(d *Dir, size uint64, root Hash) (*edge, error) {
	e := &edge{size: size}
	for level := 0; nodesAt(level, size) > 0; level++ {
		row := []Hash(nil)
		if nodes := nodesAt(level, size); nodes%TileWidth > 0 {
			data, err := d.tile(level, nodes/TileWidth, int(nodes%TileWidth))
			if err != nil {
				return nil, edgeFault(TilePath(level, nodes/TileWidth, int(nodes%TileWidth)), err)
			}
			row = hashesOf(data)
		}
		e.levels = append(e.levels, row)
	}
	fromTiles := e.root() == root
	if size > 0 {
		if err := e.rehash(d, fromTiles); err != nil {
			return nil, err
		}
	}
	if !fromTiles {
		return nil, fault.New("ledger.guard-damaged", e.topTile(), e.root().String(), root.String())
	}
	return e, nil
}

// rehash hashes the entries of the last bundle, full or not, and compares them
// with the last tile, and each full last tile with the node above it.
// tilesSound says that the tiles lead to the signed root: then the bundle is
// what was damaged, else the tile.
func (e *edge) rehash(d *Dir, tilesSound bool) error {
	n := (e.size - 1) / TileWidth
	width := widthOf(0, n, e.size)
	entries, err := d.bundle(n, width)
	if err != nil {
		return edgeFault(BundlePath(n, width), err)
	}
	leaves := make([]Hash, width)
	for i, entry := range entries {
		leaves[i] = LeafHash(entry)
	}
	hashes := leaves
	for level := 0; ; level++ {
		data, err := d.tile(level, n, width)
		if err != nil {
			return edgeFault(TilePath(level, n, width), err)
		}
		tile := hashesOf(data)
		at := width - len(hashes)
		for i, h := range hashes {
			if tile[at+i] == h {
				continue
			}
			if level == 0 && tilesSound && width < TileWidth {
				return fault.New("ledger.guard-damaged", BundlePath(n, width), fmt.Sprintf("entry %d hashes to %s", n*TileWidth+uint64(i), h), tile[i].String())
			}
			return fault.New("ledger.guard-damaged", TilePath(level, n, width), tile[at+i].String(), h.String())
		}
		if width < TileWidth {
			break
		}
		// A full tile is one node of the tile above: its last one.
		hashes = []Hash{rootOf(tile)}
		n, width = n/TileWidth, int(n%TileWidth)+1
	}
	if e.size%TileWidth > 0 {
		e.bundle = entries
	}
	return nil
}

func (e *edge) topTile() string {
	for level := len(e.levels) - 1; level >= 0; level-- {
		if w := len(e.levels[level]); w > 0 {
			return TilePath(level, nodesAt(level, e.size)/TileWidth, w)
		}
	}
	return "checkpoint"
}

// edgeFault says that the guard met a file that is missing or malformed; what
// could not be read at all stays what it is.
func edgeFault(place string, err error) error {
	if fault.Code(err) == "ledger.unreadable" {
		return err
	}
	return &fault.Error{Code: "ledger.guard-damaged", Place: place, Err: err}
}

// growth is the step from one tree to the next.
type growth struct {
	from, to *edge
	entries  [][]byte // new ones
	tiles    []newTile
	byID     map[tileID][]byte
}

type newTile struct {
	name string
	data []byte
}

// grow hashes the new entries and makes the tiles that the new tree has and
// the old had not (tlog-tiles: full ones, and at each level the partial last).
func grow(from *edge, entries [][]byte) *growth {
	g := &growth{from: from, entries: entries, byID: map[tileID][]byte{}}
	c := climb(from, g.add)
	c.push(leafHashesOf(entries))
	c.partial(from.size)
	g.to = &c.edge
	return g
}

// climber appends leaf hashes to a tree of which it holds the right edge alone.
type climber struct {
	edge
	filled []uint64                              // full tiles so far, by level
	tile   func(level int, n uint64, row []Hash) // takes a tile; row is good for the call
}

func climb(from *edge, tile func(level int, n uint64, row []Hash)) *climber {
	c := &climber{edge: edge{size: from.size, levels: make([][]Hash, len(from.levels))}, tile: tile}
	for i, level := range from.levels {
		c.levels[i] = append(make([]Hash, 0, TileWidth), level...)
		c.filled = append(c.filled, nodesAt(i, from.size)/TileWidth)
	}
	return c
}

func (c *climber) push(leaves []Hash) {
	for _, h := range leaves {
		c.size++
		c.put(0, h)
	}
}

func (c *climber) put(level int, h Hash) {
	if level == len(c.levels) {
		c.levels, c.filled = append(c.levels, make([]Hash, 0, TileWidth)), append(c.filled, 0)
	}
	c.levels[level] = append(c.levels[level], h)
	if len(c.levels[level]) < TileWidth {
		return
	}
	c.tile(level, c.filled[level], c.levels[level])
	up := rootOf(c.levels[level])
	c.levels[level] = c.levels[level][:0]
	c.filled[level]++
	c.put(level+1, up)
}

// partial hands over the unfilled last tiles that a tree of size old had not.
func (c *climber) partial(old uint64) {
	for level, row := range c.levels {
		if len(row) > 0 && nodesAt(level, c.size) != nodesAt(level, old) {
			c.tile(level, c.filled[level], row)
		}
	}
}

// leafHashesOf hashes entries, many of them on all processors.
func leafHashesOf(entries [][]byte) []Hash {
	out := make([]Hash, len(entries))
	piece := max(512, (len(entries)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for from := 0; from < len(entries); from += piece {
		work := func() {
			for i := from; i < min(from+piece, len(entries)); i++ {
				out[i] = LeafHash(entries[i])
			}
		}
		if from+piece >= len(entries) {
			work() // the last piece here
		} else {
			wg.Go(work)
		}
	}
	wg.Wait()
	return out
}

func (g *growth) add(level int, n uint64, row []Hash) {
	data := bytesOf(row)
	g.tiles = append(g.tiles, newTile{TilePath(level, n, len(row)), data})
	g.byID[tileID{level, n}] = data
}

// files yields the bundles, then the tiles: entries stand before hashes that
// speak of them.
func (g *growth) files(yield func(name string, data []byte) error) error {
	rest := g.entries
	row := append([][]byte(nil), g.from.bundle...)
	for n := g.from.size / TileWidth; len(rest) > 0; n++ {
		k := min(TileWidth-len(row), len(rest))
		row = append(row, rest[:k]...)
		rest = rest[k:]
		data, err := FormatBundle(row)
		if err != nil {
			return err
		}
		if err := yield(BundlePath(n, len(row)), data); err != nil {
			return err
		}
		row = row[:0]
	}
	for _, t := range g.tiles {
		if err := yield(t.name, t.data); err != nil {
			return err
		}
	}
	return nil
}

// reader reads the new tree: new tiles from memory, the rest from d.
func (g *growth) reader(d *Dir) *tileReader {
	return newTileReader(g.to.size, func(level int, n uint64, width int) ([]byte, error) {
		if data := g.byID[tileID{level, n}]; len(data) >= width*len(Hash{}) {
			return data[:width*len(Hash{})], nil
		}
		return d.tile(level, n, width)
	})
}

// superseded are the directories of partial tiles and bundles whose full one
// now stands; tlog-tiles lets them go.
func (g *growth) superseded() []string {
	var dirs []string
	for level := 0; nodesAt(level, g.from.size) > 0; level++ {
		nodes := nodesAt(level, g.from.size)
		if n := nodes / TileWidth; nodes%TileWidth > 0 && nodesAt(level, g.to.size)/TileWidth > n {
			dirs = append(dirs, TilePath(level, n, TileWidth)+".p")
			if level == 0 {
				dirs = append(dirs, BundlePath(n, TileWidth)+".p")
			}
		}
	}
	return dirs
}
