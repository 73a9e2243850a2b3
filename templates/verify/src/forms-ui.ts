// What a reader fills in, on the pages and on the offline page alike.

import { button, el, field, onEnter } from "./dom";
import type { Trust } from "./ledger";
import type { Picked } from "./source";

/** Fields are a part of a page and what is filled in there. */
export interface Fields<T> {
  readonly node: HTMLElement;
  trust(): T;
}

/** trustFields are where a reader puts what he has from elsewhere. */
export function trustFields(): Fields<Trust> {
  const print = el("input", { type: "text", autocomplete: "off", spellcheck: "false" });
  const policy = el("textarea", { rows: "5", spellcheck: "false", autocomplete: "off" });
  const node = el(
    "details",
    {},
    el("summary", {}, "用您自己的依据（可以不填）"),
    field("开账声明的校验码", "照盖章的纸质件填，至少前16个字符，最好64个全填。空格不要紧。", print),
    field("见证约定", "手里有见证约定文件（写法同 ledger/policy）的，整份粘贴在这里。", policy),
  );
  return { node, trust: () => ({ fingerprint: print.value, policy: policy.value }) };
}

/** picked lists files of an input with their paths. */
export function picked(files: FileList | null): Picked[] {
  return [...(files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** ticketForm asks for a code and, where it is needed, a salt; Enter in a box, or
 * in one that stands before, does what the button does. */
export function ticketForm(act: (code: string, salt: string) => void, ...before: readonly HTMLInputElement[]): HTMLElement {
  const code = el("input", { type: "text", autocomplete: "off", spellcheck: "false" });
  const salt = el("input", { type: "text", autocomplete: "off", spellcheck: "false" });
  const ask = (): void => act(code.value, salt.value);
  onEnter(ask, code, salt, ...before);
  return el(
    "div",
    { class: "check-ticket" },
    field("统一社会信用代码", "没有的写“注册号:”加注册号。只在您的浏览器里算，不发送到任何地方。", code),
    field("随机串（启封凭据里的，可以不填）", "启封钥匙已经公开的，或者这家企业的名称已经公开的，不用填。", salt),
    el(
      "div",
      { class: "check-acts" },
      button("算这支签", ask),
    ),
  );
}
