// Long work in slices: a computation is a generator that says now and then how
// far it is. A test runs it through at once; a page runs it so that it stays
// alive between two slices and can be told to stop.

/** What is being done, and how much of it is done. */
export interface Progress {
  readonly phase: "file" | "tickets" | "order" | "teams";
  readonly done: number;
  readonly of: number;
}

export type Work<T> = Generator<Progress, T, void>;

/** How slices are run: onProgress after each, signal before each; ms is the length of one. */
export interface Slicing {
  readonly onProgress?: (p: Progress) => void;
  readonly signal?: AbortSignal;
  /** the pause between two slices, if not the next turn; it may throw to end the work */
  readonly pause?: () => Promise<void>;
  readonly ms?: number;
}

/** atOnce runs work to its end without a pause. */
export function atOnce<T>(work: Work<T>): T {
  for (;;) {
    const r = work.next();
    if (r.done === true) return r.value;
  }
}

/** inSlices runs work with a pause every 30 ms or so; an aborted signal rejects with its reason. */
export async function inSlices<T>(work: Work<T>, how: Slicing = {}): Promise<T> {
  const length = how.ms ?? 30;
  for (;;) {
    if (how.signal?.aborted === true) throw how.signal.reason ?? new Error("aborted");
    const until = performance.now() + length;
    let last: Progress | undefined;
    do {
      const r = work.next();
      if (r.done === true) return r.value;
      last = r.value;
    } while (performance.now() < until);
    how.onProgress?.(last);
    await (how.pause?.() ?? new Promise<void>((resolve) => setTimeout(resolve, 0)));
  }
}
