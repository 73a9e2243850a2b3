package rules_test

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// mutant is a body in which one member is another.
type mutant struct {
	path string // without positions: groups.cells.quota
	what string // how it was changed
	body any
}

// mutants lists every body that differs from this one in a single member:
// strings of every form get neighbours of that form, integers neighbours and
// zero, booleans their opposite, lists lose, repeat and turn round members,
// optional members go away or come, files change places. said are values by
// form that the office has said elsewhere: the likeliest to pass for another.
func mutants(body any, said map[string][]string) []mutant {
	var all []mutant
	files := filesOf(reflect.ValueOf(body).Elem())
	var walk func(path []any, v reflect.Value, form string, optional bool)
	emit := func(path []any, what string, set func(reflect.Value)) {
		fresh := clone(body)
		set(follow(reflect.ValueOf(fresh).Elem(), path))
		all = append(all, mutant{named(reflect.TypeOf(body).Elem(), path), what, fresh})
	}
	walk = func(path []any, v reflect.Value, form string, optional bool) {
		switch v.Kind() {
		case reflect.Struct:
			if f, ok := v.Interface().(record.File); ok {
				for _, other := range files {
					if other != f {
						emit(path, "is another file", func(v reflect.Value) { v.Set(reflect.ValueOf(other)) })
					}
				}
			}
			for i := range v.NumField() {
				f := v.Type().Field(i)
				walk(append(slices.Clone(path), i), v.Field(i), f.Tag.Get("form"), strings.Contains(f.Tag.Get("json"), ",omitempty"))
			}
		case reflect.Pointer:
			if v.IsNil() {
				emit(path, "comes", func(v reflect.Value) { v.Set(reflect.New(v.Type().Elem())) })
				return
			}
			emit(path, "goes", func(v reflect.Value) { v.SetZero() })
			walk(append(slices.Clone(path), "*"), v.Elem(), form, optional)
		case reflect.Slice:
			n := v.Len()
			if n == 0 {
				for _, s := range append([]string{sample(form, v.Type().Elem())}, said[form]...) {
					emit(path, "has "+s, func(v reflect.Value) {
						one := reflect.New(v.Type().Elem()).Elem()
						if one.Kind() == reflect.String {
							one.SetString(s)
						}
						v.Set(reflect.Append(v, one))
					})
				}
				return
			}
			emit(path, "loses its first", func(v reflect.Value) { v.Set(v.Slice(1, n)) })
			emit(path, "repeats its last", func(v reflect.Value) { v.Set(reflect.Append(v, v.Index(n-1))) })
			if n > 1 {
				emit(path, "loses its last", func(v reflect.Value) { v.Set(v.Slice(0, n-1)) })
				emit(path, "turns round", func(v reflect.Value) { reverse(v) })
			}
			for i := range n {
				walk(append(slices.Clone(path), fmt.Sprint(i)), v.Index(i), form, false)
			}
		case reflect.String:
			known := said[form]
			if v.Type() == reflect.TypeFor[record.Sealed]() {
				known = nil
			}
			for _, s := range append(neighbours(v.String(), form, v.Type()), known...) {
				if s == v.String() {
					continue
				}
				emit(path, "is "+s, func(v reflect.Value) { v.SetString(s) })
			}
			if optional && v.String() != "" {
				emit(path, "goes", func(v reflect.Value) { v.SetString("") })
			}
		case reflect.Int64:
			for _, n := range []int64{v.Int() + 1, v.Int() - 1, 0} {
				if n != v.Int() && n >= 0 {
					emit(path, fmt.Sprint("is ", n), func(v reflect.Value) { v.SetInt(n) })
				}
			}
		case reflect.Bool:
			emit(path, fmt.Sprint("is ", !v.Bool()), func(v reflect.Value) { v.SetBool(!v.Bool()) })
		default:
			panic("a body with " + v.Kind().String())
		}
	}
	walk(nil, reflect.ValueOf(body).Elem(), "", false)
	return all
}

// filesOf lists the files that a body names.
func filesOf(v reflect.Value) []record.File {
	var list []record.File
	for i := range v.NumField() {
		if f, ok := v.Field(i).Interface().(record.File); ok {
			list = append(list, f)
		}
	}
	return list
}

// said collects the values that an office has said, by their form, and the
// words of its pack.
func (b *book) said() map[string][]string {
	set := map[string]map[string]bool{"hex32": {}, "name": {}, "token": {}, "expr": {}}
	var walk func(v reflect.Value, form string)
	walk = func(v reflect.Value, form string) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i), v.Type().Field(i).Tag.Get("form"))
			}
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem(), form)
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), form)
			}
		case reflect.String:
			if set[form] != nil && v.String() != "" && v.Len() < 40 && v.Type() != reflect.TypeFor[record.Sealed]() {
				set[form][v.String()] = true
			}
		}
	}
	for _, s := range b.steps {
		walk(reflect.ValueOf(s.Body), "")
	}
	l := b.state.Lot("2023-001")
	for h := range l.People {
		set["hex32"][h] = true
	}
	for _, g := range slices.Concat(b.pack.Team.Grounds, b.pack.Items.Categories, b.pack.Items.Ranks, b.pack.Result.Refusal) {
		set["name"][g] = true
	}
	for _, q := range slices.Concat(b.pack.Specialities[:2], b.pack.Towns[:2]) {
		set["token"][q.Code] = true
	}
	set["token"]["report"] = true // an origin
	m := map[string][]string{}
	for form, values := range set {
		m[form] = slices.Sorted(maps.Keys(values))
	}
	return m
}

func reverse(v reflect.Value) {
	swap := reflect.Swapper(v.Interface())
	for i, j := 0, v.Len()-1; i < j; i, j = i+1, j-1 {
		swap(i, j)
	}
}

// follow finds a member: numbers are fields, texts positions, * a pointer's end.
func follow(v reflect.Value, path []any) reflect.Value {
	for _, p := range path {
		switch p := p.(type) {
		case int:
			v = v.Field(p)
		case string:
			if v.Kind() == reflect.Pointer {
				v = v.Elem()
				continue
			}
			i := 0
			fmt.Sscan(p, &i)
			v = v.Index(i)
		}
	}
	return v
}

// named is the path in the members' names, without positions.
func named(t reflect.Type, path []any) string {
	var names []string
	for _, p := range path {
		if i, ok := p.(int); ok {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			names, t = append(names, name), t.Field(i).Type
			continue
		}
		t = t.Elem()
	}
	return strings.Join(names, ".")
}

func sample(form string, t reflect.Type) string {
	if t == reflect.TypeFor[record.Sealed]() {
		form = "hex64"
	}
	switch form {
	case "hex32", "hex64", "hex96":
		n := 0
		fmt.Sscanf(form, "hex%d", &n)
		return strings.Repeat("e", n)
	case "date":
		return "2023-09-06"
	case "time":
		return "2023-09-06T10:00:00+08:00"
	case "token":
		return "1"
	case "ratio":
		return "0.5"
	case "expr":
		return "风险 = 高"
	case "lines":
		return "演示\n"
	}
	return "演示"
}

// neighbours are other values of the same form.
func neighbours(s, form string, t reflect.Type) []string {
	if t == reflect.TypeFor[record.Sealed]() {
		form = "hex64"
	}
	if s == "" {
		return []string{sample(form, t)}
	}
	switch form {
	case "hex32", "hex64", "hex96":
		last := byte('0')
		if s[len(s)-1] == '0' {
			last = '1'
		}
		return []string{s[:len(s)-1] + string(last), strings.Repeat("e", len(s))}
	case "date", "time":
		layout := map[string]string{"date": time.DateOnly, "time": time.RFC3339}[form]
		when, err := time.Parse(layout, s)
		if err != nil {
			panic(err)
		}
		var list []string
		for _, d := range []time.Duration{24 * time.Hour, -24 * time.Hour, 3 * time.Second, 2000 * 24 * time.Hour, -2000 * 24 * time.Hour} {
			if other := when.Add(d).In(record.Beijing); other.Format(layout) != s {
				list = append(list, other.Format(layout))
			}
		}
		return list
	case "token":
		return []string{s + "x", "1", "zz"}
	case "ratio":
		return []string{"0.3", s + "0", "1"}
	case "expr":
		return []string{s + " and 风险 = 高", "风险 = 高"}
	}
	return []string{s + "改", "演示"}
}

// free lists the members of a body in which another value can stand without a
// breach, and why that is no way to favour anybody. What is not listed is
// bound: the judge, the files or the draw hold it. A member of a list is free
// where any of its values or lengths is.
var free = map[string]map[string]string{
	"charter": {
		"office": own, "region": own, "internet": own, "demo": own, "keys": "who may sign is the office's to declare; the log's key is held to the checkpoint by room verify",
		"keys.key": "from the next entry on these keys must sign", "keys.held": own,
		"site.name": own, "site.domain": own, "site.id_code": own, "site.icp": own, "site.police": own, "site.contact": own, "site.errors": own, "site.platform": own,
	},
	"checklist": {
		"year": own, "date": "not after the day of the entry", "unit": own, "reason": own, "upstream": own, "all_items": "the number of all enforcement items is the office's word (A18)",
		"all_items_source": own, "items": own, "items.no": own, "items.name": own, "items.object": own, "items.category": "one of the pack's", "items.content": own, "items.methods": own,
		"items.body": own, "items.level": own, "items.basis": "more than the one that is needed", "items.basis.kind": "any of sufficient rank", "items.basis.title": own, "items.basis.article": own, "items.standard": own,
		"items.specialities": "what an item needs is the office's to say, before any draw",
	},
	"roster": {"date": "not after the day of the entry", "source": own, "reason": own, "unsure": own},
	"plan": {
		"date": "not after the day of the entry", "title": own, "reason": own, "lines": own, "lines.no": own, "lines.name": own, "lines.items": "any of the checklist", "lines.scope": own,
		"lines.filter": "any that stands in its one form", "lines.ratio": own, "lines.count": own, "lines.base": own, "lines.estimate": own, "lines.frequency": own,
		"lines.from": "within the year", "lines.to": "within the year", "lines.unit": own, "lines.minimum": own, "lines.partners": own, "lines.method": own,
		"lines.census": "of a joined line: the lead decides how many", "lines.mode": "of a joined line", "lines.lead": own, "lines.with": own, "lines.with.name": own, "lines.with.kind": own, "lines.with.matter": own,
	},
	"filing": {"to": own, "date": "not after the day of the entry", "receipt": own},
	"calendar": {
		"title": "free text: the document", "number": "free text: its number", "ground": "free text: why the office was closed",
		"off": "fewer days, or others not over yet, within the bounds; every one is public before it comes", "make_up": "of a year not over yet, within the bounds",
	},
	"history": {"date": own, "from": own, "to": "not after the charter"},
	"notice": {
		"name": "free text: title of the task", "scheme": "free text: title and date of the document 抽查工作方案",
		"auditor":         "free text: a body",
		"items":           "a task may take on fewer of its line's items; which, is public before the round",
		"grounds":         "the order of the table",
		"slots":           "a team may be larger than the least",
		"declared":        "bounded by the most for one; held to the recusals that the draw opens",
		"keycommit":       "commits: K must fit it when it opens, and every handle must follow from it (room verify)",
		"keycommit_i":     "commits: KI must fit it when it opens (room verify)",
		"before":          "the platform's task time is the office's word; the grade follows from the platform's own",
		"due.provisional": "of a calendar that ends the year before; what is due is computed again",
		"units.name":      "who executes is the office's to say, before the round",
		"units.towns":     "likewise; any of the pack's, each once",
		"from":            "from the day of the round to the task's end; no due date hangs on it",
		"group_teams":     "as many as the hat can fill; public before the round",
		"people_grounds":  "the order of the table",
		"people.root":     "of the empty file, where teams come later", "recusals.root": "likewise",
		"randomness.time":         "of a ceremony: its start is the office's to say, before it",
		"randomness.draws.issue":  "any other of that day whose numbers the ledger does not know",
		"randomness.contributors": "fewer; who adds is the office's to say, before anybody has", "randomness.contributors.name": "likewise",
		"randomness.ceremony.balls": "more, before the ceremony", "randomness.ceremony.throws": "likewise", "randomness.ceremony.place": own,
		"randomness.ceremony.present": "their order; or fewer, of two at least", "randomness.ceremony.present.body": "any that is not the office", "randomness.ceremony.present.name": "sealed",
		"experts": "a task may do without", "experts.grounds": "the order of the table", "experts.slots": "as many as their hat can fill",
	},
	"paper": {"body": "free text: any body but the office", "person": "sealed", "signed": "between notice and round, on that body's word", "scan": "digest of a paper"},
	"draw": {
		"scans": "papers that bear the line out, beyond the one that is needed", "scans.bytes": "of a paper, which stays with the office", "scans.sha256": "digest of that paper",
		"signed": "the order of the lines",
	},
	"contribution": {"value": "the contributor's own"},
	"teams":        {},
	"teams-notice": {
		"slots": "a team may be larger than the least", "group_teams": "as many as the hat can fill", "declared": "bounded by the most for one; held to the recusals that the cast opens",
		"randomness.draws": "their order", "randomness.draws.closes": "a later one than the first", "randomness.contributors": "fewer", "randomness.contributors.name": "any that is not the office",
		"keycommit_i": "commits: KI must fit it when it opens", "from": "from the day of the round to the task's end", "to": "likewise", "people_grounds": "the order of the table",
	},
	"expert": {
		"object": "another drawn object", "leave": "nobody: the expert comes beside the drawn one", "roster": "any version of the experts' register, or none", "person": "sealed", "specialities": "any of the pack",
		"ground": "free text", "date": "from the draw to the entry", "approved_by": "sealed",
	},
	"recusal": {"person": "sealed: opened to the auditor with KI", "date": "not after the decision", "decided_by": "sealed", "scan": "digest of a paper"},
	"dispatch": {
		"number": "free text: number of the task", "confirmed": "sealed: who confirmed the list", "platform_no": "free text: number on the state's platform",
		"scheme": "free text: the unit's own plan", "scheme_sha256": "digest of that document",
		"date": "between the draw and the day of the entry", "from": "within the notice's task", "to": "within the notice's task", "leaders.root": "of the empty file, absent or that of no lines",
	},
	"team-change": {
		"ground": "one of the pack's", "note": "sealed", "consent": "free text: the unit that agreed", "agreed_by": "sealed", "come": "any other of the hat who did not stand back",
		"object": "another team that the one who leaves is in", "agreed": "from the draw to the change", "leads": "the one who comes may lead",
	},
	"result": {
		"ground":        "free text of an inspection that no draw led to; nothing is read from it elsewhere",
		"object":        "another drawn object without result: its handle must open to this firm (room verify)",
		"code":          "sealed: opened at once, and held to the handle by room verify",
		"name":          "sealed: opened at once",
		"unit":          "of an inspection that no draw led to",
		"origin":        "of an inspection that no draw led to: any of the list",
		"outcome.items": "an inspection may leave items out; the unit's line follows from the rest", "outcome.items.item": "of an inspection that no draw led to: any of the checklist",
		"outcome.items.codes": "what was found is the office's word; a further code that changes no line", "outcome.items.by": "sealed", "outcome.facts": "sealed", "outcome.methods": "free text", "outcome.organised": "free text",
		"started": "between draw and end", "ended": "between begin and signatures", "entered": "after the end", "published": "not after the day of the entry", "entered_by": "sealed", "reviewed_by": "sealed",
		"signed": "names are sealed; their number is held to the team where the pack says so", "signed_on": "from the end on", "scan": "digest of a paper", "late": "free text: 说明",
		"town": "of an inspection that no draw led to, or where the draw's cell is no town: the office's word until the register opens", "sector": "likewise", "classes": "likewise",
		"issuer": "free text of an inspection that no draw led to", "document": "likewise",
		"reviewed_on": "a date of the platform", "opinion": "sealed", "returned": "dates of the platform", "pledge": own, "criminal": own, "follow_up.owner": "free text",
		"follow_up": "known later", "follow_up.kind": "free text", "follow_up.to": "free text", "follow_up.due": "free text", "follow_up.number": "free text", "remark": "sealed",
	},
	"correction": {
		"ground": "free text", "outcome.items": "as in a result", "outcome.items.codes": "as in a result", "outcome.items.by": "sealed", "outcome.facts": "sealed", "outcome.methods": "free text", "outcome.organised": "free text",
		"started": "as in a result", "entered": "as in a result",
		"ended": "between draw and entry", "approved_by": "sealed", "date": "between the last version and the entry", "remark": "sealed",
	},
	"feedback":  {"date": "between end and entry", "receiver": "sealed", "remark": "sealed", "result": "another result", "way": "free text"},
	"follow-up": {"to": "free text", "owner": "free text", "kind": "one of the pack's", "number": "free text", "date": "between end and entry", "closed": own, "remark": "sealed", "result": "another result"},
	"opened":    {"handles": "fewer: what is opened is held to the opening file by room verify", "k": "K with the last names", "notice": "K of another draw"},
	"software":  {"date": "until the entry", "files.sha256": "digest of a script", "files.bytes": "length of a script", "files.name": "any plain name"},
	"lost":      {"notice": "another draw whose key is not open", "k": "one of the two", "ki": "one of the two", "ground": "free text", "date": "between notice and entry", "approved_by": "sealed"},
	"objection": {"result": "another result", "received": "between the end and the day of the entry", "applicant": "sealed", "content": "sealed", "way": "free text", "number": "free text"},
	"review": {
		"objection": "another objection that is open", "decided": "between receipt and the day of the entry", "reasons": "sealed", "decided_by": "sealed", "late": "free text: 说明",
	},
	"archive": {
		"result": "another result", "notice": "another draw", "date": "of papers that stay for ever: between the notice and the day of the entry", "documents": "which papers there are is the office's word", "documents.kind": "any of the pack's", "documents.number": "sealed", "documents.date": "not after the archiving",
		"documents.sha256": "digest of a paper", "documents.pages": own, "ground": "free text: the rule that gives the years", "place": "sealed",
	},
	"takedown": {"fields": "fewer, or more that are sealed", "years": "any that are over", "ground": "free text: the rule or the decision", "date": "after the term, not after the entry", "approved_by": "sealed"},
	"purge":    {"date": "between the end of the term and the day of the entry", "ground": "free text", "approved_by": "sealed"},
	"platform-draw": {
		"platform_no": "free text: the platform's task number", "time": "the platform's, on the office's word; not later than the entry", "explained": "free text: 说明",
		"export.bytes": "of the exported file, which stays with the office", "export.sha256": "digest of that file",
		"recusals.root": "of the empty file, absent or that of no lines",
		"teams":         "the platform's people are a fact: what differs is shown",
	},

	"task": {
		"ground": "free text", "document.title": "free text", "document.number": "free text", "document.issuer": "free text", "approved_by": "sealed",
		"date": "not after the task's first day", "line.no": "any that is not taken", "line.name": own, "line.items": "any of the checklist", "line.scope": own, "line.filter": "any that stands in its one form",
		"line.count": own, "line.base": own, "line.estimate": own, "line.frequency": own, "line.from": "within the year, from the decision on", "line.to": "within the year", "line.unit": own,
		"line.partners": own, "line.method": own,
	},
	"waiver": {
		"document.title": "free text", "document.number": "free text", "document.issuer": "free text", "approved_by": "sealed", "date": "not after the day of the entry",
		"line": "another line that it could be for",
	},
	"extension": {"ground": "free text", "approved_by": "sealed", "date": "between notice and entry", "to": "within the year"},
	"request": {
		"agreed": "from the draw to the request", "agreed_by": "sealed", "consent": "free text: the unit that agreed", "ground": "one of the pack's", "note": "sealed",
		"slots": "who cannot go is the unit's word: which places, in any order",
	},
	"abort": {"ground": "free text", "notice": "another draw that is open"},
}

// own: what the office says about itself or decides before any lot is cast.
const own = "the office's own word, public before any draw"

func breached(found []rules.Finding) bool {
	return slices.ContainsFunc(found, func(f rules.Finding) bool { return f.Severity == rules.Breach })
}

var digits = regexp.MustCompile(`\.\d+`)

// TestMutants changes every member of every body of both years, and finds free
// exactly those that the list says.
func TestMutants(t *testing.T) {
	maps.Copy(free, jointFree)
	found := map[string]map[string]string{}
	tried, bound := 0, 0
	for _, pack := range []string{"gaoqing", "yanshi", "platform", "gaoqing joint", "yanshi joint", "later", "chance", "lot"} {
		b := bookOf(pack)
		said := b.said()
		for _, name := range b.names {
			if strings.HasSuffix(pack, " joint") && !slices.Contains(jointSteps, name) {
				continue // as in the other years
			}
			if pack == "lot" && !slices.Contains(lotSteps, name) {
				continue
			}
			if pack == "later" && !slices.Contains(laterSteps, name) {
				continue
			}
			if pack == "chance" && !slices.Contains(chanceSteps, name) {
				continue
			}
			if strings.HasPrefix(name, "result ") || name == "again" || name == "objects" {
				continue
			}
			s := b.copyOf(name)
			kind := record.TypeOf(s.Body)
			if found[kind] == nil {
				found[kind] = map[string]string{}
			}
			state := b.before(name)
			lots := len(state.Lots)
			for _, m := range mutants(s.Body, said) {
				path := digits.ReplaceAllString(m.path, "")
				if found[kind][path] != "" {
					continue // free already
				}
				c := s
				c.Body = m.body
				if _, err := record.Canonical(m.body); err != nil {
					continue
				}
				in := c.input()
				if _, err := record.Format(in.Entry); err != nil {
					continue // no such entry can stand in a ledger
				}
				tried++
				if breached(state.Apply(in)) {
					bound++
					state.Lots = state.Lots[:lots] // a notice keeps its serial
					if kind == "charter" {
						state = b.before(name)
					}
					continue
				}
				state = b.before(name)
				found[kind][path] = pack + " " + name + ": " + m.path + " " + m.what
			}
		}
	}
	t.Logf("%d mutants, %d bound", tried, bound)
	if tried < 900 || bound < 400 {
		t.Errorf("only %d mutants, %d bound", tried, bound)
	}
	for kind := range record.Types {
		if found[kind] == nil {
			t.Errorf("no %s in the two years", kind)
		}
		for _, path := range slices.Sorted(maps.Keys(found[kind])) {
			if free[kind][path] == "" {
				t.Errorf("%s: %q: free and not listed (%s)", kind, path, found[kind][path])
			}
		}
		for path := range free[kind] {
			if found[kind][path] == "" && kind+" "+path != "team-change object" && kind+" "+path != "expert object" { // whether he is in a second team is the lot's doing
				t.Errorf("%s: %q: listed and not free", kind, path)
			}
		}
	}
}
