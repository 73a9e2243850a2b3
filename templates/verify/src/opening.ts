// Openings: what stands behind the digests of an entry (record.md, Sealed
// values) and behind handles (draw1 §3).
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as nobleSHA256 } from "@noble/hashes/sha2.js";
import { hex, must, text as decode, unhex, utf8 } from "./bytes";
import { ensure } from "./fault";
import { H } from "./hash";
import { parseTable, sealedFields, type Said } from "./record";

export { sealedFields };

const maxOpening = 16 * 1024 * 1024;

export interface Field {
  readonly salt: string;
  readonly value: string;
}

export interface OpenHandle {
  readonly id: string;
  /** O object, I inspector, E expert */
  readonly kind: string;
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
  return a.kind === b.kind ? byBytes(a.id) < byBytes(b.id) : a.kind < b.kind;
}

/** A string that sorts as the UTF-8 of s does: UTF-16 puts what lies beyond U+FFFF before U+E000. */
function byBytes(s: string): string {
  return hex(utf8(s));
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
 * checkFields throws unless every field of the opening fits its digest in the
 * body; path → value. A salt of another form matches nothing: with a bar in it
 * one digest could be opened to two values.
 */
export function checkFields(said: Pick<Said, "type" | "body">, opening: Opening): Map<string, string> {
  const sealed = sealedFields(said);
  const values = new Map<string, string>();
  for (const [path, f] of Object.entries(opening.fields ?? {})) {
    const want = must(sealed.get(path), "opening-field", path, "", "a sealed member of the entry");
    const got = hex64.test(f.salt) ? seal(f.salt, path, f.value) : "";
    ensure(got === want, "opening-field", path, got, want);
    values.set(path, f.value);
  }
  return values;
}

/** handle is the handle of an id: first32(H("draw1h|" + kind + "|" + salt + "|" + id)) (draw1 §3). */
export function handle(kind: string, salt: string, id: string): string {
  return H(`draw1h|${kind}|${salt}|${id}`).slice(0, 32);
}

/** saltOf is the salt that a key gives an id: first32(HMAC(key, "draw1s|" + kind + "|" + id)) (draw1 §3). */
export function saltOf(key: string, kind: string, id: string): string {
  return hex(hmac(nobleSHA256, unhex(key, 32), utf8(`draw1s|${kind}|${id}`))).slice(0, 32);
}

/** keycommit is the fingerprint of a key, H("draw1k|" + hex(K)) (draw1 §3). */
export function keycommit(key: string): string {
  return H(`draw1k|${key}`);
}

/**
 * canonicalID is an id in the one writing that handles are made of (draw1 §0):
 * NFKC, upper case, and one of its forms; undefined where it has none of them.
 */
export function canonicalID(kind: string, id: string): string | undefined {
  const s = id.normalize("NFKC").toUpperCase();
  const form = kind === "O" ? /^(?:[0-9A-Z]{18}|注册号:[0-9A-Z]{8,18})$/ : /^[0-9A-Z-]{4,32}$/;
  return form.test(s) ? s : undefined;
}

/** openHandles are the handles that an opening opens: handle → what it opened; ids not in their one writing throw. */
export function openHandles(opening: Opening): Map<string, OpenHandle> {
  const opened = new Map<string, OpenHandle>();
  for (const h of opening.handles ?? []) {
    ensure(canonicalID(h.kind, h.id) === h.id, "opening-handle", "handles", h.id, "an id in its one writing");
    opened.set(handle(h.kind, h.salt, h.id), h);
  }
  return opened;
}
