package site

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// A cast of teams that names an entry which is none has no effect and a page.
func TestTeamsOfNothing(t *testing.T) {
	b := newBureau(t, "gaoqing", 20)
	none, zeros := rules.LinesOf(nil), strings.Repeat("0", 64)
	var entries []int64
	for _, notice := range []int64{9999, 2, b.state.Size + 2} {
		entries = append(entries, b.say("2024-02-01T09:00:00", &record.Teams{Notice: notice, Commitment: zeros, Rho: zeros, Seed: zeros, Cap: 1,
			Teams: none, Recusals: none, Unstaffed: none, Leaders: none}, true, nil))
	}
	files := buildOf(t, b)
	for i, notice := range []string{"9999", "2", num(entries[2])} {
		if page := string(files[entryPath(entries[i])]); !strings.Contains(page, "完成组队 第"+notice+"条记录") || !strings.Contains(page, "没有效力") {
			t.Errorf("entry %d says something else", entries[i])
		}
	}
}

// What the sentence of a waiver calls its line is what that was then: a task
// that takes the number later changes no page.
func TestWaiverBeforeTask(t *testing.T) {
	b := newBureau(t, "gaoqing", 20)
	order := record.Order{Title: "演示通知", Issuer: "县政府"}
	index := b.say("2024-02-01T09:00:00", &record.Waiver{Kind: "deployment", Year: 2024, Line: "L9", Ground: "上级部署", Document: order, Approved: "演示甲", Date: "2024-02-01"}, true)
	name := filepath.Join(t.TempDir(), "public")
	buildInto(t, b, name, DirOptions{})
	line := b.state.Plan(2024).Body.Lines[0]
	line.No, line.Name, line.From = "L9", "临时抽查", "2024-03-01"
	b.say("2024-02-02T09:00:00", &record.Task{Year: 2024, Line: line, Ground: "上级部署", Document: order, Approved: "演示甲", Date: "2024-02-02"}, true)
	if _, l := b.state.Line(2024, "L9"); l == nil {
		t.Fatal("the task has no effect")
	}
	kept := readAll(t, buildInto(t, b, name, DirOptions{}).fsys)
	cold := memory{}
	if err := Build(b.bundle(), content.FS, Options{}, cold); err != nil {
		t.Fatal(err)
	}
	if page := entryPath(index); string(kept[page]) != string(cold[page]) || !strings.Contains(string(cold[page]), "登记计划项 L9") {
		t.Errorf("the waiver's page is another one: %s", firstDifference(kept[page], cold[page]))
	}
}
