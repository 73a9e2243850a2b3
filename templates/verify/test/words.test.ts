// Every code that a module may throw has its sentence, and no sentence is of a
// code that nothing throws.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { hasWords } from "../src/words";

const dir = path.join(process.env["SUNLOT_ROOT"] ?? ".", "templates/verify/src");

/** codesOf finds the codes in a source: the first argument of a Fault, the one after the condition of ensure and must. */
function codesOf(source: string): string[] {
  const list = [...source.matchAll(/(?:new Fault\(|(?:compare|holds)\(f, )\s*"([^"]+)"/g)].map((m) => m[1]!);
  for (const call of source.matchAll(/(?:ensure|must)\(([^;]*?)\);/gs)) {
    const code = /,\s*"([a-z0-9.]+(?:-[a-z0-9.]+)*)"\s*,/.exec(call[1]!)?.[1];
    if (code !== undefined) {
      list.push(code);
    }
  }
  return list;
}

test("every fault has its sentence", () => {
  const codes = new Set<string>();
  for (const name of readdirSync(dir)) {
    // Reading rounds from text is the office's; no page does it.
    if (name.endsWith(".ts") && !["roundtext.ts", "rawjson.ts", "typed.ts"].includes(name)) {
      codesOf(readFileSync(path.join(dir, name), "utf8")).forEach((c) => codes.add(c));
    }
  }
  assert.ok(codes.size > 80, `only ${codes.size} codes were found`);
  assert.deepEqual([...codes].filter((c) => !hasWords(c)), []);
  assert.ok(!hasWords("no-such-code"));
});
