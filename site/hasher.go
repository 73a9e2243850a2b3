package site

import (
	"crypto/sha256"
	"encoding/binary"
	stdhash "hash"
	"sync"
)

// hasher builds a key of texts and numbers that cannot run into each other.
type hasher struct {
	b     []byte
	long  stdhash.Hash // what went before b, where it is much
	whole bool         // b is wanted, and not its key: all of it stays there
	again bool         // newHasher made it: key gives it back
}

var hashers = sync.Pool{New: func() any { return &hasher{again: true} }}

// newHasher is a hasher that ends with key.
func newHasher() *hasher { return hashers.Get().(*hasher) }

// hasherKeeps is how many bytes a hasher keeps.
const hasherKeeps = 4 << 10

func (h *hasher) flush() *hasher {
	if len(h.b) > hasherKeeps && !h.whole {
		if h.long == nil {
			h.long = sha256.New()
		}
		h.long.Write(h.b)
		h.b = h.b[:0]
	}
	return h
}

func (h *hasher) text(list ...string) *hasher {
	for _, s := range list {
		h.b = binary.AppendUvarint(h.b, uint64(len(s)))
		h.b = append(h.b, s...)
	}
	return h.flush()
}

func (h *hasher) num(list ...int64) *hasher {
	for _, n := range list {
		h.b = binary.AppendVarint(h.b, n)
	}
	return h
}

func (h *hasher) sum(list ...digest) *hasher {
	for i := range list {
		h.b = append(h.b, list[i][:]...)
	}
	return h.flush()
}

func (h *hasher) yes(list ...bool) *hasher {
	for _, b := range list {
		n := byte(0)
		if b {
			n = 1
		}
		h.b = append(h.b, n)
	}
	return h
}

// key is never zero: that is the key of what is always made.
func (h *hasher) key() digest {
	var d digest
	if h.long != nil {
		h.long.Write(h.b)
		h.b = h.long.Sum(h.b[:0])
		d = digest(h.b)
		h.long = nil
	} else {
		full := sha256.Sum256(h.b)
		d = digest(full[:])
	}
	h.b = h.b[:0]
	if h.again {
		hashers.Put(h)
	}
	d[0] |= 1
	return d
}
