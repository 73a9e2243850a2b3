// Where a check reads the files of a ledger folder (ledger.md §8) from: the
// site that the page stands on, or files that the reader picked from a disk.

import { concat } from "./bytes";
import { Fault } from "./fault";

/** Source gives the files of a site by their address from the site's top. */
export interface Source {
  /** Bytes of one file. Fails with source.missing where the place says that
   * there is none, source.unreachable where nothing answered, source.not-given
   * where the reader did not hand it over. */
  get(path: string): Promise<Uint8Array>;
  /** Whether the reader picked the files: what is not among them then says
   * nothing about the office. */
  readonly picked: boolean;
  /** Whether the checkpoint is that of a proof file, for want of the ledger's. */
  readonly lent?: boolean;
}

/** The most that is read of one file: openings end at 16 MiB (record.md). */
const MOST = 64 << 20;

/** Until when a site must have answered. */
export const PATIENCE = 30_000;

/** fromSite reads from the site itself, root being the way from the page to
 * the site's top ("../../"). What changes under one name is asked for anew. */
export function fromSite(root: string, stop?: AbortSignal): Source {
  const kept = new Map<string, Promise<Uint8Array>>();
  return {
    picked: false,
    get(path) {
      const known = kept.get(path);
      if (known) return known;
      const answer = fetchBytes(root + path, path, stop);
      kept.set(path, answer);
      return answer;
    },
  };
}

async function fetchBytes(address: string, path: string, stop?: AbortSignal): Promise<Uint8Array> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  const end = (): void => patience.abort();
  stop?.addEventListener("abort", end);
  try {
    const answer = await fetch(address, { cache: "no-cache", credentials: "omit", redirect: "follow", signal: patience.signal });
    if (answer.status === 404 || answer.status === 410) throw new Fault("source.missing", path, String(answer.status), "200");
    if (!answer.ok) throw new Fault("source.unreachable", path, String(answer.status), "200");
    return await bytesOf(answer, path);
  } catch (e) {
    if (e instanceof Fault) throw e;
    throw new Fault("source.unreachable", path, e instanceof Error ? e.message : String(e), "200");
  } finally {
    clearTimeout(timer);
    stop?.removeEventListener("abort", end);
  }
}

/** bytesOf reads an answer, and no more of it than MOST: what a site sends on
 * without end is left. */
async function bytesOf(answer: Response, path: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = answer.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) return concat(...parts);
    size += value.length;
    if (size > MOST) {
      void reader?.cancel();
      throw new Fault("source.too-long", path, String(size), String(MOST));
    }
    parts.push(value);
  }
}

/** A file as a reader picks it: path as far as the browser tells it. */
export interface Picked {
  readonly path: string;
  readonly file: Blob;
}

/** The end of a path by which a file of a ledger folder is known. */
const PLACE =
  /(?:^|\/)((?:entry\/(?:0|[1-9]\d*)\.txt)|(?:proof\/(?:0|[1-9]\d*)\.tlog-proof)|(?:opening\/(?:0|[1-9]\d*)\.json)|(?:blob\/sha256\/[0-9a-f]{2}\/[0-9a-f]{64})|(?:tile\/(?:entries|\d)\/(?:x\d{3}\/)*\d{3}(?:\.p\/\d{1,3})?)|checkpoint|policy)$/;

/** place is where in a ledger folder a picked file belongs, "" if its path
 * does not say it. */
export function place(path: string): string {
  return PLACE.exec(path.replace(/\\/g, "/"))?.[1] ?? "";
}

/** fromFiles reads from picked files by the ends of their paths. */
export function fromFiles(files: readonly Picked[]): Source {
  return fromPlaces(placed(files));
}

/** placed puts picked files where their paths say. Two files for one place are
 * two ledgers, or two copies of one: refused, for which of them was checked
 * would be left to chance. */
export function placed(files: readonly Picked[]): Map<string, Blob> {
  const at = new Map<string, Blob>();
  const from = new Map<string, string>();
  for (const f of files) {
    const name = place(f.path);
    if (name === "") continue;
    const other = from.get(name);
    if (other !== undefined) throw new Fault("source.twice", name, f.path, other);
    from.set(name, f.path);
    at.set(name, f.file);
  }
  return at;
}

/** fromPlaces reads from files by their places in a ledger folder. */
export function fromPlaces(at: ReadonlyMap<string, Blob>, lent = false): Source {
  return {
    picked: true,
    lent,
    async get(path) {
      const f = at.get(path.replace(/^ledger\//, ""));
      if (!f) throw new Fault("source.not-given", path);
      if (f.size > MOST) throw new Fault("source.too-long", path, String(f.size), String(MOST));
      return new Uint8Array(await f.arrayBuffer());
    },
  };
}
