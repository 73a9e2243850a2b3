package evidence

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
)

// Each kind of randomness: where it can be had, and the way from it to the seed,
// run line by line.
func TestRandomKinds(t *testing.T) {
	for name, c := range map[string]struct {
		random record.Randomness
		line   string
		want   []string
	}{
		"lottery": {record.Randomness{Kind: "lottery", Time: "2023-08-23T21:30:00+08:00", Draws: []record.LotteryDraw{{Game: "kl8", Issue: "2023224", Closes: "2023-08-23T21:30:00+08:00"}}},
			"kl8:2023224:01,02,03,04,05,06,07,08,09,10,11,12,13,14,15,16,17,18,19,20", []string{"快乐8 第2023224期", "www.cwl.gov.cn", "停售时间 2023-08-23 21:30:00"}},
		"ceremony": {record.Randomness{Kind: "ceremony", Time: "2023-08-23T16:00:00+08:00", Ceremony: &record.Ceremony{Throws: 22, Place: "会议室（演示）", Paper: true,
			Present: []record.Present{{Body: "演示司法所"}, {Body: "演示档案馆"}}}}, "d6:1234561234561234561234", []string{"骰子，掷 22 次", "演示档案馆", "在纸面上签字"}},
		"hostile line": {record.Randomness{Kind: "lottery", Time: "2023-08-23T21:30:00+08:00", Draws: []record.LotteryDraw{{Game: "x'; rm"}}}, "x'; exit 3; '", []string{"x&#39;; rm"}},
	} {
		b := bundle(t)
		l := b.State.Lots[0]
		code := drawn(b)
		l.Body.Randomness = &c.random
		d := l.Draw.Body
		given := b.State.Results[0].Index // any entry stands for a contribution's
		d.Signature, d.Line, d.Rho, d.Contributions = "", c.line, digest([]byte(c.line)), []int64{given}
		d.Seed = digest([]byte("draw1|" + l.C + "|" + b.Entries[given].Hash + "|" + d.Rho))
		files, _ := unpacked(t, make1(t, b, Request{Code: code}))
		for _, want := range append(c.want, "摇号种子：由预告校验码 C、见证人加数") {
			if !strings.Contains(files["证据包.html"]+files["核对.html"], want) {
				t.Errorf("%s: lacks %s", name, want)
			}
		}
		m := &maker{b: b, req: Request{Code: code}, sealed: map[int64]*record.Opening{}, used: map[int64]bool{}}
		if err := m.find(); err != nil {
			t.Fatal(err)
		}
		ran := 0
		for _, s := range m.randomSteps(m.sheet(m.stands[0])) {
			if s.Files {
				continue
			}
			out, err := exec.Command("sh", "-c", s.Linux).Output()
			if got := strings.TrimSuffix(strings.TrimSpace(string(out)), "  -"); err != nil || got != s.Want {
				t.Errorf("%s: %s prints %s (%v), want %s", name, s.Linux, out, err, s.Want)
			}
			ran++
		}
		if want := map[bool]int{true: 1, false: 2}[name == "hostile line"]; ran != want {
			t.Errorf("%s: %d lines run, want %d", name, ran, want)
		}
	}
}
