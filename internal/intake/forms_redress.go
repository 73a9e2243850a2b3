package intake

// named are the columns by which a row names a published result.
func named(help string) []column {
	return []column{
		serial,
		{field: "draw", head: "抽取编号", weight: 1, fill: true, typ: tText, example: "2023-001", also: "任务编号 抽查任务编号", help: help},
		{field: "handle", head: "签号", weight: 1, fill: true, typ: tNumber, example: "26d03da0c2d66c8087f27a4b61a838c8", help: "原结果的签号"},
		{field: "code", head: "统一社会信用代码", weight: 1, fill: true, typ: tCode, example: "91370322TT0000007J", also: "统一社会信用代码/注册号 社会信用代码 信用代码", help: "原记录号、签号和代码至少填一个"},
		{field: "name", head: "单位名称", weight: 1, fill: true, typ: tText, example: "高青演示机械有限公司（演示）", also: "企业名称 市场主体名称 检查对象名称 被检查对象", help: "全称，供核对"},
		{field: "entry", head: "原记录号", weight: 2, fill: true, typ: tCount, also: "原结果记录号 账本记录号 结果记录号", help: "结果在公开账本里的第几条，可不填"},
	}
}

var objectionColumns = append(named("原结果的抽取编号；一户只有一次结果的可不填"),
	column{field: "received", head: "接到申请材料日期", need: required, weight: 4, typ: tDate, example: "2023-10-20", also: "接到申请材料之日 收到异议日期 受理日期 收到日期 申请日期", help: "年-月-日；复核期限从这一天的次日起算"},
	column{field: "applicant", head: "申请人", need: required, weight: 3, typ: tText, example: "李演示", also: "异议人 异议申请人 提出人", help: "不公开"},
	column{field: "content", head: "异议内容", need: required, weight: 4, typ: tLines, example: "认为检查结果与事实不符（演示）", also: "异议事项 异议理由 申请事项", help: "不公开"},
	column{field: "way", head: "递交方式", weight: 3, typ: tText, example: "当面递交", also: "提交方式 申请方式", choices: []string{"当面递交", "邮寄", "网上提交", "其他"}, help: "会公开"},
	column{field: "number", head: "受理编号", weight: 3, typ: tText, also: "收件编号 收文编号 异议编号", help: "收件登记的编号，可不填；会公开"},
)

var reviewColumns = []column{
	serial,
	{field: "objection", head: "异议记录号", need: required, weight: 4, typ: tCount, example: "21", also: "异议在账本里的记录号", help: "异议在公开账本里的第几条"},
	{field: "name", head: "单位名称", weight: 1, typ: tText, example: "高青演示机械有限公司（演示）", also: "企业名称 市场主体名称 检查对象名称 被检查对象", help: "全称，供核对"},
	{field: "outcome", head: "复核结论", need: required, weight: 4, typ: tChoice, example: "维持", also: "复核结果 结论", choices: []string{"维持", "更正"}, help: "确有错误的先登记更正，再写“更正”"},
	{field: "correction", head: "更正记录号", weight: 4, typ: tCount, help: "结论是更正的，更正在公开账本里的第几条；空着取收到异议以后的最后一次更正"},
	{field: "decided", head: "复核日期", need: required, weight: 4, typ: tDate, example: "2023-11-02", also: "作出复核日期 复核决定日期 复核时间", help: "作出复核结果的日子"},
	{field: "reasons", head: "复核理由", need: required, weight: 4, typ: tLines, example: "经调阅记录，结果无误（演示）", also: "复核意见", help: "不公开"},
	{field: "decided_by", head: "复核决定人", need: required, weight: 4, typ: tPerson, example: "钱演示", also: "复核人 复核负责人", help: "不公开"},
	{field: "late", head: "逾期说明", weight: 2, typ: tText, also: "超期说明", help: "没有按期复核的，写明原因；会公开"},
}

var archiveColumns = append(named("结果的抽取编号；只填抽取编号、不填单位的，是这次抽取自己的材料"),
	column{field: "kind", head: "材料种类", need: required, weight: 4, typ: tText, example: "其他", also: "档案种类 材料类别 文书种类", help: "规则包列出的种类，或写其他"},
	column{field: "number", head: "文书号", weight: 2, typ: tText, also: "文书编号 文号", help: "不公开"},
	column{field: "date", head: "材料日期", weight: 3, typ: tDate, example: "2023-09-01", also: "文书日期 形成日期", help: "年-月-日"},
	column{field: "scan", head: "扫描件校验码", weight: 2, typ: tText, also: "扫描件指纹", help: "扫描件的校验码（64位），可不填"},
	column{field: "pages", head: "页数", weight: 3, typ: tCount, example: "3", also: "张数 页码", help: "可不填"},
	column{field: "archived", head: "归档日期", need: required, weight: 4, fill: true, typ: tDate, example: "2023-12-20", also: "归档时间", help: "年-月-日；保管期限从这一天起算"},
	column{field: "keep", head: "保管期限", weight: 4, fill: true, typ: tText, example: "10年", also: "保存期限 保管年限", help: "写几年，或“永久”；空着用规则包的年数，规则包没有年数的必须填"},
	column{field: "ground", head: "期限依据", weight: 4, fill: true, typ: tText, example: "本单位档案保管期限表（演示）", also: "保管期限依据", help: "年数与规则包不同，或规则包没有年数的，写明按哪项规定"},
	column{field: "place", head: "存放位置", weight: 3, fill: true, typ: tText, also: "档案位置 存放地点", help: "不公开"},
)
