// The same cases as the Go program runs (spec/vectors). A folder that nobody
// names here fails the test: no case is left out in silence.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { beacon, draw1, lines, lottery, refillVector, teamsVector } from "./drawvectors";
import { ledger } from "./vectors/ledger";
import type { Runner, Vector } from "./vectors/outcome";
import { record } from "./vectors/record";

const root = join(process.env["SUNLOT_ROOT"] ?? ".", "spec", "vectors");

/** Runners by the folder of their cases: each takes a file and throws where the outcome is another. */
const runners: { readonly [folder: string]: (file: Uint8Array) => void } = {
  beacon,
  draw1,
  ledger: parsed(ledger),
  lines,
  lottery,
  record: parsed(record),
  refill: refillVector,
  teams: teamsVector,
};

/** Folders whose cases the browser's check has no part in, and why. */
const elsewhere: { readonly [folder: string]: string } = {
  workdays: "due dates are the judge's, not the page's",
};

function parsed(run: Runner): (file: Uint8Array) => void {
  return (file) => run(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(file)) as Vector);
}

for (const folder of readdirSync(root).sort()) {
  test(`vectors ${folder}`, (t) => {
    const run = runners[folder];
    if (run === undefined) {
      assert.ok(elsewhere[folder], `nobody runs spec/vectors/${folder}`);
      t.diagnostic(`${folder}: not run here: ${elsewhere[folder]}`);
      return;
    }
    assert.equal(elsewhere[folder], undefined, "run, and listed as not run");
    const names = readdirSync(join(root, folder)).sort();
    const failed: string[] = [];
    for (const name of names) {
      assert.match(name, /\.json$/);
      try {
        run(readFileSync(join(root, folder, name)));
      } catch (e) {
        failed.push(`${name}: ${String(e instanceof Error ? e.message : e).slice(0, 600)}`);
      }
    }
    assert.ok(names.length > 0, "no cases");
    t.diagnostic(`${folder}: ${names.length - failed.length} passed, ${failed.length} failed`);
    assert.deepEqual(failed, []);
  });
}
