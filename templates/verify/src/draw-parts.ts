// What the steps of a draw share: its files, read and held to their digests
// (draw1 §4).

import type { BLS } from "./beacon";
import { EMPTY, blobPath, readFile } from "./blob";
import type { Blobs } from "./draw";
import { ensure } from "./fault";
import type { Members } from "./json";
import type { Ledger, Proven } from "./ledger";
import { membersOf, numberOf, part, textOf } from "./members";
import { poolOf, rows, type Lines, type Pool } from "./pool";
import type { Slicing } from "./slices";
import type { Source } from "./source";
import type { Plan, Run } from "./step";

/** What the page itself says, to be held to what was computed. */
export interface Shown {
  readonly text: string;
  /** the drawn as the page lists them: handle and the text of its row */
  readonly rows: readonly {
    readonly handle: string;
    readonly text: string;
    /** of the enterprise that it names, "" for none */ readonly code: string;
  }[];
}

/** What a check of a draw may need beside the files. */
export interface Tools {
  bls(): Promise<BLS>;
}

/** Files of a notice, read and held to their digests. */
export interface Files {
  readonly pool: Pool;
  readonly out: Lines;
  readonly people: Lines | undefined;
  readonly recusals: Lines | undefined;
  readonly experts: Lines | undefined;
}

/** Everything that the steps of a draw hand on. */
export interface Draw {
  readonly run: Run;
  readonly plan: Plan;
  readonly ledger: Ledger;
  readonly tools: Tools;
  readonly notice: Proven;
  readonly body: Members;
  readonly files: Files;
  readonly shown: Shown | undefined;
}

/** waiting are the steps that nothing was said of yet. */
export function waiting(p: Plan): string[] {
  return [...p.done.values()].filter((s) => s.state === "waiting").map((s) => s.id);
}

/** moment is the time of the value that the notice names (draw1 §1). */
export function moment(body: Members): string {
  const r = part(body, "randomness");
  return r ? textOf(r, "time") : textOf(body, "before");
}

/** readFiles reads what the notice describes (draw1 §4). */
export async function readFiles(run: Run, source: Source, body: Members): Promise<Files> {
  const pool = await readFile(run, source, body, "pool", "pool");
  const out = await readFile(run, source, body, "out", "leftout");
  ensure(pool !== undefined && out !== undefined, "file-missing", "pool, out");
  const people = await readFile(run, source, body, "people", "inspectors");
  await readFile(run, source, body, "people_out", "leftout");
  const recusals = await readFile(run, source, body, "recusals", "recusal-commits");
  const second = part(body, "experts");
  const experts = second && (await readFile(run, source, second, "pool", "inspectors"));
  const register = numberOf(membersOf(body["roster"]), "count");
  ensure(pool.count + out.count === register, "roster-count", "pool + out", String(pool.count + out.count), String(register));
  const inside = poolOf(pool);
  const left = new Set(rows(out).map((r) => r[0]!));
  for (const r of rows(pool)) ensure(!left.has(r[0]!), "twice-in-register", "pool", r[0]!);
  return { pool: inside, out, people, recusals, experts };
}

/** poolHandles are the handles of a pool. */
export function poolHandles(pool: Pool): string[] {
  const all = new TextDecoder().decode(pool.handles);
  return Array.from({ length: pool.count }, (_, i) => all.slice(32 * i, 32 * i + 32));
}

/** blobsOf reads files beside the ledger. */
export function blobsOf(d: Draw): Blobs {
  return { blob: async (sum) => (sum === EMPTY ? new Uint8Array() : d.ledger.source.get(blobPath(sum))) };
}

/** howOf runs long work with the page's breaths. */
export function howOf(d: Draw): Slicing {
  return { pause: () => d.run.pause() };
}
