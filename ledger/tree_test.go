package ledger

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sunlot/sunlot/internal/fault"
)

// slowRoot is MTH of RFC 6962 §2.1, word for word.
func slowRoot(leaves []Hash) Hash {
	if len(leaves) < 2 {
		return rootOf(leaves)
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	return tlog.NodeHash(slowRoot(leaves[:k]), slowRoot(leaves[k:]))
}

// slowPath is PATH of RFC 6962 §2.1.1.
func slowPath(m int, leaves []Hash) []Hash {
	if len(leaves) == 1 {
		return nil
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	if m < k {
		return append(slowPath(m, leaves[:k]), slowRoot(leaves[k:]))
	}
	return append(slowPath(m-k, leaves[k:]), slowRoot(leaves[:k]))
}

// slowProof is SUBPROOF of RFC 6962 §2.1.2.
func slowProof(m int, leaves []Hash, whole bool) []Hash {
	if m == len(leaves) {
		if whole {
			return nil
		}
		return []Hash{slowRoot(leaves)}
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	if m <= k {
		return append(slowProof(m, leaves[:k], whole), slowRoot(leaves[k:]))
	}
	return append(slowProof(m-k, leaves[k:], false), slowRoot(leaves[:k]))
}

func testEntries(n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = fmt.Appendf(nil, "entry %d", i)
	}
	return out
}

func leafHashes(entries [][]byte) []Hash {
	hs := make([]Hash, len(entries))
	for i, e := range entries {
		hs[i] = LeafHash(e)
	}
	return hs
}

func TestHashesAreThoseOfRFC6962(t *testing.T) {
	empty := LinesRoot(nil)
	if got := fmt.Sprintf("%x", empty[:]); got != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Fatal(got)
	}
	for _, n := range []int{0, 1, 2046, 2047, 2048, 65535} {
		e := bytes.Repeat([]byte{7}, n)
		if LeafHash(e) != tlog.RecordHash(e) {
			t.Fatalf("leaf of %d bytes", n)
		}
	}
	entries := testEntries(300)
	for n := range entries {
		if LinesRoot(entries[:n]) != slowRoot(leafHashes(entries[:n])) {
			t.Fatalf("root of %d", n)
		}
	}
}

// grown is a memory folder holding the tree of entries, written in one step.
func grown(t testing.TB, entries [][]byte) (*Dir, *growth, fstest.MapFS) {
	t.Helper()
	m := fstest.MapFS{}
	g := grow(&edge{}, entries)
	err := g.files(func(name string, data []byte) error {
		m[name] = &fstest.MapFile{Data: data}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return OpenDir(m), g, m
}

// Every size to 40 and around every width, every index, every older size.
func TestProofsFromTiles(t *testing.T) {
	sizes := []int{255, 256, 257, 511, 512, 513, 600}
	for n := 1; n <= 40; n++ {
		sizes = append(sizes, n)
	}
	entries := testEntries(600)
	leaves := leafHashes(entries)
	for _, size := range sizes {
		dir, g, _ := grown(t, entries[:size])
		root := slowRoot(leaves[:size])
		if g.to.root() != root {
			t.Fatalf("root of %d", size)
		}
		r := dir.HashReader(uint64(size))
		step := 1
		if size > 100 {
			step = 13
		}
		for i := 0; i < size; i += step {
			path, err := ProveInclusion(uint64(i), uint64(size), r)
			if err != nil || fmt.Sprint(path) != fmt.Sprint(slowPath(i, leaves[:size])) {
				t.Fatalf("path of %d in %d: %v", i, size, err)
			}
			if err := CheckInclusion(path, uint64(i), leaves[i], uint64(size), root); err != nil {
				t.Fatal(err)
			}
			if CheckInclusion(path, uint64(i), leaves[(i+1)%600], uint64(size), root) == nil {
				t.Fatal("another leaf passed")
			}
			old := uint64(i + 1)
			proof, err := ProveConsistency(old, uint64(size), r)
			if err != nil || fmt.Sprint(proof) != fmt.Sprint(slowProof(int(old), leaves[:size], true)) {
				t.Fatalf("from %d to %d: %v", old, size, err)
			}
			oldRoot := slowRoot(leaves[:old])
			if err := CheckConsistency(proof, old, oldRoot, uint64(size), root); err != nil {
				t.Fatal(err)
			}
			if CheckConsistency(proof, old, leaves[0], uint64(size), root) == nil && old > 1 {
				t.Fatal("another old root passed")
			}
		}
	}
}

func TestProofRanges(t *testing.T) {
	dir, g, _ := grown(t, testEntries(5))
	r := dir.HashReader(5)
	_, err := ProveInclusion(5, 5, r)
	wantCode(t, err, "ledger.proof-range")
	_, err = ProveConsistency(6, 5, r)
	wantCode(t, err, "ledger.proof-range")
	wantCode(t, CheckInclusion(nil, 1, Hash{}, 1, Hash{}), "ledger.proof-range")
	wantCode(t, CheckConsistency(nil, 2, Hash{}, 1, Hash{}), "ledger.proof-range")
	_, err = ProveInclusion(4, 6, r) // more than the reader's tree
	wantCode(t, err, "ledger.proof-range")
	root := g.to.root()
	if err := CheckConsistency(nil, 0, rootOf(nil), 5, root); err != nil {
		t.Fatal(err)
	}
	wantCode(t, CheckConsistency(nil, 0, root, 5, root), "ledger.proof-wrong")
	wantCode(t, CheckConsistency([]Hash{root}, 5, root, 5, root), "ledger.proof-wrong")
	wantCode(t, CheckConsistency(nil, 5, Hash{}, 5, root), "ledger.proof-wrong")
}

// What grow writes is what tlog lists and holds, from any size to any other,
// also across two levels.
func TestGrowthAgainstTlog(t *testing.T) {
	const most = 66_000
	var stored []Hash
	reader := tlog.HashReaderFunc(func(ix []int64) ([]Hash, error) {
		out := make([]Hash, len(ix))
		for i, x := range ix {
			out[i] = stored[x]
		}
		return out, nil
	})
	entries := testEntries(most)
	for i, e := range entries {
		hs, err := tlog.StoredHashes(int64(i), e, reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, hs...)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	steps := [][2]int{{0, 0}, {0, 1}, {1, 2}, {255, 256}, {256, 257}, {0, 256}, {255, 513}, {65_535, 65_536}, {65_536, 65_537}, {65_000, most}, {0, most}}
	for range 20 {
		a := rng.IntN(3000)
		steps = append(steps, [2]int{a, a + rng.IntN(1000)})
	}
	for _, s := range steps {
		old, to := s[0], s[1]
		dir, before, m := grown(t, entries[:old])
		e, err := readEdge(dir, uint64(old), before.to.root())
		if err != nil {
			t.Fatalf("edge of %d: %v", old, err)
		}
		g := grow(e, entries[old:to])
		want, err := tlog.TreeHash(int64(to), reader)
		if to == 0 {
			want, err = rootOf(nil), nil
		}
		if err != nil || g.to.root() != want {
			t.Fatalf("%v: root", s)
		}
		list := map[string][]byte{}
		bundles := true
		err = g.files(func(name string, data []byte) error {
			isBundle := strings.HasPrefix(name, "tile/entries/")
			if isBundle && !bundles {
				t.Fatalf("%v: %s after tiles", s, name)
			}
			bundles = isBundle
			list[name] = data
			m[name] = &fstest.MapFile{Data: data}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, tile := range tlog.NewTiles(8, int64(old), int64(to)) {
			data, err := tlog.ReadTileData(tile, reader)
			if err != nil {
				t.Fatal(err)
			}
			name := TilePath(tile.L, uint64(tile.N), tile.W)
			if !bytes.Equal(list[name], data) {
				t.Fatalf("%v: %s", s, name)
			}
			delete(list, name)
		}
		for name := range list {
			if !strings.HasPrefix(name, "tile/entries/") {
				t.Fatalf("%v: tlog does not list %s", s, name)
			}
		}
		e, err = readEdge(dir, uint64(to), want)
		if err != nil || e.root() != g.to.root() || len(e.bundle) != to%256 {
			t.Fatalf("%v: edge read back: %v", s, err)
		}
	}
}

func TestEdgeNamesTheDamagedFile(t *testing.T) {
	for _, size := range []int{1, 3, 256, 257, 300, 512, 700} {
		_, g, m := grown(t, testEntries(size))
		root := g.to.root()
		last := uint64(size-1) / 256
		width := (size-1)%256 + 1
		names := []string{TilePath(0, last, width), BundlePath(last, width)}
		if size >= 256 {
			names = append(names, TilePath(1, 0, size/256))
		}
		for _, name := range names {
			for _, at := range []int{0, 5, len(m[name].Data) - 1} {
				m[name].Data[at] ^= 4
				_, err := readEdge(OpenDir(m), uint64(size), root)
				m[name].Data[at] ^= 4
				wantCode(t, err, "ledger.guard-damaged")
				// A full bundle that disagrees with its full tile: one of the two.
				if !strings.Contains(err.Error(), name) && !(size%256 == 0) {
					t.Errorf("size %d, %s byte %d: %v", size, name, at, err)
				}
			}
			was := m[name]
			delete(m, name)
			if _, err := readEdge(OpenDir(m), uint64(size), root); fault.Code(err) != "ledger.guard-damaged" || !strings.Contains(err.Error(), name) {
				t.Errorf("size %d, %s gone: %v", size, name, err)
			}
			m[name] = was
		}
		if _, err := readEdge(OpenDir(m), uint64(size), root); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTileNames(t *testing.T) {
	for _, c := range []struct {
		name  string
		level int
		n     uint64
		width int
	}{
		{"tile/0/000", 0, 0, 256}, {"tile/0/000.p/1", 0, 0, 1}, {"tile/63/999.p/255", 63, 999, 255},
		{"tile/2/x001/x234/067", 2, 1234067, 256}, {"tile/1/x001/000.p/17", 1, 1000, 17},
	} {
		if got := TilePath(c.level, c.n, c.width); got != c.name {
			t.Errorf("%s, want %s", got, c.name)
		}
		if l, n, w, ok := parseTileName(c.name); !ok || l != c.level || n != c.n || w != c.width {
			t.Errorf("%s: %d %d %d %v", c.name, l, n, w, ok)
		}
	}
	if l, n, w, ok := parseTileName(BundlePath(5, 7)); !ok || l != -1 || n != 5 || w != 7 {
		t.Error(l, n, w, ok)
	}
	for _, bad := range []string{"", "tile", "tile/0", "tile/0/0", "tile/0/0000", "tile/64/000", "tile/-1/000", "tile/00/000",
		"tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/x000/000", "tile/0/001/000", "tile/0/x01/000",
		"tile/data/000", "tile/0/000.p/1.tmp", "tile/0/+00", "tile/entries/000/", "tile/0/x999/x999/x999/x999/x999/x999/x999/999"} {
		if l, n, w, ok := parseTileName(bad); ok {
			t.Errorf("%q was read as %d %d %d", bad, l, n, w)
		}
	}
}

func TestBundles(t *testing.T) {
	entries := append(testEntries(3), nil, make([]byte, 65535))
	data, err := FormatBundle(entries)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseBundle(data, 5)
	if err != nil || len(back) != 5 {
		t.Fatal(err)
	}
	for i := range back {
		if !bytes.Equal(back[i], entries[i]) {
			t.Fatal(i)
		}
	}
	for _, width := range []int{1, 4, 6, 256} {
		_, err := ParseBundle(data, width)
		wantCode(t, err, "ledger.bundle-form")
	}
	for n := range 40 {
		if _, err := ParseBundle(data[:n], 5); err == nil {
			t.Fatal("a cut bundle")
		}
	}
	_, err = FormatBundle([][]byte{make([]byte, 65536)})
	wantCode(t, err, "ledger.entry-size")
	_, err = FormatBundle(nil)
	wantCode(t, err, "ledger.bundle-form")
	_, err = FormatBundle(make([][]byte, 257))
	wantCode(t, err, "ledger.bundle-form")
}

func TestReadBounds(t *testing.T) {
	m := fstest.MapFS{
		"checkpoint":  &fstest.MapFile{Data: make([]byte, maxNote+1)},
		"policy":      &fstest.MapFile{Mode: fs.ModeDir},
		"entry/0.txt": &fstest.MapFile{Data: []byte("x")},
	}
	d := OpenDir(m)
	_, err := d.Checkpoint()
	wantCode(t, err, "ledger.file-size")
	_, err = d.Policy()
	wantCode(t, err, "ledger.not-a-file")
	_, err = d.Opening(0)
	wantCode(t, err, "ledger.missing")
	_, err = d.Blob("../../etc", 10)
	wantCode(t, err, "ledger.blob-name")
}
