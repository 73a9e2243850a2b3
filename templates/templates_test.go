package templates

import (
	"bytes"
	"testing"
)

func TestStyle(t *testing.T) {
	sheet := Style()
	if bytes.Contains(sheet, []byte("/*")) || bytes.Contains(sheet, []byte("\n")) {
		t.Error("comments or line breaks are left")
	}
	// what blanks mean: descendants, and words inside quotes
	for _, kept := range []string{".facts > div{", "td.n,th.n{", "\"第 \" counter(page) \" 页", ".nav .row a{", "font-family:\"PingFang SC\",\"Microsoft YaHei\""} {
		if !bytes.Contains(sheet, []byte(kept)) {
			t.Errorf("%s is not in the sheet", kept)
		}
	}
	// the page without its scripts shall not weigh more than 50 KB; the sheet is half of that
	if len(sheet) > 24<<10 {
		t.Errorf("the sheet has %d bytes", len(sheet))
	}
	if o, c := bytes.Count(sheet, []byte("{")), bytes.Count(sheet, []byte("}")); o != c || o < 50 {
		t.Errorf("%d braces open, %d close", o, c)
	}
	// what prints must stand after what it overrides
	if bytes.Index(sheet, []byte("@media print")) < bytes.Index(sheet, []byte(".facts")) {
		t.Error("the print rules stand too early")
	}
	for _, foreign := range []string{"http:", "https:", "//", "@import", "@font-face", "url("} {
		if bytes.Contains(sheet, []byte(foreign)) {
			t.Errorf("the sheet loads something: %s", foreign)
		}
	}
}
