// Lies that an office tells with its own keys, every signature and proof in
// order: no step over one of them may be 相符.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bls } from "../src/bls";
import { hex, utf8 } from "../src/bytes";
import { checkDraw } from "../src/check-draw";
import { checkEntry } from "../src/check-entry";
import { checkResult } from "../src/check-result";
import type { Shown } from "../src/draw-parts";
import { sha256 } from "../src/hash";
import { myTicket } from "../src/my-ticket";
import type { Trust } from "../src/ledger";
import { seal } from "../src/opening";
import { recusalSalt, saltOf } from "../src/seed";
import type { Ended } from "../src/step";
import { DRAW, K, KI, NOTICE, bytesOf, charter, codeOf, handle, key, log, office, policyOf, put, run, siteOf, statesOf, witnesses, world, write, type Body, type Change, type Files } from "./forged";

const nothing: Trust = { policy: "", fingerprint: "" };
const tools = { bls: async () => bls };

const draw = (files: Files, trust = nothing, picked = false): Promise<Ended> =>
  checkDraw(run, siteOf(files, picked), trust, { charters: [0], notice: NOTICE, entry: DRAW, later: [] }, tools);

test("what turns red below is the lie: the forger's own ledger is green", async () => {
  const ended = await draw(await world());
  assert.deepEqual(statesOf(ended), { key: "unknown" }, JSON.stringify(ended.steps));
});

/** A lie, and where it shows. */
const lies: readonly (readonly [string, Change, { [step: string]: string }])[] = [
  ["a policy that asks for nobody, with witnesses in it", { policy: policyOf("none") }, { charter: "bad charter-witnesses" }],
  ["a policy of which two halves are each enough", { policy: policyOf("1") }, { charter: "bad charter-witnesses" }],
  ["the office as its own witness", ownWitness(office, "office"), { charter: "bad charter-witnesses" }],
  ["one of the register in nobody's list, another twice among the left out", { hat: (_, out) => out.splice(0, 2, `${handle(8)}|g1|cap`, `${handle(8)}|g2|status`) }, { files: "bad twice-in-register" }],
  ["a register smaller than its entry says", { rosters: (b) => (b["count"] = 12) }, { files: "bad roster-entry" }],
  ["a register of other people", { rosters: (_, b) => ((b["file"] as Body)["sha256"] = "0".repeat(64)) }, { files: "bad roster-entry" }],
  ["people dropped in silence", { rosters: (_, b) => (b["count"] = 5), notice: (b) => ((b["inspectors"] as Body)["count"] = 5) }, { files: "bad roster-count" }],
  ["one with sixteen lots", { hat: (pool) => (pool[2] = pool[2]!.replace(/1$/, "16")) }, { files: "bad bad-weight" }],
  ["a base without those whom the cap left out", { notice: (b) => ((b["groups"] as Body[])[0]!["base"] = 8) }, { files: "bad base" }],
];

/** ownWitness lets a key of the office sign as a witness. */
function ownWitness(of: { readonly name: string }, name: string): Change {
  assert.equal(of.name, office.name);
  const own = key(name, 2, 4);
  return { policy: policyOf("2", [own, witnesses[0]!, witnesses[1]!]), seers: [own, witnesses[0]!, witnesses[1]!] };
}

for (const [name, change, red] of lies) {
  test(`red: ${name}`, async () => {
    const ended = await draw(await world(change));
    assert.equal(ended.verdict, "bad", JSON.stringify(ended.steps));
    const [step, code] = Object.entries(red)[0]!;
    assert.equal(statesOf(ended)[step], code, JSON.stringify(ended.steps));
    assert.deepEqual(Object.values(statesOf(ended)).filter((s) => s.startsWith("bad")), [code]);
  });
}

test("more places or group teams than a draw has are refused, and fill no memory", async () => {
  for (const [name, value] of [["group_teams", 2 ** 53 - 1], ["slots", Array.from({ length: 5000 }, () => ({}))]] as const) {
    const ended = await draw(await world({ notice: (b) => (b[name] = value) }));
    assert.equal(statesOf(ended)["teams"], "bad bad-form", name);
  }
});

test("a number of witnesses is of those who had signed by then, each that counts", async () => {
  const files = await world({}, () => []);
  // the third signs a day later; a line of type 6 is not at hand, its key would count for nobody
  const name = `ledger/proof/${NOTICE}.tlog-proof`;
  const proof = new TextDecoder().decode(files.get(name));
  const text = proof.slice(proof.indexOf("\n\n") + 2).split("\n\n")[0] + "\n";
  const late = proof.replace(/— w3 .*\n/, witnesses[2]!.cosign(text, 1692806364 + 86400));
  assert.notEqual(late, proof);
  const ended = await draw(files.set(name, utf8(late)));
  assert.match(ended.steps.find((s) => s.id === "notice")!.words, /，2家见证单位在/);
});

// the draw is the last entry: its own checkpoint is that of the ledger
test("a picked ledger without tiles is not said to go on", async () => {
  const files = await world();
  assert.ok(files.delete("ledger/tile/0/000.p/5"));
  const ended = await draw(files, nothing, true);
  assert.deepEqual([statesOf(ended)["notice"], statesOf(ended)["draw"]], ["unknown", undefined]);
  assert.equal(statesOf(await draw(await world(), nothing, true))["notice"], undefined);
});

test("a register that was not given leaves its step undecided, and the draw is computed", async () => {
  const files = await world();
  assert.ok(files.delete("ledger/entry/2.txt"));
  const ended = await draw(files, nothing, true);
  assert.deepEqual(statesOf(ended), { files: "unknown", key: "unknown" });
});

const ticket = (files: Files, code: string, more: object = {}): Promise<Ended> =>
  myTicket(run, siteOf(files), nothing, { charters: [0], notice: NOTICE, entry: DRAW, code, salt: "", ...more });
const opened = async (change: Change = {}): Promise<Files> =>
  (await world(change)).set(`ledger/opening/${NOTICE}.json`, utf8(`{"K":"${"11".repeat(32)}"}`));

test("my ticket: drawn is who stands in the list, and nobody is answered above a 不相符", async () => {
  const all = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(async (i) => ticket(await opened(), codeOf(i))));
  assert.deepEqual(all.map((e) => e.verdict), all.map(() => "good"));
  assert.equal(all.filter((e) => /抽中了$/.test(e.answer ?? "")).length, 3);
  const first = all.findIndex((e) => /抽中了$/.test(e.answer ?? ""));
  const without: Change = {
    draw: (b, files) => {
      const sum = (b["drawn"] as Body)["sha256"] as string;
      const list = new TextDecoder().decode(files.get(`ledger/blob/sha256/${sum.slice(0, 2)}/${sum}`)).trimEnd().split("\n");
      b["drawn"] = put(files, "drawn", list.filter((l) => !l.endsWith(handle(first))));
    },
  };
  const left = await ticket(await opened(without), codeOf(first));
  assert.deepEqual([statesOf(left)["cutoff"], left.answer], ["bad not-listed", undefined]);
  const files = await opened();
  const name = `ledger/proof/${DRAW}.tlog-proof`;
  files.set(name, utf8(new TextDecoder().decode(files.get(name)).replace(/index \d+\n./, (s) => s.slice(0, -1) + (s.endsWith("A") ? "B" : "A"))));
  assert.equal((await ticket(files, codeOf(first))).answer, undefined);
});

test("my ticket: nobody has sixteen lots", async () => {
  const files = await opened({ hat: (pool) => (pool[2] = pool[2]!.replace(/1$/, "16")) });
  assert.equal(statesOf(await ticket(files, codeOf(2)))["hat"], "bad bad-weight");
});

test("my ticket is of the draw that was asked for", async () => {
  assert.equal((await ticket(await opened(), codeOf(0), { draw: "2023-001" })).verdict, "good");
  const other = await ticket(await opened(), codeOf(0), { draw: "2023-002" });
  assert.deepEqual([statesOf(other)["handle"], other.verdict, other.answer], ["bad other-draw", "bad", undefined]);
});

test("my ticket of a draw that the platform casts has no ticket, and nothing of it is 不相符", async () => {
  const platform: Change = {
    notice: (b) => {
      delete b["randomness"];
      Object.assign(b, { casts: "platform", before: "2023-08-23T23:59:24+08:00" });
    },
  };
  const ended = await ticket(await opened(platform), codeOf(0));
  assert.deepEqual([ended.verdict, statesOf(ended)["draw"]], ["part", "unknown"]);
});

test("what the reader brought is said to be held to the ledger only where it was", async () => {
  const files = await world();
  const entry = (trust: Trust, of = files, picked = false): Promise<Ended> => checkEntry(run, siteOf(of, picked), trust, { charters: [0], entry: 1 });
  const print = "a".repeat(64);
  assert.match((await entry({ policy: "", fingerprint: print })).trust, /已经一并核对/);
  for (const trust of [{ policy: "", fingerprint: "abc" }, { policy: "not a policy", fingerprint: "" }, { policy: "nor this", fingerprint: print }]) {
    const ended = await entry(trust);
    assert.deepEqual([statesOf(ended)["charter"], ended.verdict], ["unknown", "part"], JSON.stringify(trust));
    assert.match(ended.trust, /没有核对成/);
  }
  const bare = new Map(files);
  bare.delete("ledger/checkpoint");
  assert.match((await entry({ policy: "", fingerprint: print }, bare)).trust, /没有核对成/);
  const logOnly = await entry({ policy: `log ${log.line}\nquorum none`, fingerprint: "" });
  assert.match(logOnly.trust, /见证单位取自这个账本自己/);
  assert.equal(logOnly.verdict, "good");
});

test("a charter whose proof is kept back is not passed over", async () => {
  const next = key("a.cn/s/office2", 9);
  const make = async (by: readonly typeof office[]): Promise<Files> => {
    const files: Files = new Map();
    await write([
      { type: "charter", body: charter(policyOf("2")) },
      { type: "charter", body: charter(policyOf("2"), [next]), by },
      { type: "filing", body: { date: "2023-06-12", plan: 3, to: "甲" }, by: [office] },
    ], files);
    return files;
  };
  const entry = (files: Files): Promise<Ended> => checkEntry(run, siteOf(files, true), nothing, { charters: [0, 1], entry: 2 });
  assert.equal(statesOf(await entry(await make([office])))["entry"], "bad entry-unsigned", "the old key was taken away");
  const kept = await make([office]);
  assert.ok(kept.delete("ledger/proof/1.tlog-proof"));
  assert.notEqual((await entry(kept)).verdict, "good", "its proof is not given");
  assert.equal((await entry(await make([key("x", 77)]))).verdict, "good", "nobody of the office signed it");
});

/** said are the lines of a file that a body describes. */
const said = (b: Body, files: Files, name: string): string[] => {
  const sum = (b[name] as Body)["sha256"] as string;
  return new TextDecoder().decode(files.get(`ledger/blob/sha256/${sum.slice(0, 2)}/${sum}`)).trimEnd().split("\n");
};
const bodyOf = (files: Files, i: number): Body => (JSON.parse(new TextDecoder().decode(files.get(`ledger/entry/${i}.txt`)).split("\n")[2]!) as { body: Body }).body;

test("red: recusals of some of the hat alone", async () => {
  const files = await world({ notice: (b, all) => (b["recusals"] = put(all, "recusal-commits", said(b, all, "recusals").slice(1))) });
  assert.equal(statesOf(await draw(files))["files"], "bad recusal-lines");
});

test("a number added by the office itself is nobody's", async () => {
  for (const [by, state] of [[key("c1", 31), undefined], [office, "bad contribution-own"], [key("c2", 2), "bad contribution-own"]] as const) {
    let added: { type: string; body: Body; by: readonly typeof office[] } | undefined;
    const files = await world({
      notice: (b) => ((b["randomness"] as Body)["contributors"] = [{ key: by.line, name: "办公室" }]),
      draw: (b) => {
        added = { type: "contribution", body: { commitment: b["commitment"]!, notice: NOTICE, value: "33".repeat(32) }, by: [by] };
        b["contributions"] = [DRAW + 1];
      },
    }, () => [added!]);
    assert.equal(statesOf(await draw(files))["round"], state, by.name);
  }
});

test("a platform's list that was drawn before the notice was seen does not follow it", async () => {
  for (const [time, state] of [["2023-08-23T23:00:00+08:00", undefined], ["2023-08-23T22:00:00+08:00", "unknown"]] as const) {
    let notice: Body = {};
    const files = await world({
      notice: (b) => {
        delete b["randomness"];
        notice = Object.assign(b, { casts: "platform", before: "2023-08-23T23:59:24+08:00" });
      },
    }, (all) => {
      const list = said(notice, all, "pool").slice(0, 3).map((l) => l.slice(0, 32));
      const salts = list.map((h) => `${h}|${recusalSalt(KI, h)}|`);
      const none = put(all, "teams", []);
      return [{ type: "platform-draw", body: { count: 3, export: { bytes: 1, sha256: "0".repeat(64) }, notice: NOTICE, objects: put(all, "unstaffed", list), platform_no: "1", recusals: put(all, "recusals", salts), teams: none, time } }];
    });
    const ended = await checkDraw(run, siteOf(files), nothing, { charters: [0], notice: NOTICE, entry: DRAW + 1, later: [] }, tools);
    assert.equal(statesOf(ended)["compare"], state, JSON.stringify(ended.steps));
    assert.equal(statesOf(ended)["order"], undefined);
  }
});

test("a page of a draw is held to its address, to sixteen digits of a ticket, and to every enterprise's page", async () => {
  const files = await world();
  const [body, C] = [bodyOf(files, DRAW), hex(sha256(files.get(`ledger/entry/${NOTICE}.txt`)!))];
  const drawn = said(body, files, "drawn").map((l) => l.split("|"));
  const of = (h: string): number => Array.from({ length: 10 }, (_, i) => i).find((i) => handle(i) === h)!;
  const opened = drawn.map((d) => of(d[2]!)).sort((a, b) => a - b).map((i) => `{"id":"${codeOf(i)}","kind":"O","salt":"${saltOf(K, "O", codeOf(i))}"}`);
  files.set(`ledger/opening/${NOTICE}.json`, utf8(`{"K":"${K}","handles":[${opened.join(",")}]}`));
  const text = `2023-001 ${C} ${String(body["seed"])} ${drawn.map((d) => d[1]).join(" ")}`;
  const rows = drawn.map((d) => ({ handle: d[2]!, text: `${d[1]!.slice(0, 16)}…`, code: codeOf(of(d[2]!)).toLowerCase() }));
  const page = async (shown: Shown): Promise<string | undefined> =>
    statesOf(await checkDraw(run, siteOf(files), nothing, { charters: [0], notice: NOTICE, entry: DRAW, later: [], shown }, tools))["page"];
  for (const at of ["", "2023-001", `notice-${NOTICE}`]) assert.equal(await page({ text, rows, at }), undefined, at);
  assert.equal(await page({ text, rows, at: "2023-002" }), "bad page");
  const first = rows[0]!;
  const eighth = first.text.slice(0, 12) + (first.text[12] === "0" ? "1" : "0") + first.text.slice(13);
  for (const row of [{ ...first, text: eighth }, { ...first, code: rows[1]!.code }, { ...first, code: "reg-370322000000001" }, { ...first, code: "x-0123456789abcdef" }]) {
    assert.equal(await page({ text, rows: [row, ...rows.slice(1)], at: "" }), "bad page", JSON.stringify(row));
  }
});

test("a page of a result is held to the record's text and to the codes of its outcome, corrected or not", async () => {
  const salt = "44".repeat(32);
  const [code, name] = [seal(salt, "code", codeOf(0)), seal(salt, "name", "甲厂")];
  const outcome = (...codes: string[]): Body => ({ codes, items: [{ codes, item: "1" }] });
  const result: Body = { code, name, ended: "2023-08-26", origin: "complaint", outcome: outcome("1"), unit: "一科" };
  const files = await world({}, () => {
    const corrected: Body = { approved_by: code, date: "2023-09-01", ground: "错", old: hex(sha256(bytesOf({ type: "result", body: result }))), outcome: outcome("2", "3"), result: DRAW + 1 };
    return [{ type: "result", body: result }, { type: "correction", body: corrected }];
  });
  const field = (value: string): string => `{"salt":"${salt}","value":"${value}"}`;
  files.set(`ledger/opening/${DRAW + 1}.json`, utf8(`{"fields":{"code":${field(codeOf(0))},"name":${field("甲厂")}}}`));
  const bytes = files.get(`ledger/entry/${DRAW + 1}.txt`)!;
  const text = `甲厂 ${codeOf(0)} ${hex(sha256(bytes))}`;
  const record = new TextDecoder().decode(bytes);
  const page = async (later: number[], codes: string[], of = record): Promise<string | undefined> =>
    statesOf(await checkResult(run, siteOf(files), nothing, { charters: [0], entry: DRAW + 1, later, shown: { text, record: of, codes } }))["page"];
  assert.deepEqual([await page([], ["1"]), await page([DRAW + 2], ["3", "2"])], [undefined, undefined]);
  for (const [later, codes] of [[[], []], [[], ["2"]], [[DRAW + 2], ["1"]], [[DRAW + 2], ["2"]]] as [number[], string[]][]) {
    assert.equal(await page(later, codes), "bad page", codes.join());
  }
  assert.equal(await page([], ["1"], record.replace("一科", "二科")), "bad page");
  files.delete(`ledger/opening/${DRAW + 1}.json`);
  const closed = await checkResult(run, siteOf(files, true), nothing, { charters: [0], entry: DRAW + 1, later: [] });
  assert.deepEqual([closed.verdict, statesOf(closed)], ["part", { fields: "unknown" }], "whose result it is nobody sees");
});

test("what is shown of a large file that is wrong is short", async () => {
  const files = (await world()).set(`ledger/opening/${NOTICE}.json`, utf8(`{"K": "${"啊".repeat(100_000)}"}`));
  const opened = (await draw(files)).steps.find((s) => s.id === "opened")!;
  assert.equal(opened.state, "bad");
  assert.ok(opened.figures.length > 0 && opened.figures.every((f) => f.value.length < 1100), String(opened.figures.map((f) => f.value.length)));
});

test("witnesses who were exchanged are named as such, and an earlier anchor decides nothing", async () => {
  const [files, w4] = [new Map() as Files, key("w4", 6, 4)];
  const later = policyOf("2", [witnesses[0]!, witnesses[1]!, w4]);
  const first = { type: "charter", body: charter(policyOf("2")) };
  await write([first, { type: "charter", body: charter(later) }], files, later, [...witnesses, w4]);
  const entry = (charters: number[], fingerprint = ""): Promise<Ended> => checkEntry(run, siteOf(files), { policy: "", fingerprint }, { charters, entry: 1 });
  const both = await entry([0, 1]);
  assert.equal(both.verdict, "good", JSON.stringify(both.steps));
  assert.match(both.steps.find((s) => s.id === "charter")!.words, /见证约定换过，先前的写在第0条记录/);
  assert.equal(statesOf(await entry([0, 1], hex(sha256(bytesOf(first)))))["charter"], "unknown");
  assert.equal(statesOf(await entry([0]))["charter"], "bad charter-policy", "the later charter is left out");
});

test("a charter may name keys of further roles, and none of them is a witness", async () => {
  const seal2 = key("w9", 8, 4);
  const make = async (policy: string): Promise<Ended> => {
    const files: Files = new Map();
    const body = charter(policy);
    (body["keys"] as Body[]).push({ key: seal2.line, role: "seal" });
    await write([{ type: "charter", body }], files, policy, [...witnesses, seal2]);
    return checkEntry(run, siteOf(files), nothing, { charters: [0], entry: 0 });
  };
  assert.equal((await make(policyOf("2"))).verdict, "good");
  assert.equal(statesOf(await make(policyOf("2", [witnesses[0]!, witnesses[1]!, seal2])))["charter"], "bad charter-witnesses");
});
