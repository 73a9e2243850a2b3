// Ed25519 by the one equation of ledger.md §1.
import { Fault } from "./fault";

/** goodKey says whether 32 bytes are a public key: canonical, not neutral, of order L. */
export function goodKey(key: Uint8Array): boolean {
  throw new Fault("not-yet", "key", String(key.length));
}

/** verify says whether a signature is good: S < L and encode(S·B − k·A) = R; false for a key that is none. */
export function verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  throw new Fault("not-yet", "signature", String(key.length + message.length + signature.length));
}
