// Checkpoints and their cosignatures (ledger.md §3, §4).
import { be64, concat, decimal, fromBE64, must, unbase64, utf8 } from "./bytes";
import { verify } from "./ed25519";
import { ensure } from "./fault";
import { verifyMLDSA } from "./mldsa";
import { lineOf, parseNote, signedBy, typeCosignature, type Note, type VKey } from "./note";
import { quorumThere, type Policy } from "./policy";
import { maxSize } from "./tree";

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** What a witness's line is worth. */
export interface Cosigned {
  readonly name: string;
  /** good: verified; bad: it does not verify, and makes nothing worse; absent: no line */
  readonly state: "good" | "bad" | "absent";
  /** whether a quorum can count it: a line of type 0x06 is checked, and never counts (ledger.md §7) */
  readonly counts: boolean;
  /** seconds since 1970 by the witness's clock, where the line is good */
  readonly time?: number;
  /** the same in full: a witness may claim any 63 bits */
  readonly seconds?: bigint;
}

/** A checkpoint that its log signed. */
export interface Logged {
  readonly checkpoint: Checkpoint;
  readonly note: Note;
  readonly log: VKey;
}

/** A checkpoint that counts under a policy. */
export interface Opened extends Logged {
  /** every witness of the policy, in its order */
  readonly witnesses: readonly Cosigned[];
}

/** parseCheckpoint reads the text of a checkpoint; nothing is verified by it. */
export function parseCheckpoint(text: string): Checkpoint {
  ensure(text.endsWith("\n"), "checkpoint-form", "checkpoint", text, "a newline at the end");
  const lines = text.slice(0, -1).split("\n");
  const [origin, number, hash] = lines;
  ensure(
    origin !== undefined && number !== undefined && hash !== undefined && !lines.includes(""),
    "checkpoint-form",
    "checkpoint",
    text,
    "origin, size, root, no empty line",
  );
  const size = must(decimal(number), "checkpoint-form", "checkpoint size", number, "a decimal");
  ensure(size <= maxSize, "checkpoint-form", "checkpoint size", number, "at most 2^48");
  const root = must(unbase64(hash), "checkpoint-form", "checkpoint root", hash, "base64");
  ensure(root.length === 32, "checkpoint-form", "checkpoint root", hash, "32 bytes");
  return { origin, size, root };
}

/** openLogged throws unless one of the logs signed, under its own name; witnesses are not asked. */
export function openLogged(bytes: Uint8Array, logs: readonly VKey[]): Logged {
  const note = parseNote(bytes);
  const checkpoint = parseCheckpoint(note.text);
  const signers = logs.filter((key) => signedBy(note, key));
  ensure(signers.length > 0, "checkpoint-unsigned", "checkpoint", checkpoint.origin, "the log's signature");
  const log = must(
    signers.find((key) => key.name === checkpoint.origin),
    "checkpoint-origin",
    "checkpoint",
    checkpoint.origin,
    signers[0]?.name ?? "",
  );
  return { checkpoint, note, log };
}

/** cosigned is what the line of one key is worth (ledger.md §4). */
export function cosigned(note: Note, name: string, key: VKey): Cosigned {
  const counts = key.type === typeCosignature;
  const line = lineOf(note, key);
  if (line === undefined) {
    return { name, state: "absent", counts };
  }
  if (line.signature.length <= 8) {
    return { name, state: "bad", counts };
  }
  const t = fromBE64(line.signature);
  const s = line.signature.subarray(8);
  const message = counts ? timed(note, t) : subtree(note, key, t);
  const good = t < 2n ** 63n && message !== undefined && (counts ? verify : verifyMLDSA)(key.key, message, s);
  return good ? { name, state: "good", counts, time: Number(t), seconds: t } : { name, state: "bad", counts };
}

/** timed is what a key of type 0x04 signs. */
function timed(note: Note, t: bigint): Uint8Array {
  return utf8(`cosignature/v1\ntime ${t}\n${note.text}`);
}

/** subtree is what a key of type 0x06 signs, origin, size and root; undefined where the text is no checkpoint that it can. */
function subtree(note: Note, key: VKey, t: bigint): Uint8Array | undefined {
  let c: Checkpoint;
  try {
    c = parseCheckpoint(note.text);
  } catch {
    return undefined;
  }
  const cosigner = utf8(key.name);
  const origin = utf8(c.origin);
  if (origin.length > 255) {
    return undefined;
  }
  return concat(
    utf8("subtree/v1\n\0"),
    Uint8Array.of(cosigner.length),
    cosigner,
    be64(t),
    Uint8Array.of(origin.length),
    origin,
    be64(0),
    be64(c.size),
    c.root,
  );
}

/** openCheckpoint throws unless the checkpoint counts under the policy (ledger.md §7). */
export function openCheckpoint(bytes: Uint8Array, policy: Policy): Opened {
  ensure(policy.logs.length > 0, "policy-no-log", "policy", "", "a log");
  const logged = openLogged(
    bytes,
    policy.logs.map((l) => l.key),
  );
  const witnesses = policy.witnesses.map((w) => cosigned(logged.note, w.name, w.key));
  const there = new Set(witnesses.filter((w) => w.counts && w.state === "good").map((w) => w.name));
  ensure(quorumThere(policy, there), "unwitnessed", "checkpoint", [...there].join(" "), policy.quorum);
  return { ...logged, witnesses };
}
