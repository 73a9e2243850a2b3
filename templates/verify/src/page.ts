// The panel of a page: what the template names in data- attributes becomes a
// button, and the button a check by files of the same site.

import { checkDraw, checkEntry, checkResult, myTicket } from "./check";
import { text } from "./bytes";
import { button, el, field, onEnter } from "./dom";
import type { Shown } from "./draw-parts";
import { picked, ticketForm, trustFields } from "./forms-ui";
import { isList, members, parseLoose } from "./json";
import { loadBLS } from "./load";
import type { Trust } from "./ledger";
import { newPanel, type Panel } from "./panel";
import { fromFiles, fromSite, type Picked, type Source } from "./source";
import { Trouble, type Ended, type Run } from "./step";

/** start finds the panels of a page and fills them. */
export function start(): void {
  for (const section of document.querySelectorAll<HTMLElement>("[data-check]")) fill(section);
}

/** What the template names. */
interface Named {
  readonly kind: string;
  readonly root: string;
  readonly charters: readonly number[];
  readonly later: readonly number[];
  readonly notice: number | undefined;
  readonly entry: number | undefined;
  readonly draw: number | undefined;
}

function indexes(text: string | undefined): number[] {
  return (text ?? "")
    .split(" ")
    .filter((w) => /^\d+$/.test(w))
    .map(Number);
}

function named(section: HTMLElement): Named {
  const d = section.dataset;
  return {
    kind: d["check"] ?? "",
    root: d["root"] ?? "",
    charters: indexes(d["charters"]),
    later: indexes(d["later"]),
    notice: indexes(d["notice"])[0],
    entry: indexes(d["entry"])[0],
    draw: indexes(d["draw"])[0],
  };
}

const labels: Readonly<Record<string, string>> = {
  draw: "自己核验这次抽取",
  result: "自己核验这份结果",
  entry: "自己核验这条记录",
};

/** A page opened from a disk cannot read its neighbours. */
const fromDisk = location.protocol === "file:";

function fill(section: HTMLElement): void {
  const n = named(section);
  const panel = newPanel({ limits: n.root + "limits/index.html" });
  const own = trustFields();
  const disk = fromDisk ? diskFields(n.root) : undefined;
  const source = (): Source | undefined => {
    if (!disk) return fromSite(n.root);
    if (disk.picked.length > 0) return fromFiles(disk.picked);
    panel.say("还没有选账本文件夹。这个页面是从磁盘打开的，浏览器不让它自己读旁边的文件：请先在上面选 ledger 文件夹，或者用离线核验页。");
    return undefined;
  };
  const go = (work: (run: Run, source: Source, trust: Trust) => Promise<Ended>): void => {
    let s: Source | undefined;
    try {
      s = source();
    } catch (e) {
      panel.say(`选的文件读不成：${e instanceof Error ? e.message : String(e)}。请只选一个 ledger 文件夹。`);
      return;
    }
    const chosen = s;
    if (chosen) void panel.start((run) => work(run, chosen, own.trust()));
  };
  const tool = el("div", { class: "check-tool" });
  if (disk) tool.append(disk.node);
  if (labels[n.kind] !== undefined)
    tool.append(
      el(
        "div",
        { class: "check-acts" },
        button(labels[n.kind]!, () => go((run, s, trust) => check(n, run, s, trust))),
      ),
    );
  if (n.kind === "any") tool.append(...anyForms(n, go, panel));
  if (n.kind === "draw" && n.notice !== undefined)
    tool.append(
      el(
        "details",
        {},
        el("summary", {}, "查我的签"),
        ticketForm((code, salt) =>
          go((run, s, trust) => {
            const entry = n.entry === undefined ? {} : { entry: n.entry };
            return myTicket(run, s, trust, { charters: n.charters, notice: n.notice!, ...entry, code, salt });
          }),
        ),
      ),
    );
  tool.append(own.node, panel.node);
  for (const still of section.querySelectorAll<HTMLElement>(".check-still")) still.hidden = true;
  section.insertBefore(tool, section.querySelector(".check-still"));
}

/** check runs what the page is about. Which record that is says the address,
 * where it has a number: what stands at it is then held to that record. */
function check(n: Named, run: Run, source: Source, trust: Trust): Promise<Ended> {
  const main = document.querySelector("main")?.textContent ?? "";
  if (n.kind === "draw") {
    const entry = n.entry === undefined ? {} : { entry: n.entry };
    return checkDraw(
      run,
      source,
      trust,
      { charters: n.charters, notice: n.notice ?? -1, later: n.later, ...entry, shown: shownDraw(main) },
      { bls: () => loadBLS(n.root) },
    );
  }
  const at = /\/(?:book|results)\/(\d{1,15})\.html$/.exec(location.pathname)?.[1];
  const entry = at === undefined ? (n.entry ?? -1) : Number(at);
  const record = document.querySelector("#record ~ details pre")?.textContent;
  const shown = record == null ? {} : { shown: record };
  if (n.kind !== "result") return checkEntry(run, source, trust, { charters: n.charters, entry, ...shown });
  const draw = n.draw === undefined ? {} : { draw: n.draw };
  const codes = [...document.querySelectorAll("main td[data-label='代码']")].map((td) => td.textContent ?? "");
  return checkResult(run, source, trust, { charters: n.charters, entry, later: n.later, ...draw, shown: { text: main, record: record ?? "", codes } });
}

/** shownDraw takes from the page what it says of the draw. An enterprise is named
 * by the link to its page (site.md). */
function shownDraw(text: string): Shown {
  const rows = [...document.querySelectorAll<HTMLElement>("tr[id^='h-']")].map((row) => {
    const link = row.querySelector("a[href*='firms/']")?.getAttribute("href") ?? "";
    return { handle: row.id.slice(2), text: row.textContent ?? "", code: /firms\/([0-9a-z-]+)\.html$/.exec(link)?.[1] ?? "" };
  });
  return { text, rows, at: /\/draws\/([^/]+)\/index\.html$/.exec(location.pathname)?.[1] ?? "" };
}

/** diskFields ask for the folder that a page from a disk may not read. */
function diskFields(root: string): { node: HTMLElement; picked: readonly Picked[] } {
  const state = { node: el("div", { class: "box" }), picked: [] as readonly Picked[] };
  const input = el("input", { type: "file", multiple: true, webkitdirectory: true });
  const count = el("p", { class: "check-hint", role: "status" });
  input.addEventListener("change", () => {
    state.picked = picked(input.files);
    count.textContent = state.picked.length > 0 ? `选了${state.picked.length}个文件。` : "";
  });
  state.node.append(
    el(
      "p",
      {},
      "这个页面是从磁盘打开的，浏览器不让它自己读旁边的账本文件。请选下载的文件夹里的 ledger 文件夹（只在您的电脑上读，不上传），再核验；或者用",
      el("a", { href: root + "script/offline.html" }, "离线核验页"),
      "。",
    ),
    field("ledger 文件夹", "", input),
    count,
  );
  return state;
}

type Go = (work: (run: Run, source: Source, trust: Trust) => Promise<Ended>) => void;

/** anyForms stand where no record is named: the reader says which. */
function anyForms(n: Named, go: Go, panel: Panel): HTMLElement[] {
  const entry = el("input", { type: "text", inputmode: "numeric", autocomplete: "off" });
  const draw = el("input", { type: "text", autocomplete: "off", spellcheck: "false" });
  const checkOne = (): void => {
    const index = indexes(entry.value.trim())[0];
    if (index === undefined) return panel.say("记录编号是一个数，例如 100。");
    go((run, s, trust) => checkEntry(run, s, trust, { charters: n.charters, entry: index }));
  };
  onEnter(checkOne, entry);
  const one = el(
    "div",
    {},
    el("h3", {}, "核验一条记录"),
    field("记录编号", "第几条记录，例如 100。", entry),
    el("div", { class: "check-acts" }, button("核验这条记录", checkOne)),
  );
  const mine = el(
    "div",
    {},
    el("h3", {}, "我的签"),
    field("抽取编号", "例如 2023-003。", draw),
    ticketForm((code, salt) => {
      if (fromDisk) return panel.say("从磁盘打开的页面查不了是哪一次抽取：请到那次抽取的页面上查，或者用离线核验页。");
      go(async (run, s, trust) => {
        const id = draw.value.trim();
        return myTicket(run, s, trust, { charters: n.charters, ...(await drawNamed(s, id)), draw: id, code, salt });
      });
    }, draw),
  );
  return [mine, one];
}

/** drawNamed finds the entries of a draw by its id, in the site's own list. */
async function drawNamed(s: Source, id: string): Promise<{ notice: number; entry?: number }> {
  const place = "data/draws.json";
  const list = members(parseLoose(text(await s.get(place))?.trim() ?? "", place))?.["rows"] ?? [];
  const row = (isList(list) ? list : []).map((r) => members(r) as Record<string, string> | undefined).find((r) => r?.["draw"] === id);
  if (!row) throw new Trouble(id === "" ? "请填抽取编号，例如 2023-003。" : `没有编号是“${id}”的抽取。`);
  const entry = indexes(row["entry"])[0];
  return { notice: indexes(row["notice"])[0] ?? -1, ...(entry === undefined ? {} : { entry }) };
}
