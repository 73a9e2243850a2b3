// The page's part of the search: it reads what was asked, says what was found,
// and builds nothing but elements with text in them.
import { byEntry, byKey, byName, openIndex, Stale } from "./find";
import type { Index, Load, Names, Row } from "./find";
import { foldKey, foldName } from "./fold";
import { Missing, scripts } from "./load";

const input = (form: HTMLFormElement): HTMLInputElement | null => form.querySelector("input");
const asked = (form: HTMLFormElement): string => input(form)?.value.trim() ?? "";
const rootOf = (form: HTMLFormElement): string => form.dataset["root"] ?? "";

/** A box that leads to the page of answers. */
export function box(form: HTMLFormElement): void {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (asked(form) !== "") location.href = `${rootOf(form)}search/index.html#q=${encodeURIComponent(asked(form))}`;
  });
}

/** What the address asks: the part after #, which no server sees. */
function inAddress(): string {
  return new URLSearchParams(location.hash.slice(1)).get("q") ?? "";
}

/** The page of answers: what was asked stands in the address, so that it can be handed on and gone back to. */
export function answerPage(form: HTMLFormElement, answers: HTMLElement): void {
  form.hidden = false;
  document.querySelector(".search-still")?.remove();
  const field = input(form);
  let turn = 0;
  const run = (): void => {
    const query = inAddress();
    if (field) field.value = query;
    const mine = ++turn;
    answers.replaceChildren();
    say("");
    if (query === "") return;
    say("正在查找…");
    search(rootOf(form), query, answers, () => mine === turn).catch((fault: unknown) => {
      if (mine === turn) say(sayFault(fault));
    });
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (asked(form) === inAddress()) run();
    else location.hash = `q=${encodeURIComponent(asked(form))}`;
  });
  addEventListener("hashchange", () => {
    if (location.hash === "" || inAddress() !== "") run(); // a link to a part of the page asks nothing
  });
  run();
}

function say(text: string): void {
  const status = document.getElementById("found");
  if (status) status.textContent = text;
}

function sayFault(fault: unknown): string {
  if (fault instanceof Stale) return "网站刚刚更新，请刷新本页再查。";
  if (fault instanceof Missing) return "索引文件没有取到，请稍后再查，或者用下面的目录查找。";
  return "查找时出错，请用下面的目录查找。";
}

/** Looks for what was asked in every way that its form allows. */
async function search(root: string, query: string, answers: HTMLElement, current: () => boolean): Promise<void> {
  let version = String(Date.now());
  const load: Load = scripts(`${root}lookup/`, () => version);
  const index = await openIndex(load);
  version = String(index.entries);
  const rows = await entryRows(load, index, query);
  if (/^[!-~]+$/.test(foldKey(query))) rows.push(...(await byKey(load, index, query)));
  const names = rows.length > 0 && isKey(query) ? undefined : await byName(load, index, query);
  const more = (await names?.next()) ?? [];
  if (!current()) return;
  const list = document.createElement("ol");
  list.className = "hits";
  const all = [...rows.map((row) => hit(root, row)), ...more.map((row) => hit(root, row))];
  if (all.length > 0) {
    list.append(...all);
    answers.append(list);
  }
  say(summary(query, all.length, names, index));
  if (all.length === 0) answers.append(why());
  if (names && names.most > 0) answers.append(moreButton(root, list, names));
}

/** Whole keys: 18 or 15 signs of a code, 32 of a handle, a draw's id. */
const isKey = (query: string): boolean => /^([0-9a-z]{15}|[0-9a-z]{18}|[0-9a-f]{32}|\d{4}-\d{3,6})$/.test(foldKey(query));

async function entryRows(load: Load, index: Index, query: string): Promise<Row[]> {
  const number = /^(?:第)?(\d{1,9})(?:条(?:记录)?)?$/.exec(foldKey(query))?.[1];
  const row = number === undefined ? undefined : await byEntry(load, index, Number(number));
  return row ? [[row[0] ?? "", "entry", ...row.slice(1)]] : [];
}

function summary(query: string, shown: number, names: Names | undefined, index: Index): string {
  if (names?.frequent) return `名称里有“${query}”的企业太多，请再多输一两个字。${shown > 0 ? `先列出${shown}项。` : ""}`;
  if (shown > 0) return names && names.most > 0 ? `先列出${shown}项，还有更多。` : `找到${shown}项。`;
  if (names?.short) return "请至少输入名称里相连的两个字，或者完整的代码、签号、抽取编号、记录序号。";
  if (/^[0-9a-f]{32}$/.test(foldKey(query))) return "抽中的签里没有这支签号。没有抽中的签号不在这里，请到那一次抽取的页面核对。";
  if (/^\d+$/.test(foldName(query).join(""))) return `没有找到“${query}”。账本现有${index.entries}条记录，序号从0开始。`;
  return `没有找到“${query}”。找不到不等于没有检查过：这里只有名称已经公开的企业。没有抽中的企业，名称不公开。`;
}

/** The way to what a search without an answer may mean. */
function why(): HTMLElement {
  const line = document.createElement("p");
  const link = document.createElement("a");
  link.href = "#why";
  link.textContent = "查不到，可能是哪几种情形，怎样弄清楚";
  link.className = "big";
  line.append(link);
  return line;
}

function moreButton(root: string, list: HTMLElement, names: Names): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "继续列出";
  button.addEventListener("click", () => {
    button.disabled = true;
    names.next().then((rows) => {
      const items = rows.map((row) => hit(root, row));
      list.append(...items);
      const total = list.children.length;
      say(names.most > 0 ? `已列出${total}项，还有更多。` : `共${total}项，已全部列出。`);
      items[0]?.querySelector("a")?.focus();
      button.disabled = false;
      if (names.most === 0) button.remove();
    }, (fault: unknown) => {
      button.disabled = false;
      say(sayFault(fault));
    });
  });
  return button;
}

/** The words of each kind of record (lookup.md, Cells): the title's cell, the address's, and what stands under them. */
function hit(root: string, row: Row): HTMLElement {
  const at = (i: number): string => row[i] ?? "";
  const item = document.createElement("li");
  const title = (text: string, path: string): void => {
    const link = anchor(root, text, path);
    link.className = "hit";
    item.append(link);
  };
  const facts = document.createElement("dl");
  facts.className = "hit-facts";
  const fact = (term: string, value: string, mono = false, path = ""): void => {
    if (value === "") return;
    const div = document.createElement("div");
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.textContent = term;
    if (path !== "") dd.append(anchor(root, value, path));
    else dd.textContent = value;
    if (mono) dd.className = "hash";
    div.append(dt, dd);
    facts.append(div);
  };
  switch (at(1)) {
    case "firm":
      title(at(3), at(5) || `firms/${at(2).toLowerCase()}`);
      if (foldName(at(0)).join("") !== foldName(at(3)).join("") && foldKey(at(2)) !== at(0)) fact("曾用的名称", at(0));
      fact("代码", at(2), true);
      fact("镇街", at(4));
      fact("被抽中", `${at(6)}次`);
      fact("最近一次", at(7));
      fact("最近结果", at(8));
      break;
    case "drawn":
      title(`抽中的签 ${at(0)}`, `${at(3)}#h-${at(0)}`);
      fact("抽取", at(2));
      fact("分区", at(4));
      fact("签值", at(5), true);
      fact("中签线", at(6), true);
      fact("进展", at(7));
      fact("企业", at(8), false, at(9));
      break;
    case "draw":
      title(`抽取 ${at(2)} ${at(3)}`, at(4));
      fact("时间", at(5));
      fact("抽中", at(6));
      fact("状态", at(7));
      break;
    default:
      title(`第${at(0)}条记录`, at(4));
      fact("类型", at(2));
      fact("日期", at(3));
  }
  item.append(facts);
  return item;
}

/** A link into the site: the page's file is left out of the cells. */
function anchor(root: string, text: string, path: string): HTMLElement {
  const a = document.createElement("a");
  const [page, fragment] = path.split("#");
  a.href = `${root}${page}.html${fragment === undefined ? "" : `#${fragment}`}`;
  a.textContent = text;
  return a;
}
