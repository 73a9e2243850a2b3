// The Merkle tree of RFC 6962 (ledger.md §3).
import { equal, hex, utf8 } from "./bytes";
import { Fault, ensure } from "./fault";
import { sha256 } from "./hash";

/** A log has at most so many entries (ledger.md §0). */
export const maxSize = 2 ** 48;

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

/** recordHash is the hash of a leaf, SHA(0x00 ‖ entry) (RFC 6962 §2.1). */
export function recordHash(entry: Uint8Array): Uint8Array {
  return sha256(leafPrefix, entry);
}

/** nodeHash is SHA(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(nodePrefix, left, right);
}

/** The root of none. */
export const emptyRoot = sha256();

/** What a root is computed from, leaf by leaf. */
interface Accumulator {
  add(root: Uint8Array): void;
  root(): Uint8Array;
}

/**
 * accumulator holds the roots of the complete subtrees to the left of where
 * the next leaf goes, largest first, as a binary number holds its digits.
 */
export function accumulator(): Accumulator {
  const parts: { root: Uint8Array; leaves: number }[] = [];
  return {
    add(root) {
      let leaves = 1;
      for (let top = parts[parts.length - 1]; top !== undefined && top.leaves === leaves; top = parts[parts.length - 1]) {
        parts.pop();
        root = nodeHash(top.root, root);
        leaves *= 2;
      }
      parts.push({ root, leaves });
    },
    root() {
      let right: Uint8Array | undefined;
      for (let i = parts.length - 1; i >= 0; i--) {
        const left = parts[i]!.root;
        right = right === undefined ? left : nodeHash(left, right);
      }
      return right ?? emptyRoot;
    },
  };
}

/** rootOf is the root over leaf hashes. */
export function rootOf(leaves: Iterable<Uint8Array>): Uint8Array {
  const sum = accumulator();
  for (const leaf of leaves) {
    sum.add(leaf);
  }
  return sum.root();
}

/** linesRoot is the root over the lines of a list, without their newlines. */
export function linesRoot(lines: Iterable<string>): Uint8Array {
  const sum = accumulator();
  for (const line of lines) {
    sum.add(recordHash(utf8(line)));
  }
  return sum.root();
}

/** split is the largest power of two below n, for n > 1 (RFC 6962 §2.1). */
export function split(n: number): number {
  let k = 1;
  while (k * 2 < n) {
    k *= 2;
  }
  return k;
}

/**
 * rootFromInclusion is the root to which a path leads (RFC 6962 §2.1.1): from
 * the leaf's sibling upwards, at each level of the recursion
 * PATH(m, D[n]) one hash. A path of another length is `proof-wrong`.
 */
export function rootFromInclusion(index: number, size: number, leaf: Uint8Array, path: readonly Uint8Array[]): Uint8Array {
  ensure(index < size, "proof-range", "proof", String(index), `below ${size}`);
  // the turns from the root down: was the leaf in the left part?
  const left: boolean[] = [];
  for (let m = index, n = size; n > 1; ) {
    const k = split(n);
    left.push(m < k);
    [m, n] = m < k ? [m, k] : [m - k, n - k];
  }
  ensure(path.length === left.length, "proof-wrong", "proof", `${path.length} hashes`, `${left.length} hashes`);
  return path.reduce((h, sibling, i) => (left[left.length - 1 - i] ? nodeHash(h, sibling) : nodeHash(sibling, h)), leaf);
}

/** checkInclusion throws `proof-wrong` unless the path leads from leaf to root. */
export function checkInclusion(index: number, size: number, leaf: Uint8Array, path: readonly Uint8Array[], root: Uint8Array): void {
  const got = rootFromInclusion(index, size, leaf, path);
  ensure(equal(got, root), "proof-wrong", "proof", hex(got), hex(root));
}

/**
 * checkConsistency throws unless the tree of the second root begins with that
 * of the first: the path is PROOF(first, D[second]) of RFC 6962 §2.1.2, and
 * SUBPROOF is followed downwards with both roots computed at once. Between
 * equal sizes and from the empty tree the path is empty.
 */
export function checkConsistency(
  first: number,
  second: number,
  firstRoot: Uint8Array,
  secondRoot: Uint8Array,
  path: readonly Uint8Array[],
): void {
  const wrong = (got: string, want: string): Fault => new Fault("consistency-wrong", "consistency", got, want);
  if (first > second) {
    throw wrong(String(first), `at most ${second}`);
  }
  if (first === 0 || first === second) {
    const same = first === second ? firstRoot : emptyRoot;
    if (path.length > 0 || !equal(firstRoot, same) || (first === second && !equal(firstRoot, secondRoot))) {
      throw wrong(hex(firstRoot), hex(first === second ? secondRoot : emptyRoot));
    }
    return;
  }
  let at = 0;
  const next = (): Uint8Array => {
    const h = path[at++];
    if (h === undefined) {
      throw wrong(`${path.length} hashes`, "more");
    }
    return h;
  };
  // SUBPROOF(m, D[n], b): the roots of the first m and of all n leaves
  const sub = (m: number, n: number, whole: boolean): [Uint8Array, Uint8Array] => {
    if (m === n) {
      const root = whole ? firstRoot : next();
      return [root, root];
    }
    const k = split(n);
    if (m <= k) {
      const [old, now] = sub(m, k, whole);
      return [old, nodeHash(now, next())];
    }
    const [old, now] = sub(m - k, n - k, false);
    const l = next();
    return [nodeHash(l, old), nodeHash(l, now)];
  };
  const [old, now] = sub(first, second, true);
  if (at !== path.length || !equal(old, firstRoot) || !equal(now, secondRoot)) {
    throw wrong(hex(now), hex(secondRoot));
  }
}
