// SHA-256 and SHA-512 in JavaScript alone: crypto.subtle does not exist where
// a page came over plain http, which is how many offices' networks serve it.
import { sha512 as nobleSHA512 } from "@noble/hashes/sha2.js";
import { concat, hex, utf8 } from "./bytes";
import { EMPTY, digest } from "./short";

/** sha256 is SHA(x) of ledger.md §0, x being the parts one behind the other. It
 * is the one of short.ts, so that a page carries no second. */
export function sha256(...parts: Uint8Array[]): Uint8Array {
  const x = parts.length === 1 ? parts[0]! : concat(...parts);
  const words = new Int32Array(8);
  digest(EMPTY, x, 0, x.length, words, 0);
  const out = new DataView(new ArrayBuffer(32));
  words.forEach((w, i) => out.setInt32(4 * i, w));
  return new Uint8Array(out.buffer);
}

/** sha512 is SHA-512 of the parts. */
export function sha512(...parts: Uint8Array[]): Uint8Array {
  const h = nobleSHA512.create();
  for (const p of parts) {
    h.update(p);
  }
  return h.digest();
}

/** H is H(x) of record.md: the lower-case hex of SHA-256 over the UTF-8 bytes of x. */
export function H(x: string): string {
  return hex(sha256(utf8(x)));
}
