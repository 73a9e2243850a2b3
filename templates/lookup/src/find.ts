// Finding in the files of the index (lookup.md). Nothing here knows of a page:
// files come through Load, answers are rows.
import { foldKey, foldName, hash, modulus, numbers, place } from "./fold";

/** One file of the index. */
export interface Shard {
  readonly modulus: number;
  readonly rows: readonly Row[];
}

export type Row = readonly string[];

/** Fetches a file by its name without ".js". */
export type Load = (name: string) => Promise<Shard>;

/** A file is older or newer than index.js: the site was published meanwhile. */
export class Stale extends Error {}

/** What index.js says. */
export interface Index {
  readonly keys: number;
  readonly entries: number;
  readonly perEntry: number;
  readonly names: number;
  readonly perName: number;
  readonly sealed: number;
}

const cell = (row: Row | undefined, i: number): string => row?.[i] ?? "";
const count = (row: Row | undefined, i: number): number => {
  const n = Number(cell(row, i));
  if (!Number.isSafeInteger(n)) throw new Stale();
  return n;
};
const rowOf = (shard: Shard, first: string): Row | undefined => shard.rows.find((row) => row[0] === first);

export async function openIndex(load: Load): Promise<Index> {
  const shard = await load("index");
  const entries = rowOf(shard, "entries");
  const names = rowOf(shard, "names");
  return {
    keys: count(rowOf(shard, "keys"), 1), entries: count(entries, 1), perEntry: count(entries, 2),
    names: count(names, 1), perName: count(names, 2), sealed: count(names, 3),
  };
}

/** The file of a text among n that are spread by hash. */
async function spread(load: Load, folder: string, text: string, n: number): Promise<Shard> {
  const b = place(hash(text), n);
  const shard = await load(folder + b);
  if (shard.modulus !== modulus(b, n)) throw new Stale();
  return shard;
}

/** All records with this key. */
export async function byKey(load: Load, index: Index, query: string): Promise<Row[]> {
  const key = foldKey(query);
  if (key === "") return [];
  const shard = await spread(load, "key/", key, index.keys);
  return shard.rows.filter((row) => row[0] === key);
}

/** The entry with this index, if the ledger has come so far. */
export async function byEntry(load: Load, index: Index, entry: number): Promise<Row | undefined> {
  if (entry >= index.entries) return undefined;
  return rowOf(await load("entry/" + Math.floor(entry / index.perEntry)), String(entry));
}

/** The pairs of neighbouring characters, each once. */
export function pairs(chars: readonly string[]): string[] {
  const list = chars.slice(1).map((sign, i) => (chars[i] ?? "") + sign);
  return [...new Set(list)];
}

const atOnce = 10; // hits that are shown before somebody asks for more
const few = 20; // candidates that are not worth a further pair

/** Names that hold what was asked, a few at a time, the latest first. */
export interface Names {
  readonly short: boolean; // fewer than two characters: not looked for
  readonly frequent: boolean; // every pair is too frequent: only whole names, and the latest
  most: number; // at most so many are still to come
  next(): Promise<Row[]>; // the next ones; none: that was all
}

export async function byName(load: Load, index: Index, query: string): Promise<Names> {
  const chars = foldName(query);
  const text = chars.join("");
  const none = { most: 0, next: async () => [] };
  if (chars.length < 2) return { short: true, frequent: false, ...none };
  const open = Array.from({ length: index.names - index.sealed }, (_, i) => index.sealed + i);
  const { list, frequent } = index.sealed > 0 ? await candidates(load, chars) : { list: [], frequent: false };
  const left = [...list, ...open];
  const seen = new Set<string>();
  const names: Names = {
    short: false,
    frequent,
    most: left.length,
    next: async () => {
      const hits: Row[] = [];
      while (hits.length < atOnce && left.length > 0) {
        // as many files at once as hits are wanted
        const some = left.splice(-(atOnce - hits.length)).reverse();
        for (const row of await Promise.all(some.map((n) => nameRow(load, index, n)))) {
          const whose = cell(row, 2) + cell(row, 5); // code and address
          if (!foldName(cell(row, 0)).join("").includes(text) || seen.has(whose)) continue;
          seen.add(whose);
          hits.push(row);
        }
        names.most = left.length;
      }
      return hits;
    },
  };
  return names;
}

async function nameRow(load: Load, index: Index, n: number): Promise<Row> {
  const row = (await load("name/" + Math.floor(n / index.perName))).rows[n % index.perName];
  if (row === undefined) throw new Stale();
  return row;
}

/** The sealed names that hold the rarest pairs of what was asked. */
async function candidates(load: Load, chars: readonly string[]): Promise<{ list: number[]; frequent: boolean }> {
  const index = await load("gram/index");
  const n = count(rowOf(index, "grams"), 1);
  const frequent = new Set(rowOf(index, "frequent")?.slice(1));
  const common = new Set(rowOf(index, "common")?.slice(1));
  const listed = pairs(chars).filter((pair) => !frequent.has(pair));
  listed.sort((a, b) => Number(common.has(a)) - Number(common.has(b)));
  const holding = async (text: string): Promise<number[]> => numbers(cell(rowOf(await spread(load, "gram/", text, n), text), 1));
  if (listed.length === 0) return { list: await holding(chars.join("")), frequent: true };
  const lists = await Promise.all(listed.slice(0, 2).map(holding));
  let list = intersect(lists[0] ?? [], lists[1]);
  for (const pair of listed.slice(2)) {
    if (list.length <= few) break;
    list = intersect(list, await holding(pair));
  }
  return { list, frequent: false };
}

function intersect(a: number[], b: number[] | undefined): number[] {
  if (b === undefined) return a;
  const set = new Set(b);
  return a.filter((n) => set.has(n));
}
