package site

import (
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// TestClassWords: quantities are said, what a class is made of is not.
func TestClassWords(t *testing.T) {
	l := &record.PlanLine{Ratio: "0.05", Batches: 3, Minimum: 2, Classes: []record.Class{{Name: "g1", Condition: record.Sealed(strings.Repeat("a", 64)), Ratio: "0.2"},
		{Name: "g2", Condition: record.Sealed(strings.Repeat("b", 64)), Count: 4}, {Name: "g3", Condition: record.Sealed(strings.Repeat("c", 64)), Census: true}}}
	want := "（其余企业）；第1组 20%，第2组 4户，第3组 全数检查（100%）；分3批抽取；每个分区至少2户"
	if got := classWords(l); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := classWords(&record.PlanLine{Ratio: "0.05"}); got != "" {
		t.Errorf("a line without classes: %s", got)
	}
	if got := orderWords(record.Order{Title: "通知", Number: "演示〔2024〕7号", Issuer: "省厅"}); got != "省厅《通知》演示〔2024〕7号" {
		t.Error(got)
	}
}

// TestPlanChange: each version against the one before it of the same year.
func TestPlanChange(t *testing.T) {
	plan := func(index, year int64, lines ...record.PlanLine) rules.At[record.Plan] {
		return rules.At[record.Plan]{Index: index, Body: &record.Plan{Year: year, Lines: lines}}
	}
	a, b := record.PlanLine{No: "A", Ratio: "0.05", Items: []string{"1"}}, record.PlanLine{No: "B", Ratio: "0.05", Items: []string{"1"}}
	changed, counted := a, b
	changed.Ratio, counted.Base = "0.1", 7
	m := &maker{s: rules.New()}
	m.s.Plans = []rules.At[record.Plan]{plan(1, 2023, a, b), plan(2, 2024, a), plan(3, 2023, changed, record.PlanLine{No: "C"}), plan(4, 2023, changed, counted)}
	for i, want := range []string{"", "", "；新增 C，删去 B，变动 A", "；新增 B，删去 C，变动 无"} {
		if got := m.planChange(m.s.Plans[i]); got != want {
			t.Errorf("version %d: %q, want %q", i, got, want)
		}
	}
}

// TestOutsideWords: a task outside the plan is no line of it, and a waiver that
// draws fewer frees nobody of the cap.
func TestOutsideWords(t *testing.T) {
	m := &maker{s: rules.New()}
	m.s.Tasks = []rules.At[record.Task]{{Index: 7, Body: &record.Task{Year: 2024, Line: record.PlanLine{No: "L1"}}}}
	for index, want := range map[int64]string{7: "临时任务L1", 8: "计划项L1"} {
		if got := m.planRef(&page{}, &record.Notice{Plan: index, Line: "L1"}); got.Text != want {
			t.Errorf("executes entry %d: %q", index, got.Text)
		}
	}
	for kind, want := range map[string]string{"shortfall": "登记临时任务 L1 应抽数不足的依据：某因", "deployment": "登记临时任务 L1 不受频次比例限制的依据：某因"} {
		e := &verify.Entry{Index: 8, Record: &record.Entry{Body: &record.Waiver{Kind: kind, Year: 2024, Line: "L1", Ground: "某因"}}}
		if got := m.summaryTask(e); got != want {
			t.Errorf("%s: %q", kind, got)
		}
	}
}
