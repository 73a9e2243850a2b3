// The randomness of a cast, from what the notice named and what the draw brings
// (draw1 §2; verify.md, Given values of a cast; record.md, The record of a
// ceremony).
import { checkRound, chainNamed, roundTime, type BLS } from "./beacon";
import { hex, unhex } from "./bytes";
import { compare, holds, unknown, type Findings } from "./compare";
import { Fault } from "./fault";
import { sha256 } from "./hash";
import type { Members } from "./json";
import { ceremonyRho, lotteryRho } from "./lottery";
import { listOf, membersOf, numberOf, part, textOf, textsOf } from "./members";
import { parseNote, parseVKey, signedBy } from "./note";
import { parseEntry } from "./record";

/** Around a cast: what its seed is made from, and where it stands. */
export interface Setting {
  /** the log's origin */
  readonly origin: string;
  /** id of the draw, or of the 组队 */
  readonly id: string;
  /** digest of the notice's entry */
  readonly c: string;
  /** bytes of an entry with its signature lines */
  entry(index: number): Promise<Uint8Array>;
  /** what bls.js registered; without it a round is hashed and not verified */
  readonly bls?: BLS | undefined;
}

/** checkRandomness computes rho from what the cast brings. */
export function checkRandomness(f: Findings, at: Setting, named: Members, cast: Members): string {
  switch (textOf(named, "kind")) {
    case "drand":
      return fromRound(f, at, named, cast);
    case "lottery":
      return fromLottery(f, named, cast);
    case "ceremony":
      return fromCeremony(f, at, named, cast);
    default:
      throw new Fault("bad-form", "randomness.kind", textOf(named, "kind"));
  }
}

export function fromRound(f: Findings, at: Setting, named: Members, cast: Members): string {
  const chain = chainNamed(textOf(named, "chain"));
  const round = numberOf(named, "round");
  compare(f, "round-time", String(round), Number(roundTime(chain, round)), unixTime(textOf(named, "time")));
  const signature = unhex(textOf(cast, "signature"), 48, "signature");
  if (at.bls === undefined) {
    unknown(f, "bad-signature", String(round));
  } else {
    checkRound(at.bls, chain, BigInt(round), signature);
  }
  return hex(sha256(signature));
}

export function fromLottery(f: Findings, named: Members, cast: Members): string {
  const draws = listOf(named, "draws").map(membersOf).map((d) => ({ game: textOf(d, "game"), issue: textOf(d, "issue"), closes: textOf(d, "closes") }));
  const rho = lotteryRho(draws, textOf(cast, "line"));
  const earliest = Math.min(...draws.map((d) => unixTime(d.closes)));
  compare(f, "sales-close", "", earliest, unixTime(textOf(named, "time")));
  unknown(f, "lottery-numbers", textOf(cast, "line"));
  return rho;
}

export function fromCeremony(f: Findings, at: Setting, named: Members, cast: Members): string {
  const ceremony = part(named, "ceremony") ?? {};
  const throws = { balls: numberOf(ceremony, "balls"), throws: numberOf(ceremony, "throws") };
  const line = textOf(cast, "line");
  const rho = ceremonyRho(throws, line);
  if (ceremony["paper"] === true) {
    unknown(f, "ceremony-paper", line);
    return rho;
  }
  const text = ceremonyRecord(at, textOf(named, "time"), line);
  const signed = textsOf(cast, "signed");
  const note = parseNote(new TextEncoder().encode(`${text}\n${signed.map((l) => `${l}\n`).join("")}`));
  const keys = listOf(ceremony, "present").map(membersOf).map((p) => parseVKey(textOf(p, "key")));
  const who = keys.filter((k) => signedBy(note, k)).map((k) => k.name);
  const all = note.lines.length === who.length && who.length >= 2;
  holds(f, "ceremony-unsigned", "", all, who.join(", "), keys.map((k) => k.name).join(", "));
  unknown(f, "ceremony-throws", line);
  return rho;
}

/** unixTime reads a time of an entry; record.ts has tested its form. */
export function unixTime(t: string): number {
  return Date.parse(t) / 1000;
}

/** ceremonyRecord is what those present sign. */
export function ceremonyRecord(at: Pick<Setting, "origin" | "id" | "c">, time: string, line: string): string {
  return [
    "sunlot/v1 现场掷数记录",
    at.origin,
    `抽取 ${at.id}`,
    `预告 ${at.c}`,
    `开始 ${time}`,
    `结果 ${line}`,
    "在场确认：抽取预告在先；现场不早于上述时间开始；结果是当场所得，没有重来。",
    "",
  ].join("\n");
}

/**
 * checkContributions computes every x_i: the digests of the entries that the
 * cast names, one of each contributor in the notice's order (draw1 §2). That an
 * entry is its contributor's first, and in time, shows only over the ledger.
 */
export async function checkContributions(f: Findings, at: Setting, named: Members, cast: Members): Promise<string[]> {
  const contributors = listOf(named, "contributors").map(membersOf);
  const indexes = listOf(cast, "contributions").map(Number);
  if (!compare(f, "contribution-missing", "", indexes.length, contributors.length)) {
    return [];
  }
  const extras: string[] = [];
  for (const [i, who] of contributors.entries()) {
    const bytes = await at.entry(indexes[i]!);
    const entry = parseEntry(bytes);
    const name = textOf(who, "name");
    const key = parseVKey(textOf(who, "key"));
    holds(f, "entry-type", name, entry.type === "contribution", entry.type, "contribution");
    compare(f, "commitment", name, textOf(entry.body, "commitment"), at.c);
    compare(f, "contribution-by", name, textOf(entry.env, "by"), name);
    const alone = entry.signatures.length === 1 && signedBy(parseNote(bytes), key);
    holds(f, "contribution-unsigned", name, alone, entry.signatures.map((s) => s.name).join(", "), key.name);
    extras.push(hex(sha256(bytes)));
    unknown(f, "contribution-in-time", name);
  }
  return extras;
}
