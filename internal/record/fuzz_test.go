package record

import (
	"strings"
	"testing"
)

// FuzzParse: what Parse accepts, Format writes back byte for byte, and the quick
// way reads what the slow one does.
func FuzzParse(f *testing.F) {
	for _, name := range typeNames() {
		f.Add(format(f, filled(f, name, true)))
		f.Add(format(f, filled(f, name, false)))
	}
	f.Add("")
	f.Add("sunlot/v1 abort\nexample.gov.cn/sunlot\nnull\n")
	f.Add("sunlot/v1 abort\nexample.gov.cn/sunlot\n{\"body\":{\"date\":\"2023-06-12\",\"ground\":\"\\ud800\",\"notice\":1},\"env\":{}}\n")
	p := NewParser()
	f.Fuzz(func(t *testing.T, text string) {
		if lines := strings.Split(text, "\n"); len(lines) == 4 && Types[strings.TrimPrefix(lines[0], magic)] != nil {
			agrees(t, p, lines[2], strings.TrimPrefix(lines[0], magic))
		}
		e, err := Parse(text)
		if err != nil {
			return
		}
		if again, err := Format(e); err != nil || again != text {
			t.Errorf("Parse accepted %q, Format wrote %q (%v)", text, again, err)
		}
	})
}

// FuzzParseOpening: likewise for an opening file.
func FuzzParseOpening(f *testing.F) {
	data, err := FormatOpening(sampleOpening())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("{}"))
	f.Add([]byte(`{"handles":[{"id":"A","kind":"O","salt":"00000000000000000000000000000000"}]}`))
	f.Add([]byte(`{"fields":{"a":{"salt":"","value":"\u0000"}},"KI":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := ParseOpening(data)
		if err != nil {
			return
		}
		if again, err := FormatOpening(o); err != nil || string(again) != string(data) {
			t.Errorf("ParseOpening accepted %q, FormatOpening wrote %q (%v)", data, again, err)
		}
	})
}
