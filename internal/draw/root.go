package draw

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
)

// FileSum describes a file of lines as a notice carries it (draw1 §4): SHA-256
// over all its bytes, number of lines, and the RFC 6962 §2.1 root over the
// lines without their line feeds, so that one line can be proved without the
// others. Digests are 64 hex.
func FileSum(data []byte) (digest, root string, lines int) {
	whole := sha256.Sum256(data)
	// stack[i] are roots of perfect trees, larger ones first, as the bits of
	// the number of leaves so far.
	var stack [][sha256.Size]byte
	var leaf []byte
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, []byte{'\n'})
		data = rest
		leaf = append(append(leaf[:0], 0), line...)
		stack = append(stack, sha256.Sum256(leaf))
		lines++
		for n := lines; n%2 == 0; n /= 2 {
			stack = foldTwo(stack)
		}
	}
	for len(stack) > 1 {
		stack = foldTwo(stack)
	}
	if len(stack) == 0 {
		stack = append(stack, sha256.Sum256(nil))
	}
	return hex.EncodeToString(whole[:]), hex.EncodeToString(stack[0][:]), lines
}

// foldTwo replaces the last two trees by their parent.
func foldTwo(stack [][sha256.Size]byte) [][sha256.Size]byte {
	n := len(stack)
	var node [1 + 2*sha256.Size]byte
	node[0] = 1
	copy(node[1:], stack[n-2][:])
	copy(node[1+sha256.Size:], stack[n-1][:])
	stack[n-2] = sha256.Sum256(node[:])
	return stack[:n-1]
}
