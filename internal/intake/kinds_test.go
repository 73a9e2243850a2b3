package intake

import (
	"strings"
	"testing"
)

func TestFirmWords(t *testing.T) {
	csv := "统一社会信用代码,企业名称,经营状态,重点标签,粉尘涉爆,是否有限空间,黑名单,隶属关系\n" +
		"91370322TT0000007J,演示甲公司,存续（在营、开业、在册）,液氨制冷;其他,是,√,否,省管企业\n" +
		"91350100M000100Y43,演示乙公司,注销,,,,/,\n" +
		"91512081MA62K0260E,演示丙公司,在业,,也许,,,\n"
	firms, rep := table(t, "x.csv", []byte(csv), Options{}).Firms()
	if len(firms) != 2 || firms[0].Status != "存续" || strings.Join(firms[0].Tags, "|") != "液氨制冷|其他|粉尘涉爆|有限空间" || firms[0].Ownership != "省管企业" || firms[1].Status != "注销" || firms[1].Tags != nil {
		t.Errorf("%+v", firms)
	}
	if found(rep.Problems) != "E4 bad-yes-no" {
		t.Error(found(rep.Problems))
	}
}

func TestInspectors(t *testing.T) {
	csv := "姓名,性别,身份证号,联系方式,工作单位,职务,执法证号,有效期,业务专长,层级,需回避的单位\n" +
		"李 演,男,37032219850312123x,13800138000,执法大队,科员,鲁C03-220015,2022-01-01至2027-12-31,危险化学品、工贸，有限空间,县,演示甲公司、演示乙公司\n" +
		"王演示,女,410381********0027,0533-6961234,执法大队,科员,370322002,长期,工贸,乡级,\n" +
		"赵演示,男,370322198503121230,电话无,执法大队,科员,370322003,2027-12-31,工贸,省里,\n" +
		"钱演示,,,,执法大队,,C03-220015,,,,\n"
	people, rep := table(t, "x.csv", []byte(csv), Options{}).Inspectors()
	if len(people) != 2 {
		t.Fatalf("%+v %s", people, found(rep.Problems))
	}
	p := people[0]
	if p.Name != "李演" || p.IDNumber != "37032219850312123X" || p.Certificate != "C03-220015" || p.ValidFrom != "2022-01-01" || p.ValidTo != "2027-12-31" ||
		strings.Join(p.Specialities, "|") != "危险化学品|工贸|有限空间" || p.Level != "县级" || len(p.Conflicts) != 2 {
		t.Errorf("%+v", p)
	}
	if people[1].ValidTo != forever || people[1].IDNumber != "" || people[1].Phone != "0533-6961234" {
		t.Errorf("%+v", people[1])
	}
	if got := found(rep.Problems); got != "C4 bad-id-number, D4 bad-phone, J4 unknown-word, 5 duplicate" {
		t.Error(got)
	}
	for _, p := range rep.Problems { // an identity number is never shown whole
		if strings.Contains(p.Got, "370322198503121230") {
			t.Error(p.Got)
		}
	}
	if found(rep.Confirm) != "C3 masked-id" {
		t.Error(found(rep.Confirm))
	}
}

func TestItemsAndBasisColumn(t *testing.T) {
	csv := "事项编号,抽查事项,事项类别,检查部门及实施层级,检查依据,依据类别\n" +
		"A-1,甲事项,重点,县应急局；县级,《食盐专营办法》第四条,行政法规\n" +
		"A-2,乙事项,一般检查事项,县应急局,《某某通知》（鲁安办〔2023〕1号）,\n" +
		"A-3,丙事项,特别,县应急局,按上级要求,\n" +
		"甲4,丁事项,一般,县应急局,《安全生产法》第六十五条,宪法\n" +
		"A-1,戊事项,一般,县应急局,《安全生产法》第六十五条,\n"
	items, rep := table(t, "清单.csv", []byte(csv), Options{}).Items()
	if len(items) != 1 || items[0].Category != "重点检查事项" || items[0].Level != "县级" || items[0].Basis[0].Kind != "行政法规" || items[0].Key != "甲事项" {
		t.Errorf("%+v", items)
	}
	if got := found(rep.Problems); got != "E3 basis-rank, C4 unknown-word, E4 no-basis, A5 bad-number, F5 unknown-word, 6 duplicate" {
		t.Error(got)
	}
}

func TestPlanLines(t *testing.T) {
	csv := "计划编号,抽查任务名称,抽查类型,定向条件,抽查事项,抽查比例(%),预估数量,抽查频次,开始日期,结束日期,联合部门,分组\n" +
		"1,甲,不定向,,A-1、A-2,5,30,1,2023-06-01,2023-12-31,市场监管局、消防,\n" +
		"2,乙,定向抽查,行业 = 机械,A-1,100,,,2023-06-01,2023-12-31,,\n" +
		"3,丙,定向,标签 = 黑名单,一项很长的事项；另一项,,12户,,2023-06-01,2023-12-31,,\"第一组：行业 = 机械：5%\n第二组：标签 = 黑名单：全部\n第三组：镇街 = 田镇街道：3家\"\n" +
		"4,丁,随缘,,A-1,,,,2023-12-31,2023-06-01,,\n" +
		"5,戊,定向,,A-1,0.05,,,2023-06-01,2023-12-31,,只有名字\n"
	lines, rep := table(t, "计划.csv", []byte(csv), Options{}).PlanLines()
	if len(lines) != 3 {
		t.Fatalf("%+v %s", lines, found(rep.Problems))
	}
	if l := lines[0]; l.Ratio != "0.05" || l.Expected != 30 || l.Count != 0 || strings.Join(l.Items, "|") != "A-1|A-2" || l.Partners != "市场监管局、消防" || !l.Joint || l.Frequency != "1" {
		t.Errorf("%+v", l)
	}
	if l := lines[1]; !l.Census || l.Ratio != "" || l.Mode != "定向" || l.Filter != "行业 = 机械" {
		t.Errorf("%+v", l)
	}
	l := lines[2]
	if l.Count != 12 || strings.Join(l.Items, "|") != "一项很长的事项|另一项" || len(l.Groups) != 3 || l.Groups[0] != (Group{"第一组", "行业 = 机械", "0.05", 0, false}) ||
		!l.Groups[1].Census || l.Groups[2].Count != 3 {
		t.Errorf("%+v", l)
	}
	if got := found(rep.Problems); got != "C5 unknown-word, F5 no-quantity, J5 period-backwards, L6 bad-group, F6 ratio-no-unit" {
		t.Error(got)
	}
}

func TestTasks(t *testing.T) {
	csv := "计划编号,任务开始日期,任务结束日期,抽取时间,公开随机数,每组人数,所需专长,任务执行单位,由谁抽取,名单公开时间\n" +
		"2023-01,2023-08-25,2023-09-25,2023-08-23 23:15,公共随机数,3,危险化学品、不限、不限,\"执法大队：田镇街道、芦湖街道\n危化科\",,随结果公开\n" +
		"2023-02,2023-08-25,2023-08-01,2023-08-23,抛硬币,二,,,平台,\n"
	tasks, rep := table(t, "任务.csv", []byte(csv), Options{}).Tasks()
	if len(tasks) != 1 {
		t.Fatalf("%+v %s", tasks, found(rep.Problems))
	}
	k := tasks[0]
	if k.DrawAt != "2023-08-23T23:15:00+08:00" || k.TeamSize != 3 || strings.Join(k.Slots, "|") != "危险化学品||" || len(k.Units) != 2 ||
		k.Units[0].Name != "执法大队" || strings.Join(k.Units[0].Towns, "|") != "田镇街道|芦湖街道" || k.Units[1].Name != "危化科" {
		t.Errorf("%+v", k)
	}
	if got := found(rep.Problems); got != "D3 no-time, E3 only-drand, C3 period-backwards" {
		t.Error(got)
	}
}

func TestCorrectionsAndHistory(t *testing.T) {
	csv := "抽取编号,签号,单位名称,原检查结果,更正后检查结果,更正原因,单位主要负责人,签字日期\n" +
		"2023-001," + strings.Repeat("0a", 16) + ",演示甲公司,a 未发现问题,e 发现问题已责令改正,录入有误,钱 演示,2023年10月20日\n" +
		"2023-001,,演示乙公司,a,,录入有误,,2023-10-20\n"
	rows, rep := table(t, "更正.csv", []byte(csv), Options{}).Corrections()
	if len(rows) != 1 || strings.Join(rows[0].Codes, "") != "e" || rows[0].ApprovedBy != "钱演示" || rows[0].Date != "2023-10-20" || rows[0].Old != "a 未发现问题" {
		t.Errorf("%+v", rows)
	}
	if got := found(rep.Problems); got != "G3 empty-required, E3 no-result, 3 no-identity" {
		t.Error(got)
	}
	csv = "统一社会信用代码,单位名称,抽取日期,检查日期,开展方式,资料来源,检查来源\n" +
		"91370322TT0000007J,演示甲公司,2023-03-01,2023-03-15,联合参与,省平台导出,双随机\n" +
		"91350100M000100Y43,演示乙公司,,2023-03-15,,省平台导出,\n" +
		"91512081MA62K0260E,演示丙公司,2023-04-01,2023-03-15,,省平台导出,\n"
	old, rep := table(t, "历史.csv", []byte(csv), Options{}).History()
	if len(old) != 2 || old[0].Date != "2023-03-01" || old[0].Role != "联合参与" || old[1].Date != "2023-03-15" || old[1].Role != "本部门" || old[1].Origin != "random" {
		t.Errorf("%+v", old)
	}
	if found(rep.Problems) != "D4 period-backwards" {
		t.Error(found(rep.Problems))
	}
}

// Nothing that stands in a column of a task is passed over in silence: it is
// carried, or named as not used, or refused because it would change the draw.
func TestTaskColumns(t *testing.T) {
	head := "计划编号,任务开始日期,任务结束日期,抽取时间"
	row := "2023-01,2023-08-25,2023-09-25,2023-08-23 23:15"
	filled := map[string]string{"抽查类型": "不定向", "抽查比例": "5%", "抽取数量": "30", "任务编号": "7", "公开随机数": "快乐8", "停售时间": "2023-08-23 20:00", "由谁抽取": "抓阄",
		"名单公开时间": "立即公开", "每个分区至少": "1", "分组": "甲：行业 = 机械：5%", "检查组数": "3", "专家人数": "1", "不受频次比例限制的依据": "某文", "期号": "下一期",
		"联合部门": "消防", "平台任务编号": "9", "启封日期": "2023-12-01", "结果公示期限": "2023-12-01"}
	refused := map[string]string{"公开随机数": "only-drand", "停售时间": "only-drand", "由谁抽取": "unknown-word", "名单公开时间": "not-supported", "每个分区至少": "not-supported",
		"分组": "not-supported", "不受频次比例限制的依据": "not-supported", "期号": "bad-round"}
	carried := map[string]bool{"检查组数": true, "专家人数": true, "抽查类型": true, "抽查比例": true, "抽取数量": true}
	for column, value := range filled {
		_, rep := table(t, "任务.csv", []byte(head+","+column+"\n"+row+","+value+"\n"), Options{}).Tasks()
		got := found(rep.Problems)
		switch {
		case refused[column] != "":
			if got != "E2 "+refused[column] {
				t.Errorf("%s: %q", column, got)
			}
		case got != "":
			t.Errorf("%s: %s", column, got)
		case carried[column] == contains(rep.Unused, column):
			t.Errorf("%s: unused %q", column, rep.Unused)
		}
	}
	for _, word := range []string{"公共随机数", "drand", "公共随机数（drand）"} {
		if _, rep := table(t, "任务.csv", []byte(head+",公开随机数\n"+row+","+word+"\n"), Options{}).Tasks(); rep.ProblemCount != 0 {
			t.Errorf("%s: %s", word, found(rep.Problems))
		}
	}
	for _, h := range Heads(KindTask, FormOptions{}) {
		if refused[h] != "" && h != "期号" {
			t.Errorf("the form offers %s", h)
		}
	}
	csv := "计划编号,抽查任务名称,抽查比例,抽查频次,开始日期,结束日期,抽查检查模式,任务来源\nG1,甲,全部,1次/年,2023-03-01,2023-09-01,市抽市查,\n"
	_, rep := table(t, "计划.csv", []byte(csv), Options{}).PlanLines()
	if strings.Join(rep.Unused, "、") != "抽查检查模式" {
		t.Error(rep.Unused)
	}
	if len(rep.Repairs) != 2 || rep.Repairs[0].To != "100%" || rep.Repairs[1].To != "一年1次" {
		t.Errorf("%+v", rep.Repairs)
	}
}

// A second table below the first is not read as rows of it.
func TestTableBelow(t *testing.T) {
	csv := "统一社会信用代码,单位名称,所属镇街,登记状态\n91370322TT0000007J,演示甲公司,田镇街道,存续\n" +
		"抽查编号,抽查事项,检查依据,检查方式\nGQ-01,某事项,某依据,检查现场\n"
	rows, rep := table(t, "名录库.csv", []byte(csv), Options{}).Firms()
	if len(rows) != 1 || found(rep.Problems) != "3 second-header" {
		t.Errorf("%d rows: %s", len(rows), found(rep.Problems))
	}
}

// Who is not on duty is told apart; a word that nobody knows is refused.
func TestOnDuty(t *testing.T) {
	csv := "执法证号,姓名,业务专长,在岗状态\nYS3700001,甲演示,工贸,在岗\nYS3700002,乙演示,工贸,退休\nYS3700003,丙演示,工贸,借用\n"
	rows, rep := table(t, "人员库.csv", []byte(csv), Options{}).Inspectors()
	if len(rows) != 2 || rows[0].Status != "" || rows[1].Status != "退休" || found(rep.Problems) != "D4 unknown-word" {
		t.Errorf("%+v %s", rows, found(rep.Problems))
	}
}
