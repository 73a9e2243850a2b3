// The cases of spec/vectors/record (record.md, Vectors).
import assert from "node:assert/strict";
import { utf8 } from "../../src/bytes";
import { parseOpening } from "../../src/opening";
import { parseText } from "../../src/record";
import { known, outcome, str, type Runner } from "./outcome";

export const record: Runner = (v) => {
  known(v, "desc", "text", "opening", "expect", "error");
  const got = outcome(() => (v["text"] === undefined ? parseOpening(utf8(str(v, "opening"))) : parseText(utf8(str(v, "text")))));
  // that it comes out unchanged is what the parser compares before it accepts
  assert.equal(got.fault?.code ?? "ok", v["error"] ?? v["expect"]);
};
