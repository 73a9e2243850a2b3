package intake

// dayWords are the three things that a row of a 工作日补充 can say of a day.
var dayWords = []string{"停止办公", "放假", "调休上班"}

var calendarColumns = []column{
	serial,
	{field: "date", head: "日期", need: required, weight: 2, typ: tDate, example: "2023-07-21", help: "年-月-日，一行一天"},
	{field: "kind", head: "安排", need: required, weight: 4, typ: tChoice, example: "停止办公", also: "工作日安排 当日安排", choices: dayWords,
		help: "停止办公：本单位因洪涝、疫情等停办，只能写当天和以后；放假、调休上班：国务院办公厅新公布的下一年安排"},
	{field: "ground", head: "停办事由", weight: 4, typ: tText, example: "（演示）暴雨红色预警", also: "停止办公事由 事由", help: "停止办公才填；会公开"},
	{field: "title", head: "依据文件", need: required, weight: 2, typ: tText, example: "（演示）关于暂停办公的通知", also: "文件名称 通知名称", help: "据哪个文件；会公开"},
	{field: "number", head: "文号", weight: 2, typ: tText, example: "演示〔2023〕7号", also: "文件编号 通知文号", help: "放假安排必须填"},
	noteColumn,
}

// DayRow is what a 工作日补充 says of one day.
type DayRow struct {
	Date, Kind, Ground, Title, Number string // Kind: 停止办公, 放假, 调休上班
	Line                              Place
}

// Days reads a 工作日补充.
func (t *Table) Days() ([]DayRow, *Report) { return readTable(t, KindCalendar, parseDays) }

func parseDays(r *rowReader) DayRow {
	d := DayRow{Date: r.day("date"), Kind: r.choice("kind", nil), Ground: r.text("ground"), Title: r.text("title"), Number: r.text("number"), Line: r.line()}
	r.text("note") // private, but what is in it must be readable
	return d
}
