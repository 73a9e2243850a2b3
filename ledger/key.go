package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"filippo.io/edwards25519"

	"github.com/sunlot/sunlot/internal/fault"
)

// Signature types of c2sp.org/signed-note that are verified here.
const (
	Ed25519     = 0x01 // over the note's text: log, office and officers' keys
	Cosigning   = 0x04 // Ed25519 with a time, c2sp.org/tlog-cosignature: witnesses
	PostQuantum = 0x06 // ML-DSA-44 with a time, likewise: a witness's second line
)

// maxName bounds a key name, in bytes.
const maxName = 255

// Key is a named public key. Name and ID together mark its lines.
type Key struct {
	Name   string
	ID     uint32 // first four bytes of SHA-256(name ‖ "\n" ‖ type ‖ key)
	Public []byte // 32 bytes of Ed25519, or 1312 of ML-DSA-44
	Type   byte   // Ed25519, Cosigning or PostQuantum
}

// NewKey is the Ed25519 key of that name. It refuses a name that a note cannot
// carry (ledger.key-name) and a point that does not re-encode to itself or
// does not lie in the prime-order subgroup (ledger.key-point).
func NewKey(name string, pub ed25519.PublicKey) (Key, error) {
	return newKey(name, Ed25519, pub)
}

// NewWitnessKey is NewKey for a key of timestamped cosignatures.
func NewWitnessKey(name string, pub ed25519.PublicKey) (Key, error) {
	return newKey(name, Cosigning, pub)
}

func newKey(name string, typ byte, pub []byte) (Key, error) {
	if !validName(name) {
		return Key{}, fault.New("ledger.key-name", "key", clip(name), "a name without spaces and plus signs")
	}
	check := checkPoint
	if typ == PostQuantum {
		check = checkPostQuantum
	}
	if err := check(pub); err != nil {
		return Key{}, err
	}
	pub = bytes.Clone(pub)
	return Key{Name: name, ID: keyID(name, typ, pub), Public: pub, Type: typ}, nil
}

// ParseKey reads "name+hex8+base64(0x01 ‖ key)", c2sp.org/signed-note verifier
// keys: the id is computed again, the base64 has no spare bits.
func ParseKey(vkey string) (Key, error) { return parseKey(vkey, Ed25519) }

// ParseWitnessKey is ParseKey for the types 0x04 and, of 1312 bytes, 0x06.
func ParseWitnessKey(vkey string) (Key, error) { return parseKey(vkey, Cosigning, PostQuantum) }

func parseKey(vkey string, types ...byte) (Key, error) {
	if len(vkey) > maxName+100+base64.StdEncoding.EncodedLen(pqKeySize) {
		return Key{}, fault.New("ledger.key-form", "key", clip(vkey), "name+hex+base64")
	}
	name, rest, ok := strings.Cut(vkey, "+")
	_, b64, ok2 := strings.Cut(rest, "+")
	if !ok || !ok2 {
		return Key{}, fault.New("ledger.key-form", "key", clip(vkey), "name+hex+base64")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(b64)
	// Decoders skip \r and \n: written again, every character must be there.
	if err != nil || len(raw) == 0 || base64.StdEncoding.EncodeToString(raw) != b64 {
		return Key{}, fault.New("ledger.key-form", "key "+clip(name), clip(b64), "base64 of a type and a key")
	}
	want := ed25519.PublicKeySize
	if raw[0] == PostQuantum {
		want = pqKeySize
	}
	if !slices.Contains(types, raw[0]) && len(raw) == 1+want {
		return Key{}, fault.New("ledger.key-type", "key "+clip(name), fmt.Sprintf("0x%02x", raw[0]), fmt.Sprintf("0x%02x", types[0]))
	}
	if len(raw) != 1+want {
		return Key{}, fault.New("ledger.key-form", "key "+clip(name), clip(b64), fmt.Sprintf("base64 of %d bytes", 1+want))
	}
	k, err := newKey(name, raw[0], raw[1:])
	if err != nil {
		return Key{}, err
	}
	if k.String() != vkey {
		return Key{}, fault.New("ledger.key-id", "key "+clip(name), clip(vkey), k.String())
	}
	return k, nil
}

// String is the verifier key, the form that ParseKey reads.
func (k Key) String() string {
	raw := append([]byte{k.Type}, k.Public...)
	return fmt.Sprintf("%s+%08x+%s", k.Name, k.ID, base64.StdEncoding.EncodeToString(raw))
}

// Equal says whether name, type and key are the same.
func (k Key) Equal(o Key) bool {
	return k.Name == o.Name && k.Type == o.Type && bytes.Equal(k.Public, o.Public)
}

func keyID(name string, typ byte, pub []byte) uint32 {
	h := sha256.New()
	h.Write([]byte(name))
	h.Write([]byte{'\n', typ})
	h.Write(pub)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// checkPoint refuses keys on which two verifiers could disagree: encodings
// that are not canonical, and points with a torsion component.
func checkPoint(pub []byte) error {
	bad := func(want string) error {
		return fault.New("ledger.key-point", "key", fmt.Sprintf("%x", pub[:min(len(pub), 32)]), want)
	}
	if len(pub) != ed25519.PublicKeySize {
		return bad("32 bytes")
	}
	p, err := new(edwards25519.Point).SetBytes(pub)
	if err != nil || string(p.Bytes()) != string(pub) {
		return bad("the canonical encoding of a point")
	}
	if p.Equal(edwards25519.NewIdentityPoint()) == 1 {
		return bad("a point of prime order")
	}
	// L·P is the identity exactly if (L−1)·P = −P, and L−1 is a scalar: 0 − 1.
	one, err := edwards25519.NewScalar().SetCanonicalBytes(append([]byte{1}, make([]byte, 31)...))
	if err != nil {
		panic("ledger: one is a scalar")
	}
	minusOne := edwards25519.NewScalar().Negate(one)
	lp := new(edwards25519.Point).ScalarMult(minusOne, p)
	if lp.Equal(new(edwards25519.Point).Negate(p)) != 1 {
		return bad("a point of prime order")
	}
	return nil
}

// validName is the key name of c2sp.org/signed-note: UTF-8, not empty, no
// space, no plus sign, no control character.
func validName(name string) bool {
	if name == "" || len(name) > maxName || !utf8.ValidString(name) {
		return false
	}
	return strings.IndexFunc(name, func(r rune) bool {
		return r == '+' || unicode.IsSpace(r) || unicode.IsControl(r)
	}) < 0
}

// A Signer makes raw signatures over msg with the secret of Key: 64 bytes of
// Ed25519, or 2420 of ML-DSA-44. What it returns is verified before it is used.
type Signer interface {
	Key() Key
	Sign(msg []byte) ([]byte, error)
}

type seedSigner struct {
	key    Key
	secret ed25519.PrivateKey
}

func (s *seedSigner) Key() Key                        { return s.key }
func (s *seedSigner) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.secret, msg), nil }

// NewSigner signs with the key of an RFC 8032 seed.
func NewSigner(name string, seed [32]byte) (Signer, error) { return newSigner(name, Ed25519, seed) }

// NewWitnessSigner is NewSigner for cosignatures: pass it to Cosign.
func NewWitnessSigner(name string, seed [32]byte) (Signer, error) {
	return newSigner(name, Cosigning, seed)
}

func newSigner(name string, typ byte, seed [32]byte) (Signer, error) {
	secret := ed25519.NewKeyFromSeed(seed[:])
	key, err := newKey(name, typ, secret.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	return &seedSigner{key, secret}, nil
}

// clip shortens what stood there, for an error.
func clip(s string) string {
	s = fmt.Sprintf("%q", s[:min(len(s), 80)])
	return s[1 : len(s)-1]
}
