// Package ledger is what cannot be unsaid: signed notes, the tree over them,
// its tiles, checkpoints, proofs, policies, and the one way to publish a step
// of the log. Bytes in, bytes out: it knows nothing of inspections, and it
// takes clock, keys and folders as values.
//
// A ledger is a folder of static files that any reader of the C2SP formats
// understands (spec/ledger.md has every byte of them):
//
//	checkpoint                      signed note: origin, size, root
//	tile/<L>/<N>[.p/<W>]            hashes, 256 wide
//	tile/entries/<N>[.p/<W>]        entries, each after its length in two bytes
//	policy                          log key, witnesses, quorum
//	entry/<index>.txt               the entry, readable
//	proof/<index>.tlog-proof        its proof against the first checkpoint over it
//	blob/sha256/<2 hex>/<64 hex>    what is too long for an entry
//	opening/<index>.json            what may be taken away again
//
// and nothing else. An entry is any 1 to 65535 bytes; in sunlot it is a signed
// note of the same form as the checkpoint:
//
//	sunlot/v1 charter
//	example.gov.cn/sunlot
//	{"body":…,"env":…}
//
//	— example.gov.cn/sunlot Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+Z…
//
// Reading: OpenDir, then Audit, which rehashes everything and names every
// place that is wrong. Writing: a Publisher, whose guard refuses to sign what
// contradicts the last signature. Hashing is RFC 6962; Ed25519 is checked by
// one equation (encode(S·B − k·A) = R, S < L) with keys that are canonical and
// of prime order.
package ledger
