package draw

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// LeftOut is a line of the list of those left out of a pool: a candidate's
// handle, the group that it would stand in, the ground's name in the notice's
// table of grounds.
type LeftOut struct{ Handle, Group, Ground string }

// DrawnLine is a line of the drawn list.
type DrawnLine struct{ Cell, Ticket, Handle string }

// RecusalLine opens the recusals (回避) of one drawn object.
type RecusalLine struct {
	Object, Salt string   // 32 hex each
	Inspectors   []string // ascending handles, may be empty
}

// RecusalCommit is the closed form: Hash is RecusalHash of the line that opens
// it. A pool with recusals has one for every object.
type RecusalCommit struct{ Handle, Hash string }

// Declared names the declaration behind one opened recusal: Entry is the index
// of a 回避申报 in the ledger.
type Declared struct {
	Object, Inspector string
	Entry             int64
}

// FormatPool writes lines `handle|cell|weight`.
func FormatPool(objects []Object) []byte {
	return formatLines(objects, func(b []byte, o Object) []byte {
		return strconv.AppendInt(join(b, o.Handle, o.Cell, ""), int64(o.Weight), 10)
	})
}

// ParsePool reads what FormatPool writes; each handle once. The strings of the
// result share one copy of data.
func ParsePool(data []byte) ([]Object, error) {
	last := ""
	return parseLines(data, "handle|cell|weight", func(line string) (o Object, err error) {
		f, ok := split(line, 3)
		if !ok || !isHandle(f[0]) || !isName(f[1]) || !isInteger(f[2]) {
			return o, errLine
		}
		weight, _ := strconv.Atoi(f[2])
		if weight < 1 || weight > maxWeight {
			return o, errWeight
		}
		if f[0] == last {
			return o, errTwice
		}
		last = f[0]
		return Object{f[0], f[1], weight}, nil
	})
}

// FormatInspectors writes lines `handle|q,q`; `handle|` without qualifications.
func FormatInspectors(inspectors []Inspector) []byte {
	return formatLines(inspectors, func(b []byte, p Inspector) []byte {
		return append(join(b, p.Handle, ""), commas(p.Qualifications)...)
	})
}

// ParseInspectors reads what FormatInspectors writes; each handle once.
func ParseInspectors(data []byte) ([]Inspector, error) {
	last := ""
	return parseLines(data, "handle|qualification,qualification", func(line string) (p Inspector, err error) {
		f, ok := split(line, 2)
		if !ok || !isHandle(f[0]) {
			return p, errLine
		}
		if p.Qualifications, ok = parseCommas(f[1], isName); !ok {
			return p, errLine
		}
		if f[0] == last {
			return p, errTwice
		}
		last, p.Handle = f[0], f[0]
		return p, nil
	})
}

// FormatLeftOut writes lines `handle|group|ground`.
func FormatLeftOut(left []LeftOut) []byte {
	return formatLines(left, func(b []byte, l LeftOut) []byte {
		return join(b, l.Handle, l.Group, l.Ground)
	})
}

// ParseLeftOut reads what FormatLeftOut writes; a handle once in a group.
func ParseLeftOut(data []byte) ([]LeftOut, error) {
	var last LeftOut
	return parseLines(data, "handle|group|ground", func(line string) (l LeftOut, err error) {
		f, ok := split(line, 3)
		if !ok || !isHandle(f[0]) || !isName(f[1]) || !isName(f[2]) {
			return l, errLine
		}
		l = LeftOut{f[0], f[1], f[2]}
		if l.Handle == last.Handle && l.Group == last.Group {
			return l, errTwice
		}
		last = l
		return l, nil
	})
}

// FormatDrawn writes lines `cell|ticket|handle`.
func FormatDrawn(drawn []DrawnLine) []byte {
	return formatLines(drawn, func(b []byte, d DrawnLine) []byte {
		return join(b, d.Cell, d.Ticket, d.Handle)
	})
}

// ParseDrawn reads what FormatDrawn writes; each handle once.
func ParseDrawn(data []byte) ([]DrawnLine, error) {
	seen := make(map[string]bool)
	return parseLines(data, "cell|ticket|handle", func(line string) (d DrawnLine, err error) {
		f, ok := split(line, 3)
		if !ok || !isName(f[0]) || !isHash(f[1]) || !isHandle(f[2]) {
			return d, errLine
		}
		if seen[f[2]] {
			return d, errTwice
		}
		seen[f[2]] = true
		return DrawnLine{f[0], f[1], f[2]}, nil
	})
}

// FormatTeams writes lines `object|member|…`, members in the order of slots.
func FormatTeams(teams []Team) []byte {
	return formatLines(teams, func(b []byte, t Team) []byte {
		return join(join(b, t.Object, ""), t.Members...)
	})
}

// ParseTeams reads what FormatTeams writes: 1 to 9 different members, who are
// inspectors' handles or, at an object, one group team; each object once.
func ParseTeams(data []byte) ([]Team, error) {
	last := ""
	return parseLines(data, "object|member|…", func(line string) (t Team, err error) {
		f := strings.Split(line, "|")
		if len(f) < 2 || len(f) > 1+maxSlots || !isHandle(f[0]) && !isTeamName(f[0]) {
			return t, errLine
		}
		standIn := len(f) == 2 && isHandle(f[0]) && isTeamName(f[1])
		for i, m := range f[1:] {
			if !standIn && !isHandle(m) || slices.Contains(f[1:1+i], m) {
				return t, errLine
			}
		}
		if f[0] == last {
			return t, errTwice
		}
		last = f[0]
		return Team{f[0], f[1:]}, nil
	})
}

// FormatRecusals writes lines `object|rsalt|inspector,inspector`.
func FormatRecusals(lines []RecusalLine) []byte {
	return formatLines(lines, func(b []byte, l RecusalLine) []byte {
		return append(join(b, l.Object, l.Salt, ""), commas(l.Inspectors)...)
	})
}

// ParseRecusals reads what FormatRecusals writes; each object once.
func ParseRecusals(data []byte) ([]RecusalLine, error) {
	last := ""
	return parseLines(data, "object|rsalt|inspector,inspector", func(line string) (l RecusalLine, err error) {
		f, ok := split(line, 3)
		if !ok || !isHandle(f[0]) || !isHandle(f[1]) {
			return l, errLine
		}
		if l.Inspectors, ok = parseCommas(f[2], isHandle); !ok {
			return l, errLine
		}
		if f[0] == last {
			return l, errTwice
		}
		last, l.Object, l.Salt = f[0], f[0], f[1]
		return l, nil
	})
}

// FormatDeclared writes lines `object|inspector|entry`.
func FormatDeclared(lines []Declared) []byte {
	return formatLines(lines, func(b []byte, l Declared) []byte {
		return strconv.AppendInt(join(b, l.Object, l.Inspector, ""), l.Entry, 10)
	})
}

// ParseDeclared reads what FormatDeclared writes; each pair once.
func ParseDeclared(data []byte) ([]Declared, error) {
	var last Declared
	return parseLines(data, "object|inspector|entry", func(line string) (l Declared, err error) {
		f, ok := split(line, 3)
		if !ok || !isHandle(f[0]) || !isHandle(f[1]) || !isInteger(f[2]) {
			return l, errLine
		}
		entry, _ := strconv.ParseInt(f[2], 10, 64)
		if l = (Declared{f[0], f[1], entry}); l.Object == last.Object && l.Inspector == last.Inspector {
			return l, errTwice
		}
		last = l
		return l, nil
	})
}

// FormatRecusalCommits writes lines `handle|hash`.
func FormatRecusalCommits(lines []RecusalCommit) []byte {
	return formatLines(lines, func(b []byte, l RecusalCommit) []byte {
		return join(b, l.Handle, l.Hash)
	})
}

// ParseRecusalCommits reads what FormatRecusalCommits writes; each object once.
func ParseRecusalCommits(data []byte) ([]RecusalCommit, error) {
	last := ""
	return parseLines(data, "handle|hash", func(line string) (l RecusalCommit, err error) {
		f, ok := split(line, 2)
		if !ok || !isHandle(f[0]) || !isHash(f[1]) {
			return l, errLine
		}
		if f[0] == last {
			return l, errTwice
		}
		last = f[0]
		return RecusalCommit{f[0], f[1]}, nil
	})
}

// FormatUnstaffed writes lines `handle`.
func FormatUnstaffed(handles []string) []byte {
	return formatLines(handles, func(b []byte, h string) []byte { return append(b, h...) })
}

// ParseUnstaffed reads what FormatUnstaffed writes; each handle once.
func ParseUnstaffed(data []byte) ([]string, error) {
	last := ""
	return parseLines(data, "handle", func(line string) (string, error) {
		if !isHandle(line) {
			return "", errLine
		}
		if line == last {
			return "", errTwice
		}
		last = line
		return line, nil
	})
}

// The refusals of a line; parseLines adds number and text.
var (
	errLine   = errors.New("form")
	errWeight = errors.New("weight")
	errTwice  = errors.New("twice")
)

// parseLines reads a file of lines in ascending order. The result is not nil,
// so that an empty file is a list without members.
func parseLines[T any](data []byte, form string, parse func(line string) (T, error)) ([]T, error) {
	if len(data) > 0 && data[len(data)-1] != '\n' {
		return nil, fault.New("draw.bad-line", "end of file", "no line feed", "a line feed after every line")
	}
	// No line is shorter than a handle: what is reserved is bounded by the file.
	list := make([]T, 0, min(bytes.Count(data, []byte{10}), len(data)/(handleLen+1)))
	text, last := string(data), ""
	for len(text) > 0 {
		line, rest, _ := strings.Cut(text, "\n")
		text = rest
		item, err := parse(line)
		if err != nil || line < last {
			return nil, lineFault(err, len(list)+1, line, last, form)
		}
		list, last = append(list, item), line
	}
	return list, nil
}

// lineFault names the first fault of a line: form, weight, order, repetition.
func lineFault(err error, number int, line, last, form string) error {
	place := fmt.Sprintf("line %d", number)
	switch {
	case err == errLine:
		return fault.New("draw.bad-line", place, clip(line), form)
	case err == errWeight:
		return fault.New("draw.bad-weight", place, clip(line), "1..16")
	case line < last:
		return fault.New("draw.bad-line-order", place, clip(line), "after "+clip(last))
	}
	return fault.New("draw.duplicate-handle", place, clip(line), "each once")
}

// formatLines writes one line an item, in ascending order of the lines. Lists
// mostly come in order: then the one buffer is all that is needed.
func formatLines[T any](items []T, write func([]byte, T) []byte) []byte {
	out := []byte{}
	sorted, last := true, 0
	for i, item := range items {
		if i == 1 {
			out = slices.Grow(out, min(len(out)*len(items), 4<<20)) // lines are mostly as long as the first
		}
		start := len(out)
		out = write(out, item)
		if i > 0 && bytes.Compare(out[last:start-1], out[start:]) > 0 {
			sorted = false
		}
		out, last = append(out, '\n'), start
	}
	if sorted {
		return out
	}
	lines := strings.Split(string(out[:len(out)-1]), "\n")
	slices.Sort(lines)
	return []byte(strings.Join(lines, "\n") + "\n")
}

// join appends fields with | between them.
func join(b []byte, fields ...string) []byte {
	for i, f := range fields {
		if i > 0 {
			b = append(b, '|')
		}
		b = append(b, f...)
	}
	return b
}

// split cuts a line into exactly n (at most 3) fields without allocating.
func split(line string, n int) (f [3]string, ok bool) {
	for i := range n - 1 {
		var found bool
		if f[i], line, found = strings.Cut(line, "|"); !found {
			return f, false
		}
	}
	f[n-1] = line
	return f, !strings.Contains(line, "|")
}

// commas joins a set in ascending order.
func commas(set []string) string {
	return strings.Join(slices.Sorted(slices.Values(set)), ",")
}

// parseCommas reads what commas writes: ascending, each once; "" is none.
func parseCommas(s string, form func(string) bool) ([]string, bool) {
	if s == "" {
		return nil, true
	}
	set := strings.Split(s, ",")
	for i, item := range set {
		if !form(item) || i > 0 && set[i-1] >= item {
			return nil, false
		}
	}
	return set, true
}

// isInteger tells a decimal number of at most 15 digits without sign or
// leading zeros.
func isInteger(s string) bool {
	if len(s) < 1 || len(s) > 15 || s[0] == '0' && len(s) > 1 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
