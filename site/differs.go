package site

import (
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// itemChange is one item that a version added, dropped or changed (调整公告);
// Fields are its words before and after, where it changed.
type itemChange struct {
	What, No, Name string
	Link           *link // to the item, in the version that has it
	Fields         []fieldChange
}

// fieldChange is one heading of an item in two versions.
type fieldChange struct{ Head, Old, New string }

// itemFields are the headings of an item with its words under them, in the
// order of the form. One of a heading that is not here could change unseen: a
// test holds the list complete.
func (m *maker) itemFields(it record.Item) []fieldChange {
	v := m.itemOf(it)
	content := it.Content
	return []fieldChange{
		{"抽查事项", "", it.Name}, {"检查对象", "", it.Object}, {"事项类别", "", it.Category}, {"抽查内容", "", content},
		{"检查方式", "", strings.Join(it.Methods, "、")}, {"检查部门", "", it.Body}, {"实施层级", "", it.Level},
		{"抽查依据", "", strings.Join(v.Basis, "；")}, {"业务标准", "", it.Standard}, {"所需专长", "", v.Needs},
	}
}

// itemChanges tell what a version changed against the one before, item by item
// and heading by heading (Gaoqing 5.1.1: 公布调整情况).
func (m *maker) itemChanges(p *page, old, now *record.Checklist) []itemChange {
	c := rules.ChangesOf(old, now)
	at := func(version int64, no string) *link {
		return p.to(m.checklistPath(version)+"#"+anchor("item-"+no), no)
	}
	var rows []itemChange
	for _, it := range c.Added {
		rows = append(rows, itemChange{What: "新增", No: it.No, Name: it.Name, Link: at(now.Version, it.No)})
	}
	for _, it := range c.Gone {
		rows = append(rows, itemChange{What: "取消", No: it.No, Name: it.Name, Link: at(old.Version, it.No)})
	}
	for _, ch := range c.Changed {
		row := itemChange{What: "变更", No: ch.New.No, Name: ch.New.Name, Link: at(now.Version, ch.New.No)}
		before := m.itemFields(ch.Old)
		for i, f := range m.itemFields(ch.New) {
			if f.Old = before[i].New; f.Old != f.New {
				row.Fields = append(row.Fields, fieldChange{f.Head, or(f.Old, "–"), or(f.New, "–")})
			}
		}
		rows = append(rows, row)
	}
	return rows
}
