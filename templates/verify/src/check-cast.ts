// The cast itself: randomness, seed, quotas, tickets, cut-offs, teams (draw1
// §2, §5–§7), each held to what the draw's entry says.

import { QUICKNET, type BLS } from "./beacon";
import { entryStep, seconds, time } from "./begin";
import { findings, holds, settle } from "./compare";
import { checkCutoffs, checkDrawn, checkExperts, checkQuotas, checkRecusals, checkStaffed, checkTeams, slotsOf } from "./draw";
import { blobsOf, howOf, waiting, type Draw } from "./draw-parts";
import { Fault, ensure } from "./fault";
import { H } from "./hash";
import type { Members } from "./json";
import { readEntry, type Proven } from "./ledger";
import { listOf, membersOf, numberOf, part, textOf, textsOf } from "./members";
import { parseVKey, sameKey } from "./note";
import { countCells, inspectorsOf } from "./pool";
import { checkContributions, fromCeremony, fromLottery, fromRound, type Setting } from "./randomness";
import { drawSeed } from "./seed";
import { figure, good, through, unknown, type Outcome, type Title } from "./step";
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
  const recused = await recusalStep(d, b, drawn);
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

/** settingOf is what randomness.ts asks of the surroundings. */
function settingOf(d: Draw, bls?: BLS): Setting {
  const entry = async (index: number): Promise<Uint8Array> => (await readEntry(d.ledger, index)).bytes;
  return { origin: d.notice.entry.origin, id: textOf(d.body, "draw"), c: d.notice.hash, entry, bls };
}

async function drand(d: Draw, b: Members, r: Members, added: string): Promise<Value> {
  const f = findings();
  const bls = (await d.tools.bls()) as BLS | undefined;
  if (!bls) throw new Fault("source.unreachable", "script/bls.js"); // hashed and not verified is no 相符
  const rho = fromRound(f, settingOf(d, bls), r, b);
  settle(f);
  return {
    rho,
    outcome: good(
      `drand 第${numberOf(r, "round")}期（${time(seconds(textOf(r, "time")))}）的签名，用这个网络的公钥验过，谁也造不出来。${added}`,
      figure("网络公钥", QUICKNET.publicKey),
      figure("签名", textOf(b, "signature")),
      figure("ρ", rho),
    ),
  };
}

function lottery(b: Members, r: Members, added: string): Value {
  const f = findings();
  const rho = fromLottery(f, r, b);
  settle(f);
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
  const f = findings();
  const rho = fromCeremony(f, settingOf(d), r, b);
  settle(f);
  const numbers = [figure("掷出的", textOf(b, "line")), figure("ρ", rho)];
  if (part(r, "ceremony")?.["paper"] === true)
    return { rho, outcome: unknown(`种子由现场掷出的数算出。在场的人签在纸上，本页不能核对，请看签字那张纸。${added}`, ...numbers) };
  const signed = textsOf(b, "signed");
  return {
    rho,
    outcome: unknown(
      `种子由现场掷出的数算出，${signed.length}名在场的人的数字签名验过。掷的时候有没有弄虚作假，只凭他们这样说，本页不能判断。${added}`,
      ...numbers,
      ...signed.map((line) => figure("在场签名", line.split(" ")[1] ?? "")),
    ),
  };
}

/** contributions are x_i of draw1 §2: each entry signed by its contributor
 * alone, carrying C, in time. */
async function contributions(d: Draw, b: Members, r: Members): Promise<string[]> {
  const f = findings();
  const extras = await checkContributions(f, settingOf(d), r, b);
  // whoever adds a number is not the office under another name
  const keys = listOf(r, "contributors").map((c) => parseVKey(textOf(membersOf(c), "key")));
  const own = [d.ledger.head!.log, ...d.ledger.charters.flatMap((c) => c.keys)];
  const twice = keys.find((k, i) => [...own, ...keys.slice(0, i)].some((o) => sameKey(o, k)));
  holds(f, "contribution-own", twice?.name ?? "", twice === undefined, "", "");
  settle(f);
  for (const index of listOf(b, "contributions").map(Number)) {
    const e = await readEntry(d.ledger, index);
    const late = e.seen === undefined || e.seen > seconds(textOf(r, "time")) - 600;
    if (late) throw new Fault("contribution-late", `entry/${index}.txt`, e.seen === undefined ? "" : time(e.seen), textOf(r, "time"));
  }
  return extras;
}

/** quotaStep computes numbers and quotas of every cell (draw1 §5); they are
 * handed on even where the ledger says others. */
async function quotaStep(d: Draw, b: Members): Promise<Map<string, number> | undefined> {
  let given: Map<string, number> | undefined;
  await d.plan.step("quotas", async (note) => {
    const f = findings();
    const made = checkQuotas(f, d.body, b, d.files.pool);
    given = made;
    settle(f);
    const counts = countCells(d.files.pool);
    const sum = [...made.values()].reduce((n, q) => n + q, 0);
    const batch = d.body["batch"] === undefined ? "" : "这是分批抽取的一批，本批应抽几户要看前几批，本页不算。";
    note(
      good(
        `${made.size}个分区的户数按签筒重数，名额按最大商数法重分，共${sum}户，与预告和抽取记录一致。${batch}`,
        ...[...made].map(([cell, quota]) => figure(`分区 ${cell}`, `签筒${counts.get(cell) ?? 0}户，名额${quota}户`)),
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
    const f = findings();
    await checkDrawn(blobsOf(d), f, b, cells, howOf(d));
    settle(f);
    const drawn = cells.flatMap((c) => c.objects);
    const first = drawn[0];
    const example =
      first && H(`${seed}|O|${first.handle}|1`) === first.ticket
        ? [figure("例如要算的一行", `${seed}|O|${first.handle}|1`), figure("签值", first.ticket)]
        : [];
    note(
      good(
        `签筒里${d.files.pool.count}支签的签值全部重算，${cells.length > 1 ? "各分区" : ""}最小的共${drawn.length}支，与抽中名单逐行相同。`,
        figure("签筒", d.files.pool.count),
        figure("抽中", drawn.length),
        ...example,
      ),
    );
  });
  return cells;
}

async function cutStep(d: Draw, b: Members, drawn: readonly CellDrawn[] | undefined): Promise<void> {
  if (!drawn) return d.plan.skip("cutoffs", "名额或者签值没有算成，这一步核验不了。");
  await d.plan.step("cutoffs", async (note) => {
    const f = findings();
    checkCutoffs(f, b, drawn);
    settle(f);
    note(
      good(
        "各分区抽中的最大签值就是公布的中签线，签筒里其余的签值都比它大。",
        ...drawn.map((c) => figure(`分区 ${c.cell}`, c.cutoff || "没有抽中")),
      ),
    );
  });
}

/** recusalStep opens the recusals of the drawn: one line for each of them,
 * none where the teams come later (draw1 §4, §7). */
async function recusalStep(d: Draw, b: Members, drawn: readonly CellDrawn[] | undefined): Promise<ReadonlyMap<string, readonly string[]>> {
  let found = new Map<string, string[]>();
  await d.plan.step("recusals", async (note) => {
    if (!d.files.recusals) throw new Fault("file-missing", "recusals");
    const handles = slotsOf(d.body).length === 0 ? [] : drawn?.flatMap((c) => c.objects.map((o) => o.handle));
    const f = findings();
    found = await checkRecusals(blobsOf(d), f, d.body, b, d.files.recusals, handles, howOf(d));
    settle(f);
    const n = numberOf(part(b, "recusals") ?? {}, "lines");
    note(
      good(
        n === 0
          ? "这次抽取没有编组，没有回避名单。"
          : `抽中的${n}户各有一行回避，都与预告里封存的一致，其中${found.size}户有人回避。没有抽中的各户不公开，本页不能核对。`,
        figure("公开的行数", n),
        figure("有人回避", found.size),
      ),
    );
  });
  return found;
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
  if (!drawn) return p.skip("teams", "名额或者签值没有算成，这一步核验不了。");
  await p.step("teams", async (note) => {
    const f = findings();
    const [blobs, how, slots] = [blobsOf(d), howOf(d), slotsOf(d.body)];
    const handles = inOrder(drawn).map((o) => o.handle);
    const experts = await checkExperts(blobs, f, d.body, b, seed, handles, how);
    if (slots.length === 0 || !d.files.people) {
      await checkStaffed(blobs, f, b, { cap: 0, teams: [], unstaffed: [], groupTeams: [] }, how);
      settle(f);
      note(unknown("这次抽取只抽企业，检查组以后另抽，本页不重算。"));
      return;
    }
    const people = inspectorsOf(d.files.people);
    const hat = { seed, slots, inspectors: people, recusals: recused, groupTeams: numberOf(d.body, "group_teams") };
    const made = await checkTeams(blobs, f, b, hat, handles, how);
    settle(f);
    const lone = made.unstaffed.length > 0 ? `，${made.unstaffed.length}户凑不齐` : "";
    note(
      good(
        `${people.length}名检查人员重新编组：${made.teams.length}户有检查组，每人最多${made.cap}户${lone}${experts ? "，专家另行编定" : ""}，与抽取记录逐行相同。姓名不公开，核对的是签号。`,
        figure("人员签筒", people.length),
        figure("每人最多", made.cap),
        figure("凑不齐", made.unstaffed.length),
      ),
    );
  });
}
