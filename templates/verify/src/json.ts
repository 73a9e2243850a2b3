// Canonical JSON as record.md has it: strings, integers 0 … 2^53 − 1, booleans,
// lists, objects, and one spelling of each value (RFC 8785).
import { Fault, ensure } from "./fault";

export type Value = string | number | boolean | readonly Value[] | Members;
export type Members = { readonly [member: string]: Value };

/** What JSON can say beyond a Value. */
export type Loose = string | number | boolean | null | readonly Loose[] | { readonly [member: string]: Loose };

const maxDepth = 16;

/** Refused in every string (record.md, The JSON). */
const refused = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/;
const lone = /\p{Cs}/u;

/** parseCanonical reads one value and refuses every spelling but the canonical one. */
export function parseCanonical(text: string, place = "json"): Value {
  const v = noNull(parseLoose(text, place), place);
  checkCanonical(v, text, place);
  return v;
}

/** checkCanonical throws unless text is the one spelling of v. */
export function checkCanonical(v: Value, text: string, place: string): void {
  ensure(canonical(v, place) === text, "not-canonical", place, text, "the one spelling");
}

/** canonical writes a value in its one spelling. */
export function canonical(v: Value, place = "json"): string {
  if (typeof v === "string") {
    return quote(v, place);
  }
  if (typeof v === "number") {
    ensure(Number.isSafeInteger(v) && v >= 0, "bad-number", place, String(v), "0 … 2^53 − 1");
    return String(v + 0); // minus zero is zero
  }
  if (typeof v === "boolean") {
    return String(v);
  }
  if (isList(v)) {
    return `[${v.map((e, i) => canonical(e, `${place}.${i}`)).join(",")}]`;
  }
  // sort compares UTF-16 code units, as RFC 8785 §3.2.3 asks
  return `{${Object.keys(v)
    .sort()
    .map((m) => `${quote(m, place)}:${canonical(v[m]!, `${place}.${m}`)}`)
    .join(",")}}`;
}

function quote(s: string, place: string): string {
  ensure(!refused.test(s), "bad-character", place, s, "no control or direction mark");
  ensure(!lone.test(s), "not-canonical", place, s, "no half of a surrogate pair");
  return `"${s.replace(/[\\"\n\t]/g, (c) => (c === "\n" ? "\\n" : c === "\t" ? "\\t" : `\\${c}`))}"`;
}

export function isList<T>(v: T | readonly T[]): v is readonly T[] {
  return Array.isArray(v);
}

/** members is v as an object, undefined where it is something else. */
export function members<T>(v: T | { readonly [member: string]: T }): { readonly [member: string]: T } | undefined {
  return typeof v === "object" && v !== null && !Array.isArray(v) ? (v as { readonly [member: string]: T }) : undefined;
}

function noNull(v: Loose, place: string): Value {
  if (v === null) {
    throw new Fault("null", place);
  }
  if (isList(v)) {
    return v.map((e, i) => noNull(e, `${place}.${i}`));
  }
  const object = members<Loose>(v);
  if (object === undefined) {
    return v as Value;
  }
  for (const [m, e] of Object.entries(object)) {
    noNull(e, `${place}.${m}`);
  }
  return object as Members;
}

const blank = /[ \t\n\r]*/y;
const plain = /[^"\\\u0000-\u001f]*/y;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const escapes: { readonly [c: string]: string } = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/**
 * parseLoose reads any spelling of RFC 8259, integers alone among numbers. What
 * stands behind the value is `not-canonical`, for whatever it is no spelling has it.
 */
export function parseLoose(text: string, place: string): Loose {
  let at = 0;
  const bad = (want: string): Fault => new Fault("bad-json", place, `${text.slice(at, at + 20)} at ${at}`, want);
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? "";
    at += found.length;
    return found;
  };
  const take = (s: string): boolean => {
    const there = text.startsWith(s, at);
    at += there ? s.length : 0;
    return there;
  };
  const string = (): string => {
    if (!take('"')) {
      throw bad('"');
    }
    let s = match(plain);
    while (!take('"')) {
      if (!take("\\")) {
        throw bad("the end of a string");
      }
      const c = text[at++] ?? "";
      if (c === "u") {
        const digits = text.slice(at, at + 4);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
          throw bad("four digits");
        }
        at += 4;
        s += String.fromCharCode(Number.parseInt(digits, 16));
      } else {
        const escaped = Object.prototype.hasOwnProperty.call(escapes, c) ? escapes[c] : undefined;
        if (escaped === undefined) {
          throw bad("an escape");
        }
        s += escaped;
      }
      s += match(plain);
    }
    return s;
  };
  const integer = (): number => {
    const digits = match(number);
    if (!/^-?[0-9]+$/.test(digits) || digits.length > 20 || BigInt.asIntN(64, BigInt(digits)) !== BigInt(digits)) {
      throw bad("a value");
    }
    return Number(digits);
  };
  /** list reads elements up to an end, each by one call. */
  const list = (end: string, element: () => void): void => {
    match(blank);
    if (take(end)) {
      return;
    }
    for (;;) {
      match(blank);
      element();
      match(blank);
      if (take(end)) {
        return;
      }
      if (!take(",")) {
        throw bad(`, or ${end}`);
      }
    }
  };
  const value = (depth: number): Loose => {
    ensure(depth <= maxDepth, "too-deep", place, String(depth), String(maxDepth));
    if (text[at] === '"') {
      return string();
    }
    if (take("[")) {
      const elements: Loose[] = [];
      list("]", () => elements.push(value(depth + 1)));
      return elements;
    }
    if (take("{")) {
      // without a prototype no member's name means anything
      const object = Object.create(null) as { [member: string]: Loose };
      list("}", () => {
        const name = string();
        match(blank);
        if (!take(":")) {
          throw bad(":");
        }
        match(blank);
        object[name] = value(depth + 1);
      });
      return object;
    }
    for (const [word, meaning] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const) {
      if (take(word)) {
        return meaning;
      }
    }
    return integer();
  };
  match(blank);
  const v = value(0);
  ensure(at === text.length, "not-canonical", place, text.slice(at, at + 20), "one value");
  return v;
}
