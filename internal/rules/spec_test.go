package rules

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// Every member of a pack stands on spec/rulepack.md, or a second implementation
// could not read one.
func TestSpecNamesEveryMember(t *testing.T) {
	page, err := os.ReadFile("../../spec/rulepack.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			return
		}
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if seen++; !strings.Contains(string(page), "`"+name+"`") {
				t.Errorf("spec/rulepack.md does not name %s of %s", name, typ.Name())
			}
			walk(typ.Field(i).Type)
		}
	}
	walk(reflect.TypeFor[Pack]())
	if seen < 80 {
		t.Fatalf("only %d members seen", seen)
	}
}
