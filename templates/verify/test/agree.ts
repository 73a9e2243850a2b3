// Random cases that Go packages made and answered: each is answered again by
// the module in TypeScript, and both must say the same.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { must, unbase64 } from "../src/bytes";
import { outcome } from "./vectors/outcome";

/** What an accepted case says; a Fault says "refused". */
export type Said = (inputs: Uint8Array[], numbers: number[]) => string;

interface Case {
  readonly kind: string;
  readonly in: readonly string[];
  readonly n?: readonly number[];
  readonly want: string;
}

/** agree runs the cases of one file (SUNLOT_CASES names the folder) by their kinds. */
export function agree(file: string, kinds: { readonly [kind: string]: Said }): void {
  const counts = new Map<string, number>(Object.keys(kinds).map((k) => [k, 0]));
  const failed: string[] = [];
  test(`random cases of ${file}`, (t) => {
    const dir = process.env["SUNLOT_CASES"];
    assert.ok(dir !== undefined, "SUNLOT_CASES names no folder: tools/web/check.sh makes it");
    for (const line of readFileSync(join(dir, file), "utf8").trimEnd().split("\n")) {
      const c = JSON.parse(line) as Case;
      const run = kinds[c.kind];
      assert.ok(run, `nobody runs cases of kind ${c.kind}`);
      const inputs = c.in.map((s) => must(unbase64(s), "case", c.kind));
      const got = outcome(() => run(inputs, [...(c.n ?? [])]));
      const said = got.fault === undefined ? got.value : "refused";
      if (said !== c.want) {
        failed.push(`${c.kind}: said ${said} (${got.fault?.message ?? ""}), want ${c.want}, of ${line.slice(0, 2000)}`);
      }
      counts.set(c.kind, counts.get(c.kind)! + 1);
    }
    const all = [...counts.values()].reduce((a, b) => a + b, 0);
    t.diagnostic(`${file}: ${all - failed.length} agree, ${failed.length} do not: ${[...counts].map(([k, n]) => `${k} ${n}`).join(", ")}`);
    assert.deepEqual(failed.slice(0, 5), []);
    assert.ok(all >= 1000, `${all} cases`);
    for (const [kind, n] of counts) {
      assert.ok(n >= 50, `${n} cases of kind ${kind}`);
    }
  });
}
