// Random cases that the Go program made and answered (SUNLOT_CASES, a folder of
// files with a case a line: go test ./internal/draw -run Cases -args -cases DIR).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { draw1, lines, lottery, refillVector, teamsVector } from "./drawvectors";

const dir = process.env["SUNLOT_CASES"];
const kinds = { draw1, teams: teamsVector, refill: refillVector, lines, lottery };

for (const [kind, run] of Object.entries(kinds)) {
  test(`random ${kind}`, (t) => {
    assert.ok(dir !== undefined, "SUNLOT_CASES names no folder");
    const cases = readFileSync(join(dir, `${kind}.jsonl`), "utf8").trimEnd().split("\n");
    const failed: string[] = [];
    for (const line of cases) {
      try {
        run(new TextEncoder().encode(line));
      } catch (e) {
        failed.push(`${line.slice(0, 60)}: ${e instanceof Error ? e.message : String(e)}`);
      }
    }
    assert.ok(cases.length >= 1000, `${cases.length} cases`);
    t.diagnostic(`${kind}: ${cases.length} cases`);
    assert.deepEqual(failed.slice(0, 5), []);
  });
}
