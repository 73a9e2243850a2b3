// The cases of spec/vectors/ledger (ledger.md §11).
import assert from "node:assert/strict";
import { base64, text, unhex, utf8 } from "../../src/bytes";
import { cosigned, openCheckpoint, openLogged, type Checkpoint } from "../../src/checkpoint";
import { parseNote, parseVKey, signedBy, typeEd25519, witnessTypes } from "../../src/note";
import { canonicalPolicy, overlap, parsePolicy } from "../../src/policy";
import { checkProof } from "../../src/proof";
import { parseBundle } from "../../src/tile";
import { known, outcome, str, strs, type Runner, type Vector } from "./outcome";

const allTypes = [typeEd25519, ...witnessTypes];

/** By kind: what an accepted input gives, as the members of the case that say it. */
const kinds: { readonly [kind: string]: (v: Vector, input: Uint8Array) => Vector } = {
  key: (_, input) => ({ again: parseVKey(text(input) ?? "").line === text(input) }),
  "witness-key": (_, input) => ({ again: parseVKey(text(input) ?? "", witnessTypes).line === text(input) }),
  note: (v, input) => {
    const note = parseNote(input);
    const keys = strs(v, "keys").map((k) => parseVKey(k, allTypes));
    const signed = keys.filter((k) => (k.type === typeEd25519 ? signedBy(note, k) : cosigned(note, k.name, k).state === "good"));
    return { signed: signed.map((k) => k.line) };
  },
  checkpoint: (v, input) => head(openLogged(input, strs(v, "keys").map((k) => parseVKey(k))).checkpoint),
  quorum: (v, input) => head(openCheckpoint(input, parsePolicy(utf8(str(v, "policy")))).checkpoint),
  proof: (v, input) => head(checkProof(input, utf8(str(v, "entry")), parsePolicy(utf8(str(v, "policy")))).opened.checkpoint),
  policy: (_, input) => {
    const p = parsePolicy(input);
    return { canonical: canonicalPolicy(p), overlap: overlap(p) };
  },
  bundle: (v, input) => ({ entries: parseBundle(input, Number(v["width"])).map((e) => text(e)) }),
};

function head(c: Checkpoint): Vector {
  return { size: c.size, root: base64(c.root) };
}

/** What an absent member of an accepted case stands for. */
const absent: Vector = { again: true, signed: [], size: 0, entries: [] };

export const ledger: Runner = (v) => {
  known(v, "desc", "kind", "text", "hex", "keys", "policy", "entry", "width", "signed", "size", "root", "canonical", "overlap", "entries", "expect", "error");
  const run = kinds[str(v, "kind")];
  assert.ok(run, "unknown kind");
  const input = v["hex"] === undefined ? utf8(str(v, "text")) : unhex(str(v, "hex"));
  const got = outcome(() => run(v, input));
  if (v["expect"] === "ok") {
    assert.equal(got.fault, undefined);
    for (const [member, value] of Object.entries(got.value ?? {})) {
      assert.deepEqual(value, v[member] ?? absent[member], member);
    }
  } else {
    assert.equal(got.fault?.code ?? "accepted", str(v, "error"));
  }
};
