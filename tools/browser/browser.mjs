// What the tests share: a browser without a window, a web server on loopback,
// and the kinds of pages.
import { spawn, execFileSync } from "node:child_process";
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { createGzip } from "node:zlib";
import { chromium } from "playwright-core";

// SITE is the folder of the demonstration: one folder for each office.
export const SITE = path.resolve(process.env.SUNLOT_SITE ?? "../../public");
export const OFFICES = ["gaoqing", "yanshi"];

// launch starts Chromium with everything off by which it would call home.
export async function launch() {
  const found = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) => existsSync(file));
  if (!found) throw new Error("no Chromium found: install the package chromium");
  return chromium.launch({
    executablePath: found,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"],
  });
}

const types = {
  ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png",
  ".json": "application/json", ".xml": "application/xml", ".csv": "text/csv; charset=utf-8", ".txt": "text/plain; charset=utf-8", ".zip": "application/zip",
};

// serve gives a folder to loopback, as a static server would: text is packed
// with gzip where the reader takes it.
export async function serve(dir) {
  const server = createServer((req, res) => {
    const name = decodeURIComponent(new URL(req.url, "http://x").pathname);
    const file = path.join(dir, name);
    if (!file.startsWith(dir) || !existsSync(file) || !statSync(file).isFile()) {
      res.writeHead(404, { "content-type": "text/plain" });
      res.end("not here");
      return;
    }
    const type = types[path.extname(file)] ?? "application/octet-stream";
    const packed = /^text|xml|json/.test(type) && (req.headers["accept-encoding"] ?? "").includes("gzip");
    res.writeHead(200, packed ? { "content-type": type, "content-encoding": "gzip" } : { "content-type": type });
    if (packed) createReadStream(file).pipe(createGzip()).pipe(res);
    else createReadStream(file).pipe(res);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }) };
}

// pages are the HTML files below a folder, by relative name, in order.
export function pages(dir, under = "") {
  const list = [];
  for (const e of readdirSync(path.join(dir, under), { withFileTypes: true })) {
    const name = under ? `${under}/${e.name}` : e.name;
    if (e.isDirectory()) list.push(...pages(dir, name));
    else if (e.name.endsWith(".html")) list.push(name);
  }
  return list.sort();
}

// KINDS of pages of an office's site. Every page is of exactly one kind: a page
// of a new kind fails the tests until it is listed, and so looked at.
export const KINDS = [
  ["front", /^index\.html$/],
  ["checklist", /^checklist\/index\.html$/],
  ["checklist-version", /^checklist\/\d+\/index\.html$/],
  ["plans", /^plan\/index\.html$/],
  ["plan", /^plan\/\d{4}\/(page-\d+|index)\.html$/],
  ["draws", /^draws\/index\.html$/],
  ["draws-year", /^draws\/year-\d{4}\/index\.html$/],
  ["draw", /^draws\/(?!year-)[^/]+\/index\.html$/],
  ["drawn-part", /^draws\/[^/]+\/page-\d+\.html$/],
  ["results", /^results\/index\.html$/],
  ["results-part", /^results\/page-\d+\.html$/],
  ["result", /^results\/\d+\.html$/],
  ["results-shelf", /^results\/(draw|year)-.*\/(page-\d+|list-\d+|index)\.html$/],
  ["firms", /^firms\/index\.html$/],
  ["firms-shelf", /^firms\/(town|sector|c)-.*\/(page-\d+|list-\d+|index)\.html$/],
  ["firm", /^firms\/(?!index\.)[^/]+\.html$/],
  ["rules", /^rules\/index\.html$/],
  ["readings", /^rules\/readings\.html$/],
  ["clause", /^rules\/[^/]+\/(page-\d+|index)\.html$/],
  ["book", /^book\/index\.html$/],
  ["book-part", /^book\/page-\d+\.html$/],
  ["book-list", /^(book|book\/witnesses|results)\/list-\d+\.html$/],
  ["book-type", /^book\/(?!tree\/|witnesses\/)[a-z][a-z-]*\/(page-\d+|index)\.html$/],
  ["tree", /^book\/tree\/index\.html$/],
  ["tree-part", /^book\/tree\/level-\d+\/page-\d+\.html$/],
  ["witnesses", /^book\/witnesses\/index\.html$/],
  ["witnesses-part", /^book\/witnesses\/page-\d+\.html$/],
  ["entry", /^book\/\d+\.html$/],
  ["entry-facts", /^book\/facts-\d+\/(page-\d+|index)\.html$/],
  ["stats", /^stats\/index\.html$/],
  ["stats-year", /^stats\/\d{4}\/index\.html$/],
  ["stats-more", /^stats\/\d{4}\/(months|lines-\d+)\.html$/],
  ["stats-list", /^stats\/\d{4}\/.+\/(page-\d+|index)\.html$/],
  ["inspectors", /^inspectors\/index\.html$/],
  ["search", /^search\/index\.html$/],
  ["joint", /^joint\/index\.html$/],
  ["workdays", /^workdays\/index\.html$/],
  ["calendar", /^calendar\/index\.html$/],
  ["calendar-year", /^calendar\/(\d{4}\/(page-\d+|index)|page-\d+)\.html$/],
  ["report", /^report\/index\.html$/],
  ["data", /^data\/index\.html$/],
  ["text", /^(about|limits|verify|accessibility)\/index\.html$/],
  ["sitemap", /^sitemap\.html$/],
  ["missing", /^404\.html$/],
  ["offline", /^script\/offline\.html$/],
];

export const kindsOf = (name) => KINDS.filter(([, pattern]) => pattern.test(name)).map(([kind]) => kind);

// PORTAL are the pages over both offices.
export const PORTAL = [["portal", "index.html"], ["portal-draws", "draws/index.html"], ["portal-overdue", "overdue/index.html"], ["portal-verify", "verify/index.html"]];

// samples are the pages looked at: of each kind the first and the largest of
// each office, and the portal.
export function samples() {
  const list = PORTAL.map(([kind, page]) => ({ kind, page }));
  for (const [kind, pattern] of KINDS) {
    for (const office of OFFICES) {
      const of = pages(path.join(SITE, office)).filter((name) => pattern.test(name)).map((name) => `${office}/${name}`);
      if (of.length === 0) continue;
      const size = (name) => statSync(path.join(SITE, name)).size;
      const largest = of.reduce((a, b) => (size(b) > size(a) ? b : a));
      for (const page of new Set([of[0], largest])) list.push({ kind, page });
    }
  }
  return list;
}

// run calls work for each item, a few at a time.
export async function run(items, width, work) {
  const queue = [...items.entries()];
  await Promise.all(Array.from({ length: width }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await work(next[1], next[0]);
  }));
}

export { execFileSync, spawn };
