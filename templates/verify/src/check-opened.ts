// What was opened of a draw, and what the page says of it: handles, the key K,
// and the page's own numbers (draw1 §3, verify.md, Openings).

import type { Cast as Made } from "./check-cast";
import type { Draw } from "./draw-parts";
import { Fault, ensure } from "./fault";
import { H } from "./hash";
import { part, textOf } from "./members";
import { parseOpening, type Opening } from "./opening";
import { rows } from "./pool";
import { handleFor, keyCommit, objectID, recusalSalt, saltOf } from "./seed";
import { readFile } from "./blob";
import { figure, good, unknown, type Title } from "./step";

export const openedTitles: readonly Title[] = [
  ["opened", "已公开的名称"],
  ["key", "启封钥匙 K"],
];

/** A cast whose drawn are known. */
interface Cast extends Made {
  readonly cells: NonNullable<Made["cells"]>;
  /** handle → ticket */
  readonly drawn: ReadonlyMap<string, string>;
}

/** openedSteps run the three. */
export async function openedSteps(d: Draw, made: Made): Promise<void> {
  if (!made.cells) {
    for (const [id] of openedTitles) d.plan.skip(id, "抽中名单没有算成，这一步核验不了。");
    if (d.shown) d.plan.skip("page", "抽中名单没有算成，这一步核验不了。");
    return;
  }
  const all = made.cells.flatMap((c) => c.objects.map((o) => [o.handle, o.ticket] as const));
  const cast: Cast = { ...made, cells: made.cells, drawn: new Map(all) };
  let opening: Opening | undefined;
  await d.plan.step("opened", async (note) => {
    opening = await readOpening(d, d.notice.index);
    const list = (opening?.handles ?? []).filter((h) => h.kind === "O");
    for (const h of list) {
      const handle = handleFor("O", h.salt, h.id);
      ensure(cast.drawn.has(handle), "handle-not-drawn", h.id, handle);
      ensure(objectID(h.id), "bad-id", "opening", h.id);
    }
    const left = cast.drawn.size - list.length;
    const rest = left > 0 ? `；另有${left}户没有公开（没有结果、依法不公开或者已经撤下）。` : "。";
    const words = `${list.length}户的名称已经公开，启封凭据逐一算出的签号都在抽中名单里${rest}`;
    note(
      good(
        list.length === 0 ? "还没有公开任何一户的名称。" : words,
        figure("已公开", list.length),
        figure("未公开", left),
      ),
    );
  });
  await d.plan.step("key", async (note) => {
    if (!opening?.K) {
      const due = textOf(part(d.body, "due") ?? {}, "k");
      note(
        unknown(
          `启封钥匙还没有公开，没有抽中的是哪些企业，外人现在核对不了。预告写明应在${due}公开（延期的另算）；过了这一天还没有公开的，sunlot-verify 判为不相符。`,
          figure("应当公开的日子", due),
        ),
      );
      return;
    }
    note(await key(d, opening, cast));
  });
  const shown = d.shown;
  if (!shown) return;
  await d.plan.step("page", async (note) => {
    note(
      good(`本页写的 C、种子、中签线和${shown.rows.length}支抽中的签，都与算出来的一致。`, figure("本页列出", samePage(d, cast, opening))),
    );
  });
}

/** readOpening reads the opening beside a notice or a result; there may be
 * none. */
export async function readOpening(d: Pick<Draw, "ledger">, index: number): Promise<Opening | undefined> {
  try {
    return parseOpening(await d.ledger.source.get(`ledger/opening/${index}.json`));
  } catch (e) {
    if (e instanceof Fault && (e.code === "source.missing" || e.code === "source.not-given")) return undefined;
    throw e;
  }
}

/** key holds K, and KI where it is open, to the notice's fingerprints, and every
 * salt to its key. */
async function key(d: Draw, o: Opening, cast: Cast): Promise<ReturnType<typeof good>> {
  const numbers = [figure("K", o.K!), figure("钥匙指纹", keyCommit(o.K!))];
  ensure(keyCommit(o.K!) === textOf(d.body, "keycommit"), "keycommit", "K", keyCommit(o.K!), textOf(d.body, "keycommit"));
  for (const h of o.handles ?? []) {
    if (h.kind === "O") ensure(saltOf(o.K!, "O", h.id) === h.salt, "salt", h.id, saltOf(o.K!, "O", h.id), h.salt);
  }
  let words = "启封钥匙与预告里的指纹一致，已公开的每一户的随机串都由它算出。现在任何人都可以拿自己的企业名单比对整个签筒。";
  if (o.KI) {
    ensure(keyCommit(o.KI) === textOf(d.body, "keycommit_i"), "keycommit", "KI", keyCommit(o.KI), textOf(d.body, "keycommit_i"));
    const opened = await readFile(d.run, d.ledger.source, cast.entry.entry.body, "recusals", "recusals");
    for (const [object, salt] of opened ? rows(opened) : [])
      ensure(recusalSalt(o.KI, object!) === salt, "salt", `recusals ${object}`, recusalSalt(o.KI, object!), salt);
    for (const h of o.handles ?? []) {
      if (h.kind === "I" || h.kind === "E") ensure(saltOf(o.KI, h.kind, h.id) === h.salt, "salt", h.id, saltOf(o.KI, h.kind, h.id), h.salt);
    }
    words += "检查人员的钥匙 KI 也已公开，与指纹一致。";
    numbers.push(figure("KI", o.KI));
  }
  return good(words, ...numbers);
}

/** samePage compares what the page itself says; it gives the number of rows. */
function samePage(d: Draw, cast: Cast, opening: Opening | undefined): number {
  const shown = d.shown!;
  const id = textOf(d.body, "draw");
  if (shown.at !== "") ensure([id, `notice-${d.notice.index}`].includes(shown.at), "page", "本页的地址", shown.at, id);
  const said = [
    ["C", d.notice.hash],
    ["种子", cast.seed],
  ] as [string, string][];
  for (const c of cast.cells) if (c.cutoff !== "") said.push([`分区 ${c.cell} 的中签线`, c.cutoff]);
  for (const [name, value] of said) ensure(shown.text.includes(value), "page", `本页的${name}`, "", value);
  const ids = new Map((opening?.handles ?? []).filter((h) => h.kind === "O").map((h) => [handleFor("O", h.salt, h.id), h.id]));
  for (const row of shown.rows) {
    const mine = cast.drawn.get(row.handle);
    if (mine === undefined) throw new Fault("page", "本页的抽中名单", row.handle, "抽中名单里的一支");
    ensure(row.text.includes(mine.slice(0, 16)), "page", `本页 ${row.handle} 的签值`, "", mine);
    const firm = ids.get(row.handle);
    if (row.code !== "") ensure(firm !== undefined && row.code === pageOf(firm), "page", `本页 ${row.handle} 的企业`, row.code, firm ?? "没有公开");
  }
  const turned = /本页是第(\d+)至(\d+)户/.exec(shown.text);
  const [from, to] = turned ? [Number(turned[1]), Number(turned[2])] : [1, cast.drawn.size];
  ensure(from >= 1 && to <= cast.drawn.size && (from <= to || cast.drawn.size === 0), "page", "本页列出的户", `${from}–${to}`, String(cast.drawn.size));
  const listed = to - from + 1;
  const twice = shown.rows.find((r, i) => shown.rows.findIndex((o) => o.handle === r.handle) !== i);
  ensure(twice === undefined, "page", "本页的抽中名单列了两次", twice?.handle ?? "", "");
  ensure(shown.rows.length === listed, "page", "本页的抽中名单", String(shown.rows.length), String(listed));
  return shown.rows.length;
}

/** pageOf is the name of an enterprise's page (site.md, Addresses). */
function pageOf(id: string): string {
  if (/^[0-9A-Z]{18}$/.test(id)) return id.toLowerCase();
  const number = /^注册号:([0-9A-Z]+)$/.exec(id)?.[1];
  return number === undefined ? `x-${H(id).slice(0, 16)}` : `reg-${number.toLowerCase()}`;
}
