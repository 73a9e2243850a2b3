package demo

import (
	"strings"

	"github.com/sunlot/sunlot/internal/intake"
)

// batch is what a unit hands in on one day: the codes are dealt out in turn.
type batch struct {
	codes                           [][]string
	ended, entered, published, late string
}

// scan is the digest of a scanned sign-off sheet; the demonstration has none,
// so it is that of the empty file.
const scan = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// results fills the result form for some of the drawn and hands it in.
func (r *Run) results(when string, d *drawn, which []int, b batch) string {
	if r.err != nil {
		return ""
	}
	var rows []map[string]string
	for n, i := range which {
		rows = append(rows, r.resultRow(d, i, b, b.codes[n%len(b.codes)]))
	}
	data, err := sheet(intake.KindResults, rows)
	return r.at(when, 0, "result", r.put(d.Draw+"-结果-"+when[:10]+".xlsx", data, err), "--yes")
}

func (r *Run) resultRow(d *drawn, i int, b batch, codes []string) map[string]string {
	o := d.Objects[i]
	row := map[string]string{"抽取编号": d.Draw, "签号": o.Handle, "统一社会信用代码": o.Code, "单位名称": o.Name, "检查人员": join(o.Team), "组长": o.Leader,
		"检查结果": join(codes), "检查方式": "检查现场、查阅资料", "检查开始日期": b.ended, "检查结束日期": b.ended, "平台录入日期": b.entered, "平台公示日期": b.published,
		"录入人": o.Team[0], "审核人": "负责人（演示）", "全体签字人": join(o.Team), "签字日期": b.ended, "扫描件校验码": scan, "逾期说明": b.late}
	if r.Office.Pack == "yanshi" {
		row["检查方式"] = "实地核查、询问调查"
	}
	for _, c := range codes {
		switch c {
		case "e":
			row["后续处置"], row["处置期限"] = "责令限期整改", "2024-12-31"
		case "g":
			row["后续处置"] = "立案"
		case "f":
			row["不予配合的事实"] = "演示"
			if r.Office.Pack == "yanshi" {
				row["不予配合的情形"] = "拒绝提供相关材料"
			}
		}
	}
	r.describe(row, d.Draw, i, b)
	return row
}

func join(list []string) string { return strings.Join(list, "、") }

// correct puts a result right: both versions stay.
func (r *Run) correct(d *drawn, i int) {
	o := d.Objects[i]
	data, err := sheet(intake.KindCorrections, []map[string]string{{"抽取编号": d.Draw, "签号": o.Handle, "统一社会信用代码": o.Code, "单位名称": o.Name,
		"更正后检查结果": "e 发现问题已责令改正", "更正原因": "录入时漏填已责令改正的问题（演示）", "单位主要负责人": "负责人（演示）", "签字日期": "2023-10-12"}})
	r.at("2023-10-12 11:00:00", 0, "correct", r.put(d.Draw+"-更正.xlsx", data, err), "--yes")
}
