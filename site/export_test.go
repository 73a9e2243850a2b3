package site

import "github.com/sunlot/sunlot/internal/verify"

// What tests of pages over many sites (portal_test.go) take from here.

// Element is a start tag.
type Element struct {
	Name  string
	Attrs map[string]string
}

// Tokenize is tokenize.
func Tokenize(page string) ([]Element, string, error) {
	list, text, err := tokenize(page)
	var out []Element
	for _, e := range list {
		out = append(out, Element{e.name, e.attrs})
	}
	return out, text, err
}

// Hostile are texts that must reach pages as text.
var Hostile = hostile

// Fixture is a year of a pack: its bundle, the files of its site, and its
// ledger, which is the caller's to spoil.
func Fixture(pack string) (*verify.Bundle, map[string][]byte, map[string][]byte) {
	f := map[string]func() built{"gaoqing": gaoqing, "yanshi": yanshi}[pack]()
	own := map[string][]byte{}
	for name, data := range f.bureau.store {
		own[name] = append([]byte{}, data...)
	}
	return f.bureau.bundle(), f.files, own
}
