// The files beside a ledger (record.md, File; draw1 §4): fetched by digest and
// held to everything that the record says of them.

import { Fault, ensure } from "./fault";
import type { Members } from "./json";
import { numberOf, part, textOf } from "./members";
import { describe, readLines, type Lines, type LinesKind } from "./pool";
import type { Source } from "./source";
import { through, type Run } from "./step";

/** blobPath is where a file stands. */
export function blobPath(sha256: string): string {
  return `ledger/blob/sha256/${sha256.slice(0, 2)}/${sha256}`;
}

/** the digest of the empty file, which need not be fetched */
export const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** readFile reads the file of lines that a member of a body describes and
 * compares bytes, digest, number of lines and root. Undefined where the body
 * has no such member. */
export async function readFile(run: Run, source: Source, body: Members, name: string, kind: LinesKind): Promise<Lines | undefined> {
  const said = part(body, name);
  if (!said) return undefined;
  const sum = textOf(said, "sha256");
  const data = sum === EMPTY ? new Uint8Array() : await source.get(blobPath(sum));
  const place = `${name}（${blobPath(sum)}）`;
  ensure(data.length === numberOf(said, "bytes"), "file-bytes", place, String(data.length), String(numberOf(said, "bytes")));
  let lines: Lines;
  try {
    lines = await through(run, readLines(kind, data));
  } catch (e) {
    throw e instanceof Fault ? new Fault(e.code, `${place} ${e.place}`, e.got, e.want) : e;
  }
  const is = await through(run, describe(lines));
  ensure(is.sha256 === sum, "file-sha256", place, is.sha256, sum);
  ensure(is.lines === numberOf(said, "lines"), "file-lines", place, String(is.lines), String(numberOf(said, "lines")));
  ensure(textOf(said, "root") === is.root, "file-root", place, is.root, textOf(said, "root"));
  return lines;
}
