// The search (查一查) in a real browser on a phone's width, from a server and
// from a disk: names, codes, handles, draws and entries are found, what is not
// there is explained, links can be shared, keys alone are enough, and without
// JavaScript the lists are there instead.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { SITE, launch, serve } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const office = path.join(SITE, "gaoqing");

let browser, server, places;
before(async () => {
  browser = await launch();
  server = await serve(SITE);
  places = { server: `${server.url}/gaoqing/`, disk: `${pathToFileURL(office)}/` };
});
after(async () => {
  await browser?.close();
  await server?.close();
});

// rows are those of a file of the index.
function rows(name) {
  let list;
  new Function("sunlotShard", readFileSync(path.join(office, "lookup", name), "utf8"))((_name, _modulus, r) => { list = r; });
  return list;
}

// phone opens a page and notes what must not happen.
async function phone(place, page, options = {}) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...options });
  const tab = await context.newPage();
  const problems = [];
  tab.on("console", (m) => { if (m.type() === "error" || m.type() === "warning") problems.push(m.text()); });
  tab.on("pageerror", (e) => problems.push(e.message));
  tab.on("request", (r) => { if (!r.url().startsWith(places[place]) && !r.url().startsWith("data:")) problems.push(`asks ${r.url()}`); });
  await tab.goto(places[place] + page);
  return { tab, problems, close: () => context.close() };
}

const found = (tab) => tab.locator("#found");
const hits = (tab) => tab.locator(".hits > li");

// said waits until the search has said something final.
async function said(tab) {
  await tab.waitForFunction(() => !["", "正在查找…"].includes(document.getElementById("found")?.textContent ?? ""));
  return (await found(tab).textContent()) ?? "";
}

async function ask(tab, query) {
  await tab.locator("#q").fill(query);
  await tab.locator("#q").press("Enter");
  await tab.waitForFunction((q) => new URLSearchParams(location.hash.slice(1)).get("q") === q, query);
  await tab.waitForTimeout(50);
  return said(tab);
}

for (const place of ["server", "disk"]) {
  test(`every kind of record is found from a ${place}`, async () => {
    const firm = rows("name/0.js")[0];
    const drawn = Array.from({ length: 4 }, (_, i) => rows(`key/${i}.js`)).flat().find((row) => row[1] === "drawn");
    const { tab, problems, close } = await phone(place, "search/index.html");
    for (const [query, words, page] of [
      [firm[2], firm[3], "firms/"],
      [firm[2].toLowerCase().replace(/(.{4})/g, "$1 ").trim(), firm[3], "firms/"],
      [firm[0], firm[3], "firms/"],
      [[...firm[0]].slice(-9, -4).join(""), firm[3], "firms/"],
      [drawn[0], `抽中的签 ${drawn[0]}`, "draws/"],
      ["2023-001", "抽取 2023-001", "draws/2023-001/"],
      ["第0条记录", "第0条记录", "book/0.html"],
    ]) {
      await ask(tab, query);
      const links = await tab.locator(".hits .hit").evaluateAll((list) => list.map((a) => [a.textContent, a.href]));
      const hit = links.find(([text]) => text.startsWith(words));
      assert.ok(hit, `${query}: ${await found(tab).textContent()} ${JSON.stringify(links)}`);
      assert.ok(hit[1].startsWith(places[place] + page), hit[1]);
      const target = await tab.context().newPage();
      await target.goto(hit[1]);
      assert.equal(await target.locator("h1").count(), 1, `${hit[1]} is no page`);
      const anchor = new URL(hit[1]).hash.slice(1);
      if (anchor) assert.equal(await target.locator(`[id="${anchor}"]`).count(), 1, hit[1]);
      await target.close();
    }
    assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), "wider than the screen");
    assert.deepEqual(problems, []);
    await close();
  });

  test(`what is not found is explained, from a ${place}`, async () => {
    const { tab, problems, close } = await phone(place, "search/index.html");
    for (const [query, words] of [["从来没有的企业", "找不到不等于没有检查过"], ["91370322MAFFFFFFFF", "没有找到"], ["0123456789abcdef0123456789abcdef", "没有抽中的签号不在这里"], ["青", "至少"], ["99999999", "账本现有"]]) {
      const text = await ask(tab, query);
      assert.ok(text.includes(words), `${query}: ${text}`);
      assert.equal(await hits(tab).count(), 0);
      assert.equal(await tab.locator("#answers a[href='#why']").count(), 1);
    }
    for (const words of ["不在名录库", "在库未抽中", "名单未到公开日期", "依条款排除", "认为有遗漏"]) assert.ok((await tab.locator("main").innerText()).includes(words), words);
    assert.deepEqual(problems, []);
    await close();
  });
}

test("a box on other pages leads to the answers; the way back is the browser's", async () => {
  const [name] = rows("name/0.js")[0];
  for (const place of ["server", "disk"]) {
    for (const page of ["index.html", "firms/index.html"]) {
      const { tab, problems, close } = await phone(place, page);
      await tab.locator("#q").fill(name);
      await tab.locator("#q").press("Enter");
      await tab.waitForURL(/search\/index\.html#q=/);
      assert.match(await said(tab), /^找到/);
      assert.equal(await tab.locator("#q").inputValue(), name);
      const shared = tab.url();
      await ask(tab, "从来没有的企业");
      await tab.goBack();
      await tab.waitForFunction(() => document.getElementById("found").textContent.startsWith("找到"));
      assert.equal(tab.url(), shared);
      await tab.locator(".hits .hit").first().click();
      await tab.waitForURL(/firms\//);
      await tab.goBack();
      assert.match(await said(tab), /^找到/);
      // the link to a part of the page asks nothing anew
      await ask(tab, "从来没有的企业");
      await tab.locator("#answers a[href='#why']").click();
      assert.match(await said(tab), /没有找到/);
      assert.deepEqual(problems, []);
      await close();
    }
  }
});

test("with keys alone: the field, the button, an answer, more answers", async () => {
  const { tab, problems, close } = await phone("server", "search/index.html#q=有限公司");
  assert.match(await said(tab), /先列出10项，还有更多/);
  await tab.locator("#q").focus();
  await tab.keyboard.press("Tab");
  assert.equal(await tab.evaluate(() => document.activeElement.textContent), "查找");
  await tab.keyboard.press("Tab");
  assert.equal(await tab.evaluate(() => document.activeElement.className), "hit");
  const more = tab.locator("#answers button");
  await more.focus();
  await tab.keyboard.press("Enter");
  await tab.waitForFunction(() => document.querySelectorAll(".hits > li").length === 20);
  assert.equal(await tab.evaluate(() => [...document.querySelectorAll(".hits .hit")].indexOf(document.activeElement)), 10, "the focus is on the first new answer");
  for (let n = 0; (await more.count()) > 0 && n < 100; n++) {
    const had = await hits(tab).count();
    await more.click();
    await tab.waitForFunction((n) => document.querySelectorAll(".hits > li").length > n || !document.querySelector("#answers button"), had);
  }
  assert.match(await said(tab), /共\d+项，已全部列出/);
  assert.deepEqual(problems, []);
  await close();
});

test("answers pass axe in both themes, and names arrive as text", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const { tab, close } = await phone("server", "search/index.html#q=有限公司", { colorScheme, bypassCSP: true });
    await said(tab);
    await tab.evaluate(axe);
    const { violations } = await tab.evaluate(() => globalThis.axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }, resultTypes: ["violations"] }));
    assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0]?.target}`), [], colorScheme);
    const small = await tab.locator(".search input, .search button, .hits .hit, #answers button").evaluateAll((list) => list.filter((e) => e.getBoundingClientRect().height < 44).map((e) => e.outerHTML.slice(0, 80)));
    assert.deepEqual(small, [], "targets below 44 px");
    await close();
  }
});

test("a file of another day, or none, is said", async () => {
  for (const [how, words] of [["gone", "索引文件没有取到"], ["older", "刚刚更新"]]) {
    const { tab, close } = await phone("server", "search/index.html");
    await tab.route(/\/lookup\/key\//, async (route) => {
      if (how === "gone") return route.abort();
      const response = await route.fetch();
      return route.fulfill({ response, body: (await response.text()).replace(/^(sunlotShard\("[^"]*"),\d+/, "$1,1048576") });
    });
    await tab.locator("#q").fill("2023-001");
    await tab.locator("#q").press("Enter");
    assert.ok((await said(tab)).includes(words), how);
    await close();
  }
});

test("without JavaScript there is no box, and there are the lists", async () => {
  const { tab, problems, close } = await phone("disk", "search/index.html", { javaScriptEnabled: false });
  assert.equal(await tab.locator("form[role=search]").isVisible(), false);
  assert.ok((await tab.locator(".search-still").innerText()).includes("目录"));
  for (const page of ["firms/index.html", "draws/index.html", "results/index.html", "book/index.html"]) assert.ok((await tab.locator(`main a[href="../${page}"]`).count()) > 0, page);
  assert.deepEqual(problems, []);
  await close();
});

test("an index that never comes ends the search", async () => {
  const { tab, close } = await phone("server", "search/index.html");
  await tab.clock.install();
  await tab.route("**/lookup/index.js*", () => {});
  await tab.locator("#q").fill("甲");
  await tab.locator("#q").press("Enter");
  await tab.waitForSelector("text=正在查找…");
  await tab.clock.fastForward(31_000);
  assert.match(await said(tab), /索引文件没有取到/);
  await close();
});
