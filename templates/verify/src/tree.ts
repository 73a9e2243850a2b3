// The Merkle tree of RFC 6962 (ledger.md §3).
import { Fault } from "./fault";

/** recordHash is the hash of a leaf, SHA(0x00 ‖ entry) (RFC 6962 §2.1). */
export function recordHash(entry: Uint8Array): Uint8Array {
  throw new Fault("not-yet", "tree", String(entry.length));
}

/** nodeHash is SHA(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  throw new Fault("not-yet", "tree", String(left.length + right.length));
}

/** rootOf is the root over leaf hashes. */
export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  throw new Fault("not-yet", "tree", String(leaves.length));
}

/** linesRoot is the root over the lines of a list, without their newlines. */
export function linesRoot(lines: readonly string[]): Uint8Array {
  throw new Fault("not-yet", "tree", String(lines.length));
}

/** rootFromInclusion is the root to which a path leads (RFC 6962 §2.1.1); a Fault where the path has another length. */
export function rootFromInclusion(index: number, size: number, leaf: Uint8Array, path: readonly Uint8Array[]): Uint8Array {
  throw new Fault("not-yet", "tree", String([index, size, leaf.length, path.length]));
}

/** checkInclusion throws `proof-wrong` unless the path leads from leaf to root. */
export function checkInclusion(index: number, size: number, leaf: Uint8Array, path: readonly Uint8Array[], root: Uint8Array): void {
  throw new Fault("not-yet", "tree", String([index, size, leaf.length, path.length, root.length]));
}

/** checkConsistency throws unless the tree of the second root begins with that of the first (RFC 6962 §2.1.2). */
export function checkConsistency(
  first: number,
  second: number,
  firstRoot: Uint8Array,
  secondRoot: Uint8Array,
  path: readonly Uint8Array[],
): void {
  throw new Fault("not-yet", "tree", String([first, second, firstRoot.length, secondRoot.length, path.length]));
}
