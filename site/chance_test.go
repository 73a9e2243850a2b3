package site

import (
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

var byHandLine = regexp.MustCompile(`printf &#39;%s&#39; &#39;[^&]*&#39; \| sha256sum`)

// TestLotteryPage: the page of a draw by lottery says which issue, when its
// sales closed, what was drawn and on whose word; and both commands that it
// gives, for ρ and for the seed, give what it says.
func TestLotteryPage(t *testing.T) {
	b := newBureau(t, "gaoqing", 90)
	closes := "2023-08-23T21:00:00+08:00"
	a, err := b.state.Announce(rules.Task{Line: "1", From: "2023-08-24", To: "2023-10-31", Random: &record.Randomness{Kind: "lottery", Time: closes,
		Draws: []record.LotteryDraw{{Game: "kl8", Issue: "2023225", Closes: closes}}}}, rules.Registers{Firms: b.firms, People: b.people}, rules.Keys{K: keyK, KI: keyKI})
	b.must(err)
	l := b.state.LotAt(b.say("2023-08-23T15:00:00", a.Notice, false, slices.Collect(maps.Values(a.Blobs))...))
	page := func() string {
		out := memory{}
		b.must(Build(b.bundle(), content.FS, Options{Base: "https://www.example.gov.cn/sunlot/", Built: "2023-08-31T12:00:00+08:00"}, out))
		return string(out["draws/2023-001/index.html"])
	}
	has := func(text string, words ...string) {
		t.Helper()
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("the page does not say %q", w)
			}
		}
	}
	has(page(), "等待快乐8第2023225期开奖号码（停售时间 2023-08-23 21:00:00）", "人人可查", "停售时间（本单位填报）", "彩票号码")
	line := "kl8:2023225:02,05,09,11,14,18,23,27,30,33,38,41,46,50,52,59,63,68,74,80"
	var recusals []draw.RecusalLine
	for i := range l.Pool {
		recusals = append(recusals, rules.Recusal(l.Pool[i].Handle, nil, nil, keyKI))
	}
	body, blobs, err := l.Cast(record.Given{Line: line}, recusals)
	b.must(err)
	b.say("2023-08-24T08:30:00", body, false, slices.Collect(maps.Values(blobs))...)
	text := page()
	has(text, line, "可与报纸或开奖公告核对", body.Seed, "用快乐8第2023225期开奖号码摇号")
	for _, w := range []string{"drand quicknet", "第0期", "该期签名"} {
		if strings.Contains(text, w) {
			t.Errorf("the page says %q", w)
		}
	}
	sh, err := exec.LookPath("sh")
	if err != nil {
		return // a system without a shell: the sums are tested elsewhere
	}
	want := []string{body.Rho, body.Seed}
	found := byHandLine.FindAllString(text, -1)
	for _, sum := range want {
		if !slices.ContainsFunc(found, func(c string) bool {
			out, err := exec.Command(sh, "-c", strings.ReplaceAll(c, "&#39;", "'")).Output()
			return err == nil && strings.HasPrefix(string(out), sum+" ")
		}) {
			t.Errorf("no command of the page gives %s: %q", sum, found)
		}
	}
}

// TestCeremonyWords: dice and balls, signed or on paper, are told as they are.
func TestCeremonyWords(t *testing.T) {
	m := new(maker)
	r := &record.Randomness{Kind: "ceremony", Time: "2023-08-24T09:30:00+08:00", Ceremony: &record.Ceremony{Throws: 22, Place: "演示会议室",
		Present: []record.Present{{Body: "演示司法局", Key: "k1"}, {Body: "演示档案馆", Key: "k2"}}}}
	said := func(f facts) string {
		s := ""
		for _, x := range f {
			s += x.Term + ":"
			for _, v := range x.Values {
				s += v.Text + ";"
			}
		}
		return s
	}
	var before, after facts
	m.numberFacts(&before, r)
	m.givenFacts(&after, r, record.Given{Line: "d6:1", Signed: []string{"— 演示司法局 AAAA"}}, "rho")
	seedFacts(&after, &record.Draw{Commitment: "c", Rho: "rho"}, []rules.Extra{{Hash: "x1"}})
	for text, words := range map[string][]string{
		said(before): {"现场掷骰子22次，2023-08-24 09:30:00开始，地点演示会议室", "演示司法局、演示档案馆（用密钥签名）", "k2"},
		said(after):  {"d6:1", "演示司法局，对现场记录签名", "printf '%s' 'draw1|c|x1|rho' | sha256sum", "printf '%s' 'd6:1' | sha256sum"},
	} {
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%q is not in %s", w, text)
			}
		}
	}
	r.Ceremony.Paper = true
	var paper facts
	m.givenFacts(&paper, r, record.Given{Line: "d6:1", Scans: []record.Bytes{{SHA256: "s1"}}}, "rho")
	if s := said(paper); !strings.Contains(s, "在纸上签字") || !strings.Contains(s, "s1") || !strings.Contains(s, "比密钥签名弱") {
		t.Error(s)
	}
}
