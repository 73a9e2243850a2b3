// The reader's own check, in a real browser: green where everything holds, and
// where something was changed red at the step that is wrong, not at another.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { OFFICES, SITE, launch, serve } from "./browser.mjs";
import { file, forge } from "./forge.mjs";

let browser, site;
before(async () => {
  browser = await launch();
  site = await serve(SITE);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

const office = path.join(SITE, "gaoqing");
const read = (name) => readFileSync(path.join(office, name));
const text = (name) => read(name).toString("utf8");
// numbered are the records that have a page in a section, as texts.
const numbered = (section) => readdirSync(path.join(office, section)).flatMap((name) => /^(\d+)\.html$/.exec(name)?.[1] ?? []);

// The draw that all attacks are made on: witnessed, cast by a round, K open.
const draw = "draws/2023-003/index.html";
const attribute = (page, name) => new RegExp(`<section class="check"[^>]* data-${name}="([^"]*)"`).exec(page)?.[1];
const notice = Number(attribute(text(draw), "notice")), cast = Number(attribute(text(draw), "entry"));
const charters = attribute(text(draw), "charters").split(" ").map(Number);
const body = (i) => JSON.parse(text(`ledger/entry/${i}.txt`).split("\n")[2]).body;
const blob = (said) => `ledger/blob/sha256/${said.sha256.slice(0, 2)}/${said.sha256}`;
const lines = (said) => (said.lines ? text(blob(said)).trimEnd().split("\n") : []);

// open loads a page whose files are those of the site, but for the given ones;
// null is a file that is gone.
async function open(name, files = new Map(), options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (e) => errors.push(e.message));
  page.on("request", (r) => {
    if (!r.url().startsWith(site.url + "/")) errors.push(`asks ${r.url()}`);
  });
  for (const [at, data] of files) {
    await page.route(`${site.url}/gaoqing/${at}`, (route) => (data === null ? route.fulfill({ status: 404, body: "" }) : route.fulfill({ body: Buffer.from(data) })));
  }
  await page.goto(`${site.url}/${name}`);
  return { page, context, errors };
}

// outcome is what a finished check shows: its verdict, and each step's state.
async function outcome(page) {
  await page.waitForSelector(".check-verdict[data-verdict]", { timeout: 60_000 });
  return page.evaluate(() => ({
    verdict: document.querySelector(".check-verdict").dataset.verdict,
    said: document.querySelector(".check-end").textContent,
    steps: Object.fromEntries([...document.querySelectorAll(".check-step")].map((li) => [li.dataset.step, li.dataset.state])),
    words: Object.fromEntries([...document.querySelectorAll(".check-step")].map((li) => [li.dataset.step, li.textContent])),
  }));
}

async function check(name, files, options) {
  const { page, context, errors } = await open(name, files, options);
  await page.click(".check-acts > button");
  const seen = await outcome(page);
  await context.close();
  assert.deepEqual(errors, [], name);
  return seen;
}

const of = (seen, state) => Object.keys(seen.steps).filter((id) => seen.steps[id] === state);

// What each draw of the demonstration cannot be told in a browser, and nothing
// but that; no step of any is wrong.
const undecided = {
  "gaoqing/2023-001": ["order"], "gaoqing/2023-002": ["order"], "gaoqing/2023-003": [],
  "yanshi/2023-001": ["order"], "yanshi/2023-002": ["order"], "yanshi/2023-003": [],
};

test("every draw of the demonstration", async (t) => {
  let green = 0;
  for (const name of OFFICES) {
    for (const id of readdirSync(path.join(SITE, name, "draws")).filter((d) => /^\d{4}-\d{3}$/.test(d))) {
      const seen = await check(`${name}/draws/${id}/index.html`);
      assert.deepEqual(of(seen, "bad"), [], `${name} ${id}: ${seen.said}`);
      assert.deepEqual([...of(seen, "waiting"), ...of(seen, "running")], [], `${name} ${id}`);
      const left = of(seen, "unknown");
      const known = undecided[`${name}/${id}`];
      if (known) assert.deepEqual(left, known, `${name} ${id}: ${seen.said}`);
      for (const step of left) assert.ok(["order", "round", "key", "cast", "later"].includes(step), `${name} ${id}: ${step} is undecided`);
      assert.equal(seen.verdict, left.length === 0 ? "good" : "part", `${name} ${id}`);
      assert.equal(seen.said.includes("核验相符，共"), left.length === 0, seen.said);
      if (left.length === 0) green++;
      t.diagnostic(`${name} ${id}: ${seen.verdict} ${left.join(" ")}`);
    }
  }
  assert.ok(green >= 2, `only ${green} draws are green`);
});

test("results, corrected ones too, and other records", async () => {
  const results = numbered("results");
  const corrected = results.filter((d) => attribute(text(`results/${d}.html`), "later"));
  assert.ok(corrected.length > 0, "no corrected result in the demonstration");
  for (const d of [...corrected, results[0], results[results.length - 1]]) {
    const seen = await check(`gaoqing/results/${d}.html`);
    assert.equal(seen.verdict, "good", `${d}: ${seen.said}`);
    assert.ok(seen.said.includes("核验相符，共7步"));
  }
  for (const i of [...charters, 1, notice, cast]) {
    const seen = await check(`gaoqing/book/${i}.html`);
    assert.equal(seen.verdict, "good", `entry ${i}: ${seen.said}`);
  }
});

// flip changes one bit of a file.
function flip(name, at = -10) {
  const bytes = Buffer.from(read(name));
  bytes[(at + bytes.length) % bytes.length] ^= 1;
  return [name, bytes];
}

const opening = () => JSON.parse(text(`ledger/opening/${notice}.json`));
const withOpening = (change) => {
  const o = opening();
  change(o);
  return new Map([[`ledger/opening/${notice}.json`, JSON.stringify(o)]]);
};
// one of the opened that the page itself lists
const listed = (o) => {
  const handle = (h) => createHash("sha256").update(`draw1h|O|${h.salt}|${h.id}`).digest("hex").slice(0, 32);
  return o.handles.find((h) => text(draw).includes(`id="h-${handle(h)}"`));
};
const digit = (hex, at = 0) => hex.slice(0, at) + (hex[at] === "0" ? "1" : "0") + hex.slice(at + 1);

// Changes by somebody who has no keys: the site's files alone.
const plain = [
  ["a bit of the notice", () => new Map([flip(`ledger/entry/${notice}.txt`, 200)]), ["notice"]],
  ["a bit of the draw's entry", () => new Map([flip(`ledger/entry/${cast}.txt`, 200)]), ["draw"]],
  ["the office's signature taken from the draw's entry", () => new Map([[`ledger/entry/${cast}.txt`, text(`ledger/entry/${cast}.txt`).replace(/\n\n— .*\n$/, "\n\n")]]), ["draw"]],
  ["the proof of another entry", () => new Map([[`ledger/proof/${notice}.tlog-proof`, text(`ledger/proof/${notice - 1}.tlog-proof`)]]), ["notice"]],
  ["a hash of the path", () => new Map([[`ledger/proof/${cast}.tlog-proof`, text(`ledger/proof/${cast}.tlog-proof`).replace(/^(index \d+\n)(.)/m, (_, a, b) => a + (b === "A" ? "B" : "A"))]]), ["draw"]],
  ["the checkpoint of another log", () => new Map([["ledger/checkpoint", readFileSync(path.join(SITE, "yanshi/ledger/checkpoint"))]]), ["head"]],
  ["a bit of the checkpoint", () => new Map([flip("ledger/checkpoint", 30)]), ["head"]],
  ["an older checkpoint", () => new Map([["ledger/checkpoint", text(`ledger/proof/${notice - 1}.tlog-proof`).split("\n\n").slice(1).join("\n\n")]]), null],
  ["a witness left out of the policy", () => new Map([["ledger/policy", text("ledger/policy").replace(/^group (\S+) 3 /m, "group $1 2 ")]]), ["charter"]],
  ["a line of the pool", () => new Map([[blob(body(notice).pool), lines(body(notice).pool).map((l, i) => (i === 5 ? digit(l) : l)).sort().map((l) => l + "\n").join("")]]), ["files"]],
  ["a line of the pool left out", () => new Map([[blob(body(notice).pool), lines(body(notice).pool).slice(1).map((l) => l + "\n").join("")]]), ["files"]],
  ["the pool gone", () => new Map([[blob(body(notice).pool), null]]), ["files"]],
  ["a line of the drawn list", () => new Map([[blob(body(cast).drawn), lines(body(cast).drawn).slice(1).map((l) => l + "\n").join("")]]), ["tickets"]],
  ["another enterprise in the opening", () => withOpening((o) => { const h = listed(o); h.id = digit(h.id, 17); }), ["key", "opened", "page"]],
  ["another salt in the opening", () => withOpening((o) => { const h = listed(o); h.salt = digit(h.salt); }), ["key", "opened", "page"]],
  ["another K", () => withOpening((o) => { o.K = digit(o.K); }), ["key"]],
];

for (const [name, files, red] of plain) {
  test(`red: ${name}`, async () => {
    const seen = await check(`gaoqing/${draw}`, files());
    assert.equal(seen.verdict, "bad", seen.said);
    if (red) assert.deepEqual(of(seen, "bad").sort(), red.slice().sort(), seen.said);
    else assert.ok(of(seen, "bad").length > 0);
    assert.ok(!seen.said.includes("核验相符，共") && seen.said.includes("怎么办"), seen.said);
  });
}

// Changes by the office itself, with keys for everything.
const registers = [body(notice).roster.entry, body(notice).inspectors.entry];
const forged = (options, more = []) => new Map([...forge(office, [...new Set([...charters, ...registers, notice, cast])], options), ...more]);
const inDraw = (change) => ({ change: (i, _, b) => { if (i === cast) change(b); } });
function replaced(name, edit) {
  const f = file(edit(lines(body(cast)[name])));
  return forged(inDraw((b) => { b[name] = f.said; }), [[f.at, f.text]]);
}
const outside = () => {
  const drawn = new Set(lines(body(cast).drawn).map((l) => l.split("|")[2]));
  return lines(body(notice).pool).map((l) => l.split("|")[0]).find((h) => !drawn.has(h));
};

const lies = [
  ["another seed", () => forged(inDraw((b) => { b.seed = digit(b.seed); })), ["seed"]],
  ["the signature of another round", () => forged(inDraw((b) => { b.signature = body(OTHER_ROUND()).signature; })), ["round"]],
  ["a bit of the round's signature", () => forged(inDraw((b) => { b.signature = digit(b.signature, 95); })), ["round"]],
  ["another rho", () => forged(inDraw((b) => { b.rho = digit(b.rho); })), ["round"]],
  ["another commitment", () => forged(inDraw((b) => { b.commitment = digit(b.commitment); })), ["commitment"]],
  ["another quota", () => forged(inDraw((b) => { b.cells[0].quota++; })), ["quotas"]],
  ["another cut-off", () => forged(inDraw((b) => { b.cells[0].cutoff = digit(b.cells[0].cutoff, 20); })), ["cutoffs"]],
  ["somebody else drawn", () => replaced("drawn", (list) => list.map((l, i) => (i === 4 ? l.slice(0, -32) + outside() : l))), ["tickets"]],
  ["another member of a team", () => replaced("teams", (list) => list.map((l, i) => (i === 2 ? l.split("|").slice(0, -1).concat(lines(body(notice).people).map((p) => p.split("|")[0]).find((h) => !l.includes(h))).join("|") : l))), ["teams"]],
  ["a recusal invented afterwards", () => replaced("recusals", (list) => list.map((l, i) => (i === 1 ? l + lines(body(notice).people)[0].split("|")[0] : l))), ["recusals"]],
  ["a load that is not so", () => forged(inDraw((b) => { b.load++; })), ["teams"]],
  ["the draw of another notice", () => forged(inDraw((b) => { b.notice = notice - 1; })), ["commitment"]],
  ["a draw that nobody of the office signed", () => forged({ unsigned: [cast] }), ["draw"]],
  ["a notice that witnesses saw in a year that no calendar has", () => forged({ seen: (i, at) => (i === notice ? 2n ** 62n : at + 60) }), ["order"]],
  ["a notice that witnesses saw too late", () => forged({ seen: (i, at) => (i === notice ? Math.floor(Date.parse(body(notice).randomness.time) / 1000) - 599 : at + 60) }), ["order"]],
];

// another draw whose round's signature is good, for its own round
function OTHER_ROUND() {
  const other = Number(attribute(text("draws/2023-002/index.html"), "entry"));
  assert.notEqual(other, cast);
  return other;
}

test("the forger's own copy, with nothing changed, is green: what turns red below is the lie", async () => {
  const seen = await check(`gaoqing/${draw}`, forged({}));
  assert.deepEqual(of(seen, "bad"), [], seen.said);
  assert.equal(seen.verdict, "good", seen.said);
});

test("a witness whose clock is far beyond every calendar spoils no sound checkpoint", async () => {
  for (const headSeen of [253402271999, 253402272000, 2n ** 53n, 2n ** 63n - 1n]) {
    const seen = await check(`gaoqing/${draw}`, forged({ headSeen }));
    assert.equal(seen.verdict, "good", `${headSeen}: ${seen.said}`);
    assert.equal(seen.words.head.includes("不是日历上的时间"), headSeen > 253402271999, seen.words.head);
  }
});

for (const [name, files, red] of lies) {
  test(`red with the office's keys: ${name}`, async () => {
    const seen = await check(`gaoqing/${draw}`, files());
    assert.equal(seen.verdict, "bad", seen.said);
    assert.deepEqual(of(seen, "bad").sort(), red.slice().sort(), seen.said);
  });
}

// changes of the page itself, made in the browser before the button is pressed
const says = {
  "another seed": ([seed, other]) => {
    for (const e of document.querySelectorAll("main *")) {
      if (e.textContent.includes(seed) && ![...e.children].some((c) => c.textContent.includes(seed))) e.textContent = e.textContent.replaceAll(seed, other);
    }
  },
  "a handle that was not drawn": () => { document.querySelector("tr[id^='h-']").id = "h-" + "0".repeat(32); },
  "one of the drawn left out": () => document.querySelector("tr[id^='h-']").remove(),
  "one of the drawn listed twice in the place of another": () => {
    const rows = document.querySelectorAll("tr[id^='h-']");
    rows[1].replaceWith(rows[0].cloneNode(true));
  },
  "a part of the list that has nobody in it": () => {
    document.querySelectorAll("tr[id^='h-']").forEach((row) => row.remove());
    document.querySelector("main").append("本页是第1至0户");
  },
  "another enterprise": () => {
    const [a, b] = document.querySelectorAll("tr[id^='h-'] a[href*='firms/']");
    a.setAttribute("href", b.getAttribute("href"));
  },
};

test("red: what the page itself says", async () => {
  const seed = body(cast).seed;
  for (const [name, change] of Object.entries(says)) {
    const { page, context } = await open(`gaoqing/${draw}`);
    await page.evaluate(change, [seed, digit(seed)]);
    await page.click(".check-acts > button");
    assert.deepEqual(of(await outcome(page), "bad"), ["page"], name);
    await context.close();
  }
});

test("the reader's own anchor", async () => {
  for (const [value, verdict, state] of [[0, "good", "good"], [1, "bad", "bad"]]) {
    const { page, context } = await open(`gaoqing/${draw}`);
    const hash = createHash("sha256").update(read(`ledger/entry/${charters[charters.length - 1]}.txt`)).digest("hex");
    await page.click("summary:has-text('用您自己的依据')");
    await page.fill("label:has-text('开账声明的校验码') ~ input", (value ? digit(hash) : hash).replace(/(.{4})/g, "$1 "));
    await page.click(".check-acts > button");
    const seen = await outcome(page);
    assert.equal(seen.verdict, verdict, seen.said);
    assert.equal(seen.steps.charter, state);
    await context.close();
  }
  const { page, context } = await open(`gaoqing/${draw}`, forged({}));
  await page.click("summary:has-text('用您自己的依据')");
  await page.fill("label:has-text('见证约定') ~ textarea", text("ledger/policy"));
  await page.click(".check-acts > button");
  assert.deepEqual(of(await outcome(page), "bad"), ["charter"], "the forger's ledger under the true policy");
  await context.close();
});

// A result: what was opened of it, and its corrections.
const result = () => numbered("results").filter((d) => attribute(text(`results/${d}.html`), "later")).map(Number)[0];

test("red: a result", async () => {
  const i = result();
  const page = `gaoqing/results/${i}.html`;
  const later = attribute(text(`results/${i}.html`), "later").split(" ").map(Number);
  const o = JSON.parse(text(`ledger/opening/${i}.json`));
  const say = (change) => {
    const copy = structuredClone(o);
    change(copy);
    return new Map([[`ledger/opening/${i}.json`, JSON.stringify(copy)]]);
  };
  const wanted = [...charters, i, ...later, Number(attribute(text(`results/${i}.html`), "draw"))];
  const cases = [
    [say((c) => { c.fields.name.value += "X"; }), ["fields"]],
    [say((c) => { c.fields.code.salt = digit(c.fields.code.salt); }), ["fields"]],
    [new Map([flip(`ledger/entry/${i}.txt`, 300)]), ["entry"]],
    [new Map([flip(`ledger/entry/${later[0]}.txt`, 300)]), ["later"]],
    [forge(office, wanted, { change: (n, _, b) => { if (n === later[0]) b.old = digit(b.old); } }), ["later"]],
    [forge(office, wanted, { change: (n, _, b) => { if (n === i) b.object = digit(b.object); } }), ["drawn", "later", "page"]],
    [forge(office, wanted, { unsigned: [i] }), ["entry", "later", "page"]], // its bytes are others: the correction names the old ones
  ];
  for (const [files, red] of cases) {
    const seen = await check(page, files);
    assert.equal(seen.verdict, "bad", seen.said);
    assert.deepEqual(of(seen, "bad").sort(), red, seen.said);
  }
});

test("red: a draw or a correction that no witness saw, under a charter with witnesses", async () => {
  const since = charters.find((c) => body(c).policy);
  const tried = [];
  for (const d of numbered("results")) {
    const said = text(`results/${d}.html`);
    const after = (name) => (attribute(said, name) ?? "").split(" ").filter((w) => /^\d+$/.test(w) && Number(w) > since).map(Number);
    for (const [name, red] of [["draw", "drawn"], ["later", "later"]]) {
      const unseen = after(name).slice(0, 1);
      if (unseen.length === 0 || tried.includes(red)) continue;
      tried.push(red);
      const wanted = [...charters, Number(d), ...["draw", "later"].flatMap((n) => (attribute(said, n) ?? "").split(" ").filter((w) => w !== "").map(Number))];
      const seen = await check(`gaoqing/results/${d}.html`, forge(office, wanted, { unseen }));
      assert.ok(of(seen, "bad").includes(red), `${d}: ${seen.said}`);
    }
  }
  assert.deepEqual(tried.sort(), ["drawn", "later"]);
});

test("a result whose opening is gone proves no name", async () => {
  const random = (d) => body(d).origin === "random";
  const all = numbered("results").map(Number);
  const some = [all.find(random), all.find((d) => !random(d))].filter((d) => d !== undefined);
  for (const i of some) {
    const seen = await check(`gaoqing/results/${i}.html`, new Map([[`ledger/opening/${i}.json`, null]]));
    assert.deepEqual([seen.steps.page, seen.verdict], ["unknown", "part"], `${i}: ${seen.said}`);
  }
});

test("my ticket is of this notice's draw, and by its K", async () => {
  const ask = async (files, change) => {
    const { page, context } = await open(`gaoqing/${draw}`, files);
    await page.evaluate(change, OTHER_ROUND());
    await page.click("summary:has-text('查我的签')");
    await page.fill("label:has-text('统一社会信用代码') ~ input", opening().handles[0].id);
    await page.click("button:has-text('算这支签')");
    const seen = await outcome(page);
    await context.close();
    return of(seen, "bad");
  };
  // the panel stands already: what it reads is changed on the way, as an office would
  const other = text(draw).replace(/( data-entry=")\d+(")/, (_, a, b) => a + OTHER_ROUND() + b);
  assert.notEqual(other, text(draw));
  assert.deepEqual(await ask(new Map([[draw, other]]), () => {}), ["ticket"]);
  assert.deepEqual(await ask(withOpening((o) => { o.K = digit(o.K); }), () => {}), ["handle"]);
});

test("my ticket: drawn, not drawn, and not in the hat", async () => {
  const { page, context } = await open(`gaoqing/${draw}`);
  await page.click("summary:has-text('查我的签')");
  let asked = 0;
  const ask = async (code, salt = "") => {
    await page.fill("label:has-text('统一社会信用代码') ~ input", code);
    await page.fill("label:has-text('随机串') ~ input", salt);
    if (asked++ % 2) await page.press("label:has-text('统一社会信用代码') ~ input", "Enter");
    else await page.click("button:has-text('算这支签')");
    await page.waitForFunction(() => !document.querySelector(".check-step[data-state=running], .check-step[data-state=waiting]") && document.querySelector(".check-verdict"));
    return outcome(page);
  };
  const h = opening().handles[0];
  const handle = createHash("sha256").update(`draw1h|O|${h.salt}|${h.id}`).digest("hex").slice(0, 32);
  const line = `printf '%s' '${body(cast).seed}|O|${handle}|1' | sha256sum`;
  const seen = await ask(" " + h.id.toLowerCase());
  assert.ok(seen.said.includes("抽中了") && seen.verdict === "good", seen.said);
  assert.ok(seen.words.ticket.includes(line), seen.words.ticket);
  const printed = await page.locator("pre", { hasText: "sha256sum" }).allTextContents();
  assert.ok(printed.some((l) => l.trim() === line), `the page prints ${printed.join("")}`);
  assert.ok((await ask(h.id, h.salt)).said.includes("抽中了"));
  assert.equal((await ask(h.id, digit(h.salt))).steps.hat, "unknown");
  assert.equal((await ask("91370322TT0000000X")).steps.hat, "unknown");
  assert.equal((await ask("不是代码")).steps.handle, "unknown");
  await context.close();
});

test("390 pixels, the keyboard, and what a screen reader hears", async () => {
  const { page, context } = await open(`gaoqing/${draw}`, new Map(), { viewport: { width: 390, height: 844 } });
  await page.evaluate(() => {
    globalThis.heard = [];
    new MutationObserver(() => globalThis.heard.push(document.querySelector(".check-voice").textContent)).observe(document.querySelector(".check-voice"), { childList: true, characterData: true, subtree: true });
  });
  await page.focus(".check-acts > button");
  await page.keyboard.press("Enter");
  await outcome(page);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
  const heard = await page.evaluate(() => globalThis.heard);
  assert.ok(heard.length >= 2 && heard.length <= 4, heard.join(" / "));
  assert.match(heard[heard.length - 1], /核验相符/);
  const small = await page.evaluate(() => [...document.querySelectorAll(".check button, .check summary, .check input")].filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML));
  assert.deepEqual(small, []);
  await context.close();
});

test("axe finds nothing in a finished check, good or bad, in either theme, with its numbers open", async () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  for (const colorScheme of ["light", "dark"]) {
    for (const files of [new Map(), withOpening((o) => { o.K = digit(o.K); })]) {
      const { page, context } = await open(`gaoqing/${draw}`, files, { colorScheme, bypassCSP: true });
      await page.click(".check-acts > button");
      await outcome(page);
      await page.evaluate(() => document.querySelectorAll(".check details").forEach((d) => { d.open = true; }));
      await page.evaluate(axe);
      const { violations } = await page.evaluate((values) => globalThis.axe.run(".check", { runOnly: { type: "tag", values } }), ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
      assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html + (n.any[0]?.message ?? "")).join(" | ")}`), []);
      await context.close();
    }
  }
});

test("cancelled, and without scripts", async () => {
  const { page, context } = await open(`gaoqing/${draw}`);
  await page.route("**/ledger/checkpoint", () => {}); // never answers
  await page.click(".check-acts > button");
  await page.click("button:has-text('停止')");
  await page.waitForSelector("text=已停止。");
  assert.equal(await page.locator(".check-step").count(), 0, "nothing is still being computed");
  assert.equal(await page.evaluate(() => document.activeElement.className), "check-end");
  await context.close();
  const none = await open(`gaoqing/${draw}`, new Map(), { javaScriptEnabled: false });
  assert.equal(await none.page.locator(".check button").count(), 0);
  assert.ok(await none.page.locator(".check-still").isVisible());
  await none.context.close();
});

// What a check that was stopped still gets an answer to is shown no more.
test("a step that ends after the check was stopped", async () => {
  const { page, context } = await open(`gaoqing/${draw}`);
  let answer;
  const asked = new Promise((done) => page.route(`**/ledger/entry/${notice}.txt`, (route) => { answer = () => route.continue(); done(); }));
  await page.click(".check-acts > button");
  await asked;
  await page.click("button:has-text('停止')");
  await page.waitForSelector("text=已停止。");
  const steps = () => page.evaluate(() => [...document.querySelectorAll(".check-step")].map((li) => `${li.dataset.step} ${li.dataset.state}`));
  assert.deepEqual(await steps(), ["head good", "charter good"]);
  await Promise.all([page.waitForResponse(`**/ledger/entry/${notice}.txt`).then((r) => r.finished()), answer()]);
  for (let turn = 0; turn < 20; turn++) await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  assert.deepEqual(await steps(), ["head good", "charter good"]);
  assert.equal(await page.textContent(".check-voice"), "已停止。");
  await context.close();
});

test("a script that never comes ends its step", async () => {
  const { page, context } = await open(`gaoqing/${draw}`);
  await page.clock.install();
  await page.route("**/script/bls.js", () => {});
  await page.click(".check-acts > button");
  await page.waitForSelector(".check-step[data-step=round][data-state=running]");
  await page.clock.fastForward(31_000);
  const seen = await outcome(page);
  assert.deepEqual([of(seen, "bad"), of(seen, "unknown")], [[], ["round"]], seen.said);
  await context.close();
});

// From a disk: a page cannot fetch, and says so; the folder can be picked.
test("a page opened from a disk", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(pathToFileURL(path.join(office, draw)).href);
  await page.click(".check-acts > button");
  await page.waitForSelector("text=还没有选账本文件夹");
  assert.match(await page.textContent(".check-voice"), /还没有选账本文件夹/);
  assert.ok(await page.isVisible("text=离线核验页"));
  await page.setInputFiles(".check input[type=file]", path.join(office, "ledger"));
  await page.click(".check-acts > button");
  const seen = await outcome(page);
  assert.equal(seen.verdict, "good", seen.said);
  await context.close();
});

// desk opens the offline page from a disk, alone in its folder.
async function desk() {
  const dir = mkdtempSync(path.join(tmpdir(), "offline-"));
  copyFileSync(path.join(office, "script/offline.html"), path.join(dir, "offline.html"));
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const asked = [];
  page.on("request", (r) => asked.push(r.url()));
  page.on("console", (m) => asked.push(m.text()));
  const address = pathToFileURL(path.join(dir, "offline.html")).href;
  await page.goto(address);
  return {
    page, dir,
    async close() {
      assert.deepEqual(asked, [address], "the offline page asks for nothing");
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
      await context.close();
      rmSync(dir, { recursive: true });
    },
  };
}

const folder = "label:has-text('选文件夹') ~ input", some = "label:has-text('选文件'):not(:has-text('夹')) ~ input";

test("the offline page: a whole ledger", async () => {
  const d = await desk();
  await d.page.setInputFiles(folder, path.join(office, "ledger"));
  await d.page.waitForSelector("text=读到：记录");
  await d.page.selectOption("label:has-text('哪一次抽取') ~ select >> nth=0", { label: await d.page.locator("option", { hasText: "2023-003" }).first().textContent() });
  await d.page.click("button:has-text('核验这次抽取')");
  const seen = await outcome(d.page);
  assert.equal(seen.verdict, "good", seen.said);
  await d.page.click("button:has-text('核验全部抽取')");
  await d.page.waitForFunction(() => document.querySelectorAll(".check-step").length === 7 && document.querySelector(".check-verdict"), undefined, { timeout: 60_000 });
  const all = await outcome(d.page);
  assert.deepEqual(of(all, "bad"), []);
  assert.ok(of(all, "good").length >= 1 && all.verdict === "part", all.said);
  assert.match(all.said, new RegExp(`7次抽取没有不相符，其中${of(all, "unknown").length}次有不能核验的步骤`));
  assert.match(all.words[of(all, "unknown")[0]], /\d+步相符，其余\d+步：/);
  // Enter does what the button beside it does.
  await d.page.fill("label:has-text('记录编号') ~ input", "0");
  await d.page.press("label:has-text('记录编号') ~ input", "Enter");
  await d.page.waitForFunction(() => document.querySelector(".check-step[data-step=entry][data-state=good]") && document.querySelector(".check-verdict[data-verdict]"));
  await d.close();
});

// The archive that the site offers is taken as it was downloaded; one that was
// packed anew is told to be unpacked, and what was there before stays.
test("the offline page: archives of the ledger", async () => {
  const d = await desk();
  await d.page.setInputFiles(some, readdirSync(path.join(office, "data")).filter((n) => n.endsWith(".zip")).map((n) => path.join(office, "data", n)));
  await d.page.waitForSelector("text=/读到：记录\\d+条，抽取7次，有账本快照，有见证约定/");
  await d.page.selectOption("select >> nth=0", { label: await d.page.locator("option", { hasText: "2023-003" }).first().textContent() });
  await d.page.click("button:has-text('核验这次抽取')");
  const seen = await outcome(d.page);
  assert.equal(seen.verdict, "good", seen.said);
  await d.page.setInputFiles(some, { name: "other.zip", mimeType: "", buffer: Buffer.from("PK is not enough of an archive") });
  await d.page.waitForSelector("text=/压缩包读不出来.*刚才选的没有加进去/");
  assert.ok(await d.page.isVisible("button:has-text('核验这次抽取')"));
  await d.close();
});

// drop lets files and folders of this disk fall on the page, as a reader's hand does.
async function drop(page, ...files) {
  const box = await page.locator(".check-drop").boundingBox();
  const cdp = await page.context().newCDPSession(page);
  const at = { x: box.x + 20, y: box.y + 20, data: { items: [], files, dragOperationsMask: 1 } };
  for (const type of ["dragEnter", "dragOver"]) await cdp.send("Input.dispatchDragEvent", { type, ...at });
  assert.equal(await page.locator(".check-drop.over").count(), 1, "nobody sees where it will fall");
  await cdp.send("Input.dispatchDragEvent", { type: "drop", ...at });
}

test("the offline page: a folder, an archive and single files are dropped", async () => {
  const last = readdirSync(path.join(office, "data")).filter((n) => n.endsWith(".zip")).sort().at(-1);
  for (const what of [["ledger"], [`data/${last}`], ["ledger/entry/0.txt", "ledger/proof/0.tlog-proof", "ledger/policy"]]) {
    const d = await desk();
    await drop(d.page, ...what.map((name) => path.join(office, name)));
    await d.page.waitForSelector("text=/读到：记录[1-9]/");
    assert.equal(await d.page.locator(".check-drop.over").count(), 0);
    await d.page.fill("label:has-text('记录编号') ~ input", "0");
    await d.page.click("button:has-text('核验这条记录')");
    const seen = await outcome(d.page);
    assert.deepEqual([seen.steps.entry, of(seen, "bad")], ["good", []], `${what}: ${seen.said}`);
    await d.close();
  }
});

// Where no record is named, Enter in a box is enough, and the answer has a heading.
test("my ticket and one record on the page that explains the check", async () => {
  const { page, context } = await open("gaoqing/verify/index.html");
  const within = (title) => page.locator(".check-tool > div", { has: page.locator("h3", { hasText: title }) });
  await within("核验一条记录").locator("input").fill("0");
  await within("核验一条记录").locator("input").press("Enter");
  assert.equal((await outcome(page)).steps.entry, "good");
  await within("我的签").locator("label:has-text('统一社会信用代码') ~ input").fill(opening().handles[0].id);
  const id = within("我的签").locator("label:has-text('抽取编号') ~ input");
  const first = () => page.locator(".check-end h3").textContent();
  await id.fill("no such draw");
  await id.press("Enter");
  await page.waitForSelector("text=没有编号是");
  assert.equal(await first(), "没有结论");
  await id.fill(body(notice).draw);
  await id.press("Enter");
  const seen = await outcome(page);
  assert.equal(seen.verdict, "good", seen.said);
  assert.match(await first(), new RegExp(`抽取 ${body(notice).draw} 的签：抽中了`));
  await context.close();
});

test("the offline page: one record, its files in either order and under any name", async () => {
  const files = [
    ["record.txt", read(`ledger/entry/${result()}.txt`)], ["a proof", read(`ledger/proof/${result()}.tlog-proof`)], [`${result()}.json`, read(`ledger/opening/${result()}.json`)],
    ["zero.txt", read("ledger/entry/0.txt")], ["zero.proof", read("ledger/proof/0.tlog-proof")], ["who", read("ledger/policy")],
  ];
  for (const order of [files, files.slice().reverse()]) {
    for (const flipped of [false, true]) {
      const d = await desk();
      for (const [name, data] of order) {
        const bytes = Buffer.from(data);
        if (flipped && name === "record.txt") bytes[300] ^= 1;
        await d.page.setInputFiles(some, { name, mimeType: "", buffer: bytes });
      }
      await d.page.waitForSelector("text=/记录2条.*，有见证约定/");
      await d.page.fill("label:has-text('记录编号') ~ input", String(result()));
      await d.page.click("button:has-text('核验这条记录')");
      const seen = await outcome(d.page);
      if (flipped) assert.deepEqual(of(seen, "bad"), ["entry"], seen.said);
      else {
        assert.deepEqual(of(seen, "bad"), [], seen.said);
        assert.equal(seen.steps.fields, "good", seen.said);
      }
      await d.close();
    }
  }
});

test("the offline page: a changed ledger", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "ledger-"));
  const copy = (under) => {
    mkdirSync(path.join(dir, under), { recursive: true });
    for (const e of readdirSync(path.join(office, under), { withFileTypes: true })) {
      if (e.isDirectory()) copy(`${under}/${e.name}`);
      else copyFileSync(path.join(office, under, e.name), path.join(dir, under, e.name));
    }
  };
  copy("ledger");
  writeFileSync(path.join(dir, blob(body(notice).pool)), lines(body(notice).pool).slice(1).map((l) => l + "\n").join(""));
  const d = await desk();
  await d.page.setInputFiles(folder, path.join(dir, "ledger"));
  await d.page.waitForSelector("text=读到：记录");
  await d.page.selectOption("select >> nth=0", { label: await d.page.locator("option", { hasText: "2023-003" }).first().textContent() });
  await d.page.click("button:has-text('核验这次抽取')");
  assert.deepEqual(of(await outcome(d.page), "bad"), ["files"]);
  await d.close();
  rmSync(dir, { recursive: true });
});

test("the offline page is the one whose digest the pages print", () => {
  const sum = createHash("sha256").update(read("script/offline.html")).digest("hex");
  assert.ok(text(draw).includes(sum) && text("verify/index.html").includes(sum));
});
