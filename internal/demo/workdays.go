package demo

import "github.com/sunlot/sunlot/internal/intake"

// closed: a flood shuts the office of 高青 for a day (工作日补充). It moves the
// date of the results by that day; the national date stays beside it.
func (r *Run) closed() {
	if r.err != nil || r.Office.Pack != "gaoqing" {
		return
	}
	data, err := sheet(intake.KindCalendar, []map[string]string{{"日期": "2023-10-16", "安排": "停止办公", "停办事由": "办公楼进水抢修（演示）",
		"依据文件": "关于10月16日暂停办公的通知（演示）", "文号": "演示〔2023〕16号"}})
	list := r.put("工作日补充.xlsx", data, err)
	r.at("2023-10-13 16:00:00", 0, "record", list, "--yes")
	// A day that is over cannot be taken off: nobody excuses a late result so.
	r.at("2023-10-17 08:40:00", 1, "record", list, "--yes")
}
