// Lighthouse over five kinds of pages of a demonstration office, phone
// emulation as it is by default: performance, accessibility, best practices.
// usage: node run.mjs SITE OFFICE
import path from "node:path";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import { pages, serve } from "../browser/browser.mjs";

const LIMIT = 98;
const [dir, office] = [path.resolve(process.argv[2]), process.argv[3]];
const first = (pattern) => {
  const found = pages(path.join(dir, office)).find((name) => pattern.test(name));
  if (found === undefined) throw new Error(`no page like ${pattern}`);
  return found;
};
const kinds = [
  ["front", "index.html"],
  ["draw", first(/^draws\/2023-003\/index\.html$/)],
  ["result", first(/^results\/\d+\.html$/)],
  ["firms", "firms/index.html"],
  ["statistics", first(/^stats\/\d{4}\/index\.html$/)],
];
const categories = ["performance", "accessibility", "best-practices"];

const site = await serve(dir);
const chrome = await launch({
  chromePath: "/usr/bin/chromium",
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
let below = 0;
console.log(["kind", ...categories, "KiB over the wire"].join("\t"));
for (const [kind, name] of kinds) {
  const { lhr } = await lighthouse(`${site.url}/${office}/${name}`, { port: chrome.port, onlyCategories: categories, logLevel: "error" });
  const scores = categories.map((c) => Math.round(lhr.categories[c].score * 100));
  below += scores.filter((s) => s < LIMIT).length;
  console.log([kind, ...scores, (lhr.audits["total-byte-weight"].numericValue / 1024).toFixed(0)].join("\t"));
  for (const c of categories) {
    for (const ref of lhr.categories[c].auditRefs) {
      const audit = lhr.audits[ref.id];
      if (ref.weight > 0 && audit.score !== null && audit.score < 0.9) console.log(`  ${kind}: ${audit.id}: ${audit.title} ${audit.displayValue ?? ""}`);
    }
  }
}
await chrome.kill();
await site.close();
console.log(below === 0 ? `all scores ≥ ${LIMIT}` : `${below} scores below ${LIMIT}`);
