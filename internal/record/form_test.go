package record

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"

	"github.com/sunlot/sunlot/internal/fault"
)

// badForms holds values that each form refuses.
var badForms = map[string][]string{
	"":      {" 甲", "甲 ", "甲\n", "\t甲", "\u3000甲", "甲\u00a0", strings.Repeat("甲", 2667)},
	"name":  {" 甲", "甲 ", "甲\n乙", "甲\t乙", "甲\u3000", strings.Repeat("x", 301)},
	"token": {"a b", "甲", "a/b", "a|b", "a,b", "a\nb", "a+b", "a:b", " a", strings.Repeat("a", 65)},
	"lines": {"a", "\n", "a\n\n", "a\n\nb\n", " a\n", "a \n", "a\tb\n", "a\nb", "a\u3000\n", strings.Repeat("x", 30000) + "\n"},
	"expr":  {" a", "a ", "a\n", strings.Repeat("x", 2001)},
	"ratio": {"0", "5%", "0.", ".5", "1.0", "0.0000001", "0,05", "1/20", "-0.5", "0.5e1", "00.5", "2", "０.5", " 0.5"},
	"date":  {"2023-2-9", "2023-02-29", "20230609", "2023/06/09", "2023-06-09 ", "2023-06-09T00:00:00+08:00", "2023年6月9日", "0", "23-06-09", "2023-13-01"},
	"time": {"2023-06-12T09:30:00Z", "2023-06-12T01:30:00+00:00", "2023-06-12T09:30:00+0800", "2023-06-12 09:30:00+08:00", "2023-06-12T09:30:00.5+08:00",
		"2023-06-12T09:30:00,5+08:00", "2023-06-12t09:30:00+08:00", "2023-06-12T24:00:00+08:00", "2023-06-12T09:30:60+08:00", "2023-06-12T9:30:00+08:00", "2023-06-12", "2023-06-12T09:30:00+09:00", "2023-06-12T09:30:00-08:00"},
	"hex32": {"", "x", strings.Repeat("0", 31), strings.Repeat("0", 33), strings.Repeat("A", 32), strings.Repeat("g", 32), strings.Repeat("0", 31) + " "},
	"hex64": {"x", strings.Repeat("0", 63), strings.Repeat("0", 65), strings.Repeat("F", 64), "0x" + strings.Repeat("0", 62), strings.Repeat("０", 22) + "0"},
	"hex96": {"x", strings.Repeat("0", 95), strings.Repeat("0", 64), strings.Repeat("0", 192), strings.Repeat("A", 96)},
}

var goodForms = map[string][]string{
	"":      {"甲", "甲\n\n乙", "a\tb", strings.Repeat("甲", 2666)},
	"name":  {"甲", "甲 乙", "甲\u3000乙", strings.Repeat("x", 300)},
	"token": {"a", "-", "~", "A-Za.z_0~9", strings.Repeat("a", 64)},
	"lines": {"a\n", "a\nb c\n", strings.Repeat("x", 29999) + "\n"},
	"expr":  {"a", "a\nb", strings.Repeat("x", 2000)},
	"ratio": {"1", "0.05", "0.5", "0.000001", "0.050000"},
	"date":  {"2023-06-09", "2024-02-29", "1949-10-01"},
	"time":  {"2023-06-12T09:30:00+08:00", "2024-02-29T23:59:59+08:00"},
	"hex32": {strings.Repeat("0", 32), strings.Repeat("af", 16)},
	"hex64": {strings.Repeat("0", 64), strings.Repeat("09af", 16)},
	"hex96": {strings.Repeat("0", 96)},
}

func TestForms(t *testing.T) {
	if a, b := slices.Sorted(maps.Keys(badForms)), slices.Sorted(maps.Keys(good)); !slices.Equal(a, b) {
		t.Fatalf("forms %q and %q", a, b)
	}
	for form, list := range goodForms {
		for _, s := range append(list, good[form]) {
			if err := checkValue(reflect.ValueOf(s), "x", false, form); err != nil {
				t.Errorf("form %q refuses %q: %v", form, s, err)
			}
		}
	}
	for form, list := range badForms {
		for _, s := range list {
			if err := checkValue(reflect.ValueOf(s), "x", false, form); err == nil {
				t.Errorf("form %q accepts %q", form, s)
			}
		}
	}
}

// TestEveryStringIsHeld sets each string of each type, one after another, to
// each value that its form refuses, and expects Format to name the place.
func TestEveryStringIsHeld(t *testing.T) {
	tried := 0
	for _, name := range typeNames() {
		e := filled(t, name, true)
		err := walk(reflect.ValueOf(e.Body), "body", false, "", func(v reflect.Value, path string, _ bool, form string) error {
			if v.Kind() != reflect.String {
				return nil
			}
			if v.Type() == sealedType {
				form = "hex64"
			}
			if badForms[form] == nil {
				t.Errorf("%s: %s has the unknown form %q", name, path, form)
			}
			old := v.String()
			for _, bad := range badForms[form] {
				if bad == "" {
					continue
				}
				tried++
				v.SetString(bad)
				_, err := Format(e)
				if !placeIs(err, path) {
					t.Errorf("%s: %s = %q: %v", name, path, bad, err)
				}
			}
			v.SetString(old)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if tried < 2000 {
		t.Errorf("only %d values tried", tried)
	}
}

func placeIs(err error, path string) bool {
	f, ok := err.(*fault.Error)
	return ok && f.Place == path && (f.Code == "record.bad-form" || f.Code == "record.too-long")
}

// mutations are what may stand in place of a JSON value of each kind, all to
// be refused.
func mutations(v any) []any {
	list := []any{nil, []any{}, map[string]any{}, []any{v}, map[string]any{"x": v}}
	switch v := v.(type) {
	case string:
		return append(list, "", " "+v, v+"\n", true, json.Number("1"))
	case json.Number:
		return append(list, json.Number("-1"), json.Number("1.5"), json.Number("9007199254740992"), json.Number("18446744073709551616"), json.Number("1e400"), v.String(), false)
	case bool:
		return append(list, 0, "true")
	case []any:
		return append(list, "x", v[0])
	}
	return append(list, "x", json.Number("1"))
}

// each calls visit for every value of a JSON tree with a function that puts
// another value in its place, or takes the member out.
func each(v any, path string, set func(any), visit func(path string, v any, set func(any))) {
	visit(path, v, set)
	switch v := v.(type) {
	case []any:
		for i := range v {
			old := v[i]
			each(v[i], path+"."+strconv.Itoa(i), func(n any) { v[i] = n }, visit)
			v[i] = old
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			old := v[name]
			each(old, path+"."+name, func(n any) { v[name] = n }, visit)
			v[name] = old
		}
	}
}

func jsonTree(t *testing.T, line string) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(line))
	d.UseNumber()
	var tree map[string]any
	if err := d.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

// canonicalOfOthers writes a tree by the reference implementation of RFC 8785,
// which knows nothing of our schema.
func canonicalOfOthers(t *testing.T, tree any) string {
	t.Helper()
	raw, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jcs.Transform(raw)
	if err != nil {
		return string(raw) // a number beyond a double; refused as well
	}
	return string(out)
}

// TestEveryValueIsHeld replaces each value of each type by values of other
// kinds, drops each member, adds one, and writes each name in upper case.
func TestEveryValueIsHeld(t *testing.T) {
	tried := 0
	for _, name := range typeNames() {
		text := format(t, filled(t, name, true))
		tree := jsonTree(t, line3(text))
		if got := canonicalOfOthers(t, tree); got != line3(text) {
			t.Fatalf("%s: jcs writes\n%s\nwe wrote\n%s", name, got, line3(text))
		}
		try := func(what string) {
			tried++
			changed := withLine(text, canonicalOfOthers(t, tree))
			if changed == text {
				t.Fatalf("%s: %s: nothing changed", name, what)
			}
			refuse(t, name+" "+what, changed, "record.bad-json", "record.not-canonical", "record.null", "record.missing", "record.bad-number", "record.bad-form", "record.too-long")
		}
		each(tree, "", func(any) {}, func(path string, v any, set func(any)) {
			if path == "" {
				return
			}
			for _, m := range mutations(v) {
				if empty, ok := m.(map[string]any); ok && len(empty) == 0 && strings.Contains(path, ".slots.") {
					continue // a slot that needs no qualification is {}
				}
				if empty, ok := m.(map[string]any); ok && len(empty) == 0 && path == ".body.outcome" {
					continue // the outcome of a withheld result; whose it is, room rules says
				}
				set(m)
				try(path)
			}
			set(v)
			object, ok := v.(map[string]any)
			if !ok {
				return
			}
			object["zzz"] = json.Number("1")
			try(path + " with a further member")
			delete(object, "zzz")
			for _, member := range slices.Sorted(maps.Keys(object)) {
				old := object[member]
				delete(object, member)
				for _, other := range []string{strings.ToUpper(member), strings.ToLower(member), strings.ToUpper(member[:1]) + member[1:]} {
					if other != member {
						object[other] = old
						try(path + " with " + other + " for " + member)
						delete(object, other)
					}
				}
				object[member] = old
			}
		})
	}
	if tried < 3000 {
		t.Errorf("only %d texts tried", tried)
	}
}

// TestRequired drops each member of an entry that holds only required ones.
func TestRequired(t *testing.T) {
	tried := 0
	for _, name := range typeNames() {
		text := format(t, filled(t, name, false))
		tree := jsonTree(t, line3(text))
		each(tree, "", func(any) {}, func(path string, v any, _ func(any)) {
			object, ok := v.(map[string]any)
			if !ok {
				return
			}
			for _, member := range slices.Sorted(maps.Keys(object)) {
				old := object[member]
				delete(object, member)
				tried++
				refuse(t, name+path+" without "+member, withLine(text, canonicalOfOthers(t, tree)), "record.not-canonical", "record.null", "record.missing")
				object[member] = old
			}
		})
	}
	if tried < 150 {
		t.Errorf("only %d members dropped", tried)
	}
}

// TestOptional drops each optional member of an entry that holds all: what
// remains must stand.
func TestOptional(t *testing.T) {
	tried := 0
	for _, name := range typeNames() {
		full := filled(t, name, true)
		dropOptional(reflect.ValueOf(full.Body).Elem(), func(what string) {
			tried++
			text := format(t, full)
			if got, err := Parse(text); err != nil || format(t, got) != text {
				t.Errorf("%s without %s: %v", name, what, err)
			}
		})
	}
	if tried < 70 {
		t.Errorf("only %d members dropped", tried)
	}
}

func dropOptional(v reflect.Value, try func(string)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			dropOptional(v.Elem(), try)
		}
	case reflect.Slice:
		for i := range v.Len() {
			dropOptional(v.Index(i), try)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if strings.Contains(f.Tag.Get("json"), ",omitempty") {
				old := reflect.New(f.Type).Elem()
				old.Set(v.Field(i))
				v.Field(i).SetZero()
				try(f.Name)
				v.Field(i).Set(old)
			}
			dropOptional(v.Field(i), try)
		}
	}
}

// TestRepeatedMembers writes each member of each object twice.
func TestRepeatedMembers(t *testing.T) {
	tried := 0
	for _, name := range typeNames() {
		text := format(t, filled(t, name, true))
		line := line3(text)
		for i := 0; i < len(line); i++ {
			if line[i] != '{' {
				continue
			}
			d := json.NewDecoder(strings.NewReader(line[i:]))
			var object map[string]json.RawMessage
			if err := d.Decode(&object); err != nil {
				continue // a brace inside a string
			}
			for member, raw := range object {
				tried++
				twice := line[:i+1] + strconv.Quote(member) + ":" + string(raw) + "," + line[i+1:]
				refuse(t, name+" with "+member+" twice", withLine(text, twice), "record.not-canonical", "record.bad-json")
			}
		}
	}
	if tried < 250 {
		t.Errorf("only %d members repeated", tried)
	}
}
