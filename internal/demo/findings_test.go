package demo

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/internal/words"
)

// TestFindings: the demonstration year of each office yields exactly the
// findings of its list, each in one sentence; `-update` writes the list anew.
func TestFindings(t *testing.T) {
	for _, name := range Names {
		t.Run(name, func(t *testing.T) {
			b := judged(t, name)
			var out strings.Builder
			for _, f := range b.Findings {
				sentence, _ := words.Say(f.Code, f.Place, f.Got, f.Want)
				duty := strings.HasPrefix(f.Code, "rules.duty-") // these stand in the middle of the line of status
				if strings.ContainsAny(sentence, "\n{}[]") || strings.HasSuffix(sentence, "。") == duty {
					t.Errorf("%s: no plain sentence: %q", f.Code, sentence)
				}
				index := "—"
				if f.Entry >= 0 {
					index = fmt.Sprint(f.Entry)
				}
				fmt.Fprintf(&out, "%s\t%s\t%s\t%s\n", index, f.Severity, or(f.Clause, "—"), sentence)
			}
			golden(t, "findings-"+name+".txt", out.String())
		})
	}
}

// TestFindingsQuote: whatever names a clause quotes its words, in the report
// for machines too, with the reading where the pack has one.
func TestFindingsQuote(t *testing.T) {
	quoted, readings := 0, 0
	for _, name := range Names {
		b := judged(t, name)
		data, err := b.JSON()
		if err != nil {
			t.Fatal(err)
		}
		var report struct {
			Findings []struct {
				Code, Clause string
				Words        string   `json:"clause_words"`
				Reading      []string `json:"reading"`
			}
		}
		if err := json.Unmarshal(data, &report); err != nil {
			t.Fatal(err)
		}
		for _, f := range report.Findings {
			c := b.State.Pack.Clause(f.Clause)
			if f.Clause == "" {
				continue
			}
			if quoted++; f.Words == "" || f.Words != c.Words {
				t.Errorf("%s: %s is not quoted: %q", f.Code, f.Clause, f.Words)
			}
			for i, r := range b.State.Pack.ReadingsOf(f.Clause) {
				if readings++; len(f.Reading) <= i || f.Reading[i] != r.ID+" "+r.Text {
					t.Errorf("%s: reading %s of %s is not said: %q", f.Code, r.ID, f.Clause, f.Reading)
				}
			}
		}
		if q := b.Quote(rules.Finding{Clause: "Z-1"}); q.Text() != "" {
			t.Errorf("a clause of no pack: %q", q.Text())
		}
	}
	if quoted < 10 || readings < 2 {
		t.Errorf("%d findings with a clause, %d readings", quoted, readings)
	}
}

func judged(t *testing.T, name string) *verify.Bundle {
	t.Helper()
	b, err := verify.Open(os.DirFS(year(t, name).site), verify.Options{Today: Today, Unlisted: true})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
