// Files of lines: the pool and its companions (draw1 §4). Every file is read
// whole and once: the text is ASCII, so that positions in it are positions in
// its bytes, and the lines stay where they are.
import { Fault } from "./fault";
import { EMPTY, digest, hexWords, more, node, type Beginning } from "./short";
import type { Work } from "./slices";

/** The kinds of files of lines (draw1 §4 and §10). */
export type LinesKind =
  | "pool" | "inspectors" | "leftout" | "recusal-commits" | "drawn"
  | "teams" | "recusals" | "declared" | "unstaffed";

/** What a record says of a file of lines. */
export interface Described {
  readonly sha256: string;
  readonly root: string;
  readonly lines: number;
  readonly bytes: number;
}

/** A file that was read: line i is text.slice(start[i], start[i + 1] - 1). */
export interface Lines {
  readonly data: Uint8Array;
  readonly text: string;
  readonly start: Uint32Array;
  readonly count: number;
}

/** what is hashed of a file between two pauses: whole blocks */
const CHUNK = 1 << 18;

const H = "[0-9a-f]{32}";
const X = "[0-9a-f]{64}";
const N = "[0-9A-Za-z._~-]{1,64}";
const T = "team(?:0[1-9]|[1-9][0-9])";
const D = "(?:0|[1-9][0-9]{0,14})";

/** Forms of a line; the first group of a form is what may stand in a file once. */
const FORMS: Readonly<Record<LinesKind, RegExp>> = {
  pool: new RegExp(`(${H})\\|${N}\\|${D}\\n`, "y"),
  inspectors: new RegExp(`(${H})\\|(?:${N}(?:,${N})*)?\\n`, "y"),
  leftout: new RegExp(`(${H}\\|${N})\\|${N}\\n`, "y"),
  "recusal-commits": new RegExp(`(${H})\\|${X}\\n`, "y"),
  drawn: new RegExp(`${N}\\|${X}\\|(${H})\\n`, "y"),
  teams: new RegExp(`(${H}|${T})(?:\\|${H}){1,9}\\n|(${H})\\|${T}\\n`, "y"),
  recusals: new RegExp(`(${H})\\|${H}\\|(?:${H}(?:,${H})*)?\\n`, "y"),
  declared: new RegExp(`(${H}\\|${H})\\|${D}\\n`, "y"),
  unstaffed: new RegExp(`(${H})\\n`, "y"),
};

/** ascending tells whether every element is greater than the one before: names sorted, each once. */
function ascending(list: readonly string[]): boolean {
  return list.every((x, i) => i === 0 || list[i - 1]! < x);
}

/** wellMade tests what a line's form leaves open; line is without its LF. */
function wellMade(kind: LinesKind, line: string): boolean {
  switch (kind) {
    case "inspectors":
    case "recusals":
      return ascending(line.slice(line.lastIndexOf("|") + 1).split(","));
    case "teams": {
      const members = line.split("|").slice(1);
      return new Set(members).size === members.length;
    }
    default:
      return true;
  }
}

/** lineText is a line without its LF. */
export function lineText(f: Lines, i: number): string {
  return f.text.slice(f.start[i]!, f.start[i + 1]! - 1);
}

/**
 * readLines reads a file of one kind and tests it line by line in the order of
 * draw1 §4; the first fault is thrown.
 */
export function* readLines(kind: LinesKind, data: Uint8Array): Work<Lines> {
  if (data.length > 0 && data[data.length - 1] !== 10) {
    throw new Fault("bad-line", kind, "no line feed at the end", "a line feed");
  }
  let n = 0;
  for (let i = 0; i < data.length; i++) if (data[i] === 10) n++;
  const text = new TextDecoder("windows-1252").decode(data);
  const start = new Uint32Array(n + 1);
  const form = FORMS[kind];
  const seen = kind === "drawn" ? new Set<string>() : undefined;
  let before = "";
  let key = "";
  for (let i = 0, at = 0; i < n; i++) {
    form.lastIndex = at;
    const m = form.exec(text);
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end);
    const place = `${kind} ${i + 1}`;
    if (m === null || !wellMade(kind, line)) throw new Fault("bad-line", place, line.slice(0, 200));
    if (kind === "pool") {
      const weight = line.slice(line.lastIndexOf("|") + 1);
      if (weight.length > 2 || +weight < 1 || +weight > 16) throw new Fault("bad-weight", place, weight, "1..16");
    }
    if (line < before) throw new Fault("bad-line-order", place, line, before);
    const once = (m[1] ?? m[2])!;
    if (once === key || seen?.has(once) === true) throw new Fault("duplicate-handle", place, once);
    seen?.add(once);
    key = once;
    before = line;
    start[i] = at;
    at = end + 1;
    if (i % 2048 === 2047) yield { phase: "file", done: i + 1, of: n };
  }
  start[n] = data.length;
  return { data, text, start, count: n };
}

/** describe gives digest, root and lines of a file that was read (RFC 6962 §2.1, leaves without their LF). */
export function* describe(f: Lines): Work<Described> {
  const size = f.data.length;
  let whole: Beginning = EMPTY;
  for (; size - whole.bytes >= CHUNK; ) {
    whole = more(whole, f.data, whole.bytes, whole.bytes + CHUNK);
    yield { phase: "file", done: 0, of: f.count };
  }
  const words = new Int32Array(8);
  digest(whole, f.data, whole.bytes, size, words, 0);
  const sha256 = hexWords(words, 0, 8);
  if (f.count === 0) {
    return { sha256, root: sha256, lines: 0, bytes: 0 };
  }
  // stack holds the roots of the full subtrees so far, eight words each.
  const stack = new Int32Array(8 * 40);
  let depth = 0;
  const leaf = new Uint8Array(longestLine(f) + 1);
  for (let i = 0; i < f.count; i++) {
    const from = f.start[i]!;
    const n = f.start[i + 1]! - 1 - from;
    for (let k = 0; k < n; k++) {
      leaf[k + 1] = f.data[from + k]!;
    }
    digest(EMPTY, leaf, 0, n + 1, stack, 8 * depth++);
    for (let rest = i + 1; rest % 2 === 0; rest /= 2) {
      node(stack, 8 * (--depth - 1));
    }
    if (i % 2048 === 2047) {
      yield { phase: "file", done: i + 1, of: f.count };
    }
  }
  while (depth > 1) {
    node(stack, 8 * (--depth - 1));
  }
  return { sha256, root: hexWords(stack, 0, 8), lines: f.count, bytes: size };
}

function longestLine(f: Lines): number {
  let longest = 0;
  for (let i = 0; i < f.count; i++) longest = Math.max(longest, f.start[i + 1]! - f.start[i]!);
  return longest;
}

/** The hat (签筒) in columns; object i has its handle's 32 bytes at handles[32 * i]. */
export interface Pool {
  readonly count: number;
  readonly handles: Uint8Array;
  readonly cells: readonly string[];
  readonly cell: Uint16Array;
  readonly weight: Uint8Array;
}

/** poolOf takes a pool's lines apart. */
export function poolOf(f: Lines): Pool {
  const handles = new Uint8Array(32 * f.count);
  const cell = new Uint16Array(f.count);
  const weight = new Uint8Array(f.count);
  const cells: string[] = [];
  const index = new Map<string, number>();
  for (let i = 0; i < f.count; i++) {
    const from = f.start[i]!;
    for (let k = 0; k < 32; k++) handles[32 * i + k] = f.data[from + k]!;
    const bar = f.text.indexOf("|", from + 33);
    const name = f.text.slice(from + 33, bar);
    let c = index.get(name);
    if (c === undefined) {
      c = cells.push(name) - 1;
      if (c > 0xffff) throw new Fault("bad-line", "pool", "too many cells", "65536 at most");
      index.set(name, c);
    }
    cell[i] = c;
    weight[i] = +f.text.slice(bar + 1, f.start[i + 1]! - 1);
  }
  return { count: f.count, handles, cells, cell, weight };
}

/** handleOf is the handle (签号) of object i. */
export function handleOf(p: Pool, i: number): string {
  let s = "";
  for (let k = 32 * i; k < 32 * i + 32; k++) s += String.fromCharCode(p.handles[k]!);
  return s;
}

/** countCells gives the number of objects of each cell that has any. */
export function countCells(p: Pool): Map<string, number> {
  const n = new Array<number>(p.cells.length).fill(0);
  for (let i = 0; i < p.count; i++) n[p.cell[i]!]!++;
  return new Map(p.cells.map((c, i) => [c, n[i]!]));
}

/** An inspector in the hat. */
export interface Inspector {
  readonly handle: string;
  readonly qualifications: readonly string[];
}

/** inspectorsOf takes an inspectors' file apart. */
export function inspectorsOf(f: Lines): Inspector[] {
  return rows(f).map(([handle, q]) => ({ handle: handle!, qualifications: q === "" ? [] : q!.split(",") }));
}

/** rows takes a file's lines apart at the bars. */
export function rows(f: Lines): string[][] {
  return Array.from({ length: f.count }, (_, i) => lineText(f, i).split("|"));
}

/** joinLines makes a file of lines, which are sorted here. */
export function joinLines(lines: readonly string[]): Uint8Array {
  const sorted = lines.slice().sort();
  return new TextEncoder().encode(sorted.map((l) => l + "\n").join(""));
}
