// How keys and names are compared (lookup.md, Folding) and where a key's file
// is (lookup.md, Which file).

/** A full-width sign as half-width, a capital letter as small. */
function narrow(c: number): number {
  if (c >= 0xff01 && c <= 0xff5e) c -= 0xfee0;
  return c >= 0x41 && c <= 0x5a ? c + 0x20 : c;
}

type Range = readonly [number, number];
const within = (c: number, ranges: readonly Range[]): boolean => ranges.some(([from, to]) => c >= from && c <= to);

/** What stands for nothing, in keys and in names. */
const spaces: readonly Range[] = [
  [0, 0x20], [0x7f, 0xa0], [0xad, 0xad], [0x1680, 0x1680], [0x2000, 0x200f], [0x2028, 0x202f], [0x205f, 0x206f],
  [0x3000, 0x3000], [0xfe00, 0xfe0f], [0xfeff, 0xfeff], [0xe0100, 0xe01ef],
];

/** Punctuation, in names. */
const marks: readonly Range[] = [
  [0x21, 0x2f], [0x3a, 0x60], [0x7b, 0xbf], [0x2010, 0x205e], [0x3001, 0x3003], [0x3008, 0x301f], [0x3030, 0x3030],
  [0x30fb, 0x30fb], [0xfe10, 0xfe1f], [0xfe30, 0xfe6f], [0xff5f, 0xff65],
];

/** The characters of a text that stay, narrowed; one beyond U+FFFF is one. */
function kept(text: string, dropped: readonly Range[]): string[] {
  const list: string[] = [];
  for (const sign of text) {
    const c = narrow(sign.codePointAt(0) ?? 0);
    if (!within(c, dropped)) list.push(String.fromCodePoint(c));
  }
  return list;
}

const nameless = [...spaces, ...marks];

/** A name as its parts are compared, character by character. */
export const foldName = (name: string): string[] => kept(name, nameless);

/** A key as it is compared. */
export const foldKey = (key: string): string => kept(key, spaces).join("").replace(/^注册号:?/, "");

/** FNV-1a of the UTF-8 bytes, 32 bits. */
export function hash(text: string): number {
  let h = 2166136261;
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 16777619);
  return h >>> 0;
}

/** The power of two that is not below n. */
function ceilPower(n: number): number {
  let m = 1;
  while (m < n) m *= 2;
  return m;
}

/** The number of the file of a hash among n files. */
export function place(h: number, n: number): number {
  const m = ceilPower(n);
  const b = h % m;
  return b < n ? b : h % (m / 2);
}

/** The modulus that file b of n says of itself. */
export function modulus(b: number, n: number): number {
  const m = ceilPower(n);
  return m > 1 && b < m / 2 && b + m / 2 >= n ? m / 2 : m;
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcdefghijklmnopqrstuvwxyz0189-_";

/** The ascending numbers that their gaps say (lookup.md, Gaps). */
export function numbers(gaps: string): number[] {
  const list: number[] = [];
  let last = -1;
  let gap = 0;
  let scale = 1;
  for (const sign of gaps) {
    const digit = digits.indexOf(sign);
    if (digit < 0) throw new Error("gaps");
    gap += (digit % 32) * scale;
    scale *= 32;
    if (digit < 32) {
      last += gap + 1;
      list.push(last);
      gap = 0;
      scale = 1;
    }
  }
  return list;
}
