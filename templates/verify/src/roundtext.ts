// A round as relays serve it, or as somebody typed it (beacon.md, How a round is
// written down). Nothing is verified by having read it.
import { hex, text as decode, unhex } from "./bytes";
import { Fault, ensure } from "./fault";
import { sha256 } from "./hash";
import { memberOf, rawJSON, repeated, type Raw } from "./rawjson";

/** A round of quicknet as it was written; signature in hex. */
export interface WrittenRound {
  readonly round: number;
  readonly signature: string;
}

/** readRounds reads objects or lines, of the chain with this hash. */
export function readRounds(bytes: Uint8Array, chain: string): WrittenRound[] {
  ensure(bytes.length <= 65536, "too-large", "text", String(bytes.length), "65536");
  const whole = decode(bytes);
  if (whole === undefined) {
    throw new Fault("bad-form", "text", "not UTF-8");
  }
  const t = whole.replace(/^\ufeff/, "").trim();
  const rounds = /^[[{]/.test(t) ? fromJSON(t, chain) : fromLines(t);
  ensure(rounds.length > 0, "bad-form", "text", "no round");
  const seen = new Set<number>();
  for (const r of rounds) {
    ensure(!seen.has(r.round), "duplicate-round", "text", String(r.round));
    seen.add(r.round);
  }
  return rounds;
}

/** readRound is readRounds where one must stand there. */
export function readRound(bytes: Uint8Array, chain: string): WrittenRound {
  const rounds = readRounds(bytes, chain);
  ensure(rounds.length === 1, "bad-form", "text", `${rounds.length} rounds`, "one");
  return rounds[0]!;
}

function fromJSON(t: string, chain: string): WrittenRound[] {
  const v = rawJSON(t);
  if (v === undefined) {
    throw new Fault("bad-form", "text", t.slice(0, 80), "JSON");
  }
  return (v.kind === "list" ? v.items : [v]).map((x) => fromObject(x, chain));
}

function fromObject(v: Raw, chain: string): WrittenRound {
  ensure(v.kind === "object", "bad-form", "text", v.kind, "an object");
  const twice = repeated(v);
  ensure(twice === undefined, "duplicate-member", "text", twice);
  const round = memberOf(v, "round");
  const signature = memberOf(v, "signature");
  if (round === undefined || signature === undefined) {
    throw new Fault("bad-form", "text", "no round or no signature", "both");
  }
  const n = round.kind === "number" ? readNumber(round.text) : readNumber("");
  const s = signature.kind === "string" ? signature.value : "";
  ensure(/^[0-9a-f]{96}$/.test(s), "bad-signature-form", "signature", s, "96 hex digits");
  const randomness = memberOf(v, "randomness");
  const rho = hex(sha256(unhex(s)));
  if (randomness !== undefined) {
    ensure(randomness.kind === "string" && randomness.value === rho, "wrong-randomness", "randomness", "another", rho);
  }
  const named = memberOf(v, "chain");
  if (named !== undefined) {
    ensure(named.kind === "string" && named.value === chain, "wrong-chain", "chain", "another", chain);
  }
  return { round: n, signature: s };
}

function readNumber(t: string): number {
  const n = /^[1-9][0-9]{0,15}$/.test(t) ? Number(t) : 0;
  ensure(n >= 1 && Number.isSafeInteger(n), "bad-round", "round", t, "1..2^53-1");
  return n;
}

function fromLines(t: string): WrittenRound[] {
  return narrow(t)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const m = /^([0-9]+)[ \t]+(.+)$/.exec(line);
      if (m === null) {
        throw new Fault("bad-form", "text", line.slice(0, 80), "number, space, signature");
      }
      const round = readNumber(m[1]!);
      const s = m[2]!.replace(/[ \t]/g, "").toLowerCase();
      ensure(/^[0-9a-f]{96}$/.test(s), "bad-signature-form", "signature", s, "96 hex digits");
      return { round, signature: s };
    });
}

/** narrow turns full-width characters into narrow ones. */
export function narrow(t: string): string {
  return t
    .replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/\u3000/g, " ");
}
