// Runs the bench in Chromium and prints what it prints:
//   go -C tools run ./web -bench /tmp/bench.js
//   node templates/verify/bench/run.mjs /tmp/bench.js [CHROMIUM]
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [bundle, chromium = "/usr/bin/chromium"] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), "bench-"));
const pages = {
  "/": ["text/html", '<!doctype html><meta charset="utf-8"><title>bench</title><body><script src="bench.js" defer></script>'],
  "/bench.js": ["text/javascript", readFileSync(bundle)],
};
const server = createServer((request, response) => {
  if (request.method === "POST") {
    let line = "";
    request.on("data", (d) => (line += d)).on("end", () => {
      response.end();
      if (line === "done") {
        browser.kill();
      } else {
        console.log(line);
      }
    });
    return;
  }
  const page = pages[request.url];
  response.writeHead(page ? 200 : 404, { "content-type": page?.[0] ?? "text/plain" }).end(page?.[1]);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const flags = "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run";
const browser = spawn(chromium, [...flags.split(" "), `--user-data-dir=${profile}`, "--remote-debugging-port=0", `http://127.0.0.1:${server.address().port}/`], { stdio: "ignore" });
browser.on("exit", () => {
  server.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
});
