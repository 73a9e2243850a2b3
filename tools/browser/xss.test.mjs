// A site whose every text is every payload (site/poison_test.go), in a browser
// that does not heed the pages' policy: what keeps a payload dead must be the
// escaping alone. The control shows that the same payloads live when they are
// not escaped.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { launch, pages, run, serve } from "./browser.mjs";

const dir = path.resolve(process.env.SUNLOT_POISONED ?? "../../poisoned");
let browser, site, context;
before(async () => {
  browser = await launch();
  site = await serve(dir);
  context = await browser.newContext({ bypassCSP: true });
  await context.addInitScript(() => {
    globalThis.lived = 0;
    globalThis.sunlotLive = () => { globalThis.lived++; };
  });
});
after(async () => {
  await browser?.close();
  await site?.close();
});

// provoke does to every element what a reader might, and counts what ran.
function provoke() {
  for (const e of document.querySelectorAll("*")) {
    for (const type of ["mouseover", "focus", "toggle", "error", "load"]) {
      if (e.hasAttribute(`on${type}`)) e.dispatchEvent(new Event(type));
    }
  }
  const handlers = [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => a.name.startsWith("on") || /^\s*javascript:/i.test(a.value)));
  const scripts = [...document.scripts].filter((s) => s.textContent.trim() !== "");
  return { lived: globalThis.lived, handlers: handlers.length, scripts: scripts.length, frames: document.querySelectorAll("iframe, object, embed, svg script").length };
}

test("no payload lives on any page", async (t) => {
  const names = pages(dir).filter((name) => name !== "control.html" && !name.endsWith("offline.html"));
  const { payloads, fields } = JSON.parse(readFileSync(path.join(dir, "poison.json"), "utf8"));
  assert.ok(names.length > 400 && payloads > 30 && fields > 100, `${names.length} pages, ${payloads} payloads, ${fields} fields`);
  const live = [];
  await run(names, 3, async (name) => {
    const page = await context.newPage();
    page.on("dialog", (d) => { live.push(`${name}: a dialog`); d.dismiss(); });
    await page.goto(`${site.url}/${name}`);
    const seen = await page.evaluate(provoke);
    if (seen.lived || seen.handlers || seen.scripts || seen.frames) live.push(`${name}: ${JSON.stringify(seen)}`);
    await page.close();
  });
  t.diagnostic(`${payloads} payloads in ${fields} fields on ${names.length} pages`);
  assert.deepEqual(live, []);
});

test("the same payloads live when they are not escaped", async (t) => {
  const raw = JSON.parse(readFileSync(path.join(dir, "poison.json"), "utf8")).raw;
  let fired = 0;
  for (const payload of raw) {
    writeFileSync(path.join(dir, "control.html"), `<!doctype html><title>x</title><p>${payload}</p><input value="${payload}"><input value='${payload}'>`);
    const page = await context.newPage();
    page.on("dialog", (d) => d.dismiss());
    await page.goto(`${site.url}/control.html`);
    const seen = await page.evaluate(provoke);
    if (seen.lived || seen.handlers || seen.scripts || seen.frames) fired++;
    await page.close();
  }
  t.diagnostic(`${fired} of ${raw.length} payloads live`);
  assert.ok(fired >= 20, `only ${fired} of ${raw.length} fired`);
});
