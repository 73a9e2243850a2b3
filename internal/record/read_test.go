package record

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/sunlot/sunlot/internal/fault"
)

// agrees holds the quick way to the slow one, encoding/json and a comparison:
// both take a line, or neither, and make the same of it.
func agrees(t *testing.T, p *Parser, line, name string) (taken bool) {
	t.Helper()
	quick, slow := payload{Body: Types[name]()}, payload{Body: Types[name]()}
	ok, err := p.decode(line, &quick), decodeStrict([]byte(line), &slow)
	if ok != (err == nil) {
		t.Fatalf("%s: the quick way says %t, the slow one %v", line, ok, err)
	}
	if ok && !reflect.DeepEqual(quick, slow) {
		t.Fatalf("%s: the quick way reads\n%+v, the slow one\n%+v", line, quick.Body, slow.Body)
	}
	return ok
}

// spoil changes a text somewhere: a byte away, doubled, another one, or a piece
// that JSON has several ways to write.
func spoil(r *rand.Rand, s string) string {
	i := r.IntN(len(s))
	switch r.IntN(6) {
	case 0:
		return s[:i] + s[i+1:]
	case 1:
		return s[:i+1] + s[i:]
	case 2:
		return s[:i] + string(`{}[],:"\09-atfn `[r.IntN(16)]) + s[i+1:]
	case 3:
		piece := []string{`\u0061`, `\/`, "\x01", "\xff", "\u2028", `\n`, `\"`, `"",`, "null", "1.0", "01", "-0", "[]", "{}", " ", "9007199254740992"}
		return s[:i] + piece[r.IntN(len(piece))] + s[i:]
	case 4:
		j := r.IntN(len(s))
		return s[:min(i, j)] + s[max(i, j):]
	}
	j := min(len(s), i+1+r.IntN(30))
	return s[:i] + s[i:j] + s[i:]
}

func TestQuickIsSlow(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 8785))
	taken, refused := 0, 0
	for _, p := range []*Parser{new(Parser), NewParser()} {
		for _, name := range typeNames() {
			for _, all := range []bool{false, true} {
				line := strings.Split(format(t, filled(t, name, all)), "\n")[2]
				if !agrees(t, p, line, name) {
					t.Fatalf("%s is refused", line)
				}
				for range 200 {
					if agrees(t, p, spoil(r, line), name) {
						taken++
					} else {
						refused++
					}
				}
			}
		}
	}
	if taken < 100 || refused < 1000 {
		t.Errorf("%d changed lines taken, %d refused", taken, refused)
	}
}

// TestQuickOpening: what the list says of an opening file is what the map says.
func TestQuickOpening(t *testing.T) {
	r, p := rand.New(rand.NewPCG(2, 8785)), NewParser()
	sound, err := FormatOpening(sampleOpening())
	if err != nil {
		t.Fatal(err)
	}
	taken, refused := 0, 0
	for i := range 3000 {
		data := string(sound)
		if i > 0 {
			data = spoil(r, data)
		}
		want, werr := ParseOpening([]byte(data))
		o, fields, err := p.ParseOpening([]byte(data))
		if (err == nil) != (werr == nil) || err != nil && err.Error() != werr.Error() {
			t.Fatalf("%s: %v, want %v", data, err, werr)
		}
		if err != nil {
			refused++
			continue
		}
		taken++
		got := Opening{}
		if o != nil {
			got = *o
		}
		for _, f := range fields {
			if got.Fields == nil {
				got.Fields = map[string]Field{}
			}
			got.Fields[f.Path] = f.Field
		}
		if !reflect.DeepEqual(&got, want) || !slices.IsSortedFunc(fields, func(a, b OpenField) int { return strings.Compare(a.Path, b.Path) }) {
			t.Fatalf("%s: %+v, want %+v", data, got, want)
		}
	}
	if taken < 10 || refused < 1000 {
		t.Errorf("%d taken, %d refused", taken, refused)
	}
}

// TestCheckOpened: a list is held to a body as a map is.
func TestCheckOpened(t *testing.T) {
	for _, name := range typeNames() {
		e := filled(t, name, true)
		fields, err := Seal(e.Body, salts())
		if err != nil {
			t.Fatal(err)
		}
		if HasSealed(e.Body) != (len(fields) > 0) {
			t.Errorf("%s: sealed %t, %d fields", name, HasSealed(e.Body), len(fields))
		}
		var list []OpenField
		for path, f := range fields {
			list = append(list, OpenField{path, f})
		}
		if bad := CheckOpened(e.Body, list); bad != "" {
			t.Errorf("%s: %s does not open", name, bad)
		}
		for i := range list {
			spoiled := slices.Clone(list)
			spoiled[i].Value += "。"
			if bad := CheckOpened(e.Body, spoiled); bad != list[i].Path {
				t.Errorf("%s: %s is another, %q is blamed", name, list[i].Path, bad)
			}
		}
		if bad := CheckOpened(e.Body, append(list, OpenField{Path: "no", Field: Field{strings.Repeat("0", 64), "x"}})); bad != "no" {
			t.Errorf("%s: a path that the body does not have passes: %q", name, bad)
		}
	}
}

// TestParserShares: of what a Parser has read before it makes no second copy,
// and what it returns holds nothing of the text that it was given.
func TestParserShares(t *testing.T) {
	p, text := NewParser(), format(t, filled(t, "result", true))
	a, err := p.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.Parse(strings.Clone(text))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Fatal("the same text, another entry")
	}
	x, y := a.Body.(*Result), b.Body.(*Result)
	if x == y || &x.Outcome.Items[0].Codes[0] != &y.Outcome.Items[0].Codes[0] || unsafe.StringData(a.Env.By) != unsafe.StringData(b.Env.By) {
		t.Error("a second copy of lists and texts that are the same")
	}
	from, to := uintptr(unsafe.Pointer(unsafe.StringData(text))), uintptr(len(text))
	_ = walk(reflect.ValueOf(a.Body), "body", true, "", func(v reflect.Value, path string, _ bool, _ string) error {
		if v.Kind() == reflect.String && uintptr(unsafe.Pointer(unsafe.StringData(v.String())))-from < to {
			t.Errorf("%s keeps the whole text", path)
		}
		return nil
	})
	// A text that is not remembered any more is kept again, and right.
	for i := range 5000 {
		if got := p.keep.text(strings.Repeat("甲", i%14)); got != strings.Repeat("甲", i%14) {
			t.Fatal(got)
		}
	}
}

func TestExtent(t *testing.T) {
	for text, want := range map[string]int{"[]": 0, "{}": 0, "[1]": 1, `["]","\"]",[1,2],{"a":[3,4]}]`: 4, `{"a":1,"b":[",",","]}`: 2} {
		r := reader{data: text + ",1]"}
		if n, end, ok := r.extent(); !ok || n != want || end != len(text) {
			t.Errorf("%s: %d values in %d bytes, %t", text, n, end, ok)
		}
	}
	for _, text := range []string{"", "1", `"[]"`, "[", `["]`, `["\"]`, "[[]"} {
		r := reader{data: text}
		if n, end, ok := r.extent(); ok {
			t.Errorf("%s: %d values in %d bytes", text, n, end)
		}
	}
	// Many empty members take no more memory than encoding/json gives them.
	r := reader{data: "[" + strings.Repeat("{},", 1000) + "{}]"}
	var list []Item
	if r.value(reflect.ValueOf(&list)) || list != nil {
		t.Error("a list that its text does not bear out")
	}
	if fault.Code(decodeStrict([]byte(r.data), &list)) != "record.null" {
		t.Error("encoding/json takes it")
	}
}
