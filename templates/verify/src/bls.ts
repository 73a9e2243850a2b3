// The second bundle: BLS12-381 for rounds of quicknet (beacon.md, The signature,
// steps 3 to 5), loaded where a draw rests on one. It registers itself, so that
// it can be loaded by a script element where pages come from a disk. drand's
// first chain, which no notice can name, is not read here.
import type { BLS } from "./beacon";
import { Fp, Fp2, GENERATOR, hashToG1, inSubgroup, productIsOne, type Affine } from "./pairing";

const TAG = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";
const P = Fp.ORDER;

/** A point, or why there is none. */
type Decoded<T> = { readonly point: Affine<T> } | { readonly code: "bad-point" | "identity" };

const BAD = { code: "bad-point" } as const;

/** number reads big-endian bytes. */
function number(bytes: Uint8Array): bigint {
  let n = BigInt(0);
  for (const b of bytes) {
    n = n * BigInt(256) + BigInt(b);
  }
  return n;
}

/** flags takes the three bits off a compressed point: compressed, infinity, the greater y. */
function flags(bytes: Uint8Array): { readonly rest: Uint8Array; readonly bits: number } {
  const rest = bytes.slice();
  rest[0] = rest[0]! & 31;
  return { rest, bits: bytes[0]! >> 5 };
}

/** decodeG1 is step 4: one spelling of a point on the curve, of prime order, not the identity. */
function decodeG1(bytes: Uint8Array): Decoded<bigint> {
  const { rest, bits } = flags(bytes);
  const x = number(rest);
  if (bytes.length === 48 && bits === 6 && x === BigInt(0)) {
    return { code: "identity" };
  }
  if (bytes.length !== 48 || (bits & 6) !== 4 || x >= P) {
    return BAD;
  }
  let y: bigint;
  try {
    y = Fp.sqrt(Fp.add(Fp.mul(Fp.sqr(x), x), BigInt(4)));
  } catch {
    return BAD; // no point of the curve has this x
  }
  const greater = y * BigInt(2) > P;
  const point = { x, y: greater === ((bits & 1) === 1) ? y : Fp.neg(y) };
  return inSubgroup(Fp, point) ? { point } : BAD;
}

/** decodeG2 is decodeG1 for a key: c1 stands before c0, and of two y the greater is told by c1, by c0 where that is 0. */
function decodeG2(bytes: Uint8Array): Decoded<ReturnType<typeof Fp2.sqr>> {
  const { rest, bits } = flags(bytes);
  const [c1, c0] = [number(rest.subarray(0, 48)), number(rest.subarray(48))];
  if (bytes.length === 96 && bits === 6 && c1 === BigInt(0) && c0 === BigInt(0)) {
    return { code: "identity" };
  }
  if (bytes.length !== 96 || (bits & 6) !== 4 || c1 >= P || c0 >= P) {
    return BAD;
  }
  const x = { c0, c1 };
  let y: ReturnType<typeof Fp2.sqr>;
  try {
    y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), Fp2.fromBigTuple([BigInt(4), BigInt(4)])));
  } catch {
    return BAD;
  }
  const greater = (y.c1 === BigInt(0) ? y.c0 : y.c1) * BigInt(2) > P;
  const point = { x, y: greater === ((bits & 1) === 1) ? y : Fp2.neg(y) };
  return inSubgroup(Fp2, point) ? { point } : BAD;
}

/** The schemes of beacon.md other than that of quicknet are unknown here. */
const known = (scheme: string): boolean => scheme === "bls-unchained-g1-rfc9380";

const bls: BLS = {
  key(scheme, key) {
    return known(scheme) && "point" in decodeG2(key);
  },
  signature(scheme, key, digest, signature) {
    const s = decodeG1(signature);
    const k = decodeG2(key);
    if ("code" in s) {
      return s.code;
    }
    if (!known(scheme) || !("point" in k)) {
      return "bad-signature";
    }
    // e(signature, g2) = e(P, key), as e(signature, g2) · e(−P, key) = 1
    const p = hashToG1(digest, TAG);
    const good = productIsOne([
      [s.point, GENERATOR],
      [{ x: p.x, y: Fp.neg(p.y) }, k.point],
    ]);
    return good ? "" : "bad-signature";
  },
};

(globalThis as { sunlotBLS?: BLS }).sunlotBLS = bls;

export { bls };
