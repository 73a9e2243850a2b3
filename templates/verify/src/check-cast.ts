// The cast itself: randomness, seed, quotas, tickets, cut-offs, teams (draw1
// §2, §5–§7), each held to what the draw's entry says.

import { concat, unhex, utf8 } from "./bytes";
import { QUICKNET, chainNamed, checkRound, roundTime } from "./beacon";
import { readFile, sameLines } from "./blob";
import { entryStep, seconds, time } from "./begin";
import { openRecusals, waiting, type Draw } from "./draw-parts";
import { Fault, ensure } from "./fault";
import { H } from "./hash";
import type { Members } from "./json";
import { readEntry, type Proven } from "./ledger";
import { ceremonyRho, lotteryRho } from "./lottery";
import { listOf, membersOf, numberOf, part, textOf, textsOf } from "./members";
import { parseNote, parseVKey, signedBy } from "./note";
import { countCells, inspectorsOf } from "./pool";
import { quotas, totalOf, type Group } from "./quota";
import { drawSeed } from "./seed";
import { figure, good, through, unknown, type Outcome, type Title } from "./step";
import { teams, type Team } from "./team";
import { drawCells, inOrder, tickets, type CellDrawn } from "./ticket";

export const castTitles: readonly Title[] = [
  ["draw", "抽取记录"],
  ["commitment", "预告校验码 C"],
  ["round", "公开随机数"],
  ["seed", "摇号种子"],
  ["quotas", "名额"],
  ["tickets", "签值和抽中名单"],
  ["cutoffs", "中签线"],
  ["recusals", "回避"],
  ["teams", "检查组"],
];

/** What the cast gave, for the steps after it. */
export interface Cast {
  readonly entry: Proven;
  /** as computed */
  readonly seed: string;
  /** undefined where they could not be computed */
  readonly cells: readonly CellDrawn[] | undefined;
}

/** castSteps run them all; undefined where the draw's entry itself could not be
 * had. */
export async function castSteps(d: Draw, index: number): Promise<Cast | undefined> {
  const p = d.plan;
  const cast = await entryStep(p, d.ledger, "draw", index, ["draw"], "抽取记录");
  if (!cast) {
    for (const id of waiting(p)) if (id !== "later") p.skip(id, "抽取记录没有核验成，这一步核验不了。");
    return undefined;
  }
  const b = cast.entry.body;
  await p.step("commitment", async (note) => {
    ensure(
      numberOf(b, "notice") === d.notice.index,
      "other-notice",
      `entry/${index}.txt`,
      String(numberOf(b, "notice")),
      String(d.notice.index),
    );
    ensure(textOf(b, "commitment") === d.notice.hash, "commitment", `entry/${index}.txt`, textOf(b, "commitment"), d.notice.hash);
    note(good("抽取记录写的 C 就是抽取预告那条记录的校验码。", figure("C", d.notice.hash)));
  });
  const { extras, rho } = await roundStep(d, b);
  const seed = drawSeed(d.notice.hash, extras, rho);
  await p.step("seed", async (note) => {
    ensure(seed === textOf(b, "seed"), "seed", "draw1|C|ρ", seed, textOf(b, "seed"));
    note(
      good(
        "种子由 C 和公开随机数算出，与抽取记录一致。",
        figure("要算的一行", ["draw1", d.notice.hash, ...extras, rho].join("|")),
        figure("种子", seed),
      ),
    );
  });
  const given = await quotaStep(d, b);
  const drawn = given && (await ticketStep(d, b, seed, given));
  await cutStep(d, b, drawn);
  const recused = new Map<string, string[]>();
  await p.step("recusals", async (note) => {
    const n = await openRecusals(d, b, recused);
    ensure(!d.files.people || n === numberOf(b, "count"), "file-lines", "recusals", String(n), String(numberOf(b, "count")));
    const some = [...recused.values()].filter((x) => x.length > 0).length;
    note(
      good(
        n === 0
          ? "这次抽取没有编组，没有回避名单。"
          : `抽中的${n}户各有一行回避，都与预告里封存的一致，其中${some}户有人回避。没有抽中的各户不公开，本页不能核对。`,
        figure("公开的行数", n),
        figure("有人回避", some),
      ),
    );
  });
  await teamStep(d, b, seed, drawn, recused);
  return { entry: cast, seed, cells: drawn };
}

/** What the randomness gave: ρ, and why it is good or not to be decided. */
interface Value {
  readonly rho: string;
  readonly outcome: Outcome;
}

/** roundStep holds the value to what the notice named (beacon.md); it gives ρ,
 * the ledger's own where none could be computed, and the digests of the
 * contributions (draw1 §2). */
async function roundStep(d: Draw, b: Members): Promise<{ extras: string[]; rho: string }> {
  const extras: string[] = [];
  let rho = textOf(b, "rho");
  await d.plan.step("round", async (note) => {
    const r = part(d.body, "randomness") ?? {};
    extras.push(...(await contributions(d, b, r)));
    const added = extras.length > 0 ? `另有${extras.length}个见证人加数，都在号码之前入账。` : "";
    const kind = textOf(r, "kind");
    const value = kind === "drand" ? await drand(d, b, r, added) : kind === "lottery" ? lottery(b, r, added) : ceremony(d, b, r, added);
    rho = value.rho;
    ensure(rho === textOf(b, "rho"), "rho", "ρ", rho, textOf(b, "rho"));
    note(value.outcome);
  });
  return { extras, rho };
}

async function drand(d: Draw, b: Members, r: Members, added: string): Promise<Value> {
  const chain = chainNamed(textOf(r, "chain"));
  const round = numberOf(r, "round");
  const at = Number(roundTime(chain, round));
  ensure(at === seconds(textOf(r, "time")), "round-time", `第${round}期`, textOf(r, "time"), time(at));
  const bls = await d.tools.bls();
  const rho = checkRound(bls, chain, BigInt(round), unhex(textOf(b, "signature"), undefined, "signature"));
  return {
    rho,
    outcome: good(
      `drand 第${round}期（${time(at)}）的签名，用这个网络的公钥验过，谁也造不出来。${added}`,
      figure("网络公钥", QUICKNET.publicKey),
      figure("签名", textOf(b, "signature")),
      figure("ρ", rho),
    ),
  };
}

function lottery(b: Members, r: Members, added: string): Value {
  const draws = listOf(r, "draws").map((x) => ({ game: textOf(membersOf(x), "game"), issue: textOf(membersOf(x), "issue") }));
  const rho = lotteryRho(draws, textOf(b, "line"));
  return {
    rho,
    outcome: unknown(
      `种子用的就是预告指定的各期彩票号码。这些号码是不是那一期开出的，本页不能判断，请对照当天的开奖公告。${added}`,
      figure("号码", textOf(b, "line")),
      figure("ρ", rho),
    ),
  };
}

/** ceremony checks what those present signed (record.md, the record of a ceremony). */
function ceremony(d: Draw, b: Members, r: Members, added: string): Value {
  const c = part(r, "ceremony") ?? {};
  const rho = ceremonyRho({ balls: numberOf(c, "balls"), throws: numberOf(c, "throws") }, textOf(b, "line"));
  const numbers = [figure("掷出的", textOf(b, "line")), figure("ρ", rho)];
  if (c["paper"] === true)
    return { rho, outcome: unknown(`种子由现场掷出的数算出。在场的人签在纸上，本页不能核对，请看签字那张纸。${added}`, ...numbers) };
  const text = [
    "sunlot/v1 现场掷数记录",
    d.notice.entry.origin,
    `抽取 ${textOf(d.body, "draw")}`,
    `预告 ${d.notice.hash}`,
    `开始 ${textOf(r, "time")}`,
    `结果 ${textOf(b, "line")}`,
    "在场确认：抽取预告在先；现场不早于上述时间开始；结果是当场所得，没有重来。",
    "",
  ].join("\n");
  const lines = textsOf(b, "signed");
  const note = parseNote(concat(utf8(text), utf8("\n" + lines.map((l) => l + "\n").join(""))));
  const keys = listOf(c, "present").map((x) => parseVKey(textOf(membersOf(x), "key")));
  const signed = keys.filter((k) => signedBy(note, k));
  ensure(
    signed.length >= 2 && signed.length === lines.length,
    "ceremony-unsigned",
    "signed",
    String(signed.length),
    String(Math.max(2, lines.length)),
  );
  return {
    rho,
    outcome: unknown(
      `种子由现场掷出的数算出，${signed.length}名在场的人的数字签名验过。掷的时候有没有弄虚作假，只凭他们这样说，本页不能判断。${added}`,
      ...numbers,
      ...signed.map((k) => figure("在场签名", k.name)),
    ),
  };
}

/** contributions are x_i of draw1 §2: each entry signed by its contributor
 * alone, carrying C, in time. */
async function contributions(d: Draw, b: Members, r: Members): Promise<string[]> {
  const who = listOf(r, "contributors").map(membersOf);
  const at = listOf(b, "contributions").map(Number);
  ensure(who.length === at.length, "contribution-missing", "contributions", String(at.length), String(who.length));
  const list: string[] = [];
  for (const [i, c] of who.entries()) {
    const e: Proven = await readEntry(d.ledger, at[i]!);
    const place = `entry/${e.index}.txt`;
    ensure(e.entry.type === "contribution", "entry-type", place, e.entry.type, "contribution");
    ensure(
      e.note.lines.length === 1 && signedBy(e.note, parseVKey(textOf(c, "key"))),
      "contribution-unsigned",
      place,
      e.note.lines.map((l) => l.name).join("、"),
      textOf(c, "name"),
    );
    ensure(textOf(e.entry.body, "commitment") === d.notice.hash, "commitment", place, textOf(e.entry.body, "commitment"), d.notice.hash);
    const late = e.seen === undefined || e.seen > seconds(textOf(r, "time")) - 600;
    if (late) throw new Fault("contribution-late", place, e.seen === undefined ? "" : time(e.seen), textOf(r, "time"));
    list.push(e.hash);
  }
  return list;
}

/** What the notice says of one cell. */
interface SaidCell {
  readonly cell: string;
  readonly count: number;
  readonly quota: number;
}

/** groupsOf takes the notice's groups and cells. */
function groupsOf(body: Members): { groups: Group[]; said: SaidCell[] } {
  const groups: Group[] = [];
  const said: SaidCell[] = [];
  for (const g of listOf(body, "groups").map(membersOf)) {
    const [ratio, base, total, name] = [textOf(g, "ratio"), numberOf(g, "base"), numberOf(g, "total"), textOf(g, "name")];
    // A batch draws a part of its line's number, less what the batches before it
    // drew: those entries are not read here (verify.md, A notice).
    if (ratio !== "" && body["batch"] === undefined)
      ensure(totalOf(ratio, base) === total, "total", name, String(totalOf(ratio, base)), String(total));
    const cells = listOf(g, "cells").map(membersOf);
    for (const c of cells) said.push({ cell: textOf(c, "cell"), count: numberOf(c, "count"), quota: numberOf(c, "quota") });
    const rule = textOf(g, "rule") === "census" ? "census" : "total";
    groups.push({ name, rule, total, minimum: numberOf(g, "minimum"), cells: cells.map((c) => textOf(c, "cell")) });
  }
  return { groups, said };
}

/** quotaStep computes numbers and quotas of every cell (draw1 §5); they are
 * handed on even where the ledger says others. */
async function quotaStep(d: Draw, b: Members): Promise<Map<string, number> | undefined> {
  let given: Map<string, number> | undefined;
  await d.plan.step("quotas", async (note) => {
    const counts = countCells(d.files.pool);
    const { groups, said } = groupsOf(d.body);
    const known = new Set(said.map((s) => s.cell));
    for (const cell of counts.keys()) ensure(known.has(cell), "unknown-cell", "pool", cell);
    const made = quotas(groups, counts);
    given = made;
    const hold = (where: string, c: SaidCell): void => {
      const n = counts.get(c.cell) ?? 0;
      const q = made.get(c.cell) ?? 0;
      ensure(n === c.count, "cell-count", `${where}，分区 ${c.cell}`, String(n), String(c.count));
      ensure(q === c.quota, "quota", `${where}，分区 ${c.cell}`, String(q), String(c.quota));
    };
    for (const c of said) hold("抽取预告", c);
    for (const c of listOf(b, "cells").map(membersOf))
      hold("抽取记录", { cell: textOf(c, "cell"), count: numberOf(c, "count"), quota: numberOf(c, "quota") });
    const sum = [...made.values()].reduce((n, q) => n + q, 0);
    const part = d.body["batch"] === undefined ? "" : "这是分批抽取的一批，本批应抽几户要看前几批，本页不算。";
    note(
      good(
        `${made.size}个分区的户数按签筒重数，名额按最大商数法重分，共${sum}户，与预告和抽取记录一致。${part}`,
        ...said.map((s) => figure(`分区 ${s.cell}`, `签筒${s.count}户，名额${s.quota}户`)),
      ),
    );
  });
  return given;
}

/** ticketStep computes every ticket of the hat and who is drawn (draw1 §6). */
async function ticketStep(d: Draw, b: Members, seed: string, given: ReadonlyMap<string, number>): Promise<CellDrawn[] | undefined> {
  let cells: CellDrawn[] | undefined;
  await d.plan.step("tickets", async (note) => {
    const all = await through(d.run, tickets(seed, d.files.pool));
    cells = await through(d.run, drawCells(d.files.pool, all, given));
    const lines = cells.flatMap((c) => c.objects.map((o) => `${c.cell}|${o.ticket}|${o.handle}`));
    ensure(lines.length === numberOf(b, "count"), "count", "抽取记录", String(lines.length), String(numberOf(b, "count")));
    const file = await readFile(d.run, d.ledger.source, b, "drawn", "drawn");
    if (!file) throw new Fault("file-missing", "drawn");
    sameLines("抽中名单", file, lines);
    const first = cells.flatMap((c) => c.objects)[0];
    const example =
      first && H(`${seed}|O|${first.handle}|1`) === first.ticket
        ? [figure("例如要算的一行", `${seed}|O|${first.handle}|1`), figure("签值", first.ticket)]
        : [];
    note(
      good(
        `签筒里${d.files.pool.count}支签的签值全部重算，最小的${lines.length}支与抽中名单逐行相同。`,
        figure("签筒", d.files.pool.count),
        figure("抽中", lines.length),
        ...example,
      ),
    );
  });
  return cells;
}

async function cutStep(d: Draw, b: Members, drawn: readonly CellDrawn[] | undefined): Promise<void> {
  if (!drawn) return d.plan.skip("cutoffs", "名额或者签值没有算成，这一步核验不了。");
  await d.plan.step("cutoffs", async (note) => {
    const said = listOf(b, "cells").map(membersOf);
    const want = drawn.map((c) => c.cell).join("、");
    ensure(
      said.map((c) => textOf(c, "cell")).join("、") === want,
      "cells",
      "抽取记录",
      said.map((c) => textOf(c, "cell")).join("、"),
      want,
    );
    for (const [i, c] of drawn.entries())
      ensure(textOf(said[i]!, "cutoff") === c.cutoff, "cutoff", `分区 ${c.cell}`, c.cutoff, textOf(said[i]!, "cutoff"));
    note(
      good(
        "各分区抽中的最大签值就是公布的中签线，签筒里其余的签值都比它大。",
        ...drawn.map((c) => figure(`分区 ${c.cell}`, c.cutoff || "没有抽中")),
      ),
    );
  });
}

/** teamStep assigns the people again (draw1 §7). */
async function teamStep(
  d: Draw,
  b: Members,
  seed: string,
  drawn: readonly CellDrawn[] | undefined,
  recused: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const p = d.plan;
  const slots = listOf(d.body, "slots").map((s) => textOf(membersOf(s), "needs"));
  if (!drawn) return p.skip("teams", "名额或者签值没有算成，这一步核验不了。");
  await p.step("teams", async (note) => {
    if (slots.length === 0 || !d.files.people) {
      note(unknown("这次抽取只抽企业，检查组以后另抽，本页不重算。"));
      return;
    }
    const people = inspectorsOf(d.files.people);
    const hat = { seed, slots, inspectors: people, recusals: recused, groupTeams: numberOf(d.body, "group_teams") };
    const order = inOrder(drawn);
    const made = await through(
      d.run,
      teams(
        hat,
        order.map((o) => o.handle),
      ),
    );
    await compare(d, b, "teams", made.teams);
    await compare(d, b, "group_teams", made.groupTeams);
    const lone = await readFile(d.run, d.ledger.source, b, "unstaffed", "unstaffed");
    if (lone) sameLines("凑不齐检查组的名单", lone, made.unstaffed);
    ensure(made.cap === numberOf(b, "load"), "load", "抽取记录", String(made.cap), String(numberOf(b, "load")));
    const experts = await expertTeams(
      d,
      b,
      seed,
      order.map((o) => o.handle),
    );
    note(
      good(
        `${people.length}名检查人员重新编组：${made.teams.length}户有检查组，每人最多${made.cap}户${made.unstaffed.length > 0 ? `，${made.unstaffed.length}户凑不齐` : ""}${experts}，与抽取记录逐行相同。姓名不公开，核对的是签号。`,
        figure("人员签筒", people.length),
        figure("每人最多", made.cap),
        figure("凑不齐", made.unstaffed.length),
      ),
    );
  });
}

async function compare(d: Draw, b: Members, name: string, made: readonly Team[]): Promise<void> {
  const file = await readFile(d.run, d.ledger.source, b, name, "teams");
  if (file)
    sameLines(
      name === "teams" ? "检查组名单" : "分组名单",
      file,
      made.map((t) => [t.object, ...t.members].join("|")),
    );
  else ensure(made.length === 0, "file-missing", name);
}

/** expertTeams is the second run (draw1 §7, Experts). */
async function expertTeams(d: Draw, b: Members, seed: string, objects: readonly string[]): Promise<string> {
  const e = part(d.body, "experts");
  if (!e || !d.files.experts) return "";
  const slots = listOf(e, "slots").map((s) => textOf(membersOf(s), "needs"));
  const hat = { seed, slots, inspectors: inspectorsOf(d.files.experts), recusals: new Map<string, string[]>(), groupTeams: 0 };
  const made = await through(d.run, teams(hat, objects));
  await compare(d, b, "experts", made.teams);
  ensure(made.cap === numberOf(b, "expert_load"), "load", "专家", String(made.cap), String(numberOf(b, "expert_load")));
  return "，专家另行编定";
}
