// Proof files (ledger.md §6).
import { decimal, must, text as decode, unbase64 } from "./bytes";
import { openCheckpoint, parseCheckpoint, type Opened } from "./checkpoint";
import { ensure } from "./fault";
import { parseNote } from "./note";
import type { Policy } from "./policy";
import { checkInclusion, recordHash } from "./tree";

const header = "c2sp.org/tlog-proof@v1";
const maxPath = 64;
const maxExtra = 65536;
/** the head at its longest, and a note */
const maxProof = 131072 + 100000;

export interface Proof {
  readonly index: number;
  readonly path: readonly Uint8Array[];
  /** the signed checkpoint within */
  readonly checkpoint: Uint8Array;
}

/** parseProof reads a .tlog-proof strictly; its checkpoint has the form of one, and nothing is verified. */
export function parseProof(bytes: Uint8Array): Proof {
  ensure(bytes.length <= maxProof, "proof-form", "proof", String(bytes.length), String(maxProof));
  const end = emptyLine(bytes);
  ensure(end >= 0, "proof-form", "proof", "", "an empty line before the checkpoint");
  const head = must(decode(bytes.subarray(0, end)), "proof-form", "proof", "", "UTF-8").split("\n");
  ensure(head.shift() === header, "proof-form", "proof", "", header);
  if (head[0]?.startsWith("extra ") === true) {
    const extra = must(unbase64(head[0].slice(6)), "proof-form", "proof", head[0], "base64 after extra");
    ensure(extra.length <= maxExtra, "proof-form", "proof", String(extra.length), String(maxExtra));
    head.shift();
  }
  const first = head.shift() ?? "";
  ensure(first.startsWith("index "), "proof-form", "proof", first, "index");
  const index = must(decimal(first.slice(6)), "proof-form", "proof", first, "a decimal");
  ensure(head.length <= maxPath, "proof-form", "proof", String(head.length), `at most ${maxPath} hashes`);
  const path = head.map((line) => {
    const hash = must(unbase64(line), "proof-form", "proof", line, "base64");
    ensure(hash.length === 32, "proof-form", "proof", line, "32 bytes");
    return hash;
  });
  const checkpoint = bytes.subarray(end + 2);
  parseCheckpoint(parseNote(checkpoint).text);
  return { index, path, checkpoint };
}

/** emptyLine is where the first empty line's two newlines begin, −1 without one. */
function emptyLine(bytes: Uint8Array): number {
  for (let i = bytes.indexOf(10); i >= 0; i = bytes.indexOf(10, i + 1)) {
    if (bytes[i + 1] === 10) {
      return i;
    }
  }
  return -1;
}

/** checkProof throws unless the file proves the entry under the policy, offline: form, checkpoint, path. */
export function checkProof(bytes: Uint8Array, entry: Uint8Array, policy: Policy): { proof: Proof; opened: Opened } {
  const proof = parseProof(bytes);
  const opened = openCheckpoint(proof.checkpoint, policy);
  const { size, root } = opened.checkpoint;
  checkInclusion(proof.index, size, recordHash(entry), proof.path, root);
  return { proof, opened };
}
