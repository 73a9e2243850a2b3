// An office that cheats with its own keys: a copy of a ledger in which whatever
// the caller changes is signed again, by keys of the forger's own in the place
// of the office's, the log's and the witnesses'. Every signature and every path
// of it holds, so that a check which finds it wrong has found the lie itself.
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const sha = (...parts) => parts.reduce((h, p) => h.update(p), createHash("sha256")).digest();
const lower = (bytes) => bytes.toString("hex");

// key makes a key of a name: its line, and how it signs.
function key(name, type) {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const body = Buffer.concat([Buffer.from([type]), raw]);
  const id = sha(Buffer.from(name + "\n"), body).subarray(0, 4);
  const line = (signature) => `— ${name} ${Buffer.concat([id, signature]).toString("base64")}\n`;
  return {
    vkey: `${name}+${lower(id)}+${body.toString("base64")}`,
    signs: (text) => line(sign(null, Buffer.from(text), privateKey)),
    cosigns(text, time) {
      const t = Buffer.alloc(8);
      t.writeBigUInt64BE(BigInt(time));
      return line(Buffer.concat([t, sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), privateKey)]));
    },
  };
}

// canonical writes JSON as RFC 8785 does what our entries hold.
function canonical(v) {
  if (Array.isArray(v)) return `[${v.map(canonical).join(",")}]`;
  if (v && typeof v === "object") return `{${Object.keys(v).sort().map((k) => `${JSON.stringify(k)}:${canonical(v[k])}`).join(",")}}`;
  return JSON.stringify(v);
}

// The tree of RFC 6962 §2.1, as plainly as the page says it.
const leaf = (entry) => sha(Buffer.from([0]), entry);
const node = (l, r) => sha(Buffer.from([1]), l, r);
function split(n) {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}
function root(leaves) {
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return leaves[0];
  const k = split(leaves.length);
  return node(root(leaves.slice(0, k)), root(leaves.slice(k)));
}
function inclusion(i, leaves) {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return i < k ? [...inclusion(i, leaves.slice(0, k)), root(leaves.slice(k))] : [...inclusion(i - k, leaves.slice(k)), root(leaves.slice(0, k))];
}

// file describes a file of lines as a record does, and names its place.
export function file(lines) {
  const text = lines.slice().sort().map((l) => l + "\n").join("");
  const sum = lower(sha(Buffer.from(text)));
  const said = { bytes: Buffer.byteLength(text), lines: lines.length, root: lower(root(lines.slice().sort().map((l) => leaf(Buffer.from(l))))), sha256: sum };
  return { said, at: `ledger/blob/sha256/${sum.slice(0, 2)}/${sum}`, text };
}

// forge gives the files of the forged ledger by their addresses, for the
// entries of want. change(index, type, body, env) alters a body in place; seen
// gives the second at which the witnesses sign an entry's checkpoint; unsigned
// are entries that nobody signs; unseen are those whose checkpoint no witness
// signs; headSeen is when they sign the latest.
export function forge(dir, want, { change = () => {}, seen = (index, at) => at + 60, unsigned = [], unseen = [], headSeen, size = 255 } = {}) {
  const name = (i) => path.join(dir, "ledger/entry", `${i}.txt`);
  while (!existsSync(name(size - 1))) size--;
  const texts = Array.from({ length: size }, (_, i) => readFileSync(name(i), "utf8"));
  const origin = texts[0].split("\n")[1];
  const log = key(origin, 1), office = key(`${origin}/office`, 1);
  const made = new Map(); // a witness of the policy → the forger's key of that name
  const policy = (text) => text.replace(/^log \S+/m, () => `log ${log.vkey}`).replace(/^(witness \S+ )(\S+)\+[0-9a-f]{8}\+\S+/gm, (_, head, who) => {
    if (!made.has(who)) made.set(who, key(who, 4));
    return head + made.get(who).vkey;
  });
  const times = [];
  const entries = texts.map((text, i) => {
    const [first, second, third] = text.split("\n");
    const value = JSON.parse(third);
    times[i] = Math.floor(Date.parse(value.env.at) / 1000);
    const type = first.split(" ")[1];
    let touched = unsigned.includes(i);
    if (type === "charter") {
      value.body.keys = value.body.keys.map((k) => ({ ...k, key: k.role === "log" ? log.vkey : k.key }));
      value.body.keys.push({ ...value.body.keys.find((k) => k.role === "office"), key: office.vkey });
      if (value.body.policy) value.body.policy = policy(value.body.policy);
      touched = true;
    }
    const before = JSON.stringify(value);
    change(i, type, value.body, value.env);
    if (!touched && JSON.stringify(value) === before) return Buffer.from(text);
    const body = `${first}\n${second}\n${canonical(value)}\n`;
    const old = text.slice(text.indexOf("\n\n") + 2);
    const lines = unsigned.includes(i) ? key(`${origin}/nobody`, 1).signs(body) : office.signs(body);
    return Buffer.from(body + "\n" + lines + (old ? "" : ""));
  });
  const leaves = entries.map(leaf);
  const files = new Map();
  const checkpoint = (n, time, by = [...made.values()]) => {
    const text = `${origin}\n${n}\n${root(leaves.slice(0, n)).toString("base64")}\n`;
    return text + "\n" + log.signs(text) + by.map((w) => w.cosigns(text, time)).join("");
  };
  for (const i of want) {
    const path64 = inclusion(i, leaves.slice(0, i + 1)).map((h) => h.toString("base64") + "\n").join("");
    files.set(`ledger/entry/${i}.txt`, entries[i]);
    files.set(`ledger/proof/${i}.tlog-proof`, Buffer.from(`c2sp.org/tlog-proof@v1\nindex ${i}\n${path64}\n${checkpoint(i + 1, seen(i, times[i]), unseen.includes(i) ? [] : undefined)}`));
  }
  files.set("ledger/checkpoint", Buffer.from(checkpoint(size, headSeen ?? times[size - 1] + 60)));
  files.set("ledger/policy", Buffer.from(policy(readFileSync(path.join(dir, "ledger/policy"), "utf8"))));
  const tile = size % 256 === 0 ? "000" : `000.p/${size % 256}`;
  files.set(`ledger/tile/0/${tile}`, Buffer.concat(leaves.slice(0, 256)));
  return files;
}

// redigest gives a changed entry's own digest.
export const digest = (bytes) => lower(sha(bytes));
