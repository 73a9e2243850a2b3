package demo

import (
	"slices"
	"strconv"

	"github.com/sunlot/sunlot/internal/intake"
)

// declare: two inspectors say before any draw which firms they must not inspect;
// 高青 also has a library of experts.
func (r *Run) declare() {
	people := People(r.Office.County, 1, 2)
	var rows []map[string]string
	i := 0
	for f := range Firms(r.Office.County, 1, 60) {
		p := people[i/10%2]
		if i++; i%10 < 8 {
			rows = append(rows, map[string]string{"执法证号": p.Certificate, "姓名": p.Name, "需回避的单位": f.Code, "申报日期": "2023-07-03", "批准人": "负责人（演示）", "批准日期": "2023-07-04"})
		}
	}
	data, err := sheet(intake.KindRecusals, rows)
	r.at("2023-07-04 09:30:00", 0, "record", r.put("回避申报.xlsx", data, err), "--yes")
	if r.Office.Pack != "gaoqing" {
		return
	}
	rows = nil
	for n, s := range []string{"危险化学品", "机械", "粉尘防爆", "电气安全"} {
		rows = append(rows, map[string]string{"专家编号": "ZJ000" + strconv.Itoa(n+1), "姓名": "专家" + string([]rune("甲乙丙丁")[n]) + "（演示）", "业务专长": s, "聘期起": "2023-01-01", "聘期止": "2025-12-31"})
	}
	data, err = sheet(intake.KindExperts, rows)
	r.at("2023-07-04 10:00:00", 0, "record", r.put("专家库.xlsx", data, err), "--yes", "--as", "专家库")
}

// withdraw: in the new year both say that nothing holds them back any more.
func (r *Run) withdraw() {
	var rows []map[string]string
	for _, p := range People(r.Office.County, 1, 2) {
		rows = append(rows, map[string]string{"执法证号": p.Certificate, "姓名": p.Name, "需回避的单位": "无", "申报日期": "2024-01-15", "批准人": "负责人（演示）", "批准日期": "2024-01-16"})
	}
	data, err := sheet(intake.KindRecusals, rows)
	r.at("2024-01-16 09:30:00", 0, "record", r.put("回避申报2024.xlsx", data, err), "--yes")
}

// standBack: an inspector applies for recusal after the draw, and an expert is
// appointed; the pack of 偃师 knows neither.
func (r *Run) standBack(d *drawn) {
	if r.err != nil || len(d.Objects) < 4 {
		return
	}
	o := d.Objects[2]
	come := ""
	for _, other := range d.Objects {
		for _, c := range other.Certificates {
			if !slices.Contains(o.Certificates, c) && come == "" && !slices.Contains(r.recused(), c) {
				come = c
			}
		}
	}
	want := map[string]int{"gaoqing": 0, "yanshi": 1}[r.Office.Pack]
	r.at("2023-08-28 10:10:00", want, "replace", d.Draw, "--kind", "回避", "--object", o.Handle, "--leave", o.Certificates[1], "--come", come,
		"--ground", "与企业负责人有亲属关系（演示）", "--applied", "2023-08-27", "--consent", r.Office.Name, "--agreed-by", "负责人（演示）", "--yes")
	r.at("2023-08-28 10:20:00", want, "expert", d.Draw, "--object", d.Objects[3].Handle, "--person", "ZJ0001", "--speciality", "危险化学品",
		"--ground", "涉及危险化学品储存（演示）", "--approved-by", "负责人（演示）", "--yes")
}

// recused are those who declared before the draw.
func (r *Run) recused() []string {
	var list []string
	for _, p := range People(r.Office.County, 1, 2) {
		list = append(list, p.Certificate)
	}
	return list
}
