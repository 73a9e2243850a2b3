// The same checks by @noble/curves' own pairing: what src/bls.ts is held to, and
// rounds of drand's first chain, which the page does not read.
import { bls12_381 } from "@noble/curves/bls12-381.js";
import type { BLS, Scheme } from "../src/beacon";
import { equal, utf8 } from "../src/bytes";

const { G1, G2, pairingBatch, fields } = bls12_381;
type P1 = typeof G1.Point.BASE;
type P2 = typeof G2.Point.BASE;

const TAG_G1 = utf8("BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_");
const TAG_G2 = utf8("BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_");

/** What points of both groups offer, as far as we ask. */
interface PointLike {
  is0(): boolean;
  isTorsionFree(): boolean;
  assertValidity(): void;
  toBytes(compressed?: boolean): Uint8Array;
}

/** A point, or why there is none. */
type Decoded<P> = { readonly point: P } | { readonly code: "bad-point" | "identity" };

/** decode is step 4: on the curve, in the subgroup of prime order, not the identity, and of one spelling. */
function decode<P extends PointLike>(read: (b: Uint8Array) => P, bytes: Uint8Array): Decoded<P> {
  let point: P;
  try {
    point = read(bytes);
    if (!equal(point.toBytes(true), bytes)) {
      return { code: "bad-point" };
    }
    if (point.is0()) {
      return { code: "identity" };
    }
    point.assertValidity();
  } catch {
    return { code: "bad-point" };
  }
  return point.isTorsionFree() ? { point } : { code: "bad-point" };
}

const g1 = (b: Uint8Array): Decoded<P1> => decode((x) => G1.Point.fromBytes(x), b);
const g2 = (b: Uint8Array): Decoded<P2> => decode((x) => G2.Point.fromBytes(x), b);

/** same tells whether e(a1, a2) = e(b1, b2), as e(a1, a2) · e(−b1, b2) = 1. */
function same(a1: P1, a2: P2, b1: P1, b2: P2): boolean {
  const product = pairingBatch([
    { g1: a1, g2: a2 },
    { g1: b1.negate(), g2: b2 },
  ]);
  return fields.Fp12.eql(product, fields.Fp12.ONE);
}

export const nobleBLS: BLS = {
  key(scheme: Scheme, key: Uint8Array): boolean {
    return "point" in (scheme === "bls-unchained-g1-rfc9380" ? g2(key) : g1(key));
  },
  signature(scheme, key, digest, signature) {
    if (scheme === "bls-unchained-g1-rfc9380") {
      const s = g1(signature);
      const k = g2(key);
      if ("code" in s) {
        return s.code;
      }
      const p = G1.hashToCurve(digest, { DST: TAG_G1 });
      return "point" in k && same(s.point, G2.Point.BASE, p, k.point) ? "" : "bad-signature";
    }
    const s = g2(signature);
    const k = g1(key);
    if ("code" in s) {
      return s.code;
    }
    const p = G2.hashToCurve(digest, { DST: TAG_G2 });
    return "point" in k && same(G1.Point.BASE, s.point, k.point, p) ? "" : "bad-signature";
  },
};
