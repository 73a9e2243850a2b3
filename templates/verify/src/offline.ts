// The check page in one file: the reader picks the files, nothing is fetched.

import { unpacked } from "./archive";
import "./bls";
import { checkDraw, checkEntry, checkResult, myTicket } from "./check";
import { button, el, field, onEnter } from "./dom";
import { Fault } from "./fault";
import type { Trust } from "./ledger";
import { registered } from "./load";
import { picked, ticketForm, trustFields } from "./forms-ui";
import { newPanel, type Panel } from "./panel";
import { gather, type Book, type DrawItem } from "./pick";
import type { Picked } from "./source";
import { bad, good, plan, unknown, type Ended, type Run, type Step } from "./step";
import { faultWords } from "./words";

const tools = { bls: () => Promise.resolve(registered()!) };

/** Everything that the page holds. */
interface Desk {
  files: Picked[];
  book: Book | undefined;
  /** what is being read: one handful after the other, whatever order they end in */
  reading: Promise<void>;
  readonly panel: Panel;
  readonly trust: () => Trust;
  readonly said: HTMLElement;
  readonly forms: HTMLElement;
}

function open(): void {
  const place = document.getElementById("desk");
  if (!place) return;
  const own = trustFields();
  const desk: Desk = {
    files: [],
    book: undefined,
    reading: Promise.resolve(),
    panel: newPanel(),
    trust: () => own.trust(),
    said: el("p", { role: "status", id: "said" }, "还没有选文件。"),
    forms: el("div", { id: "forms" }),
  };
  place.replaceChildren(dropZone(desk), desk.said, own.node, desk.forms, desk.panel.node);
}

/** dropZone takes files by dropping and by two inputs that a keyboard reaches. */
function dropZone(desk: Desk): HTMLElement {
  const folder = el("input", { type: "file", webkitdirectory: true, multiple: true });
  const some = el("input", { type: "file", multiple: true });
  for (const input of [folder, some]) {
    input.addEventListener("change", () => {
      add(desk, picked(input.files));
      input.value = "";
    });
  }
  const zone = el(
    "div",
    { class: "check-drop" },
    el("p", {}, "把文件或者文件夹拖到这里，或者用下面的按钮选。可以分几次选，先后不论。文件只在这台电脑上读，不上传。"),
    field("选文件夹", "下载的整个账本：选 ledger 文件夹，或者整个网站的文件夹。", folder),
    field("选文件", "下载的账本存档（ledger-001.zip 等，不用解压，几个一起选），或者一条记录：记录原文和入账证明，有启封凭据的一起选。要核对签名，再加上第0条记录和它的入账证明、见证约定 policy。", some),
    el(
      "div",
      { class: "check-acts" },
      button(
        "清空，重新选",
        () => {
          desk.files = [];
          add(desk, []);
        },
        "plain",
      ),
    ),
  );
  zone.addEventListener("dragover", (e) => {
    e.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (e) => {
    e.preventDefault();
    zone.classList.remove("over");
    if (!e.dataTransfer) return;
    desk.said.textContent = "正在读拖来的文件……";
    dropped(e.dataTransfer).then(
      (list) => add(desk, list),
      () => (desk.said.textContent = "浏览器没有让本页读拖来的东西，请用下面的按钮选。刚才拖来的没有加进去。"),
    );
  });
  return zone;
}

/** What some browsers can do with a dropped folder beside what all can. */
type Dropped = DataTransferItem & { getAsFileSystemHandle?: () => Promise<Handle | null> };
type Handle =
  | { readonly kind: "file"; readonly name: string; getFile(): Promise<File> }
  | { readonly kind: "directory"; readonly name: string; values(): AsyncIterable<Handle> };

/** dropped lists what was dropped, folders with everything in them. A page from a
 * disk may not read the entries of a folder in Chromium, but its handles; other
 * browsers know no handles. All is asked for before the first answer: afterwards
 * nothing is left of the drop. */
async function dropped(data: DataTransfer): Promise<Picked[]> {
  const all = [...data.items]
    .filter((item) => item.kind === "file")
    .map((item: Dropped) => ({ entry: item.webkitGetAsEntry(), handle: item.getAsFileSystemHandle?.(), file: item.getAsFile() }));
  const list: Picked[] = [];
  for (const { entry, handle, file } of all) {
    if (entry?.isDirectory !== true && file) list.push({ path: file.name, file });
    else if (handle) await opened(await handle, "", list);
    else if (entry) await walk(entry, list);
  }
  return list;
}

async function opened(handle: Handle | null, under: string, list: Picked[]): Promise<void> {
  if (handle?.kind === "file") list.push({ path: under + handle.name, file: await handle.getFile() });
  if (handle?.kind !== "directory") return;
  for await (const next of handle.values()) await opened(next, `${under}${handle.name}/`, list);
}

async function walk(entry: FileSystemEntry, list: Picked[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    list.push({ path: entry.fullPath.replace(/^\//, ""), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return;
    for (const e of some) await walk(e, list);
  }
}

/** add takes further files once those before them are read. */
function add(desk: Desk, more: readonly Picked[]): void {
  desk.reading = desk.reading.then(() => take(desk, more));
}

/** take takes further files and shows what can be checked with all of them. */
async function take(desk: Desk, more: readonly Picked[]): Promise<void> {
  desk.panel.clear();
  let files = desk.files;
  try {
    files = [...files, ...(await unpacked(more))];
    desk.book = await gather(files);
    desk.files = files;
  } catch (e) {
    desk.said.textContent = (e instanceof Fault ? faultWords(e) : String(e)) + "刚才选的没有加进去。";
    return;
  }
  const b = desk.book;
  desk.said.textContent =
    files.length === 0
      ? "还没有选文件。"
      : `读到：记录${b.entries.size}条，抽取${b.draws.length}次，${b.checkpoint ? "有账本快照" : "没有账本快照（用入账证明里的）"}，${b.policy ? "有见证约定" : "没有见证约定（请选 policy 文件，或者在下面粘贴）"}${b.strange > 0 ? `，另有${b.strange}个文件认不出（没有入账证明的记录也算）` : ""}。`;
  desk.forms.replaceChildren(...(b.entries.size > 0 ? forms(desk, b) : []));
}

/** forms are what can be asked of the files at hand. */
function forms(desk: Desk, b: Book): HTMLElement[] {
  const list: HTMLElement[] = [];
  if (b.draws.length > 0) {
    const which = drawSelect(b);
    list.push(
      el(
        "div",
        {},
        el("h2", {}, "核验抽取"),
        field("哪一次抽取", "", which),
        el(
          "div",
          { class: "check-acts" },
          button("核验这次抽取", () => run(desk, (r) => oneDraw(r, b, b.draws[Number(which.value)]!, desk.trust()))),
          button("核验全部抽取", () => run(desk, (r) => allDraws(r, b, desk.trust())), "plain"),
        ),
      ),
    );
    const mine = drawSelect(b);
    list.push(
      el(
        "details",
        {},
        el("summary", {}, "我的签"),
        field("哪一次抽取", "", mine),
        ticketForm((code, salt) =>
          run(desk, (r) => {
            const d = b.draws[Number(mine.value)]!;
            return myTicket(r, b.source, desk.trust(), {
              charters: b.charters,
              notice: d.notice,
              ...(d.entry === undefined ? {} : { entry: d.entry }),
              code,
              salt,
            });
          }),
        ),
      ),
    );
  }
  const number = el("input", { type: "text", inputmode: "numeric", autocomplete: "off" });
  number.value = [...b.entries.keys()].filter((i) => b.entries.size === 1 || !b.charters.includes(i))[0]?.toString() ?? "";
  const checkOne = (): void => {
    const i = /^\d+$/.test(number.value.trim()) ? Number(number.value.trim()) : -1;
    if (!b.entries.has(i)) return desk.panel.say("选的文件里没有这条记录。");
    run(desk, (r) => oneEntry(r, b, i, desk.trust()));
  };
  onEnter(checkOne, number);
  list.push(
    el(
      "div",
      {},
      el("h2", {}, "核验一条记录"),
      field("记录编号", "第几条记录。", number),
      el("div", { class: "check-acts" }, button("核验这条记录", checkOne)),
    ),
  );
  return list;
}

function run(desk: Desk, work: (run: Run) => Promise<Ended>): void {
  void desk.panel.start(work);
}

function drawSelect(b: Book): HTMLSelectElement {
  const select = el("select", {});
  b.draws.forEach((d, i) => select.append(el("option", { value: String(i) }, `${d.id} ${d.name}`)));
  return select;
}

function oneDraw(r: Run, b: Book, d: DrawItem, trust: Trust): Promise<Ended> {
  const entry = d.entry === undefined ? {} : { entry: d.entry };
  return checkDraw(r, b.source, trust, { charters: b.charters, notice: d.notice, later: d.later, ...entry }, tools);
}

/** oneEntry checks a record, a result with its draw and corrections. */
function oneEntry(r: Run, b: Book, entry: number, trust: Trust): Promise<Ended> {
  if (b.entries.get(entry) !== "result") return checkEntry(r, b.source, trust, { charters: b.charters, entry });
  const d = b.draws.find((x) => x.notice === b.noticeOf.get(entry));
  const draw = d?.entry !== undefined && b.entries.get(d.entry) === "draw" ? { draw: d.entry } : {};
  return checkResult(r, b.source, trust, { charters: b.charters, entry, later: b.corrections.get(entry) ?? [], ...draw });
}

/** allDraws is one step for each draw. */
async function allDraws(r: Run, b: Book, trust: Trust): Promise<Ended> {
  const p = plan(
    r,
    b.draws.map((d) => [`draw-${d.notice}`, `抽取 ${d.id}`] as const),
  );
  let said = "";
  for (const d of b.draws) {
    await p.step(`draw-${d.notice}`, async (note) => {
      const ended = await oneDraw({ ...r, tell: () => undefined }, b, d, trust);
      said = ended.trust;
      const wrong = ended.steps.filter((s) => s.state !== "good");
      const right = ended.steps.length - wrong.length;
      const words = wrong.length === 0 ? `${right}步都相符。` : `${right}步相符，其余${wrong.length}步：${wrong.map((s) => `${s.title}：${s.words}`).join("")}`;
      note(ended.verdict === "good" ? good(words) : ended.verdict === "bad" ? bad(words) : unknown(words));
    });
  }
  const steps = [...p.done.values()];
  return { verdict: p.verdict(), steps, trust: said, what: `全部${steps.length}次抽取`, words: counted(steps) };
}

/** counted says of how many draws what was found. */
function counted(draws: readonly Step[]): string {
  const of = (state: string): number => draws.filter((d) => d.state === state).length;
  const left = of("unknown") === 0 ? "" : `，${of("bad") > 0 ? "另有" : "其中"}${of("unknown")}次有不能核验的步骤`;
  if (of("bad") > 0) return `${draws.length}次抽取，${of("bad")}次有不相符${left}`;
  return `${draws.length}次抽取没有不相符${left === "" ? "，每一步都核验了" : left}`;
}

open();
