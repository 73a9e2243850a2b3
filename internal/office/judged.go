package office

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
)

// judged is a sheet whose rows become entries: the bodies, the row of each,
// and all that is wrong with them. An officer mends a sheet once.
type judged struct {
	bodies   []any
	rows     []intake.Place     // beside the first bodies
	known    [][]intake.Problem // of the same rows, found before the rules were asked
	problems []intake.Problem
}

func (j *judged) refuse(found ...intake.Problem) { j.problems = append(j.problems, found...) }

func (j *judged) add(at intake.Place, body any, known []intake.Problem) {
	j.bodies = append(j.bodies, body)
	j.rows = append(j.rows, at)
	j.known = append(j.known, known)
}

// judge asks the rules about every body and gives the draft, or all problems
// in order of the rows.
func (j *judged) judge(o *Office, d *Draft) (*Draft, []intake.Problem, error) {
	refused, err := o.judge(d, j.bodies)
	if err != nil {
		return nil, nil, err
	}
	for i, list := range refused {
		for _, f := range list {
			switch {
			case i >= len(j.rows):
				if len(j.problems) == 0 {
					return nil, nil, f // of no row: an opening
				}
			case !told(j.known[i], f):
				j.refuse(problem(j.rows[i], heading(f.Place), f.Code, f.Got, f.Want))
			}
		}
	}
	if len(j.problems) > 0 {
		o.bundle = nil
		slices.SortStableFunc(j.problems, func(a, b intake.Problem) int { return a.Row - b.Row })
		return nil, j.problems, nil
	}
	return d, nil, nil
}

// told reports whether what the rules refuse has been said of the row already,
// in words closer to the sheet.
func told(known []intake.Problem, f *fault.Error) bool {
	return slices.ContainsFunc(known, func(p intake.Problem) bool {
		switch p.Code {
		case "office.not-signed", "office.stranger-signed":
			return f.Code == "rules.sign-off"
		case "office.before-draw":
			return f.Code == "rules.date-order" && f.Place == "检查结束"
		case "office.day-ground", "office.day-number", "office.day-no-ground":
			return f.Code == "rules.calendar-kind"
		case "office.day-recorded":
			return f.Code == "rules.calendar-days"
		case "office.no-correction":
			return f.Code == "rules.review-outcome"
		case "office.no-code", "office.no-item":
			return strings.HasPrefix(f.Code, "record.") || f.Code == "rules.unit-line"
		}
		return p.Code == f.Code
	})
}

// heading is the column that an officer knows for a place of a body.
func heading(place string) string {
	known := map[string]string{"received": "接到申请材料日期", "decided": "复核日期", "归档": "归档日期",
		"refusal": "不予配合的情形", "facts": "不予配合的事实", "codes": "检查结果", "origin": "检查来源", "ground": "检查原因", "ended": "检查结束日期",
		"date": "签字日期", "result": "原记录号", "old": "原检查结果", "检查开始": "检查开始日期", "检查结束": "检查结束日期", "签字": "签字日期",
		"平台录入": "平台录入日期", "平台公示": "平台公示日期", "写入": "写入当天",
		"审核": "审核日期", "退回": "退回日期", "last_evidence": "检验检测出具日期", "evidence": "利用的其他结论", "methods": "检查方式", "organised": "组织形式",
		"follow_up": "后续处置", "withheld": "不予公开的理由", "issuer": "交办单位", "document": "来源文号"}
	return or(known[place], place)
}

// twiceIn is a row about what an earlier row of the sheet is about.
func twiceIn(at, first intake.Place, name string) intake.Problem {
	return problem(at, "", "office.row-twice", "第 "+num(first.Row)+" 行和第 "+num(at.Row)+" 行", name)
}

func problem(at intake.Place, header, code, got, want string) intake.Problem {
	return intake.Problem{File: at.File, Sheet: at.Sheet, Row: at.Row, Column: at.Column, Header: header, Code: code, Got: got, Want: want}
}
