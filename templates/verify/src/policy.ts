// Policies: which checkpoints count (ledger.md §7).
import { equal, must, text as decode } from "./bytes";
import { Fault, ensure } from "./fault";
import { parseVKey, sameKey, typeMLDSA, witnessTypes, type VKey } from "./note";

const maxPolicy = 65536;
const maxMany = 64; // of logs, witnesses, groups, members each

/** A log as the policy names it. */
export interface Log {
  readonly key: VKey;
  readonly url?: string;
}

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
  readonly logs: readonly Log[];
  readonly witnesses: readonly Witness[];
  readonly groups: readonly Group[];
  /** a name, or none */
  readonly quorum: string;
}

/** What has been read of a policy so far. */
interface Draft {
  readonly logs: Log[];
  readonly witnesses: Witness[];
  readonly groups: Group[];
  /** names of witnesses and groups → whether they count */
  readonly names: Map<string, boolean>;
  /** names that are members already */
  readonly members: Set<string>;
  quorum?: string;
}

/** parsePolicy reads a policy in any form of ledger.md §7. */
export function parsePolicy(bytes: Uint8Array): Policy {
  ensure(bytes.length <= maxPolicy, "policy-size", "policy", String(bytes.length), String(maxPolicy));
  const whole = must(decode(bytes), "policy-form", "policy", "", "UTF-8");
  ensure(!/[\u0000-\u0008\u000b-\u001f\u007f]/.test(whole), "policy-form", "policy", "a control character", "none but tab and newline");
  ensure(whole.endsWith("\n"), "policy-form", "policy", "", "a newline at the end");
  const draft: Draft = { logs: [], witnesses: [], groups: [], names: new Map(), members: new Set() };
  whole
    .slice(0, -1)
    .split("\n")
    .forEach((line, n) => {
      const words = line.split(/[ \t]+/).filter((w) => w !== "");
      const first = words[0];
      if (first !== undefined && !first.startsWith("#")) {
        readLine(draft, first, words.slice(1), `policy line ${n + 1}`);
      }
    });
  const quorum = must(draft.quorum, "policy-quorum", "policy", "", "a quorum line");
  return { logs: draft.logs, witnesses: draft.witnesses, groups: draft.groups, quorum };
}

function readLine(draft: Draft, kind: string, words: readonly string[], place: string): void {
  switch (kind) {
    case "log":
      return readLog(draft, words, place);
    case "witness":
      return readWitness(draft, words, place);
    case "group":
      return readGroup(draft, words, place);
    case "quorum":
      return readQuorum(draft, words, place);
    default:
      throw new Fault("policy-form", place, kind, "log, witness, group or quorum");
  }
}

function readLog(draft: Draft, [vkey, url, ...more]: readonly string[], place: string): void {
  ensure(vkey !== undefined && more.length === 0, "policy-form", place, "", "log <vkey> [<url>]");
  const key = parseVKey(vkey);
  ensure(!draft.logs.some((l) => sameKey(l.key, key)), "policy-duplicate", place, vkey, "each log once");
  ensure(draft.logs.length < maxMany, "policy-size", place, "", `at most ${maxMany} logs`);
  draft.logs.push({ key, ...(url === undefined ? {} : { url }) });
}

function readWitness(draft: Draft, [name, vkey, url, ...more]: readonly string[], place: string): void {
  ensure(name !== undefined && vkey !== undefined && more.length === 0, "policy-form", place, "", "witness <name> <vkey> [<url>]");
  const key = parseVKey(vkey, witnessTypes);
  define(draft, name, key.type !== typeMLDSA, place);
  ensure(!draft.witnesses.some((w) => equal(w.key.key, key.key)), "policy-duplicate", place, vkey, "each key once");
  ensure(draft.witnesses.length < maxMany, "policy-size", place, "", `at most ${maxMany} witnesses`);
  draft.witnesses.push({ name, key, ...(url === undefined ? {} : { url }) });
}

function readGroup(draft: Draft, [name, threshold, ...members]: readonly string[], place: string): void {
  ensure(name !== undefined && threshold !== undefined && members.length > 0, "policy-form", place, "", "group <name> <k> <member> …");
  ensure(members.length <= maxMany && draft.groups.length < maxMany, "policy-size", place, "", `at most ${maxMany} groups and members`);
  for (const m of members) {
    counting(draft, m, place);
    ensure(!draft.members.has(m), "policy-duplicate", place, m, "a member once");
    draft.members.add(m);
  }
  let k: number;
  if (threshold === "any" || threshold === "all") {
    k = threshold === "any" ? 1 : members.length;
  } else {
    ensure(/^[1-9][0-9]?$/.test(threshold), "policy-threshold", place, threshold, "a number, any or all");
    k = Number(threshold);
  }
  ensure(k <= members.length, "policy-threshold", place, threshold, `1 to ${members.length}`);
  define(draft, name, true, place);
  draft.groups.push({ name, k, members });
}

function readQuorum(draft: Draft, [name, ...more]: readonly string[], place: string): void {
  ensure(name !== undefined && more.length === 0, "policy-form", place, "", "quorum <name>|none");
  ensure(draft.quorum === undefined, "policy-quorum", place, name, "one quorum line");
  if (name !== "none") {
    counting(draft, name, place);
  }
  draft.quorum = name;
}

function define(draft: Draft, name: string, counts: boolean, place: string): void {
  ensure(name !== "none" && !draft.names.has(name), "policy-name", place, name, "a name defined once, not none");
  draft.names.set(name, counts);
}

/** counting: a name of a line before that a group or the quorum may name. */
function counting(draft: Draft, name: string, place: string): void {
  const counts = must(draft.names.get(name), "policy-name", place, name, "a name of a line before");
  ensure(counts, "policy-not-counted", place, name, "no key of type 0x06");
}

/** canonicalPolicy is the one form of a ledger folder. */
export function canonicalPolicy(p: Policy): string {
  const lines = [
    ...p.logs.map((l) => ["log", l.key.line, l.url]),
    ...p.witnesses.map((w) => ["witness", w.name, w.key.line, w.url]),
    ...p.groups.map((g) => ["group", g.name, String(g.k), ...g.members]),
    ["quorum", p.quorum],
  ];
  return lines.map((words) => `${words.filter((w) => w !== undefined).join(" ")}\n`).join("");
}

/** quorumThere says whether the quorum is there, given the names of the witnesses that are. */
export function quorumThere(p: Policy, there: ReadonlySet<string>): boolean {
  const present = new Set(there);
  for (const g of p.groups) {
    // members are of lines before, so their groups are decided by now
    if (g.members.filter((m) => present.has(m)).length >= g.k) {
      present.add(g.name);
    }
  }
  return p.quorum === "none" || present.has(p.quorum);
}

/** costOf adds up the quorum's tree: of n members of a group with threshold k as many count as take says, the cheapest. */
function costOf(p: Policy, take: (k: number, n: number) => number): number {
  const cost = new Map<string, number>(p.witnesses.map((w) => [w.name, 1]));
  for (const g of p.groups) {
    const costs = g.members.map((m) => cost.get(m) ?? 0).sort((a, b) => a - b);
    const counted = costs.slice(0, take(g.k, costs.length));
    cost.set(
      g.name,
      counted.reduce((a, b) => a + b, 0),
    );
  }
  return cost.get(p.quorum) ?? 0;
}

/**
 * overlap is the least number of witnesses that any two sets which satisfy the
 * quorum have in common. A name is a member at most once in the file, so the
 * quorum is a tree, and two sets choose independently below each group: of k
 * of n members they share 2k − n at least, and take those that cost least.
 */
export function overlap(p: Policy): number {
  return costOf(p, (k, n) => Math.max(0, 2 * k - n));
}

/** fewest is the least number of witnesses that satisfy the quorum. */
export function fewest(p: Policy): number {
  return costOf(p, (k) => k);
}
