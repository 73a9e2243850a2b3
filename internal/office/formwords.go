package office

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/rules"
)

// FormOptions fit the empty forms to the office: drop-downs and examples are
// the words of its rule pack.
func (o *Office) FormOptions(kind intake.Kind) (intake.FormOptions, error) {
	s, err := o.State()
	if err != nil {
		return intake.FormOptions{}, err
	}
	p := s.Pack
	names := func(list []rules.Named) []string {
		var out []string
		for _, n := range list {
			if n.Code != "special" { // it has a column of its own
				out = append(out, n.Name)
			}
		}
		return out
	}
	f := intake.FormOptions{Codes: o.intakeCodes(), Region: p.Region, Choices: map[string][]string{}}
	list := func(head string, words []string) {
		if len(words) > 0 {
			f.Choices[head] = words
		}
	}
	list("所属镇街", names(p.Towns))
	list("行业类别", names(p.Sectors))
	list("重点标签", names(p.Tags))
	list("登记状态", []string{p.Roster.Statuses[0], "注销", "吊销", "撤销", "迁出", "停业"})
	list("业务专长", names(p.Specialities))
	list("所需专长", append(names(p.Specialities), "不限"))
	list("事项类别", p.Items.Categories)
	list("依据类别", p.Items.Ranks)
	list("检查方式", p.Result.Methods)
	list("组织形式", p.Result.Forms)
	for _, w := range p.Withhold.Grounds {
		f.Choices["不予公开的理由"] = append(f.Choices["不予公开的理由"], w.Name)
	}
	list("检查来源", strings.Split(p.OriginWords(), "、"))
	list("不予配合的情形", p.Result.Refusal)
	list("后续处置", p.Result.Follow)
	list("材料种类", append(slices.Clone(p.Archive.Documents), rules.OtherDocument))
	f.Example = o.examples(kind, p, f.Choices)
	if kind == intake.KindItems { // the drop-down is of single words, the cell takes several
		f.Help = map[string]string{"所需专长": "可不填。填了的，抽查这个事项时检查组里就要有人具备，多个用顿号分开：" + strings.Join(names(p.Specialities), "、")}
	}
	if kind == intake.KindTask {
		outside := "计划外的任务先列入计划"
		if p.Plan.AdHoc {
			outside = "计划外的临时任务先用 sunlot task 登记，再填它的编号"
		}
		f.Help = map[string]string{"计划编号": "执行年度计划的哪一项；" + outside}
	}
	if kind == intake.KindPlan {
		f.Guide = append([]string{""}, rules.FilterHelp(p)...)
	}
	return f, nil
}

// examples are the cells of the example rows in the words of the pack.
func (o *Office) examples(kind intake.Kind, p *rules.Pack, choices map[string][]string) map[string]string {
	county := p.RegionName
	for _, end := range []string{"县", "区", "市"} {
		county = strings.TrimSuffix(county, end)
	}
	town := p.Towns[0].Name
	first := func(head string, n int) string {
		list := choices[head]
		return strings.Join(list[:min(n, len(list))], "、")
	}
	sector := first("行业类别", 1)
	if slices.Contains(choices["行业类别"], "机械") {
		sector = "机械"
	}
	ex := map[string]string{ // name, scope and sector are of one firm
		"单位名称": county + "演示" + sector + "有限公司（演示）", "行业类别": sector, "经营范围": sector + "产品生产、销售", "住所": town + "演示路1号", "所属镇街": town,
		"执法证号": p.Region + "001", "所在单位": o.Config.Name, "检查部门": o.Config.Name, "实施单位": o.Config.Name,
		"检查对象范围": "检查对象名录库中的全部存续企业",
	}
	for head, n := range map[string]int{"重点标签": 2, "业务专长": 2, "检查方式": 2} {
		if v := first(head, n); v != "" {
			ex[head] = v
		}
	}
	if c := p.Result.Codes; len(c) > 0 {
		ex["检查结果"] = c[0].Code + " " + c[0].Name
		ex["原检查结果"] = ex["检查结果"]
		for _, code := range c {
			if code.Open {
				ex["更正后检查结果"] = code.Code + " " + code.Name
				break
			}
		}
	}
	no := p.Prefix + "-01"
	if list := o.bundle.State.Checklist(); list != nil && len(list.Body.Items) > 0 {
		no = list.Body.Items[0].No
	}
	ex["事项编号"] = no
	if kind != intake.KindItems { // there it is the name of the item, elsewhere its number
		ex["抽查事项"] = no
	}
	return ex
}
