package site

import (
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// TestItemChanges: a changed item shows every heading that changed with its old
// and its new words, and no other.
func TestItemChanges(t *testing.T) {
	m := &maker{pack: &rules.Pack{Specialities: []rules.Named{{Code: "dust", Name: "粉尘防爆"}}}}
	p := &page{Root: "../"}
	for head, change := range map[string]func(*record.Item){
		"抽查事项": func(i *record.Item) { i.Name = "新" }, "检查对象": func(i *record.Item) { i.Object = "新" }, "事项类别": func(i *record.Item) { i.Category = "新" },
		"抽查内容": func(i *record.Item) { i.Content = "新" }, "检查方式": func(i *record.Item) { i.Methods = []string{"新"} }, "检查部门": func(i *record.Item) { i.Body = "新" },
		"实施层级": func(i *record.Item) { i.Level = "新" }, "抽查依据": func(i *record.Item) { i.Basis = []record.Basis{{Kind: "法律", Title: "新"}} },
		"业务标准": func(i *record.Item) { i.Standard = "新" }, "所需专长": func(i *record.Item) { i.Specialities = []string{"dust"} },
	} {
		old, now := &record.Checklist{Version: 1, Items: []record.Item{item("1", "旧"), item("2", "同")}}, &record.Checklist{Version: 2, Items: []record.Item{item("1", "旧"), item("2", "同")}}
		change(&now.Items[0])
		rows := m.itemChanges(p, old, now)
		if len(rows) != 1 || rows[0].What != "变更" || len(rows[0].Fields) != 1 || rows[0].Fields[0].Head != head || rows[0].Fields[0].Old == rows[0].Fields[0].New {
			t.Errorf("%s: %+v", head, rows)
		}
	}
	old, now := &record.Checklist{Version: 1, Items: []record.Item{item("1", "旧")}}, &record.Checklist{Version: 2, Items: []record.Item{item("2", "新")}}
	rows := m.itemChanges(p, old, now)
	if len(rows) != 2 || rows[0].What != "新增" || rows[1].What != "取消" || rows[1].Link.Href != "../checklist/1/index.html#item-1" {
		t.Errorf("%+v", rows)
	}
}

// TestPlanDiffs: a line that a new version changed stands with its old and its
// new words.
func TestPlanDiffs(t *testing.T) {
	old := &record.Plan{Lines: []record.PlanLine{{No: "1", Name: "同", Ratio: "0.05", To: "2023-10-31"}, {No: "2", Name: "旧"}}}
	now := &record.Plan{Lines: []record.PlanLine{{No: "1", Name: "同", Ratio: "0.1", To: "2023-11-30"}, {No: "3", Name: "新"}}}
	rows := planDiffs(old, now)
	if len(rows) != 1 || len(rows[0].Fields) != 2 || rows[0].Fields[0] != (fieldChange{"比例或数量", "5%", "10%"}) || rows[0].Fields[1].Head != "时间" {
		t.Errorf("%+v", rows)
	}
}

// TestPlanProgress: the numbers of a line lead to its draw, dispatch and results.
func TestPlanProgress(t *testing.T) {
	b := gaoqing()
	page := string(b.files["plan/2023/index.html"])
	n := num(len(b.bureau.state.Lots[0].Objects))
	for _, w := range []string{`href="../../draws/2023-001/index.html#drawn">` + n + `</a>`, `href="../../draws/2023-001/index.html#send">` + n + `</a>`,
		`href="../../results/draw-2023-001/index.html">` + n + `</a>`, `href="../../stats/2023/index.html">1</a>`, `href="../../plan/2023/index.html#line-1"`, "还没有抽取", "<svg role=\"img\""} {
		if !strings.Contains(page, w) {
			t.Errorf("the plan does not say %q", w)
		}
	}
	if page := string(b.files["plan/2024/index.html"]); !strings.Contains(page, `data-label="公示"><a href="../../draws/2024-002/index.html#result">0</a>`) && !strings.Contains(page, `stats/2024/index.html">0</a>`) {
		t.Error("a line without results has no number of them")
	}
}
