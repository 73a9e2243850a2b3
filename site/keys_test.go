package site

import (
	"strings"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
)

// TestKeyStates: the page of a draw says of K who holds it until when, that it is
// overdue, late, lost or open, and what a reader can check in each state.
func TestKeyStates(t *testing.T) {
	for what, c := range map[string]struct {
		today string
		do    func(b *bureau, notice int64)
		says  []string
		not   []string
	}{
		"waiting": {"2023-08-30", func(*bureau, int64) {}, []string{"公开以前由本单位加密保管", "未启封"}, []string{"已过期限，没有公开"}},
		"overdue": {"2024-07-31", func(*bureau, int64) {}, []string{"已过期限，没有公开，这次抽取的核验不通过"}, nil},
		"open":    {"2024-07-31", func(b *bureau, n int64) { b.open(b.state.LotAt(n).Due.K+"T09:00:00", b.state.LotAt(n), true) }, []string{"启封钥匙已公开", "谁在签筒里"}, []string{"核验从此不通过", "加密保管"}},
		"late":    {"2024-07-31", func(b *bureau, n int64) { b.open("2024-07-30T09:00:00", b.state.LotAt(n), true) }, []string{"2024-07-30才公开，这次抽取的核验从此不通过", "启封钥匙已公开，晚于期限"}, nil},
		"lost": {"2023-09-30", func(b *bureau, n int64) {
			b.say("2023-09-20T09:00:00", &record.Lost{Notice: n, K: true, KI: true, Ground: "硬盘损坏，没有备份", Date: "2023-09-20", Approved: "演示"}, false)
		}, []string{"启封钥匙遗失", "遗失记录", "硬盘损坏，没有备份", "谁也不能再核对", "抽中的仍算抽中", "核对不到个人"}, []string{"加密保管"}},
	} {
		b := newBureau(t, "gaoqing", 40)
		notice := b.announce("2023-08-23T15:00:00", "1", 1000, "2023-08-24", "2023-10-31")
		b.cast("2023-08-24T08:30:00", notice)
		c.do(b, notice)
		out := memory{}
		b.must(Build(b.on(c.today), content.FS, Options{Built: c.today + "T12:00:00+08:00"}, out))
		page := string(out["draws/2023-001/index.html"])
		for _, w := range c.says {
			if !strings.Contains(page, w) {
				t.Errorf("%s: the page does not say %q", what, w)
			}
		}
		for _, w := range c.not {
			if strings.Contains(page, w) {
				t.Errorf("%s: the page says %q", what, w)
			}
		}
	}
}

// on is the bundle as of a day.
func (b *bureau) on(today string) *verify.Bundle {
	v := b.bundle()
	v.Today = today
	return v
}
