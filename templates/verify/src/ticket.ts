// Tickets and who is drawn (draw1 §6).
import { utf8 } from "./bytes";
import { handleOf, type Pool } from "./pool";
import { begin, compareWords, digest, hexWords, type Beginning } from "./short";
import type { Work } from "./slices";

/** Tickets of a pool: that of object i is eight words at 8 * i. */
export type Tickets = Int32Array;

/** A drawn object. */
export interface Drawn {
  readonly handle: string;
  readonly ticket: string;
}

/** What the lot gave one cell: objects ascending by ticket, then handle; cutoff "" where nobody is drawn. */
export interface CellDrawn {
  readonly cell: string;
  readonly count: number;
  readonly quota: number;
  readonly cutoff: string;
  readonly objects: readonly Drawn[];
}

/** startOf keeps the state of SHA-256 after the seed's 64 characters: one block. */
export function startOf(seed: string): Beginning {
  return begin(utf8(seed));
}

/** ticketOf is the ticket of one handle: min over j of H(seed + "|O|" + handle + "|" + j). */
export function ticketOf(seed: string, handle: string, weight: number): string {
  const start = startOf(seed);
  const tail = utf8(`|O|${handle}|00`);
  const best = new Int32Array(8);
  smallest(start, tail, weight, best, 0);
  return hexWords(best, 0, 8);
}

const trial = new Int32Array(8);

/** smallest writes the smallest of weight hashes to out[at…]; tail is "|O|", the handle, "|" and room for two digits. */
function smallest(start: Beginning, tail: Uint8Array, weight: number, out: Int32Array, at: number): void {
  for (let j = 1; j <= weight; j++) {
    let end = 36;
    if (j >= 10) {
      tail[end++] = 48 + Math.floor(j / 10);
    }
    tail[end++] = 48 + (j % 10);
    if (j === 1) {
      digest(start, tail, 0, end, out, at);
      continue;
    }
    digest(start, tail, 0, end, trial, 0);
    if (compareWords(trial, 0, out, at) < 0) {
      out.set(trial, at);
    }
  }
}

/** tickets computes the tickets of a whole pool. */
export function* tickets(seed: string, pool: Pool): Work<Tickets> {
  const start = startOf(seed);
  const all = new Int32Array(8 * pool.count);
  const tail = utf8(`|O|${"0".repeat(32)}|00`);
  for (let i = 0; i < pool.count; i++) {
    for (let k = 0; k < 32; k++) {
      tail[3 + k] = pool.handles[32 * i + k]!;
    }
    smallest(start, tail, pool.weight[i]!, all, 8 * i);
    if (i % 1024 === 1023) {
      yield { phase: "tickets", done: i + 1, of: pool.count };
    }
  }
  return all;
}

/** drawCells takes the first of each cell by (ticket, handle): every cell of the groups, ascending by code. */
export function* drawCells(pool: Pool, all: Tickets, quotas: ReadonlyMap<string, number>): Work<CellDrawn[]> {
  const members = pool.cells.map((): number[] => []);
  for (let i = 0; i < pool.count; i++) {
    members[pool.cell[i]!]!.push(i);
  }
  const of = new Map(pool.cells.map((c, k) => [c, members[k]!]));
  const drawn: CellDrawn[] = [];
  let done = 0;
  for (const cell of [...quotas.keys()].sort()) {
    const list = of.get(cell) ?? [];
    const quota = quotas.get(cell)!;
    const first = firstOf(list, quota, all);
    const objects: Drawn[] = [];
    for (const i of first) {
      objects.push({ handle: handleOf(pool, i), ticket: hexWords(all, 8 * i, 8) });
      if (objects.length % 2048 === 0) {
        yield { phase: "order", done: done + objects.length, of: pool.count };
      }
    }
    drawn.push({ cell, count: list.length, quota, cutoff: objects[objects.length - 1]?.ticket ?? "", objects });
    done += list.length;
    yield { phase: "order", done, of: pool.count };
  }
  return drawn;
}

/** firstOf gives the quota's worth of smallest, ascending. Almost always the first word decides. */
function firstOf(list: number[], quota: number, all: Tickets): number[] {
  if (quota === 0) {
    return [];
  }
  // A pool ascends by handle, so equal tickets are ordered by position.
  const order = (a: number, b: number): number => {
    const x = all[8 * a]! >>> 0;
    const y = all[8 * b]! >>> 0;
    return x !== y ? x - y : compareWords(all, 8 * a, all, 8 * b) || a - b;
  };
  return list.sort(order).slice(0, quota);
}

/** inOrder puts the drawn of all cells in one order: by ticket, then handle (draw1 §7). */
export function inOrder(cells: readonly CellDrawn[]): Drawn[] {
  const all = cells.flatMap((c) => c.objects);
  return all.sort((a, b) => (a.ticket < b.ticket ? -1 : a.ticket > b.ticket ? 1 : a.handle < b.handle ? -1 : 1));
}
