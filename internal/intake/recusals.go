package intake

// Recusal is one line of a 回避申报表: an inspector and units that he must not
// inspect. The lines of one inspector are one declaration, which replaces his
// earlier one; 无 in the place of units withdraws it.
type Recusal struct {
	Certificate string
	Name        string
	Units       []string // by code or name
	None        bool
	Date        string // signed
	By          string // who agreed
	Decided     string
	Scan        string
	Line        Place
}

var recusalColumns = []column{
	serial,
	{field: "certificate", head: "执法证号", need: required, weight: 2, typ: tNumber, example: "370322001", also: "执法证编号 执法证件号 行政执法证号 证号", help: "申报人的执法证号，按文本填"},
	{field: "name", head: "姓名", need: required, weight: 1, typ: tPerson, example: "李演示", also: "申报人 申请人 申报人姓名 执法人员 检查人员", help: "不公开"},
	{field: "units", head: "需回避的单位", need: required, weight: 4, typ: tList, example: "91370322TT0000007J", also: "回避单位 申请回避的单位 利害关系单位 回避对象", help: "统一社会信用代码或全称，多个用顿号分开，也可以一行写一个；同一人的各行合为一份申报，代替他以前的申报。撤回申报写“无”。不公开"},
	{field: "date", head: "申报日期", need: required, weight: 4, typ: tDate, example: "2023-07-03", also: "申请日期 申报时间 签字日期 回避申报日期", help: "本人签字的日期"},
	{field: "by", head: "批准人", need: required, weight: 3, typ: tPerson, example: "王演示", also: "审批人 决定人", help: "不公开"},
	{field: "decided", head: "批准日期", need: required, weight: 3, typ: tDate, example: "2023-07-03", also: "审批日期 决定日期", help: "不早于申报日期"},
	{field: "scan", head: "扫描件校验码", weight: 1, typ: tText, also: "扫描件SHA-256", help: "签字表扫描件的SHA-256，可不填"},
	{field: "reason", idle: true, blank: true, head: "回避理由", weight: 2, typ: tLines, also: "利害关系 理由", help: "由本单位留存，不入账"},
	noteColumn,
}

// Recusals reads a 回避申报表.
func (t *Table) Recusals() ([]Recusal, *Report) {
	return readTable(t, KindRecusals, func(r *rowReader) Recusal {
		x := Recusal{Name: r.text("name"), Units: r.list("units"), Date: r.day("date"), By: r.text("by"), Decided: r.day("decided"),
			Scan: r.digest("scan"), Line: r.line()}
		if c := r.cell("certificate"); r.blank(c.Text) != "" {
			x.Certificate = r.verdict("certificate", c, certificate(c))
		}
		r.text("note")
		r.text("reason")
		x.None = len(x.Units) == 0
		if x.Date != "" && x.Decided != "" && x.Decided < x.Date {
			r.problem("decided", "intake.period-backwards", x.Date+" "+x.Decided, "")
		}
		return x
	})
}
