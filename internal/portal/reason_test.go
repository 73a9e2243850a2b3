package portal

import (
	"errors"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/words"
)

// TestReasonsSayNothingUnverified: what stands in a fault stands on no page,
// whatever the code, but for a number of records that wait.
func TestReasonsSayNothingUnverified(t *testing.T) {
	const stray = "全部企业抽查合格-张三140201199001011234"
	for _, code := range append(words.Codes(), "none.such") {
		for _, kind := range []fault.Kind{fault.Unsound, fault.Unreachable} {
			for _, e := range []*fault.Error{
				fault.New(code, stray, stray, stray).Of(kind),
				fault.New(code, "/srv/私有 的（一）/"+stray, `C:\x y\`+stray, "1234567890").Of(kind),
			} {
				r := Failed(Place{ID: "x"}, errors.Join(e, e), 0)
				for _, part := range []string{"张三", "1402", "srv", "私有", `C:\`, "1234567890", "{", "  "} {
					if strings.Contains(r.why.text, part) {
						t.Errorf("%s: %q holds %q", code, r.why.text, part)
					}
				}
				if text := r.why.text; !strings.HasSuffix(text, "（共2处）。") {
					t.Errorf("%s: %q", code, text)
				}
			}
		}
	}
	for code, want := range map[string]string{
		"publish.other-ledger": "发布目录里是另一个账本，不是本单位的。",
		"publish.not-empty":    "发布目录里已有别的东西，不能确定是本网站的。",
		"ledger.audit-tile":    "有校验树文件与记录算出的不一致。",
		"command.unwitnessed":  "有若干条记录已记录、未见证，公众还看不到。",
	} {
		if got := because(fault.New(code, stray, stray, stray)).text; got != want {
			t.Errorf("%s: %q", code, got)
		}
	}
	if got := because(fault.New("command.unwitnessed", stray, "12", "")).text; got != "有12条记录已记录、未见证，公众还看不到。" {
		t.Error(got)
	}
	for code := range spoken {
		if !words.Known(code) {
			t.Errorf("%s is no code", code)
		}
	}
}
