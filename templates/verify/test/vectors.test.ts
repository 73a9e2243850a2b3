// The same cases as the Go program runs (spec/vectors). A folder that nobody
// names here fails the test: no case is left out in silence.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ledger } from "./vectors/ledger";
import { record } from "./vectors/record";
import type { Runner, Vector } from "./vectors/outcome";

const root = join(process.env["SUNLOT_ROOT"] ?? ".", "spec", "vectors");

/** Runners by the folder of their cases. */
const runners: { readonly [folder: string]: Runner } = {
  ledger,
  record,
};

/** Folders whose cases the browser's check has no part in, and why. */
const elsewhere: { readonly [folder: string]: string } = {
  workdays: "due dates are the judge's, not the page's",
  // to be run by their modules:
  beacon: "not yet",
  draw1: "not yet",
  lines: "not yet",
  lottery: "not yet",
  refill: "not yet",
  teams: "not yet",
};

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
        run(JSON.parse(readFileSync(join(root, folder, name), "utf8")) as Vector);
      } catch (e) {
        failed.push(`${name}: ${String(e instanceof Error ? e.message : e).slice(0, 600)}`);
      }
    }
    assert.ok(names.length > 0, "no cases");
    t.diagnostic(`${folder}: ${names.length - failed.length} passed, ${failed.length} failed`);
    assert.deepEqual(failed, []);
  });
}
