// Canonical JSON as record.md has it: strings, integers 0 … 2^53 − 1, booleans,
// lists, objects; one spelling of each value.
import { Fault } from "./fault";

export type Value = string | number | boolean | readonly Value[] | { readonly [member: string]: Value };
export type Members = { readonly [member: string]: Value };

/** parseCanonical reads one value and refuses every spelling but the canonical one. */
export function parseCanonical(text: string, place = "json"): Value {
  throw new Fault("not-yet", place, text);
}

/** canonical writes a value in its one spelling. */
export function canonical(v: Value): string {
  throw new Fault("not-yet", "json", typeof v);
}
