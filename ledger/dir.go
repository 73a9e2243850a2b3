package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sunlot/sunlot/internal/fault"
)

// Bounds of files that have no other.
const (
	maxOpening = 64 << 20
	// MaxBlob is the most bytes that a blob may have.
	MaxBlob = 256 << 20
)

// Dir reads a ledger folder. It trusts nothing that it reads and verifies
// nothing but forms: Audit does.
type Dir struct{ fsys fs.FS }

// OpenDir reads the folder whose root is fsys.
func OpenDir(fsys fs.FS) *Dir { return &Dir{fsys} }

// Checkpoint is the signed checkpoint as it stands there.
func (d *Dir) Checkpoint() ([]byte, error) { return d.read("checkpoint", maxNote) }

// Policy is the policy file as it stands there.
func (d *Dir) Policy() ([]byte, error) { return d.read("policy", maxPolicy) }

// Opening is the opening file of an entry; one that does not stand there is
// fs.ErrNotExist.
func (d *Dir) Opening(index uint64) ([]byte, error) { return d.OpeningIn(nil, index) }

// OpeningIn is Opening in the room of buf, where that is enough.
func (d *Dir) OpeningIn(buf []byte, index uint64) ([]byte, error) {
	return d.readIn(buf, OpeningPath(index), maxOpening)
}

// Proof is the proof file of an entry.
func (d *Dir) Proof(index uint64) ([]byte, error) { return d.ProofIn(nil, index) }

// ProofIn is Proof in the room of buf, where that is enough.
func (d *Dir) ProofIn(buf []byte, index uint64) ([]byte, error) {
	return d.readIn(buf, ProofPath(index), maxProof)
}

// Blob is the blob of that SHA-256 in lower hex, at most limit bytes of it,
// and refused when its bytes hash to something else.
func (d *Dir) Blob(sum string, limit int64) ([]byte, error) { return d.BlobIn(nil, sum, limit) }

// BlobIn is Blob in the room of buf, where that is enough: for many that are
// looked at one after the other.
func (d *Dir) BlobIn(buf []byte, sum string, limit int64) ([]byte, error) {
	if raw, err := hex.DecodeString(sum); err != nil || len(raw) != sha256.Size || hex.EncodeToString(raw) != sum {
		return nil, fault.New("ledger.blob-name", "blob", clip(sum), "64 lower hex digits")
	}
	data, err := d.readIn(buf, BlobPath(sum), min(limit, MaxBlob))
	if err != nil {
		return nil, err
	}
	if got := sha256.Sum256(data); hex.EncodeToString(got[:]) != sum {
		return nil, fault.New("ledger.blob-hash", BlobPath(sum), hex.EncodeToString(got[:]), sum)
	}
	return data, nil
}

// Size is what the checkpoint in the folder claims, verified or not.
func (d *Dir) Size() (uint64, error) {
	msg, err := d.Checkpoint()
	if err != nil {
		return 0, err
	}
	n, err := ParseNote(msg)
	if err != nil {
		return 0, err
	}
	c, err := ParseCheckpoint(n.Text)
	return c.Size, err
}

// Entries yields the entries from ≤ i < to of a tree that has at least to
// entries, in order; an error of yield ends it. Entries share memory: copy
// what is kept.
func (d *Dir) Entries(from, to uint64, yield func(i uint64, entry []byte) error) error {
	size, err := d.Size()
	if err != nil {
		return err
	}
	if from > to || to > size {
		return fault.New("ledger.entry-range", "entries", fmt.Sprintf("%d..%d", from, to), fmt.Sprintf("0..%d", size))
	}
	for i := from; i < to; {
		n := i / TileWidth
		entries, err := d.bundle(n, widthOf(0, n, size))
		if err != nil {
			return err
		}
		for ; i < to && i < (n+1)*TileWidth; i++ {
			if err := yield(i, entries[i-n*TileWidth]); err != nil {
				return err
			}
		}
	}
	return nil
}

// RootAt is the root of the first old entries of a tree of size, from its
// tiles, which it trusts.
func (d *Dir) RootAt(old, size uint64) (Hash, error) {
	if old > size {
		return Hash{}, fault.New("ledger.entry-range", "tree", strconv.FormatUint(old, 10), strconv.FormatUint(size, 10))
	}
	return tlog.TreeHash(int64(old), d.HashReader(size))
}

// Bundle is the entries of bundle n of a tree of size. They share memory.
func (d *Dir) Bundle(n, size uint64) ([][]byte, error) { return d.bundle(n, widthOf(0, n, size)) }

// Entry is one entry.
func (d *Dir) Entry(index uint64) (entry []byte, err error) {
	err = d.Entries(index, index+1, func(_ uint64, e []byte) error { entry = e; return nil })
	return entry, err
}

// HashReader reads the tree of the first size entries from the tiles. It
// trusts them: check what is proved against a signed root.
func (d *Dir) HashReader(size uint64) tlog.HashReader { return newTileReader(size, d.tile) }

// tile reads the tile at that width, or the head of the full one: partial
// tiles may go once the full one stands.
func (d *Dir) tile(level int, n uint64, width int) ([]byte, error) {
	want := width * len(Hash{})
	data, err := d.read(TilePath(level, n, width), TileWidth*int64(len(Hash{})))
	if width < TileWidth && errors.Is(err, fs.ErrNotExist) {
		if full, ferr := d.read(TilePath(level, n, TileWidth), TileWidth*int64(len(Hash{}))); ferr == nil && len(full) >= want {
			return full[:want], nil
		}
	}
	if err == nil && len(data) != want {
		err = fault.New("ledger.tile-form", TilePath(level, n, width), strconv.Itoa(len(data))+" bytes", strconv.Itoa(want))
	}
	return data, err
}

// bundle reads the bundle at that width, or the head of the full one.
func (d *Dir) bundle(n uint64, width int) ([][]byte, error) {
	name := BundlePath(n, width)
	data, err := d.read(name, maxBundle)
	if width < TileWidth && errors.Is(err, fs.ErrNotExist) {
		if full, ferr := d.read(BundlePath(n, TileWidth), maxBundle); ferr == nil {
			if entries, ferr := ParseBundle(full, TileWidth); ferr == nil {
				return entries[:width], nil
			}
		}
	}
	if err != nil {
		return nil, err
	}
	entries, err := ParseBundle(data, width)
	if err != nil {
		return nil, fault.Wrap("ledger.bundle-form", name, err)
	}
	return entries, nil
}

// read reads a regular file of at most limit bytes. Missing is a fault of what
// stands there; anything else that fails is of the reaching.
func (d *Dir) read(name string, limit int64) ([]byte, error) { return d.readIn(nil, name, limit) }

func (d *Dir) readIn(into []byte, name string, limit int64) ([]byte, error) {
	f, err := d.fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap("ledger.missing", name, fs.ErrNotExist)
	}
	if err != nil {
		return nil, fault.Wrap("ledger.unreadable", name, err).Of(fault.Unreachable)
	}
	defer f.Close()
	// Most files are small: they need no question for their size.
	buf := readBuffers.Get().(*[smallFile]byte)
	defer readBuffers.Put(buf)
	n, err := io.ReadFull(f, buf[:])
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		if int64(n) > limit {
			return nil, fault.New("ledger.file-size", name, strconv.Itoa(n), fmt.Sprintf("at most %d bytes", limit))
		}
		return append(into[:0], buf[:n]...), nil
	case err != nil:
		if info, serr := f.Stat(); serr == nil && !info.Mode().IsRegular() {
			return nil, fault.New("ledger.not-a-file", name, info.Mode().String(), "a file")
		}
		return nil, fault.Wrap("ledger.unreadable", name, err).Of(fault.Unreachable)
	}
	return readLarge(f, into, buf[:], name, limit)
}

const smallFile = 8 << 10

var readBuffers = sync.Pool{New: func() any { return new([smallFile]byte) }}

// readLarge reads on after head, to the size that the file says it has.
func readLarge(f fs.File, into, head []byte, name string, limit int64) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fault.Wrap("ledger.unreadable", name, err).Of(fault.Unreachable)
	}
	size := max(info.Size(), int64(len(head)))
	if size > limit {
		return nil, fault.New("ledger.file-size", name, strconv.FormatInt(size, 10), fmt.Sprintf("at most %d bytes", limit))
	}
	data := into[:cap(into)]
	if int64(len(data)) <= size {
		data = make([]byte, size+1)
	}
	data = data[:size+1] // one more: the file may have grown
	k := copy(data, head)
	n, err := io.ReadFull(f, data[k:])
	if err == nil {
		return nil, fault.New("ledger.file-size", name, "a file that grows", strconv.FormatInt(size, 10))
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, fault.Wrap("ledger.unreadable", name, err).Of(fault.Unreachable)
	}
	if into == nil {
		return data[: k+n : k+n], nil
	}
	return data[:k+n], nil
}

// indexOf reads the number between a prefix and a suffix in its one form.
func indexOf(name, prefix, suffix string) (uint64, bool) {
	rest, ok := strings.CutPrefix(name, prefix)
	num, ok2 := strings.CutSuffix(rest, suffix)
	i, err := strconv.ParseUint(num, 10, 62)
	return i, ok && ok2 && err == nil && strconv.FormatUint(i, 10) == num
}
