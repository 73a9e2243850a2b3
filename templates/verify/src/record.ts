// What an entry says (record.md): three lines, the last of them canonical JSON
// whose members are those of the tables in forms.ts, and of no other.
import { utf8, text as decode } from "./bytes";
import { Fault, ensure } from "./fault";
import { tableRows, typeRows } from "./forms";
import { checkCanonical, isList, members, parseLoose, type Loose, type Members, type Value } from "./json";
import { parseNote, type NoteLine } from "./note";

const maxEntry = 65535;
const magic = "sunlot/v1 ";

/** An entry's three lines, their form held to the table of the type; nothing is verified by having read them. */
export interface Said {
  readonly type: string;
  readonly origin: string;
  readonly body: Members;
  readonly env: Members;
  /** the three lines: what is signed */
  readonly text: string;
  readonly signed: Uint8Array;
}

/** An entry of the ledger. */
export interface Entry extends Said {
  readonly signatures: readonly NoteLine[];
}

/** One member of a table. */
interface Member {
  readonly name: string;
  readonly required: boolean;
  /** the name of a table, or of a form of strings, integer or boolean */
  readonly kind: string;
  readonly many: "" | "[]" | "{}";
}

const rows = (s: string): string[] => s.trim().split("\n");
const pairs = (s: string): Map<string, string> => new Map(rows(s).map((r) => [r.slice(0, r.indexOf(" ")), r.slice(r.indexOf(" ") + 1)]));

/** The table of each type's body. */
const bodies = pairs(typeRows);

const tables: ReadonlyMap<string, readonly Member[]> = new Map(
  rows(tableRows).map((row) => {
    const [name = "", ...list] = row.split(" ");
    return [name, list.map(readMember)];
  }),
);

function readMember(s: string): Member {
  const m = /^(\w+)(!?):(\w+)(\[\]|\{\}|)$/.exec(s);
  if (m === null) {
    throw new Fault("bad-form", "forms", s);
  }
  const many = m[4] === "[]" || m[4] === "{}" ? m[4] : "";
  return { name: m[1]!, required: m[2] === "!", kind: m[3]!, many };
}

/** parseEntry reads an entry with its signature lines. */
export function parseEntry(bytes: Uint8Array): Entry {
  ensure(bytes.length <= maxEntry, "too-long", "entry", String(bytes.length), String(maxEntry));
  const note = parseNote(bytes);
  return { ...parseText(note.signed), signatures: note.lines };
}

/** parseText reads an entry's three lines alone. */
export function parseText(bytes: Uint8Array): Said {
  ensure(bytes.length <= maxEntry, "too-long", "entry", String(bytes.length), String(maxEntry));
  // what is no UTF-8 shows as U+FFFD here and differs from itself below
  const text = decode(bytes) ?? new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const [first, origin, json, rest, ...more] = text.split("\n");
  ensure(
    first !== undefined && origin !== undefined && json !== undefined && rest === "" && more.length === 0,
    "bad-lines",
    "entry",
    text,
    "three lines",
  );
  ensure(first.startsWith(magic), "bad-magic", "entry", first, magic);
  const type = first.slice(magic.length);
  const table = bodies.get(type);
  ensure(table !== undefined, "unknown-type", "entry", type, "a type of record.md");
  ensure(/^(?=.{1,120}$)[a-z0-9._-]+(?:\/[a-z0-9._-]+)+$/.test(origin), "bad-origin", "entry", origin, "host/path");
  const loose = parseLoose(json, "entry");
  ensure(loose !== null, "not-canonical", "entry", "null", "body and env");
  const line: readonly Member[] = [
    { name: "body", required: true, kind: table, many: "" },
    { name: "env", required: true, kind: "Env", many: "" },
  ];
  const said = shapedMembers(loose, line, "entry");
  checkCanonical(said, json, "entry");
  ensure(decode(bytes) !== undefined, "not-canonical", "entry", "", "UTF-8");
  checkMembers(said, line, "entry");
  return { type, origin, body: said["body"] as Members, env: said["env"] as Members, text, signed: bytes };
}

/**
 * parseTable reads canonical JSON whose members are those of a table: kinds of
 * values, members that are no others, and the one spelling; forms of strings
 * are the caller's to check.
 */
export function parseTable(json: string, table: string, place: string): Members {
  const loose = parseLoose(json, place);
  ensure(loose !== null, "not-canonical", place, "null", table);
  const value = shapedMembers(loose, tables.get(table) ?? [], place);
  checkCanonical(value, json, place);
  return value;
}

/** shapedMembers holds an object's members and the kinds of their values to a table. */
function shapedMembers(v: Loose, table: readonly Member[], place: string): Members {
  const object = members<Loose>(v);
  ensure(object !== undefined, "bad-json", place, typeof v, "an object");
  for (const name of Object.keys(object)) {
    if (!table.some((m) => m.name === name)) {
      // another spelling of a member's name is that; any other is no member at all
      const spelled = table.some((m) => m.name.toLowerCase() === name.toLowerCase());
      throw new Fault(spelled ? "not-canonical" : "bad-json", place, name, "a member of its table");
    }
  }
  for (const m of table) {
    const e = object[m.name];
    if (e === undefined) {
      ensure(!m.required, "not-canonical", `${place}.${m.name}`, "", "a required member");
    } else {
      shapedMember(e, m, `${place}.${m.name}`);
    }
  }
  return object as Members; // no null is left in it
}

function shapedMember(v: Loose, m: Member, place: string): void {
  if (v === null) {
    throw new Fault(m.required && (m.many !== "" || tables.has(m.kind)) ? "null" : "not-canonical", place, "null", m.kind);
  }
  if (m.many === "[]") {
    ensure(isList(v), "bad-json", place, typeof v, "a list");
    ensure(m.required || v.length > 0, "not-canonical", place, "[]", "left out");
    v.forEach((e, i) => shapedOne(e, m.kind, `${place}.${i}`));
    return;
  }
  if (m.many === "{}") {
    const object = members<Loose>(v);
    ensure(object !== undefined, "bad-json", place, typeof v, "an object");
    ensure(m.required || Object.keys(object).length > 0, "not-canonical", place, "{}", "left out");
    for (const [name, e] of Object.entries(object)) {
      shapedOne(e, m.kind, `${place}.${name}`);
    }
    return;
  }
  shapedOne(v, m.kind, place);
  ensure(m.required || (v !== "" && v !== 0 && v !== false), "not-canonical", place, "empty", "left out");
}

function shapedOne(v: Loose, kind: string, place: string): void {
  ensure(v !== null, "not-canonical", place, "null", kind);
  const table = tables.get(kind);
  if (table !== undefined) {
    shapedMembers(v, table, place);
    return;
  }
  const want = kind === "integer" ? "number" : kind === "boolean" ? "boolean" : "string";
  ensure(typeof v === want, "bad-json", place, typeof v, kind);
}

/** checkMembers holds every string and list to its form. */
function checkMembers(object: Members, table: readonly Member[], place: string): void {
  for (const m of table) {
    const v = object[m.name];
    if (v === undefined) {
      continue;
    }
    const at = `${place}.${m.name}`;
    if (isList(v)) {
      ensure(v.length > 0, "missing", at, "", "at least one");
      v.forEach((e, i) => checkOne(e, m.kind, `${at}.${i}`));
    } else {
      checkOne(v, m.kind, at);
    }
  }
}

function checkOne(v: Value, kind: string, place: string): void {
  const object = members<Value>(v);
  if (object !== undefined) {
    checkMembers(object, tables.get(kind) ?? [], place);
  } else if (typeof v === "string") {
    ensure(v !== "", "missing", place, "", kind);
    checkString(v, kind, place);
  }
}

const limits: { readonly [form: string]: number } = { name: 300, token: 64, expr: 2000, lines: 30000 };
const space = "[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const spaceAtEnds = new RegExp(`^${space}|${space}$`);

/** checkString holds a string that is not empty to its form (record.md, Forms of strings). */
export function checkString(s: string, form: string, place: string): void {
  const limit = limits[form] ?? 8000;
  ensure(s.length <= limit && utf8(s).length <= limit, "too-long", place, s, `${limit} bytes`);
  const test = stringForms[form];
  if (test === undefined) {
    throw new Fault("bad-form", place, form, "a form of record.md");
  }
  ensure(test(s), "bad-form", place, s, form);
}

const stringForms: { readonly [form: string]: (s: string) => boolean } = {
  name: (s) => !spaceAtEnds.test(s) && !/[\n\t]/.test(s),
  text: (s) => !spaceAtEnds.test(s),
  expr: (s) => !spaceAtEnds.test(s),
  lines: (s) =>
    s.endsWith("\n") &&
    s
      .slice(0, -1)
      .split("\n")
      .every((l) => l !== "" && !spaceAtEnds.test(l) && !l.includes("\t")),
  token: (s) => /^[0-9A-Za-z._~-]+$/.test(s),
  ratio: (s) => /^(?:1|0\.[0-9]{1,6})$/.test(s),
  date: isDate,
  time: (s) => isDate(s.slice(0, 10)) && /^T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\+08:00$/.test(s.slice(10)),
  hex32: (s) => /^[0-9a-f]{32}$/.test(s),
  hex64: (s) => /^[0-9a-f]{64}$/.test(s),
  hex96: (s) => /^[0-9a-f]{96}$/.test(s),
  sealed: (s) => /^[0-9a-f]{64}$/.test(s),
};

/** isDate: a day of the calendar. */
function isDate(s: string): boolean {
  const m = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(s);
  if (m === null) {
    return false;
  }
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3])];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}

/** sealedFields are the sealed members of an entry's body: path → digest (record.md, Sealed values). */
export function sealedFields(said: Pick<Said, "type" | "body">): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (v: Value, kind: string, path: string): void => {
    if (isList(v)) {
      v.forEach((e, i) => walk(e, kind, `${path}.${i}`));
    } else if (kind === "sealed" && typeof v === "string") {
      found.set(path, v);
    }
    const object = members<Value>(v);
    for (const m of object === undefined ? [] : (tables.get(kind) ?? [])) {
      const e = object?.[m.name];
      if (e !== undefined) {
        walk(e, m.kind, path === "" ? m.name : `${path}.${m.name}`);
      }
    }
  };
  walk(said.body, bodies.get(said.type) ?? "", "");
  return found;
}
