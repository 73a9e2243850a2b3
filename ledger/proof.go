package ledger

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

const (
	proofHeader = "c2sp.org/tlog-proof@v1"
	maxPath     = 64      // hashes in an inclusion path: a tree of 2^64
	maxExtra    = 1 << 16 // bytes of extra data
	maxProof    = maxNote + maxExtra*4/3 + maxPath*45 + 200
)

// Proof is one file of c2sp.org/tlog-proof: that an entry stands at Index in
// the tree of the checkpoint, whoever asks and without a server.
type Proof struct {
	Index      uint64
	Path       []Hash // from the leaf's sibling to the root's child
	Checkpoint []byte // the whole signed checkpoint
	Extra      []byte // opaque, protected by nothing; nil in our own
}

// FormatProof writes a proof file without extra data.
func FormatProof(index uint64, path []Hash, checkpoint []byte) []byte {
	return (&Proof{Index: index, Path: path, Checkpoint: checkpoint}).Format()
}

// Format writes the proof file.
func (p *Proof) Format() []byte {
	return p.append(make([]byte, 0, 64+45*len(p.Path)+len(p.Checkpoint)+len(p.Extra)*4/3))
}

func (p *Proof) append(b []byte) []byte {
	b = append(b, proofHeader+"\n"...)
	if p.Extra != nil {
		b = append(b, "extra "...)
		b = base64.StdEncoding.AppendEncode(b, p.Extra)
		b = append(b, '\n')
	}
	b = append(b, "index "...)
	b = strconv.AppendUint(b, p.Index, 10)
	b = append(b, '\n')
	for _, h := range p.Path {
		b = base64.StdEncoding.AppendEncode(b, h[:])
		b = append(b, '\n')
	}
	b = append(b, '\n')
	return append(b, p.Checkpoint...)
}

// ParseProof reads a proof file in its one form; the checkpoint in it must be
// the one form of a signed checkpoint too. It verifies nothing.
func ParseProof(data []byte) (*Proof, error) {
	p, err := parseProofHead(data)
	if err != nil {
		return nil, err
	}
	n, err := ParseNote(p.Checkpoint)
	if err != nil {
		return nil, err
	}
	if _, err := ParseCheckpoint(n.Text); err != nil {
		return nil, err
	}
	return p, nil
}

// parseProofHead is ParseProof without a look at the checkpoint.
func parseProofHead(data []byte) (*Proof, error) {
	bad := func(got, want string) (*Proof, error) {
		return nil, fault.New("ledger.proof-form", "proof", clip(got), want)
	}
	if len(data) > maxProof {
		return bad(strconv.Itoa(len(data)), fmt.Sprintf("at most %d bytes", maxProof))
	}
	head, checkpoint, ok := strings.Cut(string(data), "\n\n")
	if !ok {
		return bad(head, "an empty line before the checkpoint")
	}
	lines := strings.Split(head, "\n")
	if lines[0] != proofHeader {
		return bad(lines[0], proofHeader)
	}
	lines = lines[1:]
	p := &Proof{Checkpoint: data[len(data)-len(checkpoint):]}
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		extra, err := base64.StdEncoding.Strict().DecodeString(lines[0][len("extra "):])
		if err != nil || len(extra) > maxExtra {
			return bad(lines[0], "base64 after extra")
		}
		p.Extra = append([]byte{}, extra...)
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") || len(lines) > maxPath+1 {
		return bad(head, "an index line and at most 64 hashes")
	}
	var err error
	if p.Index, err = strconv.ParseUint(lines[0][len("index "):], 10, 64); err != nil {
		return bad(lines[0], "an index")
	}
	p.Path = make([]Hash, 0, len(lines)-1)
	for _, l := range lines[1:] {
		h, err := parseHash(l)
		if err != nil {
			return bad(l, "a hash a line")
		}
		p.Path = append(p.Path, h)
	}
	var buf [4096]byte // most proofs are no longer
	if !bytes.Equal(p.append(buf[:0]), data) {
		return bad(head, "the one form")
	}
	return p, nil
}

// Check verifies the proof for an entry under a policy: the checkpoint carries
// the signature of one of its logs and its quorum of witnesses, and the path
// leads from the entry to the root. It returns the checkpoint.
func (p *Proof) Check(entry []byte, policy *Policy) (Checkpoint, error) {
	c, err := policy.Open(p.Checkpoint)
	if err != nil {
		return Checkpoint{}, err
	}
	return c, CheckInclusion(p.Path, p.Index, LeafHash(entry), c.Size, c.Root)
}

func rangeText(index, size uint64) string { return fmt.Sprintf("%d of %d", index, size) }
