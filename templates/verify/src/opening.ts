// Openings: what stands behind the digests of an entry (record.md, Sealed values; draw1.md).
import { Fault } from "./fault";
import type { Entry } from "./record";

export interface Opening {
  readonly K?: string;
  readonly KI?: string;
  readonly fields?: { readonly [path: string]: { readonly salt: string; readonly value: string } };
  readonly handles?: readonly { readonly id: string; readonly kind: string; readonly salt: string }[];
}

/** parseOpening reads ledger/opening/<index>.json strictly. */
export function parseOpening(bytes: Uint8Array): Opening {
  throw new Fault("not-yet", "opening", String(bytes.length));
}

/** seal is H("open1|" + salt + "|" + path + "|" + value). */
export function seal(salt: string, path: string, value: string): string {
  throw new Fault("not-yet", "opening", salt + path + value);
}

/** sealedFields are the sealed members of an entry's body: path → digest. */
export function sealedFields(entry: Pick<Entry, "type" | "body">): Map<string, string> {
  throw new Fault("not-yet", "opening", entry.type);
}

/** checkFields throws unless every field of the opening fits its digest in the body; path → value. */
export function checkFields(entry: Pick<Entry, "type" | "body">, opening: Opening): Map<string, string> {
  throw new Fault("not-yet", "opening", String([entry.type, opening.K]));
}

/** handle is the handle of an id: the first 32 digits of H("draw1h|" + kind + "|" + salt + "|" + id). */
export function handle(kind: string, salt: string, id: string): string {
  throw new Fault("not-yet", "opening", kind + salt + id);
}
