package site

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io/fs"
	"slices"
	"sort"
	"sync"
)

// A folder that was built remembers what it was built of in the file
// .sunlot-built (its name begins with a dot: publish leaves it at home). Files
// come in blocks: one result's page, one draw with the parts of its list, a
// sealed stretch of the ledger. A block has a key, the hash of everything that
// its files depend on; while the key is the same, the next build neither makes
// nor reads nor writes them.
//
// The file is
//
//	"sunlot-built 1\n"
//	SHA-256 of ledger/checkpoint as it was written last, 32 bytes
//	blocks, each: name (8 bytes of the SHA-256 of it, ascending), key (16 bytes),
//	number of files, and for each file how many bytes its name shares with the name before
//	it in the block, how many follow, and those
//	SHA-256 of everything above, 32 bytes
//
// with numbers as varints. It is no promise to anybody: a file that is missing,
// damaged, of another folder or of another version means that every file is
// compared with what stands there.
const (
	builtName    = ".sunlot-built"
	builtHead    = "sunlot-built 1\n"
	maxBuilt     = 512 << 20
	maxBuiltName = 1 << 10
)

// buildingName stands in a folder from before the first change of a build until
// its .sunlot-built stands: what a crash leaves is compared file by file.
const buildingName = ".sunlot-building"

const buildingText = "正在生成，或者上一次生成中断了：下一次生成会逐个文件核对。\n"

// digest is the beginning of a SHA-256, long enough that nobody finds two texts of
// one sum on purpose within the life of a site.
type digest [16]byte

// manifest is a .sunlot-built that was read.
type manifest struct {
	data   []byte     // the blocks
	blocks []blockRef // sorted by id
}

type blockRef struct {
	id       uint64
	key      digest
	from, to int // in data: the number of files and their names
	kept     bool
}

func blockID(name string) uint64 {
	h := sha256.Sum256([]byte(name))
	return binary.BigEndian.Uint64(h[:])
}

var errBuilt = errors.New("not a list of what was built")

// readBuilt reads the list beside a folder; nil where there is none that this
// folder can be trusted by.
func readBuilt(fsys fs.FS) *manifest {
	if _, err := fs.Lstat(fsys, buildingName); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	info, err := fs.Lstat(fsys, builtName)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxBuilt {
		return nil
	}
	data, err := fs.ReadFile(fsys, builtName)
	if err != nil {
		return nil
	}
	checkpoint, err := fs.ReadFile(fsys, "ledger/checkpoint")
	if err != nil {
		return nil
	}
	b, head, err := parseBuilt(data)
	if err != nil || head != sha256.Sum256(checkpoint) {
		return nil
	}
	return b
}

func parseBuilt(data []byte) (*manifest, [32]byte, error) {
	var head [32]byte
	rest, ok := bytes.CutPrefix(data, []byte(builtHead))
	if !ok || len(rest) < 64 || len(data) > maxBuilt {
		return nil, head, errBuilt
	}
	body, foot := data[:len(data)-32], data[len(data)-32:]
	if sha256.Sum256(body) != [32]byte(foot) {
		return nil, head, errBuilt
	}
	copy(head[:], rest)
	b := &manifest{data: rest[32 : len(rest)-32]}
	for at := 0; at < len(b.data); {
		if len(b.data)-at < 8+16 {
			return nil, head, errBuilt
		}
		r := blockRef{id: binary.BigEndian.Uint64(b.data[at:]), key: digest(b.data[at+8:]), from: at + 24}
		n, err := b.names(r.from, nil)
		if err != nil {
			return nil, head, err
		}
		r.to, at = n, n
		if k := len(b.blocks); k > 0 && r.id <= b.blocks[k-1].id {
			return nil, head, errBuilt
		}
		b.blocks = append(b.blocks, r)
	}
	return b, head, nil
}

// names yields the names of the block whose files begin at from and returns
// where the block ends.
func (b *manifest) names(from int, yield func(name string)) (end int, err error) {
	number := func() int {
		n, k := binary.Uvarint(b.data[from:])
		if k <= 0 || n > uint64(len(b.data)) {
			err = errBuilt
			return 0
		}
		from += k
		return int(n)
	}
	var name []byte
	for left := number(); left > 0 && err == nil; left-- {
		shared := number()
		more := number()
		if err != nil || shared > len(name) || more > len(b.data)-from || shared+more > maxBuiltName {
			return 0, errBuilt
		}
		name = append(name[:shared], b.data[from:from+more]...)
		from += more
		if yield != nil {
			yield(string(name))
		} else if !fs.ValidPath(string(name)) {
			return 0, errBuilt
		}
	}
	return from, err
}

// find is the block of that name, nil for none. It reads the ids alone: other
// goroutines mark blocks as kept meanwhile.
func (b *manifest) find(id uint64) *blockRef {
	i := sort.Search(len(b.blocks), func(i int) bool { return b.blocks[i].id >= id })
	if i == len(b.blocks) || b.blocks[i].id != id {
		return nil
	}
	return &b.blocks[i]
}

// equal reports whether a new list says the same: every block was kept, and
// what belongs to no block has the same names.
func (b *manifest) equal(next *building) bool {
	for _, r := range b.blocks {
		if !r.kept && (r.key != digest{} || !bytes.Equal(b.data[r.from:r.to], next.loose)) {
			return false
		}
	}
	return len(b.blocks) == len(next.blocks)
}

// building is a list as it grows. Several goroutines may add to it.
type building struct {
	mu     sync.Mutex
	data   []byte     // the blocks as they come
	blocks []blockRef // from and to are those of the whole block
	loose  []byte     // the files of the block without a key: what is made at every build
}

func (b *building) add(id uint64, key digest, files []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	start := len(b.data)
	b.data = binary.BigEndian.AppendUint64(b.data, id)
	b.data = append(b.data, key[:]...)
	from := len(b.data)
	b.data = binary.AppendUvarint(b.data, uint64(len(files)))
	last := ""
	for _, name := range files {
		shared := 0
		for shared < min(len(name), len(last)) && name[shared] == last[shared] {
			shared++
		}
		b.data = binary.AppendUvarint(b.data, uint64(shared))
		b.data = binary.AppendUvarint(b.data, uint64(len(name)-shared))
		b.data = append(b.data, name[shared:]...)
		last = name
	}
	if key == (digest{}) {
		b.loose = bytes.Clone(b.data[from:])
	}
	b.blocks = append(b.blocks, blockRef{id: id, from: start, to: len(b.data)})
}

// keep adds a block as it stood.
func (b *building) keep(r *blockRef, old []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	start := len(b.data)
	b.data = append(b.data, old[r.from-24:r.to]...)
	b.blocks = append(b.blocks, blockRef{id: r.id, from: start, to: len(b.data)})
}

// finish is the file, whose head is the checkpoint that stands in the folder.
func (b *building) finish(checkpoint []byte) []byte {
	head := sha256.Sum256(checkpoint)
	slices.SortFunc(b.blocks, func(x, y blockRef) int { return cmp.Compare(x.id, y.id) })
	file := make([]byte, 0, len(builtHead)+len(head)+len(b.data)+32)
	file = append(append(file, builtHead...), head[:]...)
	for _, r := range b.blocks {
		file = append(file, b.data[r.from:r.to]...)
	}
	foot := sha256.Sum256(file)
	return append(file, foot[:]...)
}
