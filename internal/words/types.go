package words

// typeNames are the types of entries as people call them, one word for one
// thing; a test of room site holds them complete.
var typeNames = map[string]string{
	"charter": "开账声明", "checklist": "随机抽查事项清单", "roster": "名录库", "plan": "年度抽查工作计划",
	"filing": "备案上报", "history": "开账前历史", "calendar": "工作日补充", "notice": "抽取预告", "draw": "抽取", "dispatch": "派发",
	"team-change": "检查人员变动", "request": "换人抽签申请", "replacement": "换人抽签", "result": "抽查结果", "correction": "更正", "follow-up": "后续处置", "recusal": "回避申报", "teams-notice": "组队预告", "teams": "组队", "expert": "专家委派", "feedback": "逐户反馈",
	"opened": "启封", "abort": "终止",
	"partners": "联合名单", "agreement": "联合抽查约定", "joined": "参与联合抽查", "partner-dispatch": "向协同部门派发", "partner-team": "协同人员",
	"objection": "异议", "review": "异议复核", "archive": "归档", "purge": "销毁", "takedown": "撤下",
	"platform-draw": "平台抽取登记",
	"task":          "临时抽查任务", "waiver": "不受频次比例限制的依据", "extension": "延期", "paper": "纸面见证", "contribution": "见证人加数", "lost": "启封钥匙遗失", "software": "网页核验程序",
}

// Type is what people call a type of entry.
func Type(t string) string {
	if n := typeNames[t]; n != "" {
		return n
	}
	return Unread
}

// Unread is said of an entry of no type that this program knows.
const Unread = "读不出的记录"
