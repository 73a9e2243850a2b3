package intake

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
)

// T11: each hostile payload in each column of each form is refused at its place.
// That also shows that every column of every form is read.
func TestHostileTextInEveryColumn(t *testing.T) {
	payloads := map[string]string{"演示\u202e司公": "bidi-control", "演示\u009b": "control-char", "#REF!": "error-value"}
	for _, kind := range Kinds() {
		o := FormOptions{Items: []string{"GQ-01 事项"}}
		cols := formColumns(kind, o)
		for i, c := range cols {
			if c.field == "serial" {
				continue
			}
			for payload, code := range payloads {
				var b bytes.Buffer
				w := csv.NewWriter(&b)
				row := make([]string, len(cols))
				for j, c := range cols {
					row[j] = strings.TrimPrefix(c.example, "示例")
				}
				row[i] = payload
				if err := w.WriteAll([][]string{Heads(kind, o), row}); err != nil {
					t.Fatal(err)
				}
				n, rep := readAny(table(t, "x.csv", b.Bytes(), Options{As: kind}))
				at := letter(i) + "2 " + code
				if n != 0 || !strings.Contains(found(rep.Problems), at) {
					t.Errorf("%s %s %q: %s", kind, c.head, payload, found(rep.Problems))
				}
			}
		}
	}
}

// Markup is text: it is kept as it is, for the page builder to escape.
func TestMarkupStaysText(t *testing.T) {
	for _, s := range []string{"<script>alert(1)</script>公司", "演示&amp;公司", "演示\"公司'", "[演示](javascript:x)"} {
		var b bytes.Buffer
		if err := csv.NewWriter(&b).WriteAll([][]string{{"统一社会信用代码", "企业名称"}, {"91370322TT0000007J", s}}); err != nil {
			t.Fatal(err)
		}
		firms, rep := table(t, "x.csv", b.Bytes(), Options{}).Firms()
		if len(firms) != 1 || firms[0].Name != s || rep.ProblemCount != 0 {
			t.Errorf("%q: %+v %s", s, firms, found(rep.Problems))
		}
	}
}
