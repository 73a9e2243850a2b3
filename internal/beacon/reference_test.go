package beacon

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"testing"

	"github.com/cloudflare/circl/ecc/bls12381"
)

// The curve y² = x³ + 4 of BLS12-381 in school-book affine arithmetic, without
// the library: enough to make the encodings that Verify has to refuse.

var prime, _ = new(big.Int).SetString("1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab", 16)

// affine is a point other than the identity.
type affine struct{ x, y *big.Int }

func number(n int64) *big.Int { return big.NewInt(n) }

func mod(n *big.Int) *big.Int { return n.Mod(n, prime) }

func negate(n *big.Int) *big.Int { return mod(new(big.Int).Neg(n)) }

func square(x *big.Int) *big.Int {
	s := new(big.Int).Exp(x, number(3), prime)
	return mod(s.Add(s, number(4)))
}

func (p affine) onCurve() bool {
	return new(big.Int).Exp(p.y, number(2), prime).Cmp(square(p.x)) == 0
}

// add panics where the sum is the identity: no test needs that.
func (p affine) add(q affine) affine {
	var slope, below *big.Int
	if p.x.Cmp(q.x) == 0 && p.y.Cmp(q.y) == 0 {
		slope = mod(new(big.Int).Mul(number(3), new(big.Int).Mul(p.x, p.x)))
		below = mod(new(big.Int).Lsh(p.y, 1))
	} else {
		slope = mod(new(big.Int).Sub(q.y, p.y))
		below = mod(new(big.Int).Sub(q.x, p.x))
	}
	if below.Sign() == 0 {
		panic("the sum is the identity")
	}
	slope = mod(slope.Mul(slope, below.ModInverse(below, prime)))
	x := new(big.Int).Mul(slope, slope)
	x = mod(x.Sub(x.Sub(x, p.x), q.x))
	y := new(big.Int).Sub(p.x, x)
	y = mod(y.Sub(y.Mul(y, slope), p.y))
	return affine{x, y}
}

// high says whether y is the greater of y and -y: the sign bit.
func high(y *big.Int) bool { return new(big.Int).Lsh(y, 1).Cmp(prime) > 0 }

func (p affine) compress() []byte {
	out := make([]byte, 48)
	p.x.FillBytes(out)
	out[0] |= 0x80
	if high(p.y) {
		out[0] |= 0x20
	}
	return out
}

func decompress(t testing.TB, b []byte) affine {
	t.Helper()
	if len(b) != 48 || b[0]&0xc0 != 0x80 {
		t.Fatalf("not a compressed point: %x", b)
	}
	digits := append([]byte(nil), b...)
	digits[0] &= 0x1f
	p := affine{x: new(big.Int).SetBytes(digits)}
	if p.y = new(big.Int).ModSqrt(square(p.x), prime); p.y == nil {
		t.Fatalf("no point has this x: %x", b)
	}
	if high(p.y) != (b[0]&0x20 != 0) {
		p.y = negate(p.y)
	}
	return p
}

// unreduced writes the same point with x + p in place of x, nil if that does
// not fit.
func unreduced(b []byte) []byte {
	digits := append([]byte(nil), b...)
	digits[0] &= 0x1f
	x := new(big.Int).SetBytes(digits)
	if x.Add(x, prime).BitLen() > 381 {
		return nil
	}
	out := make([]byte, 48)
	x.FillBytes(out)
	out[0] |= b[0] & 0xe0
	return out
}

// outsider is the compressed point with the smallest x that is on the curve but
// not in the subgroup; lost is the smallest x that has no point.
func outsider(t testing.TB) (outside, lost []byte) {
	t.Helper()
	for x := int64(1); outside == nil || lost == nil; x++ {
		y := new(big.Int).ModSqrt(square(number(x)), prime)
		if y == nil {
			if lost == nil {
				lost = affine{x: number(x), y: number(0)}.compress()
			}
			continue
		}
		if outside == nil {
			p := affine{x: number(x), y: y}
			order, _ := new(big.Int).SetString("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16)
			// r-1 times the point is its negative exactly if it is in the subgroup.
			if q := p.times(order.Sub(order, number(1))); q.x.Cmp(p.x) != 0 {
				outside = p.compress()
			}
		}
	}
	return outside, lost
}

func (p affine) times(n *big.Int) affine {
	sum := p
	for i := n.BitLen() - 2; i >= 0; i-- {
		sum = sum.add(sum)
		if n.Bit(i) == 1 {
			sum = sum.add(p)
		}
	}
	return sum
}

// ownChain is a chain whose secret key is 20230608, and its signer: under a
// tag, with the round number hashed first or not.
func ownChain(t testing.TB) (Chain, func(round uint64, tag string, hashed bool) []byte) {
	t.Helper()
	var secret bls12381.Scalar
	secret.SetUint64(20230608)
	var key bls12381.G2
	key.ScalarMult(&secret, bls12381.G2Generator())
	group := sha256.Sum256([]byte("sunlot test chain"))
	c := Chain{Scheme: Scheme, PublicKey: hex.EncodeToString(key.BytesCompressed()),
		Period: 30, Genesis: 1600000000, GroupHash: hex.EncodeToString(group[:]), BeaconID: "sunlot-test"}
	c.Hash = c.hash(key.BytesCompressed(), group[:])
	return c, func(round uint64, tag string, hashed bool) []byte {
		message := binary.BigEndian.AppendUint64(nil, round)
		if hashed {
			sum := sha256.Sum256(message)
			message = sum[:]
		}
		var point bls12381.G1
		point.Hash(message, []byte(tag))
		point.ScalarMult(&secret, &point)
		return point.BytesCompressed()
	}
}
