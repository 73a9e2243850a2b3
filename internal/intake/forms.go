package intake

import "strings"

// need says whether a column must be there.
type need uint8

const (
	optional need = iota
	required
)

// colType is what a column's cells hold.
type colType uint8

const (
	tText    colType = iota
	tLines           // prose of several lines
	tCode            // 统一社会信用代码
	tNumber          // 注册号, certificate, telephone: digits as text
	tPerson          // a person's name
	tPersons         // several
	tID              // identity number
	tDate            //
	tMoment          // date, perhaps with time
	tRatio           //
	tCount           //
	tBool            //
	tList            // several values in one cell
	tChoice          // one of choices
	tResult          // result codes
)

// column is one column of a form: its field in TOML and code, its heading, the
// other names that offices give it, and what the form says about it.
type column struct {
	field   string
	head    string
	need    need
	weight  int  // how much the heading tells of the kind: 0 nothing … 4 almost everything
	fill    bool // merged cells are filled down
	blank   bool // never in the empty form, only read
	idle    bool // nothing acts on it in this version: it is named where it is filled
	typ     colType
	also    string // other headings, separated by spaces
	choices []string
	example string
	help    string
	or      string // other fields, separated by spaces, that serve in its place
}

// form is one kind of form.
type form struct {
	alias   string   // the word for machines
	title   string   // the full title
	hints   []string // words in titles, sheet and file names
	columns []column
	index   map[string]match // headKey of every name, made once
	fields  map[string]int   // field to its place in columns
}

// match is a column that a heading names; rank 0 is its own heading, higher
// ones its other names in the order of also.
type match struct{ col, rank int }

// forms holds every kind.
var forms = learned(map[Kind]*form{
	KindFirms:       {alias: "firms", title: "检查对象名录库", hints: []string{"名录库", "企业库", "对象库", "市场主体库", "企业名单", "企业名录"}, columns: firmColumns},
	KindInspectors:  {alias: "inspectors", title: "执法检查人员名录库", hints: []string{"人员库", "人员名录", "执法人员", "检查人员"}, columns: inspectorColumns},
	KindItems:       {alias: "items", title: "随机抽查事项清单", hints: []string{"事项清单", "抽查清单"}, columns: itemColumns},
	KindPlan:        {alias: "plan", title: "年度抽查工作计划", hints: []string{"计划"}, columns: planColumns},
	KindTask:        {alias: "task", title: "抽查任务", hints: []string{"抽查任务表", "任务单"}, columns: taskColumns},
	KindResults:     {alias: "results", title: "抽查结果", hints: []string{"结果", "派发"}, columns: resultColumns},
	KindCorrections: {alias: "corrections", title: "结果更正", hints: []string{"更正"}, columns: correctionColumns},
	KindFeedback:    {alias: "feedback", title: "逐户反馈", hints: []string{"反馈"}, columns: feedbackColumns},
	KindObjections:  {alias: "objections", title: "异议登记", hints: []string{"异议"}, columns: objectionColumns},
	KindReviews:     {alias: "reviews", title: "异议复核", hints: []string{"复核"}, columns: reviewColumns},
	KindArchive:     {alias: "archive", title: "归档登记", hints: []string{"归档", "档案"}, columns: archiveColumns},
	KindHistory:     {alias: "history", title: "开账前历史", hints: []string{"开账前", "历史"}, columns: historyColumns},
	KindPlatform:    {alias: "platform", title: "平台导出的名单或结果", hints: []string{"平台"}, columns: platformColumns},
	KindCalendar:    {alias: "workdays", title: "工作日补充", hints: []string{"工作日", "停止办公", "放假"}, columns: calendarColumns},
	KindExperts:     {alias: "experts", title: "专家名录", hints: []string{"专家"}, columns: expertColumns},
	KindRecusals:    {alias: "recusals", title: "回避申报表", hints: []string{"回避申报", "回避"}, columns: recusalColumns},
	KindPartners:    {alias: "partners", title: "联合名单", hints: []string{"联合名单", "联合单位"}, columns: partnerColumns},
	KindAgreement:   {alias: "agreement", title: "联合抽查约定", hints: []string{"约定", "确认"}, columns: agreementColumns},
	KindPartnerTeam: {alias: "partnerteam", title: "协同人员", hints: []string{"协同人员", "选派人员"}, columns: partnerTeamColumns},
	KindLeadList:    {alias: "leadlist", title: "牵头方名单", hints: []string{"牵头方名单", "联合抽查名单"}, columns: leadListColumns},
})

// learned makes the keys by which headings are found, once.
func learned(m map[Kind]*form) map[Kind]*form {
	for _, f := range m {
		f.index, f.fields = map[string]match{}, map[string]int{}
		for i, c := range f.columns {
			f.fields[c.field] = i
			names := append([]string{c.head, c.field}, strings.Fields(c.also)...)
			for rank, name := range names {
				k := headKey(name)
				if old, ok := f.index[k]; !ok || rank < old.rank {
					f.index[k] = match{i, rank}
				}
			}
		}
	}
	return m
}

var serial = column{field: "serial", head: "序号", also: "顺序号 序", typ: tText, example: "示例", help: "可不填。写“示例”的一行读入时跳过"}

var noteColumn = column{field: "note", head: "备注", also: "说明", typ: tText, help: "不公开，不写入公开账本"}

var firmColumns = []column{
	serial,
	{field: "code", head: "统一社会信用代码", or: "registration", need: required, weight: 3, typ: tCode, example: "91370322TT0000007J",
		also: "统一社会信用代码/注册号 统一社会信用代码(注册号) 社会信用代码 信用代码 统一信用代码 统一代码 社会统一信用代码 统一社会信用代码证号 企业代码 机构代码 主体代码 营业执照号 营业执照号码 信用代码证号 统一社会信用码",
		help: "18位；没有的填营业执照注册号（15位）。按文本填，不要让它变成数字"},
	{field: "registration", head: "注册号", weight: 1, typ: tNumber, also: "营业执照注册号 工商注册号 工商登记号 登记注册号", help: "没有统一社会信用代码的才填"},
	{field: "name", head: "单位名称", need: required, weight: 2, typ: tText, example: "高青演示机械有限公司（演示）",
		also: "企业名称 生产经营单位名称 市场主体名称 抽查市场主体名称 检查对象名称 抽查对象名称 主体名称 公司名称 企业名称(全称) 单位全称 企业全称 名称 对象名称 经营主体名称 被检查单位 被检查单位名称 监管对象名称 监管对象 企业(单位)名称 单位(企业)名称",
		help: "营业执照上的全称"},
	{field: "type", head: "单位类型", weight: 3, typ: tText, example: "有限责任公司", also: "企业类型 市场主体类型 主体类型 类型 经济类型 公司类型 登记类型 经营主体类型 组织形式", help: "营业执照上的类型，如有限责任公司、个体工商户"},
	{field: "legal_rep", head: "法定代表人", weight: 3, typ: tPerson, example: "张演示", also: "法人 法人代表 法定代表人(负责人) 负责人 法定代表人/负责人 企业负责人 法人姓名 经营者 法定代表人姓名 法人(负责人) 主要负责人", help: "不公开"},
	{field: "address", head: "住所", weight: 2, typ: tText, example: "田镇街道演示路1号", also: "住所(经营场所) 地址 注册地址 经营地址 生产经营地址 企业地址 单位地址 经营场所 详细地址 生产地址 注册住所 企业住所 经营(生产)地址", help: "只公开到镇街"},
	{field: "scope", head: "经营范围", weight: 3, typ: tText, example: "机械零部件加工、销售", also: "主营业务 经营范围及方式 主营范围 主要产品 许可经营范围", help: "营业执照上的经营范围"},
	{field: "town", head: "所属镇街", weight: 3, fill: true, typ: tText, example: "田镇街道", also: "镇街 乡镇 街道 镇办 镇(街道) 镇(街) 所在镇街 所属乡镇 所属镇(街道) 乡镇(街道) 行政区划 所属区域 所属地区 属地 辖区 所在乡镇 所在区域 区域 地区 属地镇街 所属镇办 镇街名称 属地乡镇 乡镇街道", help: "镇、街道或开发区；不定向抽查按它均衡"},
	{field: "sector", head: "行业类别", weight: 3, fill: true, typ: tText, example: "机械", also: "所属行业 行业 行业领域 行业分类 监管行业 所属行业领域 国民经济行业 行业门类 行业类型 所属行业类别",
		choices: []string{"非煤矿山", "化工", "医药", "危险化学品", "烟花爆竹", "冶金", "有色", "建材", "机械", "轻工", "纺织", "烟草", "商贸", "其他"}, help: "按应急管理部门的行业划分填"},
	{field: "supervision", head: "监管类型", weight: 3, fill: true, typ: tText, example: "一般监管", also: "监管类别 监管分类 企业监管类型 监管级别 监管方式 重点/一般", help: "本单位的监管分类"},
	{field: "status", head: "登记状态", weight: 3, typ: tText, example: "存续", also: "经营状态 状态 企业状态 存续状态 主体状态 营业状态 登记状况 经营状况",
		choices: []string{"存续", "在业", "注销", "吊销", "迁出", "停业"}, help: "存续（在业、在营、开业、在册都算）以外的不参加抽取"},
	{field: "registered", head: "成立日期", weight: 2, typ: tDate, example: "2015-06-01", also: "注册日期 登记日期 成立时间 注册时间 核准日期 设立日期", help: "年-月-日"},
	{field: "registrar", idle: true, blank: true, head: "登记机关", weight: 2, fill: true, typ: tText, also: "发照机关 注册机关 登记部门", help: "营业执照的发照机关"},
	{field: "risk", head: "安全风险等级", weight: 2, typ: tText, also: "风险等级 风险分级 安全风险分级 风险级别 风险类别", choices: []string{"低风险", "一般风险", "较大风险", "重大风险", "高风险"}, help: "不公开；带不带“风险”两个字都可以"},
	{field: "credit", idle: true, blank: true, head: "信用风险等级", weight: 2, typ: tText, also: "信用等级 信用风险分类 信用风险类别 信用评价 信用分类 企业信用风险分类结果", help: "不公开"},
	{field: "ownership", head: "隶属关系", weight: 2, typ: tText, also: "隶属 管辖 企业隶属 权属 管辖级别 隶属级别 所属层级", choices: []string{"县（区）属", "市属", "省属", "中央企业"}, help: "按管辖关系填"},
	{field: "tags", head: "重点标签", weight: 3, typ: tList, example: "有限空间、粉尘涉爆", also: "标签 特别标签 重点类别 重点领域 重点单位类别 重点监管类别", help: "可填多个：" + joinWords(firmTags) + "。用顿号分开"},
	{field: "tag_basis", idle: true, blank: true, head: "列入依据", weight: 2, typ: tText, also: "列入文件 列入名单文号 标签依据", help: "严重失信、黑名单等标签所依据的文件"},
	{field: "listed", idle: true, blank: true, head: "列入日期", weight: 2, typ: tDate, also: "列入时间", help: "列入名单的日期"},
	{field: "delisted", idle: true, blank: true, head: "移出日期", weight: 2, typ: tDate, also: "移出时间", help: "移出名单的日期"},
	{field: "excluded", head: "不列入随机抽查的依据", weight: 3, typ: tText, also: "特殊领域依据 不适用随机抽查依据 特殊行业", help: "直接涉及公共安全和人民群众生命健康等特殊行业、重点领域的，写明依据；其余留空"},
	{field: "unit", idle: true, blank: true, head: "监管单位", weight: 1, fill: true, typ: tText, also: "责任科室 监管科室 主管科室 责任单位 监管部门 业务科室", help: "本单位内负责监管的科室或大队"},
	{field: "source", idle: true, blank: true, head: "数据来源", weight: 2, fill: true, typ: tText, also: "信息来源 来源", help: "从哪个系统导出、何时导出"},
	noteColumn,
	flag("dust_explosion", "粉尘涉爆", "涉爆粉尘 粉尘防爆 是否粉尘涉爆 是否涉爆粉尘"),
	flag("confined_space", "有限空间", "有限空间作业 是否有限空间 是否涉及有限空间"),
	flag("ammonia", "液氨制冷", "涉氨制冷 涉氨 是否液氨制冷 是否涉氨制冷 液氨"),
	flag("major_hazard_source", "重大危险源", "是否重大危险源 危险化学品重大危险源 是否构成重大危险源 构成危险化学品重大危险源"),
	flag("serious_dishonest", "严重失信", "是否严重失信 严重失信主体 失信名单"),
	flag("blacklist", "黑名单", "是否黑名单 安全生产黑名单 列入黑名单 是否列入黑名单"),
	flag("complaints", "投诉举报多", "多次投诉举报 是否投诉举报多"),
	{field: "complaint_times", blank: true, head: "投诉举报次数", weight: 3, typ: tCount, also: "被投诉举报次数 投诉次数", help: "一年内被投诉举报并记录的次数，可不填；“多次”按规则包的次数算"},
	flag("abnormal", "经营异常", "经营异常名录 是否列入经营异常名录 是否经营异常"),
	flag("grave_violation", "严重违法", "严重违法记录 是否有严重违法记录"),
	flag("watchlist", "重点关注名录", "是否列入重点关注名录 重点关注"),
}

// flag is a 是/否 column whose heading is itself a tag.
func flag(field, tag, also string) column {
	return column{field: field, head: tag, weight: 3, typ: tBool, blank: true, also: also}
}

// firmTags are the tags that rule packs know, as people write them.
var firmTags = []string{"粉尘涉爆", "有限空间", "液氨制冷", "重大危险源", "严重失信", "黑名单", "投诉举报多", "经营异常", "严重违法", "重点关注名录", "其他"}

var inspectorColumns = []column{
	serial,
	{field: "certificate", head: "执法证号", need: required, weight: 4, typ: tNumber, example: "370322001", also: "执法证编号 执法证件号 执法证件号码 行政执法证号 证件编号 执法证号码 证号 执法证件编号 行政执法证件号", help: "4至32位数字、大写字母或短横线，按文本填"},
	{field: "name", head: "姓名", need: required, weight: 3, typ: tPerson, example: "李演示", also: "执法人员 人员姓名 执法人员姓名 检查人员 检查人员姓名", help: "默认不公开"},
	{field: "sex", head: "性别", weight: 3, typ: tChoice, example: "男", choices: []string{"男", "女"}, help: "不公开"},
	{field: "id_number", head: "身份证号", weight: 3, typ: tID, also: "身份证号码 身份证 公民身份号码 居民身份证号 证件号码", help: "不公开，只存在本单位私有文件中；按文本填"},
	{field: "phone", head: "联系方式", weight: 2, typ: tNumber, also: "联系电话 手机 手机号 手机号码 电话", help: "不公开"},
	{field: "unit", head: "所在单位", weight: 2, fill: true, typ: tText, example: "高青县应急管理局综合行政执法大队", also: "工作单位 单位 所属单位 部门 所在部门 单位名称 所属部门 科室 执法单位 所在科室", help: "科室、大队或镇街"},
	{field: "title", head: "职务或职称", weight: 3, typ: tText, example: "科员", also: "职务 职称 职务(职称) 职务/职称 职务职称 岗位", help: "不公开"},
	{field: "level", head: "层级", weight: 2, fill: true, typ: tChoice, example: "县级", also: "单位层级 级别 县乡 人员层级 执法层级", choices: []string{"县级", "乡级"}, help: "县级或乡级（镇、街道）"},
	{field: "valid_from", head: "证件有效期起", weight: 2, typ: tDate, example: "2022-01-01", also: "有效期起 发证日期 有效期自 起始日期 执法证有效期起 发证时间", help: "年-月-日"},
	{field: "valid_to", head: "证件有效期止", weight: 2, typ: tDate, example: "2027-12-31", also: "有效期止 有效期至 有效期 到期日期 执法证有效期 执法证有效期止 截止日期 有效期限", help: "年-月-日，或“长期”；过期的不参加抽取"},
	{field: "specialities", head: "业务专长", weight: 4, typ: tList, example: "危险化学品、工贸", also: "专长 专业 专业领域 业务范围 业务特长 擅长领域 执法事项清单范围", help: "可填多个，用顿号分开"},
	{field: "status", head: "在岗状态", weight: 2, typ: tText, also: "状态 人员状态 是否在岗", choices: []string{"在岗", "停用", "调离", "退休"}, help: "不在岗的不参加抽取；空着算在岗"},
	{field: "expert", head: "是否专家", weight: 2, typ: tBool, also: "专家", choices: []string{"是", "否"}, help: "专家不参加抽取：检查组只抽执法人员"},
	{field: "conflicts", head: "需回避的单位", weight: 3, typ: tList, also: "回避单位 利害关系单位 回避对象 申请回避的单位", help: "与本人有利害关系的单位：统一社会信用代码或全称，用顿号分开。不公开"},
	{field: "change", idle: true, blank: true, head: "变动原因", weight: 1, typ: tText, also: "调整原因 变更原因", help: "调入、调离、岗位调整等"},
	noteColumn,
}
