// Tiles and bundles (ledger.md §5).
import { Fault } from "./fault";

/** tilePath is the path of a tile below ledger/, width 256 in full. */
export function tilePath(level: number | "entries", n: number, width = 256): string {
  throw new Fault("not-yet", "tile", String([level, n, width]));
}

/** parseBundle are exactly width entries. */
export function parseBundle(bytes: Uint8Array, width: number): Uint8Array[] {
  throw new Fault("not-yet", "bundle", String([bytes.length, width]));
}

/** parseTile are exactly width hashes; a longer tile gives its head. */
export function parseTile(bytes: Uint8Array, width: number): Uint8Array[] {
  throw new Fault("not-yet", "tile", String([bytes.length, width]));
}

/** rootFromTiles is the root of a tree of that size from its tiles, each asked for once by its path. */
export async function rootFromTiles(size: number, get: (path: string) => Promise<Uint8Array>): Promise<Uint8Array> {
  throw new Fault("not-yet", "tile", String([size, typeof get]));
}

/** inclusionPath is the path of an entry, computed from tiles. */
export async function inclusionPath(
  index: number,
  size: number,
  get: (path: string) => Promise<Uint8Array>,
): Promise<Uint8Array[]> {
  throw new Fault("not-yet", "tile", String([index, size, typeof get]));
}

/** consistencyPath is the path between the trees of two sizes, computed from tiles. */
export async function consistencyPath(
  first: number,
  second: number,
  get: (path: string) => Promise<Uint8Array>,
): Promise<Uint8Array[]> {
  throw new Fault("not-yet", "tile", String([first, second, typeof get]));
}
