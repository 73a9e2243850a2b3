// BLS12-381 as far as one signature on G1 needs it: the fields, the two groups,
// the hash to G1 and the product of two pairings. Fields and the steps of RFC
// 9380 are those of @noble/curves; adding points and the loop of the pairing are
// ours, so that nothing of signing, of other curves or of the hash to G2 is
// carried to a phone. The tests hold them to @noble/curves.
import { hash_to_field, isogenyMap, mapToCurveSimpleSWU } from "@noble/curves/abstract/hash-to-curve.js";
import type { IField } from "@noble/curves/abstract/modular.js";
import { tower12, type Fp12 as F12, type Fp2 as F2 } from "@noble/curves/abstract/tower.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ISOGENY } from "./isogeny";

/** The curve's parameter is −X. */
const X = BigInt("0xd201000000010000");
const P = BigInt(
  "0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab",
);
/** The order of both groups. */
const R = BigInt("0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");

const fields = tower12({
  ORDER: P,
  X_LEN: 64,
  FP2_NONRESIDUE: [BigInt(1), BigInt(1)],
  Fp2mulByB: (a: F2) => a, // of no use in our loop
  Fp12finalExponentiate: (a: F12) => a, // see isOne
});
export const { Fp, Fp2, Fp12 } = fields;

const [two, three, eight] = [BigInt(2), BigInt(3), BigInt(8)] as const;
const big = (hex: string): bigint => BigInt(`0x${hex}`);
const pair = (c0: string, c1: string): F2 => Fp2.fromBigTuple([big(c0), big(c1)]);

/** The generator of G2. */
export const GENERATOR: Affine<F2> = {
  x: pair(
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8",
    "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e",
  ),
  y: pair(
    "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801",
    "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be",
  ),
};

/** A point other than the identity. */
export interface Affine<T> {
  readonly x: T;
  readonly y: T;
}

/** A point as (x/z², y/z³); z = 0 is the identity. */
interface Jacobian<T> extends Affine<T> {
  readonly z: T;
}

/** twice doubles a point of a curve y² = x³ + b. */
function twice<T>(f: IField<T>, p: Jacobian<T>): Jacobian<T> {
  const a = f.sqr(p.x);
  const b = f.sqr(p.y);
  const c = f.sqr(b);
  const d = f.mul(f.sub(f.sub(f.sqr(f.add(p.x, b)), a), c), two);
  const e = f.mul(a, three);
  const x = f.sub(f.sqr(e), f.mul(d, two));
  return { x, y: f.sub(f.mul(e, f.sub(d, x)), f.mul(c, eight)), z: f.mul(f.mul(p.y, p.z), two) };
}

/** plus adds two points, whatever they are. */
function plus<T>(f: IField<T>, p: Jacobian<T>, q: Jacobian<T>): Jacobian<T> {
  if (f.is0(p.z)) {
    return q;
  }
  if (f.is0(q.z)) {
    return p;
  }
  const [pp, qq] = [f.sqr(p.z), f.sqr(q.z)];
  const [u, v] = [f.mul(p.x, qq), f.mul(q.x, pp)];
  const [s, t] = [f.mul(f.mul(p.y, q.z), qq), f.mul(f.mul(q.y, p.z), pp)];
  const h = f.sub(v, u);
  const r = f.sub(t, s);
  if (f.is0(h)) {
    return f.is0(r) ? twice(f, p) : { x: f.ONE, y: f.ONE, z: f.ZERO };
  }
  const hh = f.sqr(h);
  const hhh = f.mul(hh, h);
  const w = f.mul(u, hh);
  const x = f.sub(f.sub(f.sqr(r), hhh), f.mul(w, two));
  return { x, y: f.sub(f.mul(r, f.sub(w, x)), f.mul(s, hhh)), z: f.mul(f.mul(h, p.z), q.z) };
}

/** times is n·p, n > 0. */
function times<T>(f: IField<T>, p: Jacobian<T>, n: bigint): Jacobian<T> {
  let sum = p;
  for (const bit of n.toString(2).slice(1)) {
    sum = twice(f, sum);
    if (bit === "1") {
      sum = plus(f, sum, p);
    }
  }
  return sum;
}

/** inSubgroup tells whether a point of a curve has the prime order. */
export function inSubgroup<T>(f: IField<T>, p: Affine<T>): boolean {
  return f.is0(times(f, { ...p, z: f.ONE }, R).z);
}

const isogeny = isogenyMap(Fp, ISOGENY as [bigint[], bigint[], bigint[], bigint[]]);

/** hashToG1 is hash_to_curve of BLS12381G1_XMD:SHA-256_SSWU_RO_ (RFC 9380 §8.8.1). */
export function hashToG1(message: Uint8Array, tag: string): Affine<bigint> {
  const swu = mapToCurveSimpleSWU(Fp, {
    A: big("144698a3b8e9433d693a02c96d4982b0ea985383ee66a8d8e8981aefd881ac98936f8da0e0f97f5cf428082d584c1d"),
    B: big("12e2908d11688030018b12e8753eee3b2016c1f0f24f4070a0b9c14fcef35ef55a23215a316ceaa5d1cc48e98e172be0"),
    Z: BigInt(11),
  });
  const u = hash_to_field(message, 2, { DST: tag, p: P, m: 1, k: 128, expand: "xmd", hash: sha256 });
  const [a, b] = u.map((s) => {
    const { x, y } = swu(s[0]!);
    return { ...isogeny(x, y), z: Fp.ONE };
  });
  const sum = times(Fp, plus(Fp, a!, b!), X + BigInt(1)); // h_eff
  const z = Fp.inv(sum.z); // throws for the identity, which nobody will meet
  const zz = Fp.sqr(z);
  return { x: Fp.mul(sum.x, zz), y: Fp.mul(sum.y, Fp.mul(zz, z)) };
}

/** A pair whose pairing is a factor of a product. */
export type Factor = readonly [Affine<bigint>, Affine<F2>];

/**
 * productIsOne tells whether the product of the pairings of some pairs is 1:
 * the loop of the ate pairing over all of them at once, then the final
 * exponentiation. No point may be the identity, and all are in their subgroups.
 */
export function productIsOne(factors: readonly Factor[]): boolean {
  const states = factors.map(([p, q]): State => ({ p, q, t: q }));
  let f = Fp12.ONE;
  for (let bit = X.toString(2).length - 2; bit >= 0; bit--) {
    f = Fp12.sqr(f);
    for (const s of states) {
      f = Fp12.mul(f, step(s, s.t));
    }
    if (((X >> BigInt(bit)) & BigInt(1)) === BigInt(1)) {
      for (const s of states) {
        f = Fp12.mul(f, step(s, s.q));
      }
    }
  }
  return isOne(Fp12.conjugate(f)); // the parameter is negative
}

/** Where the loop stands for one pair: the multiple of q that it has come to. */
interface State {
  readonly p: Affine<bigint>;
  readonly q: Affine<F2>;
  t: Affine<F2>;
}

/**
 * step adds other to t and gives the line through both at p. On the twist the
 * slope is λ; untwisted by (x/w², y/w³), w⁶ = 1 + u, and multiplied by w³, which
 * the final exponentiation kills, the line is (λ·x_t − y_t) − λ·x_p·w² + y_p·w³.
 */
function step(s: State, other: Affine<F2>): F12 {
  const { x, y } = s.t;
  const slope =
    other === s.t
      ? Fp2.div(Fp2.mul(Fp2.sqr(x), three), Fp2.mul(y, two))
      : Fp2.div(Fp2.sub(other.y, y), Fp2.sub(other.x, x));
  const next = Fp2.sub(Fp2.sub(Fp2.sqr(slope), x), other.x);
  s.t = { x: next, y: Fp2.sub(Fp2.mul(slope, Fp2.sub(x, next)), y) };
  return {
    c0: { c0: Fp2.sub(Fp2.mul(slope, x), y), c1: Fp2.neg(Fp2.mul(slope, s.p.x)), c2: Fp2.ZERO },
    c1: { c0: Fp2.ZERO, c1: Fp2.fromBigTuple([s.p.y, BigInt(0)]), c2: Fp2.ZERO },
  };
}

/**
 * isOne tells whether a^((p¹² − 1) / r) = 1. The easy part is p⁶ − 1 and p² + 1;
 * three times the hard part is (x − 1)²·(x + p)·(x² + p² − 1) + 3, x = −X, and 3
 * does not divide r.
 */
function isOne(a: F12): boolean {
  const easy = Fp12.div(Fp12.conjugate(a), a);
  const m = Fp12.mul(Fp12.frobeniusMap(easy, 2), easy);
  // now the inverse is the conjugate
  const toX = (b: F12): F12 => Fp12.conjugate(Fp12.pow(b, X));
  const less = (b: F12): F12 => Fp12.mul(toX(b), Fp12.conjugate(b));
  const c = less(less(m));
  const d = Fp12.mul(toX(c), Fp12.frobeniusMap(c, 1));
  const e = Fp12.mul(Fp12.mul(toX(toX(d)), Fp12.frobeniusMap(d, 2)), Fp12.conjugate(d));
  return Fp12.eql(Fp12.mul(e, Fp12.mul(Fp12.sqr(m), m)), Fp12.ONE);
}
