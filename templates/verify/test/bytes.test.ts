import assert from "node:assert/strict";
import { test } from "node:test";
import { base64, be64, compare, concat, decimal, equal, fromBE64, hex, text, unbase64, unhex, utf8 } from "../src/bytes";
import { Fault } from "../src/fault";
import { H, sha256, sha512 } from "../src/hash";

test("base64 has one spelling", () => {
  for (let n = 0; n < 80; n++) {
    const b = Uint8Array.from({ length: n }, (_, i) => (i * 37 + n) & 255);
    assert.equal(base64(b), Buffer.from(b).toString("base64"));
    assert.deepEqual(unbase64(base64(b)), b);
  }
  for (const bad of ["A", "AA", "AAA", "AB==", "AAB=", "A===", "====", "AA=A", "AA==AA==", "AAA\n", "AA-_", " AAAA", "AAAA ", "ＡAAA"]) {
    assert.equal(unbase64(bad), undefined, JSON.stringify(bad));
  }
});

test("hex, numbers and text", () => {
  assert.equal(hex(unhex("00ff7f")), "00ff7f");
  for (const bad of ["0", "0G", "FF", "zz", "00\n"]) {
    assert.throws(() => unhex(bad), Fault);
  }
  assert.throws(() => unhex("00", 2), Fault);
  assert.equal(fromBE64(be64(2 ** 52 + 1)), 2n ** 52n + 1n);
  assert.equal(decimal("9007199254740991"), Number.MAX_SAFE_INTEGER);
  for (const bad of ["", "00", "01", "+1", "-1", "1.", "1e3", "9007199254740992", "99999999999999999", "１", "1\n"]) {
    assert.equal(decimal(bad), undefined, JSON.stringify(bad));
  }
  assert.equal(text(utf8("\ufeff阳光签")), "\ufeff阳光签");
  for (const bad of ["c080", "eda080", "f8888080", "ff", "e9", "f4908080"]) {
    assert.equal(text(unhex(bad)), undefined, bad);
  }
  assert.ok(compare(unhex("01"), unhex("0100")) < 0 && compare(unhex("02"), unhex("0100")) > 0);
  assert.ok(equal(concat(unhex("01"), unhex("02")), unhex("0102")) && !equal(unhex("01"), unhex("02")));
});

test("the digests of FIPS 180-4", () => {
  assert.equal(H("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.deepEqual(sha256(utf8("a"), utf8("bc")), sha256(utf8("abc")));
  assert.equal(hex(sha256()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert.match(hex(sha512(utf8("ab"), utf8("c"))), /^ddaf35a193617aba/);
});
