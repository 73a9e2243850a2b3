package record

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"

	"github.com/sunlot/sunlot/internal/fault"
)

// alphabet mixes what sorts and escapes differently in bytes, code points and
// UTF-16 units: U+FB33 is after U+1F600 in UTF-16 and before it otherwise.
var alphabet = []rune("abAB09_~\"\\/<>&'`\n\t é€汉字\u00a0\u3000\u200b\ufb33\uff21\U0001f600\U00020000\ue000\ufffd")

func randomText(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(6) {
		b.WriteRune(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

func randomValue(r *rand.Rand, depth int) any {
	kind := r.IntN(6)
	if depth == 0 {
		kind %= 3
	}
	switch kind {
	case 0:
		return randomText(r)
	case 1:
		n := r.Int64N(2*maxInt+1) - maxInt
		return n >> r.IntN(53)
	case 2:
		return r.IntN(2) == 0
	case 3:
		list := []any{}
		for range r.IntN(4) {
			list = append(list, randomValue(r, depth-1))
		}
		return list
	}
	object := map[string]any{}
	for range r.IntN(6) {
		object[randomText(r)] = randomValue(r, depth-1)
	}
	return object
}

// TestCanonicalIsRFC8785 compares with the reference implementation on random
// values, and a second pass changes nothing.
func TestCanonicalIsRFC8785(t *testing.T) {
	r := rand.New(rand.NewPCG(8785, 1))
	for range 3000 {
		v := randomValue(r, 4)
		got, err := Canonical(v)
		if err != nil {
			t.Fatalf("%#v: %v", v, err)
		}
		raw, err := json.MarshalIndent(v, " ", "\t")
		if err != nil {
			t.Fatal(err)
		}
		want, err := jcs.Transform(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if string(got) != string(want) {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
		again, err := Canonical(json.RawMessage(got))
		if err != nil || string(again) != string(got) {
			t.Fatalf("second pass: %s (%v), first %s", again, err, got)
		}
	}
}

func TestCanonicalByHand(t *testing.T) {
	for in, want := range map[string]string{
		`{"b":1,"a":2}`:                 `{"a":2,"b":1}`,
		`{"\u20ac":1,"\r":2}`:           "", // a control is refused in a name as well
		`{"\ufb33":1,"\ud83d\ude00":2}`: "{\"\U0001f600\":2,\"\ufb33\":1}",
		`{"10":1,"9":2,"":3}`:           `{"":3,"10":1,"9":2}`,
		`"\u003c\u003e\u0026\/"`:        `"<>&/"`,
		`"\"\\\n\t"`:                    `"\"\\\n\t"`,
		`-0`:                            `0`,
		`-9007199254740991`:             `-9007199254740991`,
		`9007199254740991`:              `9007199254740991`,
		`9007199254740992`:              "",
		`-9007199254740992`:             "",
		`1.0`:                           "",
		`1e3`:                           "",
		`0.5`:                           "",
		`null`:                          "",
		`[1,[null]]`:                    "",
		`{"a":{"b":null}}`:              "",
		strings.Repeat("[", 17) + strings.Repeat("]", 17): strings.Repeat("[", 17) + strings.Repeat("]", 17),
		strings.Repeat("[", 18) + strings.Repeat("]", 18): "",
	} {
		got, err := Canonical(json.RawMessage(in))
		if string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %s (%v), want %s", in, got, err, want)
		}
	}
	if _, err := Canonical(make(chan int)); fault.Code(err) != "record.bad-json" {
		t.Errorf("a channel: %v", err)
	}
	if _, err := Canonical(1.5); fault.Code(err) != "record.bad-number" {
		t.Errorf("a fraction: %v", err)
	}
}

// TestCanonicalIsOfJSON: a struct's form is that of the JSON that encoding/json
// writes of it, for every type of entry, with all its members and with the
// required ones, and of the shapes that no entry has.
func TestCanonicalIsOfJSON(t *testing.T) {
	type odd struct {
		Skipped string           `json:"-"`
		Bare    int8             // its own name
		Ptr     *int64           `json:"ptr,omitempty"`
		Any     any              `json:"any,omitempty"`
		Map     map[string]int16 `json:"map,omitempty"`
		Array   [2]bool          `json:"array"`
		Number  json.Number      `json:"number"`
		Raw     json.RawMessage  `json:"raw"`
		Struct  struct{}         `json:"struct,omitempty"`
		Zero    Count            `json:"zero,omitzero"`
		Ünicode string           `json:"ünicode"`
	}
	n := int64(0)
	values := []any{odd{Number: "-0", Raw: []byte(` {"b":[1 ,2],"a":"\u003c"}`)}, &odd{Skipped: "x", Bare: -1, Ptr: &n, Any: []any{1, "x"}, Map: map[string]int16{"\ufb33": 1, "\U0001f600": 2}, Number: "7", Raw: []byte("[]"), Zero: Count{Name: "一"}}}
	for _, name := range typeNames() {
		for _, all := range []bool{false, true} {
			e := filled(t, name, all)
			values = append(values, payload{e.Body, e.Env})
		}
	}
	for _, v := range values {
		got, err := Canonical(v)
		if err != nil {
			t.Fatalf("%#v: %v", v, err)
		}
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		want, err := jcs.Transform(raw)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	}
	for _, v := range []any{struct{ filled int }{}, struct{ Filing }{}, struct {
		N int64 `json:"n,string"`
	}{}, map[int]string{1: ""}, []string(nil), (*Filing)(nil), nil} {
		if out, err := Canonical(v); err == nil {
			t.Errorf("%#v: %s", v, out)
		}
	}
}

// TestNotUTF8 puts a bad byte into every place of a value where a string can
// stand: encoding/json would have replaced it without a word.
func TestNotUTF8(t *testing.T) {
	const bad = "甲\xff"
	for place, v := range map[string]any{
		"":             bad,
		"to":           &Filing{To: bad},
		"items.1.name": Checklist{Items: []Item{{Name: "甲", Basis: []Basis{}}, {Name: bad, Basis: []Basis{}}}},
		"a.0":          map[string]any{"a": []any{bad}},
		"site.name":    &Charter{Keys: []RoleKey{}, Site: Site{Name: bad}},
		"0":            [1]string{bad},
	} {
		_, err := Canonical(v)
		f, ok := err.(*fault.Error)
		if !ok || f.Code != "record.bad-utf8" || f.Place != place {
			t.Errorf("%s: %v", place, err)
		}
	}
	if _, err := Canonical(map[string]int{bad: 1}); fault.Code(err) != "record.bad-utf8" {
		t.Errorf("a member's name: %v", err)
	}
}

// TestForbiddenCharacters goes through every code point once: those that the
// format forbids are refused wherever a string stands, all others pass.
func TestForbiddenCharacters(t *testing.T) {
	want := map[rune]bool{0x2028: true, 0x2029: true, 0xFEFF: true, 0x061C: true, 0x200E: true, 0x200F: true}
	for r := rune(0); r < 0x20; r++ {
		want[r] = r != '\n' && r != '\t'
	}
	for r := rune(0x7F); r <= 0x9F; r++ {
		want[r] = true
	}
	for r := rune(0x202A); r <= 0x202E; r++ {
		want[r] = true
	}
	for r := rune(0x2066); r <= 0x2069; r++ {
		want[r] = true
	}
	for r := rune(0); r <= 0x10FFFF; r++ {
		if r >= 0xD800 && r <= 0xDFFF {
			continue // no code points of UTF-8
		}
		if got := checkText("甲"+string(r)+"乙", ""); (got != nil) != want[r] {
			t.Errorf("U+%04X: %v", r, got)
		}
	}
	text := format(t, filled(t, "filing", false))
	for r, refused := range want {
		if !refused {
			continue
		}
		bad := strings.Replace(text, "演示", "演"+string(r)+"示", 1)
		if r < 0x20 {
			quoted, err := json.Marshal(string(r))
			if err != nil {
				t.Fatal(err)
			}
			bad = strings.Replace(text, "演示", "演"+strings.Trim(string(quoted), `"`)+"示", 1)
		}
		refuse(t, string(r), bad, "record.bad-character")
	}
}
