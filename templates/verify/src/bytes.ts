// Bytes and their spellings, each read in one spelling only (ledger.md §0).
import { Fault, ensure } from "./fault";

const lower = "0123456789abcdef";

/** hex is the lower-case hex of b. */
export function hex(b: Uint8Array): string {
  let s = "";
  for (const x of b) {
    s += lower[x >> 4]! + lower[x & 15]!;
  }
  return s;
}

/** unhex reads lower-case hex of n bytes, or of any number where n is absent. */
export function unhex(s: string, n?: number, place = "hex"): Uint8Array {
  ensure(/^(?:[0-9a-f]{2})*$/.test(s) && (n === undefined || s.length === 2 * n), "hex", place, s, "lower-case hex");
  const b = new Uint8Array(s.length / 2);
  for (let i = 0; i < b.length; i++) {
    b[i] = Number.parseInt(s.slice(2 * i, 2 * i + 2), 16);
  }
  return b;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const values = new Map([...alphabet].map((c, i): [string, number] => [c, i]));

/** base64 is b64(b) of ledger.md §0: RFC 4648 §4, with padding. */
export function base64(b: Uint8Array): string {
  const out: string[] = [];
  for (let i = 0; i < b.length; i += 3) {
    const n = (b[i]! << 16) | ((b[i + 1] ?? 0) << 8) | (b[i + 2] ?? 0);
    out.push(
      alphabet[n >> 18]!,
      alphabet[(n >> 12) & 63]!,
      i + 1 < b.length ? alphabet[(n >> 6) & 63]! : "=",
      i + 2 < b.length ? alphabet[n & 63]! : "=",
    );
  }
  return out.join("");
}

/**
 * unbase64 reads b64 of ledger.md §0: padding in full, unused bits zero, no
 * character outside the alphabet. Undefined where s is anything else.
 */
export function unbase64(s: string): Uint8Array | undefined {
  if (s.length % 4 !== 0) {
    return undefined;
  }
  const padding = s.endsWith("==") ? 2 : s.endsWith("=") ? 1 : 0;
  const digits = s.length - padding;
  const b = new Uint8Array((s.length / 4) * 3 - padding);
  let held = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < digits; i++) {
    const v = values.get(s[i]!);
    if (v === undefined) {
      return undefined;
    }
    held = (held << 6) | v;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      b[at++] = (held >> bits) & 255;
      held &= (1 << bits) - 1;
    }
  }
  return held === 0 ? b : undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** utf8 are the bytes of s. A lone surrogate has none: our own strings never hold one. */
export function utf8(s: string): Uint8Array {
  return encoder.encode(s);
}

/** text reads UTF-8; undefined where b is none. A byte order mark stays what it is, U+FEFF. */
export function text(b: Uint8Array): string | undefined {
  try {
    return decoder.decode(b);
  } catch {
    return undefined;
  }
}

/** concat joins in order. */
export function concat(...parts: Uint8Array[]): Uint8Array {
  let n = 0;
  for (const p of parts) {
    n += p.length;
  }
  const b = new Uint8Array(n);
  n = 0;
  for (const p of parts) {
    b.set(p, n);
    n += p.length;
  }
  return b;
}

/** equal compares byte for byte; nothing here is secret, so time does not matter. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) {
    return false;
  }
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) {
      return false;
    }
  }
  return true;
}

/** compare orders as bytes: below 0, 0, or above. */
export function compare(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const d = a[i]! - b[i]!;
    if (d !== 0) {
      return d;
    }
  }
  return a.length - b.length;
}

/** be64 is n as 8 bytes, most significant first. */
export function be64(n: number | bigint): Uint8Array {
  const b = new Uint8Array(8);
  new DataView(b.buffer).setBigUint64(0, BigInt(n));
  return b;
}

/** fromBE64 reads 8 bytes, most significant first, at an offset. */
export function fromBE64(b: Uint8Array, at = 0): bigint {
  return new DataView(b.buffer, b.byteOffset + at, 8).getBigUint64(0);
}

/** decimal reads ASCII digits without a leading zero, at most 2^53 − 1; undefined otherwise. */
export function decimal(s: string): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(s)) {
    return undefined;
  }
  const n = Number(s);
  return Number.isSafeInteger(n) ? n : undefined;
}

/** must is the value of what may be absent only by a fault. */
export function must<T>(v: T | undefined, code: string, place: string, got = "", want = ""): T {
  if (v === undefined) {
    throw new Fault(code, place, got, want);
  }
  return v;
}
