package rules_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/sunlot/sunlot/internal/rules"
)

// TestPackFaults: several faults of several kinds in one pack are all told,
// each by its path.
func TestPackFaults(t *testing.T) {
	p := pack(t, "yanshi")
	if list := p.Faults(); len(list) > 0 {
		t.Fatalf("a good pack: %v", list)
	}
	p.Title, p.Archive = "", rules.Archive{}
	p.EffectiveFrom = "2023-6-8"
	p.Clauses[3].Kinds = []string{"law"}
	p.Clauses[5].ID = p.Clauses[2].ID
	p.Cap.Window, p.Cap.Clause = "decade", "Y-99"
	p.Ratios[0].Value = "5%"
	p.Tags[1].Code = "two words"
	p.Towns[2].Name = p.Towns[0].Name
	p.Team.Min = 0
	want := map[string]string{
		"title": "rules.pack-missing", "archive": "rules.pack-missing", "effective_from": "rules.pack-form", "clause[3].kinds[0]": "rules.pack-word",
		"clause[5].id": "rules.pack-twice", "cap.window": "rules.pack-word", "cap.clause": "rules.pack-clause", "ratio[0].value": "rules.pack-form",
		"tag[1].code": "rules.pack-form", "town[2].name": "rules.pack-twice", "team.min": "rules.bad-pack",
	}
	got := map[string]string{}
	for _, f := range p.Faults() {
		if got[f.Place] == "" {
			got[f.Place] = f.Code
		}
	}
	for path, code := range want {
		if got[path] != code {
			t.Errorf("%s: %q, want %s", path, got[path], code)
		}
		delete(got, path)
	}
	for path, code := range got {
		if code != "rules.pack-clause" { // what rests on the clause whose id is gone
			t.Errorf("%s: %s besides", path, code)
		}
	}
}

// TestEveryClauseIsChecked: whatever member of a pack names a clause, a wrong
// one there is told.
func TestEveryClauseIsChecked(t *testing.T) {
	seen := 0
	for _, name := range []string{"gaoqing", "yanshi"} {
		seen += eachString(pack(t, name), func(p *rules.Pack, path string, v reflect.Value, tag string) {
			if tag != "clause" && !slices.Contains([]string{"_clause"}, tag[max(0, len(tag)-7):]) || v.String() == "" {
				return
			}
			old := v.String()
			v.SetString(old + "-no")
			if list := p.Faults(); len(list) != 1 || list[0].Code != "rules.pack-clause" {
				t.Errorf("%s: %s: %v", name, path, list)
			}
			v.SetString(old)
		})
	}
	if seen < 200 {
		t.Fatalf("only %d strings seen", seen)
	}
}

// eachString visits every string of a pack with the tag of its member.
func eachString(p *rules.Pack, visit func(p *rules.Pack, path string, v reflect.Value, tag string)) int {
	n := 0
	var walk func(v reflect.Value, path, tag string)
	walk = func(v reflect.Value, path, tag string) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem(), path, tag)
			}
		case reflect.Struct:
			for i := range v.NumField() {
				f := v.Type().Field(i)
				walk(v.Field(i), path+"."+f.Name, f.Tag.Get("toml"))
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), path, "")
				if v.Index(i).Kind() == reflect.Struct && i > 3 {
					break
				}
			}
		case reflect.String:
			n++
			visit(p, path, v, tag)
		}
	}
	walk(reflect.ValueOf(p).Elem(), "", "")
	return n
}
