// What is computed from tiles against what is computed from all leaves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, hex, utf8 } from "../src/bytes";
import { Fault } from "../src/fault";
import { consistencyPath, inclusionPath, readEntry, rootFromTiles, tilePath } from "../src/tile";
import { checkConsistency, checkInclusion, recordHash, rootOf } from "../src/tree";

const entry = (i: number): Uint8Array => utf8(`entry ${i}`);
const leaves = Array.from({ length: 65_800 }, (_, i) => recordHash(entry(i)));

/** The files of a tree of that size (ledger.md §5), straight from the definition; only full ones where full is said. */
function folder(size: number): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let hashes = leaves.slice(0, size);
  for (let level = 0; hashes.length > 0; level++) {
    for (let n = 0; n * 256 < hashes.length; n++) {
      const part = hashes.slice(n * 256, n * 256 + 256);
      files.set(tilePath(level, n, part.length), concat(...part));
      if (level === 0) {
        const entries = part.map((_, i) => entry(n * 256 + i));
        files.set(tilePath("entries", n, part.length), concat(...entries.flatMap((e) => [Uint8Array.of(0, e.length), e])));
      }
    }
    hashes = Array.from({ length: Math.floor(hashes.length / 256) }, (_, n) => rootOf(hashes.slice(n * 256, n * 256 + 256)));
  }
  return files;
}

/** A reader of files that counts what it is asked for. */
function reading(files: Map<string, Uint8Array>, asked: string[] = []): (path: string) => Promise<Uint8Array> {
  return async (path) => {
    asked.push(path);
    const b = files.get(path);
    if (b === undefined) {
      throw new Error(`no file ${path}`);
    }
    return b;
  };
}

test("root, paths and entries of trees of many sizes", async () => {
  for (const size of [1, 2, 3, 5, 255, 256, 257, 511, 512, 513, 777, 65_800]) {
    const root = rootOf(leaves.slice(0, size));
    const asked: string[] = [];
    const get = reading(folder(size), asked);
    assert.equal(hex(await rootFromTiles(size, get)), hex(root), `root of ${size}`);
    assert.equal(new Set(asked).size, asked.length, "a tile asked for twice");
    for (const index of new Set([0, 1, 254, 255, 256, 300, 65_535, 65_536, size - 2, size - 1].filter((i) => i >= 0 && i < size))) {
      checkInclusion(index, size, recordHash(await readEntry(index, size, get)), await inclusionPath(index, size, get), root);
    }
    for (const first of new Set((size < 1000 ? [0, 1, 2, 128, 255, 256, 257, size - 1, size] : [257, 65_536]).filter((n) => n >= 0 && n <= size))) {
      const old = rootOf(leaves.slice(0, first));
      const path = await consistencyPath(first, size, get);
      checkConsistency(first, size, old, root, path);
      if (first > 0 && first < size) {
        assert.throws(() => checkConsistency(first, size, recordHash(old), root, path), Fault);
      }
    }
  }
});

test("a partial tile that has gone is the head of the full one", async () => {
  const files = new Map([...folder(300), ...folder(512)]);
  assert.ok(files.delete("tile/0/001.p/44") && files.delete("tile/entries/001.p/44"));
  assert.equal(hex(await rootFromTiles(300, reading(files))), hex(rootOf(leaves.slice(0, 300))));
  assert.deepEqual(await readEntry(299, 300, reading(files)), entry(299));
});

test("a tile that was not reached is not a tile that is missing", async () => {
  const site = (partial: string) => async (path: string) => Promise.reject(new Fault(path.includes(".p/") ? partial : "source.missing", path));
  for (const code of ["source.unreachable", "source.missing"]) {
    await assert.rejects(rootFromTiles(300, site(code)), (e) => e instanceof Fault && e.code === code);
  }
});

test("what is missing, short or altered is no root", async () => {
  const size = 600;
  const root = hex(rootOf(leaves.slice(0, size)));
  for (const name of folder(size).keys()) {
    if (name.startsWith("tile/entries/")) {
      continue;
    }
    const files = folder(size);
    const tile = files.get(name)!;
    // a full tile of level 0 is one hash of level 1, and that is what is read
    const read = !/^tile\/0\/00[01]$/.test(name);
    const altered = tile.slice();
    altered[5]! ^= 1;
    files.set(name, altered);
    assert.equal(hex(await rootFromTiles(size, reading(files))) !== root, read, `${name} altered`);
    if (read) {
      files.set(name, tile.subarray(1));
      await assert.rejects(rootFromTiles(size, reading(files)), Fault, `${name} a byte short`);
      files.delete(name);
      await assert.rejects(rootFromTiles(size, reading(files)), /no file/, `${name} gone`);
    }
  }
  await assert.rejects(readEntry(600, 600, reading(folder(size))), Fault);
  await assert.rejects(inclusionPath(600, 600, reading(folder(size))), Fault);
  await assert.rejects(rootFromTiles(-1, reading(folder(size))), Fault);
  await assert.rejects(rootFromTiles(2 ** 49, reading(folder(size))), Fault);
});
