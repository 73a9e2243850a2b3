// Lottery numbers and throws as a person types or pastes them (beacon.md, What
// a person types): a generous reader makes the line, which is then read strictly.
import { utf8 } from "./bytes";
import { ensure } from "./fault";
import { GAMES, type LotteryDraw, type Throws } from "./lottery";
import { narrow } from "./roundtext";

const WORDS = /开奖|号码|红球|前区|基本号|第|期/g;

/** clean narrows what was typed and leaves digits, the marks of a back part, and blanks. */
function clean(t: string, place: string): string {
  const s = t.replace(WORDS, " ").replace(/[ \t,、.。·/\-_:]/g, " ");
  ensure(/^[0-9 ]*$/.test(s.replace(/\+|\||蓝球|后区/g, "")), "bad-line", place, t);
  return s.trim();
}

/** lotteryLine makes the line of the draws that a notice names. */
export function lotteryLine(draws: readonly LotteryDraw[], typed: string): string {
  ensure(utf8(typed).length <= 4096, "bad-line", "typed", String(typed.length), "4096");
  const rows = narrow(typed).split(/[;\n]/).map((r) => r.replace(/\r/g, "").trim()).filter((r) => r !== "");
  ensure(rows.length === draws.length, "bad-line", "typed", `${rows.length} rows`, String(draws.length));
  return rows.map((row, i) => oneDraw(draws[i]!, row, `draw ${i + 1}`)).join(";");
}

function oneDraw(named: LotteryDraw, row: string, place: string): string {
  let rest = row;
  for (const [code, g] of GAMES) {
    for (const name of [code, g.name]) {
      if (rest.toLowerCase().startsWith(name)) {
        ensure(code === named.game, "other-issue", place, name, named.game);
        rest = rest.slice(name.length);
      }
    }
  }
  const game = GAMES.get(named.game)!;
  let s = clean(rest, place);
  const issue = /^[0-9]{3,9}(?![0-9])/.exec(s);
  if (issue !== null) {
    ensure(issue[0] === named.issue, "other-issue", place, issue[0], named.issue);
    s = s.slice(issue[0].length);
  }
  const parts = s.split(/\+|\||蓝球|后区/).map((p) => p.split(" ").filter((n) => n !== ""));
  const numbers = parts.flat();
  ensure(numbers.every((n) => n.length <= 2), "bad-line", place, row);
  const [front, back] = [game.front[0], game.back[0]];
  ensure(numbers.length === front + back, "bad-numbers", place, String(numbers.length), String(front + back));
  if (parts.length > 1) {
    ensure(back > 0 && parts.length === 2 && parts[0]!.length === front, "bad-numbers", place, row);
  }
  const write = (list: string[]): string => list.map((n) => n.padStart(2, "0")).sort().join(",");
  const line = write(numbers.slice(0, front)) + (back > 0 ? `+${write(numbers.slice(front))}` : "");
  return `${named.game}:${named.issue}:${line}`;
}

/** ceremonyLine makes the line of a ceremony; throws stand in their order. */
export function ceremonyLine(c: Throws, typed: string): string {
  ensure(utf8(typed).length <= 4096, "bad-line", "typed", String(typed.length), "4096");
  const s = clean(narrow(typed).replace(/[\r\n;]/g, " "), "typed");
  if (c.balls === 0) {
    return `d6:${s.replace(/ /g, "")}`;
  }
  return `balls:${c.balls}:${s.split(" ").filter((n) => n !== "").map((n) => n.padStart(2, "0")).join(",")}`;
}
