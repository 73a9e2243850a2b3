// What a computation finds: for every value that a record claims, the one that
// was computed beside it. Nothing here judges, and nothing stops at the first.

import { Fault } from "./fault";

/** One value computed again: want is the record's, got is ours. */
export interface Comparison {
  /** what it is, and the code of the fault if the two differ */
  readonly name: string;
  /** of which: a cell, a file, a name; "" where there is one */
  readonly of: string;
  readonly got: string;
  readonly want: string;
  readonly same: boolean;
}

/** Something that rests on a word, or on what was not at hand. */
export interface Unknown {
  readonly name: string;
  readonly of: string;
}

/** What a computation leaves behind, in the order of its steps. */
export interface Findings {
  readonly comparisons: Comparison[];
  readonly unknown: Unknown[];
}

export function findings(): Findings {
  return { comparisons: [], unknown: [] };
}

/** compare notes two values that must be the same. */
export function compare(f: Findings, name: string, of: string, got: string | number, want: string | number): boolean {
  return holds(f, name, of, String(got) === String(want), got, want);
}

/** holds notes a claim that is true or not; got and want say what it is about. */
export function holds(f: Findings, name: string, of: string, same: boolean, got: string | number, want: string | number): boolean {
  f.comparisons.push({ name, of, got: String(got), want: String(want), same });
  return same;
}

/** unknown notes what cannot be told here. */
export function unknown(f: Findings, name: string, of = ""): void {
  f.unknown.push({ name, of });
}

/** sound tells whether nothing differs. */
export function sound(f: Findings): boolean {
  return f.comparisons.every((c) => c.same);
}

/** settle throws the first value that differs as a fault. */
export function settle(f: Findings): void {
  const c = f.comparisons.find((x) => !x.same);
  if (c !== undefined) {
    throw new Fault(c.name, c.of, c.got, c.want);
  }
}
