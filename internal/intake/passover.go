package intake

import (
	"regexp"
	"strings"
)

var (
	footRE    = regexp.MustCompile(`^[(（]?(?:注|备注|说明|附注|填表|制表|填报|审核|单位负责人|经办|联系|盖章|单位盖章)`)
	sectionRE = regexp.MustCompile(`^[(（]?[一二三四五六七八九十]{1,3}[)）、.．]`)
)

var totalWords = map[string]bool{"合计": true, "总计": true, "小计": true, "共计": true, "总数": true, "累计": true, "本页小计": true, "本页合计": true}

// passOver recognises rows that are no data, and reports each.
func (r *rowReader) passOver() bool {
	first, firstCol, own := "", -1, 0
	for i, c := range r.row.Cells {
		if c.Kind == CellEmpty || c.Merged {
			continue
		}
		if own++; firstCol < 0 {
			first, firstCol = c.Text, i
		}
	}
	if firstCol < 0 {
		return true
	}
	key := headKey(first)
	why := ""
	switch {
	case r.ended:
		return true
	case strings.HasPrefix(key, "示例") && (firstCol == r.p.cols[0] || r.p.cols[0] < 0):
		why = "intake.skipped-example"
	case totalWords[key], strings.HasPrefix(key, "合计") && own <= 3, r.totalName():
		why = "intake.skipped-total"
	case own > 1 && r.repeatsHeader():
		why = "intake.skipped-header"
	case (own <= 2 || strings.Contains(first, "：")) && footRE.MatchString(strings.TrimSpace(first)) && !r.hasName():
		why = "intake.skipped-footnote"
	case own == 1 && sectionRE.MatchString(strings.TrimSpace(first)) && !r.hasName():
		why = "intake.skipped-section"
	}
	if why == "" && r.startsTable(own) {
		r.ended = true
		r.rep.problem(Problem{File: r.t.File, Sheet: r.p.sheet.Name, Row: r.row.Number, Code: "intake.second-header", Got: firstCells(*r.row, "")})
		return true
	}
	if why == "" && r.t.Kind == KindResults && r.unfilled() {
		why = "intake.skipped-unfilled"
	}
	if why == "" {
		return false
	}
	r.rep.repair(Repair{Place: Place{r.t.File, r.p.sheet.Name, r.row.Number, letter(firstCol)}, From: first, Why: why})
	return true
}

// totalName is a 合计 in the column of names, behind an empty number.
func (r *rowReader) totalName() bool {
	c := r.cellOf("name")
	return c.Kind == CellText && !c.Merged && totalWords[headKey(c.Text)]
}

func (r *rowReader) hasName() bool {
	c := r.cellOf("name")
	return c.Kind != CellEmpty && !c.Merged && !footRE.MatchString(strings.TrimSpace(c.Text)) && !sectionRE.MatchString(strings.TrimSpace(c.Text))
}

// repeatsHeader recognises the heading printed again on a new page.
func (r *rowReader) repeatsHeader() bool {
	same := 0
	for i, col := range r.p.cols {
		if col < 0 || col >= len(r.row.Cells) || r.row.Cells[col].Kind == CellEmpty {
			continue
		}
		m, ok := r.f.index[headKey(r.row.Cells[col].Text)]
		if !ok || m.col != i {
			return false
		}
		same++
	}
	return same >= 2
}

// startsTable recognises the heading of another table below this one: three
// or more cells, and no fewer than half of all, are headings of one kind.
func (r *rowReader) startsTable(own int) bool {
	if own < 3 {
		return false
	}
	var keys []string // of cells that could be a heading: asked of every row, so most cells must cost nothing
	for _, c := range r.row.Cells {
		if c.Kind == CellText && !c.Merged && len(c.Text) <= longestHead && !strings.ContainsAny(c.Text, "0123456789") {
			keys = append(keys, headKey(c.Text))
		}
	}
	if len(keys) < 3 || 2*len(keys) < own {
		return false
	}
	for _, f := range forms {
		seen := map[int]bool{}
		for _, key := range keys {
			if m, ok := f.index[key]; ok && f.columns[m.col].typ != tBool {
				seen[m.col] = true
			}
		}
		if len(seen) >= 3 && 2*len(seen) >= own {
			return true
		}
	}
	return false
}

// longestHead is more than any heading has, in bytes: 40 Chinese characters.
const longestHead = 120
