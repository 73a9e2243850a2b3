package record

import (
	"reflect"
	"strconv"
	"strings"
)

// reader reads the canonical form straight into a value, several times faster
// than encoding/json. It need not be strict: what it has made is formatted and
// compared with what it read, and what it cannot read encoding/json refuses,
// who knows the words for it (Parser.decode).
type reader struct {
	data string
	at   int
	keep *shelf // nil: strings are parts of data
}

// value reads the next value into v.
func (r *reader) value(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return r.value(v.Elem())
	case reflect.Interface:
		return !v.IsNil() && v.Elem().Kind() == reflect.Pointer && r.value(v.Elem())
	case reflect.Struct:
		return r.members(v)
	case reflect.Slice:
		return r.slice(v)
	case reflect.Map:
		return r.mapping(v)
	case reflect.String:
		s, ok := r.text()
		v.SetString(s)
		return ok && v.Type() != numberType
	case reflect.Bool:
		v.SetBool(r.skip("true"))
		return v.Bool() || r.skip("false")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, ok := r.number()
		if !ok || v.OverflowInt(n) {
			return false
		}
		v.SetInt(n)
		return true
	}
	return false
}

// skip passes over a text that stands next.
func (r *reader) skip(text string) bool {
	ok := strings.HasPrefix(r.data[r.at:], text)
	if ok {
		r.at += len(text)
	}
	return ok
}

// members reads a struct: those of its members that stand there, in their order.
func (r *reader) members(v reflect.Value) bool {
	list, err := membersOf(v.Type())
	if err != nil || !r.skip("{") {
		return false
	}
	first := true
	for i := range list {
		before := r.at
		if !first && !r.skip(",") {
			break
		}
		if !r.skip(list[i].head) {
			r.at = before
			continue
		}
		first = false
		if !r.value(v.Field(list[i].at)) {
			return false
		}
	}
	return r.skip("}")
}

// slice reads a list, in exactly the memory that it takes.
func (r *reader) slice(v reflect.Value) bool {
	from := r.at
	n, end, ok := r.extent()
	if !ok || uintptr(n)*v.Type().Elem().Size() > 1<<12+16*uintptr(end-from) {
		return false // a list that takes far more memory than its text grows while it is read
	}
	text := r.data[from:end]
	if r.keep.list(v, text) {
		r.at = end
		return true
	}
	one, open := r.value, "["
	if v.Type() == openFieldsType {
		one, open = r.opened, "{"
	}
	list := reflect.MakeSlice(v.Type(), n, n)
	if !r.skip(open) {
		return false
	}
	for i := range n {
		if i > 0 && !r.skip(",") || !one(list.Index(i)) {
			return false
		}
	}
	v.Set(list)
	r.keep.put(list, text)
	r.at++
	return r.at == end
}

// opened reads a member of an opening's fields.
func (r *reader) opened(v reflect.Value) (ok bool) {
	o := v.Addr().Interface().(*OpenField)
	o.Path, ok = r.text()
	return ok && r.skip(":") && r.members(reflect.ValueOf(&o.Field).Elem())
}

// mapping reads a map by names.
func (r *reader) mapping(v reflect.Value) bool {
	n, end, ok := r.extent()
	if !ok || !r.skip("{") || v.Type().Key().Kind() != reflect.String {
		return false
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), n))
	for i := range n {
		if i > 0 && !r.skip(",") {
			return false
		}
		name, ok := r.text()
		one := reflect.New(v.Type().Elem()).Elem()
		if !ok || !r.skip(":") || !r.value(one) {
			return false
		}
		v.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), one)
	}
	r.at++
	return r.at == end
}

// extent is how many values stand in the list or object that begins here, and
// where it ends.
func (r *reader) extent() (n, end int, ok bool) {
	depth := 0
	for i := r.at; i < len(r.data); i++ {
		switch r.data[i] {
		case '"':
			for i++; i < len(r.data) && r.data[i] != '"'; i++ {
				if r.data[i] == '\\' {
					i++
				}
			}
		case ',':
			if depth == 1 {
				n++
			}
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				if i > r.at+1 {
					n++
				}
				return n, i + 1, true
			}
		}
		if depth == 0 {
			break
		}
	}
	return 0, 0, false
}

func (r *reader) number() (int64, bool) {
	from := r.at
	for r.at < len(r.data) && (r.data[r.at] == '-' || r.data[r.at] >= '0' && r.data[r.at] <= '9') {
		r.at++
	}
	n, err := strconv.ParseInt(r.data[from:r.at], 10, 64)
	return n, err == nil
}

// unescape turns the escapes of RFC 8785 §3.2.2.2 that checkText lets through.
var unescape = strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\n`, "\n", `\t`, "\t")

func (r *reader) text() (string, bool) {
	if !r.skip(`"`) {
		return "", false
	}
	rest, plain := r.data[r.at:], true
	for i := 0; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			plain = false
			i++
		case '"':
			r.at += i + 1
			if plain {
				return r.keep.text(rest[:i]), true
			}
			return r.keep.text(unescape.Replace(rest[:i])), true
		}
	}
	return "", false
}
