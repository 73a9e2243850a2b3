// A link checker of its own over the whole demonstration: every address and
// every anchor on every page leads to something that is there.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { parse } from "parse5";
import { SITE, pages } from "./browser.mjs";

const addresses = new Set(["href", "src", "srcset", "action", "formaction", "poster", "data", "cite", "xlink:href"]);

// read gives the ids of a page and the addresses on it.
function read(text) {
  const ids = new Set(), links = [];
  const visit = (node) => {
    for (const { name, value } of node.attrs ?? []) {
      if (name === "id") ids.add(value);
      if (addresses.has(name)) links.push({ tag: node.nodeName, value });
    }
    for (const child of node.childNodes ?? []) visit(child);
    if (node.content) visit(node.content);
  };
  visit(parse(text));
  return { ids, links };
}

// check lists what is dead below a folder, and the hosts that are linked to.
function check(dir) {
  const read1 = new Map(pages(dir).map((name) => [name, read(readFileSync(path.join(dir, name), "utf8"))]));
  const dead = [], hosts = new Set();
  let count = 0;
  for (const [name, { links }] of read1) {
    for (const { tag, value } of links) {
      count++;
      if (value.startsWith("data:")) continue;
      const url = new URL(value, `site:/${name}`);
      if (url.protocol !== "site:") {
        if (tag !== "a" || !["http:", "https:"].includes(url.protocol)) dead.push(`${name}: ${tag} ${value}`);
        hosts.add(url.host);
        continue;
      }
      if (value.startsWith("/") && !name.endsWith("404.html")) dead.push(`${name}: ${value} begins at the server's root`);
      const target = decodeURIComponent(url.pathname).slice(1);
      const file = path.join(dir, target);
      if (!existsSync(file) || !statSync(file).isFile()) dead.push(`${name}: ${value}`);
      else if (url.hash && read1.has(target) && !read1.get(target).ids.has(decodeURIComponent(url.hash.slice(1)))) dead.push(`${name}: ${value}: no such anchor`);
    }
  }
  return { dead, hosts, count, pages: read1.size };
}

test("no dead link on any page", (t) => {
  const found = check(SITE);
  t.diagnostic(`${found.count} links on ${found.pages} pages; hosts linked to: ${[...found.hosts].join(", ") || "none"}`);
  assert.deepEqual(found.dead, []);
  assert.ok(found.pages > 500 && found.count > 20 * found.pages, `only ${found.count} links on ${found.pages} pages`);
});

test("the checker finds what is dead", () => {
  const dir = mkdtempSync(path.join(tmpdir(), "links-"));
  writeFileSync(path.join(dir, "index.html"), '<a href="gone.html">1</a><a href="#gone">2</a><a href="/index.html">3</a><img src="https://host.example/x.png"><script src="gone.js"></script><a href="index.html#here" id="here">ok</a><a href="https://host.example/">ok</a><a href="javascript:x">4</a>');
  const found = check(dir);
  assert.equal(found.dead.length, 6, found.dead.join("\n"));
});
