// The tight path of SHA-256 beside the common one, and work in slices.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hex, utf8 } from "../src/bytes";
import { H, sha256 } from "../src/hash";
import { describe, readLines } from "../src/pool";
import { EMPTY, begin, compareWords, digest, hexWords, more, node } from "../src/short";
import { atOnce, inSlices, type Progress, type Work } from "../src/slices";
import { ticketOf } from "../src/ticket";

/** bytesOf are n bytes that look like none in particular. */
function bytesOf(n: number, seed: number): Uint8Array {
  let x = (seed * 2654435761 + 1) >>> 0;
  return Uint8Array.from({ length: n }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return x >>> 24;
  });
}

test("every length, after every beginning, from every place", () => {
  const out = new Int32Array(11);
  for (let n = 0; n < 400; n++) {
    for (const blocks of [0, 1, 3]) {
      const from = n % 5;
      const head = bytesOf(64 * blocks, n);
      const tail = bytesOf(n + from + 7, n + 1000);
      digest(begin(head), tail, from, from + n, out, 3);
      assert.equal(hexWords(out, 3, 8), hex(sha256(head, tail.subarray(from, from + n))), `${n} bytes after ${blocks} blocks`);
    }
  }
});

test("long messages, in parts", () => {
  const data = bytesOf(1 << 20, 7);
  let whole = EMPTY;
  for (let at = 0; at + 4096 <= data.length - 100; at += 4096) {
    whole = more(whole, data, at, at + 4096);
  }
  const out = new Int32Array(8);
  digest(whole, data, whole.bytes, data.length, out, 0);
  assert.equal(hexWords(out, 0, 8), hex(sha256(data)));
  assert.throws(() => more(EMPTY, data, 0, 63));
});

test("nodes of a tree, and the order of digests", () => {
  const out = new Int32Array(16);
  for (let i = 0; i < 200; i++) {
    const pair = [H(`left ${i}`), H(`right ${i}`)];
    const words = pair.join("").match(/.{8}/g)!.map((w) => parseInt(w, 16) | 0);
    out.set(words);
    assert.equal(Math.sign(compareWords(out, 0, out, 8)), pair[0]! < pair[1]! ? -1 : 1);
    node(out, 0);
    const bytes = Uint8Array.from([1, ...words.flatMap((w) => [w >>> 24, (w >>> 16) & 255, (w >>> 8) & 255, w & 255])]);
    assert.equal(hexWords(out, 0, 8), hex(sha256(bytes)));
  }
});

test("a ticket is what draw1 §6 prints", () => {
  const seed = "d3f4a217bc9b220724d92fa25e2a495a15efe303321c645d6fb2183be7920a66";
  const handle = "26d03da0c2d66c8087f27a4b61a838c8";
  assert.equal(ticketOf(seed, handle, 1), "2808e609a246d85669301bb3f93e25244f4da78f949ebec1156bac5e49a6409d");
  for (let weight = 1; weight <= 16; weight++) {
    const all = Array.from({ length: weight }, (_, j) => H(`${seed}|O|${handle}|${j + 1}`));
    assert.equal(ticketOf(seed, handle, weight), all.sort()[0]);
  }
});

test("trees of every small size (RFC 6962 §2.1)", () => {
  const root = (lines: readonly string[]): string => {
    if (lines.length === 0) {
      return hex(sha256());
    }
    const leaf = (l: string): Uint8Array => sha256(Uint8Array.of(0), utf8(l));
    const tree = (l: readonly string[]): Uint8Array => {
      if (l.length === 1) {
        return leaf(l[0]!);
      }
      let k = 1;
      while (2 * k < l.length) {
        k *= 2;
      }
      return sha256(Uint8Array.of(1), tree(l.slice(0, k)), tree(l.slice(k)));
    };
    return hex(tree(lines));
  };
  for (let n = 0; n < 70; n++) {
    const lines = Array.from({ length: n }, (_, i) => H(String(i)).slice(0, 32)).sort();
    const got = atOnce(describe(atOnce(readLines("unstaffed", utf8(lines.map((l) => `${l}\n`).join(""))))));
    assert.deepEqual([got.root, got.lines, got.bytes], [root(lines), n, 33 * n]);
  }
});

function* counting(n: number): Work<number> {
  for (let i = 1; i <= n; i++) {
    yield { phase: "tickets", done: i, of: n };
  }
  return n;
}

test("work in slices ends, tells how far it is, and can be stopped", async () => {
  const told: Progress[] = [];
  assert.equal(await inSlices(counting(5), { ms: 0, onProgress: (p) => told.push(p) }), 5);
  assert.deepEqual(told.map((p) => p.done), [1, 2, 3, 4, 5]);
  const stop = new AbortController();
  const reason = new Error("the reader");
  const work = counting(1e9);
  await assert.rejects(
    inSlices(work, { ms: 0, signal: stop.signal, onProgress: (p) => p.done === 3 && stop.abort(reason) }),
    (e) => e === reason,
  );
  assert.equal(work.next().value !== undefined, true);
  await assert.rejects(inSlices(counting(9), { ms: 0, pause: () => Promise.reject(reason) }), (e) => e === reason);
});
