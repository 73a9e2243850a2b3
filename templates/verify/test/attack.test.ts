// What a dishonest office or a hostile file tries, by which a check would be
// green over something false.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { base64, concat, hex, utf8 } from "../src/bytes";
import { findings } from "../src/compare";
import { openLogged, parseCheckpoint } from "../src/checkpoint";
import { checkQuotas } from "../src/draw";
import { Fault } from "../src/fault";
import { sha256 } from "../src/hash";
import type { Members } from "../src/json";
import { prove, type Ledger } from "../src/ledger";
import { parseVKey } from "../src/note";
import { gather } from "../src/pick";
import { parsePolicy } from "../src/policy";
import type { Pool } from "../src/pool";
import type { Picked } from "../src/source";
import { plan, unknown, type Run } from "../src/step";
import { recordHash } from "../src/tree";

const code = (c: string) => (e: unknown) => e instanceof Fault && e.code === c;

const none: Pool = { count: 0, handles: new Uint8Array(), cells: [], cell: new Uint16Array(), weight: new Uint8Array() };

test("a cell that stands twice in a notice is refused: each group would count its quota", () => {
  const group = (name: string, ...cells: string[]): Members => ({ name, rule: "total", total: 5, cells: cells.map((cell) => ({ cell, count: 0, quota: 0 })) });
  const said = (...groups: Members[]): Members => ({ groups });
  const draw = { cells: [{ cell: "a", count: 0, quota: 0 }, { cell: "b", count: 0, quota: 0 }] };
  assert.equal(checkQuotas(findings(), said(group("one", "a"), group("two", "b")), draw, none).size, 2);
  for (const groups of [[group("one", "a", "a", "b")], [group("one", "a", "b"), group("two", "a")]]) {
    assert.throws(() => checkQuotas(findings(), said(...groups), draw, none), code("cell-twice"));
  }
});

/** key makes a log of a name. */
function key(name: string, seed: number): { line: string; sign: (text: string) => string } {
  const secret = new Uint8Array(32).fill(seed);
  const typed = concat(Uint8Array.of(1), ed25519.getPublicKey(secret));
  const id = sha256(utf8(`${name}\n`), typed).subarray(0, 4);
  return {
    line: `${name}+${hex(id)}+${base64(typed)}`,
    sign: (text) => `${text}\n— ${name} ${base64(concat(id, ed25519.sign(utf8(text), secret)))}\n`,
  };
}

test("a proof by another log of the same policy proves nothing of this ledger", async () => {
  const [a, b] = [key("a/log", 1), key("b/log", 2)];
  const policy = parsePolicy(utf8(`log ${a.line}\nlog ${b.line}\nquorum none\n`));
  const source = { picked: true, get: async (path: string) => Promise.reject(new Fault("source.not-given", path)) };
  const say = (k: typeof a, origin: string): { entry: Uint8Array; proof: Uint8Array; head: string } => {
    const filing = `sunlot/v1 filing\n${origin}\n{"body":{"date":"2023-06-12","plan":3,"to":"甲"},"env":{"at":"2023-06-12T09:30:00+08:00","by":"甲"}}\n`;
    const entry = utf8(k.sign(filing));
    const head = k.sign(`${origin}\n1\n${base64(recordHash(entry))}\n`);
    return { entry, head, proof: utf8(`c2sp.org/tlog-proof@v1\nindex 0\n\n${head}`) };
  };
  const [own, other] = [say(a, "a/log"), say(b, "b/log")];
  const ledger: Ledger = {
    source, policy, charters: [], trust: { policy: "", fingerprint: "" },
    head: { ...openLogged(utf8(own.head), [parseVKey(a.line)]), witnesses: [] },
  };
  assert.equal(parseCheckpoint(`a/log\n1\n${base64(recordHash(own.entry))}\n`).size, 1);
  assert.equal((await prove(ledger, own.entry, own.proof, 0)).index, 0);
  await assert.rejects(prove(ledger, other.entry, other.proof, 0), code("checkpoint-unsigned"));
});

const picked = (path: string, said: string): Picked => ({ path, file: new Blob([said]) });
const record = (type: string, json: string): string => `sunlot/v1 ${type}\na/b\n${json}\n\n— x AAAA\n`;

test("of two draws of one notice the second is never passed over", async () => {
  const notice = picked("ledger/entry/3.txt", record("notice", '{"body":{"draw":"2023-001","name":"n"},"env":{}}'));
  const draws = [5, 6].map((i) => picked(`ledger/entry/${i}.txt`, record("draw", '{"body":{"notice":3},"env":{}}')));
  const late = picked("ledger/entry/7.txt", record("platform-draw", '{"body":{"notice":3},"env":{}}'));
  const book = await gather([late, ...draws, notice]);
  assert.deepEqual(book.draws, [{ id: "2023-001", name: "n", notice: 3, entry: 5, later: [6, 7] }]);
});

test("a hostile file among many keeps the others from nothing", async () => {
  const good = picked("ledger/entry/3.txt", record("notice", '{"body":{"draw":"2023-001","name":"n"},"env":{}}'));
  const bodies = ["null", '{"body":null}', '{"body":[]}', '{"__proto__":{"body":{"notice":3}}}', '{"body":{"__proto__":{"notice":3}}}', "[".repeat(60000), '{"body":{"notice":1e400}}', '{"body":{"notice":"3"}}', '"body"', "", "\ud800"];
  for (const type of ["draw", "constructor", "__proto__", "correction"]) {
    const bad = bodies.map((b, i) => picked(`ledger/entry/${i + 10}.txt`, record(type, b)));
    const book = await gather([good, ...bad]);
    assert.deepEqual(book.draws, [{ id: "2023-001", name: "n", notice: 3, later: [] }]);
    assert.equal(book.entries.size, bodies.length + 1);
  }
});

test("what cannot be told is never counted as 相符", async () => {
  const run: Run = { tell: () => undefined, pause: async () => undefined, words: (f) => f.code };
  const p = plan(run, [["a", "A"], ["b", "B"], ["c", "C"]]);
  await p.step("a", async () => undefined);
  assert.equal(p.verdict(), "part", "steps that wait");
  assert.equal(p.done.get("a")?.state, "unknown", "a step that said nothing");
  await p.step("b", async (note) => note(unknown("?")));
  p.skip("c", "?");
  assert.equal(p.verdict(), "part");
  await p.step("c", async () => Promise.reject(new Fault("source.unreachable", "x")));
  assert.equal(p.done.get("c")?.state, "unknown");
  await p.step("c", async () => Promise.reject(new Fault("source.missing", "x")));
  assert.equal(p.verdict(), "bad");
});
