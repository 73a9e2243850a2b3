// Proof files (ledger.md §6).
import type { Opened } from "./checkpoint";
import { Fault } from "./fault";
import type { Policy } from "./policy";

export interface Proof {
  readonly index: number;
  readonly path: readonly Uint8Array[];
  /** the signed checkpoint within */
  readonly checkpoint: Uint8Array;
}

/** parseProof reads a .tlog-proof strictly. */
export function parseProof(bytes: Uint8Array): Proof {
  throw new Fault("not-yet", "proof", String(bytes.length));
}

/** checkProof throws unless the file proves the entry under the policy, offline. */
export function checkProof(bytes: Uint8Array, entry: Uint8Array, policy: Policy): { proof: Proof; opened: Opened } {
  throw new Fault("not-yet", "proof", String([bytes.length, entry.length, policy.quorum]));
}
