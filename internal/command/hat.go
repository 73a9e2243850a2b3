package command

import (
	"fmt"
	"strings"

	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// hatView is what a notice or a teams notice says of the people it draws from.
type hatView struct {
	slots      []record.Slot
	groups     int64
	people     record.File
	inspectors record.RosterRef
	why        []record.Ground
	declared   int64
	most       int64
}

// showHat tells who stands in the hats of a notice, who does not, and what a
// team must know.
func (c *Command) showHat(o *office.Office, n *record.Notice) {
	if len(n.Slots) == 0 {
		c.note("  检查人员另行摇号：派发后、检查前用 sunlot draw announce --teams-for %s\n", n.Draw)
	} else {
		c.showPeople(o, hatView{n.Slots, n.GroupTeams, n.People, n.Inspectors, n.PeopleWhy, n.Declared, n.MostForOne})
	}
	if e := n.Experts; e != nil {
		c.note("  专家 %d 名（专家库 %d 名），%s，不计入检查组\n", e.Pool.Lines, e.Roster.Count, slotWords(o, e.Slots, 0))
	}
}

func (c *Command) showPeople(o *office.Office, v hatView) {
	c.note("  检查人员 %d 名（名录库 %d 名），%s\n", v.people.Lines, v.inspectors.Count, slotWords(o, v.slots, v.groups))
	for _, g := range v.why {
		c.note("  未入签筒 %d 人：%s（%s）\n", g.Count, g.Words, g.Clause)
	}
	if v.declared > 0 {
		c.note("  回避申报 %d 人次，一家最多 %d 人\n", v.declared, v.most)
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
