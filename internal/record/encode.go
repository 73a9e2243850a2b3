package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"

	"github.com/sunlot/sunlot/internal/fault"
)

// Canonical returns the RFC 8785 form of a value of strings, integers,
// booleans, lists, maps and structs with json tags: members sorted by UTF-16
// code units, no white space, only the escapes of RFC 8785 §3.2.2.2. It writes
// what encoding/json would, canonically, and refuses what has no such form:
// fractions, null, bad UTF-8, integers that not every reader keeps.
func Canonical(v any) ([]byte, error) {
	return appendValue(make([]byte, 0, 1024), reflect.ValueOf(v), 0)
}

// appendValue writes one value. The place of a fault grows from the inside
// outwards, so that a sound value costs no path.
func appendValue(out []byte, v reflect.Value, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fault.New("record.too-deep", "", "", strconv.Itoa(maxDepth))
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			return appendValue(out, v.Elem(), depth)
		}
	case reflect.Bool:
		return strconv.AppendBool(out, v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return appendInt(out, v.Int())
	case reflect.String:
		if v.Type() == numberType {
			n, err := strconv.ParseInt(v.String(), 10, 64)
			if err != nil {
				return nil, badNumber(v.String())
			}
			return appendInt(out, n)
		}
		if err := checkText(v.String(), ""); err != nil {
			return nil, err
		}
		return appendString(out, v.String()), nil
	case reflect.Float32, reflect.Float64:
		return nil, badNumber(strconv.FormatFloat(v.Float(), 'g', -1, 64))
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			break
		}
		if v.Type() == rawType {
			return appendRaw(out, v.Bytes(), depth)
		}
		if v.Type() == openFieldsType {
			return appendOpenFields(out, v.Interface().([]OpenField), depth)
		}
		return appendList(out, v, depth)
	case reflect.Map:
		if v.IsNil() {
			break
		}
		return appendMap(out, v, depth)
	case reflect.Struct:
		return appendStruct(out, v, depth)
	}
	if k := v.Kind(); k == reflect.Interface || k == reflect.Pointer || k == reflect.Slice || k == reflect.Map || k == reflect.Invalid {
		return nil, fault.New("record.null", "", "null", "a value or no member")
	}
	return nil, fault.New("record.bad-json", "", v.Type().String(), "string, integer, boolean, array or object")
}

var (
	numberType     = reflect.TypeFor[json.Number]()
	rawType        = reflect.TypeFor[json.RawMessage]()
	openFieldsType = reflect.TypeFor[[]OpenField]()
)

func badNumber(got string) error {
	return fault.New("record.bad-number", "", got, "integer within ±(2^53−1)")
}

func appendInt(out []byte, n int64) ([]byte, error) {
	if n > maxInt || n < -maxInt {
		return nil, badNumber(strconv.FormatInt(n, 10))
	}
	return strconv.AppendInt(out, n, 10), nil
}

// appendRaw writes JSON text of any form.
func appendRaw(out, raw []byte, depth int) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, fault.Wrap("record.bad-json", "", err)
	}
	return appendValue(out, reflect.ValueOf(tree), depth)
}

func appendList(out []byte, v reflect.Value, depth int) ([]byte, error) {
	out = append(out, '[')
	for i := range v.Len() {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = appendValue(out, v.Index(i), depth+1); err != nil {
			return nil, below(strconv.Itoa(i), err)
		}
	}
	return append(out, ']'), nil
}

func appendMap(out []byte, v reflect.Value, depth int) ([]byte, error) {
	if v.Type().Key().Kind() != reflect.String {
		return nil, fault.New("record.bad-json", "", v.Type().String(), "members by name")
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return compareUTF16(a.String(), b.String()) })
	out = append(out, '{')
	for i, k := range keys {
		if i > 0 {
			out = append(out, ',')
		}
		if err := checkText(k.String(), ""); err != nil {
			return nil, err
		}
		out = append(appendString(out, k.String()), ':')
		var err error
		if out, err = appendValue(out, v.MapIndex(k), depth+1); err != nil {
			return nil, below(k.String(), err)
		}
	}
	return append(out, '}'), nil
}

// appendOpenFields writes the list as the map that it stands for.
func appendOpenFields(out []byte, list []OpenField, depth int) ([]byte, error) {
	out = append(out, '{')
	for i := range list {
		o := &list[i]
		if i > 0 {
			if compareUTF16(list[i-1].Path, o.Path) >= 0 {
				return nil, fault.New("record.not-canonical", o.Path, o.Path, "sorted, none twice")
			}
			out = append(out, ',')
		}
		if err := checkText(o.Path, ""); err != nil {
			return nil, err
		}
		out = append(appendString(out, o.Path), ':')
		var err error
		if out, err = appendValue(out, reflect.ValueOf(&o.Field), depth+1); err != nil {
			return nil, below(o.Path, err)
		}
	}
	return append(out, '}'), nil
}

func appendStruct(out []byte, v reflect.Value, depth int) ([]byte, error) {
	list, err := membersOf(v.Type())
	if err != nil {
		return nil, err
	}
	out = append(out, '{')
	first := true
	for i := range list {
		m := &list[i]
		f := v.Field(m.at)
		if m.omit != nil && m.omit(f) {
			continue
		}
		if !first {
			out = append(out, ',')
		}
		first = false
		out = append(out, m.head...)
		if out, err = appendValue(out, f, depth+1); err != nil {
			return nil, below(m.name, err)
		}
	}
	return append(out, '}'), nil
}

// member is a field of a struct in canonical order; head is `"name":`.
type member struct {
	name, head string
	at         int
	omit       func(reflect.Value) bool // nil: never
}

var membersCache sync.Map // reflect.Type → []member

// membersOf lists a struct's members in the order of RFC 8785 §3.2.3, once a
// type. Embedded structs and fields without a json name have no place in the
// formats of this project.
func membersOf(t reflect.Type) ([]member, error) {
	if list, ok := membersCache.Load(t); ok {
		return list.([]member), nil
	}
	var list []member
	for i := range t.NumField() {
		f := t.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || !f.IsExported() {
			return nil, fault.New("record.bad-json", f.Name, t.String(), "exported fields with a json name")
		}
		if name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		m := member{name: name, head: string(appendString(nil, name)) + ":", at: i}
		switch opts {
		case "":
		case "omitempty":
			m.omit = empty
		case "omitzero":
			m.omit = reflect.Value.IsZero
		default:
			return nil, fault.New("record.bad-json", f.Name, opts, "omitempty or omitzero")
		}
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b member) int { return compareUTF16(a.name, b.name) })
	membersCache.Store(t, list)
	return list, nil
}

// empty is what encoding/json omits.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.String, reflect.Array:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

func compareUTF16(a, b string) int {
	if ascii(a) && ascii(b) {
		return strings.Compare(a, b)
	}
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// below says in which member a fault lies.
func below(name string, err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		if f.Place == "" {
			f.Place = name
		} else {
			f.Place = join(name, f.Place)
		}
	}
	return err
}
