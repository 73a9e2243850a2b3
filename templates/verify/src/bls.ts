// The second bundle, loaded where a draw rests on a round of drand:
// registers the check of a BLS12-381 signature as globalThis.sunlotBLS.
export {};
