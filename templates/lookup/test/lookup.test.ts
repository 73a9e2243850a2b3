// The index that the writer in Go makes, read by the reader in TypeScript.
// index.json is written by go test ./internal/lookup -update.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { byEntry, byKey, byName, openIndex, pairs, Stale } from "../src/find";
import type { Load, Row, Shard } from "../src/find";
import { foldKey, foldName, hash, modulus, numbers, place } from "../src/fold";

interface Sample {
  keys: string[][];
  names: string[][];
  files: Record<string, string>;
}

const sample = JSON.parse(readFileSync(join(process.env["SUNLOT_ROOT"] ?? ".", "templates/lookup/test/index.json"), "utf8")) as Sample;

/** Runs a file as a page does, in a world where nothing but the call exists. */
function run(text: string): Map<string, Shard> {
  const called = new Map<string, Shard>();
  runInNewContext(text, {
    sunlotShard: (name: string, modulus: number, rows: Row[]) => called.set(name, { modulus, rows: Array.from(rows, (row) => [...row]) }),
  });
  return called;
}

/** Loads as the page does and counts files and bytes. */
function counting(change: (name: string, shard: Shard) => Shard = (_, shard) => shard): { load: Load; files: () => number; bytes: () => number } {
  const known = new Map<string, Shard>();
  let bytes = 0;
  const load: Load = async (name) => {
    const old = known.get(name);
    if (old) return old;
    const text = sample.files[`${name}.js`];
    if (text === undefined) throw new Error(`no file ${name}`);
    const called = run(text);
    const shard = called.get(name);
    if (!shard || called.size !== 1) throw new Error(`${name} registers ${[...called.keys()]}`);
    bytes += Buffer.byteLength(text);
    const seen = change(name, shard);
    known.set(name, seen);
    return seen;
  };
  return { load, files: () => known.size, bytes: () => bytes };
}

const { load } = counting();

async function namesOf(query: string): Promise<{ rows: Row[]; frequent: boolean; short: boolean }> {
  const found = await byName(load, await openIndex(load), query);
  const rows: Row[] = [];
  for (;;) {
    const some = await found.next();
    if (some.length === 0) break;
    assert.ok(some.length <= 10);
    rows.push(...some);
  }
  assert.equal(found.most, 0);
  return { rows, frequent: found.frequent, short: found.short };
}

const wellFormed = (s: string | undefined): string => Buffer.from(s ?? "", "utf8").toString("utf8");

test("every record is found by its key, in two files", async () => {
  for (const record of sample.keys) {
    const one = counting();
    const rows = await byKey(one.load, await openIndex(one.load), record[0] ?? "");
    assert.ok(rows.some((row) => row.slice(1).join("\n") === record.slice(1).map(wellFormed).join("\n")), record[0]);
    assert.equal(one.files(), 2);
    assert.ok(one.bytes() < 100_000);
  }
});

test("a key is found as people type it", async () => {
  const index = await openIndex(load);
  const code = sample.keys[0]?.[0] ?? "";
  const wide = [...code].map((c) => String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0)).join("");
  for (const typed of [code.toLowerCase(), ` ${code.slice(0, 4)} ${code.slice(4)} `, wide]) {
    assert.equal((await byKey(load, index, typed))[0]?.[2], code);
  }
  const registered = sample.keys.find((k) => k[0]?.startsWith("注册号:"))?.[0] ?? "";
  assert.ok((await byKey(load, index, registered.slice(4))).length > 0);
});

test("what is not there is not found", async () => {
  const index = await openIndex(load);
  for (const miss of ["", " ", "91370322MAFFFFFFFF", "0123456789abcdef0123456789abcdef", "2023-002", "__proto__", "constructor", "key"]) {
    assert.deepEqual(await byKey(load, index, miss), [], miss);
  }
  for (const miss of ["青高", "不在名录库", "zz", "𠮷𠮷", "script>x", "\ud842\udfb7\ud842"]) {
    assert.deepEqual((await namesOf(miss)).rows, [], miss);
  }
});

/** What the definition says, without any index. */
function truly(query: string): Set<string> {
  const text = foldName(query).join("");
  return new Set(sample.names.filter((n) => foldName(wellFormed(n[0])).join("").includes(text)).map((n) => n[5] ?? ""));
}

test("every name is found by each of its parts of two signs or more", async () => {
  const asked = new Map<string, string>();
  for (const [name] of sample.names) {
    const signs = foldName(wellFormed(name));
    for (let from = 0; from < signs.length; from++) {
      for (let to = from + 2; to <= signs.length; to++) asked.set(signs.slice(from, to).join(""), wellFormed(name));
    }
  }
  assert.ok(asked.size > 5000);
  const sealed = (await openIndex(load)).sealed;
  const open = new Set(sample.names.slice(sealed).map((n) => n[5]));
  let frequent = 0;
  for (const [query, name] of asked) {
    const found = await namesOf(query);
    const want = truly(query);
    const got = new Set(found.rows.map((row) => row[5]));
    assert.equal(got.size, found.rows.length, "an enterprise twice");
    if (!found.frequent) {
      assert.deepEqual([...got].sort(), [...want].sort(), query);
      continue;
    }
    // every pair is too frequent: whole names of nothing but such pairs, and the unsealed
    frequent++;
    for (const path of got) assert.ok(want.has(path ?? ""), query);
    for (const path of want) if (open.has(path)) assert.ok(got.has(path), query);
    if (query === foldName(name).join("")) assert.ok(got.size > 0, name);
  }
  assert.ok(frequent > 0 && frequent < asked.size / 5, `${frequent} of ${asked.size}`);
});

test("names are found whatever the width, case, blanks and punctuation", async () => {
  for (const [query, name] of [["ａｂｃ高青", "abc 高青 分公司"], ["淄博联营", "高 青（淄博）· 联 营 厂"], ["(淄博)联", "高 青（淄博）· 联 营 厂"], ["葛城", "高青葛\u{E0100}城商贸有限公司"], ["青𠮷野", "高青𠮷野家食品有限公司"],
    ["script", "<script>alert(1)</script>"], ["々〆", "々〆〇商店"]]) {
    assert.ok((await namesOf(query ?? "")).rows.some((row) => row[0] === name), query);
  }
  for (const query of ["青", "", "（·）", " "]) assert.ok((await namesOf(query)).short, query);
});

test("an entry is found by its number, in two files", async () => {
  for (const entry of [0, 255, 256, 599]) {
    const one = counting();
    assert.deepEqual(await byEntry(one.load, await openIndex(one.load), entry), [String(entry), "抽查结果", "2023-10-21", `results/${entry}`]);
    assert.equal(one.files(), 2);
  }
  assert.equal(await byEntry(load, await openIndex(load), 600), undefined);
});

test("a file of another day is noticed", async () => {
  const index = await openIndex(load);
  const older = counting((name, shard) => (name === "index" ? shard : { ...shard, modulus: shard.modulus * 2 }));
  await assert.rejects(byKey(older.load, index, sample.keys[0]?.[0] ?? ""), Stale);
  await assert.rejects(byName(older.load, index, "加油站"), Stale);
  const shorter = counting((name, shard) => (name.startsWith("name/") ? { ...shard, rows: [] } : shard));
  await assert.rejects((await byName(shorter.load, index, "菱榆")).next(), Stale);
});

test("hostile names register rows and nothing else", () => {
  for (const [name, text] of Object.entries(sample.files)) {
    assert.deepEqual([...run(text).keys()], [name.slice(0, -3)]);
    assert.doesNotMatch(text, /[<>&'`\u2028\u2029]/u);
  }
});

test("which file", () => {
  for (let n = 1; n <= 130; n++) {
    for (let h = 0; h < 1024; h++) {
      const b = place(h, n);
      assert.ok(b >= 0 && b < n && h % modulus(b, n) === b);
    }
  }
  assert.equal(hash("foobar"), 0xbf9cf968);
  assert.equal(hash("𠮷"), hash("\u{20bb7}"));
  assert.deepEqual(numbers("aaBA_B"), [1024, 1025, 1089]);
  assert.throws(() => numbers("!"));
  assert.deepEqual(pairs([..."鑫鑫鑫油"]), ["鑫鑫", "鑫油"]);
  assert.equal(foldKey("注册号：１２３"), "123");
});
