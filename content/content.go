// Package content is the data that people wrote: the rule packs with the two
// regulations that they are made from, the hand-written pages and the
// demonstration offices. It has no code.
//
//	packs/<name>.toml   one regulation clause by clause, in the form of rules.Pack
//	packs/<name>.txt    the regulation's own text, which the packs quote
//	pages/…, demo/…     read by site and demo
package content

import "embed"

// FS holds every file of the folders beside this one.
//
//go:embed */*
var FS embed.FS
