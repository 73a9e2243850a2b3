// Edges that neither vectors nor random cases reach.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { base64, be64, concat, hex, utf8 } from "../src/bytes";
import { cosigned } from "../src/checkpoint";
import { Fault } from "../src/fault";
import { sha256 } from "../src/hash";
import { parseNote, parseVKey, witnessTypes, type VKey } from "../src/note";
import { parseProof } from "../src/proof";
import { checkString } from "../src/record";
import type { Vector } from "./vectors/outcome";

/** keyLine is the vkey of a name (ledger.md §1). */
function keyLine(name: string, type: number, key: Uint8Array): string {
  const typed = concat(Uint8Array.of(type), key);
  return `${name}+${hex(sha256(utf8(`${name}\n`), typed)).slice(0, 8)}+${base64(typed)}`;
}

const code = (c: string) => (e: unknown) => e instanceof Fault && e.code === c;

test("a key's name has no Unicode space and no control character", () => {
  const key = ed25519.getPublicKey(new Uint8Array(32).fill(5));
  const spaces = [0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, ...Array.from({ length: 11 }, (_, i) => 0x2000 + i)];
  const controls = [...Array.from({ length: 33 }, (_, i) => i), ...Array.from({ length: 33 }, (_, i) => 0x7f + i)];
  for (const c of [...spaces, ...controls, 0x2b]) {
    const name = `a${String.fromCodePoint(c)}b`;
    // with a plus sign the line itself falls apart otherwise
    assert.throws(() => parseVKey(keyLine(name, 1, key)), c === 0x2b ? code("key-form") : code("key-name"), c.toString(16));
  }
  for (const c of [0x200b, 0x180e, 0xfeff, 0x2060, 0xe9, 0x4e2d, 0x20000]) {
    assert.equal(parseVKey(keyLine(`a${String.fromCodePoint(c)}b`, 1, key)).type, 1);
  }
  assert.equal(parseVKey(keyLine("长".repeat(85), 1, key)).name.length, 85);
  assert.throws(() => parseVKey(keyLine(`${"长".repeat(85)}x`, 1, key)), code("key-name"));
});

test("a cosignature's time is below 2^63", () => {
  const secret = new Uint8Array(32).fill(7);
  const line = keyLine("w.example", 4, ed25519.getPublicKey(secret));
  const key = parseVKey(line, witnessTypes);
  const text = `a/b\n9\n${base64(new Uint8Array(32))}\n`;
  const at = (t: bigint, said = t): string => {
    const signature = concat(be64(t), ed25519.sign(utf8(`cosignature/v1\ntime ${said}\n${text}`), secret));
    const id = Uint8Array.from({ length: 4 }, (_, i) => (key.id >>> (24 - 8 * i)) & 255);
    return cosigned(parseNote(utf8(`${text}\n— w.example ${base64(concat(id, signature))}\n`)), "w", key).state;
  };
  assert.deepEqual([at(0n), at(1n), at(2n ** 53n + 1n), at(2n ** 63n - 1n)], ["good", "good", "good", "good"]);
  assert.deepEqual([at(2n ** 63n), at(2n ** 64n - 1n), at(5n, 6n)], ["bad", "bad", "bad"]);
});

test("ML-DSA-44: one spelling of a hint, and no other byte either", () => {
  const file = join(process.env["SUNLOT_ROOT"] ?? ".", "spec", "vectors", "ledger", "good-note-post-quantum.json");
  const v = JSON.parse(readFileSync(file, "utf8")) as Vector;
  const keys = (v["keys"] as string[]).map((k) => parseVKey(k, [1, ...witnessTypes])).filter((k): k is VKey => k.type === 6);
  const note = parseNote(utf8(String(v["text"])));
  const key = keys.find((k) => cosigned(note, k.name, k).state === "good");
  assert.ok(key);
  const good = note.lines.find((l) => l.id === key.id && l.name === key.name)!.signature;
  const state = (change: (s: Uint8Array) => void): string => {
    const signature = good.slice();
    change(signature);
    return cosigned({ ...note, lines: [{ name: key.name, id: key.id, signature }] }, "w", key).state;
  };
  assert.equal(state(() => undefined), "good");
  const hints = 8 + 32 + 4 * 576;
  assert.ok(good[hints + 80]! >= 2, "a first row of two hints");
  const swapped = (s: Uint8Array): void => {
    [s[hints], s[hints + 1]] = [s[hints + 1]!, s[hints]!];
  };
  assert.equal(state(swapped), "bad", "hints out of order");
  for (let i = 0; i < good.length; i += 61) {
    assert.equal(state((s) => (s[i]! ^= 1)), "bad", `byte ${i}`);
  }
  for (const end of [hints + 79, hints + 80, hints + 83]) {
    assert.equal(state((s) => (s[end] = 255)), "bad", `byte ${end}`);
  }
});

test("days, expressions and what is longest", () => {
  const good = (form: string, s: string): void => checkString(s, form, "test");
  for (const s of ["2000-02-29", "2400-02-29", "1996-02-29", "1900-02-28", "2023-12-31", "0000-02-29"]) {
    good("date", s);
  }
  for (const s of ["1900-02-29", "2100-02-29", "2023-02-29", "2023-00-01", "2023-13-01", "2023-06-31", "2023-06-00", "2023-06-32"]) {
    assert.throws(() => good("date", s), code("bad-form"), s);
  }
  good("expr", "行业 in (冶金,有色)\nand 镇街 = 田镇街道");
  for (const s of [" a", "a\u3000", "a\n", "\u2029a"]) {
    assert.throws(() => good("expr", s), code("bad-form"), JSON.stringify(s));
  }
  for (const [form, n] of [["name", 300], ["text", 8000], ["expr", 2000], ["token", 64]] as const) {
    good(form, "a".repeat(n));
    assert.throws(() => good(form, "a".repeat(n + 1)), code("too-long"), form);
  }
  assert.throws(() => good("name", "长".repeat(101)), code("too-long"));
});

test("a proof has 64 hashes at most", () => {
  const checkpoint = `a/b\n9\n${base64(new Uint8Array(32))}\n\n— a/b AAAAAAA=\n`;
  const proof = (n: number): Uint8Array =>
    utf8(`c2sp.org/tlog-proof@v1\nindex 3\n${`${base64(new Uint8Array(32))}\n`.repeat(n)}\n${checkpoint}`);
  assert.equal(parseProof(proof(64)).path.length, 64);
  assert.throws(() => parseProof(proof(65)), code("proof-form"));
});
