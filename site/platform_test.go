package site

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// platformNotice writes a notice whose lots the platform casts.
func (b *bureau) platformNotice(at, before string) *rules.Lot {
	a, err := b.state.Announce(rules.Task{Line: "1", Before: before, From: "2024-07-15", To: "2024-09-30"}, rules.Registers{Firms: b.firms, People: b.people}, rules.Keys{K: keyK, KI: keyKI})
	b.must(err)
	return b.state.LotAt(b.say(at, a.Notice, false, slices.Collect(maps.Values(a.Blobs))...))
}

// platformList writes what the platform drew: the first of the hat, without
// teams, and one who was left out.
func (b *bureau) platformList(at, when string, l *rules.Lot, explained string) {
	var left []draw.LeftOut
	var out []byte
	for name, data := range b.store {
		if strings.HasSuffix(name, l.Body.Out.SHA256) {
			out = data
		}
	}
	left, err := draw.ParseLeftOut(out)
	b.must(err)
	handles := []string{l.Pool[0].Handle, l.Pool[1].Handle, left[0].Handle}
	var recusals []draw.RecusalLine
	for _, h := range handles[:2] {
		recusals = append(recusals, rules.Recusal(h, nil, nil, keyKI))
	}
	slices.Sort(handles)
	files := [][]byte{draw.FormatUnstaffed(handles), draw.FormatTeams(nil), draw.FormatRecusals(recusals), out}
	b.say(at, &record.PlatformDraw{Notice: l.Index, Number: "演示抽查[2024]1号", Time: when, Export: record.Bytes{Bytes: 4711, SHA256: strings.Repeat("a", 64)},
		Objects: rules.LinesOf(files[0]), Teams: rules.LinesOf(files[1]), Recusals: rules.LinesOf(files[2]), Count: 3, Explained: explained}, false, files...)
}

// TestPlatformPage: a draw by the platform says who cast, what can be checked
// and what not, and what differs from its notice with the office's words.
func TestPlatformPage(t *testing.T) {
	b := newBureau(t, "yanshi", 90)
	l := b.platformNotice("2024-07-03T09:00:00", "2024-07-04T09:00:00+08:00")
	page := func() string {
		out := memory{}
		b.must(Build(b.bundle(), content.FS, Options{Base: "https://www.example.gov.cn/sunlot/", Built: "2024-07-31T12:00:00+08:00"}, out))
		return string(out["draws/2024-001/index.html"])
	}
	has := func(text string, words ...string) {
		t.Helper()
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("the page does not say %q", w)
			}
		}
	}
	has(page(), "由双随机、一公开监管工作平台在2024-07-04 09:00抽取", "未登记", "已预告，未抽取")
	b.platformList("2024-07-04T10:00:00", "2024-07-04T09:05:00+08:00", l, "平台名录比本单位的旧（演示）")
	text := page()
	has(text, "存证", "不能重算", "平台怎样抽出这份名单，抽过几次", "演示抽查[2024]1号", "4711字节", "平台名录比本单位的旧（演示）", "没有签值", "不在签筒里", "平台没有导出检查人员",
		"平台名单中有 1 家不在签筒里：登记状态不是存续", "平台名单 3 家")
	for _, w := range []string{"摇号种子", "中签线", "自己算一支签", `">事后登记</span>`, "违规", "第0期"} {
		if strings.Contains(text, w) {
			t.Errorf("the page says %q", w)
		}
	}
	late := newBureau(t, "yanshi", 90)
	b = late
	l = b.platformNotice("2024-07-03T09:00:00", "2024-07-04T09:00:00+08:00")
	b.platformList("2024-07-04T10:00:00", "2024-07-02T09:05:00+08:00", l, "")
	has(page(), "事后登记", "名单有没有先于预告选定，账本不能证明")
}
