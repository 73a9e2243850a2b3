package intake

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/sunlot/sunlot/internal/fault"
)

// Lint decodes a TOML file as TOML does and lists all that is wrong with it at
// once, by line: keys that nobody knows, values of another type, and what check
// finds in the rest. check names places by their path (clause[3].words); in the
// faults returned they read "name:line path".
func Lint[T any](name string, data []byte, check func(*T) []*fault.Error) (*T, []*fault.Error) {
	var tree map[string]any
	if _, err := decodeTOML(name, data, &tree); err != nil {
		e, _ := err.(*fault.Error)
		return nil, []*fault.Error{e}
	}
	l := &tomlLint{name: name, lines: tomlLines(data)}
	l.table(tree, reflect.TypeFor[T](), "")
	v := new(T)
	var b bytes.Buffer
	if err := toml.NewEncoder(&b).Encode(tree); err == nil { // without what was wrong
		if _, err := toml.Decode(b.String(), v); err != nil {
			l.add("intake.toml-bad", "", err.Error(), "")
			return nil, l.list
		}
	}
	for _, f := range check(v) {
		l.add(f.Code, f.Place, f.Got, f.Want)
	}
	slices.SortStableFunc(l.list, func(a, b *fault.Error) int { return l.line(a.Place) - l.line(b.Place) })
	for _, f := range l.list {
		f.Place = l.place(f.Place)
	}
	return v, l.list
}

type tomlLint struct {
	name  string
	lines map[string]int
	list  []*fault.Error
}

func (l *tomlLint) add(code, path, got, want string) {
	if !slices.ContainsFunc(l.list, func(f *fault.Error) bool { return f.Place == path }) { // one word a member
		l.list = append(l.list, fault.New(code, path, got, want))
	}
}

// line is where a path stands, or what it is part of; the end of the file for
// what is not there.
func (l *tomlLint) line(path string) int {
	for path != "" {
		if n := l.lines[path]; n > 0 {
			return n
		}
		path = path[:max(strings.LastIndexByte(path, '.'), strings.LastIndexByte(path, '['), 0)]
	}
	return l.lines[""]
}

func (l *tomlLint) place(path string) string {
	return strings.TrimSpace(l.name + ":" + strconv.Itoa(l.line(path)) + " " + path)
}

// table holds a table to a struct and takes out of it what does not fit.
func (l *tomlLint) table(m map[string]any, t reflect.Type, path string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	for key, v := range m {
		at := strings.TrimPrefix(path+"."+key, ".")
		f, ok := fieldOf(t, key)
		switch {
		case !ok:
			l.add("intake.toml-unknown-key", at, key, "")
			delete(m, key)
		case !l.value(v, f, at):
			delete(m, key)
		}
	}
}

// value reports whether a value has the type; a table keeps what of it fits.
func (l *tomlLint) value(v any, t reflect.Type, path string) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	is := ""
	switch v := v.(type) {
	case map[string]any:
		if is = "[" + path + "]"; t.Kind() == reflect.Struct {
			l.table(v, t, path)
			return true
		}
	case []map[string]any:
		if is = "[[" + path + "]]"; t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct {
			for i := range v {
				l.table(v[i], t.Elem(), path+"["+strconv.Itoa(i)+"]")
			}
			return true
		}
	case []any:
		if is = "[…]"; t.Kind() == reflect.Slice {
			fits := true
			for i := range v {
				fits = l.value(v[i], t.Elem(), path+"["+strconv.Itoa(i)+"]") && fits
			}
			return fits
		}
	case string:
		if is = "“" + v + "”"; t.Kind() == reflect.String {
			return true
		}
	case int64:
		if is = strconv.FormatInt(v, 10); t.Kind() == reflect.Int || t.Kind() == reflect.Int64 {
			return true
		}
	case bool:
		if is = strconv.FormatBool(v); t.Kind() == reflect.Bool {
			return true
		}
	case float64:
		is = strconv.FormatFloat(v, 'f', -1, 64)
	default:
		is = "日期"
	}
	l.add("intake.toml-type", path, is, tomlType(t))
	return false
}

// tomlType is the type as an author writes it.
func tomlType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "带引号的文字"
	case reflect.Int, reflect.Int64:
		return "整数"
	case reflect.Bool:
		return "true 或 false"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return "[[…]] 一节一个"
		}
		return "[ ] 括起来的列表"
	}
	return "[…] 一节"
}

// tomlLines gives the line of every key and section of a file that decodes, by
// its path; "" is the last line.
func tomlLines(data []byte) map[string]int {
	lines, count := map[string]int{}, map[string]int{}
	section, line := "", 1
	for i := 0; i < len(data); i++ {
		end := i + bytes.IndexByte(append(data[i:len(data):len(data)], '\n'), '\n')
		text := strings.TrimSpace(string(data[i:end]))
		switch {
		case text == "" || text[0] == '#':
		case text[0] == '[':
			section = sectionPath(text, count)
			lines[section] = line
		default:
			key, _, _ := strings.Cut(text, "=")
			lines[strings.TrimPrefix(section+"."+bareKey(key), ".")] = line
			next := valueEnd(data, i+bytes.IndexByte(data[i:], '=')+1)
			line += bytes.Count(data[i:min(next, len(data))], []byte("\n"))
			end = next
		}
		i = end
		line++
	}
	lines[""] = max(line-1, 1)
	return lines
}

// sectionPath is the path of a heading; the last of each list of tables is the
// one that a further heading speaks of.
func sectionPath(text string, count map[string]int) string {
	list := strings.HasPrefix(text, "[[")
	head, _, _ := strings.Cut(strings.TrimLeft(text, "["), "]")
	parts, path := strings.Split(bareKey(head), "."), ""
	for i, part := range parts {
		path = strings.TrimPrefix(path+"."+part, ".")
		if list && i == len(parts)-1 {
			count[path]++
		}
		if n := count[path]; n > 0 {
			path += "[" + strconv.Itoa(n-1) + "]"
		}
	}
	return path
}

// valueEnd is the line feed that ends the value beginning at i: outside of
// brackets, strings and comments.
func valueEnd(data []byte, i int) int {
	depth := 0
	for ; i < len(data); i++ {
		switch c := data[i]; c {
		case '\n':
			if depth == 0 {
				return i
			}
		case '#':
			i += bytes.IndexByte(append(data[i:len(data):len(data)], '\n'), '\n') - 1
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case '"', '\'':
			end := []byte{c}
			if bytes.HasPrefix(data[i:], []byte{c, c, c}) {
				end = []byte{c, c, c}
			}
			for i += len(end); i < len(data) && !bytes.HasPrefix(data[i:], end); i++ {
				if data[i] == '\\' && c == '"' {
					i++
				}
			}
			i += len(end) - 1
		}
	}
	return len(data)
}
