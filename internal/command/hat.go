package command

import (
	"fmt"
	"strings"

	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// showHat tells who stands in the hat of a notice, who does not, and what a team
// must know.
func (c *Command) showHat(o *office.Office, n *record.Notice) {
	if len(n.Slots) == 0 {
		c.note("  检查人员另行摇号：检查前用 sunlot draw announce --teams-for %s\n", n.Draw)
		return
	}
	c.note("  检查人员 %d 名（名录库 %d 名），%s\n", n.People.Lines, n.Inspectors.Count, slotWords(o, n.Slots, n.GroupTeams))
	for _, g := range n.PeopleWhy {
		c.note("  未入签筒 %d 人：%s（%s）\n", g.Count, g.Words, g.Clause)
	}
	if n.Declared > 0 {
		c.note("  回避申报 %d 人次，一家最多 %d 人\n", n.Declared, n.MostForOne)
	}
}

func slotWords(o *office.Office, slots []record.Slot, groups int64) string {
	s := fmt.Sprintf("每家 %d 人", len(slots))
	if groups > 0 {
		s = fmt.Sprintf("分 %d 组，每组 %d 人", groups, len(slots))
	}
	var needs []string
	if state, err := o.State(); err == nil {
		for _, slot := range slots {
			if q, ok := rules.Find(state.Pack.Specialities, slot.Needs); ok && slot.Needs != "" {
				needs = append(needs, q.Name)
			}
		}
	}
	if len(needs) > 0 {
		s += "，其中要有" + strings.Join(needs, "、")
	}
	return s
}
