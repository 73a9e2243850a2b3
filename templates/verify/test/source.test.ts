// Where files come from: a site that sends without end, archives that are picked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { unpacked } from "../src/archive";
import { concat, utf8 } from "../src/bytes";
import { Fault } from "../src/fault";
import { fromSite } from "../src/source";

const code = (c: string) => (e: unknown) => e instanceof Fault && e.code === c;

test("an answer is read to its end, and one without an end is left", async () => {
  const own = globalThis.fetch;
  const piece = new Uint8Array(1 << 20).fill(7);
  let given = 0;
  let left = false;
  const answer = (most: number): Response =>
    new Response(
      new ReadableStream<Uint8Array>({
        pull(to) {
          if (given === most) return to.close();
          given++;
          to.enqueue(piece);
        },
        cancel() {
          left = true;
        },
      }),
    );
  try {
    globalThis.fetch = () => Promise.resolve(answer(3));
    const bytes = await fromSite("").get("ledger/checkpoint");
    assert.equal(bytes.length, 3 << 20);
    assert.ok(bytes.every((b) => b === 7));
    given = 0;
    globalThis.fetch = () => Promise.resolve(answer(Infinity));
    await assert.rejects(fromSite("").get("ledger/checkpoint"), code("source.too-long"));
    assert.ok(left && given <= 70, `${given} MiB were asked for`);
    globalThis.fetch = () => Promise.resolve(new Response(null));
    assert.equal((await fromSite("").get("ledger/checkpoint")).length, 0);
    globalThis.fetch = () => Promise.resolve(new Response("gone", { status: 404 }));
    await assert.rejects(fromSite("").get("ledger/checkpoint"), code("source.missing"));
  } finally {
    globalThis.fetch = own;
  }
});

/** le writes numbers of two or four bytes, the lowest first. */
function le(...parts: readonly (readonly [number, 2 | 4])[]): Uint8Array {
  return concat(...parts.map(([n, width]) => Uint8Array.from({ length: width }, (_, i) => (n >>> (8 * i)) & 255)));
}

/** zip packs files; packed ones are deflated, with an extra field before the data. */
function zip(files: readonly (readonly [string, string])[], packed = false): Uint8Array {
  const bodies: Uint8Array[] = [];
  const list: Uint8Array[] = [];
  let at = 0;
  for (const [name, content] of files) {
    const raw = utf8(content);
    const data = packed ? new Uint8Array(deflateRawSync(raw)) : raw;
    const extra = packed ? 4 : 0;
    const sizes = [[0, 4], [data.length, 4], [raw.length, 4], [utf8(name).length, 2], [extra, 2]] as const;
    const body = concat(le([0x04034b50, 4], [10, 2], [0, 2], [packed ? 8 : 0, 2], [0, 4], ...sizes), utf8(name), new Uint8Array(extra), data);
    list.push(concat(le([0x02014b50, 4], [10, 2], [10, 2], [0, 2], [packed ? 8 : 0, 2], [0, 4], ...sizes.slice(0, 4), [0, 2], [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), utf8(name)));
    bodies.push(body);
    at += body.length;
  }
  const names = concat(...list);
  return concat(...bodies, names, le([0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [names.length, 4], [at, 4], [0, 2]));
}

const picked = (path: string, bytes: Uint8Array) => ({ path, file: new Blob([bytes.slice()]) });

test("archives of a ledger are taken as they are", async () => {
  const blob = "ledger/blob/sha256/ab/" + "ab".repeat(32);
  const first = zip([["README.txt", "read me"], ["ledger/entry/0.txt", "zero"], [blob, "a file"], ["ledger/proof/0.tlog-proof", ""]]);
  const second = zip([["ledger/entry/1.txt", "一"], [blob, "a file"], ["ledger/checkpoint", "head"]]);
  const list = await unpacked([picked("ledger-001.zip", first), picked("policy", utf8("loose")), picked("ledger-002.ZIP", second)]);
  const seen = await Promise.all(list.map(async (f) => [f.path, await f.file.text()]));
  assert.deepEqual(seen, [["ledger/entry/0.txt", "zero"], [blob, "a file"], ["ledger/proof/0.tlog-proof", ""], ["policy", "loose"], ["ledger/entry/1.txt", "一"], ["ledger/checkpoint", "head"]]);
  // an entry twice is two ledgers: it is left for the desk to refuse
  assert.equal((await unpacked([picked("a.zip", first), picked("b.zip", first)])).filter((f) => f.path === "ledger/entry/0.txt").length, 2);
});

test("other archives are refused, and nothing outside them is read", async () => {
  const files = [["ledger/entry/0.txt", "zero ".repeat(40)]] as const;
  const whole = zip(files);
  await assert.rejects(unpacked([picked("a.zip", zip(files, true))]), code("archive-packed"));
  await assert.rejects(unpacked([picked("a.zip", utf8("no archive at all, but long enough"))]), code("archive-form"));
  for (let n = 0; n < whole.length; n += 7) await assert.rejects(unpacked([picked("a.zip", whole.slice(0, n))]), code("archive-form"), String(n));
  const end = whole.length - 22;
  for (const [at, value] of [[end + 16, 0xff], [end + 18, 0xff], [end + 10, 2], [end - 64 + 43, 0xff]] as const) {
    const bad = whole.slice();
    bad[at] = value;
    await assert.rejects(unpacked([picked("a.zip", bad)]), code("archive-form"), String(at));
  }
});
