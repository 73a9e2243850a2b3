// A small ledger in memory, made by an office that has every key: whatever a
// test changes of an entry is signed, witnessed and drawn anew, so that a check
// which finds it wrong has found the lie itself.
import { ed25519 } from "@noble/curves/ed25519.js";
import { base64, be64, concat, hex, utf8 } from "../src/bytes";
import { quotas } from "../src/quota";
import { Fault } from "../src/fault";
import { H, sha256 } from "../src/hash";
import { canonical, type Members } from "../src/json";
import { describe, inspectorsOf, joinLines, poolOf, readLines, type LinesKind } from "../src/pool";
import { drawSeed, handleFor, keyCommit, recusalHash, recusalSalt, saltOf } from "../src/seed";
import { atOnce } from "../src/slices";
import type { Source } from "../src/source";
import type { Ended, Run } from "../src/step";
import { teams } from "../src/team";
import { drawCells, inOrder, tickets } from "../src/ticket";
import { tilePath } from "../src/tile";
import { recordHash, rootOf } from "../src/tree";
import { inclusionPath } from "../src/tile";

/** A key that signs. */
export interface Key {
  readonly line: string;
  readonly name: string;
  note(text: string): string;
  cosign(text: string, time: number): string;
}

/** key makes a key of a name, type 4 for a witness. */
export function key(name: string, seed: number, type = 1): Key {
  const secret = new Uint8Array(32).fill(seed);
  const typed = concat(Uint8Array.of(type), ed25519.getPublicKey(secret));
  const id = sha256(utf8(`${name}\n`), typed).subarray(0, 4);
  const signature = (text: string, head: Uint8Array = new Uint8Array()): string => `— ${name} ${base64(concat(id, head, ed25519.sign(utf8(text), secret)))}\n`;
  return {
    line: `${name}+${hex(id)}+${base64(typed)}`,
    name,
    note: (text) => signature(text),
    cosign: (text, time) => signature(`cosignature/v1\ntime ${time}\n${text}`, be64(time)),
  };
}

export const origin = "a.cn/s";
export const log = key(origin, 1);
export const office = key(`${origin}/office`, 2);
export const witnesses = [key("w1", 3, 4), key("w2", 4, 4), key("w3", 5, 4)];
/** policyOf is a policy of these witnesses. */
export function policyOf(quorum: string, list: readonly Key[] = witnesses, of = log): string {
  const group = quorum === "none" ? "" : `group g ${quorum} ${list.map((w) => w.name).join(" ")}\n`;
  return `log ${of.line}\n${list.map((w) => `witness ${w.name} ${w.line}\n`).join("")}${group}quorum ${quorum === "none" ? "none" : "g"}\n`;
}

/** quicknet's round 1000 (beacon.md, the example), and when it was. */
export const ROUND = { time: 1692806364, at: "2023-08-23T23:59:24+08:00", signature: "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39" };

/** A body while it is made. */
export type Body = { [member: string]: Members[string] };
export interface Entry {
  readonly type: string;
  readonly body: Body;
  /** who signs, the office if absent */
  readonly by?: readonly Key[];
  /** the second at which the witnesses sign */
  readonly seen?: number;
}

/** Files of a site by their addresses. */
export type Files = Map<string, Uint8Array>;

/** write makes a site's ledger of entries. */
export async function write(entries: readonly Entry[], files: Files, policy = policyOf("2"), seers: readonly Key[] = witnesses): Promise<readonly Uint8Array[]> {
  const bytes = entries.map((e) => bytesOf(e));
  const leaves = bytes.map((b) => recordHash(b));
  const tile = concat(...leaves);
  const head = (size: number, time: number): string => {
    const text = `${origin}\n${size}\n${base64(rootOf(leaves.slice(0, size)))}\n`;
    return `${text}\n${log.note(text)}${seers.map((w) => w.cosign(text, time)).join("")}`;
  };
  for (const [i, e] of entries.entries()) {
    const path = await inclusionPath(i, i + 1, async () => tile.subarray(0, 32 * (i + 1)));
    files.set(`ledger/entry/${i}.txt`, bytes[i]!);
    files.set(`ledger/proof/${i}.tlog-proof`, utf8(`c2sp.org/tlog-proof@v1\nindex ${i}\n${path.map((h) => base64(h) + "\n").join("")}\n${head(i + 1, e.seen ?? ROUND.time - 3600)}`));
  }
  files.set("ledger/checkpoint", utf8(head(entries.length, ROUND.time + 3600)));
  files.set("ledger/policy", utf8(policy));
  files.set(`ledger/${tilePath(0, 0, entries.length)}`, tile);
  return bytes;
}

/** bytesOf is an entry with its signatures. */
export function bytesOf({ type, body, by = [office] }: Entry): Uint8Array {
  const text = `sunlot/v1 ${type}\n${origin}\n${canonical({ body, env: { at: "2023-08-01T09:00:00+08:00", by: "办公室" } })}\n`;
  return utf8(`${text}\n${by.map((k) => k.note(text)).join("")}`);
}

/** put stores a file of lines and gives what a record says of it. */
export function put(files: Files, kind: LinesKind, lines: readonly string[]): Body {
  const data = joinLines(lines);
  const { sha256: sum, root, lines: n, bytes } = atOnce(describe(atOnce(readLines(kind, data))));
  files.set(`ledger/blob/sha256/${sum.slice(0, 2)}/${sum}`, data);
  return { bytes, root, sha256: sum, ...(n > 0 ? { lines: n } : {}) };
}

export const K = "11".repeat(32);
export const KI = "22".repeat(32);
/** codeOf is the code of enterprise i, handle its handle. */
export const codeOf = (i: number): string => `91370322MA${String(i).padStart(8, "0")}`;
export const handle = (i: number): string => handleFor("O", saltOf(K, "O", codeOf(i)), codeOf(i));
const person = (i: number): string => handleFor("I", saltOf(KI, "I", `A-${1000 + i}`), `A-${1000 + i}`);

/** charter is entry 0. */
export const charter = (policy: string | undefined, keys: readonly Key[] = [office]): Body => ({
  demo: true, internet: true, office: "甲局", region: "370322", site: { name: "s" },
  keys: [...keys.map((k) => ({ key: k.line, role: "office" })), { key: log.line, role: "log" }],
  pack: { id: "p", file: { bytes: 1, sha256: H("pack") } },
  ...(policy === undefined ? {} : { policy }),
});

/** What a test changes: of a body when it is made, before the next is. */
export interface Change {
  readonly policy?: string;
  readonly seers?: readonly Key[];
  readonly keys?: readonly Key[];
  /** lines of the hat and of those left out */
  readonly hat?: (pool: string[], out: string[]) => void;
  readonly rosters?: (objects: Body, inspectors: Body) => void;
  readonly notice?: (b: Body, files: Files) => void;
  readonly draw?: (b: Body, files: Files) => void;
}

/** Where the entries of world stand. */
export const NOTICE = 3, DRAW = 4;

/** world is a ledger with one draw: of ten enterprises eight are in the hat, one
 * is left out by the cap and one by its status; three are drawn. */
export async function world(change: Change = {}, more: (files: Files) => readonly Entry[] = () => []): Promise<Files> {
  const files: Files = new Map();
  const pool = Array.from({ length: 8 }, (_, i) => `${handle(i)}|t1|1`);
  const out = [`${handle(8)}|g1|cap`, `${handle(9)}|g1|status`];
  change.hat?.(pool, out);
  const people = [0, 1, 2, 3].map((i) => `${person(i)}|`);
  const register = (kind: string, count: number): Body => ({ kind, count, date: "2023-08-01", reason: "制定", version: 1, file: { bytes: 70 * count, sha256: H(kind), lines: count, root: H("root" + kind) } });
  const [objects, inspectors] = [register("objects", 10), register("inspectors", 4)];
  const ref = (entry: number, b: Body): Body => ({ entry, count: b["count"]!, sha256: H(b["kind"] as string) });
  const notice: Body = {
    casts: "sunlot", checklist: 1, declared: 0, draw: "2023-001", due: { dispatch: "2023-08-24", k: "2023-10-20", results: "2023-10-20" },
    from: "2023-08-25", to: "2023-09-30", items: ["1"], leader: "slot0", line: "1", mode: "不定向", most_for_one: 0, name: "抽查", names: "on-result",
    plan: 1, replace: "appoint", scope: "全部", serial: 1, units: [{ name: "一科" }], slots: [{}, {}], keycommit: keyCommit(K), keycommit_i: keyCommit(KI),
    roster: ref(1, objects), inspectors: ref(2, inspectors), pool: put(files, "pool", pool), out: put(files, "leftout", out), people: put(files, "inspectors", people),
    recusals: put(files, "recusal-commits", pool.map((l) => `${l.slice(0, 32)}|${recusalHash(recusalSalt(KI, l.slice(0, 32)), [])}`)),
    groups: [{ name: "g1", rule: "total", total: 3, base: 9, ratio: "0.3", words: "全部", cells: [{ cell: "t1", name: "一镇", count: 8, quota: 3 }] }],
    randomness: { kind: "drand", chain: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971", round: 1000, time: ROUND.at },
  };
  change.rosters?.(objects, inspectors);
  change.notice?.(notice, files);
  const policy = change.policy ?? policyOf("2");
  const entries: Entry[] = [
    { type: "charter", body: charter(policy, change.keys) },
    { type: "roster", body: objects },
    { type: "roster", body: inspectors },
    { type: "notice", body: notice },
  ];
  const cast = castOf(files, notice, hex(sha256(bytesOf(entries[NOTICE]!))));
  change.draw?.(cast, files);
  entries.push({ type: "draw", body: cast, seen: ROUND.time + 600 }, ...more(files));
  await write(entries, files, policy, change.seers);
  return files;
}

/** castOf draws. */
function castOf(files: Files, notice: Body, c: string): Body {
  const read = (name: string, kind: LinesKind) => {
    const sum = (notice[name] as Body)["sha256"] as string;
    return atOnce(readLines(kind, files.get(`ledger/blob/sha256/${sum.slice(0, 2)}/${sum}`) ?? new Uint8Array()));
  };
  const hat = poolOf(read("pool", "pool"));
  const rho = hex(sha256(Uint8Array.from({ length: 48 }, (_, i) => parseInt(ROUND.signature.slice(2 * i, 2 * i + 2), 16))));
  const seed = drawSeed(c, [], rho);
  const quota = quotas([{ name: "g1", rule: "total", total: 3, minimum: 0, cells: ["t1"] }], new Map([["t1", hat.count]]));
  const drawn = atOnce(drawCells(hat, atOnce(tickets(seed, hat)), quota));
  const handles = inOrder(drawn).map((o) => o.handle);
  const inspectors = inspectorsOf(read("people", "inspectors"));
  const made = atOnce(teams({ seed, slots: ["", ""], inspectors, recusals: new Map(), groupTeams: 0 }, handles));
  return {
    cells: drawn.map((d) => ({ cell: d.cell, count: d.count, quota: d.quota, cutoff: d.cutoff })), commitment: c, count: handles.length,
    drawn: put(files, "drawn", drawn.flatMap((d) => d.objects.map((o) => `${d.cell}|${o.ticket}|${o.handle}`))), load: made.cap, notice: NOTICE,
    recusals: put(files, "recusals", handles.map((h) => `${h}|${recusalSalt(KI, h)}|`)), rho, seed, signature: ROUND.signature,
    teams: put(files, "teams", made.teams.map((t) => [t.object, ...t.members].join("|"))), unstaffed: put(files, "unstaffed", []),
  };
}

/** siteOf serves files; picked, they are those that a reader chose. */
export function siteOf(files: Files, picked = false): Source {
  return {
    picked,
    get: async (path) => files.get(path) ?? Promise.reject(new Fault(picked ? "source.not-given" : "source.missing", path)),
  };
}

/** run is a page that says codes in the place of sentences. */
export const run: Run = { tell: () => undefined, pause: async () => undefined, words: (f) => f.code };

/** statesOf are the steps that are not 相符: how each ended, and a fault's code. */
export function statesOf(e: Ended): { [id: string]: string } {
  return Object.fromEntries(e.steps.filter((s) => s.state !== "good").map((s) => [s.id, /^[a-z.-]+$/.test(s.words) ? `${s.state} ${s.words}` : s.state]));
}
