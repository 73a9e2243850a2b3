package intake

// Expert is one line of the 专家名录 (Gaoqing 7.3 专家库).
type Expert struct {
	Number       string // of the expert's appointment, token of persons
	Name         string
	Unit         string
	Title        string
	Phone        string
	Specialities []string
	From, To     string // appointed from … to
	Status       string // why he is never drawn
	Line         Place
}

var expertColumns = []column{
	serial,
	{field: "number", head: "专家编号", need: required, weight: 4, typ: tNumber, example: "ZJ0001", also: "聘书编号 专家证号 专家号", help: "4至32位数字、大写字母或短横线，按文本填"},
	{field: "name", head: "姓名", need: required, weight: 1, typ: tPerson, example: "赵演示", also: "专家姓名", help: "不公开"},
	{field: "unit", head: "所在单位", weight: 1, fill: true, typ: tText, example: "演示职业学院", also: "工作单位 单位", help: "不公开"},
	{field: "title", head: "职务或职称", weight: 1, typ: tText, example: "高级工程师", also: "职务 职称", help: "不公开"},
	{field: "phone", head: "联系方式", weight: 1, typ: tNumber, also: "联系电话 手机 电话", help: "不公开"},
	{field: "specialities", head: "业务专长", weight: 2, typ: tList, example: "危险化学品", also: "专业领域 专业 专长 擅长领域", help: "可填多个，用顿号分开"},
	{field: "from", head: "聘期起", weight: 4, typ: tDate, example: "2023-01-01", also: "聘任日期 聘用开始日期", help: "年-月-日"},
	{field: "to", head: "聘期止", weight: 4, typ: tDate, example: "2025-12-31", also: "聘期至 聘用结束日期", help: "年-月-日；聘期没有覆盖任务期的不参加摇号"},
	{field: "status", head: "是否停用", weight: 2, typ: tBool, choices: []string{"是", "否"}, also: "停用", help: "停用的不参加摇号"},
	noteColumn,
}

// Experts reads a 专家名录.
func (t *Table) Experts() ([]Expert, *Report) {
	list, rep := readTable(t, KindExperts, func(r *rowReader) Expert {
		x := Expert{Name: r.person("name"), Unit: r.text("unit"), Title: r.text("title"), Phone: r.phone(), Specialities: r.list("specialities"),
			From: r.day("from"), To: r.day("to"), Line: r.line()}
		if c := r.cell("number"); r.blank(c.Text) != "" {
			x.Number = r.verdict("number", c, certificate(c))
		}
		if r.yes("status") {
			x.Status = "停用"
		}
		r.text("note")
		if x.From != "" && x.To != "" && x.To < x.From {
			r.problem("to", "intake.period-backwards", x.From+" "+x.To, "")
		}
		return x
	})
	return distinct(list, rep, t, "number", func(p *Expert) (string, string, *Place) { return p.Number, p.Name, &p.Line }), rep
}
