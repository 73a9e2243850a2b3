package demo

import (
	"errors"
	"slices"
)

// Live runs the office from June 2023 to July 2024. The draws use real drand
// rounds whose signatures are in the data file, so their times are given:
// 2023-08-23 23:15:33 (123) and 23:59:24 (1000), 2023-09-15 19:00:03 (657413),
// 2024-07-14 05:45:00 (9367912). That is why this office draws at night.
func (r *Run) Live() error {
	r.begin()
	r.firstNight(r.Office.prefix(), r.beacon())
	r.at(Today+" 17:20:00", 0, "scripts", "--yes") // the pages' own check, in the ledger
	return errors.Join(r.err, r.Close())
}

func (o *Office) prefix() string { return map[string]string{"gaoqing": "G", "yanshi": "Y"}[o.Pack] }

// begin: charter, checklist, registers, plan.
func (r *Run) begin() {
	o := r.Office
	r.at("2023-06-12 09:00:00", 0, "init", r.Dir, "--pack", o.Pack, "--name", o.Name, "--origin", o.Origin, "--demo", "--internet=false",
		"--person-name", "经办人（演示）", "--person-name", "负责人（演示）", "--site-id", "演示", "--icp", "演示", "--contact", "演示单位，不受理业务",
		"--platform", "省“双随机、一公开”监管工作平台")
	data, err := o.checklist()
	list := r.put("随机抽查事项清单.xlsx", data, err)
	r.at("2023-06-12 10:30:00", 0, "record", list, "--yes", "--all-items", "7", "--all-items-source", "本局行政检查事项目录（演示）")
	r.reported()
	data, err = o.register(1, o.Firms)
	r.at("2023-06-13 09:10:00", 0, "record", r.put("检查对象名录库.xlsx", data, err), "--yes", "--source", "演示数据生成器")
	data, err = o.inspectors(1)
	r.at("2023-06-13 09:40:00", 0, "record", r.put("执法检查人员.csv", data, err), "--yes")
	data, err = o.history(1, 20)
	r.at("2023-06-13 15:00:00", 0, "record", r.put("开账前历史.xlsx", data, err), "--yes")
	r.partners()
	data, err = o.plan(2023)
	r.at("2023-06-20 10:00:00", 0, "record", r.put("2023年度计划.xlsx", data, err), "--yes", "--year", "2023")
	if o.Pack == "gaoqing" {
		r.at("2023-06-21 16:00:00", 0, "file-plan", "--year", "2023", "--date", "2023-06-21", "--receipt", "备案回执（演示）1号", "--yes")
	}
}

// firstNight: 安全生产严重失信主体 are all inspected, only the inspectors are
// drawn; then the 不定向 draw, by town in 偃师 and over the whole library in 高青.
// It goes on with the year: the clock never turns back, the guard would refuse.
func (r *Run) firstNight(p, beacon string) {
	r.declare()
	r.at("2023-08-23 15:00:00", 0, "draw", "announce", "--plan", p+"2303", "--round", "123", "--yes")
	r.onPaper("2023-001")
	r.at("2023-08-23 16:00:00", 1, "draw", "run", "2023-001", "--beacon", beacon, "--yes") // too early: refused
	r.at("2023-08-23 23:16:00", 0, "draw", "run", "2023-001", "--beacon", beacon, "--yes")
	r.at("2023-08-23 23:20:00", 0, "draw", "announce", "--plan", p+"2301", "--round", "1000", "--beacon-file", r.known(), "--yes")
	r.at("2023-08-24 08:30:00", 0, "draw", "run", "2023-002", "--beacon", beacon, "--yes")
	r.at("2023-08-24 08:35:00", 1, "draw", "run", "2023-002", "--beacon", beacon, "--yes") // a second draw: refused
	r.at("2023-08-24 08:40:00", 0, "dispatch", "2023-001", "--confirmed-by", "负责人（演示）", "--scheme", "具体抽查工作方案（演示）", "--yes")
	r.at("2023-08-24 08:50:00", 0, "dispatch", "2023-002", "--confirmed-by", "负责人（演示）", "--scheme", "具体抽查工作方案（演示）", "--yes")
	census := r.show("2023-08-24 08:55:00", "2023-001")
	r.replace(r.show("2023-08-24 08:56:00", "2023-002"))
	r.standBack(r.show("2023-08-28 10:05:00", "2023-002"))
	main := r.show("2023-08-29 08:55:00", "2023-002")
	r.autumn(p, beacon, census, main)
}

// autumn: results of every code, the 定向 draw, a correction, a late result, the
// opening of K on its day.
func (r *Run) autumn(p, beacon string, census, main *drawn) {
	list := all(main)
	if r.err != nil || len(list) < 16 {
		return
	}
	half := len(list) / 2
	first := written(r.results("2023-09-08 15:00:00", census, all(census), batch{codes: [][]string{{"e"}, {"a"}, {"g"}}, ended: "2023-09-05", entered: "2023-09-07", published: "2023-09-08"}))
	every := [][]string{{"a"}, {"b"}, {"c"}, {"d"}, {"e"}, {"f"}, {"g"}, {"h"}, {"b", "e"}, {"a"}, {"a"}, {"a"}, {"a"}, {"a"}}
	r.results("2023-09-12 15:00:00", main, list[:half], batch{codes: every, ended: "2023-09-06", entered: "2023-09-11", published: "2023-09-12"})
	r.nameWitnesses("2023-09-13 09:00:00")
	r.agree()
	r.someMissing(func(want int) {
		r.at("2023-09-15 15:00:00", want, "draw", "announce", "--plan", p+"2302", "--round", "657413", "--yes")
	})
	r.at("2023-09-18 08:30:00", 0, "draw", "run", "2023-003", "--beacon", beacon, "--yes")
	r.at("2023-09-18 08:50:00", 0, "dispatch", "2023-003", "--confirmed-by", "负责人（演示）", "--scheme", "具体抽查工作方案（演示）", "--yes")
	directed := r.show("2023-09-18 08:55:00", "2023-003")
	r.sendPartner("2023-003")
	mostly := [][]string{{"a"}, {"a"}, {"a"}, {"a"}, {"e"}, {"a"}, {"a"}, {"b"}, {"a"}, {"a"}}
	r.results("2023-09-26 15:00:00", main, list[half:len(list)-1], batch{codes: mostly, ended: "2023-09-21", entered: "2023-09-25", published: "2023-09-26"})
	shared := r.join()
	r.correct(main, 0)
	disputes := r.object(main)
	r.closed()
	late := func(when string) {
		// The last one comes late, and says why.
		r.results(when+" 15:00:00", main, list[len(list)-1:], batch{codes: [][]string{{"e"}}, ended: "2023-09-27", entered: when, published: when,
			late: "企业停产检修，复查后补录（演示）"})
	}
	rest := func() {
		r.results("2023-10-25 15:00:00", directed, all(directed), batch{codes: [][]string{{"a"}, {"e"}, {"a"}, {"g"}, {"a"}}, ended: "2023-10-18", entered: "2023-10-24", published: "2023-10-25"})
	}
	// K opens on the date that the notice names: the day the last result is due.
	if r.Office.Pack == "gaoqing" {
		rest()
		r.review(main, disputes)
		r.openK("2023-11-01", "2023-001", "2023-002")
		late("2023-11-10")
		r.told(disputes)
		r.down(2) // three of the four are enough
		r.openK("2023-11-28", "2023-003")
		r.down()
	} else {
		r.openK("2023-10-13", "2023-001", "2023-002")
		r.joined(shared)
		late("2023-10-20")
		rest()
		r.review(main, disputes)
		r.told(disputes)
		r.openK("2023-11-15", "2023-003")
	}
	r.archive(census)
	r.handled(main, first)
	r.secondYear(p+"2401", beacon)
}

func (r *Run) openK(day string, ids ...string) {
	for _, id := range ids {
		r.at(day+" 09:30:00", 0, "draw", "open", id, "--yes")
	}
}

// secondYear: new versions of checklist, registers and plan, and a draw on a
// Sunday whose notice stands on Friday.
func (r *Run) secondYear(line, beacon string) {
	o := r.Office
	data, err := o.checklist()
	r.at("2024-01-15 10:00:00", 0, "record", r.put("随机抽查事项清单2024.xlsx", data, err), "--yes", "--year", "2024", "--reason", "制定",
		"--all-items", "7", "--all-items-source", "本局行政检查事项目录（演示）")
	r.yearEnd()
	r.withdraw()
	data, err = o.register(1, o.Firms+o.Firms/50)
	r.at("2024-02-20 09:10:00", 0, "record", r.put("检查对象名录库2024.xlsx", data, err), "--yes", "--source", "演示数据生成器")
	data, err = o.plan(2024)
	r.at("2024-03-01 10:00:00", 0, "record", r.put("2024年度计划.xlsx", data, err), "--yes", "--year", "2024")
	if o.Pack == "gaoqing" {
		r.at("2024-03-04 16:00:00", 0, "file-plan", "--year", "2024", "--date", "2024-03-04", "--receipt", "备案回执（演示）2号", "--yes")
	}
	r.at("2024-07-12 15:00:00", 0, "draw", "announce", "--plan", line, "--round", "9367912", "--yes")
	r.outside()
	r.at("2024-07-15 08:30:00", 0, "draw", "run", "2024-001", "--beacon", beacon, "--yes")
	r.giveUp(beacon)
	r.at("2024-07-15 09:00:00", 0, "dispatch", "2024-001", "--confirmed-by", "负责人（演示）", "--scheme", "具体抽查工作方案（演示）", "--yes")
	d := r.show("2024-07-15 09:05:00", "2024-001")
	platform := r.byPlatform()
	some := all(d)
	r.results("2024-07-29 15:00:00", d, some[:min(10, len(some))], batch{codes: [][]string{{"a"}, {"a"}, {"e"}}, ended: "2024-07-24", entered: "2024-07-26", published: "2024-07-29"})
	r.platformResults(platform)
	r.moreTime()
	r.lottery()
	r.at("2024-07-31 17:00:00", 0, "status")
	r.statistics()
}

func all(d *drawn) []int {
	list := make([]int, len(d.Objects))
	for i := range list {
		list[i] = i
	}
	return list
}

// replace: the pack of 高青 knows 更换, the other refuses it.
func (r *Run) replace(d *drawn) {
	if r.err != nil || len(d.Objects) == 0 {
		return
	}
	o := d.Objects[1]
	var stranger string
	for _, other := range d.Objects {
		for _, c := range other.Certificates {
			if !slices.Contains(o.Certificates, c) {
				stranger = c
			}
		}
	}
	want := map[string]int{"gaoqing": 0, "yanshi": 1}[r.Office.Pack]
	r.at("2023-08-28 10:00:00", want, "replace", d.Draw, "--object", o.Handle, "--leave", o.Certificates[1], "--come", stranger,
		"--ground", "身体健康状况", "--consent", r.Office.Name, "--agreed-by", "负责人（演示）", "--yes")
}
