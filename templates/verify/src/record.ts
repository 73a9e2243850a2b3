// What an entry says (record.md).
import { Fault } from "./fault";
import type { Members } from "./json";
import type { NoteLine } from "./note";

/** An entry of the ledger, its form held to the table of its type; nothing is verified by having read it. */
export interface Entry {
  readonly type: string;
  readonly origin: string;
  readonly body: Members;
  readonly env: Members;
  /** the three lines: what is signed */
  readonly text: string;
  readonly signed: Uint8Array;
  readonly signatures: readonly NoteLine[];
}

/** parseEntry reads an entry with its signature lines. */
export function parseEntry(bytes: Uint8Array): Entry {
  throw new Fault("not-yet", "entry", String(bytes.length));
}

/** parseText reads an entry's three lines alone. */
export function parseText(bytes: Uint8Array): Omit<Entry, "signatures"> {
  throw new Fault("not-yet", "entry", String(bytes.length));
}
