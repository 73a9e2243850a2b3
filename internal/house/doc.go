// Package house holds the arrows: its test reads the source of every room and
// fails where the plan of the house is broken. There is nothing to import.
//
// Floors, arrows go down only and none within a floor:
//
//	0 record, draw, beacon
//	1 rules, ledger
//	2 verify
//	3 intake, site, publish, keyring, ledger/local, ledger/witness, ledger/trillian
//	4 office, portal, province
//	5 command, desk
//	6 demo
//	7 cmd, cluster/run
//
// Beside the floors, importing none of them: fault (open to all), durable,
// fetch, templates, content, words; cluster (real servers for tests, open to
// nothing that is shipped).
package house
