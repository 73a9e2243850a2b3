// What each random case of package record says, built by this side: the
// counterpart of internal/record/cases_test.go.
import { hex } from "../src/bytes";
import { sha256 } from "../src/hash";
import { badFields, parseOpening } from "../src/opening";
import { parseText, sealedFields } from "../src/record";
import { byUTF8 } from "./order";
import type { Said } from "./agree";

export const recordCases: { readonly [kind: string]: Said } = {
  entry: ([text]) => {
    const said = parseText(text!);
    const sealed = [...sealedFields(said)].sort(([a], [b]) => byUTF8(a, b)).map(([path, digest]) => ` ${path}=${digest.slice(0, 8)}`);
    return `${said.type} ${said.origin} ${hex(sha256(text!))}${sealed.join("")}`;
  },
  opening: ([text, data]) => {
    const said = parseText(text!);
    const o = parseOpening(data!);
    const handles = (o.handles ?? []).map((h) => `${h.kind} ${h.id} ${h.salt},`).join("");
    return `${o.K ?? ""}|${o.KI ?? ""}|${handles}|${badFields(said, o).sort(byUTF8).join(",")}`;
  },
};
