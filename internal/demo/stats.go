package demo

import (
	"maps"

	"github.com/sunlot/sunlot/internal/intake"
)

// reported: 偃师's checklist goes to the bureau above as well (第八条 统一汇总上报).
func (r *Run) reported() {
	if r.Office.Pack == "yanshi" {
		r.at("2023-06-12 16:00:00", 0, "file-plan", "--list", "--to", "市应急管理局（演示）", "--date", "2023-06-12", "--yes")
	}
}

// unit is one that carries out a line of the plan.
func (o *Office) unit() string {
	for _, l := range o.Line {
		if name, ok := l["实施单位"].(string); ok {
			return name
		}
	}
	return o.Name
}

// amended is the checklist with one item put otherwise.
func (o *Office) amended() ([]byte, error) {
	rows := append([]map[string]string(nil), o.Item...)
	rows[0] = maps.Clone(rows[0])
	rows[0]["抽查事项"] += "（含全员安全生产责任制）"
	return sheet(intake.KindItems, rows)
}

// yearEnd: an item of the checklist is put otherwise, for the law has changed;
// the register is checked in January and is still that of June; the
// numbers of the year that is over, for the office and for one of its units.
func (r *Run) yearEnd() {
	data, err := r.Office.amended()
	r.at("2024-01-15 16:00:00", 0, "record", r.put("随机抽查事项清单改.xlsx", data, err), "--yes", "--reason", "改", "--all-items", "7",
		"--all-items-source", "本局行政检查事项目录（演示）")
	data, err = r.Office.register(1, r.Office.Firms)
	r.at("2024-01-16 09:00:00", 0, "record", r.put("检查对象名录库核对.xlsx", data, err), "--yes")
	r.at("2024-01-16 10:00:00", 0, "stats", "--year", "2023")
	r.at("2024-01-16 10:05:00", 0, "stats", "--year", "2023", "--unit", r.Office.unit())
}

// statistics on the last day: both years.
func (r *Run) statistics() {
	r.at("2024-07-31 17:05:00", 0, "stats", "--year", "2023", "--csv")
	r.at("2024-07-31 17:06:00", 0, "stats", "--year", "2024")
	r.at("2024-07-31 17:07:00", 0, "check")
}
