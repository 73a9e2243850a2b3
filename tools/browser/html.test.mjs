// The Nu HTML checker over every page of the demonstration.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { SITE, pages } from "./browser.mjs";

const jar = path.join(path.dirname(createRequire(import.meta.url).resolve("vnu-jar/package.json")), "build/dist/vnu.jar");

// ask gives the errors and warnings that the checker has about files. It also
// tells, as information, of what the policy of a page blocks: it thinks that
// 'self' means its own file: addresses, so that is left to the browser.
function ask(files) {
  const list = [];
  for (let i = 0; i < files.length; i += 400) {
    const { stderr, error } = spawnSync("java", ["-Xss4m", "-jar", jar, "--format", "json", ...files.slice(i, i + 400)], { encoding: "utf8", maxBuffer: 1 << 28 });
    if (error) throw error;
    list.push(...JSON.parse(stderr).messages);
  }
  return list.filter((m) => m.type !== "info" || m.subType === "warning").map((m) => `${m.type} ${m.url?.replace(/.*\/(gaoqing|yanshi)\//, "$1/")}:${m.lastLine}: ${m.message}`);
}

test("valid HTML on every page", (t) => {
  const files = pages(SITE).map((name) => path.join(SITE, name));
  assert.ok(files.length > 500, `only ${files.length} pages`);
  // @container (CSS Containment 3) in the offline page's style: the checker's CSS is older
  const said = ask(files).filter((m) => !m.includes("blocked by “") && !m.endsWith("CSS: Unrecognized at-rule “@container”"));
  t.diagnostic(`${files.length} pages checked`);
  assert.deepEqual(said.slice(0, 40), []);
});

test("the checker finds what is wrong", () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "html-")), "bad.html");
  writeFileSync(file, "<!doctype html><html lang=zh-CN><title>x</title><p><div></p><img src=x><b id=a id=a>");
  assert.ok(ask([file]).length >= 3);
});
