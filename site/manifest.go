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
	"unicode/utf8"
)

// A folder that was built remembers what it was built of in the file
// .sunlot-built (its name begins with a dot: publish leaves it at home). Files
// come in blocks: one result's page, one draw with the parts of its list, a
// sealed stretch of the ledger. A block has a key, the hash of everything that
// its files depend on; while the key is the same, the next build neither makes
// nor reads nor writes them. Many small blocks that stay as they are stand in a
// run (the pages of 256 records), with a key over theirs: while that is the
// same, none of them is looked at.
//
// The file is
//
//	"sunlot-built 2\n"
//	SHA-256 of ledger/checkpoint as it was written last, 32 bytes
//	blocks and runs, each: name (8 bytes of the SHA-256 of it, ascending), key (16
//	bytes), 0 or, of a run, one more than the number of its blocks, number of
//	files, how many bytes follow, and these: the names, or the blocks of the run,
//	each name (ascending), key, number of files and names
//	SHA-256 of everything above, 32 bytes
//
// with numbers as varints. A name is how many bytes it shares with the name before
// it in the block, how many follow, and those. It is no promise to anybody: a file
// that is missing, damaged, of another folder or of another version means that
// every file is compared with what stands there.
const (
	builtName    = ".sunlot-built"
	builtHead    = "sunlot-built 2\n"
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

// blockRef is a block, or a run of blocks, in a list.
type blockRef struct {
	id       uint64
	key      digest
	head     int // where it begins
	from, to int // its names, or the blocks of the run
	files    int
	run      int // how many blocks, of a run
	isRun    bool
	kept     bool // it stands as it was; of a run: it was seen, and what changed is in Dir.left
	named    bool // its names are among those of the folder
}

const blockHead = 8 + 16 // name and key

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
	b.blocks = make([]blockRef, 0, len(b.data)/1024) // about: most of it is runs
	for at := (listReader{data: b.data}); at.at < len(b.data); {
		r := at.block(true)
		if k := len(b.blocks); at.bad || k > 0 && r.id <= b.blocks[k-1].id {
			return nil, head, errBuilt
		}
		b.blocks = append(b.blocks, r)
	}
	// Afterwards every block of it can be read, and no name of it leads out.
	err := each((len(b.blocks)+chunk-1)/chunk, func(c int) error {
		var l listReader
		for i := range b.blocks[c*chunk : min(len(b.blocks), (c+1)*chunk)] {
			if err := b.check(&l, &b.blocks[c*chunk+i]); err != nil {
				return err
			}
		}
		return nil
	})
	return b, head, err
}

// listReader reads numbers and blocks of a list.
type listReader struct {
	data []byte
	at   int
	bad  bool
	name []byte
}

func (l *listReader) number() int {
	n, k := binary.Uvarint(l.data[l.at:])
	if k <= 0 || n > uint64(len(l.data)) {
		l.bad = true
		return 0
	}
	l.at += k
	return int(n)
}

// block reads one with its names or, below a run, without them: to is not known
// then.
func (l *listReader) block(top bool) blockRef {
	if len(l.data)-l.at < blockHead {
		l.bad = true
		return blockRef{}
	}
	r := blockRef{id: binary.BigEndian.Uint64(l.data[l.at:]), key: digest(l.data[l.at+8:]), head: l.at}
	l.at += blockHead
	if top {
		n := l.number()
		r.isRun, r.run = n > 0, max(0, n-1)
	}
	r.files = l.number()
	size := 0
	if top {
		size = l.number()
	}
	r.from = l.at
	if l.bad = l.bad || size > len(l.data)-l.at; !l.bad && top {
		l.at += size
		r.to = l.at
	}
	return r
}

// names gives the names of so many files; the slice is good until the next.
func (l *listReader) names(files int, yield func(name []byte)) {
	name := l.name[:0]
	defer func() { l.name = name }()
	for ; files > 0 && !l.bad; files-- {
		shared := l.number()
		more := l.number()
		if l.bad || shared > len(name) || more > len(l.data)-l.at || shared+more > maxBuiltName {
			l.bad = true
			return
		}
		name = append(name[:shared], l.data[l.at:l.at+more]...)
		l.at += more
		if yield != nil {
			yield(name)
		}
	}
}

// check reads a block through.
func (b *manifest) check(l *listReader, r *blockRef) error {
	bad, files := false, 0
	l.data, l.at = b.data[:r.to], r.from
	look := func(name []byte) {
		files++
		bad = bad || !validName(name)
	}
	if !r.isRun {
		l.names(r.files, look)
	}
	for range r.run {
		sub := l.block(false)
		l.names(sub.files, look)
	}
	if bad || l.bad || l.at != r.to || files != r.files {
		return errBuilt
	}
	return nil
}

// validName is fs.ValidPath without a string, and refuses the top itself.
func validName(name []byte) bool {
	start := 0
	for i := 0; i <= len(name); i++ {
		if i < len(name) && name[i] != '/' {
			continue
		}
		switch part := name[start:i]; {
		case len(part) == 0, len(part) == 1 && part[0] == '.', len(part) == 2 && part[0] == '.' && part[1] == '.':
			return false
		}
		start = i + 1
	}
	return utf8.Valid(name)
}

// names yields the names of a block or of all blocks of a run.
func (b *manifest) names(r *blockRef, yield func(name []byte)) {
	b.namesBy(new(listReader), r, yield)
}

// namesBy is names with a reader that is used again.
func (b *manifest) namesBy(l *listReader, r *blockRef, yield func(name []byte)) {
	l.data, l.at = b.data, r.from
	if !r.isRun {
		l.names(r.files, yield)
		return
	}
	for range r.run {
		sub := l.block(false)
		l.names(sub.files, yield)
	}
}

// inRun are the blocks of a run, sorted by id.
func (b *manifest) inRun(r *blockRef) []blockRef {
	l := listReader{data: b.data, at: r.from}
	list := make([]blockRef, 0, r.run)
	for range r.run {
		sub := l.block(false)
		l.names(sub.files, nil)
		sub.to = l.at
		list = append(list, sub)
	}
	slices.SortFunc(list, func(x, y blockRef) int { return cmp.Compare(x.id, y.id) })
	return list
}

// find is the block of that name, nil for none. It reads the ids alone: other
// goroutines mark blocks as kept meanwhile.
func (b *manifest) find(id uint64) *blockRef { return findBlock(b.blocks, id) }

func findBlock(blocks []blockRef, id uint64) *blockRef {
	i := sort.Search(len(blocks), func(i int) bool { return blocks[i].id >= id })
	if i == len(blocks) || blocks[i].id != id {
		return nil
	}
	return &blocks[i]
}

// equal reports whether a new list says the same: every block was kept, and
// what belongs to no block has the same names.
func (b *manifest) equal(next *building) bool {
	for i := range b.blocks {
		r := &b.blocks[i]
		if !r.kept && (r.key != digest{} || !bytes.Equal(b.data[r.from:r.to], next.loose)) {
			return false
		}
	}
	return next.made == 0 && len(b.blocks) == len(next.blocks)
}

// building is a list as it grows. Several goroutines may add to it.
type building struct {
	mu     sync.Mutex
	data   []byte     // the blocks that were made, as they come
	blocks []blockRef // head and to alone; kept: of the old list
	loose  []byte     // the names of the block without a key: what is made at every build
	made   int        // blocks with a key that were made
}

// appendNames writes the names of a block.
func appendNames(to []byte, files []string) []byte {
	last := ""
	for _, name := range files {
		shared := 0
		for shared < min(len(name), len(last)) && name[shared] == last[shared] {
			shared++
		}
		to = binary.AppendUvarint(to, uint64(shared))
		to = binary.AppendUvarint(to, uint64(len(name)-shared))
		to = append(to, name[shared:]...)
		last = name
	}
	return to
}

func appendHead(to []byte, id uint64, key digest) []byte {
	return append(binary.BigEndian.AppendUint64(to, id), key[:]...)
}

func (b *building) add(id uint64, key digest, files []string) {
	names := appendNames(nil, files)
	b.put(id, key, 0, len(files), names)
	if key == (digest{}) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.loose = names
	}
}

// put adds a block, or with run > 0 a run of run-1 blocks.
func (b *building) put(id uint64, key digest, run, files int, body []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	start := len(b.data)
	b.data = appendHead(b.data, id, key)
	b.data = binary.AppendUvarint(b.data, uint64(run))
	b.data = binary.AppendUvarint(b.data, uint64(files))
	b.data = binary.AppendUvarint(b.data, uint64(len(body)))
	b.data = append(b.data, body...)
	b.blocks = append(b.blocks, blockRef{id: id, head: start, to: len(b.data)})
	if key != (digest{}) {
		b.made++
	}
}

// keep adds a block as it stood.
func (b *building) keep(r *blockRef) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.blocks = append(b.blocks, blockRef{id: r.id, head: r.head, to: r.to, kept: true})
}

// finish is the file, whose head is the checkpoint that stands in the folder;
// old is the list of which blocks were kept.
func (b *building) finish(checkpoint []byte, old *manifest) []byte {
	head := sha256.Sum256(checkpoint)
	slices.SortFunc(b.blocks, func(x, y blockRef) int { return cmp.Compare(x.id, y.id) })
	size := len(builtHead) + len(head) + 32
	for i := range b.blocks {
		size += b.blocks[i].to - b.blocks[i].head
	}
	file := make([]byte, 0, size)
	file = append(append(file, builtHead...), head[:]...)
	for i := range b.blocks {
		r, data := &b.blocks[i], b.data
		if r.kept {
			data = old.data
		}
		file = append(file, data[r.head:r.to]...)
	}
	foot := sha256.Sum256(file)
	return append(file, foot[:]...)
}

// run is a run of blocks while one goroutine makes it again.
type run struct {
	stood []blockRef // the blocks that it had, sorted by id
	data  []byte     // its blocks now, as they come
	parts []blockRef // id, head and to alone, in data
	files int
}

func (r *run) add(id uint64, key digest, files []string) {
	head := len(r.data)
	r.data = appendHead(r.data, id, key)
	r.data = binary.AppendUvarint(r.data, uint64(len(files)))
	r.data = appendNames(r.data, files)
	r.part(id, head, len(files))
}

// part notes the block that has come last.
func (r *run) part(id uint64, head, files int) {
	r.parts = append(r.parts, blockRef{id: id, head: head, to: len(r.data)})
	r.files += files
}

// body is the run in a list: its blocks sorted by id, whichever of them were kept.
func (r *run) body() []byte {
	slices.SortFunc(r.parts, func(x, y blockRef) int { return cmp.Compare(x.id, y.id) })
	body := make([]byte, 0, len(r.data))
	for _, p := range r.parts {
		body = append(body, r.data[p.head:p.to]...)
	}
	return body
}
