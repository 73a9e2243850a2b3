// Policies: which checkpoints count (ledger.md §7).
import { Fault } from "./fault";
import type { VKey } from "./note";

/** A witness as the policy names it. */
export interface Witness {
  readonly name: string;
  readonly key: VKey;
  readonly url?: string;
}

/** A group: there if k of its members are. */
export interface Group {
  readonly name: string;
  readonly k: number;
  readonly members: readonly string[];
}

export interface Policy {
  readonly logs: readonly { readonly key: VKey; readonly url?: string }[];
  readonly witnesses: readonly Witness[];
  readonly groups: readonly Group[];
  /** a name, or none */
  readonly quorum: string;
}

/** parsePolicy reads a policy in any form of ledger.md §7. */
export function parsePolicy(bytes: Uint8Array): Policy {
  throw new Fault("not-yet", "policy", String(bytes.length));
}

/** canonicalPolicy is the one form of a ledger folder. */
export function canonicalPolicy(p: Policy): string {
  throw new Fault("not-yet", "policy", p.quorum);
}

/** quorumThere says whether the quorum is there, given the names of the witnesses that are. */
export function quorumThere(p: Policy, there: ReadonlySet<string>): boolean {
  throw new Fault("not-yet", "policy", String([p.quorum, there.size]));
}

/** overlap is the least number of witnesses that any two sets which satisfy the quorum have in common. */
export function overlap(p: Policy): number {
  throw new Fault("not-yet", "policy", p.quorum);
}
