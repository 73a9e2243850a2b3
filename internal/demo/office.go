package demo

import (
	"fmt"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/intake"
)

// Office is a demonstration office: who it is, and the checklist and plan
// lines that were written for it, by the headings of the Excel forms.
type Office struct {
	Name   string              `toml:"name"`
	Origin string              `toml:"origin"`
	Pack   string              `toml:"pack"`
	County string              `toml:"county"`
	Firms  int                 `toml:"firms"`
	People int                 `toml:"people"`
	Item   []map[string]string `toml:"item"`
	Line   []map[string]any    `toml:"line"`
}

// Load reads a demonstration office of content/demo by its name.
func Load(name string) (*Office, error) {
	data, err := content.FS.ReadFile("demo/" + name + ".toml")
	if err != nil {
		return nil, err
	}
	o, err := intake.TOML[Office](name+".toml", data)
	return &o, err
}

// sheet writes rows as an Excel form of a kind, as an office would hand it in.
func sheet(kind intake.Kind, rows []map[string]string) ([]byte, error) {
	opt := intake.FormOptions{}
	heads := intake.Heads(kind, opt)
	out := make([][]string, len(rows))
	for i, r := range rows {
		out[i] = make([]string, len(heads))
		used := 0
		for j, h := range heads {
			if v, ok := r[h]; ok {
				out[i][j] = v
				used++
			}
		}
		if used != len(r) {
			return nil, fmt.Errorf("demo: %s row %d has a heading that the form lacks", kind, i)
		}
	}
	return intake.Prefilled(kind, opt, out)
}

// checklist is the office's 随机抽查事项清单.
func (o *Office) checklist() ([]byte, error) { return sheet(intake.KindItems, o.Item) }

// plan is the office's plan of one year.
func (o *Office) plan(year int64) ([]byte, error) {
	var rows []map[string]string
	for _, l := range o.Line {
		if l["year"] != year {
			continue
		}
		row := map[string]string{}
		for k, v := range l {
			if s, ok := v.(string); ok {
				row[k] = s
			}
		}
		rows = append(rows, row)
	}
	return sheet(intake.KindPlan, rows)
}

// register is the office's 检查对象名录库 with n firms.
func (o *Office) register(seed uint64, n int) ([]byte, error) {
	var rows []map[string]string
	for f := range Firms(o.County, seed, n) {
		rows = append(rows, map[string]string{"统一社会信用代码": f.Code, "单位名称": f.Name, "单位类型": f.EntityType, "法定代表人": f.LegalRep,
			"住所": f.Address, "经营范围": f.Scope, "所属镇街": f.Town, "行业类别": f.Sector, "监管类型": f.Supervision, "登记状态": f.Status,
			"成立日期": f.Registered, "安全风险等级": f.Risk, "重点标签": join(f.Tags)})
	}
	return sheet(intake.KindFirms, rows)
}

// inspectors is the office's 执法检查人员名录库 as a CSV in GB18030, the way old
// systems export it.
func (o *Office) inspectors(seed uint64) ([]byte, error) {
	rows := [][]string{{"执法证号", "姓名", "性别", "身份证号", "联系方式", "所在单位", "职务或职称", "层级", "证件有效期起", "证件有效期止", "业务专长"}}
	for _, p := range People(o.County, seed, o.People) {
		rows = append(rows, []string{p.Certificate, p.Name, p.Sex, p.IDNumber, p.Phone, p.Unit, p.Post, p.Level, p.CertFrom, p.CertTo, join(p.Specialities)})
	}
	return gbCSV(rows)
}

// history is what was drawn before the ledger: the first n firms, one a week.
func (o *Office) history(seed uint64, n int) ([]byte, error) {
	var rows []map[string]string
	for f := range Firms(o.County, seed, n) {
		day := fmt.Sprintf("2023-%02d-%02d", 2+len(rows)%3, 1+len(rows)%27)
		rows = append(rows, map[string]string{"统一社会信用代码": f.Code, "单位名称": f.Name, "抽取日期": day, "检查日期": day, "抽查任务名称": "开账前抽查（演示）",
			"检查来源": "双随机"})
	}
	return sheet(intake.KindHistory, rows)
}
