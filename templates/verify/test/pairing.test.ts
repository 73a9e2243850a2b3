// Our points and our pairing beside those of @noble/curves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bls } from "../src/bls";
import { QUICKNET } from "../src/beacon";
import { unhex, utf8 } from "../src/bytes";
import { H, sha256 } from "../src/hash";
import { Fp, Fp2, GENERATOR, hashToG1, inSubgroup, productIsOne } from "../src/pairing";
import { nobleBLS } from "./blsnoble";

const TAG = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";
const { G1, G2 } = bls12_381;
const scheme = "bls-unchained-g1-rfc9380";
const scalar = (name: string): bigint => BigInt(`0x${H(name)}`) % bls12_381.fields.Fr.ORDER;

test("the hash to G1", () => {
  for (let i = 0; i < 40; i++) {
    const message = sha256(utf8(`message ${i}`));
    const { x, y } = G1.hashToCurve(message, { DST: TAG }).toAffine();
    assert.deepEqual(hashToG1(message, TAG), { x, y });
  }
});

test("products of pairings", () => {
  for (let i = 0; i < 12; i++) {
    const [a, b] = [scalar(`a ${i}`), scalar(`b ${i}`)];
    const p = G1.Point.BASE.multiply(a);
    const q = G2.Point.BASE.multiply(b);
    const ab = G1.Point.BASE.multiply((a * b) % bls12_381.fields.Fr.ORDER);
    const back = ab.negate().toAffine();
    assert.ok(productIsOne([[p.toAffine(), q.toAffine()], [back, GENERATOR]]), `${i}`);
    assert.ok(!productIsOne([[p.toAffine(), q.toAffine()], [ab.toAffine(), GENERATOR]]));
    assert.ok(!productIsOne([[p.toAffine(), q.toAffine()], [ab.add(G1.Point.BASE).negate().toAffine(), GENERATOR]]));
    assert.ok(!productIsOne([[p.toAffine(), q.toAffine()]]));
  }
});

test("subgroups", () => {
  assert.ok(inSubgroup(Fp2, GENERATOR));
  assert.ok(inSubgroup(Fp, G1.Point.BASE.toAffine()));
  assert.ok(!inSubgroup(Fp, { x: 0n, y: 2n })); // of order 3
  let outside = 0;
  for (let x = 1n; outside < 8; x++) {
    try {
      const y = Fp.sqrt(Fp.add(Fp.mul(Fp.sqr(x), x), 4n));
      assert.equal(inSubgroup(Fp, { x, y }), G1.Point.fromAffine({ x, y }).isTorsionFree());
      outside++;
    } catch (e) {
      assert.ok(!(e instanceof assert.AssertionError), String(e));
    }
  }
});

test("keys and signatures, good, changed in a bit, and made of flags", () => {
  const digest = sha256(utf8("digest"));
  const point = G1.hashToCurve(digest, { DST: TAG });
  let good = 0;
  for (let i = 0; i < 60; i++) {
    const k = scalar(`key ${i}`);
    const key = G2.Point.BASE.multiply(k).toBytes(true);
    const signature = point.multiply(k).toBytes(true);
    if (i % 6 !== 0) {
      const [bytes, bit] = [i % 6 === 1 ? key : signature, parseInt(H(`bit ${i}`).slice(0, 4), 16) % 48];
      bytes[i % 3 === 0 ? 0 : bit]! ^= 1 << (i % 3 === 0 ? 5 + (i % 2) : i % 8);
    }
    assert.equal(bls.key(scheme, key), nobleBLS.key(scheme, key), `key ${i}`);
    const said = bls.signature(scheme, key, digest, signature);
    assert.equal(said, nobleBLS.signature(scheme, key, digest, signature), `signature ${i}`);
    good += said === "" ? 1 : 0;
  }
  assert.equal(good, 10);
  for (const length of [0, 1, 47, 49, 96]) {
    assert.equal(bls.signature(scheme, unhex(QUICKNET.publicKey), digest, new Uint8Array(length)), "bad-point");
    assert.ok(!bls.key(scheme, new Uint8Array(length)));
  }
  assert.ok(bls.key(scheme, unhex(QUICKNET.publicKey)));
});
