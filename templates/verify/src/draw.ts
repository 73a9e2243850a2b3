// A draw computed again from what is public: notice, pool, randomness (draw1 §1
// to §7). Every value that the draw's record claims is put beside the one
// computed here: by recompute all at once, by the functions below step by step.

import { hex } from "./bytes";
import { compare, findings, holds, unknown, type Findings } from "./compare";
import { Fault, ensure } from "./fault";
import { sha256 } from "./hash";
import type { Members } from "./json";
import { listOf, membersOf, numberOf, part, textOf } from "./members";
import { countCells, describe, inspectorsOf, lineText, poolOf, readLines, rows, type Lines, type LinesKind, type Pool } from "./pool";
import { quotas, totalOf, type Group } from "./quota";
import { checkContributions, checkRandomness, type Setting } from "./randomness";
import { drawSeed, recusalHash } from "./seed";
import { inSlices, type Slicing } from "./slices";
import { teams, type Hat, type Team, type Teams } from "./team";
import { drawCells, inOrder, tickets, type CellDrawn, type Drawn, type Tickets } from "./ticket";

/** Files beside the log by their digest; what is asked for is tested here. */
export interface Blobs {
  blob(sha256: string): Promise<Uint8Array>;
}

/** A cast and everything around it. */
export interface Cast extends Omit<Setting, "id" | "c">, Blobs {
  /** bytes of the notice's entry, with its signature lines */
  readonly noticeBytes: Uint8Array;
  /** bodies of the notice and of the draw */
  readonly notice: Members;
  readonly draw: Members;
}

/** A draw computed again. */
export interface Recomputed extends Findings {
  readonly c: string;
  readonly rho: string;
  readonly seed: string;
  readonly pool: Pool;
  readonly tickets: Tickets;
  readonly cells: readonly CellDrawn[];
  /** all drawn objects by ticket, then handle */
  readonly order: readonly Drawn[];
  /** undefined where the teams come later */
  readonly teams?: Teams;
}

/** recompute computes a draw again. It throws a Fault where something cannot be read at all, and the signal's reason. */
export async function recompute(cast: Cast, how: Slicing = {}): Promise<Recomputed> {
  const f = findings();
  const { notice, draw } = cast;
  const c = hex(sha256(cast.noticeBytes));
  compare(f, "commitment", "", c, textOf(draw, "commitment"));
  const pool = poolOf(await readFile(cast, f, "pool", "pool", notice, how));
  const quota = checkQuotas(f, notice, draw, pool);

  const at: Setting = { origin: cast.origin, id: textOf(notice, "draw"), c, entry: (i) => cast.entry(i), bls: cast.bls };
  const named = part(notice, "randomness") ?? {};
  const rho = checkRandomness(f, at, named, draw);
  compare(f, "rho", "", rho, textOf(draw, "rho"));
  const seed = drawSeed(c, await checkContributions(f, at, named, draw), rho);
  compare(f, "seed", "", seed, textOf(draw, "seed"));

  const all = await inSlices(tickets(seed, pool), how);
  const cells = await inSlices(drawCells(pool, all, quota), how);
  checkCutoffs(f, draw, cells);
  await checkDrawn(cast, f, draw, cells, how);
  const order = inOrder(cells);
  const handles = order.map((o) => o.handle);
  const done = { ...f, c, rho, seed, pool, tickets: all, cells, order };

  const slots = slotsOf(notice);
  const closed = await readFile(cast, f, "recusals", "recusal-commits", notice, how);
  const recusals = await checkRecusals(cast, f, notice, draw, closed, slots.length === 0 ? [] : handles, how);
  await checkExperts(cast, f, notice, draw, seed, handles, how);
  if (slots.length === 0) {
    await checkStaffed(cast, f, draw, { cap: 0, teams: [], unstaffed: [], groupTeams: [] }, how);
    return done;
  }
  const people = inspectorsOf(await readFile(cast, f, "people", "inspectors", notice, how));
  const hat: Hat = { seed, slots, inspectors: people, recusals, groupTeams: numberOf(notice, "group_teams") };
  return { ...done, teams: await checkTeams(cast, f, draw, hat, handles, how) };
}

/** readFile reads a file of lines that a body names, and compares it with what the body says of it (draw1 §4). */
async function readFile(blobs: Blobs, f: Findings, name: string, kind: LinesKind, body: Members, how: Slicing): Promise<Lines> {
  const said = part(body, name);
  ensure(said !== undefined, "file-missing", name);
  const lines = await inSlices(readLines(kind, await blobs.blob(textOf(said, "sha256"))), how);
  const got = await inSlices(describe(lines), how);
  compare(f, "file-sha256", name, got.sha256, textOf(said, "sha256"));
  compare(f, "file-bytes", name, got.bytes, numberOf(said, "bytes"));
  compare(f, "file-lines", name, got.lines, numberOf(said, "lines"));
  compare(f, "file-root", name, got.root, textOf(said, "root"));
  return lines;
}

/** checkMade compares the lines that we make with the file that a record describes; the first that differs is named. */
async function checkMade(blobs: Blobs, f: Findings, name: string, kind: LinesKind, made: readonly string[], body: Members, how: Slicing): Promise<void> {
  const file = await readFile(blobs, f, name, kind, body, how);
  const ours = made.slice().sort();
  for (let i = 0; i < Math.max(ours.length, file.count); i++) {
    const [got, want] = [ours[i] ?? "", i < file.count ? lineText(file, i) : ""];
    if (got !== want) {
      compare(f, "differs", `${name} ${i + 1}`, got, want);
      return;
    }
  }
}

/** slotsOf are the qualifications of a team's places. */
export function slotsOf(body: Members): string[] {
  return listOf(body, "slots").map((s) => textOf(membersOf(s), "needs"));
}

/** groupsOf reads the groups of a notice. */
function groupsOf(notice: Members): Group[] {
  return listOf(notice, "groups").map(membersOf).map((g) => ({
    name: textOf(g, "name"),
    rule: textOf(g, "rule") === "census" ? "census" : "total",
    total: numberOf(g, "total"),
    minimum: numberOf(g, "minimum"),
    cells: listOf(g, "cells").map((c) => textOf(membersOf(c), "cell")),
  }));
}

/** checkQuotas computes numbers and quotas of every cell, and compares them with notice and draw (draw1 §5). */
export function checkQuotas(f: Findings, notice: Members, draw: Members, pool: Pool): Map<string, number> {
  const groups = groupsOf(notice);
  const counts = countCells(pool);
  const named = groups.flatMap((g) => g.cells);
  const known = new Set(named);
  const twice = named.find((cell, i) => named.indexOf(cell) !== i);
  ensure(twice === undefined, "cell-twice", "groups", twice ?? "", "every cell in one group");
  for (const cell of counts.keys()) {
    ensure(known.has(cell), "unknown-cell", "pool", cell);
  }
  const quota = quotas(groups, counts);
  const groupsSaid = listOf(notice, "groups").map(membersOf);
  for (const g of groupsSaid) {
    const ratio = textOf(g, "ratio");
    // A batch draws a part of its line's number, less what the batches before it drew (verify.md, A notice).
    if (notice["batch"] !== undefined) {
      unknown(f, "total", textOf(g, "name"));
    } else if (ratio !== "" && textOf(g, "rule") === "total") {
      compare(f, "total", textOf(g, "name"), totalOf(ratio, numberOf(g, "base")), numberOf(g, "total"));
    }
  }
  const drawSaid = listOf(draw, "cells").map(membersOf);
  for (const c of [...groupsSaid.flatMap((g) => listOf(g, "cells").map(membersOf)), ...drawSaid]) {
    const cell = textOf(c, "cell");
    compare(f, "cell-count", cell, counts.get(cell) ?? 0, numberOf(c, "count"));
    compare(f, "quota", cell, quota.get(cell) ?? "", numberOf(c, "quota"));
  }
  compare(f, "cells", "", [...quota.keys()].sort().join(","), drawSaid.map((c) => textOf(c, "cell")).join(","));
  return quota;
}

/** checkCutoffs compares the cut-off of every cell (draw1 §6). */
export function checkCutoffs(f: Findings, draw: Members, cells: readonly CellDrawn[]): void {
  const said = new Map(listOf(draw, "cells").map((c) => [textOf(membersOf(c), "cell"), textOf(membersOf(c), "cutoff")]));
  for (const c of cells) {
    compare(f, "cutoff", c.cell, c.cutoff, said.get(c.cell) ?? "");
  }
}

/** checkDrawn compares the list of all that were drawn (draw1 §6). */
export async function checkDrawn(blobs: Blobs, f: Findings, draw: Members, cells: readonly CellDrawn[], how: Slicing): Promise<void> {
  const lines = cells.flatMap((c) => c.objects.map((o) => `${c.cell}|${o.ticket}|${o.handle}`));
  compare(f, "count", "", lines.length, numberOf(draw, "count"));
  await checkMade(blobs, f, "drawn", "drawn", lines, draw, how);
}

/**
 * checkRecusals holds the opened recusals to the commitments of the notice
 * (draw1 §4) and to their declarations (§7): exactly one line for every drawn
 * object, for a line about another would stand in the place of one that is
 * kept back. Without drawn that alone is not tested.
 */
export async function checkRecusals(
  blobs: Blobs,
  f: Findings,
  notice: Members,
  draw: Members,
  closed: Lines,
  drawn: readonly string[] | undefined,
  how: Slicing,
): Promise<Map<string, string[]>> {
  const opened = rows(await readFile(blobs, f, "recusals", "recusals", draw, how));
  if (drawn !== undefined) {
    const got = opened.map((r) => r[0]!);
    const known = new Set(drawn);
    const other = got.find((h) => !known.has(h));
    holds(f, "recusal-objects", other ?? "", other === undefined && got.length === drawn.length, got.length, drawn.length);
  }
  const hashes = commitmentsOf(closed, new Set(opened.map((r) => r[0]!)));
  const recusals = new Map<string, string[]>();
  let [most, sum] = [0, 0];
  for (const [object, salt, away] of opened) {
    const names = away === "" ? [] : away!.split(",");
    const hash = recusalHash(salt!, names);
    if (hash !== hashes.get(object!)) {
      compare(f, "recusal", object!, hash, hashes.get(object!) ?? "");
    }
    if (names.length > 0) {
      recusals.set(object!, names);
    }
    most = Math.max(most, names.length);
    sum += names.length;
  }
  holds(f, "recusal-most", "", most <= numberOf(notice, "most_for_one"), most, numberOf(notice, "most_for_one"));
  holds(f, "recusal-declared", "", sum <= numberOf(notice, "declared"), sum, numberOf(notice, "declared"));
  await checkDeclarations(blobs, f, draw, recusals, how);
  return recusals;
}

/** commitmentsOf finds the commitments of some objects. */
function commitmentsOf(closed: Lines, wanted: ReadonlySet<string>): Map<string, string> {
  const found = new Map<string, string>();
  for (let i = 0; i < closed.count; i++) {
    const line = lineText(closed, i);
    if (wanted.has(line.slice(0, 32))) {
      found.set(line.slice(0, 32), line.slice(33));
    }
  }
  return found;
}

/** checkDeclarations: behind each opened recusal stands a declaration, of one inspector always the same. */
async function checkDeclarations(blobs: Blobs, f: Findings, draw: Members, recusals: ReadonlyMap<string, readonly string[]>, how: Slicing): Promise<void> {
  const wanted = [...recusals].flatMap(([object, names]) => names.map((n) => `${object}|${n}`)).sort();
  const lines = part(draw, "declarations") === undefined ? [] : rows(await readFile(blobs, f, "declarations", "declared", draw, how));
  const pairs = lines.map(([object, inspector]) => `${object}|${inspector}`);
  const at = Array.from({ length: Math.max(pairs.length, wanted.length) }).findIndex((_, i) => pairs[i] !== wanted[i]);
  holds(f, "declarations", wanted[at] ?? "", at < 0, pairs.length, wanted.length);
  const entries = new Map<string, string>();
  for (const [, inspector, entry] of lines) {
    const first = entries.get(inspector!) ?? entry!;
    entries.set(inspector!, first);
    if (first !== entry) {
      compare(f, "declarations-two", inspector!, entry!, first);
    }
  }
}

/** teamLines are the lines of a teams file. */
function teamLines(list: readonly Team[]): string[] {
  return list.map((t) => [t.object, ...t.members].join("|"));
}

/** checkTeams staffs the objects again and compares (draw1 §7). Group teams that cannot be formed leave all unstaffed. */
export async function checkTeams(blobs: Blobs, f: Findings, draw: Members, hat: Hat, objects: readonly string[], how: Slicing): Promise<Teams> {
  let t: Teams;
  try {
    t = await inSlices(teams(hat, objects), how);
  } catch (e) {
    if (!(e instanceof Fault) || e.code !== "unstaffed-team") {
      throw e;
    }
    t = { cap: 0, teams: [], unstaffed: objects, groupTeams: [] };
  }
  await checkStaffed(blobs, f, draw, t, how);
  return t;
}

/** checkStaffed compares the teams with the draw's; where they come later there are none. */
export async function checkStaffed(blobs: Blobs, f: Findings, draw: Members, t: Teams, how: Slicing): Promise<void> {
  compare(f, "load", "", t.cap, numberOf(draw, "load"));
  await checkMade(blobs, f, "teams", "teams", teamLines(t.teams), draw, how);
  await checkMade(blobs, f, "unstaffed", "unstaffed", t.unstaffed, draw, how);
  if (t.groupTeams.length > 0 || part(draw, "group_teams") !== undefined) {
    await checkMade(blobs, f, "group_teams", "teams", teamLines(t.groupTeams), draw, how);
  }
}

/** checkExperts is the second run, over all drawn objects, with a hat of its own and no recusals (draw1 §7); undefined without one. */
export async function checkExperts(
  blobs: Blobs,
  f: Findings,
  notice: Members,
  draw: Members,
  seed: string,
  objects: readonly string[],
  how: Slicing,
): Promise<Teams | undefined> {
  const experts = part(notice, "experts");
  if (experts === undefined) {
    compare(f, "experts", "", part(draw, "experts") === undefined ? 0 : 1, 0);
    return undefined;
  }
  const people = inspectorsOf(await readFile(blobs, f, "pool", "inspectors", experts, how));
  const hat: Hat = { seed, slots: slotsOf(experts), inspectors: people, recusals: new Map(), groupTeams: 0 };
  const t = await inSlices(teams(hat, objects), how);
  compare(f, "load", "experts", t.cap, numberOf(draw, "expert_load"));
  await checkMade(blobs, f, "experts", "teams", teamLines(t.teams), draw, how);
  return t;
}
