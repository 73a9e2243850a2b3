package office_test

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"index/suffixarray"
	"io"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sunlot/sunlot/internal/demo"
)

// enough is how many firms of the county a year needs: one of them at least is
// 严重失信, and five in a hundred are more than fifteen.
func enough(county string) int {
	n := 0
	for f := range demo.Firms(county, 1, 3000) {
		if n++; n > 450 && slices.Contains(f.Tags, "安全生产严重失信主体名单") {
			return n
		}
	}
	return n
}

// TestNothingPersonalInInk: after a whole year of the demonstration not one
// byte of the public ledger tells who an inspector is, who stands behind a firm,
// or which firms were not drawn, in the clear or under an unsalted hash.
func TestNothingPersonalInInk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "year")
	r, err := demo.NewRun("gaoqing", dir, io.Discard, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Office.Firms, r.Office.People = enough(r.Office.County), 12
	if err := r.Live(); err != nil {
		t.Fatal(err)
	}
	b := &bureau{tb: t, dir: dir, now: "2024-07-31 12:00:00"}
	v := b.judge()
	opened := map[string]bool{}
	for _, e := range v.Entries {
		opened[e.Value("code")] = true
	}
	if len(v.State.Results) < 20 || len(opened) < 20 {
		t.Fatalf("%d results, %d firms opened", len(v.State.Results), len(opened))
	}
	var ink bytes.Buffer
	for name, data := range b.tree("ledger") {
		ink.WriteString(name + "\n" + data + "\n")
	}
	index, n := suffixarray.New(ink.Bytes()), 0
	none := func(what, value string) {
		t.Helper()
		if n++; value != "" && len(index.Lookup([]byte(value), 1)) > 0 {
			t.Errorf("%s %q stands in the ledger", what, value)
		}
	}
	hashes := func(what, id string) {
		t.Helper()
		s2, s1, m := sha256.Sum256([]byte(id)), sha1.Sum([]byte(id)), md5.Sum([]byte(id))
		for _, sum := range [][]byte{s2[:], s1[:], m[:]} {
			none("an unsalted hash of "+what, hex.EncodeToString(sum)[:32])
			none("an unsalted hash of "+what, string(sum[:16]))
		}
	}
	for _, p := range demo.People(r.Office.County, 1, r.Office.People) {
		for what, value := range map[string]string{"name": p.Name, "id number": p.IDNumber, "telephone": p.Phone, "certificate": p.Certificate} {
			none("an inspector's "+what, value)
			hashes("an inspector's "+what, value)
		}
	}
	for f := range demo.Firms(r.Office.County, 1, r.Office.Firms+r.Office.Firms/50) {
		none("a legal representative", f.LegalRep)
		none("an address", f.Address)
		hashes("a code", f.Code)
		if !opened[f.Code] {
			none("the code of a firm that was not opened", f.Code)
			none("the name of a firm that was not opened", f.Name)
			hashes("a name", f.Name)
		}
	}
	none("who confirmed, reviewed, entered or approved", "负责人（演示）")
	for code := range opened {
		if code != "" && len(index.Lookup([]byte(code), 1)) == 0 {
			t.Errorf("%s was opened and is not found: the search does not find", code)
		}
	}
	if n < 5000 {
		t.Errorf("only %d looked for", n)
	}
}
