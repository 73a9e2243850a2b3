package ledger

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// maxSize bounds a tree: far beyond any office, and safe in signed arithmetic.
const maxSize = 1 << 48

// Checkpoint is the head of a tree, c2sp.org/tlog-checkpoint.
type Checkpoint struct {
	Origin     string
	Size       uint64
	Root       Hash
	Extensions []string // further lines, opaque; none in our own
}

// FormatCheckpoint writes the text that is signed.
func FormatCheckpoint(c Checkpoint) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
	if c.Origin == "" || strings.Contains(c.Origin, "\n") || c.Size > maxSize {
		return "", fault.New("ledger.checkpoint-form", "checkpoint", clip(b.String()), "origin, size, root")
	}
	for _, e := range c.Extensions {
		if e == "" || strings.Contains(e, "\n") {
			return "", fault.New("ledger.checkpoint-form", "checkpoint", clip(e), "extension lines that are not empty")
		}
		b.WriteString(e)
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// ParseCheckpoint reads what FormatCheckpoint writes, and nothing else.
func ParseCheckpoint(text string) (Checkpoint, error) {
	bad := func(want string) (Checkpoint, error) {
		return Checkpoint{}, fault.New("ledger.checkpoint-form", "checkpoint", clip(text), want)
	}
	body, ok := strings.CutSuffix(text, "\n")
	lines := strings.Split(body, "\n")
	if !ok || len(lines) < 3 {
		return bad("three lines: origin, size, root")
	}
	c := Checkpoint{Origin: lines[0]}
	var err error
	if c.Size, err = strconv.ParseUint(lines[1], 10, 64); err != nil || c.Size > maxSize {
		return bad("a size in the second line")
	}
	if c.Root, err = parseHash(lines[2]); err != nil {
		return bad("a root in the third line")
	}
	if len(lines) > 3 {
		c.Extensions = lines[3:]
	}
	again, err := FormatCheckpoint(c)
	if err != nil {
		return Checkpoint{}, err
	}
	if again != text {
		return bad("the one form")
	}
	return c, nil
}

// OpenCheckpoint parses a signed checkpoint and refuses it unless the line of
// key verifies and the origin is the key's name.
func OpenCheckpoint(msg []byte, key Key) (Checkpoint, *Note, error) {
	n, err := ParseNote(msg)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	if c.Origin != key.Name {
		return Checkpoint{}, nil, fault.New("ledger.checkpoint-origin", "checkpoint", clip(c.Origin), key.Name)
	}
	if len(n.SignedBy(key)) == 0 {
		return Checkpoint{}, nil, fault.New("ledger.checkpoint-unsigned", "checkpoint", "no good signature", key.String())
	}
	return c, n, nil
}

// parseHash reads 32 bytes of base64 in its one form: 44 characters of which
// none is skipped, no spare bits.
func parseHash(s string) (h Hash, err error) {
	var raw [33]byte
	n := 0
	if len(s) == 44 {
		n, err = base64.StdEncoding.Strict().Decode(raw[:], []byte(s))
	}
	if err != nil || n != len(h) {
		return h, fault.New("ledger.hash-form", "hash", clip(s), "base64 of 32 bytes")
	}
	return Hash(raw[:32]), nil
}
