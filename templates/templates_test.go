package templates

import (
	"bytes"
	"testing"
)

func TestStyle(t *testing.T) {
	sheet := Style()
	if bytes.Contains(sheet, []byte("/*")) || bytes.Contains(sheet, []byte("\n\n")) {
		t.Error("comments or empty lines are left")
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
