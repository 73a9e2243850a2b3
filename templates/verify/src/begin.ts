// How every check begins: the latest checkpoint under its policy, the charters
// with the office's keys, and the entries that it is about.

import { hex } from "./bytes";
import { Fault, ensure } from "./fault";
import {
  fingerprintOf,
  officeSigned,
  openHead,
  ownPolicy,
  readCharters,
  readEntry,
  withoutAddresses,
  type Ledger,
  type Proven,
  type Trust,
} from "./ledger";
import { parsePolicy } from "./policy";
import type { Source } from "./source";
import { bad, figure, good, unknown, type Figure, type Outcome, type Plan, type Title } from "./step";

/** The steps that every check has. */
export const beginning: readonly Title[] = [
  ["head", "账本快照"],
  ["charter", "开账声明"],
];

/** What a page or a reader names: charters of the ledger by index. */
export interface Named {
  readonly charters: readonly number[];
}

/** begin runs the first two steps. The ledger that it returns is of use only as
 * far as they were good. */
export async function begin(p: Plan, source: Source, trust: Trust, named: Named): Promise<Ledger> {
  const ledger: Ledger = { source, trust, charters: [] };
  await p.step("head", async (note) => {
    const head = await openHead(ledger);
    const there = head.witnesses.filter((w) => w.state === "good");
    const shown = [figure("条数", head.checkpoint.size), figure("总校验码", hex(head.checkpoint.root)), figure("账本公钥", head.log.line)];
    for (const w of there) shown.push(figure("见证签名", `${w.name}，${time(w.time ?? 0)}`));
    const wrong = head.witnesses.filter((w) => w.state === "bad").map((w) => w.name);
    const count = there.filter((w) => w.counts).length;
    const seen = count > 0 ? `，${count}家见证单位签了名` : "，没有见证签名";
    if (ledger.short === true)
      note(unknown(`用的是入账证明里的快照，有账本公钥的签名，没有够数的见证签名。那时可能还没有设见证，本页不能判断。`, ...shown));
    else if (wrong.length > 0) note(unknown(`快照的签名相符，但是${wrong.join("、")}的一行见证签名验不过，不作数。`, ...shown));
    else note(good(`账本到此共${head.checkpoint.size}条记录，快照有账本公钥的签名${seen}。`, ...shown));
  });
  if (!ledger.head) {
    p.skip("charter", "账本快照没有核验成，开账声明也就核验不了。");
    return ledger;
  }
  await p.step("charter", async (note) => {
    const charters = await readCharters(ledger, named.charters);
    const last = charters[charters.length - 1];
    if (!last || !ledger.policy) throw new Fault("charter-missing", "entry/0.txt");
    if (ledger.source.lent === true && withoutAddresses(last.policy) !== withoutAddresses(ledger.policy)) {
      note(
        unknown(
          `给出的开账声明（第${last.index}条记录）写的不是这份见证约定：以后换过，或者给错了。`,
          figure("开账声明的校验码", last.hash),
        ),
      );
    } else {
      ensure(
        withoutAddresses(last.policy) === withoutAddresses(ledger.policy),
        "charter-policy",
        `entry/${last.index}.txt`,
        withoutAddresses(ledger.policy),
        withoutAddresses(last.policy),
      );
    }
    note(trusted(ledger));
  });
  return ledger;
}

/** trusted holds the charters to what the reader brought (verify.md, Order, 6). */
function trusted(l: Ledger): Outcome {
  const figures: Figure[] = [];
  for (const c of l.charters) figures.push(figure(`第${c.index}条记录（开账声明）的校验码`, grouped(c.hash)));
  const last = l.charters[l.charters.length - 1]!;
  for (const k of last.keys) figures.push(figure("单位公钥", k.line));
  const said = `${last.office}的开账声明（第${last.index}条记录）在账本里，写明的公钥${last.witnessed ? "和见证单位" : ""}与快照一致${last.witnessed ? "" : "；没有约定见证单位，别人看到的是不是同一本账，本页不能判断"}`;
  const print = fingerprintOf(l.trust.fingerprint);
  if (!/^(?:[0-9a-f]{16,64})?$/.test(print)) return unknown("您填的校验码写法不对，没有核对：应当是16到64个 0–9、a–f。请照开账声明的纸质件重填。", ...figures);
  const typed = ownPolicy(l.trust);
  l.compared = true;
  if (print !== "") {
    const own = l.charters.find((c) => c.hash.startsWith(print));
    if (!own)
      return bad(
        "没有一份开账声明是您填的校验码。账本可能换过，请与纸质件核对，并告诉见证单位或者上级机关。",
        figure("您填的", print),
        ...figures,
      );
    if (own !== last && withoutAddresses(own.policy) !== withoutAddresses(last.policy)) return changed(own.index, last.index, figures);
  }
  if (typed) {
    const own = parsePolicy(typed);
    if (!own.logs.some((x) => x.key.line === l.head?.log.line)) return bad("您给的见证约定里是另一把账本公钥。", ...figures);
    if (own.witnesses.length > 0) {
      const text = withoutAddresses(own);
      const first = l.charters.find((c) => withoutAddresses(c.policy) === text);
      if (!first) return bad("没有一份开账声明写着您给的见证约定。", ...figures);
      if (withoutAddresses(last.policy) !== text) return changed(first.index, last.index, figures);
    }
  }
  const was = l.charters.filter((c) => c.witnessed && withoutAddresses(c.policy) !== withoutAddresses(last.policy)).map((c) => c.index);
  return good(`${said}。${was.length > 0 ? `见证约定换过，先前的写在第${was.join("、")}条记录。` : ""}`, ...figures);
}

function changed(own: number, last: number, figures: readonly Figure[]): Outcome {
  return unknown(
    `您手里的是第${own}条记录的开账声明，后来第${last}条换了见证单位。换强了还是换弱了，本页不能判断，请用 sunlot-verify --policy 或 --fingerprint 核验。`,
    ...figures,
  );
}

/** trustWords says what a verdict rests on, and no more than was held to it. */
export function trustWords(l: Ledger): string {
  const [print, typed] = [fingerprintOf(l.trust.fingerprint) !== "", l.trust.policy.trim() !== ""];
  if ((print || typed) && l.compared !== true) return "您自己的依据没有核对成，见各步骤的说明。";
  if (print) return "开账声明与您填的校验码相符才算数，已经一并核对。";
  if (typed && /^[ \t]*witness/m.test(l.trust.policy)) return "账本公钥和见证单位按您给的见证约定核对。";
  const own = "要连它们也核对，请填写开账声明纸质件上的校验码。";
  return typed ? `账本公钥按您给的见证约定核对；见证单位取自这个账本自己。${own}` : `账本公钥和见证单位取自这个账本自己；${own}`;
}

/** entryStep reads an entry, holds it to its proof and to the office's keys, and
 * says so. */
export async function entryStep(
  p: Plan,
  l: Ledger,
  id: string,
  index: number,
  types: readonly string[],
  what: string,
): Promise<Proven | undefined> {
  if (!l.head || (l.charters.length === 0 && !l.source.picked)) {
    p.skip(id, "前面的步骤没有核验成，这一步核验不了。");
    return undefined;
  }
  let read: Proven | undefined;
  await p.step(id, async (note) => {
    const e = await readEntry(l, index);
    ensure(types.length === 0 || types.includes(e.entry.type), "entry-type", `entry/${index}.txt`, e.entry.type, types.join("、"));
    read = e;
    if (l.charters.length === 0) {
      note(
        unknown(
          `${what}是第${index}条记录，由入账证明的${e.path}层路径算到总校验码，确在账本里。没有给出开账声明（第0条记录和它的入账证明），是不是本单位签的，核对不了。`,
          ...provenFigures(e, []),
        ),
      );
      return;
    }
    if (e.entry.type === "contribution") {
      note(
        unknown(
          `${what}是第${index}条记录，确在账本里。它是见证人加数，由见证人自己签名，在用到它的那次抽取里核验。`,
          ...provenFigures(e, []),
        ),
      );
      return;
    }
    const signers = officeSigned(l, e);
    const words = `${what}是第${index}条记录，由入账证明的${e.path}层路径算到总校验码，${e.continued ? "今天的账本从那时起只增未改，" : ""}有本单位的数字签名`;
    const figures = provenFigures(e, signers);
    if (e.witnessed === true && e.seen === undefined) {
      note(bad(`${what}（第${index}条记录）入账时的快照没有够数的见证签名。`, ...figures));
    } else if (!e.continued && l.source.lent !== true) {
      note(unknown(`${words}。没有给出校验树的文件（tile），今天的账本是不是从那时接着写的，核对不了。`, ...figures));
    } else {
      note(good(words + (e.seen === undefined ? "。" : `，${e.seenBy.filter((w) => w.time <= e.seen!).length}家见证单位在${time(e.seen)}以前见过。`), ...figures));
    }
  });
  return read;
}

/** provenFigures are the numbers of an entry's proof. */
export function provenFigures(e: Proven, signers: readonly string[]): Figure[] {
  return [
    figure("校验码（SHA-256）", e.hash),
    figure("叶", e.leaf),
    figure("路径层数", e.path),
    figure("入账时的快照", `共${e.checkpoint.size}条，总校验码 ${hex(e.checkpoint.root)}`),
    ...(signers.length > 0 ? [figure("签名", signers.join("、"))] : []),
    ...e.seenBy.map((w) => figure("见证签名", `${w.name}，${time(w.time)}`)),
  ];
}

/** time writes unix seconds by Beijing time, as entries do. What no calendar of
 * four digits has, a witness may claim all the same: it stands there as it is. */
export function time(seconds: number): string {
  if (!(seconds >= 0 && seconds < 253402272000)) return `${seconds}秒（从1970年起，不是日历上的时间）`;
  return new Date((seconds + 8 * 3600) * 1000).toISOString().slice(0, 19).replace("T", " ");
}

/** seconds reads an entry's time (record.md: RFC 3339 at +08:00). */
export function seconds(at: string): number {
  return Math.floor(Date.parse(at) / 1000);
}

/** grouped writes a digest as it stands on paper. */
function grouped(s: string): string {
  return (s.match(/.{1,4}/g) ?? []).join(" ");
}
