package site

import (
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// summaryTask says in one sentence what a record of tasks, people, joint checks
// or the platform does, "" for one of another kind.
func (m *maker) summaryTask(e *verify.Entry) string {
	switch b := e.Record.Body.(type) {
	case *record.Task:
		return "登记临时抽查任务 " + b.Line.No + " " + b.Line.Name + "：" + b.Ground
	case *record.Waiver:
		index, _ := m.s.Line(b.Year, b.Line)
		if index > e.Index {
			index = 0 // a task that took the number later
		}
		return "登记" + m.s.LineWord(index) + " " + b.Line + " " + rules.WaiverWords(b.Kind) + "：" + b.Ground
	case *record.Extension:
		return m.drawName(b.Notice) + " 的任务延期至" + b.To + "：" + b.Ground
	case *record.Lost:
		return "登记" + lostWords(b) + "遗失：" + b.Ground
	case *record.Recusal:
		return "登记一人的回避申报，涉及" + num(b.Units) + "家企业"
	case *record.TeamsNotice:
		return "发布组队预告 " + b.ID + "，" + num(b.Count) + "户"
	case *record.Teams:
		return "完成组队 " + m.teamsName(e, b.Notice)
	case *record.Software:
		return "登记网页核验程序的校验码，" + num(int64(len(b.Files))) + "个文件"
	case *record.Expert:
		return "委派专家（" + m.drawName(b.Notice) + "）：" + b.Ground
	case *record.PlatformDraw:
		return "登记监管平台的抽取名单（" + m.drawName(b.Notice) + "），" + num(b.Count) + "户"
	case *record.Feedback:
		return "向企业反馈（第" + num(max(b.Result, b.Review)) + "条记录）：" + b.Date + "，" + b.Way
	}
	return m.summaryJoint(e)
}

func (m *maker) summaryJoint(e *verify.Entry) string {
	switch b := e.Record.Body.(type) {
	case *record.Partners:
		return "公布联合名单第" + num(b.Version) + "版，" + num(len(b.List)) + "个单位"
	case *record.Agreement:
		return b.Partner + "确认联合抽查 " + b.Line + "，" + b.From + "至" + b.To
	case *record.PartnerDispatch:
		return "向协同部门派发 " + m.drawName(b.Notice) + "：" + b.Partner + "，" + num(b.Count) + "户"
	case *record.PartnerTeam:
		return "登记" + b.Partner + "的检查人员" + num(len(b.Names)) + "人"
	case *record.Joined:
		return "参与" + b.Lead + "牵头的联合抽查 " + b.Task + "，" + num(b.Count) + "户"
	}
	return ""
}

// teamsName is the id of the teams notice that an entry names; one without effect
// may name anything.
func (m *maker) teamsName(by *verify.Entry, index int64) string {
	if index >= 0 && index < by.Index && m.b.Entries[index].Record != nil {
		if b, ok := m.b.Entries[index].Record.Body.(*record.TeamsNotice); ok {
			return b.ID
		}
	}
	return "第" + num(index) + "条记录"
}
