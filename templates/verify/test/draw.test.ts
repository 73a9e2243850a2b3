// The cases about lots and beacons that the Go program runs (spec/vectors).
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { beacon, draw1, lines, lottery, refillVector, teamsVector } from "./drawvectors";

const root = join(process.env["SUNLOT_ROOT"] ?? ".", "spec", "vectors");
const runners = { beacon, draw1, lines, lottery, refill: refillVector, teams: teamsVector };

for (const [folder, run] of Object.entries(runners)) {
  test(`vectors ${folder}`, (t) => {
    const failed: string[] = [];
    const names = readdirSync(join(root, folder));
    for (const name of names) {
      try {
        run(readFileSync(join(root, folder, name)));
      } catch (e) {
        failed.push(`${name}: ${e instanceof Error ? e.message : String(e)}`);
      }
    }
    assert.ok(names.length > 10);
    t.diagnostic(`${folder}: ${names.length - failed.length} passed, ${failed.length} failed`);
    assert.deepEqual(failed, []);
  });
}
