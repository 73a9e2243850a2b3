// What a reader sees of a check: button, progress, the steps, and the verdict.
// Every state is a word and a sign, the colour only repeats it; a screen reader
// is told of the beginning, of each 不相符 and of the end, not of every tick.

import { breath, button, el, moment } from "./dom";
import { Fault } from "./fault";
import { Cancelled, type Ended, type Run, type State, type Step, Trouble } from "./step";
import { faultWords } from "./words";

const signs: Readonly<Record<State, string>> = { waiting: "·", running: "…", good: "✓", bad: "✗", unknown: "?" };
const states: Readonly<Record<State, string>> = { waiting: "未算", running: "正在算", good: "相符", bad: "不相符", unknown: "不能核验" };

/** A check as a panel runs it. */
export type Work = (run: Run) => Promise<Ended>;

/** Where the links of the panel lead. */
export interface Around {
  readonly limits: string;
}

/** Panel is the part of the page that shows one check. */
export interface Panel {
  readonly node: HTMLElement;
  /** runs a check and shows it; what ran before is stopped */
  start(work: Work): Promise<void>;
  /** takes everything away */
  clear(): void;
  /** says something instead of a check */
  say(words: string): void;
}

/** newPanel makes an empty panel; around is absent in the offline page. */
export function newPanel(around?: Around): Panel {
  const voice = el("p", { class: "check-voice", role: "status", "aria-live": "polite" });
  const bar = el("progress", { class: "check-bar", max: "1", value: "0", "aria-label": "核验进度" });
  const count = el("span", { class: "check-count" });
  const stop = button("停止", () => halt(), "check-stop");
  const running = el("div", { class: "check-running", hidden: true }, bar, count, stop);
  const end = el("div", { class: "check-end", tabindex: "-1" });
  const list = el("ol", { class: "check-steps" });
  const node = el("div", { class: "check-result" }, voice, running, end, list);
  let ticket = 0;
  let halt = (): void => undefined;

  const start = async (work: Work): Promise<void> => {
    const mine = ++ticket;
    let stopped = false;
    const rows = new Map<string, HTMLElement>();
    list.replaceChildren();
    end.replaceChildren();
    running.hidden = false;
    voice.textContent = "开始核验。";
    const from = performance.now();
    const stopping = new Promise<never>((_, fail) => {
      halt = () => {
        stopped = true;
        fail(new Cancelled());
      };
    });
    const run: Run = {
      words: (f: Fault) => faultWords(f),
      async pause() {
        await breath();
        if (stopped || mine !== ticket) throw new Cancelled();
      },
      tell(step) {
        if (stopped || mine !== ticket) return; // of a check that is no longer shown
        show(list, rows, step);
        const finished = rows.size - waiting(rows);
        bar.max = rows.size;
        bar.value = finished;
        count.textContent = `第${Math.min(finished + 1, rows.size)}步，共${rows.size}步，已用 ${seconds(from)} 秒`;
        if (step.state === "bad") voice.textContent = `不相符：${step.title}。`;
      },
    };
    try {
      const ended = await Promise.race([work(run), stopping]);
      const at = `由您的浏览器算出，${moment(new Date())}，用时 ${seconds(from)} 秒`;
      end.replaceChildren(...verdict(ended, at, around));
      voice.textContent = [...(ended.answer === undefined ? [] : [ended.answer]), verdictWords(ended), ""].join("。");
    } catch (e) {
      if (mine !== ticket) return;
      const why = reason(e);
      for (const row of rows.values()) if (open(row)) row.remove();
      end.replaceChildren(none("没有结论", why));
      voice.textContent = why;
    } finally {
      if (mine === ticket) {
        if (running.contains(document.activeElement)) end.focus(); // the button that goes away takes no reader with it
        running.hidden = true;
      }
    }
  };
  return {
    node,
    start,
    clear() {
      ticket++;
      running.hidden = true;
      list.replaceChildren();
      end.replaceChildren();
      voice.textContent = "";
    },
    say(words) {
      ticket++;
      running.hidden = true;
      list.replaceChildren();
      end.replaceChildren(none("还不能核验", words));
      voice.textContent = words;
    },
  };
}

/** none stands where there is no verdict. */
function none(title: string, words: string): HTMLElement {
  return el("div", { class: "check-verdict part" }, el("h3", {}, title), el("p", {}, words));
}

/** reason says why a check has no verdict at all. */
function reason(e: unknown): string {
  if (e instanceof Cancelled) return "已停止。";
  if (e instanceof Trouble) return e.message;
  if (e instanceof Fault) return faultWords(e);
  return "核验程序自己出了错：" + String(e);
}

function seconds(from: number): string {
  return ((performance.now() - from) / 1000).toFixed(1);
}

function waiting(rows: ReadonlyMap<string, HTMLElement>): number {
  return [...rows.values()].filter(open).length;
}

/** open: a step that has not ended. */
function open(row: HTMLElement): boolean {
  return row.dataset["state"] === "waiting" || row.dataset["state"] === "running";
}

/** show writes one step; a step that is 不相符 shows its numbers at once. */
function show(list: HTMLElement, rows: Map<string, HTMLElement>, step: Step): void {
  let row = rows.get(step.id);
  if (!row) {
    row = el("li", { "data-step": step.id });
    rows.set(step.id, row);
    list.append(row);
  }
  row.className = "check-step " + step.state;
  row.dataset["state"] = step.state;
  const head = el(
    "p",
    { class: "check-line" },
    el("span", { class: "check-sign", "aria-hidden": "true" }, signs[step.state]),
    el("span", { class: "check-state" }, states[step.state]),
    " ",
    el("b", {}, step.title),
  );
  const parts: Node[] = [head];
  if (step.words !== "") parts.push(el("p", { class: "check-words" }, step.words));
  if (step.figures.length > 0) {
    const facts = el("dl", { class: "check-figures" });
    for (const f of step.figures) facts.append(el("dt", {}, f.name), el("dd", { class: "hash" }, f.value));
    const more = el("details", {}, el("summary", {}, `这一步的数（${step.title}）`), facts);
    more.open = step.state === "bad";
    parts.push(more);
  }
  row.replaceChildren(...parts);
}

function verdictWords({ verdict, steps, words }: Ended): string {
  if (words !== undefined) return words;
  const left = steps.filter((s) => s.state !== "good").length;
  switch (verdict) {
    case "good":
      return `核验相符，共${steps.length}步`;
    case "bad":
      return `不相符，共${steps.filter((s) => s.state === "bad").length}处`;
    default:
      return steps.length === left ? "不能核验" : `算得出的${steps.length - left}步都相符，另有${left}步不能核验`;
  }
}

/** verdict is the box above the steps. */
function verdict(ended: Ended, at: string, around?: Around): Node[] {
  const { verdict: v, steps } = ended;
  const sign = { good: "✓", bad: "✗", part: "?" }[v];
  const box = el(
    "div",
    { class: "check-verdict " + v, "data-verdict": v },
    el("h3", {}, el("span", { class: "check-sign", "aria-hidden": "true" }, sign), " ", ended.answer ?? verdictWords(ended)),
    el("p", {}, `${ended.answer === undefined ? "" : verdictWords(ended) + "。"}${ended.what}（${at}）。${ended.trust}`),
  );
  for (const state of ["bad", "unknown"] as const) {
    const some = steps.filter((s) => s.state === state);
    if (some.length === 0) continue;
    const list = el("ul", {});
    for (const s of some) list.append(el("li", {}, el("b", {}, s.title), "：" + (s.words || states[state])));
    box.append(el("p", {}, state === "bad" ? "不相符的：" : "不能核验的，以及为什么："), list);
  }
  if (v === "bad") {
    box.append(
      el(
        "p",
        {},
        "怎么办：先重新载入本页再核一次，排除下载出错。仍不相符的，把本页存下或者截图，连同有关的记录、入账证明和账本快照一起保存，告诉主办单位，也可以告诉上级机关、见证单位；再用 sunlot-verify 核验整本账。",
      ),
    );
  } else if (around) {
    box.append(
      el(
        "p",
        {},
        "核验相符只说明记录、号码和名单对得上。名录库全不全、检查是不是真的去了，算不出来，见",
        el("a", { href: around.limits }, "本账本不能证明什么"),
        "。",
      ),
    );
  }
  return [box];
}
