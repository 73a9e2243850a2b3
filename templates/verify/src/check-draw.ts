// One draw, computed again from the notice's files and the public randomness
// (draw1.md), step by step. A step goes on with what the ledger says where the
// step before it failed, so that the one that is wrong is the one that is red.

import { begin, beginning, entryStep, seconds, time, trustWords } from "./begin";
import { readFile } from "./blob";
import { castSteps, castTitles } from "./check-cast";
import { findings, settle } from "./compare";
import { ownPage } from "./check-entry";
import { openedSteps, openedTitles } from "./check-opened";
import { checkQuotas, checkRecusals } from "./draw";
import { blobsOf, checkRegisters, howOf, moment, poolHandles, readFiles, waiting, type Draw, type Shown, type Tools } from "./draw-parts";
import { Fault, ensure } from "./fault";
import type { Members } from "./json";
import type { Proven, Trust } from "./ledger";
import { listOf, membersOf, numberOf, part, textOf } from "./members";
import { rows } from "./pool";
import type { Source } from "./source";
import { bad, figure, good, plan, unknown, type Ended, type Figure, type Plan, type Run, type Title } from "./step";

/** What a page names of a draw. */
export interface DrawAsk {
  readonly charters: readonly number[];
  readonly notice: number;
  /** the draw's entry, or that of the platform's list; absent before either */
  readonly entry?: number;
  /** entries that end the draw or add to it: an abort, teams drawn later, replacements by lot */
  readonly later: readonly number[];
  readonly shown?: Shown;
}

const before: readonly Title[] = [...beginning, ["notice", "抽取预告"], ["order", "预告先于号码"], ["files", "签筒和随附名单"]];

/** checkDraw checks one draw from its notice to what was opened of it. */
export async function checkDraw(run: Run, source: Source, trust: Trust, ask: DrawAsk, tools: Tools): Promise<Ended> {
  const p = plan(run, before);
  const ledger = await begin(p, source, trust, ask);
  const notice = await entryStep(p, ledger, "notice", ask.notice, ["notice"], "抽取预告");
  const end = (): Ended => ({
    verdict: p.verdict(),
    steps: [...p.done.values()],
    trust: trustWords(ledger),
    what: `抽取 ${notice ? textOf(notice.entry.body, "draw") : `第${ask.notice}条记录`}`,
  });
  if (!notice) {
    for (const id of ["order", "files"]) p.skip(id, "预告没有核验成，这一步核验不了。");
    return end();
  }
  const body = notice.entry.body;
  const platform = textOf(body, "casts") === "platform";
  p.add(
    ask.entry === undefined
      ? [["cast", "抽取"]]
      : platform
        ? platformTitles
        : [...castTitles, ...openedTitles, ...(ask.shown ? ownPage : [])],
  );
  if (ask.later.length > 0) p.add([["later", "以后的变动"]]);
  await p.step("order", async (note) => order(note, notice, body));
  const files = await p.step("files", async (note) => {
    const f = await readFiles(run, source, body);
    const people = f.people ? `，人员签筒${f.people.count}名` : "";
    const known = await checkRegisters(ledger, notice);
    const words = `签筒${f.pool.count}户、没有进签筒的${f.out.count}户，合起来就是预告写的名录库户数${people}；每份名单的校验码、行数、树根都与预告写的一致`;
    note(
      known
        ? good(`${words}，户数与名录库的记录一致。`, ...fileFigures(body))
        : unknown(`${words}。没有给出名录库的记录，户数是不是名录库写的，核对不了。`, ...fileFigures(body)),
    );
    return f;
  });
  const draw = files && { run, plan: p, ledger, tools, notice, body, files, shown: ask.shown };
  if (!draw) for (const id of waiting(p)) p.skip(id, "签筒等文件没有核验成，这一步核验不了。");
  else if (ask.entry === undefined) p.skip("cast", notDrawn(body));
  else if (platform) await platformSteps(draw, ask.entry);
  else {
    const cast = await castSteps(draw, ask.entry);
    if (cast) await openedSteps(draw, cast);
  }
  await laterStep(p, source, ask.later);
  return end();
}

type Note = Parameters<Parameters<Plan["step"]>[1]>[0];

const fileNames: readonly Title[] = [
  ["pool", "签筒"],
  ["out", "没有进签筒"],
  ["people", "人员签筒"],
  ["people_out", "没有进人员签筒"],
  ["recusals", "回避（封存）"],
];

function fileFigures(body: Members): Figure[] {
  return fileNames.flatMap(([name, words]) => {
    const f = part(body, name);
    return f ? [figure(words, `${numberOf(f, "lines")}行，SHA-256 ${textOf(f, "sha256")}`)] : [];
  });
}

/** order holds the witnesses' times to that of the value, ten minutes apart
 * (draw1 §1, verify.md, Order of notice and value). */
function order(note: Note, notice: Proven, body: Members): void {
  const at = seconds(moment(body));
  const platform = textOf(body, "casts") === "platform";
  const left = "账本里更早的记录有没有写着更晚的号码，本页不逐条看，sunlot-verify 会看。";
  const when = figure("号码产生", time(at));
  if (notice.witnessed !== true) {
    note(unknown("写这条预告时本单位没有设见证，预告是不是先于号码，本页不能判断，以本单位填报为准。", when));
  } else if (notice.seen === undefined) {
    note(bad("入账时的快照没有够数的见证签名，不能证明预告先于号码。", when));
  } else {
    const numbers = [figure("够数的见证签名", time(notice.seen)), when, figure("相差秒数", at - notice.seen)];
    if (platform) {
      note(
        notice.seen < at
          ? good(`见证单位在${time(notice.seen)}以前见过预告，早于平台任务写明的时间。平台实际什么时候抽的，本页不能判断。`, ...numbers)
          : unknown("见证单位见到预告时，平台任务写明的时间已经过了：事后登记，不能证明名单是在预告以后选定的。", ...numbers),
      );
    } else if (at - notice.seen >= 600) {
      note(good(`见证单位在${time(notice.seen)}以前见过预告，比号码产生早${at - notice.seen}秒（至少要早600秒）。${left}`, ...numbers));
    } else {
      note(bad(`见证单位见到预告比号码产生只早${at - notice.seen}秒，不足600秒，先后不成立。`, ...numbers));
    }
  }
}

function notDrawn(body: Members): string {
  const at = moment(body);
  if (textOf(body, "casts") === "platform") return `由监管平台抽取，平台任务写明的时间是${time(seconds(at))}，账本里还没有平台的名单。`;
  const past = seconds(at) * 1000 < Date.now();
  return past
    ? `号码在${time(seconds(at))}已经产生，账本里还没有这次抽取的记录，所以没有名单可以重算。`
    : `还没有抽取：号码要到${time(seconds(at))}才产生，事先没有人知道。`;
}

const platformTitles: readonly Title[] = [
  ["list", "平台名单的登记"],
  ["compare", "名单与签筒比对"],
  ["cast", "抽取过程"],
];

/** platformSteps hold the platform's list to the sealed hat (draw1 §9); the
 * casting itself nobody can compute again. */
async function platformSteps(d: Draw, index: number): Promise<void> {
  const p = d.plan;
  const list = await entryStep(p, d.ledger, "list", index, ["platform-draw"], "平台名单");
  if (!list) {
    p.skip("compare", "名单的登记没有核验成，这一步核验不了。");
  } else {
    await p.step("compare", async (note) => {
      ensure(
        numberOf(list.entry.body, "notice") === d.notice.index,
        "other-notice",
        `entry/${index}.txt`,
        String(numberOf(list.entry.body, "notice")),
        String(d.notice.index),
      );
      const objects = await readFile(d.run, d.ledger.source, list.entry.body, "objects", "unstaffed");
      ensure(
        objects !== undefined && objects.count === numberOf(list.entry.body, "count"),
        "file-lines",
        "objects",
        String(objects?.count),
        String(numberOf(list.entry.body, "count")),
      );
      const named = rows(objects).map((r) => r[0]!);
      const out = new Set(rows(d.files.out).map((r) => r[0]!));
      const { pool } = d.files;
      const cellOf = new Map(poolHandles(pool).map((h, i) => [h, pool.cells[pool.cell[i]!]!]));
      const inside = named.filter((h) => cellOf.has(h));
      const left = named.filter((h) => out.has(h)).length;
      if (!d.files.recusals) throw new Fault("file-missing", "recusals");
      const f = findings();
      await checkRecusals(blobsOf(d), f, d.body, list.entry.body, d.files.recusals, inside, howOf(d));
      const cells = listOf(d.body, "groups").flatMap((g) => listOf(membersOf(g), "cells"));
      const quotas = checkQuotas(f, d.body, { cells }, pool);
      settle(f);
      const quota = [...quotas.values()].reduce((n, q) => n + q, 0);
      const drawn = inside.map((h) => cellOf.get(h)!);
      const other = [...quotas].filter(([cell, q]) => drawn.filter((c) => c === cell).length !== q).length;
      const at = seconds(textOf(list.entry.body, "time"));
      const words =
        `名单${named.length}户，其中${inside.length}户在封存的签筒里，${left}户是没有进签筒的，${named.length - inside.length - left}户都不是；` +
        `预告的名额共${quota}户${other > 0 ? `，${other}个分区的户数与名额不同` : ""}。`;
      const numbers = [figure("名单", named.length), figure("在签筒里", inside.length), figure("名额", quota), figure("名单写的平台抽取时间", time(at))];
      if (d.notice.seen !== undefined && d.notice.seen >= at)
        note(unknown(`${words}名单写的平台抽取时间不晚于见证单位见到预告的时间：事后登记，不能证明名单是在预告以后选定的。`, ...numbers));
      else if (inside.length === named.length && other === 0) note(good(words, ...numbers));
      else note(unknown(words + "不一致之处平台没有说明的，见本页各条。", ...numbers));
    });
  }
  p.skip("cast", "由监管平台抽取：平台怎样抽的、抽过几次，不能重算，只能核对名单在不在事先封存的签筒里。");
}

const names: Readonly<Record<string, string>> = { draw: "又写了一次抽取", "platform-draw": "又登记了一次平台名单", abort: "终止", "teams-notice": "组队预告", request: "换人抽签申请" };

/** laterStep names what changed the draw afterwards and is not computed here. */
async function laterStep(p: Plan, source: Source, later: readonly number[]): Promise<void> {
  if (later.length === 0) return;
  await p.step("later", async (note) => {
    const words: string[] = [];
    for (const index of later) {
      const bytes = await source.get(`ledger/entry/${index}.txt`);
      const type = /^sunlot\/v1 ([a-z-]+)\n/.exec(new TextDecoder().decode(bytes.subarray(0, 64)))?.[1] ?? "";
      words.push(`第${index}条记录${names[type] ?? type}`);
    }
    note(unknown(`还有${words.join("、")}。它们改变了什么，本页不重算，请看各条记录，或者用 sunlot-verify 核验整本账。`));
  });
}
