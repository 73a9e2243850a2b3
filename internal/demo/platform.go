package demo

import (
	"regexp"
	"strconv"

	"github.com/sunlot/sunlot/internal/intake"
)

// quotaLine is a cell as `draw announce` prints it.
var quotaLine = regexp.MustCompile(`(?m)^    (\S+)　企业 \d+　名额 (\d+)$`)

// byPlatform: the platform casts the lots of one task of 偃师. The sheet that it
// exports is made here, as old systems make them; a first one that holds a firm
// from outside the hat is refused.
func (r *Run) byPlatform() *drawn {
	if r.err != nil || r.Office.Pack != "yanshi" {
		return nil
	}
	out := r.at("2024-07-15 15:00:00", 0, "draw", "announce", "--plan", "Y2402", "--platform", "--at", "2024-07-16 09:30", "--yes")
	rows, stranger := r.Office.platformList(out)
	wrong := append([][]string{rows[0], stranger}, rows[2:]...)
	data, err := gbCSV(wrong)
	r.at("2024-07-16 09:50:00", 1, "draw", "record", "2024-002", r.put("平台名单（错）.csv", data, err), "--yes")
	data, err = gbCSV(rows)
	list := r.put("平台名单.csv", data, err)
	r.at("2024-07-16 10:00:00", 0, "draw", "record", "2024-002", list, "--yes")
	r.at("2024-07-16 10:30:00", 0, "dispatch", "2024-002", "--confirmed-by", "负责人（演示）", "--scheme", "具体抽查工作方案（演示）", "--yes")
	r.at("2024-07-16 10:35:00", 0, "reconcile", list)
	return r.show("2024-07-16 10:40:00", "2024-002")
}

// platformList is what the platform exports: in each town as many as the
// notice's quota says, in the order of the register, two inspectors each in
// turn; and a line with a firm that has been struck off.
func (o *Office) platformList(announced string) (rows [][]string, stranger []string) {
	rows = [][]string{{"计划编号", "计划名称", "任务编号", "任务名称", "抽查类型", "检查机关", "主体名称", "统一社会信用代码", "检查人员", "执法证号", "抽取时间"}}
	quota := map[string]int{}
	for _, m := range quotaLine.FindAllStringSubmatch(announced, -1) {
		quota[m[1]], _ = strconv.Atoi(m[2])
	}
	var people []Person
	for _, p := range People(o.County, 1, o.People) {
		if p.CertFrom <= "2024-07-10" && p.CertTo >= "2024-08-30" {
			people = append(people, p)
		}
	}
	row := func(f *Firm) []string {
		a, b := people[len(rows)*2%len(people)], people[(len(rows)*2+1)%len(people)]
		return []string{"P2024-07", "汛期安全生产抽查（演示）", platformTask, "汛期安全生产不定向抽查（演示）", "不定向", o.Name, f.Name, f.Code,
			a.Name + "、" + b.Name, a.Certificate + "、" + b.Certificate, "2024-07-16 09:31:20"}
	}
	for f := range Firms(o.County, 1, o.Firms) {
		switch {
		case f.Status == "注销" && stranger == nil:
			stranger = row(&f)
		case f.Status == "存续" && quota[f.Town] > 0:
			quota[f.Town]--
			rows = append(rows, row(&f))
		}
	}
	return rows, stranger
}

const platformTask = "演示应急抽查[2024]7号"

// platformResults: some results, and what the platform published of them: one
// date differs and is put right there, then both say the same.
func (r *Run) platformResults(d *drawn) {
	if r.err != nil || d == nil || len(d.Objects) < 3 {
		return
	}
	r.results("2024-07-29 16:00:00", d, []int{0, 1, 2}, batch{codes: [][]string{{"a"}, {"e"}, {"a"}}, ended: "2024-07-24", entered: "2024-07-26", published: "2024-07-29"})
	rows := func(last string) ([]byte, error) {
		var list [][]string
		for i, words := range []string{"未发现问题", "发现问题已责令改正", "未发现问题"} {
			o, day := d.Objects[i], "2024-07-29"
			if i == 2 {
				day = last
			}
			list = append(list, []string{strconv.Itoa(i + 1), "P2024-07", platformTask, r.Office.Name, o.Name, o.Code, "2024-07-24", words, day})
		}
		return intake.List("检查结果公告", []string{"序号", "抽查计划编号", "抽查任务编号", "检查机关", "抽查市场主体名称", "统一社会信用代码/注册号", "检查完成日期", "检查结果", "公示时间"}, list)
	}
	data, err := rows("2024-07-30")
	r.at("2024-07-30 15:00:00", 1, "reconcile", r.put("平台结果.xlsx", data, err))
	data, err = rows("2024-07-29")
	r.at("2024-07-31 15:00:00", 0, "reconcile", r.put("平台结果（更正后）.xlsx", data, err))
}
