package record

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const testOrigin = "example.gov.cn/sunlot"

// typeNames lists the entry types in order, so that tests are repeatable.
func typeNames() []string {
	var names []string
	for name := range Types {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// good holds a value of each form of a string.
var good = map[string]string{
	"":      "第一行\n第二行\t“引号” <b>&</b> \\ \"",
	"name":  "演示 应急管理局（甲）",
	"token": "2023-001_a.b~C",
	"lines": "第一行\n第二行 乙\n",
	"expr":  "行业 in (冶金,有色) and not 镇街 = 田镇街道",
	"ratio": "0.05",
	"date":  "2024-02-29",
	"time":  "2023-06-12T09:30:00+08:00",
	"hex32": strings.Repeat("0123456789abcdef", 2),
	"hex64": strings.Repeat("0123456789abcdef", 4),
	"hex96": strings.Repeat("0123456789abcdef", 6),
}

// fill sets every member of a struct, or only the required ones, to a value
// that the member's form allows.
func fill(t testing.TB, v reflect.Value, all bool, form string) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), all, form)
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if optional := strings.Contains(f.Tag.Get("json"), ",omitempty"); optional && !all {
				continue
			}
			fill(t, v.Field(i), all, f.Tag.Get("form"))
		}
	case reflect.Slice:
		n := 1
		if all {
			n = 2
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(t, v.Index(i), all, form)
		}
	case reflect.String:
		if v.Type() == sealedType {
			form = "hex64"
		}
		s, ok := good[form]
		if !ok {
			t.Fatalf("no value for the form %q", form)
		}
		v.SetString(s)
	case reflect.Int64:
		v.SetInt(maxInt)
	case reflect.Bool:
		v.SetBool(true)
	default:
		t.Fatalf("a member of kind %s", v.Kind())
	}
}

// filled is an entry of the type with all members, or the required ones.
func filled(t testing.TB, name string, all bool) *Entry {
	t.Helper()
	e := &Entry{Type: name, Origin: testOrigin, Body: Types[name]()}
	fill(t, reflect.ValueOf(&e.Env).Elem(), all, "")
	fill(t, reflect.ValueOf(e.Body).Elem(), all, "")
	return e
}

func format(t testing.TB, e *Entry) string {
	t.Helper()
	text, err := Format(e)
	if err != nil {
		t.Fatalf("%s: %v", e.Type, err)
	}
	return text
}

// withLine replaces the third line of an entry's text.
func withLine(text, line string) string {
	lines := strings.SplitN(text, "\n", 3)
	return fmt.Sprintf("%s\n%s\n%s\n", lines[0], lines[1], line)
}

func line3(text string) string {
	return strings.TrimSuffix(strings.SplitN(text, "\n", 3)[2], "\n")
}
