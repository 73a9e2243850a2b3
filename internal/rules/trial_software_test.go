package rules_test

import (
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
)

// scriptsOf is an entry about scripts of these names, each with a digest made
// of its place.
func scriptsOf(names ...string) *record.Software {
	b := &record.Software{Date: "2023-06-21"}
	for i, n := range names {
		b.Files = append(b.Files, record.Script{Name: n, SHA256: strings.Repeat("0123456789abcdef"[i%16:i%16+1], 64), Bytes: 100})
	}
	return b
}

// carrying puts an entry about software in the place of the closure.
func carrying(b *record.Software, change ...func(*record.Software)) func(*step) {
	return func(s *step) {
		for _, c := range change {
			c(b)
		}
		s.Body = b
	}
}

// again says the first entry and tries the second.
func again(first, b *record.Software) func(*step) {
	return func(s *step) {
		s.Body = first
		s.State.Apply(s.input())
		s.Body = b
	}
}

var softwares = []trial{
	{name: "a script of no bytes", step: "closure", code: "rules.software-empty", bad: carrying(scriptsOf("verify.js"), func(b *record.Software) { b.Files[0].Bytes = 0 }), good: carrying(scriptsOf("bls.js", "verify.js"))},
	{name: "not ascending", step: "closure", code: "rules.software-name", bad: carrying(scriptsOf("verify.js", "bls.js"))},
	{name: "twice", step: "closure", code: "rules.software-name", bad: carrying(scriptsOf("bls.js", "bls.js"))},
	{name: "a way out of the folder", step: "closure", code: "rules.software-name", bad: carrying(scriptsOf("..js"))},
	{name: "hidden", step: "closure", code: "rules.software-name", bad: carrying(scriptsOf(".js"))},
	{name: "upper case", step: "closure", code: "rules.software-name", bad: carrying(scriptsOf("Verify.js"))},
	{name: "from tomorrow", step: "closure", code: "rules.date-order", bad: carrying(scriptsOf("bls.js"), func(b *record.Software) { b.Date = "2023-06-22" })},
	{name: "the same again", step: "closure", code: "rules.software-same", bad: again(scriptsOf("bls.js"), scriptsOf("bls.js")), good: again(scriptsOf("bls.js"), scriptsOf("bls.js", "verify.js"))},
}

// The latest entry demands; earlier ones are remembered.
func TestScript(t *testing.T) {
	s := open("gaoqing", 4, 4).before("closure")
	first, second := scriptsOf("bls.js"), scriptsOf("bls.js", "verify.js")
	second.Files[0].SHA256 = strings.Repeat("f", 64)
	for _, b := range []*record.Software{first, second} {
		c := step{At: "2023-06-21T09:00:00+08:00", Body: b, Origin: origin, Signers: []string{signer}}
		if found := s.Apply(c.input()); len(found) > 0 {
			t.Fatal(found)
		}
	}
	for _, c := range []struct {
		name, sum, want string
		known           bool
	}{
		{"bls.js", strings.Repeat("f", 64), strings.Repeat("f", 64), true},
		{"bls.js", strings.Repeat("0", 64), strings.Repeat("f", 64), true},
		{"bls.js", strings.Repeat("a", 64), strings.Repeat("f", 64), false},
		{"verify.js", strings.Repeat("1", 64), strings.Repeat("1", 64), true},
		{"other.js", strings.Repeat("1", 64), "", false},
	} {
		if want, known := s.Script(c.name, c.sum); want != c.want || known != c.known {
			t.Errorf("%s %.4s: %.4s %v", c.name, c.sum, want, known)
		}
	}
}
