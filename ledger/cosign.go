package ledger

import (
	"crypto/ed25519"
	"encoding/binary"
	"fmt"

	"github.com/cloudflare/circl/sign/mldsa/mldsa44"

	"github.com/sunlot/sunlot/internal/fault"
)

// Sizes of ML-DSA-44, FIPS 204.
const (
	pqKeySize       = mldsa44.PublicKeySize // 1312
	pqSignatureSize = mldsa44.SignatureSize // 2420
)

// maxTime is the greatest time that a cosignature may carry.
const maxTime = 1<<63 - 1

// CosignedAt verifies the line of a witness's key and returns its time in
// seconds since 1970, c2sp.org/tlog-cosignature.
func (n *Note) CosignedAt(k Key) (at uint64, ok bool) {
	s := n.line(k)
	if s == nil || len(s.Bytes) < 8 {
		return 0, false
	}
	at = binary.BigEndian.Uint64(s.Bytes)
	msg, err := cosigned(n.Text, at, k)
	if err != nil || !k.holds(msg, s.Bytes[8:]) {
		return 0, false
	}
	return at, true
}

// holds says whether sig is the raw signature of a witness's key over msg.
func (k Key) holds(msg, sig []byte) bool {
	switch {
	case k.Type == Cosigning && len(k.Public) == ed25519.PublicKeySize && len(sig) == ed25519.SignatureSize:
		return ed25519.Verify(k.Public, msg, sig)
	case k.Type == PostQuantum && len(k.Public) == pqKeySize && len(sig) == pqSignatureSize:
		var pub mldsa44.PublicKey
		return pub.UnmarshalBinary(k.Public) == nil && mldsa44.Verify(&pub, msg, nil, sig)
	}
	return false
}

// Cosign is a witness's line over a checkpoint's text at a time in seconds
// since 1970.
func Cosign(text string, at uint64, witness Signer) (Signature, error) {
	key := witness.Key()
	msg, err := cosigned(text, at, key)
	if err != nil {
		return Signature{}, err
	}
	sig, err := witness.Sign(msg)
	if err != nil {
		return Signature{}, fault.Wrap("ledger.signer-failed", "key "+clip(key.Name), err)
	}
	if !key.holds(msg, sig) {
		return Signature{}, fault.New("ledger.signer-wrong", "key "+clip(key.Name), "a cosignature that does not verify", "a cosignature by this key")
	}
	return Signature{key.Name, key.ID, append(binary.BigEndian.AppendUint64(nil, at), sig...)}, nil
}

// cosigned is the message that a witness of that key signs.
func cosigned(text string, at uint64, k Key) ([]byte, error) {
	switch {
	case at > maxTime:
		return nil, fault.New("ledger.cosign-time", "key "+clip(k.Name), fmt.Sprint(at), "at most 2^63 − 1")
	case k.Type == Cosigning:
		return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text), nil
	case k.Type == PostQuantum:
		return cosignedSubtree(text, at, k.Name)
	}
	return nil, fault.New("ledger.key-type", "key "+clip(k.Name), fmt.Sprintf("0x%02x", k.Type), "0x04")
}

// cosignedSubtree is the structure cosigned_message of c2sp.org/tlog-cosignature
// for a whole tree: label, cosigner, time, origin, start 0, end, root. Names
// stand after one byte of length; numbers are 8 bytes, big-endian.
func cosignedSubtree(text string, at uint64, cosigner string) ([]byte, error) {
	c, err := ParseCheckpoint(text)
	if err != nil {
		return nil, err
	}
	if len(c.Origin) > 255 || len(cosigner) > 255 {
		return nil, fault.New("ledger.checkpoint-origin", "checkpoint", clip(c.Origin), "at most 255 bytes")
	}
	b := append([]byte("subtree/v1\n\x00"), byte(len(cosigner)))
	b = append(b, cosigner...)
	b = binary.BigEndian.AppendUint64(b, at)
	b = append(b, byte(len(c.Origin)))
	b = append(b, c.Origin...)
	b = binary.BigEndian.AppendUint64(b, 0)
	b = binary.BigEndian.AppendUint64(b, c.Size)
	return append(b, c.Root[:]...), nil
}

func checkPostQuantum(pub []byte) error {
	if len(pub) != pqKeySize {
		return fault.New("ledger.key-point", "key", fmt.Sprintf("%d bytes", len(pub)), fmt.Sprintf("%d bytes of ML-DSA-44", pqKeySize))
	}
	return nil
}

type pqSigner struct {
	key    Key
	secret *mldsa44.PrivateKey
}

func (s *pqSigner) Key() Key { return s.key }

// Sign is the deterministic variant of FIPS 204: this room has no randomness.
func (s *pqSigner) Sign(msg []byte) ([]byte, error) {
	sig := make([]byte, pqSignatureSize)
	return sig, mldsa44.SignTo(s.secret, msg, nil, false, sig)
}

// NewPostQuantumSigner cosigns with the ML-DSA-44 key of a FIPS 204 seed: pass
// it to Cosign.
func NewPostQuantumSigner(name string, seed [32]byte) (Signer, error) {
	pub, secret := mldsa44.NewKeyFromSeed(&seed)
	key, err := newKey(name, PostQuantum, pub.Bytes())
	if err != nil {
		return nil, err
	}
	return &pqSigner{key, secret}, nil
}
