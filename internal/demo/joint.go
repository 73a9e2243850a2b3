package demo

import (
	"github.com/sunlot/sunlot/internal/intake"
)

// Other departments of the demonstration counties.
const (
	gaoqingMarket = "高青县市场监督管理局（演示）"
	yanshiMarket  = "偃师区市场监督管理局（演示）"
)

// partners: with whom 偃师 checks jointly, before the plan names them.
func (r *Run) partners() {
	if r.Office.Pack != "yanshi" {
		return
	}
	data, err := sheet(intake.KindPartners, []map[string]string{
		{"联合单位": yanshiMarket, "单位种类": "其他部门", "联合事项": "特种设备使用管理"},
		{"联合单位": "偃师区消防救援大队（演示）", "单位种类": "其他部门", "联合事项": "消防安全管理"},
		{"联合单位": "危险化学品监管科（演示）", "单位种类": "本局其他科室"}})
	r.at("2023-06-19 10:00:00", 0, "record", r.put("联合名单.xlsx", data, err), "--yes")
}

// agree: 高青 leads the 定向 draw of the autumn jointly; the partner confirms
// register, items and days before the notice.
func (r *Run) agree() {
	if r.Office.Pack != "gaoqing" {
		return
	}
	data, err := sheet(intake.KindAgreement, []map[string]string{{"计划编号": "G2302", "协同部门": gaoqingMarket, "协同部门检查的事项": "特种设备使用管理",
		"约定开始日期": "2023-09-15", "约定结束日期": "2023-10-31", "对方确认人": "协同部门负责人（演示）", "确认日期": "2023-09-13", "确认文书": "联合抽查确认函（演示）"}})
	r.at("2023-09-14 10:00:00", 0, "joint", "agree", r.put("联合抽查约定.xlsx", data, err), "--yes")
}

// sendPartner: the drawn list goes to the partner, whose people it selects
// itself.
func (r *Run) sendPartner(id string) {
	if r.Office.Pack != "gaoqing" {
		return
	}
	r.at("2023-09-18 09:10:00", 0, "joint", "dispatch", id, "--received-by", "协同部门经办人（演示）", "--number", "联合抽查名单函（演示）1号", "--yes")
	r.at("2023-09-18 09:15:00", 1, "joint", "dispatch", id, "--yes") // a second time: refused
	row := func(name string) map[string]string {
		return map[string]string{"抽取编号": id, "派出部门": gaoqingMarket, "姓名": name, "选派方式": "自行选派", "未随机抽取的原因": "对方没有随机匹配人员的条件（演示）", "选派日期": "2023-09-19"}
	}
	data, err := sheet(intake.KindPartnerTeam, []map[string]string{row("协同甲（演示）"), row("协同乙（演示）"), row("协同丙（演示）")})
	r.at("2023-09-19 10:00:00", 0, "joint", "team", r.put("协同人员.xlsx", data, err), "--yes")
}

// join: 偃师 takes part in a check that its market regulator leads; the list
// comes as a sheet.
func (r *Run) join() []Firm {
	if r.Office.Pack != "yanshi" {
		return nil
	}
	var list []Firm
	var rows []map[string]string
	for f := range Firms(r.Office.County, 1, 46) {
		if list = append(list, f); len(list) > 40 && f.Status == "存续" {
			rows = append(rows, map[string]string{"牵头方任务编号": "演示市监抽查〔2023〕8号", "牵头方抽取日期": "2023-10-09", "统一社会信用代码": f.Code, "单位名称": f.Name, "所属镇街": f.Town, "住所": f.Address})
		}
	}
	data, err := sheet(intake.KindLeadList, rows)
	r.at("2023-10-10 09:00:00", 0, "joint", "import", r.put("牵头方名单.xlsx", data, err), "--plan", "Y2304", "--confirmed-by", "牵头部门经办人（演示）", "--yes")
	rows = nil
	for _, p := range People(r.Office.County, 1, r.Office.People) {
		if p.CertFrom <= "2023-10-01" && p.CertTo >= "2023-11-30" && len(rows) < 2 {
			rows = append(rows, map[string]string{"抽取编号": "2023-J01", "派出部门": "偃师区综合行政执法大队（演示）", "姓名": p.Name, "执法证号": p.Certificate, "选派方式": "自行选派", "选派日期": "2023-10-10"})
		}
	}
	data, err = sheet(intake.KindPartnerTeam, rows)
	r.at("2023-10-10 10:00:00", 0, "joint", "team", r.put("本单位协同人员.xlsx", data, err), "--yes")
	return list[40:]
}

// joined: the results of that check.
func (r *Run) joined(firms []Firm) {
	var rows []map[string]string
	for i, f := range firms {
		if f.Status != "存续" {
			continue
		}
		row := map[string]string{"抽取编号": "2023-J01", "统一社会信用代码": f.Code, "单位名称": f.Name, "检查结果": []string{"a", "e"}[i%2], "检查方式": "实地核查、询问调查",
			"检查开始日期": "2023-10-17", "检查结束日期": "2023-10-17", "平台录入日期": "2023-10-18", "平台公示日期": "2023-10-19"}
		if i%2 == 1 {
			row["后续处置"], row["处置期限"] = "责令限期整改", "2023-12-31"
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return
	}
	data, err := sheet(intake.KindResults, rows)
	r.at("2023-10-19 15:00:00", 0, "result", r.put("2023-J01-结果.xlsx", data, err), "--yes")
	r.at("2023-10-19 16:00:00", 0, "joint")
}
