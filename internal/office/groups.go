package office

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// opened are the lines of a plan with the conditions of their groups, which its
// entry seals. Where the folder has lost them a group counts as changed.
func (o *Office) opened(plan *rules.At[record.Plan]) []record.PlanLine {
	lines := slices.Clone(plan.Body.Lines)
	if !slices.ContainsFunc(lines, func(l record.PlanLine) bool { return len(l.Classes) > 0 }) {
		return lines
	}
	fields, err := o.openedFields(plan.Index, plan.Body)
	if err != nil {
		return lines
	}
	for i := range lines {
		lines[i].Classes = slices.Clone(lines[i].Classes)
		for k := range lines[i].Classes {
			lines[i].Classes[k].Condition = record.Sealed(fields["lines."+num(i)+".classes."+num(k)+".condition"].Value)
		}
	}
	return lines
}

// groups echoes each group of the lines: what it was understood to be and how
// many firms of the register in force it holds. One of nobody is shown as a
// warning, for its firms fall silently to the quantity of the rest.
func (o *Office) groups(s *rules.State, rows []intake.PlanLine, lines []record.PlanLine) (Review, error) {
	var v Review
	var firms []*rules.Firm
	for i := range lines {
		for k, c := range lines[i].Classes {
			f, err := rules.ParseFilter(s.Pack, string(c.Condition))
			if err != nil {
				return v, err
			}
			place, held := lines[i].No+" 第"+num(k+1)+"组", "还没有名录库，没有核对户数"
			if k < len(rows[i].Groups) && rows[i].Groups[k].Name != "" {
				place += "（" + rows[i].Groups[k].Name + "）"
			}
			if s.Roster("objects") != nil {
				if firms == nil {
					if firms, err = o.inScope(s); err != nil {
						return v, err
					}
				}
				held = "名录库中 " + num(c.Base) + " 家"
			}
			v.Groups = append(v.Groups, place+"："+f.Words(s.Pack)+"，抽"+amount(c.Ratio, c.Count, c.Census)+"，"+held)
			if s.Roster("objects") != nil && c.Base == 0 {
				v.Notices = append(v.Notices, intake.Problem{Code: "office.group-empty", Sheet: place, Got: f.Words(s.Pack), Want: spellings(f, firms)})
			}
		}
	}
	return v, nil
}

// inScope are the firms of the register in force that draws are about.
func (o *Office) inScope(s *rules.State) ([]*rules.Firm, error) {
	reg, err := load(o, s.Roster("objects").Body.File.SHA256, firmLine)
	if err != nil {
		return nil, err
	}
	list := []*rules.Firm{}
	for i := range reg.Rows {
		if f := &reg.Rows[i].Firm; s.Pack.InScope(f) {
			list = append(list, f)
		}
	}
	return list, nil
}

// spellings are the grades of risk that the register has, where a condition
// asks for one: what was meant is most often among them.
func spellings(f *rules.Filter, firms []*rules.Firm) string {
	if !slices.Contains(f.Fields(), "风险") {
		return ""
	}
	var list []string
	for _, firm := range firms {
		if firm.Risk != "" && !slices.Contains(list, firm.Risk) {
			list = append(list, firm.Risk)
		}
	}
	slices.Sort(list)
	return strings.Join(list[:min(len(list), 9)], "、")
}

// unheld warns at the notice of the groups that no firm of its hat is in.
func unheld(s *rules.State, n *record.Notice, line *record.PlanLine, conditions map[string]string) []intake.Problem {
	var list []intake.Problem
	for k, c := range line.Classes {
		if !slices.ContainsFunc(n.Groups, func(g record.Group) bool { return g.Name == c.Name }) {
			list = append(list, intake.Problem{Code: "office.group-unheld", Sheet: line.No + " 第" + num(k+1) + "组", Got: s.Pack.FilterWords(conditions[c.Name])})
		}
	}
	return list
}
