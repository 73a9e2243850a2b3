package rules

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// packWords are the values that a member of a pack may have, by its path.
var packWords = map[string][]string{
	"cap.window": {"calendar-year", "rolling-12-months"}, "draw.balance": {"town", "none"}, "team.leader": {"slot0", "named", "none"},
	"team.replace": {replaceAppoint, replaceLot, replaceEither, "none"},
	"ratio.op":     {"min", "eq", "none"}, "visibility.rule": {"public", "on-result", "never"},
	"clause.kinds": {"field", "rule", "deadline", "publication", "record", "out"},
}

// packBounds are the least and the most of a member that is a number.
var packBounds = map[string][2]int{
	"schema": {PackSchema, PackSchema}, "cap.max": {1, 100}, "team.min": {1, 9}, "calendar.closures": {0, 60}, "archive.min_years": {0, 100},
}

// packForms hold the members that have a form of their own.
var packForms = map[string]func(string) bool{
	"effective_from": isDay, "effective_to": isDay, "note_after": isDay, "ratio.value": isRatio, "items.share_min": isRatio,
}

func isDay(s string) bool {
	_, ok := parseDay(s)
	return ok
}

func isRatio(s string) bool {
	_, err := total(s, 1)
	return err == nil
}

// codeForm is the form of codes, so that they can stand in filters, file names
// and addresses.
const codeForm = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._~-"

// packFaults collects everything that is wrong with a pack, each with the path
// of its member as authors write it: clause[3].words, cap.window.
type packFaults struct {
	known map[string]bool // clause ids
	list  []*fault.Error
}

func (l *packFaults) add(code, path, got, want string) {
	l.list = append(l.list, fault.New(code, path, got, want))
}

// Faults lists everything for which the engine could not act on the pack: a
// section or value that is missing, a clause that is not in the list, a code
// that stands twice, a word that means nothing, a ratio that is none.
func (p *Pack) Faults() []*fault.Error {
	l := &packFaults{known: map[string]bool{"": true}}
	for _, c := range p.Clauses {
		l.known[c.ID] = true
	}
	l.members(reflect.ValueOf(p).Elem(), "", "")
	l.particular(p)
	return l.list
}

// members walks a struct; path has positions, name has none.
func (l *packFaults) members(v reflect.Value, path, name string) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		key, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if tag := f.Tag.Get("toml"); tag != "" {
			key = tag
		}
		at, is := strings.TrimPrefix(path+"."+key, "."), strings.TrimPrefix(name+"."+key, ".")
		l.member(v.Field(i), at, is, strings.HasPrefix(opts, "omit"))
	}
}

func (l *packFaults) member(v reflect.Value, path, name string, optional bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			l.members(v.Elem(), path, name)
		}
	case reflect.Struct:
		switch {
		case !v.IsZero():
			l.members(v, path, name)
		case !optional:
			l.add("rules.pack-missing", path, "", "")
		}
	case reflect.Slice:
		l.several(v, path, name)
	case reflect.String:
		l.text(v.String(), path, name, optional)
	case reflect.Int:
		if b, ok := packBounds[name]; ok && (int(v.Int()) < b[0] || int(v.Int()) > b[1]) {
			l.add("rules.bad-pack", path, strconv.FormatInt(v.Int(), 10), strconv.Itoa(b[0])+"—"+strconv.Itoa(b[1]))
		}
	}
}

func (l *packFaults) several(v reflect.Value, path, name string) {
	seen := map[string]string{}
	for i := range v.Len() {
		at := path + "[" + strconv.Itoa(i) + "]"
		if v.Index(i).Kind() == reflect.String {
			l.text(v.Index(i).String(), at, name, false)
			l.once(seen, "", v.Index(i).String(), at)
			continue
		}
		l.member(v.Index(i), at, name, false)
		for _, field := range []string{"ID", "Code"} {
			if f := v.Index(i).FieldByName(field); f.IsValid() && f.Kind() == reflect.String {
				l.once(seen, field, f.String(), at+"."+strings.ToLower(field))
			}
		}
		if n, ok := v.Index(i).Interface().(Named); ok {
			for _, s := range append([]string{n.Name}, n.Also...) {
				l.once(seen, "Name", s, at+".name")
			}
		}
	}
}

func (l *packFaults) once(seen map[string]string, field, value, path string) {
	if first := seen[field+" "+value]; first != "" {
		l.add("rules.pack-twice", path, value, first)
		return
	}
	seen[field+" "+value] = path
}

func (l *packFaults) text(s, path, name string, optional bool) {
	last := name[strings.LastIndexByte(name, '.')+1:]
	words, form := packWords[name], packForms[name]
	switch {
	case s == "" && !optional:
		l.add("rules.pack-missing", path, "", "")
	case s == "":
	case (last == "clause" || strings.HasSuffix(last, "_clause")) && !l.known[s]:
		l.add("rules.pack-clause", path, s, "")
	case words != nil && !slices.Contains(words, s):
		l.add("rules.pack-word", path, s, strings.Join(words, "、"))
	case form != nil && !form(s):
		l.add("rules.pack-form", path, s, map[bool]string{true: "0.05", false: "2023-06-08"}[strings.HasSuffix(name, "value") || strings.HasSuffix(name, "share_min")])
	case last == "code" && (len(s) > 64 || strings.Trim(s, codeForm) != ""):
		l.add("rules.pack-form", path, s, "A-Z a-z 0-9 . _ ~ -")
	}
}

// particular: what one member says about another.
func (l *packFaults) particular(p *Pack) {
	for _, empty := range []struct {
		path string
		n    int
	}{{"clause", len(p.Clauses)}, {"town", len(p.Towns)}, {"sector", len(p.Sectors)}, {"result.code", len(p.Result.Codes)}, {"items.ranks", len(p.Items.Ranks)}, {"roster.statuses", len(p.Roster.Statuses)}} {
		if empty.n == 0 {
			l.add("rules.pack-missing", empty.path, "", "")
		}
	}
	starts := []string{"inspection_end", "task_end"}
	for member, word := range map[string]string{".start": p.Publish.Start, ".strict_start": or(p.Publish.Strict, p.Publish.Start)} {
		if !slices.Contains(starts, word) && p.Publish != (Deadline{}) {
			l.add("rules.pack-word", "publish"+member, word, strings.Join(starts, "、"))
		}
	}
	if p.Publish.Days < 1 || p.Publish.Days > 250 {
		l.add("rules.bad-pack", "publish"+".days", strconv.Itoa(p.Publish.Days), "1—250")
	}
	for i, r := range p.Ratios {
		if (r.Op != "none") == (r.Value == "") {
			l.add("rules.bad-pack", "ratio["+strconv.Itoa(i)+"].value", r.Op+" "+r.Value, "min 0.05、eq 1、none")
		}
	}
	for i, list := range [][]Named{p.Towns, p.Sectors, p.Tags, p.Specialities} {
		for k, n := range list {
			if strings.ContainsAny(n.Name, "()（）[],，、=<>") {
				l.add("rules.pack-form", []string{"town", "sector", "tag", "speciality"}[i]+"["+strconv.Itoa(k)+"].name", n.Name, "没有括号和逗号的名称")
			}
		}
	}
	for i, c := range p.Result.Codes {
		if c.Void && (!c.Alone || c.Open) {
			l.add("rules.bad-pack", "result.code["+strconv.Itoa(i)+"].void", c.Code, "alone = true，不带 open") // who is not there has nothing else
		}
	}
	if p.EffectiveTo != "" && p.EffectiveTo < p.EffectiveFrom {
		l.add("rules.bad-pack", "effective_to", p.EffectiveTo, "≥ "+p.EffectiveFrom)
	}
	if len(l.list) > 0 {
		return // what follows reads the members above
	}
	if place, got, want := p.Team.check(); place != "" {
		l.add("rules.bad-pack", place, got, want)
	}
	for _, err := range p.sections() {
		if e, ok := err.(*fault.Error); ok {
			l.list = append(l.list, e)
		}
	}
}
