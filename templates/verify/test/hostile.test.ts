// Hostile input: whatever is handed to a reader, it answers or throws a Fault,
// soon. What it answers is another test's matter.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { concat, unbase64, unhex, utf8 } from "../src/bytes";
import { cosigned, openCheckpoint } from "../src/checkpoint";
import { Fault } from "../src/fault";
import { parseCanonical } from "../src/json";
import { verifyMLDSA } from "../src/mldsa";
import { lineOf, parseNote, parseVKey, witnessTypes } from "../src/note";
import { badFields, openHandles, parseOpening } from "../src/opening";
import { canonicalPolicy, fewest, overlap, parsePolicy } from "../src/policy";
import { checkProof, parseProof } from "../src/proof";
import { parseEntry, parseText, sealedFields } from "../src/record";
import { parseBundle, parseTile } from "../src/tile";
import { checkConsistency, checkInclusion } from "../src/tree";
import type { Vector } from "./vectors/outcome";

const root = join(process.env["SUNLOT_ROOT"] ?? ".", "spec", "vectors");

/** Every reader of bytes. */
const readers: { readonly [name: string]: (b: Uint8Array) => unknown } = {
  note: (b) => parseNote(b).lines.map((l) => lineOf(parseNote(b), { ...l, line: "", type: 1, key: b })),
  vkey: (b) => [parseVKey(latin(b)), parseVKey(latin(b), witnessTypes)],
  policy: (b) => [canonicalPolicy(parsePolicy(b)), overlap(parsePolicy(b)), fewest(parsePolicy(b))],
  checkpoint: (b) => openCheckpoint(b, policy),
  proof: (b) => [parseProof(b), checkProof(b, b, policy)],
  bundle: (b) => [1, 2, 256].map((n) => parseBundle(b, n)),
  tile: (b) => parseTile(b, Math.floor(b.length / 32)),
  text: (b) => sealedFields(parseText(b)),
  entry: (b) => sealedFields(parseEntry(b)),
  opening: (b) => [openHandles(parseOpening(b)), badFields(filing, parseOpening(b))],
  json: (b) => parseCanonical(latin(b)),
  base64: (b) => unbase64(latin(b)),
};

const latin = (b: Uint8Array): string => Buffer.from(b).toString("utf8");
const policy = parsePolicy(utf8("log demo.example/log+4f0740c1+Ac7MFQfcHd1ylZUcKQiI8JWtuQRNG3PWlubfBl1oO9T8\nquorum none\n"));
const filing = parseText(
  utf8('sunlot/v1 filing\na/b\n{"body":{"date":"2023-06-12","plan":3,"to":"甲"},"env":{"at":"2023-06-12T09:30:00+08:00","by":"甲"}}\n'),
);

/** survives runs a reader and lets through nothing but a Fault; says whether it answered. */
function survives(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (e) {
    assert.ok(e instanceof Fault, `not a Fault: ${e instanceof Error ? e.stack : String(e)}`);
    return false;
  }
}

/** The inputs of all cases of a folder. */
function inputs(folder: string): Uint8Array[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const v = JSON.parse(readFileSync(join(root, folder, name), "utf8")) as Vector;
    const said = [v["text"], v["opening"], v["policy"], v["entry"]].filter((s): s is string => typeof s === "string").map(utf8);
    return typeof v["hex"] === "string" ? [unhex(v["hex"]), ...said] : said;
  });
}

/** A generator of numbers that are always the same (xorshift). */
function numbers(seed: number): (below: number) => number {
  let x = seed;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

function mutate(b: Uint8Array, next: (below: number) => number): Uint8Array {
  const copy = b.slice();
  const at = next(Math.max(1, b.length));
  const to = at + next(40);
  switch (next(6)) {
    case 0:
      copy[at] = next(256);
      return copy;
    case 1:
      return concat(b.subarray(0, at), b.subarray(to));
    case 2:
      return concat(b.subarray(0, to), b.subarray(at));
    case 3:
      return concat(b.subarray(0, at), utf8(["\n", "\0", '"', "\\", "{", "[", "}", "=", "é", "\ufeff", "0", "-", "\n\n— "][next(13)]!), b.subarray(at));
    case 4:
      return b.subarray(0, at);
    default:
      copy.fill(next(256), at, to);
      return copy;
  }
}

test("mutated vectors through every reader", (t) => {
  const next = numbers(20261122);
  let answered = 0;
  let refused = 0;
  for (const input of [...inputs("ledger"), ...inputs("record")]) {
    for (let i = 0; i < 6; i++) {
      const b = i === 0 ? input : mutate(i % 3 === 0 ? mutate(input, next) : input, next);
      for (const read of Object.values(readers)) {
        survives(() => read(b)) ? answered++ : refused++;
      }
    }
  }
  t.diagnostic(`${answered} answered, ${refused} refused`);
  assert.ok(answered > 1000 && refused > 10_000);
});

test("what is large, deep or long is answered soon", () => {
  const big = 4 * 1024 * 1024;
  const handles = Array.from({ length: 100_000 }, (_, i) => `{"id":"${String(i).padStart(8, "0")}","kind":"I","salt":"${"0".repeat(32)}"}`);
  const begin = Date.now();
  for (const [name, s] of [
    ["opening", `{"handles":[${handles.join(",")}]}`],
    ["opening", `{"fields":{${Array.from({ length: 100_000 }, (_, i) => `"${i}":{"salt":"","value":""}`).join(",")}}}`],
    ["opening", "[".repeat(big)],
    ["opening", `"${"\\n".repeat(big / 2 - 1)}"`],
    ["opening", "9".repeat(big)],
    ["opening", " ".repeat(big)],
    ["opening", "[" + "1,".repeat(big / 2 - 1) + "1]"],
    ["opening", "x".repeat(4 * big + 1)],
    ["json", '{"a":'.repeat(100_000)],
    ["json", `"${"\\ud800".repeat(100_000)}"`],
    ["json", "-".repeat(100_000)],
    ["note", "\n".repeat(131072)],
    ["note", `a\n\n${"— a AAAAAAA=\n".repeat(8000)}`],
    ["note", `a\n\n— ${"a".repeat(131000)}`],
    ["policy", "log\n".repeat(16384)],
    ["policy", `${"# \n".repeat(20000)}quorum none\n`],
    ["policy", `group g 1 ${"a ".repeat(32000)}\nquorum none\n`],
    ["proof", `c2sp.org/tlog-proof@v1\nextra ${"A".repeat(200_000)}\nindex 0\n\n`],
    ["proof", "\n".repeat(200_000)],
    ["text", `sunlot/v1 filing\na/b\n${"{".repeat(65000)}\n`],
    ["text", `sunlot/v1 filing\n${"a/".repeat(30000)}\n{}\n`],
    ["vkey", "+".repeat(100_000)],
    ["bundle", "\0".repeat(1_000_000)],
  ] as const) {
    const read = readers[name];
    assert.ok(read);
    survives(() => read(utf8(s)));
  }
  assert.ok(Date.now() - begin < 60_000, `${Date.now() - begin} ms`);
});

test("paths of any length and keys of any bytes", () => {
  const h = new Uint8Array(32);
  for (const size of [0, 1, 2, 3, 2 ** 32, 2 ** 48 - 1, 2 ** 48, 2 ** 53 - 1, 2 ** 60, Infinity]) {
    for (const n of [0, 1, 2, 47, 48, 49, 64, 1000]) {
      const path = Array.from({ length: n }, () => h);
      assert.ok(!survives(() => checkInclusion(Math.max(0, size - 1), size, h, path, utf8("another root"))));
      assert.ok(!survives(() => checkConsistency(Math.floor(size / 2), size, h, utf8("another root"), path)));
    }
  }
  const next = numbers(7);
  const random = (n: number): Uint8Array => Uint8Array.from({ length: n }, () => next(256));
  for (let i = 0; i < 20; i++) {
    assert.equal(verifyMLDSA(random(1312), h, random(2420)), false);
  }
  const key = parseVKey("w.example+ac4b1561+BNrb0YSi1Sbx691cBv2tk1myKHWbTX951maJ+iVKrYVG", witnessTypes);
  for (const n of [1, 8, 9, 71, 72, 73]) {
    const note = { text: "a\n", signed: utf8("a\n"), lines: [{ name: key.name, id: key.id, signature: random(n) }] };
    assert.equal(cosigned(note, "w", key).state, "bad");
  }
});
