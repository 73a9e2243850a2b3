package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"testing/fstest"
)

// TestBlobIn: a blob is the same in whatever room it is read, and the room is
// used where it is enough.
func TestBlobIn(t *testing.T) {
	tree := fstest.MapFS{}
	var sums []string
	sizes := []int{10, 0, 200_000, smallFile, smallFile + 1, 9, 150_000}
	for i, n := range sizes {
		data := bytes.Repeat([]byte{byte('a' + i)}, n)
		sum := sha256.Sum256(data)
		sums = append(sums, hex.EncodeToString(sum[:]))
		tree[BlobPath(sums[i])] = &fstest.MapFile{Data: data}
	}
	d := OpenDir(tree)
	room := make([]byte, 0, 200_001)
	for i, sum := range sums {
		want, err := d.Blob(sum, MaxBlob)
		if err != nil || len(want) != sizes[i] {
			t.Fatalf("%d bytes: %d, %v", sizes[i], len(want), err)
		}
		for _, buf := range [][]byte{nil, make([]byte, 0, 5), room} {
			got, err := d.BlobIn(buf, sum, MaxBlob)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bytes in a room of %d: %d, %v", sizes[i], cap(buf), len(got), err)
			}
			if cap(buf) == cap(room) && sizes[i] > 0 && &got[0] != &room[:1][0] {
				t.Errorf("%d bytes: the room is not used", sizes[i])
			}
		}
	}
}
