// One enterprise's ticket: code and salt make the handle, seed and handle the
// ticket, and the ticket stands above or below the cut-off (draw1 §3, §6). The
// lines that are hashed are those that sha256sum takes on any computer.

import { begin, beginning, entryStep, trustWords } from "./begin";
import { readFile } from "./blob";
import { readOpening } from "./check-opened";
import { ensure } from "./fault";
import { H } from "./hash";
import type { Members } from "./json";
import type { Ledger, Proven, Trust } from "./ledger";
import { listOf, membersOf, numberOf, textOf } from "./members";
import { rows } from "./pool";
import { handleFor, keyCommit, normalID, objectID, saltOf } from "./seed";
import type { Source } from "./source";
import { bad, figure, good, plan, skipWaiting, Trouble, unknown, type Ended, type Plan, type Run } from "./step";
import { ticketOf } from "./ticket";

/** What the reader asks. */
export interface TicketAsk {
  readonly charters: readonly number[];
  readonly notice: number;
  readonly entry?: number;
  /** id of the draw that the reader asked for, where a list of the site led here */
  readonly draw?: string;
  /** code as typed */
  readonly code: string;
  /** salt of the opening as typed, "" where K or the ledger's own opening gives it */
  readonly salt: string;
}

/** command is what a shell computes. */
function command(line: string): string {
  return `printf '%s' '${line}' | sha256sum`;
}

/** myTicket shows how one enterprise fared in one draw. */
export async function myTicket(run: Run, source: Source, trust: Trust, ask: TicketAsk): Promise<Ended> {
  const p = plan(run, [
    ...beginning,
    ["notice", "抽取预告"],
    ["draw", "抽取记录"],
    ["handle", "签号"],
    ["hat", "在不在签筒里"],
    ["ticket", "签值"],
    ["cutoff", "与中签线比"],
  ]);
  const ledger = await begin(p, source, trust, ask);
  const notice = await entryStep(p, ledger, "notice", ask.notice, ["notice"], "抽取预告");
  const none = ask.entry === undefined || (notice !== undefined && textOf(notice.entry.body, "casts") === "platform");
  const cast = none ? undefined : await entryStep(p, ledger, "draw", ask.entry!, ["draw"], "抽取记录");
  let headline = "";
  if (!notice) {
    skipWaiting(p, "抽取预告没有核验成，这一步核验不了。");
  } else {
    const code = normalID(ask.code).replace(/[\s-]/g, "");
    const handle = await handleStep(p, ledger, ask, code, notice.entry.body);
    const place = handle === undefined ? undefined : await hatStep(run, p, ledger, notice.entry.body, handle);
    if (place?.cell === "") headline = place.words;
    if (place && place.cell !== "" && cast) headline = await ticketSteps(run, p, ledger, notice, cast, handle!, place);
    if (none) p.skip("draw", "还没有抽取，或者由监管平台抽取，没有签值可算。");
    skipWaiting(p, place?.cell === "" ? "不在签筒里，没有签值。" : "前面的步骤没有算成，这一步算不了。");
  }
  const what = `抽取 ${notice ? textOf(notice.entry.body, "draw") : ""} 的签`;
  const verdict = p.verdict();
  // No answer above a 不相符: it would be read as the answer.
  const answer = headline === "" || verdict === "bad" ? {} : { answer: `${what}：${headline}` };
  return { verdict, steps: [...p.done.values()], trust: trustWords(ledger), what, ...answer };
}

/** handleStep makes the handle from code and salt; the salt is the reader's
 * own, or K's, or that of the opening. */
async function handleStep(p: Plan, l: Ledger, ask: TicketAsk, code: string, body: Members): Promise<string | undefined> {
  return p.step("handle", async (note) => {
    const id = textOf(body, "draw");
    ensure(ask.draw === undefined || ask.draw === id, "other-draw", "data/draws.json", id, ask.draw);
    if (!objectID(code)) throw new Trouble("代码应当是18位统一社会信用代码（数字和大写字母），没有的写“注册号:”加注册号。");
    const opening = await readOpening({ ledger: l }, ask.notice);
    const typed = ask.salt.trim().toLowerCase();
    if (typed !== "" && !/^[0-9a-f]{32}$/.test(typed)) throw new Trouble("随机串应当是32个 0–9、a–f。");
    const known = opening?.handles?.find((h) => h.kind === "O" && h.id === code)?.salt;
    const salt = typed !== "" ? typed : opening?.K ? saltOf(opening.K, "O", code) : known;
    if (salt === undefined)
      throw new Trouble(
        `启封钥匙还没有公开（应在${textOf(membersOf(body["due"]), "k")}公开），这家企业的启封凭据也没有公开。手里有随机串的，填上再算；没有的，要等启封钥匙公开。`,
      );
    const print = opening?.K && typed === "" ? keyCommit(opening.K) : textOf(body, "keycommit");
    ensure(print === textOf(body, "keycommit"), "keycommit", "K", print, textOf(body, "keycommit"));
    const line = `draw1h|O|${salt}|${code}`;
    const handle = handleFor("O", salt, code);
    note(
      good(
        "签号是下面这一行的 SHA-256 的前32位。",
        figure("要算的一行", line),
        figure("命令", command(line)),
        figure("SHA-256", H(line)),
        figure("签号", handle),
      ),
    );
    return handle;
  });
}

interface Place {
  readonly cell: string;
  readonly words: string;
}

/** hatStep finds the handle in the hat or among those left out. */
async function hatStep(run: Run, p: Plan, l: Ledger, body: Members, handle: string): Promise<Place | undefined> {
  return p.step("hat", async (note) => {
    const pool = await readFile(run, l.source, body, "pool", "pool");
    const mine = pool && rows(pool).find((r) => r[0] === handle);
    if (mine) {
      ensure(mine[2] === "1", "bad-weight", "pool", mine.join("|"), "1"); // nobody has more lots than another (verify.md, A notice)
      const name = listOf(body, "groups")
        .flatMap((g) => listOf(membersOf(g), "cells"))
        .map(membersOf)
        .find((c) => textOf(c, "cell") === mine[1]);
      note(good(`在签筒里：分区“${name ? textOf(name, "name") : mine[1]}”。`, figure("签筒里的一行", mine.join("|"))));
      return { cell: mine[1]!, words: "" };
    }
    const out = await readFile(run, l.source, body, "out", "leftout");
    const left = out ? rows(out).filter((r) => r[0] === handle) : [];
    if (left.length > 0) {
      const why = left
        .map((r) =>
          listOf(body, "grounds")
            .map(membersOf)
            .find((g) => textOf(g, "code") === r[2]),
        )
        .map((g) => (g ? `${textOf(g, "words")}（${textOf(g, "clause")}）` : "没有写明"));
      note(good(`在名录库里，没有进签筒：${why.join("；")}。`, figure("没有进签筒名单里的一行", left.map((r) => r.join("|")).join("\n"))));
      return { cell: "", words: "没有进签筒" };
    }
    note(
      unknown(
        "这个签号既不在签筒里，也不在没有进签筒的名单里：这家企业不在这次用的名录库里，或者代码、随机串填得不对。认为有遗漏的，请联系主办单位。",
      ),
    );
    return undefined;
  });
}

/** ticketSteps compute the ticket and hold it to the cut-off. */
async function ticketSteps(run: Run, p: Plan, l: Ledger, notice: Proven, cast: Proven, handle: string, place: Place): Promise<string> {
  const b = cast.entry.body;
  const seed = textOf(b, "seed");
  const ticket = await p.step("ticket", async (note) => {
    // The draw of another notice has another seed, and cells of the same names.
    const about = numberOf(b, "notice");
    ensure(about === notice.index, "other-notice", `entry/${cast.index}.txt`, String(about), String(notice.index));
    ensure(textOf(b, "commitment") === notice.hash, "commitment", `entry/${cast.index}.txt`, textOf(b, "commitment"), notice.hash);
    const value = ticketOf(seed, handle, 1);
    const line = `${seed}|O|${handle}|1`;
    ensure(H(line) === value, "differs", handle);
    note(good("签值是下面这一行的 SHA-256。", figure("要算的一行", line), figure("命令", command(line)), figure("签值", value)));
    return value;
  });
  if (ticket === undefined) return "";
  let headline = "";
  await p.step("cutoff", async (note) => {
    const cut = listOf(b, "cells")
      .map(membersOf)
      .find((c) => textOf(c, "cell") === place.cell);
    const line = cut ? textOf(cut, "cutoff") : "";
    const numbers = [figure("签值", ticket), figure("中签线", line || "没有抽中任何一户")];
    if (!cut) return note(bad(`抽取记录里没有分区 ${place.cell}。`, ...numbers));
    const mine = line !== "" && ticket <= line;
    const drawn = await readFile(run, l.source, b, "drawn", "drawn");
    const listed = drawn !== undefined && rows(drawn).some((r) => r.join("|") === `${place.cell}|${ticket}|${handle}`);
    ensure(listed === mine, "not-listed", `entry/${cast.index}.txt`, handle, line);
    headline = mine ? "抽中了" : "没有抽中";
    const rest = "种子和中签线照抽取记录；它们对不对，请用“核验这次抽取”从头算。";
    note(good((mine ? "签值不大于中签线，也在抽中名单里：抽中了。" : "签值大于中签线，也不在抽中名单里：没有抽中。") + rest, ...numbers));
  });
  return headline;
}
