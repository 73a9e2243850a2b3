package verify

import (
	_ "embed" // packs.txt
	"strings"
)

// packs.txt lists the digests of the canonical JSON of the rule packs that come
// with this program, one a line with the pack's id: `go test ./internal/demo
// -run Shipped -update` writes it from content/packs.
//
//go:embed packs.txt
var shippedPacks string

// Shipped reports whether the rule pack in force is byte for byte one that
// comes with this program (随程序提供); any other is the office's own (单位自编),
// and somebody should read it beside the regulation.
func (b *Bundle) Shipped() bool {
	c := b.State.Charter()
	if c == nil {
		return false
	}
	for line := range strings.Lines(shippedPacks) {
		if digest, _, ok := strings.Cut(line, " "); ok && digest == c.Pack.File.SHA256 {
			return true
		}
	}
	return false
}
