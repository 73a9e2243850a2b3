package evidence

import (
	"reflect"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// related marks the entries that the case rests on: charters and calendars, of
// each of its draws what it was announced from, the notice and whatever
// speaks of it, as far as that concerns the whole draw or this enterprise.
//
// Which member of a body names another entry is read from its name (Notice,
// Result, Objection …), so that a type of entry that is added later, and an
// entry that was refused, stand in the bundle like the others.
func (m *maker) related() {
	for _, c := range m.b.State.Charters {
		m.used[c.Index] = true
	}
	for _, c := range m.b.State.Calendars {
		m.used[c.Index] = true
	}
	whole := map[int64]*stand{} // notices, teams notices
	own := map[int64]bool{}     // results and what hangs on them
	for _, s := range m.stands {
		if s.subject() {
			whole[s.lot.Index] = s
			m.groundwork(s.lot)
		}
	}
	for _, e := range m.b.Entries {
		if e.Record == nil {
			continue
		}
		r := refs(e.Record.Body)
		s := whole[r["Notice"]]
		if l := whole[e.Index]; l != nil {
			s = l
		}
		switch {
		case r["Request"] > 0:
			if !m.used[r["Request"]] {
				continue
			}
		case r["Result"] > 0 || r["Objection"] > 0 || r["Review"] > 0 || r["Archive"] > 0 || r["Entry"] > 0:
			if !own[r["Result"]] && !own[r["Objection"]] && !own[r["Review"]] && !own[r["Archive"]] && !own[r["Entry"]] {
				continue
			}
			own[e.Index] = true
		case s == nil:
			continue
		default:
			if object := handleIn(e.Record.Body); object != "" && object != s.handle {
				continue
			}
			switch e.Record.Type {
			case "teams-notice":
				whole[e.Index] = s
			case "result", "archive":
				own[e.Index] = true
			}
		}
		m.used[e.Index] = true
	}
}

// groundwork is what a notice was made from: plan or task, filing, lists,
// registers, waivers, partners' agreements.
func (m *maker) groundwork(l *rules.Lot) {
	b := l.Body
	for _, i := range append([]int64{l.Index, b.Plan, b.Checklist, b.Roster.Entry, b.Inspectors.Entry}, b.Waivers...) {
		m.used[i] = true
	}
	for _, f := range m.b.State.Filings {
		if f.Body.Plan == b.Plan && f.Index < l.Index {
			m.used[f.Index] = true
		}
	}
	if l.Led != nil {
		for _, i := range l.Led.Entries() {
			m.used[i] = true
		}
	}
}

// refs are the members of a body that hold the index of another entry.
func refs(body any) map[string]int64 {
	list := map[string]int64{}
	v := reflect.Indirect(reflect.ValueOf(body))
	for _, name := range []string{"Notice", "Result", "Objection", "Review", "Archive", "Entry", "Request"} {
		if f := v.FieldByName(name); f.IsValid() && f.Kind() == reflect.Int64 {
			list[name] = f.Int()
		}
	}
	return list
}

// handleIn is the handle of the one object that a body speaks of, "" where it
// speaks of the whole draw.
func handleIn(body any) string {
	if f := reflect.Indirect(reflect.ValueOf(body)).FieldByName("Object"); f.IsValid() && f.Kind() == reflect.String {
		return f.String()
	}
	return ""
}

// attached is a file beside the log that a body names, and under which member.
type attached struct{ member, sum string }

// blobsOf lists the files beside the log that a body names.
func blobsOf(body any) []attached {
	var list []attached
	var visit func(v reflect.Value, member string)
	visit = func(v reflect.Value, member string) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				visit(v.Elem(), member)
			}
		case reflect.Slice:
			for i := range v.Len() {
				visit(v.Index(i), member)
			}
		case reflect.Struct:
			if f, ok := v.Interface().(record.File); ok {
				if f.SHA256 != "" {
					list = append(list, attached{member, f.SHA256})
				}
				return
			}
			for i := range v.NumField() {
				visit(v.Field(i), v.Type().Field(i).Name)
			}
		}
	}
	visit(reflect.ValueOf(body), "")
	return list
}

// memberWords say what a file is, by the member of the entry that names it.
var memberWords = map[string]string{
	"Pool": "签筒", "Out": "未入签筒名单", "People": "检查人员签筒", "PeopleOut": "未入检查人员签筒名单", "Recusals": "回避名单",
	"Drawn": "抽中名单", "Teams": "检查组", "GroupTeams": "分组", "Unstaffed": "凑不齐检查组的名单", "Declarations": "回避所依据的申报",
	"Objects": "名单", "Leaders": "组长名单", "Experts": "专家", "File": "文件", "List": "名单",
}

// usedEntries are the entries of the case in order.
func (m *maker) usedEntries() []*verify.Entry {
	var list []*verify.Entry
	for _, e := range m.b.Entries {
		if m.used[e.Index] {
			list = append(list, e)
		}
	}
	return list
}
