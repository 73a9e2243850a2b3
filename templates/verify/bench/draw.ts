// A draw of 100,000 computed again, phase by phase, with teams for 5,000.
// Bundled it runs in node as it stands, and in Chromium by run.mjs.
import { utf8 } from "../src/bytes";
import { H, sha256 } from "../src/hash";
import { countCells, describe, poolOf, readLines } from "../src/pool";
import { quotas } from "../src/quota";
import { begin, digest, hexWords } from "../src/short";
import { inSlices, type Work } from "../src/slices";
import { teams } from "../src/team";
import { drawCells, inOrder, tickets } from "../src/ticket";

const SEED = H("bench");

/** pool makes a pool file of n lines in 20 cells. */
function poolFile(n: number): Uint8Array {
  const lines: string[] = [];
  for (let i = 0; i < n; i++) {
    lines.push(`${H(`object ${i}`).slice(0, 32)}|${370322100 + (i % 20)}|${i % 50 === 0 ? 4 : 1}\n`);
  }
  return utf8(lines.sort().join(""));
}

function commits(pool: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(pool);
  return utf8(text.replace(/\|[^\n]*/g, `|${SEED}`));
}

async function main(print: (line: string) => void): Promise<void> {
  const n = 100_000;
  const file = poolFile(n);
  const closed = commits(file);
  let longest = 0;
  let last = 0;
  let total = 0;
  const phase = async <T>(name: string, work: Work<T>): Promise<T> => {
    const begun = performance.now();
    last = begun;
    const r = await inSlices(work, {
      onProgress: () => {
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      },
    });
    const ms = performance.now() - begun;
    total += ms;
    print(`${name.padEnd(28)} ${ms.toFixed(0).padStart(6)} ms`);
    return r;
  };
  for (const round of ["first", "again"]) {
    print(`${round}:`);
    total = 0;
    const lines = await phase("pool, read", readLines("pool", file));
    await phase("pool, digest and root", describe(lines));
    const c = await phase("commitments, read", readLines("recusal-commits", closed));
    await phase("commitments, digest and root", describe(c));
    const pool = poolOf(lines);
    const all = await phase("tickets", tickets(SEED, pool));
    const cells = [...countCells(pool).keys()].sort();
    const quota = quotas([{ name: "all", rule: "total", total: n / 20, minimum: 3, cells }], countCells(pool));
    const drawn = await phase("drawn", drawCells(pool, all, quota));
    const inspectors = Array.from({ length: 200 }, (_, i) => ({
      handle: H(`person ${i}`).slice(0, 32),
      qualifications: i % 4 === 0 ? ["lead"] : [],
    })).sort((a, b) => (a.handle < b.handle ? -1 : 1));
    const order = inOrder(drawn).map((o) => o.handle);
    const hat = { seed: SEED, slots: ["lead", ""], inspectors, recusals: new Map(order.filter((_, i) => i % 9 === 0).map((o, i) => [o, [inspectors[i % 200]!.handle]])), groupTeams: 0 };
    await phase(`teams of ${order.length} objects`, teams(hat, order));
    print(`${"together".padEnd(28)} ${total.toFixed(0).padStart(6)} ms, longest slice ${longest.toFixed(0)} ms`);
  }
  versus(print);
}

/** versus compares the tight path with the common one on tickets. */
function versus(print: (line: string) => void): void {
  const rounds = 50_000;
  const out = new Int32Array(8);
  const tails = Array.from({ length: 64 }, (_, i) => utf8(`|O|${H(String(i)).slice(0, 32)}|1`));
  const start = begin(utf8(SEED));
  let begun = performance.now();
  for (let i = 0; i < rounds; i++) {
    digest(start, tails[i % 64]!, 0, 37, out, 0);
  }
  const fast = performance.now() - begun;
  const seed = utf8(SEED);
  begun = performance.now();
  let b = sha256(seed);
  for (let i = 0; i < rounds; i++) {
    b = sha256(seed, tails[i % 64]!);
  }
  const slow = performance.now() - begun;
  print(`a ticket: ${((1000 * fast) / rounds).toFixed(2)} us, with hash.ts ${((1000 * slow) / rounds).toFixed(2)} us (${hexWords(out, 0, 1)}, ${b[0]})`);
}

/** In a page every line goes to the server of run.mjs, in its order. */
let sent: Promise<unknown> = Promise.resolve();
const show = (line: string): void => {
  if (typeof location === "undefined") {
    console.log(line);
  } else {
    sent = sent.then(() => fetch("/", { method: "POST", body: line }));
  }
};
void main(show).then(() => show("done"));
