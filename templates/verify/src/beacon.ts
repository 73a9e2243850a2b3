// Is this the public randomness that the notice named? (beacon.md: the chains,
// rounds and times, the signature). The pairing itself is in bls.ts, a bundle of
// its own that only pages of draws load.
import { be64, concat, hex, unhex, utf8 } from "./bytes";
import { Fault, ensure } from "./fault";
import { sha256 } from "./hash";

/** The two schemes that are known; the hash of a chain does not cover its scheme. */
export type Scheme = "bls-unchained-g1-rfc9380" | "pedersen-bls-chained";

/** A chain of drand as beacon.md describes it. */
export interface Chain {
  readonly hash: string;
  readonly scheme: string;
  readonly publicKey: string;
  readonly period: number;
  readonly genesis: number;
  readonly groupHash: string;
  readonly id: string;
}

/** The one chain that a notice may name. */
export const QUICKNET: Chain = {
  hash: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
  scheme: "bls-unchained-g1-rfc9380",
  publicKey:
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
  period: 3,
  genesis: 1692803367,
  groupHash: "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
  id: "quicknet",
};

/** drand's first chain: read for old draws of others, never named by a notice. */
export const FIRST_CHAIN: Chain = {
  hash: "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce",
  scheme: "pedersen-bls-chained",
  publicKey: "868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a569937c529eeda66c7293784a9402801af31",
  period: 30,
  genesis: 1595431050,
  groupHash: "176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a",
  id: "default",
};

/** What bls.ts registers as globalThis.sunlotBLS: points and the one equation. */
export interface BLS {
  /** key tells whether a public key is a point of its group in canonical form other than the identity. */
  key(scheme: Scheme, key: Uint8Array): boolean;
  /** signature is "" for a good one, else the code of beacon.md's steps 4 and 5; digest is what was signed, hashed once. */
  signature(scheme: Scheme, key: Uint8Array, digest: Uint8Array, signature: Uint8Array): "" | "bad-point" | "identity" | "bad-signature";
}

/** chainNamed is the chain of a hash that a notice gives. */
export function chainNamed(hash: string): Chain {
  ensure(hash === QUICKNET.hash, "unknown-chain", "chain", hash, QUICKNET.hash);
  return QUICKNET;
}

/** chainHash is H(be32(period) | be64(genesis) | public key | group hash | beacon id). */
export function chainHash(c: Chain): string {
  const id = c.id === "default" ? "" : c.id;
  const period = be64(c.period).subarray(4);
  return hex(sha256(concat(period, be64(c.genesis), unhex(c.publicKey), unhex(c.groupHash), utf8(id))));
}

/** roundAt is the latest round that is public at a Unix time, 0 if there is none. */
export function roundAt(c: Chain, time: number): number {
  return time < c.genesis ? 0 : Math.floor((time - c.genesis) / c.period) + 1;
}

/** roundTime is when a round becomes public, in Unix seconds. */
export function roundTime(c: Chain, round: number): bigint {
  return BigInt(c.genesis) + BigInt(round - 1) * BigInt(c.period);
}

/** checkRound throws unless these bytes are the signature of that round (beacon.md, The signature); it returns rho. */
export function checkRound(bls: BLS, c: Chain, round: bigint, signature: Uint8Array): string {
  ensure(signature.length === 48, "bad-length", "signature", String(signature.length), "48");
  ensureRound(round);
  return settle(bls, c, "bls-unchained-g1-rfc9380", sha256(be64(round)), signature, round);
}

/** checkOldRound is checkRound for the first chain, whose message covers the signature before. */
export function checkOldRound(bls: BLS, c: Chain, round: bigint, previous: Uint8Array, signature: Uint8Array): string {
  ensure(signature.length === 96, "bad-length", "signature", String(signature.length), "96");
  ensureRound(round);
  const want = round === 1n ? 32 : 96;
  ensure(previous.length === want, "bad-length", "previous", String(previous.length), String(want));
  return settle(bls, c, "pedersen-bls-chained", sha256(concat(previous, be64(round))), signature, round);
}

function ensureRound(round: bigint): void {
  ensure(round >= 1n && round <= 9007199254740991n, "bad-round", "round", String(round), "1..2^53-1");
}

/** settle is steps 3 to 5. */
function settle(bls: BLS, c: Chain, scheme: Scheme, digest: Uint8Array, signature: Uint8Array, round: bigint): string {
  ensure(c.scheme === scheme, "unknown-scheme", "scheme", c.scheme, scheme);
  ensure(chainHash(c) === c.hash, "bad-chain", "chain", chainHash(c), c.hash);
  const key = unhex(c.publicKey);
  ensure(bls.key(scheme, key), "bad-chain", "public key", c.publicKey);
  const code = bls.signature(scheme, key, digest, signature);
  if (code !== "") {
    throw new Fault(code, `round ${round}`, hex(signature));
  }
  return hex(sha256(signature));
}
