package demo

import "github.com/sunlot/sunlot/internal/intake"

// outside: what stands beside the plan. A task that the plan does not know, with
// the order behind it and what frees it from the cap (高青; 偃师 has no such
// tasks and refuses it), announced and given up before its round.
func (r *Run) outside() {
	if r.err != nil {
		return
	}
	row := map[string]string{"计划编号": "L2401", "抽查任务名称": "危险化学品专项抽查（临时）", "抽查类型": "定向", "检查对象范围": "危险化学品企业", "定向条件": "行业 = 危险化学品",
		"预估数量": "6", "开始日期": "2024-07-20", "结束日期": "2024-09-20", "实施单位": r.Office.Name}
	data, err := sheet(intake.KindPlan, []map[string]string{row})
	order := []string{"--document", "关于开展危险化学品专项整治的通知（演示）", "--number", "演示〔2024〕7号", "--issuer", "上级应急管理部门（演示）", "--approved-by", "负责人（演示）", "--yes"}
	known := map[string]int{"gaoqing": 0, "yanshi": 1}[r.Office.Pack]
	r.at("2024-07-12 15:20:00", known, append([]string{"task", r.put("临时任务.xlsx", data, err), "--ground", "专项整治"}, order...)...)
	if known == 0 {
		r.at("2024-07-12 15:30:00", 0, append([]string{"waiver", "--plan", "L2401", "--kind", "另行部署", "--ground", "专项整治"}, order...)...)
		r.at("2024-07-12 15:40:00", 0, "draw", "announce", "--plan", "L2401", "--round", "9367912", "--yes")
	}
}

// giveUp ends that draw when the number is out. Nothing is erased by it: the draw
// is cast first, and whom it drew stays listed as 已抽中、未执行 (draw1 §8).
func (r *Run) giveUp(beacon string) {
	if r.err != nil || r.Office.Pack != "gaoqing" {
		return
	}
	r.at("2024-07-15 08:45:00", 0, "draw", "abort", "2024-002", "--ground", "上级通知暂缓（演示）", "--beacon", beacon, "--yes")
}

// moreTime moves the end of the summer's draw, once.
func (r *Run) moreTime() {
	r.at("2024-07-30 10:00:00", 0, "draw", "extend", "2024-001", "--to", "2024-10-31", "--ground", "汛期部分企业停产（演示）", "--approved-by", "负责人（演示）", "--yes")
	r.at("2024-07-30 10:05:00", 1, "draw", "extend", "2024-001", "--to", "2024-12-31", "--ground", "再次停产（演示）", "--approved-by", "负责人（演示）", "--yes") // once is the most
}
