// Tiles and bundles (ledger.md §5), and what a reader computes from them.
import { Fault, ensure } from "./fault";
import { emptyRoot, maxSize, nodeHash, split } from "./tree";

const width256 = 256;

/** Asked for a file below ledger/ by its path; rejects where there is none. */
export type Get = (path: string) => Promise<Uint8Array>;

/** tilePath is the path of a tile below ledger/, width 256 in full (ledger.md §5). */
export function tilePath(level: number | "entries", n: number, width = width256): string {
  const groups = n.toString().padStart(Math.ceil(n.toString().length / 3) * 3, "0").match(/.{3}/g) ?? [];
  const name = groups.map((g, i) => (i === groups.length - 1 ? g : `x${g}/`)).join("");
  return `tile/${level}/${name}${width === width256 ? "" : `.p/${width}`}`;
}

/** parseBundle are exactly width entries, parts of the bundle's own bytes. */
export function parseBundle(bytes: Uint8Array, width: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (entries.length < width) {
    const n = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    ensure(at + 2 + n <= bytes.length, "bundle-form", `bundle entry ${entries.length}`, `${bytes.length - at} bytes`, `${n + 2} bytes`);
    entries.push(bytes.subarray(at + 2, at + 2 + n));
    at += 2 + n;
  }
  ensure(at === bytes.length, "bundle-form", "bundle", `${bytes.length - at} bytes more`, `${width} entries`);
  return entries;
}

/** parseTile are exactly width hashes. */
export function parseTile(bytes: Uint8Array, width: number): Uint8Array[] {
  ensure(bytes.length === 32 * width, "tile-form", "tile", `${bytes.length} bytes`, `${32 * width} bytes`);
  const hashes: Uint8Array[] = [];
  for (let i = 0; i < width; i++) {
    hashes.push(bytes.subarray(32 * i, 32 * i + 32));
  }
  return hashes;
}

/** widthOf is the width of tile n of a level in a tree of that size; 0 where there is none. */
function widthOf(level: number, n: number, size: number): number {
  const full = Math.floor(size / width256 ** level);
  return Math.max(0, Math.min(width256, full - n * width256));
}

/** readEntry is one entry, from its bundle in the tree of that size. */
export async function readEntry(index: number, size: number, get: Get): Promise<Uint8Array> {
  ensure(index < size, "proof-range", "bundle", String(index), `below ${size}`);
  const n = Math.floor(index / width256);
  const width = widthOf(0, n, size);
  const entries = await readPartial("entries", n, width, get, parseBundle);
  return entries[index - n * width256]!;
}

/** readPartial reads a tile or bundle; where a partial one is gone, the head of the full one (ledger.md §5). */
async function readPartial(
  level: number | "entries",
  n: number,
  width: number,
  get: Get,
  parse: (bytes: Uint8Array, width: number) => Uint8Array[],
): Promise<Uint8Array[]> {
  if (width < width256) {
    let bytes: Uint8Array;
    try {
      bytes = await get(tilePath(level, n, width));
    } catch (e) {
      // gone since the full one stands; or only not reached, and then no full one is missing
      return parse(await get(tilePath(level, n)).catch((full: unknown) => Promise.reject(unreached(e) ? e : full)), width256).slice(0, width);
    }
    return parse(bytes, width);
  }
  return parse(await get(tilePath(level, n)), width256).slice(0, width);
}

function unreached(e: unknown): boolean {
  return e instanceof Fault && e.code === "source.unreachable";
}

/** Roots of parts of one tree: over the n leaves from begin on. */
type Roots = (begin: number, n: number) => Promise<Uint8Array>;

/**
 * rootsOf reads each tile once. A complete subtree that stands in a tile is
 * its hash there, any other is computed from its parts.
 */
function rootsOf(size: number, get: Get): Roots {
  ensure(Number.isSafeInteger(size) && size >= 0 && size <= maxSize, "checkpoint-form", "size", String(size), "at most 2^48");
  const read = new Map<string, Promise<Uint8Array[]>>();
  const tile = (level: number, n: number): Promise<Uint8Array[]> => {
    const key = `${level}/${n}`;
    let hashes = read.get(key);
    if (hashes === undefined) {
      hashes = readPartial(level, n, widthOf(level, n, size), get, parseTile);
      read.set(key, hashes);
    }
    return hashes;
  };
  const root: Roots = async (begin, n) => {
    if (n === 0) {
      return emptyRoot;
    }
    let level = 0;
    let unit = 1;
    while (unit * width256 <= n) {
      unit *= width256;
      level++;
    }
    if (n === unit) {
      const at = begin / unit;
      const hashes = await tile(level, Math.floor(at / width256));
      return hashes[at % width256]!;
    }
    const k = split(n);
    const left = await root(begin, k);
    return nodeHash(left, await root(begin + k, n - k));
  };
  return root;
}

/** rootFromTiles is the root of a tree of that size from its tiles, each asked for once by its path. */
export async function rootFromTiles(size: number, get: Get): Promise<Uint8Array> {
  return rootsOf(size, get)(0, size);
}

/** inclusionPath is PATH(index, D[size]) of RFC 6962 §2.1.1, computed from tiles. */
export async function inclusionPath(index: number, size: number, get: Get): Promise<Uint8Array[]> {
  ensure(index < size, "proof-range", "proof", String(index), `below ${size}`);
  const root = rootsOf(size, get);
  const path: Uint8Array[] = [];
  for (let begin = 0, n = size; n > 1; ) {
    const k = split(n);
    if (index < begin + k) {
      path.unshift(await root(begin + k, n - k));
      n = k;
    } else {
      path.unshift(await root(begin, k));
      begin += k;
      n -= k;
    }
  }
  return path;
}

/** consistencyPath is PROOF(first, D[second]) of RFC 6962 §2.1.2, computed from tiles. */
export async function consistencyPath(first: number, second: number, get: Get): Promise<Uint8Array[]> {
  ensure(first <= second, "consistency-wrong", "consistency", String(first), `at most ${second}`);
  const root = rootsOf(second, get);
  const sub = async (begin: number, m: number, n: number, whole: boolean): Promise<Uint8Array[]> => {
    if (m === n) {
      return whole ? [] : [await root(begin, n)];
    }
    const k = split(n);
    return m <= k
      ? [...(await sub(begin, m, k, whole)), await root(begin + k, n - k)]
      : [...(await sub(begin + k, m - k, n - k, false)), await root(begin, k)];
  };
  return first === 0 ? [] : sub(0, first, second, true);
}
