// Package witness is both sides of c2sp.org/tlog-witness (spec/witness.md has
// every byte of it). A witness is a neighbour who remembers the largest tree
// that a log has shown and signs a larger one only where the log proves that
// it begins with the one before: then the log cannot show two readers two
// histories without a witness's help, and the time of the signature bounds an
// entry from above.
//
// A request is plain text, a few lines long; it goes by HTTP, on a USB stick
// or is typed, and means the same each time:
//
//	old 20852014
//	PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
//
//	example.gov.cn/sunlot
//	20852163
//	CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//
//	— example.gov.cn/sunlot Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+Z…
//
// and the answer is the witness's signature lines, or a refusal. A log that asks
// for another history leaves the proof of that with the witness (lie.go).
//
// The witness's side: OpenStore, New, then Witness.Answer or the Witness as an
// http.Handler. The log's side: Ask makes a ledger.WitnessFunc, Accept takes
// lines that came without a network. Clocks, keys and HTTP clients are values.
package witness
