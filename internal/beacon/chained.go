package beacon

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"github.com/cloudflare/circl/ecc/bls12381"

	"github.com/sunlot/sunlot/internal/fault"
)

// chainedScheme is drand's first scheme: the public key on G1, signatures on G2,
// and each round signs SHA-256(previous signature | be64(round)).
const chainedScheme = "pedersen-bls-chained"

// chainedTag is the domain separation tag of chainedScheme.
const chainedTag = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_"

// chainedBytes is the length of a signature of chainedScheme.
const chainedBytes = 96

// previousBytes is the length of what stands before a round's signature in its
// message: the signature of the round before, for round 1 the group hash.
func previousBytes(round uint64) int {
	if round == 1 {
		return sha256.Size
	}
	return chainedBytes
}

// DefaultChain is drand's first network, which drand calls "default": a round
// every 30 seconds since 2020-07-22 15:17:30 UTC. Its rounds can be read and
// verified, for draws of others and years gone by; Find does not know it, so no
// notice can name it.
func DefaultChain() Chain {
	return Chain{
		Hash:      "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce",
		Scheme:    chainedScheme,
		PublicKey: "868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a569937c529eeda66c7293784a9402801af31",
		Period:    30,
		Genesis:   1595431050,
		GroupHash: "176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a",
		BeaconID:  "default",
	}
}

// chainedKey is the public key of a chain of chainedScheme, a point of G1 other
// than the identity.
func (c Chain) chainedKey() (*bls12381.G1, error) {
	raw, err := c.check(chainedScheme, bls12381.G1SizeCompressed)
	if err != nil {
		return nil, err
	}
	key := new(bls12381.G1)
	if err := key.SetBytes(raw); err != nil {
		return nil, &fault.Error{Code: "beacon.bad-chain", Place: "chain public key", Got: clip(c.PublicKey), Err: err}
	}
	if key.IsIdentity() || string(key.BytesCompressed()) != string(raw) {
		return nil, fault.New("beacon.bad-chain", "chain public key", clip(c.PublicKey), "a canonical point of G1 other than the identity")
	}
	return key, nil
}

// VerifyChained checks a round's signature, raw bytes, under a chain of drand's
// first scheme and returns the round's randomness, 64 lower-case hex digits. It
// is a function of its own so that no draw can take such a round by mistake:
// Verify refuses the scheme.
func VerifyChained(c Chain, round uint64, previous, signature []byte) (rho string, err error) {
	// The library also reads 192 bytes, the same point uncompressed.
	if len(signature) != bls12381.G2SizeCompressed {
		return "", fault.New("beacon.bad-length", "signature", strconv.Itoa(len(signature))+" bytes", "96 bytes")
	}
	if round == 0 || round > MaxRound {
		return "", fault.New("beacon.bad-round", "round", strconv.FormatUint(round, 10), "1.."+strconv.Itoa(MaxRound))
	}
	if want := previousBytes(round); len(previous) != want {
		return "", fault.New("beacon.bad-length", "previous signature", strconv.Itoa(len(previous))+" bytes", strconv.Itoa(want)+" bytes")
	}
	key, err := c.chainedKey()
	if err != nil {
		return "", err
	}
	sig := new(bls12381.G2)
	if err := decodePoint(sig, signature); err != nil {
		return "", err
	}
	digest := sha256.Sum256(binary.BigEndian.AppendUint64(append([]byte(nil), previous...), round))
	message := new(bls12381.G2)
	message.Hash(digest[:], []byte(chainedTag))
	// e(g1, sig) = e(key, message), as one product with one final exponentiation.
	product := bls12381.ProdPairFrac(
		[]*bls12381.G1{bls12381.G1Generator(), key},
		[]*bls12381.G2{sig, message},
		[]int{1, -1})
	if !product.IsIdentity() {
		return "", fault.New("beacon.bad-signature", "round "+strconv.FormatUint(round, 10), clip(hex.EncodeToString(signature)), "the chain's signature of this round")
	}
	sum := sha256.Sum256(signature)
	return hex.EncodeToString(sum[:]), nil
}

// checkChained is Check for a chain of chainedScheme.
func (r Round) checkChained(c Chain) (rho string, err error) {
	signature, err := hexBytes(r.Signature, chainedBytes)
	if err != nil {
		return "", fault.New("beacon.bad-length", "signature", strconv.Itoa(len(r.Signature))+" characters", "192 lower-case hex digits")
	}
	previous, err := hexBytes(r.Previous, previousBytes(r.Number))
	if err != nil {
		return "", fault.New("beacon.bad-length", "previous signature", strconv.Itoa(len(r.Previous))+" characters", strconv.Itoa(2*previousBytes(r.Number))+" lower-case hex digits")
	}
	return VerifyChained(c, r.Number, previous, signature)
}
