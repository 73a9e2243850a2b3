// Checkpoints and their cosignatures (ledger.md §3, §4).
import { Fault } from "./fault";
import type { Note, VKey } from "./note";
import type { Policy } from "./policy";

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** What a witness's line is worth. */
export interface Cosigned {
  readonly name: string;
  /** good: verified; bad: it does not verify; unchecked: ML-DSA-44, which this page does not compute; absent: no line */
  readonly state: "good" | "bad" | "unchecked" | "absent";
  /** seconds since 1970 by the witness's clock, where the line is good */
  readonly time?: number;
}

/** A checkpoint that counts under a policy. */
export interface Opened {
  readonly checkpoint: Checkpoint;
  readonly note: Note;
  readonly log: VKey;
  /** every witness of the policy, in its order */
  readonly witnesses: readonly Cosigned[];
}

/** parseCheckpoint reads the text of a checkpoint; nothing is verified by it. */
export function parseCheckpoint(text: string): Checkpoint {
  throw new Fault("not-yet", "checkpoint", text);
}

/** openCheckpoint throws unless the checkpoint counts under the policy. */
export function openCheckpoint(bytes: Uint8Array, policy: Policy): Opened {
  throw new Fault("not-yet", "checkpoint", String([bytes.length, policy.quorum]));
}

/** openLogged throws unless the log itself signed; witnesses are not asked. */
export function openLogged(bytes: Uint8Array, logs: readonly VKey[]): { checkpoint: Checkpoint; note: Note; log: VKey } {
  throw new Fault("not-yet", "checkpoint", String([bytes.length, logs.length]));
}
