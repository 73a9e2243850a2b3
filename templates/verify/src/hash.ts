// SHA-256 and SHA-512 in JavaScript alone: crypto.subtle does not exist where
// a page came over plain http, which is how many offices' networks serve it.
import { sha256 as nobleSHA256, sha512 as nobleSHA512 } from "@noble/hashes/sha2.js";
import { hex, utf8 } from "./bytes";

/** sha256 is SHA(x) of ledger.md §0, x being the parts one behind the other, not copied together. */
export function sha256(...parts: Uint8Array[]): Uint8Array {
  const first = parts[0];
  if (parts.length === 1 && first !== undefined) {
    return nobleSHA256(first);
  }
  const h = nobleSHA256.create();
  for (const p of parts) {
    h.update(p);
  }
  return h.digest();
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
  return hex(nobleSHA256(utf8(x)));
}
