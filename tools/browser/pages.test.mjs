// Every kind of page in a real browser: pictures at two widths, axe-core in
// both themes and large type, no request to another host, nothing on the
// console, nothing wider than the screen, and everything readable without
// JavaScript.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { KINDS, OFFICES, SITE, kindsOf, launch, pages, run, samples, serve } from "./browser.mjs";

const screens = path.resolve(process.env.SUNLOT_SCREENS ?? "../../screens");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let browser, site;
before(async () => {
  browser = await launch();
  site = await serve(SITE);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

// watched opens a page and notes what it asks other hosts for and complains of.
async function watched(context, problems, label) {
  const page = await context.newPage();
  page.on("request", (r) => {
    if (!r.url().startsWith(site.url + "/") && !r.url().startsWith("data:")) problems.push(`${label}: asks ${r.url()}`);
  });
  page.on("console", (m) => {
    if (m.type() === "error" || m.type() === "warning") problems.push(`${label}: console says ${m.text()}`);
  });
  page.on("pageerror", (e) => problems.push(`${label}: ${e.message}`));
  page.on("response", (r) => {
    if (r.status() >= 400) problems.push(`${label}: ${r.status()} ${r.url()}`);
  });
  return page;
}

async function audit(page, problems, label) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] }), tags);
  for (const v of violations) problems.push(`${label}: ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")}`);
}

// large turns the large type on as a reader does.
export async function large(page) {
  const box = page.locator("#large");
  assert.equal(await box.count(), 1, "no switch for large type");
  await box.check({ force: true });
}

test("every page is of one kind", () => {
  for (const office of OFFICES) {
    const seen = new Set();
    for (const name of pages(path.join(SITE, office))) {
      const kinds = kindsOf(name);
      assert.equal(kinds.length, 1, `${office}/${name} is of kinds ${kinds.join()}`);
      seen.add(kinds[0]);
    }
    assert.ok(seen.size > 20, `${office} has only ${seen.size} kinds`);
  }
  assert.ok(samples().length > KINDS.length, "too few samples");
});

test("pictures at phone and desktop width; nothing wider than the screen", async () => {
  mkdirSync(screens, { recursive: true });
  const problems = [];
  for (const [device, width, height] of [["phone", 390, 844], ["desktop", 1280, 900]]) {
    const context = await browser.newContext({ viewport: { width, height } });
    const taken = new Set();
    await run(samples(), 2, async ({ kind, page: name }) => {
      const page = await watched(context, problems, `${device} ${name}`);
      await page.goto(`${site.url}/${name}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) problems.push(`${device} ${name}: ${wide} px wider than the screen`);
      if (!taken.has(kind)) {
        taken.add(kind);
        await page.screenshot({ path: path.join(screens, `${kind}-${device}.png`), fullPage: true });
      }
      await page.close();
    });
    await context.close();
  }
  // WCAG 1.4.10: at 320 px nothing needs scrolling in two directions.
  const narrow = await browser.newContext({ viewport: { width: 320, height: 568 } });
  await run(samples(), 2, async ({ page: name }) => {
    const page = await watched(narrow, problems, `320 px ${name}`);
    await page.goto(`${site.url}/${name}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) problems.push(`320 px ${name}: ${wide} px wider than the screen`);
    await page.close();
  });
  await narrow.close();
  assert.deepEqual(problems, []);
});

for (const [theme, options, big] of [["light", { colorScheme: "light" }, false], ["dark", { colorScheme: "dark" }, false], ["large type", { colorScheme: "light" }, true], ["large type, dark", { colorScheme: "dark" }, true]]) {
  test(`axe-core: ${theme}`, async (t) => {
    const problems = [];
    const context = await browser.newContext({ viewport: { width: big ? 390 : 1280, height: 900 }, bypassCSP: true, reducedMotion: "reduce", ...options });
    let count = 0;
    await run(samples(), 2, async ({ kind, page: name }) => {
      if (big && kind === "offline") return; // a page of its own, without the switch
      const page = await watched(context, problems, `${theme} ${name}`);
      await page.goto(`${site.url}/${name}`);
      if (big) {
        await large(page);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) problems.push(`${theme} ${name}: ${wide} px wider than the screen`);
      }
      await audit(page, problems, `${theme} ${name}`);
      await page.close();
      count++;
    });
    await context.close();
    t.diagnostic(`${count} pages audited`);
    assert.deepEqual(problems, []);
  });
}

test("axe-core finds what is there to find", async () => {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  await page.setContent('<!doctype html><title></title><img src="x"><p style="color:#ccc;background:#fff">faint</p><input>');
  const problems = [];
  await audit(page, problems, "control");
  for (const rule of ["image-alt", "color-contrast", "label", "document-title", "html-has-lang"]) {
    assert.ok(problems.some((p) => p.includes(`${rule}:`)), `axe did not find ${rule}`);
  }
  await context.close();
});

test("without JavaScript everything is there and nothing is dead", async () => {
  const problems = [];
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  await run(samples(), 2, async ({ kind, page: name }) => {
    const page = await watched(context, problems, `no script ${name}`);
    await page.goto(`${site.url}/${name}`);
    const text = await page.locator("main").innerText();
    if (text.trim().length < 40) problems.push(`${name}: ${text.length} characters of text`);
    if (kind !== "offline") {
      const dead = await page.locator("button:visible, input:visible:not(#large), select:visible").count();
      if (dead > 0) problems.push(`${name}: ${dead} controls that do nothing`);
    }
    await page.close();
  });
  await context.close();
  assert.deepEqual(problems, []);
});

test("by keyboard alone: the skip link comes first and works", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  for (const { page: name, kind } of samples()) {
    if (kind === "offline") continue;
    await page.goto(`${site.url}/${name}`);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("href")), "#main", name);
    assert.ok(await page.evaluate(() => document.activeElement.getBoundingClientRect().left >= 0), `${name}: the skip link stays hidden`);
  }
  await context.close();
});

test("the portal's search leaves the offices that hold what was typed", async () => {
  const context = await browser.newContext();
  const problems = [];
  const page = await watched(context, problems, "portal");
  await page.goto(`${site.url}/index.html`);
  const shown = () => page.locator(".office:visible").count();
  assert.equal(await shown(), OFFICES.length);
  for (const [typed, count, said] of [["高青", 1, "找到 1 个单位"], ["ｇａｏ青", 0, "没有找到"], ["洛阳市 偃师", 1, "找到 1 个单位"], ["淄博", 1, "找到 1 个单位"], ["应急管理局", 2, "找到 2 个单位"], ["<b>", 0, "没有找到"], ["", OFFICES.length, ""]]) {
    await page.fill("#q", typed);
    await page.keyboard.press("Enter");
    assert.equal(await shown(), count, typed);
    assert.equal(await page.locator("#found").innerText(), said, typed);
  }
  assert.deepEqual(problems, []);
  await context.close();
});
