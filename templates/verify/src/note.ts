// Signed notes and their keys (ledger.md §1, §2).
import { Fault } from "./fault";

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

/** parseVKey reads a key of one of the types, a log's or office's unless told. */
export function parseVKey(line: string, types: readonly number[] = [1]): VKey {
  throw new Fault("not-yet", line, String(types));
}

/** parseNote reads a note strictly (ledger.md §2). */
export function parseNote(bytes: Uint8Array): Note {
  throw new Fault("not-yet", "note", String(bytes.length));
}

/** lineOf is the line of a key, if there is one; it may yet not verify. */
export function lineOf(note: Note, key: VKey): NoteLine | undefined {
  throw new Fault("not-yet", key.name, note.text);
}

/** signedBy says whether a key of type 0x01 has a line that verifies. */
export function signedBy(note: Note, key: VKey): boolean {
  throw new Fault("not-yet", key.name, note.text);
}
