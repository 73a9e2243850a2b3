// Ed25519 by the one equation of ledger.md §1: nothing but S·B − k·A = R, byte
// for byte and without the cofactor. The curve's arithmetic is @noble/curves';
// its own verify is another equation and is not used.
import { edwards, type EdwardsPoint } from "@noble/curves/abstract/edwards.js";
import { equal } from "./bytes";
import { Fault } from "./fault";
import { sha512 } from "./hash";

/** L, the order of the base point (RFC 8032 §5.1). */
const order = 2n ** 252n + 27742317777372353535851937790883648493n;
const prime = 2n ** 255n - 19n;

/** edwards25519 of RFC 8032 §5.1. */
const Point = edwards({
  p: prime,
  n: order,
  h: 8n,
  a: prime - 1n,
  d: 37095705934669439343138083508754565189542113879843219016388785533085940283555n,
  Gx: 15112221349535400772501151409588531511454012693041857206046113283949847762202n,
  Gy: 46316835694926478169428394003475163141307993866256225615783033603165251855960n,
});

/** What is known of keys that were seen: the point, or that there is none. A reader meets a handful of keys. */
const seen = new Map<string, EdwardsPoint | undefined>();

/** keyPoint is the point of a public key: canonical, not neutral, L·A neutral; undefined otherwise. */
function keyPoint(key: Uint8Array): EdwardsPoint | undefined {
  const name = key.join();
  if (!seen.has(name)) {
    if (seen.size >= 256) {
      seen.clear();
    }
    seen.set(name, readKey(key));
  }
  return seen.get(name);
}

function readKey(key: Uint8Array): EdwardsPoint | undefined {
  if (key.length !== 32) {
    return undefined;
  }
  let point: EdwardsPoint;
  try {
    point = Point.fromBytes(key);
  } catch {
    return undefined; // not on the curve, or y not below p
  }
  return equal(point.toBytes(), key) && !point.is0() && point.isTorsionFree() ? point : undefined;
}

/** goodKey says whether 32 bytes are a public key: canonical, not neutral, of order L. */
export function goodKey(key: Uint8Array): boolean {
  return keyPoint(key) !== undefined;
}

/** verify says whether a signature is good: S < L and encode(S·B − k·A) = R. A key that is none is our caller's fault. */
export function verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const a = keyPoint(key);
  if (a === undefined) {
    throw new Fault("key-point", "key", key.join(), "a point of order L");
  }
  if (signature.length !== 64) {
    return false;
  }
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  if (s >= order) {
    return false;
  }
  const k = littleEndian(sha512(r, key, message)) % order;
  return equal(Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k)).toBytes(), r);
}

function littleEndian(b: Uint8Array): bigint {
  let n = 0n;
  for (let i = b.length - 1; i >= 0; i--) {
    n = (n << 8n) | BigInt(b[i]!);
  }
  return n;
}
