// One result: its record, what was opened of it, whether the enterprise is the
// one that was drawn, and its corrections (record.md, result and correction).

import { begin, beginning, entryStep, trustWords } from "./begin";
import { readFile } from "./blob";
import { text } from "./bytes";
import { fieldsStep, ownPage } from "./check-entry";
import { readOpening } from "./check-opened";
import { Fault, ensure } from "./fault";
import type { Members } from "./json";
import { held, type Ledger, type Proven, type Trust } from "./ledger";
import { listOf, membersOf, numberOf, textOf, textsOf } from "./members";
import { rows } from "./pool";
import { handleFor } from "./seed";
import type { Source } from "./source";
import { figure, good, plan, unknown, type Ended, skipWaiting, type Plan, type Run } from "./step";
import { ticketOf } from "./ticket";

/** What a page names of a result. */
export interface ResultAsk {
  readonly charters: readonly number[];
  readonly entry: number;
  /** the entry that drew the enterprise; absent where it was not drawn */
  readonly draw?: number;
  /** corrections and what was taken down, in order */
  readonly later: readonly number[];
  /** what the page shows: its text, the record in full, codes of the outcome */
  readonly shown?: { readonly text: string; readonly record: string; readonly codes: readonly string[] };
}

/** checkResult checks a result with what came of it. */
export async function checkResult(run: Run, source: Source, trust: Trust, ask: ResultAsk): Promise<Ended> {
  const p = plan(run, [
    ...beginning,
    ["entry", "抽查结果的记录"],
    ["fields", "已公开的内容"],
    ["drawn", "抽中的签"],
    ["later", "更正"],
    ...(ask.shown === undefined ? [] : ownPage),
  ]);
  const ledger = await begin(p, source, trust, ask);
  const e = await entryStep(p, ledger, "entry", ask.entry, ["result"], "抽查结果");
  const end = (): Ended => ({
    verdict: p.verdict(),
    steps: [...p.done.values()],
    trust: trustWords(ledger),
    what: `第${ask.entry}条记录的抽查结果`,
  });
  if (!e) {
    skipWaiting(p, "抽查结果的记录没有核验成，这一步核验不了。");
    return end();
  }
  const fields = await fieldsStep(p, ledger, e);
  await p.step("drawn", async (note) => {
    if (textOf(e.entry.body, "origin") !== "random") note(good("这次检查不是本单位抽签产生的，记录里写明了来源，没有签可以核对。"));
    else if (ask.draw === undefined)
      note(
        unknown(
          source.picked
            ? "给出的文件里没有这次抽取的记录（或者名单由监管平台抽取），是不是抽中的签，这里核对不了。"
            : "本页没有指明抽取记录（由监管平台抽取的，没有签值可以重算），名单与签筒的比对见这次抽取的页面。",
        ),
      );
    else note(await drawn(run, ledger, e, ask.draw, fields));
  });
  const outcome = await laterStep(p, ledger, e, ask.later);
  const shown = ask.shown;
  if (shown !== undefined)
    await p.step("page", async (note) => {
      samePage(e, fields, outcome, shown);
      const opened = ["code", "name"].filter((path) => fields?.has(path) === true).length;
      if (opened < 2) note(unknown("本页写的记录原文和结果代码与账本里的一致。名称和代码没有都公开，本页写的是不是这家企业，核对不了。"));
      else note(good("本页写的记录原文、结果代码、名称和统一社会信用代码，都与账本里的一致；其余的话请对照记录原文。"));
    });
  return end();
}

/** samePage compares what the page itself says. */
function samePage(e: Proven, fields: ReadonlyMap<string, string> | undefined, outcome: Members | undefined, shown: NonNullable<ResultAsk["shown"]>): void {
  ensure(shown.text.includes(e.hash), "page", "本页写的记录校验码", "", e.hash);
  ensure(shown.record.trim() === (text(e.bytes) ?? "").trim(), "page", "本页的记录原文");
  for (const [path, what] of [["code", "代码"], ["name", "名称"]] as const) {
    const value = fields?.get(path);
    if (value !== undefined) ensure(shown.text.includes(value), "page", `本页写的${what}`, "", value);
  }
  const [got, want] = [shown.codes, textsOf(outcome ?? {}, "codes")].map((list) => [...list].sort().join("、"));
  if (outcome) ensure(got === want, "page", "本页写的结果代码", got, want);
}

/** drawn holds a result's enterprise to the lot (draw1 §3, §6). */
async function drawn(
  run: Run,
  l: Ledger,
  e: Proven,
  index: number,
  fields: ReadonlyMap<string, string> | undefined,
): Promise<ReturnType<typeof good>> {
  const b = e.entry.body;
  const object = textOf(b, "object");
  const cast = await held(l, index);
  ensure(cast.entry.type === "draw", "entry-type", `entry/${index}.txt`, cast.entry.type, "draw");
  ensure(
    numberOf(cast.entry.body, "notice") === numberOf(b, "notice"),
    "other-notice",
    `entry/${index}.txt`,
    String(numberOf(cast.entry.body, "notice")),
    String(numberOf(b, "notice")),
  );
  const file = await readFile(run, l.source, cast.entry.body, "drawn", "drawn");
  const line = file ? rows(file).find((r) => r[2] === object) : undefined;
  if (!line) throw new Fault("not-drawn", `entry/${e.index}.txt`, object);
  const [cell, ticket] = [line[0]!, line[1]!];
  const seed = textOf(cast.entry.body, "seed");
  const cut = textOf(
    listOf(cast.entry.body, "cells")
      .map(membersOf)
      .find((c) => textOf(c, "cell") === cell) ?? {},
    "cutoff",
  );
  const got = ticketOf(seed, object, 1); // nobody has more lots than another (verify.md, A notice)
  ensure(got === ticket, "differs", `签号 ${object} 的签值`, got, ticket);
  ensure(ticket <= cut, "cutoff", `分区 ${cell}`, ticket, cut);
  const numbers = [
    figure("签号", object),
    figure("要算的一行", `${seed}|O|${object}|1`),
    figure("签值", ticket),
    figure("中签线", cut),
  ];
  const code = fields?.get("code");
  if (code === undefined)
    return unknown("签值由种子和签号算出，不大于中签线，确是抽中的签。企业代码没有公开，是不是这家企业，本页核对不了。", ...numbers);
  const opening = await readOpening({ ledger: l }, numberOf(b, "notice"));
  const mine = opening?.handles?.find((h) => h.kind === "O" && handleFor("O", h.salt, h.id) === object);
  if (!mine)
    return unknown(
      "签值由种子和签号算出，不大于中签线，确是抽中的签。这支签的启封凭据不在（没有公开或者已经撤下），是不是这家企业，本页核对不了。",
      ...numbers,
    );
  ensure(mine.id === code, "other-code", `opening/${numberOf(b, "notice")}.json`, mine.id, code);
  return good(
    "企业代码加随机串算出的就是这支签号；签值由种子和签号算出，不大于中签线：抽中的就是这家企业。" +
      `种子和中签线照抽取记录（第${index}条记录），它们对不对，请在这次抽取的页面上核验。`,
    figure("要算的签号", `draw1h|O|${mine.salt}|${mine.id}`),
    ...numbers,
  );
}

/** laterStep: every correction is signed, and names the digest of what it
 * corrects; each is of this result. It gives the outcome in force. */
async function laterStep(p: Plan, l: Ledger, e: Proven, later: readonly number[]): Promise<Members | undefined> {
  return p.step("later", async (note) => {
    let outcome = membersOf(e.entry.body["outcome"]);
    if (later.length === 0) {
      note(good("没有更正或者撤下的记录要核对。以后有没有别的更正，以账本最新的记录为准。"));
      return outcome;
    }
    let last = e.hash;
    const numbers = [figure(`第${e.index}条记录（原结果）`, e.hash)];
    const taken: string[] = [];
    for (const index of later) {
      const c = await held(l, index);
      const b = c.entry.body;
      const about = c.entry.type === "takedown" ? numberOf(b, "entry") : numberOf(b, "result");
      ensure(about === e.index, "correction-old", `entry/${index}.txt`, String(about), String(e.index));
      if (c.entry.type === "takedown") {
        taken.push(`第${index}条记录撤下了${listOf(b, "fields").join("、")}`);
        continue;
      }
      ensure(c.entry.type === "correction", "entry-type", `entry/${index}.txt`, c.entry.type, "correction");
      ensure(textOf(b, "old") === last, "correction-old", `entry/${index}.txt`, textOf(b, "old"), last);
      last = c.hash;
      outcome = membersOf(b["outcome"]);
      numbers.push(figure(`第${index}条记录（更正）`, c.hash));
    }
    const corrected = numbers.length - 1;
    const words = corrected > 0 ? `${corrected}次更正都在账本里、有本单位签名，各自写明被更正的那条记录的校验码，旧的没有动。` : "";
    if (taken.length > 0) note(unknown(`${words}${taken.join("；")}，撤下的内容谁也不能再核对。`, ...numbers));
    else note(good(words, ...numbers));
    return outcome;
  });
}
