package intake

import "testing"

// A column that a sheet does not have is told once, by its heading, not row by
// row at the column that could serve for it.
func TestGapsOnce(t *testing.T) {
	for _, c := range []struct {
		name, file, data, want string
		read                   func(*Table) *Report
	}{
		{"no code", "名录库.csv", "单位名称,注册号,所属镇街,行业类别\n甲演示厂（演示）,,高城镇,轻工\n乙演示厂（演示）,,高城镇,轻工\n", "1 missing-column", func(t *Table) *Report { _, r := t.Firms(); return r }},
		{"one has the old number", "名录库.csv", "单位名称,注册号,所属镇街,行业类别\n甲演示厂（演示）,370322200000017,高城镇,轻工\n乙演示厂（演示）,,高城镇,轻工\n", "B3 empty-required", func(t *Table) *Report { _, r := t.Firms(); return r }},
		{"neither handle nor code", "反馈.csv", "单位名称,反馈日期,反馈方式\n甲演示厂（演示）,2023-09-06,电话\n乙演示厂（演示）,2023-09-06,电话\n", "1 missing-column", func(t *Table) *Report { _, r := t.Feedback(); return r }},
		{"handle left empty", "反馈.csv", "单位名称,签号,反馈日期,反馈方式\n甲演示厂（演示）,,2023-09-06,电话\n乙演示厂（演示）,,2023-09-06,电话\n", "2 no-identity, 3 no-identity", func(t *Table) *Report { _, r := t.Feedback(); return r }},
	} {
		rep := c.read(table(t, c.file, []byte(c.data), Options{}))
		if got := found(rep.Problems); got != c.want || rep.ProblemCount != len(rep.Problems) {
			t.Errorf("%s: %s, %d", c.name, got, rep.ProblemCount)
		}
	}
}
