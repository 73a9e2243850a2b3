package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// Random cases for programs in other languages, always the same ones: with
// -cases they are written, a JSON object a line, for tools/web/check.sh, in the
// form of ledger's: {"kind", "in": base64 …, "want"}.
var casesFlag = flag.String("cases", "", "folder for random cases, a line each")

type randomCase struct {
	Kind string   `json:"kind"`
	In   [][]byte `json:"in"`
	Want string   `json:"want"`
}

// caseWriter counts what it writes, by kind.
type caseWriter struct {
	*rand.Rand
	t     *testing.T
	lines []byte
	count map[string][2]int // of a kind: refused, accepted
}

func (w *caseWriter) add(kind, want string, in ...[]byte) {
	line, err := json.Marshal(randomCase{kind, in, want})
	if err != nil {
		w.t.Fatal(err)
	}
	w.lines = append(append(w.lines, line...), '\n')
	count := w.count[kind]
	if want == "refused" {
		count[0]++
	} else {
		count[1]++
	}
	w.count[kind] = count
}

func TestRandomCases(t *testing.T) {
	w := &caseWriter{Rand: rand.New(rand.NewPCG(2026, 1102)), t: t, count: map[string][2]int{}}
	names := typeNames()
	for i := range 60 * len(names) {
		w.entry(names[i%len(names)], i)
	}
	for i := range 1200 {
		w.opening(names[w.IntN(len(names))], i)
	}
	for kind, c := range w.count {
		t.Logf("%s: %d refused, %d accepted", kind, c[0], c[1])
		if c[0] < 200 || c[1] < 200 {
			t.Errorf("%s: too few of one outcome", kind)
		}
	}
	if dir := *casesFlag; dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "record.jsonl"), w.lines, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// pick is one of list.
func pick[T any](w *caseWriter, list ...T) T { return list[w.IntN(len(list))] }

// entry is the text of an entry of that type, changed or not.
func (w *caseWriter) entry(name string, i int) {
	text := format(w.t, filled(w.t, name, i%2 == 0))
	tree := loose(w.t, line3(text))
	for range pick(w, 0, 1, 1, 1, 2) {
		tree = w.bend(tree)
	}
	data := []byte(withLine(text, spell(tree)))
	if w.IntN(5) == 0 {
		data = w.mutate(data)
	}
	want := "refused"
	if e, err := Parse(string(data)); err == nil {
		want = fmt.Sprintf("%s %s %x", e.Type, e.Origin, sha256.Sum256(data))
		sealed := SealedPaths(e.Body)
		for _, p := range slices.Sorted(maps.Keys(sealed)) {
			want += " " + p + "=" + sealed[p][:8]
		}
	}
	w.add("entry", want, data)
}

// opening is an opening beside an entry, all of it true or not.
func (w *caseWriter) opening(name string, i int) {
	e := filled(w.t, name, i%2 == 0)
	fields, err := Seal(e.Body, func() string { return fmt.Sprintf("%064x", w.Uint64()) })
	if err != nil {
		w.t.Fatal(err)
	}
	o := &Opening{Fields: fields}
	for range w.IntN(4) {
		o.Handles = append(o.Handles, OpenHandle{pick(w, "O", "I", "E"), pick(w, "91370322TT0000007J", "注册号:370322100001", "370315-0001", "𠮷", "\ue000", "a"), fmt.Sprintf("%032x", w.Uint64())})
	}
	if w.IntN(4) == 0 {
		o.K, o.KI = good["hex64"], pick(w, good["hex64"], "")
	}
	slices.SortFunc(o.Handles, compareHandles)
	if w.IntN(8) > 0 {
		o.Handles = slices.CompactFunc(o.Handles, func(a, b OpenHandle) bool { return compareHandles(a, b) == 0 })
	}
	for _, p := range slices.Sorted(maps.Keys(fields)) {
		if f := fields[p]; w.IntN(6) == 0 {
			delete(fields, p)
			fields[pick(w, p+".0", "name", "__proto__", "9", "10", p)] = f
		}
	}
	tree := loose(w.t, string(mustJSON(w.t, o)))
	for range pick(w, 0, 0, 1, 1, 2) {
		tree = w.bend(tree)
	}
	data := []byte(spell(tree))
	if w.IntN(6) == 0 {
		data = w.mutate(data)
	}
	want := "refused"
	if o, err := ParseOpening(data); err == nil {
		want = fmt.Sprintf("%s|%s|", o.K, o.KI)
		for _, h := range o.Handles {
			want += h.Kind + " " + h.ID + " " + h.Salt + ","
		}
		want += "|" + strings.Join(CheckFields(e.Body, o.Fields), ",")
	}
	w.add("opening", want, []byte(format(w.t, e)), data)
}

func mustJSON(t *testing.T, v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// loose reads JSON into maps and lists; numbers keep their spelling.
func loose(t *testing.T, s string) any {
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// raw is written as it stands.
type raw string

// spell writes a tree canonically, whatever stands in it.
func spell(v any) string {
	switch v := v.(type) {
	case map[string]any:
		names := slices.SortedFunc(maps.Keys(v), func(a, b string) int {
			return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
		})
		for i, n := range names {
			names[i] = string(appendString(nil, n)) + ":" + spell(v[n])
		}
		return "{" + strings.Join(names, ",") + "}"
	case []any:
		var list []string
		for _, e := range v {
			list = append(list, spell(e))
		}
		return "[" + strings.Join(list, ",") + "]"
	case string:
		return string(appendString(nil, v))
	case nil:
		return "null"
	}
	return fmt.Sprint(v) // numbers, booleans, raw
}

// edge are strings at the edge of some form.
var edge = []string{
	"", " ", "甲", "甲 ", " 甲", "甲\u3000", "\u00a0甲", "甲\u0085", "甲\u180e", "甲\u200b", "\u2028", "甲\u202f", "甲\u1680乙", "甲\u2007",
	"甲\n乙", "甲\t乙", "\n", "甲\n", "甲\n\n乙\n", "甲 \n乙\n", "甲\n 乙\n", "甲\t\n", "𠮷\n", "\ue000", "\ufffe", "\uffff", "\u202e", "\ufeff甲", "\u007f", "\u061c", "\u2060",
	"2023-02-29", "2024-02-29", "1900-02-29", "2000-02-29", "2023-04-31", "2023-13-01", "2023-00-10", "2023-01-00", "0000-01-01", "9999-12-31", "10000-01-01", "2023-1-1", "２０２３-01-01",
	"2023-06-12T23:59:59+08:00", "2023-06-12T24:00:00+08:00", "2023-06-12T23:59:60+08:00", "2023-06-12T23:60:00+08:00", "2023-06-12t09:30:00+08:00", "2023-06-12T09:30:00Z", "2023-06-12T09:30:00+07:59",
	"2023-06-12T09:30:00.0+08:00", "2023-06-12T09:30:00,5+08:00", "2023-02-29T09:30:00+08:00", "0000-01-01T00:00:00+08:00", "0001-01-01T00:00:00+08:00", "2023-06-12T9:30:00+08:00",
	"1", "0", "0.", "0.0", "0.000001", "0.1234567", "1.0", "00.5", "0.5", ".5", "0.٣", "~", "a b", "é", "A-Z_a.z~9", "—",
	"__proto__", "constructor", "body", "\"", "\\", "/",
}

func (w *caseWriter) edge() string {
	switch w.IntN(4) {
	case 0:
		n := pick(w, 63, 64, 65, 299, 300, 301, 1999, 2000, 2001, 7999, 8000, 8001, 29999, 30000, 30001)
		unit := pick(w, "a", "长", "é", "𠮷", "0")
		s := strings.Repeat(unit, n/len(unit))
		s += strings.Repeat("x", n-len(s))
		if w.IntN(4) == 0 {
			s = s[:len(s)-1] + "\n"
		}
		return strings.ToValidUTF8(s, "")
	case 1:
		return strings.Repeat(pick(w, "0", "a", "f", "F", "g", "９"), pick(w, 31, 32, 33, 63, 64, 65, 95, 96, 97))
	}
	return pick(w, edge...)
}

// bend changes one place of a tree.
func (w *caseWriter) bend(v any) any {
	switch v := v.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(v))
		if len(names) == 0 || w.IntN(8) == 0 {
			return w.bendMembers(v, names)
		}
		n := pick(w, names...)
		v[n] = w.bend(v[n])
		return v
	case []any:
		if len(v) == 0 || w.IntN(4) == 0 {
			return pick(w, any([]any{}), any([]any{""}), any([]any{nil}), any(append(v, v...)), any(map[string]any{}), any([]any{[]any{}}), any(append(v, raw("{}"))), nil)
		}
		i := w.IntN(len(v))
		v[i] = w.bend(v[i])
		return v
	case string:
		if w.IntN(12) == 0 {
			return pick(w, any(nil), any(raw("1")), any(raw("true")), any([]any{v}), any(map[string]any{}), any(raw(`"\u7532"`)), any(raw(`"\ud800"`)), any(raw(`"\/"`)))
		}
		return w.edge()
	}
	return pick[any](w, raw("0"), raw("1"), raw("-1"), raw("-0"), raw("9007199254740991"), raw("9007199254740992"), raw("18446744073709551616"), raw("01"), raw("1e3"), raw("1.0"),
		raw("1.5"), raw("true"), raw("false"), raw(`"1"`), raw("null"), raw(" 1"), raw("+1"), raw("NaN"), raw("1 "), raw("{}"))
}

// bendMembers takes a member away, adds one, or gives one another name.
func (w *caseWriter) bendMembers(v map[string]any, names []string) any {
	if len(names) == 0 {
		return map[string]any{pick(w, "needs", "codes", "name", "__proto__", "x"): "1"}
	}
	n := pick(w, names...)
	switch w.IntN(6) {
	case 0:
		delete(v, n)
	case 1:
		v[strings.ToUpper(n)] = v[n]
		delete(v, n)
	case 2:
		v[pick(w, "note", "__proto__", "toString", "constructor", "", "remark", "late", "number", "ground", "𠮷", "\ue000")] = pick(w, any("甲"), any(raw("1")), any(raw("true")), any([]any{"甲"}))
	case 3:
		v[n] = raw(spell(v[n]) + "," + string(appendString(nil, n)) + ":" + spell(v[n])) // twice
	case 4:
		v[n] = nil
	case 5:
		return pick(w, any(nil), any([]any{}), any("甲"), any(map[string]any{}))
	}
	return v
}

// mutate changes bytes.
func (w *caseWriter) mutate(text []byte) []byte {
	text = slices.Clone(text)
	if len(text) == 0 {
		return []byte("{}")
	}
	i := w.IntN(len(text))
	switch w.IntN(6) {
	case 0:
		text[i] ^= 1 << w.IntN(8)
	case 1:
		return slices.Delete(text, i, i+1)
	case 2:
		return slices.Insert(text, i, []byte(pick(w, "\n", " ", "\"", "0", "\r", "\\", "\x00", ",", "}", "\ufeff", "/"))...)
	case 3:
		return text[:i]
	case 4:
		first, rest, _ := bytes.Cut(text, []byte("\n"))
		return slices.Concat([]byte(pick(w, "sunlot/v1 filing", "sunlot/v1 Filing", "sunlot/v2 filing", "sunlot/v1 ", string(first)+" ", "\ufeff"+string(first))), []byte("\n"), rest)
	case 5:
		lines := bytes.SplitN(text, []byte("\n"), 3)
		if len(lines) == 3 {
			lines[1] = []byte(pick(w, "a/b", "a", "/a/b", "a/b/", "a//b", "A/b", "a/b c", "例/a", strings.Repeat("a", 60)+"/"+strings.Repeat("b", 59), strings.Repeat("a", 60)+"/"+strings.Repeat("b", 60), "../a", "-/_"))
		}
		return bytes.Join(lines, []byte("\n"))
	}
	return text
}
