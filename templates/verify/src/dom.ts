// The few things of a document that the check makes: elements from text, never
// markup from data.

/** Attributes of an element: text, or true for one that only stands there. */
export type Attributes = Readonly<Record<string, string | true>>;

/** el makes an element with its attributes and children; a string is text. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value === true ? "" : value);
  node.append(...children);
  return node;
}

let made = 0;

/** newId is an id that no other element of the page has. */
export function newId(): string {
  do made++;
  while (document.getElementById("check-" + made));
  return "check-" + made;
}

/** A labelled control with a sentence below it. */
export function field(label: string, hint: string, control: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement): HTMLElement {
  const id = newId();
  control.id = id;
  const parts: Node[] = [el("label", { for: id }, label)];
  if (hint !== "") {
    control.setAttribute("aria-describedby", id + "-hint");
    parts.push(el("p", { class: "check-hint", id: id + "-hint" }, hint));
  }
  return el("div", { class: "check-field" }, ...parts, control);
}

/** button makes a button that does something here and sends nothing. */
export function button(words: string, act: () => void, kind = ""): HTMLButtonElement {
  const b = el("button", { type: "button", class: ("check-button " + kind).trim() }, words);
  b.addEventListener("click", act);
  return b;
}

/** onEnter lets Enter in a box do what its button does: no form stands around
 * it, for nothing is sent. A key that ends the choice of a sign is no such. */
export function onEnter(act: () => void, ...boxes: readonly HTMLInputElement[]): void {
  for (const box of boxes) {
    box.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && !e.isComposing) act();
    });
  }
}

/** breath lets the page paint and answer, and is short where nothing else is
 * to be done: a message to oneself waits for no timer. */
export function breath(): Promise<void> {
  return new Promise((done) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      done();
    };
    channel.port2.postMessage(0);
  });
}

/** moment is a time by the reader's own clock. */
export function moment(at: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
