package rules_test

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/sunlot/sunlot/internal/graph"
	"github.com/sunlot/sunlot/internal/rules"
)

// TestSaved: at every step of a year, a state that was put aside and taken up
// again equals the one that was not, to the unexported fields, and the next
// entry finds the same. A new unexported field that Resume does not make anew
// fails here: keep it exported, or make it anew.
func TestSaved(t *testing.T) {
	for _, name := range []string{"gaoqing", "yanshi"} {
		b := bookOf(name)
		s := rules.New()
		for i := range b.steps {
			data, err := graph.Write(s)
			if err != nil {
				t.Fatal(err)
			}
			taken, err := rules.Resume(func(into *rules.State) error { return graph.Read(data, into) })
			if err != nil {
				t.Fatal(err)
			}
			s.Workdays() // makes what Resume has made already
			if !reflect.DeepEqual(taken, s) {
				t.Fatalf("%s before %s: the state taken up differs: %s", name, b.names[i], differ(taken, s))
			}
			if again, err := graph.Write(taken); err != nil || !bytes.Equal(again, data) {
				t.Fatalf("%s before %s: put aside again: %v, other bytes", name, b.names[i], err)
			}
			if got, want := taken.Apply(b.steps[i].input()), s.Apply(b.steps[i].input()); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s: %s: %v, want %v", name, b.names[i], got, want)
			}
		}
	}
}

// differ names the first members in which two states differ.
func differ(a, b *rules.State) string {
	list := ""
	x, y := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	for i := range x.NumField() {
		if f := x.Type().Field(i); f.IsExported() && !reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
			list += " " + f.Name
		}
	}
	if list == "" {
		return "an unexported member"
	}
	return list
}
