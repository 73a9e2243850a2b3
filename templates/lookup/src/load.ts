// Fetching files of the index as scripts: fetch() is blocked on file://, a
// script of the own site is not (lookup.md, A file).
import type { Load, Shard } from "./find";

/** A file that is not there, or is no file of the index. */
export class Missing extends Error {}

/** Until when a file must have come. */
const PATIENCE = 30_000;

type Waiting = (shard: Shard) => void;
const waiting = new Map<string, Waiting>();

declare global {
  // eslint-disable-next-line no-var
  var sunlotShard: (name: unknown, modulus: unknown, rows: unknown) => void;
}

const isRow = (row: unknown): row is string[] => Array.isArray(row) && row.every((c) => typeof c === "string");

function register(name: unknown, modulus: unknown, rows: unknown): void {
  if (typeof name !== "string" || typeof modulus !== "number" || !Array.isArray(rows) || !rows.every(isRow)) return;
  waiting.get(name)?.({ modulus, rows });
}

/** Loads from a folder; tag is added to addresses, so that no old copy comes. */
export function scripts(folder: string, tag: () => string): Load {
  globalThis.sunlotShard = register;
  const known = new Map<string, Promise<Shard>>();
  return (name) => {
    let shard = known.get(name);
    if (shard === undefined) {
      shard = script(name, `${folder}${name}.js?${tag()}`);
      known.set(name, shard);
      shard.catch(() => known.delete(name)); // asked again, it is tried again
    }
    return shard;
  };
}

function script(name: string, address: string): Promise<Shard> {
  return new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    const done = (): void => {
      if (waiting.get(name) === resolve) waiting.delete(name); // not that of a later try
      tag.remove();
      reject(new Missing(name)); // of no effect where the file has called register
    };
    waiting.set(name, resolve);
    tag.onload = done;
    tag.onerror = done;
    setTimeout(done, PATIENCE);
    tag.src = address;
    document.head.append(tag);
  });
}
