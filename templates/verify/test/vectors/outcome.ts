// What every runner of vectors shares.
import { Fault } from "../../src/fault";

/** Runs one case; throws where its outcome is not the one that the case expects. */
export type Runner = (vector: Vector) => void;

/** A case as its file has it. */
export type Vector = { readonly [member: string]: unknown };

/** outcome is what run returns, or the Fault that it throws. Anything else thrown is our bug. */
export function outcome<T>(run: () => T): { value: T; fault?: undefined } | { value?: undefined; fault: Fault } {
  try {
    return { value: run() };
  } catch (e) {
    if (e instanceof Fault) {
      return { fault: e };
    }
    throw e;
  }
}

/** str is a member that must be a string. */
export function str(v: Vector, member: string): string {
  const s = v[member];
  if (typeof s !== "string") {
    throw new Error(`member ${member} is no string`);
  }
  return s;
}

/** strs is a member that is a list of strings, or absent. */
export function strs(v: Vector, member: string): string[] {
  const list = v[member] ?? [];
  if (!Array.isArray(list) || !list.every((s): s is string => typeof s === "string")) {
    throw new Error(`member ${member} is no list of strings`);
  }
  return list;
}

/** known refuses a case with members that its runner does not look at. */
export function known(v: Vector, ...members: string[]): void {
  const more = Object.keys(v).filter((m) => !members.includes(m));
  if (more.length > 0) {
    throw new Error(`members that this runner does not know: ${more.join(", ")}`);
  }
}
