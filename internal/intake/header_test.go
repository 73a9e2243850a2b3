package intake

import (
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

// Each heading belongs to one column of its form, and each form's own headings
// are recognised as that form.
func TestFormTables(t *testing.T) {
	for _, kind := range Kinds() {
		f := forms[kind]
		owner := map[string]string{}
		for _, c := range f.columns {
			if c.help == "" && !c.blank {
				t.Errorf("%s %s: no help", kind, c.head)
			}
			for _, name := range append([]string{c.head, c.field}, strings.Fields(c.also)...) {
				k := headKey(name)
				if k == "" {
					t.Errorf("%s: %q has no key", kind, name)
				}
				if o := owner[k]; o != "" && o != c.head {
					t.Errorf("%s: %q belongs to %s and %s", kind, name, o, c.head)
				}
				owner[k] = c.head
			}
			for _, other := range strings.Fields(c.or) {
				if _, ok := f.fields[other]; !ok {
					t.Errorf("%s %s: no field %q", kind, c.head, other)
				}
			}
		}
		csv := strings.Join(Heads(kind, FormOptions{}), "\t") + "\n1\t2\t3\n"
		if tb := table(t, "x.csv", []byte(csv), Options{}); tb.Kind != kind {
			t.Errorf("%s recognised as %s", kind, tb.Kind)
		}
		if k, ok := KindOf(f.alias); !ok || k != kind {
			t.Errorf("KindOf %s: %s", f.alias, k)
		}
		if k, ok := KindOf(string(kind)); !ok || k != kind {
			t.Errorf("KindOf %s: %s", kind, k)
		}
	}
	if _, ok := KindOf("企业"); ok {
		t.Error("KindOf 企业")
	}
}

func TestPlatformColumns(t *testing.T) {
	for head, kind := range map[string]Kind{ // what platforms and plans publish (requirements §2.4)
		"序号,抽查任务名称,抽查类型,抽查事项,检查对象,抽查比例,预计数量,实施时间,实施单位":                                  KindPlan,
		"序号,计划编号,任务名称,抽查类型,抽查事项,抽查对象,发起部门,配合部门,抽查比例,频次与上限,检查方式,起止时间":                    KindPlan,
		"序号,抽查计划编号,抽查计划名称,抽查任务编号,抽查任务名称,抽查类型,检查机关,抽查市场主体名称,统一社会信用代码/注册号,检查完成日期,检查结果,备注": KindResults,
		"编号,抽查事项名称,抽查子项,抽查依据,抽查主体,抽查对象,抽查比例,抽查频次,抽查方式,检查人员要求,备注":                        KindItems,
		"序号,姓名,性别,身份证号码,工作单位,职务,执法证编号,手机号码,专业":                                          KindInspectors,
		"企业名称,统一社会信用代码,法定代表人,注册地址,经营范围,所属行业,经营状态,成立日期":                                  KindFirms,
	} {
		if tb := table(t, "x.csv", []byte(head+"\n1,2,3\n"), Options{}); tb.Kind != kind {
			t.Errorf("%s: %s, want %s", head, tb.Kind, kind)
		}
	}
}

func TestAmbiguity(t *testing.T) {
	wb, err := Read("x.csv", []byte("单位名称,统一社会信用代码,备注\n演示甲公司,91370322TT0000007J,\n"))
	if err != nil {
		t.Fatal(err)
	}
	tables, err := wb.Tables(Options{})
	if err != nil || tables[0].Kind != KindFirms { // the code weighs more there
		t.Errorf("%v %v", tables, err)
	}
	wb, err = Read("x.csv", []byte("抽查任务名称,抽查比例,检查对象,抽查依据,检查方式\n甲,5%,企业,《安全生产法》第六十五条,现场检查\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = wb.Tables(Options{})
	if f, _ := err.(*fault.Error); f == nil || f.Code != "intake.ambiguous-kind" || f.Kind != fault.Usage || !strings.Contains(f.Got, "清单") || !strings.Contains(f.Got, "计划") {
		t.Errorf("%v", err)
	}
	for _, as := range []Kind{KindItems, KindPlan} {
		tables, err := wb.Tables(Options{As: as})
		if err != nil || len(tables) != 1 || tables[0].Kind != as {
			t.Errorf("as %s: %v", as, err)
		}
	}
	if _, err := wb.Tables(Options{As: KindInspectors}); fault.Code(err) != "intake.no-header" {
		t.Error(err)
	}
	if _, err := wb.Tables(Options{As: "什么"}); fault.Code(err) != "intake.unknown-kind" {
		t.Error(err)
	}
	if _, err := wb.Tables(Options{As: KindItems, Required: []string{"颜色"}}); fault.Code(err) != "intake.unknown-column" {
		t.Error(err)
	}
	wb, err = Read("x.csv", []byte("今天,天气\n好,晴\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wb.Tables(Options{}); fault.Code(err) != "intake.no-header" || !strings.Contains(err.Error(), "今天、天气") {
		t.Error(err)
	}
}

func TestTwoColumnsOfOneName(t *testing.T) {
	_, rep := table(t, "x.csv", []byte("统一社会信用代码,企业名称,企业名称\n91370322TT0000007J,演示甲,演示乙\n"), Options{}).Firms()
	if got := found(rep.Problems); got != "C1 duplicate-column" {
		t.Error(got)
	}
	// a heading of its own name wins over another name
	firms, rep := table(t, "x.csv", []byte("名称,统一社会信用代码,单位名称\n简称甲,91370322TT0000007J,演示甲公司\n"), Options{}).Firms()
	if rep.ProblemCount != 0 || firms[0].Name != "演示甲公司" {
		t.Errorf("%+v %s", firms, found(rep.Problems))
	}
}

func TestMissingAndEmpty(t *testing.T) {
	tb := table(t, "x.csv", []byte("企业名称,所属镇街,经营范围,行业类别\n演示甲公司,,机械,\n,田镇街道,,机械\n"), Options{Required: []string{"行政区划", "经营范围"}})
	_, rep := tb.Firms()
	if strings.Join(tb.Missing, ",") != "统一社会信用代码" {
		t.Error(tb.Missing)
	}
	if got := found(rep.Problems); got != "1 missing-column, B2 empty-required, A3 empty-required, C3 empty-required" {
		t.Error(got)
	}
	if rep.Problems[0].Header != "统一社会信用代码" || !strings.Contains(rep.Problems[0].Want, "社会信用代码") {
		t.Errorf("%+v", rep.Problems[0])
	}
	// 注册号 serves for 统一社会信用代码
	firms, rep := table(t, "x.csv", []byte("企业名称,注册号,经营范围\n演示甲公司,110108000000016,机械\n演示乙公司,,机械\n"), Options{}).Firms()
	if len(firms) != 1 || firms[0].Code != "注册号:110108000000016" || found(rep.Problems) != "B3 empty-required" {
		t.Errorf("%+v %s", firms, found(rep.Problems))
	}
}

// A thousand problems are listed, all are counted.
func TestProblemCap(t *testing.T) {
	data := "统一社会信用代码,企业名称\n" + strings.Repeat("91440300192203821,演示\n", 2500)
	_, rep := table(t, "x.csv", []byte(data), Options{}).Firms()
	if len(rep.Problems) != 1000 || rep.ProblemCount != 2500 {
		t.Errorf("%d of %d", len(rep.Problems), rep.ProblemCount)
	}
	if f, _ := rep.Err().(*fault.Error); f == nil || f.Code != "intake.problems" || f.Got != "2500" || fault.Code(f.Err) != "intake.bad-code" {
		t.Error(rep.Err())
	}
}

func TestWrongKind(t *testing.T) {
	tb := table(t, "x.csv", []byte("统一社会信用代码,企业名称\n91370322TT0000007J,演示\n"), Options{})
	if _, rep := tb.Items(); found(rep.Problems) != "wrong-kind" {
		t.Error(found(rep.Problems))
	}
	if _, rep := table(t, "x.csv", []byte("统一社会信用代码,企业名称\n"), Options{}).Firms(); found(rep.Problems) != "no-rows" {
		t.Error(found(rep.Problems))
	}
}

// Every field that the two regulations demand is a column here, by their word.
func TestPackWords(t *testing.T) {
	for kind, names := range map[Kind][]string{
		KindFirms:      {"统一社会信用代码", "生产经营单位名称", "单位类型", "法定代表人", "住所", "经营范围", "行政区划", "行业类别", "监管类型"},
		KindInspectors: {"身份证号", "姓名", "性别", "联系方式", "所在单位", "职务或职称", "执法证号", "业务专长"},
		KindItems:      append(append([]string{}, gaoqingItems...), yanshiItems...),
		KindPlan:       gaoqingPlan,
	} {
		data, err := Form(kind, FormOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if tb := table(t, "x.xlsx", data, Options{Required: names}); len(tb.Missing) != 0 {
			t.Errorf("%s: %v", kind, tb.Missing)
		}
	}
}
