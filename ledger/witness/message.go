package witness

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// Bounds of what travels. A checkpoint with many post-quantum lines is the
// longest part of a request; an answer holds the lines of one witness.
const (
	maxRequest = 1<<17 + 4096
	maxAnswer  = 1 << 16
	maxProof   = 63 // hashes, c2sp.org/tlog-witness
)

// Request is one call of add-checkpoint.
type Request struct {
	Old        uint64        // size of the tree that the witness signed last
	Proof      []ledger.Hash // from there to the checkpoint, RFC 6962 §2.1.2
	Checkpoint []byte        // the signed checkpoint
}

// NewRequest is the request for a signed checkpoint with the proof from old.
func NewRequest(checkpoint []byte, old uint64, prove func(old uint64) ([]ledger.Hash, error)) (*Request, error) {
	proof, err := prove(old)
	if err != nil {
		return nil, err
	}
	return &Request{old, proof, checkpoint}, nil
}

// FormatRequest writes the request, and refuses what ParseRequest would refuse.
func FormatRequest(r *Request) ([]byte, error) {
	data := r.text()
	if _, err := ParseRequest(data); err != nil {
		return nil, err
	}
	return data, nil
}

func (r *Request) text() []byte {
	b := make([]byte, 0, 32+45*len(r.Proof)+len(r.Checkpoint))
	b = fmt.Appendf(b, "old %d\n", r.Old)
	for _, h := range r.Proof {
		b = base64.StdEncoding.AppendEncode(b, h[:])
		b = append(b, '\n')
	}
	b = append(b, '\n')
	return append(b, r.Checkpoint...)
}

// ParseRequest reads a request in its one form. It verifies nothing.
func ParseRequest(data []byte) (*Request, error) {
	r, _, _, err := parseRequest(data)
	return r, err
}

func parseRequest(data []byte) (*Request, *ledger.Note, ledger.Checkpoint, error) {
	bad := func(got, want string) (*Request, *ledger.Note, ledger.Checkpoint, error) {
		return nil, nil, ledger.Checkpoint{}, fault.New("witness.request-form", "request", clip(got), want)
	}
	if len(data) > maxRequest {
		return bad(strconv.Itoa(len(data)), fmt.Sprintf("at most %d bytes", maxRequest))
	}
	head, checkpoint, ok := strings.Cut(string(data), "\n\n")
	if !ok {
		return bad(head, "an empty line before the checkpoint")
	}
	lines := strings.Split(head, "\n")
	size, ok := strings.CutPrefix(lines[0], "old ")
	if !ok || len(lines)-1 > maxProof {
		return bad(lines[0], fmt.Sprintf("old and a size, then at most %d hashes", maxProof))
	}
	r := &Request{Checkpoint: []byte(checkpoint)}
	var err error
	if r.Old, err = parseSize(size); err != nil {
		return bad(lines[0], "old and a size")
	}
	for _, l := range lines[1:] {
		raw, err := base64.StdEncoding.Strict().DecodeString(l)
		if err != nil || len(raw) != 32 {
			return bad(l, "a hash a line")
		}
		r.Proof = append(r.Proof, ledger.Hash(raw))
	}
	n, err := ledger.ParseNote(r.Checkpoint)
	if err != nil {
		return nil, nil, ledger.Checkpoint{}, err
	}
	c, err := ledger.ParseCheckpoint(n.Text)
	if err != nil {
		return nil, nil, ledger.Checkpoint{}, err
	}
	if string(r.text()) != string(data) {
		return bad(head, "the one form")
	}
	return r, n, c, nil
}

// parseSize reads a size in its one form, and no more than 63 bits of it.
func parseSize(s string) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil || strconv.FormatUint(n, 10) != s {
		return 0, fault.New("witness.size-form", "size", clip(s), "a decimal number")
	}
	return n, nil
}

// formatLines writes an answer: signature lines alone.
func formatLines(text string, sigs []ledger.Signature) ([]byte, error) {
	if len(sigs) == 0 {
		return nil, nil
	}
	msg, err := (&ledger.Note{Text: text, Signatures: sigs}).Format()
	if err != nil {
		return nil, err
	}
	return msg[len(text)+1:], nil
}

// parseLines reads an answer to the checkpoint of that text. It verifies none.
func parseLines(text string, lines []byte) ([]ledger.Signature, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	if len(lines) > maxAnswer {
		return nil, fault.New("witness.garbage", "answer", strconv.Itoa(len(lines)), fmt.Sprintf("at most %d bytes", maxAnswer))
	}
	n, err := ledger.ParseNote([]byte(text + "\n" + string(lines)))
	switch {
	case fault.Code(err) == "ledger.note-duplicate":
		return nil, fault.Wrap("witness.same-key", "answer", err)
	case err != nil:
		return nil, fault.Wrap("witness.garbage", "answer", err)
	case n.Text != text:
		return nil, fault.New("witness.garbage", "answer", clip(string(lines)), "signature lines")
	}
	return n.Signatures, nil
}

// clip shortens what stood there, for an error.
func clip(s string) string {
	s = fmt.Sprintf("%q", s[:min(len(s), 80)])
	return s[1 : len(s)-1]
}
