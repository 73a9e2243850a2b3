package intake

import (
	"strings"
	"testing"
)

// What both regulations demand of a checklist and Gaoqing 6.1 of a plan, in the
// packs' words.
var (
	gaoqingItems = []string{"抽查事项", "检查对象", "事项类别", "检查方式", "检查部门及实施层级", "检查依据"}
	yanshiItems  = []string{"抽查依据", "抽查主体", "抽查内容", "抽查方式"}
	gaoqingPlan  = []string{"范围", "比例", "时间安排", "预估数量"}
)

func published(t *testing.T, name string, kind Kind, o Options) *Table {
	t.Helper()
	wb, err := Open("testdata/real/" + name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { wb.Close() })
	tables, err := wb.Tables(o)
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) != 1 || tables[0].Kind != kind {
		t.Fatalf("%s: %d tables, %s", name, len(tables), tables[0].Kind)
	}
	return tables[0]
}

func mapped(t *Table) string {
	var out []string
	for _, m := range t.Mapping {
		out = append(out, m.Field)
	}
	return strings.Join(out, ",")
}

func TestRealItemsShiquan(t *testing.T) {
	tb := published(t, "items-shiquan-yjj.csv", KindItems, Options{Required: gaoqingItems})
	items, rep := tb.Items()
	if len(items) != 7 || rep.ProblemCount != 0 || len(tb.Missing) != 0 { // satisfies Gaoqing 5.1.1
		t.Fatalf("%d items, %s, missing %v", len(items), found(rep.Problems), tb.Missing)
	}
	if got := mapped(tb); got != "抽查类别,抽查事项,检查对象,事项类别,检查方式,检查部门,检查依据" {
		t.Error(got)
	}
	it := items[1]
	if it.No != "2" || it.Category != "一般检查事项" || it.Class != "安全生产随机抽查综合事项" || strings.Join(it.Methods, "|") != "现场检查|查阅资料" || it.Body != "石泉县应急管理局" {
		t.Errorf("%+v", it)
	}
	if len(it.Basis) != 2 || it.Basis[0] != (Basis{"法律", "安全生产法", "", ""}) || it.Basis[1] != (Basis{"部门规章", "生产安全事故应急预案管理办法", "", "国家安全监管总局令第88号"}) {
		t.Errorf("%+v", it.Basis)
	}
	if items[0].Basis[0].Kind != "行政法规" || rep.RepairCounts["intake.fixed-swapped"] != 7 {
		t.Errorf("%+v %v", items[0].Basis, rep.RepairCounts)
	}
	// nine provisions are cited without an article (Yanshi 7 wants one)
	if rep.ConfirmCount != 9 || rep.Confirm[0].Code != "intake.basis-no-article" {
		t.Error(found(rep.Confirm))
	}
	tb = published(t, "items-shiquan-yjj.csv", KindItems, Options{Required: yanshiItems})
	_, rep = tb.Items()
	if strings.Join(tb.Missing, ",") != "检查内容" || found(rep.Problems) != "1 missing-column" || rep.Problems[0].Header != "检查内容" {
		t.Errorf("missing %v, %s", tb.Missing, found(rep.Problems))
	}
}

func TestRealItemsLinzi(t *testing.T) {
	tb := published(t, "items-linzi-2022.csv", KindItems, Options{Required: gaoqingItems})
	items, rep := tb.Items()
	if strings.Join(tb.Missing, ",") != "检查部门" {
		t.Error(tb.Missing)
	}
	// a 办法 may be the State Council's, a ministry's or a province's: the sheet must say
	if got := found(rep.Problems); got != "1 missing-column, H2 basis-unknown" {
		t.Error(got)
	}
	if got := found(rep.Confirm); got != "H3 basis-unknown" { // 实施细则 of which rank?
		t.Error(got)
	}
	if len(items) != 1 || items[0].Name != "监控化学品的监督检查" || items[0].Ratio != "0.15" || items[0].Frequency != "1" || items[0].Period != "6-12" ||
		items[0].Basis[0] != (Basis{"行政法规", "监控化学品管理条例", "第五条", ""}) {
		t.Errorf("%+v", items)
	}
}

func TestRealPlanLongyan(t *testing.T) {
	tb := published(t, "plan-longyan-yjj-2025.csv", KindPlan, Options{Year: 2025, Required: gaoqingPlan})
	lines, rep := tb.PlanLines()
	if strings.Join(tb.Missing, ",") != "抽查比例,预估数量" {
		t.Error(tb.Missing)
	}
	if got := found(rep.Problems); got != "1 missing-column, 1 missing-column, H4 empty-required, D4 no-quantity" { // the last line is cut
		t.Error(got)
	}
	if len(lines) != 2 {
		t.Fatalf("%+v", lines)
	}
	l := lines[0]
	if l.Count != 3 || l.Frequency != "1" || l.Cap != "2" || l.From != "2025-02-01" || l.To != "2025-10-31" || l.Unit != "矿山安全监督管理科、执法监督科" || l.Joint ||
		l.Basis[0] != (Basis{"法律", "中华人民共和国矿山安全法", "第三十四条", ""}) {
		t.Errorf("%+v", l)
	}
	if l = lines[1]; l.Count != 8 || l.From != "2025-01-01" || l.To != "2025-12-31" || l.Method != "内业资料、现场检查" || l.Basis[0].Article != "第六十二条第二款" {
		t.Errorf("%+v", l)
	}
}

func TestRealPlanShanggao(t *testing.T) {
	tb := published(t, "plan-shanggao-2023.csv", KindPlan, Options{Year: 2023, Required: gaoqingPlan})
	lines, rep := tb.PlanLines()
	if strings.Join(tb.Missing, ",") != "检查对象范围" || found(rep.Problems) != "1 missing-column" || len(lines) != 7 {
		t.Fatalf("%v %s %d", tb.Missing, found(rep.Problems), len(lines))
	}
	l := lines[5]
	if l.Name != "对保健食品经营者的行政检查" || l.Ratio != "0.1" || l.Expected != 2 || l.Count != 0 || l.Frequency != "1" || l.From != "2023-01-01" || l.To != "2023-12-31" ||
		l.Unit != "上高县市场监督管理局" || l.Section != "食品股" || l.Mode != "" {
		t.Errorf("%+v", l)
	}
	if rep.RepairCounts["intake.fixed-count-words"] != 4 || rep.RepairCounts["intake.fixed-frequency"] != 7 {
		t.Error(rep.RepairCounts)
	}
	// the times name no year: without one every line says so
	_, rep = published(t, "plan-shanggao-2023.csv", KindPlan, Options{}).PlanLines()
	if rep.ProblemCount != 7 || rep.Problems[0].Code != "intake.no-year" || rep.Problems[0].Got != "1月—12月" {
		t.Error(found(rep.Problems))
	}
}

func TestRealPlanYangjiang(t *testing.T) {
	tb := published(t, "plan-yangjiang-2025.csv", KindPlan, Options{Required: gaoqingPlan})
	lines, rep := tb.PlanLines()
	if len(tb.Missing) != 0 || rep.ProblemCount != 0 || len(lines) != 1 {
		t.Fatalf("%v %s", tb.Missing, found(rep.Problems))
	}
	l := lines[0]
	if l.Mode != "定向" || !l.Census || l.Ratio != "" || l.Expected != 1 || l.From != "2025-09-01" || l.To != "2025-09-30" || l.Unit != "市政府办公室" {
		t.Errorf("%+v", l)
	}
}

func TestRealPlanChangzhi(t *testing.T) {
	tb := published(t, "plan-changzhi-2024.csv", KindPlan, Options{Year: 2024, Required: gaoqingPlan})
	lines, rep := tb.PlanLines()
	if strings.Join(tb.Missing, ",") != "预估数量" || found(rep.Problems) != "1 missing-column" || len(lines) != 1 {
		t.Fatalf("%v %s", tb.Missing, found(rep.Problems))
	}
	l := lines[0]
	if l.Ratio != "0.03" || l.Frequency != "2" || !l.Joint || l.Partners != "市邮政管理局、市公安局" || l.From != "2024-03-01" || l.To != "2024-12-31" || !strings.HasPrefix(l.Classes, "根据企业信用风险分类结果") {
		t.Errorf("%+v", l)
	}
}

func TestRealResultDongxihu(t *testing.T) {
	tb := published(t, "result-dongxihu-2023.csv", KindResults, Options{})
	rows, rep := tb.Results()
	if strings.Join(tb.Missing, ",") != "检查结束日期" || len(rows) != 0 {
		t.Fatalf("%v %+v", tb.Missing, rows)
	}
	// 正常 is another list's word, and neither a code nor a 签号 says who is meant
	if got := found(rep.Problems); got != "1 missing-column, D2 unknown-result, 1 missing-column, D3 unknown-result" {
		t.Error(got)
	}
	if p := rep.Problems[1]; p.Want != "是不是 a 未发现问题" || p.Header != "抽查结果" {
		t.Errorf("%+v", p)
	}
	if got := mapped(tb); got != "序号,抽查事项,单位名称,检查结果" {
		t.Error(got)
	}
}
