// Members of a body that was read by the table of its type: the tables have
// tested form and kind, what is absent is empty.

import type { Members, Value } from "./json";

/** textOf is a member's text, "" where it is absent. */
export function textOf(m: Members, name: string): string {
  const v = m[name];
  return typeof v === "string" ? v : "";
}

/** numberOf is a member's integer, 0 where it is absent. */
export function numberOf(m: Members, name: string): number {
  const v = m[name];
  return typeof v === "number" ? v : 0;
}

/** listOf is a member's list, empty where it is absent. */
export function listOf(m: Members, name: string): readonly Value[] {
  const v = m[name];
  return Array.isArray(v) ? (v as readonly Value[]) : [];
}

/** textsOf is a list of texts. */
export function textsOf(m: Members, name: string): string[] {
  return listOf(m, name).filter((v): v is string => typeof v === "string");
}

/** membersOf takes a value as an object; any other kind has no members. */
export function membersOf(v: Value | undefined): Members {
  return typeof v === "object" && !Array.isArray(v) ? (v as Members) : {};
}

/** part is a member that is an object; undefined where it is absent. */
export function part(m: Members, name: string): Members | undefined {
  return m[name] === undefined ? undefined : membersOf(m[name]);
}
