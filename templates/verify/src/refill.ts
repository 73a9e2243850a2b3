// Replacement by lot (draw1 §8).
import type { Inspector } from "./pool";
import { H } from "./hash";
import type { Team } from "./team";

/** A team with places to fill: members by slot, "" for a place; barred are those who may not come. */
export interface Gap {
  readonly object: string;
  readonly members: readonly string[];
  readonly barred: readonly string[];
}

/**
 * refill fills the places, teams in the given order, slots ascending; seed is
 * that of the replacement. A place that nobody may take stays "". loads are the
 * slots that inspectors hold without the emptied ones.
 */
export function refill(
  seed: string,
  slots: readonly string[],
  inspectors: readonly Inspector[],
  gaps: readonly Gap[],
  loads: ReadonlyMap<string, number>,
): Team[] {
  const load = new Map(loads);
  return gaps.map((gap) => {
    const members = gap.members.slice();
    members.forEach((m, slot) => {
      if (m === "") {
        members[slot] = first(seed, gap, members, slots[slot]!, inspectors, load);
      }
    });
    return { object: gap.object, members };
  });
}

/** first is the eligible inspector with the least (load, lot, handle), whose load rises; "" if there is none. */
function first(
  seed: string,
  gap: Gap,
  members: readonly string[],
  need: string,
  inspectors: readonly Inspector[],
  load: Map<string, number>,
): string {
  let best = "";
  let key = "";
  let least = 0;
  for (const { handle, qualifications } of inspectors) {
    if ((need !== "" && !qualifications.includes(need)) || members.includes(handle) || gap.barred.includes(handle)) {
      continue;
    }
    const n = load.get(handle) ?? 0;
    const lot = `${H(`${seed}|M|${gap.object}|${handle}`)}|${handle}`;
    if (best === "" || n < least || (n === least && lot < key)) {
      best = handle;
      key = lot;
      least = n;
    }
  }
  if (best !== "") {
    load.set(best, least + 1);
  }
  return best;
}
