// The steps of a check: each says in words what was computed, with its
// numbers, and how it ended. Nothing here knows of pages; a check tells its
// steps to whoever shows them.

import { Fault } from "./fault";
import type { Work } from "./slices";

/** How a step stands: not begun, being computed, 相符, 不相符, or not to be
 * decided here, with the reason in words. */
export type State = "waiting" | "running" | "good" | "bad" | "unknown";

/** A number of a step under its name: 种子, 总校验码, 中签线. */
export interface Figure {
  readonly name: string;
  readonly value: string;
}

/** What is shown of a step. */
export interface Step {
  readonly id: string;
  readonly title: string;
  readonly words: string;
  readonly state: State;
  readonly figures: readonly Figure[];
}

/** How a step ended. */
export interface Outcome {
  readonly state: "good" | "bad" | "unknown";
  readonly words: string;
  readonly figures?: readonly Figure[];
}

/** What a check needs around it. */
export interface Run {
  /** called whenever a step changes */
  tell(step: Step): void;
  /** a breath, so that the page stays alive; fails once the reader cancels */
  pause(): Promise<void>;
  /** sentences for a fault */
  words(fault: Fault): string;
}

/** The verdict over all steps: good only if every step is. */
export type Verdict = "good" | "bad" | "part";

/** What is told of a finished check. */
export interface Ended {
  readonly verdict: Verdict;
  readonly steps: readonly Step[];
  /** what the verdict rests on, a sentence */
  readonly trust: string;
  /** what was checked: 抽取 2023-003 */
  readonly what: string;
  /** what a reader asked, answered in a line: it stands above the verdict */
  readonly answer?: string;
  /** the verdict in words, where the number of steps says too little */
  readonly words?: string;
}

/** Cancelled ends a check that the reader stopped. */
export class Cancelled extends Error {}

/** Trouble ends a step as unknown, with the reason. */
export class Trouble extends Error {}

export const good = (words: string, ...figures: Figure[]): Outcome => ({ state: "good", words, figures });
export const bad = (words: string, ...figures: Figure[]): Outcome => ({ state: "bad", words, figures });
export const unknown = (words: string, ...figures: Figure[]): Outcome => ({ state: "unknown", words, figures });
export const figure = (name: string, value: string | number | bigint): Figure => ({ name, value: String(value) });

/** through runs long work with breaths between its slices. */
export async function through<T>(run: Run, work: Work<T>): Promise<T> {
  for (;;) {
    const until = performance.now() + 30;
    do {
      const r = work.next();
      if (r.done === true) return r.value;
    } while (performance.now() < until);
    await run.pause();
  }
}

/** A step's id and its title. */
export type Title = readonly [id: string, title: string];

/** Plan is a list of steps that are shown as waiting before the first runs. */
export interface Plan {
  /** Runs one step and returns what it computed, or undefined if it ended
   * otherwise than good. A fault within it is 不相符, except that a file that
   * could not be reached or was not given leaves the step undecided. */
  step<T>(id: string, work: (note: (o: Outcome) => void) => Promise<T>): Promise<T | undefined>;
  /** Shows further steps as waiting. */
  add(steps: readonly Title[]): void;
  /** Says of a step that it was not computed, and why. */
  skip(id: string, words: string): void;
  readonly done: ReadonlyMap<string, Step>;
  verdict(): Verdict;
}

/** plan shows the steps and hands out the means to run them. */
export function plan(run: Run, steps: readonly Title[]): Plan {
  const done = new Map<string, Step>();
  const titles = new Map<string, string>();
  const set = (id: string, state: State, words: string, figures: readonly Figure[] = []): void => {
    const step = { id, title: titles.get(id) ?? id, words, state, figures };
    done.set(id, step);
    run.tell(step);
  };
  const add = (more: readonly Title[]): void => {
    for (const [id, title] of more) {
      titles.set(id, title);
      set(id, "waiting", "");
    }
  };
  add(steps);
  return {
    done,
    add,
    skip: (id, words) => set(id, "unknown", words),
    async step(id, work) {
      await run.pause();
      set(id, "running", "");
      await run.pause();
      let outcome: Outcome | undefined;
      try {
        const value = await work((o) => {
          if (outcome === undefined || worse(o.state, outcome.state)) outcome = o;
        });
        const o = outcome ?? unknown("这一步没有结论。");
        set(id, o.state, o.words, o.figures);
        return value;
      } catch (e) {
        if (e instanceof Cancelled) throw e;
        const f = failure(e, run);
        set(id, f.state, f.words, f.figures);
        return undefined;
      }
    },
    verdict() {
      const states = [...done.values()].map((s) => s.state);
      if (states.includes("bad")) return "bad";
      return states.every((s) => s === "good") ? "good" : "part";
    },
  };
}

const order = { good: 0, unknown: 1, bad: 2 } as const;

function worse(a: Outcome["state"], b: Outcome["state"]): boolean {
  return order[a] > order[b];
}

/** clipped is what is shown of a value: a file of many megabytes may be the one that is wrong. */
export function clipped(s: string): string {
  return s.length > 1000 ? s.slice(0, 1000) + "……" : s;
}

/** What a module says in the words of its page of spec/ is of no use here. */
const english = /^[^\u4e00-\u9fff]*[a-z]{2,} [a-z]/i;

/** failure makes an outcome of what a step threw. */
function failure(e: unknown, run: Run): Outcome {
  if (e instanceof Trouble) return unknown(e.message);
  if (!(e instanceof Fault)) throw e; // our own mistake, never the ledger's
  const figures = [e.place, e.got, e.want]
    .map((s, i) => figure(["位置", "算得", "应为"][i]!, clipped(s)))
    .filter((f) => f.value !== "" && !english.test(f.value));
  const away = e.code === "source.unreachable" || e.code === "source.not-given";
  return { state: away ? "unknown" : "bad", words: run.words(e), figures };
}

/** skipWaiting says of every step that has not begun why it will not. */
export function skipWaiting(p: Plan, words: string): void {
  for (const s of [...p.done.values()]) if (s.state === "waiting") p.skip(s.id, words);
}
