package intake

// The kinds of forms of joint checks.
const (
	KindPartners    Kind = "联合名单"   // partners of joint checks
	KindAgreement   Kind = "联合抽查约定" // what partners of a joint check confirmed
	KindPartnerTeam Kind = "协同人员"   // people whom a department sends to a joint check
	KindLeadList    Kind = "牵头方名单"  // the list of a joint check that another department drew
)

// The two kinds of partners of a joint check (Yanshi 4).
var partnerWords = []string{"其他部门", "本局其他科室"}

var partnerColumns = []column{
	serial,
	{field: "name", head: "联合单位", need: required, weight: 4, typ: tText, example: "高青县市场监督管理局（演示）", also: "联合单位名称 协同单位 联合抽查单位", help: "科室或部门的全称；计划里用同样的名称"},
	{field: "kind", head: "单位种类", need: required, weight: 4, typ: tChoice, example: "其他部门", also: "种类 科室或部门", choices: partnerWords, help: "其他部门，或本局其他科室"},
	{field: "matter", head: "联合事项", weight: 3, typ: tText, example: "特种设备", also: "联合抽查事项 联合内容", help: "一起查什么，可不填；会公开"},
	noteColumn,
}

var agreementColumns = []column{
	serial,
	{field: "plan", head: "计划编号", need: required, weight: 1, typ: tText, example: "2023-01", also: "计划项 抽查计划编号", help: "本单位牵头的计划项"},
	{field: "partner", head: "协同部门", need: required, weight: 2, typ: tText, example: "高青县市场监督管理局（演示）", also: "协同单位 配合部门 联合部门", help: "一行一个部门，照计划所写的名称"},
	{field: "items", head: "约定的抽查事项", weight: 4, typ: tList, example: "GQ-01、GQ-02", also: "约定事项", help: "事项清单里的编号或名称；空着是计划项的全部事项"},
	{field: "theirs", head: "协同部门检查的事项", weight: 4, typ: tList, example: "特种设备使用管理", also: "对方事项 协同事项", help: "对方在同一次检查中查什么；会公开"},
	{field: "from", head: "约定开始日期", need: required, weight: 4, typ: tDate, example: "2023-08-25", also: "联合抽查开始日期 约定检查日期自", help: "年-月-日；任务开始日期不早于它"},
	{field: "to", head: "约定结束日期", need: required, weight: 4, typ: tDate, example: "2023-09-25", also: "联合抽查结束日期 约定检查日期至", help: "年-月-日；任务结束日期不晚于它"},
	{field: "confirmed_by", head: "对方确认人", need: required, weight: 4, typ: tPerson, example: "孙演示", also: "协同部门确认人 确认人", help: "协同部门确认的人，不公开"},
	{field: "date", head: "确认日期", need: required, weight: 3, typ: tDate, example: "2023-08-10", also: "约定日期", help: "年-月-日"},
	{field: "document", head: "确认文书", weight: 3, typ: tText, example: "（演示）联合抽查确认函", also: "确认函 函件文号 会议纪要", help: "函或会议纪要的名称、文号；会公开"},
	noteColumn,
}

// teamWays are how a department names its people, and the ledger's words.
var teamWays = map[string]string{"自行选派": "own-selected", "随机抽取": "drawn"}

var partnerTeamColumns = []column{
	serial,
	{field: "task", head: "抽取编号", need: required, weight: 1, fill: true, typ: tText, example: "2023-001", also: "任务编号 联合任务编号", help: "本单位牵头的写抽取编号，参与的写联合任务编号（如 2023-J01）"},
	{field: "partner", head: "派出部门", need: required, weight: 4, fill: true, typ: tText, example: "高青县市场监督管理局（演示）", also: "派出单位 选派部门", help: "派出人员的协同部门；参与的写本单位的执行单位"},
	{field: "name", head: "姓名", need: required, weight: 1, typ: tPerson, example: "周演示", also: "人员姓名 检查人员 执法人员", help: "一行一人，不公开"},
	{field: "certificate", head: "执法证号", weight: 1, typ: tNumber, example: "370322901", also: "执法证编号 证件编号", help: "不公开；参与的必须填，人员应在本单位人员库里"},
	{field: "way", head: "选派方式", need: required, weight: 4, fill: true, typ: tChoice, example: "自行选派", also: "产生方式", choices: []string{"自行选派", "随机抽取"}, help: "自行选派或随机抽取；会公开"},
	{field: "ground", head: "未随机抽取的原因", weight: 4, fill: true, typ: tText, example: "由协同部门自行安排", also: "自行选派原因", help: "制度要求随机匹配的，自行选派要写原因；会公开"},
	{field: "date", head: "选派日期", need: required, weight: 4, fill: true, typ: tDate, example: "2023-08-25", also: "确定日期", help: "年-月-日"},
	noteColumn,
}

var leadListColumns = []column{
	serial,
	{field: "number", head: "牵头方任务编号", weight: 6, fill: true, typ: tText, example: "（演示）市监抽查〔2023〕1号", help: "牵头部门的任务编号；也可以在命令里写 --number"},
	{field: "drawn", head: "牵头方抽取日期", weight: 6, fill: true, typ: tDate, example: "2023-09-01", help: "牵头部门抽取的日子；也可以在命令里写 --drawn"},
	{field: "code", head: "统一社会信用代码", or: "registration", need: required, weight: 1, typ: tCode, example: "91370322TT0000007J", also: "统一社会信用代码/注册号 社会信用代码 信用代码 统一信用代码", help: "18位；没有的填营业执照注册号"},
	{field: "registration", head: "注册号", weight: 1, typ: tNumber, blank: true, also: "营业执照注册号 工商注册号"},
	{field: "name", head: "单位名称", need: required, weight: 1, typ: tText, example: "高青演示机械有限公司（演示）", also: "企业名称 市场主体名称 抽查市场主体名称 检查对象名称 抽查对象名称 主体名称 检查对象 抽查对象 被检查单位", help: "营业执照上的全称"},
	{field: "town", head: "所属镇街", weight: 0, fill: true, typ: tText, example: "田镇街道", also: "镇街 乡镇 街道 所属区域", help: "可不填"},
	{field: "address", head: "住所", weight: 0, typ: tText, example: "田镇街道演示路1号", also: "地址 住所(经营场所) 经营场所", help: "供检查时用，不公开"},
	noteColumn,
}

// PartnerRow is a line of the 联合名单. Kind is the ledger's word.
type PartnerRow struct {
	Name, Kind, Matter string
	Line               Place
}

// Partners reads a 联合名单.
func (t *Table) Partners() ([]PartnerRow, *Report) {
	return readTable(t, KindPartners, func(r *rowReader) PartnerRow {
		r.text("note") // private, but what is in it must be readable
		kind := map[string]string{"其他部门": "department", "本局其他科室": "section"}[r.choice("kind", map[string]string{"部门": "其他部门", "科室": "本局其他科室", "本局科室": "本局其他科室"})]
		return PartnerRow{Name: r.text("name"), Kind: kind, Matter: r.text("matter"), Line: r.line()}
	})
}

// AgreementRow is one partner's confirmation (联合抽查约定).
type AgreementRow struct {
	Plan, Partner string
	Items, Theirs []string
	From, To      string
	Confirmed     string // private
	Date          string
	Document      string
	Line          Place
}

// Agreements reads a 联合抽查约定.
func (t *Table) Agreements() ([]AgreementRow, *Report) {
	return readTable(t, KindAgreement, func(r *rowReader) AgreementRow {
		r.text("note")
		a := AgreementRow{Plan: narrow(r.text("plan")), Partner: r.text("partner"), Items: r.itemNumbers("items"), Theirs: r.list("theirs"), From: r.day("from"), To: r.day("to"),
			Confirmed: r.person("confirmed_by"), Date: r.day("date"), Document: r.text("document"), Line: r.line()}
		if a.From != "" && a.To != "" && a.To < a.From {
			r.problem("to", "intake.period-backwards", a.From+" "+a.To, "")
		}
		return a
	})
}

// PartnerPerson is one of the people whom a department sends to a joint check.
type PartnerPerson struct {
	Task, Partner string
	Name          string // private
	Certificate   string // private
	Way           string // own-selected, drawn
	Ground, Date  string
	Line          Place
}

// PartnerPeople reads a 协同人员.
func (t *Table) PartnerPeople() ([]PartnerPerson, *Report) {
	return readTable(t, KindPartnerTeam, func(r *rowReader) PartnerPerson {
		r.text("note")
		return PartnerPerson{Task: narrow(r.text("task")), Partner: r.text("partner"), Name: r.person("name"), Certificate: r.digits("certificate"),
			Way: teamWays[r.choice("way", map[string]string{"选派": "自行选派", "抽取": "随机抽取", "随机": "随机抽取"})], Ground: r.text("ground"), Date: r.day("date"), Line: r.line()}
	})
}

// LeadRow is one firm of the list that another department drew (牵头方名单).
type LeadRow struct {
	Number, Drawn string
	Code, Name    string
	Town, Address string // private
	Line          Place
}

// LeadList reads a 牵头方名单.
func (t *Table) LeadList() ([]LeadRow, *Report) {
	return readTable(t, KindLeadList, func(r *rowReader) LeadRow {
		r.text("note")
		return LeadRow{Number: r.text("number"), Drawn: r.day("drawn"), Code: r.unit(), Name: r.text("name"), Town: r.text("town"), Address: r.text("address"), Line: r.line()}
	})
}

// LeadForm is a 牵头方名单 with its rows filled: what a partner receives, and can
// import as it is.
func LeadForm(rows []LeadRow) ([]byte, error) {
	heads := Heads(KindLeadList, FormOptions{})
	cells := make([][]string, len(rows))
	for i, r := range rows {
		line := map[string]string{"序号": itoa(i + 1), "牵头方任务编号": r.Number, "牵头方抽取日期": r.Drawn, "统一社会信用代码": r.Code, "单位名称": r.Name, "所属镇街": r.Town, "住所": r.Address}
		for _, h := range heads {
			cells[i] = append(cells[i], line[h])
		}
	}
	return Prefilled(KindLeadList, FormOptions{}, cells)
}
