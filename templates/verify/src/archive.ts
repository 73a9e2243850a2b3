// Archives of a ledger as a site publishes them (site.md, data/ledger-<nnn>.zip):
// files stored as they are, so that a piece of the archive is the file. Any other
// zip is for its reader to unpack.

import { text } from "./bytes";
import { ensure } from "./fault";
import { place, type Picked } from "./source";

/** The most that is read of one archive: what fits into a browser's memory. */
const MOST = 1 << 29;

/** unpacked puts the ledger files of archives in the place of the archives. Several
 * archives of one ledger may carry the same file: it is taken once. */
export async function unpacked(files: readonly Picked[]): Promise<Picked[]> {
  const list: Picked[] = [];
  const blobs = new Set<string>();
  for (const f of files) {
    if (!/\.zip$/i.test(f.path)) {
      list.push(f);
      continue;
    }
    for (const member of await members(f)) {
      // the name of a blob is the digest of what stands in it: the same name is the same file
      const blob = /(?:^|\/)blob\/sha256\/.*/.exec(member.path)?.[0];
      if (blob !== undefined && blobs.has(blob)) continue;
      if (blob !== undefined) blobs.add(blob);
      list.push(member);
    }
  }
  return list;
}

/** members are the ledger files of an archive, as pieces of it (APPNOTE 4.3). */
async function members({ path, file }: Picked): Promise<Picked[]> {
  ensure(file.size <= MOST, "archive-size", path, String(file.size), String(MOST));
  const bytes = new Uint8Array(await file.arrayBuffer());
  const view = new DataView(bytes.buffer);
  const form = (holds: boolean): void => ensure(holds, "archive-form", path);
  const end = endOf(view);
  form(end >= 0);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  form(count < 0xffff && at <= end);
  const list: Picked[] = [];
  for (let i = 0; i < count; i++) {
    form(at + 46 <= end && view.getUint32(at, true) === 0x02014b50);
    const [method, size, whole] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    const [long, extra, comment] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)];
    const head = view.getUint32(at + 42, true);
    const name = text(bytes.subarray(at + 46, at + 46 + long)) ?? "";
    at += 46 + long + extra + comment;
    if (place(name) === "") continue;
    ensure(method === 0 && size === whole, "archive-packed", path);
    form(head + 30 <= end && view.getUint32(head, true) === 0x04034b50);
    const from = head + 30 + view.getUint16(head + 26, true) + view.getUint16(head + 28, true);
    form(from + size <= end);
    list.push({ path: name, file: file.slice(from, from + size) });
  }
  return list;
}

/** endOf is where the end record of an archive stands, −1 for nowhere. */
function endOf(view: DataView): number {
  for (let at = view.byteLength - 22; at >= 0 && at >= view.byteLength - 22 - 0xffff; at--) {
    if (view.getUint32(at, true) === 0x06054b50 && at + 22 + view.getUint16(at + 20, true) === view.byteLength) return at;
  }
  return -1;
}
