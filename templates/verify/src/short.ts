// SHA-256 of very many short messages that begin alike (draw1 §6: the seed’s
// 64 characters fill the first block). hash.ts serves everything else; here a
// draw of 100,000 asks for half a million digests, and what costs is not the
// function but an object, a buffer and a digest for each. So: one block of
// words for all of them, one state kept after the common beginning, and the
// eight words of the digest written where the caller wants them.

// prettier-ignore
const K = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

// prettier-ignore
const START = new Int32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

const W = new Int32Array(64);
const block = new Uint8Array(128);

/** A beginning of whole blocks, hashed once. */
export interface Beginning {
  readonly state: Int32Array;
  readonly bytes: number;
}

/** The beginning of nothing. */
export const EMPTY: Beginning = { state: START, bytes: 0 };

/** mix takes one block at bytes[at…at+63] into s. */
function mix(s: Int32Array, bytes: Uint8Array, at: number): void {
  for (let i = 0, p = at; i < 16; i++, p += 4) {
    W[i] = (bytes[p]! << 24) | (bytes[p + 1]! << 16) | (bytes[p + 2]! << 8) | bytes[p + 3]!;
  }
  compress(s);
}

/** compress takes the block in W into s (FIPS 180-4 §6.2.2). */
function compress(s: Int32Array): void {
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15]!;
    const y = W[i - 2]!;
    const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[i] = (low + W[i - 7]! + high + W[i - 16]!) | 0;
  }
  let a = s[0]!, b = s[1]!, c = s[2]!, d = s[3]!, e = s[4]!, f = s[5]!, g = s[6]!, h = s[7]!;
  // Four rounds a turn, in which the letters change places instead of values.
  for (let i = 0; i < 64; i += 4) {
    h = (h + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) + (g ^ (e & (f ^ g))) + K[i]! + W[i]!) | 0;
    d = (d + h) | 0;
    h = (h + (((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + ((a & b) | (c & (a | b)))) | 0;
    g = (g + (((d >>> 6) | (d << 26)) ^ ((d >>> 11) | (d << 21)) ^ ((d >>> 25) | (d << 7))) + (f ^ (d & (e ^ f))) + K[i + 1]! + W[i + 1]!) | 0;
    c = (c + g) | 0;
    g = (g + (((h >>> 2) | (h << 30)) ^ ((h >>> 13) | (h << 19)) ^ ((h >>> 22) | (h << 10))) + ((h & a) | (b & (h | a)))) | 0;
    f = (f + (((c >>> 6) | (c << 26)) ^ ((c >>> 11) | (c << 21)) ^ ((c >>> 25) | (c << 7))) + (e ^ (c & (d ^ e))) + K[i + 2]! + W[i + 2]!) | 0;
    b = (b + f) | 0;
    f = (f + (((g >>> 2) | (g << 30)) ^ ((g >>> 13) | (g << 19)) ^ ((g >>> 22) | (g << 10))) + ((g & h) | (a & (g | h)))) | 0;
    e = (e + (((b >>> 6) | (b << 26)) ^ ((b >>> 11) | (b << 21)) ^ ((b >>> 25) | (b << 7))) + (d ^ (b & (c ^ d))) + K[i + 3]! + W[i + 3]!) | 0;
    a = (a + e) | 0;
    e = (e + (((f >>> 2) | (f << 30)) ^ ((f >>> 13) | (f << 19)) ^ ((f >>> 22) | (f << 10))) + ((f & g) | (h & (f | g)))) | 0;
    let t = e; e = a; a = t;
    t = f; f = b; b = t;
    t = g; g = c; c = t;
    t = h; h = d; d = t;
  }
  s[0] = s[0]! + a; s[1] = s[1]! + b; s[2] = s[2]! + c; s[3] = s[3]! + d;
  s[4] = s[4]! + e; s[5] = s[5]! + f; s[6] = s[6]! + g; s[7] = s[7]! + h;
}

/** begin hashes the whole blocks of a beginning; its length is a multiple of 64. */
export function begin(bytes: Uint8Array): Beginning {
  return more(EMPTY, bytes, 0, bytes.length);
}

/**
 * digest writes the digest of beginning + tail[from…to-1] into out[at…at+7],
 * eight words, most significant first.
 */
export function digest(beginning: Beginning, tail: Uint8Array, from: number, to: number, out: Int32Array, at: number): void {
  const s = scratch;
  s.set(beginning.state);
  let p = from;
  for (; to - p >= 64; p += 64) mix(s, tail, p);
  const rest = to - p;
  for (let i = 0; i < rest; i++) block[i] = tail[p + i]!;
  close(s, rest, beginning.bytes + to - from);
  for (let i = 0; i < 8; i++) out[at + i] = s[i]!;
}

const scratch = new Int32Array(8);

/** close pads the last rest bytes, which stand in block, and takes them in (FIPS 180-4 §5.1.1). */
function close(s: Int32Array, rest: number, total: number): void {
  const end = rest < 56 ? 64 : 128;
  block[rest] = 0x80;
  block.fill(0, rest + 1, end - 8);
  const high = Math.floor(total / 0x20000000);
  const low = (total << 3) >>> 0;
  for (let i = 0; i < 4; i++) {
    block[end - 8 + i] = high >>> (24 - 8 * i);
    block[end - 4 + i] = low >>> (24 - 8 * i);
  }
  mix(s, block, 0);
  if (end === 128) mix(s, block, 64);
}

/**
 * node writes the digest of 0x01 and two digests to out[at…] (RFC 6962 §2.1):
 * left and right are the sixteen words at out[at…at+15].
 */
export function node(out: Int32Array, at: number): void {
  const s = scratch;
  s.set(START);
  let carried = 1;
  for (let i = 0; i < 16; i++) {
    const w = out[at + i]!;
    W[i] = (carried << 24) | (w >>> 8);
    carried = w;
  }
  compress(s);
  W.fill(0, 1, 15);
  W[0] = (carried << 24) | 0x800000;
  W[15] = 8 * 65;
  compress(s);
  for (let i = 0; i < 8; i++) out[at + i] = s[i]!;
}

/** more goes on from a beginning over whole blocks of data. */
export function more(beginning: Beginning, data: Uint8Array, from: number, to: number): Beginning {
  if ((to - from) % 64 !== 0) throw new RangeError("a beginning is of whole blocks");
  const state = beginning.state.slice();
  for (let at = from; at < to; at += 64) mix(state, data, at);
  return { state, bytes: beginning.bytes + to - from };
}

/** hexWords is the text of n words. */
export function hexWords(words: Int32Array, from: number, n: number): string {
  let s = "";
  for (let i = from; i < from + n; i++) s += (words[i]! >>> 0).toString(16).padStart(8, "0");
  return s;
}

/** compareWords orders two digests as their hex texts are ordered. */
export function compareWords(a: Int32Array, at: number, b: Int32Array, bt: number): number {
  for (let i = 0; i < 8; i++) {
    const x = a[at + i]! >>> 0;
    const y = b[bt + i]! >>> 0;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}
