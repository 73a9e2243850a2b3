package record

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

// salts gives 64 hex digits that count up.
func salts() func() string {
	n := 0
	return func() string { n++; return fmt.Sprintf("%064x", n) }
}

func TestSealDigestByHand(t *testing.T) {
	// printf '%s' 'open1|00…00|name|甲' | sha256sum
	const want = "0daf30e945a8feffb4bad592b0d66eb2117b8d8f6d0e1c5503e599a31edc3c05"
	got := SealDigest(strings.Repeat("0", 64), "name", "甲")
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if LineDigest("s", "t") != SealDigest("s", "line", "t") {
		t.Error("a line is not sealed under the name line")
	}
}

func TestSealAndOpen(t *testing.T) {
	sealed := 0
	for _, name := range typeNames() {
		e := filled(t, name, true)
		want := map[string]string{}
		n := 0
		for path := range SealedPaths(e.Body) {
			n++
			want[path] = "演示值 " + path
		}
		setSealed(t, reflect.ValueOf(e.Body).Elem(), "", want)
		fields, err := Seal(e.Body, salts())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(fields) != n {
			t.Errorf("%s: %d of %d sealed", name, len(fields), n)
		}
		text := format(t, e)
		for path, f := range fields {
			if f.Value != want[path] || strings.Contains(text, f.Value) || strings.Contains(text, f.Salt) {
				t.Errorf("%s: %s stands open or changed: %+v", name, path, f)
			}
		}
		got, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if bad := CheckFields(got.Body, fields); len(bad) > 0 {
			t.Errorf("%s: own openings do not match: %q", name, bad)
		}
		testNegatives(t, name, got.Body, fields)
		sealed += n
	}
	if sealed < 14 {
		t.Errorf("only %d sealed values in all types", sealed)
	}
}

func setSealed(t *testing.T, v reflect.Value, path string, to map[string]string) {
	t.Helper()
	err := walk(v, path, true, "", func(v reflect.Value, path string, _ bool, _ string) error {
		if v.Type() == sealedType {
			v.SetString(to[strings.TrimPrefix(path, ".")])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func testNegatives(t *testing.T, name string, body any, fields map[string]Field) {
	t.Helper()
	paths := []string{}
	for path, f := range fields {
		paths = append(paths, path)
		for what, changed := range map[string]Field{
			"value": {f.Salt, f.Value + "。"},
			"salt":  {"f" + f.Salt[1:], f.Value},
		} {
			if bad := CheckFields(body, map[string]Field{path: changed}); !slices.Equal(bad, []string{path}) {
				t.Errorf("%s: %s with another %s: %q", name, path, what, bad)
			}
		}
		if bad := CheckFields(body, map[string]Field{path + ".0": f, "": f}); len(bad) != 2 {
			t.Errorf("%s: openings of no member pass: %q", name, bad)
		}
	}
	slices.Sort(paths)
	for i := 1; i < len(paths); i++ {
		// two openings changed places
		swapped := map[string]Field{paths[i-1]: fields[paths[i]], paths[i]: fields[paths[i-1]]}
		if bad := CheckFields(body, swapped); !slices.Equal(bad, paths[i-1:i+1]) {
			t.Errorf("%s: swapped openings pass: %q", name, bad)
		}
	}
}

// TestOneDigestOneValue: an office that plans it can seal a value with the
// separator inside and later open a part of it under a longer "salt".
func TestOneDigestOneValue(t *testing.T) {
	salt := strings.Repeat("a", 64)
	body := filled(t, "result", true).Body.(*Result)
	body.Name = Sealed(SealDigest(salt, "name", "甲厂|name|乙厂"))
	if bad := CheckFields(body, map[string]Field{"name": {salt, "甲厂|name|乙厂"}}); len(bad) != 0 {
		t.Errorf("the true opening fails: %q", bad)
	}
	if SealDigest(salt+"|name|甲厂", "name", "乙厂") != string(body.Name) {
		t.Fatal("the attack is not the one meant")
	}
	if bad := CheckFields(body, map[string]Field{"name": {salt + "|name|甲厂", "乙厂"}}); len(bad) != 1 {
		t.Error("a second opening of one digest passes")
	}
}

func TestSealRefuses(t *testing.T) {
	for _, bad := range []string{"甲\u202e", "甲\x00", "\ufeff甲", "甲\xff"} {
		if _, err := Seal(&Abort{}, salts()); err != nil {
			t.Errorf("a body without sealed values: %v", err)
		}
		body := &FollowUp{Result: 1, Kind: "立案", Date: "2024-01-02", Remark: Sealed(bad)}
		if _, err := Seal(body, salts()); err == nil {
			t.Errorf("%q sealed", bad)
		}
	}
	// An open value where a digest belongs is never written.
	e := filled(t, "follow-up", true)
	e.Body.(*FollowUp).Remark = "张某的电话"
	if _, err := Format(e); fault.Code(err) != "record.bad-form" {
		t.Errorf("an unsealed value: %v", err)
	}
}

func sampleOpening() *Opening {
	return &Opening{
		Fields: map[string]Field{"name": {strings.Repeat("a", 64), "演示机械厂"}, "signed.0": {strings.Repeat("b", 64), "甲"}},
		Handles: []OpenHandle{
			{"O", "91370322TT0000007J", strings.Repeat("1", 32)},
			{"I", "37031500001", strings.Repeat("2", 32)},
			{"O", "91370322TT0000006J", strings.Repeat("3", 32)},
			{"E", "专家-1", strings.Repeat("4", 32)},
		},
		K:  strings.Repeat("c", 64),
		KI: strings.Repeat("d", 64),
	}
}

func TestOpeningRoundTrip(t *testing.T) {
	o := sampleOpening()
	data, err := FormatOpening(o)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseOpening(data)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(o.Handles, compareHandles)
	if !reflect.DeepEqual(got, o) {
		t.Errorf("read back as %+v", got)
	}
	kinds := ""
	for _, h := range got.Handles {
		kinds += h.Kind
	}
	if kinds != "EIOO" {
		t.Errorf("handles in the order %s", kinds)
	}
	empty, err := FormatOpening(&Opening{})
	if err != nil || string(empty) != "{}" {
		t.Errorf("the empty opening: %s (%v)", empty, err)
	}
	// Each part alone, and each part's absence.
	for _, part := range []Opening{{Fields: o.Fields}, {Handles: o.Handles}, {K: o.K}, {KI: o.KI}, {Fields: o.Fields, KI: o.KI}} {
		data, err := FormatOpening(&part)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseOpening(data); err != nil || !reflect.DeepEqual(got, &part) {
			t.Errorf("%s: %+v (%v)", data, got, err)
		}
	}
}

func TestOpeningRefuses(t *testing.T) {
	whole, err := FormatOpening(sampleOpening())
	if err != nil {
		t.Fatal(err)
	}
	text := string(whole)
	salt1, salt3 := strings.Repeat("1", 32), strings.Repeat("3", 32)
	for what, bad := range map[string]string{
		"nothing":                          "",
		"null":                             "null",
		"array":                            "[]",
		"line feed":                        text + "\n",
		"two values":                       text + text,
		"space":                            " " + text,
		"unknown member":                   strings.Replace(text, `{"K":`, `{"A":1,"K":`, 1),
		"lower-case k":                     strings.Replace(text, `"K":`, `"k":`, 1),
		"K twice":                          strings.Replace(text, `{"K":`, `{"K":"`+strings.Repeat("c", 64)+`","K":`, 1),
		"K null":                           strings.Replace(text, `"K":"`+strings.Repeat("c", 64)+`"`, `"K":null`, 1),
		"K empty":                          strings.Replace(text, strings.Repeat("c", 64), "", 1),
		"K short":                          strings.Replace(text, strings.Repeat("c", 64), strings.Repeat("c", 63), 1),
		"K upper case":                     strings.Replace(text, strings.Repeat("c", 64), strings.Repeat("C", 64), 1),
		"KI short":                         strings.Replace(text, strings.Repeat("d", 64), strings.Repeat("d", 32), 1),
		"no fields inside":                 strings.Replace(text, text[strings.Index(text, `"fields":`):strings.Index(text, `,"handles"`)], `"fields":{}`, 1),
		"no handles inside":                text[:strings.Index(text, `"handles":[`)] + `"handles":[]}`,
		"field's salt":                     strings.Replace(text, strings.Repeat("a", 64), strings.Repeat("a", 62), 1),
		"field's value":                    strings.Replace(text, "演示机械厂", "", 1),
		"field without name":               strings.Replace(text, `"name":{`, `"":{`, 1),
		"field null":                       strings.Replace(text, `"name":{"salt":"`+strings.Repeat("a", 64)+`","value":"演示机械厂"}`, `"name":null`, 1),
		"field twice":                      strings.Replace(text, `"fields":{`, `"fields":{"name":{"salt":"`+strings.Repeat("e", 64)+`","value":"x"},`, 1),
		"bidi control":                     strings.Replace(text, "机械", "机\u202e械", 1),
		"not UTF-8":                        strings.Replace(text, "机械", "机\xff械", 1),
		"handle's kind":                    strings.Replace(text, `"kind":"E"`, `"kind":"X"`, 1),
		"handle's salt":                    strings.Replace(text, salt1, salt1+"1", 1),
		"handle without id":                strings.Replace(text, "37031500001", "", 1),
		"handles unsorted":                 strings.Replace(strings.Replace(strings.Replace(text, "0006J", "X", 1), "0007J", "0006J", 1), "X", "0007J", 1),
		"handle twice":                     strings.Replace(text, "0007J", "0006J", 1),
		"escaped Han":                      strings.Replace(text, "演", `\u6f14`, 1),
		"salts changed places, not sorted": strings.Replace(text, `{"id":"专家-1","kind":"E","salt":"`+strings.Repeat("4", 32)+`"}`, `{"kind":"E","id":"专家-1","salt":"`+strings.Repeat("4", 32)+`"}`, 1),
	} {
		if bad == text {
			t.Fatalf("%s: nothing changed", what)
		}
		if o, err := ParseOpening([]byte(bad)); err == nil {
			t.Errorf("%s: accepted as %+v", what, o)
		}
	}
	if strings.Count(text, salt3) != 1 {
		t.Error("the sample has changed")
	}
	if _, err := ParseOpening(make([]byte, MaxOpening+1)); fault.Code(err) != "record.too-long" {
		t.Errorf("a file beyond the limit: %v", err)
	}
}

func TestFormatOpeningRefuses(t *testing.T) {
	for what, change := range map[string]func(o *Opening){
		"short salt":    func(o *Opening) { o.Handles[0].Salt = "12" },
		"unknown kind":  func(o *Opening) { o.Handles[0].Kind = "o" },
		"no id":         func(o *Opening) { o.Handles[1].ID = "" },
		"handle twice":  func(o *Opening) { o.Handles[0] = o.Handles[2] },
		"same id twice": func(o *Opening) { o.Handles[0].ID = o.Handles[2].ID },
		"field's salt":  func(o *Opening) { o.Fields["name"] = Field{"", "x"} },
		"no value":      func(o *Opening) { o.Fields["name"] = Field{strings.Repeat("a", 64), ""} },
		"not UTF-8":     func(o *Opening) { o.Fields["name"] = Field{strings.Repeat("a", 64), "甲\xff"} },
		"control":       func(o *Opening) { o.Fields["name"] = Field{strings.Repeat("a", 64), "甲\x00"} },
		"K":             func(o *Opening) { o.K = "K" },
		"KI":            func(o *Opening) { o.KI = strings.Repeat("D", 64) },
	} {
		o := sampleOpening()
		change(o)
		if data, err := FormatOpening(o); err == nil {
			t.Errorf("%s: written as %s", what, data)
		}
	}
	// More than the limit in total.
	o := &Opening{Fields: map[string]Field{}}
	value := strings.Repeat("x", 1<<20)
	for i := range 17 {
		o.Fields[fmt.Sprint(i)] = Field{strings.Repeat("a", 64), value}
	}
	if _, err := FormatOpening(o); fault.Code(err) != "record.too-long" {
		t.Errorf("17 MiB: %v", err)
	}
}
