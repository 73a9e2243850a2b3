// Package trillian keeps the order of a ledger in a Trillian log: one tree for
// each office in a database that many offices share. It is the only importer
// of github.com/google/trillian (v1.8.0: its client and its messages; the
// servers are programs of their own).
//
// Trillian orders and signs nothing. Package ledger's Publisher stays the
// writer of the folder and the only signer; a Tree gives it the one function
// that it asks, ledger.SequenceFunc:
//
//	tree, err := trillian.Open(trillian.Config{Addresses: …, Tree: 811…, Origin: "example.gov.cn/sunlot"})
//	log, err := local.Open(local.Options{…, Sequence: tree.Sequence(ctx)})
//
// What one call of that function does, and what a crash after each leaves:
//
//	compare    the tree must continue the checkpoint signed last        nothing
//	queue      one leaf after the other, each under its index           leaves that the next run finds again
//	wait       until a signer has integrated them                       the same
//	prove      the new root is consistent with the signed one           the same
//	read back  every new leaf is ours, byte for byte, in our order      the same
//
// # One leaf for an index
//
// Trillian keeps leaves apart by an identity that its user may choose. Ours is
//
//	SHA-256("sunlot/leaf/v1\n" ‖ origin ‖ "\n" ‖ index, decimal)
//
// It says nothing of the content, so the database itself, by its primary key,
// takes one leaf for an index and no second: a retry is recognised and not
// doubled, equal entries at two places are two leaves, and of two writers the
// second is told that the place is taken, and by whom, before its entry is in
// the tree. ExtraData holds who wrote; it is never published.
//
// A tree's Description is the origin of the ledger that it was made for: what
// has another is left alone.
//
// # Order
//
// A LOG tree orders by the time at which a log server took a leaf. Leaves are
// therefore queued one after the other through one server. Where that server
// changes, its clock does not rise, or a leaf is found that a run before has
// queued, everything queued so far is waited for first. The order is read back
// before anything is signed all the same.
package trillian
