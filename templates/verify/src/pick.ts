// What a reader hands to the offline page: a whole ledger folder, or a record
// with its proof and opening in any order and under any name. Files whose path
// does not say what they are are known by what stands in them.

import { equal, hex, text } from "./bytes";
import { Fault } from "./fault";
import { sha256 } from "./hash";
import { members, parseLoose, type Loose, type Members } from "./json";
import { numberOf, textOf } from "./members";
import { parseProof, type Proof } from "./proof";
import { fromPlaces, place, placed, type Picked, type Source } from "./source";
import { recordHash, rootFromInclusion } from "./tree";
import { parsePolicy } from "./policy";
import { parseCheckpoint } from "./checkpoint";
import { parseNote } from "./note";

/** A draw as the files tell of it. */
export interface DrawItem {
  readonly id: string;
  readonly name: string;
  readonly notice: number;
  entry?: number;
  readonly later: number[];
}

/** What was handed over. */
export interface Book {
  readonly source: Source;
  readonly charters: readonly number[];
  readonly draws: readonly DrawItem[];
  /** index → type, of the entries that are there */
  readonly entries: ReadonlyMap<number, string>;
  /** result's index → corrections and what was taken down */
  readonly corrections: ReadonlyMap<number, readonly number[]>;
  /** result's index → its notice's */
  readonly noticeOf: ReadonlyMap<number, number>;
  readonly policy: boolean;
  readonly checkpoint: boolean;
  /** files that nothing was made of */
  readonly strange: number;
}

/** Files of a site that are no ledger's. */
const other = /\.(?:html|css|js|svg|xml|csv|ics|png|jpe?g|gif|webp|zip|docx|xlsx|md)$/i;

/** gather sorts everything that was picked so far. */
export async function gather(files: readonly Picked[]): Promise<Book> {
  const at = placed(files);
  const loose = files.filter((f) => place(f.path) === "" && !other.test(f.path) && f.file.size <= 16 << 20);
  const strange = await sortLoose(at, loose.slice(0, 400));
  const real = at.has("checkpoint");
  if (!real) await headOfProofs(at);
  const index = await readIndex(at);
  return { source: fromPlaces(at, !real), ...index, policy: at.has("policy"), checkpoint: real, strange };
}

/** sortLoose puts files without a place where their content belongs; it gives
 * the number of those that are nothing of a ledger's. */
async function sortLoose(at: Map<string, Blob>, loose: readonly Picked[]): Promise<number> {
  const entries: { bytes: Uint8Array; file: Blob; path: string }[] = [];
  const proofs: { proof: Proof; file: Blob }[] = [];
  let strange = 0;
  for (const { file, path } of loose) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const head = text(bytes.subarray(0, 24)) ?? "";
    const number = /(?:^|\/)(\d+)(?: ?\(\d+\))?\.json$/.exec(path)?.[1];
    if (head.startsWith("c2sp.org/tlog-proof@v1\n")) proofs.push({ proof: parseProof(bytes), file });
    else if (head.startsWith("sunlot/v1 ")) entries.push({ bytes, file, path });
    else if (number !== undefined) once(at, `opening/${number}.json`, file, path);
    else if (isPolicy(bytes)) once(at, "policy", file, path);
    else if (isCheckpoint(bytes)) once(at, "checkpoint", file, path);
    else if (!path.includes("/")) once(at, `blob/sha256/${hex(sha256(bytes)).slice(0, 2)}/${hex(sha256(bytes))}`, file, path);
    else strange++;
  }
  const waiting: Proof[] = [];
  for (const { proof, file } of proofs) {
    once(at, `proof/${proof.index}.tlog-proof`, file, "");
    if (at.has(`entry/${proof.index}.txt`)) continue;
    const root = parseCheckpoint(parseNote(proof.checkpoint).text);
    const mine = entries.findIndex((e) => leadsTo(proof, e.bytes, root.size, root.root));
    if (mine < 0) waiting.push(proof);
    else at.set(`entry/${proof.index}.txt`, entries.splice(mine, 1)[0]!.file);
  }
  // A record that its proof does not lead to is checked all the same, and found wrong.
  if (waiting.length === 1 && entries.length === 1) at.set(`entry/${waiting[0]!.index}.txt`, entries.splice(0, 1)[0]!.file);
  for (const e of entries) {
    const number = /(?:^|\/)(\d+)(?: ?\(\d+\))?\.txt$/.exec(e.path)?.[1];
    if (number !== undefined) once(at, `entry/${number}.txt`, e.file, e.path);
    else strange++;
  }
  return strange;
}

function once(at: Map<string, Blob>, name: string, file: Blob, path: string): void {
  if (at.has(name)) throw new Fault("source.twice", name, path);
  at.set(name, file);
}

function leadsTo(proof: Proof, entry: Uint8Array, size: number, root: Uint8Array): boolean {
  try {
    return equal(rootFromInclusion(proof.index, size, recordHash(entry), proof.path), root);
  } catch {
    return false;
  }
}

function isPolicy(bytes: Uint8Array): boolean {
  try {
    return parsePolicy(bytes).logs.length > 0;
  } catch {
    return false;
  }
}

function isCheckpoint(bytes: Uint8Array): boolean {
  try {
    return parseCheckpoint(parseNote(bytes).text).size >= 0;
  } catch {
    return false;
  }
}

/** headOfProofs lets the largest checkpoint of the proofs stand in the place of
 * the ledger's own, which was not handed over. */
async function headOfProofs(at: Map<string, Blob>): Promise<void> {
  let most = -1;
  let best: Uint8Array | undefined;
  for (const [name, file] of at) {
    if (!name.startsWith("proof/")) continue;
    try {
      const proof = parseProof(new Uint8Array(await file.arrayBuffer()));
      const size = parseCheckpoint(parseNote(proof.checkpoint).text).size;
      if (size > most) [most, best] = [size, proof.checkpoint];
    } catch {
      // no proof: the check of its record says so
    }
  }
  if (best) at.set("checkpoint", new Blob([best.slice()]));
}

type Index = Pick<Book, "charters" | "draws" | "entries" | "corrections" | "noticeOf">;

/** readIndex reads what the entries are about. Nothing is believed by it: the
 * checks read every entry again. */
async function readIndex(at: ReadonlyMap<string, Blob>): Promise<Index> {
  const numbers = [...at.keys()]
    .map((n) => /^entry\/(\d+)\.txt$/.exec(n)?.[1])
    .filter((n) => n !== undefined)
    .map(Number);
  const index = {
    charters: [] as number[],
    draws: [] as DrawItem[],
    entries: new Map<number, string>(),
    corrections: new Map<number, number[]>(),
    noticeOf: new Map<number, number>(),
  };
  for (const i of numbers.sort((a, b) => a - b)) {
    const { type, body } = peek(text(new Uint8Array(await at.get(`entry/${i}.txt`)!.arrayBuffer())) ?? "");
    index.entries.set(i, type);
    const draw = index.draws.find((d) => d.notice === numberOf(body, "notice"));
    if (type === "charter") index.charters.push(i);
    else if (type === "notice") index.draws.push({ id: textOf(body, "draw"), name: textOf(body, "name"), notice: i, later: [] });
    else if ((type === "draw" || type === "platform-draw") && draw && draw.entry === undefined) draw.entry = i;
    else if ((type === "draw" || type === "platform-draw") && draw) draw.later.push(i); // a second one: never passed over
    else if ((type === "abort" || type === "teams-notice" || type === "request") && draw) draw.later.push(i);
    else if (type === "result") index.noticeOf.set(i, body["notice"] === undefined ? -1 : numberOf(body, "notice"));
    else if (type === "correction" || type === "takedown") {
      const about = numberOf(body, type === "correction" ? "result" : "entry");
      index.corrections.set(about, [...(index.corrections.get(about) ?? []), i]);
    }
  }
  return index;
}

/** peek is an entry's type and body, as far as they can be read. */
function peek(entry: string): { type: string; body: Members } {
  const lines = entry.split("\n");
  const type = /^sunlot\/v1 ([a-z-]+)$/.exec(lines[0] ?? "")?.[1] ?? "";
  try {
    const value = parseLoose(lines[2] ?? "", "entry");
    const body = members<Loose>(members<Loose>(value)?.["body"] ?? null);
    return { type, body: (body ?? {}) as Members };
  } catch {
    return { type, body: {} };
  }
}
