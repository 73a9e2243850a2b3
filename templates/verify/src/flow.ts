// Who may still be chosen (draw1 §7): one complete assignment of inspectors to
// seats is kept at hand, as a flow from seats to pairs (object, inspector) of
// capacity 1 and on to inspectors of capacity L. A choice is possible exactly
// if, after forcing it, one augmenting path makes the assignment complete.
//
// Seat t is slot t % slots of object ⌊t / slots⌋. People are numbers.

import type { Work } from "./slices";

/** Seats, and who is eligible for them. */
export interface Hall {
  readonly objects: number;
  readonly slots: number;
  readonly people: number;
  /** those who hold what slot s needs, ascending */
  readonly fit: readonly (readonly number[])[];
  /** whether somebody is in fit of slot s: fits[s][person] */
  readonly fits: readonly Uint8Array[];
  /** the recused of an object; undefined: nobody */
  readonly recused: readonly (ReadonlySet<number> | undefined)[];
}

/** A complete assignment under change. */
export interface Flow {
  /** the least L for which an assignment exists (draw1 §7, step 2) */
  readonly cap: number;
  /** who holds a seat; only what is fixed stays */
  readonly holder: Int32Array;
  /** number of fixed seats of each person: the current load */
  readonly load: Int32Array;
  /** force fixes a seat to an eligible person who is not fixed in the object, if that can be completed. */
  force(seat: number, person: number): boolean;
  /** dead tells whether the last refusal for this seat also rules out this person. */
  dead(seat: number, person: number): boolean;
}

/** alone tells whether an object's own slots can all be filled by different eligible people (draw1 §7, step 1). */
export function alone(hall: Hall, object: number): boolean {
  const takes = new Map<number, number>();
  const recused = hall.recused[object];
  const place = (slot: number, tried: Set<number>): boolean => {
    for (const p of hall.fit[slot]!) {
      if (tried.has(p) || recused?.has(p) === true) {
        continue;
      }
      tried.add(p);
      const other = takes.get(p);
      if (other === undefined || place(other, tried)) {
        takes.set(p, slot);
        return true;
      }
    }
    return false;
  };
  for (let s = 0; s < hall.slots; s++) {
    if (!place(s, new Set())) {
      return false;
    }
  }
  return true;
}

/** flowOf finds a complete assignment with the least cap, or with the cap given; undefined if that one does not do. */
export function* flowOf(hall: Hall, given?: number): Work<Flow | undefined> {
  const { slots, people } = hall;
  const seats = hall.objects * slots;
  const holder = new Int32Array(seats).fill(-1);
  const fixed = new Uint8Array(seats);
  const load = new Int32Array(people);
  // held[p] are the seats of p that are not fixed; spot[t] is t's place in it.
  const held: number[][] = Array.from({ length: people }, () => []);
  const spot = new Int32Array(seats);
  let cap = given ?? atLeast(hall);

  const give = (t: number, p: number): void => {
    holder[t] = p;
    spot[t] = held[p]!.push(t) - 1;
  };
  const take = (t: number): void => {
    const list = held[holder[t]!]!;
    const last = list.pop()!;
    if (last !== t) {
      list[spot[t]!] = last;
      spot[last] = spot[t]!;
    }
    holder[t] = -1;
  };
  const seatOf = (object: number, p: number): number => {
    for (let t = object * slots; t < (object + 1) * slots; t++) {
      if (holder[t] === p) {
        return t;
      }
    }
    return -1;
  };

  const from = new Int32Array(seats);
  const got = new Int32Array(seats);
  const seatSeen = new Int32Array(seats);
  const personSeen = new Int32Array(people);
  let stamp = 0;
  let left: (number[] | undefined)[] = [];
  let queue: number[] = [];
  const visit = (t: number, parent: number, p: number): void => {
    seatSeen[t] = stamp;
    from[t] = parent;
    got[t] = p;
    queue.push(t);
  };
  /** shift moves everybody along the path that ends with seat t taking p. */
  const shift = (t: number, p: number): void => {
    for (;;) {
      if (holder[t]! >= 0) {
        take(t);
      }
      const parent = from[t]!;
      const next = got[t]!;
      give(t, p);
      if (parent < 0) {
        return;
      }
      t = parent;
      p = next;
    }
  };
  /** expand looks for those whom seat t may take; true if one of them has room. */
  const expand = (t: number): boolean => {
    const slot = t % slots;
    const object = (t - slot) / slots;
    const recused = hall.recused[object];
    for (let q = object * slots; q < (object + 1) * slots; q++) {
      const p = holder[q]!;
      if (q !== t && p >= 0 && fixed[q] === 0 && seatSeen[q] !== stamp && hall.fits[slot]![p] === 1 && recused?.has(p) !== true) {
        visit(q, t, p);
      }
    }
    const list = (left[slot] ??= hall.fit[slot]!.slice());
    let kept = 0;
    for (let k = 0; k < list.length; k++) {
      const p = list[k]!;
      if (personSeen[p] === stamp) {
        continue;
      }
      if (recused?.has(p) === true || seatOf(object, p) >= 0) {
        list[kept++] = p;
        continue;
      }
      if (load[p]! + held[p]!.length < cap) {
        shift(t, p);
        return true;
      }
      personSeen[p] = stamp;
      for (const u of held[p]!) {
        if (seatSeen[u] !== stamp) {
          visit(u, t, p);
        }
      }
    }
    list.length = kept;
    return false;
  };
  /** augment finds a new holder for one of the roots, moving others on. */
  const augment = (roots: readonly number[], closed: number): boolean => {
    stamp++;
    left = [];
    queue = [];
    if (closed >= 0) {
      personSeen[closed] = stamp;
    }
    for (const t of roots) {
      visit(t, -1, -1);
    }
    for (let i = 0; i < queue.length; i++) {
      if (expand(queue[i]!)) {
        return true;
      }
    }
    return false;
  };

  for (let t = 0; t < seats; t++) {
    while (!augment([t], -1)) {
      if (given !== undefined || cap > seats) {
        return undefined;
      }
      cap++;
    }
    if (t % 256 === 255) {
      yield { phase: "teams", done: 0, of: hall.objects };
    }
  }

  let refused = -1;
  const force = (t: number, p: number): boolean => {
    const before = holder[t]!;
    const other = before === p ? -1 : seatOf((t - (t % slots)) / slots, p);
    take(t);
    if (other >= 0) {
      take(other);
    }
    holder[t] = p;
    fixed[t] = 1;
    load[p]!++;
    const full = load[p]! + held[p]!.length > cap;
    const good = other >= 0 ? augment([other], -1) : !full || augment(held[p]!.slice(), p);
    if (good) {
      return true;
    }
    load[p]!--;
    fixed[t] = 0;
    give(t, before);
    if (other >= 0) {
      give(other, p);
    }
    refused = t;
    return false;
  };
  const dead = (t: number, p: number): boolean => refused === t && personSeen[p] === stamp;
  return { cap, holder, load, force, dead };
}

/** atLeast is a number of seats that somebody holds in every assignment. */
function atLeast(hall: Hall): number {
  let most = 0;
  for (let s = 0; s < hall.slots; s++) {
    const same = hall.fit.filter((f) => f.every((p) => hall.fits[s]![p] === 1)).length;
    most = Math.max(most, Math.ceil((same * hall.objects) / Math.max(1, hall.fit[s]!.length)));
  }
  return most;
}
