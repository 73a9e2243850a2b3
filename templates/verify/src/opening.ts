// Openings: what stands behind the digests of an entry (record.md, Sealed
// values) and behind handles (draw1 §3).
import { compare, must, text as decode, utf8 } from "./bytes";
import { ensure } from "./fault";
import { H } from "./hash";
import { parseTable, sealedFields, type Said } from "./record";
import { handleFor, objectID, personID, type HandleKind } from "./seed";

export { sealedFields };

const maxOpening = 16 * 1024 * 1024;

export interface Field {
  readonly salt: string;
  readonly value: string;
}

export interface OpenHandle {
  readonly id: string;
  /** O object, I inspector, E expert */
  readonly kind: HandleKind;
  readonly salt: string;
}

export interface Opening {
  readonly K?: string;
  readonly KI?: string;
  readonly fields?: { readonly [path: string]: Field };
  readonly handles?: readonly OpenHandle[];
}

const hex64 = /^[0-9a-f]{64}$/;
const hex32 = /^[0-9a-f]{32}$/;

/** parseOpening reads ledger/opening/<index>.json strictly. */
export function parseOpening(bytes: Uint8Array): Opening {
  ensure(bytes.length <= maxOpening, "too-long", "opening", String(bytes.length), String(maxOpening));
  const json = must(decode(bytes), "not-canonical", "opening", "", "UTF-8");
  const o: Opening = parseTable(json, "Opening", "opening"); // its table has these members alone
  for (const [path, f] of Object.entries(o.fields ?? {})) {
    ensure(path !== "" && hex64.test(f.salt) && f.value !== "", "bad-form", `fields.${path}`, f.salt, "a salt of 64 digits and a value");
  }
  let before: OpenHandle | undefined;
  for (const h of o.handles ?? []) {
    ensure(/^[OIE]$/.test(h.kind) && hex32.test(h.salt) && h.id !== "", "bad-form", "handles", h.id, "kind O, I or E, id, a salt of 32 digits");
    ensure(before === undefined || above(before, h), "not-canonical", "handles", h.id, "sorted by kind, then id, each once");
    before = h;
  }
  for (const key of [o.K, o.KI]) {
    ensure(key === undefined || hex64.test(key), "bad-form", "opening", key, "a key of 64 digits");
  }
  return o;
}

/** above: the second handle sorts behind the first, by the bytes of kind and id. */
function above(a: OpenHandle, b: OpenHandle): boolean {
  return a.kind === b.kind ? below(a.id, b.id) : a.kind < b.kind;
}

/** below compares by the UTF-8: UTF-16 puts what lies beyond U+FFFF before U+E000. */
function below(a: string, b: string): boolean {
  const beyond = /[\ud800-\udfff]/;
  return beyond.test(a) || beyond.test(b) ? compare(utf8(a), utf8(b)) < 0 : a < b;
}

/** seal is H("open1|" + salt + "|" + path + "|" + value). */
export function seal(salt: string, path: string, value: string): string {
  return H(`open1|${salt}|${path}|${value}`);
}

/** sealLine is what stands in a file beside the log for a line that names somebody. */
export function sealLine(salt: string, line: string): string {
  return seal(salt, "line", line);
}

/**
 * badFields are the paths of an opening whose value does not fit the digest in
 * the body, or that are sealed nowhere in it. A salt of another form matches
 * nothing: with a bar in it one digest could be opened to two values.
 */
export function badFields(said: Pick<Said, "type" | "body">, opening: Opening): string[] {
  const sealed = sealedFields(said);
  return Object.entries(opening.fields ?? {})
    .filter(([path, f]) => !hex64.test(f.salt) || seal(f.salt, path, f.value) !== sealed.get(path))
    .map(([path]) => path);
}

/** checkFields throws unless every field of the opening fits its digest in the body; path → value. */
export function checkFields(said: Pick<Said, "type" | "body">, opening: Opening): Map<string, string> {
  const [bad] = badFields(said, opening);
  ensure(bad === undefined, "opening-field", bad ?? "", "", "the value behind the digest in the entry");
  return new Map(Object.entries(opening.fields ?? {}).map(([path, f]) => [path, f.value]));
}

/** openHandles are the handles that an opening opens (draw1 §3): handle → what it opened; an id that is none throws. */
export function openHandles(opening: Opening): Map<string, OpenHandle> {
  const opened = new Map<string, OpenHandle>();
  for (const h of opening.handles ?? []) {
    const form = h.kind === "O" ? objectID(h.id) : personID(h.id);
    ensure(form, "opening-handle", "handles", h.id, "an id in its one writing");
    opened.set(handleFor(h.kind, h.salt, h.id), h);
  }
  return opened;
}
