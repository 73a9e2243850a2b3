// One record: is it in the ledger, did the office sign it, is what was opened
// of it what was sealed.

import { begin, beginning, entryStep, trustWords } from "./begin";
import { text } from "./bytes";
import { readOpening } from "./check-opened";
import { ensure } from "./fault";
import type { Ledger, Proven, Trust } from "./ledger";
import { checkFields } from "./opening";
import type { Source } from "./source";
import { clipped, figure, good, plan, type Ended, type Figure, skipWaiting, type Plan, type Run, type Title, unknown } from "./step";

/** What a page names of a record. */
export interface EntryAsk {
  readonly charters: readonly number[];
  readonly entry: number;
  /** the record's text as the page shows it */
  readonly shown?: string;
}

/** The step that holds the page itself to the ledger. */
export const ownPage: readonly Title[] = [["page", "本页所写"]];

/** checkEntry checks a record of any type. */
export async function checkEntry(run: Run, source: Source, trust: Trust, ask: EntryAsk): Promise<Ended> {
  const p = plan(run, [...beginning, ["entry", "记录"], ["fields", "已公开的内容"], ...(ask.shown === undefined ? [] : ownPage)]);
  const ledger = await begin(p, source, trust, ask);
  const charter = ask.entry === 0 || ask.charters.includes(ask.entry) ? "开账声明" : "这条记录";
  const e = await entryStep(p, ledger, "entry", ask.entry, [], charter);
  if (!e) {
    skipWaiting(p, "记录没有核验成，这一步核验不了。");
  } else {
    await fieldsStep(p, ledger, e);
    const shown = ask.shown?.trim();
    if (shown !== undefined)
      await p.step("page", async (note) => {
        const want = text(e.bytes) ?? "";
        ensure(shown === want.trim(), "page", "本页的记录原文", firstDifference(shown, want.trim()), "");
        note(good("本页显示的记录原文与账本里的一字不差。"));
      });
  }
  return { verdict: p.verdict(), steps: [...p.done.values()], trust: trustWords(ledger), what: `第${ask.entry}条记录` };
}

/** fieldsStep holds what was opened of a record to what it sealed
 * (record.md, Sealed values); path → value. */
export async function fieldsStep(p: Plan, ledger: Ledger, e: Proven): Promise<ReadonlyMap<string, string> | undefined> {
  return p.step("fields", async (note) => {
    const opening = await readOpening({ ledger }, e.index);
    const fields = opening ? checkFields(e.entry, opening) : new Map<string, string>();
    const shown: Figure[] = [...fields].slice(0, 40).map(([path, value]) => figure(clipped(path), clipped(value)));
    if (fields.size === 0 && e.entry.type === "result")
      note(unknown("这份结果的名称和代码没有公开（或者没有给出启封凭据），写的是哪一家，本页核对不了。"));
    else if (fields.size === 0)
      note(
        good(
          ledger.source.picked
            ? "给出的文件里没有这条记录的启封凭据：没有公开，或者没有选上。"
            : "这条记录没有公开封存的内容；没有公开的内容，本页核对不了。",
        ),
      );
    else note(good(`${fields.size}项公开的内容，加上随机串逐一算出的校验码，都是记录里封存的那一个。`, ...shown));
    return fields;
  });
}

function firstDifference(a: string, b: string): string {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return `第${i + 1}个字起不同：${a.slice(i, i + 20)}`;
}
