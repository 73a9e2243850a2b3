package ledger

// Renderer writes the bundles and tiles of a tree from its entries, in order,
// as they come. It holds no more than the right edge and one bundle, so a tree
// of any size costs the same memory. The files are those that a Publisher would
// have left, without superseded partial ones.
type Renderer struct {
	put    func(name string, data []byte) error
	climb  *climber
	bundle [][]byte
	n      uint64 // bundles written
	err    error
}

// NewRenderer renders by put, which takes the path of a file and its content.
func NewRenderer(put func(name string, data []byte) error) *Renderer {
	r := &Renderer{put: put}
	r.climb = climb(&edge{}, func(level int, n uint64, row []Hash) {
		r.write(TilePath(level, n, len(row)), bytesOf(row))
	})
	return r
}

// Add takes the next entries and keeps them until their bundle is full.
func (r *Renderer) Add(entries [][]byte) error {
	for len(entries) > 0 && r.err == nil {
		k := min(TileWidth-len(r.bundle), len(entries))
		r.bundle = append(r.bundle, entries[:k]...)
		entries = entries[k:]
		if len(r.bundle) == TileWidth {
			r.flush()
		}
	}
	return r.err
}

// Close writes what is unfilled and returns the root of the tree.
func (r *Renderer) Close() (Hash, error) {
	if len(r.bundle) > 0 {
		r.flush()
	}
	r.climb.partial(0)
	return r.climb.root(), r.err
}

// flush writes a bundle and then the tiles that it fills: entries stand before
// hashes that speak of them.
func (r *Renderer) flush() {
	data, err := FormatBundle(r.bundle)
	if err != nil && r.err == nil {
		r.err = err
	}
	r.write(BundlePath(r.n, len(r.bundle)), data)
	r.n++
	r.climb.push(leafHashesOf(r.bundle))
	r.bundle = r.bundle[:0]
}

func (r *Renderer) write(name string, data []byte) {
	if r.err == nil {
		r.err = r.put(name, data)
	}
}
