package record

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
)

// Sealed is a value that may have to leave the public record one day. In an
// entry it stands as H("open1|" + hex(salt) + "|" + path + "|" + value); salt
// and value stand in the removable opening beside the log (ledger.md,
// "Nothing personal in ink").
type Sealed string

var sealedType = reflect.TypeFor[Sealed]()

// check walks an entry's env and body and holds every string to its form.
func check(e *Entry) error {
	if err := checkAll(reflect.ValueOf(&e.Env), "env"); err != nil {
		return err
	}
	return checkAll(reflect.ValueOf(e.Body), "body")
}

func checkAll(v reflect.Value, name string) error {
	w := walker{path: append(make([]byte, 0, 64), name...)}
	w.visit = func(v reflect.Value, optional bool, form string) error {
		if checkValue(v, "", optional, form) == nil {
			return nil // a sound value costs no path
		}
		return checkValue(v, string(w.path), optional, form)
	}
	return w.walk(v, false, "")
}

// visitor is called for every string and integer with its path, whether it may
// be empty, and its form.
type visitor func(v reflect.Value, path string, optional bool, form string) error

func walk(v reflect.Value, path string, optional bool, form string, visit visitor) error {
	w := walker{path: []byte(path)}
	w.visit = func(v reflect.Value, optional bool, form string) error {
		return visit(v, string(w.path), optional, form)
	}
	return w.walk(v, optional, form)
}

// walker goes through a value; path is where it stands.
type walker struct {
	path   []byte
	sealed bool // only what has sealed values in it
	visit  func(v reflect.Value, optional bool, form string) error
}

func (w *walker) walk(v reflect.Value, optional bool, form string) error {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return w.walk(v.Elem(), optional, form)
	case reflect.Struct:
		up := len(w.path)
		for _, f := range fieldsOf(v.Type()) {
			if w.sealed && !f.sealed {
				continue
			}
			w.path = append(append(w.path, '.'), f.name...)
			if err := w.walk(v.Field(f.at), f.optional, f.form); err != nil {
				return err
			}
			w.path = w.path[:up]
		}
		return nil
	case reflect.Slice:
		if v.Len() == 0 && !optional {
			return fault.New("record.missing", string(w.path), "", "at least one")
		}
		up := len(w.path)
		for i := range v.Len() {
			w.path = strconv.AppendInt(append(w.path, '.'), int64(i), 10)
			if err := w.walk(v.Index(i), false, form); err != nil {
				return err
			}
			w.path = w.path[:up]
		}
		return nil
	}
	return w.visit(v, optional, form)
}

// field is what the tags of a struct's field say.
type field struct {
	name, form string
	at         int
	optional   bool
	sealed     bool // it is Sealed, or has such in it
}

var fieldsCache sync.Map // reflect.Type → []field

// fieldsOf reads a struct's tags in the order of its fields, once a type.
func fieldsOf(t reflect.Type) []field {
	if list, ok := fieldsCache.Load(t); ok {
		return list.([]field)
	}
	var list []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		list = append(list, field{name: name, form: f.Tag.Get("form"), at: i, optional: strings.Contains(opts, "omitempty"), sealed: hasSealed(f.Type)})
	}
	fieldsCache.Store(t, list)
	return list
}

func hasSealed(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return hasSealed(t.Elem())
	case reflect.Struct:
		return slices.ContainsFunc(fieldsOf(t), func(f field) bool { return f.sealed })
	}
	return t == sealedType
}

func checkValue(v reflect.Value, path string, optional bool, form string) error {
	switch v.Kind() {
	case reflect.Int64, reflect.Int:
		if n := v.Int(); n < 0 || n > maxInt {
			return fault.New("record.bad-number", path, strconv.FormatInt(n, 10), "0..2^53−1")
		}
		return nil
	case reflect.Bool:
		return nil
	case reflect.String:
	default:
		return fault.New("record.bad-json", path, v.Kind().String(), "string, integer or boolean")
	}
	s := v.String()
	if s == "" {
		if optional {
			return nil
		}
		return fault.New("record.missing", path, "", form)
	}
	if v.Type() == sealedType {
		form = "hex64"
	}
	if limit := formLimit(form); len(s) > limit {
		return fault.New("record.too-long", path, strconv.Itoa(len(s)), strconv.Itoa(limit)+" bytes")
	}
	if !formOK(form, s) {
		return fault.New("record.bad-form", path, excerpt([]byte(s), 0), form)
	}
	return nil
}

func formLimit(form string) int {
	switch form {
	case "name":
		return 300
	case "token":
		return 64
	case "expr":
		return 2000
	case "lines":
		return 30000
	}
	return 8000
}

// formOK holds s to a form: hex32, hex64, hex96 lower hex; date yyyy-mm-dd;
// time RFC 3339 in whole seconds at +08:00; token [0-9A-Za-z._~-]{1,64};
// ratio of draw1 §5; name one line without spaces at its ends; lines each
// ended by a line feed, none empty, no spaces at their ends; the empty form is
// free text without spaces at its ends.
func formOK(form, s string) bool {
	switch form {
	case "hex32", "hex64", "hex96":
		n, _ := strconv.Atoi(form[3:])
		return len(s) == n && strings.Trim(s, "0123456789abcdef") == ""
	case "date":
		t, err := time.Parse("2006-01-02", s)
		return err == nil && t.Format("2006-01-02") == s
	case "time":
		t, err := time.Parse(time.RFC3339, s)
		return err == nil && t.In(Beijing).Format(time.RFC3339) == s
	case "token":
		return strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._~-") == ""
	case "ratio":
		digits, ok := strings.CutPrefix(s, "0.")
		return s == "1" || ok && len(digits) >= 1 && len(digits) <= 6 && strings.Trim(digits, "0123456789") == ""
	case "name":
		return strings.TrimSpace(s) == s && !strings.ContainsAny(s, "\n\t")
	case "lines":
		text, ended := strings.CutSuffix(s, "\n")
		for line := range strings.SplitSeq(text, "\n") {
			if line == "" || strings.TrimSpace(line) != line || strings.Contains(line, "\t") {
				return false
			}
		}
		return ended
	}
	return strings.TrimSpace(s) == s
}

// Beijing is the only time zone of the ledger; the county keeps no summer time.
var Beijing = time.FixedZone("+08:00", 8*3600)

// Time formats unix seconds as an entry's env.at.
func Time(unix int64) string { return time.Unix(unix, 0).In(Beijing).Format(time.RFC3339) }

// Unix reads a string of form time; 0 if it is none.
func Unix(s string) int64 {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return 0
	}
	return t.Unix()
}

// Day is the Beijing date of unix seconds, yyyy-mm-dd.
func Day(unix int64) string { return Time(unix)[:10] }
