package site

import (
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// watched puts two witnesses into the charter; both sign what follows at the
// time that the bureau's seen holds.
func watched(b *bureau) {
	b.t.Helper()
	p := &ledger.Policy{Logs: []ledger.PolicyKey{{Key: b.pub.Log.Key()}}, Groups: []ledger.PolicyGroup{{Name: "二家", K: 2, Members: []string{"演示档案馆", "演示司法局"}}}, Quorum: "二家"}
	var keys []ledger.Signer
	for i, name := range p.Groups[0].Members {
		s, err := ledger.NewWitnessSigner([]string{"a.example", "b.example"}[i], [32]byte{byte(40 + i)})
		b.must(err)
		keys = append(keys, s)
		p.Witnesses = append(p.Witnesses, ledger.PolicyKey{Name: name, Key: s.Key()})
	}
	text, err := ledger.FormatPolicy(p)
	b.must(err)
	b.pub.Witness = func(signed []byte, _ func(uint64) ([]ledger.Hash, error)) ([]byte, error) {
		n, err := ledger.ParseNote(signed)
		if err != nil {
			return nil, err
		}
		n.Signatures = n.Signatures[:1]
		for _, k := range keys {
			line, err := ledger.Cosign(n.Text, uint64(b.seen), k)
			if err != nil {
				return nil, err
			}
			n.Signatures = append(n.Signatures, line)
		}
		return n.Format()
	}
	c := *b.state.Charter()
	c.Policy = string(text)
	b.policy = verify.PolicyOf(&c)
	b.say("2023-08-16T09:00:00", &c, false, b.store[ledger.BlobPath(c.Pack.File.SHA256)])
}

// TestOrderPages: a page says for every draw and record what its order rests on,
// and nothing more than the witnesses bear out.
func TestOrderPages(t *testing.T) {
	b := newBureau(t, "gaoqing", 60)
	decides := record.Unix("2023-08-23T23:59:24+08:00")
	b.seen = record.Unix("2023-08-16T09:00:30+08:00")
	plain := b.announce("2023-08-15T09:00:00", b.state.Plan(2023).Body.Lines[0].No, 123, "", "")
	watched(b)
	b.seen = decides - 2342
	l := b.state.LotAt(b.announce("2023-08-23T15:00:00", b.state.Plan(2023).Body.Lines[1].No, 1000, "", ""))
	after := b.say("2023-08-23T15:01:00", &record.Filing{Plan: b.state.Plan(2023).Index, To: "市场监管局", Date: "2023-08-21"}, false)
	pages := func() memory {
		b.t.Helper()
		return buildOf(t, b)
	}
	out := pages()
	for name, want := range map[string][]string{
		"draws/2023-002/index.html": {"等级 甲", "公共随机数、有见证", "经 2 家见证（演示档案馆、演示司法局）", "不晚于 2023-08-23 23:20:22，比公共随机数公布（2023-08-23 23:59:24）早 2342 秒"},
		"draws/2023-001/index.html": {"未见证", "没有见证，先后以单位填报为准：自报 2023-08-15 09:00:00 写成"},
		"draws/index.html":          {"等级 甲", "未见证"},
		entryPath(after):            {"已见证，2023-08-23 23:20", "不晚于 2023-08-23 23:20:22（见证单位的签名时间）"},
		entryPath(plain):            {"没有见证，不能确定最晚在什么时候写成"},
		entryPath(l.Index - 1):      {"已记录，未见证"}, // the charter itself
		"index.html":                {"演示档案馆、演示司法局共2家见证单位，至少", "甲 1次、未见证 1次"},
	} {
		for _, w := range want {
			if !strings.Contains(string(out[name]), w) {
				t.Errorf("%s does not say %q", name, w)
			}
		}
		if strings.Contains(string(out[name]), "本单位未设见证") {
			t.Errorf("%s says that there is no witness", name)
		}
	}
	// The third too late, and a serial without a draw.
	b.seen = decides - 599
	a := b.announceBad("2023-08-23T15:10:00", b.state.Plan(2023).Body.Lines[2].No, 1000)
	out = pages()
	for name, want := range map[string][]string{
		"draws/2023-003/index.html": {"先后不成立", "早 599 秒，不足 600 秒：先后不成立", "照实列出", "才有足够的见证"},
		"draws/index.html":          {"没有抽取的：", "2023-003 还没有抽取"},
		entryPath(a):                {"不相符"},
		"index.html":                {"无等级 1次", "2023-003：下半年抽查（不相符）"}, // what was late has its effect all the same
	} {
		for _, w := range want {
			if !strings.Contains(string(out[name]), w) {
				t.Errorf("%s does not say %q", name, w)
			}
		}
	}
}

// The page of a draw says once that nobody witnessed it.
func TestUnwitnessedOnce(t *testing.T) {
	page := string(gaoqing().files["draws/2023-001/index.html"])
	_, state, _ := strings.Cut(page, `<dl class="state">`)
	state, _, _ = strings.Cut(state, "</dl>")
	if !strings.Contains(state, "已记录，本单位未设见证") || strings.Contains(state, `>未见证<`) {
		t.Errorf("the state is %s", state)
	}
}
