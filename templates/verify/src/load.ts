// The pairing, in a script of its own: loaded when a round of drand is to be
// checked and not before, by an element, for that works from a disk too.

import type { BLS } from "./beacon";
import { Fault } from "./fault";
import { PATIENCE } from "./source";

/** What bls.ts registers. */
export function registered(): BLS | undefined {
  return (globalThis as { sunlotBLS?: BLS }).sunlotBLS;
}

let loading: Promise<BLS> | undefined;

/** loadBLS loads script/bls.js of the site, once. */
export function loadBLS(root: string): Promise<BLS> {
  const known = registered();
  if (known) return Promise.resolve(known);
  loading ??= new Promise<BLS>((done, fail) => {
    const script = document.createElement("script");
    script.src = root + "script/bls.js";
    script.onload = () => {
      const bls = registered();
      if (bls) done(bls);
      else script.onerror!("");
    };
    script.onerror = () => {
      if (!registered()) loading = undefined;
      fail(new Fault("source.unreachable", "script/bls.js"));
    };
    setTimeout(() => script.onerror!(""), PATIENCE); // of no effect once it has loaded
    document.head.append(script);
  });
  return loading;
}
