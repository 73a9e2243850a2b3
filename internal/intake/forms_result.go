package intake

import "slices"

// DefaultCodes are the eight results of Gaoqing 8.3 and, after them, the states
// of a unit that platforms add (requirements §2.3) and packs may offer.
func DefaultCodes() []Code {
	return []Code{
		{"a", "未发现问题", true},
		{"b", "未按规定公示应当公示的信息", false},
		{"c", "公示信息隐瞒真实情况、弄虚作假", false},
		{"d", "通过登记的住所（经营场所）无法联系", false},
		{"e", "发现问题已责令改正", false},
		{"f", "不予配合情节严重", false},
		{"g", "发现问题待后续处理", false},
		{"h", "未发现开展本次抽查涉及的经营活动", true},
		{"x7", "已关闭停业或正在组织清算", true},
		{"x9", "注销", true},
		{"x10", "被吊销", true},
		{"x11", "被撤销", true},
		{"x12", "迁出", true},
	}
}

// nonCooperation are the four grounds of Yanshi 21.
var nonCooperation = []string{"拒绝进入被检查场所", "拒绝提供相关材料", "不如实或不按要求提供情况或材料", "其他阻扰、妨碍检查，致使检查无法正常进行"}

var followUps = []string{"无需后续处置", "责令改正", "立案处理", "移交其他部门", "移送司法机关", "违法处罚", "停止检查反馈日常监管", "抄告相关部门", "其他"}

var resultColumns = slices.Concat([]column{
	serial,
	{field: "draw", head: "抽取编号", weight: 3, fill: true, typ: tText, example: "2023-001", also: "任务编号 抽查任务编号 抽取任务编号", help: "派发名单上已填好，不要改"},
	{field: "handle", head: "签号", weight: 4, typ: tNumber, example: "26d03da0c2d66c8087f27a4b61a838c8", also: "企业签号", help: "派发名单上已填好，不要改"},
	{field: "code", head: "统一社会信用代码", weight: 1, typ: tCode, example: "91370322TT0000007J", also: "统一社会信用代码/注册号 社会信用代码 信用代码 统一信用代码 注册号", help: "派发名单上已填好"},
	{field: "name", head: "单位名称", need: required, weight: 1, typ: tText, example: "高青演示机械有限公司（演示）", also: "企业名称 市场主体名称 抽查市场主体名称 检查对象名称 抽查对象名称 主体名称 被检查单位 被检查单位名称 生产经营单位名称 检查对象 抽查对象 被检查对象名称", help: "派发名单上已填好"},
	{field: "town", head: "所属镇街", weight: 0, fill: true, typ: tText, also: "镇街 乡镇 街道", help: "派发名单上已填好"},
	{field: "address", head: "住所", weight: 0, typ: tText, also: "地址 住所(经营场所)", help: "供检查时用，不公开"},
	{field: "team", head: "检查人员", weight: 3, typ: tPersons, example: "李演示、王演示", also: "检查组成员 执法人员 检查组 检查人员姓名", help: "抽取的检查人员，派发名单上已填好"},
	{field: "leader", head: "组长", weight: 3, typ: tPerson, example: "李演示", also: "检查组长 检查组组长", help: "检查人员中的一人"},
	{field: "item", head: "抽查事项", weight: 1, fill: true, typ: tText, blank: true, also: "抽查事项名称 检查事项 事项"},
	{field: "plan_name", idle: true, head: "抽查任务名称", weight: 1, fill: true, typ: tText, blank: true, also: "抽查计划名称 任务名称"},
	{field: "methods", head: "检查方式", weight: 1, typ: tList, example: "检查现场、查阅资料", also: "核查方式 抽查方式", help: "可填多个：" + joinWords(methods[:5]) + "等"},
	{field: "started", head: "检查开始日期", weight: 3, typ: tDate, example: "2023-09-01", also: "检查开始时间 检查日期 检查时间 开始日期", help: "年-月-日"},
	{field: "ended", head: "检查结束日期", need: required, weight: 3, typ: tDate, example: "2023-09-01", also: "检查结束时间 检查完成日期 完成日期 检查完成时间 结束日期", help: "现场检查结束的日子；公示期限从它或任务结束算起"},
	{field: "evidence", head: "检验检测出具日期", weight: 3, typ: tDate, also: "最后证据日期 检测报告日期", help: "结果要等检验检测等证据的才填；公示期限从这一天算起的，须在“利用的其他结论”里列出"},
	{field: "result", head: "检查结果", weight: 4, typ: tResult, example: "a 未发现问题", also: "抽查结果 结果 检查结果代码 抽查检查结果", help: "选一项；有几项的用顿号写在一起。各事项分开填的不用填这一列"},
	{field: "refusal", head: "不予配合的情形", weight: 4, typ: tList, also: "不予配合理由 不予配合情形", choices: nonCooperation, help: "结果是“不予配合情节严重”的：制度列明情形的必须从列表选；没有列明的写情形，或在下一列写事实"},
	{field: "facts", head: "不予配合的事实", weight: 4, typ: tLines, also: "不予配合事实", help: "写明时间、地点和经过。不公开"},
	{field: "entered", head: "平台录入日期", weight: 4, typ: tDate, example: "2023-09-05", also: "平台录入时间 录入时间 录入日期", help: "录入监管平台的日子"},
	{field: "published", head: "平台公示日期", weight: 4, typ: tDate, example: "2023-09-06", also: "平台公示时间 公示时间 公示日期", help: "平台上公示的日子"},
	{field: "entered_by", head: "录入人", weight: 4, typ: tPerson, example: "李演示", also: "录入员 录入人员", help: "在平台上录入的人"},
	{field: "reviewed_by", head: "审核人", weight: 3, typ: tPerson, example: "赵演示", also: "审核员 审核人员", help: "在平台上审核的人"},
	{field: "reviewed", head: "审核日期", weight: 3, typ: tDate, also: "审核时间", help: "年-月-日"},
	{field: "opinion", blank: true, head: "审核意见", weight: 3, typ: tText, also: "审核结论", help: "不公开"},
	{field: "returned", blank: true, head: "退回日期", weight: 3, typ: tList, also: "审核退回日期 退回时间", help: "审核退回的日子，可填多个"},
	{field: "work", blank: true, head: "分工", weight: 3, typ: tLines, example: "GQ-01：李演示；GQ-02：王演示", also: "检查分工 人员分工 任务分工", help: "谁检查哪一项，一项一句；不公开，可不填"},
	{field: "signed", head: "全体签字人", weight: 4, typ: tPersons, example: "李演示、王演示", also: "签字人员 签字确认人员 签字人 全体成员签字 检查组签字", help: "在结果上签字的检查组全体成员"},
	{field: "signed_on", head: "签字日期", weight: 4, typ: tDate, example: "2023-09-01", also: "签字确认日期 签字时间", help: "全体成员签完字的日子"},
	{field: "scan", head: "扫描件校验码", weight: 4, typ: tText, also: "签字扫描件校验码 扫描件指纹 签字页校验码", help: "签字页扫描件的校验码（64位），由系统算出后填入，可不填"},
	{field: "pledge", blank: true, head: "廉政承诺", weight: 3, typ: tBool, also: "廉政承诺书 是否签订廉政承诺", help: "签了廉政承诺的填“是”"},
	{field: "withheld", head: "不予公开的理由", weight: 4, typ: tText, also: "不公开理由 不予公开情形 不予公开的依据 不予公开依据", help: "依法不公开的才填，从下拉列表中选；企业名称和结果都不公开，户数照计"},
	{field: "withheld_no", head: "不予公开决定文号", weight: 4, typ: tText, also: "不公开决定文号 不予公开文号", help: "不予公开的必须填"},
	{field: "withheld_law", blank: true, head: "不予公开所依据的规定", weight: 4, typ: tText, also: "不公开所依据的规定", help: "理由是其他规定的，写明规定的名称和条款"},
	{field: "follow_up", head: "后续处置", weight: 3, typ: tText, also: "后续处理 处置情况 处理情况 后续处置措施", choices: followUps, help: "发现问题的应当填；空着的可以写入，但列为“注意”，以后用 sunlot follow-up 补登"},
	{field: "follow_up_no", head: "处置文书号", weight: 3, typ: tText, also: "处置文书 文书号 文书编号", help: "责令限期整改指令书等的文号"},
	{field: "follow_up_to", head: "移交部门", weight: 3, typ: tText, also: "移送部门 处置移交部门", help: "移交、移送的写明交给谁"},
	{field: "follow_up_due", head: "处置期限", weight: 3, typ: tDate, also: "整改期限 处置截止日期 整改截止日期", help: "年-月-日"},
	{field: "follow_up_owner", blank: true, head: "处置责任单位", weight: 3, typ: tText, also: "处置责任科室 跟踪单位 整改跟踪单位", help: "由谁负责跟到办结；空着算检查单位"},
	{field: "criminal", blank: true, head: "涉嫌犯罪", weight: 3, typ: tBool, also: "是否涉嫌犯罪", help: "涉嫌犯罪的填“是”；处置方式应为移送"},
	{field: "late", head: "逾期说明", weight: 3, typ: tText, also: "超期说明 未按期公示说明", help: "没有按期公示的，写明原因；会公开"},
	{field: "form", head: "组织形式", weight: 2, typ: tText, also: "组织方式", choices: []string{"综合联查", "风险分类联查", "专项整治联查"}, help: "可不填"},
	{field: "feedback", head: "反馈日期", weight: 0, typ: tDate, also: "反馈时间 逐户反馈日期", help: "向企业反馈结果的日子；以后才反馈的用反馈表登记"},
	{field: "feedback_way", blank: true, head: "反馈方式", weight: 0, typ: tText, choices: feedbackWays, help: "当场告知、送达文书等"},
	{field: "receiver", blank: true, head: "接收人", weight: 0, typ: tPerson, also: "反馈接收人 签收人", help: "不公开"},
	{field: "external", head: "利用的其他结论", weight: 3, typ: tLines, also: "专业结论 利用其他部门结果", help: "采用其他部门结果或专业机构结论的，按“种类，出具单位，文号，日期”写；几份的用分号分开"},
	{field: "entrusted", blank: true, head: "委托的专业机构", weight: 3, typ: tText, also: "委托机构 第三方机构", help: "不公开名称"},
	{field: "entrusted_no", blank: true, head: "委托书号", weight: 3, typ: tText, also: "委托书编号", help: "委托专业机构参加检查的必须填"},
	{field: "entrusted_report", blank: true, head: "机构报告编号", weight: 3, typ: tText, also: "专业机构报告编号 报告编号"},
	{field: "unit", head: "检查单位", weight: 1, fill: true, typ: tText, also: "检查机关 检查部门 任务执行单位 检查主体", help: "派发名单上已填好"},
	{field: "origin", head: "检查来源", weight: 2, typ: tText, also: "任务来源", choices: []string{"双随机", "投诉举报", "上级交办", "部门移送", "其他"}, help: "空着算双随机"},
	{field: "ground", head: "检查原因", weight: 3, typ: tText, also: "非随机检查原因 检查事由", help: "检查来源不是双随机的必须填"},
	{field: "issuer", head: "交办单位", weight: 3, typ: tText, also: "移送单位 交办部门 移送部门名称 来文单位 部署单位", help: "上级交办、部门移送、上级部署的，写明是哪个单位"},
	{field: "document", head: "来源文号", weight: 3, typ: tText, also: "交办文号 移送文号 受理编号 来文号 线索编号 受理登记号", help: "交办、移送、部署的文号，投诉举报的受理编号"},
}, goneColumns, []column{noteColumn})

// feedbackWays are the usual ways to tell an enterprise.
var feedbackWays = []string{"当场告知", "送达文书", "邮寄", "电话", "网上送达", "其他"}

// FeedbackWays lists the ways to tell an enterprise, as the forms offer them.
func FeedbackWays() []string { return slices.Clone(feedbackWays) }

// wayWords are other ways to write them.
var wayWords = map[string]string{"当面告知": "当场告知", "当面反馈": "当场告知", "现场告知": "当场告知", "当面送达": "送达文书", "送达": "送达文书", "书面送达": "送达文书",
	"邮寄送达": "邮寄", "电话告知": "电话", "电话反馈": "电话", "短信": "网上送达", "电子送达": "网上送达"}

var feedbackColumns = []column{
	serial,
	{field: "draw", head: "抽取编号", weight: 1, typ: tText, example: "2023-001", also: "任务编号 抽查任务编号", help: "结果的抽取编号"},
	{field: "handle", head: "签号", weight: 1, typ: tNumber, example: "26d03da0c2d66c8087f27a4b61a838c8", help: "结果的签号"},
	{field: "code", head: "统一社会信用代码", weight: 1, typ: tCode, example: "91370322TT0000007J", also: "统一社会信用代码/注册号 社会信用代码 信用代码", help: "签号和代码至少填一个"},
	{field: "name", head: "单位名称", need: required, weight: 1, typ: tText, example: "高青演示机械有限公司（演示）", also: "企业名称 市场主体名称 检查对象名称", help: "全称"},
	{field: "entry", head: "结果记录号", weight: 2, typ: tCount, also: "原记录号 账本记录号 记录号", help: "结果在公开账本里的第几条，可不填"},
	{field: "date", head: "反馈日期", need: required, weight: 4, typ: tDate, example: "2023-09-06", also: "反馈时间 逐户反馈日期 告知日期 送达日期", help: "年-月-日"},
	{field: "way", head: "反馈方式", need: required, weight: 4, typ: tText, example: "送达文书", also: "告知方式 送达方式", choices: feedbackWays, help: "怎样告知企业"},
	{field: "receiver", head: "接收人", weight: 4, typ: tPerson, example: "张演示", also: "签收人 反馈接收人", help: "不公开"},
	noteColumn,
}

var correctionColumns = slices.Concat([]column{
	serial,
	{field: "draw", head: "抽取编号", weight: 1, typ: tText, example: "2023-001", also: "任务编号 抽查任务编号", help: "原结果的抽取编号"},
	{field: "handle", head: "签号", weight: 1, typ: tNumber, example: "26d03da0c2d66c8087f27a4b61a838c8", help: "原结果的签号"},
	{field: "code", head: "统一社会信用代码", weight: 1, typ: tCode, example: "91370322TT0000007J", also: "统一社会信用代码/注册号 社会信用代码 信用代码", help: "签号和代码至少填一个"},
	{field: "name", head: "单位名称", need: required, weight: 1, typ: tText, example: "高青演示机械有限公司（演示）", also: "企业名称 市场主体名称 检查对象名称", help: "全称"},
	{field: "entry", head: "原记录号", weight: 4, typ: tCount, also: "原结果记录号 账本记录号 记录号", help: "原结果在公开账本里的第几条，可不填"},
	{field: "old", head: "原检查结果", weight: 4, typ: tText, example: "a 未发现问题", also: "更正前 原结果 更正前内容 更正前结果", help: "照原样写，供核对"},
	{field: "result", head: "更正后检查结果", weight: 4, typ: tResult, example: "e 发现问题已责令改正", also: "更正后 新结果 更正为 更正后结果 更正后内容", help: "改成什么；有几项的用顿号写在一起"},
	{field: "refusal", head: "不予配合的情形", weight: 2, typ: tList, also: "不予配合理由 不予配合情形", choices: nonCooperation, help: "改为“不予配合情节严重”的：制度列明情形的必须从列表选"},
	{field: "ended", head: "更正后检查结束日期", weight: 4, typ: tDate, also: "更正后检查完成日期", help: "结束日期也有错的才填"},
	{field: "started", blank: true, head: "更正后检查开始日期", weight: 4, typ: tDate},
	{field: "evidence", blank: true, head: "更正后检验检测出具日期", weight: 4, typ: tDate},
	{field: "entered", blank: true, head: "更正后平台录入日期", weight: 4, typ: tDate},
	{field: "published", blank: true, head: "更正后平台公示日期", weight: 4, typ: tDate},
	{field: "ground", head: "更正原因", need: required, weight: 4, typ: tText, example: "录入有误", also: "错误原因 更正理由 更正依据", help: "为什么确有错误；会公开"},
	{field: "approved_by", head: "单位主要负责人", need: required, weight: 4, typ: tPerson, example: "钱演示", also: "主要负责人签字 主要负责人 批准人", help: "签字确认更正的任务执行单位主要负责人"},
	{field: "date", head: "签字日期", need: required, weight: 3, typ: tDate, example: "2023-10-20", also: "签字确认日期 批准日期 批准时间 更正日期", help: "年-月-日"},
}, goneColumns, []column{noteColumn})

var historyColumns = []column{
	serial,
	{field: "code", head: "统一社会信用代码", need: required, weight: 1, typ: tCode, example: "91370322TT0000007J", also: "统一社会信用代码/注册号 社会信用代码 信用代码 注册号", help: "18位；没有的填15位注册号"},
	{field: "name", head: "单位名称", need: required, weight: 1, typ: tText, example: "高青演示机械有限公司（演示）", also: "企业名称 市场主体名称 检查对象名称 检查对象", help: "全称"},
	{field: "drawn", head: "抽取日期", weight: 4, typ: tDate, example: "2023-03-01", also: "抽中日期 随机抽取日期", help: "抽中的日子；不知道的可空着"},
	{field: "inspected", head: "检查日期", need: required, weight: 2, typ: tDate, example: "2023-03-15", also: "检查时间 检查结束日期 检查完成日期", help: "检查结束的日子"},
	{field: "published", idle: true, blank: true, head: "公示日期", weight: 3, typ: tDate, example: "2023-03-20", also: "公示时间 平台公示日期 平台公示时间", help: "结果公示的日子；没公示的空着"},
	{field: "plan_name", idle: true, head: "抽查任务名称", weight: 1, fill: true, typ: tText, example: "（演示）2023年第一批抽查", also: "任务名称 计划名称 抽查计划名称", help: "属于哪次抽查"},
	{field: "mode", idle: true, blank: true, head: "抽查类型", weight: 2, typ: tChoice, also: "抽取方式", choices: modes, help: "不定向或定向，可不填"},
	{field: "role", idle: true, blank: true, head: "开展方式", weight: 4, typ: tChoice, example: "本部门", also: "组织方式 联合方式", choices: []string{"本部门", "联合牵头", "联合参与"}, help: "空着算本部门"},
	{field: "origin", head: "检查来源", weight: 3, typ: tText, example: "双随机", also: "任务来源", choices: []string{"双随机", "投诉举报", "上级交办", "部门移送", "其他"}, help: "只有双随机的计入频次和比例；空着算双随机"},
	{field: "result", idle: true, blank: true, head: "检查结果", weight: 2, typ: tResult, example: "a 未发现问题", also: "抽查结果 结果", help: "可不填"},
	{field: "source", idle: true, blank: true, head: "资料来源", weight: 4, typ: tText, example: "省平台导出", also: "数据来源 依据材料 来源", help: "据什么材料补录"},
	noteColumn,
}
