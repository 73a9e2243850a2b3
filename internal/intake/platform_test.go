package intake

import (
	"bytes"
	"strings"
	"testing"
)

// TestPlatformRows: the headings of real platforms (requirements §2.4), with a
// title above them, a merged task number, dates in three writings.
func TestPlatformRows(t *testing.T) {
	csv := "抽查任务公告（演示）\n" +
		"计划编号,计划名称,任务编号,任务名称,抽查类型,检查机关,抽查市场主体名称,统一社会信用代码/注册号,登记机关,检查人员,组长,抽取时间,检查完成日期,检查结果,录入时间,公示时间,备注\n" +
		"P1,年度计划,演应急抽查[2023]1号,任务,不定向,演示局,演示甲公司,91370322tt0000007j,演示,李 演、王演示,王演示,2023年8月24日 09:05,2023.9.6,未发现问题,2023-09-07,20230908,\n" +
		"P1,年度计划,演应急抽查[2023]1号,任务,不定向,演示局,演示乙公司,370322600012345,演示,,,2023-08-24 09:05:00,,公示信息隐瞒真实情况、弄虚作假,,,\n" +
		",,,,,,演示丙公司,,,,,,,,,,\n" +
		",,,,,,演示丁公司,91370322TT0000008J,,,,,,,,,\n" +
		",,,,,,演示戊公司,91350100M000100Y43,,,,长期,2023-13-01,,,,\n" +
		",,,,,,演示己公司,91512081MA62K0260E,,一、二、三、四、五、六、七、八、九、十,,,,,,,\n"
	tb := table(t, "名单.csv", []byte(csv), Options{As: KindPlatform})
	rows, rep := tb.PlatformRows()
	if len(rows) < 2 {
		t.Fatalf("%+v %s", rows, found(rep.Problems))
	}
	a, b := rows[0], rows[1]
	if a.Plan != "P1" || a.Task != "演应急抽查[2023]1号" || a.Code != "91370322TT0000007J" || strings.Join(a.People, "|") != "李演|王演示" || a.Leader != "王演示" ||
		a.Drawn != "2023-08-24T09:05:00+08:00" || a.Ended != "2023-09-06" || a.Entered != "2023-09-07" || a.Published != "2023-09-08" || a.Result != "未发现问题" || a.Line.Row != 3 {
		t.Errorf("%+v", a)
	}
	if b.Code != "注册号:370322600012345" || b.Result != "公示信息隐瞒真实情况、弄虚作假" || b.People != nil || b.Drawn != a.Drawn {
		t.Errorf("%+v", b)
	}
	got := found(rep.Problems)
	for _, want := range []string{"H5 empty-required", "L7 bad-date", "M7 no-such-day", "J8 many-people"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s: no %s", got, want)
		}
	}
	if !tb.Has("result") || !tb.Has("task_no") || tb.Has("certificates") || tb.Has("nothing") {
		t.Error("columns")
	}
}

// TestPlatformIsAskedFor: its headings are those of other forms, so that it is
// never guessed; and what a sheet of another kind lacks is said.
func TestPlatformIsAskedFor(t *testing.T) {
	csv := "抽查任务编号,市场主体名称,统一社会信用代码,检查完成日期,检查结果\nT,演示,91370322TT0000007J,2023-09-06,未发现问题\n"
	if tb := table(t, "x.csv", []byte(csv), Options{}); tb.Kind != KindResults {
		t.Errorf("taken for %s", tb.Kind)
	}
	if _, rep := table(t, "x.csv", []byte("抽查任务编号,抽取时间,市场主体名称\nT,2023-08-24 09:05,演示\n"), Options{As: KindPlatform}).PlatformRows(); !strings.Contains(found(rep.Problems), "missing-column") {
		t.Error(found(rep.Problems))
	}
	for word, want := range map[string]bool{"平台导出": true, "platform": true, "平台": false} {
		if k, ok := KindOf(word); ok != want || ok && k != KindPlatform {
			t.Errorf("%s: %s %v", word, k, ok)
		}
	}
}

// TestList: what is written is read again as it was, a formula is text.
func TestList(t *testing.T) {
	data, err := List("差异", []string{"单位名称", "统一社会信用代码"}, [][]string{{"=1+1", "91370322TT0000007J"}, {"", "x"}})
	if err != nil {
		t.Fatal(err)
	}
	wb, err := Read("差异.xlsx", data)
	if err != nil || len(wb.Sheets) != 1 || wb.Sheets[0].Name != "差异" {
		t.Fatal(err, wb)
	}
	var all bytes.Buffer
	if err := wb.Sheets[0].Each(func(r *Row) error {
		for _, c := range r.Cells {
			if c.Formula {
				t.Errorf("row %d has a formula", r.Number)
			}
			all.WriteString(c.Text + "|")
		}
		return nil
	}); err != nil || all.String() != "单位名称|统一社会信用代码|=1+1|91370322TT0000007J||x|" {
		t.Errorf("%q %v", all.String(), err)
	}
}
