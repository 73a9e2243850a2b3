// Lottery lines and ceremonies (beacon.md; grades B and C of draw1 §2).
import { Fault, ensure } from "./fault";
import { H } from "./hash";

/** A lottery draw that a notice names. */
export interface LotteryDraw {
  readonly game: string;
  readonly issue: string;
}

/** A ceremony; balls 0: dice of six faces. */
export interface Throws {
  readonly balls: number;
  readonly throws: number;
}

/** A game: how many numbers of how many, in front and back. */
export interface Game {
  readonly name: string;
  readonly front: readonly [take: number, of: number];
  readonly back: readonly [take: number, of: number];
  readonly results: bigint;
  readonly issue: RegExp;
}

const DAY = "(?:00[1-9]|0[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6])";

/** The closed list of games. */
export const GAMES: ReadonlyMap<string, Game> = new Map([
  ["kl8", { name: "快乐8", front: [20, 80], back: [0, 0], results: 3535316142212174320n, issue: RegExp(`^20[0-9]{2}${DAY}$`) }],
  ["ssq", { name: "双色球", front: [6, 33], back: [1, 16], results: 17721088n, issue: RegExp(`^20[0-9]{2}${DAY}$`) }],
  ["dlt", { name: "大乐透", front: [5, 35], back: [2, 12], results: 21425712n, issue: RegExp(`^[0-9]{2}${DAY}$`) }],
]);

const ENOUGH = 1n << 56n;

/** lotteryResults tests what a notice names and gives the number of its equally likely outcomes. */
export function lotteryResults(draws: readonly LotteryDraw[]): bigint {
  ensure(draws.length >= 1 && draws.length <= 8, "bad-issue", "draws", String(draws.length), "1..8");
  const seen = new Set<string>();
  let results = 1n;
  for (const { game, issue } of draws) {
    const g = GAMES.get(game);
    if (g === undefined) {
      throw new Fault("unknown-game", "game", game, [...GAMES.keys()].join(", "));
    }
    ensure(g.issue.test(issue), "bad-issue", game, issue);
    const once = `${game}:${issue}`;
    ensure(!seen.has(once), "duplicate-issue", game, once);
    seen.add(once);
    results *= g.results;
  }
  ensure(results >= ENOUGH, "few-bits", "draws", bits(results), "56");
  return results;
}

/** ceremonyResults tests a ceremony's form and gives the number of its equally likely outcomes. */
export function ceremonyResults(c: Throws): bigint {
  const balls = c.balls === 0 || (c.balls >= 2 && c.balls <= 99);
  ensure(balls && c.throws >= 1 && c.throws <= 200, "bad-ceremony", "ceremony", `${c.balls}, ${c.throws}`);
  const results = BigInt(c.balls === 0 ? 6 : c.balls) ** BigInt(c.throws);
  ensure(results >= ENOUGH, "few-bits", "ceremony", bits(results), "56");
  return results;
}

/** bits is the binary logarithm, rounded down to a tenth: the greatest t with 2^t <= results^10. */
export function bits(results: bigint): string {
  const tenths = (results ** 10n).toString(2).length - 1;
  return `${Math.floor(tenths / 10)}.${tenths % 10}`;
}

/** lotteryRho reads a line of the draws that a notice names and gives rho = H(line). */
export function lotteryRho(draws: readonly LotteryDraw[], line: string): string {
  ensure(new TextEncoder().encode(line).length <= 4096, "bad-line", "line", `${line.length}`, "4096");
  const parts = line.split(";");
  parts.forEach((part, i) => {
    const named = draws[i];
    if (named === undefined) {
      throw new Fault("bad-line", "line", `${parts.length} draws`, `${draws.length}`);
    }
    const head = `${named.game}:${named.issue}:`;
    ensure(part.startsWith(head), "other-issue", `draw ${i + 1}`, part, head);
    checkNumbers(GAMES.get(named.game)!, part.slice(head.length), named.game);
  });
  ensure(parts.length === draws.length, "bad-line", "line", `${parts.length} draws`, `${draws.length}`);
  return H(line);
}

/** checkNumbers reads the numbers of one draw. */
function checkNumbers(g: Game, text: string, place: string): void {
  const sides = text.split("+");
  const wanted = g.back[0] === 0 ? [g.front] : [g.front, g.back];
  ensure(sides.length === wanted.length && sides.every((s) => /^[0-9]{2}(?:,[0-9]{2})*$/.test(s)), "bad-line", place, text);
  sides.forEach((s, i) => {
    const [take, of] = wanted[i]!;
    const numbers = s.split(",");
    const good = numbers.length === take && new Set(numbers).size === take && numbers.every((n) => +n >= 1 && +n <= of);
    ensure(good, "bad-numbers", place, s, `${take} of 1..${of}`);
  });
  sides.forEach((s) => ensure(s === s.split(",").sort().join(","), "bad-line", place, s));
}

/** ceremonyRho reads the line of a ceremony and gives rho = H(line). */
export function ceremonyRho(c: Throws, line: string): string {
  const head = c.balls === 0 ? "d6:" : `balls:${c.balls}:`;
  const form = c.balls === 0 ? /^[0-9]*$/ : /^(?:[0-9]{2}(?:,[0-9]{2})*)?$/;
  const rest = line.slice(head.length);
  ensure(line.startsWith(head) && line.length <= 4096 && form.test(rest), "bad-line", "line", line, head);
  const numbers = rest === "" ? [] : rest.split(c.balls === 0 ? "" : ",");
  const faces = c.balls === 0 ? 6 : c.balls;
  const good = numbers.length === c.throws && numbers.every((n) => +n >= 1 && +n <= faces);
  ensure(good, "bad-numbers", "line", rest, `${c.throws} of 1..${faces}`);
  return H(line);
}
