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
	list("检查方式", p.Result.Methods)
	list("组织形式", p.Result.Forms)
	for _, w := range p.Withhold.Grounds {
		f.Choices["不予公开的理由"] = append(f.Choices["不予公开的理由"], w.Name)
	}
	list("检查来源", strings.Split(p.OriginWords(), "、"))
	list("不予配合的情形", p.Result.Refusal)
	list("后续处置", p.Result.Follow)
	list("材料种类", append(slices.Clone(p.Archive.Documents), rules.OtherDocument))
	f.Example = o.examples(p, f.Choices)
	if kind == intake.KindPlan {
		f.Guide = append([]string{""}, rules.FilterHelp(p)...)
	}
	return f, nil
}

// examples are the cells of the example rows in the words of the pack.
func (o *Office) examples(p *rules.Pack, choices map[string][]string) map[string]string {
	county := p.RegionName
	for _, end := range []string{"县", "区", "市"} {
		county = strings.TrimSuffix(county, end)
	}
	town := p.Towns[0].Name
	first := func(head string, n int) string {
		list := choices[head]
		return strings.Join(list[:min(n, len(list))], "、")
	}
	ex := map[string]string{
		"单位名称": county + "演示机械有限公司（演示）", "住所": town + "演示路1号", "所属镇街": town,
		"执法证号": p.Region + "001", "所在单位": o.Config.Name, "检查部门": o.Config.Name, "实施单位": o.Config.Name,
		"检查对象范围": "检查对象名录库中的全部存续企业",
	}
	for head, n := range map[string]int{"行业类别": 1, "重点标签": 2, "业务专长": 2, "检查方式": 2} {
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
	list := o.bundle.State.Checklist()
	switch {
	case list != nil && len(list.Body.Items) > 0:
		ex["事项编号"], ex["抽查事项"] = list.Body.Items[0].No, list.Body.Items[0].No
	default:
		ex["事项编号"], ex["抽查事项"] = p.Prefix+"-01", p.Prefix+"-01"
	}
	return ex
}
