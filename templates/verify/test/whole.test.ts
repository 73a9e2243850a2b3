// Random draws as records (the Go program's, SUNLOT_CASES/whole.jsonl), computed
// again; then with one value changed, which must show.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { bls } from "../src/bls";
import { utf8 } from "../src/bytes";
import { sound } from "../src/compare";
import { recompute, type Cast } from "../src/draw";
import { Fault } from "../src/fault";
import { H } from "../src/hash";
import type { Members, Value } from "../src/json";
import { describe, joinLines, readLines } from "../src/pool";
import { recusalHash, recusalSalt } from "../src/seed";
import { atOnce } from "../src/slices";
import type { BLS } from "../src/beacon";

interface Whole {
  readonly origin: string;
  readonly entry: string;
  readonly notice: Members;
  readonly draw: Members;
  readonly files: { readonly [sha256: string]: string };
  readonly entries: { readonly [index: string]: string };
}

const cases = (): Whole[] => {
  const dir = process.env["SUNLOT_CASES"];
  assert.ok(dir !== undefined, "SUNLOT_CASES names no folder");
  return readFileSync(join(dir, "whole.jsonl"), "utf8").trimEnd().split("\n").map((l) => JSON.parse(l) as Whole);
};

function castOf(w: Whole, pairing?: BLS): Cast {
  return {
    origin: w.origin,
    noticeBytes: utf8(w.entry),
    notice: w.notice,
    draw: w.draw,
    entry: async (i) => utf8(w.entries[i] ?? ""),
    blob: async (sha256) => utf8(w.files[sha256] ?? ""),
    bls: pairing,
  };
}

/** numbers is a small generator with a fixed beginning. */
function numbers(): (below: number) => number {
  let at = 0;
  return (below) => parseInt(H(`numbers ${at++}`).slice(0, 8), 16) % below;
}

/** change alters one value of an object, at a random place; a list's elements are as likely as a member. */
function change(v: Value, pick: (below: number) => number): Value {
  if (typeof v === "string") {
    const i = pick(v.length || 1);
    return v.slice(0, i) + (v[i] === "0" ? "1" : "0") + v.slice(i + 1);
  }
  if (typeof v === "number") {
    return v + 1;
  }
  if (typeof v === "boolean") {
    return !v;
  }
  const entries = Object.entries(v);
  if (entries.length === 0) {
    return v;
  }
  const [name, x] = entries[pick(entries.length)]!;
  return Array.isArray(v) ? v.map((y: Value, i) => (String(i) === name ? change(x, pick) : y)) : { ...v, [name]: change(x, pick) };
}

test("random draws, computed again", async (t) => {
  let n = 0;
  for (const w of cases()) {
    const r = await recompute(castOf(w, n % 60 === 0 ? bls : undefined), { ms: 1000 });
    const differ = r.comparisons.filter((c) => !c.same);
    assert.deepEqual(differ, [], `case ${n}`);
    assert.ok(r.comparisons.length > 20);
    n++;
  }
  assert.ok(n >= 1000);
  t.diagnostic(`whole: ${n} draws`);
});

test("random draws with one value changed", async (t) => {
  const pick = numbers();
  let found = 0;
  let refused = 0;
  for (const [n, w] of cases().slice(0, 600).entries()) {
    // what stands in a draw and is no value of it: the index of its notice, scans
    const { notice, ...claims } = w.draw;
    const spoilt = change(claims, pick) as Members;
    assert.ok(notice !== undefined && JSON.stringify(spoilt) !== JSON.stringify(claims), `case ${n}`);
    const drand = w.draw["signature"] !== undefined && spoilt["signature"] !== w.draw["signature"];
    try {
      const r = await recompute(castOf({ ...w, draw: { ...spoilt, notice } }, drand ? bls : undefined), { ms: 1000 });
      assert.ok(!sound(r), `case ${n}: ${JSON.stringify(spoilt)} passed for ${JSON.stringify(claims)}`);
      found++;
    } catch (e) {
      assert.ok(e instanceof Fault, `case ${n}: ${String(e)}`);
      refused++;
    }
  }
  assert.ok(found > 400 && refused > 15);
  t.diagnostic(`changed: ${found} differ, ${refused} could not be read`);
});

test("random draws with one file changed", async () => {
  const pick = numbers();
  for (const [n, w] of cases().entries()) {
    if (n % 6 !== 0) {
      continue;
    }
    const inputs = [w.notice["pool"], w.notice["recusals"], w.notice["people"], w.draw["recusals"]].filter((f) => f !== undefined);
    const used = inputs.map((f) => String((f as Members)["sha256"])).filter((h) => (w.files[h] ?? "") !== "" && (h !== String((w.notice["people"] as Members)["sha256"]) || w.notice["slots"] !== undefined));
    const name = used[pick(used.length)]!;
    const file = change(w.files[name]!, pick) as string;
    try {
      const r = await recompute(castOf({ ...w, files: { ...w.files, [name]: file } }), { ms: 1000 });
      assert.ok(!sound(r), `case ${n}: ${name}`);
    } catch (e) {
      assert.ok(e instanceof Fault, `case ${n}: ${String(e)}`);
    }
  }
});

test("recusals of another object in the place of a drawn one", async (t) => {
  let tried = 0;
  for (const [n, w] of cases().entries()) {
    const drawn = new Set(lines(w, w.draw["drawn"]).map((l) => l.split("|")[2]!));
    const other = lines(w, w.notice["pool"]).map((l) => l.slice(0, 32)).find((h) => !drawn.has(h));
    const opened = lines(w, w.draw["recusals"]);
    const given = opened.findIndex((l) => !l.endsWith("|"));
    if (other === undefined || given < 0 || n % 3 !== 0) {
      continue;
    }
    // its line is as committed, where nobody stood back: the generator's KI of case n is H("KI" + n)
    const salt = recusalSalt(H(`KI${n}`), other);
    const commits = lines(w, w.notice["recusals"]);
    if (!commits.includes(`${other}|${recusalHash(salt, [])}`)) {
      continue;
    }
    const made = opened.map((l, i) => (i === given ? `${other}|${salt}|` : l));
    for (const list of [made, opened.filter((_, i) => i !== given)]) {
      const r = await recompute(castOf(withFile(w, "recusals", list)), { ms: 1000 });
      assert.equal(r.comparisons.find((c) => !c.same)?.name, "recusal-objects", `case ${n}`);
    }
    tried++;
  }
  assert.ok(tried > 20, `${tried} tried`);
  t.diagnostic(`recusals kept back: ${tried}`);
});

/** lines are those of a file that a body names. */
function lines(w: Whole, file: Value | undefined): string[] {
  return (w.files[String((file as Members)["sha256"])] ?? "").split("\n").slice(0, -1);
}

/** withFile puts another file into a draw, described as it is. */
function withFile(w: Whole, name: string, made: readonly string[]): Whole {
  const data = joinLines(made);
  const { sha256, root, lines: n, bytes } = atOnce(describe(atOnce(readLines("recusals", data))));
  return { ...w, draw: { ...w.draw, [name]: { sha256, root, lines: n, bytes } }, files: { ...w.files, [sha256]: new TextDecoder().decode(data) } };
}
