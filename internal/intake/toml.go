package intake

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"github.com/sunlot/sunlot/internal/fault"
)

// TOML decodes a TOML file strictly into T: at most 1 MiB, UTF-8, nesting up to
// 32, every key known by its exact spelling (the library itself folds case),
// every value of the field's type. Faults carry "name:line".
func TOML[T any](name string, data []byte) (T, error) {
	var v, zero T
	md, err := decodeTOML(name, data, &v)
	if err != nil {
		return zero, err
	}
	for _, key := range md.Keys() {
		if !knownKey(reflect.TypeFor[T](), key) {
			return zero, fault.New("intake.toml-unknown-key", tomlPlace(name, data, key), key.String(), "")
		}
	}
	return v, nil
}

func decodeTOML(name string, data []byte, v any) (toml.MetaData, error) {
	var none toml.MetaData
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if len(data) > maxTOML {
		return none, fault.New("intake.too-large", name, megabytes(int64(len(data))), megabytes(maxTOML))
	}
	if !utf8.Valid(data) {
		return none, fault.New("intake.toml-bad", name, "不是 UTF-8 的字节", "UTF-8")
	}
	if line := tooDeep(data); line > 0 {
		return none, fault.New("intake.toml-bad", name+":"+strconv.Itoa(line), "嵌套过深", strconv.Itoa(maxTOMLDepth))
	}
	md, err := toml.Decode(string(data), v)
	var pe toml.ParseError
	switch {
	case errors.As(err, &pe):
		return none, fault.Wrap("intake.toml-bad", name+":"+strconv.Itoa(pe.Position.Line), err)
	case err != nil:
		return none, fault.Wrap("intake.toml-bad", name, err)
	}
	return md, nil
}

// tooDeep gives the line where brackets outside strings and comments nest too
// deep, 0 if none do: the library recurses, and a stack has no error.
func tooDeep(data []byte) int {
	depth, line := 0, 1
	for i := 0; i < len(data); i++ {
		switch c := data[i]; c {
		case '\n':
			line++
		case '#':
			for i+1 < len(data) && data[i+1] != '\n' {
				i++
			}
		case '"', '\'':
			end := []byte{c}
			if bytes.HasPrefix(data[i:], []byte{c, c, c}) {
				end = []byte{c, c, c}
			}
			for i += len(end); i < len(data) && !bytes.HasPrefix(data[i:], end); i++ {
				if data[i] == '\\' && c == '"' {
					i++
				}
				if i < len(data) && data[i] == '\n' {
					line++
					if len(end) == 1 { // an unclosed one: the decoder will say so
						break
					}
				}
			}
			i += len(end) - 1
		case '[', '{':
			if depth++; depth > maxTOMLDepth {
				return line
			}
		case ']', '}':
			depth = max(depth-1, 0)
		}
	}
	return 0
}

var (
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	tomlUnmarshaler = reflect.TypeFor[toml.Unmarshaler]()
)

// knownKey reports whether the key path exists in t with exactly this spelling.
func knownKey(t reflect.Type, key []string) bool {
	for len(key) > 0 {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
			t = t.Elem()
		}
		if p := reflect.PointerTo(t); p.Implements(textUnmarshaler) || p.Implements(tomlUnmarshaler) {
			return p.Implements(tomlUnmarshaler)
		}
		switch t.Kind() {
		case reflect.Interface:
			return true
		case reflect.Map:
			t = t.Elem()
		case reflect.Struct:
			f, ok := fieldOf(t, key[0])
			if !ok {
				return false
			}
			t = f
		default:
			return false
		}
		key = key[1:]
	}
	return true
}

func fieldOf(t reflect.Type, name string) (reflect.Type, bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
		switch {
		case f.Anonymous && tag == "" && f.Type.Kind() == reflect.Struct:
			if ft, ok := fieldOf(f.Type, name); ok {
				return ft, true
			}
		case !f.IsExported() || tag == "-":
		case tag == name, tag == "" && f.Name == name:
			return f.Type, true
		}
	}
	return nil, false
}

// tomlPlace finds the line of a key: the decoder does not tell.
func tomlPlace(name string, data []byte, key toml.Key) string {
	want := strings.Join(key, ".")
	prefix := ""
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			head, _, _ := strings.Cut(line, "]")
			prefix = bareKey(strings.TrimLeft(head, "["))
			if prefix == want {
				return name + ":" + strconv.Itoa(i+1)
			}
			prefix += "."
			continue
		}
		left, right, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		k := prefix + bareKey(left)
		if k == want || strings.HasPrefix(want, k+".") && strings.Contains(right, key[len(key)-1]) {
			return name + ":" + strconv.Itoa(i+1)
		}
	}
	return name
}

// bareKey strips quotes and spaces from each part of a dotted key.
func bareKey(s string) string {
	parts := strings.Split(strings.TrimSpace(s), ".")
	for i, p := range parts {
		parts[i] = strings.Trim(strings.TrimSpace(p), `"'`)
	}
	return strings.Join(parts, ".")
}

// openTOML reads rows written by a machine: `kind` names the form, each [[row]]
// holds its fields by their English names. They become a sheet like any other.
func openTOML(name string, src io.ReaderAt, size int64) (*Workbook, error) {
	if size > maxTOML {
		return nil, fault.New("intake.too-large", name, megabytes(size), megabytes(maxTOML))
	}
	data := make([]byte, size)
	if _, err := src.ReadAt(data, 0); err != nil && err != io.EOF {
		return nil, (&fault.Error{Code: "intake.cannot-open", Place: name, Err: err}).Of(fault.Unreachable)
	}
	var file struct {
		Kind string           `toml:"kind"`
		Row  []map[string]any `toml:"row"`
	}
	md, err := decodeTOML(name, data, &file)
	if err != nil {
		return nil, err
	}
	kind, ok := KindOf(file.Kind)
	if !ok {
		return nil, fault.New("intake.toml-kind", name, file.Kind, "kind")
	}
	cols := forms[kind].columns
	for _, key := range md.Keys() {
		known := len(key) == 1 && (key[0] == "kind" || key[0] == "row")
		for i := range cols {
			known = known || len(key) == 2 && key[0] == "row" && key[1] == cols[i].field
		}
		if !known {
			return nil, fault.New("intake.toml-unknown-key", tomlPlace(name, data, key), key.String(), "")
		}
	}
	table := make([]Row, 1, len(file.Row)+1)
	table[0] = Row{Number: 1}
	for _, c := range cols {
		table[0].Cells = append(table[0].Cells, Cell{Text: c.head, Kind: CellText})
	}
	for i, r := range file.Row {
		row := Row{Number: i + 2, Cells: make([]Cell, len(cols))}
		for j, c := range cols {
			if v, ok := r[c.field]; ok {
				if row.Cells[j], err = tomlCell(v); err != nil {
					return nil, fault.Wrap("intake.toml-bad", fmt.Sprintf("%s row[%d].%s", name, i, c.field), err)
				}
			}
		}
		table = append(table, row)
	}
	sh := &Sheet{each: func(f func(*Row) error) error {
		for i := range table {
			if err := f(&table[i]); err != nil {
				return err
			}
		}
		return nil
	}}
	return &Workbook{Name: name, Format: "toml", Encoding: "UTF-8", Sheets: []*Sheet{sh}, kind: kind}, nil
}

// tomlCell writes a value as a cell would hold it; lists become lines.
func tomlCell(v any) (Cell, error) {
	switch v := v.(type) {
	case string:
		if strings.TrimSpace(v) == "" {
			return Cell{}, nil
		}
		return Cell{Text: v, Kind: CellText}, nil
	case int64:
		return Cell{Text: strconv.FormatInt(v, 10), Kind: CellText}, nil
	case float64:
		return Cell{Text: strconv.FormatFloat(v, 'f', -1, 64), Kind: CellText}, nil
	case bool:
		return Cell{Text: strings.ToUpper(strconv.FormatBool(v)), Kind: CellBool}, nil
	case time.Time:
		if v.Hour()+v.Minute()+v.Second() == 0 {
			return Cell{Text: v.Format("2006-01-02"), Kind: CellDate}, nil
		}
		if v.Location() != nil && !strings.HasPrefix(v.Location().String(), "datetime-local") {
			v = v.In(beijing)
		}
		return Cell{Text: v.Format("2006-01-02 15:04:05"), Kind: CellDate}, nil
	case []any:
		var lines []string
		for _, e := range v {
			c, err := tomlCell(e)
			if err != nil {
				return c, err
			}
			lines = append(lines, c.Text)
		}
		return Cell{Text: strings.Join(lines, "\n"), Kind: CellText}, nil
	}
	return Cell{}, fmt.Errorf("a value of type %T", v)
}

// String writes a TOML basic string.
func String(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7F:
			fmt.Fprintf(&b, "\\u%04X", r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
