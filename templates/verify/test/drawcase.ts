// Cases of spec/vectors about lots, read as draw1 §10 asks: members exactly
// those of the table, integers plainly written, nothing twice, and the tests in
// the order of the page, each over the whole case before the next.
import { Fault, ensure } from "../src/fault";
import type { Inspector, Pool } from "../src/pool";
import type { Group } from "../src/quota";
import { repeated, type Raw } from "../src/rawjson";
import { handleFor, keyCommit, objectID, personID, saltOf, type HandleKind } from "../src/seed";

/** bad throws bad-field unless the condition holds. */
export function field(condition: boolean, place: string): asserts condition {
  ensure(condition, "bad-field", place);
}

export type Members = ReadonlyMap<string, Raw>;

/** members reads an object with exactly these members; a name that ends with ? may be absent. */
export function members(v: Raw | undefined, place: string, names: readonly string[]): Members {
  field(v !== undefined && v.kind === "object" && repeated(v) === undefined, place);
  const known = new Map(names.map((n) => [n.replace(/\?$/, ""), n.endsWith("?")]));
  for (const [name] of v.members) {
    field(known.has(name), `${place}.${name}`);
  }
  const m = new Map(v.members);
  for (const [name, optional] of known) {
    field(optional || m.has(name), `${place}.${name}`);
  }
  return m;
}

export function items(v: Raw | undefined, place: string): readonly Raw[] {
  field(v !== undefined && v.kind === "list", place);
  return v.items;
}

export function text(v: Raw | undefined, place: string, form = /^[^]*$/): string {
  field(v !== undefined && v.kind === "string" && form.test(v.value), place);
  return v.value;
}

export function integer(v: Raw | undefined, place: string, least = -Infinity, most = Infinity): number {
  field(v !== undefined && v.kind === "number" && /^(?:0|-?[1-9][0-9]{0,14})$/.test(v.text), place);
  const n = Number(v.text);
  field(n >= least && n <= most, place);
  return n;
}

export const HASH = /^[0-9a-f]{64}$/;
export const HANDLE = /^[0-9a-f]{32}$/;
export const NAME = /^[0-9A-Za-z._~-]{1,64}$/;
export const NEED = /^[0-9A-Za-z._~-]{0,64}$/;
export const OBJECT = /^(?:[0-9a-f]{32}|team(?:0[1-9]|[1-9][0-9]))$/;

export function texts(v: Raw | undefined, place: string, form: RegExp): string[] {
  return items(v, place).map((x, i) => text(x, `${place}[${i}]`, form));
}

export interface Lot {
  readonly handle: string;
  readonly cell: string;
  readonly weight: number;
}

/** What a draw1 case asks. */
export interface DrawCase {
  readonly c: string;
  readonly rho: string;
  readonly extras: readonly string[];
  readonly groups: readonly Group[];
  readonly objects: readonly Lot[];
  readonly slots?: readonly string[];
  readonly groupTeams: number;
  readonly inspectors: readonly Inspector[];
  readonly recusals: ReadonlyMap<string, readonly string[]>;
}

export function slotsOf(v: Raw | undefined, place: string): string[] {
  const slots = texts(v, place, NEED);
  field(slots.length >= 1 && slots.length <= 9, place);
  return slots;
}

export function inspectorsOf(v: Raw | undefined): Inspector[] {
  return items(v, "inspectors").map((x, i) => {
    const m = members(x, `inspectors[${i}]`, ["handle", "qualifications"]);
    return { handle: text(m.get("handle"), "handle", HANDLE), qualifications: texts(m.get("qualifications"), "qualifications", NAME) };
  });
}

/** recusalsOf reads object → inspectors; both must be in the case. */
export function recusalsOf(v: Raw | undefined, objects: ReadonlySet<string>, inspectors: readonly Inspector[]): Map<string, string[]> {
  const known = new Set(inspectors.map((p) => p.handle));
  const r = new Map<string, string[]>();
  if (v === undefined) {
    return r;
  }
  field(v.kind === "object" && repeated(v) === undefined, "recusals");
  for (const [object, list] of v.members) {
    field(objects.has(object), `recusals.${object}`);
    const away = texts(list, `recusals.${object}`, HANDLE);
    field(away.every((h) => known.has(h)), `recusals.${object}`);
    r.set(object, away);
  }
  return r;
}

function groupsOf(v: Raw | undefined): Group[] {
  const groups = items(v, "groups").map((x, i): Group => {
    const m = members(x, `groups[${i}]`, ["name", "rule", "cells", "total?", "minimum?"]);
    const name = text(m.get("name"), "name", NAME);
    const rule = text(m.get("rule"), "rule", /^(?:total|census)$/) as "total" | "census";
    const cells = texts(m.get("cells"), "cells", NAME);
    field(rule === "total" ? m.has("total") : !m.has("total") && !m.has("minimum"), "rule");
    const total = rule === "total" ? integer(m.get("total"), "total", 0) : 0;
    const minimum = m.has("minimum") ? integer(m.get("minimum"), "minimum", 0) : 0;
    return { name, rule, cells, total, minimum };
  });
  field(groups.length > 0, "groups");
  const once = (list: readonly string[]): boolean => new Set(list).size === list.length;
  field(once(groups.map((g) => g.name)) && once(groups.flatMap((g) => g.cells)), "groups");
  return groups;
}

/** readDraw reads a draw1 case and runs tests 1 to 6 and 8 of §10. */
export function readDraw(v: Raw): DrawCase {
  const m = members(v, "case", [
    "desc", "version", "C", "rho", "extras", "K?", "KI?", "keycommit?", "keycommitI?", "handles?", "groups", "objects",
    "slots?", "group_teams?", "inspectors?", "recusals?", "expect",
  ]);
  text(m.get("desc"), "desc");
  text(m.get("version"), "version", /^draw1$/);
  const c = text(m.get("C"), "C", HASH);
  const rho = text(m.get("rho"), "rho", HASH);
  const extras = texts(m.get("extras"), "extras", HASH);
  const opening = readOpening(m);
  const groups = groupsOf(m.get("groups"));
  const objects = items(m.get("objects"), "objects").map((x, i): Lot => {
    const o = members(x, `objects[${i}]`, ["handle", "cell", "weight"]);
    return { handle: text(o.get("handle"), "handle", HANDLE), cell: text(o.get("cell"), "cell", NAME), weight: integer(o.get("weight"), "weight") };
  });
  field(!m.has("slots") || m.has("inspectors"), "slots");
  field(!m.has("group_teams") || m.has("slots"), "group_teams");
  field(!m.has("recusals") || m.has("inspectors"), "recusals");
  const slots = m.has("slots") ? slotsOf(m.get("slots"), "slots") : undefined;
  const groupTeams = m.has("group_teams") ? integer(m.get("group_teams"), "group_teams", 1, 99) : 0;
  const inspectors = m.has("inspectors") ? inspectorsOf(m.get("inspectors")) : [];
  const recusals = recusalsOf(m.get("recusals"), new Set(objects.map((o) => o.handle)), inspectors);
  ordered(objects.map((o) => o.handle));
  ordered(inspectors.map((p) => p.handle));
  once(objects.map((o) => o.handle));
  once(inspectors.map((p) => p.handle));
  const cells = new Set(groups.flatMap((g) => g.cells));
  for (const o of objects) {
    ensure(cells.has(o.cell), "unknown-cell", o.handle, o.cell);
  }
  for (const o of objects) {
    ensure(o.weight >= 1 && o.weight <= 16, "bad-weight", o.handle, String(o.weight));
  }
  ensure(objects.length > 0, "empty-pool", "objects");
  minimums(groups, objects);
  opening();
  return { c, rho, extras, groups, objects, ...(slots === undefined ? {} : { slots }), groupTeams, inspectors, recusals };
}

/** ordered is bad-handle-order. */
export function ordered(handles: readonly string[]): void {
  ensure(handles.every((h, i) => i === 0 || handles[i - 1]! <= h), "bad-handle-order", "handles");
}

/** once is duplicate-handle. */
export function once(handles: readonly string[]): void {
  ensure(new Set(handles).size === handles.length, "duplicate-handle", "handles");
}

/** minimums is test 7, before test 8: the quotas themselves come later. */
function minimums(groups: readonly Group[], objects: readonly Lot[]): void {
  for (const g of groups.filter((x) => x.rule === "total")) {
    const least = g.cells.map((c) => Math.min(g.minimum, objects.filter((o) => o.cell === c).length));
    ensure(least.reduce((s, x) => s + x, 0) <= g.total, "minimum-over-total", g.name);
  }
}

/** readOpening reads keys and handles, and returns test 8. */
function readOpening(m: Members): () => void {
  const optional = (name: string): string | undefined => (m.has(name) ? text(m.get(name), name, HASH) : undefined);
  const [k, ki, commit, commitI] = [optional("K"), optional("KI"), optional("keycommit"), optional("keycommitI")];
  field((commit === undefined || k !== undefined) && (commitI === undefined || ki !== undefined), "keycommit");
  const handles = m.has("handles") ? items(m.get("handles"), "handles") : [];
  const opened = handles.map((x, i) => {
    const h = members(x, `handles[${i}]`, ["kind", "id", "salt", "handle"]);
    const kind = text(h.get("kind"), "kind", /^[OIE]$/) as HandleKind;
    const id = text(h.get("id"), "id");
    field(kind === "O" ? objectID(id) : personID(id), "id");
    const key = kind === "O" ? k : ki;
    field(key !== undefined, "handles");
    return { kind, id, key, salt: text(h.get("salt"), "salt", HANDLE), handle: text(h.get("handle"), "handle", HANDLE) };
  });
  return () => {
    const good = (got: string, want: string): void => ensure(got === want, "bad-opening", "opening", got, want);
    if (commit !== undefined) {
      good(commit, keyCommit(k!));
    }
    if (commitI !== undefined) {
      good(commitI, keyCommit(ki!));
    }
    for (const o of opened) {
      good(o.salt, saltOf(o.key, o.kind, o.id));
      good(o.handle, handleFor(o.kind, o.salt, o.id));
    }
  };
}

/** poolFrom makes the columns of a pool from lots that ascend by handle. */
export function poolFrom(objects: readonly Lot[]): Pool {
  const cells = [...new Set(objects.map((o) => o.cell))];
  return {
    count: objects.length,
    handles: new TextEncoder().encode(objects.map((o) => o.handle).join("")),
    cells,
    cell: Uint16Array.from(objects, (o) => cells.indexOf(o.cell)),
    weight: Uint8Array.from(objects, (o) => o.weight),
  };
}

/** codeOf runs and gives the code of what it throws. */
export function outcomeOf<T>(run: () => T): T | { error: string } {
  try {
    return run();
  } catch (e) {
    if (e instanceof Fault) {
      return { error: e.code };
    }
    throw e;
  }
}
