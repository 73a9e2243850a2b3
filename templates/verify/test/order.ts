import { compare, utf8 } from "../src/bytes";

/** byUTF8 orders as Go orders strings. */
export function byUTF8(a: string, b: string): number {
  return compare(utf8(a), utf8(b));
}
