// What the steps of a draw share: its files, read and held to their digests
// (draw1 §4).

import type { BLS } from "./beacon";
import { EMPTY, blobPath, readFile } from "./blob";
import { slotsOf, type Blobs } from "./draw";
import { Fault, ensure } from "./fault";
import type { Members } from "./json";
import { held, type Ledger, type Proven } from "./ledger";
import { listOf, membersOf, numberOf, part, textOf } from "./members";
import { countCells, poolOf, rows, type Lines, type Pool } from "./pool";
import type { Slicing } from "./slices";
import type { Source } from "./source";
import type { Plan, Run } from "./step";

/** What the page itself says, to be held to what was computed. */
export interface Shown {
  readonly text: string;
  /** the draw of which the page is by its address, "" where that says nothing */
  readonly at: string;
  /** the drawn as the page lists them: handle and the text of its row */
  readonly rows: readonly {
    readonly handle: string;
    readonly text: string;
    /** the enterprise's page that it leads to, without ending; "" for none */ readonly code: string;
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

/** readFiles reads what the notice describes (draw1 §4), and holds what it says
 * of its registers to the files: nobody of them is dropped in silence, none has
 * more lots than another, and what a ratio is taken of is what stands there
 * (verify.md, A notice). */
export async function readFiles(run: Run, source: Source, body: Members): Promise<Files> {
  const pool = await readFile(run, source, body, "pool", "pool");
  const out = await readFile(run, source, body, "out", "leftout");
  ensure(pool !== undefined && out !== undefined, "file-missing", "pool, out");
  const people = await readFile(run, source, body, "people", "inspectors");
  const away = await readFile(run, source, body, "people_out", "leftout");
  const recusals = await readFile(run, source, body, "recusals", "recusal-commits");
  const second = part(body, "experts");
  const experts = second && (await readFile(run, source, second, "pool", "inspectors"));
  const off = second && (await readFile(run, source, second, "out", "leftout"));
  const left = rowsOf(out);
  whole("pool + out", rowsOf(pool), left, numberOf(membersOf(body["roster"]), "count"));
  if (slotsOf(body).length > 0) {
    whole("people + people_out", rowsOf(people), rowsOf(away), numberOf(membersOf(body["inspectors"]), "count"));
    const names = (f: Lines | undefined): string => rowsOf(f).map((r) => r[0]!).join();
    ensure(names(recusals) === names(pool), "recusal-lines", "recusals"); // both ascend
  }
  if (second) whole("experts", rowsOf(experts), rowsOf(off), numberOf(membersOf(second["roster"]), "count"));
  const inside = poolOf(pool);
  ensure(inside.weight.every((w) => w === 1), "bad-weight", "pool", "", "1");
  const counts = countCells(inside);
  for (const g of listOf(body, "groups").map(membersOf)) {
    const name = textOf(g, "name");
    const lines = listOf(g, "cells").reduce<number>((n, c) => n + (counts.get(textOf(membersOf(c), "cell")) ?? 0), 0);
    const base = lines + left.filter((r) => r[1] === name && (r[2] === "cap" || r[2] === "batch")).length;
    ensure(base === numberOf(g, "base"), "base", name, String(numberOf(g, "base")), String(base));
  }
  return { pool: inside, out, people, recusals, experts };
}

const rowsOf = (f: Lines | undefined): string[][] => (f ? rows(f) : []);

/** whole: those in and those left out are the register's number, each once. */
function whole(place: string, inside: readonly string[][], left: readonly string[][], register: number): void {
  const seen = new Set<string>();
  for (const [handle] of [...inside, ...left]) {
    ensure(!seen.has(handle!), "twice-in-register", place, handle!);
    seen.add(handle!);
  }
  ensure(seen.size === register, "roster-count", place, String(seen.size), String(register));
}

/** checkRegisters holds the registers that a notice names to their entries;
 * false where these were not given. */
export async function checkRegisters(l: Ledger, notice: Proven): Promise<boolean> {
  const { body } = notice.entry;
  const named = [["objects", part(body, "roster")], ["inspectors", part(body, "inspectors")], ["experts", part(part(body, "experts") ?? {}, "roster")]] as const;
  try {
    for (const [kind, ref] of named) {
      if (!ref) continue;
      const index = numberOf(ref, "entry");
      const place = `entry/${index}.txt`;
      const { entry } = await held(l, index);
      ensure(entry.type === "roster" && index < notice.index, "entry-type", place, entry.type, "roster");
      const said = `${textOf(entry.body, "kind")} ${numberOf(entry.body, "count")} ${textOf(membersOf(entry.body["file"]), "sha256")}`;
      const want = `${kind} ${numberOf(ref, "count")} ${textOf(ref, "sha256")}`;
      ensure(said === want, "roster-entry", place, said, want);
    }
  } catch (e) {
    if (e instanceof Fault && e.code === "source.not-given") return false;
    throw e;
  }
  return true;
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
