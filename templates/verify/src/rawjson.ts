// JSON as RFC 8259 has it, with what JSON.parse throws away: how a number was
// written, and a member that stands there twice. Rounds of relays and the
// vectors are read with it; entries have one spelling and json.ts.

/** A value: numbers as they were written, members of an object in their order. */
export type Raw =
  | { readonly kind: "object"; readonly members: readonly (readonly [name: string, value: Raw])[] }
  | { readonly kind: "list"; readonly items: readonly Raw[] }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "word"; readonly text: "true" | "false" | "null" };

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// eslint-disable-next-line no-control-regex
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /true|false|null/y;

/** rawJSON reads one value; undefined where text is none. */
export function rawJSON(text: string): Raw | undefined {
  let at = 0;
  const match = (form: RegExp): string | undefined => {
    form.lastIndex = at;
    const m = form.exec(text);
    if (m === null) {
      return undefined;
    }
    at += m[0].length;
    return m[0];
  };
  const sign = (c: string): boolean => {
    match(SPACE);
    if (text[at] !== c) {
      return false;
    }
    at++;
    return true;
  };
  /** list reads what stands between two signs, separated by commas. */
  const list = <T>(close: string, item: () => T | undefined): T[] | undefined => {
    const items: T[] = [];
    if (sign(close)) {
      return items;
    }
    for (;;) {
      const x = item();
      if (x === undefined) {
        return undefined;
      }
      items.push(x);
      if (sign(close)) {
        return items;
      }
      if (!sign(",")) {
        return undefined;
      }
    }
  };
  const string = (): string | undefined => {
    match(SPACE);
    const s = match(STRING);
    return s === undefined ? undefined : (JSON.parse(s) as string);
  };
  const value = (depth: number): Raw | undefined => {
    if (depth > 64) {
      return undefined;
    }
    if (sign("{")) {
      const members = list("}", (): [string, Raw] | undefined => {
        const name = string();
        if (name === undefined || !sign(":")) {
          return undefined;
        }
        const v = value(depth + 1);
        return v === undefined ? undefined : [name, v];
      });
      return members === undefined ? undefined : { kind: "object", members };
    }
    if (sign("[")) {
      const items = list("]", () => value(depth + 1));
      return items === undefined ? undefined : { kind: "list", items };
    }
    match(SPACE);
    if (text[at] === '"') {
      const s = string();
      return s === undefined ? undefined : { kind: "string", value: s };
    }
    const word = match(WORD);
    if (word !== undefined) {
      return { kind: "word", text: word as "true" | "false" | "null" };
    }
    const number = match(NUMBER);
    return number === undefined ? undefined : { kind: "number", text: number };
  };
  const v = value(0);
  match(SPACE);
  return at === text.length ? v : undefined;
}

/** memberOf is a member's value: undefined if absent; twice tells of one that stands there twice. */
export function memberOf(v: Raw, name: string): Raw | undefined {
  return v.kind === "object" ? v.members.find(([n]) => n === name)?.[1] : undefined;
}

/** repeated is a name that stands twice in an object. */
export function repeated(v: Raw): string | undefined {
  if (v.kind !== "object") {
    return undefined;
  }
  const seen = new Set<string>();
  for (const [n] of v.members) {
    if (seen.has(n)) {
      return n;
    }
    seen.add(n);
  }
  return undefined;
}
