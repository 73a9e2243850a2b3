// Teams (draw1 §7).
import { utf8 } from "./bytes";
import { Fault, ensure } from "./fault";
import { alone, flowOf, type Flow, type Hall } from "./flow";
import type { Inspector } from "./pool";
import { compareWords, digest, type Beginning } from "./short";
import type { Work } from "./slices";
import { startOf } from "./ticket";

/** A team: members in the order of slots; one group team where there are such. */
export interface Team {
  readonly object: string;
  readonly members: readonly string[];
}

/** What one run of the assignment gives. */
export interface Staffing {
  readonly cap: number;
  /** in the order of assignment */
  readonly teams: readonly Team[];
  readonly unstaffed: readonly string[];
}

/** Everything that the teams depend on, but for the objects. */
export interface Hat {
  readonly seed: string;
  readonly slots: readonly string[];
  /** ascending by handle */
  readonly inspectors: readonly Inspector[];
  readonly recusals: ReadonlyMap<string, readonly string[]>;
  /** number of group teams; 0: a team for each object */
  readonly groupTeams: number;
}

/** Staffing with the group teams, where there are such. */
export interface Teams extends Staffing {
  readonly groupTeams: readonly Team[];
}

/** teams staffs objects, which stand in the order of their draw; with group teams in two runs. */
export function* teams(hat: Hat, objects: readonly string[]): Work<Teams> {
  // more than draw1 §7 has is no draw, and might fill the memory
  ensure(hat.slots.length <= 9 && hat.groupTeams <= 99, "bad-form", "slots, group_teams", `${hat.slots.length}, ${hat.groupTeams}`);
  if (hat.groupTeams === 0) {
    const one = yield* staff(hat.seed, objects, hat.slots, hat.inspectors, hat.recusals);
    return { ...one!, groupTeams: [] };
  }
  const names = Array.from({ length: hat.groupTeams }, (_, i) => teamName(i + 1));
  const first = yield* staff(hat.seed, names, hat.slots, hat.inspectors, new Map(), 1);
  if (first === undefined) {
    throw new Fault("unstaffed-team", "group_teams", String(hat.inspectors.length), String(names.length));
  }
  const recusals = new Map<string, string[]>();
  for (const [object, list] of hat.recusals) {
    const away = first.teams.filter((t) => t.members.some((m) => list.includes(m))).map((t) => t.object);
    recusals.set(object, away);
  }
  const stand = names.map((handle) => ({ handle, qualifications: [] }));
  const second = yield* staff(hat.seed, objects, [""], stand, recusals);
  return { ...second!, groupTeams: first.teams };
}

/** teamName is the name of group team n. */
export function teamName(n: number): string {
  return `team${String(n).padStart(2, "0")}`;
}

/**
 * staff is one run of steps 1 to 3. With a limit L is not sought but given, and
 * undefined is returned where not every object can be staffed under it.
 */
function* staff(
  seed: string,
  objects: readonly string[],
  slots: readonly string[],
  inspectors: readonly Inspector[],
  recusals: ReadonlyMap<string, readonly string[]>,
  limit?: number,
): Work<Staffing | undefined> {
  const everywhere = hallOf(objects, slots, inspectors, recusals);
  const usual = alone({ ...everywhere, recused: [] }, 0);
  const can = objects.map((_, i) => (everywhere.recused[i] === undefined ? usual : usual && alone(everywhere, i)));
  const unstaffed = objects.filter((_, i) => !can[i]);
  const rest = objects.filter((_, i) => can[i]);
  if (limit !== undefined && unstaffed.length > 0) {
    return undefined;
  }
  const hall = { ...everywhere, objects: rest.length, recused: everywhere.recused.filter((_, i) => can[i]) };
  const flow = yield* flowOf(hall, limit);
  if (flow === undefined) {
    return undefined;
  }
  const start = startOf(seed);
  const tails = inspectors.map((p) => utf8(`|${p.handle}`));
  const made: Team[] = [];
  for (let o = 0; o < rest.length; o++) {
    const lots = lotsOf(start, rest[o]!, tails);
    for (let s = 0; s < slots.length; s++) {
      choose(hall, flow, o, s, lots);
    }
    const seats = Array.from(flow.holder.subarray(o * slots.length, (o + 1) * slots.length));
    made.push({ object: rest[o]!, members: seats.map((p) => inspectors[p]!.handle) });
    yield { phase: "teams", done: o + 1, of: rest.length };
  }
  return { cap: rest.length === 0 ? 0 : flow.cap, teams: made, unstaffed };
}

/** hallOf turns names into numbers. */
function hallOf(
  objects: readonly string[],
  slots: readonly string[],
  inspectors: readonly Inspector[],
  recusals: ReadonlyMap<string, readonly string[]>,
): Hall {
  const number = new Map(inspectors.map((p, i) => [p.handle, i]));
  const fits = slots.map((need) => Uint8Array.from(inspectors, (p) => (need === "" || p.qualifications.includes(need) ? 1 : 0)));
  const recused = objects.map((o) => {
    const away = (recusals.get(o) ?? []).map((h) => number.get(h)).filter((i) => i !== undefined);
    return away.length === 0 ? undefined : new Set(away);
  });
  return {
    objects: objects.length,
    slots: slots.length,
    people: inspectors.length,
    fits,
    fit: fits.map((f) => Array.from(f.keys()).filter((i) => f[i] === 1)),
    recused,
  };
}

/** The lots of the inspectors at one object: at hashes one when it is first asked for and says where in words it stands. */
interface Lots {
  at(p: number): number;
  readonly words: Int32Array;
}

/** lotsOf makes H(seed + "|M|" + object + "|" + inspector) of those who are compared. */
function lotsOf(start: Beginning, object: string, tails: readonly Uint8Array[]): Lots {
  const head = utf8(`|M|${object}`);
  const longest = tails.reduce((n, t) => Math.max(n, t.length), 0);
  const tail = new Uint8Array(head.length + longest);
  tail.set(head);
  const all = new Int32Array(8 * tails.length);
  const known = new Uint8Array(tails.length);
  const at = (p: number): number => {
    if (known[p] === 0) {
      tail.set(tails[p]!, head.length);
      digest(start, tail, 0, head.length + tails[p]!.length, all, 8 * p);
      known[p] = 1;
    }
    return 8 * p;
  };
  return { at, words: all };
}

/** choose fills one slot (draw1 §7, step 3): by load, then lot, then handle, the first whose choice can be completed. */
function choose(hall: Hall, flow: Flow, object: number, slot: number, lots: Lots): void {
  const seat = object * hall.slots + slot;
  const recused = hall.recused[object];
  const load = flow.load;
  const level: number[] = [];
  for (let least = -1; ; ) {
    // The next level: of those who are eligible, all with the smallest load above least.
    let next = Infinity;
    level.length = 0;
    for (const p of hall.fit[slot]!) {
      const n = load[p]!;
      if (n <= least || n > next || recused?.has(p) === true || inTeam(hall, flow, object, slot, p)) {
        continue;
      }
      if (n < next) {
        next = n;
        level.length = 0;
      }
      level.push(p);
    }
    if (level.length === 0) {
      throw new Error("a complete assignment has somebody for every seat");
    }
    while (level.length > 0) {
      const p = takeFirst(level, lots);
      if (!flow.dead(seat, p) && flow.force(seat, p)) {
        return;
      }
    }
    least = next;
  }
}

/** takeFirst takes the one with the smallest lot, then handle, out of a list that is not empty. */
function takeFirst(level: number[], lots: Lots): number {
  let best = 0;
  for (let k = 1; k < level.length; k++) {
    const [a, b] = [level[k]!, level[best]!];
    const order = compareWords(lots.words, lots.at(a), lots.words, lots.at(b));
    if (order < 0 || (order === 0 && a < b)) {
      best = k;
    }
  }
  const p = level[best]!;
  level[best] = level[level.length - 1]!;
  level.pop();
  return p;
}

/** inTeam tells whether p holds an earlier slot of the object. */
function inTeam(hall: Hall, flow: Flow, object: number, slot: number, p: number): boolean {
  for (let t = object * hall.slots; t < object * hall.slots + slot; t++) {
    if (flow.holder[t] === p) {
      return true;
    }
  }
  return false;
}
