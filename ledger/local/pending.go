package local

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"maps"
	"slices"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// The pending file: a header, then fields, each after its length in eight
// bytes, numbers as eight bytes, all big-endian, then a CRC-32C over all of it.
//
//	origin · size before · count, entries · count, blobs ·
//	count, openings (index, content) · 1, the policy and the one before it; or 2
//	and the one before it; or 0 (of earlier versions)
//
// It is made durable before it gets its name, so the sum is against rot, not
// against a torn write.

const (
	pendingName   = "pending"
	pendingHeader = "sunlot/pending/v2\n"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func formatPending(origin string, from uint64, b *Batch) []byte {
	size := 256 + len(b.Policy)
	for _, e := range b.Entries {
		size += 8 + len(e)
	}
	for _, e := range b.Blobs {
		size += 8 + len(e)
	}
	out := make([]byte, 0, size)
	num := func(n uint64) { out = binary.BigEndian.AppendUint64(out, n) }
	field := func(f []byte) { num(uint64(len(f))); out = append(out, f...) }
	out = append(out, pendingHeader...)
	field([]byte(origin))
	num(from)
	for _, list := range [][][]byte{b.Entries, b.Blobs} {
		num(uint64(len(list)))
		for _, f := range list {
			field(f)
		}
	}
	num(uint64(len(b.Openings)))
	for _, i := range slices.Sorted(maps.Keys(b.Openings)) {
		num(i)
		field(b.Openings[i])
	}
	switch {
	case b.Policy != nil:
		num(1)
		field(b.Policy)
		field(b.Former)
	case b.Former != nil:
		num(2)
		field(b.Former)
	default:
		num(0)
	}
	return binary.BigEndian.AppendUint32(out, crc32.Checksum(out, castagnoli))
}

// readPending returns a nil batch when nothing is pending.
func readPending(second fs.FS) (origin string, from uint64, b *Batch, err error) {
	data, err := fs.ReadFile(second, pendingName)
	if errors.Is(err, fs.ErrNotExist) {
		return "", 0, nil, nil
	}
	if err != nil {
		return "", 0, nil, fault.Wrap("ledger.unreadable", pendingName, err).Of(fault.Unreachable)
	}
	return parsePending(data)
}

func parsePending(data []byte) (origin string, from uint64, b *Batch, err error) {
	r := pendingReader{rest: data}
	n := len(data) - 4
	if n < len(pendingHeader) || string(data[:len(pendingHeader)]) != pendingHeader ||
		binary.BigEndian.Uint32(data[n:]) != crc32.Checksum(data[:n], castagnoli) {
		return "", 0, nil, fault.New("ledger.pending-damaged", pendingName, "another sum", "the batch as it was written")
	}
	r.rest = data[len(pendingHeader):n]
	b = &Batch{}
	origin, from = string(r.field()), r.num()
	b.Entries, b.Blobs = r.list(), r.list()
	if k := r.num(); k > 0 && !r.bad {
		b.Openings = map[uint64][]byte{}
		for ; k > 0 && !r.bad; k-- {
			i := r.num()
			b.Openings[i] = r.field()
		}
	}
	switch r.num() {
	case 0:
	case 1:
		b.Policy, b.Former = r.field(), r.field()
	case 2:
		b.Former = r.field()
	default:
		r.bad = true
	}
	if r.bad || len(r.rest) > 0 {
		return "", 0, nil, fault.New("ledger.pending-damaged", pendingName, "another form", "the batch as it was written")
	}
	return origin, from, b, nil
}

type pendingReader struct {
	rest []byte
	bad  bool
}

func (r *pendingReader) num() uint64 {
	if len(r.rest) < 8 {
		r.bad = true
		return 0
	}
	n := binary.BigEndian.Uint64(r.rest)
	r.rest = r.rest[8:]
	return n
}

func (r *pendingReader) field() []byte {
	n := r.num()
	if n > uint64(len(r.rest)) {
		r.bad = true
		return nil
	}
	f := r.rest[:n:n]
	r.rest = r.rest[n:]
	return f
}

func (r *pendingReader) list() [][]byte {
	var list [][]byte
	for k := r.num(); k > 0 && !r.bad; k-- {
		list = append(list, r.field())
	}
	return list
}

// Pending is the batch that a crash or missing witnesses left unfinished in
// the guard directory, and the size before it; nil if there is none.
func Pending(guard fs.FS) (from uint64, b *ledger.Batch, err error) {
	_, from, b, err = readPending(guard)
	return from, b, err
}
