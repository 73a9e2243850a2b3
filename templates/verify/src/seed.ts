// Seed, handles, fingerprints of keys, recusal commitments (draw1 §2, §3, §4, §8).
import { hex, unhex, utf8 } from "./bytes";
import { H, sha256 } from "./hash";

/** drawSeed is the seed of a draw: c is C, extras the contributions x_i in the notice's order (draw1 §2). */
export function drawSeed(c: string, extras: readonly string[], rho: string): string {
  return H(["draw1", c, ...extras, rho].join("|"));
}

/** refillSeed is seed' of a replacement by lot (draw1 §8): request is the digest of the request's entry. */
export function refillSeed(seed: string, request: string, rho: string): string {
  return H(`draw1x|${seed}|${request}|${rho}`);
}

/** What a handle stands for: an object, an inspector, an expert. */
export type HandleKind = "O" | "I" | "E";

/** saltOf is the salt of an id under K or KI (draw1 §3). */
export function saltOf(key: string, kind: HandleKind, id: string): string {
  return keyed(key, `draw1s|${kind}|${id}`);
}

/** handleFor is the handle of an id with its salt (draw1 §3). */
export function handleFor(kind: HandleKind, salt: string, id: string): string {
  return H(`draw1h|${kind}|${salt}|${id}`).slice(0, 32);
}

/** keyCommit is the fingerprint of K or KI, given in hex (draw1 §3). */
export function keyCommit(key: string): string {
  return H(`draw1k|${key}`);
}

/** recusalSalt is the salt of an object's recusal line under KI (draw1 §4). */
export function recusalSalt(ki: string, object: string): string {
  return keyed(ki, `draw1rs|${object}`);
}

/** recusalHash commits to the inspectors recused at one object, handles ascending (draw1 §4). */
export function recusalHash(salt: string, inspectors: readonly string[]): string {
  return H(`draw1r|${salt}|${inspectors.join(",")}`);
}

/** keyed is first32 of HMAC (RFC 2104); a key is shorter than a block. */
function keyed(key: string, text: string): string {
  const block = new Uint8Array(64);
  block.set(unhex(key, 32, "key"));
  const inner = sha256(block.map((b) => b ^ 0x36), utf8(text));
  return hex(sha256(block.map((b) => b ^ 0x5c), inner)).slice(0, 32);
}

/** objectID tests the form of an enterprise's id (draw1 §0). */
export function objectID(id: string): boolean {
  return /^(?:[0-9A-Z]{18}|注册号:[0-9A-Z]{8,18})$/.test(id);
}

/** personID tests the form of a certificate number (draw1 §0). */
export function personID(id: string): boolean {
  return /^[0-9A-Z-]{4,32}$/.test(id);
}

/** normalID brings an id as somebody types it into the one form that is hashed (draw1 §0). */
export function normalID(raw: string): string {
  return raw.normalize("NFKC").toUpperCase();
}
