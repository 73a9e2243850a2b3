package trillian

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/trillian"
	"google.golang.org/grpc"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

type conn = *grpc.ClientConn

const (
	rangeMost = 256 // leaves are asked for at once
	rangeSure = 60  // of the largest size fit into an answer
)

// identity is the LeafIdentityHash of an index (see the package's page).
func (t *Tree) identity(index uint64) []byte {
	sum := sha256.Sum256([]byte("sunlot/leaf/v1\n" + t.cfg.Origin + "\n" + strconv.FormatUint(index, 10)))
	return sum[:]
}

func (t *Tree) leaf(index uint64, entry []byte) *trillian.LogLeaf {
	return &trillian.LogLeaf{LeafValue: entry, LeafIdentityHash: t.identity(index), MerkleLeafHash: leafHash(entry), ExtraData: []byte(t.cfg.Writer)}
}

func leafHash(entry []byte) []byte {
	h := ledger.LeafHash(entry)
	return h[:]
}

// leaves fetches count leaves from an index on, or as many as an answer holds.
// most bounds what is asked at once within a range, rangeMost at first: it falls
// where the leaves are large.
func (t *Tree) leaves(ctx context.Context, from, count uint64, most *uint64) ([]*trillian.LogLeaf, error) {
	for {
		asked := min(count, *most)
		leaves, err := t.rows(ctx, from, asked)
		if errors.Is(err, errLarge) && asked > rangeSure {
			*most = rangeSure
			continue
		}
		return leaves, err
	}
}

// rows is one answer.
func (t *Tree) rows(ctx context.Context, from, count uint64) ([]*trillian.LogLeaf, error) {
	var resp *trillian.GetLeavesByRangeResponse
	err := t.log(ctx, func(ctx context.Context, c trillian.TrillianLogClient) (err error) {
		resp, err = c.GetLeavesByRange(ctx, &trillian.GetLeavesByRangeRequest{LogId: t.cfg.Tree, StartIndex: int64(from), Count: int64(count)})
		return err
	})
	if err != nil {
		return nil, err
	}
	leaves := resp.GetLeaves()
	if len(leaves) == 0 || uint64(len(leaves)) > count {
		return nil, fault.New("ledger.tree-changed", place(from), number(uint64(len(leaves))), number(count))
	}
	for i, leaf := range leaves {
		if leaf.GetLeafIndex() != int64(from)+int64(i) {
			return nil, fault.New("ledger.tree-changed", place(from+uint64(i)), strconv.FormatInt(leaf.GetLeafIndex(), 10), number(from+uint64(i)))
		}
	}
	return leaves, nil
}

// one is the leaf of an index.
func (t *Tree) one(ctx context.Context, index uint64) (*trillian.LogLeaf, error) {
	leaves, err := t.rows(ctx, index, 1)
	if err != nil {
		return nil, err
	}
	return leaves[0], nil
}

// each yields the leaves from ≤ i < to in order.
func (t *Tree) each(ctx context.Context, from, to uint64, yield func(i uint64, leaf *trillian.LogLeaf) error) error {
	for most := uint64(rangeMost); from < to; {
		leaves, err := t.leaves(ctx, from, to-from, &most)
		if err != nil {
			return err
		}
		for _, leaf := range leaves {
			if err := yield(from, leaf); err != nil {
				return err
			}
			from++
		}
	}
	return nil
}

// writer is who queued a leaf, as it says itself; another program's leaf may
// say anything.
func writer(leaf *trillian.LogLeaf) string {
	if len(leaf.GetExtraData()) == 0 {
		return ""
	}
	return clip(leaf.GetExtraData())
}

// clip shortens what stood there for a message, to a line that no terminal and
// no page takes for anything but text.
func clip(b []byte) string { return clipTo(80, b) }

// heard clips what a server or a connection says: its end is often the cause.
func heard(s string) string { return clipTo(200, []byte(s)) }

func clipTo(n int, b []byte) string {
	s := strings.ToValidUTF8(string(b[:min(len(b), 4*n)]), "�")
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7F || r >= 0x80 && r < 0xA0 || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) > n {
		s = string([]rune(s)[:n]) + "…"
	}
	return s
}

func place(index uint64) string { return fmt.Sprintf("entry %d", index) }

func number(n uint64) string { return strconv.FormatUint(n, 10) }
