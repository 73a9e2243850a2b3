package demo

import (
	"encoding/json"
	"strconv"

	"github.com/sunlot/sunlot/internal/intake"
)

// objected are the entries of the two objections of the year.
type objected [2]int64

// object: two enterprises object to their results.
func (r *Run) object(d *drawn) (entries objected) {
	if r.err != nil || len(d.Objects) < 4 {
		return
	}
	var rows []map[string]string
	for _, i := range []int{2, 3} {
		o := d.Objects[i]
		rows = append(rows, map[string]string{"抽取编号": d.Draw, "签号": o.Handle, "统一社会信用代码": o.Code, "单位名称": o.Name, "接到申请材料日期": "2023-10-12",
			"申请人": "申请人（演示）", "异议内容": "认为检查结果与事实不符（演示）", "递交方式": "当面递交"})
	}
	data, err := sheet(intake.KindObjections, rows)
	out := r.at("2023-10-12 16:30:00", 0, "objection", r.put("异议.xlsx", data, err), "--yes", "--json")
	var written struct {
		First int64 `json:"first"`
	}
	if r.err == nil {
		r.err = json.Unmarshal([]byte(out), &written)
	}
	return objected{written.First, written.First + 1}
}

// review: one objection is upheld; the other was right, and its result is
// corrected first, for a review without its correction is refused.
func (r *Run) review(d *drawn, entries objected) {
	if r.err != nil || entries[0] == 0 {
		return
	}
	first, second := strconv.FormatInt(entries[0], 10), strconv.FormatInt(entries[1], 10)
	r.at("2023-10-27 09:30:00", 0, "objection", "decide", first, "--outcome", "维持", "--reasons", "经核对检查记录，结果无误（演示）", "--by", "负责人（演示）", "--yes")
	r.at("2023-10-27 10:00:00", 1, "objection", "decide", second, "--outcome", "更正", "--reasons", "登记有误（演示）", "--by", "负责人（演示）", "--yes")
	o := d.Objects[3]
	data, err := sheet(intake.KindCorrections, []map[string]string{{"抽取编号": d.Draw, "签号": o.Handle, "统一社会信用代码": o.Code, "单位名称": o.Name,
		"更正后检查结果": "a 未发现问题", "更正原因": "经复核确有错误（演示）", "单位主要负责人": "负责人（演示）", "签字日期": "2023-10-27"}})
	r.at("2023-10-27 10:30:00", 0, "correct", r.put("复核更正.xlsx", data, err), "--yes")
	r.at("2023-10-27 11:00:00", 0, "objection", "decide", second, "--outcome", "更正", "--reasons", "登记有误（演示）", "--by", "负责人（演示）", "--yes")
}

// told: both enterprises are told of the reviews.
func (r *Run) told(entries objected) {
	if entries[0] == 0 {
		return
	}
	for i, when := range []string{"2023-11-14 10:00:00", "2023-11-14 10:05:00"} {
		r.at(when, 0, "objection", "told", strconv.FormatInt(entries[i], 10), "--way", "送达文书", "--receiver", "申请人（演示）", "--yes")
	}
}

// archive: the papers of a whole draw go into the archive; somebody wants to
// make room too early.
func (r *Run) archive(d *drawn) {
	if r.err != nil {
		return
	}
	kind := map[string]string{"gaoqing": "执法文书", "yanshi": "实地核查记录表"}[r.Office.Pack]
	keep, ground := "", ""
	if r.Office.Pack == "gaoqing" { // its text has no number of years
		keep, ground = "10年", "本单位文书档案保管期限表（演示）"
	}
	var rows []map[string]string
	for i, o := range d.Objects {
		for _, k := range []string{kind, "其他"} {
			rows = append(rows, map[string]string{"抽取编号": d.Draw, "签号": o.Handle, "统一社会信用代码": o.Code, "单位名称": o.Name, "材料种类": k,
				"文书号": "演示字〔2023〕" + strconv.Itoa(i+1) + "号", "材料日期": "2023-09-05", "页数": "3", "归档日期": "2023-12-20", "保管期限": keep, "期限依据": ground, "存放位置": "档案室（演示）"})
		}
	}
	data, err := sheet(intake.KindArchive, rows)
	out := r.at("2023-12-20 15:00:00", 0, "archive", r.put(d.Draw+"-归档.xlsx", data, err), "--yes", "--json")
	var written struct {
		First int64 `json:"first"`
	}
	if r.err == nil {
		r.err = json.Unmarshal([]byte(out), &written)
	}
	r.at("2024-01-10 10:00:00", 1, "archive", "purge", strconv.FormatInt(written.First, 10), "--ground", "腾出柜子（演示）", "--approved", "负责人（演示）", "--yes")
}
