package ledger

import (
	"crypto/sha256"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sunlot/sunlot/internal/fault"
)

// Hash is a node of the tree, 32 bytes of SHA-256.
type Hash = tlog.Hash

// LeafHash is SHA-256(0x00 ‖ entry), RFC 6962 §2.1.
func LeafHash(entry []byte) Hash {
	// Entries of ordinary size are hashed without an allocation.
	var buf [2048]byte
	if len(entry) < len(buf) {
		n := copy(buf[1:], entry)
		return sha256.Sum256(buf[:n+1])
	}
	h := sha256.New()
	h.Write([]byte{0})
	h.Write(entry)
	return Hash(h.Sum(nil))
}

func nodeHash(l, r Hash) Hash {
	var buf [65]byte
	buf[0] = 1
	copy(buf[1:], l[:])
	copy(buf[33:], r[:])
	return sha256.Sum256(buf[:])
}

// LinesRoot is the RFC 6962 §2.1 root over lines as leaves; of none it is the
// hash of nothing.
func LinesRoot(lines [][]byte) Hash {
	hs := make([]Hash, len(lines))
	for i, l := range lines {
		hs[i] = LeafHash(l)
	}
	return rootOf(hs)
}

// rootOf is the RFC 6962 root over nodes of one height, the last of which may
// stand for a smaller subtree.
func rootOf(nodes []Hash) Hash {
	switch len(nodes) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return nodes[0]
	}
	k := 1 << (bits.Len(uint(len(nodes)-1)) - 1)
	return nodeHash(rootOf(nodes[:k]), rootOf(nodes[k:]))
}

// ProveInclusion is the path from leaf index to the root of the first size
// leaves, RFC 6962 §2.1.1, from the leaf upwards.
func ProveInclusion(index, size uint64, r tlog.HashReader) ([]Hash, error) {
	if index >= size || size > maxSize {
		return nil, fault.New("ledger.proof-range", "inclusion proof", clip(rangeText(index, size)), "index below size")
	}
	return tlog.ProveRecord(int64(size), int64(index), r)
}

// CheckInclusion checks that leaf stands at index under root.
func CheckInclusion(path []Hash, index uint64, leaf Hash, size uint64, root Hash) error {
	if index >= size || size > maxSize {
		return fault.New("ledger.proof-range", "inclusion proof", clip(rangeText(index, size)), "index below size")
	}
	if err := tlog.CheckRecord(path, int64(size), root, int64(index), leaf); err != nil {
		return fault.Wrap("ledger.proof-wrong", "inclusion proof", err)
	}
	return nil
}

// ProveConsistency proves that the tree of size begins with the tree of old,
// RFC 6962 §2.1.2. From the empty tree and to itself the proof is empty.
func ProveConsistency(old, size uint64, r tlog.HashReader) ([]Hash, error) {
	if old > size || size > maxSize {
		return nil, fault.New("ledger.proof-range", "consistency proof", clip(rangeText(old, size)), "old not above new")
	}
	if old == 0 || old == size {
		return nil, nil
	}
	return tlog.ProveTree(int64(size), int64(old), r)
}

// CheckConsistency checks a proof of ProveConsistency.
func CheckConsistency(proof []Hash, old uint64, oldRoot Hash, size uint64, root Hash) error {
	if old > size || size > maxSize {
		return fault.New("ledger.proof-range", "consistency proof", clip(rangeText(old, size)), "old not above new")
	}
	if old == 0 || old == size {
		wrong := old == 0 && oldRoot != rootOf(nil) || old == size && oldRoot != root
		if wrong || len(proof) != 0 {
			return fault.New("ledger.proof-wrong", "consistency proof", oldRoot.String(), root.String())
		}
		return nil
	}
	if err := tlog.CheckTree(proof, int64(size), root, int64(old), oldRoot); err != nil {
		return fault.Wrap("ledger.proof-wrong", "consistency proof", err)
	}
	return nil
}
