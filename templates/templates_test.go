package templates

import (
	"bytes"
	"regexp"
	"testing"
)

// The sheet of the check knows no variable but those of the sheet of every page.
func TestCheckStyle(t *testing.T) {
	style, check := Style(), CheckStyle()
	if !bytes.HasPrefix(check, []byte(".check{")) || bytes.Contains(style, []byte(".check-")) || len(check) > 5_000 {
		t.Errorf("%d bytes: %.40s", len(check), check)
	}
	used := regexp.MustCompile(`var\((--[a-z]+)\)`).FindAllSubmatch(append(check, style...), -1)
	if len(used) < 100 {
		t.Errorf("%d variables are used", len(used))
	}
	for _, name := range used {
		if !bytes.Contains(style, append(name[1], ':')) {
			t.Errorf("nobody sets %s", name[1])
		}
	}
}

func TestStyle(t *testing.T) {
	sheet := Style()
	if bytes.Contains(sheet, []byte("/*")) || bytes.Contains(sheet, []byte("\n")) {
		t.Error("comments or line breaks are left")
	}
	// what blanks mean: descendants, and words inside quotes
	for _, kept := range []string{".facts > div{", "td.n,th.n,.cells", "\"第 \" counter(page) \" 页", ".nav .row a{", "font-family:\"PingFang SC\",\"Microsoft YaHei\""} {
		if !bytes.Contains(sheet, []byte(kept)) {
			t.Errorf("%s is not in the sheet", kept)
		}
	}
	// a page without the check shall not weigh more than 50 KB; the sheet is two fifths of that
	if len(sheet) > 20_000 {
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
