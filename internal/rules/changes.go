package rules

import (
	"reflect"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
)

// Changes (调整情况) is what a version of the checklist changed against the one
// before (Gaoqing 5.1.1 及时公布调整情况; Yanshi 8).
type Changes struct {
	Added   []record.Item
	Gone    []record.Item
	Changed []Changed
}

// Changed is one item in both versions, and under which headings they differ.
type Changed struct {
	Old, New record.Item
	Headings []string
}

// ChangesOf compares two versions of the checklist by the numbers of their
// items; old nil: the first version, of which nothing has changed.
func ChangesOf(old, now *record.Checklist) Changes {
	var c Changes
	if old == nil {
		return c
	}
	was := make(map[string]*record.Item, len(old.Items))
	for i := range old.Items {
		was[old.Items[i].No] = &old.Items[i]
	}
	for i := range now.Items {
		it := &now.Items[i]
		o := was[it.No]
		delete(was, it.No)
		if o == nil {
			c.Added = append(c.Added, *it)
		} else if h := differing(o, it); len(h) > 0 {
			c.Changed = append(c.Changed, Changed{*o, *it, h})
		}
	}
	for i := range old.Items {
		if was[old.Items[i].No] != nil {
			c.Gone = append(c.Gone, old.Items[i])
		}
	}
	return c
}

// Any reports whether anything changed.
func (c *Changes) Any() bool { return len(c.Added)+len(c.Gone)+len(c.Changed) > 0 }

// differing lists the headings under which two versions of an item differ.
func differing(a, b *record.Item) []string {
	basis := func(it *record.Item) string {
		var s strings.Builder
		for _, b := range it.Basis {
			s.WriteString(b.Kind + "|" + b.Title + "|" + b.Article + "\n")
		}
		return s.String()
	}
	var list []string
	for _, h := range []struct{ name, old, new string }{
		{"抽查事项", a.Name, b.Name}, {"检查对象", a.Object, b.Object}, {"事项类别", a.Category, b.Category}, {"抽查内容", a.Content, b.Content},
		{"检查方式", strings.Join(a.Methods, "、"), strings.Join(b.Methods, "、")}, {"检查部门", a.Body, b.Body}, {"实施层级", a.Level, b.Level},
		{"抽查依据", basis(a), basis(b)},
	} {
		if h.old != h.new {
			list = append(list, h.name)
		}
	}
	if len(list) == 0 && !reflect.DeepEqual(a, b) {
		list = append(list, "其他") // a member without a heading of its own
	}
	return list
}

// drawnUp (制定) is the reason of the first checklist of a year.
const drawnUp = "制定"

// checklistReason: a version that is not the first of its year says why, in the
// words of the regulation (Y-8.3 立改废释、层级监督权限的调整).
func (j *judge) checklistReason(b *record.Checklist) {
	p := j.s.Pack
	if len(p.Items.Reasons) == 0 || slices.Contains(p.Items.Reasons, b.Reason) {
		return
	}
	if prev := j.s.Checklist(); b.Reason == drawnUp && (prev == nil || prev.Body.Year < b.Year) {
		return
	}
	j.breach("rules.list-reason", p.Items.ChangeBy, "reason", b.Reason, strings.Join(p.Items.Reasons, "、"))
}

// checklistAt finds a checklist by its index, nil if there is none.
func (s *State) checklistAt(index int64) *At[record.Checklist] {
	i := slices.IndexFunc(s.Checklists, func(c At[record.Checklist]) bool { return c.Index == index })
	if i < 0 {
		return nil
	}
	return &s.Checklists[i]
}
