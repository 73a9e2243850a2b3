package ledger

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sunlot/sunlot/internal/fault"
)

// Bounds of a note. A post-quantum line is up to 5 kB long, and a reader must
// take at least 16 lines (c2sp.org/signed-note).
const (
	maxNote       = 1 << 17
	maxSignatures = 64
)

// Signature is one line "— name base64(id ‖ bytes)" of a note. Bytes may be of
// a kind that is not verified here.
type Signature struct {
	Name  string
	ID    uint32
	Bytes []byte // without the four bytes of the id
}

// Note is a signed note, c2sp.org/signed-note. Text ends in a newline.
type Note struct {
	Text       string
	Signatures []Signature
}

// FormatNote signs text with each signer and writes the note. Each signature
// is verified first: an agent or a card may return anything.
func FormatNote(text string, signers ...Signer) ([]byte, error) {
	n := &Note{Text: text}
	for _, s := range signers {
		key := s.Key()
		if key.Type != Ed25519 {
			return nil, fault.New("ledger.key-type", "key "+clip(key.Name), fmt.Sprintf("0x%02x", key.Type), "0x01")
		}
		sig, err := s.Sign([]byte(text))
		if err != nil {
			return nil, fault.Wrap("ledger.signer-failed", "key "+clip(key.Name), err)
		}
		n.Signatures = append(n.Signatures, Signature{key.Name, key.ID, sig})
		if !n.Verifies(key) {
			return nil, fault.New("ledger.signer-wrong", "key "+clip(key.Name), "a signature that does not verify", "an Ed25519 signature by this key")
		}
	}
	return n.Format()
}

// Format writes the note with the signatures that it has.
func (n *Note) Format() ([]byte, error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	b := n.append(make([]byte, 0, len(n.Text)+160*len(n.Signatures)))
	if len(b) > maxNote {
		return nil, fault.New("ledger.note-size", "note", strconv.Itoa(len(b)), fmt.Sprintf("at most %d bytes", maxNote))
	}
	return b, nil
}

func (n *Note) append(b []byte) []byte {
	b = append(b, n.Text...)
	b = append(b, '\n')
	for _, s := range n.Signatures {
		b = append(b, sigPrefix...)
		b = append(b, s.Name...)
		b = append(b, ' ')
		var raw [256]byte
		b = base64.StdEncoding.AppendEncode(b, append(binary.BigEndian.AppendUint32(raw[:0], s.ID), s.Bytes...))
		b = append(b, '\n')
	}
	return b
}

const sigPrefix = "— "

// check holds what every note must be, however it came about.
func (n *Note) check() error {
	if n.Text == "" || !strings.HasSuffix(n.Text, "\n") {
		return fault.New("ledger.note-text", "note", "no newline at the end of the text", "lines")
	}
	if !utf8.ValidString(n.Text) {
		return fault.New("ledger.note-text", "note", "bytes that are not UTF-8", "UTF-8")
	}
	for i := range len(n.Text) {
		if c := n.Text[i]; c < 0x20 && c != '\n' {
			return fault.New("ledger.note-text", fmt.Sprintf("note byte %d", i), fmt.Sprintf("0x%02x", c), "no control characters")
		}
	}
	if len(n.Signatures) == 0 || len(n.Signatures) > maxSignatures {
		return fault.New("ledger.note-signatures", "note", strconv.Itoa(len(n.Signatures)), fmt.Sprintf("1..%d signature lines", maxSignatures))
	}
	for i, s := range n.Signatures {
		wrong := func(code, got, want string) error {
			return fault.New(code, fmt.Sprintf("note signature %d", i), got, want)
		}
		if !validName(s.Name) {
			return wrong("ledger.note-name", clip(s.Name), "a name without spaces and plus signs")
		}
		if len(s.Bytes) == 0 {
			return wrong("ledger.note-base64", "no bytes", "a signature")
		}
		for _, o := range n.Signatures[:i] {
			if o.Name == s.Name && o.ID == s.ID {
				return wrong("ledger.note-duplicate", clip(s.Name), "one line a key")
			}
		}
	}
	return nil
}

// ParseNote reads a note and refuses every byte sequence that Format would not
// have written. It verifies no signature.
func ParseNote(msg []byte) (*Note, error) {
	if len(msg) > maxNote {
		return nil, fault.New("ledger.note-size", "note", strconv.Itoa(len(msg)), fmt.Sprintf("at most %d bytes", maxNote))
	}
	s := string(msg)
	i := strings.LastIndex(s, "\n\n")
	if i < 0 {
		return nil, fault.New("ledger.note-form", "note", clip(s), "text, an empty line, signature lines")
	}
	n := &Note{Text: s[:i+1]}
	sigs, ok := strings.CutSuffix(s[i+2:], "\n")
	if !ok {
		return nil, fault.New("ledger.note-form", "note", clip(s[i+2:]), "signature lines, each with its newline")
	}
	if strings.Count(sigs, "\n") >= maxSignatures {
		return nil, fault.New("ledger.note-signatures", "note", strconv.Itoa(strings.Count(sigs, "\n")+1), fmt.Sprintf("1..%d signature lines", maxSignatures))
	}
	n.Signatures = make([]Signature, 0, strings.Count(sigs, "\n")+1)
	for line := range strings.SplitSeq(sigs, "\n") {
		sig, err := parseSignature(line)
		if err != nil {
			return nil, err
		}
		n.Signatures = append(n.Signatures, sig)
	}
	if err := n.check(); err != nil {
		return nil, err
	}
	var buf [2048]byte // most notes are no longer
	if string(n.append(buf[:0])) != s {
		return nil, fault.New("ledger.note-form", "note", "a second way to write it", "the one form")
	}
	return n, nil
}

func parseSignature(line string) (Signature, error) {
	rest, ok := strings.CutPrefix(line, sigPrefix)
	name, b64, ok2 := strings.Cut(rest, " ")
	if !ok || !ok2 {
		return Signature{}, fault.New("ledger.note-form", "note signatures", clip(line), "— name base64")
	}
	// Strict refuses spare bits; the decoder would still skip \r, which the
	// comparison in ParseNote catches.
	raw, err := base64.StdEncoding.Strict().DecodeString(b64)
	if err != nil || len(raw) < 5 {
		return Signature{}, fault.New("ledger.note-base64", "note signature of "+clip(name), clip(b64), "base64 of an id and a signature")
	}
	return Signature{name, binary.BigEndian.Uint32(raw), raw[4:]}, nil
}

// SignedBy returns those of keys whose line stands in the note and verifies,
// in the order of keys. A bad line of a listed key only leaves the key out:
// the caller decides what is missing.
func (n *Note) SignedBy(keys ...Key) []Key {
	var good []Key
	for _, k := range keys {
		if n.Verifies(k) {
			good = append(good, k)
		}
	}
	return good
}

func (n *Note) line(k Key) *Signature {
	for i, s := range n.Signatures {
		if s.Name == k.Name && s.ID == k.ID {
			return &n.Signatures[i]
		}
	}
	return nil
}

// Verifies reports whether a line of that key stands in the note and verifies.
// This is the one Ed25519 check: crypto/ed25519 refuses S ≥ L and compares
// encode(S·B − k·A) with R byte for byte, and newKey has checked A.
func (n *Note) Verifies(k Key) bool {
	if k.Type == Cosigning || k.Type == PostQuantum {
		_, ok := n.CosignedAt(k)
		return ok
	}
	s := n.line(k)
	return s != nil && k.Type == Ed25519 && len(k.Public) == ed25519.PublicKeySize &&
		len(s.Bytes) == ed25519.SignatureSize && ed25519.Verify(k.Public, []byte(n.Text), s.Bytes)
}
