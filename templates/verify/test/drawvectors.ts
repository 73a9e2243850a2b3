// Runners of spec/vectors/{draw1,teams,refill,lines,lottery,beacon}: each takes
// the bytes of one case and throws where the outcome is another.
import assert from "node:assert/strict";
import { chainNamed, checkOldRound, checkRound, FIRST_CHAIN, roundAt, roundTime, type BLS, type Chain } from "../src/beacon";
import { bls } from "../src/bls";
import { nobleBLS } from "./blsnoble";
import { unhex, utf8 } from "../src/bytes";
import { ensure } from "../src/fault";
import { bits, ceremonyResults, ceremonyRho, lotteryResults, lotteryRho } from "../src/lottery";
import { countCells, describe, readLines, type LinesKind } from "../src/pool";
import { quotas } from "../src/quota";
import { memberOf, rawJSON, repeated, type Raw } from "../src/rawjson";
import { refill } from "../src/refill";
import { readRound } from "../src/roundtext";
import { drawSeed, refillSeed } from "../src/seed";
import { atOnce } from "../src/slices";
import { teams, type Team } from "../src/team";
import { drawCells, inOrder, tickets } from "../src/ticket";
import { ceremonyLine, lotteryLine } from "../src/typed";
import {
  field, HANDLE, HASH, inspectorsOf, integer, items, members, OBJECT, once, ordered, outcomeOf, poolFrom, readDraw,
  recusalsOf, slotsOf, text, texts, type Members,
} from "./drawcase";

/** plain turns a value into what JSON.parse gives. */
function plain(v: Raw): unknown {
  switch (v.kind) {
    case "object":
      return Object.fromEntries(v.members.map(([n, x]) => [n, plain(x)]));
    case "list":
      return v.items.map(plain);
    case "string":
      return v.value;
    case "number":
      return BigInt(v.text);
    case "word":
      return v.text;
  }
}

/** counted writes numbers as plain does. */
function counted(v: unknown): unknown {
  if (typeof v === "number") {
    return BigInt(v);
  }
  if (Array.isArray(v)) {
    return v.map(counted);
  }
  if (typeof v === "object" && v !== null) {
    return Object.fromEntries(Object.entries(v).map(([n, x]) => [n, counted(x)]));
  }
  return v;
}

/** read takes a vector apart; its expectation must be there once. */
function read(data: Uint8Array): { v: Raw; expect: unknown } {
  const v = rawJSON(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data));
  assert.ok(v !== undefined && v.kind === "object", "not a vector");
  const e = v.members.filter(([n]) => n === "expect");
  assert.equal(e.length, 1, "expect");
  return { v, expect: plain(e[0]![1]) };
}

function same(run: () => unknown, expect: unknown): void {
  assert.deepEqual(counted(outcomeOf(run)), expect);
}

const teamList = (list: readonly Team[], name = "object"): unknown => list.map((t) => ({ [name]: t.object, members: t.members }));

/** castOf is the outcome of a draw1 case. */
export function castOf(v: Raw): unknown {
  const c = readDraw(v);
  const seed = drawSeed(c.c, c.extras, c.rho);
  const pool = poolFrom(c.objects);
  const quota = quotas(c.groups, countCells(pool));
  const cells = atOnce(drawCells(pool, atOnce(tickets(seed, pool)), quota));
  const outcome = {
    seed,
    quotas: Object.fromEntries(quota),
    drawn: cells.map(({ cell, cutoff, objects }) => ({ cell, cutoff, objects })),
  };
  if (c.slots === undefined) {
    return outcome;
  }
  const hat = { seed, slots: c.slots, inspectors: c.inspectors, recusals: c.recusals, groupTeams: c.groupTeams };
  const t = atOnce(teams(hat, inOrder(cells).map((o) => o.handle)));
  const staffed = { ...outcome, cap: t.cap, teams: teamList(t.teams), unstaffed: t.unstaffed };
  return c.groupTeams === 0 ? staffed : { ...staffed, group_teams: teamList(t.groupTeams, "team") };
}

export function draw1(data: Uint8Array): void {
  const { v, expect } = read(data);
  same(() => castOf(v), expect);
}

/** teamsOf is the outcome of a case of vectors/teams. */
export function teamsOf(v: Raw): unknown {
  const m = members(v, "case", ["desc", "version", "C", "extras", "rho", "objects", "slots", "inspectors", "expect", "group_teams?", "recusals?"]);
  text(m.get("version"), "version", /^draw1$/);
  const seed = drawSeed(text(m.get("C"), "C", HASH), texts(m.get("extras"), "extras", HASH), text(m.get("rho"), "rho", HASH));
  const objects = texts(m.get("objects"), "objects", HANDLE);
  const slots = slotsOf(m.get("slots"), "slots");
  const groupTeams = m.has("group_teams") ? integer(m.get("group_teams"), "group_teams", 1, 99) : 0;
  const inspectors = inspectorsOf(m.get("inspectors"));
  const recusals = recusalsOf(m.get("recusals"), new Set(objects), inspectors);
  ordered(inspectors.map((p) => p.handle));
  once(objects);
  once(inspectors.map((p) => p.handle));
  ensure(objects.length > 0, "empty-pool", "objects");
  const t = atOnce(teams({ seed, slots, inspectors, recusals, groupTeams }, objects));
  const outcome = { seed, cap: t.cap, teams: teamList(t.teams), unstaffed: t.unstaffed };
  return groupTeams === 0 ? outcome : { ...outcome, group_teams: teamList(t.groupTeams, "team") };
}

export function teamsVector(data: Uint8Array): void {
  const { v, expect } = read(data);
  same(() => teamsOf(v), expect);
}

/** refillOf is the outcome of a case of vectors/refill. */
export function refillOf(v: Raw): unknown {
  const m = members(v, "case", ["desc", "version", "seed", "request", "rho", "slots", "inspectors", "teams", "expect", "loads?"]);
  text(m.get("version"), "version", /^draw1$/);
  const hash = (name: string): string => text(m.get(name), name, HASH);
  const seed = refillSeed(hash("seed"), hash("request"), hash("rho"));
  const slots = slotsOf(m.get("slots"), "slots");
  const inspectors = inspectorsOf(m.get("inspectors"));
  const gaps = items(m.get("teams"), "teams").map((x, i) => {
    const t = members(x, `teams[${i}]`, ["object", "members", "barred"]);
    const list = texts(t.get("members"), "members", /^(?:[0-9a-f]{32})?$/);
    const kept = list.filter((h) => h !== "");
    field(list.length === slots.length && kept.length < list.length && new Set(kept).size === kept.length, "members");
    return { object: text(t.get("object"), "object", OBJECT), members: list, barred: texts(t.get("barred"), "barred", HANDLE) };
  });
  field(gaps.length > 0, "teams");
  const loads = loadsOf(m, new Set(inspectors.map((p) => p.handle)));
  ordered(inspectors.map((p) => p.handle));
  once(inspectors.map((p) => p.handle));
  once(gaps.map((g) => g.object));
  return { seed, teams: refill(seed, slots, inspectors, gaps, loads) };
}

function loadsOf(m: Members, known: ReadonlySet<string>): Map<string, number> {
  const loads = new Map<string, number>();
  const v = m.get("loads");
  if (v === undefined) {
    return loads;
  }
  field(v.kind === "object" && repeated(v) === undefined, "loads");
  for (const [h, n] of v.members) {
    field(known.has(h), "loads");
    loads.set(h, integer(n, "loads", 0));
  }
  return loads;
}

export function refillVector(data: Uint8Array): void {
  const { v, expect } = read(data);
  same(() => refillOf(v), expect);
}

const KINDS = /^(?:pool|inspectors|leftout|recusal-commits|drawn|teams|recusals|declared|unstaffed)$/;

export function lines(data: Uint8Array): void {
  const { v, expect } = read(data);
  const m = members(v, "case", ["desc", "version", "kind", "file", "expect"]);
  same(() => {
    const { sha256, root, lines: n } = atOnce(describe(atOnce(readLines(text(m.get("kind"), "kind", KINDS) as LinesKind, utf8(text(m.get("file"), "file"))))));
    return { sha256, root, lines: n };
  }, expect);
}

/** wanted is what beacon.md's vectors expect: expect or error. */
function wanted(v: Raw): unknown {
  const error = memberOf(v, "error");
  return error === undefined ? plain(memberOf(v, "expect")!) : plain({ kind: "object", members: [["error", error]] });
}

function whole(data: Uint8Array): Raw {
  const v = rawJSON(new TextDecoder("utf-8", { fatal: true }).decode(data));
  assert.ok(v !== undefined && v.kind === "object" && repeated(v) === undefined);
  return v;
}

export function lottery(data: Uint8Array): void {
  const v = whole(data);
  const m = members(v, "case", ["desc", "version", "issues?", "ceremony?", "line?", "typed?", "expect?", "error?"]);
  same(() => {
    const issues = m.has("issues")
      ? items(m.get("issues"), "issues").map((x) => {
          const d = members(x, "issue", ["game", "issue"]);
          return { game: text(d.get("game"), "game"), issue: text(d.get("issue"), "issue") };
        })
      : undefined;
    const c = m.has("ceremony") ? members(m.get("ceremony"), "ceremony", ["balls", "throws"]) : new Map<string, Raw>();
    const throws = issues ? { balls: 0, throws: 0 } : { balls: integer(c.get("balls"), "balls"), throws: integer(c.get("throws"), "throws") };
    const results = issues ? lotteryResults(issues) : ceremonyResults(throws);
    const rho = (line: string): string => (issues ? lotteryRho(issues, line) : ceremonyRho(throws, line));
    if (m.has("typed")) {
      const typed = text(m.get("typed"), "typed");
      const line = issues ? lotteryLine(issues, typed) : ceremonyLine(throws, typed);
      return { bits: bits(results), line, rho: rho(line) };
    }
    return m.has("line") ? { bits: bits(results), rho: rho(text(m.get("line"), "line")) } : { bits: bits(results) };
  }, wanted(v));
}

/** infoOf reads a chain under the names of drand's /info. */
function infoOf(hash: string, v: Raw): Chain {
  const get = (name: string): string => plain(memberOf(v, name)!) as string;
  return {
    hash,
    scheme: get("schemeID"),
    publicKey: get("public_key"),
    period: Number(get("period")),
    genesis: Number(get("genesis_time")),
    groupHash: get("groupHash"),
    id: get("beaconID"),
  };
}

/** beacon runs a case by our own pairing and by that of @noble/curves; rounds of the first chain by the latter. */
export function beacon(data: Uint8Array): void {
  const v = whole(data);
  if (memberOf(v, "previous") === undefined) {
    beaconBy(bls, v);
  }
  beaconBy(nobleBLS, v);
}

function beaconBy(bls: BLS, v: Raw): void {
  const m = members(v, "case", ["desc", "version", "chain", "info?", "round?", "signature?", "previous?", "text?", "at?", "expect?", "error?"]);
  const hash = text(m.get("chain"), "chain");
  const info = m.get("info");
  same(() => {
    const old = m.has("previous");
    const chain = info !== undefined ? infoOf(hash, info) : old && hash === FIRST_CHAIN.hash ? FIRST_CHAIN : chainNamed(hash);
    if (m.has("at")) {
      const round = roundAt(chain, integer(m.get("at"), "at"));
      return { round, time: round === 0 ? 0n : roundTime(chain, round) };
    }
    if (m.has("text")) {
      const r = readRound(utf8(text(m.get("text"), "text")), chain.hash);
      return { rho: checkRound(bls, chain, BigInt(r.round), unhex(r.signature)), round: r.round, time: roundTime(chain, r.round) };
    }
    const written = m.get("round");
    const round = written?.kind === "number" ? BigInt(written.text) : 0n;
    const signature = unhex(text(m.get("signature"), "signature"));
    const rho = old
      ? checkOldRound(bls, chain, round, unhex(text(m.get("previous"), "previous")), signature)
      : checkRound(bls, chain, round, signature);
    return { rho, round, time: roundTime(chain, Number(round)) };
  }, wanted(v));
}
