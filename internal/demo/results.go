package demo

import (
	"regexp"
	"strconv"

	"github.com/sunlot/sunlot/internal/intake"
)

// describe adds to some rows what else a result may say: one that waited for a
// test, one that the law keeps closed, the day on which the enterprise was told.
func (r *Run) describe(row map[string]string, draw string, i int, b batch) {
	if r.Office.Pack == "yanshi" && b.late == "" {
		row["反馈日期"] = b.ended
	}
	if draw != "2023-003" {
		return
	}
	switch {
	case i == 1:
		row["检验检测出具日期"], row["利用的其他结论"] = "2023-10-20", "检验检测报告，演示检测中心，演检〔2023〕1号，2023-10-20"
	case i == 3 && r.Office.Pack == "gaoqing":
		row["不予公开的理由"], row["不予公开决定文号"] = "涉及商业秘密、个人隐私，公开会对第三方合法权益造成损害", "演不公开〔2023〕1号"
	}
}

var entry = regexp.MustCompile(`已写入第 (\d+)`)

// written is the index of the first entry that a step has written, 0 if it does
// not say.
func written(out string) int64 {
	m := entry.FindStringSubmatch(out)
	if m == nil {
		return 0
	}
	n, _ := strconv.ParseInt(m[1], 10, 64)
	return n
}

// handled: the follow-ups of the first draw, one handed on and put off, one
// closed; in 偃师 the enterprise whose result came late is told apart.
func (r *Run) handled(d *drawn, first int64) {
	if r.err != nil || first == 0 {
		return
	}
	one, other := strconv.FormatInt(first, 10), strconv.FormatInt(first, 10)
	if r.Office.Pack == "gaoqing" { // its census has a third, of 待后续处理
		other = strconv.FormatInt(first+2, 10)
	}
	r.at("2024-01-11 10:10:00", 0, "follow-up", other, "--kind", "移交其他部门", "--to", "演示市场监管局", "--owner", "政策法规科（演示）", "--due", "2024-03-29", "--yes")
	if r.Office.Pack == "yanshi" {
		o := d.Objects[len(d.Objects)-1]
		data, err := sheet(intake.KindFeedback, []map[string]string{{"抽取编号": d.Draw, "签号": o.Handle, "统一社会信用代码": o.Code, "单位名称": o.Name,
			"反馈日期": "2023-10-23", "反馈方式": "送达文书", "接收人": "负责人（演示）"}})
		r.at("2024-01-11 10:30:00", 0, "feedback", r.put("反馈.xlsx", data, err), "--yes")
	}
	r.at("2024-01-12 09:30:00", 0, "follow-up", other, "--kind", "移交其他部门", "--due", "2024-12-31", "--yes")
	r.at("2024-01-12 10:00:00", 0, "follow-up", one, "--kind", "复查", "--number", "演示复查〔2024〕1号", "--closed", "--yes")
}
