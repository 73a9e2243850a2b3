package draw

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/sunlot/sunlot/internal/fault"
)

// maxVector bounds a vector file, in bytes.
const maxVector = 4 << 20

// node is a JSON value as it was written. encoding/json's own decoding into
// structs folds the case of names, keeps the last of repeated members and
// takes 1.0 for 1; a vector must not be read so.
type node struct {
	kind    byte // one of { [ " 0 t f n
	text    string
	members []member
	items   []node
}

type member struct {
	name  string
	value node
}

func textNode(s string) node            { return node{kind: '"', text: s} }
func numberNode(n int) node             { return node{kind: '0', text: strconv.Itoa(n)} }
func objectNode(members ...member) node { return node{kind: '{', members: members} }

func listNode[T any](list []T, each func(T) node) node {
	n := node{kind: '['}
	for _, item := range list {
		n.items = append(n.items, each(item))
	}
	return n
}

// parseTree reads one JSON document.
func parseTree(data []byte) (node, error) {
	if len(data) > maxVector {
		return node{}, fault.New("draw.bad-vector", "file", strconv.Itoa(len(data))+" bytes", strconv.Itoa(maxVector)+" bytes at most")
	}
	if !utf8.Valid(data) || !json.Valid(data) {
		return node{}, fault.New("draw.bad-vector", "file", "not JSON", "one JSON object in UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	n, err := readNode(dec)
	if err != nil {
		return node{}, fault.Wrap("draw.bad-vector", "file", err)
	}
	return n, nil
}

func readNode(dec *json.Decoder) (node, error) {
	token, err := dec.Token()
	if err != nil {
		return node{}, err
	}
	switch t := token.(type) {
	case string:
		return textNode(t), nil
	case json.Number:
		return node{kind: '0', text: t.String()}, nil
	case bool:
		return node{kind: strconv.FormatBool(t)[0]}, nil
	case nil:
		return node{kind: 'n'}, nil
	case json.Delim:
		n := node{kind: byte(t)}
		for dec.More() {
			name := ""
			if t == '{' {
				key, err := dec.Token()
				if err != nil {
					return node{}, err
				}
				name, _ = key.(string)
			}
			value, err := readNode(dec)
			if err != nil {
				return node{}, err
			}
			if t == '{' {
				n.members = append(n.members, member{name, value})
			} else {
				n.items = append(n.items, value)
			}
		}
		_, err := dec.Token() // the closing bracket
		return n, err
	}
	return node{}, fmt.Errorf("unexpected token %v", token)
}

// fields are the members of an object, read strictly; the first fault stays.
// Reading on after a fault gives zero values.
type fields struct {
	place string
	by    map[string]node
	err   *error
}

// open reads n as an object with the required members and any of the optional.
func open(n node, place string, err *error, required []string, optional ...string) fields {
	f := fields{place, make(map[string]node), err}
	if n.kind != '{' {
		f.fail("", n, "an object")
		return f
	}
	for _, m := range n.members {
		_, twice := f.by[m.name]
		if twice || !slices.Contains(required, m.name) && !slices.Contains(optional, m.name) {
			f.fail("", textNode(m.name), "known members, each once")
		}
		f.by[m.name] = m.value
	}
	for _, name := range required {
		if _, found := f.by[name]; !found {
			f.fail(name, node{kind: 'n'}, "a value")
		}
	}
	return f
}

// dotted is the place of a member.
func (f fields) dotted(name string) string {
	if f.place == "" || name == "" {
		return f.place + name
	}
	return f.place + "." + name
}

func (f fields) fail(name string, got node, want string) {
	if *f.err == nil {
		*f.err = fault.New("draw.bad-field", f.dotted(name), got.brief(), want)
	}
}

func (f fields) has(name string) bool { _, found := f.by[name]; return found }

// text reads a string that form accepts; an absent member gives "".
func (f fields) text(name string, form func(string) bool, want string) string {
	n, found := f.by[name]
	if !found {
		return ""
	}
	if n.kind != '"' || !form(n.text) {
		f.fail(name, n, want)
		return ""
	}
	return n.text
}

// integer reads a plain integer of at most 15 digits; an absent one gives 0.
func (f fields) integer(name string, least int) int {
	n, found := f.by[name]
	if !found {
		return 0
	}
	digits := n.text
	if len(digits) > 1 && digits[0] == '-' && digits[1] != '0' {
		digits = digits[1:]
	}
	if n.kind != '0' || !isInteger(digits) {
		f.fail(name, n, "a plain integer")
		return 0
	}
	value, _ := strconv.Atoi(n.text)
	if value < least {
		f.fail(name, n, strconv.Itoa(least)+" or more")
	}
	return value
}

// list reads the items of an array; an absent one gives nil, an empty one not.
func (f fields) list(name string) []node {
	n, found := f.by[name]
	if !found {
		return nil
	}
	if n.kind != '[' {
		f.fail(name, n, "an array")
	}
	return append([]node{}, n.items...)
}

// texts reads an array of strings; their form is tested later.
func (f fields) texts(name string) []string {
	items := f.list(name)
	if items == nil {
		return nil
	}
	list := make([]string, 0, len(items))
	for i, n := range items {
		if n.kind != '"' {
			f.fail(fmt.Sprintf("%s[%d]", name, i), n, "a string")
		}
		list = append(list, n.text)
	}
	return list
}

// brief shows a node in a refusal.
func (n node) brief() string {
	switch n.kind {
	case '"':
		return clip(n.text)
	case '0':
		return clip(n.text)
	case '{':
		return fmt.Sprintf("an object of %d members", len(n.members))
	case '[':
		return fmt.Sprintf("an array of %d items", len(n.items))
	case 't':
		return "true"
	case 'f':
		return "false"
	}
	return "nothing"
}

// differ compares what was computed with what a vector expects, member by
// member in any order, and returns the first difference as a fault.
func differ(place string, got, want node) error {
	if got.kind != want.kind || got.text != want.text {
		return fault.New("draw.vector-differs", place, got.brief(), want.brief())
	}
	if len(got.members) != len(want.members) || len(got.items) != len(want.items) {
		return fault.New("draw.vector-differs", place, got.brief()+got.names(), want.brief()+want.names())
	}
	for i := range got.items {
		if err := differ(fmt.Sprintf("%s[%d]", place, i), got.items[i], want.items[i]); err != nil {
			return err
		}
	}
	for _, m := range got.members {
		// As many members on both sides and each of ours, which are different,
		// found on theirs: none of theirs is repeated or unknown.
		at := slices.IndexFunc(want.members, func(w member) bool { return w.name == m.name })
		if at < 0 {
			return fault.New("draw.vector-differs", place+"."+m.name, m.value.brief(), "absent")
		}
		if err := differ(place+"."+m.name, m.value, want.members[at].value); err != nil {
			return err
		}
	}
	return nil
}

// names lists an object's members.
func (n node) names() string {
	s := ""
	for _, m := range n.members {
		s += " " + m.name
	}
	return clip(s)
}
