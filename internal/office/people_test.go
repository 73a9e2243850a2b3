package office

import (
	"errors"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

func person(id, name string) *PersonRow { return &PersonRow{Person: rules.Person{ID: id, Name: name}} }

// TestPersonByNameOrNumber: a name is enough where one bears it, or one of the
// team does; otherwise the numbers are said.
func TestPersonByNameOrNumber(t *testing.T) {
	d := &Drawing{Lot: &rules.Lot{At: rules.At[record.Notice]{Body: &record.Notice{Draw: "2023-001"}}},
		People: map[string]*PersonRow{"h1": person("YS1", "王演示"), "h2": person("YS2", "王演示"), "h3": person("YS3", "李演示")}}
	for _, c := range []struct {
		written string
		team    []string
		handle  string
		code    string
		want    string
	}{
		{"YS2", nil, "h2", "", ""},
		{"李演示", nil, "h3", "", ""},
		{"李 演示", nil, "h3", "", ""},
		{"王演示", nil, "", "office.many-inspectors", "YS1、YS2"},
		{"王演示", []string{"h2", "h3"}, "h2", "", ""},
		{"王演示", []string{"h1", "h2"}, "", "office.many-inspectors", "YS1、YS2"},
		{"赵演示", nil, "", "office.no-such-inspector", ""},
		{"", nil, "", "office.no-such-inspector", ""},
	} {
		h, err := d.person(c.written, c.team)
		var f *fault.Error
		errors.As(err, &f)
		switch {
		case h != c.handle, fault.Code(err) != c.code:
			t.Errorf("%q in %v: %q, %v", c.written, c.team, h, err)
		case f != nil && f.Want != c.want:
			t.Errorf("%q: says %q, want %q", c.written, f.Want, c.want)
		}
	}
}

// TestTold: what the sheet's own words have said is not said again in those of
// the rules, and nothing else is held back.
func TestTold(t *testing.T) {
	known := []intake.Problem{{Code: "office.not-signed"}, {Code: "office.before-draw"}, {Code: "office.no-code"}}
	for _, c := range []struct {
		code, place string
		told        bool
	}{
		{"rules.sign-off", "h", true},
		{"rules.date-order", "检查结束", true},
		{"rules.date-order", "平台公示", false},
		{"rules.unit-line", "codes", true},
		{"record.empty", "body.items[0].codes", true},
		{"rules.refusal-ground", "refusal", false},
		{"rules.no-unit", "h", false},
	} {
		if got := told(known, fault.New(c.code, c.place, "", "")); got != c.told {
			t.Errorf("%s %s: told is %v", c.code, c.place, got)
		}
	}
	if told(nil, fault.New("rules.sign-off", "h", "", "")) {
		t.Error("told without having been told")
	}
}
