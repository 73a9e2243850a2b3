// Signed notes and their keys (ledger.md §1, §2).
import { equal, must, text as decode, unbase64, utf8 } from "./bytes";
import { goodKey, verify } from "./ed25519";
import { ensure } from "./fault";
import { sha256 } from "./hash";

/** Types of keys (ledger.md §1). */
export const typeEd25519 = 0x01;
export const typeCosignature = 0x04;
export const typeMLDSA = 0x06;
/** what a witness's key may be */
export const witnessTypes: readonly number[] = [typeCosignature, typeMLDSA];

const maxNote = 131072;
const maxLines = 64;

/** A key as its vkey line has it (ledger.md §1). */
export interface VKey {
  /** the line itself */
  readonly line: string;
  readonly name: string;
  /** the first four bytes of the key's digest, as a number */
  readonly id: number;
  /** 0x01 Ed25519 over a text, 0x04 Ed25519 with a time, 0x06 ML-DSA-44 with a time */
  readonly type: number;
  readonly key: Uint8Array;
}

/** One signature line. */
export interface NoteLine {
  readonly name: string;
  readonly id: number;
  readonly signature: Uint8Array;
}

/** A note; nothing is verified by having read it. */
export interface Note {
  /** with its last newline, without the empty line */
  readonly text: string;
  /** the bytes of text */
  readonly signed: Uint8Array;
  readonly lines: readonly NoteLine[];
}

/** Unicode spaces and control characters: what a key name has none of. */
const notInNames = /[\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000+]/;

function keyName(name: string): boolean {
  return name !== "" && !notInNames.test(name) && utf8(name).length <= 255;
}

/** parseVKey reads a key of one of the types: form, type, name, point, id, in this order (ledger.md §11). */
export function parseVKey(line: string, types: readonly number[] = [typeEd25519]): VKey {
  const first = line.indexOf("+");
  const second = line.indexOf("+", first + 1);
  ensure(first >= 0 && second >= 0, "key-form", "key", line, "name+id+key");
  const name = line.slice(0, first);
  const id = line.slice(first + 1, second);
  const typed = must(unbase64(line.slice(second + 1)), "key-form", "key", line, "base64");
  const type = typed[0];
  ensure(
    type !== undefined && typed.length === (type === typeMLDSA ? 1313 : 33) && /^[0-9a-fA-F]{8}$/.test(id),
    "key-form",
    "key",
    line,
    "an id of 8 digits and a key of its type's length",
  );
  ensure(types.includes(type), "key-type", name, String(type), types.join(", "));
  ensure(keyName(name), "key-name", "key", name, "a name without spaces, controls and +");
  const key = typed.slice(1);
  ensure(type === typeMLDSA || goodKey(key), "key-point", name, line, "a point of order L");
  const computed = new DataView(sha256(utf8(`${name}\n`), typed).buffer).getUint32(0);
  const want = computed.toString(16).padStart(8, "0");
  ensure(id === want, "key-id", name, id, want);
  return { line, name, id: computed, type, key };
}

/** parseNote reads a note strictly (ledger.md §2). */
export function parseNote(bytes: Uint8Array): Note {
  ensure(bytes.length <= maxNote, "note-size", "note", String(bytes.length), String(maxNote));
  const whole = must(decode(bytes), "note-text", "note", "", "UTF-8");
  const end = whole.lastIndexOf("\n\n");
  ensure(end >= 0 && whole.endsWith("\n") && end + 2 < whole.length, "note-form", "note", "", "text, empty line, signature lines");
  const text = whole.slice(0, end + 1);
  const controls = /[\u0000-\u0009\u000b-\u001f]/;
  ensure(!controls.test(text), "note-text", "note", "a control character", "none but newlines");
  const rest = whole.slice(end + 2, -1);
  ensure(!controls.test(rest), "note-form", "note", "a control character", "signature lines");
  const rows = rest.split("\n");
  ensure(rows.length <= maxLines, "note-signatures", "note", String(rows.length), String(maxLines));
  const lines = rows.map(parseLine);
  ensure(new Set(lines.map((l) => `${l.name} ${l.id}`)).size === lines.length, "note-duplicate", "note", "", "one line of each key");
  return { text, signed: bytes.subarray(0, utf8(text).length), lines };
}

/** parseLine reads `— name b64(id ‖ signature)`. */
function parseLine(row: string, n: number): NoteLine {
  const place = `note line ${n}`;
  ensure(row.startsWith("— "), "note-form", place, row, "— name signature");
  const space = row.indexOf(" ", 2);
  ensure(space >= 0, "note-form", place, row, "— name signature");
  const name = row.slice(2, space);
  ensure(keyName(name), "note-name", place, name, "a key name");
  const bytes = must(unbase64(row.slice(space + 1)), "note-base64", place, row, "base64");
  ensure(bytes.length > 4, "note-base64", place, row, "id and signature");
  return { name, id: new DataView(bytes.buffer).getUint32(0), signature: bytes.subarray(4) };
}

/** lineOf is the line of a key, if there is one; it may yet not verify. */
export function lineOf(note: Note, key: VKey): NoteLine | undefined {
  return note.lines.find((l) => l.id === key.id && l.name === key.name);
}

/** signedBy says whether a key of type 0x01 has a line that verifies. */
export function signedBy(note: Note, key: VKey): boolean {
  const line = lineOf(note, key);
  return key.type === typeEd25519 && line !== undefined && verify(key.key, note.signed, line.signature);
}

/** sameKey: the 32 bytes of two keys are equal, whatever their names. */
export function sameKey(a: VKey, b: VKey): boolean {
  return equal(a.key, b.key);
}
