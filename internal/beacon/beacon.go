// Package beacon answers one question: is this randomness real?
//
// A notice (抽取预告) names a future round of a public randomness chain. When
// the round has come, anyone may carry its signature in, from a relay, a file
// or a sheet of paper; nobody has to be trusted for that, because the bytes are
// checked here against the chain's public key. This is grade A of draw1 §2.
//
// A chain is pinned by its hash:
//
//	SHA-256( be32(period) | be64(genesis) | public key | group hash | beacon id )
//
// where the beacon id is left out if it is "" or "default". The hash does not
// cover the scheme, so the scheme is pinned beside it. The one pinned chain is
// quicknet: a round every 3 seconds since 2023-08-23 15:09:27 UTC, signatures on
// G1 of BLS12-381 and the public key on G2.
//
//	round(t) = floor((t - genesis) / period) + 1
//	time(R)  = genesis + (R - 1) * period
//
// A round's signature is exactly 48 bytes, the compressed encoding of a point
// other than the identity in the prime-order subgroup; it signs SHA-256(be64(R))
// under the domain separation tag of RFC 9380 and the BLS draft. Its randomness
// rho is the SHA-256 of these 48 bytes:
//
//	round 1000 of quicknet
//	signature b44679b9…5ed39
//	rho       fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd
//
// Where a notice names public lottery draws (grade B) or a ceremony (grade C)
// instead, rho is the SHA-256 of one line of text, which has one writing:
//
//	kl8:2023001:01,04,08,15,16,23,27,33,38,42,44,49,51,56,60,63,69,72,77,80
//	d6:3641526341526341523641
//
// See ParseLottery and ParseCeremony. Here only the form, the issues and the
// entropy are checked; whether these numbers were drawn is believed.
//
// The package is pure: no clock, no network. Fetching rounds is package fetch's
// work.
package beacon

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/cloudflare/circl/ecc/bls12381"

	"github.com/sunlot/sunlot/internal/fault"
)

// Scheme is the only signature scheme that a draw may rest on: unchained,
// signatures on G1, hashed to the curve as RFC 9380 says. drand calls it by this
// name.
const Scheme = "bls-unchained-g1-rfc9380"

// MaxRound is the greatest round number: 2^53 - 1, the last one that a browser
// holds exactly, 856 million years of quicknet.
const MaxRound = 1<<53 - 1

// dst is the domain separation tag of the scheme (draw1 §2). The tag names G1:
// an earlier drand scheme hashed to G1 under the tag of G2 and is refused.
const dst = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"

// maxPeriod bounds the seconds between rounds, so that times stay in an int64.
const maxPeriod = 1 << 9

// Chain is a randomness chain's public description. Hash, PublicKey and
// GroupHash are lower-case hex; Period is in seconds, Genesis in Unix seconds
// is the time of round 1. An empty BeaconID means the same as "default".
type Chain struct {
	Hash, Scheme, PublicKey string
	Period, Genesis         int64
	GroupHash, BeaconID     string
}

// Quicknet is the chain that notices of grade A name (draw1 §2). A test
// recomputes its hash from the other members.
func Quicknet() Chain {
	return Chain{
		Hash:   "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
		Scheme: Scheme,
		PublicKey: "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c" +
			"8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb" +
			"5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
		Period:    3,
		Genesis:   1692803367,
		GroupHash: "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
		BeaconID:  "quicknet",
	}
}

// Find returns the pinned chain with this hash, or beacon.unknown-chain. What a
// notice names is looked up here: a chain that its office brings along is none.
func Find(hash string) (Chain, error) {
	if c := Quicknet(); c.Hash == hash {
		return c, nil
	}
	return Chain{}, fault.New("beacon.unknown-chain", "chain", clip(hash), Quicknet().Hash)
}

// RoundAt is the latest round that is public at a Unix time: round(t) of draw1
// §2. Before the genesis, and beyond MaxRound, there is none: 0.
func (c Chain) RoundAt(unix int64) uint64 {
	if c.Period <= 0 || unix < c.Genesis || c.Genesis < 0 {
		return 0
	}
	n := uint64(unix-c.Genesis)/uint64(c.Period) + 1
	if n > MaxRound {
		return 0
	}
	return n
}

// Time is the Unix time at which a round becomes public: time(R) of draw1 §2.
// For round 0 and beyond MaxRound it is 0, and nothing is ever in time for that.
func (c Chain) Time(round uint64) int64 {
	if round == 0 || round > MaxRound || c.Period <= 0 || c.Period > maxPeriod || c.Genesis < 0 || c.Genesis > MaxRound {
		return 0
	}
	return c.Genesis + int64(round-1)*c.Period
}

// hash recomputes the chain hash from the description. The caller has checked
// the lengths.
func (c Chain) hash(key, group []byte) string {
	var head [12]byte
	binary.BigEndian.PutUint32(head[:4], uint32(c.Period))
	binary.BigEndian.PutUint64(head[4:], uint64(c.Genesis))
	h := sha256.New()
	h.Write(head[:])
	h.Write(key)
	h.Write(group)
	if c.BeaconID != "default" {
		h.Write([]byte(c.BeaconID))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// check holds a chain's description to its scheme and its hash and returns the
// public key's size bytes.
func (c Chain) check(scheme string, size int) ([]byte, error) {
	if c.Scheme != scheme {
		return nil, fault.New("beacon.unknown-scheme", "chain", clip(c.Scheme), scheme)
	}
	if c.Period <= 0 || c.Period > maxPeriod || c.Genesis < 0 || c.Genesis > MaxRound {
		return nil, fault.New("beacon.bad-chain", "chain", "period or genesis out of range", "a period of 1.."+strconv.Itoa(maxPeriod)+" s")
	}
	raw, err := hexBytes(c.PublicKey, size)
	if err != nil {
		return nil, &fault.Error{Code: "beacon.bad-chain", Place: "chain public key", Got: clip(c.PublicKey), Err: err}
	}
	group, err := hexBytes(c.GroupHash, sha256.Size)
	if err != nil {
		return nil, &fault.Error{Code: "beacon.bad-chain", Place: "chain group hash", Got: clip(c.GroupHash), Err: err}
	}
	if got := c.hash(raw, group); got != c.Hash {
		return nil, fault.New("beacon.bad-chain", "chain hash", clip(c.Hash), got)
	}
	return raw, nil
}

// key is the public key of a chain of Scheme, a point of G2 other than the
// identity.
func (c Chain) key() (*bls12381.G2, error) {
	raw, err := c.check(Scheme, bls12381.G2SizeCompressed)
	if err != nil {
		return nil, err
	}
	key := new(bls12381.G2)
	if err := key.SetBytes(raw); err != nil {
		return nil, &fault.Error{Code: "beacon.bad-chain", Place: "chain public key", Got: clip(c.PublicKey), Err: err}
	}
	if key.IsIdentity() || string(key.BytesCompressed()) != string(raw) {
		return nil, fault.New("beacon.bad-chain", "chain public key", clip(c.PublicKey), "a canonical point of G2 other than the identity")
	}
	return key, nil
}

// Verify checks a round's signature, raw bytes, under a chain (draw1 §2, grade
// A) and returns rho, 64 lower-case hex digits.
//
// Any chain whose description gives its hash is accepted: whoever must not be
// handed a foreign chain takes it from Find.
func Verify(c Chain, round uint64, signature []byte) (rho string, err error) {
	// The length comes first: the library also reads 96 bytes, the same point
	// uncompressed, which would give a second rho for one round.
	if len(signature) != bls12381.G1SizeCompressed {
		return "", fault.New("beacon.bad-length", "signature", strconv.Itoa(len(signature))+" bytes", "48 bytes")
	}
	if round == 0 || round > MaxRound {
		return "", fault.New("beacon.bad-round", "round", strconv.FormatUint(round, 10), "1.."+strconv.Itoa(MaxRound))
	}
	key, err := c.key()
	if err != nil {
		return "", err
	}
	sig := new(bls12381.G1)
	if err := decodePoint(sig, signature); err != nil {
		return "", err
	}
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], round)
	digest := sha256.Sum256(number[:])
	message := new(bls12381.G1)
	message.Hash(digest[:], []byte(dst))
	// e(sig, g2) = e(message, key), as one product with one final exponentiation.
	product := bls12381.ProdPairFrac(
		[]*bls12381.G1{sig, message},
		[]*bls12381.G2{bls12381.G2Generator(), key},
		[]int{1, -1})
	if !product.IsIdentity() {
		return "", fault.New("beacon.bad-signature", "round "+strconv.FormatUint(round, 10), clip(hex.EncodeToString(signature)), "the chain's signature of this round")
	}
	sum := sha256.Sum256(signature)
	return hex.EncodeToString(sum[:]), nil
}

// point is one of G1 or of G2.
type point interface {
	SetBytes([]byte) error
	IsIdentity() bool
	BytesCompressed() []byte
}

// decodePoint reads a signature's point in its one encoding, other than the
// identity. SetBytes refuses what is not on the curve or not in the subgroup: a
// point plus one of small order would pass the pairing, hence the need.
func decodePoint(p point, signature []byte) error {
	if err := p.SetBytes(signature); err != nil {
		return &fault.Error{Code: "beacon.bad-point", Place: "signature", Got: clip(hex.EncodeToString(signature)), Want: "a compressed point of the subgroup", Err: err}
	}
	if p.IsIdentity() {
		return fault.New("beacon.identity", "signature", "the identity", "another point")
	}
	if string(p.BytesCompressed()) != string(signature) {
		return fault.New("beacon.bad-point", "signature", clip(hex.EncodeToString(signature)), hex.EncodeToString(p.BytesCompressed()))
	}
	return nil
}

// hexBytes decodes exactly n bytes of lower-case hex.
func hexBytes(s string, n int) ([]byte, error) {
	if len(s) != 2*n || !lowerHex(s) {
		return nil, fmt.Errorf("%s is not %d lower-case hex digits", clip(s), 2*n)
	}
	return hex.DecodeString(s)
}

// lowerHex says whether s holds nothing but 0-9 and a-f.
func lowerHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// clip shortens what stood there for an error.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return strconv.QuoteToASCII(s)
	}
	return strconv.QuoteToASCII(s[:most]) + "…"
}
