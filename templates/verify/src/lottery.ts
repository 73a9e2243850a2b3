// Lottery lines and ceremonies (beacon.md; grades B and C of draw1 §2).
import { utf8 } from "./bytes";
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

/** lotteryRho reads a line of the draws that a notice names, tests these first, and gives rho = H(line). */
export function lotteryRho(draws: readonly LotteryDraw[], line: string): string {
  lotteryResults(draws);
  ensure(utf8(line).length <= 4096, "bad-line", "line", `${line.length}`, "4096");
  const parts = line.split(";");
  ensure(parts.length === draws.length, "bad-line", "line", `${parts.length} draws`, `${draws.length}`);
  const numbers = parts.map((part, i) => {
    const head = headOf(draws[i]!);
    ensure(part.startsWith(head), "other-issue", `draw ${i + 1}`, part, head);
    const pieces = part.slice(head.length).split(/[,+]/).filter((n) => n !== "");
    ensure(pieces.every((n) => /^[0-9]{2}$/.test(n)), "bad-line", head, part, "two digits");
    return pieces;
  });
  const again = draws.map((d, i) => headOf(d) + written(GAMES.get(d.game)!, numbers[i]!, d.game)).join(";");
  ensure(again === line, "bad-line", "line", line, again);
  return H(line);
}

function headOf(d: LotteryDraw): string {
  return `${d.game}:${d.issue}:`;
}

/** written tests the numbers of one draw and writes them in their one form. */
function written(g: Game, numbers: readonly string[], place: string): string {
  const [take, back] = [g.front[0], g.back[0]];
  ensure(numbers.length === take + back, "bad-numbers", place, String(numbers.length), String(take + back));
  const part = (list: readonly string[], of: number): string => {
    const good = new Set(list).size === list.length && list.every((n) => +n >= 1 && +n <= of);
    ensure(good, "bad-numbers", place, list.join(","), `different numbers of 1..${of}`);
    return list.slice().sort().join(",");
  };
  return part(numbers.slice(0, take), g.front[1]) + (back > 0 ? `+${part(numbers.slice(take), g.back[1])}` : "");
}

/** ceremonyRho reads the line of a ceremony, tests its form first, and gives rho = H(line). */
export function ceremonyRho(c: Throws, line: string): string {
  ceremonyResults(c);
  const head = c.balls === 0 ? "d6:" : `balls:${c.balls}:`;
  ensure(utf8(line).length <= 4096 && line.startsWith(head), "bad-line", "line", line, head);
  const rest = line.slice(head.length);
  const pieces = c.balls === 0 ? [...rest] : rest.split(",");
  ensure(pieces.every((n) => /^[0-9]{1,2}$/.test(n)), "bad-line", "line", rest, "digits");
  const faces = c.balls === 0 ? 6 : c.balls;
  const good = pieces.length === c.throws && pieces.every((n) => +n >= 1 && +n <= faces);
  ensure(good, "bad-numbers", "line", rest, `${c.throws} of 1..${faces}`);
  const again = head + (c.balls === 0 ? pieces.join("") : pieces.map((n) => n.padStart(2, "0")).join(","));
  ensure(again === line, "bad-line", "line", line, again);
  return H(line);
}
