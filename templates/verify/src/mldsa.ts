// ML-DSA-44, verification alone (FIPS 204): a witness's second line. It never
// counts toward a quorum (ledger.md §7), but a line that does not verify is
// said to be bad, and that needs the computation. Nothing here is secret.
import { shake128, shake256 } from "@noble/hashes/sha3.js";
import { concat, equal } from "./bytes";

// FIPS 204 §4, table 1, column ML-DSA-44
const q = 8380417;
const k = 4;
const l = 4;
const tau = 39;
const gamma1 = 2 ** 17;
const gamma2 = (q - 1) / 88;
const beta = 78;
const omega = 80;
const hashBytes = 32; // λ / 4

export const mldsaKeyBytes = 32 + k * 320;
export const mldsaSignatureBytes = hashBytes + l * 576 + omega + k;

/** A polynomial: 256 coefficients in 0 … q − 1. */
type Poly = number[];

/** mod is the residue in 0 … q − 1. */
function mod(n: number): number {
  const r = n % q;
  return r < 0 ? r + q : r;
}

/** zetas[i] is 1753 to the bit-reversed i (FIPS 204 §7.5). */
const zetas = Array.from({ length: 256 }, (_, i) => {
  let e = 0;
  for (let bit = 0; bit < 8; bit++) {
    e |= ((i >> bit) & 1) << (7 - bit);
  }
  let z = 1;
  for (let j = 0; j < e; j++) {
    z = (z * 1753) % q;
  }
  return z;
});

/** ntt is algorithm 41. */
function ntt(p: Poly): Poly {
  const w = [...p];
  let m = 0;
  for (let len = 128; len >= 1; len /= 2) {
    for (let start = 0; start < 256; start += 2 * len) {
      const zeta = zetas[++m]!;
      for (let j = start; j < start + len; j++) {
        const t = (zeta * w[j + len]!) % q;
        w[j + len] = mod(w[j]! - t);
        w[j] = mod(w[j]! + t);
      }
    }
  }
  return w;
}

/** inverse is algorithm 42. */
function inverse(p: Poly): Poly {
  const w = [...p];
  let m = 256;
  for (let len = 1; len < 256; len *= 2) {
    for (let start = 0; start < 256; start += 2 * len) {
      const zeta = q - zetas[--m]!;
      for (let j = start; j < start + len; j++) {
        const t = w[j]!;
        w[j] = mod(t + w[j + len]!);
        w[j + len] = (zeta * mod(t - w[j + len]!)) % q;
      }
    }
  }
  return w.map((c) => (c * 8347681) % q);
}

/** unpack reads n numbers of so many bits, least significant bit first (algorithms 18 and 19). */
function unpack(bytes: Uint8Array, bits: number, n = 256): number[] {
  const out: number[] = [];
  let held = 0;
  let have = 0;
  let at = 0;
  while (out.length < n) {
    while (have < bits) {
      held += bytes[at++]! * 2 ** have;
      have += 8;
    }
    out.push(held % 2 ** bits);
    held = Math.floor(held / 2 ** bits);
    have -= bits;
  }
  return out;
}

/** expandA is one entry of the matrix Â (algorithms 30 and 32). */
function expandA(rho: Uint8Array, row: number, column: number): Poly {
  const stream = shake128.create({}).update(concat(rho, Uint8Array.of(column, row)));
  const a: Poly = [];
  while (a.length < 256) {
    const b = stream.xof(168);
    for (let i = 0; i < 168 && a.length < 256; i += 3) {
      const z = b[i]! | (b[i + 1]! << 8) | ((b[i + 2]! & 127) << 16);
      if (z < q) {
        a.push(z);
      }
    }
  }
  return a;
}

/** sampleInBall is algorithm 29: τ coefficients of 1 or −1. */
function sampleInBall(seed: Uint8Array): Poly {
  const stream = shake256.create({}).update(seed);
  const signs = stream.xof(8);
  const c: Poly = new Array<number>(256).fill(0);
  for (let i = 256 - tau; i < 256; i++) {
    let j = 256;
    while (j > i) {
      j = stream.xof(1)[0]!;
    }
    const bit = i + tau - 256;
    c[i] = c[j]!;
    c[j] = ((signs[bit >> 3]! >> (bit & 7)) & 1) === 1 ? q - 1 : 1;
  }
  return c;
}

/** unpackHint is algorithm 21; undefined where the hint is malformed. */
function unpackHint(y: Uint8Array): Set<number>[] | undefined {
  const hints: Set<number>[] = [];
  let index = 0;
  for (let i = 0; i < k; i++) {
    const end = y[omega + i]!;
    if (end < index || end > omega) {
      return undefined;
    }
    const set = new Set<number>();
    for (const first = index; index < end; index++) {
      if (index > first && y[index - 1]! >= y[index]!) {
        return undefined;
      }
      set.add(y[index]!);
    }
    hints.push(set);
  }
  return y.subarray(index, omega).some((b) => b !== 0) ? undefined : hints;
}

/** useHint is algorithm 40, with decompose (36) within. */
function useHint(hint: boolean, r: number): number {
  const m = 44; // (q − 1) / 2γ2
  let r0 = r % (2 * gamma2);
  if (r0 > gamma2) {
    r0 -= 2 * gamma2;
  }
  let r1 = (r - r0) / (2 * gamma2);
  if (r - r0 === q - 1) {
    r1 = 0;
    r0--;
  }
  if (!hint) {
    return r1;
  }
  return r0 > 0 ? (r1 + 1) % m : (r1 + m - 1) % m;
}

/** packW1 is algorithm 28: 6 bits each. */
function packW1(w: readonly number[]): Uint8Array {
  const b = new Uint8Array(192);
  for (let i = 0; i < 64; i++) {
    const n = w[4 * i]! | (w[4 * i + 1]! << 6) | (w[4 * i + 2]! << 12) | (w[4 * i + 3]! << 18);
    b.set([n & 255, (n >> 8) & 255, n >> 16], 3 * i);
  }
  return b;
}

/** verifyMLDSA is algorithms 3 and 8 with the empty context: is this a signature of the key over the message? */
export function verifyMLDSA(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== mldsaKeyBytes || signature.length !== mldsaSignatureBytes) {
    return false;
  }
  const hint = unpackHint(signature.subarray(hashBytes + l * 576));
  const z: number[][] = [];
  for (let i = 0; i < l; i++) {
    const at = hashBytes + i * 576;
    z.push(unpack(signature.subarray(at, at + 576), 18).map((n) => gamma1 - n));
  }
  if (hint === undefined || z.some((p) => p.some((n) => Math.abs(n) >= gamma1 - beta))) {
    return false;
  }
  const seed = signature.subarray(0, hashBytes);
  const rho = key.subarray(0, 32);
  const c = ntt(sampleInBall(seed));
  const zHat = z.map((p) => ntt(p.map(mod)));
  const tr = shake256(key, { dkLen: 64 });
  const mu = shake256(concat(tr, Uint8Array.of(0, 0), message), { dkLen: 64 });
  const parts: Uint8Array[] = [mu];
  for (let row = 0; row < k; row++) {
    const at = 32 + row * 320;
    const t = ntt(unpack(key.subarray(at, at + 320), 10).map((n) => n * 2 ** 13));
    const sum = t.map((n, j) => mod(-((c[j]! * n) % q)));
    for (let column = 0; column < l; column++) {
      const a = expandA(rho, row, column);
      const p = zHat[column]!;
      for (let j = 0; j < 256; j++) {
        sum[j] = (sum[j]! + a[j]! * p[j]!) % q;
      }
    }
    const hints = hint[row]!;
    parts.push(packW1(inverse(sum).map((r, j) => useHint(hints.has(j), r))));
  }
  return equal(shake256(concat(...parts), { dkLen: hashBytes }), seed);
}
