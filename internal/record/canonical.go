package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sunlot/sunlot/internal/fault"
)

// maxInt is the largest integer that every JSON reader keeps exactly
// (RFC 8785 §3.2.2.3: IEEE 754 double, 2^53 − 1).
const maxInt = 1<<53 - 1

// maxDepth bounds nesting of a body; real bodies are five deep.
const maxDepth = 16

// Canonical returns the RFC 8785 form of any value that encoding/json can
// marshal and that holds no fractions: members sorted by UTF-16 code units,
// no white space, only the escapes of RFC 8785 §3.2.2.2.
func Canonical(v any) ([]byte, error) {
	// encoding/json would write U+FFFD for what is not UTF-8, and the record
	// would say another thing than its value.
	if path, ok := findBadUTF8(reflect.ValueOf(v), ""); ok {
		return nil, fault.New("record.bad-utf8", path, "", "UTF-8")
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fault.Wrap("record.bad-json", "", err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, fault.Wrap("record.bad-json", "", err)
	}
	out := make([]byte, 0, len(raw))
	return appendValue(out, tree, "", 0)
}

// decodeStrict decodes data into v and holds it to its canonical form: what
// v formats to must be data, byte for byte. That one comparison refuses
// unknown and repeated members, other spellings of a member's case, white
// space, other escapes and other orders.
func decodeStrict(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fault.Wrap("record.bad-json", "", err)
	}
	again, err := Canonical(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, data) {
		at := firstDifference(again, data)
		return fault.New("record.not-canonical", "byte "+strconv.Itoa(at), excerpt(data, at), excerpt(again, at))
	}
	return nil
}

func firstDifference(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

func excerpt(b []byte, at int) string {
	end := min(len(b), at+24)
	return strconv.QuoteToASCII(string(b[min(at, len(b)):end]))
}

func appendValue(out []byte, v any, path string, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fault.New("record.too-deep", path, "", strconv.Itoa(maxDepth))
	}
	switch v := v.(type) {
	case nil:
		return nil, fault.New("record.null", path, "null", "a value or no member")
	case bool:
		return strconv.AppendBool(out, v), nil
	case json.Number:
		n, err := strconv.ParseInt(v.String(), 10, 64)
		if err != nil || n > maxInt || n < -maxInt {
			return nil, fault.New("record.bad-number", path, v.String(), "integer within ±(2^53−1)")
		}
		return strconv.AppendInt(out, n, 10), nil
	case string:
		if err := checkText(v, path); err != nil {
			return nil, err
		}
		return appendString(out, v), nil
	case []any:
		out = append(out, '[')
		for i, e := range v {
			if i > 0 {
				out = append(out, ',')
			}
			var err error
			if out, err = appendValue(out, e, join(path, strconv.Itoa(i)), depth+1); err != nil {
				return nil, err
			}
		}
		return append(out, ']'), nil
	case map[string]any:
		return appendObject(out, v, path, depth)
	}
	return nil, fault.New("record.bad-json", path, fmt.Sprintf("%T", v), "string, integer, boolean, array or object")
}

func appendObject(out []byte, v map[string]any, path string, depth int) ([]byte, error) {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
	})
	out = append(out, '{')
	for i, name := range names {
		if i > 0 {
			out = append(out, ',')
		}
		if err := checkText(name, path); err != nil {
			return nil, err
		}
		out = appendString(out, name)
		out = append(out, ':')
		var err error
		if out, err = appendValue(out, v[name], join(path, name), depth+1); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

// findBadUTF8 returns the place of the first string in v that is not UTF-8.
func findBadUTF8(v reflect.Value, path string) (string, bool) {
	switch v.Kind() {
	case reflect.String:
		return path, !utf8.ValidString(v.String())
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return findBadUTF8(v.Elem(), path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if p, bad := findBadUTF8(v.Field(i), join(path, name)); bad {
				return p, true
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if p, bad := findBadUTF8(v.Index(i), join(path, strconv.Itoa(i))); bad {
				return p, true
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if p, bad := findBadUTF8(it.Key(), path); bad {
				return p, true
			}
			if p, bad := findBadUTF8(it.Value(), join(path, it.Key().String())); bad {
				return p, true
			}
		}
	}
	return "", false
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// appendString writes s as RFC 8785 §3.2.2.2 demands: only the quote, the
// backslash and controls are escaped, everything else stands as UTF-8.
func appendString(out []byte, s string) []byte {
	out = append(out, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			out = append(out, '\\', c)
		case '\n':
			out = append(out, '\\', 'n')
		case '\t':
			out = append(out, '\\', 't')
		default:
			out = append(out, c) // checkText has refused the other controls
		}
	}
	return append(out, '"')
}

// checkText refuses what makes two readers see two texts: bad UTF-8, controls
// other than line feed and tab, the byte order mark, line and paragraph
// separators and the bidirectional controls.
func checkText(s, path string) error {
	if !utf8.ValidString(s) {
		return fault.New("record.bad-utf8", path, strconv.QuoteToASCII(s), "UTF-8")
	}
	if i := strings.IndexFunc(s, forbidden); i >= 0 {
		r, _ := utf8.DecodeRuneInString(s[i:])
		return fault.New("record.bad-character", path, fmt.Sprintf("U+%04X", r), "plain text")
	}
	return nil
}

func forbidden(r rune) bool {
	switch {
	case r < 0x20:
		return r != '\n' && r != '\t'
	case r >= 0x7F && r <= 0x9F:
		return true
	case r == 0x2028, r == 0x2029, r == 0xFEFF, r == 0x061C, r == 0x200E, r == 0x200F:
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}
