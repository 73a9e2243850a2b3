// Groups, cells and quotas (draw1 §5).
import { Fault } from "./fault";

/** A group of cells and its rule; total and minimum are 0 where the rule is census. */
export interface Group {
  readonly name: string;
  readonly rule: "total" | "census";
  readonly total: number;
  readonly minimum: number;
  readonly cells: readonly string[];
}

/** totalOf is ceil(ratio × base) on integers (draw1 §5). */
export function totalOf(ratio: string, base: number): number {
  if (ratio === "1") {
    return base;
  }
  const m = /^0\.([0-9]{1,6})$/.exec(ratio);
  if (m === null) {
    throw new Fault("bad-ratio", "ratio", ratio, "1, or 0. and one to six digits");
  }
  const scale = 10n ** BigInt(m[1]!.length);
  return Number((BigInt(m[1]!) * BigInt(base) + scale - 1n) / scale);
}

/** quotas gives every cell of the groups its quota; counts holds n_c, absent for a cell without objects. */
export function quotas(groups: readonly Group[], counts: ReadonlyMap<string, number>): Map<string, number> {
  const given = new Map<string, number>();
  for (const g of groups) {
    const n = g.cells.map((c) => counts.get(c) ?? 0);
    const a = g.rule === "census" ? n : divide(g, n);
    g.cells.forEach((c, i) => given.set(c, a[i]!));
  }
  return given;
}

/** divide is Sainte-Laguë over one group (draw1 §5, steps 1 and 2); n are the objects of g.cells. */
function divide(g: Group, n: readonly number[]): number[] {
  const a = n.map((x) => Math.min(g.minimum, x));
  const sum = (list: readonly number[]): number => list.reduce((s, x) => s + x, 0);
  let given = sum(a);
  if (given > g.total) {
    throw new Fault("minimum-over-total", g.name, String(given), String(g.total));
  }
  const goal = Math.min(g.total, sum(n));
  if (goal === sum(n)) {
    return n.slice();
  }
  // Products stay exact: a pool of 2^26 lines would be a file of more than 2 GB.
  const beats = (c: number, d: number): boolean => {
    const x = n[c]! * (2 * a[d]! + 1);
    const y = n[d]! * (2 * a[c]! + 1);
    return x !== y ? x > y : g.cells[c]! < g.cells[d]!;
  };
  for (; given < goal; given++) {
    let best = -1;
    for (let c = 0; c < n.length; c++) {
      if (a[c]! < n[c]! && (best < 0 || beats(c, best))) {
        best = c;
      }
    }
    a[best]!++;
  }
  return a;
}
