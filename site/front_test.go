package site

import (
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
)

// Several records of one kind and day that no draw led to lead to the list of
// their kind.
func TestSeveralOfAKind(t *testing.T) {
	b := newBureau(t, "gaoqing", 20)
	for range 3 {
		b.say("2024-02-01T09:00:00", &record.Filing{Plan: b.state.Plan(2024).Index, To: "市场监管局", Date: "2024-02-01"}, false)
	}
	page := string(buildOf(t, b)["index.html"])
	if want := `href="book/filing/index.html">` + typeName("filing") + "3份"; !strings.Contains(page, want) {
		_, news, _ := strings.Cut(page, "<h2>最新</h2>")
		t.Errorf("the front page does not lead to the list:\n%s", news[:min(len(news), 600)])
	}
}
