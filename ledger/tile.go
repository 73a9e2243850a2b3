package ledger

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sunlot/sunlot/internal/fault"
)

const (
	tileHeight = 8
	// TileWidth is how many hashes a full tile and entries a full bundle hold.
	TileWidth = 1 << tileHeight
	// MaxEntry is the most bytes that an entry may have.
	MaxEntry  = 1<<16 - 1
	maxBundle = TileWidth * (MaxEntry + 2)
)

// TilePath names the tile of a level, its number and its width,
// c2sp.org/tlog-tiles: "tile/0/x001/067" or "tile/1/000.p/17".
func TilePath(level int, n uint64, width int) string {
	return tileName(strconv.Itoa(level), n, width)
}

// BundlePath names an entry bundle: "tile/entries/000.p/10".
func BundlePath(n uint64, width int) string { return tileName("entries", n, width) }

func tileName(level string, n uint64, width int) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if width < TileWidth {
		name += ".p/" + strconv.Itoa(width)
	}
	return "tile/" + level + "/" + name
}

// EntryPath, ProofPath, OpeningPath and BlobPath name the other files.
func EntryPath(index uint64) string { return fmt.Sprintf("entry/%d.txt", index) }

// ProofPath names the proof file of an entry.
func ProofPath(index uint64) string { return fmt.Sprintf("proof/%d.tlog-proof", index) }

// OpeningPath names the opening file of an entry.
func OpeningPath(index uint64) string { return fmt.Sprintf("opening/%d.json", index) }

// BlobPath names a blob by the lower hex of its SHA-256.
func BlobPath(hex string) string { return "blob/sha256/" + hex[:2] + "/" + hex }

// FormatBundle writes entries each after its length in two bytes.
func FormatBundle(entries [][]byte) ([]byte, error) {
	size := 0
	for _, e := range entries {
		size += 2 + len(e)
	}
	b := make([]byte, 0, size)
	if len(entries) < 1 || len(entries) > TileWidth {
		return nil, fault.New("ledger.bundle-form", "bundle", strconv.Itoa(len(entries)), "1..256 entries")
	}
	for i, e := range entries {
		if len(e) > MaxEntry {
			return nil, fault.New("ledger.entry-size", fmt.Sprintf("bundle entry %d", i), strconv.Itoa(len(e)), "at most 65535 bytes")
		}
		b = binary.BigEndian.AppendUint16(b, uint16(len(e)))
		b = append(b, e...)
	}
	return b, nil
}

// ParseBundle reads a bundle of exactly width entries. They share data.
func ParseBundle(data []byte, width int) ([][]byte, error) {
	entries := make([][]byte, 0, width)
	for rest := data; len(entries) < width || len(rest) > 0; {
		if len(entries) == width || len(rest) < 2 {
			return nil, fault.New("ledger.bundle-form", fmt.Sprintf("bundle entry %d", len(entries)), strconv.Itoa(len(rest))+" bytes left", strconv.Itoa(width)+" entries")
		}
		n := 2 + int(binary.BigEndian.Uint16(rest))
		if n > len(rest) {
			return nil, fault.New("ledger.bundle-form", fmt.Sprintf("bundle entry %d", len(entries)), strconv.Itoa(len(rest))+" bytes left", strconv.Itoa(n))
		}
		entries = append(entries, rest[2:n:n])
		rest = rest[n:]
	}
	return entries, nil
}

// parseTileName reads what tileName writes: level −1 stands for entries.
func parseTileName(name string) (level int, n uint64, width int, ok bool) {
	rest, ok := strings.CutPrefix(name, "tile/")
	l, rest, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 || len(name) > 64 {
		return 0, 0, 0, false
	}
	level, _ = strconv.Atoi(l) // what is no number does not format to itself
	if l == "entries" {
		level = -1
	} else if level < 0 || level > 63 || strconv.Itoa(level) != l {
		return 0, 0, 0, false
	}
	width = TileWidth
	var err error
	if num, w, partial := strings.Cut(rest, ".p/"); partial {
		if width, err = strconv.Atoi(w); err != nil || width < 1 || width >= TileWidth {
			return 0, 0, 0, false
		}
		rest = num
	}
	if n, err = strconv.ParseUint(strings.NewReplacer("x", "", "/", "").Replace(rest), 10, 62); err != nil {
		return 0, 0, 0, false
	}
	return level, n, width, tileName(l, n, width) == name
}

// nodesAt is how many complete nodes a tree of size has at a tile level.
func nodesAt(level int, size uint64) uint64 {
	if level*tileHeight >= 64 {
		return 0
	}
	return size >> (level * tileHeight)
}

// widthOf is the width of tile n of a level in a tree of size, 0 if there is
// no such tile.
func widthOf(level int, n, size uint64) int {
	nodes := nodesAt(level, size)
	if first := n * TileWidth; first < nodes {
		return int(min(nodes-first, TileWidth))
	}
	return 0
}

type tileID struct {
	level int
	n     uint64
}

// pyramid holds a tile's hashes and all complete nodes above them.
type pyramid [tileHeight + 1][]Hash

func newPyramid(hashes []Hash) *pyramid {
	p := &pyramid{hashes}
	for k := 1; k <= tileHeight; k++ {
		below := p[k-1]
		row := make([]Hash, len(below)/2)
		for i := range row {
			row[i] = nodeHash(below[2*i], below[2*i+1])
		}
		p[k] = row
	}
	return p
}

// tileReader is a tlog.HashReader over tiles that load returns. It trusts
// them: whoever uses it checks the result against a signed root.
type tileReader struct {
	size uint64
	load func(level int, n uint64, width int) ([]byte, error)
	have map[tileID]*pyramid
}

// maxPyramids bounds the tiles kept (16 kB each).
const maxPyramids = 256

func newTileReader(size uint64, load func(level int, n uint64, width int) ([]byte, error)) *tileReader {
	return &tileReader{size, load, map[tileID]*pyramid{}}
}

// ReadHashes implements tlog.HashReader.
func (r *tileReader) ReadHashes(indexes []int64) ([]Hash, error) {
	out := make([]Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		above := level % tileHeight
		id := tileID{level / tileHeight, uint64(n) >> (tileHeight - above)}
		at := uint64(n) & (1<<(tileHeight-above) - 1)
		p, err := r.pyramid(id)
		if err != nil {
			return nil, err
		}
		if at >= uint64(len(p[above])) {
			return nil, fault.New("ledger.proof-range", "tree", fmt.Sprintf("node %d of level %d", n, level), fmt.Sprintf("a node of the first %d entries", r.size))
		}
		out[i] = p[above][at]
	}
	return out, nil
}

func (r *tileReader) pyramid(id tileID) (*pyramid, error) {
	if p := r.have[id]; p != nil {
		return p, nil
	}
	width := widthOf(id.level, id.n, r.size)
	if width == 0 {
		return nil, fault.New("ledger.proof-range", "tree", TilePath(id.level, id.n, TileWidth), fmt.Sprintf("a tile of the first %d entries", r.size))
	}
	data, err := r.load(id.level, id.n, width)
	if err != nil {
		return nil, err
	}
	if len(r.have) >= maxPyramids {
		clear(r.have)
	}
	p := newPyramid(hashesOf(data))
	r.have[id] = p
	return p, nil
}

// hashesOf splits a tile's bytes.
func hashesOf(data []byte) []Hash {
	hs := make([]Hash, len(data)/len(Hash{}))
	for i := range hs {
		copy(hs[i][:], data[i*len(Hash{}):])
	}
	return hs
}

func bytesOf(hashes []Hash) []byte {
	b := make([]byte, 0, len(hashes)*len(Hash{}))
	for _, h := range hashes {
		b = append(b, h[:]...)
	}
	return b
}
