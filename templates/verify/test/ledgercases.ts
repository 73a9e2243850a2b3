// What each random case of package ledger says, built by this side: the
// counterpart of ledger/cases_test.go.
import { base64, hex, text, utf8 } from "../src/bytes";
import { cosigned, openCheckpoint } from "../src/checkpoint";
import { verify } from "../src/ed25519";
import { must } from "../src/bytes";
import { parseNote, parseVKey, signedBy, typeEd25519, witnessTypes } from "../src/note";
import { canonicalPolicy, overlap, parsePolicy } from "../src/policy";
import { checkProof } from "../src/proof";
import { parseBundle, tilePath } from "../src/tile";
import { checkConsistency, checkInclusion, linesRoot, recordHash, rootOf } from "../src/tree";
import { equal } from "../src/bytes";
import type { Said } from "./agree";

const words = (b: Uint8Array): string => must(text(b), "case", "input");

export const ledgerCases: { readonly [kind: string]: Said } = {
  key: ([line], [witness]) => {
    const key = parseVKey(words(line!), witness === 1 ? witnessTypes : undefined);
    return `${key.name} ${key.id.toString(16).padStart(8, "0")} ${key.type}`;
  },
  signature: ([key, message, signature]) => String(verify(key!, message!, signature!)),
  note: ([msg, ...keys]) => {
    const note = parseNote(msg!);
    let said = `${note.lines.length} ${utf8(note.text).length}`;
    if (!equal(utf8(note.text), note.signed)) {
      throw new Error("the signed bytes are not the text");
    }
    keys.forEach((line, i) => {
      const key = parseVKey(words(line), [typeEd25519, ...witnessTypes]);
      if (key.type === typeEd25519) {
        said += signedBy(note, key) ? ` ${i}` : "";
      } else {
        const c = cosigned(note, key.name, key);
        said += c.state === "good" ? ` ${i}@${c.seconds}` : "";
      }
    });
    return said;
  },
  bundle: ([b], [width]) => `[${parseBundle(b!, width!).map(hex).join(" ")}]`,
  policy: ([b]) => {
    const p = parsePolicy(b!);
    return `${canonicalPolicy(p)}${overlap(p)}`;
  },
  quorum: ([msg, policy]) => {
    const opened = openCheckpoint(msg!, parsePolicy(policy!));
    const { origin, size, root } = opened.checkpoint;
    const good = opened.witnesses.filter((c) => c.state === "good").map((c) => ` ${c.name}@${c.seconds}`);
    return `${origin} ${size} ${hex(root)}${good.join("")}`;
  },
  proof: ([data, entry, policy]) => {
    const { proof, opened } = checkProof(data!, entry!, parsePolicy(policy!));
    return `${proof.index} ${opened.checkpoint.size} ${hex(opened.checkpoint.root)}`;
  },
  path: ([leaf, root, ...path], [index, size]) => {
    checkInclusion(index!, size!, leaf!, path, root!);
    return "good";
  },
  consistency: ([oldRoot, root, ...path], [old, size]) => {
    checkConsistency(old!, size!, oldRoot!, root!, path);
    return "good";
  },
  tile: (_, [level, n, width]) => `${tilePath(level!, n!, width!)} ${tilePath("entries", n!, width!)}`,
  lines: (lines) => {
    const root = linesRoot(lines.map(words));
    if (!equal(root, rootOf(lines.map(recordHash)))) {
      throw new Error(`two roots: ${base64(root)}`);
    }
    return hex(root);
  },
};
