package intake

import (
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/sunlot/sunlot/internal/fault"
)

// KindPlatform is what a state platform exports: the list that it drew, or the
// results that it publishes (requirements §2.4). It is read only where it is
// asked for, because its headings are those of other forms too.
const KindPlatform Kind = "平台导出"

// PlatformRow is one unit of a platform's export. What the export does not say
// is empty.
type PlatformRow struct {
	Plan, PlanName string // 抽查计划编号, 名称
	Task, TaskName string // 抽查任务编号, 名称
	Type, Organ    string // 抽查类型, 检查机关
	Name, Code     string // Code is canonical
	People         []string
	Certificates   []string
	Leader         string
	Drawn          string // 抽取时间: 2006-01-02, or RFC 3339 in +08:00
	Ended          string // 2006-01-02
	Result         string // as written
	Entered        string
	Published      string
	Line           Place
}

var platformColumns = []column{
	serial,
	{field: "plan_no", head: "抽查计划编号", weight: 2, fill: true, typ: tText, also: "计划编号"},
	{field: "plan_name", head: "抽查计划名称", weight: 2, fill: true, typ: tText, also: "计划名称"},
	{field: "task_no", head: "抽查任务编号", weight: 4, fill: true, typ: tText, also: "任务编号 平台任务编号 抽取任务编号"},
	{field: "task_name", head: "抽查任务名称", weight: 3, fill: true, typ: tText, also: "任务名称"},
	{field: "mode", head: "抽查类型", weight: 2, fill: true, typ: tText, also: "抽取类型 抽取方式"},
	{field: "organ", head: "检查机关", weight: 2, fill: true, typ: tText, also: "检查部门 检查单位 实施机关"},
	{field: "name", head: "市场主体名称", need: required, weight: 2, typ: tText, also: "抽查市场主体名称 主体名称 企业名称 单位名称 检查对象名称 抽查对象名称 检查对象 抽查对象"},
	{field: "code", head: "统一社会信用代码", or: "registration", need: required, weight: 2, typ: tCode, also: "统一社会信用代码/注册号 统一社会信用代码(注册号) 社会信用代码 信用代码 统一代码"},
	{field: "registration", head: "注册号", weight: 1, typ: tNumber, also: "营业执照注册号"},
	{field: "registrar", head: "登记机关", weight: 1, fill: true, typ: tText},
	{field: "team", head: "检查人员", weight: 2, fill: true, typ: tPersons, also: "执法人员 检查人员姓名 检查组成员"},
	{field: "certificates", head: "执法证号", weight: 1, fill: true, typ: tList, also: "执法证编号 检查人员执法证号"},
	{field: "leader", head: "组长", weight: 2, fill: true, typ: tPerson, also: "检查组长"},
	{field: "drawn", head: "抽取时间", weight: 4, fill: true, typ: tMoment, also: "随机抽取日期 随机抽取时间 抽取日期"},
	{field: "ended", head: "检查完成日期", weight: 3, typ: tDate, also: "检查结束日期 检查完成时间 检查日期 检查时间"},
	{field: "result", head: "检查结果", weight: 3, typ: tLines, also: "抽查结果 结果 抽查检查结果"},
	{field: "entered", head: "录入时间", weight: 2, typ: tDate, also: "录入日期 平台录入时间 平台录入日期"},
	{field: "published", head: "公示时间", weight: 3, typ: tDate, also: "公示日期 平台公示时间 平台公示日期"},
	noteColumn,
}

// PlatformRows reads a 平台导出.
func (t *Table) PlatformRows() ([]PlatformRow, *Report) {
	return readTable(t, KindPlatform, func(r *rowReader) PlatformRow {
		x := PlatformRow{Plan: narrow(r.text("plan_no")), PlanName: r.text("plan_name"), Task: narrow(r.text("task_no")), TaskName: r.text("task_name"),
			Type: r.text("mode"), Organ: r.text("organ"), Name: r.text("name"), Code: r.unit(), People: r.persons("team"), Certificates: r.list("certificates"),
			Leader: r.person("leader"), Drawn: r.moment("drawn").String(), Ended: r.day("ended"), Result: r.text("result"),
			Entered: r.day("entered"), Published: r.day("published"), Line: r.line()}
		if r.text("note"); len(x.People) > 9 {
			r.problem("team", "intake.many-people", itoa(len(x.People)), "9")
		}
		for i, c := range x.Certificates {
			x.Certificates[i] = strings.ToUpper(narrow(c))
		}
		return x
	})
}

// Has reports whether the table has the column of a field.
func (t *Table) Has(field string) bool {
	f := forms[t.Kind]
	i, ok := f.fields[field]
	for _, p := range t.parts {
		if ok && p.cols[i] >= 0 {
			return true
		}
	}
	return false
}

// List writes one sheet of plain text cells under bold headings: a list for
// people to work through, not a form to come back.
func List(sheet string, heads []string, rows [][]string) ([]byte, error) {
	w := &sheetWriter{f: excelize.NewFile()}
	defer w.f.Close()
	w.try(w.f.SetSheetName("Sheet1", sheet))
	wrap := &excelize.Alignment{WrapText: true, Vertical: "center"}
	text := w.style(&excelize.Style{NumFmt: 49, Alignment: wrap})
	head := w.style(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}, Fill: fill("DDEBF7"), Alignment: wrap})
	for i := range heads {
		w.try(w.f.SetColStyle(sheet, letter(i), text))
		w.try(w.f.SetColWidth(sheet, letter(i), letter(i), 24))
	}
	for n, row := range append([][]string{heads}, rows...) {
		for i, v := range row {
			cell := letter(i) + itoa(n+1)
			w.try(w.f.SetCellStr(sheet, cell, v))
			if n == 0 {
				w.try(w.f.SetCellStyle(sheet, cell, cell, head))
			} else {
				w.try(w.f.SetCellStyle(sheet, cell, cell, text))
			}
		}
	}
	w.try(w.f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	if w.err != nil {
		return nil, fault.Wrap("intake.cannot-write", sheet, w.err)
	}
	return w.bytes(sheet)
}
