// One ledger as a check reads it: which policy counts, which charters stand in
// it, its latest checkpoint, and entries with everything that proves them
// (ledger.md §6–§8). What cannot be told without reading every entry is not
// told here: whether another charter stands between those that the page names.

import { equal, hex, must, unbase64, utf8 } from "./bytes";
import { openCheckpoint, openLogged, type Checkpoint, type Opened } from "./checkpoint";
import { Fault, ensure } from "./fault";
import { sha256 } from "./hash";
import { parseNote, parseVKey, signedBy, type Note, type VKey } from "./note";
import { canonicalPolicy, overlap, parsePolicy, quorumThere, type Policy } from "./policy";
import { parseProof } from "./proof";
import { parseEntry, type Entry } from "./record";
import type { Source } from "./source";
import { Trouble } from "./step";
import { consistencyPath } from "./tile";
import { checkConsistency, checkInclusion, recordHash } from "./tree";
import { listOf, membersOf, textOf } from "./members";

/** What the reader brings of his own, as he typed or pasted it; "" for none. */
export interface Trust {
  readonly policy: string;
  readonly fingerprint: string;
}

/** A charter (开账声明) and what it says of keys and witnesses. */
export interface Charter {
  readonly index: number;
  readonly hash: string;
  readonly office: string;
  readonly keys: readonly VKey[];
  /** canonical, without witnesses where the charter asks for none */
  readonly policy: Policy;
  readonly witnessed: boolean;
}

/** Ledger is what a check knows of the whole. */
export interface Ledger {
  readonly source: Source;
  readonly trust: Trust;
  /** under which the latest checkpoint counts */
  policy?: Policy;
  head?: Opened;
  /** whether the head is that of a proof and has too few witnesses */
  short?: boolean;
  /** whether what the reader brought was held to the charters */
  compared?: boolean;
  /** by index; filled by the step that reads them */
  charters: Charter[];
}

/** An entry with what proves it. */
export interface Proven {
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly entry: Entry;
  readonly note: Note;
  /** H of the entry, its C */
  readonly hash: string;
  readonly leaf: string;
  readonly path: number;
  /** the checkpoint of its publication */
  readonly checkpoint: Checkpoint;
  /** the witnesses that count and whose lines verify there, with their times */
  readonly seenBy: readonly { readonly name: string; readonly time: number }[];
  /** earliest second by which the quorum of the charter in force had signed */
  readonly seen?: number;
  /** whether the charter in force asks for witnesses; undefined without charter */
  readonly witnessed?: boolean;
  /** whether the tree of today's checkpoint begins with that of the proof */
  readonly continued: boolean;
}

/** openHead reads policy and checkpoint and holds one to the other. Where the
 * files at hand have no policy, the reader's own stands in its place. */
export async function openHead(l: Ledger): Promise<Opened> {
  l.policy = parsePolicy(await policyBytes(l));
  const signed = await l.source.get("ledger/checkpoint");
  try {
    l.head = openCheckpoint(signed, l.policy);
  } catch (e) {
    // The checkpoint of an old proof may be from before there were witnesses.
    if (!l.source.lent || !(e instanceof Fault) || e.code !== "unwitnessed") throw e;
    l.head = openCheckpoint(signed, { ...l.policy, groups: [], quorum: "none" });
    l.short = true;
  }
  return l.head;
}

async function policyBytes(l: Ledger): Promise<Uint8Array> {
  try {
    return await l.source.get("ledger/policy");
  } catch (e) {
    const own = ownPolicy(l.trust);
    if (own && e instanceof Fault && e.code === "source.not-given") return own;
    throw e;
  }
}

/** ownPolicy are the bytes of what the reader pasted; undefined for nothing. A
 * slip of the reader's own is no fault of the ledger. */
export function ownPolicy(trust: Trust): Uint8Array | undefined {
  const typed = trust.policy.trim();
  if (typed === "") return undefined;
  const bytes = utf8(typed.replace(/\r\n?/g, "\n") + "\n");
  try {
    parsePolicy(bytes);
  } catch {
    throw new Trouble("您粘贴的见证约定写法不对，没有核对。请把整份文件粘贴进来。");
  }
  return bytes;
}

/** inForce is the charter by which an entry is judged: the last before it, for
 * entry 0 itself (ledger.md §7, the chain of charters). */
export function inForce(l: Ledger, index: number): Charter | undefined {
  let last: Charter | undefined;
  for (const c of l.charters) if (c.index < index || c.index === 0) last = c;
  return last;
}

/** readEntry reads an entry and what its own proof file proves of it. */
export async function readEntry(l: Ledger, index: number): Promise<Proven> {
  const [bytes, proofBytes] = await Promise.all([
    l.source.get(`ledger/entry/${index}.txt`),
    l.source.get(`ledger/proof/${index}.tlog-proof`),
  ]);
  return prove(l, bytes, proofBytes, index);
}

/** prove holds an entry to its proof file (ledger.md §6): the log's signature,
 * the path, and, where a later checkpoint is at hand, that it goes on from
 * there. Witnesses are those of the charter in force. */
export async function prove(l: Ledger, bytes: Uint8Array, proofBytes: Uint8Array, index?: number): Promise<Proven> {
  const proof = parseProof(proofBytes);
  const at = index ?? proof.index;
  ensure(proof.index === at, "proof-other", `proof/${at}.tlog-proof`, String(proof.index), String(at));
  const policy = must(l.policy ?? l.charters[0]?.policy, "policy-form", "policy");
  // One ledger: where its checkpoint is known, a proof by another log of the policy is no proof.
  const { checkpoint } = openLogged(proof.checkpoint, l.head ? [l.head.log] : policy.logs.map((log) => log.key));
  const leaf = recordHash(bytes);
  ensure(at < checkpoint.size, "proof-range", `proof/${at}.tlog-proof`, String(at), String(checkpoint.size));
  checkInclusion(at, checkpoint.size, leaf, proof.path, checkpoint.root);
  const continued = await goesOn(l, checkpoint);
  const entry = parseEntry(bytes);
  ensure(entry.origin === checkpoint.origin, "entry-origin", `entry/${at}.txt`, entry.origin, checkpoint.origin);
  const charter = inForce(l, at);
  const seenBy = charter ? cosigned(proof.checkpoint, charter.policy) : [];
  const seen = charter?.witnessed ? quorumTime(charter.policy, seenBy) : undefined;
  return {
    index: at,
    bytes,
    entry,
    note: parseNote(bytes),
    hash: hex(sha256(bytes)),
    leaf: hex(leaf),
    path: proof.path.length,
    checkpoint,
    seenBy,
    continued,
    ...(seen === undefined ? {} : { seen }),
    ...(charter ? { witnessed: charter.witnessed } : {}),
  };
}

/** goesOn holds the checkpoint of a proof to today's: the tree of today begins
 * with it (RFC 6962 §2.1.2), computed from tiles. */
async function goesOn(l: Ledger, c: Checkpoint): Promise<boolean> {
  const head = l.head?.checkpoint;
  if (!head || c.size === 0) return false;
  ensure(c.size <= head.size, "checkpoint-older", "checkpoint", String(head.size), String(c.size));
  const get = (path: string): Promise<Uint8Array> => l.source.get("ledger/" + path);
  let path: Uint8Array[];
  try {
    path = await consistencyPath(c.size, head.size, get);
  } catch (e) {
    if (e instanceof Fault && e.code === "source.not-given") return false; // the reader has no tiles at hand
    throw e;
  }
  checkConsistency(c.size, head.size, c.root, head.root, path);
  return true;
}

/** cosigned are the witnesses of a policy that count and whose lines in a checkpoint verify. */
function cosigned(signed: Uint8Array, policy: Policy): { name: string; time: number }[] {
  const any: Policy = { ...policy, groups: [], quorum: "none" };
  const list: { name: string; time: number }[] = [];
  for (const w of openCheckpoint(signed, any).witnesses) {
    if (w.counts && w.state === "good" && w.time !== undefined && w.time > 0) list.push({ name: w.name, time: w.time });
  }
  return list.sort((a, b) => a.time - b.time);
}

/** quorumTime is the earliest time by which the quorum had signed. */
function quorumTime(policy: Policy, seenBy: readonly { name: string; time: number }[]): number | undefined {
  const there = new Set<string>();
  for (const w of seenBy) {
    there.add(w.name);
    if (quorumThere(policy, there)) return w.time;
  }
  return undefined;
}

/** officeSigned are the keys of the office, by the charter in force, of which a
 * line in the entry verifies. Of entry 0 and of a charter read alone these are
 * its own. */
export function officeSigned(l: Ledger, p: Proven): string[] {
  const charter = must(inForce(l, p.index), "charter-missing", `entry/${p.index}.txt`);
  const signers = charter.keys.filter((k) => signedBy(p.note, k)).map((k) => k.name);
  if (signers.length === 0) {
    const lines = p.note.lines.map((n) => n.name).join("、");
    throw new Fault("entry-unsigned", `entry/${p.index}.txt`, lines, charter.keys.map((k) => k.name).join("、"));
  }
  return signers;
}

/** held reads a further entry that a step rests on: signed by the office, and
 * seen by the quorum where the charter in force asks for one. */
export async function held(l: Ledger, index: number): Promise<Proven> {
  const p = await readEntry(l, index);
  officeSigned(l, p);
  if (p.witnessed === true && p.seen === undefined) throw new Fault("unwitnessed", `proof/${index}.tlog-proof`, names(p), "");
  return p;
}

/** charterOf reads what a charter's entry says. One with a policy that it may
 * not have is none: by it an office would be its own witness. */
export function charterOf(p: { index: number; hash: string; entry: Entry }, log: VKey): Charter {
  const place = `entry/${p.index}.txt`;
  ensure(p.entry.type === "charter", "entry-type", place, p.entry.type, "charter");
  const all = listOf(p.entry.body, "keys").map((k) => [textOf(membersOf(k), "role"), textOf(membersOf(k), "key")] as const);
  const [logs, keys] = ["log", "office"].map((role) => all.filter((k) => k[0] === role).map((k) => parseVKey(k[1]))) as [VKey[], VKey[]];
  ensure(logs.length === 1 && logs[0]!.line === log.line, "charter-key", place, logs.map((k) => k.line).join("、"), log.line);
  const said = textOf(p.entry.body, "policy");
  const policy = parsePolicy(utf8(said === "" ? `log ${log.line}\nquorum none\n` : said));
  if (said !== "") {
    // the keys themselves, whatever their names, types and roles
    const own = all.map((k) => unbase64(k[1].replace(/^[^+]*\+[^+]*\+/, ""))?.subarray(1));
    const alone = policy.logs.length === 1 && policy.logs[0]!.key.line === log.line && canonicalPolicy(policy) === said;
    const others = overlap(policy) > 0 && !policy.witnesses.some((w) => own.some((k) => k !== undefined && equal(k, w.key.key)));
    ensure(alone && others, "charter-witnesses", place, said);
  }
  return { index: p.index, hash: p.hash, office: textOf(p.entry.body, "office"), keys, policy, witnessed: said !== "" };
}

/** readCharters reads the charters that the page names, in order; each is
 * signed by the keys of the one before it. */
export async function readCharters(l: Ledger, indexes: readonly number[]): Promise<Charter[]> {
  const log = must(l.head?.log, "checkpoint-unsigned", "checkpoint");
  for (const index of [...new Set([0, ...indexes])].sort((a, b) => a - b)) {
    const bytes = await l.source.get(`ledger/entry/${index}.txt`);
    try {
      const c = charterOf({ index, hash: hex(sha256(bytes)), entry: parseEntry(bytes) }, log);
      if (index === 0) l.charters = [c];
      await held(l, index);
      if (index > 0) l.charters.push(c);
    } catch (e) {
      // Among picked files every entry of the type is tried: one without effect
      // leaves the charter before it in force. One whose proof is kept back or
      // does not hold is none of these: it might have taken a key away.
      if (index === 0 || !l.source.picked || !(e instanceof Fault) || !/^(?:charter|policy)-|^entry-unsigned$/.test(e.code)) throw e;
    }
  }
  return l.charters;
}

const names = (p: Proven): string => p.seenBy.map((w) => w.name).join("、");

/** withoutAddresses is a policy's canonical text without the addresses, which
 * say nothing of trust. */
export function withoutAddresses(p: Policy): string {
  return canonicalPolicy({
    ...p,
    logs: p.logs.map((x) => ({ key: x.key })),
    witnesses: p.witnesses.map((w) => ({ name: w.name, key: w.key })),
  });
}

/** fingerprintOf cleans what a reader copied from paper: groups, capitals and
 * full-width characters do not matter. */
export function fingerprintOf(typed: string): string {
  return typed
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s:：-]+/g, "");
}
